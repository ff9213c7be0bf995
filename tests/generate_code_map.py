"""Write the map of the code, `docs/code-map.md`.

Usage: python -m tests.generate_code_map
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

import attrs

__all__ = (
    "CODE_MAP",
    "PACKAGE",
    "ROOT",
    "TOLERANCE",
    "Module",
    "code_map",
    "layers",
    "modules",
    "shown_lines",
)

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "stepup_zenodo"
CODE_MAP = ROOT / "docs" / "code-map.md"

TOLERANCE = 20
"""By how many lines a number in the map may be wrong, so that not every commit changes it."""

INTRODUCTION = """\
---
search:
  boost: 0.1 # for those who look for it
---

# Map of the Code

This page is made from the code by `python -m tests.generate_code_map`: edit it there.

## The Flow

A command of `commands` starts everything, on its own or in a StepUp build.
It asks `session` to open the project:
`document` reads the text of the configuration into a tree in which every value knows its place,
`config` makes records of it and collects all errors,
and `local` finds the files, the token and what is remembered from the last run.
Each key is declared once, with its kind and the name of its field on the server:
`config.table` is a walk over these declarations,
and from it follow what is sent, how answers are compared, and the way back to the file.
From all this, `record.desired` says what the record should hold,
with `text` to make the description and `terms` to know the ids that the server accepts.

Then `sync` goes in rounds.
It asks the server through `remote` what there is, and `record.observed` reads the answer.
`record.compare` has no side effects:
from what is desired, observed and remembered it makes a list of changes, or finds a conflict;
lists go through `record.itemwise`, by what `record.identity` says that makes items the same.
`sync.execute` carries the changes out, and the next round looks again.
The last round is the one that finds nothing to do.

`reporting` tells all of it: progress during the run, the report at its end, and the exit status.
`deposit` adds what a deposit needs besides: its DOI, review, publishing and how it stands,
in the words of `release`; `preview` makes the page of a record as its readers will see it.
`takeover` goes the other way, from a record or another file about the work to a configuration.
`archive` makes the zip files, with the same bytes for the same content.

## The Layers

A package imports only from the lines below its own, never from its own line.
`make lint` checks this, and that the core knows neither network nor terminal nor StepUp.

| layer | packages and modules |
| --: | --- |
"""

BESIDE = """
## Beside the Package

| folder or file | what is in it |
| --- | --- |
| `tests` | all tests; `workspace.py` runs the program in a project, `building.py` runs StepUp |
| `tests/rdm_server` | the real InvenioRDM on this computer, its fixtures and its faults |
| `tests/benchmark` | what transfers cost: `python -m tests.benchmark` |
| `tests/configs`, `tests/takeover` | input of tests, with the expected results |
| `tests/generate_*.py` | what is made from the code: reference pages, vocabularies, this page |
| `tests/site_*.py` | what MkDocs does with the pages that become this site |
| `plan_examples` | the three examples, and the demo |
| `docs`, `mkdocs.yml` | this site |
| `.ci`, `.github` | what runs for each change and each release |
"""


@attrs.frozen
class Module:
    """A module of the package."""

    package: str
    """The sub-package, empty for modules that are in none."""

    name: str
    """The name of the module in its package."""

    lines: int
    """The number of lines."""

    purpose: str
    """The first line of its docstring."""


def described(path: Path) -> Module:
    """Return what the map says about a module."""
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text)) or ""
    package = ".".join(path.parent.relative_to(PACKAGE).parts)
    return Module(package, path.stem, len(text.splitlines()), docstring.partition("\n")[0])


def modules() -> list[Module]:
    """Return all modules, by package and name, without what is written by the installation."""
    paths = [path for path in PACKAGE.rglob("*.py") if path.name != "_version.py"]
    return sorted(map(described, paths), key=lambda module: (module.package, module.name))


def layers() -> list[list[str]]:
    """Return the names in each layer, from the lowest to the highest."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    found = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = [[name.strip() for name in layer.split("|")] for layer in found]
    return [[name for name in layer if name != "(_version)"] for layer in reversed(named)]


def shown_lines(text: str) -> dict[tuple[str, str], int]:
    """Return the numbers of lines in a map."""
    found: dict[tuple[str, str], int] = {}
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        package = section.partition("\n")[0].replace("stepup_zenodo", "")
        rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", section, re.MULTILINE)
        found |= {(package, name): int(lines) for name, lines in rows}
    return found


def lines_in_map(module: Module, shown: Mapping[tuple[str, str], int]) -> int:
    """Return the number that is shown already if it is about right, else a rounded one."""
    before = shown.get((module.package, module.name))
    if before is not None and abs(before - module.lines) <= TOLERANCE:
        return before
    return max(10, round(module.lines, -1))


def sections(shown: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Yield the lines about the packages and their modules."""
    for package, members in groupby(modules(), key=lambda module: module.package):
        found = list(members)
        about = next(module for module in found if module.name == "__init__")
        yield f"\n### {package or 'stepup_zenodo'}\n\n{about.purpose}\n"
        rest = [module for module in found if module is not about]
        if rest:
            yield "| module | lines | what it is for |\n| --- | --: | --- |"
        for module in rest:
            yield f"| `{module.name}` | {lines_in_map(module, shown)} | {module.purpose} |"


def code_map(shown: Mapping[tuple[str, str], int]) -> str:
    """Return the page.

    Parameters
    ----------
    shown
        The numbers of lines that the page shows now, by package and module.
    """
    ordered = list(enumerate(layers(), 1))
    table = [
        f"| {number} | {', '.join(f'`{name}`' for name in layer)} |"
        for number, layer in reversed(ordered)
    ]
    total = sum(module.lines for module in modules())
    heading = (
        f"\n## The Modules\n\nLines are rounded; all together they are about {round(total, -3):,}."
    )
    parts = [INTRODUCTION + "\n".join(table), heading, *sections(shown), BESIDE]
    return "\n".join(parts)


if __name__ == "__main__":
    before = CODE_MAP.read_text(encoding="utf-8") if CODE_MAP.exists() else ""
    CODE_MAP.write_text(code_map(shown_lines(before)), encoding="utf-8")
