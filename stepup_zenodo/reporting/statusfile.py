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

from ..events import Event
from .tally import Speed, Tally, tally_lines

__all__ = ("RunStatus", "StatusFile", "read_status", "status_file", "status_path", "watch")

INTERVAL = 1.0
"""Least seconds between two versions of the file."""


@attrs.frozen
class RunStatus:
    """What the file says."""

    pid: int
    """The process that runs."""

    host: str
    """The name of its machine."""

    lines: tuple[str, ...]
    """How far it is."""

    @property
    def is_alive(self) -> bool:
        """False when the process is known to have ended without removing the file."""
        if self.host != socket.gethostname():
            return True
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
            return
        self._written = tally
        lines = tally_lines(tally, self._speed.per_second)
        status = {"pid": os.getpid(), "host": socket.gethostname(), "lines": lines}
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        with contextlib.suppress(OSError):
            fresh.write_text(json.dumps(status, indent=1, ensure_ascii=False), encoding="utf-8")
            os.replace(fresh, self._path)

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
        data = json.loads(path.read_text(encoding="utf-8"))
        lines = tuple(str(line) for line in data["lines"])
        return RunStatus(int(data["pid"]), str(data["host"]), lines)
    except (OSError, ValueError, KeyError, TypeError):
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
    while True:
        status = read_status(path)
        if status is None:
            return True
        if not status.is_alive:
            return False
        if status.lines != shown:
            shown = status.lines
            show(shown)
        sleep(INTERVAL / 2)
