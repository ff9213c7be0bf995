"""Register `stepup sync-zenodo`.

StepUp imports this module at every call of `stepup` and `sb`,
so it imports hardly more than the standard library and does almost nothing.
"""

import argparse
import os
from collections.abc import Callable

from .commands.arguments import add_sync_arguments
from .commands.stepoptions import add_step_arguments
from .local.environment import (
    REPREP_TOKEN,
    REPREP_TOKEN_PATH,
    TOKEN,
    TOKEN_PRESENCE,
    is_told_offline,
)

__all__ = ("add_sync_zenodo_subcommand",)


def add_sync_zenodo_subcommand(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", loader: object
) -> Callable[[argparse.Namespace], None]:
    """Add the subcommand and return the function that carries it out.

    A step that ran without token must become due when the variable with the token appears.
    StepUp would print and store the value of a variable that a step depends on,
    so the step depends on another one, set here, which says only whether there is a token,
    and whether the server is to be asked at all.
    The director of StepUp inherits it.
    """
    names = (TOKEN, REPREP_TOKEN, REPREP_TOKEN_PATH)
    is_there = any(os.environ.get(name, "").strip() for name in names)
    presence = "yes" if is_there else "no"
    os.environ[TOKEN_PRESENCE] = "offline" if is_told_offline(os.environ) else presence
    summary = "keep a Zenodo record equal to local files"
    parser = subparsers.add_parser("sync-zenodo", help=summary, description=f"{summary}.")
    add_sync_arguments(parser)
    add_step_arguments(parser)
    parser.add_argument("--inputs", action="store_true", help=argparse.SUPPRESS)
    return _sync_zenodo


def _sync_zenodo(args: argparse.Namespace) -> None:
    if args.declare:
        from .commands.declare import run_declare

        run_declare(args)
    else:
        from .commands.sync import run_sync

        run_sync(args)
