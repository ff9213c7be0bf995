"""Write what is made from the declarations of the configuration and of the commands.

Usage: python -m tests.generate_reference

These are the JSON Schema in the package and three reference pages in `docs/reference/`.
"""

from pathlib import Path

import stepup_zenodo
from stepup_zenodo.config.schema import schema_text

from .generate_commands import commands_page
from .generate_configuration import configuration_page
from .generate_fields import fields_page

__all__ = ("CONFIGURATION", "FIELDS", "SCHEMA", "pages")

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = Path(stepup_zenodo.__file__).parent / "data" / "schema.json"
CONFIGURATION = ROOT / "docs" / "reference" / "configuration.md"
FIELDS = ROOT / "docs" / "reference" / "fields.md"
COMMANDS = ROOT / "docs" / "reference" / "commands.md"


def pages() -> dict[Path, str]:
    """Return the contents of all files that are made."""
    return {
        SCHEMA: schema_text(),
        CONFIGURATION: configuration_page(),
        FIELDS: fields_page(),
        COMMANDS: commands_page(),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
