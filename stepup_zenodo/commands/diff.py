"""The command `diff`: what a sync would change."""

import argparse

from ..reporting.difference import difference_json, difference_lines
from ..reporting.output import Output, reporting
from ..reporting.report import record_line
from ..session.comparing import compared
from ..session.given import given_before
from ..session.opening import Opened, opened
from ..sync.verdicts import conflict_problems
from .arguments import (
    add_config_arguments,
    add_output_arguments,
    add_side_arguments,
    options_of,
    output_of,
)

__all__ = ("add_commands", "run_diff")

DIFFERENT = 3
"""Exit status when there are differences."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "show what a sync would change, and change nothing"
    parser = commands.add_parser(
        "diff",
        help=summary,
        description=f"{summary.capitalize()}. Metadata are shown field by field with the old "
        "and the new value and who changed it, files with their sizes.",
        epilog="The exit status is 0 when both sides are equal, 3 when they differ.",
    )
    add_config_arguments(parser)
    add_side_arguments(parser)
    add_output_arguments(parser)
    parser.set_defaults(run=run_diff)


def run_diff(args: argparse.Namespace) -> None:
    """Carry out `diff`.

    Raises
    ------
    SystemExit
        3 when there are differences, 1 when it failed,
        2 when the configuration or a file is not usable.
    """
    output = output_of(args)
    with reporting(output):
        _show(output, opened(options_of(args), output))


def _show(output: Output, record: Opened) -> None:
    output.say(f"note: {note}" for note in given_before(record.project))
    found = compared(record, output.listen, record.options.choice)
    problems = conflict_problems(found.foreseen.conflicts, found.desired)
    if output.json:
        output.give(difference_json(found.foreseen, problems, record.project.place))
    else:
        output.say([f"{record.options.config} -> {record.project.endpoint}"])
        output.say([record_line(found.observed)])
        lines = difference_lines(found.foreseen, found.observed, record.project.place)
        output.say(lines, marked=True)
        output.warn(str(problem) for problem in problems)
        if found.foreseen.is_empty:
            output.say(["equal"])
    if not found.foreseen.is_empty:
        raise SystemExit(DIFFERENT)
