"""The command `pull`: take over into the configuration what people changed on the server."""

import argparse
from pathlib import Path

import attrs

from ..errors import printable
from ..jsontypes import Json
from ..local.storage import write_or_refuse
from ..record.compare import checksums_needed
from ..record.threeway import shown
from ..reporting.output import Output, reporting
from ..session.opening import Opened, opened
from ..sync.rounds import base_of
from ..takeover.pull import Pulled, pull
from .arguments import add_output_arguments, add_record_arguments, options_of, output_of

__all__ = ("add_commands", "run_pull")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "take over into the configuration what was changed on the server"
    parser = commands.add_parser(
        "pull",
        help=summary,
        description=f"{summary.capitalize()}. Comments, order and layout of the file are kept.",
    )
    add_record_arguments(parser)
    parser.add_argument(
        "--all",
        action="store_true",
        help="take over fields as well that the configuration leaves alone",
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="show what would be taken over, write nothing"
    )
    add_output_arguments(parser)
    parser.set_defaults(run=run_pull)


def run_pull(args: argparse.Namespace) -> None:
    """Carry out `pull`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration is not usable.
    """
    output = output_of(args)
    with reporting(output), opened(options_of(args), output).alone() as found:
        pulled = _pulled(found, output, everything=args.all)
        if pulled.text != found.project.text and not args.dry_run:
            write_or_refuse(Path(args.config), pulled.text)
        if output.json:
            output.give(_json(pulled))
            return
        output.warn([f"not taken over: {name}: {printable(why)}" for name, why in pulled.left])
        verb = "would take over" if args.dry_run else "took over"
        output.say(
            [
                f"{verb} {name}: {_line(mine)} -> {_line(theirs)}"
                for name, mine, theirs in pulled.taken
            ]
        )
        if not pulled.taken:
            output.say(["nothing to take over"])


def _line(value: Json) -> str:
    return printable(shown(value))


def _pulled(found: Opened, output: Output, *, everything: bool) -> Pulled:
    record, desired = found.record(), found.desired()
    base = base_of(record, found.state)
    cache = found.project.checksum_cache()
    files = {
        file.key: attrs.evolve(file, checksum=cache.checksum(file, output.listen))
        for file in checksums_needed(desired, record, base)
    }
    desired = attrs.evolve(desired, files={**desired.files, **files})
    text, file = found.project.text, found.options.config
    return pull(text, file, desired, record, base, everything=everything)


def _json(pulled: Pulled) -> Json:
    taken: list[Json] = [
        {"field": name, "old": mine, "new": theirs} for name, mine, theirs in pulled.taken
    ]
    left: list[Json] = [{"what": name, "reason": why} for name, why in pulled.left]
    return {"status": "pulled" if pulled.taken else "nothing to do", "taken": taken, "left": left}
