"""Let one run at a time work on a record."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import Refused, Unavailable

__all__ = ("NotWritable", "is_lock", "lock_path", "one_writer")

PATIENCE = 3600.0
"""Seconds after which waiting for another run is given up."""


class NotWritable(Refused):
    """Nothing can be written beside the record id file, so there is no lock either."""


def lock_path(path_record_id: Path) -> Path:
    """Return the path of the lock that belongs to a record id file."""
    return path_record_id.with_name(f"{path_record_id.name}.lock")


def is_lock(data: bytes) -> bool:
    """Return whether a file with this content can be a lock, of which only the name matters."""
    return not data


@contextmanager
def one_writer(path_record_id: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock beside the record id file; wait while another run holds it.

    Parameters
    ----------
    path_record_id
        The record id file.
    waiting
        Is told when there is another run.

    Raises
    ------
    Unavailable
        When the other run takes too long.
    NotWritable
        When the folder is not writable.
    Refused
        When its file system has no locks.
    """
    path = lock_path(path_record_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_locks(path)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting(f"waiting for another run that works on the same record ({path} is locked)")
            lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise Unavailable(
            f"Another run works on the same record for more than {PATIENCE / 60:.0f} minutes: "
            f"{path} is locked. Wait until it has ended, or end it."
        ) from None
    except OSError as exc:
        raise NotWritable(f"Could not make the lock {path}: {exc.strerror}.") from None
    try:
        yield
    finally:
        lock.release()


def _check_locks(path: Path) -> None:
    """Make sure that the file system has locks: without them, others would not be noticed.

    Raises
    ------
    Refused
        When it has none.
    OSError
        When the lock cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as exc:
        if exc.errno in (errno.EAGAIN, errno.EACCES):
            return  # Another run holds it, so there are locks.
        raise Refused(
            f"The file system of {path.parent} has no locks ({exc.strerror}), so two runs at the "
            "same time could make two records. Nothing was done. Work in a copy of the project "
            "on another disk, or let the system mount this one with locks."
        ) from None
    finally:
        os.close(handle)
