"""What a record is made of is among its related works, by the DOIs of the versions."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from .building import build, run
from .test_fetch import concept_of, published_again, release
from .workspace import METADATA, Workspace

__all__ = ("release",)

pytestmark = pytest.mark.server


@pytest.fixture
def paper(release: Workspace, tmp_path: Path) -> Workspace:
    """Return a project of somebody who has fetched the data of the release."""
    folder = tmp_path / "paper"
    folder.mkdir()
    paper = Workspace(folder, release.rdm, environ=release.environ)
    fetched = paper.run("fetch", concept_of(release), "data", "*.csv")
    assert fetched.status == 0, fetched
    paper.write(paper_txt="text")
    paper.config["metadata"]["related"] = [
        {"input": "data"},
        {"identifier": "10.1234/mine", "relation_type": "cites"},
    ]
    return paper


def related_to(workspace: Workspace) -> list[tuple[str, str]]:
    found = workspace.draft()["metadata"].get("related_identifiers", [])
    return [(item["identifier"], item["relation_type"]["id"]) for item in found]


def pinned(workspace: Workspace) -> str:
    pin = json.loads((workspace.folder / "data.zenodo-input.json").read_text())
    doi: str = pin["doi"]
    return doi


def test_inputs_are_named_by_version(release: Workspace, paper: Workspace) -> None:
    """The works that people add are left alone, also when the pin moves."""
    paper.synced()
    first = pinned(paper)
    assert related_to(paper) == [(first, "isderivedfrom"), ("10.1234/mine", "cites")]
    theirs = {"identifier": "10.1234/theirs", "relation_type": {"id": "cites"}, "scheme": "doi"}
    known = paper.draft()["metadata"]["related_identifiers"]
    paper.edit_on_web(related_identifiers=[*known, theirs])
    published_again(release, "2.0.0")
    words = "fetch", concept_of(release), "data", "*.csv", "--update"
    moved = paper.run(*words)
    assert moved.status == 0, moved

    paper.synced()

    assert pinned(paper) != first
    assert sorted(related_to(paper)) == sorted(
        [(pinned(paper), "isderivedfrom"), ("10.1234/mine", "cites"), ("10.1234/theirs", "cites")]
    )
    assert "nothing to do: draft" in paper.synced().out


def test_pull_keeps_the_words(paper: Workspace) -> None:
    """What stands for a DOI is not replaced by it when others have added a work."""
    paper.synced()
    theirs = {"identifier": "10.1234/theirs", "relation_type": {"id": "cites"}, "scheme": "doi"}
    known = paper.draft()["metadata"]["related_identifiers"]
    paper.edit_on_web(related_identifiers=[*known, theirs])

    pulled = paper.run("pull", "zenodo.yaml")

    assert pulled.status == 0, pulled
    config = yaml.safe_load((paper.folder / "zenodo.yaml").read_text())
    assert config["metadata"]["related"] == [
        {"input": "data"},
        {"identifier": "10.1234/mine", "relation_type": "cites"},
        {"identifier": "10.1234/theirs", "relation_type": "cites", "scheme": "doi"},
    ]


def test_what_was_not_fetched_is_missed(paper: Workspace) -> None:
    (paper.folder / "data.zenodo-input.json").unlink()
    paper.config["metadata"]["related"] += [{"record": "other.yaml", "relation_type": "cites"}]

    lost = paper.sync()

    assert lost.status == 2
    assert lost.err == (
        'zenodo.yaml:13:12: metadata.related[0].input: "data" was not fetched: '
        "there is no data.zenodo-input.json "
        "(fetch it with `stepup-zenodo fetch`, or in plan.py with fetch_zenodo)\n"
        "zenodo.yaml:16:13: metadata.related[2].record: "
        "other.yaml cannot be read: No such file or directory\n"
    )


PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import static

from stepup_zenodo.api import sync_zenodo

static("data/zenodo.yaml", "paper/zenodo.yaml", "data/a.csv", "paper/p.txt")
sync_zenodo("data/zenodo.yaml")
sync_zenodo("paper/zenodo.yaml")
"""


def two_records(workspace: Workspace, folder: Path) -> None:
    """Write a project with two records that name each other."""
    relations = {"data": ("paper", "issupplementto"), "paper": ("data", "issupplementedby")}
    files = {"data": "a.csv", "paper": "p.txt"}
    for name, (other, relation) in relations.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / files[name]).write_text(f"{name}\n")
        related = [{"record": f"../{other}/zenodo.yaml", "relation_type": relation}]
        config: dict[str, Any] = {
            **workspace.config,
            "metadata": {**METADATA, "title": name, "related": related},
            "paths": [files[name]],
        }
        (place / "zenodo.yaml").write_text(yaml.safe_dump(config))
    plan = folder / "plan.py"
    plan.write_text(PLAN)
    plan.chmod(0o755)


def test_two_records_name_each_other(workspace: Workspace, tmp_path: Path) -> None:
    """One build from nothing is enough, and the second one has nothing to do."""
    folder = tmp_path / "home" / "project"
    two_records(workspace, folder)

    first = build(folder)
    again = build(folder)

    assert (first.status, again.status, again.steps) == (0, 0, []), first.output + again.output
    found = {}
    for name in ("data", "paper"):
        record_id = (folder / name / ".zenodo-record-id.txt").read_text().strip()
        draft = workspace.rdm.get(f"/records/{record_id}/draft")
        (item,) = draft["metadata"]["related_identifiers"]
        found[name] = draft["pids"]["doi"]["identifier"], item["identifier"]
    assert found["data"] == found["paper"][::-1]
    published = run(["stepup-zenodo", "publish", "--yes", "data/zenodo.yaml"], folder)
    assert published[0] == 0, published
    later = f"the DOI {found['paper'][0]} leads nowhere until the record of paper/zenodo.yaml is"
    assert later in published[1]
    assert (
        "leads nowhere"
        not in run(["stepup-zenodo", "publish", "--yes", "paper/zenodo.yaml"], folder)[1]
    )


def test_by_hand_the_dois_are_reserved_first(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "project"
    two_records(workspace, folder)

    early = run(["stepup-zenodo", "sync", "data/zenodo.yaml"], folder)
    checked = run(["stepup-zenodo", "check", "data/zenodo.yaml"], folder)
    reserved = run(["stepup-zenodo", "doi", "paper/zenodo.yaml"], folder)
    late = run(["stepup-zenodo", "sync", "data/zenodo.yaml"], folder)

    assert (early[0], checked[0], reserved[0], late[0]) == (2, 0, 0, 0), (early, checked, late)
    assert early[1] == (
        "data/zenodo.yaml:9:13: metadata.related[0].record: paper/zenodo.yaml has no DOI yet "
        "(reserve it with `stepup-zenodo doi paper/zenodo.yaml`)\n"
    )
    assert (
        "metadata.related[0].record is left out, as paper/zenodo.yaml has no DOI yet" in checked[1]
    )


def test_without_a_token_it_is_left_out(workspace: Workspace, tmp_path: Path) -> None:
    """The build of somebody without a token ends well, and goes on when there is one."""
    folder = tmp_path / "home" / "project"
    token = tmp_path / "token.txt"
    workspace.config["path_token"] = str(token)
    two_records(workspace, folder)

    without = build(folder)
    token.write_text(workspace.rdm.token)
    token.chmod(0o600)
    later = build(folder)

    note = "metadata.related[0].record is left out, as paper/zenodo.yaml has no DOI yet"
    assert (without.status, later.status) == (0, 0), without.output + later.output
    assert note in without.output
    assert "validated only" in without.output
    assert later.output.count("synced: draft") == 2
    assert build(folder).steps == []
