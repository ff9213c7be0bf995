"""Files and README that were given besides the configuration, by this command or before.

What was given before still belongs to the record when a command is run without it.
The state file that remembers it can come from a stranger:
it counts as little as the configuration itself.
"""

import os
from pathlib import Path

import attrs

from ..config.paths import ListedPath, key_of, number_problems, path_problems
from ..errors import Invalid, Place, Problem
from ..local.sources import Sources, path_from, path_to
from .matching import look_for
from .options import Find, Options
from .project import Project

__all__ = ("GIVEN_BEFORE", "forget_words", "given_before", "refuse_other", "remedy", "with_given")

GIVEN_BEFORE = "given before"
"""Stands where a problem would name a key or an argument."""


def forget_words(project: Project) -> str:
    """Return what to do about a file that should not count any more."""
    command = f"stepup-zenodo sync --exact {project.config.file}"
    return f"give it again as an argument, or forget what was given before: `{command}`"


def remedy(project: Project, listed: ListedPath) -> str:
    """Return what to do when a file cannot be used, empty when that is clear from its place."""
    return forget_words(project) if listed.where == GIVEN_BEFORE else ""


def refuse_other(project: Project, sources: Sources) -> None:
    """Raise when the record belongs to another configuration.

    Parameters
    ----------
    project
        The configuration.
    sources
        What is remembered in the file of the record.

    Raises
    ------
    Invalid
        When that configuration is still there.
    """
    path = project.path_record_id
    other = sources.other(project.config.file, path.parent)
    if not other:
        return
    file, where = project.config.file, "path_record_id"
    message = f'"{project.config.path_record_id}" remembers the record of {other}'
    hint = f"give {file} a path_record_id of its own, or if it replaces {other}, delete that"
    place = project.place(where) or Place(file, 0, 0)
    raise Invalid((Problem(message, where, place, hint),))


def with_given(project: Project, options: Options, sources: Sources) -> Project:
    """Return a project with what was given before, and with what is to be remembered.

    Parameters
    ----------
    project
        The configuration, with what the command gives.
    options
        What the user asked for.
    sources
        What is remembered.

    Raises
    ------
    Invalid
        When there are too many files, or a name cannot be used.
    """
    folder = project.path_record_id.parent
    name = path_to(project.config.file, folder)
    if not options.takes_files:
        return attrs.evolve(project, sources=attrs.evolve(sources, configuration=name))
    if not options.exact:
        project = _with_files(project, sources.files, folder, options.find)
        if options.description is None and sources.description:
            readme = path_from(sources.description, folder)
            project = attrs.evolve(project, readme=readme, readme_where=GIVEN_BEFORE)
    files = tuple(path_to(path, folder) for path in project.given)
    given = project.readme is not None and project.readme_where != "path_readme"
    description = path_to(str(project.readme), folder) if given else ""
    return attrs.evolve(project, sources=Sources(name, files, description))


def _with_files(project: Project, files: tuple[str, ...], folder: Path, find: Find) -> Project:
    """Add the files that the configuration and the command do not name themselves."""
    named = {listed.key for listed, _ in project.files}
    paths = [path_from(file, folder) for file in files]
    listed = [ListedPath(path, key_of(path), where=GIVEN_BEFORE) for path in paths]
    again = {item.path for item, _ in project.patterns}
    found = look_for((item for item in listed if item.path not in again), find, os.path.normpath)
    before = tuple(item for item in found.files if item.key not in named)
    together = (*(project.config.paths or ()), *project.extra, *before)
    problems = tuple(attrs.evolve(item, hint="") for item in found.problems)
    problems += path_problems(together)
    problems = problems or number_problems(together, project.config.repository)
    if problems:
        hint = forget_words(project)
        raise Invalid(tuple(attrs.evolve(item, hint=item.hint or hint) for item in problems))
    given = [item.path for item in before if not item.pattern]
    given += [item.path for item in found.patterns]
    patterns = [(item, os.path.normpath(item.path)) for item in found.patterns]
    return attrs.evolve(
        project,
        extra=(*project.extra, *before),
        given=(*project.given, *given),
        patterns=(*project.patterns, *patterns),
    )


def given_before(project: Project) -> tuple[str, ...]:
    """Return what counts although neither the configuration nor the command names it, in words."""
    files = [listed.path for listed in project.extra if listed.where == GIVEN_BEFORE]
    readme = [str(project.readme)] if project.readme_where == GIVEN_BEFORE else []
    return tuple(
        f"{path} still counts, as it was given before; --exact leaves it out"
        for path in (*files, *readme)
    )
