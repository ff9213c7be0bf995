"""The address of the API."""

import re
from urllib.parse import urlsplit

import attrs

from ..document.nodes import Node
from ..errors import Invalid, Problem
from .kinds import Text
from .reading import At, Kind, shortened

__all__ = ("SANDBOX", "EndpointKind", "checked_endpoint")

SANDBOX = "https://sandbox.zenodo.org/api"
"""The endpoint of a configuration that does not name one."""

_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1", re.ASCII)


def _endpoint_problem(text: str) -> tuple[str, str]:
    """Return what is wrong with an endpoint and what to do, empty texts if nothing is."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "the address is not complete", f"write for example {SANDBOX}"
    hint = ""
    if parts.scheme not in ("http", "https") or not host:
        message, hint = "it does not begin with https:// and a host", f"write for example {SANDBOX}"
    elif parts.username is not None or parts.password is not None:
        message, hint = "it holds a user name or password", "use path_token for the token"
    elif parts.scheme == "http" and not _LOOPBACK.fullmatch(host):
        message, hint = "the token would be sent without encryption", "begin with https://"
    elif parts.query or parts.fragment or "?" in text or "#" in text:
        message, hint = "it holds ? or #", "end it after /api"
    elif port == 0 or re.search(r"[\s\\]", text):
        message = "it is not an address"
    elif not parts.path.rstrip("/").endswith("/api"):
        message = "it does not end in /api"
        hint = f"write {parts.scheme}://{parts.netloc}/api"
    else:
        message = ""
    return message, hint


def _shown(text: str) -> str:
    """Return an address for messages, without user name and password."""
    return shortened(re.sub(r"(//)[^/]*@", r"\1...@", text))


def checked_endpoint(text: str) -> str:
    """Return the address of an API in its normal form.

    Parameters
    ----------
    text
        The address as the user gave it.

    Returns
    -------
    endpoint
        The address with the host in lower case and without slash at the end.

    Raises
    ------
    Invalid
        It is not the address of an API, or the token would be sent over the network unencrypted.
    """
    message, hint = _endpoint_problem(text)
    if message:
        problem = Problem(
            f"{_shown(text)} cannot be the endpoint: {message}", "endpoint", hint=hint
        )
        raise Invalid((problem,))
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


@attrs.frozen
class EndpointKind(Kind[str]):
    """The address of an API."""

    words = f"the address of an API such as {SANDBOX}"

    def take(self, node: Node, at: At) -> str:
        """Read an address."""
        text = Text(name=self.words).take(node, at)
        message, hint = _endpoint_problem(text)
        if message:
            raise at.wrong(f"{_shown(text)} cannot be the endpoint: {message}", hint)
        return checked_endpoint(text)
