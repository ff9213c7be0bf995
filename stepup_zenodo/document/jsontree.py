"""Read JSON as a tree with places.

The standard library decides whether the text is valid, but it forgets all places.
So a valid text is walked through a second time, without any further checks.
"""

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]

from ..errors import Invalid, Place, Problem
from .nodes import (
    Entry,
    LineIndex,
    ListNode,
    MapNode,
    Node,
    ScalarKind,
    ScalarNode,
    check_limits,
    duplicate_key,
    too_deep,
)

__all__ = ("read_json",)

_BLANKS = re.compile(r"[ \t\n\r]*")
_WORD = re.compile(r"[-+.0-9a-zA-Z]+")
_WORDS = {"true": ScalarKind.TRUTH, "false": ScalarKind.TRUTH, "null": ScalarKind.NULL}


class _JsonWalker:
    """Walks through a text that is known to be valid."""

    def __init__(self, text: str, lines: LineIndex) -> None:
        self.text = text
        self.lines = lines
        self.index = 0
        self.count = 0
        self.problems: list[Problem] = []

    def place(self) -> Place:
        """Return the place of the next character that is not blank."""
        self.index = _BLANKS.match(self.text, self.index).end()  # type: ignore[union-attr]
        return self.lines.place(self.index)

    def char(self) -> str:
        self.place()
        return self.text[self.index]

    def node(self, depth: int = 0) -> Node:
        place = self.place()
        self.count += 1
        check_limits(place, depth, self.count, self.problems)
        match self.char():
            case "{":
                return self.mapping(place, depth)
            case "[":
                return self.sequence(place, depth)
            case '"':
                return ScalarNode(self.string(), ScalarKind.TEXT, place, quoted=True)
            case _:
                return self.word(place)

    def string(self) -> str:
        text, self.index = scanstring(self.text, self.index + 1, True)
        return str(text)

    def word(self, place: Place) -> ScalarNode:
        start = self.index
        self.index = _WORD.match(self.text, start).end()  # type: ignore[union-attr]
        word = self.text[start : self.index]
        number = ScalarKind.INTEGER if word.lstrip("-").isdigit() else ScalarKind.NUMBER
        return ScalarNode(word, _WORDS.get(word, number), place)

    def sequence(self, place: Place, depth: int) -> ListNode:
        items = []
        self.index += 1
        while self.char() != "]":
            items.append(self.node(depth + 1))
            if self.char() == ",":
                self.index += 1
        self.index += 1
        return ListNode(tuple(items), place)

    def mapping(self, place: Place, depth: int) -> MapNode:
        entries: dict[str, Entry] = {}
        self.index += 1
        while self.char() != "}":
            key_place = self.place()
            key = self.string()
            self.place()
            self.index += 1
            entry = Entry(key, key_place, self.node(depth + 1))
            first = entries.setdefault(key, entry)
            if first is not entry:
                self.problems.append(duplicate_key(entry, first))
            if self.char() == ",":
                self.index += 1
        self.index += 1
        return MapNode(tuple(entries.values()), place)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def read_json(text: str, lines: LineIndex) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read a JSON text.

    Parameters
    ----------
    text
        The text of the file, without byte order mark.
    lines
        The places in the text.

    Returns
    -------
    node, problems
        The tree, `None` for an empty file, and the problem of each duplicate key.

    Raises
    ------
    Invalid
        When the text cannot be read to its end.
    """
    if not text.strip():
        return None, ()
    try:
        # Numbers stay texts: Python refuses to convert those of thousands of digits.
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        message = f"the text is not valid JSON: {error.msg}"
        raise Invalid((Problem(message, place=lines.place(error.pos)),)) from None
    except RecursionError:
        raise Invalid((too_deep(lines.place(0)),)) from None
    except ValueError as error:
        message = f"the text is not valid JSON: {error}"
        raise Invalid((Problem(message, place=lines.place(0)),)) from None
    walker = _JsonWalker(text, lines)
    node = walker.node()
    return node, tuple(walker.problems)
