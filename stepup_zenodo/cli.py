"""The command line `stepup-zenodo`: its commands and its exit status."""

import argparse
import contextlib
import signal
import sys
from typing import NoReturn

from . import (
    __version__,
    command_adopt,
    command_archive,
    command_diff,
    command_discard,
    command_doi,
    command_init,
    command_login,
    command_publish,
    command_pull,
    command_share,
    command_status,
    command_submit,
    command_sync,
)

__all__ = ("main",)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepup-zenodo", description="Keep Zenodo records equal to local files."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (
        command_sync,
        command_diff,
        command_status,
        command_pull,
        command_doi,
        command_publish,
        command_submit,
        command_share,
        command_discard,
        command_adopt,
        command_init,
        command_archive,
        command_login,
    ):
        module.add_commands(commands)
    return parser


def _terminated(number: int, frame: object) -> NoReturn:
    print("terminated", file=sys.stderr)
    raise SystemExit(128 + number)


def main() -> NoReturn:
    """Run `stepup-zenodo`; the exit status is always given by `SystemExit`."""
    args = _parser().parse_args()
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, _terminated)
    try:
        args.run(args)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise SystemExit(130) from None
    raise SystemExit(0)
