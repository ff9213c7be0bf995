"""The command `correct-files`: put other files in the place of those that are public."""

import argparse

import attrs

from ..deposit.publish import printed_problems
from ..errors import Refused
from ..record.changes import Changes, DeleteFile, NewVersion, UploadFile
from ..record.observed import NoRecord
from ..release.publication import public_lines, word_to_type
from ..reporting.output import Output, confirm, reporting
from ..reporting.report import kept_lines, outcome_json, outcome_lines
from ..session.building import refuse_in_build
from ..session.checking import check_ids
from ..session.comparing import Comparison, compared
from ..session.connection import announce, showing
from ..session.opening import Opened, opened
from ..sync.verdicts import refusal
from .arguments import (
    add_any_doi_argument,
    add_config_arguments,
    add_output_arguments,
    options_of,
    output_of,
)

__all__ = ("add_commands", "run_correct_files")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "change files of the published version, after showing what changes and asking"
    parser = commands.add_parser(
        "correct-files",
        help=summary,
        description=f"{summary.capitalize()}. Its DOI stays the same, so people who have the old "
        "files do not notice. Zenodo lets the owner of a record do so within 30 days of the "
        "publication. Otherwise raise the version.",
    )
    add_config_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask for the version")
    add_any_doi_argument(parser)
    add_output_arguments(parser)
    parser.set_defaults(run=run_correct_files)


def run_correct_files(args: argparse.Namespace) -> None:
    """Carry out `correct-files`.

    Raises
    ------
    SystemExit
        1 when nothing became public, 2 when the configuration or a file is not usable.
    """
    output = output_of(args)
    with reporting(output):
        refuse_in_build("change files of a published version")
        with opened(options_of(args), output).alone() as found, showing(output, found.project):
            _correct(args, output, found)


def _correct(args: argparse.Namespace, output: Output, found: Opened) -> None:
    choice = attrs.evolve(found.options.choice, published_files=True)
    desired = found.desired()
    check_ids(found, desired)
    comparison = compared(found, output.listen, choice)
    record = comparison.observed
    if isinstance(record, NoRecord):
        raise found.no_record()
    _refuse_others(comparison)
    if any(isinstance(item, UploadFile | DeleteFile) for item in comparison.foreseen.actions):
        problems = printed_problems(found, comparison, any_doi=args.any_doi)
        if problems:
            raise Refused("The files cannot be put there as they are:", problems)
        output.say(["These files of a version that is public will be others from now on:"])
        output.say(public_lines(record), indent="  ")
        output.say(["This will be done:"])
        announce(output, Changes(comparison.foreseen.actions))
        if not args.yes:
            what = "version" if record.version else "record id"
            confirm(output, what, word_to_type(record), "correct", "changed")
    run = attrs.evolve(found.sync(desired), choice=choice, announce=_already_told)
    outcome = run.run()
    place = found.project.place
    answer, lines = outcome_json(outcome, output.traffic, place), kept_lines(outcome.kept, place)
    output.tell(answer, outcome_lines(outcome, output.traffic), lines)


def _already_told(changes: Changes) -> None:
    """Say nothing about changes, all of which were shown before it was asked."""


def _refuse_others(comparison: Comparison) -> None:
    """Raise unless it is about the version that is public.

    Raises
    ------
    Refused
        For a draft, for the next version, and where a person has to decide first.
    """
    record = comparison.observed
    assert not isinstance(record, NoRecord)
    if not record.is_published:
        raise Refused(
            "The draft is not public yet, so there is nothing to correct: run `stepup-zenodo sync`."
        )
    actions, conflicts = comparison.foreseen.actions, comparison.foreseen.conflicts
    if conflicts:
        raise refusal(conflicts, comparison.desired)
    if any(isinstance(item, NewVersion) for item in actions):
        raise Refused(
            f"The configuration is about another version than {record.version or record.id}, which "
            "is public. Give metadata.version as it is there to correct it, "
            "or run `stepup-zenodo sync` to start the next version."
        )
