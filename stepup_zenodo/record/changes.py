"""The things that one can do to a record, as records that say what and why."""

from collections.abc import Mapping

import attrs

from ..config.fields import Normal
from ..jsontypes import Json
from ..local.base import SentField
from ..local.files import LocalFile
from .review import Community

__all__ = (
    "Action",
    "Changes",
    "Conflict",
    "CreateDraft",
    "DeleteFile",
    "EditPublished",
    "FieldChange",
    "ImportFiles",
    "Kept",
    "NewVersion",
    "PrepareReview",
    "PublishEdit",
    "RaiseQuota",
    "RemoveReview",
    "SaveMetadata",
    "UnlockFiles",
    "UploadFile",
)


@attrs.frozen
class FieldChange:
    """One metadata field that gets another value."""

    name: str
    """E.g. `metadata.title`."""

    old: Json
    """What the server holds, in normal form, `None` for nothing."""

    new: Json
    """What it should hold, as it is sent."""

    reason: str
    """Why, e.g. 'changed in README.md'."""

    ours: Json = attrs.field(default=attrs.Factory(lambda self: self.new, takes_self=True))
    """What the configuration says, which is less than `new` where that has items of others."""

    @property
    def is_merged(self) -> bool:
        """Whether the new value holds something that the configuration does not say."""
        return self.new != self.ours

    def remembered(self, kept: Json) -> SentField:
        """Return what is remembered when this was saved.

        Parameters
        ----------
        kept
            What the server made of it.
        """
        # What others have added is never taken for ours, which could be removed later.
        return SentField(self.ours, self.ours if self.is_merged else kept)


@attrs.frozen
class CreateDraft:
    """Start a new record."""

    fields: Normal
    """Everything that the draft starts with."""


@attrs.frozen
class EditPublished:
    """Open the published version for a correction of its metadata."""


@attrs.frozen
class NewVersion:
    """Start the draft of the next version."""

    old: str
    """Version text of the published record."""

    new: str
    """Version text in the configuration."""


@attrs.frozen
class ImportFiles:
    """Take over all files of the published version, without sending them."""

    keys: tuple[str, ...]
    """What the published version holds."""


@attrs.frozen
class SaveMetadata:
    """Save metadata."""

    changes: tuple[FieldChange, ...]
    """The fields that differ, at least one."""

    fields: Mapping[str, Json]
    """All fields of the draft after the change: a save replaces everything."""


@attrs.frozen
class PublishEdit:
    """Publish the corrected metadata of a version that is public already."""


@attrs.frozen
class UnlockFiles:
    """Let the files of a version that is public be changed, which is open for a correction."""


@attrs.frozen
class RaiseQuota:
    """Let the files of the draft take more than usual."""

    gigabytes: int
    """How much they may take in all."""


@attrs.frozen
class PrepareReview:
    """Prepare the request for a review of the draft by a community, which is not submitted yet."""

    community: Community
    """The community."""

    replaces: bool = False
    """True when the request goes to another community so far."""


@attrs.frozen
class RemoveReview:
    """Remove the request for a review, which was not submitted."""


@attrs.frozen
class DeleteFile:
    """Remove a file from the draft."""

    key: str
    """Its name."""

    reason: str
    """Why."""

    size: int | None = None
    """In bytes, `None` while the server does not say."""

    old: str | None = attrs.field(default=None, eq=False)
    """The checksum of what is deleted: if it is another one meanwhile, nothing is."""


@attrs.frozen
class UploadFile:
    """Send a file."""

    file: LocalFile
    """What is sent."""

    reason: str
    """Why."""

    replaces: bool = False
    """True when the draft holds another content under that name, which is deleted first."""

    declared: bool = False
    """True when the draft has an entry of that name that waits for its content."""

    old: str | None = attrs.field(default=None, eq=False)
    """The checksum of what is replaced: if it is another one meanwhile, nothing is."""


Action = (
    CreateDraft
    | EditPublished
    | NewVersion
    | ImportFiles
    | SaveMetadata
    | PublishEdit
    | UnlockFiles
    | RaiseQuota
    | PrepareReview
    | RemoveReview
    | DeleteFile
    | UploadFile
)


@attrs.frozen
class Kept:
    """Something on the server that differs from the local side and is left alone, and why."""

    what: str
    """A key of the configuration, or the name of a file in quotes."""

    reason: str
    """Why it is kept."""

    field: str = ""
    """The field name, or the path of an item of it, to find the place in the configuration."""

    @classmethod
    def note(cls, reason: str) -> "Kept":
        """Return what is told about the record as a whole, of which nothing differs."""
        return cls("the record", reason)

    @property
    def is_note(self) -> bool:
        """Whether it is about the record as a whole."""
        return self.what == "the record"


@attrs.frozen
class Conflict:
    """Both sides changed the same thing, or the request cannot be carried out safely."""

    what: str
    """A field name, a file in quotes, or the record."""

    message: str
    """What is the case, with both values where there are two."""

    remedy: str
    """What a person can do."""

    field: str = ""
    """The field name, or the path of an item of it, to find the place in the configuration."""


@attrs.frozen
class Changes:
    """What has to be done next, and what is left alone on purpose."""

    actions: tuple[Action, ...] = ()
    """In the order in which they are carried out."""

    kept: tuple[Kept, ...] = ()
    """Differences that stay."""

    conflicts: tuple[Conflict, ...] = ()
    """Reasons to do nothing at all."""
