"""The command `fetch`: fill a folder from a public record, always from the same version."""

import argparse
import shlex
from contextlib import suppress
from pathlib import Path

import attrs

from ..errors import Invalid, Problem, Refused
from ..inputs.asked import Asked, difference
from ..inputs.folder import Folder
from ..inputs.selection import Item, selected
from ..jsontypes import Json
from ..local.pins import Pin
from ..local.token import expand
from ..reporting.output import Output, reporting
from ..reporting.report import size_text
from ..session.building import refuse_in_build
from ..session.connection import showing
from ..text.counting import counted
from .arguments import add_output_arguments, add_server_arguments, output_of
from .stepoptions import add_step_arguments, step_options

__all__ = ("add_commands", "run_fetch")

MOST_LINES = 50
"""Lines about the files of a version that are shown."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "fetch files of a public record, always of the same version"
    parser = commands.add_parser(
        "fetch",
        help=summary,
        description=f"{summary.capitalize()}. The first run writes a pin beside the folder: "
        "the version, and the sizes and checksums of its files. "
        "Later runs fetch just these, whatever is published since.",
    )
    parser.add_argument(
        "record", metavar="RECORD", help="the DOI, the address or the id of a record"
    )
    parser.add_argument("folder", metavar="FOLDER", help="where the files go")
    parser.add_argument(
        "files",
        metavar="FILES",
        nargs="*",
        help="names or patterns, such as '*.csv', instead of all files",
    )
    add_server_arguments(parser)
    parser.add_argument(
        "--path-token", metavar="FILE", help="a file with a token, if the record is restricted"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--update", action="store_true", help="move the pin to what RECORD stands for today"
    )
    what.add_argument(
        "--check", action="store_true", help="only compare the folder with the pin, offline"
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="show what would be done, change nothing"
    )
    add_step_arguments(parser)
    add_output_arguments(parser)
    parser.set_defaults(run=run_fetch)


def run_fetch(args: argparse.Namespace) -> None:
    """Carry out `fetch`.

    With `--declare`, it is the planning step of StepUp: it makes the pin if there is none,
    and adds the step that fetches.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when an argument is not usable.
    """
    output = output_of(args)
    with reporting(output):
        if args.update:
            refuse_in_build("move a pin to another version")
        token = None if args.path_token is None else expand(args.path_token, Path())
        asked = Asked.of(args.record, args.folder, endpoint=args.endpoint, path_token=token)
        if args.declare and asked.secret:
            message = "a share link in plan.py would be written into the records of the build"
            hint = "write it into a file outside of the project, and give that as path_token"
            raise Invalid((Problem(message, "RECORD", hint=hint),))
        with showing(output):
            folder = _pinned(args, asked, output)
            items = selected(folder.pin, args.files)
            if args.declare:
                _declare(args, asked, items)
            elif args.check:
                folder.check(items)
                _tell(folder, items, status="intact")
            else:
                _fetch(folder, items, dry_run=args.dry_run)


def _pinned(args: argparse.Namespace, asked: Asked, output: Output) -> Folder:
    """Return the folder with its pin, which is made if there is none, and moved if told."""
    try:
        old = asked.pin()
    except Refused:
        if not args.update:
            raise
        output.warn([f"note: {asked.path_pin} cannot be used as it is, and is made again"])
        old = None
    if old is None and args.check:
        raise Refused(
            f"{asked.folder} was not fetched: there is no {asked.path_pin}. "
            "Run the same command without --check."
        )
    pin, client = old, None
    if pin is None or args.update:
        client = asked.client(output)
        pin = asked.newest(client)
        if old is not None:
            same = {name for name, file in pin.files.items() if old.files.get(name) == file}
            members = {name: found for name, found in old.members.items() if name in same}
            pin = attrs.evolve(pin, members=members)
    folder = Folder(asked, pin, output, client)
    pin = folder.with_members(args.files)
    if args.update or old is None:
        _show(output, asked, old, pin)
    if pin != old and not args.dry_run:
        pin.write(asked.path_pin)
    return attrs.evolve(folder, pin=pin)


def _show(output: Output, asked: Asked, old: Pin | None, new: Pin) -> None:
    """Show what a pin changes."""
    if new == old:
        output.say([f"{asked.path_pin}: nothing to update, {new.line}"])
        return
    output.say([f"{asked.path_pin}: {new.line}"])
    files = sorted(new.files.items())
    lines = [f"+ {name} ({size_text(file.size)})" for name, file in files]
    lines = lines if old is None else difference(old, new)
    output.say(lines[:MOST_LINES], indent="  ", marked=True)
    if len(lines) > MOST_LINES:
        output.say([f"and {len(lines) - MOST_LINES} more"], indent="  ")


def _declare(args: argparse.Namespace, asked: Asked, items: tuple[Item, ...]) -> None:
    """Add the step that fetches, and let this one run again when the pin moves.

    Raises
    ------
    Invalid
        When StepUp cannot have one of the files as an output.
    """
    paths = [str(asked.folder / item.path) for item in items]
    dollars = [path for path in paths if "$" in path]
    if dollars:
        message = "contains a dollar sign, which StepUp takes for a variable"
        hint = "name the files that you want, without this one"
        raise Invalid(tuple(Problem(f"{path!r} {message}", hint=hint) for path in dollars))
    from stepup.core.api import amend, static, step
    from stepup.core.exceptions import GraphError

    pin = str(asked.path_pin)
    # It is static already if plan.py says so, or if other files are fetched into the same folder.
    with suppress(GraphError):
        static(pin)
    amend(inp=[pin])
    words = ["stepup-zenodo", "fetch"]
    words += ["--endpoint", args.endpoint] if args.endpoint else []
    words += ["--path-token", args.path_token] if args.path_token else []
    words += ["--", args.record, args.folder, *args.files]
    step(shlex.join(words), inp=[pin], out=paths, **step_options(args))


def _fetch(folder: Folder, items: tuple[Item, ...], *, dry_run: bool) -> None:
    """Fetch the files that are not there as they are pinned."""
    missing = folder.missing(items)
    folder.refuse_foreign(missing)
    if dry_run:
        lines = (f"{item.path} ({size_text(item.size)}): to be fetched" for item in missing)
        folder.output.say(lines, indent="  ")
        _tell(folder, items, status="not fetched", fetched=missing)
        return
    folder.fill(missing)
    folder.tidy(items)
    for path in folder.left():
        place = folder.asked.folder / path
        folder.output.say([f"note: {place} is of another version, and is left where it is"])
    _tell(folder, items, status="fetched" if missing else "nothing to do", fetched=missing)


def _tell(
    folder: Folder, items: tuple[Item, ...], *, status: str, fetched: tuple[Item, ...] = ()
) -> None:
    pin, place = folder.pin, folder.asked.folder
    answer: Json = {
        "status": status,
        "record": pin.record,
        "doi": pin.doi or None,
        "version": pin.version or None,
        "folder": str(place),
        "files": [item.path for item in items],
        "fetched": [item.path for item in fetched],
    }
    size = size_text(sum(item.size for item in items))
    line = f"{status}: {counted(len(items), 'file')} ({size}) in {place}, {pin.line}"
    folder.output.tell(answer, [line])
