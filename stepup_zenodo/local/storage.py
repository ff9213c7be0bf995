"""Write small files so that they are whole or not there, also after a crash."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..errors import Refused
from ..jsontypes import Json

__all__ = ("read_cache", "write_atomically", "write_cache", "write_or_refuse")


def write_atomically(path: Path, text: str) -> None:
    """Replace a text file in one go, and return when it is on disk.

    The permissions of a file that is replaced are kept.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), _mode(path))
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o644


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
        content = json.loads(path.read_text(encoding="utf-8"))
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
