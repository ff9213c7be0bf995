"""Read README and changelog and look at the files: what the record should hold."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

import attrs

from ..config.access import embargo_problems
from ..config.configuration import Config
from ..config.fields import PREVIEW, Normal, sent_fields
from ..errors import Invalid, Place, Problem
from ..local.files import look
from ..record.desired import Desired, draft_defaults
from .given import remedy
from .project import Project
from .texts import Texts

__all__ = ("desired_of",)


def desired_of(project: Project, today: date, texts: Texts) -> Desired:
    """Read README and changelog, look at the files, and return what the record should hold.

    Parameters
    ----------
    project
        The configuration.
    today
        The day in UTC, for the publication date of a new draft.
    texts
        What README and changelog say.

    Raises
    ------
    Invalid
        With everything that is wrong with README, changelog, files and the end of an embargo.
    """
    paths = {listed.key: Path(path) for listed, path in project.files}
    where = {
        listed.key: project.problem(listed, "", remedy(project, listed))
        for listed, _ in project.files
    }
    files, problems = look(paths, where, project.config.repository)
    problems += texts.problems
    until = project.place("access.embargo.until")
    problems += embargo_problems(project.config.access, today, until)
    problems += _preview_problems(project, paths) if project.lists_files else ()
    if problems:
        start = Place("", 0, 0)
        raise Invalid(tuple(sorted(problems, key=lambda problem: problem.place or start)))
    config = _without_notes(project.config) if texts.unfinished else project.config
    fields = sent_fields(config, texts.description, texts.release_notes)
    if project.shown_first is not None:
        fields = Normal.of({**fields, PREVIEW: project.shown_first})
    defaults = draft_defaults(project.config, today)
    held = {file.key: file for file in files}
    return Desired(
        fields,
        held,
        defaults,
        project.config,
        quota=project.config.quota,
        lists_files=project.lists_files,
        unfinished=texts.unfinished,
        read_from=_text_files(project),
    )


def _text_files(project: Project) -> dict[str, str]:
    """Return the files whose texts become metadata, by the keys of these."""
    files = {"metadata.description": project.readme, "metadata.notes": project.changelog}
    return {path: str(file) for path, file in files.items() if file is not None}


def _without_notes(config: Config) -> Config:
    """Return a configuration that leaves the release notes alone, as they are not written yet."""
    return attrs.evolve(config, metadata=attrs.evolve(config.metadata, notes=None))


def _preview_problems(project: Project, keys: Collection[str]) -> tuple[Problem, ...]:
    where = "default_preview"
    preview = project.config.default_preview
    if not preview or preview in keys:
        return ()
    message = f"{preview!r} is not one of the files of the record"
    hint = "give the name of a file that is listed in paths"
    return (Problem(message, where, project.place(where), hint),)
