"""Requests about DOIs, reviews, communities and links, as data.

Facts about the server were read in invenio-rdm-records 35 and invenio-requests 15,
and observed on a local server with these packages.
"""

import html
from urllib.parse import quote, urlencode

from ..jsontypes import Json
from .protocol import Request

__all__ = (
    "add_to_communities",
    "attach_review",
    "cancel_request",
    "create_link",
    "detach_review",
    "get_community",
    "list_links",
    "reserve_doi",
    "revoke_link",
    "submit_review",
    "timeline",
)


def _record(record_id: str, tail: str = "") -> str:
    return f"/records/{quote(record_id, safe='')}{tail}"


def reserve_doi(record_id: str) -> Request:
    """Reserve the DOI of a draft; status 400 when it has one already."""
    return Request("POST", _record(record_id, "/draft/pids/doi"), "reserve the DOI")


def get_community(name: str) -> Request:
    """Read a community by the name in its address, which other requests do not take."""
    return Request("GET", f"/communities/{quote(name, safe='')}", f"look up the community {name}")


def attach_review(record_id: str, community_id: str) -> Request:
    """Choose the community that is to review a draft; repeating replaces an earlier choice."""
    body: Json = {"receiver": {"community": community_id}, "type": "community-submission"}
    path = _record(record_id, "/draft/review")
    return Request("PUT", path, "prepare the request for a review", body)


def detach_review(record_id: str) -> Request:
    """Remove a review request that is not open."""
    return Request("DELETE", _record(record_id, "/draft/review"), "remove the review request")


def submit_review(record_id: str, message: str) -> Request:
    """Ask the community to review a draft. Submitting what was declined gives status 500."""
    body: Json = {"payload": {"content": _html(message), "format": "html"}} if message else None
    path = _record(record_id, "/draft/actions/submit-review")
    return Request("POST", path, "submit the draft for review", body)


def _html(message: str) -> str:
    return f"<p>{html.escape(message, quote=False)}</p>"


def cancel_request(request_id: str) -> Request:
    """Take back a request that is open."""
    path = f"/requests/{quote(request_id, safe='')}/actions/cancel"
    return Request("POST", path, "take the draft back from review")


def timeline(request_id: str) -> Request:
    """Read what was said about a request; the search index may lag."""
    query = urlencode({"size": 25, "sort": "newest"})
    path = f"/requests/{quote(request_id, safe='')}/timeline?{query}"
    return Request("GET", path, "read the comments of the review")


def add_to_communities(record_id: str, community_id: str, message: str) -> Request:
    """Ask a community to take in a published record."""
    item: dict[str, Json] = {"id": community_id}
    if message:
        item["comment"] = {"payload": {"content": _html(message), "format": "html"}}
    path = _record(record_id, "/communities")
    return Request("POST", path, "ask the community to take in the record", {"communities": [item]})


def list_links(record_id: str) -> Request:
    """List the links by which others can see a record, with their secrets."""
    return Request("GET", _record(record_id, "/access/links"), "list the links")


def create_link(record_id: str, permission: str, description: str, expires: str | None) -> Request:
    """Create a link. It is valid for all versions, drafts included."""
    body: dict[str, Json] = {"permission": permission, "description": description}
    if expires is not None:
        body["expires_at"] = expires
    return Request("POST", _record(record_id, "/access/links"), "create a link", body)


def revoke_link(record_id: str, link_id: str) -> Request:
    """Make a link invalid."""
    path = _record(record_id, f"/access/links/{quote(link_id, safe='')}")
    return Request("DELETE", path, "revoke the link")
