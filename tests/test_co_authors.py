"""The work of others: files and fields that a co-author changed are never lost without a word."""

import pytest

from stepup_zenodo.local.state import load

from .rdm_server.fixture import Rdm
from .workspace import Result, Workspace, md5

pytestmark = pytest.mark.server

OURS_AND_THEIRS = (
    "is new here, but somebody else has put another file with this name on the server "
    "(rename the file, or use --ours to replace the other one or --theirs to leave it)"
)


def new_version_on_web(workspace: Workspace, title: str, content: bytes) -> str:
    """Publish version 1.1.0 with another title and another a.txt, as a co-author would."""
    rdm, record = workspace.rdm, workspace.record_id
    draft = rdm.request("POST", f"/records/{record}/versions").json()
    path = f"/records/{draft['id']}/draft"
    rdm.request("POST", f"{path}/actions/files-import").raise_for_status()
    draft["metadata"] |= {"title": title, "version": "1.1.0", "publication_date": "2026-11-25"}
    rdm.request("PUT", path, json=draft).raise_for_status()
    replace(rdm, str(draft["id"]), "a.txt", content)
    rdm.request("POST", f"{path}/actions/publish").raise_for_status()
    return str(draft["id"])


def replace(rdm: Rdm, record: str, key: str, content: bytes) -> None:
    """Upload a file in the web form, in place of one with the same name."""
    path = f"/records/{record}/draft/files"
    rdm.request("DELETE", f"{path}/{key}")
    rdm.request("POST", path, json=[{"key": key}]).raise_for_status()
    rdm.request("PUT", f"{path}/{key}/content", data=content).raise_for_status()
    rdm.request("POST", f"{path}/{key}/commit").raise_for_status()


def after_failed_upload(workspace: Workspace) -> None:
    """Let the upload of b.txt fail, and a co-author upload another b.txt afterwards."""
    workspace.write(a_txt="one")
    workspace.synced()
    workspace.write(b_txt="draft of b")
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "2", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.rdm.faults({"path": "/content$", "status": 503, "times": 100})
    assert workspace.sync().status == 1
    workspace.rdm.no_faults()
    replace(workspace.rdm, workspace.record_id, "b.txt", b"final b")


def conflict(result: Result) -> str:
    """Return the one conflict for which a run did nothing."""
    assert result.status == 1
    head, line = result.err.splitlines()
    assert head == "failed: Nothing was changed, because a person must decide:"
    return line.partition(": ")[2]


def test_a_file_after_a_failed_upload(workspace: Workspace) -> None:
    after_failed_upload(workspace)
    workspace.rdm.clear_log()

    result = workspace.sync()

    assert conflict(result) == f"paths.b.txt: {OURS_AND_THEIRS}"
    assert workspace.writes() == []
    workspace.synced("--theirs")
    assert workspace.checksums()["b.txt"] == md5(b"final b")


def test_a_file_after_a_failed_upload_that_is_not_listed_any_more(workspace: Workspace) -> None:
    after_failed_upload(workspace)
    workspace.remove_file("b.txt")

    result = workspace.synced()

    assert "'b.txt' is on the server but was never sent from here" in result.err.replace(":", "")
    assert workspace.checksums()["b.txt"] == md5(b"final b")


def test_a_new_file_with_the_name_of_theirs(workspace: Workspace) -> None:
    workspace.write(a_txt="one")
    workspace.synced()
    replace(workspace.rdm, workspace.record_id, "b.txt", b"theirs")
    workspace.write(b_txt="mine")

    assert conflict(workspace.sync()) == f"paths.b.txt: {OURS_AND_THEIRS}"
    workspace.synced("--ours")
    assert workspace.checksums() == workspace.local_checksums()


def test_an_upload_that_is_under_way(workspace: Workspace) -> None:
    workspace.write(a_txt="one")
    workspace.synced()
    path = f"/records/{workspace.record_id}/draft/files"
    workspace.rdm.request("DELETE", f"{path}/a.txt")
    workspace.rdm.request("POST", path, json=[{"key": "a.txt"}]).raise_for_status()
    workspace.rdm.clear_log()

    result = workspace.synced()

    assert result.err.endswith("kept 'a.txt': somebody else is uploading it\n")
    assert workspace.writes() == []


def test_a_file_that_is_replaced_just_before_it_is_overwritten(workspace: Workspace) -> None:
    """The last look before a deletion sees it, and both sides are compared again."""
    workspace.write(a_txt="one")
    workspace.synced()
    record, rdm = workspace.record_id, workspace.rdm
    workspace.write(a_txt="two")
    workspace.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"
    # The first look is answered with what was there before.
    before = rdm.get(f"/records/{record}/draft")
    replace(rdm, record, "a.txt", b"theirs")
    rdm.faults(
        {"method": "GET", "path": f"/records/{record}/draft$", "status": 200, "body": before}
    )
    rdm.clear_log()

    result = workspace.sync()

    assert result.status == 1
    assert "paths.a.txt: changed on disk and replaced on the server" in result.err
    assert workspace.writes() == []
    assert workspace.checksums() == {"a.txt": md5(b"theirs")}


def test_a_new_version_keeps_the_file_that_they_added(workspace: Workspace) -> None:
    workspace.write(a_txt="one")
    workspace.synced()
    workspace.upload_on_web("theirs.csv", b"theirs")
    workspace.synced()
    workspace.publish()
    workspace.write(a_txt="two")
    workspace.config["metadata"]["version"] = "1.1.0"

    workspace.synced()

    assert workspace.checksums() == {"a.txt": md5(b"two"), "theirs.csv": md5(b"theirs")}


def test_a_new_version_keeps_the_file_that_they_corrected(workspace: Workspace) -> None:
    workspace.write(a_txt="one")
    workspace.synced()
    replace(workspace.rdm, workspace.record_id, "a.txt", b"corrected")
    workspace.publish()
    workspace.synced()
    workspace.config["metadata"]["version"] = "1.1.0"

    result = workspace.synced()

    assert workspace.checksums() == {"a.txt": md5(b"corrected")}
    assert result.err.endswith("kept 'a.txt': replaced on the server\n")


def test_files_that_were_removed_do_not_come_back(workspace: Workspace) -> None:
    """The draft of a version without files is meant to have none after it had some."""
    workspace.write(a_txt="one", b_txt="b")
    workspace.synced()
    workspace.publish()
    workspace.config["metadata"]["version"] = "1.1.0"
    workspace.synced()
    workspace.remove_file("a.txt")
    workspace.remove_file("b.txt")

    result = workspace.synced()

    assert "import" not in result.out
    assert result.err == ""
    assert workspace.checksums() == {}


def test_the_base_follows_to_a_version_that_they_published(workspace: Workspace) -> None:
    """What they changed there is kept, and `diff` foresees it."""
    workspace.write(a_txt="one", b_txt="b")
    workspace.synced()
    workspace.publish()
    workspace.synced()
    new_version_on_web(workspace, "Better title", b"corrected")
    workspace.config["metadata"]["version"] = "1.2.0"
    workspace.write_config()

    shown = workspace.run("diff", "zenodo.yaml")
    result = workspace.synced()

    kept = ["metadata.title: changed on the server to 'Better title'", "'a.txt': replaced on"]
    assert [line in shown.out for line in kept] == [True, True]
    assert [line in result.err for line in kept] == [True, True]
    assert workspace.draft()["metadata"]["title"] == "Better title"
    assert workspace.checksums() == {"a.txt": md5(b"corrected"), "b.txt": md5(b"b")}


def test_a_conflict_is_found_before_a_version_is_started(workspace: Workspace) -> None:
    workspace.write(a_txt="one")
    workspace.synced()
    replace(workspace.rdm, workspace.record_id, "a.txt", b"theirs")
    workspace.publish()
    workspace.write(a_txt="mine")
    workspace.config["metadata"]["version"] = "1.1.0"
    workspace.rdm.clear_log()

    result = workspace.sync()

    assert conflict(result).startswith("paths.a.txt: changed on disk and replaced on the server")
    assert workspace.writes() == []


def test_all_conflicts_are_found_before_a_version_is_started(workspace: Workspace) -> None:
    """Also about a file that the published version does not have any more."""
    workspace.write(a_txt="one", b_txt="b")
    workspace.synced()
    path = f"/records/{workspace.record_id}/draft/files/b.txt"
    workspace.rdm.request("DELETE", path).raise_for_status()
    workspace.edit_on_web(title="Better title")
    workspace.publish()
    workspace.write(b_txt="changed")
    workspace.config["metadata"] |= {"title": "My title", "version": "1.1.0"}

    result = workspace.sync()

    assert result.status == 1
    about = [line.split(": ")[1] for line in result.err.splitlines()[1:]]
    assert about == ["metadata.title", "paths.b.txt"]


def test_what_was_sent_is_remembered_when_the_answer_to_the_creation_is_lost(
    workspace: Workspace,
) -> None:
    workspace.write(a_txt="one")
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "3", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.rdm.faults(
        {"method": "POST", "path": "/records$", "after": True, "drop": True},
        {"path": "/content$", "status": 503, "times": 100},
    )
    assert workspace.sync().status == 1
    workspace.rdm.no_faults()
    workspace.edit_on_web(title="Title of the co-author")

    result = workspace.synced()

    assert workspace.draft()["metadata"]["title"] == "Title of the co-author"
    assert "kept metadata.title: changed on the server to 'Title of the co-author'" in result.err


def test_a_deletion_that_can_arrive_late_is_told(workspace: Workspace) -> None:
    """The old file was about to be deleted, and there was no answer: the new one is in danger."""
    workspace.write(a_txt="one")
    workspace.synced()
    workspace.write(a_txt="two")
    workspace.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"
    workspace.rdm.faults({"method": "DELETE", "path": "/files/a.txt$", "drop": True})

    result = workspace.synced()

    assert "'a.txt' is on the server, but a request about it was never answered" in result.err
    rdm, record = workspace.rdm, workspace.record_id
    rdm.request("DELETE", f"/records/{record}/draft/files/a.txt").raise_for_status()
    assert workspace.synced().err == ""
    assert workspace.checksums() == workspace.local_checksums()


def test_a_file_that_a_late_request_can_delete_is_sent_again(workspace: Workspace) -> None:
    """The doubt stays in the state until a run without it: so it is no deletion by a person."""
    workspace.write(a_txt="one")
    workspace.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"
    workspace.rdm.faults({"method": "PUT", "path": "/content$", "after": True, "drop": True})

    result = workspace.synced()

    assert "'a.txt' is on the server, but a request about it was never answered" in result.err
    path = workspace.folder / ".zenodo-record-id.txt"
    assert load(path).at(workspace.rdm.endpoint).base.unsure == ("a.txt",)
    rdm, record = workspace.rdm, workspace.record_id
    rdm.request("DELETE", f"/records/{record}/draft/files/a.txt").raise_for_status()
    assert workspace.synced().err == ""
    assert workspace.checksums() == workspace.local_checksums()
    assert load(path).at(workspace.rdm.endpoint).base.unsure == ()


ADA, GRACE = (
    {"type": "personal", "family_name": family, "given_name": given}
    for family, given in (("Lovelace", "Ada"), ("Hopper", "Grace"))
)


def names_on_server(workspace: Workspace) -> list[str]:
    """Return the names of the creators and contributors, and the keywords."""
    metadata = workspace.draft()["metadata"]
    people = [*metadata["creators"], *metadata.get("contributors", [])]
    names = [person["person_or_org"]["family_name"] for person in people]
    return names + [item["subject"] for item in metadata.get("subjects", [])]


def both_add(workspace: Workspace) -> None:
    """Let a co-author add an editor and a keyword, and add others in the configuration."""
    metadata = workspace.config["metadata"]
    metadata["contributors"] = [{"name": "Curie, Marie", "role": "datacollector"}]
    metadata["keywords"] = ["levels"]
    workspace.write(a_txt="one")
    workspace.synced()
    there = workspace.draft()["metadata"]
    added = {"person_or_org": GRACE, "role": {"id": "editor"}}
    workspace.edit_on_web(
        contributors=[*there["contributors"], added],
        subjects=[*there["subjects"], {"subject": "theirs"}],
    )
    metadata["creators"] = [*metadata["creators"], {"name": "Babbage, Charles"}]
    metadata["contributors"].append({"name": "Noether, Emmy", "role": "editor"})
    metadata["keywords"].append("ours")


def test_both_add_to_a_list(workspace: Workspace) -> None:
    """Everything arrives, what is theirs is told as foreseen, and `pull` brings it."""
    both_add(workspace)
    workspace.write_config()
    shown = workspace.run("diff", "zenodo.yaml").out.splitlines()
    tried = workspace.run("sync", "zenodo.yaml", "--dry-run")

    result = workspace.synced()

    everybody = ["Lovelace", "Babbage", "Curie", "Noether", "Hopper", "levels", "ours", "theirs"]
    assert names_on_server(workspace) == everybody
    pull = "`stepup-zenodo pull` takes over what is there"
    kept = [
        f"metadata.contributors: on the server only: 'Hopper, Grace (editor)'; {pull}",
        f"metadata.keywords: on the server only: 'theirs'; {pull}",
    ]
    assert [line.partition(": kept ")[2] for line in result.err.splitlines()] == kept
    assert tried.err == result.err
    assert shown[2:-1] == [
        "metadata:",
        "  metadata.contributors (changed in the configuration):",
        "    + {family_name: 'Noether', given_name: 'Emmy', role: 'editor'}",
        "  metadata.creators (changed in the configuration):",
        "    + {family_name: 'Babbage', given_name: 'Charles'}",
        "  metadata.keywords (changed in the configuration):",
        "    + 'ours'",
        *(f"  keep {line} ({place})" for line, place in zip(kept, places(result), strict=True)),
    ]
    again = workspace.synced()
    assert (again.err, "nothing to do" in again.out) == (result.err, True)
    assert workspace.run("pull", "zenodo.yaml", "-n").out == (
        "would take over metadata.contributors:\n"
        "  + {family_name: 'Hopper', given_name: 'Grace', role: 'editor'}\n"
        "would take over metadata.keywords:\n"
        "  + 'theirs'\n"
    )
    assert workspace.run("pull", "zenodo.yaml").status == 0
    workspace.rdm.clear_log()
    ended = workspace.run("sync", "zenodo.yaml")
    assert (ended.status, ended.err, workspace.writes()) == (0, "", [])
    assert names_on_server(workspace) == everybody


def places(result: Result) -> list[str]:
    return [line.partition(": kept ")[0] for line in result.err.splitlines()]


def test_a_conflict_about_an_item_names_it(workspace: Workspace) -> None:
    """An author who is changed by both stops the run, and one that was removed there stays so."""
    metadata = workspace.config["metadata"]
    ada = {"family_name": "Lovelace", "given_name": "Ada"}
    charles, grace = {"name": "Babbage, Charles"}, {"name": "Hopper, Grace"}
    metadata["creators"] = [ada, charles]
    workspace.write(a_txt="one")
    workspace.synced()
    theirs = [{"person_or_org": ADA, "affiliations": [{"name": "There"}]}]
    workspace.edit_on_web(creators=theirs)
    metadata["creators"] = [{**ada, "affiliations": [{"name": "Here"}]}, charles, grace]

    assert conflict(workspace.sync()) == (
        "metadata.creators[0]: 'Lovelace, Ada' changed in the configuration to "
        "affiliations[0].name: 'Here' and on the server to affiliations[0].name: 'There' "
        "(use --ours to overwrite the server, --theirs to keep what it has, "
        "or `stepup-zenodo pull` to take that over)"
    )
    kept = workspace.synced("--theirs")
    assert names_on_server(workspace) == ["Lovelace", "Hopper"]
    gone, other = (
        line.partition(": kept metadata.creators: ")[2] for line in kept.err.splitlines()
    )
    pull = "`stepup-zenodo pull` takes it out here, too"
    assert gone == f"not on the server any more: 'Babbage, Charles'; {pull}"
    change = "affiliations[0].name: 'Here' -> 'There'"
    assert other == f"'Lovelace, Ada' was changed on the server: {change}"
    assert workspace.synced().err == kept.err
    workspace.synced("--ours")
    assert names_on_server(workspace) == ["Lovelace", "Babbage", "Hopper"]
    assert workspace.synced().err == ""
