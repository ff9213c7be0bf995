"""What is remembered of an archive: which of its bytes stand for which content.

It is kept in the cache folder of the user, not in the archive:
an archive can come from elsewhere, made by another program or with other settings,
and the same content has to give the same bytes always.
So bytes of an archive are used again only when they are those that were written,
which their SHA-256 tells, and when the same compression would write them today.
"""

import hashlib
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import attrs

from ..jsontypes import Json
from ..local.checksums import ChecksumCache
from ..local.files import LocalFile, Stamp
from ..local.makers import makers
from ..local.plainfiles import open_plain
from ..local.storage import read_cache, write_cache
from ..local.stream import BLOCK

__all__ = ("Memory", "Packed")


@attrs.frozen
class Packed:
    """The compressed content of a file, as it stands in an archive."""

    content: str
    """SHA-256 of the content."""

    size: int
    """How many bytes the content has."""

    crc: int
    """CRC-32 of the content."""

    packed: str
    """SHA-256 of the compressed bytes."""

    length: int
    """How many compressed bytes there are."""

    offset: int = 0
    """Where they begin in the archive."""


class Memory:
    """What is known about the last archive of a name, and about files that went into archives.

    Both are lost at no other cost than time.

    Parameters
    ----------
    folder
        The cache folder, `None` to remember nothing.
    target
        The archive.
    """

    def __init__(self, folder: Path | None, target: Path) -> None:
        self._target = target
        self._made_by = [makers(".archive"), zlib.ZLIB_RUNTIME_VERSION, sys.version]
        self._folder = folder
        self._members = {} if folder is None else self._read()
        self._contents = None if folder is None else ChecksumCache(folder / "contents.json")

    @property
    def _path(self) -> Path:
        assert self._folder is not None, "without folder nothing is read or written"
        name = hashlib.sha256(os.fsencode(os.path.abspath(self._target))).hexdigest()
        return self._folder / "archives" / f"{name[:32]}.json"

    def _read(self) -> dict[str, Packed]:
        found = read_cache(self._path)
        if found.get("made by") != self._made_by:
            return {}
        members = found.get("members")
        return dict(_members(members)) if isinstance(members, dict) else {}

    def member(self, name: str, size: int) -> Packed | None:
        """Return what is known about a member of the last archive, if it had this size."""
        known = self._members.get(name)
        return known if known is not None and known.size == size else None

    def bytes_of(self, member: Packed) -> Iterator[bytes]:
        """Yield the compressed bytes of a member, which are not checked.

        Fewer come when they are not there any more.
        """
        try:
            with open_plain(self._target) as file:
                file.seek(member.offset)
                left = member.length
                while left and (block := file.read(min(left, BLOCK))):
                    left -= len(block)
                    yield block
        except OSError:
            return

    def content(self, path: Path, stamp: Stamp) -> str | None:
        """Return the SHA-256 of a file that is as it was when it was read, `None` if unknown."""
        return None if self._contents is None else self._contents.get(_file(path, stamp))

    def keep_content(self, path: Path, stamp: Stamp, digest: str) -> None:
        """Remember the SHA-256 of a file."""
        if self._contents is not None:
            self._contents.put(_file(path, stamp), digest)

    def save(self, members: dict[str, Packed]) -> None:
        """Write down what is in the archive that was made."""
        if self._folder is None or self._contents is None:
            return
        self._contents.save()
        listed: dict[str, Json] = {
            name: list(attrs.astuple(member)) for name, member in members.items()
        }
        write_cache(self._path, {"made by": [*self._made_by], "members": listed})


def _file(path: Path, stamp: Stamp) -> LocalFile:
    return LocalFile(path.name, str(path), stamp[0], stamp)


def _members(found: dict[str, Json]) -> Iterator[tuple[str, Packed]]:
    """Yield those entries that are understood."""
    for name, entry in found.items():
        match entry:
            case [str(content), int(size), int(crc), str(packed), int(length), int(offset)]:
                yield name, Packed(content, size, crc, packed, length, offset)
