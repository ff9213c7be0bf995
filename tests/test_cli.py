"""The command line as a whole."""

import argparse
import shlex
from importlib import import_module

import pytest

from stepup_zenodo.cli import COMMANDS, EXAMPLES, command_line
from stepup_zenodo.config.endpoints import SANDBOX

from .workspace import Workspace


def added(module: str) -> dict[str, str]:
    """Return the commands that a module adds, in order."""
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"stepup_zenodo.commands.{module}").add_commands(commands)
    return dict.fromkeys(commands.choices, module)


def test_every_command_is_found_without_importing_the_others() -> None:
    found: dict[str, str] = {}
    for module in dict.fromkeys(COMMANDS.values()):
        found |= added(module)
    assert found == COMMANDS
    assert list(found) == list(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        ["sync", "--exact", "-n"],
        ["sync", "-n", "zenodo.yaml", "--exact"],
        ["sync", "zenodo.yaml", "--exact", "-n"],
        ["check", "--json", "--exact"],
        ["doi", "--quiet"],
        ["publish", "--yes"],
        ["status"],
        ["preview", "--open"],
        ["discard", "--yes"],
        ["pull", "-n"],
    ],
)
def test_the_usual_configuration_need_not_be_named(words: list[str]) -> None:
    args = command_line(words).parse_args(words)

    assert args.config == "zenodo.yaml"


def test_options_stand_anywhere() -> None:
    words = ["sync", "a.yaml", "--exact", "b.csv", "--json", "c.csv", "--sandbox"]

    args = command_line(words).parse_args(words)

    assert (args.config, args.files, args.exact, args.json) == (
        "a.yaml",
        ["b.csv", "c.csv"],
        True,
        True,
    )
    assert args.endpoint == SANDBOX


def test_two_servers_are_one_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["status", "--sandbox", "--endpoint", "https://zenodo.org/api"]

    with pytest.raises(SystemExit, match="2"):
        command_line(words).parse_args(words)

    assert "not allowed with argument --sandbox" in capsys.readouterr().err


def test_every_command_has_an_example() -> None:
    assert list(EXAMPLES) == list(COMMANDS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_can_be_typed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = [name, *shlex.split(EXAMPLES[name].partition(">")[0])]

    args = command_line(words).parse_args(words)

    assert args.command == name
    with pytest.raises(SystemExit):
        command_line([name]).parse_args([name, "--help"])
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.endswith(f"example: stepup-zenodo {name} {EXAMPLES[name]}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("community", "members"), "zenodo.yaml:"),
        (("community", "invite", "alice", "--sandbox"), "zenodo.yaml:"),
        (("community", "invite", "other.toml", "alice"), "other.toml:"),
        (("requests", "--sandbox", "list"), "zenodo.yaml:"),
        (("requests", "show", "1-2-3"), "zenodo.yaml:"),
        (("requests", "-m", "no", "decline", "other.yml", "1-2-3"), "other.yml:"),
    ],
)
def test_curators_need_not_name_the_usual_configuration(
    offline: Workspace, words: tuple[str, ...], told: str
) -> None:
    result = offline.run(*words)

    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"{told} cannot be read: No such file or directory")
