"""The command `quota`: how much room the files take, and more of it for those who ask."""

import argparse

from ..errors import Refused
from ..record.changes import RaiseQuota
from ..record.observed import Record
from ..reporting.output import Output, reporting
from ..reporting.report import size_text
from ..session.building import refuse_in_build
from ..session.opening import Opened, opened
from ..sync.execute import raised_quota
from .arguments import add_output_arguments, add_record_arguments, options_of, output_of

__all__ = ("add_commands", "run_quota")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "ask the server for more room for the files of the draft"
    parser = commands.add_parser(
        "quota",
        help=summary,
        description=f"{summary.capitalize()}, as `quota` in the configuration does at the next "
        "sync. Without --raise, tell how much the files take.",
    )
    add_record_arguments(parser)
    parser.add_argument(
        "--raise",
        dest="gigabytes",
        metavar="GB",
        type=_gigabytes,
        help="how many GB the files may take in all, on Zenodo 50 to 200",
    )
    add_output_arguments(parser)
    parser.set_defaults(run=run_quota)


def _gigabytes(text: str) -> int:
    if not text.isdecimal() or not 50 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of GB from 50 to 10000")
    return int(text)


def run_quota(args: argparse.Namespace) -> None:
    """Carry out `quota`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration is not usable.
    """
    output = output_of(args)
    with reporting(output):
        refuse_in_build("ask for more room")
        with opened(options_of(args), output).alone() as found:
            record = found.record()
            if args.gigabytes is not None:
                _raise(found, record, args.gigabytes)
            _tell(args, output, found, record)


def _raise(found: Opened, record: Record, gigabytes: int) -> None:
    if not record.is_draft or record.is_published:
        raise Refused(
            f"Record {record.id} is public, so its files cannot become more. Raise "
            "metadata.version, run `stepup-zenodo sync`, and ask for the draft of that version."
        )
    action = RaiseQuota(gigabytes)
    found.client.until_answered(
        f"ask for {gigabytes} GB",
        lambda: raised_quota(found.client, record, action, found.journal),
    )


def _tell(args: argparse.Namespace, output: Output, found: Opened, record: Record) -> None:
    used = sum(entry.size or 0 for entry in record.files.values())
    given, asked = args.gigabytes, found.project.config.quota
    lines = [f"the files of record {record.id} take {size_text(used)}"]
    if given is not None:
        lines.append(f"they may take {given} GB")
    if given is not None and given != asked:
        lines.append(f"write quota: {given} in {args.config} to keep it so")
    if given is None and asked is not None:
        lines.append(f"{args.config} asks for room for {asked} GB")
    output.tell({"record": record.id, "bytes": used, "gigabytes": given or asked}, lines)
