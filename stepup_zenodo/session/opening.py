"""Open the record of a configuration: the token, the lock, the connection, what is remembered."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import attrs

from ..errors import Refused
from ..local.state import EndpointState
from ..local.token import Token, token_remedy
from ..record.desired import Desired
from ..record.observed import NoRecord, Record
from ..remote.client import Client
from ..reporting.output import Output
from ..sync.journal import Journal, utc_now
from ..sync.observe import observe
from ..sync.recovery import Search
from .building import refuse_in_build
from .connection import connect, one_run, open_journal
from .project import Project, load_project
from .reading import desired_of

__all__ = ("Opened", "opened", "opened_by_hand", "project_of")


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
            raise self.no_record()
        return found

    def no_record(self) -> Refused:
        """Return what to tell when there must be a record and is none."""
        command = f"stepup-zenodo sync {self.project.config.file}"
        return Refused(f"There is no record yet. Create it with `{command}`.")


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


def _required_token(project: Project) -> Token:
    """Return the token.

    Raises
    ------
    Refused
        When there is none.
    """
    token = project.token(os.environ)
    if token is None:
        remedy = token_remedy(project.path_token)
        raise Refused(f"There is no token, so the server cannot be asked. {remedy}")
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
    token = _required_token(project)
    with one_run(output, project) if changing else nullcontext():
        yield Opened(project, connect(project, token, output), open_journal(project))


@contextmanager
def opened_by_hand(args: argparse.Namespace, output: Output, what: str) -> Iterator[Opened]:
    """Open the record for a change that only a person may order, not a build.

    Parameters
    ----------
    args
        The arguments `config` and `endpoint`, perhaps also `files` and `description`.
    output
        Is told what happens.
    what
        What is done, to complete the sentence `A build does not ...`.

    Raises
    ------
    Invalid
        When the configuration is not usable.
    Refused
        Inside of StepUp, or when there is no token.
    """
    refuse_in_build(what)
    with opened(args, output, changing=True) as record:
        yield record
