"""Open the record of a configuration: the one way from the words of the user to the record."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property

import attrs

from ..config.file import Misread
from ..config.reading import Named
from ..errors import Invalid, Refused
from ..local.environment import OFFLINE, is_told_offline
from ..local.lock import NotWritable, one_writer
from ..local.state import EndpointState, load, load_sources
from ..local.token import Token, token_remedy
from ..record.desired import Desired
from ..record.observed import NoRecord, Record
from ..remote.client import Client
from ..reporting.output import Output
from ..sync.journal import Journal, utc_now
from ..sync.observe import observe
from ..sync.recovery import Search
from ..sync.rounds import Sync
from .archiving import bring_up_to_date
from .border import check_border
from .communities import Communities
from .connection import announce, connect, settle_seconds
from .given import given_before, refuse_other, with_given
from .matching import with_matches
from .missing import with_missing
from .options import Options
from .project import Project, load_project
from .questions import one_or_several
from .reading import desired_of
from .related import with_related
from .texts import Texts, read_texts

__all__ = ("Opened", "Silence", "opened")


@attrs.frozen
class Silence:
    """A reason for not asking the server."""

    reason: str
    """What it is, without full stop."""

    remedy: str
    """What to do about it, as a sentence."""


@attrs.frozen
class Opened:
    """The record of a configuration, within reach.

    What costs something is done when it is needed, and then once:
    the connection is made by the first request, and what is remembered is read when it is used.
    """

    project: Project
    """The configuration."""

    options: Options
    """What the user asked for."""

    output: Output
    """Is told what happens."""

    @cached_property
    def token(self) -> Token | None:
        """The token, `None` when there is none.

        Raises
        ------
        Refused
            When there is something else, or when the endpoint may not get it.
        """
        return self.project.token(os.environ)

    @cached_property
    def client(self) -> Client:
        """The connection to the endpoint.

        Raises
        ------
        Refused
            When there is no token.
        """
        return connect(self.project.endpoint, self._required_token(), self.output)

    @property
    def silence(self) -> Silence | None:
        """Why the server is not asked, `None` if it is.

        Raises
        ------
        Refused
            When there is something else than a token, or when the endpoint may not get it.
        """
        if is_told_offline(os.environ):
            return Silence(f"{OFFLINE} is set", f"Unset {OFFLINE} to ask the server.")
        if self.token is None:
            remedy = token_remedy(self.project.path_token, self.project.endpoint)
            return Silence("there is no token", remedy)
        return None

    def _required_token(self) -> Token:
        silence = self.silence
        if silence is not None:
            raise Refused(f"The server cannot be asked, as {silence.reason}. {silence.remedy}")
        assert self.token is not None, "without token there is a reason"
        return self.token

    @cached_property
    def communities(self) -> Communities:
        """What the server knows about the community of the configuration."""
        return Communities(self.project, self.client, self.output)

    @cached_property
    def texts(self) -> Texts:
        """What README and changelog say."""
        return read_texts(self.project)

    @cached_property
    def journal(self) -> Journal:
        """What is remembered, ready to be continued."""
        project = self.project
        path, endpoint, rehearsal = project.path_record_id, project.endpoint, project.rehearsal
        memory = load(path)
        refuse_other(project, memory.sources)  # Another run may have been first.
        state = memory.elsewhere(endpoint) if rehearsal else memory.at(endpoint)
        return Journal(path, endpoint, state, rehearsal=rehearsal, sources=project.sources)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about what the record is made of."""
        questions = map(str, one_or_several(self.project.config))
        return (*given_before(self.project), *self.project.notes, *questions, *self.texts.notes)

    @property
    def state(self) -> EndpointState:
        """What is remembered now."""
        return self.journal.state

    @contextmanager
    def alone(self, *, only_looks: bool = False) -> Iterator["Opened"]:
        """Let other runs that change the same record wait until the end of the context.

        Parameters
        ----------
        only_looks
            Whether nothing is going to be changed, so that a folder may be read-only.

        Returns
        -------
        opened
            This, or after waiting for another run what is there now:
            the configuration, texts and files may have changed meanwhile.

        Raises
        ------
        Unavailable
            When another run takes too long.
        Refused
            When there is no token, when the folder is not writable,
            or when the configuration names another record after waiting.
        """
        self._required_token()  # Without it, nobody should have to wait.
        path = self.project.path_record_id
        waited: list[str] = []

        def waiting(text: str) -> None:
            waited.append(text)
            self.output.say([text], indent="  ")

        with ExitStack() as stack:
            try:
                stack.enter_context(one_writer(path, waiting))
            except NotWritable as exc:
                if not only_looks:
                    raise
                self.output.say([f"note: {exc.message} Other runs are not waited for."])
            yield self._anew() if waited else self

    def _anew(self) -> "Opened":
        """Open the same record again."""
        now = opened(self.options, self.output)
        if now.project.path_record_id != self.project.path_record_id:
            raise Refused(
                "While this run waited for another one, path_record_id was changed in the "
                "configuration, so nothing was done. Run it again."
            )
        return now

    def desired(self) -> Desired:
        """Return what the record should hold, after reading README and looking at the files.

        Archives of folders are brought up to date before.

        Raises
        ------
        Invalid
            With everything that is wrong with them.
        """
        try:
            made = bring_up_to_date(self.project, self.options, os.environ)
        except Invalid as exc:
            raise with_missing(exc, self.project.config.named, self.options) from None
        self.output.say(made, indent="  ")
        return desired_of(self.project, utc_now().date(), self.texts)

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

    def sync(self, desired: Desired) -> Sync:
        """Return a run that makes the record what it should be, ready to start."""
        return Sync(
            client=self.client,
            journal=self.journal,
            desired=desired,
            choice=self.options.choice,
            cache=self.project.checksum_cache(),
            workers=self.options.workers or self.project.config.workers,
            listener=self.output.listen,
            announce=lambda changes: announce(self.output, changes),
            community=self.communities.wanted,
            settle=settle_seconds(),
        )


def opened(options: Options, output: Output) -> Opened:
    """Open the record that the user means. Nothing is written, and no server is asked.

    Parameters
    ----------
    options
        What the user asks for.
    output
        Is told what happens.

    Raises
    ------
    Invalid
        When the configuration is not usable, or names a file that it should not name,
        with all problems at their places.
    """
    named: tuple[Named, ...] = ()
    try:
        loaded = load_project(options)
        named = loaded.config.named
        return Opened(_checked(loaded, options), options, output)
    except Invalid as exc:
        named = exc.named if isinstance(exc, Misread) else named
        raise with_missing(exc, named, options) from None


def _checked(loaded: Project, options: Options) -> Project:
    """Return a project with all its files, after making sure that they may be its files."""
    alone = with_matches(loaded, options)
    check_border(alone, options, os.environ)
    sources = load_sources(alone.path_record_id)
    refuse_other(alone, sources)
    project = with_given(alone, options, sources)
    if given_before(project):
        check_border(project, options, os.environ)
    return with_related(project, options, os.environ)
