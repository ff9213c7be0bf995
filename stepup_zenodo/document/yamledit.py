"""Change single values of a YAML text; comments, order and layout stay.

The text is changed at the places of the values, and is otherwise the same to the last character.
A comment belongs to the key or the item on whose line it is, or that is on the next line.
Where it goes, the comment goes with it; all other comments stay.
"""

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import attrs

from ..jsontypes import Json
from .yamlpieces import Piece, PieceKind, Plain, Unit, pieces
from .yamlplan import Meanings, Part, list_parts, map_parts
from .yamlwrite import Layout, inline, is_inline, is_said, scalar_like

__all__ = ("ChangesElsewhereError", "changed_yaml")

_Path = tuple[str, ...]

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_LINE = re.compile(r"[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029]|\Z)")
_COMMENT_LINE = re.compile(r"([ \t]*)#")
_COMMENT = re.compile(r"[ \t]+#[^\n\r\x85\u2028\u2029]*")
_COMMA = re.compile(r"\s*,")
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]+)*")


class ChangesElsewhereError(Exception):
    """A value cannot be changed alone.

    Parameters
    ----------
    paths
        What would change as well.
    """

    def __init__(self, paths: tuple[str, ...]) -> None:
        super().__init__(", ".join(paths))
        self.paths = paths


def changed_yaml(text: str, path: _Path, value: Json, same: Meanings | None = None) -> str:
    """Return a YAML text in which one value is another one.

    Parameters
    ----------
    text
        A text that is valid YAML with a mapping on top.
    path
        Keys that lead to the value. Those that are missing are added.
    value
        The new value.
    same
        For lists: what the old and the new items mean, one text for each.
        Old items that mean the same as new ones stay as they are written.

    Raises
    ------
    ChangesElsewhereError
        When something else would change as well, because of an alias.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix("\ufeff")
    root = pieces(text)
    new = _Edit(text, same).document(root, path, value)
    changed = tuple(sorted(_differences(root.plain, pieces(new).plain, path)))
    if changed:
        raise ChangesElsewhereError(changed)
    return f"{mark}{new}"


def _first_break(text: str) -> str:
    found = _BREAK.search(text)
    return found[0] if found else "\n"


def _differences(
    old: Plain | None, new: Plain | None, path: _Path | None, parents: _Path = ()
) -> Iterator[str]:
    """Yield the paths of keys with other values, except for one path."""
    if old == new or path == ():
        return
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield ".".join(parents)
        return
    for key in {**old, **new}:
        inner = path[1:] if path and path[0] == key else None
        missing: Plain | None = None if inner is None else {}
        sides = old.get(key, missing), new.get(key, missing)
        yield from _differences(*sides, inner, (*parents, key))


def _nested(path: _Path, value: Json) -> Json:
    for key in reversed(path):
        value = {key: value}
    return value


@attrs.frozen
class _Segment:
    """The lines of a part of a list or a mapping that has lines of its own."""

    lead: str
    """The comment above it."""

    start: int
    """Where the part begins."""

    end: int
    """Where its last line ends, with comments below it that are indented more than it is."""

    rest: str
    """What follows up to the comment above the next part: blank lines and loose comments."""


class _Edit:
    """The parts of a text with changes."""

    def __init__(self, text: str, same: Meanings | None) -> None:
        self.text = text
        self.same = same
        self.layout = Layout.of(_BREAK.sub("\n", text))
        self.newline = _first_break(text)
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def document(self, root: Piece, path: _Path, value: Json) -> str:
        """Return the whole text with one value changed."""
        changed = self.inside(root, path, value)
        start = self.first_line(root) if root.is_lines else root.start
        end = self.region_end(root)
        return f"{self.text[:start]}{changed}{self.text[end:]}"

    def inside(self, piece: Piece, path: _Path, value: Json) -> str:
        """Return a mapping with one value at any depth changed."""
        parts = [Part(index, is_kept=True) for index in range(len(piece.units))]
        found = next((i for i, u in enumerate(piece.units) if u.name == path[0]), None)
        if found is None:
            return self.parts(piece, [*parts, Part(None, _nested(path, value))])
        unit = piece.units[found]
        if len(path) == 1:
            text = self.unit(unit, value, piece, self.same)
        elif unit.value.kind is PieceKind.MAP and unit.value.units:
            start, end = self.region(unit, piece)
            inner = self.inside(unit.value, path[1:], value)
            after = self.text[end : self.unit_end(unit, piece)]
            text = f"{self.text[unit.start : start]}{inner}{after}"
        else:
            text = self.unit(unit, _nested(path[1:], value), piece)
        return self.parts(piece, parts, {found: text})

    # Places

    def line_start(self, index: int) -> int:
        return self.starts[bisect.bisect_right(self.starts, index) - 1]

    def line_end(self, index: int) -> int:
        """Return where the line of a character ends, after its break."""
        found = _LINE.match(self.text, index)
        return len(self.text) if found is None else found.end()

    def column(self, index: int) -> int:
        return index - self.line_start(index)

    def unit_end(self, unit: Unit, piece: Piece) -> int:
        """Return where a unit ends: with its last line, or with its value when in brackets."""
        if not piece.is_lines:
            return unit.value.end
        end = self.line_end(max(unit.value.end, unit.head))
        column = self.column(unit.start)
        while (found := _COMMENT_LINE.match(self.text, end)) and len(found[1]) > column:
            end = self.line_end(end)
        return end

    def region_end(self, piece: Piece) -> int:
        return self.unit_end(piece.units[-1], piece) if piece.is_lines else piece.end

    def region(self, unit: Unit, parent: Piece) -> tuple[int, int]:
        """Return where the value of a unit begins and ends, with the comments in it."""
        piece = unit.value
        if piece.is_lines and parent.is_lines:
            return self.first_line(piece), self.region_end(piece)
        return piece.start, piece.end

    # Changes

    def unit(self, unit: Unit, value: Json, parent: Piece, same: Meanings | None = None) -> str:
        """Return a key with another value, or an item."""
        start, end = self.region(unit, parent)
        before, after = self.text[unit.start : start], self.text[end : self.unit_end(unit, parent)]
        inner = self.in_place(unit.value, value, same, in_brackets=not parent.is_lines)
        if inner is None and parent.is_lines:
            return self.anew(unit, value, self.unit_end(unit, parent))
        if inner is None:
            inner = inline(value, in_brackets=True)
        return f"{before}{' ' if start == end == unit.head else ''}{inner}{after}"

    def anew(self, unit: Unit, value: Json, unit_end: int) -> str:
        """Return a key, or an item, whose value is written in another way than before."""
        head, comment, between = self.text[unit.start : unit.head], self.beside(unit), ""
        piece = unit.value
        after = self.text[self.line_end(max(piece.end, unit.head)) : unit_end]
        if self.is_below(unit):
            between = self.text[self.first_line(piece) : self.line_start(piece.start)]
        lines = self.layout.entry(head, value) if unit.name else self.layout.item(value)
        if comment and not unit.name and not is_inline(value):
            # The first key is on the line of the dash otherwise, where no comment fits in between.
            depth = " " * self.layout.after_dash
            lines = ["-", *(f"{depth}{line}" for line in self.layout.lines(value))]
        lines[0] += comment
        depth = " " * self.column(unit.start)
        first, *rest = (f"{line}{self.newline}" for line in lines)
        below = "".join(f"{depth}{line}" if line.strip() else line for line in rest)
        return (
            f"{first}{below}{between}{after}"
            if is_inline(value)
            else (f"{first}{between}{below}{after}")
        )

    def is_below(self, unit: Unit) -> bool:
        """Return whether the parts of a value begin below the line of its key or dash."""
        return unit.value.is_lines and self.line_end(unit.head) <= unit.value.start

    def beside(self, unit: Unit) -> str:
        """Return the comment on the line on which a value begins, with the blanks before it."""
        piece = unit.value
        if self.is_below(unit):
            found = _COMMENT.search(self.text, unit.head, self.line_end(unit.head))
        elif piece.style in ("|", ">"):
            found = _COMMENT.search(self.text, piece.start, self.line_end(piece.start))
        else:
            found = _COMMENT.match(self.text, max(piece.end, unit.head))
        return "" if found is None else found[0]

    def in_place(
        self, piece: Piece, value: Json, same: Meanings | None, *, in_brackets: bool
    ) -> str | None:
        """Return the text of a value that is changed where it is, `None` if it cannot be."""
        whole = self.text[piece.start : piece.end]
        if piece.kind in (PieceKind.SCALAR, PieceKind.ALIAS) and is_said(
            piece.plain, piece.style, value
        ):
            return whole
        if piece.kind is PieceKind.ALIAS and is_inline(value):
            return inline(value, in_brackets=in_brackets)
        if piece.kind is PieceKind.SCALAR and is_inline(value) and piece.style not in ("|", ">"):
            if isinstance(value, str) and "\n" in value and not in_brackets:
                return None
            properties = _PROPERTIES.match(whole)
            kept = "" if properties is None else properties[0]
            return f"{kept}{scalar_like(piece.plain, piece.style, value, in_brackets=in_brackets)}"
        if not piece.units or not value:
            is_flat = isinstance(value, list) and all(map(is_inline, value))
            is_empty_list = piece.kind is PieceKind.LIST and piece.style == "["
            if is_empty_list and is_flat:
                return inline(value, in_brackets=True)
            return None
        if piece.kind is PieceKind.LIST and isinstance(value, list):
            return self.parts(piece, list_parts(piece, value, same))
        if piece.kind is PieceKind.MAP and isinstance(value, dict):
            return self.parts(piece, map_parts(piece, value))
        return None

    def parts(
        self, piece: Piece, parts: Sequence[Part], done: Mapping[int, str] = MappingProxyType({})
    ) -> str:
        """Return a list or a mapping that consists of other parts, some of which are text already.

        Parameters
        ----------
        piece
            The list or the mapping as it is.
        parts
            What its parts are to be.
        done
            Texts of parts by their numbers.
        """
        texts: list[tuple[int | None, str]] = []
        for part in parts:
            if part.old is None:
                text = self.fresh(piece, part.value)
            elif part.old in done:
                text = done[part.old]
            elif part.is_kept:
                unit = piece.units[part.old]
                text = self.text[unit.start : self.unit_end(unit, piece)]
            else:
                text = self.unit(piece.units[part.old], part.value, piece)
            texts.append((part.old, text))
        return self.in_lines(piece, texts) if piece.is_lines else self.in_brackets(piece, texts)

    def fresh(self, piece: Piece, value: Json) -> str:
        """Return a new part, for mappings given as a mapping with its only key."""
        is_item = piece.kind is PieceKind.LIST
        if not piece.is_lines:
            shown = inline(value, in_brackets=True)
            return shown if is_item else shown[1:-1]
        lines = self.layout.item(value) if is_item else self.layout.lines(value)
        depth = " " * self.column(piece.units[0].start)
        first, *rest = (f"{line}{self.newline}" for line in lines)
        return "".join([first, *(f"{depth}{line}" if line.strip() else line for line in rest)])

    def in_lines(self, piece: Piece, texts: list[tuple[int | None, str]]) -> str:
        """Put the parts together that have lines of their own."""
        header, segments = self.segments(piece)
        indent = " " * self.column(piece.units[0].start)
        shares_line = bool(self.text[self.line_start(piece.start) : piece.start].strip())
        kept = {index for index, _ in texts}
        # What is loose stays behind whatever is before it.
        behind: dict[int | None, str] = {}
        last: int | None = None
        for number, segment in enumerate(segments):
            last = number if number in kept else last
            behind[last] = behind.get(last, "") + segment.rest
        result = [header, behind.get(None, "")]
        for index, text in texts:
            end = "" if text and _BREAK.search(text[-1]) else self.newline
            lead = "" if index is None else segments[index].lead
            loose = "" if index is None else behind.get(index, "")
            result.append(f"{lead}{indent}{text}{end}{loose}")
        joined = "".join(result)
        if shares_line:
            joined = joined.lstrip()
        has_end = _BREAK.search(self.text[self.region_end(piece) - 1]) is not None
        return joined if has_end else joined.removesuffix(self.newline)

    def segments(self, piece: Piece) -> tuple[str, list[_Segment]]:
        """Return what is above the first part and stays there, and the lines of the parts."""
        leads: list[str] = []
        rests: list[str] = []
        end = self.first_line(piece)
        for unit in piece.units:
            start = max(end, self.line_start(unit.start))
            rest, lead = self.split(end, start)
            leads.append(lead)
            rests.append(rest)
            end = self.unit_end(unit, piece)
        header = rests[0]
        if not any(leads[1:]):
            # A single comment above all items is about all of them.
            header, leads[0] = header + leads[0], ""
        found = [
            _Segment(lead, unit.start, self.unit_end(unit, piece), rest)
            for lead, unit, rest in zip(leads, piece.units, [*rests[1:], ""], strict=True)
        ]
        return header, found

    def first_line(self, piece: Piece) -> int:
        """Return where the lines of a piece begin: with the comments above its first part."""
        start = self.line_start(piece.start)
        if self.text[start : piece.start].strip():
            return piece.start
        while start and self.is_filling(above := self.line_start(start - 1)):
            start = above
        return start

    def is_filling(self, start: int) -> bool:
        line = self.text[start : self.line_end(start)]
        return not line.strip() or _COMMENT_LINE.match(line) is not None

    def split(self, start: int, end: int) -> tuple[str, str]:
        """Split the lines between two parts: what is loose, and the comment above the second."""
        lines = _LINE.findall(self.text[start:end])
        lines = [line for line in lines if line]
        count = len(lines)
        while count and lines[count - 1].strip():
            count -= 1
        return "".join(lines[:count]), "".join(lines[count:])

    def in_brackets(self, piece: Piece, texts: list[tuple[int | None, str]]) -> str:
        """Put the parts together that are in brackets."""
        units = piece.units
        first, last = (units[0].start, units[-1].value.end) if units else (piece.end - 1,) * 2
        opening, closing = self.text[piece.start : first], self.text[last : piece.end]
        if not units or not _BREAK.search(self.text, piece.start, piece.end):
            return f"{opening}{', '.join(text for _, text in texts)}{closing}"
        return self.in_long_brackets(piece, texts)

    def in_long_brackets(self, piece: Piece, texts: list[tuple[int | None, str]]) -> str:
        """Put the parts together that are in brackets on several lines, with their comments."""
        position = opened = self.text.index(piece.opening, piece.start) + 1
        befores, afters = [], []
        for unit in piece.units:
            befores.append(self.text[position : unit.start])
            comma = _COMMA.match(self.text, unit.value.end)
            end = unit.value.end if comma is None else comma.end()
            beside = _COMMENT.match(self.text, end)
            position = end if beside is None else beside.end()
            afters.append(self.text[end:position])
        result = [self.text[piece.start : opened]]
        for number, (index, text) in enumerate(texts):
            is_last = number == len(texts) - 1
            fresh = f"{self.newline}{' ' * self.column(piece.units[-1].start)}"
            before, after = (fresh, "") if index is None else (befores[index], afters[index])
            result.append(f"{before}{text}{'' if is_last and comma is None else ','}{after}")
        return f"{''.join(result)}{self.text[position : piece.end]}"
