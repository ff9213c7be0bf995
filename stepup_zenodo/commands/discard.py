"""The command `discard`: delete the draft of a configuration."""

import argparse

from ..errors import Refused, Unavailable
from ..record.observed import Record, parse_record
from ..release.publication import public_lines
from ..release.publishing import refuse_in_build
from ..remote.client import Client, Lost
from ..remote.protocol import discard_draft, get_draft, get_latest
from ..reporting.output import Output, reporting
from ..session.opening import Opened, opened
from .arguments import add_output_arguments, add_record_arguments

__all__ = ("add_commands", "run_discard")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "delete the draft of this configuration, after showing it and asking"
    parser = commands.add_parser(
        "discard",
        help=summary,
        description=f"{summary.capitalize()}. Its files on the server and its reserved DOI "
        "are lost. Published versions and local files are not touched.",
    )
    add_record_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask for the record id")
    add_output_arguments(parser)
    parser.set_defaults(run=run_discard)


def run_discard(args: argparse.Namespace) -> None:
    """Carry out `discard`.

    Raises
    ------
    SystemExit
        1 when nothing was deleted, 2 when the configuration is not usable.
    """
    output = Output(args)
    with reporting(output):
        refuse_in_build("delete drafts")
        with opened(args, output, changing=True) as record:
            _discard(args, output, record)


def _discard(args: argparse.Namespace, output: Output, opened_: Opened) -> None:
    draft = opened_.record()
    _check(draft)
    output.say([f"This draft, record {draft.id}, will be deleted for good:"])
    output.say(public_lines(draft), indent="  ")
    if not args.yes:
        _ask(output, draft)
    # Asked before, because afterwards the server answers that it was deleted (observed).
    answer = opened_.client.read(get_latest(draft.parent), accept=(404,))
    published = parse_record(answer.record) if answer.ok else None
    _delete(opened_.client, draft)
    opened_.journal.discarded(published)
    left = "" if published is None else f"; version {published.version or published.id} stays"
    if output.json:
        output.give({"status": "discarded", "record": draft.id})
    else:
        output.say([f"discarded: draft {draft.id}{left}"])


def _check(draft: Record) -> None:
    """Raise when there is nothing that may be deleted.

    Raises
    ------
    Refused
        For published versions, drafts of corrections of them, and drafts in review.
    """
    if draft.is_published or not draft.is_draft:
        edit = (
            " Changes of its metadata that are not finished can be discarded in the web form."
            if draft.edit_open or draft.is_draft
            else ""
        )
        raise Refused(f"There is no draft to delete: record {draft.id} is published.{edit}")
    if draft.status == "in_review":
        raise Refused(
            "The draft is being reviewed by a community, so the server does not delete it. "
            "Take it back first with `stepup-zenodo submit --withdraw`."
        )


def _ask(output: Output, draft: Record) -> None:
    answer = output.ask(f"Type the record id, {draft.id}, to delete it: ")
    if answer != draft.id:
        found = f"{answer!r} was typed" if answer else "nothing was typed"
        raise Refused(
            f"Nothing was deleted, because {found} instead of {draft.id!r}. "
            "Use --yes to delete without being asked."
        )


def _delete(client: Client, draft: Record) -> None:
    """Delete a draft if nobody has saved it since it was shown."""
    lost = 0
    while True:
        try:
            answer = client.write(discard_draft(draft.id, draft.revision), accept=(404, 412))
        except Lost as exc:
            lost += 1
            if client.read(get_draft(draft.id), accept=(403, 404)).status == 404:
                return
            delay = client.delay(lost)
            if delay is None:
                message = f"{exc.message} It was read back: the draft is still there."
                raise Unavailable(message) from None
            client.wait(delay, "before trying again to delete the draft")
            continue
        if answer.status == 412:
            raise Refused("Somebody else has changed the draft meanwhile, so it was not deleted.")
        return
