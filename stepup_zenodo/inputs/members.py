"""Look into zip files of strangers, and unpack what is wanted of them."""

import os
import shutil
import stat
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from ..errors import Refused
from ..local.pins import Member
from ..local.storage import create_beside
from .selection import Item

__all__ = ("members_of", "unpack")

MOST = 10_000
"""Files in the largest zip file that is looked into."""

HARMLESS = 1_000_000_000
"""Bytes to which any zip file may be unpacked."""

RATIO = 200
"""How many times larger than the zip file more than that may be."""

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
    try:
        with ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except BROKEN as exc:
        raise Refused(f"{name} cannot be read as a zip file: {exc}. {OTHERWISE}") from None
    why = _unsafe(infos, path.stat().st_size)
    if why:
        raise Refused(f"{name} is not unpacked: {why}. {OTHERWISE}")
    members = (Member(info.filename, info.file_size, info.CRC) for info in infos)
    return tuple(sorted(members, key=lambda member: member.path))


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
    if len({info.filename for info in infos}) < len(infos):
        return "it has the same name twice"
    whole = sum(info.file_size for info in infos)
    if sum(info.compress_size for info in infos) > size:
        return "its files overlap"
    if whole > max(HARMLESS, RATIO * size):
        return f"it has {size} bytes, and would become {whole}"
    return ""


def unpack(path: Path, items: Iterable[Item], folder: Path) -> None:
    """Unpack files, each of which is in its place when it is complete and right.

    Parameters
    ----------
    path
        The zip file.
    items
        What is wanted of it. What is in their places is replaced.
    folder
        Where their paths begin.

    Raises
    ------
    Refused
        When the content is another one than was pinned, or cannot be written inside the folder.
    """
    whole = list(items)
    free = shutil.disk_usage(folder).free
    if sum(item.size for item in whole) > free:
        raise Refused(f"There is no room in {folder} for what is wanted: {free} bytes are left.")
    with ZipFile(path) as archive:
        for item in whole:
            target = folder / item.path
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except OSError as exc:
                raise Refused(f"Could not make {target.parent}: {exc.strerror}.") from None
            if not target.parent.resolve().is_relative_to(folder.resolve()):
                raise Refused(
                    f"{target.parent} leads out of {folder}, so nothing is unpacked there. "
                    "Remove the symbolic link."
                )
            _unpack_one(archive, item, target)


def _unpack_one(archive: ZipFile, item: Item, target: Path) -> None:
    handle, name = create_beside(target)
    done = 0
    try:
        with os.fdopen(handle, "wb") as file, archive.open(item.path) as member:
            while block := member.read(BLOCK):
                done += len(block)
                if done > item.size:
                    break
                file.write(block)
        if done != item.size:
            raise BadZipFile("its size is another one")
        os.replace(name, target)
    except KeyError:
        raise Refused(f"{item.path} is not in {item.archive}. {OTHERWISE}") from None
    except BROKEN as exc:
        raise Refused(f"{item.path} in {item.archive} cannot be unpacked: {exc}.") from None
    finally:
        name.unlink(missing_ok=True)
