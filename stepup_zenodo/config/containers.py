"""Lists, and values that can have several shapes."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from enum import Enum
from typing import Any, Generic, TypeVar

import attrs

from ..document.nodes import ListNode, MapNode, Node
from ..jsontypes import Json, is_empty
from .jsonschema import Definitions, Schema, any_of, list_of
from .reading import At, Kind, Mention, Unreadable, kind_of_value, written_path

__all__ = (
    "UNREAD",
    "ByShape",
    "Many",
    "Unread",
    "all_of",
    "read_all",
    "read_items",
    "repeated",
)

T = TypeVar("T")
U = TypeVar("U")


class Unread(Enum):
    """The value of a key or item that cannot be used, while the values beside it are read."""

    UNREAD = "unread"


UNREAD = Unread.UNREAD


@kind_of_value
class Many(Kind[tuple[T, ...]], Generic[T]):
    """A list of values of one kind; a single value counts as a list of one."""

    item: Kind[T]
    """What the items may be."""

    at_least: int = 0
    """The smallest number of items."""

    distinct: Callable[[T], Hashable] | None = None
    """What must differ between any two items; `None` when items may repeat."""

    @property
    def emptied(self) -> str:
        """How to write that the field is to be emptied."""
        return "" if self.at_least else "[]"

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"a list, each item being {self.item.words}"

    def parse(self, node: Node, at: At) -> tuple[T, ...]:
        """Read a list or a single value."""
        if isinstance(node, ListNode) and len(node.items) < self.at_least:
            message = f"the list is empty, expected {self.at_least} or more items"
            raise at.wrong(message, "the server does not publish records without it")
        items, places = read_items(self.item, node, at)
        if self.distinct is not None:
            for _, second, first in repeated(items, places, self.distinct):
                message = f"this is the same as in line {first.place.line}"
                second.wrong(message, "remove one of them: the server accepts each only once")
        return all_of(items)

    def sent(self, value: tuple[T, ...]) -> Json:
        """Return the items as a list, in their order."""
        return [self.item.sent(item) for item in value]

    def stored(self, value: Json) -> Json:
        """Return the items as they are stored, without empty ones."""
        if not isinstance(value, list):
            return self.item.stored(value)
        return [item for item in map(self.item.stored, value) if not is_empty(item)]

    def sendable(self, value: Json) -> Json:
        """Return the items without what the server adds."""
        if not isinstance(value, list):
            return self.item.sendable(value)
        return [self.item.sendable(item) for item in value]

    def taken_back(self, value: Json) -> Json:
        """Return the words for each item."""
        return [self.item.taken_back(item) for item in value] if isinstance(value, list) else value

    @property
    def is_list(self) -> bool:
        """True."""
        return True

    def claims(self, item: Json, is_last: bool) -> bool:
        """Return whether the items are of this kind."""
        return self.item.claims(item, is_last)

    def mentions(self, value: Json, path: str) -> Iterator[Mention]:
        """Yield the ids in all items."""
        for index, item in enumerate(value if isinstance(value, list) else []):
            yield from self.item.mentions(item, f"{path}.{index}")

    def where(self, parts: tuple[str, ...]) -> str:
        """Return the place in an item."""
        if not parts or not parts[0].isdecimal():
            return written_path(parts)
        return f"[{parts[0]}]{self.item.where(parts[1:])}"

    def schema(self, definitions: Definitions) -> Schema:
        """Return a list or a single item."""
        limits: Schema = {"minItems": self.at_least} if self.at_least else {}
        return list_of(self.item.schema(definitions), **limits)


def read_items(kind: Kind[T], node: Node, at: At) -> tuple[list[T | Unread], list[At]]:
    """Read the items of a list, or a single value as the only item, and return their places too."""
    if isinstance(node, ListNode):
        nodes = node.items
        places = [at.item(index, item) for index, item in enumerate(nodes)]
    else:
        nodes = (node,)
        places = [at.item(0, node, written="")]
    return read_all(zip([kind] * len(nodes), nodes, places, strict=True)), places


def repeated(
    items: Iterable[T | Unread], places: Iterable[At], identity: Callable[[T], Hashable]
) -> Iterator[tuple[T, At, At]]:
    """Yield items that are the same as an earlier one, with their places and that of the first.

    Parameters
    ----------
    items
        What was read.
    places
        Where it is given, one for each item.
    identity
        What must differ between any two items.
    """
    seen: dict[Hashable, At] = {}
    for item, at in zip(items, places, strict=True):
        if not isinstance(item, Unread):
            first = seen.setdefault(identity(item), at)
            if first is not at:
                yield item, at, first


def read_all(values: Iterable[tuple[Kind[T], Node, At]]) -> list[T | Unread]:
    """Read values one by one, so that the problems of all of them are noted."""
    results: list[T | Unread] = []
    for kind, node, at in values:
        try:
            results.append(kind.read(node, at))
        except Unreadable:
            results.append(UNREAD)
    return results


def all_of(items: Iterable[T | Unread]) -> tuple[T, ...]:
    """Return the items.

    Raises
    ------
    Unreadable
        At least one of them cannot be used.
    """
    result = []
    for item in items:
        if isinstance(item, Unread):
            raise Unreadable
        result.append(item)
    return tuple(result)


@kind_of_value
class ByShape(Kind[T | U], Generic[T, U]):
    """One kind for mappings, another for everything else and for mappings with the key `id`."""

    simple: Kind[T]
    """What a text may be."""

    mapping: Kind[U]
    """What a mapping may be."""

    @property
    def emptied(self) -> str:
        """How to write that the field is to be emptied."""
        return self.simple.emptied or self.mapping.emptied

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"{self.simple.words} or {self.mapping.words}"

    def parse(self, node: Node, at: At) -> T | U:
        """Read a value according to its shape."""
        if isinstance(node, MapNode) and not any(entry.key == "id" for entry in node.entries):
            return self.mapping.parse(node, at)
        return self.simple.parse(node, at)

    def sent(self, value: T | U) -> Json:
        """Return a value as its kind sends it."""
        kind: Kind[Any] = self.mapping if attrs.has(type(value)) else self.simple
        return kind.sent(value)

    def stored(self, value: Json) -> Json:
        """Return a value as its kind is stored."""
        return self.kind_of(value).stored(value)

    def sendable(self, value: Json) -> Json:
        """Return a value without what the server adds to its kind."""
        return self.kind_of(value).sendable(value)

    def taken_back(self, value: Json) -> Json:
        """Return the words of its kind."""
        return self.kind_of(value).taken_back(value)

    def kind_of(self, value: Json) -> Kind[Any]:
        """Return which kind a value of the server is."""
        is_mapping = isinstance(value, dict) and "id" not in value
        return self.mapping if is_mapping else self.simple

    def where(self, parts: tuple[str, ...]) -> str:
        """Return the place in a mapping, which has no id."""
        return (self.simple if parts == ("id",) else self.mapping).where(parts)

    def schema(self, definitions: Definitions) -> Schema:
        """Return both."""
        return any_of(self.simple.schema(definitions), self.mapping.schema(definitions))
