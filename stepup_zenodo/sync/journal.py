"""Keep the state files in step with what happens on the server.

What is about to be created or overwritten is written down before the request is sent,
so that a run after a crash knows what it may find.
"""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import attrs

from ..config.fields import PREVIEW, RESET_BY_VERSION
from ..jsontypes import Json
from ..local.base import Base, SentField
from ..local.sources import Sources
from ..local.state import EndpointState, forget, save
from ..record.changes import FieldChange
from ..record.observed import Record

__all__ = ("Journal", "utc_now")


def utc_now() -> datetime.datetime:
    """Return the current time in UTC."""
    return datetime.datetime.now(datetime.UTC)


class Journal:
    """The state of one record on one endpoint, written to disk at every turn.

    One thread keeps it: what several threads have done is told when all of them are.

    Parameters
    ----------
    path
        The record id file.
    endpoint
        Address of the API.
    state
        What was remembered before.
    rehearsal
        True when the configuration names another endpoint: the id file is left alone then.
    sources
        What the record is made of, `None` when that is as before.
    now
        Gives the current time in UTC.
    """

    def __init__(
        self,
        path: Path,
        endpoint: str,
        state: EndpointState,
        *,
        rehearsal: bool = False,
        sources: Sources | None = None,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._path = path
        self._endpoint = endpoint
        self._state = state
        self._rehearsal = rehearsal
        self._sources = sources
        self._now = now

    @property
    def state(self) -> EndpointState:
        """What is remembered now."""
        return self._state

    def _update(self, **changes: object) -> None:
        new = attrs.evolve(self._state, **changes)  # type: ignore[arg-type]
        if new != self._state:
            self._save(new)

    def _save(self, state: EndpointState) -> None:
        rehearsal, sources = self._rehearsal, self._sources
        save(self._path, self._endpoint, state, rehearsal=rehearsal, sources=sources)
        self._state = state

    def named(self, record: Record) -> None:
        """Write down the DOIs of a record as soon as the server has named them."""
        self._update(doi=record.doi, concept_doi=record.concept_doi)

    def discarded(self, published: Record | None) -> None:
        """Write down that the draft is deleted.

        Parameters
        ----------
        published
            The latest published version, to which one goes back; `None` when there is none.
        """
        if published is None:
            forget(self._path, self._endpoint, rehearsal=self._rehearsal)
            self._state = EndpointState()
            return
        self._update(
            record=published.id,
            doi=published.doi,
            concept_doi=published.concept_doi,
            intent="",
            intent_since="",
            base=Base(),
            base_of="",
            import_decided=False,
        )

    def intend(self, what: str, pending: Mapping[str, Json] | None = None) -> None:
        """Write down that a `draft`, `version` or `edit` is about to be created.

        Parameters
        ----------
        what
            What is created; empty when it turned out that nothing was.
        pending
            The fields of a new draft in normal form, by which it is recognised
            when the answer with its id is lost.
        """
        since = self._now().isoformat(timespec="milliseconds") if what else ""
        base = self._state.base
        if pending is not None:
            base = attrs.evolve(base, pending=dict(pending), merged={})
        self._update(intent=what, intent_since=since, base=base)

    def created(self, record: Record) -> None:
        """Write down the id of a new draft, before anything else is done with it."""
        # What was about to be sent is what the record was created with, or recognised by.
        sent = {
            name: SentField(value, record.fields.get(name))
            for name, value in self._state.base.pending.items()
        }
        self._update(
            record=record.id,
            parent=record.parent,
            intent="",
            intent_since="",
            base=Base(sent, complete=True),
            base_of="",
        )

    def new_version(self, draft: Record, published: Record) -> None:
        """Write down the id of the draft of a new version."""
        known = {**self._state.published, published.version: published.id}
        new = attrs.evolve(self._state.continued(draft.id, RESET_BY_VERSION), published=known)
        self._save(attrs.evolve(new, parent=draft.parent, doi=draft.doi))

    def imported(self) -> None:
        """Write down that the files of the published version are in the draft now."""
        self._update(base=self._state.base.imported(), import_decided=True)

    def saving(self, changes: Iterable[FieldChange]) -> None:
        """Write down which fields are about to be saved."""
        pending = {change.name: change.new for change in changes}
        merged = {change.name: change.ours for change in changes if change.is_merged}
        self._update(base=self._state.base.saving(pending, merged))

    def saved(self, fields: Mapping[str, SentField]) -> None:
        """Remember what was sent."""
        self._update(base=self._state.base.saved(fields))

    def edit_published(self, fields: Mapping[str, SentField]) -> None:
        """Write down that our edit draft of a published version is published.

        Only now is what was sent with it the base of the next comparison.
        """
        base = self._state.base
        new = attrs.evolve(base, fields={**base.fields, **fields}, pending={}, merged={})
        self._update(intent="", intent_since="", base=new)

    def edit_discarded(self) -> None:
        """Write down that our edit draft of a published version is gone."""
        self._update(intent="", intent_since="", base=attrs.evolve(self._state.base, pending={}))

    def changing_files(self, keys: Iterable[str]) -> None:
        """Write down which files are about to be sent, replaced or deleted.

        The server forgets with a file that it is the one shown first.
        """
        base, touched = self._state.base, set(keys)
        pending = dict(base.pending)
        shown = base.fields.get(PREVIEW)
        if shown is not None and shown.sent in touched:
            pending[PREVIEW] = None
        unsure = tuple(sorted({*base.unsure, *touched}))
        self._update(base=attrs.evolve(base, pending=pending, unsure=unsure), import_decided=True)

    def deleted(self, key: str) -> None:
        """Write down that a file is gone."""
        self._update(base=self._state.base.deleted(key))

    def uploaded(
        self, checksums: Mapping[str, str], sent: Mapping[str, str], doubtful: Collection[str]
    ) -> None:
        """Remember what was sent.

        Parameters
        ----------
        checksums
            Those of files that are complete on the server.
        sent
            Those of files that were sent to their end, whatever the server has of them.
        doubtful
            Names of files of which a request had no answer, and may arrive late.
        """
        base = self._state.base
        unsure = set(base.unsure)
        sending = {key: checksum for key, checksum in sent.items() if key in unsure}
        base = attrs.evolve(base, sending={**base.sending, **sending})
        self._update(base=base.uploaded(checksums, doubtful))

    def agreed(
        self,
        record: Record,
        fields: Mapping[str, SentField],
        files: Mapping[str, str],
        listed: Iterable[str],
        doubtful: Collection[str] = (),
        *,
        theirs: Collection[str] = (),
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
        listed
            Names of the files on disk. What is neither there nor on the server is forgotten.
        doubtful
            Names of files that the server can lose, because something may arrive late.
        theirs
            Names of files that belong to others from now on.
        """
        state, base = self._state, self._state.base
        published = state.published
        if record.is_published and record.version:
            published = {**published, record.version: record.id}
        names = {*listed, *record.files} - {*theirs}
        known = {key: md5 for key, md5 in {**base.files, **files}.items() if key in names}
        unsure = tuple(sorted({*doubtful} & {*known}))
        # A draft of the next version that was started from here stays ours until it is used.
        open_version = state.intent == "version" and record.has_next_draft
        new = attrs.evolve(
            state,
            record=record.id,
            parent=record.parent,
            doi=record.doi,
            concept_doi=record.concept_doi,
            intent=state.intent if open_version else "",
            intent_since=state.intent_since if open_version else "",
            base=Base({**base.fields, **fields}, known, unsure=unsure, complete=True),
            base_of="",
            import_decided=True,
            published=published,
        )
        self._save(new)
