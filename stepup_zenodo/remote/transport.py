"""Sessions and answers of the HTTP library, and what its errors mean."""

import json
import os
from collections.abc import Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol, cast
from urllib.parse import urljoin, urlsplit

import attrs
import requests
import urllib3.exceptions
from requests.auth import AuthBase

from .. import __version__
from ..errors import Failure, Refused, Rejected, Remark, Unavailable
from ..jsontypes import Json
from ..terms.addresses import is_secure, same_origin
from .exchange import LARGEST, BoundedAdapter, Response, TooLarge, TooSlow
from .protocol import JSON, Answer, Request, complaints, explain

__all__ = (
    "NETWORK",
    "UNUSABLE",
    "Content",
    "Lost",
    "authorised",
    "decode",
    "joined",
    "lost",
    "new_session",
    "refusal_of",
)

USER_AGENT = f"stepup-zenodo/{__version__} (+https://pypi.org/project/stepup-zenodo/)"
"""Zenodo slows down or refuses the default agents of HTTP libraries."""


UNUSABLE = (
    requests.exceptions.InvalidURL,
    urllib3.exceptions.LocationParseError,
    urllib3.exceptions.LocationValueError,
    UnicodeError,
)
"""What is raised for an address to which nothing can be sent."""

NETWORK = (OSError, ValueError, TooLarge, TooSlow, urllib3.exceptions.HTTPError)
"""What else can be raised by an exchange, with odd certificates and answers too."""


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


class Lost(Unavailable):
    """A request that may have changed something got no usable answer.

    Parameters
    ----------
    message
        What was tried and what happened.
    sent
        False when the server was not reached, so that nothing can have happened there.
    late
        Whether there was no answer at all, so that the server may still carry out the request,
        after others that are sent later.
    slow
        Whether there was no connection within a long time, so that another attempt is no quick one.
    """

    def __init__(
        self, message: str, *, sent: bool = True, late: bool = False, slow: bool = False
    ) -> None:
        super().__init__(message)
        self.sent = sent
        self.late = late
        self.slow = slow


class BearerAuth(AuthBase):
    """Put the token on requests to one origin, and on no other.

    An auth callable and not a session header,
    because `requests` lets an entry in the user's netrc file override the header.
    """

    def __init__(self, token: str, endpoint: str) -> None:
        self._token = token
        self._endpoint = endpoint

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token to a request if it is for the endpoint, and if there is one."""
        url = request.url or ""
        if self._token and same_origin(url, self._endpoint) and is_secure(url):
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "BearerAuth(...)"


class LinkAuth(AuthBase):
    """Put the secret of a share link on requests to one origin, and on no other.

    The server takes it as the query parameter `token` (observed on versions 13 to 15).
    """

    def __init__(self, secret: str, endpoint: str) -> None:
        self._secret = secret
        self._endpoint = endpoint

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the secret to a request if it is for the endpoint."""
        url = request.url or ""
        if same_origin(url, self._endpoint) and is_secure(url):
            request.prepare_url(url, {"token": self._secret})
        return request

    def __repr__(self) -> str:
        return "LinkAuth(...)"


def authorised(token: str, endpoint: str) -> AuthBase:
    """Return what shows a server who asks.

    Secrets of share links are signed and have two full stops; access tokens have none.
    """
    return LinkAuth(token, endpoint) if token.count(".") == 2 else BearerAuth(token, endpoint)


def new_session(endpoint: str) -> requests.Session:
    """Return a session that says who we are and keeps no cookies.

    A cookie that came with a refused token makes the next answers misleading.
    What is not encrypted stays on this machine, also where a proxy is set up for everything else.
    """
    if endpoint.startswith("https://"):
        check_environment(endpoint, os.environ)
    session = requests.Session()
    session.trust_env = endpoint.startswith("https://")
    session.mount("https://", BoundedAdapter())
    session.mount("http://", BoundedAdapter())
    session.headers["User-Agent"] = USER_AGENT
    session.headers["Accept-Encoding"] = "gzip, deflate"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def check_environment(endpoint: str, environ: Mapping[str, str]) -> None:
    """Make sure that the settings of the network in the environment can be used.

    Raises
    ------
    Refused
        When a proxy is no address, or the file with certificates is missing.
    """
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        path = environ.get(name)
        if path and not os.path.exists(path):
            raise Refused(
                f"The certificates that the environment variable {name} names, {path}, do not "
                "exist. Correct it, or unset it."
            )
    for scheme, proxy in requests.utils.get_environ_proxies(endpoint).items():
        if not _is_proxy(proxy):
            raise Refused(
                f"The proxy for {scheme} in the environment (as HTTPS_PROXY) is no address such as "
                "http://proxy.example.org:3128. Correct the variable, or unset it."
            )


def _is_proxy(text: str) -> bool:
    """Return whether a text is the address of a proxy; without scheme it is meant to be http."""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        known = parts.scheme in ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
        return known and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def decode(request: Request, response: Response) -> Answer:
    """Make an answer of a response.

    A successful one that is not JSON counts as lost, unless a text was asked for.
    Whatever the answer says about its encoding, it is read as UTF-8.
    """
    status, headers, content = response.status, response.headers, response.content
    is_fine = 200 <= status < 300
    if not content:
        return Answer(status, headers, None)
    if request.accept not in ("", JSON) and is_fine:
        return Answer(status, headers, None, content.decode(errors="replace"))
    try:
        body = cast(Json, json.loads(content))
    except (ValueError, RecursionError):
        if is_fine:
            message = f"Could not {request.what}: the answer (HTTP {status}) is not JSON."
            raise Lost(message) from None
        return Answer(status, headers, None, content[:4000].decode(errors="replace")[:2000])
    return Answer(status, headers, body)


def lost(what: str, exc: Exception, endpoint: str) -> Lost:
    """Return what to raise when the network failed."""
    reason, sent = _reason_of(exc)
    slow = isinstance(exc, requests.exceptions.ConnectTimeout)
    return Lost(f"{what}: {reason} ({endpoint}).", sent=sent, late=sent, slow=slow)


def _reason_of(exc: Exception) -> tuple[str, bool]:
    """Return what happened on the network in a few words, and whether the request was sent."""
    if isinstance(exc, TooLarge):
        return f"the answer has more than {LARGEST // 10**6} MB, or is packed in an odd way", True
    if isinstance(exc, TooSlow):
        return "the answer did not end in time", True
    if not isinstance(exc, requests.RequestException):
        return f"the exchange failed ({exc or type(exc).__name__})", True
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


def refusal_of(request: Request, answer: Answer, token: str, endpoint: str) -> Failure:
    """Return what an answer means that is no success, without the token."""
    said = _hidden(token, explain(answer))
    message = f"Could not {request.what}. The server said: {said.removesuffix('.')}."
    if answer.status >= 500:
        return Lost(message)
    if answer.status == 429:
        return Unavailable(message)
    if answer.status == 403 and answer.body is None and "<html" in answer.text.lower():
        message += (
            " That is a page of something between you and the server, such as a proxy or a "
            "firewall, and says nothing about the token. Try from another network, or ask those "
            "who run it."
        )
    elif answer.status == 403 or (answer.status == 400 and "CSRF" in said):
        message += (
            " Is the token valid, does it belong to this endpoint,"
            f" {endpoint}, and may its owner change this record?"
        )
    said_of = tuple(_without(token, remark) for remark in complaints(answer))
    return Rejected(message, status=answer.status, said=said_of)


def _without(token: str, remark: Remark) -> Remark:
    message, about = _hidden(token, remark.message), _hidden(token, remark.about)
    return attrs.evolve(remark, message=message, about=about)


def _hidden(token: str, text: str) -> str:
    return text.replace(token, "...") if token else text


def joined(url: str, location: str) -> str:
    """Return where a redirection leads; what is no address leads nowhere."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location
