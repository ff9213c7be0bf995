"""Persons, organizations, their affiliations and identifiers, as the configuration has them."""

from collections.abc import Hashable
from typing import Any

import attrs

from ..document.nodes import Entry, MapNode, Node, ScalarNode
from ..errors import Problem
from ..terms.identifiers import PERSON_SCHEMES, detect, expected, is_valid, normalize
from .kinds import Ror, Term, Text
from .reading import At, Kind, Unreadable, closest, did_you_mean, shortened
from .shapes import UNREAD, Many, Record, all_of, key, read_all, read_items, repeated

__all__ = (
    "CONTRIBUTOR",
    "CREATOR",
    "Affiliation",
    "Contributor",
    "Identifier",
    "Identifiers",
    "OneIdentifier",
    "Person",
    "check_name_or_ror",
    "finish_identifier",
    "ror_key",
    "scheme_key",
)


@attrs.frozen
class Identifier:
    """An identifier in the form in which the server stores it."""

    scheme: str
    """The scheme in lower case."""

    identifier: str
    """The identifier."""


def _checked_identifier(
    scheme: str | None, text: str, schemes: tuple[str, ...], at: At, scheme_at: At | None = None
) -> Identifier:
    """Check an identifier and return it as the server stores it.

    Parameters
    ----------
    scheme
        What the user says it is; `None` to find out as the server does.
    text
        The identifier.
    schemes
        The schemes that are allowed.
    at
        Where the identifier is given.
    scheme_at
        Where the scheme is given, if that is elsewhere.

    Raises
    ------
    Unreadable
        The server would not accept it.
    """
    if scheme is None:
        scheme = detect(text, schemes)
        if scheme is None:
            message = f"the scheme of {shortened(text)} cannot be detected"
            raise at.wrong(message, f"name it, one of {', '.join(schemes)}")
    scheme = scheme.lower()
    if scheme not in schemes:
        message = f"found the scheme {shortened(scheme)}, expected one of {', '.join(schemes)}"
        raise (scheme_at or at).wrong(message, did_you_mean(closest(scheme, schemes)))
    if not is_valid(scheme, text):
        message = f"{shortened(text)} is not a valid {scheme}, expected {expected(scheme)}"
        raise at.wrong(message, _identifier_hint(scheme, text, schemes))
    return Identifier(scheme, normalize(scheme, text))


def finish_identifier(values: dict[str, Any], schemes: tuple[str, ...], at: At) -> None:
    """Check the keys `scheme` and `identifier` of a record and replace them by what is stored."""
    identifier, scheme = values.get("identifier"), values.get("scheme")
    if not isinstance(identifier, str) or scheme is UNREAD:
        return
    try:
        checked = _checked_identifier(
            scheme, identifier, schemes, at.of("identifier"), at.of("scheme")
        )
    except Unreadable:
        values["identifier"] = UNREAD
    else:
        values.update(scheme=checked.scheme, identifier=checked.identifier)


def _identifier_hint(scheme: str, text: str, schemes: tuple[str, ...]) -> str:
    if scheme in ("orcid", "isni"):
        digits = text.rpartition("/")[2].replace("-", "").replace(" ", "").upper()
        if len(digits) == 16 and digits[:15].isdecimal() and digits.isascii():
            check = _check_character(digits[:15])
            if check != digits[15]:
                return f"check the digits: with these the last one would be {check}"
            return "the number is outside of the ranges that ORCID has" if scheme == "orcid" else ""
    other = detect(text, schemes)
    return f"it looks like the scheme {other}" if other not in (None, scheme) else ""


def _check_character(digits: str) -> str:
    """Return the check character of ISO 7064, MOD 11-2, which ORCID and ISNI use."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]


def scheme_key(example: str) -> Any:  # noqa: ANN401, as attrs.field
    """Declare the key `scheme` of a record with an identifier.

    Parameters
    ----------
    example
        The scheme in the example.
    """
    doc = "What kind of identifier it is; detected if left out."
    return key(Text(name="a scheme"), doc, example=example)


def ror_key(whom: str, example: str) -> Any:  # noqa: ANN401, as attrs.field
    """Declare the key `ror`, also named `id`, of a record with the name of an organization.

    Parameters
    ----------
    whom
        What the organization is, with article.
    example
        The id in the example.
    """
    doc = f"The id of {whom} at [ror.org](https://ror.org/), instead of a name."
    return key(Ror(), doc, example=example, aliases=("id",))


@attrs.frozen
class _Written:
    """An identifier with a scheme, as a record of the file."""

    identifier: str = key(
        Text(name="an identifier"), "The identifier.", example="0000-0002-1825-0097", required=True
    )
    scheme: str | None = scheme_key("orcid")


_WRITTEN = Record(_Written, "an identifier with the keys scheme and identifier")


@attrs.frozen
class OneIdentifier(Kind[Identifier]):
    """An identifier: `{scheme: ..., identifier: ...}`, `{orcid: ...}`, or a text."""

    schemes: tuple[str, ...]
    """The schemes that are allowed."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"an identifier such as {self.schemes[-1]}: ... (schemes: {', '.join(self.schemes)})"

    def take(self, node: Node, at: At) -> Identifier:
        """Read an identifier in any of its forms."""
        if isinstance(node, ScalarNode):
            return _checked_identifier(None, Text().take(node, at), self.schemes, at)
        if not isinstance(node, MapNode):
            raise self.mismatch(node, at)
        if _has_scheme_form(node):
            written = _WRITTEN.take(node, at)
            text_at, scheme_at = at.of("identifier"), at.of("scheme")
            return _checked_identifier(
                written.scheme, written.identifier, self.schemes, text_at, scheme_at
            )
        if len(node.entries) != 1:
            hint = "begin a new item of the list with a dash for each identifier"
            message = f"found a mapping with {len(node.entries)} keys, expected {self.words}"
            raise at.wrong(message, hint)
        return self.of_entry(node.entries[0], at.key(node.entries[0].key, node.entries[0]))

    def of_entry(self, entry: Entry, at: At) -> Identifier:
        """Read the entry `scheme: identifier` of a mapping."""
        if entry.key.lower() not in self.schemes:
            hint = did_you_mean(closest(entry.key.lower(), self.schemes))
            message = f"the scheme {shortened(entry.key)} is unknown here"
            message += f", expected one of {', '.join(self.schemes)}"
            raise at.note(Problem(message, at.written, entry.place, hint))
        text = Text(name=f"an identifier, {expected(entry.key.lower())}").read(entry.value, at)
        return _checked_identifier(entry.key, text, self.schemes, at)


def _has_scheme_form(node: MapNode) -> bool:
    return any(entry.key in ("scheme", "identifier") for entry in node.entries)


@attrs.frozen
class Identifiers(Kind[tuple[Identifier, ...]]):
    """Identifiers: a mapping from schemes to identifiers, or a list of identifiers."""

    schemes: tuple[str, ...]
    """The schemes that are allowed."""

    one_each: bool = False
    """Whether only one identifier of each scheme is allowed."""

    emptied = "[]"

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"a mapping from schemes to identifiers (schemes: {', '.join(self.schemes)})"

    def take(self, node: Node, at: At) -> tuple[Identifier, ...]:
        """Read identifiers in any of their forms."""
        one = OneIdentifier(self.schemes)
        if isinstance(node, MapNode) and not _has_scheme_form(node):
            places = [at.item(i, e.value, written=f".{e.key}") for i, e in enumerate(node.entries)]
            kinds = [_EntryOf(one, entry) for entry in node.entries]
            values = [entry.value for entry in node.entries]
            items = read_all(zip(kinds, values, places, strict=True))
        else:
            items, places = read_items(one, node, at)
        for item, second, first in repeated(items, places, self.distinct):
            line = first.place.line
            if self.one_each:
                message = f"this is a second {item.scheme}, after that in line {line}"
                hint = "keep one: the server refuses two identifiers of one scheme here"
            else:
                message = f"this is the same identifier as in line {line}"
                hint = "remove one of them: the server refuses duplicates here"
            second.wrong(message, hint)
        return all_of(items)

    def distinct(self, identifier: Identifier) -> Hashable:
        """Return what must differ between any two identifiers."""
        return identifier.scheme if self.one_each else identifier


@attrs.frozen
class _EntryOf(Kind[Identifier]):
    """The value of a certain entry of a mapping from schemes to identifiers."""

    one: OneIdentifier
    entry: Entry

    @property
    def words(self) -> str:
        return f"an identifier, {expected(self.entry.key.lower())}"

    def take(self, node: Node, at: At) -> Identifier:
        del node
        return self.one.of_entry(self.entry, at)


@attrs.frozen
class Affiliation:
    """Where a person or organization belongs."""

    name: str | None = key(
        Text(name="the name of an organization"),
        "The name, with as many details as you like.",
        example="Department of Physics, Example University, Brussels",
    )
    ror: str | None = ror_key("the organization", "05gq02987")


def check_name_or_ror(values: dict[str, Any], at: At) -> None:
    """Note that an organization is given by its name and by its id."""
    if "name" in values and "ror" in values:
        hint = "remove the name: the server takes the name that belongs to the id"
        at.wrong("found both a name and a ror, expected one of them", hint)


_AFFILIATION = Record(
    Affiliation, "an affiliation with the key ror or name", check_name_or_ror, shorthand="name"
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
    )
    organization: str | None = key(
        Text(name="the name of an organization"),
        "The name of an organization, instead of the names of a person.",
        example="Example University",
        aliases=("organisation",),
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


CREATOR = Record(Person, "a person or organization", _finish_person)
"""A creator."""

CONTRIBUTOR = Record(Contributor, "a contributor with a role", _finish_person)
"""A contributor."""
