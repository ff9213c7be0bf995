from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from stepup_zenodo.config.fields import RESET_BY_VERSION
from stepup_zenodo.errors import Refused
from stepup_zenodo.local.base import Base, SentField
from stepup_zenodo.local.boundary import STATE
from stepup_zenodo.local.idfile import record_id_in
from stepup_zenodo.local.state import EndpointState, Memory, forget, load, save

SANDBOX, ZENODO = "https://sandbox.zenodo.org/api", "https://zenodo.org/api"

FULL = EndpointState(
    record="12",
    parent="11",
    doi="10.5072/zenodo.12",
    concept_doi="10.5072/zenodo.11",
    intent="edit",
    intent_since="2026-11-20T10:00:00+00:00",
    base=Base(
        {"metadata.title": SentField("A \u201ctitle\u201d", ["kept", {"as": 1.5}])},
        {"a b.csv": "md5:900150983cd24fb0d6963f7d28e17f72"},
        {"metadata.title": "New"},
        ("c.csv",),
    ),
    published={"1.0.0": "10"},
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / ".zenodo-record-id.txt"

    save(path, SANDBOX, FULL)

    assert load(path) == Memory("12", {SANDBOX: FULL})
    assert path.read_text() == "12\n"
    assert path.with_suffix(".json").read_bytes().startswith(STATE)
    assert sorted(item.name for item in path.parent.iterdir()) == [
        ".zenodo-record-id.json",
        ".zenodo-record-id.txt",
    ]


def test_nothing_is_known_without_files(tmp_path: Path) -> None:
    assert load(tmp_path / "id.txt") == Memory()
    assert Memory().at(SANDBOX) == EndpointState()


def test_endpoints_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "id.txt"
    other = EndpointState(record="700")

    save(path, SANDBOX, FULL)
    assert load(path).at(ZENODO) == EndpointState()

    save(path, ZENODO, other)
    memory = load(path)
    assert memory.record_id == "700"
    assert memory.at(ZENODO) == other
    assert memory.at(SANDBOX) == FULL


def test_an_id_written_by_hand_wins(tmp_path: Path) -> None:
    path = tmp_path / "id.txt"
    save(path, SANDBOX, FULL)
    path.write_text("https://sandbox.zenodo.org/records/99")

    state = load(path).at(SANDBOX)

    assert state == attrs.evolve(
        FULL, record="99", doi="", concept_doi="", intent="", intent_since="", base_of=FULL.record
    )
    assert state.base_for("99", "another", is_published=False, reset=RESET_BY_VERSION) == Base()
    follows = state.base_for("99", FULL.parent, is_published=True, reset=RESET_BY_VERSION)
    assert follows == attrs.evolve(FULL.base.of_next_version(RESET_BY_VERSION), unsure=())
    assert (
        state.base_for(FULL.record, FULL.parent, is_published=True, reset=RESET_BY_VERSION)
        == FULL.base
    )


def test_a_state_file_does_not_overwrite_an_id_file_with_the_same_suffix(tmp_path: Path) -> None:
    path = tmp_path / "record.json"

    save(path, SANDBOX, EndpointState(record="5"))

    assert path.read_text() == "5\n"
    assert (tmp_path / "record.state.json").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123\n", "123"),
        ("10.5281/zenodo.123", "123"),
        ("doi:10.5281/zenodo.123", "123"),
        ("https://doi.org/10.5281/zenodo.123", "123"),
        ("https://zenodo.org/records/123", "123"),
        ("https://zenodo.org/records/123?preview=1", "123"),
        ("https://sandbox.zenodo.org/uploads/123", "123"),
        ("https://sandbox.zenodo.org/api/records/123/draft", "123"),
        ("abcde-12345", "abcde-12345"),
        ("", None),
        ("two words", None),
        ("https://zenodo.org/communities/demo/records", None),
        ("10.1234/other", None),
        ("../123", None),
        ("a" * 32, "a" * 32),
        ("a" * 33, None),
        ("https://[x/records/123", None),
    ],
)
def test_record_id_in(text: str, expected: str | None) -> None:
    assert expected == record_id_in(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is damaged. Move it away"),
        ("[]", "is damaged. Move it away"),
        ('{"format": 1, "endpoints": {"x": {"record": 5}}}', "is damaged. Move it away"),
        ('{"format": 1, "endpoints": {"x": {"unknown": ""}}}', "is damaged. Move it away"),
        ('{"format": 99, "endpoints": {}}', "written by another version of stepup-zenodo"),
    ],
)
def test_a_damaged_state_file_is_explained(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "id.json").write_text(text)

    with pytest.raises(Refused) as info:
        load(tmp_path / "id.txt")

    assert message in info.value.message


@pytest.mark.parametrize("text", ["not an id", "https://[x/records/123"])
def test_a_damaged_id_file_is_explained(tmp_path: Path, text: str) -> None:
    path = tmp_path / "id.txt"
    path.write_text(f"{text}\n")

    with pytest.raises(Refused) as info:
        load(path)

    assert info.value.message == (
        f"The record id file {path} holds something else than a record id. "
        "Write the id, the DOI or the address of your record into it, "
        "or choose another path_record_id to start a new record."
    )


def test_an_id_file_that_became_something_else_is_left_alone(tmp_path: Path) -> None:
    """Also when that happens while a command runs."""
    path = tmp_path / "id.txt"
    save(path, SANDBOX, FULL)
    path.write_text("my notes")

    acts: tuple[Callable[[], None], ...] = (
        lambda: save(path, SANDBOX, EndpointState(record="13")),
        lambda: forget(path, SANDBOX),
    )
    for act in acts:
        with pytest.raises(Refused) as info:
            act()

        assert info.value.message == (
            f"{path} is meant to hold the record id, but somebody has put something else into it. "
            "It was left alone: choose another path_record_id."
        )
        assert path.read_text() == "my notes"


def test_only_what_is_remembered_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "id.txt"
    (tmp_path / "other.txt").write_text("mine")
    save(path, SANDBOX, FULL)

    forget(path, SANDBOX)

    assert [item.name for item in tmp_path.iterdir()] == ["other.txt"]
