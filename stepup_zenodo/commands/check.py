"""The command `check`: look for errors before anything is sent."""

import argparse

from ..deposit.advice import advice_about
from ..errors import Refused
from ..jsontypes import Json
from ..record.desired import publisher_problems
from ..record.threeway import Choice
from ..record.unfinished import unfinished_problems
from ..reporting.output import Output, reporting
from ..reporting.report import (
    advice_lines,
    demand_lines,
    record_line,
    said_json,
    size_text,
)
from ..session.comparing import compared
from ..session.opening import Opened, opened
from ..text.counting import counted
from .arguments import add_config_arguments, add_output_arguments, options_of, output_of

__all__ = ("add_commands", "run_check")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "look for errors in the configuration and its files, without asking the server"
    check = commands.add_parser(
        "check",
        help=summary,
        description=f"{summary.capitalize()}. With --server, the draft is saved as it is, "
        "because the server and communities say only then what they think of it.",
    )
    add_config_arguments(check)
    check.add_argument(
        "--server",
        action="store_true",
        help="also ask the server what it, and the community, say about the draft",
    )
    add_output_arguments(check)
    check.set_defaults(run=run_check)


def run_check(args: argparse.Namespace) -> None:
    """Carry out `check`.

    Raises
    ------
    SystemExit
        2 when there are mistakes, 1 when the draft could not be published as it is.
    """
    output = output_of(args)
    with reporting(output):
        record = opened(options_of(args, offline=not args.server), output)
        desired = record.desired()
        output.say(f"note: {note}" for note in record.notes)
        doubts = unfinished_problems(desired, desired.fields)
        unfinished = [*map(str, (*doubts, *publisher_problems(record.project.config)))]
        total = sum(file.size for file in desired.files.values())
        result: dict[str, Json] = {
            "status": "valid",
            "files": [*desired.files],
            "bytes": total,
            "warnings": [*unfinished],
        }
        files = counted(len(desired.files), "file")
        lines = [f"valid: {args.config}, {files}, {size_text(total)}"]
        if not args.server:
            output.tell(result, lines, unfinished)
            return
        output.warn(() if output.json else unfinished)
        with record.alone() as now:
            _ask(output, now, result, lines)


def _ask(output: Output, record: Opened, result: dict[str, Json], lines: list[str]) -> None:
    """Tell what the server says about the draft."""
    found = record.record()
    if not found.is_draft or found.is_published:
        raise Refused(
            "There is no draft to ask about: the last version is public. "
            "What communities say about a correction is told when `stepup-zenodo sync` sends it."
        )
    comparison = compared(record, output.listen, Choice())
    advice = advice_about(record, found, comparison.desired)
    more = [f"asked about {record_line(advice.record)}, as it is on the server"]
    if not comparison.foreseen.is_empty:
        more.append("note: it differs from your files, see `stepup-zenodo diff`")
    said = advice.said
    output.tell(
        {**result, "said": said_json(said)},
        [*lines, *more, *advice_lines(said)],
        demand_lines(said),
    )
    if any(item.severity == "error" for item in said):
        raise SystemExit(1)
