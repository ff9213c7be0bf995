"""The command line as a whole."""

import argparse
from importlib import import_module

from stepup_zenodo.cli import COMMANDS


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
