"""Sending files when files, server and user do not cooperate."""

import contextlib
import errno
import io
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from stepup_zenodo.events import Event, FileProgress, Requested
from stepup_zenodo.local import checksums as checksums_of_files
from stepup_zenodo.local import stream
from stepup_zenodo.local.boundary import LONGEST_SECRET
from stepup_zenodo.local.files import LocalFile
from stepup_zenodo.local.stream import BLOCK
from stepup_zenodo.reporting.output import Output

from .workspace import Workspace, md5, numbered, requests_of

if TYPE_CHECKING:
    from typing_extensions import Buffer

pytestmark = pytest.mark.server

QUICK = {"STEPUP_ZENODO_RETRY_DELAY": "0.01", "STEPUP_ZENODO_ATTEMPTS": "3"}


@attrs.define
class Incident:
    """Something that happens at a certain event of a run."""

    matches: Callable[[Event], bool]
    act: Callable[[], object]
    times: int = 1


@pytest.fixture
def incidents(monkeypatch: pytest.MonkeyPatch) -> list[Incident]:
    """Return a list whose incidents happen in the runs of the program."""
    planned: list[Incident] = []
    original = Output.listen

    def listen(self: Output, event: Event) -> None:
        for incident in planned:
            if incident.times and incident.matches(event):
                incident.times -= 1
                incident.act()
        original(self, event)

    monkeypatch.setattr(Output, "listen", listen)
    return planned


def sent_to(suffix: str) -> Callable[[Event], bool]:
    """Return a condition: the server has answered a request whose path ends like this."""
    return lambda event: isinstance(event, Requested) and event.path.endswith(suffix)


@contextlib.contextmanager
def opened_files(folder: Path) -> Iterator[list[str]]:
    """Give the names of the files of a folder that are opened within the context."""
    names: list[str] = []
    active = True

    def hook(event: str, args: tuple[object, ...]) -> None:
        if active and event == "open" and isinstance(args[0], str):
            path = Path(os.path.abspath(args[0]))
            if path.parent == folder:
                names.append(path.name)

    sys.addaudithook(hook)
    try:
        yield names
    finally:
        active = False


def test_first_sync_needs_few_requests_and_connections_and_reads_each_file_once(
    workspace: Workspace,
) -> None:
    # Smaller files are looked at before, as they could hold a key.
    for name, content in numbered(30):
        workspace.write_file(name, content * LONGEST_SECRET)
    workspace.config["workers"] = 4

    with opened_files(workspace.folder) as opened:
        workspace.synced()

    log = workspace.rdm.log()
    assert workspace.checksums() == workspace.local_checksums()
    assert len(log) == 2 * 30 + 3
    # One for each worker, and one for the rest, which may be closed by the server while it is idle.
    assert len({request.port for request in log}) <= 6
    assert sorted(name for name in opened if name.startswith("file")) == [
        name for name, _ in numbered(30)
    ]


def test_no_change_reads_no_file(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    # Checksums of files that changed a moment ago are not remembered; these count as old.
    monkeypatch.setattr(checksums_of_files, "SETTLED", 0)
    # Smaller files are always looked at, as they could hold a key.
    for name, content in numbered(5):
        workspace.write_file(name, content * LONGEST_SECRET)
    workspace.synced()
    workspace.rdm.clear_log()

    with opened_files(workspace.folder) as opened:
        workspace.synced()

    assert requests_of(workspace.rdm) == ["GET /records/ID/draft"]
    assert [name for name in opened if name.startswith("file")] == []


def big(letter: bytes) -> bytes:
    return letter * (3 * BLOCK)


def test_a_file_that_is_rewritten_while_it_is_sent(
    workspace: Workspace, incidents: list[Incident]
) -> None:
    workspace.write(a_txt="a", b_txt=big(b"b"), c_txt="c")
    incidents.append(
        Incident(
            lambda event: isinstance(event, FileProgress) and event.done == BLOCK,
            lambda: (workspace.folder / "b.txt").write_bytes(big(b"B")),
        )
    )

    result = workspace.sync()

    assert result.status == 1
    assert result.err.splitlines() == [
        "failed: 1 of 3 files was not sent:",
        "- b.txt changed while it was being read.",
    ]
    assert workspace.state()["base"]["files"] == {"a.txt": md5("a"), "c.txt": md5("c")}
    assert workspace.draft()["files"]["entries"]["b.txt"].get("checksum") is None
    workspace.synced()
    assert workspace.checksums() == workspace.local_checksums()


def test_a_file_that_vanishes_before_it_is_sent(
    workspace: Workspace, incidents: list[Incident]
) -> None:
    workspace.write(a_txt="a", b_txt="b", c_txt="c")
    incidents.append(Incident(sent_to("/draft/files"), (workspace.folder / "b.txt").unlink))

    result = workspace.sync()

    assert result.status == 1
    assert result.err.splitlines() == [
        "failed: 1 of 3 files was not sent:",
        "- b.txt has vanished.",
    ]
    workspace.write(b_txt="b again")
    workspace.rdm.clear_log()
    workspace.synced()
    assert workspace.checksums() == workspace.local_checksums()
    assert workspace.content_requests() == ["b.txt"]


def test_a_disk_that_fails(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.write(a_txt="a", b_txt=big(b"b"))

    class Damaged(io.FileIO):
        """A file whose first block only can be read."""

        def readinto(self, buffer: "Buffer", /) -> int:
            if self.tell() > 0:
                raise OSError(errno.EIO, "Input/output error")
            return super().readinto(buffer)

    original = stream._open

    def damaged(file: LocalFile) -> io.FileIO:
        return Damaged(file.path) if file.key == "b.txt" else original(file)

    with monkeypatch.context() as patch:
        patch.setattr(stream, "_open", damaged)
        result = workspace.sync()

    assert result.status == 1
    assert result.err.splitlines() == [
        "failed: 1 of 2 files was not sent:",
        "- Could not read b.txt: Input/output error.",
    ]
    assert workspace.state()["base"]["files"] == {"a.txt": md5("a")}
    workspace.synced()
    assert workspace.checksums() == workspace.local_checksums()


@pytest.mark.parametrize("times", [1, 1000])
def test_a_copy_on_the_server_that_differs(
    workspace: Workspace, incidents: list[Incident], times: int
) -> None:
    workspace.environ = QUICK
    workspace.write(a_txt="aaa")

    def overwrite() -> None:
        path = f"/records/{workspace.record_id}/draft/files/a.txt/content"
        workspace.rdm.request("PUT", path, data=b"bbb").raise_for_status()

    incidents.append(Incident(sent_to("/a.txt/content"), overwrite, times))

    result = workspace.sync()

    if times == 1:
        assert result.status == 0
    else:
        assert result.status == 1
        assert result.err.splitlines() == [
            "failed: 1 of 1 file was not sent:",
            "- The server's copy of a.txt differs from the file. Gave up after 3 attempts.",
        ]
        assert workspace.state()["base"]["files"] == {}
        incidents.clear()
        workspace.synced()
    assert workspace.checksums() == {"a.txt": md5("aaa")}


def test_one_file_that_fails_does_not_hold_up_the_others(workspace: Workspace) -> None:
    workspace.environ = QUICK
    for name, content in numbered(12):
        workspace.write_file(name, content)
    fault = {"path": "file00[0-9].txt/content", "status": 502, "times": 1000}
    workspace.rdm.faults(fault)

    result = workspace.sync()

    assert result.status == 1
    assert result.err.splitlines() == [
        "failed: 10 of 12 files were not sent:",
        *(
            f"- Could not send file00{i}.txt. The server said: HTTP 502: Injected fault. "
            "Gave up after 3 attempts."
            for i in range(10)
        ),
    ]
    workspace.rdm.no_faults()
    workspace.rdm.clear_log()
    workspace.synced()
    assert workspace.checksums() == workspace.local_checksums()
    assert workspace.content_requests() == [f"file00{i}.txt" for i in range(10)]


def test_a_server_that_stops_answering_is_not_asked_for_each_file(workspace: Workspace) -> None:
    workspace.environ = QUICK
    for name, content in numbered(40):
        workspace.write_file(name, content)
    workspace.config["workers"] = 2
    workspace.rdm.faults({"path": "/files/", "drop": True, "skip": 6, "times": 1000})

    result = workspace.sync()

    assert result.status == 1
    lines = result.err.splitlines()
    assert lines[0].startswith("failed: ")
    assert lines[-1] == "- file039.txt was not tried, because the server does not answer."
    assert len(workspace.rdm.log()) < 40
    workspace.rdm.no_faults()
    workspace.synced()
    assert workspace.checksums() == workspace.local_checksums()


@pytest.mark.parametrize(
    ("limit", "period", "count"),
    [
        pytest.param(20, "4 seconds", 20, id="used up several times"),
        pytest.param(60, "minute", 40, id="a minute", marks=pytest.mark.thorough),
    ],
)
def test_the_announced_limit_is_kept(
    workspace: Workspace, limit: int, period: str, count: int
) -> None:
    for name, content in numbered(count):
        workspace.write_file(name, content)
    workspace.config["workers"] = 8
    workspace.rdm.configure(RATELIMIT_AUTHENTICATED_USER=f"{limit} per {period}")

    result = workspace.synced()

    log = workspace.rdm.log()
    assert workspace.checksums() == workspace.local_checksums()
    assert [str(request) for request in log if request.status == 429] == []
    # A server that closes a connection while nothing is sent can make a read happen twice.
    writes = [request for request in log if request.method != "GET"]
    assert (len(writes), len(log) - len(writes) < 4) == (2 * count + 2, True)
    announced = [line for line in result.out.splitlines() if line.startswith("  waiting")]
    used_up = f": the server announced that its limit of {limit} requests is used up"
    assert announced
    assert [line for line in announced if not line.endswith(used_up)] == []


def test_a_limit_that_others_use_up_as_well(workspace: Workspace) -> None:
    """The limit is the user's, so another program can use up what was announced to this one."""
    for name, content in numbered(8):
        workspace.write_file(name, content)
    workspace.config["workers"] = 4
    fault = {"method": "PUT", "path": "/content$", "status": 429, "skip": 2}
    workspace.rdm.faults({**fault, "headers": {"Retry-After": "2"}})

    result = workspace.synced()

    log = workspace.rdm.log()
    assert len([request for request in log if request.status == 429]) == 1
    assert workspace.checksums() == workspace.local_checksums()
    assert "  waiting 2 s: the server allows no more requests for now" in result.out


INTERRUPTED = {
    signal.SIGINT: (130, "interrupted; run it again to go on\n"),
    signal.SIGTERM: (143, "terminated\n"),
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_ends_and_the_next_one_sends_the_rest(
    workspace: Workspace, number: signal.Signals
) -> None:
    for name, content in numbered(5):
        workspace.write_file(name, content)
    workspace.write_config()
    # The content arrives, but its answer takes so long that the user gives up.
    workspace.rdm.faults({"path": "/file002.txt/content$", "delay": 600, "after": True})
    code = "from stepup_zenodo.cli import main; main()"
    args = [sys.executable, "-c", code, "sync", "zenodo.yaml", "--workers", "1"]
    root = str(Path(__file__).parent.parent)
    env = {**os.environ, "XDG_CACHE_HOME": str(workspace.folder / ".cache"), "PYTHONPATH": root}
    with subprocess.Popen(
        args, cwd=workspace.folder, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        workspace.rdm.wait_for_request("/file002.txt/content", served=200)
        process.send_signal(number)
        _, err = process.communicate()

    pending = [request.path for request in workspace.rdm.log() if request.seconds is None]
    workspace.rdm.no_faults()
    assert [path.split("/")[-2] for path in pending] == ["file002.txt"], "it did not wait"
    expected = INTERRUPTED.get(number, (-number, ""))
    assert (process.returncode, err.decode()) == expected
    # Otherwise it would turn up in the log of a later test.
    wait_for(workspace, lambda: all(r.seconds is not None for r in workspace.rdm.log()))
    workspace.rdm.clear_log()

    workspace.synced()

    assert workspace.content_requests() == ["file002.txt", "file003.txt", "file004.txt"]
    assert workspace.checksums() == workspace.local_checksums()


def wait_for(workspace: Workspace, condition: Callable[[], bool]) -> None:
    """Ask the server again and again until a condition holds."""
    for _ in itertools.repeat(None, 5000):
        if condition():
            return
    raise AssertionError("what the test waits for does not happen")


def test_content_that_is_sent_again_is_read_again(workspace: Workspace) -> None:
    """The server refuses once at the start, and once when it has it all."""
    workspace.environ = QUICK
    workspace.write(b_txt=b"".join(bytes([i]) * BLOCK for i in range(3)))
    fault = {"path": "/content$", "method": "PUT"}
    workspace.rdm.faults(
        {**fault, "status": 429, "headers": {"Retry-After": "0"}},
        {**fault, "status": 502, "after": True},
    )

    workspace.synced()

    assert workspace.content_requests() == ["b.txt"] * 3
    assert workspace.checksums() == workspace.local_checksums()


def test_a_save_whose_answer_is_lost_is_told(workspace: Workspace) -> None:
    workspace.environ = QUICK
    workspace.write(a_txt="a")
    workspace.synced()
    workspace.config["metadata"]["title"] = "Another title"
    workspace.rdm.faults({"path": "/draft$", "method": "PUT", "drop": True, "after": True})

    result = workspace.synced()

    assert [line for line in result.out.splitlines() if line.startswith(("synced", "nothing"))] == [
        f"synced: draft {workspace.record_id}, version 1.0.0, 1 file (1 B), 0 B sent in 3 requests"
    ]
