"""What the owner of a public record can do on Zenodo for a while, and more room for files."""

import datetime
import io
import json
from pathlib import Path

import pytest

from tests.rdm_server.postgres import sql

from .workspace import Result, Workspace, checksums, md5, requests_of

pytestmark = pytest.mark.server

TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture
def project(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a project whose first version is public."""
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "2", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.config["metadata"]["publication_date"] = TODAY.isoformat()
    workspace.write(a_txt="aaa", b_txt="bbb")
    workspace.synced()
    assert workspace.run("publish", "zenodo.yaml", "--yes").status == 0
    workspace.rdm.clear_log()
    return workspace


def typed(project: Workspace, monkeypatch: pytest.MonkeyPatch, text: str, *words: str) -> Result:
    """Run a command, and type something when it asks."""
    project.write_config()
    project.rdm.clear_log()
    stdin = io.StringIO(f"{text}\n")
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", stdin)
    return project.run(words[0], "zenodo.yaml", *words[1:])


def made_older(project: Workspace, days: int) -> None:
    """Let the published record be that many days old, as the server counts."""
    sql(
        project.rdm.layout,
        f"UPDATE rdm_records_metadata SET created = created - interval '{days} days'",
        "rdm",
    )


class TestCorrectFiles:
    def test_files_are_put_in_the_place_of_public_ones(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = project.published()
        project.write(a_txt="changed", c_txt="new")
        project.remove_file("b.txt")
        project.config["metadata"]["title"] = "A better title"

        refused = project.sync()
        result = typed(project, monkeypatch, "1.0.0", "correct-files")

        assert refused.status == 1
        assert "stepup-zenodo correct-files" in refused.err
        assert result.status == 0, result
        after = project.published()
        assert checksums(after) == {"a.txt": md5("changed"), "c.txt": md5("new")}
        assert after["metadata"]["title"] == "A better title"
        assert after["pids"]["doi"] == before["pids"]["doi"]
        assert after["id"] == before["id"]
        assert [line for line in result.out.splitlines() if line.startswith("  ")][-7:] == [
            "  open the published record for editing",
            "  ask the server to let the files of the public version be changed",
            "  set metadata.title: 'A title' -> 'A better title' (changed in the configuration)",
            "  delete b.txt: no longer listed",
            "  send a.txt (7 B): changed on disk",
            "  send c.txt (3 B): new",
            "  publish the correction of the public version",
        ]
        assert "nothing to do" in project.synced().out
        assert typed(project, monkeypatch, "", "correct-files").out.startswith("nothing to do")
        assert project.writes() == []

    def test_nothing_is_done_without_the_version(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.write(a_txt="changed")

        result = typed(project, monkeypatch, "2", "correct-files")

        assert result.status == 1
        assert project.writes() == []

    def test_the_server_refuses_after_a_while(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made_older(project, 31)
        project.write(a_txt="changed")

        result = typed(project, monkeypatch, "1.0.0", "correct-files")

        assert result.status == 1
        assert "does not let you change the files of version 1.0.0 any more" in result.err
        assert project.rdm.request("GET", f"/records/{project.record_id}/draft").status_code == 404
        assert checksums(project.published())["a.txt"] == md5("aaa")

    @pytest.mark.parametrize(
        "request_of", ["/file-modification$", "/content$", "/actions/publish$", "/commit$"]
    )
    def test_a_lost_answer_is_no_harm(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch, request_of: str
    ) -> None:
        project.write(a_txt="changed")
        project.rdm.faults({"path": request_of, "drop": True, "after": True})

        result = typed(project, monkeypatch, "1.0.0", "correct-files")

        assert result.status == 0, result
        assert checksums(project.published())["a.txt"] == md5("changed")

    def test_what_was_interrupted_is_done_later(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.write(a_txt="changed")
        project.remove_file("b.txt")
        project.rdm.faults({"path": "/content$", "status": 503, "times": 100})
        failed = typed(project, monkeypatch, "1.0.0", "correct-files")
        project.rdm.no_faults()
        assert checksums(project.published()) == {"a.txt": md5("aaa"), "b.txt": md5("bbb")}

        again = typed(project, monkeypatch, "1.0.0", "correct-files")

        assert (failed.status, again.status) == (1, 0), again
        assert checksums(project.published()) == {"a.txt": md5("changed")}

    def test_the_next_version_is_no_correction(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.config["metadata"]["version"] = "2.0.0"

        result = typed(project, monkeypatch, "2.0.0", "correct-files")

        assert (result.status, project.writes()) == (1, [])
        assert "another version than 1.0.0" in result.err


class TestDelete:
    def test_the_only_version(self, project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        record = project.record_id

        unsure = typed(project, monkeypatch, record, "delete")
        wrong = typed(project, monkeypatch, record, "delete", "--reason", "boredom")
        result = typed(project, monkeypatch, record, "delete", "--reason", "test-record")

        assert unsure.err == (
            "failed: The reason is missing. Give one with --reason: duplicate (Duplicate of "
            "another record), retracted (Retraction/Withdrawal of a record), test-record (Test "
            "upload of a record), copyright (Copyright infringement), personal-data (Personal "
            "data issue).\n"
        )
        assert "'boredom' is not one of the reasons" in wrong.err
        assert (result.status, result.out.splitlines()[-1]) == (0, f"deleted: record {record}")
        assert project.rdm.request("GET", f"/records/{record}").status_code == 410
        assert not (project.folder / ".zenodo-record-id.txt").exists()
        project.synced()
        assert project.record_id != record

    def test_the_version_before_it_stays(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = project.record_id
        project.config["metadata"]["version"] = "2.0.0"
        project.synced()
        draft = typed(project, monkeypatch, project.record_id, "delete", "--reason", "duplicate")
        assert project.run("publish", "zenodo.yaml", "--yes").status == 0

        result = typed(
            project, monkeypatch, project.record_id, "delete", "--reason", "duplicate", "--json"
        )

        assert draft.status == 1
        assert "stepup-zenodo discard" in draft.err
        assert json.loads(result.out)["status"] == "deleted"
        assert project.record_id == first
        project.config["metadata"]["version"] = "1.0.0"
        assert "nothing to do" in project.synced().out

    def test_the_server_refuses_after_a_while(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made_older(project, 31)
        record = project.record_id

        result = typed(project, monkeypatch, record, "delete", "--reason", "test-record")

        assert result.status == 1
        assert f"does not let you delete record {record}" in result.err
        assert project.published()["id"] == record

    def test_a_lost_answer_is_no_harm(
        self, project: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.rdm.faults({"path": "/request-deletion$", "drop": True, "after": True})

        result = typed(project, monkeypatch, project.record_id, "delete", "--reason", "test-record")

        assert result.status == 0
        assert sum("/request-deletion" in line for line in requests_of(project.rdm)) == 1


class TestQuota:
    def test_more_room_is_asked_for_once(self, workspace: Workspace) -> None:
        workspace.config["quota"] = 120
        workspace.write(a_txt="aaa")

        first = workspace.synced()
        workspace.rdm.clear_log()
        again = workspace.synced()

        assert "  ask for room for 120 GB of files\n" in first.out
        assert "nothing to do" in again.out
        assert requests_of(workspace.rdm) == ["GET /records/ID/draft"]
        workspace.config["quota"] = 130
        assert "ask for room for 130 GB" in workspace.synced().out
        assert _asked(workspace) == ["130", "120"]

    def test_a_server_that_gives_nothing(self, workspace: Workspace) -> None:
        workspace.rdm.configure(RDM_IMMEDIATE_QUOTA_INCREASE_ENABLED=False)
        workspace.config["quota"] = 120
        workspace.write(a_txt="aaa")

        result = workspace.sync()

        assert result.status == 1
        assert "The server does not give 120 GB for this record" in result.err
        assert workspace.content_requests() == []

    def test_the_command(self, workspace: Workspace) -> None:
        workspace.write(a_txt="aaa")
        workspace.synced()

        told = workspace.run("quota", "zenodo.yaml")
        asked = workspace.run("quota", "zenodo.yaml", "--raise", "150")

        record = workspace.record_id
        assert told.out == f"the files of record {record} take 3 B\n"
        assert asked.out.splitlines()[1:] == [
            "they may take 150 GB",
            "write quota: 150 in zenodo.yaml to keep it so",
        ]
        assert _asked(workspace) == ["150"]

    def test_a_file_finds_room(self, workspace: Workspace) -> None:
        workspace.rdm.configure(RDM_FILES_DEFAULT_QUOTA_SIZE=2)
        workspace.write(a_txt="aaa")

        refused = workspace.sync()
        workspace.config["quota"] = 60
        workspace.synced()

        assert refused.status == 1
        assert "a.txt has 3 bytes: is there room for it?" in refused.err
        assert workspace.checksums() == {"a.txt": md5("aaa")}

    def test_more_than_anybody_gets(self, workspace: Workspace) -> None:
        workspace.config["quota"] = 201

        result = workspace.sync()

        assert result.status == 2
        assert "quota: Zenodo gives at most 200 GB to a record, found 201" in result.err


def _asked(workspace: Workspace) -> list[str]:
    """Return how many gigabytes were asked for, the last request first."""
    hits = workspace.rdm.get("/user/requests?size=20&sort=newest")["hits"]["hits"]
    return [hit["payload"]["quota_size"] for hit in hits if hit["type"] == "quota-increase"]


def test_large_files_need_more_room(tmp_path: Path, offline: Workspace) -> None:
    offline.write(a_bin="", b_bin="")
    for name in ("a.bin", "b.bin"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(30 * 10**9)
    offline.write_config()

    refused = offline.run("check", "zenodo.yaml")
    offline.config["quota"] = 60
    offline.write_config()
    accepted = offline.run("check", "zenodo.yaml")

    assert refused.status == 2
    assert "60000000000 bytes in all, Zenodo takes at most 50000000000" in refused.err
    assert "write quota: 60 to ask for as many GB, at most 200" in refused.err
    assert accepted.status == 0, accepted
