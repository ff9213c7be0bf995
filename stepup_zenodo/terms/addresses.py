"""Which addresses are the same server, and which may get a secret."""

import re
from urllib.parse import urlsplit

__all__ = ("is_loopback", "is_secure", "same_origin")


def same_origin(left: str, right: str) -> bool:
    """Return whether two addresses have the same scheme, host and port.

    What cannot be split into these is no address, and the same as nothing.
    """
    try:
        one, two = urlsplit(left), urlsplit(right)
        return (one.scheme, one.hostname, one.port) == (two.scheme, two.hostname, two.port)
    except ValueError:
        return False


def is_secure(url: str) -> bool:
    """Return whether a secret may be sent to an address: https, or this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    return re.fullmatch(r"localhost|127(?:\.\d{1,3}){3}|::1", host, re.ASCII) is not None
