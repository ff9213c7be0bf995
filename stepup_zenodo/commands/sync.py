"""The commands `sync` and `check`."""

import argparse
import os

from ..errors import Invalid
from ..local.lock import one_writer
from ..record.changes import Changes
from ..release.community import prepare_review
from ..reporting.output import Output, reporting
from ..reporting.report import changes_json, kept_lines, outcome_json, outcome_lines, size_text
from ..session.connection import amend_inputs, announce, connect, due_with_token, open_sync, showing
from ..session.opening import Opened
from ..session.project import Project, check_ids, desired_of, load_project
from ..sync.journal import utc_now
from ..sync.rounds import Outcome, Status
from .arguments import add_config_arguments, add_output_arguments, add_sync_arguments

__all__ = ("add_commands", "run_check", "run_sync")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    summary = "make the record equal to the local files"
    sync = commands.add_parser("sync", help=summary, description=f"{summary.capitalize()}.")
    add_sync_arguments(sync)
    sync.set_defaults(run=run_sync)
    summary = "look for mistakes in the configuration and its files, without asking the server"
    check = commands.add_parser("check", help=summary, description=f"{summary.capitalize()}.")
    add_config_arguments(check)
    add_output_arguments(check)
    check.set_defaults(run=run_check)


def run_sync(args: argparse.Namespace) -> None:
    """Carry out `sync`: make the record equal to the local files.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration or a file is not usable.
    """
    output = Output(args)
    with reporting(output):
        project = load_project(
            args.config, args.files, args.description, args.endpoint, lenient=True
        )
        if "STEPUP_JOB_I" in os.environ:
            amend_inputs(args.config, project)
        desired = desired_of(project, utc_now().date())
        token = project.token(os.environ)
        output.say(f"note: {note}" for note in project.notes)
        if token is None:
            if project.doubtful:
                raise Invalid(project.doubtful)
            _validated_only(output, project)
            return
        output.secret = token.secret
        output.say([f"{args.config} -> {project.endpoint}"])
        if token.warning:
            output.warn([token.warning])
        waiting = lambda text: output.say([text], indent="  ")  # noqa: E731
        with one_writer(project.path_record_id, waiting), showing(output, project):
            client = connect(project, token, output)
            check_ids(project, desired, client)
            sync = open_sync(args, output, project, desired, client)
            if args.dry_run:
                changes = sync.look()
                _show_changes(output, changes, project)
            else:
                outcome = sync.run()
                prepared = prepare_review(Opened(project, client, sync.journal), outcome.record)
                output.say([prepared] if prepared else [], indent="  ")
                _show_outcome(output, outcome, project)


def run_check(args: argparse.Namespace) -> None:
    """Carry out `check`: look for mistakes without asking the server.

    Raises
    ------
    SystemExit
        2 when there are mistakes.
    """
    output = Output(args)
    with reporting(output):
        project = load_project(args.config, args.files, args.description, args.endpoint)
        desired = desired_of(project, utc_now().date())
        output.say(f"note: {note}" for note in project.notes)
        total = sum(file.size for file in desired.files.values())
        if output.json:
            output.give({"status": "valid", "files": [*desired.files], "bytes": total})
        else:
            output.say([f"valid: {args.config}, {len(desired.files)} files, {size_text(total)}"])


def _validated_only(output: Output, project: Project) -> None:
    """Report that there is no token, and let StepUp run the step again when there is one."""
    outcome = Outcome(Status.VALIDATED)
    path = project.path_token
    due_with_token(project)
    if output.json:
        output.give(outcome_json(outcome, output.traffic, project.config.place))
        return
    output.say(outcome_lines(outcome, output.traffic))
    hint = "Set STEPUP_ZENODO_TOKEN"
    output.say([f"{hint}, or put a token into {path}." if path else f"{hint}, or add path_token."])


def _show_changes(output: Output, changes: Changes, project: Project) -> None:
    if output.json:
        output.give(changes_json(changes, project.place))
        return
    output.warn(kept_lines(changes.kept, project.place))
    if changes.actions:
        output.say(["dry run, this would be done:"])
        announce(output, changes)
    else:
        output.say(["dry run: nothing to do"])


def _show_outcome(output: Output, outcome: Outcome, project: Project) -> None:
    if output.json:
        output.give(outcome_json(outcome, output.traffic, project.place))
        return
    output.warn(kept_lines(outcome.kept, project.place))
    output.say(outcome_lines(outcome, output.traffic))
