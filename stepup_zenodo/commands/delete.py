"""The command `delete`: delete a version that is public, as long as its owner may."""

import argparse

from ..errors import Refused, Rejected
from ..record.observed import Record, parse_record, parse_versions
from ..release.publication import public_lines
from ..remote.client import Client
from ..remote.owner_requests import delete_published, reasons_in, removal_reasons
from ..remote.protocol import Answer, get_latest, get_record, versions
from ..reporting.output import Output, confirm, reporting
from ..session.building import refuse_in_build
from ..session.opening import Opened, opened
from .arguments import add_output_arguments, add_record_arguments, options_of, output_of

__all__ = ("add_commands", "run_delete")

_GONE = 410
"""The status of a record of which only a note is left."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "delete the published version, after showing it and asking"
    parser = commands.add_parser(
        "delete",
        help=summary,
        description=f"{summary.capitalize()}. Zenodo lets its owner do so within 30 days of the "
        "publication. A note with the citation stays, and the DOI leads to it. "
        "Other versions and local files are not touched.",
    )
    add_record_arguments(parser)
    parser.add_argument("--reason", metavar="ID", default="", help="why, as the server names it")
    parser.add_argument("-m", "--message", metavar="TEXT", default="", help="say more about it")
    add_output_arguments(parser)
    parser.set_defaults(run=run_delete)


def run_delete(args: argparse.Namespace) -> None:
    """Carry out `delete`.

    Raises
    ------
    SystemExit
        1 when nothing was deleted, 2 when the configuration is not usable.
    """
    output = output_of(args)
    with reporting(output):
        refuse_in_build("delete anything")
        with opened(options_of(args), output).alone() as found:
            _delete(args, output, found)


def _delete(args: argparse.Namespace, output: Output, found: Opened) -> None:
    record = found.record()
    if record.is_draft:
        raise Refused(
            f"Record {record.id} has a draft, which was never public, or whose last version is. "
            "Delete the draft first, with `stepup-zenodo discard`."
        )
    _refuse_unknown_reason(found.client, args.reason)
    output.say([f"This version, record {record.id}, is public, and will be deleted for good:"])
    output.say(public_lines(record), indent="  ")
    output.say(["A note with its citation stays, to which the DOI leads."])
    confirm(output, "record id", record.id, "delete", "deleted", always=True)
    others = _others(found.client, record)
    if not _carry_out(found.client, record, args.reason, args.message):
        text = f"asked to delete record {record.id}: the operators of the server decide"
        output.tell({"status": "asked", "record": record.id}, [text])
        return
    before = _latest_of(found.client, others)
    found.journal.discarded(before)
    left = "" if before is None else f"; version {before.version or before.id} stays"
    output.tell({"status": "deleted", "record": record.id}, [f"deleted: record {record.id}{left}"])


def _others(client: Client, record: Record) -> list[str]:
    """Return the ids of the other published versions, the latest one first."""
    listed = parse_versions(client.read(versions(record.id)).record)
    return [id_ for id_ in listed.values() if id_ != record.id]


def _latest_of(client: Client, others: list[str]) -> Record | None:
    """Return the latest version that is left; deleted ones are listed too."""
    for record_id in others:
        if client.read(get_record(record_id), accept=(404, _GONE)).ok:
            return parse_record(client.read(get_latest(record_id)).record)
    return None


def _refuse_unknown_reason(client: Client, reason: str) -> None:
    """Raise unless it is one of the reasons that the server knows.

    Raises
    ------
    Refused
        With all of them.
    """
    known = reasons_in(client.read(removal_reasons(), accept=(404,)))
    if not known or reason in known:
        return
    said = f"{reason!r} is not one of the reasons" if reason else "The reason is missing"
    lines = ", ".join(f"{id_} ({title})" for id_, title in known.items())
    raise Refused(f"{said}. Give one with --reason: {lines}.")


def _carry_out(client: Client, record: Record, reason: str, message: str) -> bool:
    """Delete the version, and return whether it is gone; it can also need a decision of others.

    Raises
    ------
    Refused
        When the server does not let the user delete it.
    """

    def proof() -> Answer | None:
        answer = client.read(get_record(record.id), accept=(404, _GONE))
        return answer if answer.status == _GONE else None

    try:
        client.write_until(
            delete_published(record.id, reason, message),
            proof,
            unproved="It was read back: the record is still there.",
        )
    except Rejected as exc:
        if exc.status not in (403, 404, 405):
            raise
        raise Refused(
            f"The server does not let you delete record {record.id}. Zenodo lets the owner of a "
            "record do so within 30 days of its publication, other servers may not. "
            "Ask the operators of the server, with the reason."
        ) from None
    return proof() is not None
