"""Checks of communities: recommendations of which only some prevent that a draft becomes public."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from .test_community import decide
from .workspace import Result, Workspace

pytestmark = pytest.mark.server

WORDS = "Each creator needs an identifier."
ABOUT = 'A recommendation, see <a href="https://example.org/rules">the rules</a>.'


def creators_need_orcids(severity: str) -> dict[str, Any]:
    """Return a check as the EU Open Research Repository has it."""
    predicate = {
        "type": "list",
        "operator": "exists",
        "path": "person_or_org.identifiers",
        "predicate": {
            "type": "comparison",
            "left": {"type": "field", "path": "scheme"},
            "operator": "in",
            "right": ["orcid"],
        },
    }
    every = {"type": "list", "operator": "all", "path": "metadata.creators"}
    rule = {
        "id": "creators",
        "title": "Creators",
        "message": WORDS,
        "description": ABOUT,
        "level": severity,
        "condition": {**every, "operator": "exists", "predicate": {}},
        "checks": [{**every, "predicate": predicate}],
    }
    params = {"rules": [rule]}
    return {"community": "demo", "check": "metadata", "severity": severity, "params": params}


def open_formats(severity: str) -> dict[str, Any]:
    return {"community": "demo", "check": "file_formats", "severity": severity, "params": {}}


@pytest.fixture
def project(workspace: Workspace) -> Iterator[Workspace]:
    """Return a project for a community that checks drafts."""
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "2", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.config["community"] = "demo"
    workspace.write(a_txt="aaa")
    yield workspace
    workspace.rdm.check_drafts()


SAID = f"{WORDS} A recommendation, see the rules (https://example.org/rules)."
ADVICE = f"note: zenodo.yaml:10:3: metadata.creators: a community says: {SAID}\n"
DEMAND = (
    f"zenodo.yaml:10:3: metadata.creators: a community says: {SAID}; "
    "saved, but the draft cannot be submitted or published like this\n"
)
FORBIDDEN = (
    "failed: The server would not publish this.\n"
    f"zenodo.yaml:10:3: metadata.creators: a community says: {SAID}\n"
)


def retitled(project: Workspace, title: str) -> Result:
    project.config["metadata"]["title"] = title
    return project.sync()


def with_orcid(project: Workspace) -> None:
    person = {"family_name": "Lovelace", "given_name": "Ada"}
    identifiers = {"orcid": "0000-0002-1825-0097"}
    project.config["metadata"]["creators"] = [{**person, "identifiers": identifiers}]


@pytest.mark.parametrize("severity", ["info", "warning"])
def test_advice_is_told_and_prevents_nothing(project: Workspace, severity: str) -> None:
    project.rdm.check_drafts(creators_need_orcids(severity))
    project.synced()

    saved = retitled(project, "A better title")
    again = project.sync()
    submitted = project.run("submit", "zenodo.yaml")
    decide(project, "accept")
    corrected = retitled(project, "The best title")
    public = project.published()["metadata"]["title"]
    project.config["metadata"]["version"] = "2.0.0"
    project.write(a_txt="more")
    raised = project.sync()
    published = project.run("publish", "--yes", "zenodo.yaml")

    assert (saved.status, saved.err) == (0, "")
    assert saved.out.endswith(ADVICE)
    assert "nothing to do" in again.out
    assert submitted.status == 0, submitted
    assert submitted.out.startswith(ADVICE)
    assert (corrected.status, corrected.err, public) == (0, "", "The best title")
    assert corrected.out.endswith(ADVICE)
    assert (raised.status, raised.err) == (0, "")
    assert published.status == 0, published
    assert published.out.startswith(ADVICE)


def test_a_demand_is_told_at_its_line_and_refused_before_submission(project: Workspace) -> None:
    project.rdm.check_drafts(creators_need_orcids("error"))
    project.synced()

    saved = retitled(project, "A better title")
    asked = project.run("check", "--server", "zenodo.yaml")
    submitted = project.run("submit", "zenodo.yaml")
    by_hand = project.rdm.request(
        "POST", f"/records/{project.record_id}/draft/actions/submit-review"
    )

    assert (saved.status, saved.err) == (0, DEMAND)
    assert project.draft()["metadata"]["title"] == "A better title"
    assert (asked.status, asked.err) == (1, DEMAND)
    assert (submitted.status, submitted.err) == (1, FORBIDDEN)
    assert by_hand.status_code == 400

    with_orcid(project)
    mended = project.sync()
    submitted = project.run("submit", "zenodo.yaml")
    assert (mended.status, mended.err) == (0, "")
    assert submitted.status == 0, submitted
    decide(project, "accept")
    assert project.published()["is_published"]


def test_a_correction_that_a_community_forbids_is_not_left_open(project: Workspace) -> None:
    project.synced()
    assert project.run("submit", "zenodo.yaml").status == 0
    decide(project, "accept")
    project.rdm.check_drafts(creators_need_orcids("error"))

    refused = retitled(project, "A better title")

    assert refused.status == 1
    assert f"zenodo.yaml:10:3: metadata.creators: a community says: {SAID}\n" in refused.err
    assert project.published()["metadata"]["title"] != "A better title"
    open_edit = project.rdm.request("GET", f"/records/{project.record_id}/draft")
    assert open_edit.status_code == 404
    with_orcid(project)
    assert project.sync().status == 0
    assert project.published()["metadata"]["title"] == "A better title"


def test_a_version_that_a_community_forbids_is_not_published(project: Workspace) -> None:
    project.synced()
    assert project.run("submit", "zenodo.yaml").status == 0
    decide(project, "accept")
    project.rdm.check_drafts(creators_need_orcids("error"))
    project.config["metadata"]["version"] = "2.0.0"
    project.write(a_txt="more")

    raised = project.sync()
    published = project.run("publish", "--yes", "zenodo.yaml")

    assert (raised.status, raised.err) == (0, DEMAND)
    assert (published.status, published.err) == (1, FORBIDDEN)


def test_a_file_format_is_told_at_the_file(project: Workspace) -> None:
    project.rdm.check_drafts(open_formats("warning"))
    project.write(b_xyz="b")
    project.synced()

    asked = project.run("check", "--server", "zenodo.yaml")

    assert asked.status == 0, asked
    assert (
        ": paths[1]: a community says: .xyz is not a known open or scientific file format."
        in asked.out
    )


def test_what_communities_say_is_in_the_json(project: Workspace) -> None:
    project.rdm.check_drafts(creators_need_orcids("warning"))
    project.synced()
    project.config["metadata"]["title"] = "A better title"

    result = json.loads(project.sync("--json").out)
    asked = json.loads(project.run("check", "--server", "--json", "zenodo.yaml").out)

    said = [
        {
            "severity": "warning",
            "field": "metadata.creators",
            "where": "metadata.creators",
            "place": "zenodo.yaml:10:3",
            "message": f"a community says: {SAID}",
        }
    ]
    assert (result["status"], result["said"]) == ("synced", said)
    assert (asked["status"], asked["said"]) == ("valid", said)


def test_asking_changes_nothing(project: Workspace) -> None:
    project.rdm.check_drafts(creators_need_orcids("info"))
    project.synced()
    before = project.draft()
    project.write(a_txt="changed")
    project.rdm.clear_log()

    asked = project.run("check", "--server", "zenodo.yaml")

    assert "note: it differs from your files, see `stepup-zenodo diff`\n" in asked.out
    assert project.writes() == ["PUT /records/ID/draft"]
    after = project.draft()
    assert (after["metadata"], after["files"]) == (before["metadata"], before["files"])


def test_asking_needs_a_draft(project: Workspace) -> None:
    project.write_config()
    nothing = project.run("check", "--server", "zenodo.yaml")
    del project.config["community"]
    project.synced()
    project.publish()
    public = project.run("check", "--server", "zenodo.yaml")

    assert (nothing.status, public.status) == (1, 1)
    assert "There is no record yet." in nothing.err
    assert "There is no draft to ask about: the last version is public." in public.err


@pytest.mark.parametrize("allowed", [True, False])
def test_a_draft_without_files_is_saved_on_all_servers(project: Workspace, allowed: bool) -> None:
    """Servers word it differently that there are no files, and some take records without any."""
    project.rdm.configure(RDM_ALLOW_METADATA_ONLY_RECORDS=allowed)
    del project.config["community"]
    project.write_config()

    first = project.run("doi", "zenodo.yaml", "doi.txt")
    second = project.sync()
    project.publish()
    project.config["metadata"]["version"] = "2.0.0"
    project.write(a_txt="more")
    third = project.sync()

    assert [result.status for result in (first, second, third)] == [0, 0, 0], (second, third)
