"""What the tree of a configuration file consists of, and how large it may be.

The tree is the same for YAML, TOML and JSON, and every value in it knows its place.
Simple values keep the characters that the user wrote,
because `1.0`, `0123`, `no` and `2026-03-01` are words to a reader
and only become numbers, truth values and dates when a parser reads them.
"""

import bisect
import re
from collections.abc import Iterable
from enum import Enum

import attrs

from ..errors import Invalid, Place, Problem

__all__ = (
    "MAX_DEPTH",
    "Entry",
    "LineIndex",
    "ListNode",
    "MapNode",
    "Node",
    "ScalarKind",
    "ScalarNode",
    "check_limits",
    "duplicate_key",
    "forbidden_character",
    "missing_space",
    "too_deep",
)

MAX_DEPTH = 50
"""How many lists and mappings may enclose a value; the deepest useful value has about ten."""

MAX_NODES = 50_000
"""How many values a file may hold, counting a YAML alias as often as it is used."""

_LINE_BREAK = re.compile(r"\r\n|\r|\n")

# What YAML does not allow in a text: control characters, halves of surrogate pairs, non-characters.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def forbidden_character(text: str) -> int | None:
    """Return the index of the first character that no text may hold, `None` if there is none.

    The server removes most of these characters silently, and cannot store some of them at all.
    """
    match = _FORBIDDEN.search(text)
    return None if match is None else match.start()


class LineIndex:
    """Where the lines of a text begin.

    Line breaks are those that editors count: LF, CR LF, CR.

    Parameters
    ----------
    text
        The text of the whole file.
    file
        The path of the file as the user wrote it.
    """

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._text = text
        self._starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]

    def place(self, index: int) -> Place:
        """Return the place of the character with the given index in the text."""
        line = bisect.bisect_right(self._starts, index)
        return Place(self.file, line, index - self._starts[line - 1] + 1)

    def line(self, number: int) -> str | None:
        """Return a line without its end, counted from 1; `None` when the text has fewer lines."""
        if number > len(self._starts):
            return None
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return _LINE_BREAK.sub("", self._text[self._starts[number - 1] : end])

    def is_first(self, place: Place) -> bool:
        """Return whether only white space is before a place in its line."""
        start = self._starts[place.line - 1]
        before = start + place.column - 2
        while before >= start and self._text[before].isspace():
            before -= 1
        return before < start


class ScalarKind(Enum):
    """What the syntax of the file makes of a simple value."""

    TEXT = "a text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    TRUTH = "a truth value"
    DATE = "a date"
    NULL = "nothing"


@attrs.frozen
class ScalarNode:
    """A simple value."""

    text: str
    """The characters as written, for texts the characters that are meant."""

    kind: ScalarKind
    """How the syntax of the file reads the characters."""

    place: Place
    """Where the value begins."""

    quoted: bool = False
    """Whether the value is a text because it is in quotes or in a block of text."""

    @property
    def size(self) -> int:
        """The number of values, always one."""
        return 1


@attrs.frozen
class Entry:
    """A key of a mapping and its value."""

    key: str
    """The key."""

    place: Place
    """Where the key begins."""

    value: "Node"
    """The value."""


@attrs.frozen
class ListNode:
    """A list of values."""

    items: "tuple[Node, ...]"
    """The values in their order."""

    place: Place
    """Where the list begins."""

    size: int = attrs.field(init=False)
    """The number of values in it, at all depths, and one for itself."""

    @size.default
    def _size(self) -> int:
        return 1 + sum(item.size for item in self.items)


@attrs.frozen
class MapNode:
    """A mapping from keys to values."""

    entries: tuple[Entry, ...]
    """The entries in their order, without two of the same key."""

    place: Place
    """Where the mapping begins."""

    size: int = attrs.field(init=False)
    """The number of values in it, at all depths, and one for itself."""

    @size.default
    def _size(self) -> int:
        return 1 + sum(entry.value.size for entry in self.entries)

    def only(self, key: str) -> "Node | None":
        """Return the value of a key if the mapping has no other key, else `None`."""
        return self.entries[0].value if [entry.key for entry in self.entries] == [key] else None


_GLUED = re.compile(r"[\w-]+:(?!//)(?=\S)")


def missing_space(node: ScalarNode) -> str:
    """Return what to do if a text is a key and a value without a space between them, or nothing."""
    glued = None if node.quoted else _GLUED.match(node.text)
    return (
        f"write a space after the colon: {glued[0]} {node.text[glued.end() :][:40]}"
        if glued
        else ""
    )


Node = ScalarNode | ListNode | MapNode


def too_deep(place: Place) -> Problem:
    """Return the problem of a value inside too many others."""
    return Problem(
        f"the value is inside more than {MAX_DEPTH} lists and mappings",
        place=place,
        hint="a configuration has at most about ten levels",
    )


def check_limits(place: Place, depth: int, count: int, noted: Iterable[Problem] = ()) -> None:
    """Check that a file does not ask for too much time and memory.

    Parameters
    ----------
    place
        Where the value begins that is being read.
    depth
        How many lists and mappings enclose it.
    count
        How many values were read.
    noted
        The problems so far.

    Raises
    ------
    Invalid
        The limits are exceeded.
    """
    if depth > MAX_DEPTH:
        raise Invalid((*noted, too_deep(place)))
    if count > MAX_NODES:
        message = f"the file holds more than {MAX_NODES} values, counting each use of an alias"
        hint = "use shorter lists or fewer aliases"
        raise Invalid((*noted, Problem(message, place=place, hint=hint)))


def duplicate_key(entry: Entry, first: Entry) -> Problem:
    """Return the problem of an entry with the same key as an earlier one."""
    message = f"the key {entry.key} is given twice, first in line {first.place.line}"
    return Problem(message, place=entry.place, hint="remove one of them")
