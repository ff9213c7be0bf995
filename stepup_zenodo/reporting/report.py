"""Changes and outcomes as text for people, or as JSON for programs."""

import re
from collections.abc import Callable
from typing import assert_never

from ..config.fields import METADATA_ONLY, REQUIRED
from ..errors import Failure, Place, printable
from ..jsontypes import Json
from ..record.changes import (
    Action,
    Changes,
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
from ..record.observed import NoRecord, Record
from ..sync.rounds import Outcome, Status
from ..sync.verdicts import Said
from ..text.counting import counted
from .traffic import Traffic
from .values import value_lines

__all__ = (
    "Locate",
    "action_lines",
    "advice_lines",
    "change_lines",
    "changes_json",
    "demand_lines",
    "doubt_lines",
    "failure_json",
    "kept_lines",
    "missing_parts",
    "outcome_json",
    "outcome_lines",
    "record_line",
    "said_json",
    "size_text",
)

Locate = Callable[[str], Place | None]
"""Returns the place in the configuration of a field."""


def size_text(size: int) -> str:
    """Return a number of bytes with a decimal unit, e.g. `1.2 MB`."""
    if size < 1000:
        return f"{size} B"
    steps = [(10**3, "kB"), (10**6, "MB"), (10**9, "GB")]
    unit, name = max((s for s in steps if size >= s[0] * 0.99995), default=steps[0])
    return f"{size / unit:.1f} {name}"


_SENTENCES: dict[type[Action], str] = {
    EditPublished: "open the published record for editing",
    PublishEdit: "publish the correction of the public version",
    UnlockFiles: "ask the server to let the files of the public version be changed",
    RemoveReview: "remove the request for a review, which was not submitted",
}
"""What actions do of which there is nothing more to say."""


def action_lines(action: Action) -> list[str]:
    """Return what an action does, in one line, or one for each field."""
    match action:
        case CreateDraft(fields=fields):
            return [f"create a draft with {counted(len(fields), 'metadata field')}"]
        case NewVersion(old=old, new=new):
            return [f"start version {printable(new)} after {printable(old or 'the published one')}"]
        case ImportFiles(keys=keys):
            return [f"import {counted(len(keys), 'file')} of the published version"]
        case SaveMetadata(changes=changes):
            return [line for change in changes for line in _set_lines(change)]
        case RaiseQuota(gigabytes=gigabytes):
            return [f"ask for room for {gigabytes} GB of files"]
        case PrepareReview(community=community, replaces=replaces):
            instead = " instead of another one" if replaces else ""
            return [f"prepare the review by the community {printable(community.name)}{instead}"]
        case DeleteFile(key=key, reason=reason):
            return [f"delete {printable(key)}: {reason}"]
        case UploadFile(file=file, reason=reason):
            return [f"send {printable(file.key)} ({size_text(file.size)}): {reason}"]
        case EditPublished() | PublishEdit() | UnlockFiles() | RemoveReview():
            return [_SENTENCES[type(action)]]
        case _:
            assert_never(action)


def change_lines(change: FieldChange) -> list[str]:
    """Return which field changes how and why."""
    return value_lines(change.name, change.old, change.new, change.reason)


def _set_lines(change: FieldChange) -> list[str]:
    return [line if line.startswith(" ") else f"set {line}" for line in change_lines(change)]


def kept_lines(kept: tuple[Kept, ...], locate: Locate) -> list[str]:
    """Return one line for each difference that stays."""
    lines = []
    for item in kept:
        place = locate(item.field) if item.field else None
        start = f"{place}: " if place is not None else ""
        what = "" if item.is_note else f"kept {printable(item.what)}: "
        lines.append(f"{start}{what}{printable(item.reason)}")
    return lines


def outcome_lines(outcome: Outcome, traffic: Traffic) -> list[str]:
    """Return the result of a run: how it ended, what the record is, and where to look at it."""
    record = outcome.record
    if record is None:
        return [f"{outcome.status.value}: {outcome.silence}, so the server was not asked"]
    parts = [record_line(record)]
    if outcome.status is Status.SYNCED:
        parts.append(f"{size_text(traffic.sent)} sent in {counted(traffic.requests, 'request')}")
    lines = [f"{outcome.status.value}: {', '.join(parts)}"]
    missing = missing_parts(record)
    if record.is_draft and missing:
        lines.append(f"not ready to be published, missing: {', '.join(missing)}")
    return [*lines, printable(record.html)] if record.html else lines


def missing_parts(record: Record) -> list[str]:
    """Return what a record lacks that the server demands when it is published."""
    names = [name.rpartition(".")[2] for name in REQUIRED if record.fields.get(name) is None]
    return names + ([] if record.files or record.fields.get(METADATA_ONLY) else ["files"])


def doubt_lines(keys: tuple[str, ...]) -> list[str]:
    """Return which files the server can still lose, one line each."""
    return [
        f"{printable(repr(key))} is on the server, but a request about it was never answered: "
        "should it arrive now, the server drops the file, and the next sync sends it again"
        for key in keys
    ]


def advice_lines(said: tuple[Said, ...]) -> list[str]:
    """Return what communities recommend, one line each."""
    return [f"note: {item.problem}" for item in said if item.severity != "error"]


def demand_lines(said: tuple[Said, ...]) -> list[str]:
    """Return what communities demand before they take the draft in, one line each."""
    return [
        f"{item.problem}; saved, but the draft cannot be submitted or published like this"
        for item in said
        if item.severity == "error"
    ]


def said_json(said: tuple[Said, ...]) -> list[Json]:
    """Return what communities say."""
    return [
        {
            "severity": item.severity,
            "field": item.field,
            "where": item.problem.where,
            "place": str(item.problem.place or ""),
            "message": item.problem.message,
        }
        for item in said
    ]


def record_line(record: Record | NoRecord) -> str:
    """Return what a record is: its state, id, version, files and DOI."""
    if isinstance(record, NoRecord):
        return "no record yet"
    parts = [f"{_state(record)} {record.id}"]
    if record.version:
        parts.append(f"version {printable(record.version)}")
    total = sum(entry.size or 0 for entry in record.files.values())
    parts.append(f"{counted(len(record.files), 'file')} ({size_text(total)})")
    if record.doi:
        parts.append(f"DOI {printable(record.doi)}")
    return ", ".join(parts)


def _state(record: Record) -> str:
    if not record.is_draft:
        return "published record"
    return {"in_review": "draft in review", "declined": "declined draft"}.get(
        record.status, "draft"
    )


def _action_json(action: Action) -> dict[str, Json]:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(action).__name__).lower()
    return {"action": name, **_details_json(action)}


def _details_json(action: Action) -> dict[str, Json]:
    match action:
        case CreateDraft(fields=fields):
            return {"fields": [*sorted(fields)]}
        case NewVersion(old=old, new=new):
            return {"old": old, "new": new}
        case ImportFiles(keys=keys):
            return {"files": [*keys]}
        case SaveMetadata(changes=changes):
            rows: list[Json] = [
                {"field": item.name, "old": item.old, "new": item.new, "reason": item.reason}
                for item in changes
            ]
            return {"changes": rows}
        case PrepareReview(community=community):
            return {"community": community.name}
        case RaiseQuota(gigabytes=gigabytes):
            return {"gigabytes": gigabytes}
        case DeleteFile(key=key, reason=reason, size=size):
            return {"file": key, "size": size, "reason": reason}
        case UploadFile(file=file, reason=reason):
            return {"file": file.key, "size": file.size, "reason": reason}
        case EditPublished() | PublishEdit() | UnlockFiles() | RemoveReview():
            return {}
        case _:
            assert_never(action)


def _kept_json(kept: tuple[Kept, ...], locate: Locate) -> list[Json]:
    rows: list[Json] = []
    for item in kept:
        place = locate(item.field) if item.field else None
        rows.append({"what": item.what, "reason": item.reason, "place": str(place or "")})
    return rows


def changes_json(changes: Changes, locate: Locate) -> dict[str, Json]:
    """Return changes that were not carried out."""
    return {
        "status": "dry run",
        "changes": [_action_json(action) for action in changes.actions],
        "kept": _kept_json(changes.kept, locate),
    }


def outcome_json(outcome: Outcome, traffic: Traffic, locate: Locate) -> dict[str, Json]:
    """Return the result of a run."""
    record = outcome.record
    return {
        "status": outcome.status.value,
        "record": None if record is None else _record_json(record),
        "changes": [_action_json(action) for action in outcome.done],
        "kept": _kept_json(outcome.kept, locate),
        "doubtful": [*outcome.doubtful],
        "said": said_json(outcome.said),
        "requests": traffic.requests,
        "writes": traffic.writes,
        "bytes_sent": traffic.sent,
    }


def _record_json(record: Record) -> dict[str, Json]:
    return {
        "id": record.id,
        "state": record.status,
        "version": record.version,
        "doi": record.doi,
        "concept_doi": record.concept_doi,
        "url": record.html,
        "files": {key: entry.checksum for key, entry in sorted(record.files.items())},
    }


def failure_json(failure: Failure) -> dict[str, Json]:
    """Return an error."""
    problems: list[Json] = [
        {
            "message": problem.message,
            "where": problem.where,
            "file": None if problem.place is None else problem.place.file,
            "line": None if problem.place is None else problem.place.line,
            "column": None if problem.place is None else problem.place.column,
            "hint": problem.hint,
        }
        for problem in failure.problems
    ]
    return {"status": "failed", "message": failure.message, "problems": problems}
