"""What goes wrong during a run, and who comes in between."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import attrs

from ..rdm_server.fixture import Rdm
from .program import Ended, Passage, Process

__all__ = ("FAULTS", "Mishap", "settled", "survive")

PATIENCE = 1.2
"""Seconds that the program waits for an answer when requests may be late."""

LATE = "late"
"""A request gets no answer, and arrives later."""

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "refused for now": {"status": 503},
    "lost": {"drop": True},
    "answer lost": {"after": True, "drop": True},
    "answer replaced": {"after": True, "status": 504, "body": "<html>gateway</html>"},
    "answer cut off": {"truncate": True},
    "broken off": {"drop_after_bytes": 1},
    "a page instead": {"status": 200, "body": "<html>Please log in.</html>"},
    LATE: {"delay": 600},
}
"""What the server, or what is in front of it, does to a request."""


@attrs.define
class Mishap:
    """Something that happens at one place of a run."""

    kind: str
    """A key of `FAULTS`, `kill`, or `meddle`."""

    at: int
    """Counted from 1: the place at which it happens, of those where it can happen."""

    until: int = 0
    """How many further requests a late request is held back, 0 for to the end of the run."""

    times: int = 1
    """How many requests it affects."""

    act: Callable[[], str] = str
    """What somebody does, who comes in between; returns the words for it."""

    seen: int = 0
    happened: str = ""
    """What happened, empty as long as nothing did."""

    held: int = 0

    def can_happen(self, passage: Passage) -> bool:
        if self.kind == "kill":
            return True
        if passage.place != "before":
            return False
        if self.kind == "meddle":
            return not passage.is_write or passage.path.endswith("/draft")
        # A late creation would be a second record, and the server has no means against that.
        return passage.is_write and not (self.kind == LATE and passage.path == "/records")

    def meet(self, passage: Passage, rdm: Rdm) -> bool:
        """Let it happen if this is its place; return whether the process is to be killed."""
        if self.held and passage.place == "before":
            self.held -= 1
            if not self.held:
                rdm.no_faults()
        if self.happened or not self.can_happen(passage):
            return False
        self.seen += 1
        if self.seen != self.at:
            return False
        where = f"{passage.place} {passage.method} {passage.path}".strip()
        self.happened = f"{self.kind} {where}"
        if self.kind == "meddle":
            self.happened += f": {self.act()}"
        elif self.kind != "kill":
            rdm.faults({**FAULTS[self.kind], "times": self.times})
            self.held = self.until if self.kind == LATE else 0
        return self.kind == "kill"


def survive(process: Process, mishaps: list[Mishap], rdm: Rdm) -> Ended:
    """Let a run go on to its end, with all that happens to it."""
    while (passage := process.next()) is not None:
        deadly = [mishap.meet(passage, rdm) for mishap in mishaps]
        if any(deadly):
            process.kill()
            break
        process.go()
    return process.ended()


def settled(rdm: Rdm) -> None:
    """Let late requests arrive, and wait until all requests are dealt with."""
    rdm.no_faults()
    while any(request.seconds is None for request in rdm.log()):
        pass


def chosen(random: Random, kinds: list[str], act: Callable[[], str]) -> Mishap:
    """Return a mishap."""
    kind = random.choice(kinds)
    most = 24 if kind == "kill" else 6
    until = random.choice([0, 1, 2, 3, 6])
    times = random.choice([1, 1, 2, 5]) if kind not in (LATE, "kill", "meddle") else 1
    return Mishap(kind, random.randint(1, most), until, times, act)
