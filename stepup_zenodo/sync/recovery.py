"""Find a draft that was created when its id could not be written down any more.

Creating a draft is the only request whose effect has no address.
What was about to be created, and when, is in the state file;
the newest records of the user show whether it happened.
"""

import datetime
import email.utils
from collections.abc import Mapping

import attrs

from ..config.fields import TITLE
from ..errors import Refused
from ..jsontypes import Json
from ..local.state import EndpointState
from ..record.observed import NoRecord, Record, parse_id, parse_record
from ..remote.client import Client
from ..remote.protocol import Answer, get_draft, user_drafts
from .journal import utc_now

__all__ = ("Search", "find_lost_draft")

SKEW = datetime.timedelta(minutes=10)
"""How far the clocks of the server and of this machine may differ, if its answers do not tell."""

MARGIN = datetime.timedelta(seconds=0.5)
"""How much clocks may drift between the interrupted run and the next one."""

SECOND = datetime.timedelta(seconds=1)
"""How exactly the server tells its time, which it cuts to whole seconds."""

LONGEST = datetime.timedelta(minutes=15)
"""How long after it was sent a request may take effect on the server."""

EARLIEST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
"""Before every record."""

LATEST = datetime.datetime(9000, 1, 1, tzinfo=datetime.UTC)
"""After every record."""


@attrs.frozen
class Search:
    """How hard a lost draft is looked for."""

    settle: float = 30.0
    """Seconds during which a new draft may be missing in the list, as it is a search index."""

    start_anew: bool = False
    """Whether to go on without the draft when it is not certain which one it is."""


@attrs.frozen
class _Candidates:
    """Drafts that an interrupted run may have created."""

    same: tuple[Record, ...] = ()
    """Those that are exactly as they were to be created."""

    similar: tuple[str, ...] = ()
    """Ids of those that have the title, but were changed since, or are something else."""


def find_lost_draft(client: Client, state: EndpointState, search: Search) -> Record | NoRecord:
    """Return the draft that an interrupted run created, if it did.

    Parameters
    ----------
    client
        Connection to the endpoint.
    state
        Says what was to be created, and since when it may exist.
    search
        How hard it is looked for.

    Raises
    ------
    Refused
        When a person must say which draft it is.
    """
    since = _time(state.intent_since)
    while True:
        found = _candidates(client, state.base.pending, since)
        if len(found.same) == 1:
            return found.same[0]
        if search.start_anew and (found.same or found.similar):
            return NoRecord()
        if found.same or found.similar:
            raise _ambiguous(found, state)
        left = search.settle - (utc_now() - (since or EARLIEST)).total_seconds()
        if left <= 0:
            return NoRecord()
        client.wait(
            min(left, 5.0) + 0.1,
            "an earlier run may have created a draft that is not listed yet",
        )


def _ambiguous(found: _Candidates, state: EndpointState) -> Refused:
    ids = [record.id for record in found.same] or found.similar
    title = state.base.pending.get(TITLE)
    some = f"draft {ids[0]} was" if len(ids) == 1 else f"drafts {', '.join(ids)} were"
    return Refused(
        "An earlier run was interrupted while it created a draft. "
        f"Then {some} created with the title {title!r}, "
        "but it is not certain that this run did it. "
        "If one of them is the right one, write its id into the record id file; "
        "otherwise use --ours to start a new record."
    )


def _candidates(
    client: Client, wanted: Mapping[str, Json], since: datetime.datetime | None
) -> _Candidates:
    """Look through the user's newest records."""
    answer = client.read(user_drafts())
    first, last = _window(answer, since)
    hits = answer.record.get("hits")
    listed = hits.get("hits") if isinstance(hits, dict) else None
    same: list[Record] = []
    similar: list[str] = []
    for hit in listed if isinstance(listed, list) else []:
        item = hit if isinstance(hit, dict) else {}
        created = _time(item.get("created")) or EARLIEST
        if item.get("status") != "draft" or not first <= created <= last:
            continue
        # The list can be older than the record.
        found = client.read(get_draft(parse_id(item)), accept=(403, 404))
        draft = parse_record(found.record) if found.ok else None
        if draft is None or not _equal(TITLE, draft, wanted):
            continue
        if not draft.files and all(_equal(name, draft, wanted) for name in wanted):
            same.append(draft)
        else:
            similar.append(draft.id)
    return _Candidates(tuple(same), tuple(similar))


def _equal(name: str, draft: Record, wanted: Mapping[str, Json]) -> bool:
    return draft.fields.get(name) == (wanted.get(name) or None)


def _time(text: Json) -> datetime.datetime | None:
    """Read a time of the server or of the state file, `None` for anything else."""
    try:
        time = datetime.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    # Beyond that, what is added to it would not be a time any more.
    return time.replace(tzinfo=time.tzinfo or datetime.UTC) if 1900 < time.year < 9000 else None


def _window(
    answer: Answer, since: datetime.datetime | None
) -> tuple[datetime.datetime, datetime.datetime]:
    """Return when the draft can have been created, on the clock of the server."""
    if since is None:
        return EARLIEST, LATEST
    try:
        ahead = email.utils.parsedate_to_datetime(answer.headers.get("date", "")) - utc_now()
    except (TypeError, ValueError):
        return since - SKEW, since + SKEW + LONGEST
    return since + ahead - MARGIN, since + ahead + SECOND + MARGIN + LONGEST
