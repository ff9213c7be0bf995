"""The life of a record, on other servers than the one that is most like Zenodo.

By default that is the newest InvenioRDM as it comes; `make test-servers` tries all,
and `make test-live` a foreign one.
"""

import datetime
import io
import json
from pathlib import Path

import pytest

from .targets import Place
from .workspace import Workspace, checksums, md5

TODAY = datetime.datetime.now(datetime.UTC).date()
TITLE = "Test of stepup-zenodo, to be deleted"


@pytest.fixture
def draft(place: Place) -> Place:
    """Return a project whose draft is on the server."""
    place.write(a_txt="aaa", b_csv="x,y\n1,2\n")
    place.config["metadata"]["publication_date"] = TODAY.isoformat()
    place.synced()
    return place


@pytest.fixture
def public(draft: Place) -> Place:
    """Return a project whose first version is public."""
    assert draft.run("publish", "zenodo.yaml", "--yes").status == 0
    return draft


def test_a_draft_is_as_the_configuration_says(place: Place) -> None:
    place.config["metadata"] |= {
        "description": "<p>Some <em>words</em>.</p>",
        "keywords": ["water", "level"],
        "license": ["cc-by-4.0"],
        "languages": ["eng"],
        "contributors": [
            {"family_name": "Babbage", "given_name": "Charles", "role": "datacollector"}
        ],
        "related": [{"identifier": "10.1234/x", "relation_type": "cites", "scheme": "doi"}],
        "notes": "Notes of the release.",
    }
    place.write(a_txt="aaa")

    first = place.synced()
    again = place.synced()

    assert "synced: draft" in first.out
    assert again.out.splitlines()[1].startswith("nothing to do: draft")
    found = place.draft()["metadata"]
    assert found["title"] == TITLE
    assert found["description"] == "<p>Some <em>words</em>.</p>"
    assert found["publication_date"] == "2026-11-20"
    assert found["rights"][0]["id"] == "cc-by-4.0"
    assert found["creators"][0]["person_or_org"]["family_name"] == "Lovelace"
    assert found["contributors"][0]["role"]["id"] == "datacollector"
    assert found["related_identifiers"][0]["identifier"] == "10.1234/x"
    assert [item["subject"] for item in found["subjects"]] == ["water", "level"]
    assert place.checksums() == {"a.txt": md5("aaa")}


def test_only_files_that_changed_are_sent(draft: Place) -> None:
    draft.write(a_txt="changed", c_txt="new")
    draft.remove_file("b.csv")

    result = draft.synced()

    assert "send a.txt (7 B): changed on disk\n" in result.out
    assert "send c.txt (3 B): new\n" in result.out
    assert draft.checksums() == {"a.txt": md5("changed"), "c.txt": md5("new")}


def test_the_doi_is_known_before_it_is_published(draft: Place) -> None:
    draft.done("doi", "doi.txt", "cite.bib")

    reserved = (draft.folder / "doi.txt").read_text().strip()
    assert draft.draft()["pids"]["doi"]["identifier"] == reserved
    draft.done("publish", "--yes")
    assert draft.published()["pids"]["doi"]["identifier"] == reserved
    assert reserved in (draft.folder / "cite.bib").read_text()


def test_metadata_of_a_published_record_are_corrected(public: Place) -> None:
    public.config["metadata"]["title"] = f"{TITLE}, corrected"

    result = public.synced()

    assert "synced: published record" in result.out
    assert public.published()["metadata"]["title"] == f"{TITLE}, corrected"
    assert "nothing to do" in public.synced().out


def test_files_of_a_published_record_are_not_changed_by_a_sync(public: Place) -> None:
    public.write(a_txt="changed")

    result = public.sync()

    assert result.status == 1
    assert "is published, so its files cannot change" in result.err
    assert checksums(public.published())["a.txt"] == md5("aaa")


def test_the_next_version(public: Place) -> None:
    first = public.record_id
    public.config["metadata"]["version"] = "2.0.0"
    public.write(a_txt="changed")
    public.synced()
    public.done("publish", "--yes")

    second = public.published()
    assert public.record_id != first
    assert second["metadata"]["version"] == "2.0.0"
    assert second["metadata"]["publication_date"]
    assert checksums(second) == {"a.txt": md5("changed"), "b.csv": md5("x,y\n1,2\n")}
    old = public.rdm.get(f"/records/{first}")
    assert checksums(old)["a.txt"] == md5("aaa")
    assert old["parent"]["id"] == second["parent"]["id"]
    assert "nothing to do" in public.synced().out
    public.done("status")


def test_the_next_version_has_a_date_of_its_own(public: Place) -> None:
    del public.config["metadata"]["publication_date"]
    public.config["metadata"]["version"] = "2.0.0"

    public.synced()

    assert public.draft()["metadata"].get("publication_date")
    public.done("publish", "--yes")


def test_a_record_is_taken_over_elsewhere(public: Place, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = Workspace(folder, public.rdm, environ=public.environ)
    words = "--endpoint", public.rdm.endpoint, "--path-token", str(public.rdm.token_file)

    adopted = other.run("adopt", public.record_id, *words)
    synced = other.run("sync", "zenodo.yaml")

    assert (adopted.status, synced.status) == (0, 0), (adopted, synced)
    assert "nothing to do" in synced.out
    assert (folder / "a.txt").read_text() == "aaa"


def test_a_draft_is_shared_and_deleted(draft: Place) -> None:
    draft.done("share")
    (link,) = json.loads(draft.done("share", "--list", "--json"))["links"]
    token = link["url"].rpartition("token=")[2]
    path = f"/records/{draft.record_id}/draft"

    shown = draft.rdm.request("GET", f"{path}?token={token}", token=None)
    draft.done("share", "--revoke", "all")
    hidden = draft.rdm.request("GET", f"{path}?token={token}", token=None)
    draft.done("discard", "--yes")

    assert (shown.status_code, shown.json()["metadata"]["title"]) == (200, TITLE)
    assert hidden.status_code in (403, 404)
    assert draft.rdm.request("GET", path).status_code == 404


def test_a_community_reviews_a_draft(draft: Place) -> None:
    if not draft.target.has_curator:
        assert not draft.target.is_own
        return
    draft.config["community"] = draft.rdm.community
    draft.synced()
    draft.done("submit")
    draft.done("submit", "--withdraw")
    draft.synced()
    draft.done("submit", "--message", "Please look at it.")
    request = draft.draft()["parent"]["review"]["id"]

    path = f"/requests/{request}/actions/accept"
    draft.rdm.request("POST", path, json={}, token="bob").raise_for_status()

    assert "nothing to do" in draft.synced().out
    assert draft.published()["parent"]["communities"]["ids"]


def test_a_record_without_files(place: Place) -> None:
    place.config["metadata"]["publication_date"] = TODAY.isoformat()

    place.synced()
    result = place.run("publish", "zenodo.yaml", "--yes")

    assert "nothing to do" in place.synced().out
    assert result.status == (1 if place.target.is_like_zenodo else 0), result


def test_a_record_gets_its_first_file_later(place: Place) -> None:
    place.synced()
    place.write(a_txt="aaa")

    place.synced()

    assert place.checksums() == {"a.txt": md5("aaa")}
    assert place.draft()["files"]["enabled"] is True


def test_nothing_says_that_zenodo_publishes(public: Place) -> None:
    if not public.target.is_own or public.target.is_like_zenodo:
        return
    public.config["metadata"]["title"] = f"{TITLE}, corrected"
    public.synced()
    public.config["metadata"]["version"] = "2.0.0"
    public.synced()
    public.done("publish", "--yes")

    log = (public.rdm.layout.run / "datacite.jsonl").read_text()
    versions = [line for line in log.splitlines() if public.record_id in line]
    assert versions
    assert "zenodo" not in log.replace("stepup-zenodo", "").lower()


def test_files_of_a_public_version_are_corrected_or_refused(public: Place) -> None:
    public.write(a_txt="changed")
    public.write_config()

    result = public.run("correct-files", "zenodo.yaml", "--yes")

    taken = result.status == 0
    assert taken or "does not let you change the files of version" in result.err, result
    assert checksums(public.published())["a.txt"] == md5("changed" if taken else "aaa")
    path = f"/records/{public.record_id}/draft"
    assert public.rdm.request("GET", path).status_code == 404
    if public.target.is_own:
        assert taken == public.target.lets_owners


def test_a_public_version_is_deleted_or_not(public: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    record = public.record_id
    stdin = io.StringIO(f"{record}\n")
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", stdin)

    result = public.run("delete", "zenodo.yaml", "--reason", "test-record")

    gone = result.status == 0
    assert gone or f"does not let you delete record {record}" in result.err, result
    status = public.rdm.request("GET", f"/records/{record}").status_code
    assert status == (410 if gone else 200)
    if public.target.is_own:
        assert gone == public.target.lets_owners
