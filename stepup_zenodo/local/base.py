"""What was sent last: the common ancestor of both sides of a comparison."""

from collections.abc import Collection, Mapping

import attrs

from ..jsontypes import Json

__all__ = ("Base", "SentField")


@attrs.frozen
class SentField:
    """One metadata field as it was sent last."""

    sent: Json
    """What was sent, in normal form."""

    kept: Json
    """What the server made of it, in normal form; differs if it rewrites more than is known."""


@attrs.frozen
class Base:
    """What was sent last: the common ancestor of what the user and the web form made of it."""

    fields: Mapping[str, SentField] = attrs.field(factory=dict)
    """By field name, e.g. `metadata.title`."""

    files: Mapping[str, str] = attrs.field(factory=dict)
    """Checksum by name on the server."""

    pending: Mapping[str, Json] = attrs.field(factory=dict)
    """Fields that were about to be saved, in normal form, and may have been."""

    unsure: tuple[str, ...] = ()
    """Names of files that were about to be sent or deleted, and may have been, sorted."""

    sending: Mapping[str, str] = attrs.field(factory=dict)
    """Checksums of the contents of unsure files that were sent to their end."""

    complete: bool = False
    """Whether a file that is not remembered was never sent from here; false for a lost state."""

    merged: Mapping[str, Json] = attrs.field(factory=dict)
    """What the configuration said of pending fields that hold items of others as well."""

    @property
    def knows_files(self) -> bool:
        """Whether what is not remembered about files means that they are somebody else's."""
        return self.complete or bool(self.files)

    def is_ours(self, key: str, checksum: str | None) -> bool:
        """Return whether the content of a file on the server was sent from here."""
        return checksum is not None and checksum in (self.files.get(key), self.sending.get(key))

    def arrived(self, name: str, kept: Json) -> SentField:
        """Return what is remembered of a field that was about to be saved, and has been.

        Parameters
        ----------
        name
            The field.
        kept
            What the server made of it.
        """
        if name in self.merged:
            return SentField(self.merged[name], self.merged[name])
        return SentField(self.pending[name], kept)

    def saving(self, pending: Mapping[str, Json], merged: Mapping[str, Json]) -> "Base":
        """Return what is remembered before fields are saved.

        Parameters
        ----------
        pending
            Their values.
        merged
            What the configuration says of those that also hold items of others.
        """
        before = {name: value for name, value in self.merged.items() if name not in pending}
        both = {**self.pending, **pending}
        return attrs.evolve(self, pending=both, merged={**before, **merged})

    def saved(self, fields: Mapping[str, SentField]) -> "Base":
        """Return what is remembered after fields were saved."""
        pending, merged = (
            {name: value for name, value in waiting.items() if name not in fields}
            for waiting in (self.pending, self.merged)
        )
        return attrs.evolve(self, fields={**self.fields, **fields}, pending=pending, merged=merged)

    def imported(self) -> "Base":
        """Return what is remembered after the files of the last version were imported."""
        return attrs.evolve(self, unsure=(), sending={})

    def deleted(self, key: str) -> "Base":
        """Return what is remembered after a file was deleted."""
        files = {name: checksum for name, checksum in self.files.items() if name != key}
        return attrs.evolve(self._sure_of({key}), files=files)

    def uploaded(self, checksums: Mapping[str, str], doubtful: Collection[str] = ()) -> "Base":
        """Return what is remembered after files were sent.

        Parameters
        ----------
        checksums
            Those of files that are complete on the server.
        doubtful
            Names of those to which something may arrive late: the server can lose them then.
        """
        sure = self._sure_of(checksums.keys() - set(doubtful))
        return attrs.evolve(sure, files={**self.files, **checksums})

    def _sure_of(self, keys: Collection[str]) -> "Base":
        unsure = tuple(key for key in self.unsure if key not in keys)
        sending = {key: checksum for key, checksum in self.sending.items() if key not in keys}
        return attrs.evolve(self, unsure=unsure, sending=sending)

    def of_next_version(self, reset: Collection[str]) -> "Base":
        """Return what is remembered about the draft of the next version.

        It takes over what was sent. Its files are not there until they are imported, if they are.

        Parameters
        ----------
        reset
            Names of the fields that the server changes or drops.
        """
        fields = {name: field for name, field in self.fields.items() if name not in reset}
        unsure = tuple(sorted(self.files))
        return Base(fields, self.files, unsure=unsure, complete=self.complete)
