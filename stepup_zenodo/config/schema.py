"""The JSON Schema of the configuration, made from the declarations of its keys.

It accepts everything that the reader accepts, and refuses what a schema can express.
What needs code, such as check digits, is left to `check`.

Terms are accepted in any case by the reader. Here, an id in lower case must be in the list,
and one with capital letters is left to `check`.
White space around a word, which the reader removes, is not expected in editors either.
"""

import json

from .configuration import CONFIG
from .jsonschema import Definitions, Schema

__all__ = ("configuration_schema", "schema_text")

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The address that names the draft."""


def configuration_schema() -> Schema:
    """Return the schema of a whole configuration."""
    definitions = Definitions()
    root = CONFIG.mapping_schema(definitions)
    del root["description"]
    return {
        "$schema": _DIALECT,
        "title": "Configuration of stepup-zenodo",
        "description": "Describes a record on Zenodo: its metadata, its description and its files.",
        **root,
        "$defs": dict(sorted(definitions.found.items())),
    }


def schema_text() -> str:
    """Return the schema as the text of a JSON file."""
    return json.dumps(configuration_schema(), indent=1, ensure_ascii=False) + "\n"
