"""Repositories that are not Zenodo: nothing is assumed of them that only Zenodo does."""

import json
from typing import Any

import pytest

from stepup_zenodo.config.file import parse_config
from stepup_zenodo.errors import Invalid
from stepup_zenodo.terms.repositories import Repository, repository_of

from .workspace import Workspace

PLAIN = "https://repository.example.edu/api"


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        ("https://zenodo.org/api", "Zenodo"),
        ("https://sandbox.zenodo.org/api", "the sandbox of Zenodo"),
        ("https://qa.zenodo.org/api", "qa.zenodo.org"),
        ("http://127.0.0.1:5000/api", "Zenodo"),
        ("http://localhost:5000/api", "Zenodo"),
    ],
)
def test_zenodo_is_known_by_its_host(endpoint: str, name: str) -> None:
    found = repository_of(endpoint, ("127.0.0.1", "localhost:5000"))

    assert (found.name, found.publisher, found.most_files) == (name, "Zenodo", 100)


@pytest.mark.parametrize("host", ["repository.example.edu", "notzenodo.org", "zenodo.org.evil.org"])
def test_nothing_is_assumed_of_others(host: str) -> None:
    assert repository_of(f"https://{host}/api") == Repository(host)


def test_an_unknown_repository_may_have_fields_of_its_own() -> None:
    text = """\
endpoint: {}
custom_fields:
  univ:faculty: Science
  univ:projects: [{{title: A, active: true, year: 2026}}, 3]
  dwc:genus: [Felis]
"""
    config = parse_config(text.format(PLAIN), "c.yaml")

    assert dict(config.custom_fields) == {
        "univ:faculty": "Science",
        "univ:projects": [{"title": "A", "active": True, "year": 2026}, 3],
        "dwc:genus": ("Felis",),
    }
    with pytest.raises(Invalid) as caught:
        parse_config(text.format("https://zenodo.org/api"), "c.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        f'c.yaml:{line}:3: custom_fields: the custom field "{name}" is unknown '
        "(the server would refuse it)"
        for line, name in ((3, "univ:faculty"), (4, "univ:projects"))
    ]


def test_the_number_of_files_is_known_of_zenodo_only() -> None:
    paths = json.dumps([f"{i}.txt" for i in range(101)])

    assert len(parse_config(f"endpoint: {PLAIN}\npaths: {paths}", "c.yaml").paths or ()) == 101
    with pytest.raises(Invalid, match="101 files are listed, a record takes at most 100"):
        parse_config(f"paths: {paths}", "c.yaml")


def plain(workspace: Workspace) -> Workspace:
    """Return a project for a server of which nothing is known."""
    workspace.environ["STEPUP_ZENODO_LIKE_ZENODO"] = ""
    workspace.config["metadata"]["publisher"] = "Example University"
    return workspace


def datacite(workspace: Workspace) -> str:
    """Return everything that was sent to DataCite."""
    return (workspace.rdm.layout.run / "datacite.jsonl").read_text()


@pytest.mark.server
def test_the_publisher_is_demanded(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    plain(workspace)
    del workspace.config["metadata"]["publisher"]
    host = workspace.rdm.url.removeprefix("http://")
    message = (
        f"zenodo.yaml:4:3: metadata.publisher: the publisher is missing, and the usual one of "
        f"{host} is not known (write who publishes the record there, "
        "e.g. publisher: Example University, and sync)\n"
    )

    saved = workspace.sync()
    checked = workspace.run("check", "zenodo.yaml")
    refused = workspace.run("publish", "--yes", "zenodo.yaml")

    assert saved.status == 0
    assert "not ready to be published, missing: publisher\n" in saved.out
    assert "publisher" not in workspace.draft()["metadata"]
    assert (checked.status, checked.err) == (0, message)
    assert refused.status == 1
    assert refused.err == f"failed: The draft cannot be published as it is:\n{message}"


@pytest.mark.server
def test_no_word_of_zenodo_gets_into_a_record_elsewhere(workspace: Workspace) -> None:
    plain(workspace).write(a_txt="aaa")
    (workspace.rdm.layout.run / "datacite.jsonl").unlink(missing_ok=True)

    workspace.synced()
    assert workspace.run("publish", "--yes", "zenodo.yaml").status == 0
    workspace.config["metadata"]["title"] = "A better title"
    workspace.synced()
    workspace.config["metadata"]["version"] = "2.0.0"
    workspace.write(a_txt="more")
    workspace.synced()
    assert workspace.run("publish", "--yes", "zenodo.yaml").status == 0

    sent = datacite(workspace)
    assert sent.count('"publisher": {"name": "Example University"}') >= 3
    assert '"name": "Zenodo"' not in sent


@pytest.mark.server
def test_empty_files_are_left_to_the_server(workspace: Workspace) -> None:
    plain(workspace).write(empty_txt="")

    result = workspace.sync()

    assert result.status == 1, result
    assert "is empty" not in result.err
    assert "The server said" in result.err


@pytest.mark.server
def test_a_record_that_a_person_has_closed_stays_closed(workspace: Workspace) -> None:
    workspace.rdm.configure(RDM_ALLOW_RESTRICTED_RECORDS=True)
    workspace.config["access"] = {"files": "restricted"}
    plain(workspace).write(a_txt="aaa")
    workspace.synced()
    closed = {"record": "restricted", "files": "restricted"}
    _set_access(workspace, closed)

    kept = workspace.sync()
    workspace.config["access"] = {"embargo": "2999-01-01"}
    embargoed = workspace.sync("--ours")

    assert (kept.status, embargoed.status) == (0, 0), (kept, embargoed)
    access = workspace.draft()["access"]
    assert (access["record"], access["embargo"]["until"]) == ("restricted", "2999-01-01")
    workspace.config["access"] = {"files": "restricted", "record": "public"}
    opened = workspace.sync()
    assert opened.status == 0
    assert "access" in opened.out
    assert workspace.draft()["access"]["record"] == "public"


@pytest.mark.server
def test_a_record_can_be_closed_where_that_is_possible(workspace: Workspace) -> None:
    workspace.rdm.configure(RDM_ALLOW_RESTRICTED_RECORDS=True)
    workspace.config["access"] = {"files": "restricted", "record": "restricted"}
    plain(workspace).write(a_txt="aaa")

    workspace.synced()

    assert workspace.draft()["access"]["record"] == "restricted"
    assert "nothing to do" in workspace.synced().out
    workspace.environ["STEPUP_ZENODO_LIKE_ZENODO"] = "127.0.0.1"
    refused = workspace.sync()
    assert refused.status == 2
    assert "access.record" in refused.err


def _set_access(workspace: Workspace, access: dict[str, Any]) -> None:
    path = f"/records/{workspace.record_id}/draft"
    draft = workspace.rdm.get(path)
    draft["access"] = access
    workspace.rdm.request("PUT", path, json=draft).raise_for_status()
    assert workspace.draft()["access"]["record"] == access["record"]
