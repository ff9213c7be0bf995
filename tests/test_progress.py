"""What one sees of a run while it lasts: on a terminal, in a log, in a StepUp build."""

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path

import pytest

from stepup_zenodo.events import (
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
from stepup_zenodo.reporting.progress import ProgressLines, bars
from stepup_zenodo.reporting.statusfile import (
    RunStatus,
    StatusFile,
    read_status,
    status_file,
    status_path,
    watch,
)
from stepup_zenodo.reporting.tally import ActiveFile, Speed, Tally, tally_lines, time_text

from .building import LOCAL
from .terminal import on_terminal
from .workspace import Workspace

ROOT = str(Path(__file__).parent.parent)
QUEUED = FilesQueued(3, 3000)
STARTED = FileStarted("a.txt", 1000, sending=True)
READING = FileStarted("a.txt", 1000, sending=False)
HALF = FileProgress("a.txt", 500)
FINISHED = FileFinished("a.txt")
STORED = FileStored("a.txt")
ANSWERED = Requested("GET", "/records/1", 200)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([], [], id="nothing yet"),
        pytest.param([QUEUED], ["0 of 3 files sent, 0 B of 3.0 kB"], id="queued"),
        pytest.param([READING, HALF], ["reading a.txt: 50 % of 1.0 kB"], id="reading"),
        pytest.param([READING, HALF, FINISHED], [], id="read"),
        pytest.param(
            [QUEUED, STARTED, HALF],
            ["0 of 3 files sent, 500 B of 3.0 kB", "sending a.txt: 50 % of 1.0 kB"],
            id="sending",
        ),
        pytest.param(
            [QUEUED, STARTED, FileProgress("a.txt", 1000), FINISHED],
            ["0 of 3 files sent, 1.0 kB of 3.0 kB", "sending a.txt: 100 % of 1.0 kB"],
            id="sent, not yet complete",
        ),
        pytest.param(
            [QUEUED, STARTED, FileProgress("a.txt", 1000), FINISHED, STORED],
            ["1 of 3 files sent, 1.0 kB of 3.0 kB"],
            id="stored",
        ),
        pytest.param(
            [QUEUED, STARTED, HALF, FINISHED, FileFailed("a.txt")],
            ["0 of 3 files sent, 0 B of 3.0 kB, 1 failed"],
            id="failed",
        ),
        pytest.param(
            [QUEUED, STARTED, HALF, FINISHED, Retrying("send a.txt", "lost"), STARTED],
            [
                "0 of 3 files sent, 0 B of 3.0 kB",
                "sending a.txt: 0 % of 1.0 kB",
                "trying again to send a.txt: lost",
            ],
            id="starting again",
        ),
        pytest.param(
            [Waiting(75.0, "the limit is used up")],
            ["waiting 1 min 15 s: the limit is used up"],
            id="waiting",
        ),
        pytest.param([Waiting(75.0, "why"), ANSWERED], [], id="not waiting any more"),
        pytest.param(
            [Waiting(2.0, "why"), Requested("GET", "/", None), Requested("GET", "/", 502)],
            ["waiting 2 s: why"],
            id="still no answer",
        ),
        pytest.param([FileProgress("b.txt", 1), FileFinished("b.txt")], [], id="unknown file"),
        pytest.param(
            [FileStarted("\x1b[1m", 10, sending=True)],
            [r"sending \x1b[1m: 0 % of 10 B"],
            id="name with a control character",
        ),
    ],
)
def test_what_is_counted(events: list[Event], expected: list[str]) -> None:
    assert expected == tally_lines(reduce(Tally.after, events, Tally()), 0.0)


def test_speed_and_time_left() -> None:
    tally = Tally(files=2, size=10_000_000, active={"a": ActiveFile(6_000_000, 1_000_000)})

    assert tally_lines(tally, 100_000.0)[0] == (
        "0 of 2 files sent, 1.0 MB of 10.0 MB, 100.0 kB/s, 1 min 30 s left"
    )


@pytest.mark.parametrize(
    "tally",
    [
        Tally(1, 1000, active={"a": ActiveFile(1000, 500)}, waiting="waiting 8 s: why"),
        Tally(1, 1000, active={"a": ActiveFile(1000, 1000)}),
    ],
    ids=["waiting", "all sent"],
)
def test_no_speed_when_nothing_is_sent(tally: Tally) -> None:
    assert "/s" not in tally_lines(tally, 100.0)[0]
    assert "left" not in tally_lines(tally, 100.0)[0]


def test_speed_is_that_of_the_last_seconds() -> None:
    speed = Speed()
    assert speed.per_second == 0.0
    speed = speed.after(0.0, 0).after(10.0, 1000)
    assert speed.per_second == 100.0
    assert speed.after(25.0, 1300).per_second == 20.0, "the first sample is too old"
    assert speed.after(11.0, 500).after(12.0, 700).per_second == 700 / 12, "one upload began anew"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7320, "2 h 2 min")],
)
def test_time_text(seconds: float, expected: str) -> None:
    assert expected == time_text(seconds)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_lines_become_rarer() -> None:
    clock, shown = Clock(), list[str]()
    lines = ProgressLines(shown.append, clock)
    lines(FilesQueued(1, 1_000_000))
    lines(FileStarted("a.txt", 1_000_000, sending=True))
    times: list[int] = []
    for second in range(1, 200):
        clock.now = float(second)
        lines(FileProgress("a.txt", second * 1000))
        if len(shown) > len(times):
            times.append(second)

    assert times == [10, 30, 70, 150]
    assert shown[:2] == [
        "0 of 1 file sent, 10.0 kB of 1.0 MB, 1.0 kB/s, 16 min 30 s left",
        "0 of 1 file sent, 30.0 kB of 1.0 MB, 1.0 kB/s, 16 min 10 s left",
    ]


def test_lines_tell_of_reading_and_nothing_about_requests() -> None:
    clock, shown = Clock(), list[str]()
    lines = ProgressLines(shown.append, clock)
    lines(READING)
    clock.now = 11.0
    lines(ANSWERED)
    lines(HALF)

    assert shown == ["reading a.txt: 50 %"]


def test_the_status_file_is_written_when_there_is_news(tmp_path: Path) -> None:
    path = status_path(tmp_path / ".zenodo-record-id.txt")
    assert path.name == ".zenodo-record-id.status.json"
    clock = Clock()
    status = StatusFile(path, clock)
    status.write()
    assert not path.exists(), "a run that sends nothing leaves no trace"

    status(QUEUED)
    status(STARTED)
    status.write()
    clock.now = 10.0
    status(HALF)
    status.write()

    assert sorted(tmp_path.iterdir()) == [path]
    found = read_status(path)
    assert found is not None
    assert found.lines == (
        "0 of 3 files sent, 500 B of 3.0 kB, 50 B/s, 50 s left",
        "sending a.txt: 50 % of 1.0 kB",
    )
    assert found.pid == os.getpid()
    assert found.is_alive
    before = path.stat()
    os.utime(path, (1.0, 1.0))
    status.write()
    assert path.stat().st_ino == before.st_ino, "there is no news"
    assert path.stat().st_mtime > 1.0, "those who watch from elsewhere see that it goes on"


def test_the_status_file_is_removed_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "id.status.json"

    def run() -> None:
        with status_file(path) as listener:
            listener(QUEUED)
            listener.write()
            assert path.exists()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_does_not_disturb(tmp_path: Path) -> None:
    with status_file(tmp_path / "missing" / "id.status.json") as listener:
        listener(QUEUED)
        listener.write()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", '{"pid": 1}', '{"pid": "x", "host": "", "lines": []}'])
def test_a_damaged_status_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.json").write_text(text)

    assert read_status(tmp_path / "status.json") is None


def test_a_run_elsewhere_counts_as_alive_while_its_file_is_touched() -> None:
    now = time.time()
    ages = {age: RunStatus(1, "another-host", (), now - age).is_alive for age in (0, 3000, 4000)}
    assert ages == {0: True, 3000: True, 4000: False}


def test_watching_a_file_that_nobody_touches_ends(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    path.write_text('{"pid": 1, "host": "another-host", "lines": ["1 of 3 files sent"]}')
    slept: list[float] = []

    assert watch(path, lambda lines: None, slept.append) is False
    assert 20 < sum(slept) < 60


def dead_process() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_watching_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    status = StatusFile(path, Clock())
    turns: Iterator[Event | None] = iter([STARTED, ANSWERED, HALF, None])
    shown: list[tuple[str, ...]] = []

    def sleep(seconds: float) -> None:
        event = next(turns)
        if event is None:
            status.remove()
        else:
            status(event)
            status.write()

    status(QUEUED)
    status.write()

    assert watch(path, shown.append, sleep) is True
    assert shown == [
        ("0 of 3 files sent, 0 B of 3.0 kB",),
        ("0 of 3 files sent, 0 B of 3.0 kB", "sending a.txt: 0 % of 1.0 kB"),
        ("0 of 3 files sent, 500 B of 3.0 kB", "sending a.txt: 50 % of 1.0 kB"),
    ]


def write_status(workspace: Workspace, pid: int) -> None:
    status = {"pid": pid, "host": os.uname().nodename, "lines": ["1 of 3 files sent"]}
    path = workspace.folder / ".zenodo-record-id.status.json"
    path.write_text(json.dumps(status))
    workspace.write_config()


def test_a_status_file_that_came_with_a_copy_is_of_no_run(offline: Workspace) -> None:
    offline.config["path_token"] = "none.txt"
    offline.write_config()
    text = '{"pid": 1, "host": "another-host", "lines": ["1 of 3 files sent"]}'
    (offline.folder / ".zenodo-record-id.status.json").write_text(text)

    result = offline.run("status", "--watch", "zenodo.yaml")

    assert (result.status, result.out) == (0, "no upload is running\n")
    assert "1 of 3" not in offline.run("status", "zenodo.yaml").out


@pytest.mark.server
def test_the_command_status(workspace: Workspace) -> None:
    workspace.write_config()
    result = workspace.run("status", "--watch", "zenodo.yaml")
    assert (result.status, result.out, result.err) == (0, "no upload is running\n", "")

    write_status(workspace, os.getpid())
    result = workspace.run("status", "zenodo.yaml")
    assert (result.status, result.out, result.err) == (0, "1 of 3 files sent\n", "")
    result = workspace.run("status", "--json", "zenodo.yaml")
    expected = {"running": True, "pid": os.getpid(), "lines": ["1 of 3 files sent"]}
    assert json.loads(result.out) == expected

    pid = dead_process()
    write_status(workspace, pid)
    for args in (["status"], ["status", "--watch"]):
        result = workspace.run(*args, "zenodo.yaml")
        message = (
            f"process {pid} was killed while it was sending files; "
            "the next run goes on where it ended\n"
        )
        assert (result.status, result.out, result.err) == (1, "", message)


def in_terminal(
    workspace: Workspace, *args: str, watch: Callable[[str], object] = lambda drawn: None
) -> str:
    """Run the program on a pseudo-terminal and return everything that it draws."""
    code = "from stepup_zenodo.cli import main; main()"
    command = [sys.executable, "-c", code, *args]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STEPUP_")}
    kept["STEPUP_ZENODO_HOSTS"] = kept["STEPUP_ZENODO_LIKE_ZENODO"] = LOCAL
    env = {**kept, "TERM": "xterm", "COLUMNS": "100", "LINES": "30", "PYTHONPATH": ROOT}
    env |= {"XDG_CACHE_HOME": str(workspace.folder / ".cache"), "STEPUP_ZENODO_HOSTS": LOCAL}
    return on_terminal(command, workspace.folder, env, watch)[1]


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")


class Terminal(io.StringIO):
    """A terminal of which everything is kept that is drawn on it."""

    def isatty(self) -> bool:
        return True


SENDING = [QUEUED, STARTED, FileProgress("a.txt", 100), HALF]


@pytest.mark.parametrize(
    ("events", "rates"),
    [
        pytest.param(SENDING, [True, True], id="sending"),
        pytest.param([QUEUED, STARTED], [False, False], id="nothing sent yet"),
        pytest.param([*SENDING, FINISHED], [True, False], id="this attempt has ended"),
        pytest.param(
            [*SENDING, FINISHED, Retrying("send a.txt", "lost")], [False, False], id="waiting"
        ),
        pytest.param(
            [*SENDING, FileProgress("a.txt", 1000)], [True, False], id="sent, not yet complete"
        ),
        pytest.param([FilesQueued(1, 1000), *SENDING[1:], STORED], [False], id="all stored"),
    ],
)
def test_bars_have_a_rate_only_while_they_move(
    monkeypatch: pytest.MonkeyPatch, events: list[Event], rates: list[bool]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    terminal = Terminal()
    with bars(terminal, above=False) as listener:
        for event in events:
            listener(event)

    drawn = re.split(r"\x1b\[[0-9;?]*[AK]", terminal.getvalue())
    last = [line for part in drawn for line in without_escapes(part).splitlines() if "━" in line]
    shown = last[-len(rates) :]
    assert [bool(re.search(r"B/s +[0-9:]+$", line.strip())) for line in shown] == rates, shown
    assert "?" not in "".join(shown)
    assert all(
        re.search(r"B *$", line) for line, rate in zip(shown, rates, strict=True) if not rate
    )


@pytest.mark.server
def test_a_terminal_shows_bars(workspace: Workspace) -> None:
    workspace.write_file("large.bin", bytes(30_000_000))
    workspace.write_file("small.txt", "small")
    workspace.write_config()
    workspace.rdm.faults({"path": "large.bin/commit", "delay": 600, "after": True})

    def watch(drawn: str) -> None:
        if "30.0/30.0 MB" in drawn:
            workspace.rdm.no_faults()

    drawn = without_escapes(in_terminal(workspace, "sync", "zenodo.yaml", watch=watch))

    assert re.search(r"^[01] of 2 files sent +━+ +[0-9.]+/30.0 MB", drawn, re.MULTILINE), drawn
    assert re.search(r"^sending large.bin +━+ +30.0/30.0 MB", drawn, re.MULTILINE), drawn
    assert not re.search(r"30\.0/30\.0 MB +(\?|[0-9.]+ .?B/s)", drawn), drawn
    assert "synced: draft " in drawn


@pytest.mark.server
@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_a_terminal_stays_quiet_when_told(workspace: Workspace, option: str) -> None:
    workspace.write(a_txt="aaa")
    workspace.write_config()

    drawn = in_terminal(workspace, "sync", "zenodo.yaml", option)

    assert "\x1b" not in drawn
    if option == "--quiet":
        assert drawn == ""
    else:
        assert json.loads(drawn)["status"] == "synced"


@pytest.mark.server
def test_in_a_build_the_status_file_tells(workspace: Workspace) -> None:
    """The file is there while the server does not answer, and gone at the end."""
    workspace.write(a_txt="aaa")
    workspace.write_config()
    workspace.rdm.faults({"path": "a.txt/commit", "delay": 600, "after": True})
    path = workspace.folder / ".zenodo-record-id.status.json"
    code = """
from stepup_zenodo import cli
from stepup_zenodo.commands import sync
sync.amend_inputs = print
cli.main()"""
    env = {**os.environ, "STEPUP_JOB_I": "1", "PYTHONPATH": ROOT}
    env["XDG_CACHE_HOME"] = str(workspace.folder / ".cache")
    with subprocess.Popen(
        [sys.executable, "-c", code, "sync", "zenodo.yaml"],
        cwd=workspace.folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while process.poll() is None and not path.exists():
            workspace.rdm.get("/user/records?size=1")
        words = [sys.executable, "-u", "-c", code, "status", "--watch", "zenodo.yaml"]
        with subprocess.Popen(
            words, cwd=workspace.folder, env=env, stdout=subprocess.PIPE, text=True
        ) as watching:
            assert watching.stdout is not None
            first = watching.stdout.readline()
            workspace.rdm.no_faults()
            rest = watching.stdout.read()
        out, err = process.communicate()

    assert (process.returncode, err) == (0, b""), out
    assert not path.exists()
    assert first.startswith("0 of 1 file sent, 3 B of 3 B")
    assert rest.splitlines()[-1] == "the upload has ended; the output of the build tells how"
