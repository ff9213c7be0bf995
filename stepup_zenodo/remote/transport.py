"""Sessions and answers of the HTTP library, and what its errors mean."""

from http.cookiejar import DefaultCookiePolicy
from typing import cast

import requests
import urllib3.exceptions
from requests.auth import AuthBase

from .. import __version__
from ..errors import Unavailable
from ..jsontypes import Json
from ..terms.addresses import is_secure, same_origin
from .protocol import Answer, Request

__all__ = ("BearerAuth", "Lost", "decode", "new_session", "reason_of")

USER_AGENT = f"stepup-zenodo/{__version__} (+https://pypi.org/project/stepup-zenodo/)"
"""Zenodo slows down or refuses the default agents of HTTP libraries."""


class Lost(Unavailable):
    """A request that may have changed something got no usable answer.

    Parameters
    ----------
    message
        What was tried and what happened.
    sent
        False when the server was not reached, so that nothing can have happened there.
    """

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class BearerAuth(AuthBase):
    """Put the token on requests to one origin, and on no other.

    An auth callable and not a session header,
    because `requests` lets an entry in the user's netrc file override the header.
    """

    def __init__(self, token: str, endpoint: str) -> None:
        self._token = token
        self._endpoint = endpoint

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token to a request if it is for the endpoint."""
        url = request.url or ""
        if same_origin(url, self._endpoint) and is_secure(url):
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "BearerAuth(...)"


def new_session(endpoint: str) -> requests.Session:
    """Return a session that says who we are and keeps no cookies.

    A cookie that came with a refused token makes the next answers misleading.
    What is not encrypted stays on this machine, also where a proxy is set up for everything else.
    """
    session = requests.Session()
    session.trust_env = endpoint.startswith("https://")
    session.headers["User-Agent"] = USER_AGENT
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def decode(request: Request, response: requests.Response) -> Answer:
    """Make an answer of a response.

    A successful one that is not JSON counts as lost, unless a text was asked for.
    """
    headers = {name.lower(): value for name, value in response.headers.items()}
    if not response.content:
        return Answer(response.status_code, headers, None)
    if request.accept and response.ok:
        text = response.content.decode(errors="replace")
        return Answer(response.status_code, headers, None, text)
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


def reason_of(exc: requests.RequestException) -> tuple[str, bool]:
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
