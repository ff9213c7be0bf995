"""Write what is made from the declarations of the configuration.

Usage: python tests/generate_reference.py

These are the JSON Schema in the package.
"""

from pathlib import Path

from stepup_zenodo.schema import schema_text

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "stepup_zenodo" / "data" / "schema.json"

if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
