"""Everything that a run would do, found by carrying out the changes on the records alone.

A run compares again after each creation, because that changes what is there.
Here the server's part in it is played by what is known about its behaviour.
"""

import attrs

from ..config.fields import PREVIEW, PUBLICATION_DATE, QUOTA, RESET_BY_VERSION, VERSION, Normal
from ..jsontypes import Json
from ..local.base import Base, SentField
from .changes import (
    Action,
    Conflict,
    CreateDraft,
    DeleteFile,
    EditPublished,
    ImportFiles,
    Kept,
    NewVersion,
    PrepareReview,
    PublishEdit,
    RaiseQuota,
    RemoveReview,
    SaveMetadata,
    UnlockFiles,
    UploadFile,
)
from .compare import compare
from .desired import Desired
from .observed import FileEntry, NoRecord, Record
from .review import Review
from .threeway import Choice

__all__ = ("Foreseen", "after", "foresee", "requests_needed")

_MAX_ROUNDS = 6
"""More rounds than any run needs."""

_FORGOTTEN = (VERSION, PREVIEW)
"""Fields that the draft of a new version does not take over."""


@attrs.frozen
class Foreseen:
    """What a run would do from beginning to end."""

    actions: tuple[Action, ...] = ()
    """In order."""

    kept: tuple[Kept, ...] = ()
    """Differences that would stay."""

    conflicts: tuple[Conflict, ...] = ()
    """Reasons for which it would do nothing."""

    @property
    def is_empty(self) -> bool:
        """Whether both sides are equal."""
        return not (self.actions or self.kept or self.conflicts)


def foresee(
    desired: Desired,
    observed: Record | NoRecord,
    base: Base,
    choice: Choice,
    *,
    today: str,
    started_here: bool = False,
) -> Foreseen:
    """Return what a run would do in all its rounds.

    Parameters
    ----------
    desired
        What the record should hold, with the checksums of all files that the server has.
    observed
        What the server holds.
    base
        What was sent last.
    choice
        Decides where both sides changed.
    today
        The day in UTC, which the server gives to the draft of a new version.
    started_here
        Whether the draft of the next version was started by this program.
    """
    # A checksum that nobody asked for is that of no file on the server.
    files = {
        key: attrs.evolve(file, checksum=file.checksum or f"local:{key}")
        for key, file in desired.files.items()
    }
    desired = attrs.evolve(desired, files=files)
    actions: list[Action] = []
    kept: dict[Kept, None] = {}
    for _ in range(_MAX_ROUNDS):
        changes = compare(desired, observed, base, choice, started_here=started_here)
        kept.update(dict.fromkeys(changes.kept))
        if changes.conflicts or not changes.actions:
            return Foreseen(tuple(actions), tuple(kept), changes.conflicts)
        actions += changes.actions
        for action in changes.actions:
            base = _base_after(action, base)
            observed = after(action, observed, today)
    raise AssertionError(f"carrying out changes does not make both sides equal: {changes}")


def after(action: Action, record: Record | NoRecord, today: str) -> Record:
    """Return the record as the server has it after an action on a certain day."""
    if isinstance(action, CreateDraft):
        return _created(action)
    assert isinstance(record, Record), "every other change is made to a record"
    match action:
        case NewVersion():
            return _next_version(record, today)
        case EditPublished():
            return attrs.evolve(record, is_draft=True, edit_open=False, edit_ours=False)
        case PublishEdit():
            return attrs.evolve(record, is_draft=False)
        case UnlockFiles() | RaiseQuota():
            return record
        case ImportFiles():
            return attrs.evolve(record, files=record.previous or {}, previous=None)
        case SaveMetadata(fields=fields):
            saved = Normal(fields)
            return attrs.evolve(record, fields=saved, revision=record.revision + 2)
        case PrepareReview(community=community):
            review = Review("", "created", community.id)
            return attrs.evolve(record, review=review, status="draft_with_review")
        case RemoveReview():
            return attrs.evolve(record, review=None, status="draft")
        case DeleteFile(key=key):
            files = {name: entry for name, entry in record.files.items() if name != key}
            return _not_shown(attrs.evolve(record, files=files), key)
        case UploadFile(file=file):
            entry = FileEntry(file.key, file.size, file.checksum)
            files = {**record.files, file.key: entry}
            return _not_shown(attrs.evolve(record, files=files, previous=None), file.key)


def _not_shown(record: Record, key: str) -> Record:
    """Return a record after a file was deleted or replaced, which is then not shown first."""
    if record.fields.get(PREVIEW) != key:
        return record
    return attrs.evolve(record, fields=Normal(_without(record.fields, PREVIEW)))


def _without(fields: Normal, *names: str) -> dict[str, Json]:
    return {name: value for name, value in fields.sendable.items() if name not in names}


def _created(action: CreateDraft) -> Record:
    return Record(
        id="",
        parent="",
        revision=0,
        is_draft=True,
        is_published=False,
        status="draft",
        is_latest=False,
        has_next_draft=False,
        fields=action.fields,
        files={},
        doi="",
        concept_doi="",
        html="",
    )


def _next_version(record: Record, today: str) -> Record:
    fields = {**_without(record.fields, *_FORGOTTEN), PUBLICATION_DATE: today}
    return attrs.evolve(
        record,
        fields=Normal(fields),
        is_draft=True,
        is_published=False,
        status="new_version_draft",
        has_next_draft=False,
        files={},
        previous=record.files,
    )


def _base_after(action: Action, base: Base) -> Base:
    """Return what is remembered after an action, as far as it matters to later comparisons."""
    match action:
        case CreateDraft():
            sent = {name: SentField(value, value) for name, value in action.fields.items()}
            return Base(sent, complete=True)
        case NewVersion():
            return base.of_next_version(RESET_BY_VERSION)
        case ImportFiles():
            return base.imported()
        case SaveMetadata(changes=changes):
            return base.saved({change.name: change.remembered(change.new) for change in changes})
        case RaiseQuota(gigabytes=gigabytes):
            return base.saved({QUOTA: SentField(gigabytes, gigabytes)})
        case DeleteFile(key=key):
            return _not_shown_of(base, key).deleted(key)
        case UploadFile(file=file):
            return _not_shown_of(base, file.key).uploaded({file.key: file.checksum or ""})
        case _:
            return base


def _not_shown_of(base: Base, key: str) -> Base:
    """Return what is remembered after a file was deleted or replaced, if it was shown first."""
    shown = base.fields.get(PREVIEW)
    lost = {PREVIEW: None} if shown is not None and shown.sent == key else {}
    return attrs.evolve(base, pending={**base.pending, **lost})


def requests_needed(actions: tuple[Action, ...]) -> int:
    """Return how many requests that write the actions take, when no answer is lost."""
    uploads = [action for action in actions if isinstance(action, UploadFile)]
    replaced = sum(upload.replaces for upload in uploads)
    declared = any(not upload.declared for upload in uploads)
    return len(actions) - len(uploads) + replaced + declared + 2 * len(uploads)
