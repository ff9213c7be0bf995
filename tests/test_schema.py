"""The JSON Schema, as editors and check-jsonschema see it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from stepup_zenodo.config.schema import configuration_schema, schema_text

from .generate_reference import SCHEMA
from .verdicts import VERDICTS

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = ROOT / "tests" / "configs"


def check_jsonschema(*args: object) -> dict[str, Any]:
    """Run check-jsonschema, which reaches for no network here, and return what it reports."""
    command = [sys.executable, "-m", "check_jsonschema", "--output-format", "json", *args]
    result = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    report: dict[str, Any] = json.loads(result.stdout)
    assert (result.returncode == 0) == (report["status"] == "ok")
    return report


def yaml_blocks() -> dict[str, str]:
    """Return the configurations that the pages show, by names for files."""
    found = {}
    for page in ["README.md", *(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md"))]:
        text = (ROOT / page).read_text(encoding="utf-8")
        pattern = r'^```yaml title="zenodo.yaml"\n(.*?)^```$'
        for number, match in enumerate(re.findall(pattern, text, re.DOTALL | re.MULTILINE)):
            found[f"{page.replace('/', '-')}-{number}.yaml"] = match
    return found


def test_it_is_a_schema_of_its_draft() -> None:
    report = check_jsonschema("--check-metaschema", SCHEMA)

    assert (report["status"], report["errors"]) == ("ok", [])


def test_it_needs_no_network() -> None:
    """All references lead to places in the same file."""
    references = re.findall(r'"\$ref": "(.*?)"', schema_text())

    definitions = configuration_schema()["$defs"]
    assert isinstance(definitions, dict)
    assert {f"#/$defs/{name}" for name in definitions} == set(references)


def test_examples_are_valid(tmp_path: Path) -> None:
    files = [CONFIGS / "full.yaml", *ROOT.glob("plan_examples/*/zenodo.yaml")]
    for name, text in yaml_blocks().items():
        (tmp_path / name).write_text(text)
        files.append(tmp_path / name)
    assert len(files) >= 5

    report = check_jsonschema("--schemafile", SCHEMA, *files)

    assert report == {"status": "ok", "errors": []}


def test_whatever_the_reader_accepts_is_valid(tmp_path: Path) -> None:
    texts = [verdict.text for verdict in VERDICTS if verdict.accept]
    assert len(texts) > 60
    for number, text in enumerate(texts):
        (tmp_path / f"{number:03d}.yaml").write_text(text)

    report = check_jsonschema("--schemafile", SCHEMA, *sorted(tmp_path.iterdir()))

    wrong = {texts[int(Path(error["filename"]).stem)] for error in report["errors"]}
    assert wrong == set()
