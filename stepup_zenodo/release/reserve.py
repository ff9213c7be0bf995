"""Make sure that the record of the wanted version exists and has a DOI, and change nothing else."""

import attrs

from ..config.fields import VERSION, Normal
from ..errors import Rejected
from ..local.state import Base, EndpointState
from ..record.changes import Changes, NewVersion
from ..record.compare import compare
from ..record.desired import Desired
from ..record.observed import NoRecord, Record, parse_record
from ..record.threeway import Choice
from ..remote.protocol import explain, get_draft
from ..remote.release_requests import reserve_doi
from ..remote.transport import Lost
from ..sync.rounds import Sync, base_of
from ..sync.verdicts import refusal

__all__ = ("Reservation", "starting")


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


class Reservation(Sync):
    """A run that ends as soon as there is a DOI for the wanted version."""

    def reserve(self) -> Record:
        """Return the draft or the published record of the wanted version, with its DOI.

        Raises
        ------
        Refused
            When a person must decide first, e.g. because the version is lower than before.
        Rejected
            When the server does not accept something.
        Unavailable
            When the server cannot be reached, or loses too many answers.
        """
        lost = 0
        while True:
            try:
                record = self._named(self._started())
            except Lost as exc:
                lost += 1
                self._wait(exc, lost)
            else:
                self.journal.named(record)
                return record

    def _started(self) -> Record:
        observed = self._observe()
        if isinstance(observed, Record) and not self.journal.state.record:
            self.journal.created(observed)
        changes = starting(self.desired, observed, self.journal.state, self.choice)
        if changes.conflicts:
            raise refusal(changes.conflicts, self.desired)
        if changes.actions:
            self.announce(changes)
            made = self._execute(changes, observed)
            assert made is not None, "the answer to a creation describes the record"
            return made
        assert isinstance(observed, Record), "without a record there is something to do"
        return observed

    def _named(self, record: Record) -> Record:
        if record.doi:
            return record
        answer = self.client.write(reserve_doi(record.id), accept=(400,))
        if answer.ok:
            named = parse_record(answer.record)
        else:
            # Refused if it was reserved in the meantime, or by a request with a lost answer.
            named = parse_record(self.client.read(get_draft(record.id)).record)
        if not named.doi:
            said = explain(answer).removesuffix(".")
            raise Rejected(f"Could not reserve the DOI. The server said: {said}.")
        return named
