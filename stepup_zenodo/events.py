"""What happened while talking to the server, as records, for whoever wants to show it."""

from collections.abc import Callable

import attrs

__all__ = (
    "Event",
    "FileFailed",
    "FileFinished",
    "FileProgress",
    "FileStarted",
    "FileStored",
    "FilesQueued",
    "Held",
    "Listener",
    "Requested",
    "Retrying",
    "Waiting",
    "silent",
)


@attrs.frozen
class Requested:
    """One request was sent and one answer, or none, came back."""

    method: str
    """The HTTP method."""

    path: str
    """The path below the endpoint, without host and without secrets."""

    status: int | None
    """The HTTP status, `None` when no answer arrived."""


@attrs.frozen
class Waiting:
    """Nothing is sent for a while."""

    seconds: float
    """How long."""

    reason: str
    """Why, in words."""


@attrs.frozen
class Held:
    """Another run has to end first, however long that takes."""

    reason: str
    """Why, in words."""


@attrs.frozen
class Retrying:
    """Something failed and is tried again."""

    what: str
    """What is tried again, in words."""

    reason: str
    """What went wrong."""


@attrs.frozen
class FileStarted:
    """The content of a file is about to be read."""

    key: str
    """Name of the file on the server."""

    size: int
    """Size in bytes."""

    sending: bool
    """True for an upload, false when only the checksum is computed."""

    fetching: bool = False
    """True for a download."""

    @property
    def verb(self) -> str:
        """What is done with the file."""
        if self.fetching:
            return "fetching"
        return "sending" if self.sending else "reading"


@attrs.frozen
class FileProgress:
    """Part of a file was read; the count goes back to zero when an upload starts again."""

    key: str
    """Name of the file on the server."""

    done: int
    """Bytes since the start of this attempt."""


@attrs.frozen
class FileFinished:
    """One attempt to read or send a file has ended, well or not."""

    key: str
    """Name of the file on the server."""


@attrs.frozen
class FilesQueued:
    """Files are about to be sent, or fetched."""

    count: int
    """How many."""

    size: int
    """Bytes in all."""

    done: str = "sent"
    """The verb for what will have become of them."""


@attrs.frozen
class FileStored:
    """A whole file has arrived, and its checksum is right."""

    key: str
    """Name of the file on the server."""


@attrs.frozen
class FileFailed:
    """A file was given up."""

    key: str
    """Name of the file on the server."""


Event = (
    Requested
    | Waiting
    | Held
    | Retrying
    | FilesQueued
    | FileStarted
    | FileProgress
    | FileFinished
    | FileStored
    | FileFailed
)

Listener = Callable[[Event], None]
"""Receives events. Called from several threads at once."""


def silent(event: Event) -> None:
    """Ignore an event."""
