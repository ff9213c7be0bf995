"""The comparison: a table for each decision, and properties for all of them together."""

import itertools
from collections.abc import Iterable, Mapping
from typing import TypeVar

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_zenodo.config.fields import PREVIEW, RESET_BY_VERSION, Normal, normal
from stepup_zenodo.jsontypes import Json
from stepup_zenodo.local.base import Base, SentField
from stepup_zenodo.local.files import LocalFile
from stepup_zenodo.record.changes import (
    Changes,
    Conflict,
    CreateDraft,
    DeleteFile,
    EditPublished,
    FieldChange,
    ImportFiles,
    Kept,
    NewVersion,
    PublishEdit,
    SaveMetadata,
    UnlockFiles,
    UploadFile,
)
from stepup_zenodo.record.compare import checksums_needed, compare
from stepup_zenodo.record.desired import Desired
from stepup_zenodo.record.observed import FileEntry, NoRecord, Record
from stepup_zenodo.record.threeway import Choice, compare_field, compare_file

TITLE, PUBLISHER, KEYWORDS, VERSION = (
    f"metadata.{name}" for name in ("title", "publisher", "subjects", "version")
)
ASK, OURS, THEIRS, PRUNE = Choice(), Choice(ours=True), Choice(theirs=True), Choice(prune=True)


def file(content: str, key: str = "a.txt") -> LocalFile:
    return LocalFile(key, key, 1, checksum=f"md5:{content}")


def entry(content: str | None, key: str = "a.txt") -> FileEntry:
    if content is None:
        return FileEntry(key, None, None)
    return FileEntry(key, 1, f"md5:{content}")


def sent(value: Json, kept: Json = "as sent") -> SentField:
    return SentField(value, value if kept == "as sent" else kept)


DRAFT = Record(
    id="2",
    parent="1",
    revision=4,
    is_draft=True,
    is_published=False,
    status="draft",
    is_latest=False,
    has_next_draft=False,
    fields=Normal({}),
    files={},
    doi="",
    concept_doi="",
    html="https://server/2",
)
PUBLISHED = attrs.evolve(
    DRAFT,
    is_draft=False,
    is_published=True,
    status="published",
    is_latest=True,
    fields=Normal({VERSION: "1.0.0", TITLE: "T"}),
    files={"a.txt": entry("A")},
)


def conflict(field: str, ours: str, theirs: str) -> Conflict:
    return Conflict(
        field,
        f"changed in the configuration to {ours} and on the server to {theirs}",
        "use --ours to overwrite the server, --theirs to keep what it has, "
        "or `stepup-zenodo pull` to take that over",
        field,
    )


def change(old: Json, new: Json, reason: str) -> FieldChange:
    return FieldChange(TITLE, old, new, reason)


WEB = Kept(TITLE, "changed on the server to 'W'", TITLE)
OVERWRITTEN = "changed on the server, overwritten because of --ours"
HERE = "changed in the configuration"


@pytest.mark.parametrize(
    ("ours", "theirs", "base", "choice", "expected"),
    [
        ("B", "B", Base({TITLE: sent("B")}), ASK, None),
        ("B", "B", Base(), ASK, None),
        ("N", "B", Base({TITLE: sent("B")}), ASK, change("B", "N", HERE)),
        ("", "B", Base({TITLE: sent("B")}), ASK, change("B", None, HERE)),
        ("N", None, Base({TITLE: sent(None)}), ASK, change(None, "N", HERE)),
        ("B", "W", Base({TITLE: sent("B")}), ASK, WEB),
        ("B", "W", Base({TITLE: sent("B")}), THEIRS, WEB),
        ("B", "W", Base({TITLE: sent("B")}), OURS, change("W", "B", OVERWRITTEN)),
        (
            "B",
            None,
            Base({TITLE: sent("B")}),
            ASK,
            Kept(TITLE, "changed on the server to nothing", TITLE),
        ),
        ("N", "N", Base({TITLE: sent("B")}), ASK, None),
        ("N", "W", Base({TITLE: sent("B")}), ASK, conflict(TITLE, "'N'", "'W'")),
        ("N", None, Base({TITLE: sent("B")}), ASK, conflict(TITLE, "'N'", "nothing")),
        ("", "W", Base({TITLE: sent("B")}), ASK, conflict(TITLE, "nothing", "'W'")),
        ("N", "W", Base({TITLE: sent("B")}), THEIRS, WEB),
        ("N", "W", Base({TITLE: sent("B")}), OURS, change("W", "N", OVERWRITTEN)),
        ("N", "W", Base(), ASK, change("W", "N", "differs from the configuration")),
        ("N", None, Base(), ASK, change(None, "N", "not yet in the draft")),
        # The server keeps something else than was sent.
        ("B", "K", Base({TITLE: sent("B", "K")}), ASK, None),
        ("N", "K", Base({TITLE: sent("B", "K")}), ASK, change("K", "N", HERE)),
        ("B", "W", Base({TITLE: sent("B", "K")}), ASK, WEB),
        # An interrupted run was about to save P.
        ("P", "P", Base({TITLE: sent("B")}, pending={TITLE: "P"}), ASK, None),
        (
            "P",
            "B",
            Base({TITLE: sent("B")}, pending={TITLE: "P"}),
            ASK,
            change("B", "P", HERE),
        ),
        (
            "N",
            "P",
            Base({TITLE: sent("B")}, pending={TITLE: "P"}),
            ASK,
            change("P", "N", HERE),
        ),
        (
            "P",
            "W",
            Base({TITLE: sent("B")}, pending={TITLE: "P"}),
            ASK,
            conflict(TITLE, "'P'", "'W'"),
        ),
        ("B", "W", Base({TITLE: sent("B")}, pending={TITLE: "P"}), ASK, WEB),
        # What the server rewrites is no difference, whichever side has it.
        ("A \u201ctitle\u201d", 'A "title"', Base(), ASK, None),
        ('A "title"', "A \u201ctitle\u201d", Base(), ASK, None),
    ],
)  # fmt: skip
def test_a_field(ours: Json, theirs: Json, base: Base, choice: Choice, expected: object) -> None:
    mine, other = Normal({TITLE: ours})[TITLE], Normal({TITLE: theirs})[TITLE]
    assert compare_field(TITLE, mine, other, base, choice) == expected


AGAIN = "replaced on the server, sent again because of --ours"
BASE_A = Base(files={"a.txt": "md5:A"})
UNSURE_A = Base(files={"a.txt": "md5:A"}, unsure=("a.txt",))
UNSURE = Base(unsure=("a.txt",))
BASE_AB = Base(files={"a.txt": "md5:A", "b.txt": "md5:B"})
SENDING = Base(unsure=("a.txt",), sending={"a.txt": "md5:M"})
OTHERS = Base(complete=True)
DELETED = Kept("'a.txt'", "deleted on the server", "paths.a.txt")
REPLACED = Kept("'a.txt'", "replaced on the server", "paths.a.txt")


def both_changed(done: str) -> Conflict:
    return Conflict(
        "'a.txt'",
        f"changed on disk and {done} on the server",
        "use --ours to send the file on disk or --theirs to leave the server as it is",
        "paths.a.txt",
    )


NEW_ON_BOTH = Conflict(
    "'a.txt'",
    "is new here, but somebody else has put another file with this name on the server",
    "rename the file, or use --ours to replace the other one or --theirs to leave it",
    "paths.a.txt",
)


def upload(content: str, reason: str, *, replaces: bool = False) -> UploadFile:
    return UploadFile(file(content), reason, replaces)


@pytest.mark.parametrize(
    ("ours", "theirs", "base", "choice", "expected"),
    [
        ("A", "A", BASE_A, ASK, None),
        ("A", "A", Base(), ASK, None),
        ("N", None, Base(), ASK, upload("N", "new")),
        ("N", "W", Base(), ASK, upload("N", "differs from the disk", replaces=True)),
        ("N", "A", BASE_A, ASK, upload("N", "changed on disk", replaces=True)),
        ("A", "W", BASE_A, ASK, REPLACED),
        ("A", None, BASE_A, ASK, DELETED),
        ("A", "W", BASE_A, OURS, upload("A", AGAIN, replaces=True)),
        ("A", None, BASE_A, OURS, upload("A", AGAIN.replace("replaced", "deleted"))),
        ("N", "N", BASE_A, ASK, None),
        ("N", "W", BASE_A, ASK, both_changed("replaced")),
        ("N", None, BASE_A, ASK, both_changed("deleted")),
        ("N", "W", BASE_A, THEIRS, REPLACED),
        ("N", None, BASE_A, THEIRS, DELETED),
        ("N", "W", BASE_A, OURS, upload("N", AGAIN, replaces=True)),
        # An interrupted run was about to send or delete it.
        ("A", None, UNSURE_A, ASK, upload("A", "new")),
        ("N", "A", UNSURE_A, ASK, upload("N", "changed on disk", replaces=True)),
        ("N", "M", SENDING, ASK, upload("N", "sent again after an interruption", replaces=True)),
        # What holds neither what was there nor what was sent is somebody else's.
        ("N", "M", UNSURE_A, ASK, both_changed("replaced")),
        ("A", "M", UNSURE_A, ASK, REPLACED),
        ("N", "M", UNSURE, ASK, NEW_ON_BOTH),
        ("N", "M", UNSURE, OURS, upload("N", AGAIN, replaces=True)),
        ("N", "M", UNSURE, THEIRS, REPLACED),
        ("N", "W", OTHERS, ASK, NEW_ON_BOTH),
        ("N", "N", OTHERS, ASK, None),
        ("N", "N", UNSURE_A, ASK, None),
    ],
)  # fmt: skip
def test_a_listed_file(
    ours: str, theirs: str | None, base: Base, choice: Choice, expected: object
) -> None:
    on_server = None if theirs is None else entry(theirs)

    assert compare_file("a.txt", file(ours), on_server, base, choice) == expected


NEVER = "but was never sent from here; --prune removes it"
PRUNED = "never sent from here, removed because of --prune"
UNLISTED = DeleteFile("a.txt", "no longer listed", 1)


@pytest.mark.parametrize(
    ("theirs", "base", "choice", "expected"),
    [
        (entry("A"), BASE_A, ASK, UNLISTED),
        (entry(None), BASE_A, ASK, Kept("'a.txt'", "somebody else is uploading it")),
        (entry("W"), Base(), ASK, Kept("'a.txt'", f"is on the server {NEVER}")),
        (entry(None), Base(), ASK, Kept("'a.txt'", f"is being uploaded {NEVER}")),
        (entry("W"), Base(), PRUNE, DeleteFile("a.txt", PRUNED, 1)),
        (
            entry("W"),
            BASE_A,
            ASK,
            Conflict(
                "'a.txt'",
                "no longer listed in the configuration, but replaced on the server",
                "use --ours to delete it or --theirs to keep it",
            ),
        ),
        (entry("W"), BASE_A, THEIRS, Kept("'a.txt'", "replaced on the server")),
        (entry("W"), BASE_A, OURS, UNLISTED),
        (None, BASE_A, ASK, None),
        # An interrupted run was about to send or delete it.
        (entry("A"), UNSURE_A, ASK, UNLISTED),
        (entry("M"), SENDING, ASK, UNLISTED),
        (entry("M"), UNSURE, ASK, Kept("'a.txt'", f"is on the server {NEVER}")),
        (entry(None), UNSURE, ASK, attrs.evolve(UNLISTED, size=None)),
    ],
)  # fmt: skip
def test_an_unlisted_file(
    theirs: FileEntry | None, base: Base, choice: Choice, expected: object
) -> None:
    assert compare_file("a.txt", None, theirs, base, choice) == expected


WAITING = UploadFile(file("N"), "its upload was not completed", declared=True)
UNDER_WAY = Kept("'a.txt'", "somebody else is uploading it", "paths.a.txt")


@pytest.mark.parametrize(
    ("base", "choice", "expected"),
    [
        (UNSURE, ASK, WAITING),
        (UNSURE_A, ASK, WAITING),
        (Base(), ASK, WAITING),
        (BASE_A, OURS, WAITING),
        (BASE_A, ASK, UNDER_WAY),
        (OTHERS, ASK, UNDER_WAY),
    ],
)
def test_an_entry_without_content(base: Base, choice: Choice, expected: object) -> None:
    assert compare_file("a.txt", file("N"), entry(None), base, choice) == expected


def test_files_that_nobody_lists_are_left_alone() -> None:
    unlisted = Desired(Normal({}), {}, lists_files=False)
    there = {"a.txt": entry("A"), "b.txt": entry("B", key="b.txt")}
    draft = attrs.evolve(DRAFT, files=there)
    started = attrs.evolve(DRAFT, files={}, previous=there)

    kept = compare(unlisted, draft, T_BASE, ASK)
    taken = compare(unlisted, started, T_BASE, ASK)

    assert kept == Changes()
    assert taken == Changes((ImportFiles(("a.txt", "b.txt")),))


WANTED = Desired(Normal({TITLE: "T", VERSION: "1.0.0"}), {"a.txt": file("A")})
T_BASE = Base({TITLE: sent("T"), VERSION: sent("1.0.0")}, {"a.txt": "md5:A"})
NEW_TITLE = attrs.evolve(WANTED, fields=Normal({TITLE: "New", VERSION: "1.0.0"}))
TITLE_CHANGE = FieldChange(TITLE, "T", "New", HERE)
SAVE = SaveMetadata((TITLE_CHANGE,), {TITLE: "New", VERSION: "1.0.0"})
NEXT = attrs.evolve(WANTED, fields=Normal({TITLE: "T", VERSION: "1.1.0"}))
FROZEN = Conflict(
    "files",
    "version 1.0.0 is published, so its files cannot change, "
    "but these differ from the disk: 'a.txt'",
    "raise the version in the configuration to publish them as a new version",
    VERSION,
)
CORRECTABLE = (
    f"{FROZEN.remedy}; or, if it was published in the last days (30 on Zenodo), put them in its "
    "place with `stepup-zenodo correct-files`"
)
CORRECTING = Choice(published_files=True)
OPEN = Conflict(
    "the record",
    "somebody left changes of the published metadata open in the web form",
    "publish or discard them there first: https://server/2",
)
OTHER_DRAFT = Conflict(
    "the record",
    "a draft of the next version exists that was not started from here",
    "write its id into the record id file to go on with it, discard it in the web form, "
    "or use --ours to take it over",
    VERSION,
)
EDIT = attrs.evolve(PUBLISHED, is_draft=True)
CONTINUED = attrs.evolve(PUBLISHED, has_next_draft=True)
EDITED = attrs.evolve(PUBLISHED, edit_open=True)


@pytest.mark.parametrize(
    ("wanted", "record", "choice", "expected"),
    [
        (WANTED, PUBLISHED, ASK, Changes()),
        (NEW_TITLE, PUBLISHED, ASK, Changes((EditPublished(),))),
        (NEW_TITLE, EDITED, ASK, Changes((EditPublished(),), (), (OPEN,))),
        (WANTED, EDITED, ASK, Changes()),
        (NEW_TITLE, EDIT, ASK, Changes((SAVE, PublishEdit()))),
        (WANTED, EDIT, ASK, Changes((PublishEdit(),))),
        (
            attrs.evolve(WANTED, files={"a.txt": file("N")}),
            PUBLISHED,
            ASK,
            Changes((EditPublished(),), (), (FROZEN,)),
        ),
        (
            attrs.evolve(WANTED, files={"a.txt": file("N")}),
            attrs.evolve(PUBLISHED, corrects_files=True),
            ASK,
            Changes((EditPublished(),), (), (attrs.evolve(FROZEN, remedy=CORRECTABLE),)),
        ),
        (
            attrs.evolve(WANTED, files={"a.txt": file("N")}),
            EDIT,
            ASK,
            Changes(
                (UnlockFiles(), UploadFile(file("N"), "changed on disk", replaces=True)),
                (),
                (FROZEN,),
            ),
        ),
        (
            attrs.evolve(WANTED, files={"a.txt": file("N")}),
            EDIT,
            CORRECTING,
            Changes((UnlockFiles(), UploadFile(file("N"), "changed on disk", replaces=True))),
        ),
        (
            attrs.evolve(WANTED, files={"a.txt": file("N")}),
            PUBLISHED,
            CORRECTING,
            Changes((EditPublished(),)),
        ),
        (WANTED, EDIT, CORRECTING, Changes((PublishEdit(),))),
        (WANTED, PUBLISHED, CORRECTING, Changes()),
        (
            attrs.evolve(WANTED, files={"a.txt": file("N")}),
            EDITED,
            CORRECTING,
            Changes((EditPublished(),), (), (OPEN,)),
        ),
        (NEXT, PUBLISHED, ASK, Changes((NewVersion("1.0.0", "1.1.0"),))),
        (NEXT, EDITED, ASK, Changes((NewVersion("1.0.0", "1.1.0"),))),
        (NEXT, CONTINUED, ASK, Changes((), (), (OTHER_DRAFT,))),
        (
            NEXT,
            CONTINUED,
            OURS,
            Changes((NewVersion("1.0.0", "1.1.0"),)),
        ),
        # The version text was changed on the server, and not here.
        (
            WANTED,
            attrs.evolve(PUBLISHED, fields=Normal({VERSION: "1.0", TITLE: "T"})),
            ASK,
            Changes((), (Kept(VERSION, "changed on the server to '1.0'", VERSION),)),
        ),
        (
            WANTED,
            attrs.evolve(PUBLISHED, is_latest=False),
            ASK,
            Changes(
                (), (Kept.note("a newer version is published; this one was compared"),)
            ),
        ),
    ],
)  # fmt: skip
def test_a_published_record(
    wanted: Desired, record: Record, choice: Choice, expected: Changes
) -> None:
    assert compare(wanted, record, T_BASE, choice) == expected


def test_a_version_draft_started_here_is_ours() -> None:
    record = CONTINUED

    changes = compare(NEXT, record, T_BASE, ASK, started_here=True)

    assert changes == Changes((NewVersion("1.0.0", "1.1.0"),))


def test_a_new_record() -> None:
    wanted = attrs.evolve(
        WANTED,
        fields=Normal({TITLE: "T", KEYWORDS: [], PREVIEW: "a.txt"}),
        defaults={TITLE: "not used", PUBLISHER: "Zenodo"},
    )

    changes = compare(wanted, NoRecord(), Base(), ASK)

    assert changes == Changes((CreateDraft(Normal({TITLE: "T", PUBLISHER: "Zenodo"})),))


@pytest.mark.parametrize(
    ("disk", "previous", "base", "expected"),
    [
        ("A", ("A",), Base(), Changes((ImportFiles(("a.txt",)),))),
        ("X", ("A",), Base(), Changes((UploadFile(file("X"), "new"),))),
        # A file that somebody else added stays, also when ours are all replaced.
        ("X", ("A", "B"), Base(), Changes((ImportFiles(("a.txt", "b.txt")),))),
        ("X", ("A", "B"), BASE_A, Changes((ImportFiles(("a.txt", "b.txt")),))),
        # One that was sent from here and is not listed any more goes.
        ("X", ("A", "B"), BASE_AB, Changes((UploadFile(file("X"), "new"),))),
        # One that somebody else replaced is not lost either.
        ("A", ("W",), BASE_A, Changes((ImportFiles(("a.txt",)),))),
        ("X", ("W",), BASE_A, Changes((ImportFiles(("a.txt",)),), (), (both_changed("replaced"),))),
    ],
)
def test_files_of_the_previous_version(
    disk: str, previous: tuple[str, ...], base: Base, expected: Changes
) -> None:
    names = ("a.txt", "b.txt")
    entries = {key: entry(content, key) for key, content in zip(names, previous, strict=False)}
    record = attrs.evolve(DRAFT, status="new_version_draft", previous=entries)
    wanted = Desired(Normal({}), {"a.txt": file(disk)})

    assert compare(wanted, record, base.of_next_version(RESET_BY_VERSION), ASK) == expected


@pytest.mark.parametrize("choice", [ASK, OURS])
def test_a_draft_in_review_is_left_alone_unless_told(choice: Choice) -> None:
    record = attrs.evolve(PUBLISHED, is_draft=True, is_published=False, status="in_review")
    reviewed = Conflict(
        "the draft",
        "it is being reviewed by a community, and 1 change is waiting",
        "wait for the decision, withdraw it from review, or use --ours to change it now",
    )

    assert compare(WANTED, record, T_BASE, choice) == Changes()
    changes = compare(NEW_TITLE, record, T_BASE, choice)
    assert changes == Changes((SAVE,), (), () if choice is OURS else (reviewed,))


def test_the_preview_waits_for_its_file() -> None:
    wanted = attrs.evolve(WANTED, fields=Normal({PREVIEW: "a.txt"}))
    started = attrs.evolve(DRAFT, files={"a.txt": entry(None)})
    complete = attrs.evolve(DRAFT, files={"a.txt": entry("A")})
    shown = FieldChange(PREVIEW, None, "a.txt", "not yet in the draft")

    first = compare(wanted, started, Base(), ASK)
    second = compare(wanted, complete, Base(), ASK)

    assert first == Changes((UploadFile(file("A"), "its upload was not completed", declared=True),))
    assert second == Changes((SaveMetadata((shown,), {PREVIEW: "a.txt"}),))


@pytest.mark.parametrize(
    ("theirs", "base", "needed"),
    [
        (None, Base(), False),
        (None, BASE_A, True),
        (entry(None), BASE_A, False),
        (FileEntry("a.txt", 2, "md5:A"), Base(), False),
        (FileEntry("a.txt", 2, "md5:A"), BASE_A, True),
        (entry("A"), Base(), True),
    ],
)
def test_checksums_are_computed_only_if_they_decide(
    theirs: FileEntry | None, base: Base, needed: bool
) -> None:
    unread = attrs.evolve(file("A"), checksum=None)
    record = attrs.evolve(DRAFT, files={} if theirs is None else {"a.txt": theirs})

    result = checksums_needed(Desired(Normal({}), {"a.txt": unread}), record, base)

    assert result == ((unread,) if needed else ())
    assert checksums_needed(Desired(Normal({}), {"a.txt": unread}), NoRecord(), base) == ()


Value = TypeVar("Value")

# Properties. The server and the journal are played by a few lines.

NAMES = (TITLE, PUBLISHER, KEYWORDS)
KEYS = ("a.txt", "b.txt")
ABSENT = "absent"
"""Stands for a field or file that one side does not have."""

TEXTS: tuple[Json, ...] = (ABSENT, "B", "N", " W ", "")
WORDS: tuple[dict[str, Json], ...] = ({"subject": "x"}, {"subject": "y"}, {"subject": "z"})
LISTS: tuple[Json, ...] = (ABSENT, [], [*WORDS[:1]], [*WORDS[:2]], [*WORDS[1:]])
CONTENTS: tuple[str | None, ...] = (ABSENT, "B", "N", "W")


def cells(values: tuple[Json, ...]) -> st.SearchStrategy[tuple[Json, ...]]:
    """Return what is wanted, there, sent, kept and pending for one field."""
    return st.sampled_from([*itertools.product(values, repeat=5)])


FILE_CELLS = st.sampled_from(
    [*itertools.product(CONTENTS, (*CONTENTS, None), CONTENTS, (False, False, True))]
)
"""What is on disk, there, and was sent for one file, and whether that is unsure."""


def given_in(names: tuple[str, ...], values: Iterable[Value]) -> dict[str, Value]:
    return {k: v for k, v in zip(names, values, strict=True) if v != ABSENT}


def build(
    fields: tuple[tuple[Json, ...], ...], files: tuple[tuple[str, str | None, str, bool], ...]
) -> tuple[Desired, Record, Base]:
    wanted, there, last, kept, pending = (
        given_in(NAMES, column) for column in zip(*fields, strict=True)
    )
    disk, found, before = (
        given_in(KEYS, column) for column in zip(*(row[:3] for row in files), strict=True)
    )
    base = Base(
        {k: SentField(normal(k, v), normal(k, kept.get(k, v))) for k, v in last.items()},
        {k: f"md5:{v}" for k, v in before.items()},
        {k: normal(k, v) for k, v in pending.items()},
        tuple(k for k, row in zip(KEYS, files, strict=True) if row[3]),
    )
    record = attrs.evolve(
        DRAFT,
        fields=Normal({k: v for k, v in there.items() if v}),
        files={k: entry(v, k) for k, v in found.items()},
    )
    return Desired(Normal(wanted), {k: file(str(v), k) for k, v in disk.items()}), record, base


FIELDS = st.tuples(cells(TEXTS), cells(TEXTS), cells(LISTS))
FILES = st.tuples(FILE_CELLS, FILE_CELLS)


def situations() -> st.SearchStrategy[tuple[Desired, Record, Base]]:
    """Return what is wanted, what the server holds, and what was sent last."""
    return st.builds(build, FIELDS, FILES)


CHOICES = st.sampled_from([ASK, OURS, THEIRS, PRUNE, Choice(ours=True, prune=True)])


def apply(changes: Changes, record: Record, base: Base) -> tuple[Record, Base]:
    """Return what the server and the memory hold after changes, as the real ones would."""
    fields, files = dict(record.fields), dict(record.files)
    sent_fields, sent_files = dict(base.fields), dict(base.files)
    for action in changes.actions:
        match action:
            case SaveMetadata():
                fields = dict(action.fields)
                for item in action.changes:
                    sent_fields[item.name] = item.remembered(normal(item.name, item.new))
            case DeleteFile(key=key):
                del files[key]
                sent_files.pop(key, None)
            case UploadFile(file=local):
                assert local.checksum is not None
                files[local.key] = FileEntry(local.key, local.size, local.checksum)
                sent_files[local.key] = local.checksum
            case _:
                raise AssertionError(action)
    base = Base(sent_fields, sent_files, complete=True)
    return attrs.evolve(record, fields=Normal(fields), files=files), base


def touched(changes: Changes) -> list[str]:
    names = []
    for action in changes.actions:
        match action:
            case SaveMetadata():
                names += [item.name for item in action.changes]
            case DeleteFile(key=key):
                names.append(key)
            case UploadFile(file=local):
                names.append(local.key)
            case _:
                raise AssertionError(action)
    return names


thorough = settings(max_examples=2000)


@thorough
@given(situations(), st.sampled_from([ASK, THEIRS]))
def test_what_only_they_changed_is_never_dropped(
    situation: tuple[Desired, Record, Base], choice: Choice
) -> None:
    desired, record, base = situation

    changes = compare(desired, record, base, choice)
    after, _ = apply(attrs.evolve(changes, conflicts=()), record, base)

    for name, value in record.fields.items():
        theirs = normal(name, value) or None
        last = base.fields.get(name)
        managed = name in desired.fields
        ours = normal(name, desired.fields.get(name)) or None
        pending = name in base.pending and (base.pending[name] or None) == theirs
        unchanged_here = last is not None and (last.sent or None) == ours
        changed_there = last is not None and (last.kept or None) != theirs
        if not managed or (unchanged_here and changed_there and not pending):
            assert after.fields.get(name) == value
    for key, found in record.files.items():
        last_sum, local = base.files.get(key), desired.files.get(key)
        if key in base.unsure or not found.completed or last_sum == found.checksum:
            continue
        if local is None or local.checksum == last_sum:
            assert after.files.get(key) == found


@thorough
@given(situations(), CHOICES)
def test_it_converges(situation: tuple[Desired, Record, Base], choice: Choice) -> None:
    """Without conflicts, one round is enough, and what differs then is what is kept."""
    desired, record, base = situation
    changes = compare(desired, record, base, choice)
    if changes.conflicts:
        assert compare(desired, record, base, OURS).conflicts == (), "it can be decided"
        return

    after, remembered = apply(changes, record, base)
    again = compare(desired, after, remembered, choice)

    assert again.actions == ()
    assert again.conflicts == ()
    kept = {item.what for item in again.kept}
    kept_fields = {".".join(item.field.split(".")[:2]) for item in again.kept}
    for name, value in desired.fields.items():
        equal = (normal(name, value) or None) == (normal(name, after.fields.get(name)) or None)
        sent_last = remembered.fields.get(name)
        same = sent_last is not None and sent_last.sent != sent_last.kept
        assert equal or name in kept_fields or same
    for key, local in desired.files.items():
        found = after.files.get(key)
        assert (found is not None and found.checksum == local.checksum) or repr(key) in kept


@thorough
@given(situations(), CHOICES)
def test_it_is_stable(situation: tuple[Desired, Record, Base], choice: Choice) -> None:
    """What one run kept, the next one keeps as well, and says the same."""
    desired, record, base = situation
    changes = compare(desired, record, base, choice)
    if changes.actions or changes.conflicts:
        return

    assert compare(desired, record, base, choice) == changes
    assert (
        compare(desired, record, attrs.evolve(base, unsure=(), complete=True), choice).actions == ()
    )


def reordered(mapping: Mapping[str, Value]) -> dict[str, Value]:
    return dict(reversed([*mapping.items()]))


@thorough
@given(situations(), CHOICES)
def test_the_order_of_what_is_given_does_not_matter(
    situation: tuple[Desired, Record, Base], choice: Choice
) -> None:
    desired, record, base = situation
    turned = compare(
        attrs.evolve(
            desired, fields=Normal(reordered(desired.fields)), files=reordered(desired.files)
        ),
        attrs.evolve(
            record, fields=Normal(reordered(record.fields.sendable)), files=reordered(record.files)
        ),
        attrs.evolve(base, fields=reordered(base.fields), files=reordered(base.files)),
        choice,
    )

    assert turned == compare(desired, record, base, choice)


@thorough
@given(situations(), CHOICES)
def test_each_thing_is_changed_once_at_most(
    situation: tuple[Desired, Record, Base], choice: Choice
) -> None:
    desired, record, base = situation

    changes = compare(desired, record, base, choice)

    names = touched(changes)
    assert len(names) == len(set(names))
    decided = {item.field or item.what for item in changes.kept}
    decided |= {item.field or item.what for item in changes.conflicts}
    # Of a list, some items can be sent and others kept.
    whole = {repr(name) if name in KEYS else name for name in names} - {KEYWORDS}
    assert decided.isdisjoint(whole | {f"paths.{name}" for name in KEYS if name in names})


@thorough
@given(situations(), CHOICES)
def test_equal_sides_need_nothing(situation: tuple[Desired, Record, Base], choice: Choice) -> None:
    desired, _, base = situation
    record = attrs.evolve(
        DRAFT,
        fields=Normal({name: normal(name, value) for name, value in desired.fields.items()}),
        files={key: FileEntry(key, one.size, one.checksum) for key, one in desired.files.items()},
    )

    assert compare(desired, record, base, choice) == Changes()
