"""Names, sizes and checksums of the files on disk."""

import errno
import hashlib
import io
import json
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs

from ..errors import Failure, Problem
from ..events import FileFinished, FileProgress, FileStarted, Listener
from .storage import write_atomically

__all__ = (
    "BLOCK",
    "ChecksumCache",
    "FileChanged",
    "FileStream",
    "FileUnreadable",
    "LocalFile",
    "Stopped",
    "check_readable",
    "compute_checksum",
    "look",
)

BLOCK = 256 * 1024
"""Bytes that are read at once; several files are read at the same time."""

MAX_FILE_SIZE = 50 * 10**9
"""Largest file that Zenodo takes, in bytes."""

MAX_TOTAL_SIZE = 200 * 10**9
"""Largest record in bytes: 50 GB, plus all of the 150 GB that a user can ask for."""

SETTLED = 2_000_000_000
"""Nanoseconds since the last change of a file before its checksum is remembered.

A second change within the granularity of the clock of the file system would go unnoticed.
"""


class FileChanged(Failure):
    """A file changed while it was being read."""


class FileUnreadable(Failure):
    """A file cannot be read (any more)."""


class Stopped(Exception):
    """Reading was stopped from outside."""


@attrs.frozen
class LocalFile:
    """A file on disk that belongs in the record."""

    key: str
    """Its name on the server."""

    path: str
    """Where it is, as it can be opened."""

    size: int
    """In bytes."""

    stamp: tuple[int, ...] = ()
    """Size, times of modification and of status change (ns), device and inode."""

    checksum: str | None = None
    """`md5:` and 32 hexadecimal digits, `None` while unknown."""


def _stamp(info: os.stat_result) -> tuple[int, ...]:
    return (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_dev, info.st_ino)


def look(
    paths: Mapping[str, Path], where: Mapping[str, Problem]
) -> tuple[tuple[LocalFile, ...], tuple[Problem, ...]]:
    """Look at files without reading them.

    Parameters
    ----------
    paths
        Maps names on the server to places on disk.
    where
        For each name a problem without message, which knows its place in the configuration.

    Returns
    -------
    files
        Those that can be uploaded, in the order given.
    problems
        What is wrong with the others.
    """
    files, problems = [], []
    for key, path in paths.items():
        file, message = _look_at(key, path)
        if file is not None:
            files.append(file)
        else:
            problems.append(attrs.evolve(where[key], message=message))
    total = sum(file.size for file in files)
    if total > MAX_TOTAL_SIZE:
        problems.append(
            Problem(f"the files have {total} bytes in all, Zenodo takes at most {MAX_TOTAL_SIZE}")
        )
    return tuple(files), tuple(problems)


def _look_at(key: str, path: Path) -> tuple[LocalFile | None, str]:
    """Return a file, or what is wrong with it."""
    try:
        info = path.stat()
    except FileNotFoundError:
        dangling = path.is_symlink()
        return None, f"{path} is a link to nowhere" if dangling else f"{path} does not exist"
    except OSError as exc:
        return None, f"{path} cannot be used: {exc.strerror}"
    message = ""
    if stat.S_ISDIR(info.st_mode):
        message = f"{path} is a folder, but Zenodo takes files only"
    elif not stat.S_ISREG(info.st_mode):
        message = f"{path} is not a regular file"
    elif info.st_size == 0:
        message = f"{path} is empty, and Zenodo refuses empty files"
    elif info.st_size > MAX_FILE_SIZE:
        message = f"{path} has {info.st_size} bytes, Zenodo takes at most {MAX_FILE_SIZE}"
    elif not os.access(path, os.R_OK):
        message = f"{path} may not be read by you"
    if message:
        return None, message
    return LocalFile(key, str(path), info.st_size, _stamp(info)), ""


class FileStream:
    """The content of one file on its way to the server, with its checksum.

    Each attempt of an upload makes a new one.

    Parameters
    ----------
    file
        The file as it was when the upload was decided.
    listener
        Is told how far reading is.
    stop
        Ends reading when it is set.
    """

    def __init__(self, file: LocalFile, listener: Listener, stop: threading.Event) -> None:
        self._file = file
        self._listener = listener
        self._stop = stop
        self._digest = hashlib.md5(usedforsecurity=False)
        self._done = 0
        self._handle = _open(file)

    def __len__(self) -> int:
        return self._file.size

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read():
            yield block

    def read(self, size: int = -1) -> bytes:
        """Return the next block, which can be larger than asked for; never more than the file had.

        Raises
        ------
        FileChanged
            When the file ended too early.
        FileUnreadable
            When the disk does not give the bytes.
        Stopped
            When reading was stopped from outside.
        """
        if self._stop.is_set():
            raise Stopped
        wanted = min(BLOCK, self._file.size - self._done)
        try:
            block = self._handle.read(wanted) if wanted else b""
        except OSError as exc:
            raise FileUnreadable(f"Could not read {self._file.path}: {exc.strerror}.") from None
        if wanted and not block:
            raise FileChanged(f"{self._file.path} became shorter while it was being read.")
        self._digest.update(block)
        self._done += len(block)
        if block:
            self._listener(FileProgress(self._file.key, self._done))
        return block

    def finish(self) -> str:
        """Return the checksum of what was read, after making sure that the file is still the same.

        Raises
        ------
        FileChanged
            When the file was changed or replaced since the upload was decided.
        """
        try:
            same = _stamp(os.fstat(self._handle.fileno())) == self._file.stamp
            same = same and _stamp(os.stat(self._file.path)) == self._file.stamp
        except OSError:
            same = False
        if not same or self._done != self._file.size:
            raise FileChanged(f"{self._file.path} changed while it was being read.")
        return f"md5:{self._digest.hexdigest()}"

    def close(self) -> None:
        """Close the file."""
        self._handle.close()


def _open(file: LocalFile) -> io.BufferedReader:
    try:
        return open(file.path, "rb")
    except OSError as exc:
        if exc.errno == errno.ENOENT:
            raise FileUnreadable(f"{file.path} has vanished.") from None
        raise FileUnreadable(f"Could not read {file.path}: {exc.strerror}.") from None


def check_readable(file: LocalFile) -> None:
    """Make sure that the content of a file is at hand.

    Raises
    ------
    FileUnreadable
        When it cannot be opened or its first byte cannot be read.
    """
    with _open(file) as handle:
        try:
            handle.read(1)
        except OSError as exc:
            raise FileUnreadable(f"Could not read {file.path}: {exc.strerror}.") from None


def compute_checksum(file: LocalFile, listener: Listener) -> str:
    """Read a file and return its checksum.

    Raises
    ------
    FileChanged, FileUnreadable
        When the file is not what it was when it was looked at.
    """
    listener(FileStarted(file.key, file.size, sending=False))
    stream = FileStream(file, listener, threading.Event())
    try:
        for _ in stream:
            pass
        return stream.finish()
    finally:
        stream.close()
        listener(FileFinished(file.key))


class ChecksumCache:
    """Checksums of files that have not changed since they were read.

    An entry counts only while size, both times, device and inode are the same,
    so it is safe against copied trees and against times that were set back:
    the time of the status change cannot be set.

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
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}
        self._fresh: dict[str, tuple[tuple[int, ...], str]] = {}
        try:
            for name, (stamp, checksum) in json.loads(path.read_text()).items():
                self._known[str(name)] = (tuple(int(item) for item in stamp), str(checksum))
        except (OSError, ValueError, TypeError, AttributeError):
            self._known = {}

    def get(self, file: LocalFile) -> str | None:
        """Return the checksum of a file when it is known."""
        name = os.path.abspath(file.path)
        for known in (self._fresh, self._known):
            stamp, checksum = known.get(name, ((), ""))
            if stamp and stamp == file.stamp:
                return checksum
        return None

    def put(self, file: LocalFile, checksum: str) -> None:
        """Remember a checksum; for this run only when the file changed too recently."""
        settled = self._now() - max(file.stamp[1:3]) >= SETTLED
        with self._lock:
            known = self._known if settled else self._fresh
            known[os.path.abspath(file.path)] = (file.stamp, checksum)

    def save(self) -> None:
        """Write the cache; a failure to do so costs time only and is ignored."""
        with self._lock:
            settled = {name: entry for name, entry in self._fresh.items() if self._is_same(name)}
            self._known.update(settled)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps(self._known, indent=0))
        except OSError:
            return

    def _is_same(self, name: str) -> bool:
        """Return whether a file that had changed recently has not changed again since."""
        stamp, _ = self._fresh[name]
        try:
            same = _stamp(os.stat(name)) == stamp
        except OSError:
            return False
        return same and self._now() - max(stamp[1:3]) >= SETTLED
