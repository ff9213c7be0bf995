"""Fetch files of a record from the server."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import attrs
import requests

from ..errors import Refused, Rejected, Unavailable
from ..local.plainfiles import open_plain
from ..local.storage import create_beside
from ..local.token import Token
from ..record.observed import FileEntry, Record
from .client import NETWORK, Client
from .exchange import answering
from .transport import BearerAuth, Lost, new_session, reason_of

__all__ = ("Source", "checksum_of")

BLOCK = 1 << 20
"""Bytes that are held in memory."""

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
    """Says how often it is tried, and waits."""

    endpoint: str
    """Address of the API."""

    token: Token
    """The token, as files of drafts are not public."""

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
        attempt = 0
        while True:
            attempt += 1
            try:
                self._fetch_once(entry, target)
                return
            except Lost as exc:
                delay = self.client.delay(attempt)
                if delay is None:
                    message = f"{exc.message} Gave up after {attempt} attempts."
                    raise Unavailable(message) from None
                self.client.wait(delay, f"before trying again to fetch {entry.key}")
            except OSError as exc:
                raise Refused(f"Could not write {target}: {exc.strerror}.") from None

    def _fetch_once(self, entry: FileEntry, target: Path) -> None:
        digest, size = hashlib.md5(usedforsecurity=False), 0
        handle, name = create_beside(target)
        try:
            with os.fdopen(handle, "wb") as file:
                for block in self._blocks(entry):
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

    def _blocks(self, entry: FileEntry) -> Iterator[bytes]:
        key = entry.key
        record = quote(self.record.id, safe="")
        draft = "/draft" if self.record.is_draft else ""
        url = f"{self.endpoint}/records/{record}{draft}/files/{quote(key, safe='')}/content"
        request = requests.Request(
            "GET",
            url,
            auth=BearerAuth(self.token.secret, self.endpoint),
            headers={"Accept": "*/*", "Accept-Encoding": "identity"},
        )
        seconds = SILENCE + (entry.size or 0) / SLOWEST
        try:
            with (
                new_session(self.endpoint) as session,
                answering(session, request, SILENCE, seconds, follow=True) as got,
            ):
                status = got.status_code
                if 400 <= status < 500 and status != 429:
                    raise Rejected(f"Could not fetch {key}: HTTP {status}.", status=status)
                if status != 200:
                    raise Lost(f"Could not fetch {key}: HTTP {status}.")
                yield from got.iter_content(BLOCK)
        except NETWORK as exc:
            raise Lost(f"Could not fetch {key}: {reason_of(exc)[0]}.") from None
