"""Links for co-authors: created, used, listed, revoked."""

import datetime
import re
from typing import Any

import pytest

from .workspace import Result, Workspace

pytestmark = pytest.mark.server

TODAY = datetime.datetime.now(datetime.UTC).date()
IN_30 = (TODAY + datetime.timedelta(days=30)).isoformat()


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Return a project with a draft."""
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "2", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.write(a_txt="aaa")
    workspace.synced()
    return workspace


def share(workspace: Workspace, *args: str) -> Result:
    workspace.rdm.clear_log()
    return workspace.run("share", "zenodo.yaml", *args)


def links(workspace: Workspace) -> list[dict[str, Any]]:
    path = f"/records/{workspace.record_id}/access/links"
    return list(workspace.rdm.get(path)["hits"]["hits"])


def test_a_link_for_co_authors(project: Workspace) -> None:
    result = share(project)

    (link,) = links(project)
    record = project.record_id
    url = f"{project.rdm.url}/records/{record}?preview=1&token={link['token']}"
    line = f"{link['id']}: preview link until {IN_30}, named 'stepup-zenodo share'"
    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines() == [line, f"  {url}"]
    path = f"/records/{record}/draft?token={link['token']}"
    assert project.rdm.request("GET", path, token=None).status_code == 200
    body = {"metadata": {"title": "Changed by a guest"}}
    assert project.rdm.request("PUT", path, json=body, token=None).status_code == 403
    # The same link again, and the list of all.
    assert share(project).out == result.out
    assert project.writes() == []
    assert share(project, "--list").out == result.out
    assert share(project, "--revoke", link["id"]).out == f"revoked {line}\n"
    assert project.rdm.request("GET", path, token=None).status_code != 200
    assert share(project, "--list").out == "there are no links\n"


def test_a_link_for_editing_comes_with_a_warning(project: Workspace) -> None:
    result = share(project, "--edit", "--days", "0")

    (link,) = links(project)
    assert (link["permission"], link.get("expires_at")) == ("edit", None)
    assert result.out.splitlines()[0].endswith(
        ": edit link without end, named 'stepup-zenodo share'"
    )
    assert f"/uploads/{project.record_id}?token={link['token']}" in result.out
    assert result.err == (
        "Whoever has this link can change the draft, delete it and publish it. "
        "Give it only to people whom you would give your password.\n"
    )
    share(project)
    assert len(links(project)) == 2
    assert share(project, "--revoke", "all").out.count("revoked ") == 2
    assert share(project, "--revoke", "all").out == "there are no links\n"


def test_a_link_that_ends_soon_is_not_given_again(project: Workspace) -> None:
    share(project, "--days", "3")
    share(project)
    assert sorted(link["expires_at"] for link in links(project)) == [
        (TODAY + datetime.timedelta(days=3)).isoformat(),
        IN_30,
    ]
    share(project, "--days", "31")
    assert len(links(project)) == 2


def test_mistakes(project: Workspace) -> None:
    result = share(project, "--revoke", "nonsense")
    assert (result.status, result.err) == (
        1,
        "failed: The record has no link with the id 'nonsense'. Those that it has: none.\n",
    )
    result = share(project, "--days", "-1")
    assert result.status == 2
    assert re.search(r"'-1' is not a number of days|expected one argument", result.err)
    (project.folder / ".zenodo-record-id.txt").unlink()
    (project.folder / ".zenodo-record-id.json").unlink()
    assert share(project).err.startswith("failed: There is no record yet.")


@pytest.mark.parametrize("after", [True, False])
def test_lost_answers(project: Workspace, after: bool) -> None:
    rule = {"method": "POST", "path": "/access/links$", "after": after, "times": 1, "drop": True}
    project.rdm.faults(rule)

    assert share(project).status == 0

    (link,) = links(project)
    project.rdm.faults({**rule, "method": "DELETE", "path": "/access/links/"})
    assert share(project, "--revoke", link["id"]).status == 0
    assert project.rdm.faults_left() == [0]
    assert links(project) == []
