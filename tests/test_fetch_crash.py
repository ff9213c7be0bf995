"""Whatever kills a run that fetches, the next one completes it, and nothing is left behind."""

import itertools
import json
import os
import shutil
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stepup_zenodo.remote.client import Client
from stepup_zenodo.remote.parallel import in_parallel
from stepup_zenodo.remote.protocol import Request

from .test_crash import Positions
from .test_hostile_inputs import PIN, Stranger, stranger, zipped
from .workspace import Result

__all__ = ("stranger",)

OLD = {"a.txt": b"old\n", "b.txt": b"same\n", "gone.txt": b"gone\n"}
NEW = {"a.txt": b"new " * 500_000, "b.txt": b"same\n", "c.txt": b"c\n", "d.txt": b"d\n"}


PARTS = 8
"""Tests that share the positions of a run."""


def start_child(
    stranger: Stranger, words: tuple[str, ...], deadly: int | None, number: int
) -> tuple[int, int]:
    """Fetch in another process, which gets a signal at one of its positions."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        positions = Positions(deadly, signal=number)
        try:
            blocks = Client.blocks

            def watched(
                client: Client, request: Request, seconds: float, start: int = 0
            ) -> Iterator[bytes]:
                for block in blocks(client, request, seconds, start):
                    positions.pass_by()
                    yield block
                positions.pass_by()

            Client.blocks = watched  # type: ignore[assignment,method-assign]
            for name in ("replace", "link", "open", "unlink"):
                around = positions.around(getattr(os, name), before=True)
                setattr(os, name, around)
            result = stranger.fetch(*words)
            text = json.dumps([positions.count, result.status, result.out, result.err])
        except BaseException as exc:  # noqa: BLE001 (told to the parent)
            text = json.dumps([0, -1, "", repr(exc)])
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    return pid, reading


def ended(child: tuple[int, int]) -> tuple[int, Result] | None:
    """Return how many positions a child passed and how it ended, `None` if it was killed."""
    pid, reading = child
    with open(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return None
    count, *result = json.loads(said)
    return count, Result(*result)


def first_time(stranger: Stranger) -> tuple[str, ...]:
    stranger.files = NEW
    return ()


def update(stranger: Stranger) -> tuple[str, ...]:
    stranger.files = OLD
    assert stranger.fetch().status == 0
    stranger.files = NEW
    return ("--update",)


def from_cache(stranger: Stranger) -> tuple[str, ...]:
    stranger.files = NEW
    assert stranger.fetch().status == 0
    shutil.rmtree(stranger.here / "data")
    return ()


def unpacking(stranger: Stranger) -> tuple[str, ...]:
    stranger.files = {"z.zip": zipped("x", "in/x", "in/y")}
    return ("zip:z.zip",)


def leftovers(stranger: Stranger) -> list[Path]:
    found = (path for path in stranger.folder.rglob("*") if path.suffix in (".part", ".tmp"))
    return sorted(found)


def contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", [1, *(pytest.param(n, marks=pytest.mark.thorough) for n in range(2, PARTS + 1))]
)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
@pytest.mark.parametrize("make", [first_time, update, from_cache, unpacking])
def test_an_ended_run_is_completed_by_the_next_one(
    stranger: Stranger, make: Callable[[Stranger], tuple[str, ...]], number: int, part: int
) -> None:
    """The parts together are all positions."""
    for position in itertools.count(part, PARTS):
        for folder in (stranger.here, stranger.folder / ".cache"):
            shutil.rmtree(folder, ignore_errors=True)
        stranger.here.mkdir()
        words = make(stranger)
        (stranger.here / "data").mkdir(exist_ok=True)
        (stranger.here / "data" / "mine.txt").write_text("mine\n")

        child = ended(start_child(stranger, words, position, number))
        half = contents(stranger.here / "data")
        again = stranger.fetch(*words)

        assert again.status == 0, (position, child, again)
        for name, data in half.items():
            if Path(name).name[0] != ".":
                assert data in (OLD.get(name), NEW.get(name), b"mine\n", b"text\n"), position
        wanted = NEW if make is not unpacking else dict.fromkeys(("x", "in/x", "in/y"), b"text\n")
        left = {"gone.txt": b"gone\n"} if make is update else {}
        found = contents(stranger.here / "data")
        del found[".zenodo-fetched.json"]
        assert found == {**wanted, **left, "mine.txt": b"mine\n"}, position
        assert leftovers(stranger) == [], position
        assert (stranger.here / PIN).exists()
        if child is not None and child[0] < position:
            break
    assert position > 10


@pytest.mark.slow
@pytest.mark.parametrize("words", [((), ()), (("*.txt",), ("a*",)), (("a*",), ("[bcd]*",))])
def test_runs_at_the_same_time(
    stranger: Stranger, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    """Both succeed, with the same patterns or others, each time."""
    stranger.files = NEW
    for _ in range(15):
        for folder in (stranger.here, stranger.folder / ".cache"):
            shutil.rmtree(folder, ignore_errors=True)
        stranger.here.mkdir()

        children = [start_child(stranger, some, None, signal.SIGKILL) for some in words * 2]
        results = [ended(child) for child in children]

        assert [result and result[1].status for result in results] == [0] * 4, results
        found = contents(stranger.here / "data")
        del found[".zenodo-fetched.json"]
        assert found == NEW
        assert leftovers(stranger) == []
        assert stranger.fetch().out.startswith("nothing to do")


@pytest.mark.slow
def test_two_folders_from_one_zip_file(stranger: Stranger) -> None:
    """As in a build: both look into it at the same time, and neither fails."""
    stranger.files = {"z.zip": zipped("x", "y", content=os.urandom(3_000_000))}
    for _ in range(10):
        for folder in (stranger.here, stranger.folder / ".cache"):
            shutil.rmtree(folder, ignore_errors=True)
        stranger.here.mkdir()
        words = [(f"zip:z.zip/{name}",) for name in "xyxy"]

        children = [start_child(stranger, some, None, signal.SIGKILL) for some in words]
        results = [ended(child) for child in children]

        assert [result and result[1].status for result in results] == [0] * 4, results
        assert leftovers(stranger) == []


def test_an_interruption_that_another_thread_gets_ends_the_waiting() -> None:
    """The system gives a signal to any thread; only the first one can act on it."""
    released = threading.Event()
    ended: list[bool] = []
    main = threading.main_thread().ident or 0

    def work(item: int) -> None:
        del item
        waits = 0
        while waits < 3:  # Until the first thread waits for this one.
            caller = sys._current_frames()[main].f_code.co_name
            waits = waits + 1 if caller in ("join", "_wait_for_tstate_lock") else 0
            released.wait(0.02)
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        ended.append(released.wait(20))

    with pytest.raises(KeyboardInterrupt):
        in_parallel(work, [1], 1)

    assert ended == []
    released.set()
