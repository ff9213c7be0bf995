"""The program against a real server: what it makes of the record, and what it asks for."""

from pathlib import Path

import pytest

from .workspace import REFUSED, Result, Workspace, checksums, md5, numbered, requests_of

pytestmark = pytest.mark.server


def test_first_sync_makes_a_draft_with_all_files(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa", b_txt="bbb")

    result = workspace.synced()

    draft = workspace.draft()
    assert workspace.checksums() == {"a.txt": md5("aaa"), "b.txt": md5("bbb")}
    assert draft["metadata"]["title"] == "A title"
    assert draft["is_published"] is False
    record_id = workspace.record_id
    assert result.out.splitlines() == [
        f"zenodo.yaml -> {workspace.rdm.endpoint}",
        "  create a draft with 6 metadata fields",
        "  send a.txt (3 B): new",
        "  send b.txt (3 B): new",
        f"synced: draft {record_id}, version 1.0.0, 2 files (6 B), 6 B sent in 7 requests",
        draft["links"]["self_html"],
    ]
    assert result.err == ""
    files = "POST /records/ID/draft/files"
    assert sorted(requests_of(workspace.rdm)) == [
        "GET /records/ID/draft",
        "POST /records",
        files,
        f"{files}/a.txt/commit",
        f"{files}/b.txt/commit",
        "PUT /records/ID/draft/files/a.txt/content",
        "PUT /records/ID/draft/files/b.txt/content",
    ]


def test_a_second_sync_reads_once_and_writes_nothing(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.rdm.clear_log()

    result = workspace.synced()

    assert requests_of(workspace.rdm) == ["GET /records/ID/draft"]
    assert "nothing to do: draft" in result.out


def test_one_changed_file_takes_seven_requests(workspace: Workspace) -> None:
    for name, content in numbered(5):
        workspace.write_file(name, content)
    workspace.synced()
    workspace.rdm.clear_log()
    workspace.write_file("file003.txt", "changed\n")

    workspace.synced()

    assert workspace.checksums() == workspace.local_checksums()
    assert requests_of(workspace.rdm) == [
        "GET /records/ID/draft",
        "GET /records/ID/draft/files/file003.txt",  # Has somebody else replaced it meanwhile?
        "DELETE /records/ID/draft/files/file003.txt",
        "POST /records/ID/draft/files",
        "PUT /records/ID/draft/files/file003.txt/content",
        "POST /records/ID/draft/files/file003.txt/commit",
        "GET /records/ID/draft",
    ]


def test_files_and_fields_that_are_no_longer_given(workspace: Workspace) -> None:
    workspace.config["metadata"]["keywords"] = ["one", "two"]
    workspace.config["metadata"]["copyright"] = "(c) somebody"
    workspace.write(a_txt="aaa", b_txt="bbb")
    workspace.synced()
    workspace.remove_file("b.txt")
    workspace.config["metadata"]["keywords"] = []
    del workspace.config["metadata"]["copyright"]

    workspace.synced()

    assert workspace.checksums() == {"a.txt": md5("aaa")}
    metadata = workspace.draft()["metadata"]
    assert "subjects" not in metadata, "an empty list empties the field"
    assert metadata["copyright"] == "(c) somebody", "a field that is left out is left alone"


def test_fields_that_the_configuration_does_not_mention_survive(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.edit_on_web(
        contributors=[
            {
                "person_or_org": {"type": "organizational", "name": "Workshop"},
                "role": {"id": "datamanager"},
            }
        ],
        sizes=["12 pages"],
        languages=[{"id": "eng"}],
    )
    before = workspace.draft()["metadata"]
    workspace.config["metadata"]["title"] = "Another title"

    workspace.synced()

    assert workspace.draft()["metadata"] == {**before, "title": "Another title"}


def test_names_arrive_unchanged(workspace: Workspace) -> None:
    names = ["with blank.txt", "a#b.txt", "c?d.txt", "50%.txt", "Käse.txt", "[cold].txt", "a+b&c"]
    for name in names:
        workspace.write_file(name, name)

    result = workspace.synced()

    assert workspace.checksums() == {name: md5(name) for name in names}
    for name in names:
        assert f"  send {name} (" in result.out


def publish_twenty(workspace: Workspace, version: str) -> None:
    workspace.config["metadata"]["version"] = version
    for name, content in numbered(20):
        workspace.write_file(name, content)
    workspace.synced()
    workspace.publish()


@pytest.mark.parametrize(("old", "new"), [("1.0.0", "1.1.0"), ("v1.2.0", "v1.10.0")])
def test_a_raised_version_sends_only_what_differs(workspace: Workspace, old: str, new: str) -> None:
    publish_twenty(workspace, old)
    published_id, published = workspace.record_id, workspace.published()
    workspace.rdm.clear_log()
    workspace.config["metadata"]["version"] = new
    workspace.write_file("file007.txt", "changed\n")
    workspace.write_file("added.txt", "added\n")
    workspace.remove_file("file011.txt")

    result = workspace.synced()

    assert workspace.content_requests() == ["added.txt", "file007.txt"]
    assert workspace.checksums() == workspace.local_checksums()
    assert workspace.draft()["metadata"]["version"] == new
    assert workspace.record_id != published_id
    now = workspace.rdm.get(f"/records/{published_id}")
    assert now.pop("versions") == {"is_latest": True, "is_latest_draft": False, "index": 1}
    assert published.pop("versions")["is_latest_draft"] is True
    assert now == published
    assert f"  start version {new} after {old}\n" in result.out
    assert "  import 20 files of the published version\n" in result.out
    workspace.rdm.clear_log()
    workspace.synced()
    assert requests_of(workspace.rdm) == ["GET /records/ID/draft"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("v1.10.0", "v1.2.0", "version v1.2.0 is lower than v1.10.0, the latest one"),
        ("1.0.0", "v1.0.0", "version v1.0.0 is only another spelling of 1.0.0, the latest one"),
    ],
)
def test_a_version_that_is_not_higher_is_refused(
    workspace: Workspace, old: str, new: str, message: str
) -> None:
    workspace.config["metadata"]["version"] = old
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.publish()
    workspace.rdm.clear_log()
    workspace.config["metadata"]["version"] = new

    result = workspace.sync()

    assert result.status == 1
    assert result.err.splitlines() == [
        "failed: Nothing was changed, because a person must decide:",
        (
            "zenodo.yaml:5:12: metadata.version: "
            f"{message} (give the version that you want to publish next)"
        ),
    ]
    assert workspace.writes() == []


def test_going_back_to_a_published_version_is_refused(workspace: Workspace) -> None:
    workspace.config["metadata"]["version"] = "first"
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.publish()
    first = workspace.record_id
    workspace.config["metadata"]["version"] = "second"
    workspace.synced()
    workspace.publish()
    workspace.config["metadata"]["version"] = "first"

    result = workspace.sync()

    assert result.status == 1
    assert f"version first is published already, as record {first}" in result.err


def test_published_and_unchanged(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.publish()
    workspace.rdm.clear_log()

    result = workspace.synced()

    assert requests_of(workspace.rdm) == ["GET /records/ID/draft", "GET /records/ID"]
    assert "nothing to do: published record" in result.out


def test_published_metadata_is_corrected_by_edit_and_publish(workspace: Workspace) -> None:
    del workspace.config["metadata"]["publication_date"]
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.edit_on_web(publication_date="2020-02-02")
    workspace.publish()
    before = workspace.published()
    workspace.rdm.clear_log()
    workspace.config["metadata"]["title"] = "A better title"

    workspace.synced()

    after = workspace.published()
    assert after["metadata"] == {**before["metadata"], "title": "A better title"}
    assert after["metadata"]["publication_date"] == "2020-02-02"
    assert (after["id"], after["pids"]["doi"]) == (before["id"], before["pids"]["doi"])
    assert workspace.writes() == [
        "POST /records/ID/draft",
        "PUT /records/ID/draft",
        "POST /records/ID/draft/actions/publish",
    ]


@pytest.mark.parametrize("change", ["changed", "added", "removed"])
def test_published_files_cannot_change(workspace: Workspace, change: str) -> None:
    workspace.write(a_txt="aaa", b_txt="bbb")
    workspace.synced()
    workspace.publish()
    before = workspace.published()
    workspace.rdm.clear_log()
    match change:
        case "changed":
            workspace.write(b_txt="BBB")
        case "added":
            workspace.write(c_txt="ccc")
        case "removed":
            workspace.remove_file("b.txt")
    workspace.config["metadata"]["title"] = "Changed as well"

    result = workspace.sync()

    name = "c.txt" if change == "added" else "b.txt"
    assert result.status == 1
    assert result.err.splitlines() == [
        "failed: Nothing was changed, because a person must decide:",
        (
            "zenodo.yaml:5:12: metadata.version: version 1.0.0 is published, so its files cannot "
            f"change, but these differ from the disk: '{name}' (raise the version in the "
            "configuration to publish them as a new version; or, if it was published in the last "
            "days (30 on Zenodo), put them in its place with `stepup-zenodo correct-files`)"
        ),
    ]
    assert workspace.writes() == []
    assert workspace.published() == before


def test_without_token_the_files_are_checked_only(workspace: Workspace) -> None:
    workspace.config["path_token"] = "token.txt"
    workspace.write(a_txt="aaa")

    result = workspace.sync()

    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines() == [
        "validated only: there is no token, so the server was not asked",
        f"Set STEPUP_ZENODO_TOKEN, or put a token into token.txt. {workspace.make_token}",
    ]
    assert requests_of(workspace.rdm) == []
    assert sorted(p.name for p in workspace.folder.iterdir()) == ["a.txt", "zenodo.yaml"]


def test_the_variable_goes_before_the_file(workspace: Workspace) -> None:
    workspace.config["path_token"] = "missing.txt"
    workspace.environ["STEPUP_ZENODO_TOKEN"] = workspace.rdm.token
    workspace.write(a_txt="aaa")

    workspace.synced()

    assert workspace.checksums() == {"a.txt": md5("aaa")}


def test_a_wrong_token_is_explained(workspace: Workspace) -> None:
    workspace.environ["STEPUP_ZENODO_TOKEN"] = "wrong-token"
    workspace.write(a_txt="aaa")

    result = workspace.sync()

    assert result.status == 1
    assert result.err.startswith("failed: The server does not accept the token: it is not valid,")
    assert "wrong-token" not in result.out + result.err


def test_told_to_stay_offline(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.environ["STEPUP_ZENODO_OFFLINE"] = "1"

    result = workspace.sync()
    refused = workspace.run("diff", "zenodo.yaml")
    stands = workspace.run("status", "zenodo.yaml")

    assert result == Result(
        0,
        "validated only: STEPUP_ZENODO_OFFLINE is set, so the server was not asked\n"
        "Unset STEPUP_ZENODO_OFFLINE to ask the server.\n",
        "",
    )
    assert refused.status == 1
    assert refused.err == (
        "failed: The server cannot be asked, as STEPUP_ZENODO_OFFLINE is set. "
        "Unset STEPUP_ZENODO_OFFLINE to ask the server.\n"
    )
    assert "state        not known, as STEPUP_ZENODO_OFFLINE is set\n" in stands.out
    assert workspace.rdm.log() == []
    workspace.environ["STEPUP_ZENODO_OFFLINE"] = "0"
    assert "synced" in workspace.sync().out


def test_from_another_folder(workspace: Workspace, tmp_path: Path) -> None:
    workspace.folder = tmp_path / "pub"
    workspace.folder.mkdir()
    workspace.write(a_txt="aaa")
    (tmp_path / "shared.txt").write_text("shared")
    (workspace.folder / "README.md").write_text("# Read\n\nme")
    workspace.config["paths"].append("../shared.txt")
    workspace.config["path_readme"] = "README.md"
    workspace.write_config()

    result = workspace.run("sync", "pub/zenodo.yaml", folder=tmp_path)

    assert result.status == 0, result
    assert workspace.checksums() == {"a.txt": md5("aaa"), "shared.txt": md5("shared")}
    assert workspace.draft()["metadata"]["description"] == "<h1>Read</h1>\n<p>me</p>"


def test_local_problems_are_reported_before_any_request(workspace: Workspace) -> None:
    (workspace.folder / "folder").mkdir()
    (workspace.folder / "empty.txt").touch()
    workspace.write_file("one/same.txt", "1")
    workspace.config["paths"] += ["missing.txt", "empty.txt", "folder", "one"]

    result = workspace.sync()

    assert result.status == 2
    assert result.err.splitlines() == [
        "zenodo.yaml:14:3: paths[1]: missing.txt does not exist",
        "zenodo.yaml:15:3: paths[2]: empty.txt is empty, and Zenodo refuses empty files",
        "zenodo.yaml:16:3: paths[3]: folder is a folder, expected a file",
        "zenodo.yaml:17:3: paths[4]: one is a folder, expected a file",
    ]
    assert requests_of(workspace.rdm) == []


def test_equal_names_are_reported_before_any_request(workspace: Workspace) -> None:
    workspace.write_file("one/same.txt", "1")
    workspace.write_file("two/same.txt", "2")

    result = workspace.sync()

    assert result.status == 2
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("zenodo.yaml:14:3: paths[1]: ")
    assert "one/same.txt" in result.err
    assert requests_of(workspace.rdm) == []


def test_too_many_files_are_reported_before_any_request(workspace: Workspace) -> None:
    for name, content in numbered(101):
        workspace.write_file(name, content)

    result = workspace.sync()

    assert result.status == 2
    assert len(result.err.splitlines()) == 1
    assert "101 files" in result.err
    assert requests_of(workspace.rdm) == []


def test_a_dry_run_changes_nothing(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")

    result = workspace.synced("--dry-run")

    assert result.out.splitlines() == [
        f"zenodo.yaml -> {workspace.rdm.endpoint}",
        "dry run, this would be done:",
        "  create a draft with 6 metadata fields",
        "  send a.txt (3 B): new",
    ]
    assert workspace.writes() == []
    assert not (workspace.folder / ".zenodo-record-id.txt").exists()


def test_what_the_server_does_not_accept_is_shown_at_its_place(workspace: Workspace) -> None:
    """The custom field passes our check, and this server does not have it."""
    workspace.rdm.configure(ZENODO_LIKE_FIELDS=False)
    workspace.config["custom_fields"] = {"dwc:genus": ["Felis"]}
    workspace.write(a_txt="aaa")

    result = workspace.sync()

    assert result.status == 1
    assert result.err.splitlines() == [
        f"failed: {REFUSED}",
        "zenodo.yaml:16:3: custom_fields.dwc:genus: the server says: Unknown field.",
    ]
    assert workspace.content_requests() == []
    again = workspace.sync()
    assert again.status == 1, "it fails again, and does not start another record"
    assert len(workspace.drafts_of_user()) == 1


def test_an_edit_draft_with_rejected_metadata_is_not_left_behind(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.publish()
    before = workspace.published()
    workspace.rdm.configure(ZENODO_LIKE_FIELDS=False)
    workspace.config["custom_fields"] = {"dwc:genus": ["Felis"]}

    assert workspace.sync().status == 1

    assert workspace.rdm.request("GET", f"/records/{workspace.record_id}/draft").status_code == 404
    assert workspace.published() == before
    del workspace.config["custom_fields"]
    assert "nothing to do" in workspace.synced().out


def test_default_preview_is_set_after_the_upload(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa", b_txt="bbb")
    workspace.config["default_preview"] = "b.txt"

    workspace.synced()

    assert workspace.draft()["files"]["default_preview"] == "b.txt"
    workspace.write(b_txt="BBB")
    workspace.synced()
    assert workspace.draft()["files"]["default_preview"] == "b.txt"
    assert checksums(workspace.draft()) == workspace.local_checksums()
