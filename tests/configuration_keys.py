"""All keys of the configuration, found in its declarations."""

from collections.abc import Iterator
from typing import Any

import attrs

from stepup_zenodo.config.access import Access, Embargo
from stepup_zenodo.config.archives import ARCHIVE
from stepup_zenodo.config.configuration import CONFIG, Config
from stepup_zenodo.config.containers import ByShape, Many
from stepup_zenodo.config.locations import Location
from stepup_zenodo.config.metadata import Metadata
from stepup_zenodo.config.reading import Kind
from stepup_zenodo.config.structs import Key, Struct, keys

__all__ = ("Found", "cell", "found_keys", "records")


@attrs.frozen
class Found:
    """A key of a mapping, and where the mapping is in a configuration."""

    cls: type
    path: str
    key: Key


def records(kind: Kind[Any], path: str = "") -> Iterator[tuple[str, Struct[Any]]]:
    """Yield the mappings that a kind of value can be or have in it, with their paths."""
    if isinstance(kind, Many):
        yield from records(kind.item, f"{path}[]")
    elif isinstance(kind, ByShape):
        yield from records(kind.simple, path)
        yield from records(kind.mapping, path)
    elif isinstance(kind, Struct):
        yield path, kind
        for declared in keys(kind.cls):
            inner = f"{path}.{declared.name}" if path else declared.name
            if (kind.cls, declared.name) == (Access, "embargo"):
                yield inner, Struct(Embargo, "an embargo")
            elif (kind.cls, declared.name) == (Config, "paths"):
                yield from records(Many(ARCHIVE), inner)
            elif (kind.cls, declared.name) == (Metadata, "locations"):
                yield from records(Many(Struct(Location, "a location")), inner)
            else:
                yield from records(declared.kind, inner)


def found_keys() -> Iterator[Found]:
    """Yield all keys at all their places."""
    for path, record in records(CONFIG):
        for declared in keys(record.cls):
            yield Found(record.cls, f"{path}.{declared.name}" if path else declared.name, declared)


def cell(text: str) -> str:
    """Return text for a cell of a table."""
    return text.replace("|", "\\|")
