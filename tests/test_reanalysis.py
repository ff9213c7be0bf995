"""The example that fetches the releases of the other example, on the real server."""

import io
import json
import shutil
from pathlib import Path

import pypdf
import pytest

from plan_examples.demo import pointed_at

from .building import Built, build, run
from .rdm_server.fixture import Rdm
from .test_data_release import next_release, project, publish_with_community, record_id

__all__ = ("project",)

EXAMPLE = Path(__file__).resolve().parents[1] / "plan_examples" / "reanalysis"
PATTERNS = ["fields.json", "zip:predictions.zip/**/field_0296.csv"]

pytestmark = [pytest.mark.server, pytest.mark.slow]


def built(folder: Path, **variables: str) -> Built:
    result = build(folder, **variables)
    assert result.status == 0, result.output
    return result


def programs(result: Built) -> list[str]:
    """Return what ran, without arguments."""
    return [
        " ".join(step.split()[: 2 if step.startswith("stepup") else 1]) for step in result.steps
    ]


def released(project: Path, rdm: Rdm) -> str:
    """Build and publish the first release, and return the address of all releases."""
    built(project)
    publish_with_community(project, rdm)
    parent = rdm.get(f"/records/{record_id(project)}")["parent"]["id"]
    return f"{rdm.url}/records/{parent}"


def reader(folder: Path, address: str, rdm: Rdm) -> Path:
    """Return a copy of the example that fetches from the local server."""
    ignored = shutil.ignore_patterns(".stepup", ".zenodo-*", "__pycache__", "data*", "*.pdf")
    shutil.copytree(EXAMPLE, folder, ignore=ignored)
    plan, config = folder / "plan.py", folder / "zenodo.yaml"
    text = plan.read_text()
    assert text.count("https://sandbox.zenodo.org/records/123455") == 1
    plan.write_text(text.replace("https://sandbox.zenodo.org/records/123455", address))
    config.write_text(pointed_at(config.read_text(), rdm.endpoint, rdm.token_file))
    return folder


def text_of_paper(folder: Path) -> str:
    pdf = pypdf.PdfReader(io.BytesIO((folder / "paper.pdf").read_bytes()))
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_a_paper_stays_with_its_release(project: Path, tmp_path: Path, rdm: Rdm) -> None:
    """It is built, found done, built elsewhere and without network, and moved when told."""
    address = released(project, rdm)
    first = rdm.get(f"/records/{record_id(project)}")
    here = reader(tmp_path / "one" / "paper", address, rdm)

    new = built(here)
    again = built(here)
    next_release(project)
    built(project)
    rdm.request("POST", f"/records/{record_id(project)}/draft/actions/publish").raise_for_status()
    second = rdm.get(f"/records/{record_id(project)}")
    there = reader(tmp_path / "other" / "paper", address, rdm)
    shutil.copy(here / "data.zenodo-input.json", there)
    elsewhere = built(there)
    shutil.rmtree(here / "data")
    offline = built(here, STEPUP_ZENODO_OFFLINE="1")

    assert (
        programs(new)
        == programs(elsewhere)
        == [
            "./compile_paper.py",
            "./draw.py",
            "./plan.py",
            "stepup sync-zenodo",
            "stepup sync-zenodo",
            "stepup-zenodo cite",
            "stepup-zenodo fetch",
            "stepup-zenodo fetch",
        ]
    )
    assert again.steps == []
    assert programs(offline) == ["stepup-zenodo fetch"]
    for name in ("data/fields.json", "data/predictions/field_0296.csv", "paper.pdf"):
        assert (here / name).read_bytes() == (there / name).read_bytes()
    assert (here / "data/fields.json").read_bytes() != (project / "fields.json").read_bytes()
    assert "release v1.0.0 of a survey" in text_of_paper(here)
    assert related(here, rdm) == [(first["pids"]["doi"]["identifier"], "isderivedfrom")]

    rdm.clear_log()
    moved = run(["stepup-zenodo", "fetch", address, "data", "--update", *PATTERNS], here)
    contents = [entry.path for entry in rdm.log() if entry.path.endswith("/content")]
    after = built(here)

    assert moved[0] == 0, moved
    assert [path.rpartition("/files/")[2] for path in sorted(contents)] == [
        "fields.json/content",
        "predictions.zip/content",
    ]
    assert json.loads((here / "data/fields.json").read_text())[-1]["field"] == 851
    assert "release v1.1.0 of a survey" in text_of_paper(here)
    assert related(here, rdm) == [(second["pids"]["doi"]["identifier"], "isderivedfrom")]
    assert "./draw.py" in programs(after)
    assert built(here).steps == []


def related(folder: Path, rdm: Rdm) -> list[tuple[str, str]]:
    draft = rdm.get(f"/records/{record_id(folder)}/draft")
    found = draft["metadata"]["related_identifiers"]
    return [(item["identifier"], item["relation_type"]["id"]) for item in found]
