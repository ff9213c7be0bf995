"""What a run would do, as text for people or as JSON for programs."""

from collections.abc import Iterator

from ..errors import Problem, printable
from ..jsontypes import Json
from ..record.changes import (
    Action,
    Changes,
    DeleteFile,
    ImportFiles,
    SaveMetadata,
    UploadFile,
)
from ..record.foresee import Foreseen, requests_needed
from ..record.observed import NoRecord, Record
from ..text.counting import counted
from .report import Locate, action_lines, change_lines, changes_json, size_text

__all__ = ("difference_json", "difference_lines")


def bytes_to_send(foreseen: Foreseen) -> int:
    """Return how many bytes of files would be sent."""
    return sum(a.file.size for a in foreseen.actions if isinstance(a, UploadFile))


def difference_lines(foreseen: Foreseen, observed: Record | NoRecord, locate: Locate) -> list[str]:
    """Return all differences: of the record as a whole, of its metadata, of its files.

    Parameters
    ----------
    foreseen
        What a run would do.
    observed
        What the server holds now.
    locate
        Returns the place in the configuration of a field.
    """
    sections = {
        "record": [line for action in foreseen.actions for line in _record_lines(action)],
        "metadata": [line for action in foreseen.actions for line in _field_lines(action)],
        "files": [line for action in foreseen.actions for line in _file_lines(action, observed)],
    }
    for kept in foreseen.kept:
        place = locate(kept.field) if kept.field else None
        is_file = kept.what.startswith("'")
        section = "files" if is_file else "metadata" if kept.field else "record"
        what = "" if kept.is_note else f"keep {printable(kept.what)}: "
        line = f"{what}{printable(kept.reason)}"
        sections[section].append(f"{line} ({place})" if place else line)
    lines = []
    for name, content in sections.items():
        lines += [f"{name}:", *(f"  {line}" for line in content)] if content else []
    return [*lines, *_last_lines(foreseen)]


def _last_lines(foreseen: Foreseen) -> list[str]:
    if foreseen.conflicts:
        return ["a sync would change nothing, because a person must decide first"]
    if not foreseen.actions:
        return ["a sync would change nothing"] if foreseen.kept else []
    size = size_text(bytes_to_send(foreseen))
    count = requests_needed(foreseen.actions)
    requests = "1 request that changes" if count == 1 else f"{count} requests that change"
    return [f"a sync would send {size}, and make {requests} something"]


def _record_lines(action: Action) -> list[str]:
    is_other = isinstance(action, SaveMetadata | DeleteFile | UploadFile | ImportFiles)
    return [] if is_other else action_lines(action)


def _field_lines(action: Action) -> Iterator[str]:
    if isinstance(action, SaveMetadata):
        for change in action.changes:
            yield from change_lines(change)


def _file_lines(action: Action, observed: Record | NoRecord) -> Iterator[str]:
    entries = {} if isinstance(observed, NoRecord) else observed.files
    previous = {} if isinstance(observed, NoRecord) else observed.previous or {}
    match action:
        case ImportFiles(keys=keys):
            known = [entry for key in keys if (entry := previous.get(key) or entries.get(key))]
            size = size_text(sum(entry.size or 0 for entry in known))
            count = counted(len(keys), "file")
            yield f"import {count} of the published version ({size}), which are not sent"
        case DeleteFile(key=key, reason=reason, size=size):
            old = "" if size is None else f" ({size_text(size)})"
            yield f"delete {printable(key)}{old}: {reason}"
        case UploadFile(file=file, reason=reason, replaces=replaces):
            entry = entries.get(file.key) or previous.get(file.key)
            if entry is None or entry.size is None:
                yield f"add {printable(file.key)} ({size_text(file.size)}): {reason}"
            else:
                sizes = f"{size_text(entry.size)} -> {size_text(file.size)}"
                why = reason if replaces else "differs from the published version"
                yield f"replace {printable(file.key)} ({sizes}): {why}"


def difference_json(
    foreseen: Foreseen, problems: tuple[Problem, ...], locate: Locate
) -> dict[str, Json]:
    """Return all differences.

    Parameters
    ----------
    foreseen
        What a run would do.
    problems
        The conflicts with their places.
    locate
        Returns the place in the configuration of a field.
    """
    status = "equal" if foreseen.is_empty else "conflict" if problems else "different"
    found = changes_json(Changes(foreseen.actions, foreseen.kept), locate)
    return {
        **found,
        "status": status,
        "conflicts": [str(problem) for problem in problems],
        "writes": 0 if problems else requests_needed(foreseen.actions),
        "bytes": 0 if problems else bytes_to_send(foreseen),
    }
