"""Declare the keys of mappings, and make records of the mappings of a file.

A record is a frozen attrs class
whose attributes are made with [`key`][stepup_zenodo.config.structs.key].
Each key has a kind, which knows its value in the file and on the server,
and an explanation with an example.
Everything else follows from these declarations:
reading and sending, the way back, the JSON Schema and the reference pages.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

import attrs

from ..document.nodes import Entry, MapNode, Node, ScalarNode, missing_space
from ..errors import Problem
from ..jsontypes import Json, given, mapping
from ..terms.identifiers import detect, normalize
from .containers import UNREAD, all_of, read_all
from .ids import only_id
from .jsonschema import Definitions, Schema, any_of, object_of
from .reading import (
    At,
    Kind,
    Mention,
    closest,
    did_you_mean,
    kind_of_value,
    plain,
    shortened,
    written_path,
)

__all__ = ("Key", "Struct", "key", "keys")

T = TypeVar("T")

_KEY = "stepup_zenodo.key"


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

    field: str | None = None
    """The key of the server for it; `None` for the same name, empty for none."""

    heading: str = ""
    """The heading above it on the page of a record, when the page has one for it."""

    name: str = ""
    """Its first name, which is the name of the attribute."""

    default: object = None
    """The value of the attribute when the key is left out."""

    @property
    def sent_as(self) -> str:
        """The key of the server for it, empty for none."""
        return self.name if self.field is None else self.field


def key(
    kind: Kind[Any],
    doc: str,
    *,
    example: object = None,
    aliases: tuple[str, ...] = (),
    required: bool = False,
    default: object = None,
    field: str | None = None,
    heading: str = "",
) -> Any:  # noqa: ANN401, as attrs.field
    """Declare an attribute of a record that is read from a key of the same name.

    The parameters are the attributes of [`Key`][stepup_zenodo.config.structs.Key].
    """
    declared = Key(kind, doc, example, aliases, required, field, heading, default=default)
    return attrs.field(default=default, metadata={_KEY: declared})


_KEYS: dict[type, tuple[Key, ...]] = {}
"""The keys of the records that were asked for."""


def keys(cls: type) -> tuple[Key, ...]:
    """Return the keys of a record in the order of their declaration."""
    if cls not in _KEYS:
        _KEYS[cls] = tuple(
            attrs.evolve(field.metadata[_KEY], name=field.name)
            for field in attrs.fields(cls)
            if _KEY in field.metadata
        )
    return _KEYS[cls]


@kind_of_value
class Struct(Kind[T], Generic[T]):
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

    by_id: bool = False
    """Whether the server completes it from a vocabulary as soon as it has an id."""

    schemes: tuple[str, ...] = ()
    """Schemes of its own `identifier`, which the server then brings into a stored form."""

    written_short: bool = False
    """Whether it is written as the value of `shorthand` if it says nothing else."""

    rules: tuple[tuple[str, Any], ...] = ()
    """What the schema says about several keys."""

    @property
    def emptied(self) -> str:
        """How to write that the field is to be emptied."""
        return "{}" if self.can_be_empty else ""

    @property
    def words(self) -> str:
        """What is allowed."""
        return self.name

    def parse(self, node: Node, at: At) -> T:
        """Read a mapping, or the value that stands for it."""
        if self.shorthand and isinstance(node, ScalarNode):
            entry = Entry(self.shorthand, node.place, node)
            node = MapNode((entry,), node.place)
        if not isinstance(node, MapNode):
            hint = missing_space(node) if isinstance(node, ScalarNode) else ""
            hint = hint or f"allowed are the keys {_listed(keys(self.cls))}"
            raise self.mismatch(node, at, hint)
        if not node.entries and not self.can_be_empty:
            hint = f"allowed are the keys {_listed(keys(self.cls))}"
            raise at.wrong(f"the mapping is empty, expected {self.words}", hint)
        values = self.values(node, at)
        self.finish(values, at)
        all_of(values.values())
        return self.cls(**values)

    def sent(self, value: T) -> Json:
        """Return an object with what is given."""
        found = {
            declared.sent_as: declared.kind.sent(part)
            for declared in keys(self.cls)
            if declared.sent_as and (part := getattr(value, declared.name)) is not None
        }
        return given(**found)

    def stored(self, value: Json) -> Json:
        """Return an object as it is stored."""
        if not isinstance(value, dict):
            return plain(value)
        reduced = mapping(only_id(value)) if self.by_id else value
        kinds = self.kinds
        found = {
            name: kinds[name].stored(part) if name in kinds else plain(part)
            for name, part in reduced.items()
        }
        return self.with_identifier(given(**found))

    def with_identifier(self, value: dict[str, Json]) -> dict[str, Json]:
        """Return an object with its identifier in the stored form, and the scheme if found."""
        identifier = value.get("identifier")
        if not isinstance(identifier, str) or not self.schemes:
            return value
        scheme = value.get("scheme") or detect(identifier, self.schemes)
        if not isinstance(scheme, str) or scheme not in self.schemes:
            return value
        return {**value, "scheme": scheme, "identifier": normalize(scheme, identifier)}

    def sendable(self, value: Json) -> Json:
        """Return an object without what the server adds, also to its parts."""
        if not isinstance(value, dict):
            return value
        kinds = self.kinds
        return {
            name: kinds[name].sendable(part) if name in kinds else part
            for name, part in mapping(only_id(value) if self.by_id else value).items()
        }

    def taken_back(self, value: Json) -> Json:
        """Return the keys with the words for their values."""
        found = mapping(value)
        words = {
            declared.name: declared.kind.taken_back(found[declared.sent_as])
            for declared in keys(self.cls)
            if declared.sent_as in found
        }
        if self.written_short and words.keys() == {self.shorthand}:
            return words[self.shorthand]
        return given(**words)

    def mentions(self, value: Json, path: str) -> Iterator[Mention]:
        """Yield the ids in all parts."""
        kinds = self.kinds
        for name, part in mapping(value).items():
            if name in kinds:
                yield from kinds[name].mentions(part, f"{path}.{name}")

    def where(self, parts: tuple[str, ...]) -> str:
        """Return the place of a part, or of this if the server refuses it as a whole."""
        if not parts or parts[0] == "_schema":
            return ""
        for declared in keys(self.cls):
            if declared.sent_as == parts[0]:
                return f".{declared.name}{declared.kind.where(parts[1:])}"
        return written_path(parts)

    @property
    def kinds(self) -> dict[str, Kind[Any]]:
        """The kinds of the parts, by the keys of the server."""
        return {item.sent_as: item.kind for item in keys(self.cls) if item.sent_as}

    def schema(self, definitions: Definitions) -> Schema:
        """Return a mapping, or the value that stands for it."""
        name = self.cls.__name__.lstrip("_")
        schema = definitions.define(name, lambda: self.mapping_schema(definitions))
        if not self.shorthand:
            return schema
        short = next(item for item in keys(self.cls) if item.name == self.shorthand)
        return any_of(schema, short.kind.schema(definitions))

    def mapping_schema(self, definitions: Definitions) -> Schema:
        """Return a mapping."""
        properties: dict[str, Json] = {}
        required: list[Json] = []
        for declared in keys(self.cls):
            value = _shown(declared, definitions)
            properties[declared.name] = value
            for alias in declared.aliases:
                doc = f"Another name of `{declared.name}`. {declared.doc}"
                properties[alias] = {**value, "description": doc, "doNotSuggest": True}
            if declared.required:
                required.append(declared.name)
        more: Schema = {"required": required} if required else {}
        more.update(self.rules)
        if not self.can_be_empty:
            more["minProperties"] = 1
        if self.cls.__doc__:
            more["description"] = " ".join(self.cls.__doc__.split("\n\n")[0].split())
        return object_of(properties, **more)

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


def _shown(declared: Key, definitions: Definitions) -> Schema:
    """Return the schema of the value of a key, with what editors show."""
    shown: Schema = {"description": declared.doc}
    if isinstance(declared.default, str | int) and declared.default != "":
        shown["default"] = declared.default
    if declared.example is not None:
        shown["examples"] = [declared.example]  # type: ignore[list-item]
    return {**declared.kind.schema(definitions), **shown}
