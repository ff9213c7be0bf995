"""Two releases of a data set, as a maintainer makes them by hand in the web form.

A comment names the manual step that each part stands for.
"""

import datetime
from typing import Any

import pytest

from .workspace import Result, Workspace, md5

pytestmark = pytest.mark.server

TODAY = datetime.datetime.now(datetime.UTC).date().isoformat()

FIRST_LOG = "# Changelog\n\n## v0.1.0\n\n- First release, with 100 fields.\n"
SECOND_LOG = FIRST_LOG.replace("## v0.1.0", "## v0.2.0\n\n- 40 more fields.\n\n## v0.1.0")


def ok(workspace: Workspace, command: str, *args: str) -> Result:
    """Run a command and expect success."""
    workspace.write_config()
    result = workspace.run(command, "zenodo.yaml", *args)
    assert result.status == 0, result
    return result


def notes_of(record: dict[str, Any]) -> list[str]:
    """Return the release notes of a record."""
    return [
        item["description"]
        for item in record["metadata"]["additional_descriptions"]
        if item["type"]["id"] == "notes"
    ]


def write_release(workspace: Workspace, version: str, fields: int, log: str) -> None:
    """Do what the pipeline of the project does for each release, and edit three lines."""
    workspace.write_file("fields.json", f'{{"fields": {fields}}}\n')
    workspace.write_file(f"predictions_{fields}_fields.zip", f"{fields} classified fields")
    (workspace.folder / "CHANGELOG.md").write_text(log)
    workspace.config["metadata"]["version"] = version
    workspace.config["metadata"]["publication_date"] = TODAY


def test_two_releases(workspace: Workspace) -> None:
    workspace.environ |= {"STEPUP_ZENODO_SETTLE": "0", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.config["metadata"]["notes"] = {"path_changelog": "CHANGELOG.md"}
    # By hand: keep the record in the community of the project.
    workspace.config["community"] = workspace.rdm.community
    for name in ("trained_dnn_models.zip", "trained_xgb_models.zip", "training_set.parquet"):
        workspace.write_file(name, f"the content of {name}")
    write_release(workspace, "v0.1.0", 100, FIRST_LOG)

    first = first_release(workspace)
    second = second_release(workspace)

    # By hand nothing: the address of all versions leads to the latest one.
    assert second["parent"]["pids"]["doi"] == first["parent"]["pids"]["doi"]
    latest = workspace.rdm.get(f"/records/{first['parent']['id']}", token=None)
    assert latest["id"] == second["id"]


def first_release(workspace: Workspace) -> dict[str, Any]:
    # By hand: reserve the DOI of this version.
    ok(workspace, "doi", "doi.txt")
    reserved = (workspace.folder / "doi.txt").read_text().strip()
    workspace.write_file("README.txt", f"Cite as {reserved}.\n")
    # By hand: fill in the form, upload all files.
    ok(workspace, "sync")
    # By hand: check that all files are in place.
    assert ok(workspace, "diff").out.splitlines()[-1] == "equal"
    # By hand: submit to the community, where a curator looks at the draft and accepts it.
    link = ok(workspace, "share").out.splitlines()[-1].strip()
    token = link.partition("token=")[2]
    seen = workspace.rdm.get(f"/records/{workspace.record_id}/draft?token={token}", token="bob")
    assert seen["metadata"]["version"] == "v0.1.0"
    ok(workspace, "submit", "--message", "The first release.")
    request = workspace.rdm.get(f"/records/{workspace.record_id}/draft/review")["id"]
    path = f"/requests/{request}/actions/accept"
    workspace.rdm.request("POST", path, json={}, token="bob").raise_for_status()
    ok(workspace, "sync")
    assert "state        published" in ok(workspace, "status").out
    # What the public has now.
    record = dict(workspace.rdm.get(f"/records/{workspace.record_id}", token=None))
    assert record["pids"]["doi"]["identifier"] == reserved
    # By hand: fill in the publication date and the version, which begins with a v.
    assert record["metadata"]["publication_date"] == TODAY
    assert record["metadata"]["version"] == "v0.1.0"
    # By hand: add a description of the type notes, and write the release notes into it.
    assert notes_of(record) == ["<ul>\n<li>First release, with 100 fields.</li>\n</ul>"]
    files = record["files"]["entries"]
    assert {key: file["checksum"] for key, file in files.items()} == workspace.local_checksums()
    community = workspace.rdm.get(f"/communities/{workspace.rdm.community}")["id"]
    assert record["parent"]["communities"]["ids"] == [community]
    return record


def second_release(workspace: Workspace) -> dict[str, Any]:
    """Make the next release as another user.

    By hand: make that user a curator of the community, who may then start new versions.
    """
    workspace.config["path_token"] = str(workspace.rdm.other_token_file)
    workspace.remove_file("predictions_100_fields.zip")
    write_release(workspace, "v0.2.0", 140, SECOND_LOG)
    workspace.rdm.clear_log()
    # By hand: start a new version from the page of the current one, reserve its DOI.
    out = ok(workspace, "doi", "doi.txt").out
    assert out.splitlines()[0] == "  start version v0.2.0 after v0.1.0"
    reserved = (workspace.folder / "doi.txt").read_text().strip()
    workspace.write_file("README.txt", f"Cite as {reserved}.\n")
    # By hand: import the files of the previous version, replace those that changed.
    ok(workspace, "sync")
    sent = ["README.txt", "fields.json", "predictions_140_fields.zip"]
    assert workspace.content_requests() == sent
    # By hand: check that all files are in place, publish.
    assert ok(workspace, "diff").out.splitlines()[-1] == "equal"
    assert "published: record" in ok(workspace, "publish", "--yes").out
    record = dict(workspace.rdm.get(f"/records/{workspace.record_id}", token=None))
    assert record["pids"]["doi"]["identifier"] == reserved
    assert record["metadata"]["version"] == "v0.2.0"
    assert record["metadata"]["publication_date"] == TODAY
    # By hand: write what has changed since the previous version.
    assert notes_of(record) == ["<ul>\n<li>40 more fields.</li>\n</ul>"]
    files = record["files"]["entries"]
    assert {key: file["checksum"] for key, file in files.items()} == workspace.local_checksums()
    assert files["README.txt"]["checksum"] == md5(f"Cite as {reserved}.\n")
    return record
