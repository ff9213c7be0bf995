"""What modules say that others use of them is what others use."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .generate_code_map import PACKAGE, ROOT

FROM_OUTSIDE = ("stepup_zenodo.api", "stepup_zenodo.cli", "stepup_zenodo.tool")
"""Modules that are used by plans, by programs and by StepUp."""

COMMANDS = "stepup_zenodo.commands."
"""Modules that are found by the names of commands."""


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


TREES = {
    name_of(path): ast.parse(path.read_text(encoding="utf-8"))
    for folder in (PACKAGE, ROOT / "tests", ROOT / "plan_examples")
    for path in sorted(folder.rglob("*.py"))
    if "app" not in path.parts and path.name != "_version.py"
}


def exported(module: str) -> set[str]:
    """Return what a module says that others may use."""
    for node in TREES[module].body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
            return set(names)
    return set()


def imported() -> Iterator[tuple[str, str, str]]:
    """Yield who imports from which module of the package, and what."""
    for user, tree in TREES.items():
        package = user if user.endswith("__init__") else user.rpartition(".")[0]
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom):
                continue
            module = node.module or ""
            if node.level:
                base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
                module = f"{base}.{module}".strip(".")
            for alias in node.names:
                if f"{module}.{alias.name}" not in TREES:
                    yield user, module, alias.name


@pytest.mark.source
def test_others_use_what_is_exported() -> None:
    secret = [
        f"{user}: {module}.{name}"
        for user, module, name in imported()
        if module.startswith("stepup_zenodo.") and module in TREES
        if user.startswith("stepup_zenodo") and name not in exported(module)
    ]

    assert secret == []


@pytest.mark.source
def test_what_is_exported_is_used() -> None:
    used = {(module, name) for user, module, name in imported() if user != module}
    # Some tests look at a module as a whole.
    texts = "\n".join(ast.unparse(tree) for name, tree in TREES.items() if "tests" in name)
    unused = [
        f"{module}.{name}"
        for module in TREES
        if module.startswith("stepup_zenodo.")
        if module not in FROM_OUTSIDE and not module.startswith(COMMANDS)
        for name in exported(module)
        if (module, name) not in used and f"{module.rpartition('.')[2]}.{name}" not in texts
    ]

    assert sorted(unused) == []
