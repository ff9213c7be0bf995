"""Fetch files of a record from the server."""

import hashlib
import os
from pathlib import Path

import attrs

from ..errors import Refused
from ..local.plainfiles import open_plain
from ..local.storage import create_beside
from ..record.observed import FileEntry, Record
from .client import Client
from .protocol import get_content
from .transport import Lost

__all__ = ("Source", "checksum_of")

SILENCE = 300.0
"""Seconds to wait for the next bytes."""

SLOWEST = 10_000.0
"""Bytes per second that must arrive on average."""


def checksum_of(path: Path) -> str | None:
    """Return the checksum of a file, `None` when there is none that can be read."""
    try:
        with open_plain(path) as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    except OSError:
        return None
    return f"md5:{digest.hexdigest()}"


@attrs.frozen
class Source:
    """A record whose files can be fetched."""

    client: Client
    """Connection to the endpoint."""

    record: Record
    """The draft or the published record."""

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

    def _fetch_once(self, entry: FileEntry, target: Path) -> None:
        digest, size = hashlib.md5(usedforsecurity=False), 0
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
