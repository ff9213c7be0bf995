"""Ask the server and the disk how a record stands."""

import datetime
from pathlib import Path

import attrs

from ..errors import Failure, Invalid, Refused
from ..events import Listener
from ..local.state import state_path
from ..record.observed import NoRecord, Record, parse_record
from ..record.review import parse_review
from ..record.threeway import Choice
from ..release.reviews import communities_in
from ..release.status import Standing
from ..remote.protocol import get_draft, get_latest, get_record
from ..session.comparing import compared
from ..session.opening import Opened
from ..terms.forms import doi_beside
from .reviews import name_of, said_last

__all__ = ("standing_now",)


def standing_now(opened: Opened, listener: Listener) -> Standing:
    """Return how a record stands.

    Parameters
    ----------
    opened
        The record.
    listener
        Is told which files are read.

    Raises
    ------
    Refused
        When the record is gone or belongs to somebody else.
    """
    record = opened.observe()
    project = opened.project
    standing = Standing(record, last_sent=_written(project.path_record_id))
    if isinstance(record, Record) and project.config.repository.concept_follows:
        concept = doi_beside(record.doi, record.id, record.parent)
        standing = attrs.evolve(standing, foreseen_concept=concept)
    standing = _with_drift(opened, standing, listener)
    if isinstance(record, NoRecord):
        return standing
    if record.is_published:
        names = tuple(name_of(opened.client, item) for item in _communities(opened, record))
        standing = attrs.evolve(standing, communities=names)
    if not record.is_draft and not record.is_latest:
        answer = opened.client.read(get_latest(record.id), accept=(404,))
        latest = parse_record(answer.record) if answer.ok else None
        return attrs.evolve(standing, latest=latest)
    return _with_review(opened, standing) if record.is_draft else standing


def _communities(opened: Opened, record: Record) -> tuple[str, ...]:
    """Return the ids of the communities that have taken in a record."""
    return communities_in(opened.client.read(get_record(record.id)).record)


def _with_drift(opened: Opened, standing: Standing, listener: Listener) -> Standing:
    try:
        foreseen = compared(opened, listener, Choice()).foreseen
    except (Invalid, Refused) as exc:
        return attrs.evolve(standing, drift_problem=_first_line(exc))
    count = len(foreseen.actions) + len(foreseen.kept) + len(foreseen.conflicts)
    return attrs.evolve(standing, drift=count)


def _first_line(exc: Failure) -> str:
    first, *rest = exc.lines()
    return f"{first} (and {len(rest)} more)" if rest else first


def _with_review(opened: Opened, standing: Standing) -> Standing:
    assert not isinstance(standing.record, NoRecord)
    answer = opened.client.read(get_draft(standing.record.id), accept=(404,))
    review = parse_review(answer.record) if answer.ok else None
    if review is None:
        return standing
    closed = review.status not in {"created", "submitted"}
    return attrs.evolve(
        standing,
        community=name_of(opened.client, review.community),
        comment=said_last(opened.client, review.id) if closed else "",
    )


def _written(path_record_id: Path) -> str:
    """Return when the state file was written last."""
    try:
        seconds = state_path(path_record_id).stat().st_mtime
    except OSError:
        return ""
    time = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return time.strftime("%Y-%m-%d %H:%M UTC")
