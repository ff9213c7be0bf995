"""Ids are looked up before they are sent: a wrong one can break a draft on the server."""

import json
from pathlib import Path

import pytest

from stepup_zenodo.config import ids as kinds
from stepup_zenodo.config.fields import mentions
from stepup_zenodo.config.reading import Mention
from stepup_zenodo.events import silent
from stepup_zenodo.jsontypes import Json
from stepup_zenodo.remote.client import Client
from stepup_zenodo.remote.lookup import KnownIds, term_reference
from stepup_zenodo.remote.protocol import Answer
from stepup_zenodo.terms.vocabularies import ids

from .workspace import Workspace, requests_of


def test_mentions() -> None:
    fields: dict[str, Json] = {
        "metadata.creators": [
            {"person_or_org": {}, "affiliations": [{"name": "A"}, {"id": "00cv9y106"}]}
        ],
        "metadata.contributors": [{"person_or_org": {}, "affiliations": [{"id": "03qtxy027"}]}],
        "metadata.funding": [
            {"funder": {"name": "F"}},
            {"funder": {"id": "00k4n6c32"}, "award": {"id": "00k4n6c32::777541"}},
        ],
        "metadata.subjects": [{"subject": "a"}, {"id": "s1"}],
        "metadata.title": "T",
    }

    assert list(mentions(fields)) == [
        Mention("affiliations", "00cv9y106", "metadata.creators.0.affiliations.1.id"),
        Mention("affiliations", "03qtxy027", "metadata.contributors.0.affiliations.0.id"),
        Mention("funders", "00k4n6c32", "metadata.funding.1.funder.id"),
        Mention("awards", "00k4n6c32::777541", "metadata.funding.1.award.id"),
        Mention("subjects", "s1", "metadata.subjects.1.id"),
    ]


def test_terms_have_endpoints() -> None:
    assert term_reference("licenses", "mit") == Mention("vocabularies/licenses", "mit")
    assert term_reference("development_statuses", "wip") == Mention(
        "vocabularies/code:developmentStatus", "wip"
    )


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}'])
def test_damaged_memory_is_forgotten(tmp_path: Path, text: str) -> None:
    (tmp_path / "ids.json").write_text(text)

    KnownIds(tmp_path / "ids.json", "https://zenodo.org/api")


def test_what_several_runs_have_looked_up_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, path = "https://zenodo.org/api", tmp_path / "ids.json"
    client = Client(endpoint, "token", silent)
    monkeypatch.setattr(Client, "read", lambda *_, **__: Answer(200, {}, {}))
    first, second, elsewhere = (KnownIds(path, url) for url in (endpoint, endpoint, "other"))

    for known, name in ((first, "a"), (second, "b"), (elsewhere, "c")):
        assert known.missing(client, [Mention("subjects", name)]) == ()

    assert json.loads(path.read_text()) == {
        endpoint: ["subjects/a", "subjects/b"],
        "other": ["subjects/c"],
    }


@pytest.mark.server
def test_an_unknown_organisation_is_refused_before_anything_is_sent(workspace: Workspace) -> None:
    workspace.config["metadata"]["creators"] = [
        {
            "family_name": "Lovelace",
            "affiliations": [{"name": "Somewhere"}, {"ror": "00cv9y106"}, {"ror": "02mhbdp94"}],
        }
    ]
    workspace.write(a_txt="aaa")

    result = workspace.sync()

    assert result.status == 2
    assert result.err == (
        "zenodo.yaml:14:12: metadata.creators[0].affiliations[2].ror: "
        'the server has no affiliation with the id "02mhbdp94" '
        "(look it up again, or give the name instead of the id)\n"
    )
    assert requests_of(workspace.rdm) == [
        "GET /affiliations/00cv9y106",
        "GET /affiliations/02mhbdp94",
    ]
    assert workspace.drafts_of_user() == []
    del workspace.config["metadata"]["creators"][0]["affiliations"][2]
    workspace.rdm.clear_log()
    workspace.synced()
    assert "GET /affiliations/00cv9y106" not in requests_of(workspace.rdm), "it is remembered"


@pytest.mark.server
def test_a_term_that_only_the_server_knows_is_accepted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shipped list is made older than the one of the server."""
    monkeypatch.setattr(
        kinds, "ids", lambda name: {k: v for k, v in ids(name).items() if k != "mit"}
    )
    workspace.config["metadata"]["license"] = "MIT"
    workspace.write(a_txt="aaa")
    workspace.write_config()

    assert workspace.run("check", "zenodo.yaml").status == 2, "it is not in the shipped list"
    workspace.synced()

    assert workspace.draft()["metadata"]["rights"][0]["id"] == "mit"


@pytest.mark.server
def test_a_term_that_nobody_knows_is_refused(workspace: Workspace) -> None:
    workspace.config["metadata"]["license"] = "cc-by-5.0"

    result = workspace.sync()

    assert result.status == 2
    assert len(result.err.splitlines()) == 1
    assert "zenodo.yaml:12:12: metadata.license: found " in result.err
    assert workspace.writes() == []
