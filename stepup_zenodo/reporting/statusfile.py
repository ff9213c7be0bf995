"""A file that tells how far a run is, for those who cannot see its output.

A step of a StepUp build shows its output only after it has ended.
`stepup-zenodo status` reads the file from another terminal.
The file lies beside the record id file, is rewritten at most once a second,
and is removed at the end of the run.
"""

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from ..errors import printable
from ..events import Event
from ..local.plainfiles import read_plain
from ..local.storage import write_atomically
from .tally import Speed, Tally, tally_lines

__all__ = (
    "RunStatus",
    "StatusFile",
    "is_status",
    "read_status",
    "status_file",
    "status_path",
    "watch",
)

INTERVAL = 1.0
"""Least seconds between two versions of the file."""


LARGEST = 1_000_000
"""Most bytes of a status file that are read."""

MOST_LINES = 100
"""Most lines that are shown."""

MOST_PID = 1 << 31
"""Numbers of processes are below this."""

MOST_AGE = 3600.0
"""Seconds after which a file of another machine, whose clock may differ, is of no run any more."""

MOST_SILENCE = 30.0
"""Seconds of watching after which a file of another machine that nobody touches is of no run."""


@attrs.frozen
class RunStatus:
    """What the file says."""

    pid: int
    """The process that runs."""

    host: str
    """The name of its machine."""

    lines: tuple[str, ...]
    """How far it is."""

    touched: float = 0.0
    """When the file was written or touched, in seconds since the epoch."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is of another machine, whose processes cannot be seen."""
        return self.host != socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """False when the process is known to have ended without removing the file."""
        if self.is_elsewhere:
            return time.time() - self.touched < MOST_AGE
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def status_path(path_record_id: Path) -> Path:
    """Return the path of the status file that belongs to a record id file."""
    return path_record_id.with_suffix(".status.json")


class StatusFile:
    """A listener that knows what to write into the file.

    Failing to write it does not disturb the run.

    Parameters
    ----------
    path
        The status file.
    now
        Gives the time in seconds.
    """

    def __init__(self, path: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._now = now
        self._tally = Tally()
        self._written = self._tally
        self._speed = Speed()
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Count an event."""
        with self._lock:
            self._tally = self._tally.after(event)

    def write(self) -> None:
        """Write the file if something has happened since the last time."""
        with self._lock:
            tally = self._tally
        self._speed = self._speed.after(self._now(), tally.sent)
        if tally == self._written:
            with contextlib.suppress(OSError):
                os.utime(self._path)
            return
        self._written = tally
        lines = tally_lines(tally, self._speed.per_second)
        status = {"pid": os.getpid(), "host": socket.gethostname(), "lines": lines}
        with contextlib.suppress(OSError):
            write_atomically(self._path, json.dumps(status, indent=1))

    def remove(self) -> None:
        """Remove the file."""
        with contextlib.suppress(OSError):
            self._path.unlink()


@contextmanager
def status_file(path: Path) -> Iterator[StatusFile]:
    """Keep a status file up to date until the end of the context."""
    listener = StatusFile(path)
    ended = threading.Event()

    def write() -> None:
        while True:
            listener.write()
            if ended.wait(INTERVAL):
                return

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        ended.set()
        thread.join()
        listener.remove()


def read_status(path: Path) -> RunStatus | None:
    """Return what a status file says, `None` when there is none or it is not understood."""
    try:
        data, touched = read_plain(path, LARGEST), path.stat().st_mtime
    except OSError:
        return None
    status = _status_in(data)
    return None if status is None else attrs.evolve(status, touched=touched)


def is_status(data: bytes) -> bool:
    """Return whether the content of a file is that of a status file, or nothing."""
    return not data.strip() or _status_in(data) is not None


def _status_in(data: bytes) -> RunStatus | None:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    match content:
        case {"pid": int(pid), "host": str(host), "lines": [*lines]} if 0 < pid < MOST_PID:
            shown = tuple(printable(line) for line in lines[:MOST_LINES] if isinstance(line, str))
            return RunStatus(pid, host, shown)
    return None


def watch(
    path: Path,
    show: Callable[[tuple[str, ...]], None],
    sleep: Callable[[float], object] = time.sleep,
) -> bool:
    """Show what a status file says, each time that it changes, until the run ends.

    Parameters
    ----------
    path
        The status file.
    show
        Shows the lines, instead of those that were shown before.
    sleep
        Waits for a number of seconds.

    Returns
    -------
    ended
        True when the run removed the file, false when it was killed.
    """
    shown: tuple[str, ...] | None = None
    silent, touched = 0.0, 0.0
    while True:
        status = read_status(path)
        if status is None:
            return True
        silent = 0.0 if status.touched != touched else silent + INTERVAL / 2
        touched = status.touched
        if not status.is_alive or (status.is_elsewhere and silent > MOST_SILENCE):
            return False
        if status.lines != shown:
            shown = status.lines
            show(shown)
        sleep(INTERVAL / 2)
