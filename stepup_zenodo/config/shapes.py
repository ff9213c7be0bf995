"""Declare records of the configuration, and read lists and mappings.

A record is a frozen attrs class
whose attributes are made with [`key`][stepup_zenodo.config.shapes.key].
Each key has a kind, which reads a value, and an explanation with an example,
so that the same declaration makes the reader, the JSON Schema and the reference page.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Generic, TypeVar

import attrs

from ..document.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from ..errors import Problem
from .reading import At, Kind, Unreadable, closest, did_you_mean, shortened

__all__ = (
    "UNREAD",
    "ByShape",
    "Key",
    "Many",
    "Record",
    "Unread",
    "all_of",
    "key",
    "keys",
    "read_all",
    "read_items",
    "repeated",
)

T = TypeVar("T")
U = TypeVar("U")

_KEY = "stepup_zenodo.key"


class Unread(Enum):
    """The value of a key or item that cannot be used, while the values beside it are read."""

    UNREAD = "unread"


UNREAD = Unread.UNREAD


@attrs.frozen
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

    def take(self, node: Node, at: At) -> tuple[T, ...]:
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


@attrs.frozen
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

    def take(self, node: Node, at: At) -> T | U:
        """Read a value according to its shape."""
        if isinstance(node, MapNode) and not any(entry.key == "id" for entry in node.entries):
            return self.mapping.take(node, at)
        return self.simple.take(node, at)


@attrs.frozen
class Key:
    """A key of a record."""

    kind: Kind[Any]
    """What its value may be."""

    doc: str
    """What it means, in Markdown."""

    example: object = None
    """A value as it is written in a file; `None` when the kind explains itself."""

    aliases: tuple[str, ...] = ()
    """Other names that are accepted."""

    required: bool = False
    """Whether a record without it is a problem."""

    name: str = ""
    """Its first name, which is the name of the attribute."""

    default: object = None
    """The value of the attribute when the key is left out."""


def key(
    kind: Kind[Any],
    doc: str,
    *,
    example: object = None,
    aliases: tuple[str, ...] = (),
    required: bool = False,
    default: object = None,
) -> Any:  # noqa: ANN401, as attrs.field
    """Declare an attribute of a record that is read from a key of the same name.

    The parameters are the attributes of [`Key`][stepup_zenodo.config.shapes.Key].
    """
    declared = Key(kind, doc, example, aliases, required, default=default)
    return attrs.field(default=default, metadata={_KEY: declared})


def keys(cls: type) -> tuple[Key, ...]:
    """Return the keys of a record in the order of their declaration."""
    return tuple(
        attrs.evolve(field.metadata[_KEY], name=field.name)
        for field in attrs.fields(cls)
        if _KEY in field.metadata
    )


@attrs.frozen
class Record(Kind[T], Generic[T]):
    """A mapping that becomes a record."""

    cls: type[T]
    """The class of the record."""

    name: str
    """What it is in the language of users, with article."""

    finish: Callable[[dict[str, Any], At], None] = lambda _values, _at: None
    """Checks and changes what concerns several keys.

    It gets the values of the keys that are given, `UNREAD` for those that cannot be used,
    and is called although there are such.
    """

    shorthand: str = ""
    """The key of which a value that is no mapping is taken to be the value."""

    can_be_empty: bool = False
    """Whether an empty mapping is allowed and empties the field."""

    elsewhere: Callable[[str], str] = lambda _: ""
    """Tells where keys belong that users may expect here, empty for all others."""

    @property
    def emptied(self) -> str:
        """How to write that the field is to be emptied."""
        return "{}" if self.can_be_empty else ""

    @property
    def words(self) -> str:
        """What is allowed."""
        return self.name

    def take(self, node: Node, at: At) -> T:
        """Read a mapping, or the value that stands for it."""
        if self.shorthand and isinstance(node, ScalarNode):
            entry = Entry(self.shorthand, node.place, node)
            node = MapNode((entry,), node.place)
        if not isinstance(node, MapNode):
            hint = f"allowed are the keys {_listed(keys(self.cls))}"
            raise self.mismatch(node, at, hint)
        if not node.entries and not self.can_be_empty:
            hint = f"allowed are the keys {_listed(keys(self.cls))}"
            raise at.wrong(f"the mapping is empty, expected {self.words}", hint)
        values = self.values(node, at)
        self.finish(values, at)
        all_of(values.values())
        return self.cls(**values)

    def values(self, node: MapNode, at: At) -> dict[str, Any]:
        """Read the values of the keys."""
        names = {name: key for key in keys(self.cls) for name in (key.name, *key.aliases)}
        values: dict[str, Any] = {}
        first: dict[str, str] = {}
        for entry in node.entries:
            known = self.known_key(entry, names, at)
            if known is None:
                continue
            if entry.key not in names:
                values.setdefault(known.name, UNREAD)
            elif known.name in first:
                message = f"the keys {first[known.name]} and {entry.key} mean the same"
                at.note(Problem(message, at.written, entry.place, "remove one of them"))
            else:
                first[known.name] = entry.key
                (value,) = read_all([(known.kind, entry.value, at.key(known.name, entry))])
                values[known.name] = value
        for known in names.values():
            if known.required and known.name not in values:
                is_text = isinstance(known.example, str)
                hint = f"for example {known.name}: {known.example}" if is_text else ""
                at.wrong(f"the key {known.name} is missing, expected {known.kind.words}", hint)
                values[known.name] = UNREAD
        return values

    def known_key(self, entry: Entry, names: Mapping[str, Key], at: At) -> Key | None:
        """Return the key that is meant, `None` when that cannot be guessed."""
        if entry.key in names:
            return names[entry.key]
        hint = self.elsewhere(entry.key)
        close = "" if hint else closest(entry.key.lower().replace("-", "_"), names)
        hint = hint or did_you_mean(close, f"allowed are {_listed(names.values())}")
        message = f"the key {shortened(entry.key)} is unknown"
        at.note(Problem(message, at.written, entry.place, hint))
        return names.get(close)


def _listed(declared: Iterable[Key]) -> str:
    """Return the names of keys, as few as possible for each of them."""
    return ", ".join(dict.fromkeys(key.name for key in declared))
