"""What is said to be the reason is the reason, also where the server does not tell it."""

import pytest

from .test_adopt import MINIMAL, make
from .workspace import Workspace, requests_of

pytestmark = pytest.mark.server


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Return a project with a draft."""
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "6", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.write(a_txt="one", b_txt="b")
    workspace.synced()
    return workspace


DOI = "10.1234/ext-1"
UNKNOWN = (
    "failed: The server does not accept the token: it is not valid, has been revoked, or belongs "
    "to another server, for example to the sandbox. Make a new one on the page of the settings "
    "of your account there, and put it in the place of the old one.\n"
)


def test_a_token_that_is_not_valid_any_more(project: Workspace) -> None:
    """The server says that the draft does not exist."""
    record = project.record_id
    token = project.folder / "token"
    token.write_text("thisisnotatoken")
    token.chmod(0o600)
    project.config["path_token"] = "token"
    (project.folder / "other").mkdir()
    (project.folder / "other" / "token").write_text("thisisnotatoken")
    (project.folder / "other" / "token").chmod(0o600)

    found = [
        project.sync(),
        project.run("diff", "zenodo.yaml"),
        project.run("publish", "zenodo.yaml", "--yes"),
        project.run(
            *("adopt", record, "other/zenodo.yaml", "--endpoint", project.rdm.endpoint),
            *("--path-token", "token"),
        ),
    ]

    assert {(result.status, result.err) for result in found} == {(1, UNKNOWN)}
    token.write_text(project.rdm.token)
    assert project.synced().err == ""
    assert project.record_id == record


@pytest.mark.parametrize("command", ["sync", "doi"])
@pytest.mark.parametrize("community", ["", "demo"])
def test_a_first_run_with_a_wrong_token(workspace: Workspace, command: str, community: str) -> None:
    """Without record, there is nothing yet that the server could hide."""
    token = workspace.folder / "token"
    token.write_text("thisisnotatoken")
    token.chmod(0o600)
    workspace.config |= {"path_token": "token", "community": community}
    workspace.write(a_txt="one")
    workspace.write_config()

    result = workspace.run(command, "zenodo.yaml")

    assert (result.status, result.err) == (1, UNKNOWN)
    token.write_text(workspace.rdm.token)
    assert workspace.run(command, "zenodo.yaml").status == 0
    assert len(workspace.drafts_of_user()) == 1


@pytest.mark.parametrize("status", [500, 504])
def test_a_correction_that_cannot_be_published(project: Workspace, status: int) -> None:
    project.publish()
    project.config["metadata"]["title"] = "Corrected"
    fault = {"method": "POST", "path": "/actions/publish$", "times": 1000}
    project.rdm.faults({**fault, "status": status, "body": "<html>down</html>"})

    result = project.sync()

    assert result.status == 1
    assert result.err == (
        f"failed: Could not publish the draft. The server said: HTTP {status}: a web page: "
        "<html>down</html>. It was read back: the correction is saved on the server, and not "
        "public yet. Try again later; the next sync publishes it.\n"
    )
    assert project.published()["metadata"]["title"] == "A title"
    project.rdm.no_faults()
    assert project.synced().err == ""
    assert project.published()["metadata"]["title"] == "Corrected"


def test_nobody_else_saved_when_files_are_imported(project: Workspace) -> None:
    """The server counts the import of files as a save."""
    project.config["default_preview"] = "a.txt"
    project.synced()
    project.publish()
    project.config["metadata"]["version"] = "1.1.0"
    project.write(b_txt="b2")
    project.rdm.clear_log()

    result = project.synced()

    assert "trying again" not in result.out
    assert result.err == ""
    assert not [request for request in project.rdm.log() if request.status == 412]
    assert requests_of(project.rdm).count("PUT /records/ID/draft") == 2
    assert project.draft()["files"]["default_preview"] == "a.txt"


def test_somebody_else_saved_when_files_were_imported(project: Workspace) -> None:
    project.config["default_preview"] = "a.txt"
    project.synced()
    project.publish()
    project.config["metadata"]["version"] = "1.1.0"
    project.write(b_txt="b2")
    project.write_config()
    assert project.run("doi", "zenodo.yaml").status == 0
    project.edit_on_web(copyright="(c) theirs")

    assert project.synced().status == 0

    assert project.draft()["metadata"]["copyright"] == "(c) theirs"
    assert project.draft()["files"]["default_preview"] == "a.txt"


FORESEEING = ("sync", "sync --dry-run", "doi", "diff")
"""Commands that know before they write that no version can be started."""


def test_a_doi_from_elsewhere_has_no_concept_doi(workspace: Workspace) -> None:
    rdm = workspace.rdm
    body = {
        "metadata": {**MINIMAL, "version": "1.0"},
        "pids": {"doi": {"provider": "external", "identifier": DOI}},
    }
    made = make(rdm, body, public=True, a_txt="aaa")
    arguments = ("--endpoint", rdm.endpoint, "--path-token", str(rdm.token_file))
    assert workspace.run("adopt", made, *arguments).status == 0

    none = "none, as the DOI was not given by this server"
    assert f"\nconcept DOI  {none}\n" in workspace.run("status", "zenodo.yaml").out
    assert workspace.run("doi", "zenodo.yaml", "doi.tex").out.splitlines() == [
        "  doi.tex: written",
        f"DOI {DOI}",
        f"concept DOI {none}",
    ]
    assert f"% The concept DOI is {none}: its macros are empty." in (
        (workspace.folder / "doi.tex").read_text().splitlines()
    )
    rdm.faults({"path": ".*", "status": 503, "times": 1000})
    workspace.environ["STEPUP_ZENODO_ATTEMPTS"] = "1"
    assert f"concept DOI {none}\n" in workspace.run("doi", "zenodo.yaml").out


def test_a_doi_from_elsewhere_has_no_next_version(workspace: Workspace) -> None:
    rdm = workspace.rdm
    body = {
        "metadata": {**MINIMAL, "version": "1.0"},
        "pids": {"doi": {"provider": "external", "identifier": "10.1234/ext-1"}},
    }
    made = make(rdm, body, public=True, a_txt="aaa")
    arguments = ("--endpoint", rdm.endpoint, "--path-token", str(rdm.token_file))
    assert workspace.run("adopt", made, *arguments).status == 0
    path = workspace.folder / "zenodo.yaml"
    text = path.read_text()
    assert text.count('version: "1.0"') == 1
    path.write_text(text.replace('version: "1.0"', 'version: "1.1"'))

    message = (
        f"zenodo.yaml:23:12: metadata.version: the DOI {DOI} of record {made} was not given by "
        "this server, and Zenodo starts no new versions of such records (choose another "
        "path_record_id to make a new record for this version, and name the old one under "
        "related, as isNewVersionOf; or use --ours if this server allows it)"
    )
    rdm.clear_log()

    found = {name: workspace.run(*name.split(), "zenodo.yaml") for name in FORESEEING}

    stop = ["failed: Nothing was changed, because a person must decide:"]
    assert {name: (result.status, result.err.splitlines()) for name, result in found.items()} == {
        "sync": (1, [*stop, message]),
        "sync --dry-run": (1, [*stop, message]),
        "doi": (1, [*stop, message]),
        "diff": (3, [message]),
    }
    assert workspace.writes() == []
    insisted = workspace.run("sync", "zenodo.yaml", "--ours")
    assert (insisted.status, insisted.err) == (
        1,
        (
            f"failed: The DOI 10.1234/ext-1 of record {made} was not given by this server, which "
            "starts no new versions of such records. Choose another path_record_id to make a new "
            "record for this version, and name the old one under related, as isNewVersionOf.\n"
        ),
    )
    rdm.configure(RDM_ALLOW_EXTERNAL_DOI_VERSIONING=True)
    assert workspace.run("sync", "zenodo.yaml", "--ours", "--dry-run").status == 0
    renamed = path.read_text().replace(".zenodo-record-id.txt", ".second-id.txt")
    path.write_text(renamed)
    assert workspace.run("sync", "zenodo.yaml").status == 0


def test_a_draft_that_was_deleted_on_the_web_is_made_anew_as_advised(project: Workspace) -> None:
    project.rdm.request("DELETE", f"/records/{project.record_id}/draft").raise_for_status()

    result = project.sync()

    assert result.status == 1
    assert "Choose another path_record_id to start a new record. " in result.err
    project.config["path_record_id"] = ".another-id.txt"
    assert project.synced().err == ""
    assert project.run("status", "zenodo.yaml").status == 0
