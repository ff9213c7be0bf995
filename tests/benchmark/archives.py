"""Archives: how long they take from nothing and with one more file, compared with `zip`."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from .measure import Failed
from .tools import ROOT

__all__ = ("run_archives",)

FILES = 21
"""How many files there are in the end; the last one is added to the others."""


def run_archives(folder: Path, megabytes: int, repeats: int) -> dict[str, float]:
    """Archive a folder with tables, first from nothing, then with one more file.

    Both programs do each of it in turn. The fastest counts, as others may use the machine,
    and the smallest ratio of two runs that follow each other.

    Parameters
    ----------
    folder
        Where to work.
    megabytes
        The size of all files together.
    repeats
        How often each is done.

    Returns
    -------
    seconds
        Times of the fastest runs, start of the program included, and the ratios to `zip`.

    Raises
    ------
    Failed
        When there is no `zip`.
    """
    if shutil.which("zip") is None:
        raise Failed("The archives are compared with zip: install it, e.g. `apt-get install zip`.")
    data = folder / "data"
    data.mkdir()
    for index in range(FILES):
        _write_table(data / f"table{index:02d}.csv", megabytes * 10**6 // FILES, index)
    last = folder / f"table{FILES - 1:02d}.csv"
    works: dict[str, Callable[[], Spent]] = {
        "start of Python": lambda: _run([*_ours(), "archive", "--help"], folder),
        "from nothing, zip -r": lambda: _run(["zip", "-q", "-r", "theirs.zip", "data"], folder),
        "from nothing, stepup-zenodo": lambda: _run(_archive(), folder),
        "one more, zip -u": lambda: _run(["zip", "-q", "-r", "-u", "theirs.zip", "data"], folder),
        "one more, stepup-zenodo": lambda: _run(_archive(), folder),
    }
    found: dict[str, list[Spent]] = {name: [] for name in works}
    for _ in range(repeats):
        _start_anew(folder, data / last.name, last)
        for name, work in works.items():
            if name.startswith("one more") and last.exists():
                last.rename(data / last.name)
            found[name].append(work())
    best = {name: min(spent.wall for spent in runs) for name, runs in found.items()}
    cpu = {name: min(spent.cpu for spent in runs) for name, runs in found.items()}
    return {
        **{f"{name}, wall s": round(seconds, 2) for name, seconds in best.items()},
        **{f"{name}, CPU s": round(seconds, 2) for name, seconds in cpu.items()},
        "ratio from nothing": min(map(_ratio, *_pair(found, "from nothing", "zip -r"))),
        "ratio with one more": min(map(_ratio, *_pair(found, "one more", "zip -u"))),
        "peak MB": round(max(spent.memory for spent in found["from nothing, stepup-zenodo"]), 1),
    }


@attrs.frozen
class Spent:
    """What one run of a program took."""

    wall: float
    """Seconds from start to end."""

    cpu: float
    """Seconds of processor time."""

    memory: float
    """Largest resident size in MB."""


def _pair(
    found: dict[str, list[Spent]], scenario: str, theirs: str
) -> tuple[list[Spent], list[Spent]]:
    return found[f"{scenario}, stepup-zenodo"], found[f"{scenario}, {theirs}"]


def _ratio(ours: Spent, theirs: Spent) -> float:
    return round(ours.wall / theirs.wall, 2)


def _start_anew(folder: Path, inside: Path, outside: Path) -> None:
    """Remove both archives and the cache, and take the last file away."""
    shutil.rmtree(folder / "cache", ignore_errors=True)
    for name in ("ours.zip", "theirs.zip"):
        (folder / name).unlink(missing_ok=True)
    if inside.exists():
        inside.rename(outside)


def _write_table(path: Path, size: int, seed: int) -> None:
    """Write rows of numbers, of which a part is random, as in a catalogue."""
    source = random.Random(seed)
    rows = [
        f"{source.randrange(10**6)},{source.random() * 360:.6f},"
        f"{source.random() * 180 - 90:.6f},{source.gauss(0, 1):.4f}\n"
        for _ in range(100_000)
    ]
    with path.open("w") as file:
        while file.tell() < size:
            source.shuffle(rows)
            file.write("".join(rows)[: size - file.tell()])


def _ours() -> list[str]:
    return [sys.executable, "-c", "from stepup_zenodo.cli import main; main()"]


def _archive() -> list[str]:
    return [*_ours(), "archive", "data", "ours.zip"]


def _run(command: Sequence[str], folder: Path) -> Spent:
    """Run a program, and return what it took.

    Raises
    ------
    Failed
        When its exit status is not 0.
    """
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    started = time.monotonic()
    with subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if process.returncode != 0:
        raise Failed(f"{command} ended with {process.returncode}")
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)
