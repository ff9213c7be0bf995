"""Results that are kept for the next run, whose loss or damage costs time only."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stepup_zenodo.results import Results

CONFIG = """\
metadata:
  title: Water Levels
  creators:
    - family_name: Lovelace
      identifiers: {orcid: 0000-0002-1825-0097}
  related:
    - {identifier: 10.1234/example, relation_type: cites}
paths: a.csv
path_readme: README.md
"""
HEAVY = ("bleach", "html5lib", "idutils", "isbnlib", "markdown_it", "mdit_py_plugins")
PROGRAM = """\
import sys
from stepup_zenodo.cli import main
sys.argv = ["stepup-zenodo", "check", "zenodo.yaml"]
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules} & set(%r)), file=sys.stderr)
""" % (HEAVY,)  # noqa: UP031


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "zenodo.yaml").write_text(CONFIG)
    (tmp_path / "README.md").write_text("# Water\n\nMeasured *by hand*.\n")
    (tmp_path / "a.csv").write_text("1,2\n")
    return tmp_path


def heavy_imports(project: Path) -> list[str]:
    """Look for mistakes in a process of its own, and return what it imported."""
    environ = {"PATH": "", "HOME": str(project), "XDG_CACHE_HOME": str(project / ".cache")}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout.startswith("valid: ")) == (0, True), result
    return result.stderr.split()


def cache(project: Path) -> Path:
    return project / ".cache" / "stepup-zenodo" / "results.json"


def test_the_second_run_imports_nothing_heavy(project: Path) -> None:
    assert heavy_imports(project) == ["idutils", "isbnlib", "markdown_it", "mdit_py_plugins"]
    assert heavy_imports(project) == []


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "[",
        "[]",
        '{"made_by": 1, "results": 2, "digest": 3}',
        "other makers",
        "another verdict",
    ],
)
def test_damage_costs_time_only(project: Path, damage: str) -> None:
    heavy_imports(project)
    content = json.loads(cache(project).read_text())
    if damage == "other makers":
        damage = json.dumps({**content, "made_by": "0" * 64})
    elif damage == "another verdict":
        wrong = dict.fromkeys(content["results"], False)
        damage = json.dumps({**content, "results": wrong})
    cache(project).write_text(damage)

    assert heavy_imports(project) == ["idutils", "isbnlib"]
    assert json.loads(cache(project).read_text()) == content
    assert heavy_imports(project) == []


def test_memory() -> None:
    memory = Results()
    made: list[str] = []

    def make() -> str:
        made.append("x")
        return "result"

    assert memory.result("f", "text", str, make) == "result"
    assert memory.result("f", "text", str, make) == "result"
    assert (made, memory.has_new) == (["x"], True)
    assert memory.result("f", "long" * 1000, str, make) == "result"
    assert memory.result("f", "long" * 1000, str, make) == "result"
    assert (len(made), [*memory.known]) == (3, ["f text"])


def test_only_results_are_recalled() -> None:
    memory = Results({"f a": "mine"})

    memory.recall({"f a": "theirs", "f b": True, "f c": 3, "f d": ["x"]})

    assert memory == Results({"f a": "mine", "f b": True})
    assert memory.result("f", "b", str, lambda: "found out anew") == "found out anew"
