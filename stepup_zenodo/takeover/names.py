"""Names of people and organizations, and which of both they are."""

import re
from typing import Any

from ..jsontypes import given

__all__ = ("identifiers_of", "orcid_or_ror", "person_or_group", "split_name")

_GROUPS = frozenset(
    [
        "association",
        "authors",
        "collaboration",
        "collective",
        "committee",
        "community",
        "company",
        "consortium",
        "contributors",
        "corp",
        "corporation",
        "department",
        "developers",
        "foundation",
        "gmbh",
        "group",
        "inc",
        "institute",
        "laboratories",
        "laboratory",
        "llc",
        "ltd",
        "maintainers",
        "network",
        "organisation",
        "organization",
        "programme",
        "project",
        "society",
        "team",
        "teams",
        "university",
    ]
)
"""Words that a name of a person hardly has."""


def _is_group(name: str) -> bool:
    """Return whether a name has a word that only organizations have."""
    return not _GROUPS.isdisjoint(re.findall(r"\w+", name.casefold()))


def person_or_group(name: str, *, is_person: bool = False) -> tuple[dict[str, str], str]:
    """Return the parts of a name, and what was guessed about it, empty for nothing.

    Parameters
    ----------
    name
        The name of a person or organization.
    is_person
        Whether it is known that it is a person.
    """
    is_group = not is_person and _is_group(name)
    if is_group and "," not in name:
        return {"organization": name}, "taken for an organization"
    parts = split_name(name)
    if is_group:
        return parts, "taken for a person, as there is a comma"
    if "," in name or not parts:
        return parts, ""
    if "given_name" not in parts:
        return parts, "taken for a person with a single name"
    return parts, "taken for a person, whose last word is the family name"


def split_name(name: str) -> dict[str, str]:
    """Return the parts of a personal name; without a comma the last word is the family name."""
    family_name, comma, given_name = (part.strip() for part in name.partition(","))
    if not comma:
        given_name, _, family_name = name.strip().rpartition(" ")
    if not family_name:
        family_name, given_name = given_name, ""
    return given(family_name=family_name, given_name=given_name.strip())


def orcid_or_ror(address: str) -> dict[str, str]:
    """Return an identifier as a mapping from its scheme, empty if it is another address."""
    match = re.search(r"(?:^|orcid\.org/|orcid:\s*)(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])/?$", address)
    if match:
        return {"orcid": match[1].upper()}
    match = re.search(r"(?:^|ror\.org/)(0\w{6}\d\d)/?$", address)
    return {"ror": match[1]} if match else {}


def identifiers_of(*addresses: str) -> dict[str, Any]:
    """Return the identifiers among some addresses, the first one of each scheme."""
    found: dict[str, Any] = {}
    for address in addresses:
        for scheme, value in orcid_or_ror(address).items():
            found.setdefault(scheme, value)
    return found
