"""Deleting the draft of a configuration, and nothing else."""

import io
import json
import sys
from typing import Any

import pytest

from .workspace import Result, Workspace, md5, requests_of

pytestmark = pytest.mark.server


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Return a project with a draft, beside another draft of the same user."""
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "2", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.rdm.request("POST", "/records", json={"metadata": {"title": "Another draft"}})
    workspace.write(a_txt="aaa")
    workspace.synced()
    return workspace


def discard(workspace: Workspace, *args: str) -> Result:
    workspace.write_config()
    workspace.rdm.clear_log()
    return workspace.run("discard", "zenodo.yaml", *args)


def state_files(workspace: Workspace) -> list[str]:
    names = (path.name for path in workspace.folder.glob(".zenodo*"))
    return sorted(name for name in names if not name.endswith(".lock"))


def test_a_first_draft(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = project.record_id
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{draft}\n"))

    result = discard(project)

    assert result.status == 0, result
    assert result.out.splitlines() == [
        f"This draft, record {draft}, will be deleted for good:",
        "  title     A title",
        "  version   1.0.0",
        "  date      2026-11-20",
        "  creators  Lovelace, Ada",
        "  licence   none",
        "  DOI       given by the server when it is published",
        "  files     1, 3 B, open to everybody",
        "            a.txt (3 B)",
        f"discarded: draft {draft}",
    ]
    assert result.err == f"Type the record id, {draft}, to delete it: "
    assert project.writes() == ["DELETE /records/ID/draft"]
    assert len(project.drafts_of_user()) == 1
    assert state_files(project) == []
    assert (project.folder / "a.txt").exists()
    project.synced()
    assert project.record_id != draft


def test_a_draft_of_a_new_version(project: Workspace) -> None:
    project.publish()
    first, published = project.record_id, project.published()
    project.config["metadata"]["version"] = "1.1.0"
    project.write(a_txt="AAA")
    project.synced()
    draft = project.record_id

    result = discard(project, "--yes")

    assert result.status == 0, result
    assert result.out.splitlines()[-1] == f"discarded: draft {draft}; version 1.0.0 stays"
    assert project.record_id == first
    assert project.published() == published
    project.synced()
    assert project.record_id not in {first, draft}
    assert project.checksums() == project.local_checksums()


def test_a_new_version_that_is_discarded_and_started_again(project: Workspace) -> None:
    """The server answers 410 for the latest version of the record from then on."""
    project.publish()
    first = project.record_id
    project.config["metadata"]["version"] = "1.1.0"
    project.synced()
    for again in range(2):
        assert discard(project, "--yes").status == 0
        assert project.record_id == first
        project.write_config()
        assert again or project.run("doi", "zenodo.yaml").status == 0
        assert project.synced().err == ""

    parent = project.draft()["parent"]["id"]
    answer = project.rdm.request("GET", f"/records/{parent}/versions/latest")
    assert answer.status_code == 410
    assert project.checksums() == project.local_checksums()
    result = project.run("publish", "zenodo.yaml", "--yes")
    assert result.status == 0, result
    assert project.published()["metadata"]["version"] == "1.1.0"
    assert project.published()["versions"]["is_latest"]


@pytest.mark.parametrize("typed", ["", "yes\n"])
def test_without_confirmation(
    project: Workspace, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))

    result = discard(project)

    found = "'yes' was typed" if typed else "nothing was typed"
    assert result.status == 1
    assert result.err.endswith(
        f"failed: Nothing was deleted, because {found} instead of '{project.record_id}'. "
        "Use --yes to delete without being asked.\n"
    )
    assert project.writes() == []


def test_published_records_are_not_touched(project: Workspace) -> None:
    project.publish()
    record = project.record_id
    message = f"failed: There is no draft to delete: record {record} is published."

    result = discard(project, "--yes")

    assert (result.status, result.err) == (1, f"{message}\n")
    project.rdm.request("POST", f"/records/{record}/draft").raise_for_status()
    result = discard(project, "--yes")
    assert (result.status, result.err) == (
        1,
        (
            f"{message} Changes of its metadata that are not finished "
            "can be discarded in the web form.\n"
        ),
    )
    assert project.writes() == []


def test_in_review(project: Workspace) -> None:
    project.config["community"] = project.rdm.community
    project.synced()
    path = f"/records/{project.record_id}/draft/actions/submit-review"
    project.rdm.request("POST", path, json={}).raise_for_status()

    result = discard(project, "--yes")

    assert result.status == 1
    assert result.err.startswith("failed: The draft is being reviewed by a community")
    assert project.writes() == []


def test_a_draft_that_changes_meanwhile(
    project: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(io.StringIO):
        def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
            project.edit_on_web(title="Something else")
            return f"{project.record_id}\n"

    monkeypatch.setattr(sys, "stdin", Slow())

    result = discard(project)

    assert result.status == 1
    assert result.err.endswith(
        "failed: Somebody else has changed the draft in the meantime, so nothing was deleted. "
        "Look at it with `stepup-zenodo diff`, then try again.\n"
    )
    assert project.draft()["metadata"]["title"] == "Something else"


def test_a_file_that_arrives_meanwhile(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending a file does not change the revision of a draft."""

    class Slow(io.StringIO):
        def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
            project.upload_on_web("theirs.csv", b"theirs")
            return f"{project.record_id}\n"

    monkeypatch.setattr(sys, "stdin", Slow())

    result = discard(project)

    assert result.status == 1
    assert "failed: Somebody else has changed the draft in the meantime" in result.err
    assert project.checksums()["theirs.csv"] == md5(b"theirs")


def test_the_last_look_is_right_before_the_deletion(project: Workspace) -> None:
    project.rdm.clear_log()

    assert discard(project, "--yes").status == 0

    last = requests_of(project.rdm)[-2:]
    assert last == ["GET /records/ID/draft", "DELETE /records/ID/draft"]


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 504}])
@pytest.mark.parametrize("after", [True, False])
def test_lost_answers(project: Workspace, fault: dict[str, Any], after: bool) -> None:
    project.rdm.faults({"method": "DELETE", "path": "/draft$", "after": after, "times": 1, **fault})

    result = discard(project, "--yes", "--json")

    assert json.loads(result.out)["status"] == "discarded", result
    assert project.rdm.faults_left() == [0]
    assert len(project.drafts_of_user()) == 1
    assert state_files(project) == []
