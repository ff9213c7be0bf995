"""Read README and changelog and look at the files: what the record should hold."""

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path

from ..config.access import embargo_problems
from ..config.works import ChangelogNotes
from ..errors import Invalid, Place, Problem
from ..local.boundary import outside, project_folder
from ..local.files import look
from ..record.desired import Desired, draft_defaults, metadata_fields
from ..record.normal import normal
from ..record.observed import PREVIEW
from .project import Project
from .texts import NOTES_PATH, Texts, read_texts

__all__ = ("desired_of",)


def desired_of(project: Project, today: date, texts: Texts | None = None) -> Desired:
    """Read README and changelog, look at the files, and return what the record should hold.

    Parameters
    ----------
    project
        The configuration.
    today
        The day in UTC, for the publication date of a new draft.
    texts
        What README and changelog say, if they have been read already.

    Raises
    ------
    Invalid
        With everything that is wrong with README, changelog, files and the end of an embargo.
    """
    paths = {listed.key: Path(path) for listed, path in project.files}
    where = {listed.key: project.problem(listed, "") for listed, _ in project.files}
    files, problems = look(paths, where)
    texts = read_texts(project) if texts is None else texts
    problems += texts.problems
    problems += _outside_problems(project)
    until = project.place("access.embargo.until")
    problems += embargo_problems(project.config.access, today, until)
    problems += _preview_problems(project, paths)
    if problems:
        start = Place("", 0, 0)
        raise Invalid(tuple(sorted(problems, key=lambda problem: problem.place or start)))
    # The normal form is what the server stores unchanged, so it is what is sent.
    sent = metadata_fields(project.config, texts.description, texts.release_notes)
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
