"""Archives: how long they take from nothing and with one more file, compared with `zip`."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .measure import Failed
from .tools import ROOT

__all__ = ("run_archives",)

FILES = 21
"""How many files there are in the end."""


def run_archives(folder: Path, megabytes: int, repeats: int) -> dict[str, float]:
    """Archive a folder with tables, first from nothing, then with one more file.

    Both programs do each of it in turn. The fastest counts, as others may use the machine.

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
        Wall times of the fastest runs, start of the program included, and the ratios to `zip`.

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
    works: dict[str, Callable[[], float]] = {
        "start of Python": lambda: _wall([*_ours(), "archive", "--help"], folder),
        "from nothing, zip -r": lambda: _zip(folder, "-r"),
        "from nothing, stepup-zenodo": lambda: _fresh(folder),
        "one more of 21, zip -u": lambda: _more(folder, last, _zip_fresh, _zip_update),
        "one more of 21, stepup-zenodo": lambda: _more(folder, last, _fresh, _again),
    }
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            found[name].append(work())
    best = {name: min(seconds) for name, seconds in found.items()}
    return {
        **{name: round(seconds, 2) for name, seconds in best.items()},
        "ratio from nothing": _ratio(best, "from nothing, stepup-zenodo", "from nothing, zip -r"),
        "ratio with one more": _ratio(
            best, "one more of 21, stepup-zenodo", "one more of 21, zip -u"
        ),
        "peak MB": round(_peak(folder), 1),
    }


def _ratio(best: dict[str, float], ours: str, theirs: str) -> float:
    return round(best[ours] / best[theirs], 2)


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


def _wall(command: Sequence[str], folder: Path) -> float:
    """Run a program, and return how many seconds it took."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    started = time.monotonic()
    subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def _zip(folder: Path, option: str) -> float:
    (folder / "theirs.zip").unlink(missing_ok=True)
    return _zip_update(folder, option)


def _zip_fresh(folder: Path) -> float:
    return _zip(folder, "-r")


def _zip_update(folder: Path, option: str = "-ru") -> float:
    return _wall(["zip", "-q", option, "theirs.zip", "data"], folder)


def _fresh(folder: Path) -> float:
    """Archive without anything to start from."""
    shutil.rmtree(folder / "cache", ignore_errors=True)
    (folder / "ours.zip").unlink(missing_ok=True)
    return _again(folder)


def _again(folder: Path) -> float:
    return _wall([*_ours(), "archive", "data", "ours.zip"], folder)


def _more(
    folder: Path, last: Path, first: Callable[[Path], float], again: Callable[[Path], float]
) -> float:
    """Return how long it takes when one file has been added since the last time."""
    (folder / "data" / last.name).rename(last)
    try:
        first(folder)
    finally:
        last.rename(folder / "data" / last.name)
    return again(folder)


def _peak(folder: Path) -> float:
    """Return the largest resident size in MB of a run from nothing."""
    shutil.rmtree(folder / "cache")
    (folder / "ours.zip").unlink()
    with subprocess.Popen(
        [*_ours(), "archive", "data", "ours.zip"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")},
        stdout=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"archive ended with {process.returncode}")
    return usage.ru_maxrss * 1024 / 1e6
