"""Open the record of a configuration: the token, the lock, the connection, what is remembered."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from ..errors import Refused
from ..local.lock import one_writer
from ..local.state import EndpointState
from ..local.token import Token
from ..record.desired import Desired
from ..record.observed import NoRecord, Record
from ..remote.client import Client
from ..reporting.output import Output
from ..sync.journal import Journal, utc_now
from ..sync.observe import observe
from ..sync.recovery import Search
from .connection import connect, open_journal
from .project import Project, desired_of, load_project

__all__ = ("Opened", "opened", "project_of", "required_token")


@attrs.frozen
class Opened:
    """The record of a configuration, within reach."""

    project: Project
    """The configuration."""

    client: Client
    """Connection to the endpoint."""

    journal: Journal
    """What is remembered."""

    @property
    def state(self) -> EndpointState:
        """What is remembered now."""
        return self.journal.state

    def desired(self) -> Desired:
        """Return what the record should hold, after reading README and looking at the files.

        Raises
        ------
        Invalid
            With everything that is wrong with them.
        """
        return desired_of(self.project, utc_now().date())

    def observe(self) -> Record | NoRecord:
        """Read what the server holds.

        Raises
        ------
        Refused
            When the record is gone or belongs to somebody else.
        """
        wanted = self.project.config.metadata.version or ""
        return observe(self.client, self.state, wanted, Search(settle=0.0))

    def record(self) -> Record:
        """Read the record, which must exist.

        Raises
        ------
        Refused
            When nothing was created yet.
        """
        found = self.observe()
        if isinstance(found, NoRecord):
            raise Refused(
                "There is no record yet. "
                f"Create it with `stepup-zenodo sync {self.project.config.file}`."
            )
        return found


def project_of(args: argparse.Namespace) -> Project:
    """Return the configuration that the arguments of a command name.

    Raises
    ------
    Invalid
        With all problems at their places.
    """
    return load_project(
        args.config,
        getattr(args, "files", ()),
        getattr(args, "description", None),
        args.endpoint,
        lenient=True,
    )


def required_token(project: Project, output: Output) -> Token:
    """Return the token, and let the output hide it.

    Raises
    ------
    Refused
        When there is none.
    """
    token = project.token(os.environ)
    if token is None:
        where = f", or put a token into {project.path_token}" if project.path_token else ""
        raise Refused(
            "There is no token, so the server cannot be asked. "
            f"Set STEPUP_ZENODO_TOKEN{where or ', or add path_token to the configuration'}."
        )
    output.secret = token.secret
    if token.warning:
        output.warn([token.warning])
    return token


@contextmanager
def opened(args: argparse.Namespace, output: Output, *, changing: bool) -> Iterator[Opened]:
    """Open the record that the arguments of a command name.

    Parameters
    ----------
    args
        The arguments `config` and `endpoint`, perhaps also `files` and `description`.
    output
        Is told what happens.
    changing
        Whether something may be changed; then other runs wait.

    Raises
    ------
    Invalid
        When the configuration is not usable.
    Refused
        When there is no token.
    """
    project = project_of(args)
    token = required_token(project, output)
    if not changing:
        yield Opened(project, connect(project, token, output), open_journal(project))
        return
    with one_writer(project.path_record_id, lambda text: output.say([text], indent="  ")):
        yield Opened(project, connect(project, token, output), open_journal(project))
