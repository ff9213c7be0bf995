"""Declare records of the configuration, and read lists and mappings.

A record is a frozen attrs class whose attributes are made with [`key`][stepup_zenodo.shapes.key].
Each key has a kind, which reads a value, and an explanation with an example,
so that the same declaration makes the reader, the JSON Schema and the reference page.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

import attrs

from .errors import Problem
from .nodes import Entry, ListNode, MapNode, Node, ScalarNode
from .reading import At, Kind, Unreadable, shortened

__all__ = ("ByShape", "Key", "Many", "Record", "key", "keys", "read_all")

T = TypeVar("T")
U = TypeVar("U")

_KEY = "stepup_zenodo.key"


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
    def emptied(self) -> str:  # type: ignore[override]
        """How to write that the field is to be emptied."""
        return "" if self.at_least else "[]"

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"a list, each item being {self.item.words}"

    def take(self, node: Node, at: At) -> tuple[T, ...]:
        """Read a list or a single value."""
        if not isinstance(node, ListNode):
            return (self.item.read(node, at.item(0, node, written="")),)
        if len(node.items) < self.at_least:
            message = f"the list is empty, expected {self.at_least} or more items"
            raise at.wrong(message, "the server does not publish records without it")
        places = tuple(at.item(index, item) for index, item in enumerate(node.items))
        items = read_all(
            (self.item, item, place) for item, place in zip(node.items, places, strict=True)
        )
        self.check_distinct(items, places)
        return tuple(items)

    def check_distinct(self, items: Iterable[T], places: Iterable[At]) -> None:
        """Note items that are the same as an earlier one."""
        if self.distinct is None:
            return
        seen: dict[Hashable, At] = {}
        for item, at in zip(items, places, strict=True):
            first = seen.setdefault(self.distinct(item), at)
            if first is not at:
                message = f"this is the same as in line {first.place.line}"
                at.wrong(message, "remove one of them: the server accepts each only once")


def read_all(values: Iterable[tuple[Kind[T], Node, At]]) -> list[T]:
    """Read values one by one, so that the problems of all of them are noted.

    Raises
    ------
    Unreadable
        At least one of the values cannot be used.
    """
    results = []
    failed: Unreadable | None = None
    for kind, node, at in values:
        try:
            results.append(kind.read(node, at))
        except Unreadable as error:
            failed = error
    if failed is not None:
        raise failed
    return results


@attrs.frozen
class ByShape(Kind[T | U], Generic[T, U]):
    """One kind for mappings, another for everything else and for mappings with the key `id`."""

    simple: Kind[T]
    """What a text may be."""

    mapping: Kind[U]
    """What a mapping may be."""

    @property
    def emptied(self) -> str:  # type: ignore[override]
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

    The parameters are the attributes of [`Key`][stepup_zenodo.shapes.Key].
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

    finish: Callable[[T, At], T] | None = None
    """Checks that concern several keys, and simplification."""

    shorthand: str = ""
    """The key of which a value that is no mapping is taken to be the value."""

    can_be_empty: bool = False
    """Whether an empty mapping is allowed and empties the field."""

    elsewhere: Callable[[str], str] = lambda _: ""
    """Tells where keys belong that users may expect here, empty for all others."""

    @property
    def emptied(self) -> str:  # type: ignore[override]
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
            node = MapNode((entry,), node.place, 2)
        if not isinstance(node, MapNode):
            hint = f"allowed are the keys {_listed(keys(self.cls))}"
            raise self.mismatch(node, at, hint)
        if not node.entries and not self.can_be_empty:
            hint = f"allowed are the keys {_listed(keys(self.cls))}"
            raise at.wrong(f"the mapping is empty, expected {self.words}", hint)
        record = self.cls(**self.values(node, at))
        return record if self.finish is None else self.finish(record, at)

    def values(self, node: MapNode, at: At) -> dict[str, Any]:
        """Read the values of the keys."""
        declared = keys(self.cls)
        names = {name: key for key in declared for name in (key.name, *key.aliases)}
        values: dict[str, Any] = {}
        first: dict[str, Entry] = {}
        failed = False
        for entry in node.entries:
            try:
                known = self.known_key(entry, names, at)
                if known.name in first:
                    raise _doubled(entry, first[known.name], at)
                first[known.name] = entry
                values[known.name] = known.kind.read(entry.value, at.key(known.name, entry))
            except Unreadable:
                failed = True
        for known in declared:
            if known.required and known.name not in first:
                at.wrong(f"the key {known.name} is missing, expected {known.kind.words}")
                failed = True
        if failed:
            raise Unreadable
        return values

    def known_key(self, entry: Entry, names: Mapping[str, Key], at: At) -> Key:
        """Return the declaration of a key."""
        if entry.key in names:
            return names[entry.key]
        hint = self.elsewhere(entry.key)
        if not hint:
            close = get_close_matches(entry.key[:40].lower().replace("-", "_"), names, n=1)
            hint = (
                f"did you mean {close[0]}?" if close else f"allowed are {_listed(names.values())}"
            )
        problem = Problem(
            f"the key {shortened(entry.key)} is unknown", at.written, entry.place, hint
        )
        raise at.note(problem)


def _listed(declared: Iterable[Key]) -> str:
    """Return the names of keys, as few as possible for each of them."""
    return ", ".join(dict.fromkeys(key.name for key in declared))


def _doubled(entry: Entry, first: Entry, at: At) -> Unreadable:
    message = f"the keys {first.key} and {entry.key} are two names of the same"
    return at.note(Problem(message, at.written, entry.place, "remove one of them"))
