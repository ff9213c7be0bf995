"""Text and JSON for every change and outcome, compared whole."""

import pytest

from stepup_zenodo.config.fields import Normal
from stepup_zenodo.errors import Invalid, Place, Problem, Refused
from stepup_zenodo.events import Event, FileFinished, FileProgress, FileStarted, Requested
from stepup_zenodo.local.files import LocalFile
from stepup_zenodo.record.changes import (
    Action,
    Changes,
    CreateDraft,
    DeleteFile,
    EditPublished,
    FieldChange,
    ImportFiles,
    Kept,
    NewVersion,
    PublishEdit,
    SaveMetadata,
    UploadFile,
)
from stepup_zenodo.record.observed import FileEntry, Record
from stepup_zenodo.reporting.report import (
    action_lines,
    changes_json,
    failure_json,
    kept_lines,
    outcome_json,
    outcome_lines,
    size_text,
)
from stepup_zenodo.reporting.traffic import Traffic
from stepup_zenodo.sync.rounds import Outcome, Status

UPLOAD = UploadFile(LocalFile("a\x1b[31m.csv", "a.csv", 1_234_567), "new")
SAVE = SaveMetadata(
    (
        FieldChange("metadata.title", "Old", "New", "changed in the configuration"),
        FieldChange("metadata.subjects", None, [{"subject": "a"}], "differs"),
    ),
    {},
)

RECORD = Record(
    id="12",
    parent="11",
    revision=3,
    is_draft=True,
    is_published=False,
    status="draft",
    is_latest=False,
    has_next_draft=False,
    fields=Normal(
        {
            "metadata.title": "T",
            "metadata.creators": [{"person_or_org": {"type": "personal", "family_name": "A"}}],
            "metadata.resource_type": {"id": "dataset"},
            "metadata.publication_date": "2026-11-20",
            "metadata.publisher": "Zenodo",
            "metadata.version": "1.0.0",
        }
    ),
    files={"a.csv": FileEntry("a.csv", 1_234_567, "md5:1"), "b.csv": FileEntry("b.csv", 3, None)},
    doi="10.5072/zenodo.12",
    concept_doi="",
    html="https://sandbox.zenodo.org/uploads/12",
)


def locate(field: str) -> Place | None:
    return Place("zenodo.yaml", 4, 3) if field == "metadata.title" else None


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (50 * 10**9, "50.0 GB"),
        (2 * 10**12, "2000.0 GB"),
    ],
)
def test_size_text(size: int, expected: str) -> None:
    assert expected == size_text(size)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (CreateDraft(Normal({"metadata.title": "T"})), ["create a draft with 1 metadata field"]),
        (EditPublished(), ["open the published record for editing"]),
        (NewVersion("", "2"), ["start version 2 after the published one"]),
        (ImportFiles(("a",)), ["import 1 file of the published version"]),
        (
            SAVE,
            [
                "set metadata.title: 'Old' -> 'New' (changed in the configuration)",
                "set metadata.keywords (differs):",
                "  + 'a'",
            ],
        ),
        (PublishEdit(), ["publish the correction of the public version"]),
        (DeleteFile("a.csv", "no longer listed"), ["delete a.csv: no longer listed"]),
        (UPLOAD, [r"send a\x1b[31m.csv (1.2 MB): new"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_action_lines(action: Action, expected: list[str]) -> None:
    assert expected == action_lines(action)


def test_what_is_kept_is_shown_with_its_place() -> None:
    kept = (
        Kept("metadata.title", "changed on the server", "metadata.title"),
        Kept("'x.csv'", "is on the server"),
    )

    assert kept_lines(kept, locate) == [
        "zenodo.yaml:4:3: kept metadata.title: changed on the server",
        "kept 'x.csv': is on the server",
    ]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (
            Outcome(Status.SYNCED, RECORD, (UPLOAD,)),
            [
                (
                    "synced: draft 12, version 1.0.0, 2 files (1.2 MB), DOI 10.5072/zenodo.12, "
                    "1.2 MB sent in 7 requests"
                ),
                "https://sandbox.zenodo.org/uploads/12",
            ],
        ),
        (
            Outcome(Status.NOTHING, RECORD),
            [
                "nothing to do: draft 12, version 1.0.0, 2 files (1.2 MB), DOI 10.5072/zenodo.12",
                "https://sandbox.zenodo.org/uploads/12",
            ],
        ),
        (
            Outcome(Status.VALIDATED, silence="there is no token"),
            ["validated only: there is no token, so the server was not asked"],
        ),
    ],
    ids=["synced", "nothing", "validated"],
)
def test_outcome_lines(outcome: Outcome, expected: list[str]) -> None:
    assert expected == outcome_lines(outcome, Traffic(requests=7, writes=5, sent=1_234_567))


def test_outcome_json() -> None:
    outcome = Outcome(Status.SYNCED, RECORD, (SAVE, UPLOAD), (Kept("'x'", "there"),))

    assert outcome_json(outcome, Traffic(7, 5, 1_234_567), locate) == {
        "status": "synced",
        "record": {
            "id": "12",
            "state": "draft",
            "version": "1.0.0",
            "doi": "10.5072/zenodo.12",
            "concept_doi": "",
            "url": "https://sandbox.zenodo.org/uploads/12",
            "files": {"a.csv": "md5:1", "b.csv": None},
        },
        "changes": [
            {
                "action": "save_metadata",
                "changes": [
                    {
                        "field": "metadata.title",
                        "old": "Old",
                        "new": "New",
                        "reason": "changed in the configuration",
                    },
                    {
                        "field": "metadata.subjects",
                        "old": None,
                        "new": [{"subject": "a"}],
                        "reason": "differs",
                    },
                ],
            },
            {
                "action": "upload_file",
                "file": "a\x1b[31m.csv",
                "size": 1_234_567,
                "reason": "new",
            },
        ],
        "doubtful": [],
        "said": [],
        "kept": [{"what": "'x'", "reason": "there", "place": ""}],
        "requests": 7,
        "writes": 5,
        "bytes_sent": 1_234_567,
    }


def test_changes_json() -> None:
    changes = Changes(
        (
            CreateDraft(Normal({"metadata.title": "T"})),
            EditPublished(),
            NewVersion("1", "2"),
            ImportFiles(("a",)),
            PublishEdit(),
            DeleteFile("a", "no longer listed", 5),
        )
    )

    assert changes_json(changes, locate) == {
        "status": "dry run",
        "changes": [
            {"action": "create_draft", "fields": ["metadata.title"]},
            {"action": "edit_published"},
            {"action": "new_version", "old": "1", "new": "2"},
            {"action": "import_files", "files": ["a"]},
            {"action": "publish_edit"},
            {"action": "delete_file", "file": "a", "size": 5, "reason": "no longer listed"},
        ],
        "kept": [],
    }


def test_failures() -> None:
    problem = Problem(
        "found 1.0, expected text", "metadata.version", Place("z.yaml", 2, 3), "quote it"
    )

    assert Invalid((problem,)).lines() == [
        "z.yaml:2:3: metadata.version: found 1.0, expected text (quote it)"
    ]
    assert Refused("Decide:\nnow\x07", (problem,)).lines() == [
        "Decide:",
        r"now\x07",
        "z.yaml:2:3: metadata.version: found 1.0, expected text (quote it)",
    ]
    assert failure_json(Refused("Decide", (problem, Problem("bad")))) == {
        "status": "failed",
        "message": "Decide",
        "problems": [
            {
                "message": "found 1.0, expected text",
                "where": "metadata.version",
                "file": "z.yaml",
                "line": 2,
                "column": 3,
                "hint": "quote it",
            },
            {
                "message": "bad",
                "where": "",
                "file": None,
                "line": None,
                "column": None,
                "hint": "",
            },
        ],
    }


def test_traffic_counts_repeated_uploads_and_no_reading() -> None:
    events: list[Event] = [
        Requested("GET", "/records/1/draft", 200),
        FileStarted("read", 9, sending=False),
        FileProgress("read", 9),
        FileFinished("read"),
        FileStarted("a", 10, sending=True),
        FileProgress("a", 4),
        FileProgress("a", 6),
        FileFinished("a"),
        Requested("PUT", "/records/1/draft/files/a/content", None),
        FileStarted("a", 10, sending=True),
        FileProgress("a", 10),
        FileFinished("a"),
        Requested("PUT", "/records/1/draft/files/a/content", 200),
    ]
    traffic = Traffic()
    for event in events:
        traffic = traffic.after(event)

    assert traffic == Traffic(requests=3, writes=2, sent=16)
