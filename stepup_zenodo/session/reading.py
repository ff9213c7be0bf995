"""Read README and changelog and look at the files: what the record should hold."""

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path

import attrs

from ..config.access import embargo_problems
from ..config.fields import sent_fields
from ..errors import Invalid, Place, Problem
from ..local.files import look
from ..local.plainfiles import read_plain
from ..record.desired import Desired, draft_defaults
from ..text.changelog import section, versions
from .project import Project
from .roles import NOTES_PATH

__all__ = ("desired_of", "readme_notes")

MAX_TEXT = 10**6
"""Most bytes of a README or a changelog."""


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
    until = project.place("access.embargo.until")
    problems += embargo_problems(project.config.access, today, until)
    problems += _preview_problems(project, paths)
    if problems:
        start = Place("", 0, 0)
        raise Invalid(tuple(sorted(problems, key=lambda problem: problem.place or start)))
    fields = sent_fields(project.config, html, notes)
    defaults = draft_defaults(project.config, today)
    return Desired(fields, {file.key: file for file in files}, defaults, project.config)


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
        raise Invalid((Problem(f"{path} has no text"),))
    return html


def _notes(project: Project, path: str) -> str:
    """Return the HTML made of the section of the changelog for the version of the record."""
    from ..text.description import markdown_to_html

    version = project.config.metadata.version
    if not version:
        hint = "add the key version, or write the notes themselves"
        message = "notes are taken from a changelog, but there is no version to look for in it"
        raise Invalid((Problem(message, hint=hint),))
    text = _read_text(path)
    found = section(text, version)
    html = "" if found is None else markdown_to_html(found)
    if not html:
        lacks = "has no section for" if found is None else "says nothing about"
        listed = ", ".join(versions(text)[:5])
        hint = "write it before the version is published"
        hint += f"; there are sections for {listed}" if found is None and listed else ""
        raise Invalid((Problem(f"{path} {lacks} version {version}", hint=hint),))
    return html


def _is_markdown(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown"))


def _read_text(path: str) -> str:
    try:
        data = read_plain(path, MAX_TEXT + 1)
    except OSError as exc:
        raise Invalid((Problem(f"{path} cannot be read: {exc.strerror}"),)) from None
    if len(data) > MAX_TEXT:
        hint = "shorten it: long texts can be files of the record"
        raise Invalid((Problem(f"{path} is larger than {MAX_TEXT // 10**6} MB", hint=hint),))
    try:
        return data.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise Invalid((Problem(f"{path} is not text in UTF-8"),)) from None


def readme_notes(project: Project) -> tuple[str, ...]:
    """Return what of the README cannot be shown on the server, in words.

    Raises
    ------
    Invalid
        When the README cannot be read.
    """
    from ..text.description import dropped

    if project.readme is None:
        return ()
    text = _read_text(project.readme)
    notes = dropped(text, is_html=not _is_markdown(project.readme))
    return tuple(f"{project.readme}: {note}" for note in notes)
