"""The command `sync`: make the record equal to the local files."""

import argparse

import attrs

from ..errors import Invalid
from ..local.patterns import find
from ..record.changes import Changes
from ..record.unfinished import unfinished_problems
from ..reporting.output import Output, reporting
from ..reporting.report import (
    advice_lines,
    changes_json,
    demand_lines,
    doubt_lines,
    kept_lines,
    outcome_json,
    outcome_lines,
)
from ..session.building import amend_inputs, among_inputs, due_with_matches, due_with_token
from ..session.checking import check_ids
from ..session.connection import announce, showing
from ..session.opening import Opened, Silence, opened
from ..session.options import Options
from ..session.project import Project
from ..sync.rounds import Outcome, Status
from .arguments import (
    add_sync_arguments,
    options_of,
    output_of,
)

__all__ = ("add_commands", "run_sync")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "make the record equal to the local files"
    sync = commands.add_parser("sync", help=summary, description=f"{summary.capitalize()}.")
    add_sync_arguments(sync)
    sync.set_defaults(run=run_sync)


def run_sync(args: argparse.Namespace) -> None:
    """Carry out `sync`: make the record equal to the local files.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration or a file is not usable.
    """
    output = output_of(args)
    with reporting(output):
        record = opened(_options(args), output)
        project = record.project
        _tell_build(record)
        desired = record.desired()
        silence = record.silence
        output.say(f"note: {note}" for note in record.notes)
        unfinished = [str(item) for item in unfinished_problems(desired, desired.fields)]
        output.warn(() if output.json else unfinished)
        if silence is not None:
            _only_validated(output, project, silence, unfinished)
            return
        output.say([f"{args.config} -> {project.endpoint}"])
        with record.alone(only_looks=args.dry_run) as now, showing(output, now.project):
            if now is not record:
                _tell_build(now)
                desired = now.desired()
            check_ids(now, desired)
            sync = now.sync(desired)
            if args.dry_run:
                _show_changes(output, sync.look(), now.project, unfinished)
            else:
                _show_outcome(output, sync.run(), now.project, unfinished)


def _options(args: argparse.Namespace) -> Options:
    """Return what the arguments ask for. The step that a plan adds has its files as inputs."""
    options = options_of(args)
    in_plan = getattr(args, "inputs", False)
    return attrs.evolve(options, find=among_inputs()) if in_plan else options


def _tell_build(record: Opened) -> None:
    """Tell StepUp what this step depends on."""
    if record.options.find is find:
        due_with_matches(record.project)
    amend_inputs(record.project)


def _only_validated(
    output: Output, project: Project, silence: Silence, unfinished: list[str]
) -> None:
    """Report why the server is not asked, and let StepUp run the step again when it can be.

    Raises
    ------
    Invalid
        When there are terms that only the server may know, as nobody asks it.
    """
    if project.doubtful:
        raise Invalid(project.doubtful)
    due_with_token(project)
    outcome = Outcome(Status.VALIDATED, silence=silence.reason)
    _show_outcome(output, outcome, project, unfinished)
    output.say([silence.remedy])


def _show_changes(
    output: Output, changes: Changes, project: Project, unfinished: list[str]
) -> None:
    if output.json:
        output.give({**changes_json(changes, project.place), "warnings": [*unfinished]})
        return
    output.warn(kept_lines(changes.kept, project.place))
    if changes.actions:
        output.say(["dry run, this would be done:"])
        announce(output, changes)
    else:
        output.say(["dry run: nothing to do"])


def _show_outcome(
    output: Output, outcome: Outcome, project: Project, unfinished: list[str]
) -> None:
    answer = outcome_json(outcome, output.traffic, project.place)
    output.tell(
        {**answer, "warnings": [*unfinished]},
        [*outcome_lines(outcome, output.traffic), *advice_lines(outcome.said)],
        [
            *kept_lines(outcome.kept, project.place),
            *doubt_lines(outcome.doubtful),
            *demand_lines(outcome.said),
        ],
    )
