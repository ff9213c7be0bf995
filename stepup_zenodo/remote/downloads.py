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

from ..errors import Refused
from ..events import FileProgress, FileStarted, Held, Listener, silent
from ..local.arriving import arriving
from ..local.fetched import md5
from ..local.storage import create_beside
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
    """Is told how far files are that are fetched over others."""

    def fetch(self, entry: FileEntry, target: Path) -> None:
        """Fetch a file, and put it in its place when it is complete and right.

        Parameters
        ----------
        entry
            The file.
        target
            Where it goes; there is nothing yet.

        Raises
        ------
        Rejected
            When the server does not give it.
        Unavailable
            When it does not arrive as it is on the server.
        Refused
            When it cannot be written.
        """
        try:
            self.client.until_answered(
                f"fetch {entry.key}", lambda: self._fetch_once(entry, target)
            )
        except OSError as exc:
            raise Refused(f"Could not write {target}: {exc.strerror}.") from None

    def fetch_over(self, entry: FileEntry, target: Path) -> None:
        """Fetch a file, and replace what is in its place when it is complete and right.

        What arrived stays beside it after an interruption, and is completed by the next call.

        Parameters
        ----------
        entry
            The file, whose size and checksum are known.
        target
            Where it goes. What is there is replaced.

        Raises
        ------
        Rejected
            When the server does not give it.
        Unavailable
            When it does not arrive as it is on the server.
        Refused
            When it cannot be written.
        """
        what = f"fetch {entry.key}"
        with arriving(target, entry.checksum or "", self._wait) as file:
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
            raise Lost(f"Could not fetch {entry.key}: what arrived is not what the server lists.")
        file.flush()
        os.fsync(file.fileno())

    def _fetch_once(self, entry: FileEntry, target: Path) -> None:
        digest, size = md5(), 0
        seconds = SILENCE + (entry.size or 0) / SLOWEST
        request = get_content(self.record.id, entry.key, is_draft=self.record.is_draft)
        handle, name = create_beside(target)
        try:
            with os.fdopen(handle, "wb") as file:
                for block in self.client.blocks(request, seconds):
                    size += len(block)
                    if size > (entry.size or 0):
                        break
                    file.write(block)
                    digest.update(block)
            if (size, f"md5:{digest.hexdigest()}") != (entry.size, entry.checksum):
                message = f"Could not fetch {entry.key}: it is not what the server has."
                raise Lost(message)
            # A link fails where a rename would overwrite.
            os.link(name, target)
        finally:
            name.unlink(missing_ok=True)
