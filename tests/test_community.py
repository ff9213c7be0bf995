"""Reviews by a community, played with a curator, and what `status` says about them."""

import datetime
import json
import re
from typing import Any

import pytest

from .workspace import Result, Workspace, requests_of

pytestmark = pytest.mark.server

TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Return a project for a community."""
    workspace.environ |= {
        "STEPUP_ZENODO_ATTEMPTS": "2",
        "STEPUP_ZENODO_RETRY_DELAY": "0",
        "STEPUP_ZENODO_SETTLE": "0",
    }
    workspace.config["metadata"]["publication_date"] = TODAY.isoformat()
    workspace.config["community"] = workspace.rdm.community
    workspace.write(a_txt="aaa")
    return workspace


def submit(workspace: Workspace, *args: str) -> Result:
    workspace.write_config()
    workspace.rdm.clear_log()
    return workspace.run("submit", "zenodo.yaml", *args)


def status(workspace: Workspace) -> list[str]:
    """Return what `status` says, without what changes from run to run."""
    workspace.write_config()
    workspace.rdm.clear_log()
    result = workspace.run("status", "zenodo.yaml")
    assert result.status == 0, result
    assert workspace.writes() == []
    text = re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d UTC", "TIME", result.out)
    text = re.sub(r"(record |draft |review |zenodo\.|records/|uploads/)\d+", r"\1ID", text)
    return text.replace(workspace.rdm.url, "URL").splitlines()


def review(workspace: Workspace) -> dict[str, Any]:
    return dict(workspace.rdm.get(f"/records/{workspace.record_id}/draft/review"))


def decide(workspace: Workspace, what: str, comment: str = "") -> None:
    """Accept or decline as the curator."""
    path = f"/requests/{review(workspace)['id']}/actions/{what}"
    body = {"payload": {"content": f"<p>{comment}</p>", "format": "html"}} if comment else {}
    workspace.rdm.request("POST", path, json=body, token="bob").raise_for_status()


def expected(record: str, state: str, drift: str = "none", page: str = "uploads") -> list[str]:
    concept = "not known before the first publication"
    return [
        "zenodo.yaml -> URL/api",
        f"record       {record}",
        f"state        {state}",
        f"concept DOI  {concept}",
        f"page         URL/{page}/ID",
        "last sent    TIME",
        f"drift        {drift}",
    ]


DRAFT = "draft ID, version 1.0.0, 1 file (3 B)"


def test_a_review_from_the_first_sync_to_its_acceptance(project: Workspace) -> None:
    assert status(project) == [
        "zenodo.yaml -> URL/api",
        "record       no record yet",
        "drift        3 differences, see `stepup-zenodo diff`",
    ]

    result = project.synced()

    assert "  prepare the review by the community demo\n" in result.out
    assert status(project) == expected(
        DRAFT, "not public; prepared for a review by the community demo, but not submitted"
    )
    project.rdm.clear_log()
    project.synced()
    assert requests_of(project.rdm) == ["GET /records/ID/draft"]

    result = submit(project, "--message", "Please look at <this>.")

    assert result.status == 0, result
    assert result.out.splitlines()[0] == (
        "The community demo reviews this, and publishes it by accepting it:"
    )
    assert result.out.splitlines()[-1] == "submitted to the community demo"
    assert project.writes() == [
        "PUT /records/ID/draft",
        "POST /records/ID/draft/actions/submit-review",
    ]
    request = review(project)
    assert request["status"] == "submitted"
    said = project.rdm.get(f"/requests/{request['id']}/timeline")["hits"]["hits"]
    assert said[0]["payload"]["content"] == "<p>Please look at &lt;this&gt;.</p>"
    assert submit(project).out == "it is in review already, by the community demo\n"
    assert project.writes() == []
    assert status(project) == expected(
        "draft in review ID, version 1.0.0, 1 file (3 B)",
        "in review by the community demo, where accepting it means publishing it",
    )

    decide(project, "accept")

    project.synced()
    found = status(project)
    assert found[1:3] == [
        "record       published record ID, version 1.0.0, 1 file (3 B), DOI 10.5072/zenodo.ID",
        "state        published",
    ]
    assert "community    demo" in found
    assert submit(project).out == "the record is in the community demo\n"
    assert project.writes() == []


def test_declined_and_submitted_again(project: Workspace) -> None:
    project.synced()
    submit(project)
    decide(project, "decline", "The title is <b>too</b> short.")

    assert status(project) == expected(
        "declined draft ID, version 1.0.0, 1 file (3 B)",
        "not public; declined by the community demo: change what was criticised, "
        "then submit it again; the last comment is 'The title is too short.'",
    )
    project.config["metadata"]["title"] = "A longer title"
    project.synced()

    result = submit(project)

    assert result.status == 0, result
    assert result.out.startswith(
        "It was declined before, with the comment 'The title is too short.'. "
        "It is submitted again.\n"
    )
    assert review(project)["status"] == "submitted"


def test_taken_back(project: Workspace) -> None:
    project.synced()
    submit(project)

    assert submit(project, "--withdraw").out == "the request for a review was taken back\n"

    assert project.draft()["status"] == "draft"
    assert submit(project, "--withdraw").out == "there is no request for a review\n"
    project.synced()
    assert project.draft()["status"] == "draft_with_review", "the configuration asks for it"
    assert submit(project, "--withdraw").out == "the request for a review was taken back\n"
    assert project.draft()["status"] == "draft"


def test_another_community_than_before(project: Workspace) -> None:
    body = {"slug": "other", "metadata": {"title": "Other"}, "access": {"visibility": "public"}}
    made = project.rdm.request("POST", "/communities", json=body, token="bob")
    made.raise_for_status()
    project.synced()
    project.config["community"] = "other"
    project.synced()

    assert submit(project).out.splitlines()[-1] == "submitted to the community other"

    assert review(project)["receiver"] == {"community": made.json()["id"]}


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 504}])
@pytest.mark.parametrize("path", ["/draft/review$", "/submit-review$"])
@pytest.mark.parametrize("after", [True, False])
def test_lost_answers(project: Workspace, fault: dict[str, Any], path: str, after: bool) -> None:
    del project.config["community"]
    project.synced()
    project.config["community"] = project.rdm.community
    methods = {"/draft/review$": "PUT", "/submit-review$": "POST"}
    rule = {"method": methods[path], "path": path, "after": after, "times": 1, **fault}
    project.rdm.faults(rule)

    result = submit(project)

    assert result.status == 0, result
    assert project.rdm.faults_left() == [0]
    assert review(project)["status"] == "submitted"


def test_a_public_record_is_proposed(project: Workspace) -> None:
    del project.config["community"]
    project.synced()
    project.publish()
    project.config["community"] = project.rdm.community

    assert submit(project, "-m", "Please.").out == (
        "proposed to the community demo, which has to accept it\n"
    )

    again = submit(project)
    assert (again.status, "Was it asked before?" in again.err) == (1, True)
    hits = project.rdm.get("/requests?type=community-inclusion", token="bob")["hits"]["hits"]
    path = f"/requests/{hits[0]['id']}/actions/accept"
    project.rdm.request("POST", path, json={}, token="bob").raise_for_status()
    assert submit(project).out == "the record is in the community demo\n"


def test_a_new_version_inherits_the_community(project: Workspace) -> None:
    project.synced()
    submit(project)
    decide(project, "accept")
    project.synced()
    project.config["metadata"]["version"] = "1.1.0"
    project.write(a_txt="AAA")

    result = project.synced()

    assert "prepare the review" not in result.out
    refused = submit(project)
    assert refused.status == 1
    assert refused.err.startswith("failed: The draft of a new version is not reviewed: it belongs")
    project.write_config()
    assert project.run("publish", "zenodo.yaml", "--yes").status == 0
    ids = project.published()["parent"]["communities"]["ids"]
    assert ids == [project.rdm.get(f"/communities/{project.rdm.community}")["id"]]


def test_what_cannot_be_submitted(project: Workspace) -> None:
    assert submit(project).err == (
        "failed: There is no record yet. Create it with `stepup-zenodo sync zenodo.yaml`.\n"
    )
    project.synced()
    project.write(a_txt="AAA")
    assert submit(project).err.splitlines() == [
        "failed: The draft cannot be submitted as it is:",
        (
            "the draft: it is not equal to the configuration and the files "
            "(see `stepup-zenodo diff`, and run `stepup-zenodo sync`)"
        ),
    ]
    project.config["community"] = "no-such-community"
    result = submit(project)
    assert (result.status, result.err.splitlines()) == (
        2,
        [
            (
                "zenodo.yaml:14:12: community: the server has no community 'no-such-community' "
                "(copy its name from the address of its page, after /communities/; "
                "one that is not public is shown to its members only)"
            )
        ],
    )
    del project.config["community"]
    result = submit(project)
    assert (result.status, result.err.splitlines()) == (
        2,
        [
            (
                "zenodo.yaml:1:1: community: the configuration names no community "
                "(add its name as in the address of its page, after /communities/)"
            )
        ],
    )
    assert project.writes() == []


def test_status_of_published_versions(project: Workspace) -> None:
    del project.config["community"]
    project.synced()
    first = project.record_id
    project.publish()
    project.synced()
    made = project.rdm.request("POST", f"/records/{first}/versions").json()["id"]
    assert status(project)[2] == "state        published; a draft of the next version exists"
    path = f"/records/{made}/draft"
    draft = project.rdm.get(path)
    draft["metadata"]["version"] = "2.0.0"
    project.rdm.request("PUT", path, json=draft).raise_for_status()
    project.rdm.request("POST", f"{path}/actions/files-import").raise_for_status()
    project.rdm.request("POST", f"{path}/actions/publish").raise_for_status()
    project.write(a_txt="AAA")

    found = status(project)

    assert found[2] == ("state        published; a newer version, 2.0.0, is published as record ID")
    assert found[-1] == "drift        2 differences, see `stepup-zenodo diff`"
    result = project.run("status", "zenodo.yaml", "--json")
    data = json.loads(result.out)
    assert data.pop("last_sent").endswith("UTC")
    assert data == {
        "running": False,
        "pid": None,
        "lines": [],
        "record": first,
        "state": "published",
        "is_public": True,
        "version": "1.0.0",
        "doi": f"10.5072/zenodo.{first}",
        "concept_doi": project.published()["parent"]["pids"]["doi"]["identifier"],
        "url": f"{project.rdm.url}/records/{first}",
        "latest": made,
        "has_next_draft": False,
        "community": None,
        "communities": [],
        "comment": None,
        "differences": 2,
    }
    project.remove_file("a.txt")
    project.config["paths"] = ["a.txt"]
    found = status(project)
    assert (
        found[-1] == "drift        not compared: zenodo.yaml:13:3: paths[0]: a.txt does not exist"
    )


def test_a_rehearsal_on_a_server_without_the_community(project: Workspace) -> None:
    project.config["endpoint"] = "https://zenodo.org/api"
    project.config["community"] = "only-there"

    result = project.synced("--endpoint", project.rdm.endpoint)

    assert (
        "  no review is prepared: there is no community only-there on this server\n" in result.out
    )


def test_an_unknown_community_is_an_error(project: Workspace) -> None:
    """It is found before anything is sent, also for a draft that exists."""
    project.config["community"] = "no-such-community"
    expected = (
        "zenodo.yaml:14:12: community: the server has no community 'no-such-community' "
        "(copy its name from the address of its page, after /communities/; "
        "one that is not public is shown to its members only)\n"
    )

    for _ in range(2):
        found = [
            project.sync(),
            project.sync("--dry-run"),
            project.run("diff", "zenodo.yaml"),
        ]

        assert {(result.status, result.err) for result in found} == {(2, expected)}
        assert project.writes() == []
        del project.config["community"]
        project.synced()
        project.rdm.clear_log()
        project.config["community"] = "no-such-community"


def foreseen(project: Workspace) -> tuple[list[str], list[str], list[dict[str, Any]]]:
    """Return what diff, dry run and both as JSON announce, which must be the same."""
    diff = project.run("diff", "zenodo.yaml", "--json")
    dry = project.run("sync", "zenodo.yaml", "--dry-run", "--json")
    assert (diff.status, dry.status) == (3, 0)
    changes = json.loads(diff.out)["changes"]
    assert json.loads(dry.out)["changes"] == changes
    shown = project.run("diff", "zenodo.yaml").out.splitlines()[2:]
    return shown, project.run("sync", "zenodo.yaml", "--dry-run").out.splitlines()[1:], changes


def test_a_review_is_foreseen(project: Workspace) -> None:
    """To prepare, move and remove it are changes like others."""
    body = {"slug": "other", "metadata": {"title": "Other"}, "access": {"visibility": "public"}}
    project.rdm.request("POST", "/communities", json=body, token="bob").raise_for_status()
    del project.config["community"]
    project.synced()
    demo, other = "prepare the review by the community demo", "prepare the review by the community"
    rows: list[tuple[str, str, dict[str, Any], str]] = [
        ("demo", demo, {"action": "prepare_review", "community": "demo"}, "PUT"),
        (
            "other",
            f"{other} other instead of another one",
            {"action": "prepare_review", "community": "other"},
            "PUT",
        ),
        (
            "",
            "remove the request for a review, which was not submitted",
            {"action": "remove_review"},
            "DELETE",
        ),
    ]
    for name, line, change, method in rows:
        project.config["community"] = name
        project.write_config()
        shown, dry, changes = foreseen(project)

        assert shown == [
            "record:",
            f"  {line}",
            "a sync would send 0 B, and make 1 request that changes something",
        ]
        assert dry == ["dry run, this would be done:", f"  {line}"]
        assert changes == [change]
        project.rdm.clear_log()
        result = project.synced()
        assert result.out.splitlines()[1] == f"  {line}"
        assert result.out.splitlines()[2].startswith("synced: draft ")
        assert project.writes() == [f"{method} /records/ID/draft/review"]
        assert project.run("diff", "zenodo.yaml").out.splitlines()[-1] == "equal"
        project.rdm.clear_log()
        assert project.synced().out.splitlines()[1].startswith("nothing to do: ")
        assert requests_of(project.rdm) == ["GET /records/ID/draft"]
    assert project.draft()["status"] == "draft"


def test_another_community_than_the_one_that_reviews(project: Workspace) -> None:
    """What is in review is left alone, and said."""
    body = {"slug": "other", "metadata": {"title": "Other"}, "access": {"visibility": "public"}}
    project.rdm.request("POST", "/communities", json=body, token="bob").raise_for_status()
    project.synced()
    assert submit(project).status == 0
    project.config["community"] = "other"

    result = project.synced()

    assert result.err == (
        "zenodo.yaml:14:12: kept community: the draft is being reviewed by another one; take it "
        "back with `stepup-zenodo submit --withdraw` before you choose this one\n"
    )
    assert submit(project, "--withdraw").status == 0
    assert "prepare the review by the community other" in project.synced().out
    assert submit(project).out.splitlines()[-1] == "submitted to the community other"


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 504}])
@pytest.mark.parametrize("after", [True, False])
def test_a_lost_answer_of_a_sync(project: Workspace, fault: dict[str, Any], after: bool) -> None:
    rule = {"method": "PUT", "path": "/draft/review$", "after": after, "times": 1, **fault}
    project.rdm.faults(rule)

    assert project.synced().err == ""

    assert project.rdm.faults_left() == [0]
    assert review(project)["status"] == "created"


def test_a_lost_cache_costs_a_request(project: Workspace) -> None:
    project.synced()
    project.rdm.clear_log()
    (project.folder / ".cache" / "stepup-zenodo" / "communities.json").write_text("[")

    assert project.synced().out.splitlines()[1].startswith("nothing to do: ")

    assert requests_of(project.rdm) == ["GET /records/ID/draft", "GET /communities/demo"]


def test_status_without_token(project: Workspace) -> None:
    project.synced()
    record = project.record_id
    project.config["path_token"] = "missing.txt"
    unknown = "state        not known, as there is no token"

    assert status(project) == ["zenodo.yaml -> URL/api", f"record       {record}", unknown]
    assert requests_of(project.rdm) == []
    result = project.run("status", "zenodo.yaml", "--json")
    assert json.loads(result.out) == {
        "running": False,
        "pid": None,
        "lines": [],
        "record": record,
        "state": None,
        "doi": None,
        "concept_doi": None,
    }
    (project.folder / ".zenodo-record-id.txt").unlink()
    (project.folder / ".zenodo-record-id.json").unlink()
    assert status(project)[1:] == ["record       no record yet", unknown]
