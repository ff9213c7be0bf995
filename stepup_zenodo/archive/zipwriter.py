"""Look at a folder, and write a zip file that depends on nothing but names and contents."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import attrs

from ..errors import Refused
from ..local.plainfiles import open_plain
from ..local.storage import create_beside
from ..local.stream import BLOCK, FileChanged, FileUnreadable
from .contents import Listing, Member, Nature, Rules, Selection, manifest_line

__all__ = ("Written", "is_written_here", "look_at", "walk", "write_zip")

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file: the first one that the format knows."""

MODE = stat.S_IFREG | 0o644
"""The type and permissions of every file, as they differ by user, file system and checkout."""

UNIX = 3
"""The system whose permissions are given, also when the program runs elsewhere."""


@attrs.frozen
class Written:
    """What was written."""

    content: int
    """How many bytes the archived files have, without the list of checksums."""

    size: int
    """How many bytes the archive has."""


def walk(folder: Path, excluded: Callable[[str], bool]) -> Iterator[Listing]:
    """Yield all files of a folder and the folders below it, in no particular order.

    Parameters
    ----------
    folder
        The folder.
    excluded
        Tells which paths are left out. Folders that are left out are not looked into.

    Raises
    ------
    FileUnreadable
        When a folder is missing or cannot be read.
    """
    pending = [""]
    while pending:
        base = pending.pop()
        for name in _names(folder / base):
            path = f"{base}{name}"
            if excluded(path):
                continue
            found = look_at(folder, path)
            if found.nature is Nature.FOLDER:
                pending.append(f"{path}/")
            else:
                yield found


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError as exc:
        raise FileUnreadable(f"The folder {folder} cannot be read: {exc.strerror}.") from None


def look_at(folder: Path, path: str) -> Listing:
    """Return what is found at a path from the folder. Symbolic links to files are followed.

    Raises
    ------
    FileUnreadable
        When it cannot be told, e.g. because it is in a folder that others may not enter.
    """
    full = folder / path
    try:
        is_link = stat.S_ISLNK(full.lstat().st_mode)
        mode = full.stat().st_mode
    except OSError as exc:
        if exc.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise FileUnreadable(f"{full} cannot be read: {exc.strerror}.") from None
        # A loop of links is as broken as a link to nothing.
        return Listing(path, Nature.BROKEN_LINK if full.is_symlink() else Nature.MISSING)
    if stat.S_ISREG(mode):
        return Listing(path)
    if stat.S_ISDIR(mode):
        return Listing(path, Nature.FOLDER_LINK if is_link else Nature.FOLDER)
    return Listing(path, Nature.OTHER)


def write_zip(target: Path, folder: Path, selection: Selection, rules: Rules) -> Written:
    """Write a zip file. It is whole, or it is not there.

    The same names and contents give the same bytes, with one exception:
    compressed with another version or variant of zlib (e.g. zlib-ng, as in some Linux
    distributions), the same content can become other bytes. With `Rules.store`, it cannot.
    The compression level is the one that zlib takes by default, which it defines to be 6.

    Memory does not depend on the sizes of the files.
    Files and archives above 4 GB are written in the format ZIP64.

    Raises
    ------
    FileChanged
        When a file changes while it is read.
    FileUnreadable
        When a file cannot be read.
    Refused
        When the archive cannot be written.
    """
    try:
        handle, partial = create_beside(target)
    except OSError as exc:
        raise Refused(f"Could not write {target}: {exc.strerror}.") from None
    try:
        with os.fdopen(handle, "w+b") as file:
            content = _write(file, folder, selection, rules)
        size = partial.stat().st_size
        partial.replace(target)
    except OSError as exc:
        raise Refused(f"Could not write {target}: {exc.strerror}.") from None
    finally:
        partial.unlink(missing_ok=True)
    return Written(content, size)


def is_written_here(path: Path) -> bool:
    """Return whether a file is an archive in which all files look as `write_zip` writes them."""
    try:
        with open_plain(path) as file, ZipFile(file) as archive:
            found = archive.infolist()
    except (OSError, ValueError, EOFError, OverflowError, NotImplementedError, BadZipFile):
        return False
    return bool(found) and all(
        (info.date_time, info.create_system, info.external_attr) == (EPOCH, UNIX, MODE << 16)
        for info in found
    )


def _write(file: IO[bytes], folder: Path, selection: Selection, rules: Rules) -> int:
    """Write all files and the list of checksums, and return how many bytes were archived."""
    lines = []
    content = 0
    with ZipFile(file, "w") as archive:
        for entry in selection.entries:
            size, checksum = _add(archive, entry, folder / entry.path, store=rules.store)
            content += size
            lines.append(manifest_line(checksum, entry.name, rules.prefix))
        if selection.manifest is not None:
            text = "".join(lines).encode()
            archive.writestr(_info(selection.manifest, len(text), store=rules.store), text)
    return content


def _info(name: str, size: int, *, store: bool) -> ZipInfo:
    """Return the description of a file in the archive. Its size decides on ZIP64."""
    info = ZipInfo(name, EPOCH)
    info.compress_type = ZIP_STORED if store else ZIP_DEFLATED
    info.create_system = UNIX
    info.external_attr = MODE << 16
    info.file_size = size
    return info


def _add(archive: ZipFile, entry: Member, path: Path, *, store: bool) -> tuple[int, str]:
    """Add a file to the archive and return its size and its SHA-256."""
    digest = hashlib.sha256()
    with _opened(path) as source:
        before = os.fstat(source.fileno())
        with archive.open(_info(entry.name, before.st_size, store=store), "w") as member:
            for block in _blocks(source, path, before.st_size):
                digest.update(block)
                member.write(block)
        after = os.fstat(source.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise _changed(path)
    return before.st_size, digest.hexdigest()


def _opened(path: Path) -> IO[bytes]:
    try:
        return open_plain(path)
    except OSError as exc:
        raise FileUnreadable(f"{path} cannot be read: {exc.strerror}.") from None


def _blocks(source: IO[bytes], path: Path, size: int) -> Iterable[bytes]:
    """Yield the content, which must have the given size."""
    left = size
    while block := _read(source, path):
        left -= len(block)
        if left < 0:
            break
        yield block
    if left != 0:
        raise _changed(path)


def _read(source: IO[bytes], path: Path) -> bytes:
    try:
        return source.read(BLOCK)
    except OSError as exc:
        raise FileUnreadable(f"{path} cannot be read: {exc.strerror}.") from None


def _changed(path: Path) -> FileChanged:
    return FileChanged(f"{path} changed while it was read: archive it when it is complete.")
