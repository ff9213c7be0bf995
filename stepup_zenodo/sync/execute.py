"""Carry out changes: everything in order, except that contents of files are sent in parallel."""

from collections.abc import Callable
from typing import assert_never

import attrs

from ..config.fields import METADATA_ONLY, PREVIEW, QUOTA
from ..errors import Rejected, Remark
from ..jsontypes import Json
from ..local.base import SentField
from ..record.changes import (
    Action,
    Changes,
    CreateDraft,
    DeleteFile,
    EditPublished,
    FieldChange,
    ImportFiles,
    NewVersion,
    PrepareReview,
    PublishEdit,
    RaiseQuota,
    RemoveReview,
    SaveMetadata,
    UnlockFiles,
    UploadFile,
)
from ..record.observed import NoRecord, Record, parse_entries, parse_record
from ..remote.client import Client
from ..remote.owner_requests import raise_quota, unlock_files
from ..remote.protocol import (
    Answer,
    create_draft,
    delete_file,
    discard_draft,
    edit_record,
    get_draft,
    import_files,
    new_version,
    publish,
    remarks,
    save_draft,
)
from ..remote.release_requests import attach_review, detach_review
from ..remote.transport import Lost
from .causes import why_no_correction, why_no_draft, why_no_quota, why_no_version
from .journal import Journal
from .uploads import Uploads, unchanged
from .verdicts import NOT_ACCEPTED

__all__ = ("execute", "raised_quota")

NO_FILES = "files.enabled"
"""The field about which servers complain at every save before the first file is declared."""


@attrs.frozen
class Carried:
    """What came of changes."""

    record: Record | None
    """What the server holds now, if its answers say it completely, else `None`: read it again."""

    remarks: tuple[Remark, ...] | None = None
    """What communities say about what was saved last; `None` when nothing was saved."""


def execute(
    client: Client,
    changes: Changes,
    observed: Record | NoRecord,
    journal: Journal,
    uploads: Uploads,
) -> Carried:
    """Carry out changes and keep the journal.

    Parameters
    ----------
    client
        Connection to the endpoint.
    changes
        What to do; without conflicts.
    observed
        What the server held when the changes were decided.
    journal
        Is told what is about to happen and what happened.
    uploads
        Sends files.

    Returns
    -------
    carried
        What the server holds now, and what it says about it.

    Raises
    ------
    Lost
        When it is unknown whether a request was carried out: read again, then decide.
    Rejected
        When the server refuses, or saved but complains.
    """
    record = observed if isinstance(observed, Record) else None
    files = tuple(action for action in changes.actions if isinstance(action, UploadFile))
    said: tuple[Remark, ...] | None = None
    for action in changes.actions:
        if isinstance(action, UploadFile):
            continue
        record = _carry_out(client, action, record, journal)
        if record is None:
            return Carried(None, said)
        said = record.remarks if isinstance(action, CreateDraft | SaveMetadata) else said
    if files and record is not None:
        uploads.send(record, files, journal)
    told = isinstance(changes.actions[-1], CreateDraft | NewVersion | ImportFiles | EditPublished)
    return Carried(record if told else None, said)


def _carry_out(
    client: Client, action: Action, record: Record | None, journal: Journal
) -> Record | None:
    """Carry out one action, and return what the server holds then, if its answer says so."""
    if isinstance(action, CreateDraft):
        return _create(client, action, journal)
    assert record is not None, "every other change is made to a record"
    match action:
        case NewVersion() | ImportFiles() | EditPublished() | UnlockFiles() | PublishEdit():
            return _PLAIN[type(action)](client, record, journal)
        case SaveMetadata():
            return _save(client, action, record, journal)
        case PrepareReview(community=community):
            client.write(attach_review(record.id, community.id))
            return record
        case RemoveReview():
            client.write(detach_review(record.id), accept=(404,))
            return record
        case RaiseQuota():
            return raised_quota(client, record, action, journal)
        case DeleteFile():
            return _delete(client, action, record, journal)
        case UploadFile():
            raise AssertionError("files are sent together")
        case _:
            assert_never(action)


def _body(fields: dict[str, Json]) -> Json:
    """Arrange fields as the body of a save, which replaces all metadata and custom fields.

    The reserved DOI is kept when `pids` is left out, `default_preview` is not.
    """
    body: dict[str, Json] = {"metadata": {}, "custom_fields": {}}
    files: dict[str, Json] = {"enabled": True}
    for name, value in fields.items():
        group, _, key = name.partition(".")
        if name == PREVIEW:
            files["default_preview"] = value
        elif name == METADATA_ONLY:
            files["enabled"] = not value
        elif not key:
            body[group] = value
        else:
            section = body.setdefault(group, {})
            assert isinstance(section, dict)
            section[key] = value
    return {**body, "files": files}


def _check(answer: Answer, action: CreateDraft | SaveMetadata, journal: Journal) -> Record:
    """Return what was saved, remember it, and raise when the server complains about some of it.

    What communities say is no complaint as long as the draft is not to be published.
    With a complaint, a field of which the server kept something else counts as not sent,
    so that it is sent again.
    """
    record = parse_record(answer.record)
    said = remarks(answer)
    errors = tuple(item for item in said if _is_complaint(item, action, record))
    remembered = _remembered(action, record, whole=not errors)
    if not record.is_edit:
        journal.saved(remembered)
    if errors:
        raise Rejected(NOT_ACCEPTED, said=errors)
    return attrs.evolve(record, remarks=tuple(item for item in said if item.severity))


def _remembered(
    action: CreateDraft | SaveMetadata, record: Record, *, whole: bool
) -> dict[str, SentField]:
    """Return what is remembered of what was saved.

    Parameters
    ----------
    action
        What was saved.
    record
        What the server made of it.
    whole
        Whether that is what was meant, whatever it is.
        Otherwise a field counts as sent if the server has exactly that.
    """
    if isinstance(action, CreateDraft):
        changes = tuple(FieldChange(name, None, new, "") for name, new in action.fields.items())
    else:
        changes = action.changes
    found = {}
    for change in changes:
        kept = record.fields.get(change.name)
        if whole or kept == change.new:
            found[change.name] = change.remembered(kept)
        elif not change.is_merged:
            found[change.name] = SentField(None, kept)
    return found


def _is_complaint(remark: Remark, action: CreateDraft | SaveMetadata, record: Record) -> bool:
    """Return whether a remark is about what was saved, and keeps it from being what it should.

    Judged by what it is about, as the words of servers differ and are translated:
    that something is missing which was not sent, or that there are no files yet,
    is no complaint, as a draft may be unfinished, and others may finish it in the web form.
    """
    if remark.severity:
        return record.is_edit and remark.forbids_publication
    if remark.field == NO_FILES:
        return bool(record.files or action.fields.get(METADATA_ONLY))
    group, _, rest = remark.field.partition(".")
    if group not in ("metadata", "custom_fields"):
        return True
    name, _, inner = rest.partition(".")
    return _holds(action.fields.get(f"{group}.{name}"), inner)


def _holds(value: Json, path: str) -> bool:
    """Return whether there is something at a path of keys and indices with dots."""
    for part in filter(None, path.split(".")):
        items = {str(i): item for i, item in enumerate(value)} if isinstance(value, list) else value
        value = items.get(part) if isinstance(items, dict) else None
    return value is not None


def _create(client: Client, action: CreateDraft, journal: Journal) -> Record:
    fields = dict(action.fields)
    journal.intend("draft", fields)
    try:
        answer = client.write(create_draft(_body(fields)))
    except Rejected as exc:
        journal.intend("")
        raise why_no_draft(client, exc) from None
    except Lost as exc:
        if not exc.sent:
            journal.intend("")
        raise
    journal.created(parse_record(answer.record))
    return _check(answer, action, journal)


def _new_version(client: Client, record: Record, journal: Journal) -> Record:
    if record.edit_ours:
        client.write(discard_draft(record.id), accept=(404,))
        journal.edit_discarded()
    journal.intend("version")
    try:
        answer = client.write(new_version(record.id))
    except Rejected as exc:
        journal.intend("")
        raise why_no_version(record, exc) from None
    draft = parse_record(answer.record)
    journal.new_version(draft, record)
    # A draft that was there already can have its files.
    return draft if draft.files else attrs.evolve(draft, previous=record.files)


def _import_files(client: Client, record: Record, journal: Journal) -> Record:
    answer = client.write(import_files(record.id))
    entries = parse_entries(answer.record)
    journal.imported()
    # Observed: importing counts as a save, so that the next one has to name another number,
    # unless somebody else has saved too. It also brings the file that is shown first.
    now = parse_record(client.read(get_draft(record.id)).record)
    names = {*now.fields, *record.fields} - {PREVIEW}
    untouched = all(now.fields.get(name) == record.fields.get(name) for name in names)
    revision = now.revision if untouched else record.revision
    return attrs.evolve(record, revision=revision, files=entries, previous=None)


def _edit(client: Client, record: Record, journal: Journal) -> Record | None:
    """Open the published version for a correction.

    Returns
    -------
    draft
        `None` when somebody else's open changes came back:
        the next look at the server then tells about them.
    """
    journal.intend("edit")
    draft = parse_record(client.write(edit_record(record.id)).record)
    names = {*draft.fields, *record.fields} - {PREVIEW}
    untouched = all(draft.fields.get(name) == record.fields.get(name) for name in names)
    return draft if untouched else None


def _save(client: Client, action: SaveMetadata, record: Record, journal: Journal) -> Record:
    journal.saving(action.changes)
    request = save_draft(record.id, _body(dict(action.fields)), record.revision)
    revision = record.revision
    try:
        answer = client.write(request)
        revision = parse_record(answer.record).revision
        return _check(answer, action, journal)
    except Rejected:
        if record.is_edit:
            # Nothing half-done may stay open on a published record,
            # but a draft that somebody else saved in the meantime is left to them.
            gone = client.write(discard_draft(record.id, revision), accept=(404, 412))
            if gone.status != 412:
                journal.edit_discarded()
        raise


def _unlock(client: Client, record: Record, journal: Journal) -> Record:
    """Let the files of a published version be changed, or close the correction again."""
    try:
        client.write(unlock_files(record.id))
    except Rejected as exc:
        gone = client.write(discard_draft(record.id, record.revision), accept=(404, 412))
        if gone.status != 412:
            journal.edit_discarded()
        raise why_no_correction(record, exc) from None
    return record


def raised_quota(client: Client, record: Record, action: RaiseQuota, journal: Journal) -> Record:
    """Ask for room for the files of a draft; asking for the same again changes nothing.

    Raises
    ------
    Lost
        When it is unknown whether it was given.
    Refused
        When the server does not give it.
    """
    try:
        client.write(raise_quota(record.id, action.gigabytes))
    except Rejected as exc:
        raise why_no_quota(action.gigabytes, exc) from None
    journal.saved({QUOTA: SentField(action.gigabytes, action.gigabytes)})
    return record


def _delete(client: Client, action: DeleteFile, record: Record, journal: Journal) -> Record:
    key = action.key
    unchanged(client, record.id, key, action.old)
    journal.changing_files((key,))
    client.write(delete_file(record.id, key), accept=(404,))
    # What is deleted from a public version is gone when that is published.
    if not record.is_edit:
        journal.deleted(key)
    files = {name: entry for name, entry in record.files.items() if name != key}
    return attrs.evolve(record, files=files)


def _publish_edit(client: Client, record: Record, journal: Journal) -> Record:
    published = parse_record(client.write(publish(record.id)).record)
    base = journal.state.base
    fields = {name: base.arrived(name, published.fields.get(name)) for name in base.pending}
    journal.edit_published(fields)
    return published


_PLAIN: dict[type[Action], Callable[[Client, Record, Journal], Record | None]] = {
    NewVersion: _new_version,
    ImportFiles: _import_files,
    EditPublished: _edit,
    UnlockFiles: _unlock,
    PublishEdit: _publish_edit,
}
"""What carries out an action of which there is nothing more to say."""
