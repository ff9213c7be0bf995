"""Files that are not there, told in one run with all else that is wrong."""

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..config.paths import ListedPath, key_of
from ..config.reading import Named
from ..errors import Invalid, Place, Problem
from ..local.files import absence
from .building import in_build
from .matching import look_for
from .options import Options

__all__ = ("with_missing",)


def with_missing(found: Invalid, named: Iterable[Named], options: Options) -> Invalid:
    """Return what is wrong together with the files that are not there.

    In a build, steps may be about to make them. For commands that are not about the content of
    the record, nothing has to be there.

    Parameters
    ----------
    found
        What is wrong.
    named
        The files that the configuration names.
    options
        What the user asked for.
    """
    if in_build() or not options.takes_files:
        return found
    problems = [*found.problems]
    told = {(problem.place, problem.where) for problem in problems}
    folder = os.path.dirname(options.config)
    for item in named:
        replaced = options.description is not None and item.where == "path_readme"
        if not replaced and (item.place, item.where) not in told:
            problems += _missing(item, options, folder)
    for path in options.files:
        problems += _missing(Named(path, "", None, is_sent=True), options)
    if options.description is not None:
        problems += _missing(Named(options.description, "--description", None), options)
    last = Place("", sys.maxsize, 0)
    ordered = sorted(dict.fromkeys(problems), key=lambda p: (p.place is None, p.place or last))
    return Invalid(tuple(ordered))


def _missing(item: Named, options: Options, folder: str = "") -> Iterator[Problem]:
    """Yield the problem with a file that is not there."""

    def path_of(path: str) -> str:
        return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))

    path = path_of(item.path)
    if item.is_folder:
        if not os.path.isdir(path):
            hint = "expected one that exists"
            yield Problem(f'"{path}" is not a folder', item.where, item.place, hint)
    elif item.is_sent:
        listed = ListedPath(item.path, key_of(item.path), item.place, item.where)
        matches = look_for([listed], options.find, path_of, folder)
        yield from matches.problems
        for file in matches.files:
            lost = absence(Path(path_of(file.path)))
            if lost:
                yield Problem(lost, item.where, item.place)
    elif absence(Path(path)):
        message = f"{path} cannot be read: {os.strerror(errno.ENOENT)}"
        yield Problem(message, item.where, item.place)
