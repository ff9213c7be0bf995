"""The command `community`: who is in the community of a configuration, and who is invited."""

import argparse

import attrs

from ..deposit.curating import Curated
from ..errors import Refused
from ..release.people import member_line
from ..reporting.output import Output, confirm, reporting
from ..session.building import refuse_in_build
from ..session.opening import opened
from .arguments import (
    add_community_arguments,
    add_output_arguments,
    options_of,
    output_of,
    settle_config,
)

__all__ = ("add_commands", "run_community")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "list the members of the community, or invite somebody to it"
    parser = commands.add_parser(
        "community",
        help=summary,
        description=f"{summary.capitalize()}. Whom you invite has to accept it on the website.",
    )
    parser.add_argument("action", metavar="ACTION", choices=("members", "invite"), help="which")
    add_community_arguments(
        parser, "user", metavar="USER", help="whom to invite: the name of the account"
    )
    parser.add_argument(
        "--role",
        metavar="ROLE",
        default="curator",
        help="what the member may do: reader, curator (by default), manager or owner",
    )
    parser.add_argument("-m", "--message", metavar="TEXT", default="", help="say something")
    parser.add_argument("--yes", action="store_true", help="do not ask for the user")
    add_output_arguments(parser)
    parser.set_defaults(run=run_community)


def run_community(args: argparse.Namespace) -> None:
    """Carry out `community`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration is not usable.
    """
    settle_config(args, "user")
    output = output_of(args)
    with reporting(output):
        refuse_in_build("manage a community")
        found = opened(options_of(args), output)
        curated = Curated(found.client, found.communities.named())
        if args.action == "invite":
            _invite(args, output, curated)
        else:
            _list(output, curated)


def _list(output: Output, curated: Curated) -> None:
    members = curated.members()
    name = curated.community.name
    lines = [f"community {name}:", *(f"  {member_line(member)}" for member in members)]
    rows = [attrs.asdict(member) for member in members]
    output.tell({"community": name, "members": [*rows]}, lines)


def _invite(args: argparse.Namespace, output: Output, curated: Curated) -> None:
    if not args.user:
        raise Refused("Say whom to invite: the name of the account, after the configuration.")
    user = curated.find(args.user)
    name = curated.community.name
    output.say([f"{user.words} will be invited to the community {name} as {args.role}."])
    if not args.yes:
        confirm(output, "user", args.user, "invite", "sent")
    curated.invite(user, args.role, args.message)
    answer = {"status": "invited", "user": user.id, "role": args.role, "community": name}
    output.tell(answer, [f"invited: {user.words} as {args.role}, who has to accept it"])
