"""Archives of folders: what goes in, that the bytes are always the same, builds with StepUp."""

import hashlib
import itertools
import json
import os
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from stepup_zenodo.archive.contents import (
    Listing,
    Member,
    Nature,
    Rules,
    Selection,
    excluder,
    manifest_line,
    rule_words,
    select,
)
from stepup_zenodo.archive.zipwriter import Written, look_at, walk, write_zip
from stepup_zenodo.errors import Invalid, Refused
from stepup_zenodo.local.stream import FileChanged, FileUnreadable

from .building import build, run

PATTERNS = [
    ("*.log", ["a.log", "b/a.log", "x.log/a.txt"], ["a.log.txt", "log"]),
    ("raw", ["raw", "raw/a", "b/raw/a"], ["raw2/a", "a.raw"]),
    ("raw/", ["raw/a"], ["raw2"]),
    ("raw/*.csv", ["raw/a.csv"], ["raw/b/a.csv", "a.csv", "b/raw/a.csv"]),
    ("raw/**/*.csv", ["raw/a.csv", "raw/b/c/a.csv"], ["a.csv", "raw/a.txt"]),
    ("**/raw", ["raw/a", "b/raw"], ["b/raw2"]),
    ("raw/**", ["raw/a", "raw/b/a"], ["raw", "raw2/a"]),
    ("a?.txt", ["ab.txt"], ["a.txt", "a/.txt", "abc.txt"]),
    ("a[0-9].txt", ["a1.txt"], ["ab.txt"]),
    ("a[!0-9].txt", ["ab.txt"], ["a1.txt", "a/.txt"]),
    ("a[]].txt", ["a].txt"], ["a[.txt"]),
    ("a[.txt", ["a[.txt"], ["a.txt"]),
    ("a[&&~|^\\].txt", ["a&.txt", "a^.txt", "a\\.txt"], ["ab.txt"]),
    ("a.b+(c)", ["a.b+(c)"], ["aXb+(c)"]),
    ("caf\u00e9", ["cafe\u0301"], ["cafe"]),
    ("**", ["a", "a/b"], []),
]


@pytest.mark.parametrize(("pattern", "out", "kept"), PATTERNS)
def test_patterns(pattern: str, out: list[str], kept: list[str]) -> None:
    excluded = excluder([pattern])

    assert {path: excluded(path) for path in [*out, *kept]} == {
        **dict.fromkeys(out, True),
        **dict.fromkeys(kept, False),
    }


def test_patterns_that_never_match() -> None:
    with pytest.raises(Invalid) as caught:
        excluder(["/a", "./a", "", "a//b", "../a", "ok"])

    hint = "(patterns are relative to the folder, without `.`, `..` and a slash at the start)"
    assert caught.value.lines() == [
        f'exclude: the pattern "{pattern}" can never match {hint}'
        for pattern in ("/a", "./a", "", "a//b", "../a")
    ]


def test_selection_is_sorted_by_composed_name() -> None:
    found = [
        Listing("z"),
        Listing("cafe\u0301"),
        Listing("b/c"),
        Listing("B"),
        Listing("b-c"),
        Listing("x.o"),
    ]

    selection = select(found, Rules("data", ("*.o",), "SHA256SUMS"))

    assert selection == Selection(
        (
            Member("data/B", "B"),
            Member("data/b-c", "b-c"),
            Member("data/b/c", "b/c"),
            Member("data/caf\u00e9", "cafe\u0301"),
            Member("data/z", "z"),
        ),
        "data/SHA256SUMS",
    )
    assert select(reversed(found), Rules("data", ("*.o",), "SHA256SUMS")) == selection


def test_names_that_differ_in_capitals_are_noted() -> None:
    selection = select([Listing("README"), Listing("Readme"), Listing("b")], Rules())

    assert selection.notes == (
        (
            "README and Readme differ in capitals only: "
            "on many computers, one replaces the other when the archive is unpacked"
        ),
    )


REFUSED = [
    ([], Rules(), ["there are no files to archive"]),
    ([Listing("a.o")], Rules(exclude=("*.o",)), ["there are no files to archive"]),
    (
        [
            Listing("../x"),
            Listing("a\nb"),
            Listing("b\udcff"),
            Listing("c\\d"),
            Listing("dev", Nature.OTHER),
            Listing("gone", Nature.MISSING),
            Listing("link", Nature.FOLDER_LINK),
            Listing("lost", Nature.BROKEN_LINK),
        ],
        Rules(),
        [
            '"../x" is not in the folder (name a folder that holds all files)',
            '"a\\nb" has control characters (rename the file, or exclude it)',
            '"b\\udcff" is not a name in UTF-8 (rename the file, or exclude it)',
            (
                '"c\\d" has a backslash, which separates folders on other systems '
                "(rename the file, or exclude it)"
            ),
            '"dev" is a device, a socket or a pipe (exclude it: only files can be archived)',
            '"gone" is missing (make the file, or take it out of the list)',
            '"link" is a symbolic link to a folder (exclude it, or put the files themselves there)',
            '"lost" is a symbolic link to something that does not exist (exclude it, or fix it)',
        ],
    ),
    (
        [Listing("caf\u00e9"), Listing("cafe\u0301")],
        Rules(),
        [
            (
                'two files would have the name "caf\u00e9" '
                "(they differ in how accents are encoded: rename one)"
            )
        ],
    ),
    (
        [Listing("SUMS")],
        Rules("p", manifest="SUMS"),
        [
            (
                'manifest: "SUMS" has the name of the list of checksums '
                "(exclude the file, or give the list another name)"
            )
        ],
    ),
    (
        [Listing("a")],
        Rules("/p", manifest=""),
        [
            (
                'prefix: "/p" is not a path inside an archive '
                "(write a path without `.` and `..`, with single slashes between names only)"
            ),
            "manifest: expected a name, found an empty text",
        ],
    ),
    (
        [Listing("a")],
        Rules("p\\q", manifest="a\tb"),
        [
            'prefix: "p\\q" has a backslash, which separates folders on other systems',
            'manifest: "a\\tb" has control characters',
        ],
    ),
    (
        [Listing("a" * 65536)],
        Rules(),
        [f'"{"a" * 200}..." is longer than 65535 bytes (rename the file, or exclude it)'],
    ),
]


@pytest.mark.parametrize(("found", "rules", "lines"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_represented_is_refused(
    found: list[Listing], rules: Rules, lines: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        select(found, rules)

    assert caught.value.lines() == lines


def test_manifest_lines_are_relative_to_the_prefix() -> None:
    assert manifest_line("12ab", "p/q/a b", "p") == "12ab  q/a b\n"
    assert manifest_line("12ab", "p/q/a b", "") == "12ab  p/q/a b\n"


def test_rule_words() -> None:
    assert rule_words([], None, None, store=False) == ()
    assert rule_words(["-x", "a b"], "", "SUMS", store=True) == (
        "--exclude=-x",
        "--exclude=a b",
        "--prefix=",
        "--manifest=SUMS",
        "--store",
    )


FILES = {"b/two.txt": "two\n" * 50, "a.txt": "one\n", "b/c/\u00e9.txt": "", "run.sh": "#!/bin/sh\n"}


def fill(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files in their order."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def make(folder: Path, target: Path, rules: Rules) -> Written:
    """Archive a folder."""
    selection = select(walk(folder, excluder(rules.exclude)), rules)
    return write_zip(target, folder, selection, rules)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


STORED = "ae400df0c80b6761981c5445cfca20f11acb05ddc2006c1d1995ad28c31e01f6"
"""SHA-256 of the archive of `FILES` without compression, in all versions of Python and zlib."""


@pytest.mark.parametrize("store", [False, True])
def test_same_files_give_the_same_bytes(tmp_path: Path, store: bool) -> None:
    """Times, the order of creation, permissions and the umask do not matter."""
    rules = Rules("data", manifest="SHA256SUMS", store=store)
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    before = make(fill(tmp_path / "first", FILES), first, rules)
    mask = os.umask(0o077)
    try:
        again = fill(tmp_path / "second", dict(reversed(FILES.items())))
        (again / "run.sh").chmod(0o755)
        for path in again.rglob("*"):
            os.utime(path, (10**9, 10**9))

        after = make(again, second, rules)
    finally:
        os.umask(mask)

    assert after == before
    assert sha256_of(second) == sha256_of(first)
    assert first.stat().st_mode & 0o777 == 0o666 & ~mask
    assert second.stat().st_mode & 0o777 == 0o600
    if store:
        assert (first.stat().st_size, sha256_of(first)) == (before.size, STORED)


def test_contents_and_attributes(tmp_path: Path) -> None:
    """Everything is in the archive, with attributes that are always the same."""
    folder = fill(tmp_path / "data", FILES)
    (folder / "link.txt").symlink_to("a.txt")
    target = tmp_path / "data.zip"

    written = make(folder, target, Rules("data", ("run.sh",), "SUMS"))

    sums = "".join(
        f"{hashlib.sha256(content.encode()).hexdigest()}  {name}\n"
        for name, content in [
            ("a.txt", FILES["a.txt"]),
            ("b/c/\u00e9.txt", ""),
            ("b/two.txt", FILES["b/two.txt"]),
            ("link.txt", FILES["a.txt"]),
        ]
    )
    with zipfile.ZipFile(target) as archive:
        infos = archive.infolist()
        assert [(info.filename, archive.read(info).decode()) for info in infos] == [
            ("data/a.txt", FILES["a.txt"]),
            ("data/b/c/\u00e9.txt", ""),
            ("data/b/two.txt", FILES["b/two.txt"]),
            ("data/link.txt", FILES["a.txt"]),
            ("data/SUMS", sums),
        ]
    assert {
        (i.date_time, i.external_attr >> 16, i.create_system, i.compress_type, i.extra, i.comment)
        for i in infos
    } == {((1980, 1, 1, 0, 0, 0), 0o100644, 3, zipfile.ZIP_DEFLATED, b"", b"")}
    assert written == Written(208, target.stat().st_size)


def test_thousand_files(tmp_path: Path) -> None:
    """More files than a record takes, made in two orders."""
    names = [f"{i % 7}/{i:04d}.csv" for i in range(1000)]
    shuffled = random.Random(1).sample(names, len(names))
    one = fill(tmp_path / "one", {name: name * 20 for name in names})
    two = fill(tmp_path / "two", {name: name * 20 for name in shuffled})

    make(one, tmp_path / "one.zip", Rules())
    make(two, tmp_path / "two.zip", Rules())

    assert sha256_of(tmp_path / "one.zip") == sha256_of(tmp_path / "two.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == sorted(names)
        assert archive.testzip() is None


def test_memory_does_not_depend_on_the_size(tmp_path: Path) -> None:
    """A file of 100 MB is archived with a few blocks in memory."""
    folder = fill(tmp_path / "data", {"a.txt": "a"})
    with (folder / "large.bin").open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    try:
        written = make(folder, tmp_path / "data.zip", Rules())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert written.content == 100_000_001
    assert peak < 6_000_000


def test_zip64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit of the older format, here lowered, both formats are mixed as needed."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    folder = fill(tmp_path / "data", {"a.txt": "a", "b.txt": "b" * 1200, "c.txt": "c"})

    make(folder, tmp_path / "data.zip", Rules(store=True))

    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        assert {info.filename: info.file_size for info in archive.infolist()} == {
            "a.txt": 1,
            "b.txt": 1200,
            "c.txt": 1,
        }
        assert [bool(info.extra) for info in archive.infolist()] == [False, True, True]
        assert archive.testzip() is None


def touching(fstat: Callable[[int], os.stat_result]) -> Callable[[int], os.stat_result]:
    """Return a function that looks at a file whose time is another one at every look."""
    times = itertools.count()

    def look(handle: int) -> os.stat_result:
        os.utime(handle, ns=(0, next(times)))
        return fstat(handle)

    return look


def test_failures_leave_the_old_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read, and what changes meanwhile, does not replace the archive."""
    target = tmp_path / "data.zip"
    target.write_text("old")

    def attempt(source: str) -> str:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        (folder / "file").unlink(missing_ok=True)
        (folder / "file").symlink_to(source)
        with pytest.raises((FileChanged, FileUnreadable)) as caught:
            make(folder, target, Rules())
        return f"{type(caught.value).__name__}: {caught.value}"

    path = tmp_path / "data" / "file"
    changed = f"FileChanged: {path} changed while it was read: archive it when it is complete."
    # Its size is said to be zero.
    assert attempt("/proc/version") == changed
    unreadable = f"FileUnreadable: {path} cannot be read: Input/output error."
    assert attempt("/proc/self/mem") == unreadable
    (tmp_path / "a.txt").write_text("a")
    monkeypatch.setattr(os, "fstat", touching(os.fstat))
    assert attempt(str(tmp_path / "a.txt")) == changed
    monkeypatch.undo()
    with pytest.raises(FileUnreadable) as caught:
        make(tmp_path / "none", target, Rules())
    assert str(caught.value) == (
        f"The folder {tmp_path}/none cannot be read: No such file or directory."
    )
    with pytest.raises(FileUnreadable) as caught:
        look_at(tmp_path, "x" * 300)
    assert str(caught.value) == f"{tmp_path}/{'x' * 300} cannot be read: File name too long."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "data", "data.zip"]
    assert target.read_text() == "old"


def test_archive_that_cannot_be_written(tmp_path: Path) -> None:
    folder = fill(tmp_path / "data", {"a.txt": "a"})
    (tmp_path / "folder.zip").mkdir()

    with pytest.raises(Refused) as missing:
        make(folder, tmp_path / "no" / "data.zip", Rules())
    with pytest.raises(Refused) as occupied:
        make(folder, tmp_path / "folder.zip", Rules())

    assert [str(caught.value) for caught in (missing, occupied)] == [
        f"Could not write {tmp_path}/no/data.zip: No such file or directory.",
        f"Could not write {tmp_path}/folder.zip: Is a directory.",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "folder.zip"]


def archive(folder: Path, *args: str) -> tuple[int, str]:
    """Run the command in a folder."""
    return run(["stepup-zenodo", "archive", *args], folder)


def test_command(tmp_path: Path) -> None:
    """The command says what it did, as text and as JSON; the file can be checked."""
    work = tmp_path / "work"
    fill(work / "data", FILES)

    found = archive(work, "data", "data.zip", "--exclude=b/c", "--manifest=SUMS", "-v")
    size = (work / "data.zip").stat().st_size
    listed = "  data/a.txt\n  data/b/two.txt\n  data/run.sh\n"
    assert found == (0, f"{listed}archived: 3 files (214 B) of data in data.zip ({size} B)\n")
    status, output = archive(work, "data/b", "b.zip", "--prefix=", "--store", "--json")
    assert (status, json.loads(output)) == (
        0,
        {
            "status": "archived",
            "files": ["c/\u00e9.txt", "two.txt"],
            "size": (work / "b.zip").stat().st_size,
        },
    )
    assert archive(work / "data", ".", "../all.zip", "-q") == (0, "")
    with zipfile.ZipFile(work / "all.zip") as made:
        assert made.namelist() == sorted(FILES)
    with zipfile.ZipFile(work / "data.zip") as made:
        made.extractall(tmp_path / "unpacked")
    checked = run(["sha256sum", "--check", "SUMS"], tmp_path / "unpacked" / "data")
    assert checked == (0, "a.txt: OK\nb/two.txt: OK\nrun.sh: OK\n")


def test_command_refuses(tmp_path: Path) -> None:
    """Mistakes are explained in one line each."""
    work = tmp_path / "work"
    fill(work / "data", FILES)
    (work / "data" / "loop").symlink_to("loop")
    os.mkfifo(work / "data" / "pipe")
    (work / "inside").symlink_to("data/b")

    found = {
        args: archive(work, *args)
        for args in [
            ("data", "data.tar.gz"),
            ("dat", "data.zip"),
            ("data", "data/b/data.zip"),
            ("data", "inside/data.zip"),
            ("data", "data.zip"),
            ("data", "data.zip", "--inputs"),
        ]
    }

    inside = "is inside the folder that is archived (write the zip file elsewhere)"
    assert found == {
        ("data", "data.tar.gz"): (
            2,
            '"data.tar.gz" is not the name of a zip file (expected a name that ends in .zip)\n',
        ),
        ("dat", "data.zip"): (2, '"dat" is not a folder (expected one that exists)\n'),
        ("data", "data/b/data.zip"): (2, f'"data/b/data.zip" {inside}\n'),
        ("data", "inside/data.zip"): (2, f'"inside/data.zip" {inside}\n'),
        ("data", "data.zip"): (
            2,
            (
                '"loop" is a symbolic link to something that does not exist '
                "(exclude it, or fix it)\n"
                '"pipe" is a device, a socket or a pipe (exclude it: only files can be archived)\n'
            ),
        ),
        ("data", "data.zip", "--inputs"): (
            2,
            "--inputs only works in a step of StepUp (leave it out to look on disk)\n",
        ),
    }
    assert sorted(path.name for path in work.iterdir()) == ["data", "inside"]


PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import run, static

from stepup_zenodo.api import archive

"""

WHOLE = """\
archive("data", "data.zip", exclude=["*.tmp"], manifest="SUMS", duration=1)
static("other.txt")
run("wc -c < other.txt > count.txt", shell=True, inp="other.txt", out="count.txt")
"""


def write_plan(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "plan.py").write_text(PLAN + text)
    (folder / "plan.py").chmod(0o755)


def names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


OPTIONS = "stepup-zenodo archive '--exclude=*.tmp' --manifest=SUMS"
LOOK = f"{OPTIONS} --declare --duration=1 -- data data.zip"
ARCHIVE = f"{OPTIONS} --inputs -- data data.zip"
COUNT = "wc -c < other.txt > count.txt"


@pytest.mark.slow
@pytest.mark.parametrize("forkserver", ["0", "1"])
def test_build_follows_the_folder(tmp_path: Path, forkserver: str) -> None:
    """The archive is made again when the folder changes, and not otherwise."""
    work = tmp_path / "work"
    write_plan(work, WHOLE)
    fill(work, {"data/a.txt": "a", "data/sub/b.txt": "b", "other.txt": "o"})

    def built() -> list[str]:
        result = build(work, STEPUP_BUILD_FORKSERVER=forkserver, COLUMNS="200")
        assert result.status == 0, result.output
        return result.steps

    assert built() == sorted(["./plan.py", LOOK, ARCHIVE, COUNT])
    first = sha256_of(work / "data.zip")
    assert built() == []
    (work / "data" / "a.txt").touch()
    fill(work, {"other.txt": "other"})
    assert built() == [COUNT]
    fill(work, {"data/sub/a.tmp": "temporary"})
    assert built() == [LOOK]
    fill(work, {"data/sub/c.txt": "c"})
    assert built() == sorted([LOOK, ARCHIVE])
    added = ["data/a.txt", "data/sub/b.txt", "data/sub/c.txt", "data/SUMS"]
    assert names_in(work / "data.zip") == added
    (work / "data" / "sub" / "c.txt").unlink()
    assert built() == sorted([LOOK, ARCHIVE])
    assert sha256_of(work / "data.zip") == first
    fill(work, {"data/a.txt": "A"})
    assert built() == [ARCHIVE]
    assert sha256_of(work / "data.zip") != first
    write_plan(work, WHOLE + "# A comment.\n")
    assert built() == ["./plan.py"]
    write_plan(work, "")
    built()
    assert not (work / "data.zip").exists()


LISTED = """\
static("data/a.txt")
one = run("sleep 0.2; echo 1 > data/one.txt", shell=True, out="data/one.txt")
archive("data", "data.zip", ["data/a.txt", *one.out])
"""


@pytest.mark.slow
def test_build_with_files_that_are_built(tmp_path: Path) -> None:
    """Files that are built are waited for; what else is in the folder is left out."""
    work = tmp_path / "work"
    write_plan(work, LISTED)
    fill(work, {"data/a.txt": "a", "data/b.txt": "b"})

    result = build(work)

    assert result.status == 0, result.output
    step = "stepup-zenodo archive --inputs -- data data.zip"
    make_one = "sleep 0.2; echo 1 > data/one.txt"
    assert result.steps == sorted(["./plan.py", step, make_one])
    assert names_in(work / "data.zip") == ["data/a.txt", "data/one.txt"]
    assert build(work).steps == []
    write_plan(work, LISTED.replace('"data/a.txt", *', "*"))
    assert build(work).steps == sorted(["./plan.py", step])
    assert names_in(work / "data.zip") == ["data/one.txt"]


BY_HAND = """\
static("data/a.txt")
run("sleep 0.2; echo 1 > data/one.txt", shell=True, out="data/one.txt")
run("stepup-zenodo archive data data.zip", inp="data/one.txt", out="data.zip")
"""


@pytest.mark.slow
def test_build_with_the_command(tmp_path: Path) -> None:
    """Who writes the command into a plan has the files as inputs as well."""
    work = tmp_path / "work"
    write_plan(work, BY_HAND)
    fill(work, {"data/a.txt": "a"})
    step = "stepup-zenodo archive data data.zip"

    assert step in build(work).steps
    assert names_in(work / "data.zip") == ["data/a.txt", "data/one.txt"]
    fill(work, {"data/a.txt": "A"})
    assert build(work).steps == [step]


REFUSED_BUILDS = [
    (
        'run("echo 1 > data/one.txt", shell=True, out="data/one.txt")\narchive("data", "data.zip")',
        "Static tree (data/) cannot contain build product (data/one.txt)",
    ),
    ('archive("data[1]", "data.zip")', "The name of the folder has a wildcard"),
    (
        'archive("data", "data/x.zip")',
        '"data/x.zip" is inside the folder that is archived',
    ),
    ('archive("money", "money.zip")', '"money/a$b" contains a dollar sign'),
    ('archive("empty", "empty.zip")', "there are no files to archive"),
    ('static("a.txt")\narchive("data", "data.zip", "a.txt")', '"../a.txt" is not in the folder'),
]


@pytest.mark.slow
@pytest.mark.parametrize(("plan", "message"), REFUSED_BUILDS)
def test_builds_that_are_refused(tmp_path: Path, plan: str, message: str) -> None:
    """What would give an incomplete archive fails at once, with the reason."""
    work = tmp_path / "work"
    write_plan(work, plan)
    fill(work, {"data/a.txt": "a", "data[1]/a.txt": "a", "money/a$b": "a", "a.txt": "a"})
    (work / "empty").mkdir()

    result = build(work, COLUMNS="300")

    assert result.status & 4
    assert message in result.output
    assert not list(work.glob("*.zip"))
