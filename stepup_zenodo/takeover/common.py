"""What it takes to make a configuration of another file about the same work."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..jsontypes import given, is_empty
from ..terms.vocabularies import ids, suggest

__all__ = (
    "Taken",
    "items",
    "language",
    "licenses",
    "listed",
    "mapping",
    "orcid_or_ror",
    "split_name",
    "text",
)

_Plain = dict[str, Any]
"""A part of a configuration as it is written."""


@attrs.define
class Taken:
    """A configuration that grows while another file is read."""

    config: _Plain = attrs.field(factory=lambda: {"metadata": {}})
    """The configuration, without empty values."""

    left: list[str] = attrs.field(factory=list)
    """What was not taken over, and why: one line each."""

    @property
    def metadata(self) -> _Plain:
        """The section `metadata`."""
        section: _Plain = self.config["metadata"]
        return section

    def put(self, key: str, value: object) -> None:
        """Set a field of the metadata unless the value is empty."""
        if not is_empty(value):
            self.metadata[key] = value

    def add(self, key: str, items: Iterable[object]) -> None:
        """Append to a field of the metadata that is a list, without repeating anything."""
        known = self.metadata.get(key, [])
        for item in items:
            if not is_empty(item) and item not in known:
                known.append(item)
        self.put(key, known)

    def put_top(self, key: str, value: object) -> None:
        """Set a field outside of the metadata unless the value is empty."""
        if not is_empty(value):
            self.config[key] = value

    def leave(self, what: str, why: str) -> None:
        """Say that something is not taken over."""
        self.left.append(f"{what}: {why}")

    def leave_record(self, what: str) -> None:
        """Say that an identifier given by Zenodo is not taken over."""
        self.leave(what, "Zenodo gives it; go on with its record by `stepup-zenodo adopt`")

    def leave_rest(self, data: Mapping[str, object], used: Iterable[str], prefix: str = "") -> None:
        """Say of all other keys that they are not taken over."""
        for key in data:
            if key not in used:
                self.leave(f"{prefix}{key}", "a record has no field for it")


def text(value: object) -> str:
    """Return a text without white space around it, empty for everything else."""
    return value.strip() if isinstance(value, str) else ""


def mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping, empty for everything else."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """Return the items of a list, or a single value as a list, empty for nothing."""
    if is_empty(value):
        return []
    return value if isinstance(value, list) else [value]


def items(data: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list with their paths, e.g. `authors[0]`."""
    for number, item in enumerate(listed(data.get(key))):
        yield f"{key}[{number}]", item


def split_name(name: str) -> _Plain:
    """Return the parts of a personal name; without a comma the last word is the family name."""
    family_name, comma, given_name = (part.strip() for part in name.partition(","))
    if not comma:
        given_name, _, family_name = name.strip().rpartition(" ")
    return given(family_name=family_name, given_name=given_name.strip())


def orcid_or_ror(address: str) -> _Plain:
    """Return an identifier as a mapping from its scheme, empty if it is another address."""
    match = re.search(r"orcid\.org/([\d-]{18}[\dXx])/?$", address)
    if match:
        return {"orcid": match[1]}
    match = re.search(r"ror\.org/(0\w{8})/?$", address)
    return {"ror": match[1]} if match else {}


def licenses(value: str) -> list[str]:
    """Return the ids in an SPDX licence expression or in the address of a licence.

    What is not an id is returned as it is, for the check to complain about it.
    """
    known = ids("licenses")
    expression = _license_of_address(value) or value.strip()
    parts = [part.strip(" ()") for part in re.split(r"\s+(?:AND|OR)\s+", expression)]
    return [part.lower() if part.lower() in known else part for part in parts if part]


def _license_of_address(value: str) -> str:
    """Return the id in the address of a licence, empty if it is another text."""
    match = re.fullmatch(r"https?://(?:www\.)?spdx\.org/licenses/([^/#]+?)(?:\.html)?/?", value)
    if match:
        return match[1]
    match = re.fullmatch(
        r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/([\d.]+).*", value
    )
    if match:
        return f"cc0-{match[2]}" if match[1] == "zero" else f"cc-{match[1]}-{match[2]}"
    return ""


def language(code: str) -> str:
    """Return the three-letter code of a language, also of a two-letter code or a locale."""
    short = re.split(r"[-_]", code)[0]
    close = suggest("languages", code, n=1) if len(short) == 2 else ()
    return close[0] if close else code
