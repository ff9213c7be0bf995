"""From what should be and what is to what has to be done.

What to do about a single field or file is decided in `itemwise` and `threeway`;
here is what follows from the state of the record as a whole.
"""

from collections.abc import Mapping

from ..config.fields import PREVIEW, QUOTA, VERSION, Normal
from ..jsontypes import Json
from ..local.base import Base
from ..local.files import LocalFile
from .changes import (
    Action,
    Changes,
    Conflict,
    CreateDraft,
    DeleteFile,
    EditPublished,
    FieldChange,
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
from .desired import Desired
from .itemwise import compare_value
from .observed import FileEntry, NoRecord, Record
from .ordering import order_problem
from .review import Community
from .threeway import Choice, compare_file

__all__ = ("UNDECIDED", "checksums_needed", "compare")

UNDECIDED = frozenset({"draft", "draft_with_review", "in_review"})
"""States of a draft in which a configuration decides on the community that reviews it.

A review that ended badly is asked for again by `submit` alone.
"""


def checksums_needed(
    desired: Desired, observed: Record | NoRecord, base: Base
) -> tuple[LocalFile, ...]:
    """Return the files whose checksums decide something and are not known.

    A file that the server lacks, or has in another size, needs no reading.
    """
    if isinstance(observed, NoRecord):
        return ()
    entries = {**(observed.previous or {}), **observed.files}

    def decides(file: LocalFile) -> bool:
        entry = entries.get(file.key)
        if entry is None:
            return file.key in base.files
        return entry.completed and (entry.size == file.size or file.key in base.files)

    return tuple(file for file in desired.files.values() if file.checksum is None and decides(file))


def compare(
    desired: Desired,
    observed: Record | NoRecord,
    base: Base,
    choice: Choice,
    *,
    started_here: bool = False,
) -> Changes:
    """Return what has to be done to make the record as desired.

    Parameters
    ----------
    desired
        What the record should hold, with the checksums that `checksums_needed` asks for.
    observed
        What the server holds.
    base
        What was sent last to this version of the record.
    choice
        Decides where both sides changed.
    started_here
        Whether the draft of the next version was started by this program.

    Returns
    -------
    changes
        Empty actions mean that the record is as it should be.
        With conflicts, none of the actions may be carried out.
    """
    desired = desired.beside(observed)
    match observed:
        case NoRecord():
            fields = {**desired.defaults, **desired.fields}
            fields.pop(PREVIEW, None)
            return Changes((CreateDraft(Normal.of({k: v for k, v in fields.items() if v})),))
        case Record(is_draft=True):
            return _compare_draft(desired, observed, base, choice)
        case _:
            return _compare_published(desired, observed, base, choice, started_here)


def _compare_draft(desired: Desired, record: Record, base: Base, choice: Choice) -> Changes:
    fields = _compare_fields(desired, record, base, choice)
    if record.previous:
        before = _compare_files(desired, record.previous, base.imported(), choice)
        if before.conflicts or _any_stays(record.previous, before.actions):
            # Importing raises the revision without telling, so saving goes first.
            importing = ImportFiles(tuple(sorted(record.previous)))
            conflicts = fields.conflicts + before.conflicts
            return Changes((*fields.actions, importing), conflicts=conflicts)
    review = _compare_review(desired.community, record)
    files = _compare_files(desired, record.files, base, choice)
    conflicts = fields.conflicts + files.conflicts
    if not record.is_edit:
        quota = _compare_quota(desired, base)
        actions = quota + fields.actions + review.actions + files.actions
    else:
        # It is published when it is seen that all files are there.
        unlocking = (UnlockFiles(),) if files.actions else ()
        publishing = () if files.actions else (PublishEdit(),)
        actions = (*unlocking, *fields.actions, *files.actions, *publishing)
        if files.actions and not choice.published_files:
            conflicts += (_frozen_files(record, files.actions),)
    if record.status == "in_review" and actions and not choice.ours:
        waiting = "1 change is" if len(actions) == 1 else f"{len(actions)} changes are"
        conflicts += (
            Conflict(
                "the draft",
                f"it is being reviewed by a community, and {waiting} waiting",
                "wait for the decision, withdraw it from review, or use --ours to change it now",
            ),
        )
    return Changes(actions, fields.kept + review.kept + files.kept, conflicts)


def _compare_quota(desired: Desired, base: Base) -> tuple[Action, ...]:
    """Ask for room that was not asked for yet: the server does not tell how much there is."""
    asked = base.fields.get(QUOTA)
    wanted = desired.quota
    if wanted is None or (asked is not None and asked.sent == wanted):
        return ()
    return (RaiseQuota(wanted),)


def _compare_review(wanted: Community | None, record: Record) -> Changes:
    """Compare the communities, of which a draft of a new version needs none: it inherits them."""
    if wanted is None or record.status not in UNDECIDED:
        return Changes()
    there = "" if record.review is None else record.review.community
    if there == wanted.id:
        return Changes()
    if record.status == "in_review":
        reason = "the draft is being reviewed by another one; take it back with "
        reason += "`stepup-zenodo submit --withdraw` before you choose this one"
        return Changes(kept=(Kept("community", reason, "community"),))
    if not wanted.id:
        return Changes((RemoveReview(),))
    return Changes((PrepareReview(wanted, replaces=bool(there)),))


def _compare_published(
    desired: Desired, record: Record, base: Base, choice: Choice, started_here: bool
) -> Changes:
    wanted = desired.fields.get(VERSION)
    if isinstance(wanted, str) and wanted and _is_next(wanted, record, base):
        return _compare_next_version(record, wanted, choice, started_here)
    fields = _compare_fields(desired, record, base, choice)
    files = _compare_files(desired, record.files, base, choice)
    kept = fields.kept + files.kept
    if not record.is_latest:
        kept += (Kept.note("a newer version is published; this one was compared"),)
    conflicts = fields.conflicts + files.conflicts
    if files.actions and not choice.published_files:
        conflicts += (_frozen_files(record, files.actions),)
    if (fields.actions or files.actions) and record.edit_open:
        conflicts += (
            Conflict(
                "the record",
                "somebody left changes of the published metadata open in the web form",
                f"publish or discard them there first: {record.html}",
            ),
        )
    is_open = fields.actions or files.actions
    actions: tuple[Action, ...] = (EditPublished(),) if is_open else ()
    return Changes(actions, kept, conflicts)


def _is_next(wanted: str, record: Record, base: Base) -> bool:
    """Return whether another version is wanted than the published one.

    It is not when the version text was only changed on the server since it was sent.
    """
    last = base.fields.get(VERSION)
    return wanted != record.version and (last is None or last.sent != wanted)


def _frozen_files(record: Record, actions: tuple[Action, ...]) -> Conflict:
    names = [
        repr(action.file.key if isinstance(action, UploadFile) else action.key)
        for action in actions
        if isinstance(action, UploadFile | DeleteFile)
    ]
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    remedy = "raise the version in the configuration to publish them as a new version"
    if record.corrects_files:
        remedy += (
            "; or, if it was published in the last days (30 on Zenodo), put them in its place "
            "with `stepup-zenodo correct-files`"
        )
    return Conflict(
        "files",
        f"version {record.version or record.id} is published, so its files cannot change, "
        f"but these differ from the disk: {listed}",
        remedy,
        VERSION,
    )


def _compare_next_version(
    record: Record, wanted: str, choice: Choice, started_here: bool
) -> Changes:
    problem = order_problem(wanted, record.version, record.versions)
    if problem:
        remedy = "give the version that you want to publish next"
        return Changes(conflicts=(Conflict(VERSION, problem, remedy, VERSION),))
    if record.has_next_draft and not (started_here or choice.ours):
        conflict = Conflict(
            "the record",
            "a draft of the next version exists that was not started from here",
            "write its id into the record id file to go on with it, discard it in the web form, "
            "or use --ours to take it over",
            VERSION,
        )
        return Changes(conflicts=(conflict,))
    if record.doi_is_foreign and not choice.ours:
        conflict = Conflict(
            "the record",
            f"the DOI {record.doi} of record {record.id} was not given by this server, and Zenodo "
            "starts no new versions of such records",
            "choose another path_record_id to make a new record for this version, and name the "
            "old one under related, as isNewVersionOf; or use --ours if this server allows it",
            VERSION,
        )
        return Changes(conflicts=(conflict,))
    return Changes((NewVersion(record.version, wanted),))


def _compare_fields(desired: Desired, record: Record, base: Base, choice: Choice) -> Changes:
    changes: list[FieldChange] = []
    kept: list[Kept] = []
    conflicts: list[Conflict] = []
    for name, ours in sorted(desired.fields.items()):
        if name == PREVIEW and not _is_completed(record, ours):
            continue
        theirs = record.fields.get(name)
        source = desired.source(name, theirs)
        for verdict in compare_value(name, ours, theirs, base, choice, source=source):
            match verdict:
                case FieldChange():
                    changes.append(verdict)
                case Kept():
                    kept.append(verdict)
                case Conflict():
                    conflicts.append(verdict)
    actions: tuple[Action, ...] = ()
    if changes:
        merged = {**record.fields.sendable, **{change.name: change.new for change in changes}}
        actions = (SaveMetadata(tuple(changes), {k: v for k, v in merged.items() if v}),)
    return Changes(actions, tuple(kept), tuple(conflicts))


def _is_completed(record: Record, key: Json) -> bool:
    """Return whether a file can be chosen as preview: the server refuses one that is not there."""
    if not key:
        return True
    entry = record.files.get(key) if isinstance(key, str) else None
    return entry is not None and entry.completed


def _any_stays(entries: Mapping[str, FileEntry], actions: tuple[Action, ...]) -> bool:
    """Return whether a published file is neither replaced nor deleted, whoever it comes from."""
    gone = {action.key for action in actions if isinstance(action, DeleteFile)}
    gone |= {action.file.key for action in actions if isinstance(action, UploadFile)}
    return not gone.issuperset(entries)


def _compare_files(
    desired: Desired,
    entries: Mapping[str, FileEntry],
    base: Base,
    choice: Choice,
) -> Changes:
    deletions: list[Action] = []
    uploads: list[Action] = []
    kept: list[Kept] = []
    conflicts: list[Conflict] = []
    for key in sorted({*desired.files, *entries}) if desired.lists_files else ():
        verdict = compare_file(key, desired.files.get(key), entries.get(key), base, choice)
        match verdict:
            case DeleteFile():
                deletions.append(verdict)
            case UploadFile():
                uploads.append(verdict)
            case Kept():
                kept.append(verdict)
            case Conflict():
                conflicts.append(verdict)
    return Changes((*deletions, *uploads), tuple(kept), tuple(conflicts))
