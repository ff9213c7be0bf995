"""Where the values of a YAML text begin and end, for changing some and leaving all others alone."""

import re
from enum import Enum
from typing import TypeAlias

import attrs
import yaml

__all__ = ("Piece", "PieceKind", "Plain", "Unit", "pieces")

# What can stand between two items, and before the dash of an item.
_FILLING = re.compile(r"(?:\s|#[^\r\n]*|[&!][^\s,\[\]{}]*)*")
_COLON = re.compile(r"\s*:")


class PieceKind(Enum):
    """What a value consists of."""

    SCALAR = 1
    ALIAS = 2
    LIST = 3
    MAP = 4


Plain: TypeAlias = str | list["Plain"] | dict[str, "Plain"]
"""A value without types: simple values are the characters that are meant."""


@attrs.frozen
class Unit:
    """An item of a list, or a key and its value."""

    start: int
    """Where the dash or the key begins; for an item in brackets, where its value begins."""

    head: int
    """Where the dash or the colon after the key ends."""

    name: str
    """The key, empty for items."""

    value: "Piece"
    """The value."""


@attrs.frozen
class Piece:
    """A value and its place in the text, counted in characters."""

    kind: PieceKind
    """What it consists of."""

    start: int
    """Where the value begins, with its anchor; for lists and mappings in lines, the first unit."""

    end: int
    """Where it ends, without the comment and the line break that follow."""

    style: str
    """How a simple value is quoted: nothing, a quote, `|` or `>`; `[` for what is in brackets."""

    plain: Plain
    """What it says."""

    units: tuple[Unit, ...] = ()
    """The parts of lists and mappings."""

    @property
    def is_lines(self) -> bool:
        """Whether it is a list or a mapping whose parts have lines of their own."""
        return self.kind in (PieceKind.LIST, PieceKind.MAP) and not self.style

    @property
    def opening(self) -> str:
        """The bracket or brace with which it begins."""
        return "{" if self.kind is PieceKind.MAP else "["


class _PieceReader:
    """Makes pieces of the events of PyYAML's parser; its nodes forget where aliases are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events = yaml.parse(text, yaml.SafeLoader)
        self.anchors: dict[str, Plain] = {}

    def piece(self, event: yaml.Event) -> Piece:
        start, end = _place(event)
        match event:
            case yaml.AliasEvent():
                plain = self.anchors[str(event.anchor)]
                return Piece(PieceKind.ALIAS, start, end, "", plain)
            case yaml.ScalarEvent():
                end = start + len(self.text[start:end].rstrip())
                found = Piece(PieceKind.SCALAR, start, end, event.style or "", event.value)
            case yaml.SequenceStartEvent():
                found = self.units(PieceKind.LIST, event, start)
            case _:
                assert isinstance(event, yaml.MappingStartEvent)
                found = self.units(PieceKind.MAP, event, start)
        if event.anchor is not None:
            self.anchors[event.anchor] = found.plain
        return found

    def units(self, kind: PieceKind, event: yaml.CollectionStartEvent, start: int) -> Piece:
        units: list[Unit] = []
        last, end = start, start
        while not isinstance(inner := next(self.events), yaml.CollectionEndEvent):
            units.append(
                self.item(inner, last, in_brackets=bool(event.flow_style))
                if kind is PieceKind.LIST
                else self.entry(inner)
            )
            last = units[-1].value.end
        plain: Plain = [unit.value.plain for unit in units]
        if kind is PieceKind.MAP:
            plain = {unit.name: unit.value.plain for unit in units}
        if event.flow_style:
            end = _place(inner)[1]
            return Piece(kind, start, end, "[", plain, tuple(units))
        first = units[0].start if units else start
        return Piece(kind, first, max(last, end), "", plain, tuple(units))

    def item(self, event: yaml.Event, last: int, *, in_brackets: bool) -> Unit:
        if in_brackets:
            value = self.piece(event)
            return Unit(value.start, value.start, "", value)
        filling = _FILLING.match(self.text, last)
        dash = last if filling is None else filling.end()
        return Unit(dash, dash + 1, "", self.piece(event))

    def entry(self, event: yaml.Event) -> Unit:
        key = self.piece(event)
        colon = _COLON.match(self.text, key.end)
        head = key.end if colon is None else colon.end()
        return Unit(key.start, head, str(key.plain), self.piece(next(self.events)))


def _place(event: yaml.Event) -> tuple[int, int]:
    """Return where an event begins and ends."""
    assert event.start_mark is not None, "events of a text have places"
    assert event.end_mark is not None, "events of a text have places"
    return event.start_mark.index, event.end_mark.index


def pieces(text: str) -> Piece:
    """Return the value that a YAML text consists of, with the places of all its parts.

    Parameters
    ----------
    text
        A text that was read as a configuration before, without byte order mark.
    """
    reader = _PieceReader(text)
    while True:
        event = next(reader.events)
        if isinstance(event, yaml.NodeEvent):
            return reader.piece(event)
