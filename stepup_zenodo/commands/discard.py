"""The command `discard`: delete the draft of a configuration."""

import argparse

from ..deposit.publish import refuse_if_changed
from ..errors import Refused
from ..record.observed import Record
from ..release.publication import public_lines
from ..remote.client import Client
from ..remote.protocol import Answer, discard_draft, get_draft
from ..reporting.output import Output, confirm, reporting
from ..session.building import refuse_in_build
from ..session.opening import Opened, opened
from ..sync.latest import latest_version
from .arguments import add_output_arguments, add_record_arguments, options_of, output_of

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
    output = output_of(args)
    with reporting(output):
        refuse_in_build("delete drafts")
        with opened(options_of(args), output).alone() as found:
            _discard(args, output, found)


def _discard(args: argparse.Namespace, output: Output, found: Opened) -> None:
    draft = found.record()
    _refuse_if_kept(draft)
    output.say([f"This draft, record {draft.id}, will be deleted for good:"])
    output.say(public_lines(draft), indent="  ")
    if not args.yes:
        confirm(output, "record id", draft.id, "delete", "deleted")
    # Asked before, because afterwards the server answers that it was deleted (observed).
    published = latest_version(found.client, draft)
    refuse_if_changed(found.client, draft, "deleted")
    _delete(found.client, draft)
    found.journal.discarded(published)
    left = "" if published is None else f"; version {published.version or published.id} stays"
    lines = [f"discarded: draft {draft.id}{left}"]
    output.tell({"status": "discarded", "record": draft.id}, lines)


def _refuse_if_kept(draft: Record) -> None:
    """Raise when a record is not to be deleted.

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


def _delete(client: Client, draft: Record) -> None:
    """Delete a draft if nobody has saved it since it was shown."""

    def proof() -> Answer | None:
        answer = client.read(get_draft(draft.id), accept=(403, 404))
        return answer if answer.status == 404 else None

    answer = client.write_until(
        discard_draft(draft.id, draft.revision),
        proof,
        unproved="It was read back: the draft is still there.",
        accept=(404, 412),
    )
    if answer.status == 412:
        raise Refused("Somebody else has changed the draft meanwhile, so it was not deleted.")
