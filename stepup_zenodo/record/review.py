"""The review of a draft by a community."""

from collections.abc import Mapping

import attrs

from ..errors import UnexpectedAnswer
from ..jsontypes import Json
from ..terms.forms import is_word

__all__ = ("Community", "Review", "parse_review")


@attrs.frozen
class Community:
    """A community."""

    id: str
    """Its id."""

    name: str
    """Its name in addresses."""


@attrs.frozen
class Review:
    """A request to a community to take in a draft."""

    id: str
    """Of the request."""

    status: str
    """`created` before it is submitted, `submitted`, `declined`, `expired`, ..."""

    community: str
    """Id of the community, which is not the name in its address."""


def parse_review(body: Mapping[str, Json]) -> Review | None:
    """Return the review in the JSON of a draft, `None` when there is none.

    Raises
    ------
    UnexpectedAnswer
        When its ids are something else.
    """
    parent = body.get("parent")
    review = parent.get("review") if isinstance(parent, dict) else None
    if not isinstance(review, dict):
        return None
    receiver = review.get("receiver")
    community = receiver.get("community") if isinstance(receiver, dict) else ""
    ids = (str(review.get("id")), str(community or "none"))
    if not all(map(is_word, ids)):
        raise UnexpectedAnswer("The answer of the server is not understood: a review has no id.")
    return Review(ids[0], str(review.get("status")), str(community or ""))
