"""What belongs to a record, also besides the configuration, and which record to a configuration."""

import json
import re
from pathlib import Path

import attrs
import pytest

from .workspace import Workspace, md5

pytestmark = pytest.mark.server

NOTE = "note: {} still counts, as it was given before; --exact leaves it out\n"
FORGET = (
    "give it again as an argument, or forget what was given before: "
    "`stepup-zenodo sync --exact zenodo.yaml`"
)


@pytest.fixture
def with_argument(workspace: Workspace) -> Workspace:
    """Return a project of which one file, and the README, are known from arguments only."""
    workspace.write(a_csv="1\n")
    (workspace.folder / "b.csv").write_text("2\n")
    (workspace.folder / "about.md").write_text("About the data.\n")
    workspace.synced("b.csv", "--description", "about.md")
    workspace.rdm.clear_log()
    return workspace


def test_files_that_were_given_still_belong_to_the_record(with_argument: Workspace) -> None:
    project = with_argument
    notes = NOTE.format("b.csv") + NOTE.format("about.md")

    same = project.run("sync", "zenodo.yaml")
    shown = project.run("diff", "zenodo.yaml")
    stands = project.run("status", "zenodo.yaml")

    assert (same.status, shown.status) == (0, 0)
    assert same.out.startswith(notes)
    assert "nothing to do" in same.out
    assert shown.out.startswith(notes)
    assert re.search(r"^drift +none$", stands.out, re.MULTILINE)
    assert project.writes() == []
    assert project.checksums() == {"a.csv": md5("1\n"), "b.csv": md5("2\n")}
    assert project.draft()["metadata"]["description"] == "<p>About the data.</p>"


def test_what_was_given_is_published(with_argument: Workspace) -> None:
    result = with_argument.run("publish", "--yes", "zenodo.yaml")

    assert result.status == 0, result
    published = with_argument.published()
    assert sorted(published["files"]["entries"]) == ["a.csv", "b.csv"]
    assert with_argument.run("sync", "zenodo.yaml").status == 0


def test_another_file_is_added_to_those_that_were_given(with_argument: Workspace) -> None:
    (with_argument.folder / "c.csv").write_text("3\n")

    result = with_argument.synced("c.csv")

    assert "send c.csv (2 B): new" in result.out
    assert sorted(with_argument.checksums()) == ["a.csv", "b.csv", "c.csv"]
    assert "nothing to do" in with_argument.synced().out


def test_what_was_given_is_forgotten_when_told(with_argument: Workspace) -> None:
    shown = with_argument.run("diff", "--exact", "zenodo.yaml")
    result = with_argument.run("sync", "--exact", "zenodo.yaml")

    assert "delete b.csv" in shown.out
    assert "delete b.csv: no longer listed" in result.out
    assert result.status == 0
    assert sorted(with_argument.checksums()) == ["a.csv"]
    again = with_argument.run("sync", "zenodo.yaml")
    assert "nothing to do" in again.out
    assert "still counts" not in again.out


def test_a_file_that_was_given_and_is_gone_is_named(with_argument: Workspace) -> None:
    (with_argument.folder / "b.csv").unlink()

    result = with_argument.run("sync", "zenodo.yaml")

    assert result.status == 2
    assert result.err == f"given before: b.csv does not exist ({FORGET})\n"
    assert with_argument.run("sync", "--exact", "zenodo.yaml").status == 0
    assert sorted(with_argument.checksums()) == ["a.csv"]


def test_a_state_file_of_a_stranger_names_no_private_file(
    with_argument: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    diary = tmp_path_factory.mktemp("home") / "diary.txt"
    diary.write_text("Nobody should read this.\n")
    (with_argument.folder / ".git").mkdir()
    path = with_argument.folder / ".zenodo-record-id.json"
    state = json.loads(path.read_text())
    state["sources"]["files"] = [str(diary)]
    path.write_text(json.dumps(state))

    refused = with_argument.run("sync", "zenodo.yaml")
    told = with_argument.run("sync", "zenodo.yaml", str(diary))

    assert refused.status == 2
    assert "given before" in refused.err
    assert f"leads to {diary}, which is outside of the project" in refused.err
    assert told.status == 0, "what a person types is meant"
    assert "diary.txt" in with_argument.checksums()


def test_it_is_remembered_when_the_project_moves(with_argument: Workspace) -> None:
    old = with_argument.folder
    new = old.parent / f"{old.name}-moved"
    old.rename(new)
    with_argument.folder = new
    (new / "below").mkdir()

    result = with_argument.run("sync", "../zenodo.yaml", folder=new / "below")

    assert result.status == 0, result
    assert NOTE.format("../b.csv") in result.out
    assert "nothing to do" in result.out


def test_without_paths_the_files_are_left_alone(workspace: Workspace) -> None:
    workspace.write(a_csv="1\n")
    workspace.synced()
    workspace.upload_on_web("theirs.csv", b"2\n")
    del workspace.config["paths"]

    shown = workspace.run("diff", "zenodo.yaml")
    workspace.write_config()
    left = workspace.run("diff", "zenodo.yaml")
    result = workspace.run("sync", "zenodo.yaml")

    assert "theirs.csv" in shown.out
    assert left.status == 0, left
    assert "nothing to do" in result.out
    assert sorted(workspace.checksums()) == ["a.csv", "theirs.csv"]


def test_a_new_version_without_paths_has_the_files_of_the_last_one(workspace: Workspace) -> None:
    workspace.write(a_csv="1\n")
    workspace.synced()
    workspace.publish()
    del workspace.config["paths"]
    workspace.config["metadata"]["version"] = "2.0.0"

    result = workspace.synced()

    assert workspace.checksums() == {"a.csv": md5("1\n")}
    assert "delete" not in result.out
    assert workspace.run("publish", "--yes", "zenodo.yaml").status == 0


def test_an_empty_list_empties_the_draft(workspace: Workspace) -> None:
    workspace.write(a_csv="1\n")
    workspace.synced()
    workspace.config["paths"] = []

    result = workspace.synced()

    assert "delete a.csv: no longer listed" in result.out
    assert workspace.checksums() == {}


COMMANDS = (
    ("sync", "other.yaml"),
    ("diff", "other.yaml"),
    ("status", "other.yaml"),
    ("check", "other.yaml"),
    ("doi", "other.yaml", "doi.txt"),
    ("publish", "--yes", "other.yaml"),
    ("submit", "other.yaml"),
    ("discard", "--yes", "other.yaml"),
    ("pull", "other.yaml"),
    ("preview", "other.yaml"),
    ("share", "other.yaml"),
)


def test_no_command_works_on_the_record_of_another_configuration(workspace: Workspace) -> None:
    workspace.write(a_csv="1\n")
    workspace.synced()
    workspace.config["metadata"]["title"] = "Other work"
    workspace.write_config("other.yaml")
    before = {path: path.read_bytes() for path in workspace.folder.iterdir() if path.is_file()}
    workspace.rdm.clear_log()

    results = [workspace.run(*command) for command in COMMANDS]

    message = (
        'other.yaml:1:1: path_record_id: ".zenodo-record-id.txt" remembers the record of '
        "zenodo.yaml (give other.yaml a path_record_id of its own, "
        "or if it replaces zenodo.yaml, delete that)"
    )
    assert [(result.status, result.err.splitlines()[0]) for result in results] == [
        (2, message) for _ in COMMANDS
    ]
    assert workspace.rdm.log() == []
    after = {path: path.read_bytes() for path in workspace.folder.iterdir() if path.is_file()}
    assert after == before

    workspace.config["path_record_id"] = "other-id.txt"
    workspace.write_config("other.yaml")
    assert workspace.run("sync", "other.yaml").status == 0
    assert len(workspace.drafts_of_user()) == 2


def test_a_configuration_that_replaces_another_one_goes_on(workspace: Workspace) -> None:
    workspace.write(a_csv="1\n")
    workspace.synced()
    (workspace.folder / "zenodo.yaml").rename(workspace.folder / "renamed.yaml")

    result = workspace.run("sync", "renamed.yaml")

    assert result.status == 0, result
    assert "nothing to do" in result.out
    workspace.write_config("zenodo.yaml")
    again = workspace.run("sync", "zenodo.yaml")
    assert "remembers the record of renamed.yaml" in again.err


def test_a_link_to_a_configuration_is_that_configuration(workspace: Workspace) -> None:
    workspace.write(a_csv="1\n")
    workspace.synced()
    (workspace.folder / "link.yaml").symlink_to("zenodo.yaml")

    result = workspace.run("sync", "link.yaml")

    assert result.status == 0, result
    assert "nothing to do" in result.out


def test_a_second_draft_of_the_same_work_is_named(workspace: Workspace, tmp_path: Path) -> None:
    workspace.write(a_csv="1\n")
    workspace.synced()
    second = attrs.evolve(workspace, folder=tmp_path / "second")
    second.folder.mkdir()
    second.write(a_csv="1\n")
    second.synced()
    mine, theirs = second.record_id, workspace.record_id
    (second.folder / ".zenodo-record-id.txt").write_text(theirs)

    result = second.synced()
    again = second.synced()

    assert (
        f"this is {theirs} now, as the record id file says; {mine}, which it "
        "named before, is another record: discard that in the web form if it is a second draft "
        "of the same work\n"
    ) in result.err
    assert again.err == ""


def test_the_file_that_a_person_chose_as_preview_stays(workspace: Workspace) -> None:
    workspace.write(a_csv="1\n", b_csv="2\n")
    workspace.synced()
    path = f"/records/{workspace.record_id}/draft"
    draft = workspace.rdm.get(path)
    draft["files"]["default_preview"] = "b.csv"
    workspace.rdm.request("PUT", path, json=draft).raise_for_status()

    workspace.write(a_csv="changed\n")
    workspace.config["metadata"]["title"] = "A better title"
    workspace.synced()
    assert workspace.draft()["files"]["default_preview"] == "b.csv"
    workspace.publish()
    workspace.config["metadata"]["version"] = "2.0.0"
    workspace.write(a_csv="once more\n")
    workspace.synced()

    assert workspace.draft()["files"]["default_preview"] == "b.csv"
