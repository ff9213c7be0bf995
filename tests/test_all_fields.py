"""Every field of the configuration, written to a real server and read back equal.

The expected values are those that the server stores, in normal form.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from stepup_zenodo.config.configuration import Config
from stepup_zenodo.config.fields import normal, sendable
from stepup_zenodo.config.metadata import Metadata
from stepup_zenodo.config.structs import keys

from .rdm_server.fixture import Rdm
from .workspace import Workspace

PATH = Path(__file__).parent / "configs" / "stored.yaml"
ROWS = [(row["config"], row["stored"]) for row in yaml.safe_load(PATH.read_text(encoding="utf-8"))]
"""A configuration, and what the server stores of it."""

ELSEWHERE = {"metadata", "endpoint", "path_record_id", "path_token", "workers", "doi_placeholder"}
"""Keys that are about the program, not about the record."""

OTHER_TESTS = {"paths", "default_preview", "community", "quota"}
"""Keys about the record that are not fields of it: see `test_preview` and other modules."""


def test_no_key_is_forgotten() -> None:
    top = {name for text, _ in ROWS for name in yaml.safe_load(text)}
    inner = {name for text, _ in ROWS for name in yaml.safe_load(text).get("metadata", {})}

    assert top | ELSEWHERE | OTHER_TESTS == {declared.name for declared in keys(Config)}
    assert inner == {declared.name for declared in keys(Metadata)}


def full_name(name: str) -> str:
    """Return the name of a field with its section."""
    if name == "access":
        return name
    return f"custom_fields.{name}" if ":" in name else f"metadata.{name}"


def add_subject(rdm: Rdm) -> None:
    """Add a subject, as the test server has none."""
    subject = {"id": "ex:1", "scheme": "EX", "subject": "Example"}
    rdm.request("POST", "/subjects", token="admin", json=subject).raise_for_status()


@pytest.mark.server
@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text[:40] for text, _ in ROWS])
def test_written_and_read_back(workspace: Workspace, text: str, expected: dict[str, Any]) -> None:
    if "subjects" in expected:
        add_subject(workspace.rdm)
    (workspace.folder / "about.md").write_text("All **data**.\n")
    (workspace.folder / "zenodo.yaml").write_text(
        f"endpoint: {workspace.rdm.endpoint}\npath_token: {workspace.rdm.token_file}\n{text}\n"
    )

    result = workspace.run("sync", "zenodo.yaml")

    assert (result.status, result.err) == (0, "")
    stored = sendable(workspace.draft())
    wanted = {full_name(name): value for name, value in expected.items()}
    assert {name: normal(name, stored.get(name)) for name in wanted} == wanted
    assert {name: normal(name, value) for name, value in wanted.items()} == wanted
    workspace.rdm.clear_log()
    assert workspace.run("sync", "zenodo.yaml").status == 0
    assert workspace.writes() == []


@pytest.mark.server
def test_preview(workspace: Workspace) -> None:
    workspace.write(a_txt="a", b_pdf="b")
    workspace.config["default_preview"] = "b.pdf"

    workspace.synced()

    assert workspace.draft()["files"]["default_preview"] == "b.pdf"


@pytest.mark.server
def test_emptied(workspace: Workspace) -> None:
    """What is given empty is emptied, what is left out stays."""
    workspace.config["metadata"] |= {"keywords": ["a"], "sizes": ["1 page"], "notes": "First."}
    workspace.config |= {"journal": {"title": "J"}, "rights_holder": ["A"]}
    workspace.synced()

    workspace.config["metadata"] |= {"keywords": [], "notes": ""}
    del workspace.config["metadata"]["sizes"]
    workspace.config |= {"journal": {}}
    del workspace.config["rights_holder"]
    workspace.synced()

    stored = sendable(workspace.draft())
    names = ("subjects", "sizes", "additional_descriptions", "journal:journal", "dc:rightsHolder")
    assert {name: stored.get(full_name(name)) or None for name in names} == {
        "subjects": None,
        "sizes": ["1 page"],
        "additional_descriptions": None,
        "journal:journal": None,
        "dc:rightsHolder": ["A"],
    }
