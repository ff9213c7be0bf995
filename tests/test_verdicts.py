"""The offline check compared with the real server, value by value."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from stepup_zenodo.config.configuration import Config
from stepup_zenodo.config.fields import PREVIEW, Normal, normal, sendable, sent_fields
from stepup_zenodo.config.file import parse_config
from stepup_zenodo.errors import Invalid
from stepup_zenodo.jsontypes import Json
from stepup_zenodo.record.desired import Desired
from stepup_zenodo.record.observed import NoRecord

from .rdm_server.fixture import Rdm
from .verdicts import VERDICTS, Verdict

COMPLETE: Mapping[str, Json] = {
    "title": "Verdicts",
    "publisher": "Zenodo",
    "publication_date": "2026-03-01",
    "resource_type": {"id": "dataset"},
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Curie"}}],
}


def accepts(verdict: Verdict) -> bool:
    """Return whether the offline check accepts the configuration of a row."""
    try:
        parse_config(verdict.text, "c.yaml")
    except Invalid:
        return False
    return True


def test_offline() -> None:
    wrong = [verdict for verdict in VERDICTS if accepts(verdict) != verdict.accept]
    assert wrong == []
    unexplained = [
        verdict for verdict in VERDICTS if (verdict.accept != verdict.server) != bool(verdict.why)
    ]
    assert unexplained == []


def body(fields: Mapping[str, Json]) -> dict[str, Json]:
    """Return the body of a save with these fields."""
    metadata, custom = dict(COMPLETE), {}
    result: dict[str, Json] = {}
    for name, value in fields.items():
        section, _, key = name.partition(".")
        if section == "metadata":
            metadata[key] = value
        elif section == "custom_fields":
            custom[key] = value
        else:
            result[section] = value
    return {**result, "metadata": metadata, "custom_fields": custom}


def first_sent(config: Config) -> Normal:
    """Return the fields as they are sent for a new record."""
    return Desired(sent_fields(config, None), {}).beside(NoRecord()).fields


@pytest.mark.server
def test_server(rdm: Rdm) -> None:
    wrong = []
    for verdict in VERDICTS:
        sent = verdict.sent or first_sent(parse_config(verdict.text, "c.yaml"))
        answer = rdm.request("POST", "/records", json=body(sent))
        accepted = answer.status_code == 201 and not answer.json().get("errors")
        if accepted != verdict.server:
            wrong.append((verdict.text, answer.status_code, answer.text[:300]))
    assert wrong == []


@pytest.mark.server
def test_every_field_is_stored(rdm: Rdm) -> None:
    # The test server has no subjects.
    path = Path(__file__).parent / "configs" / "full.yaml"
    text = path.read_text(encoding="utf-8").replace("  subjects: [{id: 'mesh:D000818'}]\n", "")
    fields = first_sent(parse_config(text, "full.yaml"))
    # There are no files, of which one could be the preview.
    sent = {name: value for name, value in fields.items() if name != PREVIEW}
    answer = rdm.request("POST", "/records", json=body(sent)).json()
    assert answer.get("errors") is None
    stored = sendable(rdm.get(f"/records/{answer['id']}/draft"))
    assert {name: normal(name, stored.get(name)) for name in sent} == {
        name: normal(name, value) for name, value in sent.items()
    }
