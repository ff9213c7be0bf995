"""The files that a configuration, or the words of the user, give a role to."""

import enum
import os
from collections.abc import Iterator
from pathlib import Path

import attrs

from ..config.related import RelatedSource
from ..config.works import ChangelogNotes
from ..errors import Place
from ..local.idfile import is_record_id
from ..local.lock import is_lock, lock_path
from ..local.state import is_state, state_path
from ..reporting.statusfile import is_status, status_path
from .given import GIVEN_BEFORE, forget_words
from .options import IsOurs, Options, Target
from .project import Project
from .related import pins_of, records_of

__all__ = ("NOTES_PATH", "Role", "Use", "roles_of")

NOTES_PATH = "metadata.notes.path_changelog"
"""Where the configuration names a changelog."""


class Use(enum.Enum):
    """What the program does with a file."""

    READ = "read"
    """It reads it, and may send it."""

    WRITTEN = "written"
    """It writes it, or deletes it when it is not needed any more."""

    SECRET = "secret"  # noqa: S105 (not a password)
    """It reads it, and tells nobody what is in it."""


@attrs.frozen
class Role:
    """A file and what it is for."""

    words: str
    """What it is for, to complete the sentence `FILE is ...`."""

    path: str
    """Where it is, seen from the current folder."""

    use: Use
    """What happens with it."""

    shown: str
    """The path as it was written."""

    where: str
    """The key or the argument that names it."""

    place: Place | None = None
    """The position in the configuration."""

    hint: str = ""
    """What to do when it cannot have this role."""

    typed: bool = False
    """Whether the user has typed the path, who may mean any file."""

    writing: "Writing | None" = None
    """For files that are written: what may be replaced."""

    is_sent: bool = False
    """Whether it is a file of the record."""

    is_beside: bool = False
    """Whether it goes where another file goes, so that one problem with the folder is enough."""


@attrs.frozen
class Writing:
    """What may be there already when a file is written."""

    is_ours: IsOurs
    """Whether the content is what this program writes."""

    otherwise: str
    """What to say of another content."""

    hint: str
    """What to do about another content."""

    is_output: bool = False
    """Whether the path is an argument: an output can be sent, and StepUp looks after its own."""


def roles_of(project: Project, options: Options) -> tuple[Role, ...]:
    """Return all roles.

    Where two of them exclude each other, the later one is to be changed.

    Parameters
    ----------
    project
        The configuration and where it lies.
    options
        What the user asked for.
    """
    file = options.config
    remembered = tuple(_remembered(project))
    is_named = "path_record_id" in project.config.spots
    roles = [Role("the configuration", file, Use.READ, file, file, typed=True)]
    if project.path_token is not None:
        shown = project.config.path_token or ""
        token = str(project.path_token)
        roles.append(_named(project, "the token file", token, shown, "path_token", use=Use.SECRET))
    roles += () if is_named else remembered
    roles += _texts(project, options)
    for listed, path in project.files:
        before = listed.where == GIVEN_BEFORE
        typed = listed.place is None and not before
        hint = "leave it out" if typed else "take it off the list"
        hint = "move it away, or write a pattern that leaves it out" if listed.pattern else hint
        hint = forget_words(project) if before else hint
        words, where = "a file of the record", listed.where or "FILE"
        shown = listed.path
        role = Role(words, path, Use.READ, shown, where, listed.place, hint, typed, is_sent=True)
        roles.append(role)
    roles += remembered if is_named else ()
    return (*roles, *map(_target, options.targets))


def _target(target: Target) -> Role:
    hint = "give another name"
    writing = Writing(
        target.is_ours,
        "was not written by this command",
        "move it away, or give another name",
        is_output=True,
    )
    path, words = os.path.normpath(target.path), "an output of this command"
    shown = target.path
    return Role(
        words, path, Use.WRITTEN, shown, target.where, hint=hint, typed=True, writing=writing
    )


def _named(
    project: Project, words: str, path: str, shown: str, where: str, *, use: Use = Use.READ
) -> Role:
    """Return the role of a file that a key of the configuration names."""
    return Role(words, path, use, shown, where, project.place(where), "choose another path")


def _texts(project: Project, options: Options) -> Iterator[Role]:
    if options.description is not None:
        hint = "give another file"
        path = options.description
        yield Role("the README", path, Use.READ, path, "--description", hint=hint, typed=True)
    elif project.readme is not None and project.readme_where == GIVEN_BEFORE:
        hint, path = forget_words(project), project.readme
        yield Role("the README", path, Use.READ, path, GIVEN_BEFORE, hint=hint)
    elif project.readme is not None:
        shown = project.config.path_readme or ""
        yield _named(project, "the README", project.readme, shown, "path_readme")
    notes = project.config.metadata.notes
    for item, pin in pins_of(project):
        yield _source(item, "a pin", str(pin), item.input or "")
    for item, record in records_of(project):
        yield _source(item, "the configuration of another record", record, item.record or "")
    if project.changelog is not None and isinstance(notes, ChangelogNotes):
        yield _named(project, "the changelog", project.changelog, notes.path_changelog, NOTES_PATH)


def _source(item: RelatedSource, words: str, path: str, shown: str) -> Role:
    return Role(words, path, Use.READ, shown, item.where, item.place, "choose another path")


def _remembered(project: Project) -> Iterator[Role]:
    """Yield the record id file, and what lies beside it."""
    path = project.path_record_id
    hint = "write the id, the DOI or the address of your record into it, or choose another path"
    writing = Writing(lambda data, _: is_record_id(data), "holds no record id", hint)
    kept = _kept(project, "the record id file", path, writing)
    yield attrs.evolve(kept, shown=project.config.path_record_id)
    if not path.name or path.name == "..":
        return
    hint = "move it away, or choose another path_record_id"
    beside: tuple[tuple[str, Path, IsOurs], ...] = (
        ("state file", state_path(path), lambda data, _: is_state(data)),
        ("lock", lock_path(path), lambda data, _: is_lock(data)),
        ("status file", status_path(path), lambda data, _: is_status(data)),
    )
    for words, companion, is_ours in beside:
        otherwise = f"is no {words} of stepup-zenodo, or it is damaged"
        role = f"the {words} that belongs to {path.name}"
        kept = _kept(project, role, companion, Writing(is_ours, otherwise, hint))
        yield attrs.evolve(kept, is_beside=True)


def _kept(project: Project, words: str, path: Path, writing: Writing) -> Role:
    role = _named(project, words, str(path), str(path), "path_record_id", use=Use.WRITTEN)
    return attrs.evolve(role, writing=writing)
