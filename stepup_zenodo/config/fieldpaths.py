"""From the paths of fields in answers of the server to the words of the configuration."""

import re
from collections.abc import Iterator, Mapping

from ..jsontypes import Json
from .configuration import Config
from .reading import written_path
from .table import fields

__all__ = ("config_path", "refused_fields")

_ELSEWHERE = {"files": "paths", "pids": "metadata"}
"""Where parts of a record belong that are no fields."""

_ENTRIES = "files.entries."
"""What stands before the name of a file, which may have dots."""

_INVALID = re.compile(r"Invalid value (.*?)\.?", re.DOTALL)


def config_path(name: str, config: Config | None = None) -> str:
    """Return the path in the configuration of a field that the server names.

    Parameters
    ----------
    name
        A path from an answer of the server, such as `metadata.rights.0.id`.
    config
        The configuration that was sent.
        It tells which of several keys an item of a shared field comes from.

    Returns
    -------
    path
        The canonical path, such as `metadata.license[0]`; unknown parts are kept.
    """
    if name.startswith("paths."):
        return name  # what follows is the name of a file, with dots of its own
    parts = _without_whole(tuple(name.split(".")))
    for size in (2, 1):
        field = fields().get(".".join(parts[:size]))
        if field is not None:
            return field.where(parts[size:], config)
    if name.startswith(_ENTRIES) and config is not None:
        listed = config.listed(name.removeprefix(_ENTRIES))
        return "paths" if listed is None else listed.where
    if parts[0] in _ELSEWHERE:
        return _ELSEWHERE[parts[0]]
    return written_path(parts).removeprefix(".")


def _without_whole(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return a path without what the server adds for an object that it finds wrong as a whole.

    It repeats the name of the list or of the object: `affiliations.0.affiliations`.
    """
    *before, last = parts
    if last == "_schema" or (last in before and (before[-1].isdecimal() or before[-1] == last)):
        return tuple(before)
    return parts


def refused_fields(message: str, values: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the fields that a refusal without field is about.

    Observed: an id that the server lacks is refused with the words `Invalid value <id>.` only.

    Parameters
    ----------
    message
        What the server says.
    values
        What was sent, by field.

    Returns
    -------
    paths
        The paths of all ids that are equal to the one in the message,
        in the words of the server, such as `metadata.rights.0.id`.
    """
    match = _INVALID.fullmatch(message)
    if match is None:
        return ()
    return tuple(path for path, id_ in _ids(values) if id_ == match[1])


def _ids(value: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the paths and the texts of all keys `id`, at any depth."""
    for key, item in value.items():
        if key == "id" and isinstance(item, str):
            yield key, item
        inner = {str(i): part for i, part in enumerate(item)} if isinstance(item, list) else item
        if isinstance(inner, dict):
            for path, id_ in _ids(inner):
                yield f"{key}.{path}", id_
