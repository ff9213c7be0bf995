"""Read TOML as a tree with places.

The standard library decides whether the text is valid and what the values are,
but it forgets all places.
So a valid text is walked through a second time to collect them.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time

import attrs

from ..errors import Invalid, Place, Problem
from .nodes import (
    MAX_DEPTH,
    Entry,
    LineIndex,
    ListNode,
    MapNode,
    Node,
    ScalarKind,
    ScalarNode,
    check_limits,
    too_deep,
)

__all__ = ("read_toml",)

_BLANKS = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"(?:[^"\\]|\\.)*"')
_LITERAL = re.compile(r"'[^']*'")
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?'{3,5}", re.DOTALL)
_BARE_VALUE = re.compile(r"[^,\]}#\r\n]+")
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

# The standard library needs memory that grows with the square of the number of parts of a key.
_KEY_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*"""
_LONG_KEY = re.compile(
    rf"(?:^|[{{,])[ \t]*\[{{0,2}}[ \t]*(?:{_KEY_PART}){{{MAX_DEPTH + 1}}}", re.MULTILINE
)

_Path = tuple[str | int, ...]


@attrs.frozen
class _Cursor:
    """What the walk finds of one value."""

    key: Place
    """Where its key begins, for items of lists the value itself."""

    value: Place
    """Where the value begins."""

    text: str = ""
    """The characters of the value."""


class _TomlWalker:
    """Collects the places in a text that is known to be valid."""

    def __init__(self, text: str, lines: LineIndex) -> None:
        self.text = text
        self.lines = lines
        self.index = 0
        self.spots: dict[_Path, _Cursor] = {}
        self.lengths: dict[_Path, int] = {}

    def walk(self) -> None:
        """Walk through the whole text."""
        table: _Path = ()
        while self.skip() < len(self.text):
            if self.text[self.index] == "[":
                table = self.header()
            else:
                self.assignment(table)

    def skip(self) -> int:
        self.index = _BLANKS.match(self.text, self.index).end()  # type: ignore[union-attr]
        return self.index

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.index)
        assert match is not None
        self.index = match.end()
        return match[0]

    def key(self) -> _Path:
        """Read a key with dots."""
        parts: list[str] = []
        while True:
            self.skip()
            match self.text[self.index]:
                case '"':
                    parts.append(next(iter(tomllib.loads(f"{self.take(_BASIC)} = 0"))))
                case "'":
                    parts.append(self.take(_LITERAL)[1:-1])
                case _:
                    parts.append(self.take(_BARE_KEY))
            self.skip()
            if self.text[self.index] != ".":
                return tuple(parts)
            self.index += 1

    def note(self, base: _Path, key: _Path, spot: _Cursor) -> _Path:
        """Remember the place of a value and of the tables that its key implies."""
        for length in range(1, len(key)):
            self.spots.setdefault(base + key[:length], attrs.evolve(spot, text=""))
        self.spots.setdefault(base + key, spot)
        return base + key

    def header(self) -> _Path:
        """Read the header of a table, or of an item of a list of tables."""
        place = self.lines.place(self.index)
        is_item = self.text.startswith("[[", self.index)
        self.index += 1 + is_item
        path: _Path = ()
        key = self.key()
        self.index += 1 + is_item
        for part in key[:-1]:
            path = self.last_item((*path, part))
            self.spots.setdefault(path, _Cursor(place, place))
        path = (*path, key[-1])
        self.spots.setdefault(path, _Cursor(place, place))
        if not is_item:
            return path
        self.lengths[path] = self.lengths.get(path, 0) + 1
        path = self.last_item(path)
        self.spots[path] = _Cursor(place, place)
        return path

    def last_item(self, path: _Path) -> _Path:
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def assignment(self, table: _Path) -> None:
        """Read a key, the equals sign and the value."""
        self.skip()
        place = self.lines.place(self.index)
        key = self.key()
        self.index += 1
        while self.text[self.index] in " \t":
            self.index += 1
        value_place = self.lines.place(self.index)
        path = self.note(table, key, _Cursor(place, value_place))
        text = self.value(path)
        self.spots[path] = attrs.evolve(self.spots[path], text=text)

    def value(self, path: _Path) -> str:
        """Read a value and return its characters."""
        start = self.index
        match self.text[start]:
            case "[":
                self.items(path)
            case "{":
                self.inline_table(path)
            case '"':
                long = self.text.startswith('"""', start)
                self.take(_LONG_BASIC if long else _BASIC)
            case "'":
                long = self.text.startswith("'''", start)
                self.take(_LONG_LITERAL if long else _LITERAL)
            case _:
                self.take(_BARE_VALUE)
        return self.text[start : self.index].strip()

    def items(self, path: _Path) -> None:
        self.index += 1
        count = 0
        while self.text[self.skip()] != "]":
            place = self.lines.place(self.index)
            text = self.value((*path, count))
            self.spots[(*path, count)] = _Cursor(place, place, text)
            count += 1
            if self.text[self.skip()] == ",":
                self.index += 1
        self.index += 1

    def inline_table(self, path: _Path) -> None:
        self.index += 1
        while self.text[self.skip()] != "}":
            self.assignment(path)
            if self.text[self.skip()] == ",":
                self.index += 1
        self.index += 1


@attrs.define
class _TomlBuilder:
    """Joins the values of the standard library and the places of the walk."""

    spots: Mapping[_Path, _Cursor]
    count: int = 0

    def node(self, data: object, path: _Path, around: _Cursor) -> Node:
        spot = self.spots.get(path, around)
        self.count += 1
        check_limits(spot.value, len(path), self.count)
        if isinstance(data, dict):
            return self.mapping(data, path, spot)
        if isinstance(data, list):
            items = tuple(self.node(item, (*path, i), spot) for i, item in enumerate(data))
            return ListNode(items, spot.value)
        if isinstance(data, str):
            return ScalarNode(data, ScalarKind.TEXT, spot.value, quoted=True)
        return ScalarNode(spot.text or str(data), _scalar_kind(data), spot.value)

    def mapping(self, data: dict[str, object], path: _Path, spot: _Cursor) -> MapNode:
        entries = tuple(
            Entry(key, self.spots.get((*path, key), spot).key, self.node(value, (*path, key), spot))
            for key, value in data.items()
        )
        return MapNode(entries, spot.value)


def _scalar_kind(data: object) -> ScalarKind:
    match data:
        case bool():
            return ScalarKind.TRUTH
        case int():
            return ScalarKind.INTEGER
        case date() | datetime() | time():
            return ScalarKind.DATE
        case _:
            return ScalarKind.NUMBER


def _syntax_problem(error: ValueError, text: str, lines: LineIndex) -> Problem:
    """Return what is wrong, at the place that the message of the standard library ends with."""
    message = str(error)
    where = _WHERE.search(message)
    place = lines.place(max(len(text) - 1, 0))
    if where is not None:
        message = message[: where.start()]
        if where[1] is not None:
            place = Place(lines.file, int(where[1]), int(where[2]))
    return Problem(f"the text is not valid TOML: {message}", place=place)


def read_toml(text: str, lines: LineIndex) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read a TOML text.

    Parameters
    ----------
    text
        The text of the file, without byte order mark.
    lines
        The places in the text.

    Returns
    -------
    node, problems
        The tree, `None` for an empty file, and no problems:
        what YAML and JSON allow and we do not is an error of syntax in TOML.

    Raises
    ------
    Invalid
        When the text cannot be read to its end.
    """
    long_key = _LONG_KEY.search(text)
    if long_key is not None:
        raise Invalid((too_deep(lines.place(long_key.start())),))
    try:
        data = tomllib.loads(text)
        walker = _TomlWalker(text, lines)
        walker.walk()
    except RecursionError:
        raise Invalid((too_deep(lines.place(0)),)) from None
    except ValueError as error:
        raise Invalid((_syntax_problem(error, text, lines),)) from None
    if not data:
        return None, ()
    start = _Cursor(lines.place(0), lines.place(0))
    return _TomlBuilder(walker.spots).node(data, (), start), ()
