"""Arguments that several commands have in common, and what they ask for.

Imported at every call of `stepup`, so it imports hardly more than the standard library.
"""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..reporting.output import Output
    from ..session.options import Options, Target

__all__ = (
    "add_any_doi_argument",
    "add_community_arguments",
    "add_config_arguments",
    "add_output_arguments",
    "add_record_arguments",
    "add_server_arguments",
    "add_side_arguments",
    "add_sync_arguments",
    "options_of",
    "output_of",
    "settle_config",
)

CONFIG = "zenodo.yaml"
"""The configuration where none is given."""

SUFFIXES = (".yaml", ".yml", ".toml", ".json")
"""How names of configurations end."""


def add_record_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which record is meant."""
    parser.add_argument(
        "config",
        metavar="CONFIG",
        nargs="?",
        default=CONFIG,
        help="the configuration, by default zenodo.yaml",
    )
    add_server_arguments(parser)


def add_server_arguments(
    parser: argparse.ArgumentParser,
    usage: str = "use another server, for a rehearsal",
    *,
    default: str | None = None,
) -> None:
    """Add the arguments that say which server is meant.

    Parameters
    ----------
    parser
        The parser of the command.
    usage
        What the address is for.
    default
        The server that is meant when there is no such argument.
    """
    server = parser.add_mutually_exclusive_group()
    server.add_argument("--endpoint", metavar="URL", default=default, help=usage)
    server.add_argument(
        "--sandbox",
        dest="endpoint",
        action="store_const",
        const="https://sandbox.zenodo.org/api",
        help="the same as --endpoint with the sandbox of Zenodo",
    )


def add_community_arguments(parser: argparse.ArgumentParser, name: str, **more: str) -> None:
    """Add the arguments that say which community is meant, and whom or what of it.

    Parameters
    ----------
    parser
        The parser of the command.
    name
        What may follow the configuration. A single word that is no configuration is taken for it.
    more
        How the help shows that.
    """
    parser.add_argument(
        "config",
        metavar="CONFIG",
        nargs="?",
        default=CONFIG,
        help="the configuration with the community, by default zenodo.yaml",
    )
    parser.add_argument(name, nargs="?", **more)  # type: ignore[arg-type]
    add_server_arguments(parser)


def settle_config(args: argparse.Namespace, name: str) -> None:
    """Take a single word that is no configuration for what may follow it."""
    if getattr(args, name) is None and not args.config.endswith(SUFFIXES):
        setattr(args, name, args.config)
        args.config = CONFIG


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say what should be in the record, and where."""
    add_record_arguments(parser)
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
        "--exact",
        action="store_true",
        help="forget files and README that were given before, in plan.py or as arguments",
    )


def add_any_doi_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that switches off the comparison of DOIs in files with that of the draft."""
    parser.add_argument(
        "--any-doi",
        action="store_true",
        help="accept files that print DOIs of other records of the repository",
    )


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say what to print."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("-v", "--verbose", action="store_true", help="show every request")
    output.add_argument("-q", "--quiet", action="store_true", help="show warnings and errors only")


def add_side_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that decide what to do about changes that were made on the server."""
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


def add_sync_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `stepup sync-zenodo` and `stepup-zenodo sync`."""
    add_config_arguments(parser)
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="show what would be done, change nothing"
    )
    add_side_arguments(parser)
    parser.add_argument(
        "--workers",
        metavar="N",
        type=int,
        choices=range(1, 17),
        help="how many files are sent at the same time, 1 to 16, instead of the configuration's",
    )
    add_output_arguments(parser)


def output_of(args: argparse.Namespace) -> "Output":
    """Return what prints, as the arguments of a command ask for it."""
    from ..reporting.output import Output

    return Output(json=args.json, verbose=args.verbose, quiet=args.quiet)


def options_of(
    args: argparse.Namespace, *, targets: tuple["Target", ...] = (), offline: bool = False
) -> "Options":
    """Return what the arguments of a command say about the record.

    Parameters
    ----------
    args
        The arguments, of which a command has `config` and `endpoint`, and perhaps others.
    targets
        What the command is to write.
    offline
        Whether the command does not ask the server.
    """
    from ..record.threeway import Choice
    from ..session.options import Options

    given = vars(args)
    return Options(
        config=args.config,
        files=tuple(given.get("files", ())),
        description=given.get("description"),
        exact=given.get("exact", False),
        takes_files="files" in given,
        endpoint=args.endpoint,
        choice=Choice(
            ours=given.get("ours", False),
            theirs=given.get("theirs", False),
            prune=given.get("prune", False),
        ),
        workers=given.get("workers"),
        targets=targets,
        offline=offline,
    )
