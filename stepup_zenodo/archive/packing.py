"""Compress files, several at a time, in the order in which they go into an archive.

Threads are enough: zlib and hashlib do their work without the lock of the interpreter.
"""

import hashlib
import os
import sys
import tempfile
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Self

import attrs

from ..local.files import Stamp, stamp_of
from ..local.plainfiles import open_plain
from ..local.stream import BLOCK, FileChanged, FileUnreadable, Stopped
from .contents import Member
from .memory import Memory, Packed

__all__ = ("Packer", "Prepared", "compress")

HUGE = 256_000_000
"""Bytes from which a file is not compressed ahead, as that takes space on the disk."""

SPOOL = 2_000_000
"""Compressed bytes of a file that are held in memory; more go to a temporary file."""


class Reading:
    """The content of a file, block by block, which must not change meanwhile.

    Parameters
    ----------
    path
        The file.
    stop
        Ends reading when it is set.
    """

    def __init__(self, path: Path, stop: threading.Event) -> None:
        self.path = path
        """The file."""
        self._stop = stop
        self._digest = hashlib.sha256()
        self.crc = 0
        """CRC-32 of what was read."""
        self.stamp: Stamp = ()
        """How the file was while it was read, empty when other attributes have changed."""

    @property
    def digest(self) -> str:
        """SHA-256 of what was read."""
        return self._digest.hexdigest()

    def blocks(self, size: int) -> Iterator[bytes]:
        """Yield the content, which must have the given size.

        Raises
        ------
        FileChanged, FileUnreadable
            When it has not, or when it cannot be read.
        Stopped
            When that was asked for.
        """
        with _opened(self.path) as source:
            before = os.fstat(source.fileno())
            left = size
            while left >= 0 and (block := self._read(source)):
                left -= len(block)
                if left >= 0:
                    self._digest.update(block)
                    self.crc = zlib.crc32(block, self.crc)
                    yield block
            after = os.fstat(source.fileno())
        self.stamp = stamp_of(after) if stamp_of(after) == stamp_of(before) else ()
        same = (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        if left or not same:
            message = f"{self.path} changed while it was read: archive it when it is complete."
            raise FileChanged(message)

    def _read(self, source: IO[bytes]) -> bytes:
        if self._stop.is_set():
            raise Stopped
        try:
            return source.read(BLOCK)
        except OSError as exc:
            raise _unreadable(self.path, exc) from None


def _opened(path: Path) -> IO[bytes]:
    try:
        return open_plain(path)
    except OSError as exc:
        raise _unreadable(path, exc) from None


def _unreadable(path: Path, exc: OSError) -> FileUnreadable:
    return FileUnreadable(f"{path} cannot be read: {exc.strerror}.")


@attrs.frozen
class Prepared:
    """A file on its way into an archive."""

    member: Member
    """The file."""

    path: Path
    """Where it is."""

    size: int
    """How many bytes it has."""

    stamp: Stamp
    """How it was when it was looked at."""

    kept: Packed | None = None
    """The member of the last archive that has this content."""

    packed: Packed | None = None
    """What was made of it now."""

    data: tempfile.SpooledTemporaryFile[bytes] | None = None
    """The compressed bytes for that, to be closed."""

    def close(self) -> None:
        """Give up what was made."""
        if self.data is not None:
            self.data.close()


class Packer:
    """Prepares files for an archive, on all cores.

    To be used as a context, whose end stops all work that is left.

    Parameters
    ----------
    folder
        The folder of the files.
    memory
        What is known about the last archive.
    beside
        A folder for temporary files.
    store
        Whether the contents are kept as they are.
    """

    def __init__(self, folder: Path, memory: Memory, beside: Path, *, store: bool) -> None:
        self._folder = folder
        self._memory = memory
        self._beside = beside
        self._store = store
        self._stop = threading.Event()
        self._workers = _cores()
        self._pool = ThreadPoolExecutor(self._workers)
        self._waiting: deque[Future[Prepared]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)
        for future in self._waiting:
            if not future.cancelled() and future.exception() is None:
                future.result().close()

    def reading(self, path: Path) -> Reading:
        """Return a reading that ends with this."""
        return Reading(path, self._stop)

    def prepared(self, members: Iterable[Member]) -> Iterator[Prepared]:
        """Yield files in their order, while the next ones are being compressed."""
        for member in members:
            self._waiting.append(self._pool.submit(self._prepare, member))
            if len(self._waiting) > self._workers + 1:
                yield self._waiting.popleft().result()
        while self._waiting:
            yield self._waiting.popleft().result()

    def _prepare(self, member: Member) -> Prepared:
        path = self._folder / member.path
        with _opened(path) as source:
            info = os.fstat(source.fileno())
        found = Prepared(member, path, info.st_size, stamp_of(info))
        kept = None if self._store else self._memory.member(member.name, found.size)
        if kept is not None and kept.content == self._content(found):
            return attrs.evolve(found, kept=kept)
        return found if self._store or found.size >= HUGE else self.pack(found)

    def _content(self, found: Prepared) -> str:
        """Return the SHA-256 of a file, after reading it if it is not known."""
        known = self._memory.content(found.path, found.stamp)
        if known is not None:
            return known
        reading = self.reading(found.path)
        for _ in reading.blocks(found.size):
            pass
        self.learn(reading)
        return reading.digest

    def learn(self, reading: Reading) -> None:
        """Remember what a file holds that was read to its end."""
        if reading.stamp:
            self._memory.keep_content(reading.path, reading.stamp, reading.digest)

    def pack(self, found: Prepared) -> Prepared:
        """Compress a file."""
        reading = self.reading(found.path)
        data = tempfile.SpooledTemporaryFile(SPOOL, dir=str(self._beside))  # noqa: SIM115
        try:
            packed = compress(reading, found.size, data.write)
            data.seek(0)
        except BaseException:
            data.close()
            raise
        self.learn(reading)
        return attrs.evolve(found, packed=packed, data=data)


def _cores() -> int:
    """Return how many processors the program may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def compress(reading: Reading, size: int, write: Callable[[bytes], object]) -> Packed:
    """Compress a file as `zipfile` does, and return what became of it."""
    deflate = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    digest = hashlib.sha256()
    length = 0
    for block in _compressed(deflate, reading.blocks(size)):
        digest.update(block)
        length += len(block)
        write(block)
    return Packed(reading.digest, size, reading.crc, digest.hexdigest(), length)


def _compressed(deflate: "zlib._Compress", blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block in blocks:
        yield deflate.compress(block)
    yield deflate.flush()
