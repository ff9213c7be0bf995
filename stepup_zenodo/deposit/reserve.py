"""Make sure that the record of the wanted version exists and has a DOI, and change nothing else."""

import attrs

from ..config.fields import VERSION, Normal
from ..errors import Rejected
from ..local.base import Base
from ..local.state import EndpointState
from ..record.changes import Changes, NewVersion
from ..record.compare import compare
from ..record.desired import Desired
from ..record.observed import NoRecord, Record, parse_record
from ..record.threeway import Choice
from ..remote.client import Client
from ..remote.protocol import explain, get_draft
from ..remote.release_requests import reserve_doi
from ..session.opening import Opened
from ..sync.rounds import AGAIN, Sync, base_of
from ..sync.verdicts import refusal

__all__ = ("reserve",)


def starting(
    desired: Desired, observed: Record | NoRecord, state: EndpointState, choice: Choice
) -> Changes:
    """Return what has to be done before there is a record of the wanted version.

    Parameters
    ----------
    desired
        The fields of the configuration; files do not matter.
    observed
        What the server holds.
    state
        What is remembered.
    choice
        Decides whether the draft of a next version is taken over.
    """
    if isinstance(observed, NoRecord):
        return compare(desired, observed, Base(), choice)
    if observed.is_draft:
        return Changes()
    wanted = Normal.of({k: v for k, v in desired.fields.items() if k == VERSION})
    base = base_of(observed, state)
    changes = compare(
        attrs.evolve(desired, fields=wanted, files={}),
        attrs.evolve(observed, files={}, edit_open=False),
        attrs.evolve(base, files={}, unsure=()),
        choice,
        started_here=state.intent == "version",
    )
    first = tuple(action for action in changes.actions if isinstance(action, NewVersion))
    return Changes(first, conflicts=changes.conflicts)


def reserve(opened: Opened, desired: Desired) -> Record:
    """Return the draft or the published record of the wanted version, with its DOI.

    Parameters
    ----------
    opened
        The record, on which nobody else works.
    desired
        The fields of the configuration; files do not matter.

    Raises
    ------
    Refused
        When a person must decide first, e.g. because the version is lower than before.
    Rejected
        When the server does not accept something.
    Unavailable
        When the server cannot be reached, or loses too many answers.
    """
    sync = opened.sync(desired)
    record = opened.client.until_answered(AGAIN, lambda: _named(opened.client, _started(sync)))
    sync.journal.named(record)
    return record


def _started(sync: Sync) -> Record:
    """Return the record of the wanted version, which is created if need be."""
    observed = sync.observe()
    if isinstance(observed, Record) and not sync.journal.state.record:
        sync.journal.created(observed)
    changes = starting(sync.desired, observed, sync.journal.state, sync.choice)
    if changes.conflicts:
        raise refusal(changes.conflicts, sync.desired)
    if changes.actions:
        sync.announce(changes)
        made = sync.carry_out(changes, observed)
        assert made is not None, "the answer to a creation describes the record"
        return made
    assert isinstance(observed, Record), "without a record there is something to do"
    return observed


def _named(client: Client, record: Record) -> Record:
    """Return the record with a DOI, which is reserved if need be."""
    if record.doi:
        return record
    answer = client.write(reserve_doi(record.id), accept=(400,))
    if answer.ok:
        named = parse_record(answer.record)
    else:
        # Refused if it was reserved in the meantime, or by a request with a lost answer.
        named = parse_record(client.read(get_draft(record.id)).record)
    if not named.doi:
        said = explain(answer).removesuffix(".")
        raise Rejected(f"Could not reserve the DOI. The server said: {said}.")
    return named
