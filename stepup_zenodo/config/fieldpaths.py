"""From the paths of fields in answers of the server to the words of the configuration."""

import re
from collections.abc import Iterator, Mapping

from ..jsontypes import Json
from .customfields import NAMED
from .file import Config

__all__ = ("config_path", "refused_fields")

_INVALID = re.compile(r"Invalid value (.*?)\.?", re.DOTALL)

_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # What the server adds to the path of an object that it finds wrong as a whole.
        (r"\._schema$", ""),
        (r"(\.affiliations\[\d+\])\.affiliations$", r"\1"),
        (r"(\[\d+\])\.rights$", r"\1"),
        (r"(\[\d+\]\.award)\.award$", r"\1"),
        (r"(\[\d+\]\.funder)\.funder$", r"\1"),
        (r"(\[\d+\])\.subjects$", r"\1"),
        (r"(\[\d+\])\.locations$", r"\1"),
        # Names and levels that differ.
        (r"\.person_or_org\.name$", ".organization"),
        (r"\.person_or_org\b", ""),
        (r"^metadata\.rights\b", "metadata.license"),
        (r"^metadata\.related_identifiers\b", "metadata.related"),
        (r"^metadata\.locations\.features\b", "metadata.locations"),
        (r"^metadata\.subjects\[(\d+)\]\.id$", r"metadata.subjects"),
        (r"^metadata\.subjects\[(\d+)\](?:\.subject)?$", r"metadata.keywords"),
        (r"^files\.default_preview\b.*", "default_preview"),
        (r"^files\b.*", "paths"),
        (r"^pids\b.*", "metadata"),
        (r"\.lang\b", ".language"),
        (r"\.(title|description)\.[a-z]{2}(?:\.(?:key|value))?$", r".\1"),
        # Ids of organizations have a key of their own, those of terms and awards have not.
        (r"(\.affiliations\[\d+\]|\.funder)\.id$", r"\1.ror"),
        (r"(?<!\.award)\.id$", ""),
        # A mapping from schemes to identifiers has no keys for them.
        (r"(\.identifiers\[\d+\])\.(?:identifier|scheme)$", r"\1"),
    )
)


def config_path(field: str, config: Config | None = None) -> str:
    """Return the path in the configuration of a field that the server names.

    Parameters
    ----------
    field
        A path from an answer of the server, such as `metadata.rights.0.id`.
    config
        The configuration that was sent.
        It tells apart keywords and subjects, as well as notes and other descriptions,
        which share a field on the server.

    Returns
    -------
    path
        The canonical path, such as `metadata.license[0]`; unknown parts are kept.
    """
    path = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", field)
    shared = None if config is None else _shared_field(path, config)
    if shared is not None:
        return shared
    for pattern, replacement in _RULES:
        path = pattern.sub(replacement, path)
    match = re.match(r"custom_fields\.([^.\[\]]+)", path)
    if match is not None and match[1] in NAMED:
        path = NAMED[match[1]][0] + path[match.end() :]
    return path


def refused_fields(message: str, fields: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the fields that a refusal without field is about.

    Observed: an id that the server lacks is refused with the words `Invalid value <id>.` only.

    Parameters
    ----------
    message
        What the server says.
    fields
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
    return tuple(path for path, id_ in _ids(fields) if id_ == match[1])


def _ids(value: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the paths and the texts of all keys `id`, at any depth."""
    for key, item in value.items():
        if key == "id" and isinstance(item, str):
            yield key, item
        inner = {str(i): part for i, part in enumerate(item)} if isinstance(item, list) else item
        if isinstance(inner, dict):
            for path, id_ in _ids(inner):
                yield f"{key}.{path}", id_


def _shared_field(path: str, config: Config) -> str | None:
    """Return the path of an item if it is in a field that is made of two keys, else `None`."""
    match = re.match(r"metadata\.(subjects|additional_descriptions)\[(\d+)\]", path)
    if match is None:
        return None
    index = int(match[2])
    if match[1] == "subjects":
        first = len(config.metadata.subjects or ())
        is_subject = index < first
        name, position = ("subjects", index) if is_subject else ("keywords", index - first)
        return f"metadata.{name}[{position}]"
    first = len(config.metadata.additional_descriptions or ())
    return "metadata.notes" if index >= first and config.metadata.notes is not None else None
