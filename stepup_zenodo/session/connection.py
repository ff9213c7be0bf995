"""Connect to an endpoint, and show how far a run is."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from platformdirs import user_cache_path

from ..events import silent
from ..local.environment import ATTEMPTS, RETRY_DELAY, SETTLE
from ..local.token import Token
from ..record.changes import Changes
from ..remote.client import Client
from ..remote.protocol import FIRST_DELAY, MAX_ATTEMPTS
from ..remote.reach import Reach
from ..reporting.output import Output, is_terminal
from ..reporting.progress import ProgressLines, bars
from ..reporting.report import action_lines
from ..reporting.statusfile import status_file, status_path
from .building import in_build
from .project import Project

__all__ = ("announce", "connect", "settle_seconds", "showing")


def connect(endpoint: str, token: Token, output: Output) -> Client:
    """Return a connection to an endpoint.

    From now on the output hides the token, and it has warned of what is unsafe about it.
    """
    output.secret = token.secret
    if token.warning:
        output.warn([token.warning])
    attempts = max(1, int(_number(ATTEMPTS, MAX_ATTEMPTS)))
    return Client(
        endpoint,
        token.secret,
        output.listen,
        attempts=attempts,
        first_delay=_number(RETRY_DELAY, FIRST_DELAY),
        reach=Reach(endpoint, user_cache_path("stepup-zenodo") / "unreached.json", attempts),
    )


def settle_seconds() -> float:
    """Return for how long a draft of an interrupted run is looked for."""
    return _number(SETTLE, 30.0)


def _number(variable: str, default: float) -> float:
    text = os.environ.get(variable, "")
    return float(text) if text.replace(".", "", 1).isdecimal() else default


@contextmanager
def showing(output: Output, project: Project | None = None) -> Iterator[None]:
    """Show how far the run is: as bars, as lines, or in a file where nobody sees the output.

    Without a project, no place for such a file is known.
    """
    try:
        if in_build() and project is not None:
            with status_file(status_path(project.path_record_id)) as output.progress:
                yield
        elif output.quiet:
            yield
        elif is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb":
            with bars(sys.stderr, above=is_terminal(sys.stdout)) as output.progress:
                yield
        else:
            output.progress = ProgressLines(lambda line: output.say([line], indent="  "))
            yield
    finally:
        output.progress = silent


def announce(output: Output, changes: Changes) -> None:
    """Print what will be done, before it is done."""
    for action in changes.actions:
        output.say(action_lines(action), indent="  ", marked=True)
