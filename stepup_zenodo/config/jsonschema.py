"""Parts of which the JSON Schema of the configuration is made.

It follows draft 2020-12 and is made for editors: it completes keys and terms, shows explanations,
and marks errors while typing.
It was tried with the language server for YAML that many editors use (version 1.25.0):
that understands `enumDescriptions`, `patternErrorMessage` and `doNotSuggest` as well,
which other programs ignore.
"""

from collections.abc import Callable, Mapping

import attrs

from ..jsontypes import Json

__all__ = (
    "ANY_CASE",
    "Definitions",
    "Schema",
    "any_of",
    "any_text",
    "form",
    "list_of",
    "object_of",
)

Schema = dict[str, Json]
"""A schema, or a part of one."""

SCALAR: Json = ["string", "number", "boolean"]
"""What parsers make of a value whose characters are taken as a text."""

ANY_CASE: Schema = {"type": "string", "pattern": "[A-Z]"}
"""A word with capital letters, which is left to the reader: that accepts ids in any case."""


@attrs.define
class Definitions:
    """Schemas that are used in several places."""

    found: dict[str, Json] = attrs.field(factory=dict)
    """The schemas by name, `None` while one is being made."""

    def define(self, name: str, make: Callable[[], Schema]) -> Schema:
        """Return a reference to a definition, which is made when it is used first."""
        if name not in self.found:
            self.found[name] = None  # a definition may refer to itself
            self.found[name] = make()
        return {"$ref": f"#/$defs/{name}"}


def any_text(**more: Json) -> Schema:
    """Return the schema of a text, also of what YAML takes for a number."""
    return {"type": SCALAR, **more}


def form(pattern: str, words: str) -> Schema:
    """Return a regular expression, with the words that editors show instead of it."""
    return {"pattern": pattern, "patternErrorMessage": f"expected {words}"}


def any_of(*options: Schema) -> Schema:
    """Return the schema of a value that has one of several schemas."""
    return {"anyOf": [*options]}


def list_of(item: Schema, **more: Json) -> Schema:
    """Return a list, or a single item; the list comes first for editors to propose it."""
    return any_of({"type": "array", "items": item, **more}, item)


def object_of(properties: Mapping[str, Json], **more: Json) -> Schema:
    """Return a mapping with certain keys and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
        **more,
    }
