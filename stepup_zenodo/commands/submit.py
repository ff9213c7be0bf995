"""The command `submit`: let the community of the configuration review the draft."""

import argparse

from ..deposit.advice import advice_about, tell_advice
from ..deposit.publish import approved_draft, refuse_if_unlike_checked
from ..deposit.reviews import Reviewed, name_of, said_last
from ..errors import Refused
from ..record.observed import Record
from ..record.review import Community
from ..release.publication import doubts, public_lines
from ..reporting.output import Output, reporting
from ..session.building import refuse_in_build
from ..session.opening import Opened, opened
from .arguments import (
    add_any_doi_argument,
    add_config_arguments,
    add_output_arguments,
    options_of,
    output_of,
)

__all__ = ("add_commands", "run_submit")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "submit the draft to the community of the configuration, for review"
    parser = commands.add_parser(
        "submit",
        help=summary,
        description=f"{summary.capitalize()}. Who accepts it there publishes it. "
        "A record that is public already is proposed to the community.",
    )
    add_config_arguments(parser)
    parser.add_argument("-m", "--message", metavar="TEXT", default="", help="say something to them")
    parser.add_argument("--withdraw", action="store_true", help="take the draft back from review")
    add_any_doi_argument(parser)
    add_output_arguments(parser)
    parser.set_defaults(run=run_submit)


def run_submit(args: argparse.Namespace) -> None:
    """Carry out `submit`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration or a file is not usable.
    """
    output = output_of(args)
    with reporting(output):
        refuse_in_build("submit anything for review")
        with opened(options_of(args), output).alone() as found:
            _tell(output, _withdraw(found) if args.withdraw else _submit(args, output, found))


def _tell(output: Output, text: str) -> None:
    output.tell({"status": text}, [text])


def _withdraw(found: Opened) -> str:
    record = found.record()
    if not record.is_draft or record.is_published:
        raise Refused(
            "There is no draft that could be taken back: the last version is public already. "
            "Requests about public records are taken back on the website."
        )
    return Reviewed(found.client, record.id).withdraw()


def _submit(args: argparse.Namespace, output: Output, found: Opened) -> str:
    record = found.record()
    community = found.communities.named()
    if record.is_published:
        return _propose(args, found, record, community)
    if record.status == "in_review":
        return f"it is in review already, by the community {_reviewer(found, record)}"
    if record.status.startswith("new_version_draft"):
        raise Refused(
            "The draft of a new version is not reviewed: it belongs to the communities of the "
            "record. Publish it with `stepup-zenodo publish`; if the record is in no community "
            "yet, use `stepup-zenodo submit` after that."
        )
    return _submit_draft(args, output, found, community)


def _reviewer(found: Opened, record: Record) -> str:
    review = Reviewed(found.client, record.id).review()
    return "" if review is None else name_of(found.client, review.community)


def _submit_draft(
    args: argparse.Namespace, output: Output, found: Opened, community: Community
) -> str:
    draft = approved_draft(found, output.listen, any_doi=args.any_doi, reviewed=True)
    if draft.record.status == "declined":
        _explain(output, found, draft.record)
    reviewed = Reviewed(found.client, draft.record.id)
    # Once it is attached, the community checks what is saved.
    record = found.record() if reviewed.attach(community) else draft.record
    advice = advice_about(found, record, draft.desired)
    refuse_if_unlike_checked(draft.record, advice.record, "submitted")
    tell_advice(output, advice)
    output.say([f"The community {community.name} reviews this, and publishes it by accepting it:"])
    output.say(public_lines(advice.record), indent="  ")
    output.warn(str(doubt) for doubt in (*doubts(draft), *found.project.doubts))
    reviewed.submit(args.message)
    return f"submitted to the community {community.name}"


def _explain(output: Output, found: Opened, record: Record) -> None:
    """Tell why a draft was declined, before it is submitted again."""
    review = Reviewed(found.client, record.id).review()
    comment = "" if review is None else said_last(found.client, review.id)
    said = f", with the comment {comment!r}" if comment else ""
    output.say([f"It was declined before{said}. It is submitted again."])


def _propose(args: argparse.Namespace, found: Opened, record: Record, community: Community) -> str:
    taken = Reviewed(found.client, record.id).add(community, args.message)
    if taken:
        return f"the record is in the community {community.name}"
    return f"proposed to the community {community.name}, which has to accept it"
