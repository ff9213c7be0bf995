"""The command `status`: how the record stands, or how far a run is that was started elsewhere."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..deposit.status import standing_now
from ..jsontypes import Json
from ..local.lock import lock_path
from ..release.status import remembered_json, remembered_lines, standing_json, standing_lines
from ..reporting.output import Output, is_terminal, reporting
from ..reporting.statusfile import RunStatus, read_status, status_path, watch
from ..session.opening import Opened, opened
from .arguments import add_config_arguments, add_output_arguments, options_of, output_of

__all__ = ("add_commands", "run_status")

Show = Callable[[tuple[str, ...]], None]


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "show the state of the record, or of an upload that runs in a build"
    status = commands.add_parser(
        "status",
        help=summary,
        description="Show the record, its state, its DOIs, its page, a review by a community, "
        "and whether it differs from the local files. "
        "While a build sends files, show how far it is instead.",
    )
    add_config_arguments(status)
    status.add_argument("--watch", action="store_true", help="wait until the upload has ended")
    add_output_arguments(status)
    status.set_defaults(run=run_status)


def run_status(args: argparse.Namespace) -> None:
    """Carry out `status`.

    Raises
    ------
    SystemExit
        1 when the run was killed, 2 when the configuration is not usable.
    """
    output = output_of(args)
    with reporting(output):
        record = opened(options_of(args), output)
        path = status_path(record.project.path_record_id)
        status = read_status(path)
        if status is not None and status.is_elsewhere and not _has_lock(record):
            status = None  # It came with a copy of the project.
        if status is None and not args.watch:
            _show_record(output, record)
        elif output.json:
            output.give(_status_json(status))
        elif status is None:
            output.say(["no upload is running"])
        elif not status.is_alive:
            output.warn([_killed(status)])
            raise SystemExit(1)
        elif args.watch:
            _watch(output, lambda show: watch(path, show), status)
        else:
            output.say(status.lines)


def _has_lock(record: Opened) -> bool:
    """Return whether there was ever a run here, on whatever machine."""
    return lock_path(record.project.path_record_id).exists()


def _show_record(output: Output, record: Opened) -> None:
    """Show how the record stands; without token, what is remembered of it."""
    silence = record.silence
    if silence is not None:
        state = record.state
        lines, data = remembered_lines(state, silence.reason), remembered_json(state)
    else:
        standing = standing_now(record, output.listen)
        lines, data = standing_lines(standing), {**standing_json(standing)}
    output.tell(
        {"running": False, "pid": None, "lines": [], **data},
        [f"{record.options.config} -> {record.project.endpoint}", *lines],
    )


def _watch(output: Output, follow: Callable[[Show], bool], status: RunStatus) -> None:
    with _display(output) as show:
        ended = follow(show)
    if not ended:
        output.warn([_killed(status)])
        raise SystemExit(1)
    output.say(["the upload has ended; the output of the build tells how"])


@contextmanager
def _display(output: Output) -> Iterator[Show]:
    """Give what shows lines: in place of the previous ones on a terminal, below them elsewhere."""
    if output.quiet or not is_terminal(sys.stdout) or os.environ.get("TERM") == "dumb":
        yield output.say
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(), transient=True, auto_refresh=False) as live:
        yield lambda lines: live.update(Text("\n".join(lines), no_wrap=True), refresh=True)


def _killed(status: RunStatus) -> str:
    if status.is_elsewhere:
        return (
            f"the process {status.pid} on {status.host} has not been heard of for a while; "
            "if it was killed, the next run goes on where it ended"
        )
    return (
        f"process {status.pid} was killed while it was sending files; "
        "the next run goes on where it ended"
    )


def _status_json(status: RunStatus | None) -> Json:
    if status is None:
        return {"running": False, "pid": None, "lines": []}
    return {"running": status.is_alive, "pid": status.pid, "lines": [*status.lines]}
