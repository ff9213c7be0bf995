"""Archives of folders: what may go into them, and what they may replace."""

import json
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import attrs
from platformdirs import user_cache_path

from ..archive.contents import Listing, Nature, Rules, Selection, excluder, select
from ..archive.zipwriter import Written, is_written_here, walk, write_zip
from ..config.paths import ListedPath
from ..errors import Invalid, Problem
from ..local.boundary import outside, passes, project_folder, secret_at
from ..local.patterns import escaped, find
from .building import in_build, is_output_of_step
from .options import Options
from .project import Project
from .roles import Use, roles_of

__all__ = ("bring_up_to_date", "check_target", "made", "planned", "prefix_of", "selected")

SUFFIX = ".zip"
"""How the names of archives end."""


def prefix_of(folder: str) -> str:
    """Return the folder inside an archive that holds everything, named like the folder."""
    name = os.path.basename(os.path.normpath(folder))
    # The name of the current folder differs from machine to machine.
    return "" if name in (".", "..") else name


def selected(
    folder: Path,
    target: Path,
    rules: Rules,
    top: Path,
    *,
    found: Iterable[Listing] | None = None,
    exclusion: Callable[[str], str] = lambda name: f"--exclude {shlex.quote(name)}",
) -> Selection:
    """Return what goes into an archive, after everything was checked.

    Parameters
    ----------
    folder
        The folder.
    target
        The zip file.
    rules
        How it is made.
    top
        The top folder of the project, of which nothing outside may go into the archive.
    found
        What is to be archived, `None` for all of the folder.
    exclusion
        Returns how to leave out a name.

    Raises
    ------
    Invalid
        With what is wrong.
    """
    check_target(folder, target, whole=found is None)
    _check_free(target, top)
    listed = list(walk(folder, excluder(rules.exclude)) if found is None else found)
    _refuse_itself(folder, target, listed)
    _refuse_private(folder, top, listed, exclusion)
    return select(listed, rules)


def made(target: Path, folder: Path, selection: Selection, rules: Rules) -> Written:
    """Write an archive, with what has not changed since the last time."""
    return write_zip(target, folder, selection, rules, user_cache_path("stepup-zenodo"))


@attrs.frozen
class Planned:
    """An archive that the configuration asks for."""

    listed: ListedPath
    """The entry of the configuration."""

    folder: str
    """The folder, from the current one."""

    target: str
    """The zip file, from the current folder."""

    rules: Rules
    """How it is made."""

    selection: Selection
    """What goes into it."""

    @property
    def paths(self) -> list[str]:
        """The files, from the current folder."""
        return [os.path.join(self.folder, entry.path) for entry in self.selection.entries]


def planned(project: Project, options: Options, environ: Mapping[str, str]) -> tuple[Planned, ...]:
    """Return the archives that a configuration asks for, after everything was checked.

    Raises
    ------
    Invalid
        With all that is wrong, at its place.
    """
    top = project_folder(Path(project.config.file), environ)
    own = {
        os.path.realpath(role.path): role.words
        for role in roles_of(project, options)
        if role.use is not Use.READ
    }
    found: list[Planned] = []
    problems: list[Problem] = []
    for listed, target in project.files:
        if listed.archive is None:
            continue
        try:
            found.append(_planned(project, listed, target, top))
            problems += _own_problems(project, found[-1], own)
        except Invalid as exc:
            problems += (_placed(project, listed, problem) for problem in exc.problems)
    if problems:
        raise Invalid(tuple(problems))
    return tuple(found)


def _planned(project: Project, listed: ListedPath, target: str, top: Path) -> Planned:
    archive = listed.archive
    assert archive is not None, "only archives are planned"
    folder = project.path(archive.archive)
    real = outside(folder, top)
    if real:
        message = f"{archive.archive} leads to {real}, which is outside of the project {top}"
        raise Invalid((Problem(message, "archive", hint="archive a folder of the project"),))
    prefix = prefix_of(archive.archive) if archive.prefix is None else archive.prefix
    rules = Rules(prefix, archive.exclude, archive.manifest, bool(archive.store))
    selection = selected(
        Path(folder),
        Path(target),
        rules,
        top,
        exclusion=lambda name: _exclusion(escaped(name)),
    )
    return Planned(listed, folder, target, rules, selection)


def _exclusion(pattern: str) -> str:
    return f"exclude: {json.dumps(pattern, ensure_ascii=False)}"


def _placed(project: Project, listed: ListedPath, problem: Problem) -> Problem:
    """Return a problem with the place of the key that it is about."""
    key = {"OUT": "name"}.get(problem.where, problem.where)
    where = f"{listed.where}.{key}" if key else listed.where
    place = project.config.place(where) or listed.place
    return attrs.evolve(problem, where=listed.where, place=place)


def _own_problems(project: Project, item: Planned, own: Mapping[str, str]) -> Iterator[Problem]:
    """Yield problems with files that the program needs itself, the token first of all."""
    for path, entry in zip(item.paths, item.selection.entries, strict=True):
        words = own.get(os.path.realpath(path))
        if words:
            message = f'"{path}" is {words}, which nobody should publish'
            hint = f"leave it out with {_exclusion(escaped(entry.path))}"
            yield project.problem(item.listed, message, hint)


def bring_up_to_date(
    project: Project, options: Options, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Make the archives that the configuration asks for, as far as something has changed.

    In a build, steps of their own make them.

    Returns
    -------
    said
        What was made, in words.

    Raises
    ------
    Invalid
        With what is wrong.
    """
    asked = [listed for listed, _ in project.files if listed.archive is not None]
    if in_build():
        if asked and options.find is find:
            hint = "call sync_zenodo in plan.py, which adds a step for it"
            message = "a step that is written by hand does not make archives"
            raise Invalid(tuple(project.problem(listed, message, hint) for listed in asked))
        return ()
    said = []
    for item in planned(project, options, environ) if asked else ():
        written = made(Path(item.target), Path(item.folder), item.selection, item.rules)
        if written.is_new:
            said.append(f"archived {item.folder} in {item.target}")
    return tuple(said)


def check_target(folder: Path, target: Path, *, whole: bool) -> None:
    """Refuse what is not meant to be a zip file, and an archive that would contain itself."""
    if target.suffix.lower() != SUFFIX:
        message = f'"{target}" is not the name of a zip file'
        raise Invalid((Problem(message, hint=f"expected a name that ends in {SUFFIX}"),))
    if whole and not folder.is_dir():
        raise Invalid((Problem(f'"{folder}" is not a folder', hint="expected one that exists"),))
    if whole and _real(target).is_relative_to(_real(folder)):
        message = f'"{target}" is inside the folder that is archived'
        raise Invalid((Problem(message, hint="write the zip file elsewhere"),))


def _check_free(target: Path, top: Path) -> None:
    """Refuse to replace something else than an archive, or to follow a link out of the project."""
    path = str(target)
    real = outside(path, top)
    if real and passes(path, top):
        message = f"{target} leads to {real}, which is outside of the project {top}"
        raise Invalid((Problem(message, "OUT", hint="give another name"),))
    if not os.path.lexists(target) or is_written_here(target) or is_output_of_step(path):
        return
    message = f'"{target}" is there already, and was not written by this command'
    raise Invalid((Problem(message, "OUT", hint="move it away, or give another name"),))


def _refuse_private(
    folder: Path, top: Path, found: Iterable[Listing], exclusion: Callable[[str], str]
) -> None:
    """Refuse files that lie outside of the project, and those that nobody wants to publish."""
    problems: dict[str, Problem] = {}
    for item in found:
        if item.nature is not Nature.FILE:
            continue
        path = os.path.join(folder, item.path)
        real = outside(path, top)
        secret = secret_at(path, top)
        if real:
            message = f"{path} leads to {real}, which is outside of the project {top}"
            hint = "exclude it, or put the file itself there"
            problems[message] = Problem(message, hint=hint)
        elif secret:
            first = item.path.partition("/")[0]
            hint = f"leave it out with {exclusion(first)}, or move it away"
            message = f'"{path}" {secret}, which nobody should publish'
            # A folder can hold thousands for the same reason, and one exclusion is enough.
            problems.setdefault(f"{secret} {first}", Problem(message, hint=hint))
    if problems:
        raise Invalid(tuple(problems.values()))


def _real(path: Path) -> Path:
    """Return a path without symbolic links, also where these form a loop."""
    return Path(os.path.realpath(path))


def _refuse_itself(folder: Path, target: Path, found: Iterable[Listing]) -> None:
    if _real(target) in {_real(folder / item.path) for item in found}:
        raise Invalid((Problem(f'"{target}" is one of the files that are to be archived'),))
