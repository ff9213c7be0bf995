"""What a command was asked to do with the record of a configuration."""

from collections.abc import Callable, Sequence

import attrs

from ..config.configuration import Config
from ..local.patterns import find
from ..record.threeway import Choice

__all__ = ("Find", "IsOurs", "Options", "Target")

IsOurs = Callable[[bytes, Config], bool]
"""Tells from its content whether a file was written by this program, for a configuration."""

Find = Callable[[str], Sequence[str]]
"""Returns the files that a pattern means, sorted; both are paths from the current folder."""


@attrs.frozen
class Target:
    """A file that the command is to write."""

    path: str
    """Where, relative to the current folder."""

    where: str
    """The argument that names it."""

    is_ours: IsOurs
    """Whether a file that is there already may be replaced."""


@attrs.frozen
class Options:
    """The words of the user, which hold for one run of one command."""

    config: str
    """The configuration."""

    files: tuple[str, ...] = ()
    """More files for the record, relative to the current folder."""

    description: str | None = None
    """README instead of the one in the configuration, relative to the current folder."""

    exact: bool = False
    """Whether files and README that were given before do not count any more."""

    takes_files: bool = True
    """Whether the command is about the content of the record."""

    find: Find = find
    """Looks for the files that a pattern means, by default on disk."""

    endpoint: str | None = None
    """Address of the API instead of the one in the configuration."""

    choice: Choice = attrs.field(factory=Choice)
    """Decides where both sides changed."""

    workers: int | None = None
    """How many files are sent at the same time, instead of the number in the configuration."""

    targets: tuple[Target, ...] = ()
    """What the command is to write besides what it has to remember."""

    plans: bool = False
    """Whether it is the planning step of a build, before which steps have made nothing."""

    offline: bool = False
    """Whether the server is not going to be asked: terms that are not known here are mistakes."""
