"""The members of a community: invited, and deciding about what is proposed to it."""

import datetime
import io
import json
from pathlib import Path

import pytest
import yaml

from .rdm_server.fixture import Rdm
from .workspace import Result, Workspace, checksums, md5

pytestmark = pytest.mark.server

TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture
def owner(tmp_path: Path, fresh_rdm: Rdm) -> Workspace:
    """Return the project of bob, to whom the community belongs."""
    found = Workspace(_made(tmp_path / "owner"), fresh_rdm)
    found.config["path_token"] = str(fresh_rdm.other_token_file)
    found.config["community"] = fresh_rdm.community
    found.config["metadata"]["publication_date"] = TODAY.isoformat()
    found.write(a_txt="aaa")
    found.write_config()
    return found


@pytest.fixture
def curator(tmp_path: Path, fresh_rdm: Rdm) -> Workspace:
    """Return a folder of alice, with hardly anything in the configuration."""
    found = Workspace(_made(tmp_path / "curator"), fresh_rdm)
    found.config = {
        "endpoint": fresh_rdm.endpoint,
        "path_token": str(fresh_rdm.token_file),
        "community": fresh_rdm.community,
    }
    found.write_config()
    return found


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def typing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let somebody type a text when the program asks."""
    stdin = io.StringIO(f"{text}\n")
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", stdin)


def joined(owner: Workspace, curator: Workspace) -> None:
    """Let alice become a curator."""
    assert owner.run("community", "invite", "zenodo.yaml", "alice", "--yes").status == 0
    hits = curator.rdm.get("/user/requests?sort=newest")["hits"]["hits"]
    path = f"/requests/{hits[0]['id']}/actions/accept"
    curator.rdm.request("POST", path, json={}).raise_for_status()


def requests_run(workspace: Workspace, action: str, *words: str) -> Result:
    return workspace.run("requests", action, "zenodo.yaml", *words)


def test_somebody_is_invited(
    owner: Workspace, curator: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = curator.run("community", "members", "zenodo.yaml")
    typing(monkeypatch, "alice")
    result = owner.run("community", "invite", "zenodo.yaml", "alice", "--message", "Welcome <you>.")
    listed = owner.run("community", "members", "zenodo.yaml")
    again = owner.run("community", "invite", "zenodo.yaml", "Alice", "--yes")

    assert stranger.status == 1
    assert "are shown to its members only" in stranger.err
    assert (result.status, result.out.splitlines()) == (
        0,
        [
            "Alice (alice) will be invited to the community demo as curator.",
            "invited: Alice (alice) as curator, who has to accept it",
        ],
    )
    until = (TODAY + datetime.timedelta(days=30)).isoformat()
    assert listed.out.splitlines() == [
        "community demo:",
        "  Bob: owner",
        f"  Alice: curator, invited until {until}",
    ]
    assert again.status == 1
    assert "already a member" in again.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nobody"], "No user 'nobody' is found."),
        ([], "Say whom to invite"),
        (["example"], "'example' names more than one user. Be more exact: "),
        (["admin", "--role", "boss"], "Invalid role"),
    ],
)
def test_nobody_is_invited_in_doubt(owner: Workspace, words: list[str], message: str) -> None:
    result = owner.run("community", "invite", "zenodo.yaml", *words, "--yes")

    assert result.status == 1
    assert message in result.err
    listed = owner.run("community", "members", "zenodo.yaml", "--json")
    assert [item["name"] for item in json.loads(listed.out)["members"]] == ["Bob"]


def test_a_lost_invitation_is_not_sent_twice(owner: Workspace) -> None:
    owner.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"
    owner.rdm.faults({"method": "POST", "path": "/invitations", "drop": True, "after": True})

    result = owner.run("community", "invite", "zenodo.yaml", "alice", "--yes")

    assert result.status == 0
    assert [r.method for r in owner.rdm.log() if "/invitations" in r.path] == ["POST", "GET"]


def test_a_curator_goes_on_with_a_release(
    owner: Workspace, curator: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined(owner, curator)
    owner.synced()
    assert owner.run("submit", "zenodo.yaml").status == 0
    record = owner.record_id

    listed = requests_run(curator, "list")
    assert listed.status == 0, listed
    (line,) = listed.out.splitlines()
    request = line.partition(":")[0]
    shown = requests_run(curator, "show", request, "--out", "page.html")
    typing(monkeypatch, "no")
    unsure = requests_run(curator, "accept", request)
    typing(monkeypatch, record)
    accepted = requests_run(curator, "accept", request, "--message", "Fine.")

    assert line.startswith(f"{request}: A title (community-submission, record {record}, ")
    assert shown.out.splitlines()[1] == "submitted; accepting it publishes the draft:"
    assert "  title     A title" in shown.out.splitlines()
    assert "A title" in (curator.folder / "page.html").read_text()
    assert (unsure.status, accepted.status) == (1, 0), accepted
    assert accepted.out.splitlines()[-1] == f"accepted: record {record}"
    assert "nothing to do" in owner.synced().out
    assert requests_run(curator, "list").out == "nothing waits for the community demo\n"

    (curator.folder / "zenodo.yaml").unlink()
    words = "--endpoint", curator.rdm.endpoint, "--path-token", str(curator.rdm.token_file)
    assert curator.run("adopt", record, *words).status == 0
    config = yaml.safe_load((curator.folder / "zenodo.yaml").read_text())
    config["metadata"]["version"] = "2.0.0"
    (curator.folder / "zenodo.yaml").write_text(yaml.safe_dump(config))
    (curator.folder / "a.txt").write_text("more")
    assert curator.run("sync", "zenodo.yaml").status == 0
    assert curator.run("publish", "zenodo.yaml", "--yes").status == 0
    assert curator.record_id != record
    assert checksums(curator.published()) == {"a.txt": md5("more")}


def test_a_curator_declines(owner: Workspace, curator: Workspace) -> None:
    joined(owner, curator)
    owner.synced()
    assert owner.run("submit", "zenodo.yaml").status == 0
    (waiting,) = json.loads(requests_run(curator, "list", "--json").out)["requests"]
    curator.rdm.faults({"path": "/actions/decline$", "drop": True, "after": True})
    curator.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"

    result = requests_run(curator, "decline", waiting["id"], "--yes", "-m", "Too short.")
    late = requests_run(curator, "accept", waiting["id"], "--yes")
    told = owner.run("status", "zenodo.yaml")

    assert result.status == 0, result
    assert late.status == 1
    assert "does not wait for a decision" in late.err or "cannot be read" in late.err
    assert "declined by the community demo" in told.out
    assert "Too short." in told.out


def test_a_public_record_is_taken_in(owner: Workspace, curator: Workspace) -> None:
    joined(owner, curator)
    author = curator.folder / "author"
    other = Workspace(_made(author), curator.rdm)
    other.config["path_token"] = str(curator.rdm.admin_token_file)
    other.config["metadata"]["publication_date"] = TODAY.isoformat()
    other.write(a_txt="aaa")
    other.synced()
    assert other.run("publish", "zenodo.yaml", "--yes").status == 0
    other.config["community"] = curator.rdm.community
    other.write_config()
    proposed = other.run("submit", "zenodo.yaml")
    waiting = json.loads(requests_run(curator, "list", "--json").out)["requests"]

    results = [requests_run(curator, "accept", item["id"], "--yes") for item in waiting]

    assert proposed.status == 0
    assert [result.status for result in results] == [0] * len(waiting), results
    assert other.run("submit", "zenodo.yaml").out == "the record is in the community demo\n"


def test_others_see_nothing(owner: Workspace, curator: Workspace) -> None:
    owner.synced()
    assert owner.run("submit", "zenodo.yaml").status == 0
    request = owner.rdm.get(f"/records/{owner.record_id}/draft", "bob")["parent"]["review"]["id"]

    listed = requests_run(curator, "list")
    shown = requests_run(curator, "show", request)
    nothing = requests_run(curator, "accept")

    assert listed.status == shown.status == nothing.status == 1
    assert "are shown to its curators" in listed.err or listed.out == ""
    assert f"There is no request '{request}'" in shown.err
    assert "Say which request" in nothing.err
