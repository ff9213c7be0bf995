"""The order of version texts, as far as they have one.

The server attaches no meaning to a version text.
"""

import re

from packaging.version import InvalidVersion, Version

__all__ = ("is_lower", "is_respelled")

SEMANTIC = re.compile(r"[vV]?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)")


def is_lower(wanted: str, latest: str) -> bool:
    """Return whether both are semantic versions (a leading v is allowed) and the first is lower."""
    one, two = _parse(wanted), _parse(latest)
    return one is not None and two is not None and one < two


def is_respelled(wanted: str, latest: str) -> bool:
    """Return whether two different texts stand for the same semantic version."""
    one = _parse(wanted)
    return wanted != latest and one is not None and one == _parse(latest)


def _parse(text: str) -> Version | None:
    match = SEMANTIC.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return Version(match.group(1))
    except InvalidVersion:
        return None
