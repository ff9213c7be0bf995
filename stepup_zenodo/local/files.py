"""What lies at a path on disk, and whether it can be a file of the record."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..errors import Problem
from ..terms.repositories import Repository

__all__ = ("LocalFile", "Stamp", "absence", "look", "stamp_of")

Stamp = tuple[int, ...]
"""Size, times of modification and of status change (ns), device and inode of a file."""


@attrs.frozen
class LocalFile:
    """A file on disk that belongs in the record."""

    key: str
    """Its name on the server."""

    path: str
    """Where it is, as it can be opened."""

    size: int
    """In bytes."""

    stamp: Stamp = ()
    """How it was when it was looked at, empty for a file that is not on this computer."""

    checksum: str | None = None
    """`md5:` and 32 hexadecimal digits, `None` while unknown."""


def stamp_of(info: os.stat_result) -> Stamp:
    """Return what differs as soon as a file was changed or replaced."""
    return (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_dev, info.st_ino)


def look(
    paths: Mapping[str, Path], where: Mapping[str, Problem], rules: Repository
) -> tuple[tuple[LocalFile, ...], tuple[Problem, ...]]:
    """Look at files without reading them.

    Parameters
    ----------
    paths
        Maps names on the server to places on disk.
    where
        For each name a problem without message, which knows its place in the configuration.
    rules
        What the repository takes.

    Returns
    -------
    files
        Those that can be uploaded, in the order given.
    problems
        What is wrong with the others.
    """
    files, problems = [], []
    for key, path in paths.items():
        file, message = _look_at(key, path, rules)
        if file is not None:
            files.append(file)
        else:
            problems.append(attrs.evolve(where[key], message=message))
    total = sum(file.size for file in files)
    most = rules.most_bytes
    if most is not None and total > most:
        message = f"the files have {total} bytes in all, {rules.name} takes at most {most}"
        problems.append(Problem(message, hint=rules.more_than(total)))
    return tuple(files), tuple(problems)


def absence(path: Path) -> str:
    """Return that there is nothing at a path, empty if there is or may be something."""
    try:
        path.stat()
    except FileNotFoundError:
        return f"{path} is a link to nowhere" if path.is_symlink() else f"{path} does not exist"
    except OSError:
        return ""
    return ""


def _look_at(key: str, path: Path, rules: Repository) -> tuple[LocalFile | None, str]:
    """Return a file, or what is wrong with it."""
    try:
        info = path.stat()
    except FileNotFoundError:
        return None, absence(path)
    except OSError as exc:
        return None, f"{path} cannot be used: {exc.strerror}"
    message = ""
    if stat.S_ISDIR(info.st_mode):
        message = f"{path} is a folder, expected a file"
    elif not stat.S_ISREG(info.st_mode):
        message = f"{path} is not a regular file"
    elif info.st_size == 0 and not rules.takes_empty_files:
        message = f"{path} is empty, and {rules.name} refuses empty files"
    elif rules.largest_file is not None and info.st_size > rules.largest_file:
        most = rules.largest_file
        message = f"{path} has {info.st_size} bytes, {rules.name} takes at most {most}"
        more = rules.more_than(info.st_size)
        message += f" ({more})" if more else ""
    elif not os.access(path, os.R_OK):
        message = f"{path} may not be read by you"
    if message:
        return None, message
    return LocalFile(key, str(path), info.st_size, stamp_of(info)), ""
