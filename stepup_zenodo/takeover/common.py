"""What it takes to make a configuration of another file about the same work."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from ..jsontypes import given, is_empty
from ..terms.identifiers import RECORD_SCHEMES, detect
from ..terms.vocabularies import ids, suggest
from .licences import licences_in
from .source import Loss, Source, items, lost, mapping, text, texts

__all__ = (
    "ABSTRACT",
    "Taken",
    "add_licences",
    "identifier",
    "keywords",
    "language",
    "names_in",
    "summed_up",
)

_Plain = dict[str, Any]
"""A part of a configuration as it is written."""

_SHOWN = 3
"""Most places that one line names."""

_LONGEST = 60  # characters of a value in a message

_OR = "a record cannot say that one of several licences may be chosen, all are listed"

ABSTRACT = "abstract"
"""The type of an additional description that was the description, before a README became it."""


@attrs.define
class Taken:
    """A configuration that grows while another file is read."""

    source: Source = attrs.field(factory=lambda: Source({}, ""))
    """What is read."""

    config: _Plain = attrs.field(factory=lambda: {"metadata": {}})
    """The configuration, without empty values."""

    losses: list[Loss] = attrs.field(factory=list)
    """What was not taken over, and why."""

    guesses: list[Loss] = attrs.field(factory=list)
    """What was taken over although it is not certain."""

    meant: dict[str, str] = attrs.field(factory=dict)
    """What values became, by their paths in the file; empty where that goes without saying."""

    readme: tuple[str, str] | None = None
    """Where the file names a README, and the path of it, seen from the file."""

    keeps_description: bool = False
    """Whether the description is meant for the page of the record already."""

    @property
    def metadata(self) -> _Plain:
        """The section `metadata`."""
        section: _Plain = self.config["metadata"]
        return section

    def put(self, key: str, value: object) -> None:
        """Set a field of the metadata unless the value is empty."""
        if not is_empty(value):
            self.metadata[key] = value

    def add(self, key: str, items: Iterable[object]) -> None:
        """Append to a field of the metadata that is a list, without repeating anything."""
        known = self.metadata.get(key, [])
        for item in items:
            if not is_empty(item) and item not in known:
                known.append(item)
        self.put(key, known)

    def put_top(self, key: str, value: object) -> None:
        """Set a field outside of the metadata unless the value is empty."""
        if not is_empty(value):
            self.config[key] = value

    def leave(self, where: str, why: str, value: str = "") -> None:
        """Say that something is not taken over."""
        self.losses.append(Loss(where, why, value))

    def leave_record(self, where: str, value: str) -> None:
        """Say that an identifier given by Zenodo is not taken over."""
        why = "Zenodo gives it; go on with its record by `stepup-zenodo adopt`"
        self.leave(where, why, value)

    def leave_together(self, data: Source, keys: Iterable[str], why: str) -> None:
        """Say in one line that several keys are not taken over."""
        found = [key for key in keys if not is_empty(data.get(key))]
        self.losses += [Loss(data.at(key), why, kind=why) for key in found]

    def guess(self, where: str, what: str, value: str) -> None:
        """Say that something was taken over in a way that may be wrong."""
        if what:
            self.guesses.append(Loss(where, what, value))

    def mean(self, where: str, what: str = "") -> None:
        """Remember what a value became, so that it does not count as lost."""
        self.meant[where] = what

    def left(self, said: Sequence[str]) -> list[str]:
        """Return what was not taken over, and why: one line for each kind.

        Parameters
        ----------
        said
            What is said already about the configuration.
        """
        told = [loss.where for loss in self.losses]
        others = lost(self.source, self.config, self.meant, told, said)
        return _lines([*self.losses, *others])

    def guessed(self) -> list[str]:
        """Return what was guessed: one line for each kind."""
        return _lines(self.guesses)


def summed_up(said: Iterable[str]) -> list[str]:
    """Return lines about what was refused: the first ones of each kind, and how many there are.

    Parameters
    ----------
    said
        Places in the configuration with what is wrong there, one line each.
    """
    grouped: dict[tuple[str, str], list[str]] = {}
    for line in said:
        where, _, message = line.partition(": ")
        kind = re.sub(r"\[\d+\]", "[]", where), re.sub(r'"[^"]*"|\(.*\)', "", message)
        grouped.setdefault(kind, []).append(line)
    shown = []
    for lines in grouped.values():
        shown += lines[:_SHOWN]
        if more := len(lines) - _SHOWN:
            shown += [f"{lines[0].partition(': ')[0]} and {more} more: see above"] * (more > 0)
    return shown


def _lines(losses: Iterable[Loss]) -> list[str]:
    grouped: dict[tuple[str, str], dict[str, None]] = {}
    for loss in losses:
        value = " ".join(loss.value.split())
        short = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 3]}..."
        name = f"{loss.where} {short}" if short else loss.where
        grouped.setdefault((loss.kind, loss.why), {})[name] = None
    return [_line(kind, why, list(names)) for (kind, why), names in grouped.items()]


def _line(kind: str, why: str, names: Sequence[str]) -> str:
    if kind == why:
        return f"{', '.join(names)}: {why}"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}: {why}"


def add_licences(data: Source, key: str, taken: Taken, *, list_is_choice: bool = False) -> None:
    """Take over licences in whatever spelling, and say what a record cannot say about them."""
    found = list(items(data, key))
    for where, item in found:
        names = _licence_names(item, where)
        spellings = [(at, licences_in(name)) for at, name in names]
        known = ((at, made) for at, made in spellings if made.are_known)
        at, made = next(known, next(iter(spellings), (where, licences_in(""))))
        if not made.are_known and (own := _own_licence(item)):
            taken.add("license", [own])
            continue
        taken.add("license", made.ids)
        if made.are_known:
            same = [other for other, spelled in spellings if spelled.ids == made.ids]
            for other in same:
                taken.mean(other, made.ids[0])
        for guess in made.guessed:
            taken.guess(at, guess, "")
        for exception in made.exceptions:
            taken.leave(at, "a record cannot say that there is an exception", exception)
        if made.is_choice:
            taken.leave(at, _OR, text(dict(names).get(at, "")))
    if list_is_choice and len(found) > 1:
        taken.leave(data.at(key), _OR, "")


def _licence_names(item: object, where: str) -> list[tuple[str, str]]:
    """Return the texts that may tell what a licence is, with their paths."""
    if word := text(item):
        return [(where, word)]
    keys = ("spdx_id", "spdx", "@id", "id", "identifier", "key", "url", "name", "title")
    found = mapping(item)
    return [(found.at(key), word) for key in keys if (word := text(found.get(key)))]


def _own_licence(item: object) -> _Plain:
    found = mapping(item)
    title = text(found.get("name")) or text(found.get("title"))
    address = next((word for key in ("url", "@id") if "://" in (word := text(found.get(key)))), "")
    return given(title=title, link=address) if title and address else {}


def keywords(value: object) -> Iterable[str]:
    """Yield keywords: texts in a list, the names in objects, or one text with commas."""
    if isinstance(value, str):
        yield from (word.strip() for word in re.split("[,;]", value))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item) or [text(mapping(item).get("name"))]


def names_in(value: object) -> list[str]:
    """Return names: texts, or what objects have as name."""
    items = value if isinstance(value, list) else [value]
    found = [name for item in items for name in texts(item) or texts(mapping(item).get("name"))]
    return list(dict.fromkeys(found))


def identifier(value: str) -> object:
    """Return an identifier with its scheme, or as it is for the check to complain about it."""
    scheme = detect(value, RECORD_SCHEMES)
    return {scheme: value} if scheme else value


def language(code: str) -> str:
    """Return the three-letter code of a language, also of a two-letter code, locale or name."""
    if code.lower() in ids("languages"):
        return code.lower()
    short = re.split(r"[-_]", code)[0]
    close = suggest("languages", code, n=1) if len(short) == 2 else ()
    named = (id_ for id_, title in ids("languages").items() if title.casefold() == code.casefold())
    return close[0] if close else next(named, code)
