"""What stands in a record id file: an id, or what people paste into it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import Refused
from ..terms import forms
from .plainfiles import read_plain

__all__ = ("LONGEST", "is_record_id", "load_record_id", "record_id_in")

LONGEST = 1000
"""Most bytes of a record id file, of which nobody writes more than a line."""

RESOLVERS = frozenset({"doi.org", "dx.doi.org", "handle.test.datacite.org"})
"""Hosts whose addresses hold DOIs of all repositories."""


def record_id_in(text: str) -> str | None:
    """Return the record id in an id, a DOI or an address; `None` when there is none.

    People paste what they find in the browser into the id file.
    """
    text = text.strip()
    match = re.fullmatch(
        r"(?:(?:https?://|doi:)?\S*?(?:zenodo\.|/(?:records|record|uploads|deposit|api/records)/))?"
        r"([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)(?:/draft)?/?(?:[?#]\S*)?",
        text,
    )
    if match is None or not forms.is_record_id(match.group(1)) or _host_in(text) is None:
        return None
    return match.group(1)


def _host_in(text: str) -> str | None:
    """Return the host of an address, `None` for a damaged one.

    It is empty for what is no address, and for resolvers of DOIs.
    """
    if "://" not in text:
        return ""
    try:
        host = urlsplit(text.strip()).hostname or ""
    except ValueError:
        return None
    return "" if host in RESOLVERS else host


def is_record_id(data: bytes) -> bool:
    """Return whether the content of a file is a record id, a DOI or an address with one."""
    try:
        return len(data) <= LONGEST and record_id_in(data.decode("utf-8-sig")) is not None
    except UnicodeDecodeError:
        return False


def load_record_id(path: Path) -> tuple[str, str]:
    """Return the id, and the host if it is given as an address."""
    try:
        text = read_plain(path, LONGEST).decode("utf-8-sig")
    except FileNotFoundError:
        return "", ""
    except UnicodeDecodeError:
        raise Refused(
            f"The record id file {path} is not text. "
            "Is path_record_id the path of another file by accident?"
        ) from None
    except OSError as exc:
        raise Refused(f"The record id file {path} cannot be read: {exc.strerror}.") from None
    record_id = record_id_in(text)
    if record_id is None:
        raise Refused(
            f"The record id file {path} holds something else than a record id. "
            "Write the id, the DOI or the address of your record into it, "
            "or choose another path_record_id to start a new record."
        )
    return record_id, _host_in(text) or ""
