"""Links by which people without account see a record before it is public."""

from collections.abc import Mapping

import attrs

from ..errors import UnexpectedAnswer
from ..jsontypes import Json
from ..terms.forms import is_word

__all__ = ("EDIT", "PREVIEW", "Link", "link_line", "link_url", "parse_link", "parse_links")

PREVIEW = "preview"
"""Permission to see a draft with its files."""

EDIT = "edit"
"""Permission to change a draft, which includes publishing and deleting it (observed)."""


@attrs.frozen
class Link:
    """A link."""

    id: str
    """Its id, by which it is revoked."""

    permission: str
    """`view`, `preview` or `edit`."""

    token: str
    """Its secret."""

    description: str
    """What it is for."""

    expires: str
    """The last day on which it is valid, ISO 8601; empty for no end."""


def parse_link(body: Mapping[str, Json]) -> Link:
    """Read a link from the JSON of the server.

    Raises
    ------
    UnexpectedAnswer
        When it has no id or no secret.
    """
    link_id, token = body.get("id"), body.get("token")
    if not isinstance(link_id, str) or not isinstance(token, str):
        raise UnexpectedAnswer("The answer of the server is not understood: a link has no secret.")
    if not is_word(link_id) or not is_word(token):
        raise UnexpectedAnswer("The answer of the server is not understood: a link is no link.")
    return Link(
        link_id,
        str(body.get("permission") or ""),
        token,
        str(body.get("description") or ""),
        str(body.get("expires_at") or "")[:10],
    )


def parse_links(body: Mapping[str, Json]) -> tuple[Link, ...]:
    """Read a list of links.

    Raises
    ------
    UnexpectedAnswer
        When it is not one.
    """
    hits = body.get("hits")
    items = hits.get("hits") if isinstance(hits, dict) else None
    if not isinstance(items, list):
        raise UnexpectedAnswer("The answer of the server is not understood: no list of links.")
    return tuple(parse_link(item) for item in items if isinstance(item, dict))


def link_url(link: Link, site: str, record_id: str) -> str:
    """Return the address that people open.

    Parameters
    ----------
    link
        The link.
    site
        The address of the website without slash at the end.
    record_id
        The id of a version; the link is valid for all of them.
    """
    if link.permission == EDIT:
        return f"{site}/uploads/{record_id}?token={link.token}"
    if link.permission == PREVIEW:
        return f"{site}/records/{record_id}?preview=1&token={link.token}"
    return f"{site}/records/{record_id}?token={link.token}"


def link_line(link: Link) -> str:
    """Return what a link is, without its secret."""
    until = f"until {link.expires}" if link.expires else "without end"
    name = f"named {link.description!r}" if link.description else "without a name"
    return f"{link.id}: {link.permission} link {until}, {name}"
