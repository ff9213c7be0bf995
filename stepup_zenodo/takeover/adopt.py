"""Make a configuration of a record that was made by other means."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs
import yaml

from ..config.endpoints import SANDBOX, ZENODO
from ..config.fields import DESCRIPTION, PREVIEW, config_words, sent_fields
from ..config.file import parse_leniently
from ..config.paths import ListedPath, key_of, path_problems
from ..errors import Invalid
from ..jsontypes import Json
from ..record.observed import Record

__all__ = ("Adopted", "adopted", "endpoint_in", "endpoint_of")


@attrs.frozen
class Adopted:
    """What a record says, in the words of a configuration."""

    config: Mapping[str, Any]
    """Values of the configuration, without paths of its own files."""

    description: str
    """HTML of the description, empty when there is none."""

    files: tuple[str, ...]
    """Names of the files that can be listed."""

    left: tuple[str, ...]
    """What the configuration has no words for: it stays on the server. One line each."""


def endpoint_of(text: str) -> str:
    """Return the endpoint of the record that an address or a DOI names, else the sandbox.

    The DOI prefix of Zenodo is also that of its sandbox at times, so that the address is safer.
    """
    return endpoint_in(text) or (ZENODO if "10.5281/" in text else SANDBOX)


def endpoint_in(text: str) -> str:
    """Return the endpoint of an address of a record, empty for an id or a DOI."""
    parts = urlsplit(text.strip())
    host = parts.hostname or ""
    is_address = parts.scheme in {"http", "https"}
    if not is_address or re.search(r"(^|\.)doi\.org$|^handle\.test\.datacite\.org$", host):
        return ""
    return f"{parts.scheme}://{parts.netloc}/api"


def adopted(record: Record, endpoint: str, like_zenodo: tuple[str, ...] = ()) -> Adopted:
    """Return how a configuration says what a record holds.

    Everything is read back as a configuration and compared, field by field:
    a field that would come out differently is left out, so that nobody changes it by accident.

    Parameters
    ----------
    record
        What the server holds.
    endpoint
        Where it is, which decides about the custom fields that there are.
    like_zenodo
        Hosts that have the rules of Zenodo besides its own.
    """
    config: dict[str, Any] = {}
    left: list[str] = []
    files = _files(record, left)
    description = ""
    for name, stored in record.fields.items():
        if stored is None or _is_usual(name, stored):
            continue
        if name == DESCRIPTION:
            description = str(stored)
            continue
        if name == PREVIEW and stored not in files:
            left.append(f"{name}: it is a file that cannot be listed")
            continue
        words = {path: word for path, word in config_words(name, stored).items() if word}
        if name != PREVIEW and not _says(words, name, stored, (endpoint, like_zenodo)):
            left.append(f"{name}: the configuration has no words for it")
            continue
        for path, word in words.items():
            _put(config, path, word)
    return Adopted(config, description, files, tuple(left))


def _is_usual(name: str, value: Json) -> bool:
    """Return whether a value is what every record has."""
    return name == "access" and value == {"record": "public", "files": "public"}


def _files(record: Record, left: list[str]) -> tuple[str, ...]:
    """Return the names of the files that can be listed, and add the others to what is left."""
    files = []
    for key in sorted(record.files):
        problems = path_problems([ListedPath(key, key_of(key))])
        if not record.files[key].completed:
            left.append(f"{key!r}: its upload is not complete")
        elif key_of(key) != key or problems:
            left.append(f"{key!r}: a configuration cannot list a file with this name")
        else:
            files.append(key)
    return tuple(files)


def _says(
    words: Mapping[str, Json], name: str, stored: Json, where: tuple[str, tuple[str, ...]]
) -> bool:
    """Return whether a configuration with certain words says that a field has a certain value."""
    endpoint, like_zenodo = where
    values: dict[str, Any] = {"endpoint": endpoint}
    for path, word in words.items():
        _put(values, path, word)
    if not words:
        return False
    try:
        # Ids that the vocabularies of this package lack are the server's own.
        text = yaml.safe_dump(values, allow_unicode=True)
        config, _ = parse_leniently(text, "zenodo.yaml", like_zenodo=like_zenodo)
        fields = sent_fields(config)
    except Invalid:
        return False
    return fields.get(name) == stored


def _put(config: dict[str, Any], path: str, value: Json) -> None:
    """Put a value at a path such as `metadata.title`, whose second part may contain anything."""
    section, dot, key = path.partition(".")
    if dot:
        config.setdefault(section, {})[key] = value
    else:
        config[section] = value
