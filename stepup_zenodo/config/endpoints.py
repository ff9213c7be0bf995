"""Which addresses can be the endpoint, the address of the API."""

import re
from urllib.parse import urlsplit

from ..document.nodes import Node
from ..errors import Invalid, Problem
from ..terms.addresses import is_secure
from .jsonschema import Definitions, Schema, form
from .reading import At, Kind, kind_of_value, shortened
from .scalars import Text

__all__ = ("SANDBOX", "ZENODO", "EndpointKind", "checked_endpoint")

SANDBOX = "https://sandbox.zenodo.org/api"
"""The endpoint of a configuration that does not name one."""

ZENODO = "https://zenodo.org/api"
"""The endpoint of a record that is read, and whose DOI or id does not name another."""


def _endpoint_problem(text: str) -> tuple[str, str] | None:
    """Return what is wrong with an endpoint and what to do, `None` if nothing is."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _refused(text, "the address is not complete", f"write for example {SANDBOX}")
    if parts.scheme not in ("http", "https") or not host:
        wrong = "it does not begin with https:// and a host"
        return _refused(text, wrong, f"write for example {SANDBOX}")
    if parts.username is not None or parts.password is not None:
        wrong = "it holds a user name or password"
        return _refused(text, wrong, "use path_token for the token")
    if not all(0 < len(label) < 64 for label in host.removesuffix(".").split(".")):
        wrong = f"{host[:80]} is no host"
        return _refused(text, wrong, f"write for example {SANDBOX}")
    if not is_secure(text):
        wrong = "the token would be sent without encryption"
        return _refused(text, wrong, "begin with https://")
    if "?" in text or "#" in text:
        return _refused(text, "it holds ? or #", "end it after /api")
    if port == 0 or re.search(r"[\s\\]", text):
        return _refused(text, "it is not an address", f"write for example {SANDBOX}")
    if not parts.path.rstrip("/").endswith("/api"):
        hint = f"write {parts.scheme}://{parts.netloc}/api"
        return _refused(text, "it does not end in /api", hint)
    return None


def _refused(text: str, wrong: str, hint: str) -> tuple[str, str]:
    return f"{_shown(text)} cannot be the endpoint: {wrong}", hint


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
    problem = _endpoint_problem(text)
    if problem is not None:
        message, hint = problem
        raise Invalid((Problem(message, "endpoint", hint=hint),))
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


@kind_of_value
class EndpointKind(Kind[str]):
    """The address of an API."""

    words = f"the address of an API such as {SANDBOX}"

    def parse(self, node: Node, at: At) -> str:
        """Read an address."""
        text = Text(name=self.words).parse(node, at)
        problem = _endpoint_problem(text)
        if problem is not None:
            raise at.wrong(*problem)
        return checked_endpoint(text)

    def schema(self, definitions: Definitions) -> Schema:
        """Return an address that is encrypted, or on this machine."""
        del definitions
        pattern = (
            r"^\s*[Hh][Tt][Tt][Pp](?:[Ss]://[^/?#@]+|://(?:localhost|127\.[0-9.]+|\[::1\])(?::\d+)?)"
            r"(?:/[^?#]*)?/api/*\s*$"
        )
        return {"type": "string", **form(pattern, self.words)}
