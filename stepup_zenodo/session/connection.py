"""From the arguments of a command to a connection: token, client, state, settings."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape

from ..events import silent
from ..local.state import load
from ..local.token import PRESENCE, Token
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
from .project import Project

__all__ = (
    "amend_inputs",
    "announce",
    "connect",
    "connect_to",
    "due_with_token",
    "open_journal",
    "open_sync",
    "settle_seconds",
    "showing",
)

ATTEMPTS = "STEPUP_ZENODO_ATTEMPTS"
"""Environment variable with the number of times that one thing is tried."""

RETRY_DELAY = "STEPUP_ZENODO_RETRY_DELAY"
"""Environment variable with the seconds before the first repetition; later ones wait longer."""

SETTLE = "STEPUP_ZENODO_SETTLE"
"""Environment variable with the seconds that an interrupted creation is looked for."""


def connect(project: Project, token: Token, output: Output) -> Client:
    """Return a connection to the endpoint of a project."""
    return connect_to(project.endpoint, token, output)


def connect_to(endpoint: str, token: Token, output: Output) -> Client:
    """Return a connection to an endpoint."""
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
        cache=project.cache,
        workers=args.workers or project.config.workers,
        listener=output.listen,
        announce=lambda changes: announce(output, changes),
        settle=settle_seconds(),
    )


@contextmanager
def showing(output: Output, project: Project) -> Iterator[None]:
    """Show how far the run is: as bars, as lines, or in a file where nobody sees the output."""
    try:
        if "STEPUP_JOB_I" in os.environ:
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


def amend_inputs(config: str, project: Project) -> None:
    """Tell StepUp what this step reads, for those who declare the step by hand.

    Raises what StepUp raises when an input is not built yet: StepUp then runs the step later.
    """
    from stepup.core.api import amend

    amend(inp=[config, *project.inputs])


def due_with_token(project: Project) -> None:
    """Let StepUp run this step again as soon as there is a token; nothing outside of StepUp."""
    if "STEPUP_JOB_I" not in os.environ:
        return
    from stepup.core.api import amend, glob

    amend(env=PRESENCE)
    if project.path_token is not None:
        glob(escape(str(project.path_token)))
