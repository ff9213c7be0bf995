"""Exchanges with the server within bounds of time and memory, whatever it sends."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse

from ..terms.addresses import is_secure

__all__ = (
    "CONNECT_TIMEOUT",
    "LARGEST",
    "WITH_CONTENT",
    "BoundedAdapter",
    "Response",
    "TooLarge",
    "TooSlow",
    "answering",
    "content_request",
    "received",
    "rest_of",
)

WITH_CONTENT = frozenset({200, 206})
"""Statuses of answers with content, the second one for a part of it."""

CONNECT_TIMEOUT = 20.0
"""Seconds to wait for a connection."""

WHOLE_HEAD = 330.0
"""Seconds from the end of a request to the last header of the answer."""

WHOLE_BODY = 30.0
"""Seconds from there to the end of the answer, which is small."""

LARGEST = 20_000_000
"""Most bytes of an answer when it is unpacked."""

PIECE = 1 << 14
"""Bytes that are unpacked at once: a thousand times more can come out of them."""

PACKED = frozenset({"", "deflate", "gzip", "identity", "x-gzip"})
"""How an answer may be packed: once, and by what was offered."""


class TooLarge(Exception):
    """An answer has more bytes than anything that is understood."""


class TooSlow(Exception):
    """An answer goes on and on."""


@attrs.frozen
class Response:
    """What arrived."""

    status: int
    """The HTTP status."""

    headers: dict[str, str]
    """The headers, names in lower case."""

    content: bytes
    """The whole body, unpacked."""


class _Watch(threading.local):
    """Ends the exchange of this thread when it takes too long as a whole.

    Time-outs of sockets are for silence only: a byte from time to time would be enough.
    """

    timer: threading.Timer | None = None
    line: socket.socket | None = None
    expired = False

    def begin(self, line: socket.socket | None, seconds: float) -> None:
        """Let the exchange end after some seconds, and no earlier limit count."""
        self.end()
        self.line, self.expired = line or self.line, False
        timer = threading.Timer(
            min(seconds, threading.TIMEOUT_MAX), self._cut, [self.__dict__, self.line]
        )
        timer.daemon = True
        self.timer = timer
        timer.start()

    def end(self) -> None:
        """Let the exchange take its time, as it is over."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = None

    @staticmethod
    def _cut(own: dict[str, Any], line: socket.socket | None) -> None:
        own["expired"] = True
        if line is not None:
            with contextlib.suppress(OSError):
                # Not the method of an encrypted socket, which the reading thread still uses.
                socket.socket.shutdown(line, socket.SHUT_RDWR)


_watch = _Watch()


class _PlainConnection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Read the head of the answer within bounds of time."""
        _watch.begin(self.sock, WHOLE_HEAD)
        return super().getresponse()


class _SafeConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Read the head of the answer within bounds of time."""
        _watch.begin(self.sock, WHOLE_HEAD)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


_POOLS = {"http": _PlainPool, "https": _SafePool}


class BoundedAdapter(HTTPAdapter):
    """Makes the connections of a session."""

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **more: object
    ) -> None:
        """Let connections without proxy be watched."""
        super().init_poolmanager(connections, maxsize, block, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **more: object) -> urllib3.ProxyManager:
        """Let connections through a proxy be watched."""
        manager: urllib3.ProxyManager = super().proxy_manager_for(proxy, **more)
        if not proxy.lower().startswith("socks"):  # Those have connections of their own.
            manager.pool_classes_by_scheme = _POOLS
        return manager


def received(
    session: requests.Session,
    request: requests.Request,
    silence: float,
    connect: float = CONNECT_TIMEOUT,
) -> Response:
    """Send a request and return the whole answer, which must be small.

    Parameters
    ----------
    session
        A session with a `BoundedAdapter`.
    request
        The request.
    silence
        Seconds to wait for the next bytes.
    connect
        Seconds to wait for a connection.

    Raises
    ------
    TooLarge
        When the answer is larger than any that is understood, or packed in an odd way.
    TooSlow
        When it does not end in time.
    OSError, urllib3.exceptions.HTTPError, ValueError
        What goes wrong on the network, and what the libraries make of odd settings and answers.
    """
    with answering(session, request, silence, WHOLE_BODY, connect=connect) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(response.status_code, headers, _content(response, headers))


@contextmanager
def answering(
    session: requests.Session,
    request: requests.Request,
    silence: float,
    seconds: float,
    *,
    follow: bool = False,
    connect: float = CONNECT_TIMEOUT,
) -> Iterator[requests.Response]:
    """Send a request, and give the answer, whose body is still to be read.

    The parameters and errors are those of `received`, and:

    Parameters
    ----------
    seconds
        How long the body may take.
    follow
        Whether redirections are followed, without the token to other places.
    """
    _watch.expired, _watch.line = False, None
    try:
        ready = session.prepare_request(request)
        settings = session.merge_environment_settings(ready.url, {}, True, None, None)
        times = (connect, silence)
        with session.send(ready, timeout=times, allow_redirects=follow, **settings) as response:
            _refuse_cut()  # Cut off, a head can look complete, and so can a body.
            _watch.begin(None, seconds)
            yield response
            _refuse_cut()
    except (OSError, urllib3.exceptions.HTTPError):
        _refuse_cut()
        raise
    finally:
        _watch.end()


def content_request(method: str, url: str, start: int, auth: AuthBase) -> requests.Request:
    """Return a request for content as it is stored, from a position on."""
    part = {"Range": f"bytes={start}-"} if start else {}
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", **part}
    return requests.Request(method, url, headers=headers, auth=auth)


def rest_of(response: requests.Response, start: int, block: int) -> Iterator[bytes]:
    """Yield the content of an answer from a position on, whether or not it begins there.

    Parameters
    ----------
    response
        An answer with the whole content, or with a part (status 206).
    start
        The position in bytes.
    block
        How many bytes are held in memory.

    Raises
    ------
    OSError
        When the answer is another part than the one that was asked for, packed in an odd way,
        or comes from where everybody on the way could read it.
    """
    left = start
    if response.status_code == 206:
        if not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            raise OSError("the server sent another part of the file")
        left = 0
    headers = {name.lower(): value for name, value in response.headers.items()}
    packing = headers.get("content-encoding", "").strip().lower()
    if packing not in PACKED:
        raise OSError("the content is packed in an odd way")
    if not is_secure(response.url):
        raise OSError("the server redirected to an address without https")
    for piece in response.iter_content(PIECE if packing else block):
        yield piece[left:]
        left = max(0, left - len(piece))


def _refuse_cut() -> None:
    if _watch.expired:
        raise TooSlow


def _content(response: requests.Response, headers: dict[str, str]) -> bytes:
    """Return the body, which is given up as soon as it is too large."""
    if headers.get("content-encoding", "").strip().lower() not in PACKED:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(PIECE):
        size += len(part)
        if size > LARGEST:
            raise TooLarge
        parts.append(part)
    _refuse_cut()
    return b"".join(parts)
