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
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from ..jsontypes import Json
from ..local.checksums import ChecksumCache
from ..local.files import LocalFile, Stamp, stamp_of
from ..local.makers import makers
from ..local.plainfiles import open_plain
from ..local.storage import read_cache, write_cache
from ..local.stream import BLOCK
from .contents import Member, Rules

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

    packed: str = ""
    """SHA-256 of the compressed bytes, empty when it was not compressed."""

    length: int = 0
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
    rules
        How it is to be made.
    """

    def __init__(self, folder: Path | None, target: Path, rules: Rules) -> None:
        self._target = target
        self._made_by = [
            *(makers(".archive"), zlib.ZLIB_RUNTIME_VERSION, sys.version),
            *("stored" if rules.store else "compressed", rules.manifest),
        ]
        self._folder = folder
        self._stamp: Stamp = ()
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
        match found.get("stamp"):
            case [*stamp]:
                self._stamp = tuple(item for item in stamp if isinstance(item, int))
        members = found.get("members")
        return dict(_members(members)) if isinstance(members, dict) else {}

    def member(self, name: str, size: int) -> Packed | None:
        """Return what is known about a member of the last archive, if it had this size."""
        known = self._members.get(name)
        return known if known is not None and known.size == size else None

    @property
    def sizes(self) -> tuple[int, int]:
        """How many bytes the files in the last archive have, and the archive itself."""
        return sum(member.size for member in self._members.values()), self._stamp[0]

    def is_current(self, folder: Path, entries: Sequence[Member]) -> bool:
        """Return whether the archive is there as it was written, and nothing has changed since."""
        if not self._stamp or [*self._members] != [entry.name for entry in entries]:
            return False
        try:
            if stamp_of(os.lstat(self._target)) != self._stamp:
                return False
            paths = [folder / entry.path for entry in entries]
            contents = [self.content(path, stamp_of(os.stat(path))) for path in paths]
        except OSError:
            return False
        return contents == [member.content for member in self._members.values()]

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
        stamp: list[Json] = [*stamp_of(os.lstat(self._target))]
        content: dict[str, Json] = {"made by": [*self._made_by], "stamp": stamp, "members": listed}
        write_cache(self._path, content)


def _file(path: Path, stamp: Stamp) -> LocalFile:
    return LocalFile(path.name, str(path), stamp[0], stamp)


def _members(found: dict[str, Json]) -> Iterator[tuple[str, Packed]]:
    """Yield those entries that are understood."""
    for name, entry in found.items():
        match entry:
            case [str(content), int(size), int(crc), str(packed), int(length), int(offset)]:
                yield name, Packed(content, size, crc, packed, length, offset)
