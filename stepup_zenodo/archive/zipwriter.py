"""Look at a folder, and write a zip file that depends on nothing but names and contents."""

import errno
import hashlib
import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import attrs

from ..errors import Refused
from ..local.plainfiles import open_plain
from ..local.storage import create_beside
from ..local.stream import BLOCK, FileUnreadable
from .contents import Listing, Nature, Rules, Selection, manifest_line
from .memory import Memory, Packed
from .packing import Packer, Prepared, compress

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

    is_new: bool = True
    """Whether it was written, and not only found to be what it should be."""


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


def write_zip(
    target: Path, folder: Path, selection: Selection, rules: Rules, cache: Path | None = None
) -> Written:
    """Write a zip file. It is whole, or it is not there.

    Members of the zip file that is there are used again if their contents are the same
    and their bytes are those that were written by an earlier call.
    The others are compressed on all cores.
    When nothing has changed, nothing is written.

    The same names and contents give the same bytes, with one exception:
    compressed with another version or variant of zlib (e.g. zlib-ng, as in some Linux
    distributions), the same content can become other bytes. With `Rules.store`, it cannot.
    The compression level is the one that zlib takes by default, which it defines to be 6.

    Memory does not depend on the sizes of the files.
    Files and archives above 4 GB are written in the format ZIP64.

    Parameters
    ----------
    target
        The zip file.
    folder
        The folder of the files.
    selection
        The files.
    rules
        How the archive is to be made.
    cache
        The cache folder of the user, `None` to use nothing again.

    Raises
    ------
    FileChanged
        When a file changes while it is read.
    FileUnreadable
        When a file cannot be read.
    Refused
        When the archive cannot be written.
    """
    memory = Memory(cache, target, rules)
    if memory.is_current(folder, selection.entries):
        return Written(*memory.sizes, is_new=False)
    try:
        handle, partial = create_beside(target)
    except OSError as exc:
        raise Refused(f"Could not write {target}: {exc.strerror}.") from None
    try:
        packer = Packer(folder, memory, target.parent, store=rules.store)
        with os.fdopen(handle, "w+b") as file, packer, ZipFile(file, "w") as archive:
            writing = _Writing(file, archive, packer, memory, store=rules.store)
            content = _write_all(writing, packer, selection, rules)
        size = partial.stat().st_size
        partial.replace(target)
        memory.save(writing.members)
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


def _write_all(writing: "_Writing", packer: Packer, selection: Selection, rules: Rules) -> int:
    """Write all files and the list of checksums, and return how many bytes were archived."""
    lines = []
    content = 0
    for found in packer.prepared(selection.entries):
        checksum = writing.add(found)
        content += found.size
        lines.append(manifest_line(checksum, found.member.name, rules.prefix))
    if selection.manifest is not None:
        writing.add_text(selection.manifest, "".join(lines).encode())
    return content


class _Writing:
    """An archive while it is written, member by member.

    Parameters
    ----------
    file
        Where it is written.
    archive
        The same, which writes the directory at the end.
    packer
        Prepares the members.
    memory
        What is known about the last archive.
    store
        Whether the contents are kept as they are.
    """

    def __init__(
        self, file: IO[bytes], archive: ZipFile, packer: Packer, memory: Memory, *, store: bool
    ) -> None:
        self._file = file
        self._archive = archive
        self._packer = packer
        self._memory = memory
        self._store = store
        self.members: dict[str, Packed] = {}
        """What is to be remembered of the archive."""

    def add(self, found: Prepared) -> str:
        """Add a file, and return the SHA-256 of its content."""
        name = found.member.name
        if self._store:
            return self._store_as_it_is(found)
        kept, packed = found.kept, found.packed
        if kept is not None and self._insert(name, kept, self._memory.bytes_of(kept)):
            return kept.content
        if packed is not None and found.data is not None:
            with found.data as data:
                if self._insert(name, packed, iter(lambda: data.read(BLOCK), b"")):
                    return packed.content
        # It is large, or the last archive is not what was written then.
        return self._compress(found)

    def _insert(self, name: str, packed: Packed, blocks: Iterable[bytes]) -> bool:
        """Add compressed bytes, and return whether they are what they should be."""
        info = self._begin(name, packed.size)
        digest = hashlib.sha256()
        for block in blocks:
            digest.update(block)
            self._file.write(block)
        if digest.hexdigest() != packed.packed:
            self._file.truncate(info.header_offset)
            return False
        self._end(info, packed)
        return True

    def _compress(self, found: Prepared) -> str:
        """Add a file while it is compressed, and return the SHA-256 of its content."""
        info = self._begin(found.member.name, found.size)
        reading = self._packer.reading(found.path)
        packed = compress(reading, found.size, self._file.write)
        self._packer.learn(reading)
        self._end(info, packed)
        return packed.content

    def _begin(self, name: str, size: int) -> ZipInfo:
        """Write the header of a file, still without what is not known."""
        info = self._info(name, size)
        info.header_offset = self._archive.start_dir
        info.CRC = 0
        self._file.seek(info.header_offset)
        self._file.write(info.FileHeader(_is_large(size)))
        return info

    def _end(self, info: ZipInfo, packed: Packed) -> None:
        """Write the header of a file again, and list it."""
        end = self._file.tell()
        info.CRC, info.compress_size = packed.crc, packed.length
        self._file.seek(info.header_offset)
        self._file.write(info.FileHeader(_is_large(packed.size)))
        offset = self._file.tell()
        self._file.seek(end)
        self._archive.start_dir = end
        self._archive.filelist.append(info)
        self._archive.NameToInfo[info.filename] = info
        self.members[info.filename] = attrs.evolve(packed, offset=offset)

    def _store_as_it_is(self, found: Prepared) -> str:
        """Add a file without compression, and return the SHA-256 of its content."""
        reading = self._packer.reading(found.path)
        with self._archive.open(self._info(found.member.name, found.size), "w") as member:
            for block in reading.blocks(found.size):
                member.write(block)
        self._packer.learn(reading)
        self.members[found.member.name] = Packed(reading.digest, found.size, reading.crc)
        return reading.digest

    def _info(self, name: str, size: int) -> ZipInfo:
        """Return the description of a file in the archive. Its size decides on ZIP64."""
        info = ZipInfo(name, EPOCH)
        info.compress_type = ZIP_STORED if self._store else ZIP_DEFLATED
        info.create_system = UNIX
        info.external_attr = MODE << 16
        info.file_size = size
        return info

    def add_text(self, name: str, text: bytes) -> None:
        """Add a small file that is not on disk."""
        self._archive.writestr(self._info(name, len(text)), text)


def _is_large(size: int) -> bool:
    """Return whether the header of a file has the format ZIP64.

    That is decided before it is known what becomes of the size, as in `zipfile`.
    """
    return size * 1.05 > zipfile.ZIP64_LIMIT
