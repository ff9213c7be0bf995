"""Find a draft that was created when its id could not be written down any more.

Creating a draft is the only request whose effect has no address.
What was about to be created, and when, is in the state file;
the newest records of the user show whether it happened.
"""

import datetime

from .client import Client
from .errors import Refused
from .journal import utc_now
from .observed import NoRecord, Record, parse_record
from .protocol import get_draft, user_drafts
from .state import EndpointState

__all__ = ("find_lost_draft",)

SKEW = datetime.timedelta(minutes=10)
"""How far the clocks of the server and of this machine may differ."""


def find_lost_draft(
    client: Client, state: EndpointState, title: str, settle: float
) -> Record | NoRecord:
    """Return the draft that an interrupted run created, if it did.

    Parameters
    ----------
    client
        Connection to the endpoint.
    state
        Says since when a draft may exist.
    title
        Of the draft.
    settle
        Seconds during which a new draft may be missing in the list,
        which comes from a search index.

    Raises
    ------
    Refused
        When several drafts could be the one.
    """
    since = datetime.datetime.fromisoformat(state.intent_since)
    while True:
        found = _candidates(client, title, since - SKEW)
        if len(found) > 1:
            raise Refused(
                f"An earlier run was interrupted while it created a draft, and {len(found)} drafts "
                f"with the title {title!r} could be the one: {', '.join(found)}. "
                "Write the id of the right one into the record id file, "
                "and delete the others in the web form."
            )
        if found:
            return parse_record(client.read(get_draft(found[0])).record)
        left = settle - (utc_now() - since).total_seconds()
        if left <= 0:
            return NoRecord()
        client.wait(
            min(left, 5.0) + 0.1,
            "an earlier run may have created a draft that is not listed yet",
        )


def _candidates(client: Client, title: str, since: datetime.datetime) -> list[str]:
    """Return ids of the user's drafts of that title that are new enough."""
    hits = client.read(user_drafts()).record.get("hits")
    listed = hits.get("hits") if isinstance(hits, dict) else None
    found = []
    for hit in listed if isinstance(listed, list) else []:
        record = hit if isinstance(hit, dict) else {}
        metadata = record.get("metadata")
        same = isinstance(metadata, dict) and (metadata.get("title") or "") == title
        created = datetime.datetime.fromisoformat(str(record.get("created")))
        if same and record.get("status") == "draft" and created >= since:
            found.append(str(record.get("id")))
    return found
