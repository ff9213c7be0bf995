"""Carry requests to the server: sessions, authentication, time-outs, rate budget, retries.

Requests that only read are repeated here.
A request that writes is sent once:
when its answer is lost, `Lost` is raised and the caller reads back what is there before it decides.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TypeVar, cast

import requests

from ..errors import Refused, Rejected, Unavailable, UnexpectedAnswer
from ..events import Listener, Requested, Retrying
from ..terms.addresses import is_secure, same_origin
from ..text.counting import counted
from .exchange import WITH_CONTENT, Response, answering, content_request, received, rest_of
from .gate import Gate
from .protocol import (
    ACCEPT,
    FIRST_DELAY,
    MAX_ATTEMPTS,
    Answer,
    Request,
    requested_delay,
    retry_delay,
)
from .reach import Reach, Unreached
from .transport import (
    NETWORK,
    UNUSABLE,
    Content,
    Lost,
    authorised,
    decode,
    joined,
    lost,
    new_session,
    refusal_of,
)

__all__ = ("Client",)

READ_TIMEOUT = 180.0
"""Seconds to wait for the next bytes of an answer; Zenodo gives up after about 120 itself."""

CONTENT_TIMEOUT = 300.0
"""The same for contents of files: each block sent, and the answer after the last one.

It does not limit how long a whole file takes.
"""

REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
"""Statuses that send to another address."""

BLOCK = 1 << 20
"""Bytes of content that are held in memory."""

T = TypeVar("T")
Proof = TypeVar("Proof")

MAX_REDIRECTS = 5
"""How many redirections of one request are followed."""


class Client:
    """A connection to one endpoint for one user, usable from several threads.

    Parameters
    ----------
    endpoint
        Address of the API without slash at the end.
    token
        Personal access token, or the secret of a share link; empty for what everybody may read.
        It is sent to this endpoint only and shown nowhere.
    listener
        Is told of requests, waiting and retries.
    sleep
        Waits for a number of seconds; by default until the client is stopped, if that is earlier.
    attempts
        How often one thing is tried in all.
    first_delay
        Seconds before the first repetition; later ones wait longer.
    reach
        What is known about the way to the endpoint.

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
        reach: Reach | None = None,
    ) -> None:
        if not is_secure(endpoint):
            raise Refused(
                f"The endpoint {endpoint} does not use https. "
                "The token would be readable on its way, so nothing was sent."
            )
        self._endpoint = endpoint
        self._token = token
        self._auth = authorised(token, endpoint)
        self._gate = Gate(listener, sleep)
        self._attempts = attempts
        self._first_delay = first_delay
        self._reach = reach or Reach(endpoint, attempts=attempts)
        self._local = threading.local()

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
        return self.until_answered(request.what, lambda: self._once(request, accept))

    def until_answered(
        self,
        what: str,
        action: Callable[[], T],
        *,
        proof: Callable[[], T | None] = lambda: None,
        unproved: str | None = None,
        most: int | None = None,
    ) -> T:
        """Do something until there is an answer, waiting longer each time.

        This is the only place where something is tried again.

        Parameters
        ----------
        what
            What is done, to complete the sentence `trying again to ...`.
        action
            Does it. Doing it twice must do no harm where `proof` cannot tell.
        proof
            Finds out whether it was done by a request without answer: returns what the answer
            would have told, or `None` when it was not done, and it is tried again.
        unproved
            What to tell when it is given up, in sentences; by default, how often it was tried.
        most
            How often it is tried, if that is less than usual.

        Raises
        ------
        Unavailable
            When all answers were lost and there is no proof.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                return action()
            except Unreached as exc:
                raise Unavailable(exc.message) from None
            except Lost as exc:
                if (found := proof()) is not None:
                    return found
                delay = None if attempt == most else self._delay(attempt)
                if delay is None:
                    given_up = f"Gave up after {counted(attempt, 'attempt')}."
                    message = f"{exc.message} {given_up if unproved is None else unproved}"
                    raise Unavailable(message.rstrip()) from None
                self._gate.tell(Retrying(what, exc.message))
                self.wait(delay, f"before trying again to {what}")

    def write_until(
        self,
        request: Request,
        proof: Callable[[], Proof | None],
        *,
        unproved: str,
        accept: Iterable[int] = (),
    ) -> Answer | Proof:
        """Send a request that changes something; when its answer is lost, look before repeating it.

        Parameters
        ----------
        request
            The request. Carrying it out twice must do no harm where `proof` cannot tell.
        proof
            Reads back what a carried out request has left behind, `None` when it is not there.
        unproved
            What to tell when it is given up, in sentences.
        accept
            Statuses that are returned although they mean no success.

        Raises
        ------
        Rejected
            For a status of the 400s that is not accepted.
        Unavailable
            When all answers were lost and there is no proof.
        """

        def action() -> Answer | Proof:
            return self.write(request, accept)

        return self.until_answered(request.what, action, proof=proof, unproved=unproved)

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

    def blocks(self, request: Request, seconds: float, start: int = 0) -> Iterator[bytes]:
        """Send a request for content, and yield the content while it arrives.

        Redirections are followed, without the token to other places: content may lie elsewhere.

        Parameters
        ----------
        request
            A request without effects.
        seconds
            How long the content may take.
        start
            How many bytes are there already. A server that sends them nevertheless is listened to,
            and they are left out here.

        Raises
        ------
        Rejected
            For a status of the 400s.
        Lost
            When the content does not arrive to its end.
        """
        number, uncounted = self._gate.enter()
        answer: Answer | None = None
        try:
            url = self._endpoint + request.path
            ready = content_request(request.method, url, start, self._auth)
            with answering(self._session, ready, CONTENT_TIMEOUT, seconds, follow=True) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                answer = Answer(response.status_code, headers, None)
                if answer.status in WITH_CONTENT:
                    yield from rest_of(response, start, BLOCK)
        except NETWORK as exc:
            raise lost(f"Could not {request.what}", exc, self._endpoint) from None
        finally:
            self._gate.leave(number, uncounted, answer.headers if answer else {})
            self._gate.tell(
                Requested(request.method, request.path, answer.status if answer else None)
            )
        if answer.status == 429:
            delay = requested_delay(answer.status, answer.headers) or self._first_delay
            self._gate.hold(answer.headers, delay, "the server allows no more requests for now")
            raise Lost(f"Could not {request.what}: HTTP 429.")
        if answer.status not in WITH_CONTENT:
            message = f"Could not {request.what}: HTTP {answer.status}."
            refused = 400 <= answer.status < 500
            raise Rejected(message, status=answer.status) if refused else Lost(message)

    def _delay(self, attempt: int) -> float | None:
        """Return how many seconds to wait after a number of failed attempts, `None` to give up."""
        return retry_delay(attempt, None, {}, self._attempts, self._first_delay)

    def wait(self, seconds: float, reason: str) -> None:
        """Wait, and say so when it takes long enough to be noticed.

        Raises
        ------
        Stopped
            When the client was stopped meanwhile.
        """
        self._gate.wait(seconds, reason)

    def stop(self) -> None:
        """End all waiting and start no further request; for an interruption by the user."""
        self._gate.close()

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
                self._gate.hold(answer.headers, delay, "the server allows no more requests for now")
                continue
            asked = requested_delay(answer.status, answer.headers)
            if asked is not None:
                why = f"the server asks to wait (HTTP {answer.status})"
                self._gate.hold(answer.headers, asked, why)
            raise refusal_of(request, answer, self._token, self._endpoint)

    def _exchange(self, request: Request, content: Callable[[], Content] | None) -> Answer:
        url = self._endpoint + request.path
        headers = {"Accept": "*/*" if content else request.accept or ACCEPT}
        if request.revision is not None:
            # Observed: the server takes a bare integer and refuses the quoted form of RFC 9110.
            headers["If-Match"] = str(request.revision)
        for _ in range(MAX_REDIRECTS):
            send = partial(self._send, request, url, headers, content)
            response = self._reach.try_to(send, self.wait)
            location = response.headers.get("location")
            if not (response.status in REDIRECTIONS and location):
                return decode(request, response)
            url = joined(url, location)
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
        number, uncounted = self._gate.enter()
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
            response = received(self._session, ready, silence, self._reach.timeout)
            status = response.status
            return response
        except UNUSABLE as exc:
            raise Refused(
                f"Could not {request.what}: {self._endpoint} cannot be used ({exc})."
            ) from None
        except NETWORK as exc:
            raise lost(f"Could not {request.what}", exc, self._endpoint) from None
        finally:
            self._gate.leave(number, uncounted, response.headers if status is not None else {})
            self._gate.tell(Requested(request.method, request.path, status))

    @property
    def _session(self) -> requests.Session:
        """The session of this thread; `requests` does not promise that one can be shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = new_session(self._endpoint)
        return session
