"""The command `publish`: make a draft public, after checking and asking."""

import argparse

from ..deposit.advice import advice_about, tell_advice
from ..deposit.publish import (
    approved_draft,
    publish_draft,
    refuse_if_changed,
    refuse_if_unlike,
    refuse_if_unlike_checked,
)
from ..record.observed import Record
from ..release.publication import Draft, doubts, public_lines, word_to_type
from ..reporting.output import Output, confirm, reporting
from ..reporting.report import outcome_json, record_line
from ..session.building import refuse_in_build
from ..session.opening import Opened, opened
from ..sync.rounds import Outcome, Status
from .arguments import (
    add_any_doi_argument,
    add_config_arguments,
    add_output_arguments,
    options_of,
    output_of,
)

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
    add_any_doi_argument(parser)
    add_output_arguments(parser)
    parser.set_defaults(run=run_publish)


def run_publish(args: argparse.Namespace) -> None:
    """Carry out `publish`.

    Raises
    ------
    SystemExit
        1 when the draft was not published, 2 when the configuration or a file is not usable.
    """
    output = output_of(args)
    with reporting(output):
        refuse_in_build("publish")
        with opened(options_of(args), output).alone() as found:
            _publish(args, output, found)


def _publish(args: argparse.Namespace, output: Output, found: Opened) -> None:
    draft = approved_draft(found, output.listen, any_doi=args.any_doi)
    advice = advice_about(found, draft.record, draft.desired)
    refuse_if_unlike_checked(draft.record, advice.record)
    tell_advice(output, advice)
    record = advice.record
    output.say(["This becomes public for good:"])
    output.say(public_lines(record), indent="  ")
    output.warn(str(doubt) for doubt in (*doubts(draft), *found.project.doubts))
    if not args.yes:
        what = "version" if record.version else "record id"
        confirm(output, what, word_to_type(record), "publish", "published")
    refuse_if_changed(found.client, record)
    published = publish_draft(found.client, record.id)
    found.journal.agreed(published, {}, {}, draft.desired.files)
    if not output.json:
        _tell(output, found, draft, published)
    refuse_if_unlike(record, published)
    if output.json:
        _tell(output, found, draft, published)


def _tell(output: Output, found: Opened, draft: Draft, record: Record) -> None:
    if output.json:
        outcome = Outcome(Status.SYNCED, record, (), draft.foreseen.kept)
        place = found.project.place
        output.give({**outcome_json(outcome, output.traffic, place), "status": "published"})
        return
    output.say([f"published: {record_line(record).removeprefix('published ')}"])
    output.say([f"concept DOI {record.concept_doi}"] if record.concept_doi else [])
    output.say([record.html])
