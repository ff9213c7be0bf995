"""The command `publish`: make a draft public, after checking and asking."""

import argparse

from ..errors import Refused
from ..record.observed import Record
from ..release.publication import Draft, objections, public_lines, word_to_type
from ..release.publishing import (
    draft_of,
    let_server_check,
    publish_draft,
    refuse_in_build,
    unchanged,
)
from ..reporting.output import Output, reporting
from ..reporting.report import outcome_json, record_line
from ..session.opening import Opened, opened
from ..sync.rounds import Outcome, Status
from .arguments import add_config_arguments, add_output_arguments

__all__ = ("add_commands", "run_publish")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "make the draft public, after showing it, checking it and asking"
    parser = commands.add_parser(
        "publish",
        help=summary,
        description=f"{summary.capitalize()}. What is public cannot be taken back. "
        "A build never does this.",
    )
    add_config_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask for the version")
    parser.add_argument(
        "--any-doi",
        action="store_true",
        help="accept files that print DOIs of other records of the repository",
    )
    add_output_arguments(parser)
    parser.set_defaults(run=run_publish)


def run_publish(args: argparse.Namespace) -> None:
    """Carry out `publish`.

    Raises
    ------
    SystemExit
        1 when the draft was not published, 2 when the configuration or a file is not usable.
    """
    output = Output(args)
    with reporting(output):
        refuse_in_build("publish")
        with opened(args, output, changing=True) as record:
            _publish(args, output, record)


def _publish(args: argparse.Namespace, output: Output, opened_: Opened) -> None:
    draft = draft_of(opened_, output.listen)
    problems = objections(draft, any_doi=args.any_doi)
    if problems:
        raise Refused("The draft cannot be published as it is:", problems)
    record = let_server_check(opened_, draft)
    output.say(["This becomes public for good:"])
    output.say(public_lines(record), indent="  ")
    if not args.yes:
        _ask(output, record)
    unchanged(opened_.client, record)
    published = publish_draft(opened_.client, record.id)
    opened_.journal.agreed(published, {}, {}, draft.desired.files)
    _tell(output, opened_, draft, published)


def _ask(output: Output, record: Record) -> None:
    word = word_to_type(record)
    what = "version" if record.version else "record id"
    answer = output.ask(f"Type the {what}, {word}, to publish it: ")
    if answer != word:
        found = f"{answer!r} was typed" if answer else "nothing was typed"
        raise Refused(
            f"Nothing was published, because {found} instead of {word!r}. "
            "Use --yes to publish without being asked."
        )


def _tell(output: Output, opened_: Opened, draft: Draft, record: Record) -> None:
    if output.json:
        outcome = Outcome(Status.SYNCED, record, (), draft.foreseen.kept)
        place = opened_.project.place
        output.give({**outcome_json(outcome, output.traffic, place), "status": "published"})
        return
    output.say([f"published: {record_line(record)}"])
    output.say([f"concept DOI {record.concept_doi}"] if record.concept_doi else [])
    output.say([record.html])
