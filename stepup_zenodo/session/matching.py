"""Look for the files that patterns mean, among those of the configuration and those given."""

import os
from collections.abc import Callable, Iterable, Iterator

import attrs

from ..config.paths import ListedPath, key_of, number_problems, path_problems
from ..errors import Invalid, Problem
from ..local.patterns import escaped, literal
from .building import in_build
from .options import Find, Options
from .project import Project

__all__ = ("look_for", "with_matches")


@attrs.frozen
class Matches:
    """What a list of paths and patterns means."""

    files: tuple[ListedPath, ...]
    """The files, those of a pattern in the place of the pattern."""

    patterns: tuple[ListedPath, ...]
    """The patterns among them."""

    problems: tuple[Problem, ...]
    """Patterns that mean no file."""


def look_for(
    listed: Iterable[ListedPath], find: Find, path_of: Callable[[str], str], folder: str = ""
) -> Matches:
    """Look for the files that the patterns in a list mean.

    What is the name of a file that is there means that file, also when it looks like a pattern.

    Parameters
    ----------
    listed
        Paths and patterns.
    find
        Looks for the files of a pattern.
    path_of
        Returns a path of the list as seen from the current folder.
    folder
        The folder to which relative paths of the list refer.
    """
    files: list[ListedPath] = []
    patterns: list[ListedPath] = []
    problems: list[Problem] = []
    for item in listed:
        if item.archive is not None:
            files.append(item)
            continue
        path = path_of(item.path)
        plain = item.path if os.path.lexists(path) else literal(item.path)
        if plain is not None:
            files.append(attrs.evolve(item, path=plain, key=key_of(plain)))
            continue
        patterns.append(item)
        try:
            found = find(path)
        except OSError as exc:
            message = f"{exc.filename} cannot be searched: {exc.strerror}"
            problems.append(Problem(message, item.where, item.place))
            continue
        if not found:
            problems.append(_no_match(item))
        for match in found:
            written = match if os.path.isabs(path) else os.path.relpath(match, folder or ".")
            files.append(attrs.evolve(item, path=written, key=key_of(written), pattern=item.path))
    return Matches(tuple(files), tuple(patterns), tuple(problems))


def _no_match(item: ListedPath) -> Problem:
    hint = "put files there, or take it off the list"
    if in_build():
        hint = "files that steps make are to be given in plan.py: sync_zenodo(config, files)"
    elif "[" in item.path:
        hint = f'if this is the name of a file, write "{escaped(item.path)}"'
    return Problem(f'no file matches "{item.path}"', item.where, item.place, hint)


def with_matches(project: Project, options: Options) -> Project:
    """Return a project with the files that its patterns mean.

    A file counts once, however many patterns mean it.
    For commands that are not about the files, a pattern may mean none.

    Raises
    ------
    Invalid
        When a pattern means no file, when names clash, or when there are too many files.
    """
    config, folder = project.config, project.folder
    own = look_for(config.paths or (), options.find, project.path, folder)
    more = look_for(project.extra, options.find, os.path.normpath)
    files = tuple(_distinct(own.files, project.path))
    extra = tuple(
        _distinct(more.files, os.path.normpath, [(item, project.path(item.path)) for item in files])
    )
    together = (*files, *extra)
    if options.takes_files:
        problems = own.problems + more.problems + path_problems(together)
        problems = problems or number_problems(together, config.repository)
        if problems:
            raise Invalid(problems)
    patterns = [(item, project.path(item.path)) for item in own.patterns]
    patterns += [(item, os.path.normpath(item.path)) for item in more.patterns]
    given = (*(item.path for item in extra if not item.pattern), *(p.path for p in more.patterns))
    paths = None if config.paths is None else files
    return attrs.evolve(
        project,
        config=attrs.evolve(config, paths=paths),
        extra=extra,
        given=given,
        patterns=tuple(patterns),
    )


def _distinct(
    files: Iterable[ListedPath],
    path_of: Callable[[str], str],
    before: Iterable[tuple[ListedPath, str]] = (),
) -> Iterator[ListedPath]:
    """Yield files of which a pattern means none that is listed elsewhere.

    What is listed itself is yielded however often it is listed, to be complained about.
    """
    listed = [(item, path_of(item.path)) for item in files]
    named = {path for item, path in (*before, *listed) if not item.pattern}
    matched = {path for item, path in before if item.pattern}
    for item, path in listed:
        if path in matched or (item.pattern and path in named):
            continue
        if item.pattern:
            matched.add(path)
        yield item
