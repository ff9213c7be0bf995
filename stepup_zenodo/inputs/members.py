"""Look into zip files of strangers, and unpack what is wanted of them."""

import io
import os
import stat
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from ..errors import Refused
from ..local.arriving import arriving
from ..local.pins import Member
from ..local.plainfiles import open_plain
from .selection import Item, crc_mark

__all__ = ("members_of", "unpack")

MOST = 10_000
"""Files in the largest zip file that is looked into."""

HARMLESS = 1_000_000_000
"""Bytes to which any zip file may be unpacked."""

RATIO = 200
"""How many times larger than the zip file more than that may be."""

LONGEST_LIST = 3_000_000
"""Bytes of the list of files in a zip file, which is read as a whole."""

PACKINGS = (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2)
"""How files may be packed: so that little memory is needed to unpack them."""

BLOCK = 1 << 20
"""Bytes of content that are held in memory."""

BROKEN = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What the library raises for a zip file that it cannot read."""

OTHERWISE = "Fetch the zip file itself, and unpack it in a step of your own."


def members_of(path: Path, name: str) -> tuple[Member, ...]:
    """Return the files in a zip file, sorted.

    Parameters
    ----------
    path
        Where it is.
    name
        How it is called.

    Raises
    ------
    Refused
        When it is not what can be unpacked safely.
    """
    with _opened(path, name) as archive:
        members = (Member(i.filename, i.file_size, i.CRC) for i in _files_in(archive))
        return tuple(sorted(members, key=lambda member: member.path))


class _Bounded(io.BufferedReader):
    """Reads no more at once than can be held in memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, unless it is too much."""
        wanted = LONGEST_LIST + 1 if size is None or size < 0 else size
        data = super().read(wanted) if wanted <= LONGEST_LIST + 1 else b""
        if max(len(data), size or 0) > LONGEST_LIST:
            raise ValueError("its list of files is too long")
        return data


def _files_in(archive: ZipFile) -> list[ZipInfo]:
    return [info for info in archive.infolist() if not info.is_dir()]


@contextmanager
def _opened(path: Path, name: str) -> Iterator[ZipFile]:
    """Open a zip file that can be unpacked safely.

    Raises
    ------
    Refused
        When it is none.
    """
    try:
        file = _Bounded(open_plain(path))
    except OSError as exc:
        raise Refused(f"{path} cannot be read: {exc.strerror}.") from None
    with file:
        try:
            archive = ZipFile(file)
        except BROKEN as exc:
            raise Refused(f"{name} cannot be read as a zip file: {exc}. {OTHERWISE}") from None
        with archive:
            why = _unsafe(_files_in(archive), os.fstat(file.fileno()).st_size)
            if why:
                raise Refused(f"{name} is not unpacked: {why}. {OTHERWISE}")
            yield archive


def _unsafe(infos: list[ZipInfo], size: int) -> str:
    """Return why the content of a zip file is not unpacked, empty if it is."""
    if len(infos) > MOST:
        return f"it has {len(infos)} files, more than {MOST}"
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            return f"{info.filename!r} in it is a link or a device"
        if info.flag_bits & 1:
            return f"{info.filename!r} in it is encrypted"
        if info.compress_type not in PACKINGS:
            return f"{info.filename!r} in it is packed in an unusual way"
    if len({info.filename for info in infos}) < len(infos):
        return "it has the same name twice"
    whole = sum(info.file_size for info in infos)
    if sum(info.compress_size for info in infos) > size:
        return "its files overlap"
    if whole > max(HARMLESS, RATIO * size):
        return f"it has {size} bytes, and would become {whole}"
    return ""


def unpack(path: Path, items: Iterable[Item], folder: Path, busy: Callable[[str], object]) -> None:
    """Unpack files, each of which is in its place when it is complete and right.

    Parameters
    ----------
    path
        The zip file.
    items
        What is wanted of it. What is in their places is replaced.
    folder
        Where their paths begin.
    busy
        Is told that another run is just writing the same file, which is waited for.

    Raises
    ------
    Refused
        When the content is another one than was pinned, or cannot be written inside the folder.
    """
    whole = list(items)
    with _opened(path, whole[0].archive) as archive:
        for item in whole:
            target = folder / item.path
            _make_parent(target, folder)
            with arriving(target, item.mark, busy) as file:
                if file is not None:
                    _unpack_one(archive, item, file)


def _make_parent(target: Path, folder: Path) -> None:
    """Make the folder of a file, unless links lead out of the folder where its path begins."""
    real, top = os.path.realpath(target.parent), os.path.realpath(folder)
    if not Path(real).is_relative_to(top):
        raise Refused(
            f"{target.parent} leads out of {folder}, so nothing is unpacked there. "
            "Remove the symbolic link."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise Refused(f"Could not make {target.parent}: {exc.strerror}.") from None


def _unpack_one(archive: ZipFile, item: Item, file: io.BufferedRandom) -> None:
    file.truncate(0)
    done = 0
    try:
        info = archive.getinfo(item.path)
        if (info.file_size, crc_mark(info.CRC)) != (item.size, item.mark):
            raise BadZipFile("it is another file than was pinned")
        with archive.open(info) as member:
            while block := member.read(BLOCK):
                done += len(block)
                if done > item.size:
                    break
                file.write(block)
        if done != item.size:
            raise BadZipFile("its size is another one")
    except KeyError:
        raise Refused(f"{item.path} is not in {item.archive}. {OTHERWISE}") from None
    except BROKEN as exc:
        file.truncate(0)
        raise Refused(f"{item.path} in {item.archive} cannot be unpacked: {exc}.") from None
