"""Let one run at a time work on a record."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import Refused, Unavailable

__all__ = ("one_writer",)

PATIENCE = 3600.0
"""Seconds after which waiting for another run is given up."""


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
    Refused
        When the folder is not writable.
    """
    path = path_record_id.with_name(f"{path_record_id.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
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
        raise Refused(f"Could not make the lock {path}: {exc.strerror}.") from None
    try:
        yield
    finally:
        lock.release()
