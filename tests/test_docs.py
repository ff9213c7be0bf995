"""Each block of code on each page is run, compared or at least read by what would read it.

Pages that are followed from top to bottom are in `test_docs_followed.py`.
"""

import ast
import inspect
import json
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Callable, Mapping
from itertools import pairwise, takewhile
from pathlib import Path

import pytest
import yaml

from stepup_zenodo import api
from stepup_zenodo.cli import COMMANDS, command_line
from stepup_zenodo.config.file import parse_config

from .installing import IN_PIPELINE, TEXTS, installing_pages, with_installation
from .pages import PAGES, ROOT, Block, blocks, session, text_of, words_of
from .targets import LIVE_VARIABLES
from .test_docs_followed import FOLLOWED

TARGETS = re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
VARIABLES = re.findall(
    r"^\| `(STEPUP_\w+)`", text_of("docs/reference/environment.md"), re.MULTILINE
)


def read_yaml(block: Block) -> None:
    """Read a configuration, or another file in YAML, which has a title that is none of ours."""
    if block.title and "zenodo" not in block.title:
        assert yaml.safe_load(block.text), block.place
    else:
        parse_config(block.text, "zenodo.yaml")


def read_toml(block: Block) -> None:
    """Read a configuration in TOML."""
    parse_config(block.text, "zenodo.toml")


def read_json(block: Block) -> None:
    """Read a document in JSON."""
    json.loads(block.text)


def read_python(block: Block) -> None:
    """Compile a program, and compare its calls of our functions with their signatures."""
    text = re.sub(r"^ *\.\.\.\n", "", textwrap.dedent(block.text), flags=re.MULTILINE)
    for node in ast.walk(ast.parse(text, block.place)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = getattr(api, node.func.id, None) if node.func.id in api.__all__ else None
            if called is not None:
                names = {keyword.arg or "" for keyword in node.keywords}
                inspect.signature(called).bind(*node.args, **dict.fromkeys(names))
        if isinstance(node, ast.ImportFrom) and node.module == "stepup_zenodo.api":
            assert {alias.name for alias in node.names} <= set(api.__all__), block.place


def read_file(block: Block) -> None:
    """See to it that a file with prose or data tells its name."""
    assert block.title, block.place


def read_console(block: Block) -> None:
    """See to it that each command is one of a page that is followed."""
    assert block.page in FOLLOWED, f"{block.place}: nobody follows this page"
    assert [*session(block.text)], block.place


def read_output(block: Block) -> None:
    """See to it that what was printed holds no commands, as nobody can copy them."""
    assert not [*session(block.text)], block.place


def read_bash(block: Block) -> None:
    """Look at commands that are not run with the page: they must exist, with their options."""
    for words in words_of(block):
        assignments = [*takewhile(lambda word: re.match(r"[A-Z]\w*=", word), words)]
        name, *rest = words[len(assignments) :]
        name = name.removeprefix(".venv/bin/")
        assert name in SHELL, f"{block.place}: no test knows {name}"
        SHELL[name](rest)


def our_command(words: list[str]) -> None:
    """Read the arguments of `stepup-zenodo`."""
    if ">" in words:
        words = words[: words.index(">")]
    if words[-1] == "--help":
        assert {*words[:-1]} <= {*COMMANDS}
    else:
        command_line(words).parse_args(words)


def stepup_command(words: list[str]) -> None:
    """Read the arguments of StepUp."""
    if words[0] == "sync-zenodo":
        our_command(["sync", *words[1:]])
    else:
        options = [word for word in words[1:] if word.startswith("-")]
        stepup = Path(sys.executable).with_name("stepup")
        help_text = subprocess.run(
            [stepup, words[0], "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert [option for option in options if option not in help_text] == []


def make_command(words: list[str]) -> None:
    """Look for the target; variables may be given too."""
    targets = [word for word in words if "=" not in word]
    assert [target for target in targets if target not in TARGETS] == []


def pip_command(words: list[str]) -> None:
    """Look for the extra."""
    assert words[0] in {"install", "uninstall", "wheel"}
    for extra in re.findall(r"\[(.*?)\]", words[-1]):
        assert set(extra.split(",")) <= EXTRAS.keys()


def python_command(words: list[str]) -> None:
    """Look for the module or the program."""
    match words:
        case ["-m", "venv", _]:
            return
        case ["-m", module, *_]:
            path = ROOT.joinpath(*module.split("."))
            assert path.is_dir() or path.with_suffix(".py").exists(), module
        case [program, *_]:
            assert (ROOT / program).exists(), program


def export_command(words: list[str]) -> None:
    """Look for the variable in the reference."""
    assert words[0].split("=")[0] in (*VARIABLES, *LIVE_VARIABLES)


def pytest_command(words: list[str]) -> None:
    """Look for the file, and for the tests that are chosen in it."""
    text = (ROOT / words[0]).read_text(encoding="utf-8")
    assert all(name in text for option, name in pairwise(words) if option == "-k")


def eval_command(words: list[str]) -> None:
    """Look at the command whose output is used."""
    [text] = words
    name, *rest = shlex.split(text.removeprefix("$(").removesuffix(")"))
    SHELL[name.removeprefix(".venv/bin/")](rest)


def curl_command(words: list[str]) -> None:
    """Accept requests to the local server, whose settings come from its launcher."""
    assert words[-1].startswith("$RDM_ENDPOINT/")


def git_command(words: list[str]) -> None:
    """Accept what everybody knows."""
    assert words[0] in {"clone", "switch", "diff", "add", "commit", "push", "status", "tag"}


def enter(words: list[str]) -> None:
    """Accept a change of the folder or of the environment."""
    assert len(words) == 1


SHELL: Mapping[str, Callable[[list[str]], None]] = {
    "stepup-zenodo": our_command,
    "stepup": stepup_command,
    "make": make_command,
    "pip": pip_command,
    "python": python_command,
    "python3": python_command,
    "pytest": pytest_command,
    "eval": eval_command,
    "curl": curl_command,
    "export": export_command,
    "git": git_command,
    "source": enter,
    "cd": enter,
}
"""What looks at the words behind the name of a program."""


def read_example(block: Block) -> None:
    """Accept the commands in the example paper, which `test_examples.py` runs."""
    assert block.page == "plan_examples/paper/README.md", f"{block.place}: name a language"


RULES: Mapping[str, Callable[[Block], None]] = {
    "": read_example,
    "bash": read_bash,
    "console": read_console,
    "csv": read_file,
    "json": read_json,
    "markdown": read_file,
    "output": read_output,
    "python": read_python,
    "text": read_file,
    "toml": read_toml,
    "typst": read_file,
    "yaml": read_yaml,
}
"""What looks at a block of a language."""


@pytest.mark.parametrize("page", PAGES)
def test_blocks_can_be_used(page: str) -> None:
    """A block of a language that no rule covers fails, and so does one that cannot be used."""
    text = text_of(page)
    found = blocks(page)

    assert 2 * len(found) == len(re.findall(r"^ *```", text, re.MULTILINE)), "a block is not seen"
    for block in found:
        assert block.language in RULES, f"{block.place}: no rule for {block.language!r}"
        RULES[block.language](block)


def test_pages_are_followed() -> None:
    """Whoever adds a page with a session has to say how it is followed."""
    sessions = {page for page in PAGES for block in blocks(page) if block.language == "console"}

    assert sessions == set(FOLLOWED)


def test_workflow_hands_the_token_to_one_step() -> None:
    """The workflow on the page about continuous integration."""
    [block] = [
        block
        for block in blocks("docs/how-to/continuous-integration.md")
        if block.title.startswith(".github/")
    ]
    [job] = yaml.safe_load(block.text)["jobs"].values()

    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == [IN_PIPELINE, "stepup build --no-progress"]
    assert [step["env"].keys() for step in job["steps"] if "env" in step] == [
        {"STEPUP_ZENODO_TOKEN"}
    ]
    assert block.text.count("secrets.") == 1


TRUE_ANYWAY = {
    'pip install ".[demo]"',  # where a copy is needed besides
    'pip install "stepup-zenodo[keyring]"',  # where the package is installed already
    "pip install 'stepup-zenodo[keyring]'",
}
"""Commands that do not depend on where the package is."""


@pytest.mark.parametrize("on_index", [False, True])
def test_pages_tell_how_to_install(on_index: bool) -> None:
    """All that says so follows from one place, and goes back and forth."""
    texts = {page: with_installation(page, text_of(page), on_index=on_index) for page in TEXTS}
    every = "\n".join(texts.get(page) or text_of(page) for page in PAGES)
    commands = {*re.findall(r"pip install [^\n`]+", every)} - TRUE_ANYWAY

    here = {"pip install .", "pip install wheels/stepup_zenodo-*.whl"}
    assert commands == ({"pip install stepup-zenodo"} if on_index else here)
    again = {page: with_installation(page, text, on_index=False) for page, text in texts.items()}
    assert again == {page: with_installation(page, text_of(page), on_index=False) for page in TEXTS}
    assert set(installing_pages()) == {ROOT / page for page in TEXTS}


def test_make_lists_its_targets() -> None:
    """The list of targets, and that those in the README are known."""
    result = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert [shlex.split(line)[:2] for line in result.stdout.splitlines()] == [
        ["make", "help"],
        ["make", "demo"],
        ["make", "demo-stop"],
        ["make", "demo-clean"],
        ["make", "test"],
        ["make", "check"],
        ["make", "test-thorough"],
        ["make", "test-servers"],
        ["make", "test-live"],
        ["make", "coverage"],
        ["make", "test-wheel"],
        ["make", "docs"],
        ["make", "lint"],
        ["make", "format"],
        ["make", "clean"],
    ]


def test_links_lead_somewhere() -> None:
    """Links to files of the repository are not broken."""
    links = [
        (page, link)
        for page in [*PAGES, "CHANGELOG.md"]
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text_of(page))
        if "://" not in link
    ]

    assert [
        (page, link) for page, link in links if not (ROOT / page).parent.joinpath(link).exists()
    ] == []
    assert len(links) > 30
