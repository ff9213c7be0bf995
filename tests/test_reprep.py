"""Projects that come from StepUp RepRep, whose program is installed beside this one."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stepup_zenodo.config.file import parse_config
from stepup_zenodo.errors import Invalid
from stepup_zenodo.local.token import find_token

from .test_stepup import build, write_plan
from .workspace import Workspace, requests_of

REPREP = "stepup-reprep==4.0.2"

CONFIG = """\
path_record_id: .zenodo-record-id.txt
endpoint: {}
metadata:
  publisher: Example Institute
  title: Water Levels at the Example Weir
  version: 1.0.0
  resource_type: dataset
  license: [cc-by-4.0]
  languages: [eng]
  keywords: [hydrology, levels]
  creators:
    - family_name: Lovelace
      given_name: Ada
      identifiers: {{orcid: 0000-0002-1825-0097}}
      affiliations: [{{name: Example Laboratory}}]
    - {{family_name: Babbage, given_name: Charles}}
  related:
    - {{scheme: doi, identifier: 10.1234/abc, relation_type: cites, resource_type: publication}}
  funding:
    - funder: {{name: Example Foundation}}
      award: {{title: Levels of Everything, number: EX-1}}
custom_fields:
  code_repository: https://example.org/repo
  development_status: active
  programming_languages: [python]
  rights_holder: [Example Institute]
  journal: {{title: Journal of Examples, volume: "1"}}
  meeting: {{title: Example Meeting, acronym: EM}}
  imprint: {{title: A Book, pages: 1-2}}
  thesis: {{university: Example University}}
access: {{record: public, files: public}}
"""

PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import static
from stepup_zenodo.api import sync_zenodo

static("zenodo.yaml", "README.md", "levels.csv", "more.csv")
sync_zenodo("zenodo.yaml", ["levels.csv", "more.csv"], path_description="README.md")
"""


def test_the_custom_fields_have_the_keys_of_the_top_level() -> None:
    config = parse_config(CONFIG.format("https://zenodo.org/api"), "zenodo.yaml")
    moved = parse_config(
        re.sub(r"^custom_fields:\n((?:  .*\n)+)", _outdented, CONFIG, flags=re.M).format(
            "https://zenodo.org/api"
        ),
        "zenodo.yaml",
    )

    assert config == moved
    assert config.custom_fields == ()
    assert config.written("journal.volume") == "custom_fields.journal.volume"


def _outdented(found: re.Match[str]) -> str:
    return re.sub(r"^  ", "", found[1], flags=re.M)


def test_both_words_for_a_field_are_one_too_many() -> None:
    with pytest.raises(Invalid) as caught:
        parse_config("thesis: {university: A}\ncustom_fields: {thesis: {university: B}}", "c.yaml")

    assert [str(problem) for problem in caught.value.problems] == [
        (
            "c.yaml:2:25: custom_fields.thesis: found both thesis and custom_fields.thesis, "
            "which are the same (remove one of them)"
        ),
    ]


def test_words_of_other_formats_are_answered_with_the_right_key() -> None:
    text = """\
path_versions: .zenodo-versions.json
metadata:
  upload_type: dataset
  grants: [{id: 1}]
  doi: 10.1234/a
  creators:
    - name: Lovelace, Ada
      orcid: 0000-0002-1825-0097
"""
    with pytest.raises(Invalid) as caught:
        parse_config(text, "c.yaml")

    assert [str(problem) for problem in caught.value.problems] == [
        (
            'c.yaml:1:1: the key "path_versions" is unknown '
            "(StepUp RepRep 2 has it; the file in path_record_id takes its place)"
        ),
        'c.yaml:3:3: metadata: the key "upload_type" is unknown (the key is resource_type)',
        'c.yaml:4:3: metadata: the key "grants" is unknown (write funding: [{award: {id: ...}}])',
        (
            'c.yaml:5:3: metadata: the key "doi" is unknown '
            "(the server gives the DOI, see `stepup-zenodo doi`)"
        ),
        (
            'c.yaml:8:7: metadata.creators[0]: the key "orcid" is unknown '
            "(write identifiers: {orcid: ...})"
        ),
    ]


def test_the_token_is_found_where_reprep_looks_for_it(tmp_path: Path) -> None:
    own, file = tmp_path / "own.txt", tmp_path / "reprep.txt"
    own.write_text("a" * 30)
    file.write_text("b" * 30)
    for path in (own, file):
        path.chmod(0o600)
    newer = {"REPREP_ZENODO_TOKEN": "c" * 30, "REPREP_PATH_ZENODO_TOKEN": str(file)}
    older = {"REPREP_PATH_ZENODO_TOKEN": str(file)}

    found = [
        find_token(own, newer, tmp_path),
        find_token(tmp_path / "missing.txt", newer, tmp_path),
        find_token(None, older, tmp_path),
        find_token(None, {**newer, "STEPUP_ZENODO_TOKEN": "d" * 30}, tmp_path),
        find_token(None, {}, tmp_path),
    ]

    assert [token and token.secret[0] for token in found] == ["a", "c", "b", "d", None]
    assert [token and token.source for token in found[1:3]] == [
        "the environment variable REPREP_ZENODO_TOKEN",
        f"the token file {file}",
    ]


@pytest.fixture(scope="session")
def reprep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install StepUp RepRep in an environment of its own, and return its program."""
    folder = tmp_path_factory.mktemp("reprep") / "venv"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([*uv, "pip", "install", "--quiet", "--python", python, REPREP], check=True)
    return folder / "bin" / "srr-sync-zenodo"


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Return a project that was written for StepUp RepRep 4."""
    files = {
        "zenodo.yaml": CONFIG.format(workspace.rdm.endpoint),
        "README.md": "# Levels\n\nAll *levels* at the weir.\n",
        "levels.csv": "day,level_m\n",
        "more.csv": "day,level_m\n2026-03-01,1.2\n",
    }
    for name, text in files.items():
        (workspace.folder / name).write_text(text)
    workspace.environ["REPREP_ZENODO_TOKEN"] = workspace.rdm.token
    write_plan(workspace, PLAN)
    return workspace


def run_reprep(program: Path, project: Workspace) -> None:
    """Let StepUp RepRep do its part."""
    words = ["zenodo.yaml", "levels.csv", "more.csv", "--description", "README.md"]
    subprocess.run(
        [program, *words],
        cwd=project.folder,
        env={**os.environ, "REPREP_ZENODO_TOKEN": project.rdm.token},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def said(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that a draft says about the work."""
    entries = draft["files"]["entries"]
    return {
        "metadata": draft["metadata"],
        "custom_fields": draft["custom_fields"],
        "access": draft["access"],
        "files": {key: (entry["size"], entry["checksum"]) for key, entry in entries.items()},
        "default_preview": draft["files"].get("default_preview"),
    }


@pytest.mark.server
@pytest.mark.slow
def test_a_project_moves_with_its_import_only(project: Workspace, reprep: Path) -> None:
    run_reprep(reprep, project)
    theirs = project.draft()
    (project.folder / ".zenodo-record-id.txt").rename(project.folder / "theirs.txt")

    built = build(project)

    assert built.status == 0, built.out
    ours = project.draft()
    assert ours["id"] != theirs["id"]
    assert said(ours) == said(theirs)


@pytest.mark.server
@pytest.mark.slow
def test_back_and_forth_on_one_record(project: Workspace, reprep: Path) -> None:
    run_reprep(reprep, project)
    made = project.draft()
    project.rdm.clear_log()

    built = build(project)

    assert built.status == 0, built.out
    assert "nothing to do" in built.out
    assert [line for line in requests_of(project.rdm) if not line.startswith("GET")] == []
    run_reprep(reprep, project)
    assert said(project.draft()) == said(made)
    assert "nothing to do" in project.run("sync", "zenodo.yaml").out
