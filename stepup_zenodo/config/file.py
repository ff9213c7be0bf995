"""Read a configuration file: all problems at once, each at its place."""

from collections.abc import Collection, Iterable, Mapping

import attrs

from ..document.parse import read_document
from ..errors import Invalid, Place, Problem
from .configuration import CONFIG, Config
from .ids import UnknownTerm
from .paths import ListedPath, key_of, number_problems, path_problems
from .reading import At, Named, Reading, Unreadable

__all__ = ("Misread", "listed_paths", "parse_config", "parse_leniently")


class Misread(Invalid):
    """A configuration has mistakes.

    Parameters
    ----------
    problems
        All of them.
    named
        The files that it names all the same.
    """

    def __init__(self, problems: tuple[Problem, ...], named: tuple[Named, ...] = ()) -> None:
        super().__init__(problems)
        self.named = named


def parse_config(
    text: str | bytes,
    file: str,
    *,
    known: Mapping[str, Collection[str]] | None = None,
    like_zenodo: tuple[str, ...] = (),
) -> Config:
    """Read a configuration.

    Parameters
    ----------
    text
        The contents of the file. Bytes must be UTF-8.
    file
        The path of the file as the user wrote it. Its extension tells the syntax.
    known
        Ids that the server accepts although the shipped vocabularies lack them,
        by the names of the vocabularies.
    like_zenodo
        Hosts that have the rules of Zenodo besides its own.

    Returns
    -------
    config
        The configuration, in which everything that can be checked without the server is right.

    Raises
    ------
    Misread
        With all problems, sorted by place.
        Those that the server could solve are of the type `UnknownTerm`.
    """
    document = read_document(text, file)
    reading = Reading(known or {}, list(document.problems), like_zenodo=like_zenodo)
    config = None
    try:
        config = CONFIG.read(document.root, At(reading, "", "", document.root.place))
    except Unreadable:
        assert reading.problems, "a value is only refused with a reason"
    if config is None or reading.problems:
        raise Misread(_sorted(reading.problems), (*reading.named,))
    return attrs.evolve(
        config,
        file=file,
        like_zenodo=like_zenodo,
        spots=reading.spots,
        named=(*reading.named,),
    )


def parse_leniently(
    text: str | bytes, file: str, *, like_zenodo: tuple[str, ...] = ()
) -> tuple[Config, tuple[UnknownTerm, ...]]:
    """Read a configuration, and accept ids that only the server may know.

    Parameters
    ----------
    text
        The contents of the file. Bytes must be UTF-8.
    file
        The path of the file as the user wrote it. Its extension tells the syntax.
    like_zenodo
        Hosts that have the rules of Zenodo besides its own.

    Returns
    -------
    config, doubtful
        The configuration, and the ids in it that the shipped vocabularies lack.

    Raises
    ------
    Misread
        When there are other problems, with all problems, sorted by place.
    """
    try:
        return parse_config(text, file, like_zenodo=like_zenodo), ()
    except Invalid as exc:
        doubtful = tuple(item for item in exc.problems if isinstance(item, UnknownTerm))
        if len(doubtful) < len(exc.problems):
            raise
    known: dict[str, set[str]] = {}
    for item in doubtful:
        known.setdefault(item.vocabulary, set()).add(item.id)
    return parse_config(text, file, known=known, like_zenodo=like_zenodo), doubtful


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems in the order of their places, each only once."""
    start = Place("", 0, 0)
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.place or start))


def listed_paths(paths: Iterable[str], config: Config) -> tuple[ListedPath, ...]:
    """Return files that are given as arguments of a command, checked like those of the file.

    Parameters
    ----------
    paths
        Paths as the user gave them.
    config
        The configuration, whose files go to the same record.

    Raises
    ------
    Invalid
        A name cannot be used, two files have the same name, or there are too many.
    """
    listed = tuple(ListedPath(path, key_of(path)) for path in paths)
    together = (*(config.paths or ()), *listed)
    problems = path_problems(together) + number_problems(together, config.repository)
    if problems:
        raise Invalid(problems)
    return listed
