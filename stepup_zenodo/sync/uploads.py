"""Send the contents of files, several at a time, each until the server has it whole."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import Failure, Rejected, Unavailable
from ..events import (
    Event,
    FileFailed,
    FileFinished,
    FilesQueued,
    FileStarted,
    FileStored,
    Listener,
)
from ..local.checksums import ChecksumCache
from ..local.files import LocalFile
from ..local.stream import FileStream, Stopped, check_readable
from ..record.changes import UploadFile
from ..record.observed import FileEntry, Record, parse_entry
from ..remote.client import Client
from ..remote.parallel import in_parallel, together
from ..remote.protocol import (
    commit_file,
    declare_files,
    delete_file,
    get_file,
    remarks,
    upload_content,
)
from ..remote.transport import Lost
from .journal import Journal

__all__ = ("Uploads", "unchanged")

COMMIT_ATTEMPTS = 3
"""How often a file is completed before its content is sent again."""


class Unanswered(Unavailable):
    """The server does not even answer a request that only reads."""


class NotCompleted(Unavailable):
    """A file has to be sent from its start."""


class Uploads:
    """Sends files of one record.

    Parameters
    ----------
    client
        Connection to the endpoint.
    workers
        How many files are on their way at the same time.
    listener
        Is told of files and progress.
    cache
        Is told the checksums, which are computed while sending.
    """

    def __init__(
        self, client: Client, workers: int, listener: Listener, cache: ChecksumCache
    ) -> None:
        self._client = client
        self._workers = workers
        self._to = listener
        self._cache = cache
        self._one_writer = threading.Lock()
        self._stop = threading.Event()
        self._unanswered = threading.Event()
        self._sent: dict[str, str] = {}
        self.doubtful: set[str] = set()

    def _tell(self, event: Event) -> None:
        """Pass an event on, unless sending was interrupted: what prints may be gone then."""
        if not self._stop.is_set():
            self._to(event)

    def send(self, record: Record, uploads: tuple[UploadFile, ...], journal: Journal) -> None:
        """Send files to a draft.

        Contents and commits of different files may overlap.
        Deleting and declaring may not:
        observed on the server, that gives false refusals, and errors after the effect.
        A file that fails does not keep the others from being sent,
        unless the server has stopped answering.

        Raises
        ------
        Unavailable, Rejected
            When files are missing at the end, with the list.
        Lost
            When it is unknown what was declared or deleted.
        """
        journal.changing_files(upload.file.key for upload in uploads)
        self._make_room(record.id, uploads)
        self._tell(FilesQueued(len(uploads), sum(upload.file.size for upload in uploads)))
        done: dict[str, str] = {}
        failures: dict[str, Failure] = {}

        def send(upload: UploadFile) -> None:
            key = upload.file.key
            try:
                done[key] = self._send_until_complete(record.id, upload.file)
                self._tell(FileStored(key))
            except Failure as exc:
                failures[key] = exc
                self._tell(FileFailed(key))
            except Stopped:
                return

        try:
            in_parallel(send, uploads, self._workers)
        except BaseException:
            self._stop.set()
            self._client.stop()
            raise
        finally:
            # What is sent for a public version is there when that is published.
            known = {} if record.is_edit else dict(done)
            journal.uploaded(known, dict(self._sent), frozenset(self.doubtful))
            self._cache.save()
        if failures:
            raise together(failures, len(uploads), "sent")

    def _make_room(self, record_id: str, uploads: tuple[UploadFile, ...]) -> None:
        """Delete what is replaced, if the new content is at hand, and declare all at once."""
        for upload in uploads:
            if upload.replaces:
                check_readable(upload.file)
                key = upload.file.key
                unchanged(self._client, record_id, key, upload.old)
                with self._noting_doubts(key):
                    self._client.write(delete_file(record_id, key), accept=(404,))
        keys = tuple(upload.file.key for upload in uploads if not upload.declared)
        if keys:
            self._client.write(declare_files(record_id, keys))

    def _send_until_complete(self, record_id: str, file: LocalFile) -> str:
        """Send one file, from its start again if need be, and return its checksum."""
        attempts: list[None] = []

        def once() -> str:
            attempts.append(None)
            with self._noting_doubts(file.key):
                if len(attempts) > 1:
                    self._prepare_again(record_id, file.key)
                checksum = self._send_once(record_id, file)
                entry = self._commit(record_id, file.key)
            if (entry.size, entry.checksum) != (file.size, checksum):
                # What was stored of our content is ours, also if it is damaged.
                self._sent[file.key] = entry.checksum or checksum
                raise Lost(f"The server's copy of {file.key} differs from the file.")
            self._cache.put(file, checksum)
            return checksum

        return self._client.until_answered(f"send {file.key}", once)

    @contextmanager
    def _noting_doubts(self, key: str) -> Iterator[None]:
        """Note if a request about a file may arrive after everything else."""
        try:
            yield
        except Lost as exc:
            if exc.late:
                self.doubtful.add(key)
            raise

    def _send_once(self, record_id: str, file: LocalFile) -> str:
        """Send the content and return its checksum."""
        if self._unanswered.is_set():
            raise Unanswered(f"{file.key} was not tried, because the server does not answer.")
        streams: list[FileStream] = []

        def content() -> FileStream:
            for earlier in streams:
                earlier.close()
            streams.append(FileStream(file, self._tell, self._stop))
            return streams[-1]

        self._tell(FileStarted(file.key, file.size, sending=True))
        try:
            request = upload_content(record_id, file.key)
            answer = self._client.write(request, accept=(404,), content=content)
        except Rejected as exc:
            raise _too_large(file, exc) if exc.status in (400, 413) else exc from None
        else:
            errors = remarks(answer)
            if answer.ok and errors:
                # Observed: with status 200 when storing failed, and the entry may be gone.
                raise Lost(f"Could not send {file.key}. The server said: {errors[0].message}.")
            if not answer.ok:
                raise Lost(f"Could not send {file.key}: its entry has vanished.")
            self._sent[file.key] = streams[-1].finish()
            return self._sent[file.key]
        finally:
            for stream in streams:
                stream.close()
            self._tell(FileFinished(file.key))

    def _commit(self, record_id: str, key: str) -> FileEntry:
        """Complete a file and return its entry; repeating this is harmless."""
        vanished = f"Could not complete {key}: its entry has vanished."

        def once() -> FileEntry:
            with self._noting_doubts(key):
                answer = self._client.write(commit_file(record_id, key), accept=(404,))
            if not answer.ok:
                raise Lost(vanished)
            return parse_entry(answer.record)

        def proof() -> FileEntry | None:
            entry = self._entry(record_id, key)
            if entry is None:
                raise NotCompleted(vanished)
            return entry if entry.completed else None

        try:
            return self._client.until_answered(
                f"complete {key}", once, proof=proof, unproved="", most=COMMIT_ATTEMPTS
            )
        except Unanswered:
            raise
        except Unavailable as exc:
            # Sent once more from its start, the file may get through.
            raise Lost(exc.message) from None

    def _entry(self, record_id: str, key: str) -> FileEntry | None:
        try:
            answer = self._client.read(get_file(record_id, key), accept=(404,))
        except Unavailable as exc:
            self._unanswered.set()
            raise Unanswered(exc.message) from None
        return parse_entry(answer.record) if answer.ok else None

    def _prepare_again(self, record_id: str, key: str) -> None:
        """See to it that the entry is there and waits for its content.

        Content that is sent to a completed entry would delete it (observed).
        """
        entry = self._entry(record_id, key)
        with self._one_writer:
            if entry is not None and entry.completed:
                if entry.checksum != self._sent.get(key):
                    raise Rejected(_replaced(key))
                self._client.write(delete_file(record_id, key), accept=(404,))
                entry = None
            if entry is None:
                self._client.write(declare_files(record_id, (key,)), accept=(400,))


def _too_large(file: LocalFile, refusal: Rejected) -> Rejected:
    """Return what to tell when a content is refused, which happens for its size only (observed)."""
    message = (
        f"{refusal.message} {file.key} has {file.size} bytes: is there room for it? Zenodo gives "
        "50 GB to a record, and more to those who ask with `quota` in the configuration; "
        "a proxy on the way can have a limit of its own."
    )
    return Rejected(message, status=refusal.status, said=refusal.said)


def unchanged(client: Client, record_id: str, key: str, old: str | None) -> None:
    """Look once more at a file before it is deleted.

    The server cannot delete on condition, so that this leaves a moment, but not the time
    since the comparison, in which somebody else can replace it without being noticed.

    Raises
    ------
    Lost
        When it is not what it was when both sides were compared.
    """
    answer = client.read(get_file(record_id, key), accept=(404,))
    entry = parse_entry(answer.record) if answer.ok else None
    if entry is not None and entry.checksum != old:
        raise Lost(_replaced(key))


def _replaced(key: str) -> str:
    return f"Somebody else changed {key} on the server at the same time."
