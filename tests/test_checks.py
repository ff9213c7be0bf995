"""Checks of communities: recommendations of which only some prevent that a draft becomes public."""

from collections.abc import Iterator
from typing import Any

import pytest

from .test_community import decide, review
from .workspace import Workspace

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


def test_probe(project: Workspace) -> None:
    project.rdm.check_drafts(creators_need_orcids("info"), open_formats("warning"))
    project.write(b_xyz="b")
    r = project.synced()
    print(r)
    project.config["metadata"]["title"] = "Better"
    print(project.sync())
    d = project.draft()
    print(d.get("errors"))
    project.edit_on_web(title="x")
    import json
    path = f"/records/{project.record_id}/draft"
    draft = project.rdm.get(path)
    print(json.dumps(project.rdm.request("PUT", path, json=draft).json()["errors"], indent=1))
    print(project.run("submit", "zenodo.yaml"))
    assert 0
