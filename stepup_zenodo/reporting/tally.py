"""How far a run is, counted from events, and in words."""

from collections.abc import Mapping

import attrs

from ..errors import printable
from ..events import (
    Event,
    FileFailed,
    FileFinished,
    FileProgress,
    FilesQueued,
    FileStarted,
    FileStored,
    Requested,
    Retrying,
    Waiting,
)
from ..text.counting import counted
from .report import size_text

__all__ = ("ActiveFile", "Speed", "Tally", "summary", "tally_lines", "time_text")


@attrs.frozen
class ActiveFile:
    """A file that is being read, sent or fetched."""

    size: int
    """In bytes."""

    done: int = 0
    """Bytes since the start of this attempt."""

    verb: str = "sending"
    """What is done with it."""

    @property
    def moves(self) -> bool:
        """Whether it goes over the network; otherwise only its checksum is computed."""
        return self.verb != "reading"


@attrs.frozen
class Tally:
    """How far a run is."""

    files: int = 0
    """How many files are to be sent, or fetched."""

    size: int = 0
    """Their bytes."""

    stored: int = 0
    """How many of them have arrived, with the right checksum."""

    stored_size: int = 0
    """Their bytes."""

    failed: int = 0
    """How many of them were given up."""

    done: str = "sent"
    """The verb for what will have become of them."""

    active: Mapping[str, ActiveFile] = attrs.field(factory=dict)
    """What is being read, sent or fetched, by name."""

    waiting: str = ""
    """What the latest news was about, when something went wrong or nothing is sent for a while."""

    @property
    def sent(self) -> int:
        """Bytes that arrived, as far as one knows; less after an upload had to start again."""
        return self.stored_size + sum(f.done for f in self.active.values() if f.moves)

    def after(self, event: Event) -> "Tally":
        """Return the tally after one more event."""
        match event:
            case FilesQueued(count=count, size=size, done=done):
                return Tally(files=count, size=size, done=done)
            case FileStarted(key=key, size=size):
                return self._with(key, ActiveFile(size, 0, event.verb))
            case FileProgress(key=key, done=done) if key in self.active:
                return self._with(key, attrs.evolve(self.active[key], done=done))
            case FileFinished(key=key) if key in self.active and not self.active[key].moves:
                return self._without(key)
            case FileStored(key=key):
                size = self.active[key].size if key in self.active else 0
                rest = self._without(key)
                return attrs.evolve(
                    rest, stored=self.stored + 1, stored_size=self.stored_size + size, waiting=""
                )
            case FileFailed(key=key):
                return attrs.evolve(self._without(key), failed=self.failed + 1)
            case Waiting(seconds=seconds, reason=reason):
                return attrs.evolve(self, waiting=f"waiting {time_text(seconds)}: {reason}")
            case Retrying(what=what, reason=reason):
                return attrs.evolve(self, waiting=f"trying again to {what}: {reason}")
            case Requested(status=status) if self.waiting and status is not None and status < 400:
                return attrs.evolve(self, waiting="")
            case _:
                return self

    def _with(self, key: str, file: ActiveFile) -> "Tally":
        return attrs.evolve(self, active={**self.active, key: file})

    def _without(self, key: str) -> "Tally":
        rest = {name: file for name, file in self.active.items() if name != key}
        return attrs.evolve(self, active=rest)


@attrs.frozen
class Speed:
    """How fast bytes go, over the last seconds."""

    samples: tuple[tuple[float, int], ...] = ()
    """Pairs of a time in seconds and the bytes sent until then, oldest first."""

    def after(self, now: float, done: int, window: float = 20.0) -> "Speed":
        """Return the speed after one more look.

        Parameters
        ----------
        now
            The time in seconds of any clock.
        done
            Bytes sent in all. When it became less, an upload had to start again.
        window
            Seconds that count.
        """
        recent = tuple(s for s in self.samples if now - s[0] <= window and s[1] <= done)
        return Speed((*recent, (now, done)))

    @property
    def per_second(self) -> float:
        """Bytes per second, 0 while unknown."""
        if len(self.samples) < 2:
            return 0.0
        (start, first), (end, last) = self.samples[0], self.samples[-1]
        return (last - first) / (end - start) if end > start else 0.0


def time_text(seconds: float) -> str:
    """Return a duration, e.g. `8 s`, `2 min 5 s` or `3 h 20 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def summary(tally: Tally, speed: float) -> str:
    """Return in one line how far sending is.

    Parameters
    ----------
    tally
        What was counted.
    speed
        Bytes per second, 0 when unknown.
    """
    parts = [
        f"{tally.stored} of {counted(tally.files, 'file')} {tally.done}",
        f"{size_text(tally.sent)} of {size_text(tally.size)}",
    ]
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if speed >= 1.0 and tally.sent < tally.size and not tally.waiting:
        parts.append(f"{size_text(round(speed))}/s")
        parts.append(f"{time_text((tally.size - tally.sent) / speed)} left")
    return ", ".join(parts)


def tally_lines(tally: Tally, speed: float) -> list[str]:
    """Return how far a run is: the whole, each file, and what it waits for."""
    lines = [summary(tally, speed)] if tally.files else []
    for key, file in tally.active.items():
        percent = 100 * file.done // max(1, file.size)
        lines.append(f"{file.verb} {printable(key)}: {percent} % of {size_text(file.size)}")
    return [*lines, tally.waiting] if tally.waiting else lines
