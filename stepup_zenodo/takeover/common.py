"""What other files about a work have in common when a configuration is made of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ..terms.vocabularies import ids, suggest

__all__ = (
    "Taken",
    "language",
    "licenses",
    "listed",
    "mapping",
    "orcid_or_ror",
    "split_name",
    "text",
)

Plain = dict[str, Any]
"""A part of a configuration as it is written."""


@attrs.define
class Taken:
    """A configuration that grows while another file is read."""

    config: Plain = attrs.field(factory=lambda: {"metadata": {}})
    """The configuration, without empty values."""

    left: list[str] = attrs.field(factory=list)
    """What was not taken over, and why: one line each."""

    @property
    def metadata(self) -> Plain:
        """The section `metadata`."""
        section: Plain = self.config["metadata"]
        return section

    def put(self, key: str, value: object) -> None:
        """Set a field of the metadata unless the value is empty."""
        if value not in (None, "", [], {}):
            self.metadata[key] = value

    def add(self, key: str, items: Iterable[object]) -> None:
        """Append to a field of the metadata that is a list, without repeating anything."""
        new = [item for item in items if item not in (None, "", [], {})]
        known = self.metadata.setdefault(key, [])
        known += [item for i, item in enumerate(new) if item not in known and item not in new[:i]]
        if not known:
            del self.metadata[key]

    def put_top(self, key: str, value: object) -> None:
        """Set a field outside of the metadata unless the value is empty."""
        if value not in (None, "", [], {}):
            self.config[key] = value

    def leave(self, what: str, why: str) -> None:
        """Say that something is not taken over."""
        self.left.append(f"{what}: {why}")

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
    if value in (None, "", {}):
        return []
    return value if isinstance(value, list) else [value]


def split_name(name: str) -> Plain:
    """Return the parts of a personal name; without a comma the last word is the family name."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if not comma:
        given, _, family = name.strip().rpartition(" ")
    parts = {"family_name": family, "given_name": given.strip()}
    return {key: value for key, value in parts.items() if value}


def orcid_or_ror(address: str) -> Plain:
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
    address = re.fullmatch(r"https?://(?:www\.)?spdx\.org/licenses/([^/#]+?)(?:\.html)?/?", value)
    if address:
        value = address[1]
    match = re.fullmatch(
        r"https?://creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/([\d.]+).*", value
    )
    if match:
        zero = match[2] == "zero"
        value = f"cc0-{match[3]}" if zero else f"cc-{match[2]}-{match[3]}"
    if value.lower() in ids("licenses"):
        return [value.lower()]
    parts = [part.strip(" ()") for part in re.split(r"\s+(?:AND|OR)\s+", value.strip())]
    return [part.lower() if part.lower() in ids("licenses") else part for part in parts if part]


def language(code: str) -> str:
    """Return the three-letter code of a language, also of a two-letter code or a locale."""
    short = re.split(r"[-_]", code)[0]
    close = suggest("languages", code, n=1) if len(short) == 2 else ()
    return close[0] if close else code
