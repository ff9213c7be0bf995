"""What a record on the server and a project on the disk hold, item by item.

An item is a field of the metadata or a file. Both sides are read without the program,
and each value gets one form, so that it can be compared.
"""

import hashlib
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

__all__ = (
    "ABSENT",
    "DATE",
    "FILE",
    "FORGOTTEN",
    "LISTS",
    "PENDING",
    "VERSION",
    "WORDS",
    "Items",
    "Json",
    "local_items",
    "md5",
    "others",
    "record_items",
    "shown_name",
)

Json = Any
"""A JSON document."""

Value = str
"""One form of each value; equal values are equal texts."""

Items = Mapping[str, Value]
"""Values by name; what is absent is not in it."""

FILE = "file:"
"""What the names of files begin with."""

ABSENT = ""
"""The value of an item that is not there."""

PENDING = "pending"
"""The value of a file that is declared, and whose content is not complete."""

VERSION, DATE = "metadata.version", "metadata.publication_date"
FORGOTTEN = frozenset({VERSION, DATE})
"""Fields that the server changes when it starts a version."""

WORDS: Mapping[str, str] = {
    "metadata.title": "metadata.title",
    "metadata.publisher": "metadata.publisher",
    VERSION: "metadata.version",
    DATE: "metadata.publication_date",
    "metadata.subjects": "metadata.keywords",
    "metadata.creators": "metadata.creators",
    "metadata.rights": "metadata.license",
    "metadata.description": "path_readme",
    "custom_fields.journal:journal": "journal",
}
"""How the fields are called on the server, and in the configuration."""

LISTS = frozenset({"metadata.subjects", "metadata.creators"})
"""Fields that are compared item by item."""


def md5(content: bytes) -> str:
    return f"md5:{hashlib.md5(content).hexdigest()}"


def text_of(document: str) -> str:
    """Return the words of HTML, or of Markdown that is nothing but paragraphs."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", document)).split())


def canonical(value: Json) -> Value:
    """Return one form of a value; nothing and all that is empty are absent."""
    return json.dumps(value, sort_keys=True) if value else ABSENT


def _people(creators: Json) -> Json:
    found = []
    for creator in creators:
        who = creator.get("person_or_org", creator)
        found.append([who["family_name"], who.get("given_name", "")])
    return found


def record_items(record: Json) -> dict[str, Value]:
    """Return what a draft or a published version holds, from the JSON of the server."""
    metadata, custom = record["metadata"], record.get("custom_fields", {})
    fields = {
        "metadata.title": metadata.get("title"),
        "metadata.publisher": metadata.get("publisher"),
        VERSION: metadata.get("version"),
        DATE: metadata.get("publication_date"),
        "metadata.subjects": [item["subject"] for item in metadata.get("subjects", [])],
        "metadata.creators": _people(metadata.get("creators", [])),
        "metadata.rights": [item["id"] for item in metadata.get("rights", [])],
        "metadata.description": text_of(metadata.get("description", "")),
        "custom_fields.journal:journal": custom.get("journal:journal"),
    }
    entries = record["files"].get("entries", {})
    files = {f"{FILE}{key}": entry.get("checksum") or PENDING for key, entry in entries.items()}
    found = {name: canonical(value) for name, value in fields.items()}
    return {name: value for name, value in found.items() if value != ABSENT} | files


def others(record: Json) -> Json:
    """Return what a record holds besides its items: fields that no configuration mentions."""
    metadata = {key: value for key, value in record["metadata"].items() if key not in _OWN}
    custom = dict(record.get("custom_fields", {}))
    custom.pop("journal:journal", None)
    access = {key: value for key, value in record["access"].items() if key != "status"}
    return {"metadata": metadata, "custom_fields": custom, "access": access}


_OWN = frozenset(name.partition(".")[2] for name in WORDS)


def local_items(folder: Path) -> dict[str, Value]:
    """Return what a project wants its record to hold; `ABSENT` for fields that it empties.

    Fields that are not mentioned are not in it.
    """
    config = yaml.safe_load((folder / "zenodo.yaml").read_text())
    metadata = config["metadata"]
    found: dict[str, Json] = {}
    for name, words in WORDS.items():
        key = words.rpartition(".")[2]
        section = metadata if words.startswith("metadata.") else config
        if key in section:
            found[name] = section[key]
    if "metadata.creators" in found:
        found["metadata.creators"] = _people(found["metadata.creators"])
    if "metadata.description" in found:
        found["metadata.description"] = text_of((folder / config["path_readme"]).read_text())
    files = {f"{FILE}{Path(p).name}": md5((folder / p).read_bytes()) for p in config["paths"]}
    return {name: canonical(value) for name, value in found.items()} | files


def shown_name(name: str) -> str:
    """Return how the program calls an item in what it says about it."""
    if name.startswith(FILE):
        return repr(name.removeprefix(FILE))
    return name if WORDS[name] == "path_readme" else WORDS[name]
