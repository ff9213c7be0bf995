"""README and changelog of a configuration: read once, and converted when they are new."""

from collections.abc import Callable, Iterable
from pathlib import Path
from shlex import quote

import attrs
from platformdirs import user_cache_path

from ..errors import Invalid, Problem
from ..local.conversions import Conversions
from ..local.makers import makers
from ..local.plainfiles import read_plain
from ..text.changelog import section, versions
from .project import Project
from .roles import NOTES_PATH

__all__ = ("Texts", "is_html", "read_texts")

MAX_TEXT = 10**6
"""Most bytes of a README or a changelog."""

NO_CLONE = "let the README lie in a clone of code_repository"
"""What makes relative links work when it is only not known where in the repository they begin."""

_ARGUMENT = "--description"
_MARKDOWN = frozenset({".markdown", ".md", ".mdown", ".mkd", ".mkdn"})
_HTML = frozenset({".htm", ".html"})
_OTHER_MARKUP = frozenset({".docx", ".ipynb", ".odt", ".org", ".rst", ".tex", ".textile"})
_MADE_BY = ("ftfy", "markdown_it", "mdit_py_plugins", ".text")
"""What the HTML depends on."""


@attrs.frozen
class Texts:
    """What README and changelog say."""

    description: str | None = None
    """HTML made of the README."""

    release_notes: str | None = None
    """HTML made of the section of the changelog for the version."""

    notes: tuple[str, ...] = ()
    """What of the README cannot be shown on the server, in words."""

    problems: tuple[Problem, ...] = ()
    """What is wrong with the files, at the places that name them."""

    unfinished: tuple[Problem, ...] = ()
    """What has to be written into them before the record is published."""


def read_texts(project: Project) -> Texts:
    """Read README and changelog, and return what they say.

    Parameters
    ----------
    project
        The configuration.
    """
    texts = Texts()
    if project.readme is not None:
        where = project.readme_where
        texts = _with(texts, project, where, lambda: _description(project, str(project.readme)))
    if project.changelog is not None:
        path = project.changelog
        texts = _with(texts, project, NOTES_PATH, lambda: _release_notes(project, path))
    return texts


def _with(texts: Texts, project: Project, where: str, read: Callable[[], Texts]) -> Texts:
    """Return texts together with those of another file, or with what is wrong with it."""
    try:
        more = read()
    except Invalid as exc:
        more = Texts(problems=exc.problems)
    is_argument = where == _ARGUMENT
    place = None if is_argument else project.place(where)
    written = where if is_argument else project.config.written(where)

    def placed(problems: Iterable[Problem]) -> tuple[Problem, ...]:
        return tuple(attrs.evolve(item, place=place, where=written) for item in problems)

    return Texts(
        texts.description if more.description is None else more.description,
        texts.release_notes if more.release_notes is None else more.release_notes,
        texts.notes + more.notes,
        texts.problems + placed(more.problems),
        texts.unfinished + placed(more.unfinished),
    )


def _description(project: Project, path: str) -> Texts:
    """Return the HTML made of a README."""
    is_markup = is_html(path)
    html, notes = _converted(project, path, _read_text(path), is_html=is_markup)
    if not html:
        raise Invalid((Problem(f"{path} has no text"),))
    return Texts(description=html, notes=tuple(f"{path}: {note}" for note in notes))


def is_html(path: str) -> bool:
    """Return whether a README is HTML; what is neither that nor Markdown is refused."""
    suffix = Path(path).suffix.lower()
    if suffix in _HTML:
        return True
    if suffix in _MARKDOWN:
        return False
    message = f"{path} is neither Markdown (.md) nor HTML (.html), so it cannot be the description"
    better = Path(path).with_suffix(".md")
    if better.exists():
        hint = f"use {better}, which lies beside it"
    elif suffix in _OTHER_MARKUP:
        command = f"pandoc {quote(path)} -t gfm -o {quote(str(better))}"
        hint = f"convert it, for example with `{command}`, and use {better} instead"
    else:
        hint = f"if it is plain text or Markdown, rename it to {better}"
    raise Invalid((Problem(message, hint=hint),))


def _release_notes(project: Project, path: str) -> Texts:
    """Return the HTML made of the section of the changelog for the version of the record."""
    version = project.config.metadata.version
    if not version:
        hint = "add the key version, or write the notes themselves"
        message = "notes are taken from a changelog, but there is no version to look for in it"
        raise Invalid((Problem(message, hint=hint),))
    source = _read_text(path)
    found = section(source, version)
    html = "" if found is None else _converted(project, path, found, is_html=False)[0]
    if not html:
        lacks = "has no section for" if found is None else "says nothing about"
        listed = ", ".join(versions(source)[:5])
        hint = "write it before the version is published"
        hint += f"; there are sections for {listed}" if found is None and listed else ""
        return Texts(unfinished=(Problem(f"{path} {lacks} version {version}", hint=hint),))
    return Texts(release_notes=html)


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


def _converted(
    project: Project, path: str, source: str, *, is_html: bool
) -> tuple[str, tuple[str, ...]]:
    """Return the HTML made of a text, and what it lacks in words, from the last run if possible.

    Links of HTML are left alone: a description that was taken from the server has its own.
    """
    repository = "" if is_html else project.config.code_repository or ""
    folder = _folder_in_repository(path) if repository else None
    remedy = NO_CLONE if repository and folder is None else ""
    if folder is None:
        repository = folder = ""
    known = Conversions(user_cache_path("stepup-zenodo") / "texts")
    key = (makers(*_MADE_BY), "HTML" if is_html else "Markdown", repository, folder, remedy, source)
    found = known.get(key)
    if found is None:
        from ..text.description import description
        from ..text.links import in_repository, unchanged

        working = in_repository(repository, folder) if repository else unchanged
        made = description(source, is_html=is_html, working=working, remedy=remedy)
        found = (made.html, made.notes)
        known.put(key, *found)
    return found


def _folder_in_repository(path: str) -> str | None:
    """Return where the folder of a file lies in its repository, `None` if there is none here."""
    folder = Path(path).resolve().parent
    for top in (folder, *folder.parents):
        if (top / ".git").exists():
            return "/".join(folder.relative_to(top).parts)
    return None
