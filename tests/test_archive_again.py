"""Archives that are made again: what is taken from the last one, always with the same bytes."""

import itertools
import json
import os
import random
import shutil
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepup_zenodo.archive import packing, zipwriter
from stepup_zenodo.archive.contents import Member, Rules, Selection, excluder, select
from stepup_zenodo.archive.memory import Packed
from stepup_zenodo.archive.zipwriter import walk, write_zip
from stepup_zenodo.errors import Refused
from stepup_zenodo.local import checksums
from stepup_zenodo.local.stream import FileUnreadable

RULES = Rules("data")
FILES = {
    "a.csv": "1,2\n" * 900,
    "b/c.csv": "".join(f"{index},{index * index}\n" for index in range(400)),
    "b/empty": "",
    "d.txt": "short",
    "\u00e9.csv": "4,5\n" * 70,
}


def fill(folder: Path, files: Mapping[str, str]) -> None:
    """Let a folder have exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def selected(folder: Path, rules: Rules = RULES) -> Selection:
    return select(walk(folder, excluder(rules.exclude)), rules)


def plain(folder: Path, rules: Rules = RULES) -> bytes:
    """Return the archive that `zipfile` alone makes, in one go and with nothing to start from."""
    path = folder.with_suffix(".plain")
    with zipfile.ZipFile(path, "w") as archive:
        for entry in selected(folder, rules).entries:
            info = zipfile.ZipInfo(entry.name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if rules.store else zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            content = (folder / entry.path).read_bytes()
            info.file_size = len(content)
            with archive.open(info, "w") as member:
                member.write(content)
    return path.read_bytes()


@pytest.fixture
def compressed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that were compressed, in no particular order."""
    names: list[str] = []
    original = packing.compress

    def compress(reading: packing.Reading, size: int, write: Callable[[bytes], object]) -> Packed:
        names.append(reading.path.name)
        return original(reading, size, write)

    monkeypatch.setattr(packing, "compress", compress)
    monkeypatch.setattr(zipwriter, "compress", compress)
    # Whatever was written just now counts as settled.
    monkeypatch.setattr(checksums, "SETTLED", 0)
    return names


def make(work: Path, rules: Rules = RULES) -> bytes:
    """Archive the folder `data`, and return the archive."""
    folder, target = work / "data", work / "data.zip"
    write_zip(target, folder, selected(folder, rules), rules, work / "cache")
    return target.read_bytes()


def test_only_what_changed_is_compressed(tmp_path: Path, compressed: list[str]) -> None:
    def made(files: Mapping[str, str]) -> list[str]:
        """Return what is compressed when the folder holds these files."""
        fill(tmp_path / "data", files)
        compressed.clear()
        assert make(tmp_path) == plain(tmp_path / "data")
        return sorted(compressed)

    assert made(FILES) == ["a.csv", "c.csv", "d.txt", "empty", "\u00e9.csv"]
    assert made(FILES) == []
    assert made({**FILES, "new.csv": "6,7\n"}) == ["new.csv"]
    assert made({**FILES, "d.txt": "SHORT"}) == ["d.txt"]
    assert made({name: FILES[name] for name in ("a.csv", "d.txt")}) == ["d.txt"]
    assert made(FILES) == ["c.csv", "empty", "\u00e9.csv"]
    assert made({"x/a.csv": FILES["a.csv"]}) == ["a.csv"]


def test_an_archive_that_is_current_is_not_written(tmp_path: Path, compressed: list[str]) -> None:
    """It stays the same file, also when it is not compressed; whatever changes is noticed."""
    fill(tmp_path / "data", FILES)
    folder, target, cache = tmp_path / "data", tmp_path / "data.zip", tmp_path / "cache"

    def written(rules: Rules) -> tuple[bool, int, int]:
        result = write_zip(target, folder, selected(folder, rules), rules, cache)
        assert target.stat().st_size == result.size
        return result.is_new, result.content, target.stat().st_ino

    content = sum(len(text.encode()) for text in FILES.values())
    for rules in (RULES, Rules("data", store=True), Rules("data", manifest="SUMS"), Rules("x")):
        first = written(rules)
        assert first[:2] == (True, content)
        assert written(rules) == (False, content, first[2])
        target.chmod(0o600)
        assert written(rules)[0]
        (folder / "a.csv").touch()
        assert written(rules)[0]
        assert not written(rules)[0]
    assert compressed.count("d.txt") == 3


def test_unchanged_files_are_not_read(
    tmp_path: Path, compressed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are known by their stamps, and a file that was touched by its content."""
    fill(tmp_path / "data", FILES)
    first = make(tmp_path)
    compressed.clear()
    os.utime(tmp_path / "data" / "a.csv")
    read = []
    blocks = packing.Reading.blocks

    def counted(reading: packing.Reading, size: int) -> object:
        read.append(reading.path.name)
        return blocks(reading, size)

    monkeypatch.setattr(packing.Reading, "blocks", counted)

    assert make(tmp_path) == first
    assert (read, compressed) == (["a.csv"], [])
    assert make(tmp_path) == first
    assert (read, compressed) == (["a.csv"], [])


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(b"data/a.csv") + len("data/a.csv") + 2] ^= 1
    path.write_bytes(data)


def fast(path: Path) -> None:
    """Make the same archive with less compression, as another program may do."""
    with zipfile.ZipFile(path) as archive:
        found = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for info, content in found:
            archive.writestr(info, content, compresslevel=1)


def remembered(work: Path) -> Path:
    return next((work / "cache" / "archives").iterdir())


def other_zlib(work: Path) -> None:
    path = remembered(work)
    content = json.loads(path.read_text())
    content["made by"][1] = "1.3.1.zlib-ng"
    path.write_text(json.dumps(content))


def nonsense(work: Path) -> None:
    """Remember members at other places, and what is no member at all."""
    path = remembered(work)
    content = json.loads(path.read_text())
    members = content["members"]
    for entry in members.values():
        entry[5] += 7
    members["data/a.csv"] = ["x", None]
    members["data/d.txt"][5] = 2**62
    members["data/\u00e9.csv"][4] = -1
    path.write_text(json.dumps(content))


ODD: dict[str, Callable[[Path], object]] = {
    "gone": lambda work: (work / "data.zip").unlink(),
    "cut off": lambda work: os.truncate(work / "data.zip", 50),
    "empty": lambda work: os.truncate(work / "data.zip", 0),
    "made with another level": lambda work: fast(work / "data.zip"),
    "of another program": lambda work: (work / "data.zip").write_bytes(random.randbytes(9999)),
    "a pipe": lambda work: a_pipe(work / "data.zip"),
    "a link to nowhere": lambda work: a_link(work / "data.zip"),
    "remembered without sense": nonsense,
    "remembered in a damaged file": lambda work: remembered(work).write_text("{"),
    "remembered as nothing": lambda work: remembered(work).write_text("[1]"),
    "not remembered": lambda work: remembered(work).unlink(),
    "made by another zlib": other_zlib,
}
"""What may be wrong with the last archive, or with what is remembered of it."""


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_archive_is_not_used(tmp_path: Path, compressed: list[str], odd: str) -> None:
    fill(tmp_path / "data", FILES)
    first = make(tmp_path)
    ODD[odd](tmp_path)
    compressed.clear()

    assert make(tmp_path) == first
    # What has no compressed bytes to speak of may be in an odd archive by chance.
    assert {"a.csv", "c.csv", "d.txt", "\u00e9.csv"} <= {*compressed}
    compressed.clear()
    assert make(tmp_path) == first
    assert compressed == []


def test_a_damaged_member_is_made_again(tmp_path: Path, compressed: list[str]) -> None:
    fill(tmp_path / "data", FILES)
    first = make(tmp_path)
    flipped(tmp_path / "data.zip")
    compressed.clear()

    assert make(tmp_path) == first
    assert compressed == ["a.csv"]


CONTENTS = st.dictionaries(
    st.sampled_from(["a", "b", "c/d", "c/e"]),
    st.sampled_from(["", "x", "y", "x" * 999]),
    min_size=1,
)


@given(st.lists(CONTENTS, min_size=2, max_size=4), st.booleans())
def test_history_does_not_matter(contents: list[dict[str, str]], store: bool) -> None:
    """Whatever was archived before, in whichever way, the archive is the same."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for files, stored in zip(contents, itertools.cycle([store, False]), strict=False):
            rules = Rules("data", store=stored)
            fill(work / "data", files)
            assert make(work, rules) == plain(work / "data", rules)


def test_large_files_are_not_compressed_ahead(
    tmp_path: Path, compressed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They give the same bytes, and are taken from the last archive as well."""
    monkeypatch.setattr(packing, "HUGE", 1000)
    monkeypatch.setattr(packing, "SPOOL", 10)
    fill(tmp_path / "data", FILES)

    first = make(tmp_path)

    assert first == plain(tmp_path / "data")
    compressed.clear()
    assert make(tmp_path) == first
    assert compressed == []


def test_zip64(tmp_path: Path, compressed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit of the older format, here lowered, everything stays as it is."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    fill(tmp_path / "data", FILES)

    first = make(tmp_path)

    assert first == plain(tmp_path / "data")
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        assert archive.testzip() is None
        assert max(info.extract_version for info in archive.infolist()) == 45
    compressed.clear()
    assert make(tmp_path) == first
    assert compressed == []


def test_memory_is_bounded(tmp_path: Path) -> None:
    """What is compressed ahead is not held in memory, also if it cannot be compressed."""
    folder = tmp_path / "data"
    folder.mkdir()
    for index in range(8):
        (folder / f"{index}.bin").write_bytes(random.Random(index).randbytes(8_000_000))
    found = selected(folder)
    tracemalloc.start()
    try:
        write_zip(tmp_path / "data.zip", folder, found, RULES, tmp_path / "cache")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 12_000_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "data", "data.zip"]


def test_a_failure_leaves_everything(tmp_path: Path, compressed: list[str]) -> None:
    """The last archive stays, is used later, and nothing is left behind."""
    fill(tmp_path / "data", FILES)
    first = make(tmp_path)
    found = selected(tmp_path / "data")
    gone = Selection((*found.entries, Member("data/z", "z")), None)
    compressed.clear()

    with pytest.raises(FileUnreadable):
        write_zip(tmp_path / "data.zip", tmp_path / "data", gone, RULES, tmp_path / "cache")
    with pytest.raises(Refused):
        write_zip(tmp_path / "cache", tmp_path / "data", found, RULES, tmp_path / "cache")

    assert (tmp_path / "data.zip").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "data", "data.zip"]
    compressed.clear()
    assert make(tmp_path) == first
    assert compressed == []
