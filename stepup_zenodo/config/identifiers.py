"""Identifiers of works, people, awards and places."""

from collections.abc import Hashable
from typing import Any

import attrs

from ..document.nodes import Entry, MapNode, Node, ScalarNode
from ..errors import Problem
from ..jsontypes import Json, given, mapping
from ..terms.identifiers import (
    AWARD_SCHEMES,
    LOCATION_SCHEMES,
    PERSON_SCHEMES,
    RECORD_SCHEMES,
    detect,
    expected,
    is_valid,
    normalize,
    spelt,
)
from .containers import UNREAD, Many, all_of, read_all, read_items, repeated
from .jsonschema import ANY_CASE, Definitions, Schema, any_of, any_text, object_of
from .reading import (
    At,
    Kind,
    Unreadable,
    closest,
    did_you_mean,
    kind_of_value,
    shortened,
    written_path,
)
from .scalars import Text
from .structs import Struct, key

__all__ = ("Identifier", "Identifiers", "finish_identifier", "scheme_key")


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
        message = f"{shortened(text)} is not a valid {spelt(scheme)}, expected {expected(scheme)}"
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


@attrs.frozen
class _WrittenIdentifier:
    """An identifier with a scheme, as a record of the file."""

    identifier: str = key(
        Text(name="an identifier"), "The identifier.", example="0000-0002-1825-0097", required=True
    )
    scheme: str | None = scheme_key("orcid")


_WORDS = "an identifier with the keys scheme and identifier"
_WRITTEN = Struct(_WrittenIdentifier, _WORDS)

_NAMES = {
    PERSON_SCHEMES: "PersonIdentifier",
    RECORD_SCHEMES: "WorkIdentifier",
    AWARD_SCHEMES: "AwardIdentifier",
    LOCATION_SCHEMES: "LocationIdentifier",
}
"""Names of the definitions in the schema, by the schemes that are allowed."""

_STORED = {schemes: Struct(_WrittenIdentifier, _WORDS, schemes=schemes) for schemes in _NAMES}
"""The objects of the server, by the schemes that are allowed."""


@kind_of_value
class OneIdentifier(Kind[Identifier]):
    """An identifier: `{scheme: ..., identifier: ...}`, `{orcid: ...}`, or a text."""

    schemes: tuple[str, ...]
    """The schemes that are allowed."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"an identifier such as {self.schemes[-1]}: ... (schemes: {', '.join(self.schemes)})"

    def parse(self, node: Node, at: At) -> Identifier:
        """Read an identifier in any of its forms."""
        if isinstance(node, ScalarNode):
            return _checked_identifier(None, Text().parse(node, at), self.schemes, at)
        if not isinstance(node, MapNode):
            raise self.mismatch(node, at)
        if _has_scheme_form(node):
            written = _WRITTEN.parse(node, at)
            text_at, scheme_at = at.of("identifier"), at.of("scheme")
            return _checked_identifier(
                written.scheme, written.identifier, self.schemes, text_at, scheme_at
            )
        if len(node.entries) != 1:
            hint = "begin a new item of the list with a dash for each identifier"
            message = f"found a mapping with {len(node.entries)} keys, expected {self.words}"
            raise at.wrong(message, hint)
        return self.of_entry(node.entries[0], at.key(node.entries[0].key, node.entries[0]))

    def schema(self, definitions: Definitions) -> Schema:
        """Return one of the forms."""
        return definitions.define(_NAMES[self.schemes], self._forms)

    def _forms(self) -> Schema:
        scheme: Schema = any_of({"enum": [*self.schemes]}, ANY_CASE)
        both: dict[str, Json] = {"scheme": scheme, "identifier": any_text(minLength=1)}
        return any_of(
            {**self.by_scheme(), "minProperties": 1, "maxProperties": 1},
            object_of(both, required=["identifier"]),
            any_text(minLength=1),
        )

    def by_scheme(self) -> Schema:
        """Return a mapping from schemes to identifiers."""
        text: Json = any_text(minLength=1)
        return object_of(dict.fromkeys(self.schemes, text), patternProperties={"[A-Z]": text})

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


@kind_of_value
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

    def parse(self, node: Node, at: At) -> tuple[Identifier, ...]:
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
                message = f"this is a second {spelt(item.scheme)}, after that in line {line}"
                hint = "keep one: the server refuses two identifiers of one scheme here"
            else:
                message = f"this is the same identifier as in line {line}"
                hint = "remove one of them: the server refuses duplicates here"
            second.wrong(message, hint)
        return all_of(items)

    def sent(self, value: tuple[Identifier, ...]) -> Json:
        """Return the identifiers as a list of objects."""
        return [given(**attrs.asdict(identifier)) for identifier in value]

    def stored(self, value: Json) -> Json:
        """Return the identifiers in their stored forms, with the schemes that the server finds."""
        return Many(_STORED[self.schemes]).stored(value)

    def taken_back(self, value: Json) -> Json:
        """Return a mapping from the scheme for each identifier."""
        items = value if isinstance(value, list) else []
        found = [mapping(item) for item in items]
        return [{str(item.get("scheme")): item.get("identifier")} for item in found]

    def where(self, parts: tuple[str, ...]) -> str:
        """Return the place of an identifier, whose parts have no keys of their own."""
        if len(parts) == 2 and parts[0].isdecimal() and parts[1] in ("identifier", "scheme"):
            return f"[{parts[0]}]"
        return written_path(parts)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a mapping or a list."""
        one = OneIdentifier(self.schemes)
        by_scheme, single = one.by_scheme(), one.schema(definitions)
        return any_of(by_scheme, {"type": "array", "items": single}, single)

    def distinct(self, identifier: Identifier) -> Hashable:
        """Return what must differ between any two identifiers."""
        return identifier.scheme if self.one_each else identifier


@kind_of_value
class _EntryOf(Kind[Identifier]):
    """The value of a certain entry of a mapping from schemes to identifiers."""

    one: OneIdentifier
    entry: Entry

    @property
    def words(self) -> str:
        return f"an identifier, {expected(self.entry.key.lower())}"

    def parse(self, node: Node, at: At) -> Identifier:
        del node
        return self.one.of_entry(self.entry, at)

    def schema(self, definitions: Definitions) -> Schema:
        return self.one.schema(definitions)
