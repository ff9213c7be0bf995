"""The order of version texts, as far as they have one.

The server attaches no meaning to a version text.
"""

import re
from collections.abc import Mapping

from packaging.version import InvalidVersion, Version

__all__ = ("is_lower", "is_respelled", "order_problem")

_SEMANTIC = re.compile(r"[vV]?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)")


def order_problem(wanted: str, latest: str, published: Mapping[str, str]) -> str:
    """Return why a version cannot follow the latest one, empty if it can.

    Parameters
    ----------
    wanted
        The text of the version that is to be published next.
    latest
        That of the latest published version, empty if there is none.
    published
        Record ids of the published versions by version text.
    """
    if wanted in published:
        return f"version {wanted} is published already, as record {published[wanted]}"
    if is_respelled(wanted, latest):
        return f"version {wanted} is only another spelling of {latest}, the latest one"
    if is_lower(wanted, latest):
        return f"version {wanted} is lower than {latest}, the latest one"
    return ""


def is_lower(wanted: str, latest: str) -> bool:
    """Return whether both are semantic versions (a leading v is allowed) and the first is lower."""
    one, two = _parse(wanted), _parse(latest)
    return one is not None and two is not None and one < two


def is_respelled(wanted: str, latest: str) -> bool:
    """Return whether two different texts stand for the same semantic version."""
    one = _parse(wanted)
    return wanted != latest and one is not None and one == _parse(latest)


def _parse(text: str) -> Version | None:
    match = _SEMANTIC.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return Version(match.group(1))
    except InvalidVersion:
        return None
