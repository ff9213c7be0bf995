"""Every kind of request, disturbed in every way: the record is right in the end, or the run fails.

Each kind is the request that a rule of the test server selects in one of four scenarios.
The projects of the scenarios are used again as long as all is well,
because creating and publishing takes longer than what is tested.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from .rdm_server.fixture import Rdm
from .workspace import Result, Workspace, checksums

pytestmark = pytest.mark.server

Rule = Mapping[str, Any]

PAGE = "<html><head><title>Zenodo</title></head><body>We are down for maintenance.</body></html>"

FAULTS: dict[str, Rule] = {
    "dropped before the effect": {"drop": True},
    "dropped after the effect": {"drop": True, "after": True},
    "502 before the effect": {"status": 502, "body": PAGE},
    "502 after the effect": {"status": 502, "body": PAGE, "after": True},
    "500 after the effect": {"status": 500, "after": True},
    "500 without effect": {"status": 500},
    "503 with Retry-After": {"status": 503, "headers": {"Retry-After": "1"}},
    "429 with Retry-After": {"status": 429, "headers": {"Retry-After": "1"}},
    "page with status 200": {"status": 200, "body": PAGE},
    "truncated answer": {"truncate": True},
}

LASTING = ("dropped before the effect", "502 after the effect", "page with status 200")
"""Faults that are also tried again and again, until the program gives up."""

DRAFT = "/records/[0-9]+/draft$"


@attrs.frozen
class Kind:
    """A kind of request and how to make the program send it."""

    scenario: str
    """Name of the function that prepares the project."""

    method: str
    """The HTTP method of the requests."""

    path: str
    """A regular expression for their path."""

    before: tuple[Rule, ...] = ()
    """What has to go wrong first, so that the program makes such a request."""


KINDS: dict[str, Kind] = {
    "create": Kind("first", "POST", "/api/records$"),
    "list own records": Kind(
        "first",
        "GET",
        "/user/records",
        ({"method": "POST", "path": "/api/records$", "drop": True, "after": True},),
    ),
    "get draft": Kind("draft", "GET", DRAFT),
    "save": Kind("draft", "PUT", DRAFT),
    "delete file": Kind("draft", "DELETE", "/draft/files/"),
    "declare": Kind("draft", "POST", "/draft/files$"),
    "content": Kind("draft", "PUT", "/content$"),
    "commit": Kind("draft", "POST", "/commit$"),
    "get file entry": Kind(
        "draft",
        "GET",
        "/draft/files/[^/]+$",
        ({"method": "POST", "path": "/commit$", "status": 500},),
    ),
    "get record": Kind("published", "GET", "/records/[0-9]+$"),
    "edit": Kind("published", "POST", DRAFT),
    "publish edit": Kind("published", "POST", "/actions/publish$"),
    "list versions": Kind("version", "GET", "/versions[?]"),
    "new version": Kind("version", "POST", "/versions$"),
    "import files": Kind("version", "POST", "/actions/files-import$"),
    "get latest version": Kind(
        "version",
        "GET",
        "/versions/latest$",
        ({"method": "POST", "path": "/actions/files-import$", "drop": True},),
    ),
}


@attrs.define
class Subjects:
    """Projects that are used again."""

    folder: Path
    kept: dict[str, Workspace] = attrs.field(factory=dict)
    numbers: Iterator[int] = attrs.field(factory=itertools.count)

    def fresh(self, rdm: Rdm) -> Workspace:
        """Return a project with two files that was never synchronised."""
        number = next(self.numbers)
        folder = self.folder / f"{number}"
        folder.mkdir()
        workspace = Workspace(folder, rdm)
        workspace.environ = {
            "STEPUP_ZENODO_RETRY_DELAY": "0.01",
            "STEPUP_ZENODO_ATTEMPTS": "3",
            "STEPUP_ZENODO_SETTLE": "0",
        }
        workspace.config["metadata"]["title"] = f"Title {number}"
        workspace.write(a_txt="a", b_txt=f"b {number}")
        return workspace

    def prepare(self, scenario: str, rdm: Rdm) -> Workspace:
        """Return a project in which the next run does what the scenario is about."""
        workspace = self.kept.pop(scenario, None) or self.fresh(rdm)
        {
            "first": self.first,
            "draft": self.draft,
            "published": self.published,
            "version": self.version,
        }[scenario](workspace)
        return workspace

    def first(self, workspace: Workspace) -> None:
        """Nothing was synchronised yet."""

    def draft(self, workspace: Workspace) -> None:
        """A file and the title of a draft were changed."""
        if not (workspace.folder / ".zenodo-record-id.txt").exists():
            workspace.synced()
        number = next(self.numbers)
        workspace.config["metadata"]["title"] = f"Title {number}"
        workspace.write(b_txt=f"b {number}")

    def published(self, workspace: Workspace) -> None:
        """The title of a published record was changed."""
        if not (workspace.folder / ".zenodo-record-id.txt").exists():
            workspace.synced()
            workspace.publish()
        workspace.config["metadata"]["title"] = f"Title {next(self.numbers)}"

    def version(self, workspace: Workspace) -> None:
        """The version of a published record was raised, and one of its files was changed."""
        if not (workspace.folder / ".zenodo-record-id.txt").exists():
            workspace.synced()
        workspace.publish()
        number = next(self.numbers)
        workspace.config["metadata"]["version"] = f"1.0.{number + 1}"
        workspace.write(b_txt=f"b {number}")

    def keep(self, scenario: str, workspace: Workspace) -> None:
        """Use a project again whose record is as it should be."""
        if scenario != "first":
            self.kept[scenario] = workspace


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory, rdm_session: Rdm) -> Subjects:
    """Give what prepares projects, for a server without records."""
    rdm_session.reset()
    return Subjects(tmp_path_factory.mktemp("subjects"))


def disturb(rdm: Rdm, kind: Kind, fault: Rule, times: int) -> None:
    rule = {"method": kind.method, "path": kind.path, "times": times, **fault}
    rdm.faults(*kind.before, rule)


def number_of_records(rdm: Rdm) -> int:
    return int(rdm.get("/user/records?size=1&allversions=true")["hits"]["total"])


def check_verified(workspace: Workspace, expected_records: int) -> None:
    """The record equals the disk, there is no second one, and the next run finds nothing to do."""
    draft = workspace.rdm.request("GET", f"/records/{workspace.record_id}/draft")
    record = draft.json() if draft.ok else workspace.published()
    metadata = workspace.config["metadata"]
    found = {key: record["metadata"][key] for key in ("title", "version")}
    assert found == {key: metadata[key] for key in ("title", "version")}
    assert checksums(record) == workspace.local_checksums()
    assert {entry["key"] for entry in record["files"]["entries"].values()} == {"a.txt", "b.txt"}
    assert number_of_records(workspace.rdm) == expected_records
    workspace.rdm.no_faults()
    workspace.rdm.clear_log()
    again = workspace.synced()
    assert re.search("^nothing to do: ", again.out, re.MULTILINE), again
    assert workspace.writes() == []


def check_no_traceback(result: Result) -> None:
    assert "Traceback" not in result.out + result.err


def is_new_record(kind: Kind) -> bool:
    return kind.scenario in {"first", "version"}


def cells(faults: Mapping[str, Rule], each: int) -> list[Any]:
    """Return all kinds with all faults; every test run takes one of `each` along both axes."""
    rows = itertools.product(enumerate(KINDS), enumerate(faults))
    return [
        pytest.param(
            kind,
            fault,
            id=f"{kind}-{fault}",
            marks=[pytest.mark.thorough] if (number + turn) % each else [],
        )
        for (number, kind), (turn, fault) in rows
    ]


@pytest.mark.parametrize(("kind", "fault"), cells(FAULTS, 3))
def test_one_fault_is_overcome(kind: str, fault: str, rdm: Rdm, subjects: Subjects) -> None:
    what = KINDS[kind]
    workspace = subjects.prepare(what.scenario, rdm)
    records = number_of_records(rdm)
    disturb(rdm, what, FAULTS[fault], 1)

    result = workspace.sync()

    check_no_traceback(result)
    assert result.status == 0, result
    assert rdm.faults_left() == [0] * (len(what.before) + 1), result
    check_verified(workspace, records + is_new_record(what))
    subjects.keep(what.scenario, workspace)


@pytest.mark.parametrize(("kind", "fault"), cells({name: FAULTS[name] for name in LASTING}, 2))
def test_the_run_after_a_lasting_fault_repairs(
    kind: str, fault: str, rdm: Rdm, subjects: Subjects
) -> None:
    what = KINDS[kind]
    workspace = subjects.prepare(what.scenario, rdm)
    records = number_of_records(rdm)
    disturb(rdm, what, FAULTS[fault], 1000)

    result = workspace.sync()

    check_no_traceback(result)
    if result.status == 0:
        check_verified(workspace, records + is_new_record(what))
    else:
        assert result.status == 1
        assert re.match("failed: (.* files? (was|were) not sent:\n- )?Could not ", result.err), (
            result
        )
        assert "synced" not in result.out
        rdm.no_faults()
        workspace.synced()
        check_verified(workspace, records + is_new_record(what))
    subjects.keep(what.scenario, workspace)


@pytest.mark.parametrize("times", [1, 2])
def test_a_content_that_breaks_off_is_sent_again(times: int, rdm: Rdm, subjects: Subjects) -> None:
    workspace = subjects.prepare("draft", rdm)
    workspace.write(b_txt=f"{times:09d} " * 300_000)
    records = number_of_records(rdm)
    rule = {"method": "PUT", "path": "/content$", "drop_after_bytes": 1_000_000, "times": times}
    rdm.faults(rule)

    result = workspace.sync()

    assert rdm.faults_left() == [0]
    assert result.status == 0, result
    check_verified(workspace, records)
    subjects.keep("draft", workspace)
