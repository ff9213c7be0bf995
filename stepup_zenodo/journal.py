"""Keep the state files in step with what happens on the server.

What is about to be created or overwritten is written down before the request is sent,
so that a run after a crash knows what it may find.
"""

import datetime
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import attrs

from .jsontypes import Json
from .observed import PREVIEW, FileEntry, Record
from .state import Base, EndpointState, SentField, save

__all__ = ("Journal", "utc_now")

RESET_BY_VERSION = ("metadata.version", "metadata.publication_date", PREVIEW)
"""Fields that the server changes or drops when it starts the draft of a new version."""


def utc_now() -> datetime.datetime:
    """Return the current time in UTC."""
    return datetime.datetime.now(datetime.UTC)


class Journal:
    """The state of one record on one endpoint, written to disk at every turn.

    Parameters
    ----------
    path
        The record id file.
    endpoint
        Address of the API.
    state
        What was remembered before.
    now
        Gives the current time in UTC.
    """

    def __init__(
        self,
        path: Path,
        endpoint: str,
        state: EndpointState,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._path = path
        self._endpoint = endpoint
        self._state = state
        self._now = now
        self._lock = threading.Lock()

    @property
    def state(self) -> EndpointState:
        """What is remembered now."""
        return self._state

    def _update(self, **changes: object) -> None:
        new = attrs.evolve(self._state, **changes)  # type: ignore[arg-type]
        if new != self._state:
            save(self._path, self._endpoint, new)
            self._state = new

    def intend(self, what: str) -> None:
        """Write down that a `draft`, `version` or `edit` is about to be created."""
        self._update(intent=what, intent_since=self._now().isoformat(timespec="seconds"))

    def created(self, record: Record) -> None:
        """Write down the id of a new draft, before anything else is done with it."""
        self._update(
            record=record.id, parent=record.parent, intent="", intent_since="", base=Base()
        )

    def new_version(self, draft: Record, published: Record) -> None:
        """Write down the id of the draft of a new version; what it took over counts as sent."""
        base = self._state.base
        fields = {k: v for k, v in base.fields.items() if k not in RESET_BY_VERSION}
        self._update(
            record=draft.id,
            parent=draft.parent,
            doi=draft.doi,
            intent="",
            intent_since="",
            pending={},
            base=Base(fields, {}),
            published={**self._state.published, published.version: published.id},
        )

    def imported(self, entries: Mapping[str, FileEntry]) -> None:
        """Write down that files of the published version are in the draft now."""
        files = {k: entry.checksum for k, entry in entries.items() if entry.checksum is not None}
        self._update(base=attrs.evolve(self._state.base, files=files))

    def saving(self, pending: Mapping[str, Json]) -> None:
        """Forget what was sent last for fields that are about to be saved."""
        base = self._state.base
        fields = {k: v for k, v in base.fields.items() if k not in pending}
        self._update(base=attrs.evolve(base, fields=fields), pending=dict(pending))

    def saved(self, fields: Mapping[str, SentField]) -> None:
        """Remember what was sent."""
        base = self._state.base
        self._update(base=attrs.evolve(base, fields={**base.fields, **fields}))

    def edit_ended(self) -> None:
        """Write down that our edit draft of a published version is published or discarded."""
        self._update(intent="", intent_since="", pending={})

    def forget_files(self, keys: Iterable[str]) -> None:
        """Forget what was sent last for files that are about to be deleted or replaced.

        The server forgets with a file that it is the one shown first.
        """
        base, gone = self._state.base, set(keys)
        files = {k: v for k, v in base.files.items() if k not in gone}
        fields = dict(base.fields)
        shown = fields.get(PREVIEW)
        if shown is not None and shown.sent in gone:
            del fields[PREVIEW]
        self._update(base=Base(fields, files))

    def uploaded(self, checksums: Mapping[str, str]) -> None:
        """Remember the checksums of files that are complete on the server."""
        base = self._state.base
        self._update(base=attrs.evolve(base, files={**base.files, **checksums}))

    def agreed(
        self, record: Record, fields: Mapping[str, SentField], files: Mapping[str, str]
    ) -> None:
        """Remember where both sides agree, after a comparison that found nothing to do.

        Parameters
        ----------
        record
            What the server holds.
        fields
            Managed fields that are equal on both sides.
        files
            Checksums of files that are equal on both sides.
        """
        state, base = self._state, self._state.base
        published = state.published
        if record.is_published and record.version:
            published = {**published, record.version: record.id}
        self._update(
            record=record.id,
            parent=record.parent,
            doi=record.doi,
            concept_doi=record.concept_doi,
            intent="",
            intent_since="",
            pending={},
            base=Base({**base.fields, **fields}, {**base.files, **files}),
            published=published,
        )
