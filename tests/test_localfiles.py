import hashlib
import json
import os
import threading
from pathlib import Path

import pytest

from stepup_zenodo.errors import Problem
from stepup_zenodo.events import Event, FileFinished, FileProgress, FileStarted, silent
from stepup_zenodo.local.checksums import ChecksumCache
from stepup_zenodo.local.files import LocalFile, look
from stepup_zenodo.local.stream import (
    BLOCK,
    FileChanged,
    FileStream,
    FileUnreadable,
    Stopped,
    compute_checksum,
)
from stepup_zenodo.terms.repositories import repository_of

ZENODO = repository_of("https://zenodo.org/api")


def looked_at(path: Path) -> LocalFile:
    files, problems = look({path.name: path}, {path.name: Problem("")}, ZENODO)
    assert not problems
    return files[0]


def make(path: Path, content: bytes) -> LocalFile:
    path.write_bytes(content)
    return looked_at(path)


def md5(content: bytes) -> str:
    return f"md5:{hashlib.md5(content).hexdigest()}"


def test_problems_of_files_are_reported_together(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "good").write_bytes(b"abc")
    names = ["missing", "folder", "empty", "dangling", "pipe", "good"]
    where = {name: Problem("", f"paths[{i}]") for i, name in enumerate(names)}

    files, problems = look({name: tmp_path / name for name in names}, where, ZENODO)

    assert [(file.key, file.size, file.checksum) for file in files] == [("good", 3, None)]
    assert problems == (
        Problem(f"{tmp_path}/missing does not exist", "paths[0]"),
        Problem(f"{tmp_path}/folder is a folder, expected a file", "paths[1]"),
        Problem(f"{tmp_path}/empty is empty, and Zenodo refuses empty files", "paths[2]"),
        Problem(f"{tmp_path}/dangling is a link to nowhere", "paths[3]"),
        Problem(f"{tmp_path}/pipe is not a regular file", "paths[4]"),
    )


def test_files_that_are_too_large_are_refused(tmp_path: Path) -> None:
    paths = {f"{i}": tmp_path / f"{i}" for i in range(6)}
    for i, path in enumerate(paths.values()):
        with path.open("wb") as file:
            file.truncate(40 * 10**9 if i else 51 * 10**9)

    _, problems = look(paths, {key: Problem("", key) for key in paths}, ZENODO)

    assert problems == (
        Problem(
            f"{tmp_path}/0 has 51000000000 bytes, Zenodo takes at most 50000000000 "
            "(write quota: 51 to ask for as many GB, at most 200)",
            "0",
        ),
        Problem(
            "the files have 200000000000 bytes in all, Zenodo takes at most 50000000000",
            hint="write quota: 200 to ask for as many GB, at most 200",
        ),
    )
    with (tmp_path / "5").open("wb") as file:
        file.truncate(41 * 10**9)
    more = ZENODO.with_quota(200)
    _, problems = look(paths, {key: Problem("", key) for key in paths}, more)
    assert problems == (
        Problem("the files have 252000000000 bytes in all, Zenodo takes at most 200000000000"),
    )


def test_a_stream_has_the_size_the_content_and_the_checksum(tmp_path: Path) -> None:
    content = os.urandom(2 * BLOCK + 5)
    file = make(tmp_path / "a", content)
    events: list[Event] = []

    stream = FileStream(file, events.append, threading.Event())

    assert len(stream) == len(content)
    assert b"".join(bytes(block) for block in stream) == content
    assert stream.finish() == md5(content)
    stream.close()
    assert events == [
        FileProgress("a", BLOCK),
        FileProgress("a", 2 * BLOCK),
        FileProgress("a", 2 * BLOCK + 5),
    ]


def test_attempts_to_send_a_file_share_no_memory(tmp_path: Path) -> None:
    content = os.urandom(2 * BLOCK)
    file = make(tmp_path / "a", content)
    first, second = (FileStream(file, silent, threading.Event()) for _ in range(2))

    block = first.read()
    second.read()
    second.read()
    second.close()

    assert block == content[:BLOCK]
    assert first.read() == content[BLOCK:]
    first.close()


def test_checksum(tmp_path: Path) -> None:
    file = make(tmp_path / "a", b"abc")
    events: list[Event] = []

    assert compute_checksum(file, events.append) == md5(b"abc")
    assert events == [FileStarted("a", 3, sending=False), FileProgress("a", 3), FileFinished("a")]


def test_a_file_that_shrinks_is_noticed(tmp_path: Path) -> None:
    file = make(tmp_path / "a", b"abc")
    (tmp_path / "a").write_bytes(b"a")

    with pytest.raises(FileChanged, match="became shorter"):
        compute_checksum(file, silent)


@pytest.mark.parametrize("content", [b"xyz", b"abcdef"], ids=["rewritten", "appended"])
def test_a_file_that_changes_is_noticed(tmp_path: Path, content: bytes) -> None:
    file = make(tmp_path / "a", b"abc")
    stream = FileStream(file, silent, threading.Event())
    (tmp_path / "a").write_bytes(content)

    with pytest.raises(FileChanged, match="changed while it was being read"):
        b"".join(stream) and stream.finish()
    stream.close()


def test_a_file_that_is_replaced_is_noticed(tmp_path: Path) -> None:
    file = make(tmp_path / "a", b"abc")
    stream = FileStream(file, silent, threading.Event())
    (tmp_path / "b").write_bytes(b"abc")
    (tmp_path / "b").rename(tmp_path / "a")

    with pytest.raises(FileChanged):
        b"".join(stream) and stream.finish()
    stream.close()


def test_a_file_that_vanishes_is_noticed(tmp_path: Path) -> None:
    file = make(tmp_path / "a", b"abc")
    (tmp_path / "a").unlink()

    with pytest.raises(FileUnreadable, match="has vanished"):
        compute_checksum(file, silent)


def test_a_read_error_is_explained() -> None:
    """Reading this file of the kernel fails after it was opened."""
    file = LocalFile("mem", "/proc/self/mem", 10, (10, 0, 0, 0, 0))

    with pytest.raises(FileUnreadable, match="Could not read /proc/self/mem: Input/output error"):
        compute_checksum(file, silent)


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    stop = threading.Event()
    stream = FileStream(make(tmp_path / "a", b"abc"), silent, stop)
    stop.set()

    with pytest.raises(Stopped):
        stream.read()
    stream.close()


LATER = 10**19
"""Nanoseconds since the epoch, in the far future."""


def test_the_cache_forgets_what_changed(tmp_path: Path) -> None:
    file = make(tmp_path / "a", b"abc")
    cache = ChecksumCache(tmp_path / "cache" / "c.json", now=lambda: LATER)
    cache.put(file, md5(b"abc"))
    cache.save()

    again = ChecksumCache(tmp_path / "cache" / "c.json")
    assert again.get(file) == md5(b"abc")
    os.utime(tmp_path / "a", ns=(0, file.stamp[1]))
    assert again.get(looked_at(tmp_path / "a")) is None, "the time of the status change differs"


def test_the_cache_does_not_trust_a_file_that_just_changed(tmp_path: Path) -> None:
    file = make(tmp_path / "a", b"abc")
    cache = ChecksumCache(tmp_path / "c.json", now=lambda: max(file.stamp[1:3]) + 10**9)

    cache.put(file, md5(b"abc"))
    cache.save()

    assert cache.get(file) == md5(b"abc"), "what was read in this run holds for this run"
    assert ChecksumCache(tmp_path / "c.json").get(file) is None


def names_in(path: Path) -> list[str]:
    return sorted(Path(name).name for name in json.loads(path.read_text()))


def test_the_cache_keeps_what_other_runs_have_written(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    first, second = (ChecksumCache(path, now=lambda: LATER) for _ in range(2))

    for name, cache in (("a", first), ("b", second)):
        cache.put(make(tmp_path / name, b"abc"), md5(b"abc"))
        cache.save()

    assert names_in(path) == ["a", "b"]


def test_the_cache_forgets_files_that_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    for name in ("a", "b"):
        cache = ChecksumCache(path, now=lambda: LATER)
        cache.put(make(tmp_path / name, b"abc"), md5(b"abc"))
        cache.save()
        (tmp_path / "a").unlink(missing_ok=True)

    assert names_in(path) == ["b"]


def test_the_cache_is_written_only_if_there_is_something_new(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    cache = ChecksumCache(path, now=lambda: LATER)
    cache.put(make(tmp_path / "a", b"abc"), md5(b"abc"))
    cache.save()
    path.unlink()

    cache.save()

    assert not path.exists()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": [1, 2]}', '{"a": [["x"], 2]}'])
def test_a_damaged_cache_is_forgotten(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.json").write_text(text)

    assert ChecksumCache(tmp_path / "c.json").get(make(tmp_path / "a", b"abc")) is None
