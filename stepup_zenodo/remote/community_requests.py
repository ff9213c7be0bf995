"""Requests about the members of a community and what is proposed to it, as data.

Facts about the server were read in invenio-communities 29 and invenio-requests 15,
and observed on a local server with these packages.
"""

import html
from urllib.parse import quote, urlencode

from ..jsontypes import Json
from .protocol import JSON, Request

__all__ = (
    "find_users",
    "get_request",
    "invite",
    "list_invitations",
    "list_members",
    "list_open_requests",
    "take_action",
)


def _community(community_id: str, tail: str) -> str:
    return f"/communities/{quote(community_id, safe='')}{tail}"


def list_members(community_id: str) -> Request:
    """List the members, which only they can see; status 403 for others."""
    return Request("GET", _community(community_id, "/members?size=100"), "list the members")


def list_invitations(community_id: str) -> Request:
    """List the invitations, which only managers and owners can see; status 403 for others."""
    path = _community(community_id, "/invitations?size=100&is_open=true")
    return Request("GET", path, "list the invitations")


def find_users(words: str) -> Request:
    """Look for people with an account; those who hide their profile are not found."""
    return Request("GET", f"/users?{urlencode({'q': words})}", f"look for the user {words}")


def invite(community_id: str, user_id: str, role: str, message: str) -> Request:
    """Invite somebody; status 400 for members and for those who are invited already."""
    body: dict[str, Json] = {"members": [{"type": "user", "id": user_id}], "role": role}
    if message:
        body["message"] = _html(message)
    return Request("POST", _community(community_id, "/invitations"), "send the invitation", body)


def list_open_requests(community_id: str) -> Request:
    """List what waits for a decision of a community; the search index may lag.

    Its fullest form fails with status 500 for drafts (observed).
    """
    query = urlencode({"q": "is_open:true", "size": 50, "sort": "newest"})
    path = _community(community_id, f"/requests?{query}")
    return Request("GET", path, "list the requests to the community", accept=JSON)


def get_request(request_id: str) -> Request:
    """Read a request from the database."""
    return Request(
        "GET", f"/requests/{quote(request_id, safe='')}", "read the request", accept=JSON
    )


def take_action(request_id: str, action: str, comment: str) -> Request:
    """Decide about a request: `accept` or `decline`."""
    body: Json = {"payload": {"content": _html(comment), "format": "html"}} if comment else {}
    path = f"/requests/{quote(request_id, safe='')}/actions/{action}"
    return Request("POST", path, f"{action} the request", body)


def _html(message: str) -> str:
    return f"<p>{html.escape(message, quote=False)}</p>"
