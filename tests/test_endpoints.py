"""One configuration, several servers: their records are never mixed up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stepup_zenodo.errors import Refused
from stepup_zenodo.local.state import EndpointState, load, save

from .workspace import Workspace

pytestmark = pytest.mark.server

ID_FILE = ".zenodo-record-id.txt"
STATE_FILE = ".zenodo-record-id.json"


@pytest.fixture
def other(workspace: Workspace) -> str:
    """Return the address of what counts as another server, as its address differs."""
    return workspace.rdm.endpoint.replace("127.0.0.1", "localhost")


def ids(workspace: Workspace) -> dict[str, str]:
    data = json.loads((workspace.folder / STATE_FILE).read_text())
    return {endpoint: state["record"] for endpoint, state in data["endpoints"].items()}


def test_switching_there_and_back(workspace: Workspace, other: str) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    home, first = workspace.rdm.endpoint, workspace.record_id
    workspace.config["endpoint"] = other

    workspace.synced()

    second = workspace.record_id
    assert second != first
    assert ids(workspace) == {home: first, other: second}
    workspace.config["endpoint"] = home
    assert f"nothing to do: draft {first}" in workspace.synced().out
    assert workspace.record_id == first, "the id file belongs to the configured endpoint"
    workspace.config["endpoint"] = other
    assert f"nothing to do: draft {second}" in workspace.synced().out
    assert workspace.record_id == second
    assert len(workspace.drafts_of_user()) == 2


@pytest.mark.parametrize("forget", [False, True])
def test_a_rehearsal_leaves_the_id_file_alone(
    workspace: Workspace, other: str, forget: bool
) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    first = workspace.record_id
    if forget:
        (workspace.folder / STATE_FILE).unlink()

    workspace.synced("--endpoint", other)

    assert workspace.record_id == first
    rehearsed = ids(workspace)[other]
    assert rehearsed != first
    assert f"nothing to do: draft {rehearsed}" in workspace.synced("--endpoint", other).out
    assert f"nothing to do: draft {first}" in workspace.synced().out
    assert len(workspace.drafts_of_user()) == 2


def test_a_rehearsal_first(workspace: Workspace, other: str) -> None:
    workspace.write(a_txt="aaa")

    workspace.synced("--endpoint", other)

    assert not (workspace.folder / ID_FILE).exists()
    workspace.synced()
    assert ids(workspace) == {
        other: ids(workspace)[other],
        workspace.rdm.endpoint: workspace.record_id,
    }
    assert len(workspace.drafts_of_user()) == 2


SPELLINGS: list[Callable[[str, str], str]] = [
    lambda record, _: f"  {record}\n\n",
    lambda record, _: f"\ufeff{record}",
    lambda record, _: f"10.5072/zenodo.{record}",
    lambda record, _: f"https://doi.org/10.5072/zenodo.{record}\n",
    lambda record, host: f"{host}/records/{record}?preview=1\n",
    lambda record, host: f"{host}/uploads/{record}\n",
    lambda record, host: f"{host}/api/records/{record}/draft\n",
]


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("forget", [False, True])
def test_an_id_that_a_person_pasted_is_understood_and_normalised(
    workspace: Workspace, spell: Callable[[str, str], str], forget: bool
) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    record = workspace.record_id
    (workspace.folder / ID_FILE).write_text(spell(record, workspace.rdm.url))
    if forget:
        (workspace.folder / STATE_FILE).unlink()

    result = workspace.synced()

    assert f"nothing to do: draft {record}" in result.out
    assert (workspace.folder / ID_FILE).read_text() == f"{record}\n"


def test_an_address_on_another_server_is_refused(workspace: Workspace) -> None:
    (workspace.folder / ID_FILE).write_text("https://zenodo.org/records/123")
    workspace.write(a_txt="aaa")

    result = workspace.sync()

    assert result.status == 1
    assert result.err == (
        "failed: The record id file names a record on zenodo.org, but the endpoint is "
        f"{workspace.rdm.endpoint}. Write the id of the record on that endpoint into it, correct "
        "the endpoint, or choose another path_record_id to start a new record.\n"
    )
    assert workspace.drafts_of_user() == []


BROKEN = [
    "",
    "{",
    "[]",
    "null",
    '{"format": 1}',
    "<<<<<<< HEAD",
    "[" * 100_000,
    '{"format": 1, "endpoints": {"ENDPOINT": {"record": 7}}}',
    '{"format": 1, "endpoints": {"ENDPOINT": {"base": {"fields": {"metadata.title": 1}}}}}',
    "\x00\x01",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_state_file_is_explained_and_made_again(workspace: Workspace, text: str) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    before = workspace.draft()
    path = workspace.folder / STATE_FILE
    path.write_text(text.replace("ENDPOINT", workspace.rdm.endpoint))

    result = workspace.sync()

    if "endpoints" not in text:
        assert result.status == 2
        assert result.err == (
            f'zenodo.yaml:1:1: path_record_id: "{STATE_FILE}" is there already, and is no state '
            "file of stepup-zenodo, or it is damaged (move it away, or choose another "
            "path_record_id)\n"
        )
    else:
        assert result.status == 1
        assert result.err == (
            f"failed: The state file {STATE_FILE} is damaged. Move it away: it will be made "
            "again. The record itself is not concerned, its id is in another file.\n"
        )
    path.unlink()
    workspace.synced()
    assert workspace.draft() == before
    assert path.exists()


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-20T10:00:00", "9999-12-31T23:59:59"])
def test_a_hand_edited_time_does_no_harm(workspace: Workspace, since: str) -> None:
    workspace.environ["STEPUP_ZENODO_SETTLE"] = "0"
    state = EndpointState(intent="draft", intent_since=since)
    save(workspace.folder / ID_FILE, workspace.rdm.endpoint, state)
    workspace.write(a_txt="aaa")

    workspace.synced()

    assert workspace.drafts_of_user() == [workspace.record_id]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"%PDF-1.7 \x80"])
def test_an_id_file_that_is_something_else_is_explained(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "id.txt"
    path.write_bytes(content)

    with pytest.raises(Refused) as info:
        load(path)

    assert info.value.message == (
        f"The record id file {path} is not text. "
        "Is path_record_id the path of another file by accident?"
    )
