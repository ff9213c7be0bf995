"""The review of a draft by a community, as the server tells about it."""

from collections.abc import Mapping

from ..jsontypes import Json
from ..text.words import html_words

__all__ = ("communities_in", "last_comment", "review_words")


def communities_in(body: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the ids of the communities that have taken in a record, from its JSON."""
    parent = body.get("parent")
    communities = parent.get("communities") if isinstance(parent, dict) else None
    ids = communities.get("ids") if isinstance(communities, dict) else None
    return tuple(str(item) for item in ids) if isinstance(ids, list) else ()


def review_words(status: str, community: str) -> str:
    """Return what the state of a draft means for its review, empty when there is none.

    Parameters
    ----------
    status
        The status of the draft in the words of the server.
    community
        The name of the community, empty when it is not known.
    """
    by = f" by the community {community}" if community else " by a community"
    prepared = f"prepared for a review{by}, but not submitted"
    return {
        "draft_with_review": prepared,
        "new_version_draft_with_review": prepared,
        "in_review": f"in review{by}, where accepting it means publishing it",
        "declined": f"declined{by}: change what was criticised, then submit it again",
        "expired": f"not reviewed{by} in time: submit it again",
    }.get(status, "")


def last_comment(body: Mapping[str, Json]) -> str:
    """Return the last comment in a timeline of a request that begins with the newest event."""
    hits = body.get("hits")
    events = hits.get("hits") if isinstance(hits, dict) else None
    for event in events if isinstance(events, list) else []:
        comment = event if isinstance(event, dict) and event.get("type") == "C" else {}
        payload = comment.get("payload")
        if isinstance(payload, dict) and payload.get("content"):
            return html_words(str(payload["content"]))
    return ""
