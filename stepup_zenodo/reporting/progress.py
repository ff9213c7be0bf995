"""Listeners that show how far a run is: bars on a terminal, lines elsewhere."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from ..errors import printable
from ..events import (
    Event,
    FileFailed,
    FileFinished,
    FileProgress,
    FilesQueued,
    FileStarted,
    FileStored,
    Listener,
)
from ..text.counting import counted
from .tally import Speed, Tally, summary

if TYPE_CHECKING:
    from rich.progress import Progress, Task, TaskID

__all__ = ("ProgressLines", "bars")

FIRST_INTERVAL = 10.0
"""Seconds before the first line."""

LONGEST_INTERVAL = 300.0
"""Most seconds between two lines; the interval doubles with each line until then."""

IDLE = 10.0
"""Seconds without news after which a bar is known to wait."""

NEVER = float("-inf")
"""When a bar has moved that does not move now."""


class ProgressLines:
    """Shows progress as lines of text, more and more rarely: for logs.

    A run that is done in less than ten seconds shows nothing.

    Parameters
    ----------
    show
        Prints a line.
    now
        Gives the time in seconds.
    """

    def __init__(
        self, show: Callable[[str], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show
        self._now = now
        self._tally = Tally()
        self._speed = Speed()
        self._lock = threading.Lock()
        self._interval = FIRST_INTERVAL
        self._due = now() + FIRST_INTERVAL
        self._sample = 0.0

    def __call__(self, event: Event) -> None:
        """Count an event, and show a line when it is time for one."""
        with self._lock:
            now = self._now()
            self._tally = self._tally.after(event)
            if now >= self._sample:
                self._speed = self._speed.after(now, self._tally.sent)
                self._sample = now + 1.0
            if now < self._due:
                return
            line = self._line(event)
            if line:
                self._interval = min(2 * self._interval, LONGEST_INTERVAL)
                self._due = now + self._interval
        if line:
            self._show(line)

    def _line(self, event: Event) -> str:
        match event:
            case FileProgress(key=key) if key in self._tally.active:
                file = self._tally.active[key]
                if not file.moves:
                    return f"reading {printable(key)}: {100 * file.done // file.size} %"
            case FileProgress() | FileStored() | FileFailed():
                pass
            case _:
                return ""
        return summary(self._tally, self._speed.per_second)


@contextmanager
def bars(stream: TextIO, *, above: bool) -> Iterator[Listener]:
    """Show progress as bars on a terminal, from the first file until the end of the context.

    Parameters
    ----------
    stream
        The terminal.
    above
        Whether standard output goes to the same terminal, so that what is printed
        has to appear above the bars.
    """
    listener = _Bars(stream, above=above)
    try:
        yield listener
    finally:
        listener.close()


def _is_moving(task: "Task") -> bool:
    """Return whether the last seconds tell how fast a bar moves: not while it waits."""
    idle = task.get_time() - task.fields["moved"]
    return idle < IDLE and not task.finished and task.speed is not None


def _new_progress(stream: TextIO, *, above: bool) -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        Task,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.table import Column
    from rich.text import Text

    class Rate(TransferSpeedColumn):
        """How fast a bar moves, as long as it does."""

        def render(self, task: Task) -> Text:
            return super().render(task) if _is_moving(task) else Text()

    class TimeLeft(TimeRemainingColumn):
        """How long a bar will move, as long as it does."""

        def render(self, task: Task) -> Text:
            return super().render(task) if _is_moving(task) else Text()

    name = TextColumn(
        "{task.description}",
        markup=False,
        table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
    )
    return Progress(
        name,
        BarColumn(bar_width=16),
        DownloadColumn(),
        # As wide as with a value, so that nothing jumps when it comes and goes.
        Rate(table_column=Column(min_width=10, justify="right")),
        TimeLeft(compact=True, table_column=Column(min_width=5)),
        console=Console(file=stream),
        transient=True,
        refresh_per_second=4,
        expand=True,
        redirect_stdout=above,
        redirect_stderr=True,
    )


class _Bars:
    """Keeps one bar for all files that are sent, and one for each file that is under way."""

    def __init__(self, stream: TextIO, *, above: bool) -> None:
        self._stream = stream
        self._above = above
        self._shown: Progress | None = None
        self._tally = Tally()
        self._tasks: dict[str, TaskID] = {}
        self._whole: TaskID | None = None
        self._moved = NEVER
        self._lock = threading.Lock()

    @property
    def _progress(self) -> "Progress":
        if self._shown is None:
            self._shown = _new_progress(self._stream, above=self._above)
            self._shown.start()
        return self._shown

    def close(self) -> None:
        """Remove the bars; what happens from now on is not shown."""
        with self._lock:
            if self._shown is not None:
                self._shown.stop()

    def __call__(self, event: Event) -> None:
        """Count an event and move the bars."""
        with self._lock:
            self._tally = self._tally.after(event)
            match event:
                case FilesQueued(size=size):
                    self._start(size)
                case FileStarted(key=key, size=size):
                    self._remove(key)
                    text = f"{event.verb} {printable(key)}"
                    self._tasks[key] = self._progress.add_task(text, total=size, moved=NEVER)
                case FileProgress(key=key, done=done) if key in self._tasks:
                    now = self._progress.get_time()
                    self._progress.update(self._tasks[key], completed=done, moved=now)
                case FileFinished(key=key) if key not in self._tally.active:
                    self._remove(key)
                case FileFinished(key=key) if key in self._tasks:
                    self._progress.update(self._tasks[key], moved=NEVER)
                case FileStored(key=key) | FileFailed(key=key):
                    self._remove(key)
            if self._whole is not None:
                self._move_whole(self._whole, is_news=isinstance(event, FileProgress))

    def _start(self, size: int) -> None:
        if self._whole is not None:
            self._progress.remove_task(self._whole)
        self._whole = self._progress.add_task(self._total(), total=size, moved=NEVER)

    def _move_whole(self, whole: "TaskID", *, is_news: bool) -> None:
        self._moved = self._progress.get_time() if is_news else self._moved
        moved = NEVER if self._tally.waiting else self._moved
        sent, text = self._tally.sent, self._total()
        self._progress.update(whole, completed=sent, description=text, moved=moved)

    def _total(self) -> str:
        failed = f", {self._tally.failed} failed" if self._tally.failed else ""
        files = counted(self._tally.files, "file")
        return f"{self._tally.stored} of {files} {self._tally.done}{failed}"

    def _remove(self, key: str) -> None:
        task = self._tasks.pop(key, None)
        if task is not None:
            self._progress.remove_task(task)
