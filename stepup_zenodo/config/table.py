"""The table of fields: which keys of the configuration say what about a record.

A field is named by its place in the JSON of the server:
`metadata.<key>`, `custom_fields.<key>`, `access` or `files.default_preview`.
The names are declared with the keys of the configuration,
so that this table is a walk over the declarations.
"""

from collections.abc import Mapping
from functools import cache
from itertools import zip_longest
from typing import Any

import attrs

from ..jsontypes import Json, is_empty
from .configuration import CUSTOM, Config, custom_kinds
from .metadata import Metadata
from .reading import Kind
from .structs import Key, keys

__all__ = ("METADATA", "BoundKey", "Field", "field_of", "fields")

METADATA = "metadata"
"""The section of the configuration and of the record that say something about the work."""


@attrs.frozen
class BoundKey:
    """A key of the configuration that says something about a field."""

    path: str
    """Where the key is, e.g. `metadata.keywords`."""

    kind: Kind[Any]
    """What its value may be."""

    heading: str
    """Its heading on the page of a record, empty for none."""

    def value(self, config: Config) -> Any:  # noqa: ANN401, as the kinds differ
        """Return its value in a configuration, `None` when it is left out."""
        section, _, name = self.path.rpartition(".")
        if section == CUSTOM.removesuffix("."):
            return dict(config.custom_fields).get(name)
        return getattr(config.metadata if section == METADATA else config, name)


@attrs.frozen
class Field:
    """A field of a record."""

    name: str
    """E.g. `metadata.subjects`."""

    keys: tuple[BoundKey, ...]
    """The keys for it. With several, each has a part of the list, in this order,
    and the first one has what none of the others claims."""

    @property
    def kind(self) -> Kind[Any]:
        """What the value may be; a part of it for several keys."""
        return self.keys[0].kind

    @property
    def heading(self) -> str:
        """The heading on the page of a record, empty for none."""
        return next((bound.heading for bound in self.keys if bound.heading), "")

    def is_managed(self, config: Config) -> bool:
        """Return whether a configuration says something about the field."""
        return any(bound.value(config) is not None for bound in self.keys)

    def sent(self, config: Config) -> Json:
        """Return what a configuration says, in normal form; `None` for nothing."""
        sent = [_sent(bound, config) for bound in self.keys]
        if len(self.keys) == 1:
            return sent[0]
        return [item for part in sent for item in _items(part)] or None

    def normal(self, value: Json) -> Json:
        """Return a value of the server in normal form; `None` for nothing."""
        if len(self.keys) == 1 or not isinstance(value, list):
            return _or_nothing(self.kind.stored(value))
        stored = (
            _items(bound.kind.stored(part))
            for bound, part in zip(self.keys, self._parts(value), strict=True)
            if not is_empty(part)
        )
        return [item for part in stored for item in part] or None

    def sendable(self, value: Json) -> Json:
        """Return a value of the server in a form that can be sent back."""
        return self.kind.sendable(value)

    def taken_back(self, value: Json) -> dict[str, Json]:
        """Return the words for a value in normal form, by the paths of the keys."""
        parts = self._parts(value) if isinstance(value, list) else (value,)
        words = {}
        for bound, part in zip_longest(self.keys, parts):
            nothing = is_empty(part)
            words[bound.path] = bound.kind.blank if nothing else bound.kind.taken_back(part)
        return words

    def _parts(self, items: list[Json]) -> tuple[Json, ...]:
        """Return the part of a list for each key."""
        rest, parts = items, []
        for bound in self.keys[1:]:
            claimed = [bound.kind.claims(item, item is rest[-1]) for item in rest]
            part = [item for item, mine in zip(rest, claimed, strict=True) if mine]
            rest = [item for item, mine in zip(rest, claimed, strict=True) if not mine]
            parts.append(part if bound.kind.is_list or not part else part[0])
        return (rest, *parts)

    def where(self, parts: tuple[str, ...], config: Config | None) -> str:
        """Return the path in the configuration of what is at a path below the field."""
        bound = self.keys[0]
        if config is not None and len(self.keys) > 1:
            if parts and parts[0].isdecimal():
                bound, index = self._key_of_item(int(parts[0]), config)
                parts = (str(index), *parts[1:])
            else:
                given = (bound for bound in self.keys if bound.value(config) is not None)
                bound = next(given, bound)
        return bound.path + bound.kind.where(parts)

    def _key_of_item(self, index: int, config: Config) -> tuple[BoundKey, int]:
        """Return which key an item of the list comes from, and its index there."""
        before = 0
        for bound in self.keys:
            number = len(_items(_sent(bound, config)))
            if before <= index < before + number:
                return bound, index - before
            before += number
        return self.keys[0], index


def _sent(bound: BoundKey, config: Config) -> Json:
    """Return what a key of a configuration says, in normal form; `None` for nothing."""
    value = bound.value(config)
    return None if value is None else _or_nothing(bound.kind.sent(value))


def _or_nothing(value: Json) -> Json:
    return None if is_empty(value) else value


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if is_empty(value) else [value]


@cache
def fields() -> Mapping[str, Field]:
    """Return all fields that have keys, by their names."""
    found: dict[str, list[BoundKey]] = {}
    for declared in keys(Config):
        if declared.field:
            _add(found, declared.field, declared.name, declared)
    for declared in keys(Metadata):
        name = f"{METADATA}.{declared.sent_as}"
        _add(found, name, f"{METADATA}.{declared.name}", declared)
    table = {name: Field(name, tuple(bound)) for name, bound in found.items()}
    for name, kind in custom_kinds().items():
        path = f"{CUSTOM}{name}"
        table.setdefault(path, Field(path, (BoundKey(path, kind, ""),)))
    return table


def _add(found: dict[str, list[BoundKey]], name: str, path: str, declared: Key) -> None:
    """Add a key to those of a field; the one with the name of the server comes first."""
    bound = found.setdefault(name, [])
    bound.insert(0 if path == name else len(bound), BoundKey(path, declared.kind, declared.heading))


def field_of(path: str) -> Field:
    """Return the field that a key of the configuration is about.

    Parameters
    ----------
    path
        E.g. `metadata.keywords`.
    """
    return _by_path()[path]


@cache
def _by_path() -> Mapping[str, Field]:
    return {bound.path: field for field in fields().values() for bound in field.keys}
