"""The content of a file while it is read, with its checksum, and what can go wrong with it."""

import errno
import hashlib
import io
import os
import threading
from collections.abc import Iterator

from ..errors import Failure
from ..events import FileFinished, FileProgress, FileStarted, Listener
from .files import LocalFile, stamp_of
from .plainfiles import open_plain

__all__ = (
    "BLOCK",
    "FileChanged",
    "FileStream",
    "FileUnreadable",
    "Stopped",
    "check_readable",
    "compute_checksum",
)

BLOCK = 256 * 1024
"""Bytes that are read at once, of several files at the same time; larger ones are not faster."""


class FileChanged(Failure):
    """A file changed while it was being read."""


class FileUnreadable(Failure):
    """A file cannot be read (any more)."""


class Stopped(Exception):
    """Reading was stopped from outside."""


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
        # One piece of memory for all blocks: new ones would cost more time than the checksum.
        self._block = memoryview(bytearray(min(BLOCK, file.size)))

    def __len__(self) -> int:
        return self._file.size

    def __iter__(self) -> Iterator[memoryview]:
        while block := self.read():
            yield block

    def read(self, size: int = -1) -> memoryview:
        """Return the next block, which can be larger than asked for; never more than the file had.

        The block is valid until the next one is read.

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
            block = self._block[: self._handle.readinto(self._block[:wanted]) if wanted else 0]
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
            same = stamp_of(os.fstat(self._handle.fileno())) == self._file.stamp
            same = same and stamp_of(os.stat(self._file.path)) == self._file.stamp
        except OSError:
            same = False
        if not same or self._done != self._file.size:
            raise FileChanged(f"{self._file.path} changed while it was being read.")
        return f"md5:{self._digest.hexdigest()}"

    def close(self) -> None:
        """Close the file and give its memory back."""
        self._handle.close()
        self._block = memoryview(b"")


def _open(file: LocalFile) -> io.FileIO:
    try:
        return open_plain(file.path)
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
