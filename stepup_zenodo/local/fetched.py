"""Contents of files that were fetched before, shared by all projects of the user.

A file is found by its size and checksum, which are verified each time.
What is kept is a second name of the file in the project, where the file system allows that:
it takes no space as long as the project has the file.
A project never gets such a second name itself, but a copy:
changing it in place changes no other project.
"""

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
from platformdirs import user_cache_path

from ..errors import Refused
from .arriving import arriving, is_part_name
from .plainfiles import open_plain

__all__ = ("KeptContents", "checksum_of", "md5")

BLOCK = 1 << 20
"""Bytes of content that are held in memory."""

_NAME = re.compile(r"[0-9a-f]{32}")


def md5() -> "hashlib._Hash":
    """Return a digest of the kind that the server uses; it does not protect from an attacker."""
    return hashlib.md5(usedforsecurity=False)


def checksum_of(path: Path) -> str | None:
    """Return the checksum of a file, `None` when there is none that can be read."""
    try:
        with open_plain(path) as file:
            digest = hashlib.file_digest(file, md5)
    except OSError:
        return None
    return f"md5:{digest.hexdigest()}"


class _Damaged(Exception):
    """What was fetched before is not what it was."""


def _usual_folder() -> Path:
    return user_cache_path("stepup-zenodo") / "fetched"


@attrs.frozen
class KeptContents:
    """The contents that this user has fetched before."""

    folder: Path = attrs.field(factory=_usual_folder)
    """Where they are. Only the user can read them."""

    def place(self, checksum: str) -> Path:
        """Return where a content is or would be."""
        digits = checksum.removeprefix("md5:")
        return self.folder / digits[:2] / digits

    def made_place(self, checksum: str) -> Path:
        """Return where a content would be, in a folder that exists.

        Raises
        ------
        OSError
            When it cannot be made.
        """
        target = self.place(checksum)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        return target

    def keep(self, path: Path, checksum: str) -> None:
        """Keep the content of a file; a failure costs time in later runs only, and is ignored."""
        with contextlib.suppress(OSError, Refused):
            target = self.made_place(checksum)
            target.unlink(missing_ok=True)
            try:
                os.link(path, target)
            except OSError:
                with open_plain(path) as source, arriving(target, checksum) as file:
                    if file is not None:
                        file.truncate(0)
                        shutil.copyfileobj(source, file, BLOCK)

    def find(self, checksum: str) -> Path | None:
        """Return where a content is, `None` if it is not there, or not intact."""
        target = self.place(checksum)
        if not target.exists():
            return None
        if checksum_of(target) == checksum:
            return target
        self._drop(target)
        return None

    def copy(self, checksum: str, target: Path, busy: Callable[[str], object]) -> bool:
        """Copy a content, and return whether it was there, and intact.

        Parameters
        ----------
        checksum
            Tells the content.
        target
            Where it goes. What is there is replaced.
        busy
            Is told that another run is just writing the same file, which is waited for.

        Raises
        ------
        Refused
            When it was, and cannot be written.
        """
        try:
            source = open_plain(self.place(checksum))
        except OSError:
            return False
        digest = md5()
        try:
            with source, arriving(target, checksum, busy) as file:
                if file is None:
                    return True
                file.truncate(0)
                while block := source.read(BLOCK):
                    file.write(block)
                    digest.update(block)
                if f"md5:{digest.hexdigest()}" != checksum:
                    file.truncate(0)
                    raise _Damaged
        except _Damaged:
            self._drop(self.place(checksum))
            return False
        return True

    def _drop(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.unlink()

    def __iter__(self) -> Iterator[tuple[str, os.stat_result]]:
        """Iterate over the checksums, with what the file system tells about the contents."""
        for path in sorted(self.folder.glob("??/*")):
            if _NAME.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    yield f"md5:{path.name}", path.lstat()

    def remove(self, checksum: str) -> None:
        """Remove a content.

        Raises
        ------
        OSError
            When that is not possible.
        """
        self.place(checksum).unlink(missing_ok=True)

    def remove_parts(self) -> None:
        """Remove what did not arrive completely.

        Raises
        ------
        OSError
            When that is not possible.
        """
        for path in self.folder.glob("??/.*"):
            if is_part_name(path.name):
                path.unlink(missing_ok=True)
