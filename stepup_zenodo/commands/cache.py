"""The command `cache`: see and empty what was fetched before."""

import argparse

from ..errors import Refused
from ..local.fetched import KeptContents
from ..reporting.output import reporting
from ..reporting.report import size_text
from ..text.counting import counted
from .arguments import add_output_arguments, output_of

__all__ = ("add_commands", "run_cache")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "see or empty what was fetched before"
    parser = commands.add_parser(
        "cache",
        help=summary,
        description=f"{summary.capitalize()}. `fetch` takes files from there instead of the "
        "server, in all projects of this user. Files that a project still has take no space there.",
    )
    parser.add_argument("--empty", action="store_true", help="remove everything")
    add_output_arguments(parser)
    parser.set_defaults(run=run_cache)


def run_cache(args: argparse.Namespace) -> None:
    """Carry out `cache`.

    Raises
    ------
    SystemExit
        1 when it cannot be emptied.
    """
    output = output_of(args)
    with reporting(output):
        kept = KeptContents()
        found = dict(kept)
        size = sum(info.st_size for info in found.values())
        own = sum(info.st_size for info in found.values() if info.st_nlink == 1)
        if args.empty:
            try:
                for checksum in found:
                    kept.remove(checksum)
                kept.remove_parts()
            except OSError as exc:
                raise Refused(f"Could not empty {kept.folder}: {exc.strerror}.") from None
        output.tell(
            {
                "folder": str(kept.folder),
                "files": len(found),
                "size": size,
                "own_size": own,
                "emptied": bool(args.empty),
            },
            [_line(kept, len(found), size, own, emptied=args.empty)],
        )


def _line(kept: KeptContents, files: int, size: int, own: int, *, emptied: bool) -> str:
    what = "removed: " if emptied else ""
    sizes = f"{size_text(size)}, {size_text(own)} of it in no project"
    return f"{what}{counted(files, 'file')} ({sizes}) in {kept.folder}"
