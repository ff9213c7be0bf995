"""Register `stepup sync-zenodo`.

StepUp imports this module at every call of `stepup` and `sb`,
so it imports nothing but the standard library and does almost nothing.
"""

import argparse
import os
from collections.abc import Callable

__all__ = ("add_sync_arguments", "add_sync_zenodo_subcommand")

VARIABLE = "STEPUP_ZENODO_TOKEN"
PRESENCE = "STEPUP_ZENODO_TOKEN_PRESENCE"


def add_sync_zenodo_subcommand(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", loader: object
) -> Callable[[argparse.Namespace], None]:
    """Add the subcommand and return the function that carries it out.

    A step that ran without token must become due when the variable with the token appears.
    StepUp would print and store the value of a variable that a step depends on,
    so the step depends on another one, set here, which says only whether there is a token.
    The director of StepUp inherits it.
    """
    os.environ[PRESENCE] = "yes" if os.environ.get(VARIABLE, "").strip() else "no"
    summary = "keep a Zenodo record equal to local files"
    parser = subparsers.add_parser("sync-zenodo", help=summary, description=f"{summary}.")
    add_sync_arguments(parser)
    parser.add_argument("--declare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--resources", help=argparse.SUPPRESS)
    parser.add_argument("--duration", help=argparse.SUPPRESS)
    return _sync_zenodo


def _sync_zenodo(args: argparse.Namespace) -> None:
    from .cli import run_declare, run_sync  # noqa: PLC0415

    if args.declare:
        run_declare(args)
    else:
        run_sync(args)


def add_sync_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `stepup sync-zenodo` and `stepup-zenodo sync` have in common."""
    parser.add_argument("config", metavar="CONFIG", help="the configuration, e.g. zenodo.yaml")
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="more files for the record, besides those in the configuration",
    )
    parser.add_argument(
        "--description", metavar="FILE", help="README that becomes the description (.md or .html)"
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="show what would be done, change nothing"
    )
    side = parser.add_mutually_exclusive_group()
    side.add_argument(
        "--ours", action="store_true", help="overwrite what was changed on the server"
    )
    side.add_argument(
        "--theirs", action="store_true", help="keep what was changed on the server and here"
    )
    parser.add_argument(
        "--prune", action="store_true", help="delete files from the draft that were added there"
    )
    parser.add_argument("--endpoint", metavar="URL", help="use another server, for a rehearsal")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("-v", "--verbose", action="store_true", help="show every request")
    output.add_argument("-q", "--quiet", action="store_true", help="show warnings and errors only")
