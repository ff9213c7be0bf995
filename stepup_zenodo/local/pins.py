"""Pins: from which version of which record a folder is filled, and with which files.

A pin is a small file beside the folder that belongs into version control.
There is one for each folder, so that people who add inputs on different branches
never change the same file.
What it says may come from a stranger: names are checked before anything is written.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..errors import Invalid, Problem, Refused
from ..jsontypes import Json, mapping, string
from ..terms.forms import is_doi, is_key, is_record_id
from .arriving import replace_text
from .plainfiles import read_plain

__all__ = (
    "Member",
    "Pin",
    "PinnedFile",
    "folders_here",
    "in_short",
    "is_size",
    "load_pin",
    "pin_path",
)

SUFFIX = ".zenodo-input.json"

LARGEST = 50_000_000
"""Most bytes of a pin that are read."""

LONGEST = 200
"""Most characters of a text of others in a line for people."""

_MD5 = re.compile(r"md5:[0-9a-f]{32}")


@attrs.frozen
class PinnedFile:
    """A file of a record as it was when the pin was made."""

    name: str
    """Its name on the server, and in the folder."""

    size: int
    """In bytes."""

    checksum: str
    """`md5:` and 32 hexadecimal digits."""


@attrs.frozen
class Member:
    """A file in a zip file of a record."""

    path: str
    """Its path in the zip file, and in the folder."""

    size: int
    """In bytes, unpacked."""

    crc: int
    """Its CRC-32."""


@attrs.frozen
class Pin:
    """One version of a record."""

    asked: str
    """The id, the DOI or the address that the user gave, which can stand for all versions."""

    endpoint: str
    """Address of the API."""

    record: str
    """Id of the version."""

    doi: str
    """DOI of the version, empty if it has none."""

    concept_doi: str
    """DOI of all versions together, empty if there is none."""

    license: str
    """Its licence ids, separated by commas."""

    metadata: Mapping[str, Json]
    """What a citation needs, as the server has it."""

    files: Mapping[str, PinnedFile]
    """All its files, by name."""

    members: Mapping[str, tuple[Member, ...]] = attrs.field(factory=dict)
    """What is in those of its zip files that were looked into, by the name of the zip file."""

    is_draft: bool = False
    """Whether it was not public when the pin was made, so that it had no DOI that leads to it."""

    @property
    def title(self) -> str:
        """Its title."""
        return string(self.metadata.get("title"))

    @property
    def version(self) -> str:
        """Its version text, empty if it has none."""
        return string(self.metadata.get("version"))

    @property
    def line(self) -> str:
        """The version in one line, for people."""
        version = f", version {in_short(self.version)}" if self.version else ""
        kind = "draft" if self.is_draft else "record"
        return f"{kind} {self.record}{version}: {in_short(self.title) or '(no title)'}"

    def write(self, path: Path) -> None:
        """Write the pin.

        Raises
        ------
        Refused
            When it cannot be written.
        """
        own: dict[str, Json] = {name: getattr(self, name) for name in _TEXTS}
        own["is_draft"] = self.is_draft
        own["metadata"] = dict(self.metadata)
        own["files"] = {
            name: {"size": file.size, "checksum": file.checksum}
            for name, file in sorted(self.files.items())
        }
        own["members"] = {
            name: {item.path: {"size": item.size, "crc": item.crc} for item in members}
            for name, members in sorted(self.members.items())
        }
        text = json.dumps(own, indent=1, ensure_ascii=False)
        # What is not printable, also half of a character, could not be written or seen.
        safe = re.sub(r"[^\n -~]", lambda m: m[0] if m[0].isprintable() else _escape(m[0]), text)
        replace_text(path, f"{safe}\n")


def _escape(char: str) -> str:
    """Return the escape of a character in JSON."""
    return json.dumps(char)[1:-1]


def in_short(text: str) -> str:
    """Return a text of others in one line that is not long."""
    line = " ".join(text[: 10 * LONGEST].split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def is_size(value: Json) -> bool:
    """Return whether a value can be the size of a file."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63


_TEXTS = ("asked", "endpoint", "record", "doi", "concept_doi", "license")


def pin_path(folder: Path) -> Path:
    """Return where the pin of a folder is.

    Raises
    ------
    Invalid
        When the folder has no name of its own, as the current one.
    """
    plain = Path(os.path.normpath(folder))
    if plain.name in ("", ".."):
        hint = "give a folder below the current one, such as `data`"
        raise Invalid((Problem(f"{str(folder)!r} has no name for its pin", "FOLDER", hint=hint),))
    return plain.with_name(f"{plain.name}{SUFFIX}")


def folders_here() -> list[str]:
    """Return the folders whose pins are in the current folder, sorted."""
    return sorted(path.name.removesuffix(SUFFIX) for path in Path().glob(f"?*{SUFFIX}"))


def load_pin(path: Path) -> Pin | None:
    """Return what a pin says, `None` when there is none.

    Raises
    ------
    Refused
        When the file is no pin.
    """
    try:
        body = json.loads(read_plain(path, LARGEST))
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise Refused(f"The pin {path} cannot be read: {exc.strerror}.") from None
    except (ValueError, RecursionError):
        body = None
    pin = _pin(mapping(body))
    if pin is None:
        raise Refused(
            f"{path} is damaged, so it is not known which version is wanted. "
            "Restore it from version control, or make it again from the newest version: "
            "run the same `stepup-zenodo fetch` with --update."
        )
    return pin


def _pin(body: Mapping[str, Json]) -> Pin | None:
    """Return a pin, `None` if anything in it is not what it can be."""
    texts = {name: body.get(name) for name in _TEXTS}
    known = {name: text for name, text in texts.items() if isinstance(text, str)}
    listed, metadata, is_draft = body.get("files"), body.get("metadata"), body.get("is_draft")
    if len(known) < len(texts) or not isinstance(listed, dict) or not isinstance(metadata, dict):
        return None
    files = [_file(name, mapping(entry)) for name, entry in listed.items()]
    members = {
        name: tuple(_member(path, mapping(item)) for path, item in mapping(items).items())
        for name, items in mapping(body.get("members")).items()
    }
    whole = [file for file in files if file is not None]
    inside = {name: tuple(m for m in found if m is not None) for name, found in members.items()}
    dois = [known["doi"], known["concept_doi"]]
    if len(whole) < len(files) or inside != members or not isinstance(is_draft, bool):
        return None
    if not is_record_id(known["record"]) or any(doi and not is_doi(doi) for doi in dois):
        return None
    by_name = {file.name: file for file in whole}
    return Pin(**known, metadata=metadata, files=by_name, members=inside, is_draft=is_draft)


def _file(name: str, entry: Mapping[str, Json]) -> PinnedFile | None:
    size, checksum = _count(entry.get("size")), entry.get("checksum")
    if size is None or not is_key(name):
        return None
    if not isinstance(checksum, str) or not _MD5.fullmatch(checksum):
        return None
    return PinnedFile(name, size, checksum)


def _member(path: str, entry: Mapping[str, Json]) -> Member | None:
    size, crc = _count(entry.get("size")), _count(entry.get("crc"))
    return None if size is None or crc is None or crc >> 32 else Member(path, size, crc)


def _count(value: Json) -> int | None:
    return value if is_size(value) and isinstance(value, int) else None
