"""The page for contributors: its example, done as it is written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "CONTRIBUTING.md"


def example() -> tuple[str, str, list[str]]:
    """Return the declaration, the row of the table, and the commands of the example."""
    text = PAGE.read_text(encoding="utf-8")
    text = text.partition("### Add a Custom Field: an Example")[2].partition("\n### ")[0]
    blocks = dict(re.findall(r"```(\w+)[^\n]*\n(.*?)```", text, re.DOTALL))
    return blocks["python"], blocks["text"], blocks["bash"].splitlines()


def run(folder: Path, *command: str) -> str:
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    result = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.slow
@pytest.mark.source
def test_the_example_is_complete(tmp_path: Path) -> None:
    """Three edits by hand and one command, and the key is known everywhere."""
    declaration, row, commands = example()
    for name in ("stepup_zenodo", "tests", "docs"):
        skipped = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skipped)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    path = tmp_path / "stepup_zenodo" / "config" / "configuration.py"
    source = path.read_text(encoding="utf-8")
    mark = "    custom_fields: tuple[tuple[str, Any], ...] = key("
    assert source.count(mark) == 1
    path.write_text(source.replace(mark, declaration + mark), encoding="utf-8")
    with (tmp_path / "tests" / "configs" / "stored.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\n{row}")

    for command in commands:
        if not command.startswith("git "):
            run(tmp_path, sys.executable, *command.split()[1:])

    fast = "config table expected reference schema page"
    files = (f"tests/test_{name}.py" for name in fast.split())
    run(
        tmp_path,
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *files,
        "-m",
        "not server",
    )
    every = "import tests.test_all_fields as all_fields; all_fields.test_no_key_is_forgotten()"
    run(tmp_path, sys.executable, "-c", every)
    (tmp_path / "zenodo.yaml").write_text("water_bodies: [Scheldt, Thames]\n", encoding="utf-8")
    shown = run(
        tmp_path,
        sys.executable,
        "-c",
        "from stepup_zenodo.config.fields import sent_fields\n"
        "from stepup_zenodo.config.file import parse_config\n"
        "print(dict(sent_fields(parse_config('water_bodies: [Scheldt, Thames]', 'c.yaml'))))",
    )
    assert shown == "{'custom_fields.dwc:waterBody': ['Scheldt', 'Thames']}\n"
