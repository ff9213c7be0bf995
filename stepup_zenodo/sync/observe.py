"""Read what the server holds: which requests to make, and what their answers mean together."""

from collections.abc import Mapping

import attrs

from ..config.fields import PREVIEW, VERSION
from ..errors import Refused
from ..local.state import EndpointState
from ..record.observed import NoRecord, Record, parse_record, parse_versions
from ..remote.client import Client
from ..remote.protocol import Answer, get_draft, get_latest, get_record, versions
from .causes import refuse_unknown_token
from .latest import latest_version
from .recovery import Search, find_lost_draft

__all__ = ("observe",)


def observe(client: Client, state: EndpointState, wanted: str, search: Search) -> Record | NoRecord:
    """Read the record that is remembered.

    Parameters
    ----------
    client
        Connection to the endpoint.
    state
        What is remembered about the record there.
    wanted
        Version text of the configuration, empty when it has none.
    search
        How hard a draft of an interrupted run is looked for.

    Raises
    ------
    Refused
        When the record is gone, or belongs to somebody else:
        a new one is never created instead.
    """
    if not state.record:
        if state.intent == "draft":
            return find_lost_draft(client, state, search)
        return NoRecord()
    answer = client.read(get_draft(state.record), accept=(403, 404))
    if answer.ok:
        draft = parse_record(answer.record)
        if draft.is_edit:
            return _observe_edit(client, draft, state, wanted)
        return draft if state.import_decided else _observe_new(client, draft)
    return _observe_published(client, state, wanted)


def _observe_new(client: Client, draft: Record) -> Record:
    """Add the files of the latest version to a draft that has none: they may be imported."""
    if draft.files or not draft.status.startswith("new_version_draft"):
        return draft
    latest = latest_version(client, draft)
    return draft if latest is None else attrs.evolve(draft, previous=latest.files)


def _observe_edit(client: Client, draft: Record, state: EndpointState, wanted: str) -> Record:
    """Return an edit draft if it is ours alone, else the published version that it would change."""
    if not (state.intent == "edit" and _is_ours(client, draft, state)):
        return attrs.evolve(_observe_published(client, state, wanted), edit_open=True)
    if wanted in ("", draft.version, state.base.pending.get(VERSION)):
        return draft
    return attrs.evolve(_observe_published(client, state, wanted), edit_ours=True)


def _is_ours(client: Client, draft: Record, state: EndpointState) -> bool:
    """Return whether an edit draft has no other changes than those that were saved from here."""
    published = parse_record(client.read(get_record(draft.id)).record)
    saved = {name: field.kept for name, field in state.base.fields.items()}
    ours = {**saved, **state.base.pending}
    names = {*draft.fields, *published.fields} - {PREVIEW}
    return all(
        draft.fields.get(name) == published.fields.get(name)
        or (name in ours and draft.fields.get(name) == (ours[name] or None))
        for name in names
    )


def _observe_published(client: Client, state: EndpointState, wanted: str) -> Record:
    answer = client.read(get_record(state.record), accept=(403, 404, 410))
    if not answer.ok:
        refuse_unknown_token(client)
        raise _gone(state, answer)
    record = parse_record(answer.record)
    if not wanted or wanted == record.version:
        return record
    if not record.is_latest:
        record = parse_record(client.read(get_latest(record.id)).record)
    known: Mapping[str, str] = {}
    if wanted != record.version:
        listed = client.read(versions(record.id))
        known = {**state.published, **parse_versions(listed.record)}
    return attrs.evolve(record, versions=known)


def _gone(state: EndpointState, answer: Answer) -> Refused:
    """Return what to tell about a record that cannot be read."""
    start = f"Record {state.record} cannot be read"
    message = str(answer.record.get("message", ""))
    if answer.status == 403:
        return Refused(
            f"{start}: it belongs to another account than the token. "
            "Use the token of its owner, or ask the owner for the right to manage it."
        )
    if answer.status == 410:
        return Refused(
            f"{start}: it was published and then removed. "
            "Choose another path_record_id to start a new record."
        )
    if "not registered" in message:
        return Refused(
            f"{start}: its draft belongs to another account than the token. "
            "Use the token of its owner, or ask the owner for the right to edit it."
        )
    versions_known = [record for record in state.published.values() if record != state.record]
    remedy = (
        f"Write {versions_known[-1]}, the id of a published version, into the record id file "
        "to go on from there"
        if versions_known
        else "Choose another path_record_id to start a new record"
    )
    return Refused(
        f"{start}: it does not exist on this server, or was deleted in the web form. "
        f"{remedy}. Is the endpoint the one on which it was made?"
    )
