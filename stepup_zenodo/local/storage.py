"""Write small files so that they are whole or not there, also after a crash."""

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from ..errors import Refused
from ..jsontypes import Json
from .plainfiles import read_plain

__all__ = ("create_beside", "read_cache", "write_atomically", "write_cache", "write_or_refuse")


LARGEST_CACHE = 100_000_000
"""Most bytes of a cache file that are read."""


def write_atomically(path: Path, text: str) -> None:
    """Replace a text file in one go, and return when it is on disk.

    The permissions of a file that is replaced are kept; those of a new one follow the umask.
    """
    handle, name = create_beside(path)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        name.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def create_beside(path: Path) -> tuple[int, Path]:
    """Create a new file in the folder of another one, with the permissions that the umask leaves.

    Returns
    -------
    handle
        The descriptor of the open file.
    name
        Its path, which ends in `.tmp`.
    """
    name = path.with_name(f".{path.name[:50]}.{secrets.token_hex(8)}.tmp")
    return os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666), name


def write_or_refuse(path: Path, text: str) -> None:
    """Replace a text file in one go, in a folder that is made if need be.

    Raises
    ------
    Refused
        When it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)
    except OSError as exc:
        raise Refused(f"Could not write {path}: {exc.strerror}.") from None


def read_cache(path: Path) -> dict[str, Json]:
    """Return what a cache file holds: nothing when it is missing or damaged."""
    try:
        content = json.loads(read_plain(path, LARGEST_CACHE))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def write_cache(path: Path, content: Mapping[str, Json]) -> None:
    """Write a cache file. A failure to do so costs time in later runs only, and is ignored."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(content, indent=0))
    except OSError:
        return
