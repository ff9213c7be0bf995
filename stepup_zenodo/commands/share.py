"""The command `share`: show the draft to people without account."""

import argparse
import datetime

from ..errors import Refused
from ..release.links import EDIT, PREVIEW, Link, link_line, link_url, parse_link, parse_links
from ..remote.client import Client
from ..remote.release_requests import create_link, list_links, revoke_link
from ..reporting.output import Output, reporting
from ..session.building import refuse_in_build
from ..session.opening import Opened, opened
from ..sync.journal import utc_now
from .arguments import add_output_arguments, add_record_arguments, options_of, output_of

__all__ = ("add_commands", "run_share")

DAYS = 30
"""Days for which a link is valid, unless told otherwise."""

DESCRIPTION = "stepup-zenodo share"
"""Description of links that are created here."""

WARNING = (
    "Whoever has this link can change the draft, delete it and publish it. "
    "Give it only to people whom you would give your password."
)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "give a link by which co-authors see the draft, without account"
    parser = commands.add_parser(
        "share",
        help=summary,
        description=f"{summary.capitalize()}. It is valid for all versions of the record. "
        "A link that is still valid is given again instead of a new one.",
    )
    add_record_arguments(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list all links of the record")
    what.add_argument("--revoke", metavar="ID", help="make a link invalid, or `all` of them")
    what.add_argument(
        "--edit",
        action="store_true",
        help="a link for editing instead of viewing: whoever has it may publish",
    )
    parser.add_argument(
        "--days",
        metavar="N",
        type=_days,
        default=DAYS,
        help=f"for how many days it is valid, by default {DAYS}; 0 for no end",
    )
    add_output_arguments(parser)
    parser.set_defaults(run=run_share)


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) > 36500:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 0 to 36500")
    return int(text)


def run_share(args: argparse.Namespace) -> None:
    """Carry out `share`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration is not usable.
    """
    output = output_of(args)
    with reporting(output):
        refuse_in_build("share anything")
        with opened(options_of(args), output).alone() as found:
            if args.list:
                _list(output, found)
            elif args.revoke:
                _revoke(args.revoke, output, found)
            else:
                _share(args, output, found)


def _links(client: Client, record_id: str) -> tuple[Link, ...]:
    return parse_links(client.read(list_links(record_id)).record)


def _site(found: Opened) -> str:
    return found.project.endpoint.removesuffix("/api")


def _list(output: Output, found: Opened) -> None:
    record = found.record()
    links = _links(found.client, record.id)
    if output.json:
        output.give({"links": [{**_link_json(found, link, record.id)} for link in links]})
        return
    for link in links:
        output.say([link_line(link)])
        output.say([link_url(link, _site(found), record.id)], indent="  ")
    output.say([] if links else ["there are no links"])


def _link_json(found: Opened, link: Link, record_id: str) -> dict[str, str]:
    return {
        "id": link.id,
        "permission": link.permission,
        "description": link.description,
        "expires": link.expires,
        "url": link_url(link, _site(found), record_id),
    }


def _revoke(which: str, output: Output, found: Opened) -> None:
    record = found.record()
    links = _links(found.client, record.id)
    chosen = [link for link in links if which in ("all", link.id)]
    if not chosen and which != "all":
        known = ", ".join(link.id for link in links) or "none"
        raise Refused(f"The record has no link with the id {which!r}. Those that it has: {known}.")
    for link in chosen:
        found.client.write_until(
            revoke_link(record.id, link.id),
            lambda: None,
            unproved="It is not known whether the link was revoked: "
            "look with `stepup-zenodo share --list`.",
            accept=(404,),
        )
        output.say([f"revoked {link_line(link)}"])
    nothing = [] if chosen else ["there are no links"]
    output.tell({"revoked": [*(link.id for link in chosen)]}, nothing)


def _share(args: argparse.Namespace, output: Output, found: Opened) -> None:
    record = found.record()
    permission = EDIT if args.edit else PREVIEW
    today = utc_now().date()
    expires = (today + datetime.timedelta(days=args.days)).isoformat() if args.days else ""
    half = (today + datetime.timedelta(days=args.days // 2)).isoformat() if args.days else ""
    link = _valid_link(found.client, record.id, permission, (half, expires))
    if link is None:
        link = _create(found.client, record.id, permission, expires)
    if args.edit:
        output.warn([WARNING])
    if output.json:
        output.give({**_link_json(found, link, record.id)})
        return
    output.say([link_line(link)])
    output.say([link_url(link, _site(found), record.id)], indent="  ")


def _valid_link(
    client: Client, record_id: str, permission: str, between: tuple[str, str]
) -> Link | None:
    """Return a link that was created here before, if it ends between two days."""
    first, last = between
    for link in _links(client, record_id):
        mine = link.permission == permission and link.description == DESCRIPTION
        if mine and first <= link.expires <= last:
            return link
    return None


def _create(client: Client, record_id: str, permission: str, expires: str) -> Link:
    before = {link.id for link in _links(client, record_id)}

    def proof() -> Link | None:
        made = (link for link in _links(client, record_id) if link.id not in before)
        return next(made, None)

    request = create_link(record_id, permission, DESCRIPTION, expires or None)
    made = client.write_until(request, proof, unproved="It was read back: no link was made.")
    return made if isinstance(made, Link) else parse_link(made.record)
