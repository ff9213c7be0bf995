"""Checksums of files that have not changed since they were read, remembered between runs."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ..events import Listener
from ..jsontypes import Json
from .files import LocalFile, Stamp, stamp_of
from .storage import read_cache, write_cache
from .stream import compute_checksum

__all__ = ("ChecksumCache",)

SETTLED = 2_000_000_000
"""Nanoseconds since the last change of a file before its checksum is remembered.

A second change within the granularity of the clock of the file system would go unnoticed.
"""

Known = dict[str, tuple[Stamp, str]]
"""Stamp and checksum of files by absolute path."""


class ChecksumCache:
    """Checksums of files that have not changed since they were read.

    An entry counts only while size, both times, device and inode are the same,
    so it is safe against copied trees and against times that were set back:
    the time of the status change cannot be set.
    It can be used from several threads.

    Parameters
    ----------
    path
        A file that only this machine uses. Damage to it is repaired by forgetting it.
    now
        Gives the time in nanoseconds since the epoch.
    """

    def __init__(self, path: Path, now: Callable[[], int] = time.time_ns) -> None:
        self._path = path
        self._now = now
        self._lock = threading.Lock()
        self._known = _entries(read_cache(path))
        self._new: Known = {}
        self._fresh: Known = {}

    def checksum(self, file: LocalFile, listener: Listener) -> str:
        """Return the checksum of a file, after reading it if it is not known.

        Parameters
        ----------
        file
            The file.
        listener
            Is told how far reading is.

        Raises
        ------
        FileChanged, FileUnreadable
            When the file is not what it was when it was looked at.
        """
        known = self.get(file)
        if known is None:
            known = compute_checksum(file, listener)
            self.put(file, known)
        return known

    def get(self, file: LocalFile) -> str | None:
        """Return the checksum of a file, `None` while it is not known."""
        name = os.path.abspath(file.path)
        for entries in (self._fresh, self._new, self._known):
            stamp, checksum = entries.get(name, ((), ""))
            if stamp and stamp == file.stamp:
                return checksum
        return None

    def put(self, file: LocalFile, checksum: str) -> None:
        """Remember a checksum; for this run only when the file changed too recently."""
        with self._lock:
            entries = self._new if self._is_settled(file.stamp) else self._fresh
            entries[os.path.abspath(file.path)] = (file.stamp, checksum)

    def save(self) -> None:
        """Write down what is new; a failure to do so costs time only.

        What other runs have written meanwhile is kept, and files that are gone are forgotten.
        """
        with self._lock:
            settled = {name: entry for name, entry in self._fresh.items() if self._holds(name)}
            self._new |= settled
            self._fresh = {k: entry for k, entry in self._fresh.items() if k not in settled}
            if not self._new:
                return
            self._known = {**self._known, **_entries(read_cache(self._path)), **self._new}
            self._known = {k: entry for k, entry in self._known.items() if os.path.exists(k)}
            self._new = {}
            write_cache(self._path, {name: [[*s], md5] for name, (s, md5) in self._known.items()})

    def _holds(self, name: str) -> bool:
        """Return whether a file that had changed recently has not changed again since."""
        stamp, _ = self._fresh[name]
        try:
            same = stamp_of(os.stat(name)) == stamp
        except OSError:
            return False
        return same and self._is_settled(stamp)

    def _is_settled(self, stamp: Stamp) -> bool:
        return self._now() - max(stamp[1:3]) >= SETTLED


def _entries(content: Mapping[str, Json]) -> Known:
    """Return those entries of a cache file that are understood."""
    entries: Known = {}
    for name, entry in content.items():
        match entry:
            case [[*stamp], str(checksum)]:
                entries[name] = (tuple(item for item in stamp if isinstance(item, int)), checksum)
    return entries
