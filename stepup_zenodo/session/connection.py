"""From a configuration to a run that is ready to start: connection, state, lock, progress."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..events import silent
from ..local.lock import one_writer
from ..local.state import load
from ..local.token import Token
from ..local.variables import ATTEMPTS, RETRY_DELAY, SETTLE
from ..record.changes import Changes
from ..record.desired import Desired
from ..record.threeway import Choice
from ..remote.client import Client
from ..remote.protocol import FIRST_DELAY, MAX_ATTEMPTS
from ..reporting.output import Output
from ..reporting.progress import Lines, bars
from ..reporting.report import action_lines
from ..reporting.statusfile import status_file, status_path
from ..sync.journal import Journal
from ..sync.rounds import Sync
from .building import in_build
from .project import Project

__all__ = (
    "announce",
    "connect",
    "connect_to",
    "one_run",
    "open_journal",
    "open_sync",
    "settle_seconds",
    "showing",
)


def connect(project: Project, token: Token, output: Output) -> Client:
    """Return a connection to the endpoint of a project."""
    return connect_to(project.endpoint, token, output)


def connect_to(endpoint: str, token: Token, output: Output) -> Client:
    """Return a connection to an endpoint.

    From now on the output hides the token, and it has warned of what is unsafe about it.
    """
    output.secret = token.secret
    if token.warning:
        output.warn([token.warning])
    return Client(
        endpoint,
        token.secret,
        output.listen,
        attempts=max(1, int(_number(ATTEMPTS, MAX_ATTEMPTS))),
        first_delay=_number(RETRY_DELAY, FIRST_DELAY),
    )


def settle_seconds() -> float:
    """Return for how long a draft of an interrupted run is looked for."""
    return _number(SETTLE, 30.0)


def _number(variable: str, default: float) -> float:
    text = os.environ.get(variable, "")
    return float(text) if text.replace(".", "", 1).isdecimal() else default


@contextmanager
def one_run(output: Output, project: Project) -> Iterator[None]:
    """Let other runs that change the same record wait until the end of the context.

    Raises
    ------
    Unavailable
        When another run takes too long.
    Refused
        When the folder is not writable.
    """
    with one_writer(project.path_record_id, lambda text: output.say([text], indent="  ")):
        yield


def open_journal(project: Project) -> Journal:
    """Return what is remembered about the record of a project, ready to be continued."""
    memory, endpoint = load(project.path_record_id), project.endpoint
    state = memory.elsewhere(endpoint) if project.rehearsal else memory.at(endpoint)
    return Journal(project.path_record_id, endpoint, state, rehearsal=project.rehearsal)


def open_sync(
    args: argparse.Namespace,
    output: Output,
    project: Project,
    desired: Desired,
    client: Client,
) -> Sync:
    """Return a run for the record of a project, ready to start."""
    return Sync(
        client=client,
        journal=open_journal(project),
        desired=desired,
        choice=Choice(ours=args.ours, theirs=args.theirs, prune=args.prune),
        cache=project.checksum_cache(),
        workers=args.workers or project.config.workers,
        listener=output.listen,
        announce=lambda changes: announce(output, changes),
        settle=settle_seconds(),
    )


@contextmanager
def showing(output: Output, project: Project) -> Iterator[None]:
    """Show how far the run is: as bars, as lines, or in a file where nobody sees the output."""
    try:
        if in_build():
            with status_file(status_path(project.path_record_id)) as output.progress:
                yield
        elif output.quiet:
            yield
        elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            with bars(sys.stderr, above=sys.stdout.isatty()) as output.progress:
                yield
        else:
            output.progress = Lines(lambda line: output.say([line], indent="  "))
            yield
    finally:
        output.progress = silent


def announce(output: Output, changes: Changes) -> None:
    """Print what will be done, before it is done."""
    for action in changes.actions:
        output.say(action_lines(action), indent="  ")
