"""Fetch files of a record from the server."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path
from queue import Queue
from threading import Thread

import attrs

from ..events import FileProgress, FileStarted, Held, Listener, silent
from ..local.arriving import arriving
from ..local.fetched import md5
from ..record.observed import FileEntry, Record
from .client import Client
from .protocol import get_content
from .transport import Lost

__all__ = ("Source",)

SILENCE = 300.0
"""Seconds to wait for the next bytes."""

SLOWEST = 10_000.0
"""Bytes per second that must arrive on average."""


@contextmanager
def _aside(work: Callable[[bytes], object]) -> Iterator[Callable[[bytes], None]]:
    """Give a function that has the work done on another thread; all is done in the end.

    So one block is digested while the next one arrives, and no more than three are in memory.
    The thread does not keep the program from ending when it is interrupted.
    """
    waiting: Queue[bytes | None] = Queue(1)

    def run() -> None:
        while (block := waiting.get()) is not None:
            work(block)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield waiting.put
    finally:
        waiting.put(None)
        thread.join()


@attrs.frozen
class Source:
    """A record whose files can be fetched."""

    client: Client
    """Connection to the endpoint."""

    record: Record
    """The draft or the published record."""

    listener: Listener = silent
    """Is told how far files are."""

    def fetch(self, entry: FileEntry, target: Path, *, over: bool = False) -> None:
        """Fetch a file, and put it in its place when it is complete and right.

        What arrived stays beside it after an interruption, and is completed by the next call.

        Parameters
        ----------
        entry
            The file, whose size and checksum are known.
        target
            Where it goes.
        over
            Whether what is there is replaced; otherwise nothing may be there.

        Raises
        ------
        Rejected
            When the server does not give it.
        Unavailable
            When it does not arrive as it is on the server.
        Refused
            When it cannot be written, or something is there.
        """
        what = f"fetch {entry.key}"
        with arriving(target, entry.checksum or "", self._wait, over=over) as file:
            if file is not None:
                self.client.until_answered(what, lambda: self._complete(entry, file))

    def _wait(self, reason: str) -> None:
        self.listener(Held(reason))

    def _complete(self, entry: FileEntry, file: BufferedRandom) -> None:
        """Fetch what is missing in a file, which holds the beginning at most."""
        whole = entry.size or 0
        file.seek(0)
        digest = hashlib.file_digest(file, md5)
        size = file.tell()
        self.listener(FileStarted(entry.key, whole, sending=False, fetching=True))
        if size < whole:
            request = get_content(self.record.id, entry.key, is_draft=self.record.is_draft)
            seconds = SILENCE + (whole - size) / SLOWEST
            with _aside(digest.update) as update:
                for block in self.client.blocks(request, seconds, size):
                    size += len(block)
                    if size > whole:
                        break
                    update(block)
                    file.write(block)
                    self.listener(FileProgress(entry.key, size))
        if (size, f"md5:{digest.hexdigest()}") != (whole, entry.checksum):
            file.truncate(0)
            raise Lost(f"Could not fetch {entry.key}: it is not what the server has.")
        file.flush()
        os.fsync(file.fileno())
