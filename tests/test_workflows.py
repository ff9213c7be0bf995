"""What runs for each change and each release: safe, and for all versions that are promised."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
FORMS = [ROOT / ".github" / "ISSUE_TEMPLATE" / name for name in ("bug.yaml", "feature.yaml")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def load(path: Path) -> dict[str, Any]:
    """Return the contents of a YAML file in which, unlike in YAML 1.1, `on` is a word."""
    text = re.sub(r"^on:", '"on":', path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = yaml.safe_load(text)
    assert isinstance(found, dict)
    return found


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    """Return the jobs of a workflow."""
    return dict(load(path)["jobs"])


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the steps of all jobs of a workflow."""
    for job in jobs(path).values():
        yield from job["steps"]


def supported() -> list[str]:
    """Return the versions of Python that are promised."""
    found = re.findall(r":: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    return sorted(found, key=lambda version: int(version.partition(".")[2]))


def test_there_are_workflows() -> None:
    assert [path.name for path in WORKFLOWS] == ["release.yaml", "servers.yaml", "test.yaml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_is_allowed_that_is_not_needed(path: Path) -> None:
    assert load(path)["permissions"] == {}
    for name, job in jobs(path).items():
        needed = {"id-token": "write"} if name == "publish" else {"contents": "read"}
        assert job["permissions"] == needed
        assert job["timeout-minutes"] <= 45


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned(path: Path) -> None:
    """The tag of an action can be moved, its commit cannot."""
    lines = re.findall(r"uses: .*", path.read_text(encoding="utf-8"))

    assert [line for line in lines if not PINNED.fullmatch(line)] == []
    assert lines != []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_checkouts_keep_no_credentials(path: Path) -> None:
    found = [step["with"] for step in steps(path) if "checkout" in step.get("uses", "")]

    assert found == [{"fetch-depth": 0, "persist-credentials": False}] * len(found) != []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_there_are_no_secrets_and_no_texts_of_others_in_commands(path: Path) -> None:
    """Names of branches and the like go through variables, as they could contain commands."""
    assert "secrets" not in path.read_text(encoding="utf-8")
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


def test_a_tag_is_what_makes_a_release() -> None:
    workflow = load(ROOT / ".github" / "workflows" / "release.yaml")

    assert workflow["on"] == {"push": {"tags": ["v*"]}}
    assert workflow["jobs"]["publish"]["needs"] == "build"
    assert workflow["jobs"]["publish"]["environment"]["name"] == "pypi"
    assert ".ci/run" in [step.get("run") for step in workflow["jobs"]["build"]["steps"]]


def test_all_supported_versions_of_python_are_tested() -> None:
    found = jobs(ROOT / ".github" / "workflows" / "test.yaml")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert PROJECT["requires-python"] == f">={supported()[0]}"
    assert found["wheel"]["strategy"]["matrix"] == {
        "python": supported(),
        "dependencies": ["oldest", "newest"],
    }
    assert f"\nMATRIX ?= {' '.join(supported())}\n" in makefile
    names = " ".join(f"python{version}" for version in reversed(supported()))
    assert f"\nPYTHON := python3 {names}\n" in makefile


def test_scripts_exist() -> None:
    """What the workflows call is in the repository, and can be run."""
    commands = [step.get("run", "") for path in WORKFLOWS for step in steps(path)]
    scripts = {word for text in commands for word in text.split() if word.startswith(".ci/")}
    targets = {word for text in commands for word in re.findall(r"make ([\w-]+)", text)}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert scripts == {".ci/run", ".ci/test-wheel"}
    assert [name for name in scripts if not (ROOT / name).stat().st_mode & 0o100] == []
    assert [name for name in targets if f"\n{name}: " not in makefile] == []
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "make test"


def fields(path: Path) -> dict[str, dict[str, Any]]:
    """Return the fields of a form, by their ids."""
    asked = [field for field in load(path)["body"] if field["type"] != "markdown"]
    found = {field["id"]: field for field in asked}
    assert len(found) == len(asked)
    return found


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_can_be_shown(path: Path) -> None:
    form = load(path)

    assert set(form) == {"name", "description", "labels", "body"}
    assert {field["type"] for field in form["body"]} <= {
        "dropdown",
        "input",
        "markdown",
        "textarea",
    }
    assert [name for name, field in fields(path).items() if not field["attributes"]["label"]] == []


def test_a_report_says_what_is_needed() -> None:
    found = fields(FORMS[0])

    required = [name for name, field in found.items() if field.get("validations")]
    assert required == ["version", "server", "output", "expected"]
    assert "`stepup-zenodo --version`" in found["version"]["attributes"]["description"]
    assert "--verbose" in found["output"]["attributes"]["description"]
    assert (
        "token itself does not belong here" in found["configuration"]["attributes"]["description"]
    )


def test_hooks_use_the_tools_of_the_environment() -> None:
    """Otherwise versions would be in two places."""
    repos = load(ROOT / ".pre-commit-config.yaml")["repos"]
    hooks = [hook for repo in repos for hook in repo["hooks"]]
    tools = {hook["entry"].split()[0] for hook in hooks}

    assert [repo["repo"] for repo in repos] == ["local"]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert tools == {f".venv/bin/{name}" for name in ("lint-imports", "mypy", "python", "ruff")}


@pytest.mark.source
def is_runnable(path: Path) -> bool:
    """Return whether Python runs what is at the path of a module."""
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def test_the_page_for_contributors_names_what_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    targets = set(re.findall(r"`make ([\w-]+)`", text))
    modules = set(re.findall(r"python -m ([\w.]+)", text))
    paths = {
        path
        for path in re.findall(r"`([\w/]+\.\w+)`", text)
        if path not in {"plan.py", "stepup_zenodo/commands/NAME.py"}
    }
    folders = [ROOT, ROOT / "stepup_zenodo", ROOT / "tests", ROOT / "tests" / "configs"]
    folders += [ROOT / ".github" / "workflows"]
    assert [name for name in targets if f"\n{name}: " not in makefile] == []
    assert {"coverage", "docs", "test-wheel"} <= targets
    assert [name for name in modules if not is_runnable(ROOT / name.replace(".", "/"))] == []
    assert [name for name in paths if not any((top / name).exists() for top in folders)] == []
    assert len(paths) > 15


@pytest.mark.source
def test_the_page_for_contributors_names_what_is_in_the_files() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    package = ROOT / "stepup_zenodo"
    named = {
        "config/customfields.py": ["_TEXTS = "],
        "config/configuration.py": ["class Config:"],
        "cli.py": ["COMMANDS = {"],
        "commands/discard.py": ["    summary = "],
    }

    for name, phrases in named.items():
        source = (package / name).read_text(encoding="utf-8")
        assert f"`stepup_zenodo/{name}`" in text
        assert [phrase for phrase in phrases if phrase not in source] == []
