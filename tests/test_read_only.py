"""What only looks works in a folder in which nothing can be written."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest

from .workspace import Workspace

LOCK = ".zenodo-record-id.txt.lock"


@contextmanager
def read_only(folder: Path, code: int) -> Iterator[None]:
    """Let the system refuse to create files below a folder, as it does not for administrators."""
    real = os.open

    def refusing(path: str | Path, flags: int, *args: int, **more: int) -> int:
        place = Path(os.fsdecode(path)).absolute()
        if flags & os.O_CREAT and place.is_relative_to(folder):
            raise OSError(code, os.strerror(code), str(path))
        return real(path, flags, *args, **more)

    with mock.patch.object(os, "open", refusing):
        yield


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.server
@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_what_only_looks_writes_nothing(workspace: Workspace, code: int) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    (workspace.folder / LOCK).unlink()
    (workspace.folder / "a.txt").write_text("bbbb")
    before = contents(workspace.folder)
    note = f"note: Could not make the lock {LOCK}: {os.strerror(code)}. Other runs are not waited"

    with read_only(workspace.folder, code):
        dry = workspace.run("sync", "--dry-run")
        json = workspace.run("sync", "--dry-run", "--json")
        diff = workspace.run("diff")
        synced = workspace.run("sync")

    assert (dry.status, dry.err) == (0, "")
    assert dry.out.splitlines()[1:] == [
        f"{note} for.",
        "dry run, this would be done:",
        "  send a.txt (4 B): changed on disk",
    ]
    assert (json.status, json.err, '"upload_file"' in json.out) == (0, "", True)
    assert (diff.status, diff.err) == (3, "")
    assert (synced.status, synced.err) == (
        1,
        f"failed: Could not make the lock {LOCK}: {os.strerror(code)}.\n",
    )
    assert contents(workspace.folder) == before


def test_an_archive_that_cannot_be_written(offline: Workspace) -> None:
    """Its checksum is not known before it is made, so nothing can be foreseen."""
    (offline.folder / "images").mkdir()
    (offline.folder / "images/a.txt").write_text("aaa")
    offline.config["paths"] = [{"archive": "images"}]
    offline.write_config()

    with read_only(offline.folder, errno.EROFS):
        results = [offline.run(*words) for words in (("sync", "--dry-run"), ("diff",), ("check",))]

    failed = "failed: Could not write images.zip: Read-only file system.\n"
    assert [(r.status, r.out, r.err) for r in results] == [(1, "", failed)] * 3
