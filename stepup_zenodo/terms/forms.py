"""What ids, DOIs and addresses look like, to tell them from something else in answers and files."""

import re
from urllib.parse import urlsplit

__all__ = ("doi_beside", "is_doi", "is_key", "is_record_id", "is_web_address", "is_word")

LONGEST_ID = 32
"""Most characters of a record id: those of Zenodo have up to ten digits, tokens have sixty."""

_ID = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_DOI = re.compile(r"""10\.[0-9]+(?:\.[0-9]+)*/[^\s"'\\`{}$]+""")
_LONGEST = 300


def is_record_id(text: str) -> bool:
    """Return whether a text can be the id of a record: letters, digits and single hyphens."""
    return len(text) <= LONGEST_ID and _ID.fullmatch(text) is not None


def is_word(text: str) -> bool:
    """Return whether a text can be another id, or a secret in an address."""
    return re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._~-]{0,2000}", text) is not None


def is_key(text: str) -> bool:
    """Return whether a text can be the name of a file: in an address, dots alone are a folder."""
    return text not in ("", ".", "..")


def is_doi(text: str) -> bool:
    """Return whether a text can be a DOI, without characters that mean something to programs."""
    return len(text) <= _LONGEST and text.isprintable() and _DOI.fullmatch(text) is not None


def is_web_address(text: str) -> bool:
    """Return whether a text can be the address of a web page."""
    if not text.isprintable() or re.search(r"""[\s"'<>\\`{}|^]""", text) or len(text) > _LONGEST:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def doi_beside(doi: str, record_id: str, other_id: str) -> str:
    """Return the DOI of another id, made as that of a record is; empty if that is not known.

    Parameters
    ----------
    doi
        A DOI that ends with the id of its record, behind a dot or a slash.
    record_id
        That id.
    other_id
        Another id.
    """
    start = doi.removesuffix(record_id)
    return f"{start}{other_id}" if record_id and other_id and start.endswith((".", "/")) else ""
