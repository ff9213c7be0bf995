"""The border of a project, which every command checks before it asks or writes anything.

A configuration can come from a stranger.
Whatever it names is looked at with suspicion: where a path leads, through which links,
what is there already, and whether the same file has two roles that exclude each other.
"""

import os
import stat
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from ..config.configuration import Config
from ..errors import Invalid, Place, Problem
from ..local.boundary import outside, passes, project_folder, secret_at
from ..local.plainfiles import nature_of, read_plain
from .building import is_output_of_step
from .options import Options
from .project import Project
from .roles import Role, Use, roles_of

__all__ = ("check_border",)

MOST = 10_000_000
"""Bytes of a file that are looked at to tell who wrote it; a larger one is not ours."""


@attrs.frozen
class _Found:
    """What is at the path of a role."""

    role: Role
    """The role."""

    real: str
    """The path without symbolic links."""

    info: os.stat_result | None
    """What the system says of it, `None` when there is nothing."""

    def is_same(self, other: "_Found") -> bool:
        """Return whether both are the same file, also under another name."""
        if self.real == other.real:
            return True
        one, two = self.info, other.info
        if one is None or two is None:
            return False
        return (one.st_dev, one.st_ino) == (two.st_dev, two.st_ino)

    def problem(self, message: str, hint: str = "") -> Problem:
        """Return a problem with the role."""
        return Problem(message, self.role.where, self.role.place, hint or self.role.hint)


def check_border(project: Project, options: Options, environ: Mapping[str, str]) -> None:
    """Make sure that every file may have the role that it is given.

    Parameters
    ----------
    project
        The configuration and where it lies.
    options
        What the user asked for.
    environ
        The environment, whose variable `STEPUP_ROOT` StepUp sets.

    Raises
    ------
    Invalid
        With everything that is wrong, each at its place.
    """
    top = project_folder(Path(project.config.file), environ)
    found = [_look(role) for role in roles_of(project, options)]
    problems: list[Problem] = []
    is_lost = False
    for index, item in enumerate(found):
        if item.role.is_beside and is_lost:
            continue
        unusable = _outside_problem(item, top) or _nature_problem(item)
        is_lost = is_lost if item.role.is_beside else unusable is not None
        wrong = (
            unusable
            or _doubled_problem(item, found[:index])
            or _foreign_problem(item, project.config)
            or _secret_problem(item, top)
        )
        if wrong is not None and wrong not in problems:
            problems.append(wrong)
    if problems:
        raise Invalid(tuple(_sorted(problems)))


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order of the file, those of arguments last."""
    last = Place("", sys.maxsize, 0)
    return sorted(problems, key=lambda problem: (problem.place is None, problem.place or last))


def _look(role: Role) -> _Found:
    try:
        info = os.stat(role.path)
    except OSError:
        info = None
    return _Found(role, os.path.realpath(role.path), info)


def _outside_problem(item: _Found, top: Path) -> Problem | None:
    """Return a problem with a path that leads out of the project.

    A token is kept outside. What the user has typed may be anywhere, but a file that is written
    must not be led out of the project by a link in it.
    """
    role = item.role
    real = outside(role.path, top)
    if not real or role.use is Use.SECRET:
        return None
    if role.typed and (role.use is Use.READ or not passes(role.path, top)):
        return None
    message = f"{role.shown} leads to {real}, which is outside of the project {top}"
    hint = (
        "copy it into the project, or give it as an argument: a configuration alone "
        "may not send files from elsewhere"
    )
    return item.problem(message, hint if role.use is Use.READ else "")


def _nature_problem(item: _Found) -> Problem | None:
    """Return a problem with something that is no file at all."""
    role, info = item.role, item.info
    is_folder = info is not None and stat.S_ISDIR(info.st_mode)
    if role.use is Use.WRITTEN and (is_folder or Path(role.path).name in ("", "..")):
        return item.problem(f'"{role.shown}" is a folder, expected the path of a file')
    nature = "" if info is None or role.is_sent else nature_of(info.st_mode)
    return item.problem(f'"{role.shown}" cannot be {role.words}: {nature}') if nature else None


def _doubled_problem(item: _Found, before: Iterable[_Found]) -> Problem | None:
    """Return a problem with a file that has another role, which excludes this one."""
    for other in before:
        if _exclude(item.role, other.role) and item.is_same(other):
            words = other.role.words
            return item.problem(
                f'"{item.role.shown}" is {words}, and cannot be {item.role.words} as well'
            )
    return None


def _exclude(one: Role, two: Role) -> bool:
    """Return whether a file cannot have both roles.

    What is only read can be read for two reasons, as a README that is a file of the record.
    An output of a command can be sent with the record, if that command has written it.
    """
    if {one.use, two.use} == {Use.READ}:
        return False
    writing = one.writing or two.writing
    return not (writing is not None and writing.is_output and (one.is_sent or two.is_sent))


def _foreign_problem(item: _Found, config: Config) -> Problem | None:
    """Return a problem with a file that would be overwritten, and that somebody else wrote."""
    role, writing = item.role, item.role.writing
    if writing is None or not os.path.lexists(role.path):
        return None
    # What is no link has appeared meanwhile, written by another run perhaps.
    if item.info is None and os.path.islink(role.path):
        return item.problem(f'"{role.shown}" is a link to nowhere')
    try:
        data = read_plain(role.path, MOST + 1)
    except OSError as exc:
        return item.problem(f"{role.shown} cannot be read: {exc.strerror}")
    if len(data) <= MOST and writing.is_ours(data, config):
        return None
    if writing.is_output and is_output_of_step(role.path):
        return None
    return item.problem(f'"{role.shown}" is there already, and {writing.otherwise}', writing.hint)


def _secret_problem(item: _Found, top: Path) -> Problem | None:
    """Return a problem with a file that nobody wants to publish."""
    if item.role.use is not Use.READ or item.role.words == "the configuration":
        return None
    secret = secret_at(item.role.path, top)
    message = f'"{item.role.shown}" {secret}, which nobody should publish'
    return item.problem(message) if secret else None
