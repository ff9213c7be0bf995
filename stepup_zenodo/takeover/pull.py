"""Take over into the configuration what people changed on the server."""

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath

import attrs

from ..config.configuration import Config
from ..config.fields import DESCRIPTION, DESCRIPTIONS, config_words, sent_fields
from ..config.file import parse_config
from ..config.works import ChangelogNotes
from ..document.yamledit import ChangesElsewhereError, changed_yaml
from ..errors import Invalid, Refused
from ..jsontypes import Json, is_empty
from ..local.base import Base
from ..record.changes import Conflict, FieldChange, Kept
from ..record.desired import Desired
from ..record.itemwise import compare_value, taken_over
from ..record.observed import Record
from ..record.threeway import Choice, compare_file

__all__ = ("Pulled", "pull")

Read = Callable[[str], Config]
"""Reads the text of a configuration, as the record is compared with it."""


@attrs.frozen
class Pulled:
    """The configuration with what was taken over."""

    text: str
    """The new text of the configuration, the old one when nothing was taken over."""

    taken: tuple[tuple[str, Json, Json], ...]
    """Fields that were taken over, with our values before and after, in normal form."""

    left: tuple[tuple[str, str], ...]
    """Fields and files that were not taken over, and why."""

    description: str | None = None
    """HTML of the description when it was changed there and comes from a README."""


def pull(
    text: str,
    file: str,
    desired: Desired,
    record: Record,
    base: Base,
    *,
    everything: bool,
    has_readme: bool,
    resolved: Callable[[Config], Config] = lambda config: config,
) -> Pulled:
    """Return the configuration with the values of the server where these were changed there.

    Parameters
    ----------
    text
        The text of the configuration.
    file
        Its name, whose extension tells the syntax.
    desired
        What the configuration says now, with the checksums of the files as far as they are known.
    record
        What the server holds.
    base
        What was sent last.
    everything
        Whether to take over fields as well that the configuration leaves alone.
    has_readme
        Whether the description comes from a README, which the caller writes.
    resolved
        Puts the DOIs of inputs and other records of the project into a configuration.

    Raises
    ------
    Refused
        When the configuration is not written in YAML.
    """
    names = _changed_there(desired, record, base)
    if everything:
        names += [name for name in sorted(record.fields) if name not in desired.fields]
    in_file = [name for name in names if not (name == DESCRIPTION and has_readme)]
    if in_file and PurePath(file).suffix.lower() not in {".yaml", ".yml"}:
        raise Refused(
            f"Only configurations in YAML can be changed, and {file} is none. "
            f"These fields differ from the server: {', '.join(in_file)}. "
            "Write their values into it by hand, or use `stepup-zenodo sync --ours` to keep yours."
        )

    def read(text: str) -> Config:
        return resolved(parse_config(text, file))

    taken: list[tuple[str, Json, Json]] = []
    left: list[tuple[str, str]] = []
    description = None
    for name in names:
        mine = desired.fields.get(name)
        new = _wanted(name, desired, record, base)
        if name == DESCRIPTION and has_readme:
            description = "" if new is None else str(new)
            continue
        try:
            text = _taken_over(text, read, name, mine, new)
            taken.append((name, mine, new))
        except _NoWordsError as exc:
            left.append((name, str(exc)))
    left += _files(desired, record, base)
    return Pulled(text, tuple(taken), tuple(left), description)


def _changed_there(desired: Desired, record: Record, base: Base) -> list[str]:
    """Return the managed fields that differ for another reason than a change of ours."""
    found = []
    for name, ours in sorted(desired.fields.items()):
        verdicts = compare_value(name, ours, record.fields.get(name), base, Choice())
        unknown = name not in base.fields and any(isinstance(v, FieldChange) for v in verdicts)
        is_theirs = unknown or any(isinstance(verdict, Kept | Conflict) for verdict in verdicts)
        if is_theirs and _wanted(name, desired, record, base) != ours:
            found.append(name)
    return found


def _wanted(name: str, desired: Desired, record: Record, base: Base) -> Json:
    """Return what the configuration is to say of a field, in normal form."""
    theirs = record.fields.get(name)
    if name not in desired.fields:
        return theirs
    return taken_over(name, desired.fields[name], theirs, base)


def _files(desired: Desired, record: Record, base: Base) -> list[tuple[str, str]]:
    """Return what people did to files, which is not taken over."""
    found = []
    for key in sorted({*desired.files, *record.files}) if desired.lists_files else ():
        local = desired.files.get(key)
        verdict = compare_file(key, local, record.files.get(key), base, Choice())
        if isinstance(verdict, Kept | Conflict):
            there = key in record.files
            todo = "download it if you want it" if there else "take it off the list if it may go"
            reason = verdict.reason if isinstance(verdict, Kept) else verdict.message
            found.append((repr(key), f"{reason}: {todo}"))
    return found


class _NoWordsError(Exception):
    """The configuration cannot say what the server has."""


def _taken_over(text: str, read: Read, name: str, mine: Json, theirs: Json) -> str:
    """Return the text with one field changed, after checking that it means what it should."""
    config = read(text)
    if name == DESCRIPTIONS and _from_changelog(config):
        raise _NoWordsError("it comes from a changelog: change that file, or use --ours once")
    words = config_words(name, theirs)
    new = text
    for where, value in words.items():
        is_there = where in config.spots
        if not is_there and is_empty(value):
            continue
        written = config.written(where) if is_there else where
        try:
            new = changed_yaml(new, _keys(written), value, _meanings(mine, theirs, words))
        except ChangesElsewhereError as exc:
            raise _NoWordsError(
                f"{written} is used by a YAML alias, so that {exc} would change as well: "
                "write the value out in both places, and pull again"
            ) from None
    if not words or _said(new, read, name) != theirs:
        shown = json.dumps(theirs, ensure_ascii=False)
        raise _NoWordsError(f"the configuration has no words for {shown[:200]}")
    return new


def _keys(written: str) -> tuple[str, ...]:
    """Return the keys of a path; none of them has a dot, also not the names of custom fields."""
    return tuple(written.split("."))


def _meanings(
    mine: Json, theirs: Json, words: Mapping[str, Json]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return what the items of a list mean before and after, if they correspond to the words."""
    if len(words) != 1 or not (isinstance(mine, list) and isinstance(theirs, list)):
        return None
    before, after = ([json.dumps(item, sort_keys=True) for item in side] for side in (mine, theirs))
    return tuple(before), tuple(after)


def _said(text: str, read: Read, name: str) -> Json:
    """Return what a configuration says about a field, in normal form."""
    try:
        config = read(text)
    except Invalid as exc:
        raise _NoWordsError(exc.problems[0].message) from None
    return sent_fields(config, notes_html="" if _from_changelog(config) else None).get(name)


def _from_changelog(config: Config) -> bool:
    return isinstance(config.metadata.notes, ChangelogNotes)
