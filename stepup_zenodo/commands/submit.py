"""The command `submit`: let the community of the configuration review the draft."""

import argparse

from ..errors import Refused
from ..record.observed import Record
from ..release.community import Community, Reviewed, community_of, name_of, said_last
from ..release.publication import objections, public_lines
from ..release.publishing import draft_of, let_server_check, refuse_in_build
from ..reporting.output import Output, reporting
from ..session.opening import Opened, opened
from .arguments import add_config_arguments, add_output_arguments

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
    parser.add_argument(
        "--any-doi",
        action="store_true",
        help="accept files that print DOIs of other records of the repository",
    )
    add_output_arguments(parser)
    parser.set_defaults(run=run_submit)


def run_submit(args: argparse.Namespace) -> None:
    """Carry out `submit`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration or a file is not usable.
    """
    output = Output(args)
    with reporting(output):
        refuse_in_build("submit anything for review")
        with opened(args, output, changing=True) as record:
            _tell(output, _withdraw(record) if args.withdraw else _submit(args, output, record))


def _tell(output: Output, text: str) -> None:
    if output.json:
        output.give({"status": text})
    else:
        output.say([text])


def _withdraw(opened_: Opened) -> str:
    record = opened_.record()
    if not record.is_draft or record.is_published:
        raise Refused(
            "There is no draft that could be taken back: the last version is public already. "
            "Requests about public records are taken back on the website."
        )
    return Reviewed(opened_.client, record.id).withdraw()


def _submit(args: argparse.Namespace, output: Output, opened_: Opened) -> str:
    record = opened_.record()
    community = community_of(opened_)
    if record.is_published:
        return _propose(args, opened_, record, community)
    if record.status == "in_review":
        return f"it is in review already, by the community {_reviewer(opened_, record)}"
    if record.status.startswith("new_version_draft"):
        raise Refused(
            "The draft of a new version is not reviewed: it belongs to the communities of the "
            "record. Publish it with `stepup-zenodo publish`; if the record is in no community "
            "yet, use `stepup-zenodo submit` after that."
        )
    return _submit_draft(args, output, opened_, community)


def _reviewer(opened_: Opened, record: Record) -> str:
    review = Reviewed(opened_.client, record.id).review()
    return "" if review is None else name_of(opened_.client, review.community)


def _submit_draft(
    args: argparse.Namespace, output: Output, opened_: Opened, community: Community
) -> str:
    draft = draft_of(opened_, output.listen, reviewed=True)
    problems = objections(draft, any_doi=args.any_doi)
    if problems:
        raise Refused("The draft cannot be submitted as it is:", problems)
    if draft.record.status == "declined":
        _explain(output, opened_, draft.record)
    record = let_server_check(opened_, draft)
    output.say([f"The community {community.name} reviews this, and publishes it by accepting it:"])
    output.say(public_lines(record), indent="  ")
    reviewed = Reviewed(opened_.client, record.id)
    reviewed.attach(community)
    reviewed.submit(args.message)
    return f"submitted to the community {community.name}"


def _explain(output: Output, opened_: Opened, record: Record) -> None:
    """Tell why a draft was declined, before it is submitted again."""
    review = Reviewed(opened_.client, record.id).review()
    comment = "" if review is None else said_last(opened_.client, review.id)
    said = f", with the comment {comment!r}" if comment else ""
    output.say([f"It was declined before{said}. It is submitted again."])


def _propose(
    args: argparse.Namespace, opened_: Opened, record: Record, community: Community
) -> str:
    taken = Reviewed(opened_.client, record.id).add(community, args.message)
    if taken:
        return f"the record is in the community {community.name}"
    return f"proposed to the community {community.name}, which has to accept it"
