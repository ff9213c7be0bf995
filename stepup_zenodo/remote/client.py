"""Carry requests to the server: sessions, authentication, time-outs, rate budget, retries.

Requests that only read are repeated here.
A request that writes is sent once:
when its answer is lost, `Lost` is raised and the caller reads back what is there before it decides.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, cast
from urllib.parse import urljoin

import requests
import urllib3.exceptions

from ..errors import Failure, Refused, Rejected, Unavailable, UnexpectedAnswer
from ..events import Event, Listener, Requested, Retrying, Waiting
from ..local.stream import Stopped
from ..terms.addresses import is_secure, same_origin
from .budget import Budget
from .exchange import Response, TooLarge, TooSlow, received
from .protocol import (
    ACCEPT,
    FIRST_DELAY,
    MAX_ATTEMPTS,
    Answer,
    Request,
    complaints,
    explain,
    requested_delay,
    retry_delay,
)
from .transport import BearerAuth, Lost, decode, new_session, reason_of

__all__ = ("NETWORK", "Client", "Content")

READ_TIMEOUT = 180.0
"""Seconds to wait for the next bytes of an answer; Zenodo gives up after about 120 itself."""

CONTENT_TIMEOUT = 300.0
"""The same for contents of files: each block sent, and the answer after the last one.

It does not limit how long a whole file takes.
"""

SLICE = 0.5
"""Most seconds of waiting before looking whether another thread has learned something."""

REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
"""Statuses that send to another address."""

UNUSABLE = (
    requests.exceptions.InvalidURL,
    urllib3.exceptions.LocationParseError,
    urllib3.exceptions.LocationValueError,
    UnicodeError,
)
"""What is raised for an address to which nothing can be sent."""

NETWORK = (OSError, ValueError, TooLarge, TooSlow, urllib3.exceptions.HTTPError)
"""What else can be raised by an exchange, with odd certificates and answers too."""

MAX_REDIRECTS = 5
"""How many redirections of one request are followed."""


class Content(Protocol):
    """Bytes that are sent from where they lie; their number is known before the first is read.

    A block is sent before the next one is asked for, so all of them can share one piece of memory.
    """

    def __len__(self) -> int:
        """Return the number of bytes."""

    def __iter__(self) -> Iterator[bytes | memoryview]:
        """Iterate over the blocks that are left."""

    def read(self, size: int = -1) -> bytes | memoryview:
        """Return the next block, empty at the end."""


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
        Waits for a number of seconds; by default until the client is stopped, if that is earlier.
    attempts
        How often one thing is tried in all.
    first_delay
        Seconds before the first repetition; later ones wait longer.

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
        *,
        sleep: Callable[[float], object] | None = None,
        attempts: int = MAX_ATTEMPTS,
        first_delay: float = FIRST_DELAY,
    ) -> None:
        if not is_secure(endpoint):
            raise Refused(
                f"The endpoint {endpoint} does not use https. "
                "The token would be readable on its way, so nothing was sent."
            )
        self._endpoint = endpoint
        self._token = token
        self._auth = BearerAuth(token, endpoint)
        self._to = listener
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._attempts = attempts
        self._first_delay = first_delay
        self._local = threading.local()
        self._lock = threading.Lock()
        self._budget = Budget()
        self._started = 0
        self._under_way = 0
        self._announced = 0.0

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
                delay = self.delay(attempt)
                if delay is None:
                    raise Unavailable(f"{exc.message} Gave up after {attempt} attempts.") from None
                self._tell(Retrying(request.what, exc.message))
                self.wait(delay, f"before trying again to {request.what}")

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

    def delay(self, attempt: int) -> float | None:
        """Return how many seconds to wait after a number of failed attempts, `None` to give up."""
        return retry_delay(attempt, None, {}, self._attempts, self._first_delay)

    def wait(self, seconds: float, reason: str) -> None:
        """Wait, and say so when it takes long enough to be noticed.

        Raises
        ------
        Stopped
            When the client was stopped meanwhile.
        """
        if seconds >= 1.0:
            self._tell(Waiting(seconds, reason))
        self._sleep(seconds)
        if self._stopped.is_set():
            raise Stopped

    def stop(self) -> None:
        """End all waiting and start no further request; for an interruption by the user."""
        self._stopped.set()

    def _tell(self, event: Event) -> None:
        if not self._stopped.is_set():
            self._to(event)

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
            delay = retry_delay(
                attempt, answer.status, answer.headers, self._attempts, self._first_delay
            )
            if answer.status == 429 and delay is not None:
                self._hold(answer, delay, "the server allows no more requests for now")
                continue
            asked = requested_delay(answer.status, answer.headers)
            if asked is not None:
                self._hold(answer, asked, f"the server asks to wait (HTTP {answer.status})")
            raise self._refusal(request, answer)

    def _hold(self, answer: Answer, seconds: float, reason: str) -> None:
        """Let no thread send anything for a while."""
        with self._lock:
            self._budget = self._budget.hold(
                answer.headers, self._started, seconds, reason, time.monotonic()
            )

    def _refusal(self, request: Request, answer: Answer) -> Failure:
        said = explain(answer).replace(self._token, "...")
        message = f"Could not {request.what}. The server said: {said.removesuffix('.')}."
        if answer.status >= 500:
            return Lost(message)
        if answer.status == 429:
            return Unavailable(message)
        if answer.status == 403 or (answer.status == 400 and "CSRF" in said):
            message += (
                " Is the token valid, does it belong to this endpoint,"
                f" {self._endpoint}, and may its owner change this record?"
            )
        said_of = tuple(
            (field, text.replace(self._token, "...")) for field, text in complaints(answer)
        )
        return Rejected(message, status=answer.status, said=said_of)

    def _exchange(self, request: Request, content: Callable[[], Content] | None) -> Answer:
        url = self._endpoint + request.path
        headers = {"Accept": "*/*" if content else request.accept or ACCEPT}
        if request.revision is not None:
            # Observed: the server takes a bare integer and refuses the quoted form of RFC 9110.
            headers["If-Match"] = str(request.revision)
        for _ in range(MAX_REDIRECTS):
            response = self._send(request, url, headers, content)
            location = response.headers.get("location")
            if not (response.status in REDIRECTIONS and location):
                return decode(request, response)
            url = _joined(url, location)
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
    ) -> Response:
        data = None if content is None else content()
        kind = {} if data is None else {"Content-Type": "application/octet-stream"}
        number, uncounted = self._acquire()
        status = None
        try:
            ready = requests.Request(
                request.method,
                url,
                json=request.body,
                data=cast(Iterable[bytes] | None, data),
                headers={**headers, **kind},
                auth=self._auth,
            )
            silence = READ_TIMEOUT if data is None else CONTENT_TIMEOUT
            response = received(self._session, ready, silence)
            status = response.status
            return response
        except UNUSABLE as exc:
            raise Refused(
                f"Could not {request.what}: {self._endpoint} cannot be used ({exc})."
            ) from None
        except NETWORK as exc:
            reason, sent = reason_of(exc)
            message = f"Could not {request.what}: {reason} ({self._endpoint})."
            raise Lost(message, sent=sent, late=sent) from None
        finally:
            self._release(number, uncounted, response.headers if status is not None else {})
            self._tell(Requested(request.method, request.path, status))

    @property
    def _session(self) -> requests.Session:
        """The session of this thread; `requests` does not promise that one can be shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = new_session(self._endpoint)
        return session

    def _acquire(self) -> tuple[int, int]:
        """Wait until one more request is allowed.

        Returns
        -------
        number
            Of the request, in the order of starting.
        uncounted
            How many others are under way.
        """
        while True:
            with self._lock:
                now = time.monotonic()
                delay = self._budget.delay(self._started, now)
                if delay <= 0.0 and not self._stopped.is_set():
                    self._budget = self._budget.spend(self._started, now)
                    self._started += 1
                    self._under_way += 1
                    return self._started, self._under_way - 1
                reset, reason = self._budget.reset, self._budget.reason
                news = delay >= 1.0 and reason and reset > self._announced + 1.0
                self._announced = reset if news else self._announced
            if news:
                self._tell(Waiting(delay, reason))
            self.wait(min(delay, SLICE), reason)

    def _release(self, number: int, uncounted: int, headers: Mapping[str, str]) -> None:
        with self._lock:
            self._under_way -= 1
            self._budget = self._budget.learn(headers, number, uncounted, time.monotonic())


def _joined(url: str, location: str) -> str:
    """Return where a redirection leads; what is no address leads nowhere."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location
