"""The reference pages agree with the program, and each of their examples can be used."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from stepup_zenodo.config.endpoints import SANDBOX
from stepup_zenodo.config.file import parse_config

from .configuration_keys import Found, found_keys
from .generate_reference import CONFIGURATION, FIELDS

COMPANIONS: Mapping[str, Mapping[str, Any]] = {
    "Person": {"family_name": "Curie"},
    "Contributor": {"family_name": "Curie"},
    "RelatedSource": {"input": "data"},
    "RelatedSource.record": {"relation_type": "cites"},
    "Award": {"title": "Examples"},
    "Embargo": {"until": "2090-01-01"},
    "Reference.scheme": {"identifier": "10.1234/example"},
    "Person.given_name": {"family_name": "Curie"},
}
"""What must stand beside keys that are not required by themselves."""

ALONE = {"Person.name", "Person.organization", "Contributor.name", "Contributor.organization"}
ALONE |= {"Award.id"}
"""Keys that exclude their companions."""

KEYS = list(found_keys())


def test_blocks_can_be_used() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)

    assert [block for block in blocks if block[0] != "yaml"] == [
        ("bash", "stepup-zenodo schema > .zenodo-schema.json\n")
    ]
    shown = [block for language, block in blocks if language == "yaml"]
    assert len(shown) > 45
    for block in shown:
        parse_config(block, "zenodo.yaml")


def wrapped(found: Found, value: object) -> dict[str, Any]:
    """Return a configuration with the value of a key at its place."""
    *outer, last = found.path.split(".")
    inner: Any = {**beside(found), last.removesuffix("[]"): value}
    for step in reversed(outer):
        name = step.removesuffix("[]")
        inner = [inner] if step.endswith("[]") else inner
        inner = {**around(name), name: inner}
    assert isinstance(inner, dict)
    return inner


def beside(found: Found) -> dict[str, Any]:
    """Return what must stand beside a key."""
    name = f"{found.cls.__name__}.{found.key.name}"
    needed = [other for other in KEYS if other.cls is found.cls and other.key.required]
    result = {other.key.name: other.key.example for other in needed}
    if name not in ALONE:
        result |= COMPANIONS.get(name, COMPANIONS.get(found.cls.__name__, {}))
    return result


def around(name: str) -> dict[str, Any]:
    """Return what must stand beside a key with a mapping in it."""
    if name == "affiliations":
        return {"family_name": "Curie", "role": "editor"}
    return {"funder": {"name": "Example"}} if name == "award" else {}


@pytest.mark.parametrize("found", KEYS, ids=lambda found: found.path)
def test_each_example_can_be_used(found: Found) -> None:
    """Also those in tables, and under all names of a key."""
    config = wrapped(found, found.key.example)
    text = yaml.safe_dump(config, allow_unicode=True)
    assert parse_config(text, "zenodo.yaml").file == "zenodo.yaml"

    last = found.path.rpartition(".")[2]
    for alias in found.key.aliases:
        other = re.sub(rf"\b{last}:", f"{alias}:", text)
        assert parse_config(other, "zenodo.yaml") == parse_config(text, "zenodo.yaml")


def test_all_keys_are_explained() -> None:
    incomplete = [found.path for found in KEYS if not found.key.doc.endswith((".", ":"))]
    assert incomplete == []
    assert [found.path for found in KEYS if found.key.example is None] == []


def test_all_fields_are_in_the_table() -> None:
    text = FIELDS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.*?)` \|(.*?)\|(.*?)\|(.*?)\|(.*?)\|$", text, re.MULTILINE)

    assert [row[0] for row in rows] == [found.path for found in KEYS]
    assert all(row[1].strip() and row[2].strip() for row in rows)


def test_links_lead_somewhere() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    anchors = {
        re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    links = re.findall(r"\]\(([^):]+)\)", text)

    assert {link for link in links if link.startswith("#")} <= {f"#{name}" for name in anchors}
    files = {link for link in links if not link.startswith("#")}
    assert {name for name in files if not (CONFIGURATION.parent / name).exists()} == set()
    assert SANDBOX in text
