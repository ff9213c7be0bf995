"""The command `share`: show the draft to people without account."""

import argparse
import datetime

from ..errors import Refused, Unavailable
from ..release.publishing import refuse_in_build
from ..release.sharing import EDIT, PREVIEW, Link, link_line, link_url, parse_link, parse_links
from ..remote.client import Client, Lost
from ..remote.release_requests import create_link, list_links, revoke_link
from ..reporting.output import Output, reporting
from ..session.opening import Opened, opened
from ..sync.journal import utc_now
from .arguments import add_output_arguments, add_record_arguments

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
    output = Output(args)
    with reporting(output):
        refuse_in_build("share anything")
        with opened(args, output, changing=True) as record:
            if args.list:
                _list(output, record)
            elif args.revoke:
                _revoke(args.revoke, output, record)
            else:
                _share(args, output, record)


def _links(client: Client, record_id: str) -> tuple[Link, ...]:
    return parse_links(client.read(list_links(record_id)).record)


def _site(opened_: Opened) -> str:
    return opened_.project.endpoint.removesuffix("/api")


def _list(output: Output, opened_: Opened) -> None:
    record = opened_.record()
    links = _links(opened_.client, record.id)
    if output.json:
        output.give({"links": [{**_link_json(opened_, link, record.id)} for link in links]})
        return
    for link in links:
        output.say([link_line(link)])
        output.say([link_url(link, _site(opened_), record.id)], indent="  ")
    output.say([] if links else ["there are no links"])


def _link_json(opened_: Opened, link: Link, record_id: str) -> dict[str, str]:
    return {
        "id": link.id,
        "permission": link.permission,
        "description": link.description,
        "expires": link.expires,
        "url": link_url(link, _site(opened_), record_id),
    }


def _revoke(which: str, output: Output, opened_: Opened) -> None:
    record = opened_.record()
    links = _links(opened_.client, record.id)
    chosen = [link for link in links if which in ("all", link.id)]
    if not chosen and which != "all":
        known = ", ".join(link.id for link in links) or "none"
        raise Refused(f"The record has no link with the id {which!r}. Those that it has: {known}.")
    for link in chosen:
        _revoke_one(opened_.client, record.id, link)
        output.say([f"revoked {link_line(link)}"])
    if output.json:
        output.give({"revoked": [*(link.id for link in chosen)]})
    elif not chosen:
        output.say(["there are no links"])


def _revoke_one(client: Client, record_id: str, link: Link) -> None:
    lost = 0
    while True:
        try:
            client.write(revoke_link(record_id, link.id), accept=(404,))
            return
        except Lost as exc:
            lost += 1
            delay = client.delay(lost)
            if delay is None:
                raise Unavailable(
                    f"{exc.message} It is not known whether the link was revoked: "
                    "look with `stepup-zenodo share --list`."
                ) from None
            client.wait(delay, "before trying again to revoke the link")


def _share(args: argparse.Namespace, output: Output, opened_: Opened) -> None:
    record = opened_.record()
    permission = EDIT if args.edit else PREVIEW
    today = utc_now().date()
    expires = (today + datetime.timedelta(days=args.days)).isoformat() if args.days else ""
    half = (today + datetime.timedelta(days=args.days // 2)).isoformat() if args.days else ""
    link = _valid_link(opened_.client, record.id, permission, (half, expires))
    if link is None:
        link = _create(opened_.client, record.id, permission, expires)
    if args.edit:
        output.warn([WARNING])
    if output.json:
        output.give({**_link_json(opened_, link, record.id)})
        return
    output.say([link_line(link)])
    output.say([link_url(link, _site(opened_), record.id)], indent="  ")


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
    request = create_link(record_id, permission, DESCRIPTION, expires or None)
    lost = 0
    while True:
        try:
            return parse_link(client.write(request).record)
        except Lost as exc:
            lost += 1
            delay = client.delay(lost)
            made = [link for link in _links(client, record_id) if link.id not in before]
            if made:
                return made[0]
            if delay is None:
                raise Unavailable(f"{exc.message} It was read back: no link was made.") from None
            client.wait(delay, "before trying again to create the link")
