"""The map of the code shows all of it, and no module or function is too long to be read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .generate_code_map import (
    CODE_MAP,
    PACKAGE,
    ROOT,
    TOLERANCE,
    Module,
    code_map,
    layers,
    modules,
    shown_lines,
)

pytestmark = pytest.mark.source

MEND = "run: python -m tests.generate_code_map"


def without_lines(text: str) -> str:
    """Return a map without numbers of lines, which may be a little out of date."""
    text = re.sub(r"^(\| `\w+` \| )\d+( \|)", r"\1N\2", text, flags=re.MULTILINE)
    return re.sub(r"about [\d,]+\.$", "about N.", text, flags=re.MULTILINE)


def outdated(found: list[Module], text: str) -> list[str]:
    """Return the modules whose number of lines in a map is wrong by more than is tolerated."""
    shown = shown_lines(text)
    return [
        f"{module.package}.{module.name}: {module.lines} lines, {lines} in the map"
        for module in found
        if (lines := shown.get((module.package, module.name))) is not None
        and abs(lines - module.lines) > TOLERANCE
    ]


def test_the_map_shows_the_code() -> None:
    text = CODE_MAP.read_text(encoding="utf-8")

    assert without_lines(text) == without_lines(code_map({})), MEND
    assert outdated(modules(), text) == [], MEND
    assert len(shown_lines(text)) == len([m for m in modules() if m.name != "__init__"])


def test_outdated_numbers_are_noticed() -> None:
    text = "### sync\n\nWhat.\n\n| `rounds` | 300 | The rounds. |\n| `uploads` | 260 | Uploads. |\n"
    found = [Module("sync", "rounds", 321, ""), Module("sync", "uploads", 280, "")]

    assert outdated(found, text) == ["sync.rounds: 321 lines, 300 in the map"]


def test_numbers_that_are_almost_right_are_kept() -> None:
    """So that not every commit changes the map."""
    shown = {(m.package, m.name): m.lines + TOLERANCE for m in modules()}
    text = code_map(shown)

    assert shown_lines(text) == {key: lines for key, lines in shown.items() if key[1] != "__init__"}
    assert outdated(modules(), text) == []


def test_every_package_is_in_a_layer() -> None:
    packages = {module.package or module.name for module in modules()} - {"__init__"}

    assert sorted(name for layer in layers() for name in layer) == sorted(packages)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the functions of a module and their numbers of lines, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            docstring = node.body[0] if ast.get_docstring(node) else None
            if docstring:
                lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines


def test_modules_are_short() -> None:
    assert [module for module in modules() if module.lines > 400] == []


@pytest.mark.parametrize("folder", [PACKAGE, ROOT / "tests"], ids=["package", "tests"])
def test_functions_are_short(folder: Path) -> None:
    found = [entry for path in folder.rglob("*.py") for entry in functions(path)]

    assert [(name, lines) for name, lines in found if lines > 60] == []
    assert len(found) > 300


def test_every_module_says_what_it_is_for() -> None:
    found = modules()

    assert [m for m in found if not re.fullmatch(r"[^|]{10,}[.!?]", m.purpose)] == []
