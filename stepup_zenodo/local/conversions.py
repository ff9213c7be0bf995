"""What texts became when they were converted, remembered between runs."""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from .storage import read_cache, write_cache

__all__ = ("Conversions",)

MOST = 50
"""Texts that are remembered; those that were written down long ago are forgotten."""


class Conversions:
    """What texts became, each in a file of its own, named by a digest of what it was made from.

    An entry says which content it has, so that a damaged one is noticed.

    Parameters
    ----------
    folder
        A folder that only this machine uses. Its loss costs time only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, source: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """Return what was made of a source, and the notes about it; `None` when it is not known.

        Parameters
        ----------
        source
            Everything that the result depends on.
        """
        match read_cache(self._path(source)):
            case {"made": str(made), "notes": [*notes], "digest": digest}:
                words = tuple(note for note in notes if isinstance(note, str))
                return (made, words) if digest == _digest([made, *words]) else None
        return None

    def put(self, source: Sequence[str], made: str, notes: Sequence[str]) -> None:
        """Remember what was made of a source."""
        digest = _digest([made, *notes])
        with contextlib.suppress(OSError):  # texts can be private
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_cache(self._path(source), {"made": made, "notes": [*notes], "digest": digest})
        with contextlib.suppress(OSError):
            known = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
            for path in known[:-MOST]:
                path.unlink(missing_ok=True)

    def _path(self, source: Sequence[str]) -> Path:
        return self._folder / f"{_digest(source)}.json"


def _digest(texts: Sequence[str]) -> str:
    data = json.dumps(texts).encode()
    return hashlib.sha256(data, usedforsecurity=False).hexdigest()
