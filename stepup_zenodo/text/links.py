"""Which addresses of links the server keeps, and where relative ones of a README lead."""

import posixpath
import re
from collections.abc import Callable
from urllib.parse import quote, urljoin, urlsplit

__all__ = ("in_repository", "is_kept", "is_relative", "seen_from", "unchanged")

_SCHEME = re.compile(r"([a-z0-9.+-]+):(.*)", re.DOTALL)
_SCHEMES = frozenset({"http", "https", "mailto"})
_CODE = frozenset({"data", "javascript", "vbscript"})
_ABSOLUTE = re.compile(r"//|[a-z][a-z0-9.+-]*:", re.IGNORECASE)
_REPOSITORY = re.compile(
    r"https://(?P<host>github\.com|bitbucket\.org|gitlab\.[\w.-]+)/(?P<name>[\w.~/-]+?)(?:\.git)?/*"
)
_FILES = {"bitbucket.org": "src/HEAD", "github.com": "blob/HEAD"}
"""Where a page of a repository shows a file of the default branch; GitLab has another place."""


def is_kept(address: str) -> bool:
    """Return whether the server keeps an address: a relative one, or one of a known kind.

    The rules are those of bleach 6.4, except that an address which is code is never kept.
    """
    plain = re.sub(r"[^\x21-\x7e]|`", "", address).lower()
    try:
        urlsplit(plain)  # the server refuses what this function cannot split
    except ValueError:
        return False
    found = _SCHEME.match(plain)
    # For the server, `localhost:8080` has no scheme.
    is_port = found is not None and found[2].isdigit() and found[1] not in _CODE
    return found is None or is_port or found[1] in _SCHEMES


def is_relative(address: str) -> bool:
    """Return whether an address depends on the page that it is on."""
    return _ABSOLUTE.match(address) is None


def unchanged(address: str) -> str:
    """Return an address as it is."""
    return address


def seen_from(page: str) -> Callable[[str], str]:
    """Return a function that makes relative addresses lead where they lead from a page."""

    def working(address: str) -> str:
        try:
            return urljoin(page, address) if is_kept(address) else address
        except ValueError:
            return address

    return working


def in_repository(repository: str, folder: str) -> Callable[[str], str]:
    """Return a function that makes relative addresses lead to the files of a repository.

    Parameters
    ----------
    repository
        The address of the repository.
        On hosts other than GitHub, GitLab and Bitbucket, the place of files is not known,
        and addresses stay as they are.
    folder
        Where the text with the addresses lies, relative to the top of the repository.

    Returns
    -------
    working
        Takes an address and returns an absolute one,
        or the same if it is absolute, leads out of the repository, or to a place in the text.
    """
    found = _REPOSITORY.fullmatch(repository)
    parts = found["name"].split("/") if found else []
    if found is None or len(parts) < 2 or "-" in parts or (found["host"] in _FILES and parts[2:]):
        return unchanged
    place = _FILES.get(found["host"], "-/blob/HEAD")
    base = f"https://{found['host']}/{found['name']}/{place}"

    def working(address: str) -> str:
        path = re.split(r"[?#]", address, maxsplit=1)[0]
        if not path or not is_relative(address):
            return address
        # A slash in front is the top of the repository, as on the pages of these hosts.
        target = posixpath.normpath(posixpath.join("/", folder, path).lstrip("/"))
        if path.startswith("/"):
            target = posixpath.normpath(path.lstrip("/") or ".")
        if target == ".":
            return f"https://{found['host']}/{found['name']}{address[len(path) :]}"
        if target.startswith(".."):
            return address
        return f"{base}/{quote(target, safe='/%:@!$&()*+,;=~')}{address[len(path) :]}"

    return working
