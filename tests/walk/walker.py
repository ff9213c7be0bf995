"""Walk from a seed, and tell how to follow when a promise is broken."""

import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import attrs

from ..rdm_server.fixture import Rdm
from .machines import MACHINES
from .promises import Broken
from .runs import Runner
from .steps import MISHAPS, STEPS, Walk
from .world import World

__all__ = ("EPISODE", "Violation", "episode", "walk")

EPISODE = 40
"""How many steps begin with an empty server."""


class Violation(Exception):
    """A promise was broken; the text is for following what led to it."""


@attrs.define
class Figures:
    """What happened in a walk."""

    steps: Counter[str] = attrs.field(factory=Counter)
    events: Counter[str] = attrs.field(factory=Counter)
    seconds: float = 0.0

    def add(self, other: "Figures") -> None:
        self.steps += other.steps
        self.events += other.events
        self.seconds += other.seconds

    def __str__(self) -> str:
        total = self.steps.total()
        lines = [f"{total} steps in {self.seconds:.0f} s"]
        for counter in (self.steps, self.events):
            lines += [f"{count:6} {name}" for name, count in sorted(counter.items())]
        return "\n".join(lines)


def episode(rdm: Rdm, folder: Path, seed: str, steps: int, done: int = 0) -> Figures:
    """Do some steps with an empty server.

    Raises
    ------
    Violation
        When a promise was broken, or when the tester itself has failed.
    """
    world = World(rdm, folder)
    world.begin()
    walk = Walk(Random(seed), world, Runner(world))
    figures = Figures(events=walk.runner.counts)
    began = time.monotonic()
    choices = {**STEPS, **MISHAPS, **MACHINES}
    try:
        while figures.steps.total() < steps:
            step = walk.random.choices([*choices], [*choices.values()])[0]
            if step(walk):
                figures.steps[step.__name__] += 1
    except Broken as exc:
        after = f"{seed} after {done + figures.steps.total() + 1} steps"
        raise Violation(_told(after, walk, str(exc))) from None
    except Exception as exc:  # noqa: BLE001 (told with what led to it)
        text = "".join(traceback.format_exception(exc))
        raise Violation(_told(seed, walk, f"the tester failed\n{text}")) from None
    figures.seconds = time.monotonic() - began
    return figures


def walk(rdm: Rdm, seed: str, steps: int, say: Callable[[str], None]) -> Figures:
    """Do some steps, in episodes.

    Raises
    ------
    Violation
        When a promise was broken.
    """
    total = Figures()
    number = 0
    while (done := total.steps.total()) < steps:
        number += 1
        with tempfile.TemporaryDirectory() as name:
            most = min(EPISODE, steps - done)
            total.add(episode(rdm, Path(name), f"{seed}.{number}", most, done))
        say(f"{seed}.{number}: {total.steps.total()} steps, {total.seconds:.0f} s")
    return total


def _told(seed: str, walk: Walk, what: str) -> str:
    lines = [f"seed {seed}: {what}", "", "What led there:"]
    lines += [f"  {line}" for line in walk.world.told]
    lines += ["", "What the last runs said:"]
    lines += [f"  {line}" for text in walk.runner.last for line in text.splitlines()]
    lines += ["", "Requests of the last run:"]
    lines += [f"  {request} {request.fault or ''}" for request in walk.world.log()]
    return "\n".join(lines)
