"""The configuration with everything around it: README, data files, token, state files."""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

import attrs
from platformdirs import user_cache_path

from ..config.access import embargo_problems
from ..config.file import Config, ListedPath, checked_endpoint, listed_paths, parse_config
from ..config.kinds import UnknownTerm
from ..config.works import ChangelogNotes
from ..document.parse import MAX_SIZE
from ..errors import Invalid, Place, Problem
from ..local.boundary import outside, project_folder
from ..local.files import ChecksumCache, look
from ..local.keystore import stored_token
from ..local.token import Token, check_host, expand, find_token
from ..record.desired import Desired, draft_defaults, metadata_fields
from ..record.normal import normal
from ..record.observed import PREVIEW
from ..remote.client import Client
from ..remote.lookup import KnownIds, Reference, references, term_reference
from ..text.changelog import section, versions

__all__ = ("Project", "check_ids", "desired_of", "load_project")


NOTES_PATH = "metadata.notes.path_changelog"
"""Where the configuration names a changelog."""


@attrs.frozen
class Project:
    """A configuration and where it lies."""

    config: Config
    """What the user wrote."""

    folder: str
    """Folder of the configuration as the user wrote it, empty for the current one."""

    extra: tuple[ListedPath, ...]
    """Files that were given as arguments, relative to the current folder."""

    readme: str | None
    """README as a path from the current folder."""

    endpoint: str
    """Address of the API, without slash at the end."""

    doubtful: tuple[UnknownTerm, ...] = ()
    """Terms that only the server may know; they are wrong if it does not."""

    told: bool = False
    """Whether the user gave the endpoint as an argument."""

    rehearsal: bool = False
    """Whether that is another one than that of the configuration."""

    def place(self, where: str) -> Place | None:
        """Return the place of a value in the configuration."""
        return self.config.place(where)

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
        own = [(listed, self.path(listed.path)) for listed in self.config.paths]
        return (*own, *((listed, os.path.normpath(listed.path)) for listed in self.extra))

    @property
    def inputs(self) -> tuple[str, ...]:
        """Everything that is read besides the configuration, as paths from the current folder."""
        texts = (path for path in (self.readme, self.changelog) if path is not None)
        return tuple(dict.fromkeys((*texts, *(path for _, path in self.files))))

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
        folder = Path(self.folder)
        token = find_token(self.path_token, environ, folder, lambda: stored_token(self.endpoint))
        if token is not None and not self.told:
            check_host(token, self.endpoint, environ)
        return token

    @property
    def cache(self) -> ChecksumCache:
        """The checksums that this machine remembers."""
        folder = user_cache_path("stepup-zenodo")
        return ChecksumCache(folder / "checksums.json")

    @property
    def known_ids(self) -> KnownIds:
        """The ids that this machine has looked up on the server before."""
        return KnownIds(user_cache_path("stepup-zenodo") / "ids.json", self.endpoint)

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the README cannot be shown on the server, in words."""
        from ..text.description import dropped

        if self.readme is None:
            return ()
        text = _read_text(self.readme)
        return tuple(
            f"{self.readme}: {note}"
            for note in dropped(text, is_html=not _is_markdown(self.readme))
        )


def load_project(
    path: str,
    extra: Iterable[str] = (),
    description: str | None = None,
    endpoint: str | None = None,
    *,
    lenient: bool = False,
) -> Project:
    """Read and check a configuration, without looking at other files.

    Parameters
    ----------
    path
        The configuration.
    extra
        More files for the record, relative to the current folder.
    description
        README instead of the one in the configuration, relative to the current folder.
    endpoint
        Address of the API instead of the one in the configuration.
    lenient
        Whether to accept terms that the lists of this package lack: the server is asked later.

    Raises
    ------
    Invalid
        With all problems at their places.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_SIZE + 1)
    except OSError as exc:
        raise Invalid((Problem(f"cannot be read: {exc.strerror}", path),)) from None
    config, doubtful = _parse(data, path, lenient=lenient)
    usual = config.endpoint
    if endpoint is not None:
        config = attrs.evolve(config, endpoint=checked_endpoint(endpoint))
    more = listed_paths(tuple(extra), config)
    folder = os.path.dirname(path)
    project = Project(config, folder, more, None, config.endpoint, doubtful)
    readme = description
    if readme is None and config.path_readme is not None:
        readme = project.path(config.path_readme)
    return attrs.evolve(
        project,
        readme=readme,
        told=endpoint is not None,
        rehearsal=config.endpoint != usual,
    )


def _parse(data: bytes, path: str, *, lenient: bool) -> tuple[Config, tuple[UnknownTerm, ...]]:
    """Return the configuration, and the terms in it that only the server may know."""
    try:
        return parse_config(data, path), ()
    except Invalid as exc:
        doubtful = tuple(item for item in exc.problems if isinstance(item, UnknownTerm))
        if not lenient or len(doubtful) < len(exc.problems):
            raise
    known: dict[str, set[str]] = {}
    for item in doubtful:
        known.setdefault(item.vocabulary, set()).add(item.id)
    return parse_config(data, path, known=known), doubtful


def desired_of(project: Project, today: date) -> Desired:
    """Read README and changelog, look at the files, and return what the record should hold.

    Parameters
    ----------
    project
        The configuration.
    today
        The day in UTC, for the publication date of a new draft.

    Raises
    ------
    Invalid
        With everything that is wrong with README, changelog, files and the end of an embargo.
    """
    paths = {listed.key: Path(path) for listed, path in project.files}
    where = {listed.key: project.problem(listed, "") for listed, _ in project.files}
    files, problems = look(paths, where)
    html, unreadable = _html_of(project, "path_readme", project.readme, _description)
    problems += unreadable
    notes, unreadable = _html_of(
        project, NOTES_PATH, project.changelog, lambda path: _notes(project, path)
    )
    problems += unreadable
    problems += _outside_problems(project)
    until = project.place("access.embargo.until")
    problems += embargo_problems(project.config.access, today, until)
    problems += _preview_problems(project, paths)
    if problems:
        start = Place("", 0, 0)
        raise Invalid(tuple(sorted(problems, key=lambda problem: problem.place or start)))
    # The normal form is what the server stores unchanged, so it is what is sent.
    sent = metadata_fields(project.config, html, notes)
    fields = {name: normal(name, value) for name, value in sent.items()}
    if project.config.default_preview is not None:
        fields[PREVIEW] = project.config.default_preview
    defaults = draft_defaults(project.config, today)
    return Desired(fields, {file.key: file for file in files}, defaults, project.config)


def _outside_problems(project: Project) -> tuple[Problem, ...]:
    """Return which paths of the configuration lead out of the project.

    Files that are given as arguments are the user's own words, and may lie anywhere.
    """
    top = project_folder(Path(project.config.file), os.environ)
    given = {item.where: item.path for item in project.config.paths}
    given |= {"path_readme": project.config.path_readme or "."}
    given |= {"path_record_id": project.config.path_record_id}
    notes = project.config.metadata.notes
    if isinstance(notes, ChangelogNotes):
        given |= {NOTES_PATH: notes.path_changelog}
    problems = []
    for where, path in given.items():
        real = outside(project.path(path), top)
        if real:
            message = f"{path} leads to {real}, which is outside of the project {top}"
            hint = (
                "copy it into the project, or give it as an argument: a configuration alone "
                "may not send files from elsewhere"
            )
            problems.append(Problem(message, where, project.place(where), hint))
    return tuple(problems)


def _preview_problems(project: Project, keys: Collection[str]) -> tuple[Problem, ...]:
    where = "default_preview"
    preview = project.config.default_preview
    if not preview or preview in keys:
        return ()
    message = f"{preview!r} is not one of the files of the record"
    hint = "give the name of a file that is listed in paths"
    return (Problem(message, where, project.place(where), hint),)


def _html_of(
    project: Project, where: str, path: str | None, make: Callable[[str], str]
) -> tuple[str | None, tuple[Problem, ...]]:
    """Return the HTML made of a file that the configuration names, and what is wrong with it."""
    if path is None:
        return None, ()
    try:
        return make(path), ()
    except Invalid as exc:
        place, written = project.place(where), project.config.written(where)
        return None, tuple(attrs.evolve(p, place=place, where=written) for p in exc.problems)


def _description(path: str) -> str:
    """Return the HTML made of a README."""
    from ..text.description import html_description, markdown_to_html

    text = _read_text(path)
    html = markdown_to_html(text) if _is_markdown(path) else html_description(text)
    if not html:
        raise Invalid((Problem(f"{path} has no text", "path_readme"),))
    return html


def _notes(project: Project, path: str) -> str:
    """Return the HTML made of the section of the changelog for the version of the record."""
    from ..text.description import markdown_to_html

    version = project.config.metadata.version
    if not version:
        hint = "add the key version, or write the notes themselves"
        message = "notes are taken from a changelog, but there is no version to look for in it"
        raise Invalid((Problem(message, NOTES_PATH, hint=hint),))
    text = _read_text(path)
    found = section(text, version)
    html = "" if found is None else markdown_to_html(found)
    if not html:
        lacks = "has no section for" if found is None else "says nothing about"
        listed = ", ".join(versions(text)[:5])
        hint = "write it before the version is published"
        hint += f"; there are sections for {listed}" if found is None and listed else ""
        raise Invalid((Problem(f"{path} {lacks} version {version}", NOTES_PATH, hint=hint),))
    return html


def _is_markdown(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown"))


def _read_text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as exc:
        raise Invalid((Problem(f"{path} cannot be read: {exc.strerror}", "path_readme"),)) from None
    except UnicodeDecodeError:
        raise Invalid((Problem(f"{path} is not text in UTF-8", "path_readme"),)) from None


def check_ids(project: Project, desired: Desired, client: Client) -> None:
    """Ask the server whether it has the ids that the record refers to.

    Raises
    ------
    Invalid
        With those that it lacks, at their places.
    Unavailable
        When the server does not answer.
    """
    known = project.known_ids
    terms = {term_reference(item.vocabulary, item.id): item for item in project.doubtful}
    problems: list[Problem] = [terms[item] for item in known.missing(client, iter(terms))]
    missing = known.missing(client, references(desired.fields))
    problems += [_unknown_id(project, desired, item) for item in missing]
    if problems:
        raise Invalid(tuple(problems))


def _unknown_id(project: Project, desired: Desired, reference: Reference) -> Problem:
    where = desired.where(reference.field)
    noun = reference.collection.removesuffix("s")
    return Problem(
        f'the server has no {noun} with the id "{reference.id}"',
        where,
        project.place(where),
        "look it up again, or give the name instead of the id",
    )
