"""Carry requests to the server: sessions, authentication, time-outs, rate budget, retries.

Requests that only read are repeated here.
A request that writes is sent once:
when its answer is lost, `Lost` is raised and the caller reads back what is there before it decides.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol, cast
from urllib.parse import urljoin

import requests
import urllib3.exceptions
from requests.auth import AuthBase

from . import __version__
from .errors import Failure, Refused, Rejected, Unavailable, UnexpectedAnswer
from .events import Listener, Requested, Retrying, Waiting
from .jsontypes import Json
from .protocol import (
    ACCEPT,
    MAX_ATTEMPTS,
    Answer,
    Budget,
    Request,
    explain,
    is_secure,
    retry_delay,
    same_origin,
)

__all__ = ("Client", "Lost")

CONNECT_TIMEOUT = 20.0
"""Seconds to wait for a connection."""

READ_TIMEOUT = 180.0
"""Seconds to wait for the next bytes of an answer; Zenodo gives up after about 120 itself."""

MAX_REDIRECTS = 5
"""How many redirections of one request are followed."""

USER_AGENT = f"stepup-zenodo/{__version__} (+https://pypi.org/project/stepup-zenodo/)"
"""Zenodo slows down or refuses the default agents of HTTP libraries."""


class Lost(Unavailable):
    """A request that may have changed something got no usable answer.

    Parameters
    ----------
    message
        What was tried and what happened.
    delay
        Seconds to wait before reading back.
    sent
        False when the server was not reached, so that nothing can have happened there.
    """

    def __init__(self, message: str, delay: float = 0.5, *, sent: bool = True) -> None:
        super().__init__(message)
        self.delay = delay
        self.sent = sent


class Content(Protocol):
    """Bytes that are sent from where they lie; their number is known before the first is read."""

    def __len__(self) -> int:
        """Return the number of bytes."""

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the blocks that are left."""

    def read(self, size: int = -1) -> bytes:
        """Return the next block, empty at the end."""


class _BearerAuth(AuthBase):
    """Put the token on requests to one origin, and on no other.

    An auth callable and not a session header,
    because `requests` lets an entry in the user's netrc file override the header.
    """

    def __init__(self, token: str, endpoint: str) -> None:
        self._token = token
        self._endpoint = endpoint

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = request.url or ""
        if same_origin(url, self._endpoint) and is_secure(url):
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "_BearerAuth(...)"


class Client:
    """A connection to one endpoint for one user, usable from several threads.

    Parameters
    ----------
    endpoint
        Address of the API without slash at the end.
    token
        Personal access token. It is sent to this endpoint only and shown nowhere.
    listener
        Is told of requests, waiting and retries.
    sleep
        Waits for a number of seconds.
    attempts
        How often one thing is tried in all.

    Raises
    ------
    Refused
        When the endpoint is neither https nor on this machine.
    """

    def __init__(
        self,
        endpoint: str,
        token: str,
        listener: Listener,
        sleep: Callable[[float], None] = time.sleep,
        attempts: int = MAX_ATTEMPTS,
    ) -> None:
        if not is_secure(endpoint):
            raise Refused(
                f"The endpoint {endpoint} does not use https. "
                "The token would be readable on its way, so nothing was sent."
            )
        self._endpoint = endpoint
        self._token = token
        self._auth = _BearerAuth(token, endpoint)
        self._listener = listener
        self._sleep = sleep
        self.attempts = attempts
        self._local = threading.local()
        self._lock = threading.Lock()
        self._budget = Budget()
        self._under_way = 0

    def read(self, request: Request, accept: Iterable[int] = ()) -> Answer:
        """Send a request that changes nothing, again and again until there is an answer.

        Parameters
        ----------
        request
            A request without effects.
        accept
            Statuses that are returned although they mean no success.

        Raises
        ------
        Rejected
            For a status of the 400s that is not accepted.
        Unavailable
            When the server does not answer usably, also after repeated attempts.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(request, accept)
            except Lost as exc:
                delay = retry_delay(attempt, None, {}, self.attempts)
                if delay is None:
                    raise Unavailable(f"{exc.message} Gave up after {attempt} attempts.") from None
                self._listener(Retrying(request.what, exc.message))
                self._sleep(max(delay, exc.delay))

    def write(
        self,
        request: Request,
        accept: Iterable[int] = (),
        content: Callable[[], Content] | None = None,
    ) -> Answer:
        """Send a request that changes something, once.

        Parameters
        ----------
        request
            The request.
        accept
            Statuses that are returned although they mean no success.
        content
            Gives the bytes to be sent, newly for each attempt.

        Raises
        ------
        Lost
            When it is unknown whether the request was carried out.
        Rejected
            For a status of the 400s that is not accepted.
        """
        return self._once(request, accept, content)

    def wait(self, seconds: float, reason: str) -> None:
        """Wait, and say so when it takes long enough to be noticed."""
        if seconds >= 1.0:
            self._listener(Waiting(seconds, reason))
        self._sleep(seconds)

    def _once(
        self,
        request: Request,
        accept: Iterable[int],
        content: Callable[[], Content] | None = None,
    ) -> Answer:
        """Send one request; only an answer 429, which means no effect, leads to a repetition."""
        attempt = 0
        while True:
            attempt += 1
            answer = self._exchange(request, content)
            if answer.ok or answer.status in accept:
                return answer
            if answer.status == 429:
                delay = retry_delay(attempt, 429, answer.headers, self.attempts)
                if delay is not None:
                    self.wait(delay, "the server allows no more requests for now")
                    continue
            raise self._refusal(request, answer)

    def _refusal(self, request: Request, answer: Answer) -> Failure:
        said = explain(answer).replace(self._token, "...")
        message = f"Could not {request.what}. The server said: {said}."
        if answer.status >= 500:
            return Lost(message, retry_delay(1, answer.status, answer.headers) or 0.5)
        if answer.status == 429:
            return Unavailable(message)
        if answer.status == 403 or (answer.status == 400 and "CSRF" in said):
            message += (
                " Is the token valid, does it belong to this endpoint,"
                f" {self._endpoint}, and may its owner change this record?"
            )
        return Rejected(message, status=answer.status)

    def _exchange(self, request: Request, content: Callable[[], Content] | None) -> Answer:
        url = self._endpoint + request.path
        headers = {"Accept": "*/*" if content else ACCEPT}
        if request.revision is not None:
            # Observed: the server takes a bare integer and refuses the quoted form of RFC 9110.
            headers["If-Match"] = str(request.revision)
        for _ in range(MAX_REDIRECTS):
            response = self._send(request, url, headers, content)
            location = response.headers.get("Location")
            if not (response.is_redirect and location):
                return _decode(request, response)
            url = urljoin(url, location)
            if request.method != "GET" or not same_origin(url, self._endpoint):
                raise UnexpectedAnswer(
                    f"Could not {request.what}. The server redirected to {url}, "
                    "which is not followed because it is another place."
                )
        raise UnexpectedAnswer(f"Could not {request.what}. The server redirected in circles.")

    def _send(
        self,
        request: Request,
        url: str,
        headers: Mapping[str, str],
        content: Callable[[], Content] | None,
    ) -> requests.Response:
        data = None if content is None else content()
        kind = {} if data is None else {"Content-Type": "application/octet-stream"}
        self._acquire()
        status = None
        try:
            response = self._session.request(
                request.method,
                url,
                json=request.body,
                data=cast(Iterable[bytes] | None, data),
                headers={**headers, **kind},
                auth=self._auth,
                timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                allow_redirects=False,
            )
            status = response.status_code
            return response
        except requests.RequestException as exc:
            reason, sent = _reason(exc)
            raise Lost(
                f"Could not {request.what}: {reason} ({self._endpoint}).", sent=sent
            ) from None
        finally:
            self._release(response.headers if status is not None else {})
            self._listener(Requested(request.method, request.path, status))

    @property
    def _session(self) -> requests.Session:
        """The session of this thread; `requests` does not promise that one can be shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.headers["User-Agent"] = USER_AGENT
            # A cookie that came with a refused token makes the next answers misleading.
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            self._local.session = session
        return session

    def _acquire(self) -> None:
        """Wait until the announced budget allows one more request."""
        while True:
            with self._lock:
                now = time.time()
                delay = self._budget.delay(now)
                if delay <= 0.0:
                    self._budget = self._budget.spend(now)
                    self._under_way += 1
                    return
            self.wait(delay, "the server announced that no more requests are allowed for now")

    def _release(self, headers: Mapping[str, str]) -> None:
        lowered = {name.lower(): value for name, value in headers.items()}
        with self._lock:
            self._under_way -= 1
            self._budget = self._budget.learn(lowered, self._under_way)


def _decode(request: Request, response: requests.Response) -> Answer:
    """Make an answer of a response; a successful one that is not JSON counts as lost."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    if not response.content:
        return Answer(response.status_code, headers, None)
    try:
        body = cast(Json, response.json())
    except ValueError:
        text = response.text[:2000]
        if response.ok:
            raise Lost(
                f"Could not {request.what}: the answer (HTTP {response.status_code}) is not JSON."
            ) from None
        return Answer(response.status_code, headers, None, text)
    return Answer(response.status_code, headers, body)


def _reason(exc: requests.RequestException) -> tuple[str, bool]:
    """Return what happened on the network in a few words, and whether the request was sent."""
    cause = getattr(exc.args[0] if exc.args else None, "reason", None)
    if isinstance(exc, requests.exceptions.SSLError):
        return "the server's certificate was not accepted", False
    if isinstance(exc, requests.exceptions.ProxyError):
        return "the proxy of your network did not connect", False
    if isinstance(exc, requests.exceptions.ConnectTimeout):
        return "the server could not be reached in time", False
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return "the server could not be reached", False
    if isinstance(exc, requests.exceptions.Timeout):
        return "the server did not answer in time", True
    if isinstance(exc, requests.exceptions.ConnectionError):
        return "the connection was lost", True
    return f"the exchange failed ({type(exc).__name__})", True
