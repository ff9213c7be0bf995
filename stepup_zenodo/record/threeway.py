"""What to do about one value or one file, given ours, theirs, and what was sent last.

| ours to base | theirs to base | then |
| --- | --- | --- |
| same | same | nothing |
| changed | same | send ours |
| same | changed | keep theirs, and say so |
| changed | changed to the same | nothing |
| changed | changed to something else | conflict |
| no base | any | send ours |

The base can be uncertain after an interrupted run.
What a run was about to save is then as good a base as what was saved before,
and a file that it was about to change is ours when it is not there, not complete,
or has the content that was there before or was sent. Everything else is somebody else's.
"""

from collections.abc import Callable, Iterable, Mapping

import attrs

from ..jsontypes import Json, is_empty
from ..local.base import Base, SentField
from ..local.files import LocalFile
from .changes import Conflict, DeleteFile, FieldChange, Kept, UploadFile
from .desired import CONFIGURATION, Desired
from .observed import FileEntry
from .showing import path_of, values_apart

__all__ = (
    "REMEDY",
    "Choice",
    "compare_field",
    "compare_file",
    "first_reason",
    "last_sent",
    "left_to_them",
)

REMEDY = (
    "use --ours to overwrite the server, --theirs to keep what it has, "
    "or `stepup-zenodo pull` to take that over"
)
"""What to do when both sides have changed the same."""


@attrs.frozen
class Choice:
    """How the user decides what the comparison leaves open."""

    ours: bool = False
    """Overwrite what was changed on the server."""

    theirs: bool = False
    """Keep what was changed on the server, also where it was changed here."""

    prune: bool = False
    """Delete files from the server that were never sent from here."""

    published_files: bool = False
    """Change the files of a version that is public, as long as the server lets one."""


def compare_field(
    name: str,
    ours: Json,
    theirs: Json,
    base: Base,
    choice: Choice,
    *,
    source: str = CONFIGURATION,
) -> FieldChange | Kept | Conflict | None:
    """Return what to do about a field, `None` for nothing.

    Parameters
    ----------
    name
        E.g. `metadata.title`.
    ours
        The value in the configuration, in normal form.
    theirs
        The value on the server in normal form, `None` for none.
    base
        What was sent last.
    choice
        Decides where both sides changed.
    source
        Where our value comes from, in words.
    """
    if ours == theirs:
        return None
    last = last_sent(name, theirs, base)
    if last is None:
        return FieldChange(name, theirs, ours, first_reason(theirs, source))
    ours_same, theirs_same = (last.sent or None) == ours, (last.kept or None) == theirs
    if ours_same and theirs_same:
        return None
    if theirs_same:
        return FieldChange(name, theirs, ours, f"changed in {source}")
    if choice.ours:
        reason = "changed on the server, overwritten because of --ours"
        return FieldChange(name, theirs, ours, reason)
    if ours_same or choice.theirs:
        other = values_apart(name, ours, theirs)[1]
        return Kept(path_of(name, ours, theirs), f"changed on the server to {other}", name)
    mine, other = values_apart(name, ours, theirs)
    return Conflict(
        name,
        f"changed in {source} to {mine} and on the server to {other}",
        REMEDY,
        name,
    )


def first_reason(theirs: Json, source: str) -> str:
    """Return why a value is sent when it is not known what was sent before."""
    return "not yet in the draft" if is_empty(theirs) else f"differs from {source}"


def last_sent(name: str, theirs: Json, base: Base) -> SentField | None:
    """Return what was sent last, which may be what an interrupted run was about to save."""
    if name in base.pending and (base.pending[name] or None) == theirs:
        return base.arrived(name, theirs)
    return base.fields.get(name)


def is_equal(file: LocalFile, entry: FileEntry | None) -> bool:
    """Return whether the server has a file completely and with the same content."""
    return (
        entry is not None
        and entry.completed
        and (entry.size, entry.checksum) == (file.size, file.checksum)
    )


_FileVerdict = DeleteFile | UploadFile | Kept | Conflict | None


def compare_file(
    key: str, file: LocalFile | None, entry: FileEntry | None, base: Base, choice: Choice
) -> _FileVerdict:
    """Return what to do about a file, `None` for nothing.

    Parameters
    ----------
    key
        Its name on the server.
    file
        The file on disk, `None` when it is not listed.
    entry
        The file on the server, `None` when it is not there.
    base
        What was sent last.
    choice
        Decides where both sides changed.
    """
    if file is not None:
        return _compare_listed(file, entry, base, choice)
    return None if entry is None else _compare_unlisted(entry, base, choice)


def _compare_listed(
    file: LocalFile, entry: FileEntry | None, base: Base, choice: Choice
) -> _FileVerdict:
    if is_equal(file, entry):
        return None
    last, unsure = base.files.get(file.key), file.key in base.unsure
    if entry is None:
        if last is None or unsure:
            return UploadFile(file, "new")
        return _changed_there(file, "deleted", last, choice)
    if not entry.completed:
        if unsure or choice.ours or not base.knows_files:
            return UploadFile(file, "its upload was not completed", declared=True)
        return Kept(repr(file.key), "somebody else is uploading it", f"paths.{file.key}")
    if entry.checksum == last:
        return UploadFile(file, "changed on disk", replaces=True, old=entry.checksum)
    if base.is_ours(file.key, entry.checksum):
        reason = "sent again after an interruption"
        return UploadFile(file, reason, replaces=True, old=entry.checksum)
    if not (base.knows_files or unsure):
        return UploadFile(file, "differs from the disk", replaces=True, old=entry.checksum)
    if last is None and not (choice.ours or choice.theirs):
        return Conflict(
            repr(file.key),
            "is new here, but somebody else has put another file with this name on the server",
            "rename the file, or use --ours to replace the other one or --theirs to leave it",
            f"paths.{file.key}",
        )
    return _changed_there(file, "replaced", last, choice, entry.checksum)


def _changed_there(
    file: LocalFile, done: str, last: str | None, choice: Choice, old: str | None = None
) -> _FileVerdict:
    """Return what to do about a file that somebody else replaced or deleted."""
    if choice.ours:
        reason = f"{done} on the server, sent again because of --ours"
        return UploadFile(file, reason, replaces=old is not None, old=old)
    if last == file.checksum or choice.theirs:
        return Kept(repr(file.key), f"{done} on the server", f"paths.{file.key}")
    return Conflict(
        repr(file.key),
        f"changed on disk and {done} on the server",
        "use --ours to send the file on disk or --theirs to leave the server as it is",
        f"paths.{file.key}",
    )


def _compare_unlisted(entry: FileEntry, base: Base, choice: Choice) -> _FileVerdict:
    key, last, unsure = entry.key, base.files.get(entry.key), entry.key in base.unsure
    if base.is_ours(key, entry.checksum) or (unsure and not entry.completed):
        return DeleteFile(key, "no longer listed", entry.size, entry.checksum)
    if last is None:
        if choice.prune:
            reason = "never sent from here, removed because of --prune"
            return DeleteFile(key, reason, entry.size, entry.checksum)
        state = "is on the server" if entry.completed else "is being uploaded"
        return Kept(repr(key), f"{state} but was never sent from here; --prune removes it")
    if choice.ours:
        return DeleteFile(key, "no longer listed", entry.size, entry.checksum)
    if choice.theirs or not entry.completed:
        done = "replaced on the server" if entry.completed else "somebody else is uploading it"
        return Kept(repr(key), done)
    return Conflict(
        repr(key),
        "no longer listed in the configuration, but replaced on the server",
        "use --ours to delete it or --theirs to keep it",
    )


@attrs.frozen
class Left:
    """What is remembered when a person has decided to leave to others what they did."""

    fields: Mapping[str, SentField] = attrs.field(factory=dict)
    """Fields as if ours had been sent before they changed them."""

    files: Mapping[str, str] = attrs.field(factory=dict)
    """Checksums of files as if ours had been sent before they replaced or deleted them."""

    theirs: frozenset[str] = frozenset()
    """Names of files that are no longer listed, and theirs from now on."""


def left_to_them(
    kept: Iterable[Kept],
    desired: Desired,
    entries: Mapping[str, FileEntry],
    base: Base,
    checksum: Callable[[LocalFile], str],
) -> Left:
    """Return what is to be remembered of a decision for what the server has.

    From then on it is a change that only they have made: it is kept and told, and not asked again.

    Parameters
    ----------
    kept
        The differences that stay.
    desired
        What the record should hold.
    entries
        The files on the server.
    base
        What was sent last.
    checksum
        Returns the checksum of a file.
    """
    fields, files, theirs = {}, {}, set()
    names = {f"paths.{key}": key for key in desired.files}
    unlisted = {repr(key): key for key in entries if key in base.files and key not in desired.files}
    for item in kept:
        key = names.get(item.field, "")
        if item.field in desired.fields and item.field in base.fields:
            was = base.fields[item.field].kept
            fields[item.field] = SentField(desired.fields[item.field], was)
        elif key and (key not in entries or entries[key].completed):
            files[key] = checksum(desired.files[key])
        elif not item.field and item.what in unlisted:
            theirs.add(unlisted[item.what])
    return Left(fields, files, frozenset(theirs))
