"""The configuration, and where everything lies that belongs to it: files, token, state, caches."""

import os
from collections.abc import Mapping
from pathlib import Path

import attrs
from platformdirs import user_cache_path

from ..config.configuration import Config
from ..config.endpoints import checked_endpoint
from ..config.fieldpaths import config_path
from ..config.file import listed_paths, parse_config, parse_leniently
from ..config.ids import UnknownTerm
from ..config.paths import ListedPath
from ..config.related import RelatedSource
from ..config.works import ChangelogNotes
from ..document.parse import MAX_SIZE
from ..errors import Invalid, Place, Problem
from ..local.checksums import ChecksumCache
from ..local.environment import hosts_like_zenodo
from ..local.keystore import stored_token
from ..local.plainfiles import read_plain
from ..local.sources import Sources
from ..local.token import Token, expand, token_for
from ..remote.lookup import KnownCommunities, KnownIds
from .options import Options

__all__ = ("Project", "load_project")


@attrs.frozen
class Project:
    """A configuration and where it lies."""

    config: Config
    """What the user wrote."""

    text: str
    """The same as text, with the line breaks of the file."""

    folder: str
    """Folder of the configuration as the user wrote it, empty for the current one."""

    extra: tuple[ListedPath, ...]
    """Files that were given as arguments, relative to the current folder."""

    given: tuple[str, ...] = ()
    """Those of them that the configuration does not name itself, patterns as they were given."""

    patterns: tuple[tuple[ListedPath, str], ...] = ()
    """The patterns by which files were looked for, and the same from the current folder."""

    readme: str | None = None
    """README as a path from the current folder."""

    readme_where: str = "path_readme"
    """The key, the argument or the words for what names the README."""

    sources: Sources = attrs.field(factory=Sources)
    """What is to be remembered of where the content of the record comes from."""

    doubtful: tuple[UnknownTerm, ...] = ()
    """Terms that only the server may know; they are wrong if it does not."""

    dois: Mapping[RelatedSource, str] = attrs.field(factory=dict)
    """The DOIs of works to which the configuration relates as inputs or records."""

    others: tuple[str, ...] = ()
    """The configurations of other records of the project whose DOIs are needed."""

    used: tuple[str, ...] = ()
    """What is read besides the files of the record and its texts, from the current folder."""

    notes: tuple[str, ...] = ()
    """What the user should know about how the configuration was understood."""

    doubts: tuple[Problem, ...] = ()
    """What a person should think about before the record becomes public."""

    told: bool = False
    """Whether the user gave the endpoint as an argument."""

    rehearsal: bool = False
    """Whether the endpoint is another one than that of the configuration."""

    @property
    def endpoint(self) -> str:
        """Address of the API, without slash at the end."""
        return self.config.endpoint

    def place(self, where: str) -> Place | None:
        """Return the place of a value in the configuration, named in its words or the server's."""
        return self.config.place(config_path(where, self.config))

    def problem(self, listed: ListedPath, message: str, hint: str = "") -> Problem:
        """Return a problem with one of the files."""
        return Problem(message, listed.where, listed.place, hint)

    def path(self, path: str) -> str:
        """Return a path of the configuration as seen from the current folder."""
        return os.path.normpath(os.path.join(self.folder, os.path.expanduser(path)))

    @property
    def path_record_id(self) -> Path:
        """The file with the record id."""
        return Path(self.path(self.config.path_record_id))

    @property
    def path_token(self) -> Path | None:
        """The file with the token, which may not exist."""
        path = self.config.path_token
        return None if path is None else expand(path, Path(self.folder))

    @property
    def files(self) -> tuple[tuple[ListedPath, str], ...]:
        """The files for the record and their paths from the current folder."""
        own = [(listed, self.path(listed.path)) for listed in self.config.paths or ()]
        return (*own, *((listed, os.path.normpath(listed.path)) for listed in self.extra))

    @property
    def lists_files(self) -> bool:
        """Whether anything says which files the record has; else, they are left alone."""
        return self.config.paths is not None or bool(self.extra)

    @property
    def shown_first(self) -> str | None:
        """The file that the page shows first where the configuration leaves all files to `plan.py`.

        Then it is the first of them, as with StepUp RepRep; otherwise the repository chooses.
        """
        if self.config.paths is not None or self.config.default_preview is not None:
            return None
        return self.extra[0].key if self.extra else None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Everything that is read besides the configuration, as paths from the current folder."""
        texts = (path for path in (self.readme, self.changelog) if path is not None)
        return tuple(dict.fromkeys((*texts, *self.used, *(path for _, path in self.files))))

    @property
    def changelog(self) -> str | None:
        """The file with the release notes, as a path from the current folder."""
        notes = self.config.metadata.notes
        return self.path(notes.path_changelog) if isinstance(notes, ChangelogNotes) else None

    def token(self, environ: Mapping[str, str]) -> Token | None:
        """Return the token for the endpoint, `None` when there is none.

        Raises
        ------
        Refused
            When there is something else, or when the endpoint may not get it.
        """
        return token_for(
            self.endpoint,
            self.path_token,
            Path(self.folder),
            environ,
            lambda: stored_token(self.endpoint),
            is_named=self.told,
        )

    def checksum_cache(self) -> ChecksumCache:
        """Read the checksums that this machine remembers."""
        return ChecksumCache(user_cache_path("stepup-zenodo") / "checksums.json")

    def known_communities(self) -> KnownCommunities:
        """Read which ids communities have, as far as this machine has asked for them before."""
        path = user_cache_path("stepup-zenodo") / "communities.json"
        return KnownCommunities(path, self.endpoint)

    def known_ids(self) -> KnownIds:
        """Read the ids that this machine has looked up on the server before."""
        return KnownIds(user_cache_path("stepup-zenodo") / "ids.json", self.endpoint)


def load_project(options: Options) -> Project:
    """Read and check a configuration, without looking at other files.

    Raises
    ------
    Invalid
        With all problems at their places.
    """
    path = options.config
    try:
        data = read_plain(path, MAX_SIZE + 1)
    except OSError as exc:
        lost = isinstance(exc, FileNotFoundError)
        hint = "make one with `stepup-zenodo init`, or name yours" if lost else ""
        raise Invalid((Problem(f"cannot be read: {exc.strerror}", path, hint=hint),)) from None
    like_zenodo = hosts_like_zenodo(os.environ)
    doubtful: tuple[UnknownTerm, ...] = ()
    if options.offline:
        config = parse_config(data, path, like_zenodo=like_zenodo)
    else:
        config, doubtful = parse_leniently(data, path, like_zenodo=like_zenodo)
    usual = config.endpoint
    if options.endpoint is not None:
        config = attrs.evolve(config, endpoint=checked_endpoint(options.endpoint))
    more = listed_paths(options.files, config)
    folder = os.path.dirname(path)
    project = Project(config, data.decode("utf-8-sig"), folder, more, doubtful=doubtful)
    readme, where = options.description, "--description"
    if readme is None and config.path_readme is not None:
        readme, where = project.path(config.path_readme), "path_readme"
    return attrs.evolve(
        project,
        readme=readme,
        readme_where=where,
        told=options.endpoint is not None,
        rehearsal=config.endpoint != usual,
    )
