"""Folders that become files of a record, as archives."""

from typing import Any

import attrs

from .containers import UNREAD, Many
from .reading import At
from .scalars import Text, Truth
from .structs import Struct, key

__all__ = ("ARCHIVE", "FolderArchive")

SUFFIX = ".zip"


@attrs.frozen
class FolderArchive:
    """A folder that becomes a file of the record, as a zip file."""

    archive: str = key(
        Text(name="the path of a folder", trim=False),
        "The folder, relative to the folder of the configuration.",
        example="images",
        required=True,
    )
    name: str | None = key(
        Text(name="the path of a zip file", trim=False),
        "The zip file that is made, by default beside the folder and named like it.",
        example="images.zip",
        aliases=("as",),
    )
    exclude: tuple[str, ...] = key(
        Many(Text(name="a pattern")),
        "What is left out: a name at any depth, or a path from the folder.",
        example=["*.tmp", "raw/**/*.log"],
        default=(),
    )
    prefix: str | None = key(
        Text(name="a path", can_be_empty=True),
        "The folder inside the zip file that holds everything, by default named like the folder.",
        example="images-2026",
    )
    manifest: str | None = key(
        Text(name="the name of a file"),
        "The name of a list of checksums to be added, for `sha256sum --check`.",
        example="SHA256SUMS",
    )
    store: bool | None = key(
        Truth(),
        "Whether to store the files without compressing them.",
        example=True,
    )

    @property
    def out(self) -> str:
        """The zip file."""
        return self.name or f"{self.archive.rstrip('/')}{SUFFIX}"


def _finish(values: dict[str, Any], at: At) -> None:
    folder, name = values.get("archive", UNREAD), values.get("name")
    if name is None and folder is not UNREAD and folder.rstrip("/").rpartition("/")[2] in _NAMELESS:
        at.wrong(f'"{folder}" has no name for a zip file', "add one, e.g. `as: data.zip`")
        values["archive"] = UNREAD
    if name not in (None, UNREAD) and not str(name).lower().endswith(SUFFIX):
        message = f'"{name}" is not the name of a zip file'
        values["name"] = UNREAD
        at.of("name").wrong(message, f"expected a name that ends in {SUFFIX}")


_NAMELESS = ("", ".", "..")

ARCHIVE = Struct(FolderArchive, "a folder to be archived, with the key archive", _finish)
"""A folder that becomes a file of the record."""
