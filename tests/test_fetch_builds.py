"""Builds with records of others as inputs: on other machines, offline, with things gone."""

import json
import shutil
from pathlib import Path

import pytest

from .building import Built, build
from .test_fetch import concept_of, contents, release
from .workspace import Workspace

__all__ = ("release",)

pytestmark = pytest.mark.server

PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import run, static

from stepup_zenodo.api import cite_zenodo, fetch_zenodo, sync_zenodo

static("zenodo.yaml")
fetch_zenodo({record!r}, "data", {patterns!r})
cite_zenodo("data", ["inputs.bib", "inputs.typ"])
run("cat data/b.csv > sum.txt", shell=True, inp="data/b.csv", out="sum.txt")
sync_zenodo("zenodo.yaml")
"""
CONFIG = """\
endpoint: {endpoint}
path_token: {token}
metadata:
  title: Sums
  version: 1.0.0
  resource_type: dataset
  creators:
    - {{family_name: Lovelace, given_name: Ada}}
  related:
    - input: data
paths: sum.txt
"""


def project(release: Workspace, folder: Path, patterns: str = "*.csv") -> Path:
    folder.mkdir(parents=True)
    token = release.rdm.token_file
    text = CONFIG.format(endpoint=release.rdm.endpoint, token=token)
    (folder / "zenodo.yaml").write_text(text)
    plan = folder / "plan.py"
    plan.write_text(PLAN.format(record=concept_of(release), patterns=patterns))
    plan.chmod(0o755)
    return folder


def passed(built: Built) -> list[str]:
    assert built.status == 0, built.output
    return [step.partition(" --")[0] for step in built.steps]


@pytest.mark.slow
def test_builds_with_inputs(release: Workspace, tmp_path: Path) -> None:
    """Everything comes from one build, and what goes missing comes back without the server."""
    here = project(release, tmp_path / "one" / "paper")
    first = passed(build(here))
    doi = json.loads((here / "data.zenodo-input.json").read_text())["doi"]
    draft = (here / ".zenodo-record-id.txt").read_text().strip()
    found = release.rdm.get(f"/records/{draft}/draft")["metadata"]["related_identifiers"]

    assert "stepup sync-zenodo" in first
    assert [item["identifier"] for item in found] == [doi]
    assert doi in (here / "inputs.bib").read_text()
    assert passed(build(here)) == []

    shutil.rmtree(here / "data")
    back = passed(build(here, STEPUP_ZENODO_OFFLINE="1"))
    assert back == ["stepup-zenodo fetch"]
    assert contents(here / "data") == {"a.csv": "1,2\n", "b.csv": "3,4\n"}

    pin = here / "data.zenodo-input.json"
    text = pin.read_text()
    pin.unlink()
    again = build(here)
    assert passed(again) != []
    assert pin.read_text() == text
    assert passed(build(here)) == []

    edited = json.loads(text)
    edited["files"]["b.csv"]["checksum"] = "md5:" + "0" * 32
    pin.write_text(json.dumps(edited))
    wrong = build(here)
    assert wrong.status != 0
    assert "b.csv is another file now in record" in wrong.output
    assert "Traceback" not in wrong.output
    pin.write_text(text)
    assert build(here).status == 0
    assert contents(here / "data") == {"a.csv": "1,2\n", "b.csv": "3,4\n"}


@pytest.mark.slow
def test_another_machine_and_a_removed_record(release: Workspace, tmp_path: Path) -> None:
    here = project(release, tmp_path / "one" / "paper")
    passed(build(here))
    there = tmp_path / "other" / "paper"
    there.mkdir(parents=True)
    for name in ("plan.py", "zenodo.yaml", "data.zenodo-input.json"):
        shutil.copy(here / name, there / name)
    cloned = build(there)
    assert cloned.status == 0, cloned.output
    assert contents(there / "data") == contents(here / "data")

    record = release.record_id
    removed = release.rdm.request(
        "DELETE",
        f"/records/{record}/delete",
        json={"removal_reason": {"id": "spam"}, "note": "Wrong data."},
        token="admin",
    )
    assert removed.status_code == 204, removed.text
    assert passed(build(here)) == []
    shutil.rmtree(here / "data")
    assert passed(build(here)) == ["stepup-zenodo fetch"]
    shutil.rmtree(there / "data")
    shutil.rmtree(there.parent / ".cache")
    gone = build(there)
    assert gone.status != 0
    assert "was published and then removed" in gone.output


def test_a_pattern_without_files(release: Workspace, tmp_path: Path) -> None:
    here = project(release, tmp_path / "one" / "paper", "*.nc")

    built = build(here)

    assert built.status != 0
    assert "'*.nc' matches no file of record" in built.output
    assert "Traceback" not in built.output


ODD = [
    "data[1].csv",
    "a b.csv",
    "it's.csv",
    "q?.csv",
    "x{y}.csv",
    "100%.csv",
    "#.csv",
    "ü.csv",
    "-f",
]


@pytest.mark.slow
def test_odd_names_in_builds(release: Workspace, tmp_path: Path) -> None:
    """Names that mean something to shells or StepUp are names of files."""
    for name in ODD:
        release.write_file(name, name)
    release.config["paths"] = list(ODD)
    release.config["metadata"]["version"] = "2.0.0"
    release.synced()
    release.publish()
    here = tmp_path / "one" / "paper"
    here.mkdir(parents=True)
    (here / "plan.py").write_text(
        "#!/usr/bin/env python3\n"
        "from stepup_zenodo.api import fetch_zenodo\n"
        f"fetch_zenodo({concept_of(release)!r}, 'data')\n"
    )
    (here / "plan.py").chmod(0o755)

    built = build(here)

    assert built.status == 0, built.output
    assert contents(here / "data") == {name: name for name in ODD}
    assert build(here).steps == []
