"""Two releases of the example `data_release`, with a curator of its community."""

import json
import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from plan_examples.demo import pointed_at

from .building import build, run
from .rdm_server.fixture import Rdm
from .workspace import checksums, md5

EXAMPLE = Path(__file__).resolve().parents[1] / "plan_examples" / "data_release"
MADE = shutil.ignore_patterns(".stepup", ".zenodo-record-id*", "__pycache__", "models", "*.zip")
FILES = [
    "classification_demo.ipynb",
    "code.zip",
    "field_0296_100rows.csv",
    "fields.json",
    "predictions.zip",
    "trained_linear_models.zip",
    "trained_range_models.zip",
    "training_set.csv",
]

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture
def project(tmp_path: Path, rdm: Rdm) -> Path:
    """Return a copy of the example for the local server and its community."""
    folder = tmp_path / "release"
    shutil.copytree(EXAMPLE, folder, ignore=MADE)
    config = folder / "zenodo.yaml"
    config.write_text(pointed_at(config.read_text(), rdm.endpoint, rdm.token_file))
    replace(config, "community: example-sky-survey", f"community: {rdm.community}")
    return folder


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text, which must be there once."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def without_token(folder: Path) -> None:
    """Let the configuration name a token file that does not exist."""
    config = folder / "zenodo.yaml"
    text = re.sub(r"^path_token: .*$", "path_token: token.txt", config.read_text(), flags=re.M)
    config.write_text(text)


def record_id(folder: Path) -> str:
    return (folder / ".zenodo-record-id.txt").read_text().strip()


def on_disk(folder: Path) -> dict[str, str]:
    return {name: md5((folder / name).read_bytes()) for name in FILES}


def writes(rdm: Rdm) -> list[str]:
    """Return the requests that are not only reading, without ids, sorted."""
    return sorted(
        re.sub(r"/records/\w+", "/records/ID", f"{request.method} {request.path}")
        for request in rdm.log()
        if request.method != "GET"
    )


def publish_with_community(folder: Path, rdm: Rdm) -> None:
    """Submit the draft to the community, whose curator accepts it, which publishes it."""
    community = rdm.get(f"/communities/{rdm.community}")["id"]
    review = {"receiver": {"community": community}, "type": "community-submission"}
    draft = f"/records/{record_id(folder)}/draft"
    rdm.request("PUT", f"{draft}/review", json=review).raise_for_status()
    submitted = rdm.request("POST", f"{draft}/actions/submit-review", json={})
    submitted.raise_for_status()
    path = f"/requests/{submitted.json()['id']}/actions/accept"
    rdm.request("POST", path, token="bob", json={}).raise_for_status()


def next_release(folder: Path) -> None:
    """Do what the README of the example says about the next release."""
    replace(folder / "plan.py", "FIELDS = [296, 487, 562]", "FIELDS = [296, 487, 562, 851]")
    replace(folder / "zenodo.yaml", "version: v1.0.0", "version: v1.1.0")
    notes = "# Releases\n\n## v1.1.0\n\nThe field 851 is new.\n"
    replace(folder / "CHANGELOG.md", "# Releases\n", notes)


def notes_of(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the additional descriptions with their types."""
    described = record["metadata"]["additional_descriptions"]
    return [(item["type"]["id"], item["description"].strip()) for item in described]


def test_two_releases(project: Path, rdm: Rdm) -> None:
    """The second release sends the files that changed, and takes the rest from the first."""
    first_build = build(project)
    assert first_build.status == 0, first_build.output
    publish_with_community(project, rdm)
    first = rdm.get(f"/records/{record_id(project)}")
    assert (first["metadata"]["version"], notes_of(first)) == (
        "v1.0.0",
        [("notes", "<p>First release, with the fields 296, 487 and 562.</p>")],
    )
    assert checksums(first) == on_disk(project)
    rdm.clear_log()
    again = build(project)
    assert (again.status, again.steps, writes(rdm)) == (0, [], [])

    next_release(project)
    second_build = build(project)

    assert second_build.status == 0, second_build.output
    assert [step.split()[0] for step in second_build.steps] == [
        "./plan.py",
        "code/classify.py",
        "code/list_fields.py",
        "stepup",
        "stepup",
        "stepup-zenodo",
    ]
    draft = "/api/records/ID/draft"
    assert writes(rdm) == [
        f"DELETE {draft}/files/fields.json",
        f"DELETE {draft}/files/predictions.zip",
        f"POST {draft}/actions/files-import",
        f"POST {draft}/files",
        f"POST {draft}/files/fields.json/commit",
        f"POST {draft}/files/predictions.zip/commit",
        "POST /api/records/ID/versions",
        # The metadata, and after the files are there, which of them is shown.
        f"PUT {draft}",
        f"PUT {draft}",
        f"PUT {draft}/files/fields.json/content",
        f"PUT {draft}/files/predictions.zip/content",
    ]
    rdm.request("POST", f"/records/{record_id(project)}/draft/actions/publish").raise_for_status()
    second = rdm.get(f"/records/{record_id(project)}")
    assert second["id"] != first["id"]
    assert second["parent"]["id"] == first["parent"]["id"]
    assert second["parent"]["communities"]["ids"] == first["parent"]["communities"]["ids"]
    assert (second["metadata"]["version"], notes_of(second)) == (
        "v1.1.0",
        [("notes", "<p>The field 851 is new.</p>")],
    )
    assert checksums(second) == on_disk(project)
    before, after = checksums(first), checksums(second)
    assert sorted(name for name in FILES if before[name] != after[name]) == [
        "fields.json",
        "predictions.zip",
    ]
    fields = [item["field"] for item in json.loads((project / "fields.json").read_text())]
    assert fields == [296, 487, 562, 851]


def test_releases_are_reproducible(project: Path, tmp_path: Path) -> None:
    """The example built at another place, without a server, gives the same files."""
    without_token(project)
    other = tmp_path / "other" / "place"
    shutil.copytree(project, other)
    for folder in project, other:
        result = build(folder)
        assert result.status == 0, result.output

    assert on_disk(other) == on_disk(project)
    with zipfile.ZipFile(project / "predictions.zip") as archive:
        assert archive.namelist() == [
            "predictions/field_0296.csv",
            "predictions/field_0487.csv",
            "predictions/field_0562.csv",
            "predictions/SHA256SUMS",
        ]


def test_notebook_runs(project: Path) -> None:
    """The notebook works with the file that is deposited beside it."""
    without_token(project)
    result = build(project)
    assert result.status == 0, result.output
    notebook = json.loads((project / "classification_demo.ipynb").read_text())
    code = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]

    (project / "run.py").write_text("\n".join([*code, "assert len(stars) == 100"]))
    status, output = run([sys.executable, "run.py"], project)

    assert (status, len(output.splitlines())) == (0, 2)
