"""The JSON Schema of the configuration, made from the declarations of its keys.

It follows draft 2020-12 and is made for editors: it completes keys and terms, shows explanations,
and marks mistakes while typing.
It accepts everything that the reader accepts, and refuses what a schema can express.
It was tried with the language server for YAML that many editors use (version 1.25.0):
that understands `enumDescriptions`, `patternErrorMessage` and `doNotSuggest` as well,
which other programs ignore.
What needs code, such as check digits, is left to `check`.

Terms are accepted in any case by the reader. Here, an id in lower case must be in the list,
and one with capital letters is left to `check`.
White space around a word, which the reader removes, is not expected in editors either.
"""

import json
from collections.abc import Callable, Mapping
from functools import singledispatchmethod
from typing import Any

import attrs

from ..jsontypes import Json
from ..terms.identifiers import AWARD_SCHEMES, LOCATION_SCHEMES, PERSON_SCHEMES, RECORD_SCHEMES
from ..terms.vocabularies import ids
from .access import EMBARGO, Access
from .customfields import CUSTOM_FIELDS, Decimal, Imprint, Journal
from .endpoint import EndpointKind
from .file import CONFIG, Config
from .kinds import Address, Choice, Ror, Term, Text, Truth, Whole
from .locations import LOCATION, SHAPES, Geometry
from .metadata import Metadata
from .paths import MAX_FILES, FileKey, ListedPaths, OwnPath
from .people import Affiliation, Contributor, Identifiers, OneIdentifier, Person
from .reading import Kind
from .shapes import ByShape, Key, Many, Record, keys
from .when import When
from .works import Award, Funder

__all__ = ("configuration_schema", "schema_text")

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The address that names the draft."""

_Schema = dict[str, Json]

_SCALAR: Json = ["string", "number", "boolean"]
"""What parsers make of a value whose characters are taken as a text."""

_ANY_CASE: _Schema = {"type": "string", "pattern": "[A-Z]"}
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY_OF_MONTH = r"(?:0[1-9]|[12]\d|3[01])"
_DAY = rf"\d{{4}}-{_MONTH}-{_DAY_OF_MONTH}"
_DATE = rf"\d{{4}}(?:-{_MONTH}(?:-{_DAY_OF_MONTH})?)?"
_ENDPOINT = (
    r"^\s*[Hh][Tt][Tt][Pp](?:[Ss]://[^/?#@]+|://(?:localhost|127\.[0-9.]+|\[::1\])(?::\d+)?)"
    r"(?:/[^?#]*)?/api/*\s*$"
)
"""Encrypted, or on this machine."""

_EXAMPLES = {"languages": ("eng", "fra", "nld", "deu", "spa", "zho")}
"""Vocabularies that are too long for a list, with some of their ids."""

_SCHEMES = {
    PERSON_SCHEMES: "PersonIdentifier",
    RECORD_SCHEMES: "WorkIdentifier",
    AWARD_SCHEMES: "AwardIdentifier",
    LOCATION_SCHEMES: "LocationIdentifier",
}
"""Names of the definitions of identifiers, by the schemes that are allowed."""

_PERSON: _Schema = {
    "oneOf": [
        {"required": ["family_name"]},
        {"required": ["name"]},
        {"required": ["organization"]},
        {"required": ["organisation"]},
    ],
    "dependentRequired": {"given_name": ["family_name"]},
}
_RULES: Mapping[type, _Schema] = {
    Person: _PERSON,
    Contributor: _PERSON,
    Affiliation: {"maxProperties": 1},
    Funder: {"maxProperties": 1},
}
"""What concerns several keys of a record: a name or an id, and one name only."""


def configuration_schema() -> _Schema:
    """Return the schema of a whole configuration."""
    writer = _Writer()
    root = writer.mapping(CONFIG)
    return {
        "$schema": _DIALECT,
        "title": "Configuration of stepup-zenodo",
        "description": "Describes a record on Zenodo: its metadata, its description and its files.",
        **root,
        "$defs": dict(sorted(writer.definitions.items())),
    }


def schema_text() -> str:
    """Return the schema as the text of a JSON file."""
    return json.dumps(configuration_schema(), indent=1, ensure_ascii=False) + "\n"


def _text(**more: Json) -> _Schema:
    return {"type": _SCALAR, **more}


def _form(pattern: str, kind: Kind[Any]) -> _Schema:
    """Return a regular expression, with the words that editors show instead of it."""
    return {"pattern": pattern, "patternErrorMessage": f"expected {kind.words}"}


def _any_of(*options: _Schema) -> _Schema:
    return {"anyOf": [*options]}


def _list_of(item: _Schema, **more: Json) -> _Schema:
    """Return a list, or a single item; the list comes first for editors to propose it."""
    return _any_of({"type": "array", "items": item, **more}, item)


def _object(properties: Mapping[str, Json], **more: Json) -> _Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
        **more,
    }


@attrs.define
class _Writer:
    """Makes schemas of kinds, and collects those that are used in several places."""

    definitions: dict[str, Json] = attrs.field(factory=dict)

    def define(self, name: str, make: Callable[[], _Schema]) -> _Schema:
        """Return a reference to a definition, which is made when it is used first."""
        if name not in self.definitions:
            self.definitions[name] = None  # a definition may refer to itself
            self.definitions[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    @singledispatchmethod
    def schema(self, kind: Kind[Any]) -> _Schema:
        """Return the schema of a kind."""
        raise TypeError(f"there is no schema for {kind}")

    @schema.register
    def _(self, kind: Text) -> _Schema:
        limits: _Schema = {} if kind.can_be_empty else {"minLength": kind.shortest}
        if kind.longest is not None:
            limits["maxLength"] = kind.longest
        return {"type": "string", **limits} if kind.strict else _text(**limits)

    @schema.register
    def _(self, kind: Choice) -> _Schema:
        return _any_of({"enum": [*kind.options]}, _ANY_CASE)

    @schema.register
    def _(self, kind: Term) -> _Schema:
        name = f"vocabulary_{kind.vocabulary}"
        term = self.define(name, lambda: _any_of(self.listed(kind), _ANY_CASE))
        term = _any_of(term, _object({"id": term}, required=["id"]))
        return _any_of(term, {"const": ""}) if kind.can_be_empty else term

    def listed(self, kind: Term) -> _Schema:
        """Return the ids of a vocabulary, with their titles for editors that show them."""
        if kind.vocabulary in _EXAMPLES:
            examples: Json = [*_EXAMPLES[kind.vocabulary]]
            return {"type": "string", "pattern": r"^\s*[a-z]{3}\s*$", "examples": examples}
        titles = ids(kind.vocabulary)
        listed: list[Json] = [*titles, *kind.also]
        shown: list[Json] = [*titles.values(), *kind.also]
        return {"enum": listed, "enumDescriptions": shown}

    @schema.register
    def _(self, kind: Ror) -> _Schema:
        pattern = (
            r"^\s*(?:[Hh][Tt][Tt][Pp][Ss]?://)?(?:[Rr][Oo][Rr]\.[Oo][Rr][Gg]/)?0\w{6}\d{2}\s*$"
        )
        return {"type": ["string", "number"], **_form(pattern, kind)}

    @schema.register
    def _(self, kind: Whole) -> _Schema:
        return {"type": "integer", "minimum": kind.low, "maximum": kind.high}

    @schema.register
    def _(self, kind: Decimal) -> _Schema:
        return {"type": "integer" if kind.whole else "number"}

    @schema.register
    def _(self, kind: Truth) -> _Schema:
        del kind
        words = r"^(?:[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$"
        return _any_of({"type": "boolean"}, {"type": "string", "pattern": words})

    @schema.register
    def _(self, kind: Address) -> _Schema:
        pattern = r"^\s*(?:[Hh][Tt][Tt][Pp][Ss]?|[Ff][Tt][Pp][Ss]?)://"
        if kind.can_be_empty:
            pattern = rf"{pattern}|^\s*$"
        return {"type": "string", **_form(pattern, kind)}

    @schema.register
    def _(self, kind: When) -> _Schema:
        if kind.only_day:
            return {"type": "string", **_form(rf"^\s*{_DAY}\s*$", kind)}
        form = rf"{_DATE}(?:/{_DATE})?"
        if kind.with_time:
            form = rf"(?:{form}|{_DAY}T[0-9:Z+-]+)"
        pattern = r"[0-9X?~%/-]" if kind.uncertain else rf"^\s*{form}\s*$"
        return {"type": ["string", "integer"], **_form(pattern, kind)}

    @schema.register
    def _(self, kind: EndpointKind) -> _Schema:
        return {"type": "string", **_form(_ENDPOINT, kind)}

    @schema.register
    def _(self, kind: ListedPaths) -> _Schema:
        del kind
        return _list_of(_text(minLength=1), maxItems=MAX_FILES)

    @schema.register
    def _(self, kind: OwnPath) -> _Schema:
        del kind
        return _text(minLength=1, pattern=r"[^/]\s*$")

    @schema.register
    def _(self, kind: FileKey) -> _Schema:
        del kind
        return _text()

    @schema.register
    def _(self, kind: OneIdentifier) -> _Schema:
        return self.define(_SCHEMES[kind.schemes], lambda: self.identifier(kind.schemes))

    def identifier(self, schemes: tuple[str, ...]) -> _Schema:
        """Return the forms of one identifier."""
        scheme: _Schema = _any_of({"enum": [*schemes]}, _ANY_CASE)
        both: dict[str, Json] = {"scheme": scheme, "identifier": _text(minLength=1)}
        return _any_of(
            {**self.by_scheme(schemes), "minProperties": 1, "maxProperties": 1},
            _object(both, required=["identifier"]),
            _text(minLength=1),
        )

    def by_scheme(self, schemes: tuple[str, ...]) -> _Schema:
        """Return a mapping from schemes to identifiers."""
        text: Json = _text(minLength=1)
        return _object(dict.fromkeys(schemes, text), patternProperties={"[A-Z]": text})

    @schema.register
    def _(self, kind: Identifiers) -> _Schema:
        one = self.schema(OneIdentifier(kind.schemes))
        return _any_of(self.by_scheme(kind.schemes), {"type": "array", "items": one}, one)

    @schema.register
    def _(self, kind: Many) -> _Schema:  # type: ignore[type-arg]
        limits: _Schema = {"minItems": kind.at_least} if kind.at_least else {}
        return _list_of(self.schema(kind.item), **limits)

    @schema.register
    def _(self, kind: ByShape) -> _Schema:  # type: ignore[type-arg]
        return _any_of(self.schema(kind.simple), self.schema(kind.mapping))

    @schema.register
    def _(self, kind: Record) -> _Schema:  # type: ignore[type-arg]
        mapping = self.define(kind.cls.__name__.lstrip("_"), lambda: self.mapping(kind))
        if not kind.shorthand:
            return mapping
        short = next(declared for declared in keys(kind.cls) if declared.name == kind.shorthand)
        return _any_of(mapping, self.schema(short.kind))

    def mapping(self, kind: Record[Any]) -> _Schema:
        """Return the schema of a mapping that becomes a record."""
        properties: dict[str, Json] = {}
        required: list[Json] = []
        for declared in keys(kind.cls):
            value = self.value(kind.cls, declared)
            properties[declared.name] = value
            for alias in declared.aliases:
                doc = f"Another name of `{declared.name}`. {declared.doc}"
                properties[alias] = {**value, "description": doc, "doNotSuggest": True}
            if declared.required:
                required.append(declared.name)
        more: _Schema = {"required": required} if required else {}
        more.update(_RULES.get(kind.cls, {}))
        if not kind.can_be_empty:
            more["minProperties"] = 1
        if kind.cls.__doc__ and kind is not CONFIG:
            more["description"] = " ".join(kind.cls.__doc__.split("\n\n")[0].split())
        return _object(properties, **more)

    def value(self, cls: type, declared: Key) -> _Schema:
        """Return the schema of the value of a key, with what editors show."""
        special = _SPECIAL.get((cls, declared.name))
        value = self.schema(declared.kind) if special is None else special(self)
        shown: _Schema = {"description": declared.doc}
        if isinstance(declared.default, str | int) and declared.default != "":
            shown["default"] = declared.default
        if declared.example is not None:
            shown["examples"] = [declared.example]  # type: ignore[list-item]
        return {**value, **shown}


def _any_text(writer: _Writer) -> _Schema:
    del writer
    return _text()


def _subjects(writer: _Writer) -> _Schema:
    del writer
    text = _text(minLength=1)
    return _list_of(_any_of(text, _object({"id": text}, required=["id"])))


def _award_id(writer: _Writer) -> _Schema:
    del writer
    return {"type": "string", "pattern": r"^\s*\S+::\S+\s*$"}


def _shape(writer: _Writer) -> _Schema:
    del writer
    return {"enum": [*SHAPES]}


def _coordinates(writer: _Writer) -> _Schema:
    degrees: _Schema = {"type": "number", "minimum": -180, "maximum": 180}
    position: _Schema = {"type": "array", "items": degrees, "minItems": 2, "maxItems": 2}
    positions = writer.define("Position", lambda: position)
    ring: _Schema = {"type": "array", "items": positions, "minItems": 1}
    rings: _Schema = {"type": "array", "items": ring, "minItems": 1}
    return _any_of(positions, ring, rings)


def _locations(writer: _Writer) -> _Schema:
    features = _list_of(writer.schema(LOCATION))
    return _any_of(_object({"features": features}, required=["features"]), features)


def _embargo(writer: _Writer) -> _Schema:
    return _any_of(writer.schema(EMBARGO), writer.schema(When(only_day=True)))


def _custom_fields(writer: _Writer) -> _Schema:
    kinds = CUSTOM_FIELDS.kinds
    return _object({name: writer.schema(kinds[name]) for name in sorted(kinds)})


_SPECIAL: Mapping[tuple[type, str], Callable[[_Writer], _Schema]] = {
    (Config, "community"): _any_text,
    (Config, "custom_fields"): _custom_fields,
    (Metadata, "subjects"): _subjects,
    (Metadata, "locations"): _locations,
    (Award, "id"): _award_id,
    (Journal, "issn"): _any_text,
    (Imprint, "isbn"): _any_text,
    (Geometry, "type"): _shape,
    (Geometry, "coordinates"): _coordinates,
    (Access, "embargo"): _embargo,
}
"""Keys whose kind says nothing about the shape of the value."""
