"""The command `requests`: what waits for the decision of a community, for its curators."""

import argparse

import attrs

from ..deposit.asking import page_of_record
from ..deposit.curating import Curated, Shown
from ..errors import Refused
from ..release.people import DECIDABLE, proposal_line
from ..release.publication import public_lines, unlike_words
from ..reporting.output import Output, confirm, reporting
from ..reporting.report import record_line
from ..session.building import refuse_in_build
from ..session.opening import Opened, opened
from ..session.options import Target
from .arguments import (
    add_community_arguments,
    add_output_arguments,
    options_of,
    output_of,
    settle_config,
)
from .preview import is_preview, path_of_page, write_page

__all__ = ("add_commands", "run_requests")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "list and show what waits for the decision of the community, accept or decline it"
    parser = commands.add_parser(
        "requests",
        help=summary,
        description=f"{summary.capitalize()}. For curators: the configuration needs `endpoint`, "
        "`community` and `path_token` only.",
    )
    actions = ("list", "show", "accept", "decline")
    parser.add_argument("action", metavar="ACTION", choices=actions, help=", ".join(actions))
    add_community_arguments(parser, "request", metavar="ID", help="a request, as `list` gives it")
    parser.add_argument("-m", "--message", metavar="TEXT", default="", help="say something to them")
    parser.add_argument(
        "-o", "--out", metavar="FILE", help="show: also write the page of the record, to an .html"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask for the record id")
    add_output_arguments(parser)
    parser.set_defaults(run=run_requests)


def run_requests(args: argparse.Namespace) -> None:
    """Carry out `requests`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration is not usable.
    """
    settle_config(args, "request")
    output = output_of(args)
    with reporting(output):
        refuse_in_build("decide about requests")
        page = None if args.out is None else path_of_page(args)
        targets = () if page is None else (Target(str(page), "--out", is_preview),)
        found = opened(options_of(args, targets=targets), output)
        curated = Curated(found.client, found.communities.named())
        if args.action == "list":
            _list(output, curated)
            return
        if not args.request:
            raise Refused("Say which request, after the configuration: `list` gives their ids.")
        shown = curated.shown(args.request)
        if args.action == "show":
            _show(args, output, found, shown)
        else:
            _decide(args, output, curated, shown)


def _list(output: Output, curated: Curated) -> None:
    waiting = curated.proposals()
    name = curated.community.name
    if output.json:
        output.give({"community": name, "requests": [attrs.asdict(item) for item in waiting]})
        return
    output.say([proposal_line(item) for item in waiting])
    output.say([] if waiting else [f"nothing waits for the community {name}"])


def _show(args: argparse.Namespace, output: Output, found: Opened, shown: Shown) -> None:
    differences = [] if shown.latest is None else unlike_words(shown.latest, shown.record)
    if args.out is not None:
        write_page(path_of_page(args), page_of_record(found.client, shown.record), found.project)
    if output.json:
        output.give({"differences": [*differences], "request": attrs.asdict(shown.proposal)})
        return
    output.say(_lines(shown))
    output.say([f"differs from {record_line(shown.latest)}:"] if shown.latest else [])
    output.say(differences, indent="  ")
    output.say([shown.record.html, shown.proposal.html])
    output.say([] if args.out is None else [f"the page is shown in {args.out}"])


def _lines(shown: Shown) -> list[str]:
    proposal = shown.proposal
    meaning = f"{proposal.status}; {DECIDABLE[proposal.kind]}:"
    return [proposal_line(proposal), meaning, *(f"  {x}" for x in public_lines(shown.record))]


def _decide(args: argparse.Namespace, output: Output, curated: Curated, shown: Shown) -> None:
    proposal, record = shown.proposal, shown.record
    output.say(_lines(shown))
    if not args.yes:
        confirm(output, "record id", record.id, args.action, "decided")
    now = curated.decide(proposal, args.action, args.message)
    output.tell(
        {"status": now.status, "request": proposal.id, "record": record.id},
        [f"{now.status}: record {record.id}"],
    )
