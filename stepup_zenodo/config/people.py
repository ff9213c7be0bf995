"""Persons, organizations and their affiliations, as the configuration has them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import attrs

from ..jsontypes import Json, mapping
from ..terms.identifiers import PERSON_SCHEMES
from .containers import Many
from .foreign import elsewhere_called
from .identifiers import Identifier, Identifiers
from .ids import Ror, Term
from .reading import At, kind_of_value, plain, shortened
from .scalars import Text
from .structs import Struct, key

__all__ = (
    "CONTRIBUTOR",
    "CREATOR",
    "ONE_KEY",
    "Affiliation",
    "Contributor",
    "Person",
    "check_name_or_ror",
    "ror_key",
    "who_of",
)


def ror_key(whom: str, example: str, collection: str) -> Any:  # noqa: ANN401, as attrs.field
    """Declare the key `ror`, also named `id`, of a record with the name of an organization.

    Parameters
    ----------
    whom
        What the organization is, with article.
    example
        The id in the example.
    collection
        The endpoint that has such organizations.
    """
    doc = f"The id of {whom} at [ror.org](https://ror.org/), instead of a name."
    return key(Ror(collection), doc, example=example, aliases=("id",), field="id")


ONE_KEY = (("maxProperties", 1),)
"""The rule of the schema for an organization that has a name or an id."""


@attrs.frozen
class Affiliation:
    """Where a person or organization belongs."""

    name: str | None = key(
        Text(name="the name of an organization"),
        "The name, with as many details as you like.",
        example="Department of Physics, Example University, Brussels",
    )
    ror: str | None = ror_key("the organization", "05gq02987", "affiliations")


def check_name_or_ror(values: dict[str, Any], at: At) -> None:
    """Note that an organization is given by its name and by its id."""
    if "name" in values and "ror" in values:
        hint = "remove the name: the server takes the name that belongs to the id"
        at.wrong("found both a name and a ror, expected one of them", hint)


_AFFILIATION = Struct(
    Affiliation,
    "an affiliation with the key ror or name",
    check_name_or_ror,
    shorthand="name",
    by_id=True,
    rules=ONE_KEY,
)


@attrs.frozen
class Person:
    """A creator: a person, or an organization."""

    family_name: str | None = key(
        Text(name="a family name"), "The family name of a person.", example="Curie"
    )
    given_name: str | None = key(
        Text(name="a given name"), "The given names of a person.", example="Marie"
    )
    name: str | None = key(
        Text(name='a name such as "Last, First"'),
        "Family name and given names of a person in one text, separated by a comma.",
        example="Curie, Marie",
        field="",
    )
    organization: str | None = key(
        Text(name="the name of an organization"),
        "The name of an organization, instead of the names of a person.",
        example="Example University",
        aliases=("organisation",),
        field="name",
    )
    identifiers: tuple[Identifier, ...] = key(
        Identifiers(PERSON_SCHEMES, one_each=True),
        "Identifiers of the person or organization, at most one of each scheme.",
        example={"orcid": "0000-0002-1825-0097"},
        default=(),
    )
    affiliations: tuple[Affiliation, ...] = key(
        Many(_AFFILIATION, distinct=lambda affiliation: affiliation.ror or affiliation.name),
        "Where the person or organization belongs.",
        example=[{"ror": "05gq02987"}],
        aliases=("affiliation",),
        default=(),
    )
    role: str | None = key(
        Term("creator_roles"), "The role of the person or organization.", example="researcher"
    )


@attrs.frozen
class Contributor(Person):
    """A person or organization that contributed in a certain role."""

    role: str | None = key(
        Term("contributor_roles"), "The role, which is required.", example="editor", required=True
    )


def _finish_person(values: dict[str, Any], at: At) -> None:
    parts = [name for name in ("family_name", "given_name") if name in values]
    given = [name for name in ("organization", "name") if name in values] + parts[:1]
    if len(given) > 1:
        message = f"found both {given[0]} and {given[1]}, expected one of them"
        at.wrong(message, "a person has family_name and given_name, or name")
    elif not given:
        hint = "write family_name and given_name, or organization"
        at.wrong("there is no name of a person or organization", hint)
    elif parts == ["given_name"]:
        hint = "a person with a single name has a family_name only"
        at.of("given_name").wrong("there is a given_name without family_name", hint)
    elif isinstance(values.get("name"), str):
        values.update(_split_name(values.pop("name"), at.of("name")))


def _split_name(name: str, at: At) -> dict[str, str]:
    family, comma, given = (part.strip() for part in name.partition(","))
    if not comma or not family:
        hint = "write family_name and given_name, or organization if it is one"
        at.wrong(f'found {shortened(name)}, expected a name such as "Last, First"', hint)
    return {"family_name": family, "given_name": given} if given else {"family_name": family}


_WHO = "person_or_org"
"""The object of the server with the parts that tell who it is."""

_PARTS = ("family_name", "given_name", "name", "identifiers")
"""What is in it, besides the type."""

_RULES = (
    (
        "oneOf",
        [
            {"required": ["family_name"]},
            {"required": ["name"]},
            {"required": ["organization"]},
            {"required": ["organisation"]},
        ],
    ),
    ("dependentRequired", {"given_name": ["family_name"]}),
)


@kind_of_value
class _PersonKind(Struct[Person]):
    """A person or organization, whose names and identifiers are in an object of the server."""

    def sent(self, value: Person) -> Json:
        """Return an object with an object for who it is."""
        flat = mapping(super().sent(value))
        kind = "personal" if value.organization is None else "organizational"
        who = {"type": kind, **{name: part for name, part in flat.items() if name in _PARTS}}
        rest = {name: part for name, part in flat.items() if name not in _PARTS}
        return {_WHO: who, **rest}

    def stored(self, value: Json) -> Json:
        """Return both objects as they are stored."""
        if not isinstance(value, dict):
            return plain(value)
        parts = {
            name: _with_own_parts(super(_PersonKind, self).stored(part)) if name == _WHO else part
            for name, part in value.items()
        }
        return super().stored(parts)

    def sendable(self, value: Json) -> Json:
        """Return both objects without what the server adds."""
        if not isinstance(value, dict):
            return value
        parts = {
            name: _with_own_parts(super(_PersonKind, self).sendable(part)) if name == _WHO else part
            for name, part in value.items()
        }
        return super().sendable(parts)

    def taken_back(self, value: Json) -> Json:
        """Return the keys of both objects."""
        found = mapping(value)
        return super().taken_back({**found, **mapping(found.get(_WHO))})

    def where(self, parts: tuple[str, ...]) -> str:
        """Return the place of a part of either object."""
        return super().where(parts[1:] if parts[:1] == (_WHO,) else parts)


def _with_own_parts(who: Json) -> Json:
    """Return who it is without a name that is made of others, or parts that it does not have."""
    if not isinstance(who, dict):
        return who
    if who.get("type") == "organizational":
        ignored: tuple[str, ...] = ("family_name", "given_name")
    else:
        ignored = ("name",) if who.get("family_name") else ()
    return {name: part for name, part in who.items() if name not in ignored}


def who_of(creator: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the object of the server that tells who a creator or contributor is."""
    return mapping(creator.get(_WHO))


_elsewhere = partial(elsewhere_called, of_person=True)

CREATOR = _PersonKind(
    Person, "a person or organization", _finish_person, elsewhere=_elsewhere, rules=_RULES
)
"""A creator."""

CONTRIBUTOR = _PersonKind(
    Contributor, "a contributor with a role", _finish_person, elsewhere=_elsewhere, rules=_RULES
)
"""A contributor."""
