"""The command line `stepup-zenodo`: its commands and its exit status."""

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from . import __version__

__all__ = ("COMMANDS", "EXAMPLES", "command_line", "main")

COMMANDS = {
    "sync": "sync",
    "check": "check",
    "diff": "diff",
    "status": "status",
    "preview": "preview",
    "pull": "pull",
    "doi": "doi",
    "publish": "publish",
    "submit": "submit",
    "share": "share",
    "discard": "discard",
    "correct-files": "correct",
    "delete": "delete",
    "quota": "quota",
    "community": "community",
    "requests": "requests",
    "adopt": "adopt",
    "fetch": "fetch",
    "cite": "cite",
    "cache": "cache",
    "init": "init",
    "schema": "init",
    "archive": "archive",
    "login": "login",
    "logout": "login",
}
"""The module in `commands` that adds and runs each command, in the order of the help."""


EXAMPLES = {
    "sync": "zenodo.yaml --dry-run",
    "check": "zenodo.yaml",
    "diff": "zenodo.yaml",
    "status": "zenodo.yaml --watch",
    "preview": "zenodo.yaml --open",
    "pull": "zenodo.yaml --dry-run",
    "doi": "zenodo.yaml doi.tex cite.bib",
    "publish": "zenodo.yaml",
    "submit": 'zenodo.yaml --message "The levels of this spring."',
    "share": "zenodo.yaml --days 14",
    "discard": "zenodo.yaml",
    "correct-files": "zenodo.yaml",
    "delete": "zenodo.yaml --reason test-record",
    "quota": "zenodo.yaml --raise 120",
    "community": "invite zenodo.yaml alice --role curator",
    "requests": "list zenodo.yaml",
    "adopt": "10.5281/zenodo.8410825",
    "fetch": "10.5281/zenodo.8410825 data '*.csv'",
    "cite": "data --to inputs.bib",
    "cache": "--empty",
    "init": "--from CITATION.cff",
    "schema": "> zenodo.schema.json",
    "archive": "images images.zip",
    "login": "--sandbox",
    "logout": "--sandbox",
}
"""For each command, an example of what can follow it."""


class _CommandParser(argparse.ArgumentParser):
    """Parses the words of one command, whose options may stand anywhere between the others."""

    _is_mixing = False

    def parse_known_args(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        namespace: argparse.Namespace | None = None,
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse words, and return what is left of them."""
        if self._is_mixing:
            return super().parse_known_args(args, namespace)
        self._is_mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_mixing = False


def command_line(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser for these words.

    It knows all commands only if the words do not begin with one of them,
    because importing all of them takes longer than many runs do.
    """
    parser = argparse.ArgumentParser(
        prog="stepup-zenodo", description="Keep Zenodo records equal to local files."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_CommandParser
    )
    wanted = COMMANDS.get(words[0] if words else "")
    for module in [wanted] if wanted else dict.fromkeys(COMMANDS.values()):
        import_module(f".commands.{module}", __package__).add_commands(commands)
    for name, command in commands.choices.items():
        command.epilog = f"example: {parser.prog} {name} {EXAMPLES[name]}"
    return parser


def _terminated(number: int, frame: object) -> NoReturn:
    print("terminated", file=sys.stderr)
    raise SystemExit(128 + number)


def main() -> NoReturn:
    """Run `stepup-zenodo`; the exit status is always given by `SystemExit`."""
    try:
        _run()
    finally:
        from .reporting.output import flush_quietly

        flush_quietly()
    raise SystemExit(0)


def _run() -> None:
    args = command_line(sys.argv[1:]).parse_args()
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, _terminated)
    try:
        args.run(args)
    except KeyboardInterrupt:
        print("interrupted; run it again to go on", file=sys.stderr)
        raise SystemExit(130) from None
