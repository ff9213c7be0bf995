"""Whatever a user can write or meet is in the reference; what there is comes from the code."""

import argparse
import ast
import importlib
import inspect
import pkgutil
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest
from platformdirs import user_cache_path

import stepup_zenodo
from stepup_zenodo import api, cli
from stepup_zenodo.config.configuration import Config
from stepup_zenodo.config.metadata import Metadata
from stepup_zenodo.config.structs import keys
from stepup_zenodo.config.template import SCHEMA_NAME
from stepup_zenodo.errors import Failure
from stepup_zenodo.local import checksums
from stepup_zenodo.local.boundary import LONGEST_SECRET
from stepup_zenodo.local.lock import one_writer
from stepup_zenodo.local.state import state_path
from stepup_zenodo.reporting.statusfile import status_path
from stepup_zenodo.sync.rounds import Status
from stepup_zenodo.terms.repositories import repository_of

from .building import build
from .configuration_keys import Found, found_keys
from .generate_commands import options_of, parsers, sync_zenodo_parser
from .generate_configuration import TITLES
from .workspace import Workspace

DOCS = Path(__file__).resolve().parents[1] / "docs"
REFERENCE = DOCS / "reference"


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Return what is below a heading, up to the next one of the same or a higher level."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"there is no heading {heading!r}"
    level = len(found[1])
    return re.split(rf"^#{{1,{level}}} ", found[2], flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of all rows of the tables in a text, without their heads."""
    lines = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines]
    rules = [n for n, row in enumerate(cells) if all(re.fullmatch(":?-+:?", cell) for cell in row)]
    return [row for n, row in enumerate(cells) if n not in rules and n + 1 not in rules]


def codes(text: str) -> set[str]:
    """Return what is written as code in a text."""
    return set(re.findall(r"`([^`]+)`", text))


def modules() -> Iterator[ModuleType]:
    """Yield all modules of the package."""
    for info in pkgutil.walk_packages(stepup_zenodo.__path__, "stepup_zenodo."):
        yield importlib.import_module(info.name)


MODULES = list(modules())


def trees() -> Iterator[tuple[ModuleType, ast.Module]]:
    """Yield all modules with their syntax trees."""
    for module in MODULES:
        yield module, ast.parse(inspect.getsource(module))


# Configuration


def place_of(found: Found) -> str:
    """Return the part of the page that is about a key."""
    text = page("configuration.md")
    if found.path == "metadata":
        return section(text, "Metadata")
    if found.cls in (Config, Metadata):
        whole = section(text, TITLES[found.cls.__name__])
        name = f"`{found.key.name}`"
        return f"{name}\n{section(whole, name)}"
    table = rows(section(text, TITLES[found.cls.__name__]))
    return "".join(row[0] for row in table if row[0].startswith(f"`{found.key.name}`"))


@pytest.mark.parametrize("found", list(found_keys()), ids=lambda found: found.path)
def test_every_key_is_there_with_all_its_names(found: Found) -> None:
    names = {found.key.name, *found.key.aliases}

    assert names <= codes(place_of(found))


# Commands


def words_of(action: argparse.Action) -> set[str]:
    """Return how an argument or option is written, without what follows it."""
    return set(action.option_strings) or {str(action.metavar or action.dest)}


@pytest.mark.parametrize("command", [*cli.COMMANDS])
def test_every_command_is_there_with_all_its_options(command: str) -> None:
    text = page("commands.md")
    shown = {code.split(" ")[0] for row in rows(section(text, command)) for code in codes(row[0])}
    defined = {word for action in options_of(parsers()[command]) for word in words_of(action)}

    assert shown == defined
    assert f"[`{command}`](#{command})" in text


def test_the_options_of_the_program_itself_are_there() -> None:
    options = {
        name
        for action in cli.command_line([])._actions
        for name in action.option_strings
        if name.startswith("--")
    }

    assert options == {name for name in options if f"stepup-zenodo {name}" in page("commands.md")}


def test_the_command_of_stepup_is_the_same_as_sync() -> None:
    assert [words_of(action) for action in options_of(sync_zenodo_parser())] == [
        words_of(action) for action in options_of(parsers()["sync"])
    ]
    assert "[`stepup-zenodo sync`](#sync)" in section(page("commands.md"), "stepup sync-zenodo")


# Functions for plan.py


@pytest.mark.parametrize("name", api.__all__)
def test_every_function_is_there_with_all_its_parameters(name: str) -> None:
    """The page shows docstrings, so these have to be complete."""
    function = getattr(api, name)
    doc = inspect.getdoc(function) or ""
    explained = re.search(r"^Parameters\n-+\n(.*?)\n\n[A-Z]\w+\n---", doc, re.M | re.S)
    assert explained is not None
    names = re.findall(r"^(\w+)\n    \S", explained[1], re.MULTILINE)

    assert names == [*inspect.signature(function).parameters]
    assert re.search(rf"^::: stepup_zenodo\.api\.{name}$", page("plan.md"), re.MULTILINE)


@pytest.mark.slow
def test_the_plan_can_be_built(tmp_path: Path) -> None:
    """The plan of the page, in a project with the files that it names."""
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    plan = re.search(r"^```python\n(.*?)^```", page("plan.md"), re.MULTILINE | re.DOTALL)
    assert plan is not None
    files = {
        "plan.py": f"#!/usr/bin/env python3\n{plan[1]}",
        "compile.sh": "#!/bin/sh\ncat paper.tex doi.tex > paper.pdf\n",
        "paper.tex": "A paper.\n",
        "README.md": "About the paper.\n",
        "data/levels.csv": "day,level_m\n",
        "zenodo.yaml": "doi_placeholder: 10.5281/zenodo.pending\npath_readme: README.md\n"
        "metadata:\n  title: A Paper\npaths: [paper.pdf, data.zip]\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)

    built = build(folder)

    assert built.status == 0, built.output
    assert "stepup sync-zenodo --exact -- zenodo.yaml" in built.steps
    assert "10.5281/zenodo.pending" in (folder / "paper.pdf").read_text(encoding="utf-8")
    assert "validated only: there is no token, so the server was not asked" in built.output


# Outcomes


def kinds_of(cls: type[Failure]) -> Iterator[type[Failure]]:
    """Yield all classes below a class of errors."""
    for kind in cls.__subclasses__():
        if kind.__module__.startswith("stepup_zenodo."):
            yield kind
            yield from kinds_of(kind)


def test_every_class_of_errors_is_there() -> None:
    defined = {kind.__name__: str(kind.exit_status) for kind in kinds_of(Failure)}
    table = rows(section(page("outcomes.md"), "Errors"))

    assert {name.strip("`"): status for name, status, *_ in table} == defined
    assert all(len(row) == 5 and all(row) for row in table)


def statuses_of(module: ModuleType, tree: ast.Module) -> Iterator[int]:
    """Yield the exit statuses that a module can give."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "SystemExit":
            value = node.args[0]
            match value:
                case ast.Constant(value=int(status)):
                    yield status
                case ast.Name(id=name):
                    yield getattr(module, name)
                case ast.Attribute(attr="exit_status"):
                    yield from {Failure.exit_status, *(k.exit_status for k in kinds_of(Failure))}
                case ast.BinOp(left=ast.Constant(value=int(start)), right=ast.Name(id="number")):
                    yield start + signal.SIGTERM
                case _:
                    pytest.fail(f"{module.__name__} ends with {ast.unparse(value)}")


def test_every_exit_status_is_there() -> None:
    misused = 2  # by `argparse`
    given = {status for item in trees() for status in statuses_of(*item)} | {misused}
    table = rows(section(page("outcomes.md"), "Exit Statuses"))

    assert {int(status) for status, _ in table} == given
    assert [int(status) for status, _ in table] == sorted(given)


def test_every_outcome_is_there() -> None:
    table = rows(section(page("outcomes.md"), "Outcomes of a Run That Did Not Fail"))

    assert [name for name, _ in table] == [f"`{status.value}`" for status in Status]


# Environment


def variables_of(tree: ast.Module) -> Iterator[str]:
    """Yield the names of environment variables in a module.

    These are the upper case texts that begin as ours do, or are looked up in the environment.
    """
    name = re.compile("[A-Z][A-Z0-9_]+")
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if re.fullmatch(
                "(STEPUP|REPREP(_PATH)?_ZENODO)_[A-Z_]+", text
            ):
                yield text
            case (
                ast.Call(func=ast.Attribute(value=where, attr="get"), args=[key, *_])
                | ast.Subscript(value=where, slice=key)
                | ast.Compare(left=key, comparators=[where])
            ) if "environ" in ast.unparse(where):
                if isinstance(key, ast.Constant) and name.fullmatch(str(key.value)):
                    yield str(key.value)


def test_every_environment_variable_is_there() -> None:
    used = {name for _, tree in trees() for name in variables_of(tree)}
    table = {cell for row in rows(page("environment.md")) for cell in codes(row[0])}
    of_libraries = {"XDG_CACHE_HOME"}

    assert table == used | of_libraries
    assert "STEPUP_ZENODO_TOKEN" in used


# Files


def test_every_file_beside_the_configuration_is_there(tmp_path: Path) -> None:
    default = next(key.default for key in keys(Config) if key.name == "path_record_id")
    path = tmp_path / str(default)
    with one_writer(path, lambda _: None):
        lock = next(tmp_path.iterdir())
    names = [path.name, state_path(path).name, lock.name, status_path(path).name, SCHEMA_NAME]
    table = rows(section(page("state-files.md"), "Beside the Configuration"))

    assert [row[0] for row in table] == [f"`{name}`" for name in names]


def test_git_ignores_what_is_not_for_version_control(tmp_path: Path) -> None:
    """With the lines that the page proposes."""
    text = page("state-files.md")
    proposed = re.search(r'^```text title=".gitignore"\n(.*?)^```', text, re.M | re.S)
    assert proposed is not None
    table = rows(section(text, "Beside the Configuration"))
    for name, *_ in table:
        (tmp_path / name.strip("`")).touch()
    (tmp_path / ".gitignore").write_text(proposed[1])
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    listed = ["git", "ls-files", "--others", "--exclude-standard"]
    result = subprocess.run(listed, cwd=tmp_path, capture_output=True, text=True, check=True)

    kept = {name.strip("`") for name, *_, control in table if control == "yes"}
    assert set(result.stdout.split()) == kept | {".gitignore"}


def test_every_cache_is_there(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also that a run writes nothing that the page does not name."""
    # No other test has this ORCID: a verdict is only written down by who finds it.
    identifiers = {"orcid": "0000-0003-1234-5674"}
    author = {
        "family_name": "Lovelace",
        "identifiers": identifiers,
        "affiliations": [{"ror": "00cv9y106"}],
    }
    workspace.config["metadata"]["creators"] = [author]
    workspace.write(a_txt="a", README_md="About a.\n")
    workspace.config["path_readme"] = "README.md"
    (workspace.folder / "data").mkdir()
    (workspace.folder / "data" / "b.txt").write_text("b")
    workspace.config["paths"].append({"archive": "data"})
    # Checksums of files that have just changed are not remembered otherwise.
    monkeypatch.setattr(checksums, "SETTLED", 0)
    workspace.synced()
    text = page("state-files.md")

    caches = workspace.folder / ".cache" / user_cache_path("stepup-zenodo").name
    assert {path.name for path in caches.iterdir()} == first_column(section(text, "Caches"))
    beside = {path.name for path in workspace.folder.iterdir() if path.is_file()}
    assert beside - first_column(text) == {"README.md", "a.txt", "data.zip", "zenodo.yaml"}


def first_column(text: str) -> set[str]:
    return {row[0].strip("`") for row in rows(text)}


# Safety


def names_of_tests(path: Path) -> set[str]:
    """Return the names of the tests in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_promise_names_a_test_that_exists() -> None:
    text = (DOCS / "safety.md").read_text(encoding="utf-8")
    promises: Mapping[str, str] = {row[0]: row[2].strip("`") for row in rows(text)}
    folder = Path(__file__).parent

    missing = [
        (promise, test)
        for promise, test in promises.items()
        if test.partition("::")[2] not in names_of_tests(folder / test.partition("::")[0])
    ]
    assert missing == []
    assert len(promises) > 25


# Limits


def test_limits_are_those_of_the_code() -> None:
    text = (DOCS / "what-it-does-not-do.md").read_text(encoding="utf-8")
    zenodo = repository_of("https://zenodo.org/api")

    assert f"more than {zenodo.most_files} files" in text
    assert zenodo.most_bytes is not None
    assert f"{zenodo.most_bytes // 10**9} GB for all of them, or {zenodo.most_quota} GB" in text
    assert f"files of at most {LONGEST_SECRET // 1000} kB" in text
