"""Whatever kills a run, the next one finds what happened and completes it.

A run is killed before and after each of its requests, and after each of its writes to disk,
at all positions one after the other, of which `make test` takes every third.
In other runs, the answer to each of the requests is lost, before or after its effect.
Every time, one normal run must lead to one complete record.
"""

import itertools
import json
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import attrs
import pytest
from filelock import FileLock, Timeout

from stepup_zenodo.local.lock import one_writer
from stepup_zenodo.remote.client import Client

from .rdm_server.fixture import Rdm
from .workspace import METADATA, Result, Workspace, checksums, requests_of

pytestmark = [pytest.mark.server, pytest.mark.slow]

P = ParamSpec("P")
R = TypeVar("R")

NO_WAITING = {"STEPUP_ZENODO_SETTLE": "0", "STEPUP_ZENODO_RETRY_DELAY": "0"}
"""The test server lists a new draft at once."""


@attrs.define
class Positions:
    """Counts positions of a run, and kills the process at one of them."""

    deadly: int | None
    signal: int = signal.SIGKILL
    count: int = 0
    lock: threading.Lock = attrs.field(factory=threading.Lock)

    def pass_by(self) -> None:
        with self.lock:
            self.count += 1
            if self.count == self.deadly:
                os.kill(os.getpid(), self.signal)

    def around(self, function: Callable[P, R], *, before: bool) -> Callable[P, R]:
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            if before:
                self.pass_by()
            result = function(*args, **kwargs)
            self.pass_by()
            return result

        return wrapped


@attrs.frozen
class Child:
    """Another process that runs the program."""

    pid: int
    pipe: int

    def wait(self) -> tuple[int, Result] | None:
        """Return how many positions it passed and how it ended, `None` if it was killed."""
        with open(self.pipe, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return None
        count, *result = json.loads(said)
        return count, Result(*result)


def start_child(workspace: Workspace, deadly: int | None = None) -> Child:
    """Start the program in another process, to be killed at one of its positions."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        positions = Positions(deadly)
        try:
            exchange = positions.around(Client._exchange, before=True)
            Client._exchange = exchange  # type: ignore[method-assign]
            os.replace = positions.around(os.replace, before=False)
            result = workspace.run("sync", "zenodo.yaml")
            text = json.dumps([positions.count, result.status, result.out, result.err])
        except BaseException as exc:  # noqa: BLE001 (told to the parent)
            text = json.dumps([0, -1, "", repr(exc)])
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    return Child(pid, reading)


def run_in_child(workspace: Workspace, deadly: int) -> int | None:
    """Run the program in another process; return the positions that it passed if it survived."""
    workspace.write_config()
    ended = start_child(workspace, deadly).wait()
    if ended is None:
        return None
    count, result = ended
    assert result.status == 0, result
    return count


class Scenario:
    """A change that is made again and again, each time to a record in the same state."""

    def __init__(self, folder: Path, rdm: Rdm) -> None:
        self.rdm = rdm
        self.folder = folder
        self.workspace = self.new_workspace("one")
        self.turn = 0

    def new_workspace(self, name: str) -> Workspace:
        folder = self.folder / name
        folder.mkdir()
        workspace = Workspace(folder, self.rdm)
        workspace.environ |= NO_WAITING
        workspace.config["workers"] = 1
        return workspace

    def prepare(self) -> None:
        """Bring record and disk to where the change starts."""

    def change(self) -> None:
        """Make the change on disk."""
        raise NotImplementedError


class FirstSync(Scenario):
    def prepare(self) -> None:
        self.turn += 1
        self.workspace = self.new_workspace(f"folder{self.turn}")

    def change(self) -> None:
        self.workspace.config["metadata"]["title"] = f"Title {self.turn}"
        self.workspace.write(a_txt=f"aaa {self.turn}", b_txt="bbb")


class ChangedDraft(Scenario):
    def prepare(self) -> None:
        if self.turn == 0:
            self.workspace.write(a_txt="aaa", b_txt="bbb")
            self.workspace.synced()
        self.turn += 1

    def change(self) -> None:
        self.workspace.config["metadata"]["title"] = f"Title {self.turn}"
        self.workspace.write(a_txt=f"aaa {self.turn}")


class Removal(Scenario):
    def prepare(self) -> None:
        self.workspace.config["metadata"]["keywords"] = ["one", "two"]
        self.workspace.write(a_txt="aaa", b_txt="bbb")
        self.workspace.synced()

    def change(self) -> None:
        self.workspace.config["metadata"]["keywords"] = []
        self.workspace.remove_file("b.txt")


class VersionRaise(Scenario):
    def prepare(self) -> None:
        if self.turn == 0:
            self.workspace.write(a_txt="aaa", b_txt="bbb")
            self.workspace.write_file("extra0.txt", "extra")
            self.workspace.synced()
        self.workspace.publish()
        self.turn += 1

    def change(self) -> None:
        self.workspace.config["metadata"]["version"] = f"1.{self.turn}.0"
        self.workspace.write(b_txt=f"bbb {self.turn}")
        self.workspace.write_file(f"extra{self.turn}.txt", "extra")
        self.workspace.remove_file(f"extra{self.turn - 1}.txt")


class PublishedMetadata(Scenario):
    def prepare(self) -> None:
        if self.turn == 0:
            self.workspace.write(a_txt="aaa")
            self.workspace.synced()
            self.workspace.publish()
        self.turn += 1

    def change(self) -> None:
        self.workspace.config["metadata"]["title"] = f"Title {self.turn}"


SCENARIOS = [FirstSync, ChangedDraft, Removal, VersionRaise, PublishedMetadata]


def make_decoys(rdm: Rdm) -> None:
    """Make records that look like those of the first syncs, as another build would."""
    for i in range(10):
        person = {"type": "personal", "family_name": "Lovelace", "given_name": "Ada"}
        metadata = {
            **METADATA,
            "title": f"Title {i + 1}",
            "resource_type": {"id": "dataset"},
            "creators": [{"person_or_org": person}],
        }
        rdm.request("POST", "/records", json={"metadata": metadata}).raise_for_status()


def snapshot(rdm: Rdm, ids: list[str]) -> dict[str, Any]:
    """Return what the server holds of other records."""
    listed = rdm.get("/user/records?size=100&allversions=true")["hits"]["hits"]
    found = {hit["id"]: (hit["revision_id"], hit["status"]) for hit in listed}
    return {record: found.get(record) for record in ids}


def has_draft(rdm: Rdm, record: str) -> bool:
    """Return whether a record has a draft, also an edit draft."""
    return rdm.request("GET", f"/records/{record}/draft").status_code == 200


def make(scenario: Scenario) -> list[str]:
    """Prepare and make the change; return the ids of records that must stay as they are."""
    scenario.prepare()
    workspace = scenario.workspace
    known = workspace.drafts_of_user()
    path = workspace.folder / ".zenodo-record-id.txt"
    changing = isinstance(scenario, ChangedDraft | Removal | PublishedMetadata)
    own = {path.read_text().strip()} if changing else set()
    scenario.change()
    return sorted({*known} - own)


def check_whole(scenario: Scenario, before: list[str]) -> None:
    """Check that one record equals the disk, and that the next run finds nothing to do."""
    workspace, rdm = scenario.workspace, scenario.rdm
    published = isinstance(scenario, PublishedMetadata)
    record = workspace.published() if published else workspace.draft()
    metadata = workspace.config["metadata"]
    subjects = [{"subject": word} for word in metadata.get("keywords", [])]
    assert checksums(record) == workspace.local_checksums()
    assert record["metadata"]["title"] == metadata["title"]
    assert record["metadata"]["version"] == metadata["version"]
    assert record["metadata"].get("subjects", []) == subjects
    assert set(workspace.drafts_of_user()) == {*before, workspace.record_id}
    assert has_draft(rdm, workspace.record_id) is not published
    rdm.clear_log()
    workspace.synced()
    assert workspace.writes() == [], "the run after the next one finds nothing to do"


def show(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")


PARTS = 3
"""Tests that share the positions of a scenario, so that several processes have work."""


@pytest.mark.parametrize(
    "part", [1, *(pytest.param(n, marks=pytest.mark.thorough) for n in range(2, PARTS + 1))]
)
@pytest.mark.parametrize("kind", SCENARIOS)
def test_a_killed_run_is_completed_by_the_next_one(
    kind: type[Scenario],
    part: int,
    tmp_path: Path,
    fresh_rdm: Rdm,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The parts together are all positions: the first has 1, 4, 7, ..., the last 3, 6, 9, ...

    Each begins with the first position, so that the decoys are old enough to be told apart.
    """
    if kind is FirstSync:
        make_decoys(fresh_rdm)
    scenario = kind(tmp_path, fresh_rdm)
    survived = None
    positions = itertools.chain([1], itertools.count(part, PARTS))
    while survived is None:
        position = next(positions)
        before = make(scenario)
        others = snapshot(fresh_rdm, before)

        survived = run_in_child(scenario.workspace, position)
        scenario.workspace.synced()

        assert snapshot(fresh_rdm, before) == others, "another record was changed"
        check_whole(scenario, before)
    show(capsys, f"{kind.__name__}: killed at each {PARTS}rd of {survived} positions, from {part}")
    assert position - PARTS <= survived < position, "the last position that exists was tried"
    assert survived >= 10


@pytest.mark.parametrize("after", [pytest.param(False, marks=pytest.mark.thorough), True])
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[pytest.mark.thorough] if kind is VersionRaise else [])
        for kind in SCENARIOS
    ],
)
def test_a_lost_answer_does_no_harm(
    kind: type[Scenario],
    after: bool,
    tmp_path: Path,
    fresh_rdm: Rdm,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each request in turn gets no answer, without or with an effect on the server."""
    scenario = kind(tmp_path, fresh_rdm)
    lost = 0
    while True:
        before = make(scenario)
        others = snapshot(fresh_rdm, before)
        rule = {"drop": True, "skip": lost, **({"after": True} if after else {})}
        fresh_rdm.faults(rule)

        scenario.workspace.synced()

        left = fresh_rdm.faults_left()
        fresh_rdm.no_faults()
        assert snapshot(fresh_rdm, before) == others, "another record was changed"
        check_whole(scenario, before)
        if left == [1]:
            break
        lost += 1
    show(
        capsys, f"{kind.__name__}: {lost} answers lost {'after' if after else 'before'} the effect"
    )
    assert lost >= 3


def test_two_runs_at_once_make_one_record(tmp_path: Path, fresh_rdm: Rdm) -> None:
    """Neither fails, and the second one finds nothing to do."""
    waited = 0
    for turn in range(20):
        folder = tmp_path / str(turn)
        folder.mkdir()
        workspace = Workspace(folder, fresh_rdm)
        workspace.write(a_txt="aaa", b_txt=f"bbb {turn}")
        workspace.write_config()
        before = set(workspace.drafts_of_user())

        children = [start_child(workspace) for _ in range(2)]
        ended = [child.wait() for child in children]

        results = [result for end in ended if end is not None for result in [end[1]]]
        assert [result.status for result in results] == [0, 0], results
        assert [result.err for result in results] == ["", ""]
        last = sorted(result.out.splitlines()[-2].split(":")[0] for result in results)
        assert last == ["nothing to do", "synced"]
        waited += sum("waiting for another run" in result.out for result in results)
        assert set(workspace.drafts_of_user()) - before == {workspace.record_id}
        assert workspace.checksums() == workspace.local_checksums()
    assert waited > 0


def let_wait(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Let another run hold the lock at first, while the user goes on working."""
    acquire, left = FileLock.acquire, [meanwhile]

    def busy(lock: FileLock, timeout: float | None = None) -> object:
        if timeout == 0 and left:
            raise Timeout(lock.lock_file)
        while left:
            left.pop()()
        return acquire(lock, timeout)

    monkeypatch.setattr(FileLock, "acquire", busy)


@pytest.mark.parametrize("command", ["sync", "doi", "publish"])
def test_what_changed_while_a_run_waited_is_used(
    tmp_path: Path, rdm: Rdm, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    workspace = Workspace(tmp_path, rdm)
    workspace.write(a_txt="old", README_md="Old text.")
    workspace.config |= {"path_readme": "README.md"}
    workspace.synced()

    def change() -> None:
        workspace.config["metadata"]["title"] = "New title"
        workspace.write(a_txt="newer", README_md="New text.", b_txt="b")
        workspace.write_config()

    let_wait(monkeypatch, change)
    args = {"sync": (), "doi": ("doi.bib",), "publish": ("--yes",)}[command]
    result = workspace.run(command, "zenodo.yaml", *args)

    assert "waiting for another run" in result.out
    if command == "sync":
        assert result.err == ""
        assert workspace.checksums() == workspace.local_checksums()
        metadata = workspace.draft()["metadata"]
        assert (metadata["title"], metadata["description"]) == ("New title", "<p>New text.</p>")
    elif command == "doi":
        assert "New title" in (tmp_path / "doi.bib").read_text()
    else:
        assert "the draft: it is not equal to the configuration and the files" in result.err


def test_another_record_after_waiting_is_refused(
    tmp_path: Path, rdm: Rdm, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path, rdm)
    workspace.write(a_txt="aaa")
    workspace.write_config()

    def change() -> None:
        workspace.config["path_record_id"] = ".another.txt"
        workspace.write_config()

    let_wait(monkeypatch, change)
    result = workspace.run("sync", "zenodo.yaml")

    assert (result.status, result.err) == (
        1,
        (
            "failed: While this run waited for another one, path_record_id was changed in the "
            "configuration, so nothing was done. Run it again.\n"
        ),
    )
    assert requests_of(rdm) == []
    assert workspace.run("sync", "zenodo.yaml").status == 0


def test_waiting_for_another_run_ends(
    tmp_path: Path, rdm: Rdm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stepup_zenodo.local.lock.PATIENCE", 0.06)
    workspace = Workspace(tmp_path, rdm)
    workspace.write(a_txt="aaa")

    with one_writer(tmp_path / ".zenodo-record-id.txt", pytest.fail):
        result = workspace.sync()

    assert result.status == 1
    assert result.err == (
        "failed: Another run works on the same record for more than 0 minutes: "
        ".zenodo-record-id.txt.lock is locked. Wait until it has ended, or end it.\n"
    )
    assert requests_of(rdm) == []
