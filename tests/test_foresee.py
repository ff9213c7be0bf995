"""Looking ahead to all rounds of a run: it ends, and what it says is what would be done."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_zenodo.config.fields import Normal
from stepup_zenodo.local.base import Base
from stepup_zenodo.record.changes import (
    Action,
    CreateDraft,
    DeleteFile,
    EditPublished,
    ImportFiles,
    NewVersion,
    PrepareReview,
    PublishEdit,
    RemoveReview,
    SaveMetadata,
    UploadFile,
)
from stepup_zenodo.record.compare import compare
from stepup_zenodo.record.desired import Desired
from stepup_zenodo.record.foresee import Foreseen, after, foresee, requests_needed
from stepup_zenodo.record.observed import NoRecord, Record
from stepup_zenodo.record.review import Community, Review
from stepup_zenodo.record.threeway import Choice

from .test_compare import ASK, CHOICES, DRAFT, PUBLISHED, TITLE, VERSION, entry, file, situations

TODAY = "2026-03-04"
DATE = "metadata.publication_date"


def look_ahead(
    desired: Desired, record: Record | NoRecord, base: Base, choice: Choice
) -> tuple[Foreseen, Record | NoRecord]:
    """Return what is foreseen, and the record after it was carried out."""
    foreseen = foresee(desired, record, base, choice, today=TODAY)
    for action in foreseen.actions:
        record = after(action, record, TODAY)
    return foreseen, record


STATES: dict[str, Record | NoRecord] = {
    "no record": NoRecord(),
    "draft": DRAFT,
    "published": PUBLISHED,
    "draft of a version": attrs.evolve(DRAFT, status="new_version_draft", previous={}),
}


@settings(max_examples=2000)
@given(situations(), CHOICES, st.sampled_from([*STATES]), st.sampled_from(["", "1.0.0", "1.1.0"]))
def test_nothing_is_left_at_the_end(
    situation: tuple[Desired, Record, Base], choice: Choice, state: str, version: str
) -> None:
    desired, there, base = situation
    wanted = {VERSION: version} if version else {}
    desired = attrs.evolve(desired, fields=Normal({**desired.fields, **wanted}))
    record: Record | NoRecord = STATES[state]
    if isinstance(record, NoRecord):
        base = Base()
    else:
        completed = {k: v for k, v in there.files.items() if v.completed or record.is_draft}
        fields = {**there.fields, **({} if record.is_draft else {VERSION: "1.0.0"})}
        record = attrs.evolve(record, fields=Normal(fields), files=completed)
        if record.previous is not None:
            record = attrs.evolve(record, files={}, previous=completed)

    foreseen, ended = look_ahead(desired, record, base, choice)

    if foreseen.conflicts:
        return
    for key, local in desired.files.items():
        assert isinstance(ended, Record)
        found = ended.files.get(key)
        kept = repr(key) in {item.what for item in foreseen.kept}
        assert kept or (found is not None and found.checksum == local.checksum)
    # The first round is what a run would do first.
    first = compare(desired, record, base, choice).actions
    assert foreseen.actions[: len(first)] == first


def kinds(foreseen: Foreseen) -> list[str]:
    return [type(action).__name__ for action in foreseen.actions]


def test_a_new_record() -> None:
    desired = Desired(Normal({TITLE: "T"}), {"a.txt": file("A")}, defaults={DATE: TODAY})

    foreseen, ended = look_ahead(desired, NoRecord(), Base(), ASK)

    assert kinds(foreseen) == ["CreateDraft", "UploadFile"]
    assert isinstance(ended, Record)
    assert ended.fields == {TITLE: "T", DATE: TODAY}


def test_a_new_version_imports_and_then_replaces() -> None:
    record = attrs.evolve(PUBLISHED, files={"a.txt": entry("A"), "b.txt": entry("B", "b.txt")})
    files = {"a.txt": file("A"), "b.txt": file("C", "b.txt")}
    desired = Desired(Normal({VERSION: "1.1.0", TITLE: "T"}), files)

    foreseen, ended = look_ahead(desired, record, Base(), ASK)

    assert kinds(foreseen) == ["NewVersion", "SaveMetadata", "ImportFiles", "UploadFile"]
    assert isinstance(ended, Record)
    assert ended.fields == {VERSION: "1.1.0", TITLE: "T", DATE: TODAY}
    assert {key: one.checksum for key, one in ended.files.items()} == {
        "a.txt": "md5:A",
        "b.txt": "md5:C",
    }


def test_a_correction() -> None:
    desired = Desired(Normal({VERSION: "1.0.0", TITLE: "U"}), {"a.txt": file("A")})

    foreseen, _ = look_ahead(desired, PUBLISHED, Base(), ASK)

    assert kinds(foreseen) == ["EditPublished", "SaveMetadata", "PublishEdit"]


DEMO, NONE = Community("c1", "demo"), Community("", "")
PREPARED, SUBMITTED = Review("r", "created", "c1"), Review("r", "submitted", "c1")


@pytest.mark.parametrize(
    ("status", "review", "wanted", "expected", "kept"),
    [
        ("draft", None, None, (), False),
        ("draft", None, DEMO, (PrepareReview(DEMO),), False),
        ("draft", None, NONE, (), False),
        ("draft_with_review", PREPARED, None, (), False),
        ("draft_with_review", PREPARED, DEMO, (), False),
        (
            "draft_with_review",
            attrs.evolve(PREPARED, community="c2"),
            DEMO,
            (PrepareReview(DEMO, replaces=True),),
            False,
        ),
        ("draft_with_review", PREPARED, NONE, (RemoveReview(),), False),
        ("in_review", SUBMITTED, DEMO, (), False),
        ("in_review", attrs.evolve(SUBMITTED, community="c2"), DEMO, (), True),
        ("in_review", SUBMITTED, NONE, (), True),
        ("declined", attrs.evolve(SUBMITTED, status="declined"), DEMO, (), False),
        ("new_version_draft", None, DEMO, (), False),
    ],
)
def test_reviews(
    status: str,
    review: Review | None,
    wanted: Community | None,
    expected: tuple[Action, ...],
    kept: bool,
) -> None:
    record = attrs.evolve(DRAFT, status=status, review=review)
    desired = Desired(record.fields, {}, community=wanted)

    foreseen, _ = look_ahead(desired, attrs.evolve(record, files={}), Base(), ASK)

    assert foreseen.actions == expected
    assert [item.what for item in foreseen.kept] == (["community"] if kept else [])


NEW = UploadFile(file("A"), "new")
REPLACED = UploadFile(file("A"), "changed", replaces=True)
WAITING = UploadFile(file("A"), "not completed", declared=True)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ((), 0),
        ((CreateDraft(Normal({})),), 1),
        ((CreateDraft(Normal({})), NEW, NEW), 6),
        ((REPLACED,), 4),
        ((WAITING,), 2),
        ((NEW, REPLACED, WAITING), 8),
        ((EditPublished(), SaveMetadata((), {}), PublishEdit()), 3),
        ((PrepareReview(Community("c", "demo")), RemoveReview()), 2),
        ((NewVersion("1", "2"), SaveMetadata((), {}), ImportFiles(()), DeleteFile("a", "")), 4),
    ],
)
def test_requests(actions: tuple[Action, ...], expected: int) -> None:
    assert requests_needed(actions) == expected
