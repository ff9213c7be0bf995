"""Make a record equal to local files: observe, compare, execute, until nothing is left to do."""

import enum
from collections.abc import Callable

import attrs

from ..config.fields import RESET_BY_VERSION, VERSION
from ..errors import Failure, Rejected, Remark, Unavailable
from ..events import Listener
from ..local.base import Base, SentField
from ..local.checksums import ChecksumCache
from ..local.state import EndpointState
from ..record.changes import Action, Changes, Kept, PublishEdit
from ..record.compare import checksums_needed, compare
from ..record.desired import Desired
from ..record.foresee import Foreseen, foresee
from ..record.itemwise import agreed_lists, merged_lists
from ..record.observed import NoRecord, Record, parse_record
from ..record.threeway import Choice, left_to_them
from ..remote.client import Client
from ..remote.protocol import get_draft
from ..remote.transport import Lost
from .execute import execute
from .journal import Journal, utc_now
from .lookups import FindCommunity, Lookups
from .observe import observe
from .recovery import Search
from .uploads import Uploads
from .verdicts import Said, placed_rejection, refusal, said_of, second_record

__all__ = ("AGAIN", "Outcome", "Status", "Sync", "base_of", "foreseen")

AGAIN = "compare with the server"
"""What is done again after an answer was lost."""

MAX_ROUNDS = 6
"""Rounds that change something; four are enough unless somebody else saves at the same time."""


class Status(enum.Enum):
    """How a run ended, when it did not fail."""

    SYNCED = "synced"
    """Something was sent, and then both sides were found equal."""

    NOTHING = "nothing to do"
    """Both sides were equal."""

    VALIDATED = "validated only"
    """The server was not asked, as there is no token, or as the user wants it so."""


@attrs.frozen
class Outcome:
    """The result of a run that did not fail."""

    status: Status
    """How it ended."""

    record: Record | None = None
    """What the server holds, `None` when it was not asked."""

    done: tuple[Action, ...] = ()
    """What was changed, in order."""

    kept: tuple[Kept, ...] = ()
    """Differences that were left alone on purpose."""

    doubtful: tuple[str, ...] = ()
    """Names of files that the server can still lose, because it left a request unanswered."""

    said: tuple[Said, ...] = ()
    """What communities say about it, if anything was saved."""

    silence: str = ""
    """Why the server was not asked, empty when it was."""


@attrs.define
class Sync:
    """One run for one record.

    Everything that it needs comes from outside, so that it can be run anywhere.
    """

    client: Client
    """Connection to the endpoint."""

    journal: Journal
    """The state files."""

    desired: Desired
    """What the record should hold."""

    choice: Choice
    """Decides where both sides changed."""

    cache: ChecksumCache
    """Checksums that are known."""

    workers: int
    """How many files are sent at the same time."""

    listener: Listener
    """Is told what happens."""

    announce: Callable[[Changes], None]
    """Is told what will be done, before it is done."""

    community: FindCommunity
    """Finds the community that is to review the draft."""

    settle: float = 30.0
    """Seconds during which a draft of an interrupted run may be missing in lists of the server."""

    doubtful: set[str] = attrs.field(factory=set, init=False)
    """Names of files of which a request had no answer, so that it may arrive late."""

    rounds: int = attrs.field(default=0, init=False)
    """How many rounds changed something, or tried to."""

    remarks: tuple[Remark, ...] = attrs.field(default=(), init=False)
    """What communities said about the last save."""

    loss: Lost | None = attrs.field(default=None, init=False)
    """What the last round left without answer."""

    def run(self) -> Outcome:
        """Make both sides equal and verify it.

        Raises
        ------
        Refused
            When a person must decide first; nothing was changed then.
        Rejected
            When the server does not accept something.
        Unavailable
            When the server cannot be reached, or loses too many answers.
        """
        done: list[Action] = []
        return self.client.until_answered(AGAIN, lambda: self._converge(done))

    def _converge(self, done: list[Action]) -> Outcome:
        """Observe, compare and execute until nothing is left to do.

        Parameters
        ----------
        done
            What was done, also before an answer was lost; what this does is added.
        """
        known: Record | None = None
        while True:
            observed = known or self.observe()
            if isinstance(observed, Record) and not self.journal.state.record:
                self.journal.created(observed)
            desired, changes = decide(
                self.desired, observed, self.journal.state, self.choice, self._lookups
            )
            if changes.conflicts:
                raise refusal(changes.conflicts, self.desired)
            if not changes.actions and known is not None:
                known = None
                continue
            if not changes.actions:
                assert isinstance(observed, Record), "without a record there is something to do"
                return self._agreed(desired, observed, done, changes.kept)
            if self.rounds == MAX_ROUNDS:
                raise _not_converging(changes, self.loss)
            if self.rounds == 0:
                self._look_ahead(desired, observed)
            known = self._round(changes, observed)
            done.extend(changes.actions)

    def _round(self, changes: Changes, observed: Record | NoRecord) -> Record | None:
        self.announce(changes)
        self.desired = attrs.evolve(self.desired, merged=merged_lists(changes))
        self.rounds += 1
        try:
            known = self.carry_out(changes, observed)
        except (Lost, Rejected) as exc:
            self.loss = self._loss(exc, observed)
            raise self.loss from None
        self.loss = None
        return known

    def _agreed(
        self, desired: Desired, record: Record, done: list[Action], kept: tuple[Kept, ...]
    ) -> Outcome:
        """Return how the run ends, after writing down where both sides agree."""
        # What was done by a request without answer counts, although it is not listed.
        status = Status.SYNCED if self.rounds else Status.NOTHING
        kept += second_record(self.journal.state, record)
        self._remember(desired, record, kept)
        said = said_of(self.remarks, attrs.evolve(self.desired, merged=record.fields))
        doubtful = tuple(sorted(self.doubtful))
        return Outcome(status, record, tuple(done), kept, doubtful, said)

    def _look_ahead(self, desired: Desired, observed: Record | NoRecord) -> None:
        """See to it that no later round meets a conflict, before the first one writes anything.

        Raises
        ------
        Refused
            When a person must decide first.
        """
        _, found = foreseen(desired, observed, self.journal.state, self.choice, self._lookups)
        if found.conflicts:
            raise refusal(found.conflicts, self.desired)

    def look(self) -> Changes:
        """Return what a run would do in all its rounds, without doing it.

        Raises
        ------
        Refused
            When a person must decide first.
        """
        _, found = foreseen(
            self.desired, self.observe(), self.journal.state, self.choice, self._lookups
        )
        if found.conflicts:
            raise refusal(found.conflicts, self.desired)
        return Changes(found.actions, found.kept)

    def observe(self) -> Record | NoRecord:
        """Read what the server holds, or find the draft of an interrupted run."""
        wanted = self.desired.fields.get(VERSION)
        search = Search(self.settle, start_anew=self.choice.ours)
        found = observe(self.client, self.journal.state, str(wanted or ""), search)
        return found if isinstance(found, NoRecord) else found.expecting(self.desired.fields)

    def _loss(self, exc: Lost | Rejected, observed: Record | NoRecord) -> Lost:
        """Return what went wrong if looking again can help, else raise the refusal."""
        if isinstance(exc, Lost):
            return exc
        if not self._overtaken(exc, observed):
            raise placed_rejection(exc, self.desired) from None
        return Lost("Somebody else saved at the same time.")

    def _overtaken(self, exc: Rejected, observed: Record | NoRecord) -> bool:
        """Return whether a request was refused because somebody else saved in between.

        Observed: of two saves at the same time, one is refused with status 400
        and the words of an unknown term of a vocabulary.
        """
        if exc.status != 400 or not isinstance(observed, Record) or not observed.is_draft:
            return exc.status == 412
        answer = self.client.read(get_draft(observed.id), accept=(403, 404))
        return answer.ok and parse_record(answer.record).revision != observed.revision

    @property
    def _lookups(self) -> Lookups:
        return Lookups(lambda file: self.cache.checksum(file, self.listener), self.community)

    def carry_out(self, changes: Changes, observed: Record | NoRecord) -> Record | None:
        """Do what was decided; return the record if an answer has described it.

        Raises
        ------
        Lost
            When it is not known whether something was done.
        Rejected
            When the server does not accept something.
        """
        uploads = Uploads(self.client, self.workers, self.listener, self.cache)
        try:
            carried = execute(self.client, changes, observed, self.journal, uploads)
            self.remarks = self.remarks if carried.remarks is None else carried.remarks
            return carried.record
        finally:
            self.doubtful.update(uploads.doubtful)

    def _remember(self, desired: Desired, record: Record, kept: tuple[Kept, ...]) -> None:
        """Write down where both sides agree, and what was left to others as told."""
        fields = {
            name: SentField(value, value)
            for name, value in desired.fields.items()
            if value == record.fields.get(name)
        }
        files = {
            key: file.checksum
            for key, file in desired.files.items()
            if file.checksum is not None
            and (entry := record.files.get(key)) is not None
            and entry.checksum == file.checksum
        }
        told, base = kept if self.choice.theirs else (), self.journal.state.base
        left = left_to_them(told, desired, record.files, base, self._lookups.checksum)
        lists = agreed_lists(desired, record, base)
        fields, files = {**fields, **left.fields, **lists}, {**files, **left.files}
        self.journal.agreed(record, fields, files, desired.files, self.doubtful, theirs=left.theirs)
        self.cache.save()


def _not_converging(changes: Changes, loss: Lost | None) -> Failure:
    """Return what to tell when something is left to do again and again.

    Parameters
    ----------
    changes
        What is left.
    loss
        What was left without answer last.
    """
    if loss is not None and any(isinstance(action, PublishEdit) for action in changes.actions):
        return Unavailable(
            f"{loss.message} It was read back: the correction is saved on the server, and not "
            "public yet. Try again later; the next sync publishes it."
        )
    if loss is not None:
        return Unavailable(f"{loss.message} Gave up after {MAX_ROUNDS} rounds. Try again later.")
    left = ", ".join(sorted({type(action).__name__ for action in changes.actions}))
    return Unavailable(
        f"After {MAX_ROUNDS} rounds the record still differs ({left}). "
        "Is somebody else changing it at the same time?"
    )


def base_of(observed: Record | NoRecord, state: EndpointState) -> Base:
    """Return what was sent last to this version of the record, or to the one before it."""
    if isinstance(observed, NoRecord):
        return Base()
    return state.base_for(
        observed.id,
        observed.parent,
        is_published=not observed.is_draft,
        reset=RESET_BY_VERSION,
    )


def decide(
    desired: Desired,
    observed: Record | NoRecord,
    state: EndpointState,
    choice: Choice,
    lookups: Lookups,
) -> tuple[Desired, Changes]:
    """Compare, after finding what the comparison depends on.

    Parameters
    ----------
    desired
        What the record should hold.
    observed
        What the server holds.
    state
        What is remembered.
    choice
        Decides where both sides changed.
    lookups
        Find checksums and the community.

    Returns
    -------
    desired
        With what had to be found.
    changes
        What has to be done.
    """
    base, desired = base_of(observed, state), desired.beside(observed)
    found = {
        file.key: attrs.evolve(file, checksum=lookups.checksum(file))
        for file in checksums_needed(desired, observed, base)
    }
    community = lookups.community_for(observed)
    desired = attrs.evolve(desired, files={**desired.files, **found}, community=community)
    started = state.intent == "version"
    return desired, compare(desired, observed, base, choice, started_here=started)


def foreseen(
    desired: Desired,
    observed: Record | NoRecord,
    state: EndpointState,
    choice: Choice,
    lookups: Lookups,
) -> tuple[Desired, Foreseen]:
    """Return what a run would do in all its rounds, and what this depends on.

    The parameters are those of `decide`.

    Returns
    -------
    desired
        With what had to be found.
    foreseen
        What a run would do.
    """
    desired, _ = decide(desired, observed, state, choice, lookups)
    found = foresee(
        desired,
        observed,
        base_of(observed, state),
        choice,
        today=utc_now().date().isoformat(),
        started_here=state.intent == "version",
    )
    return desired, found
