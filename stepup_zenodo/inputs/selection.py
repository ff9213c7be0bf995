"""Which files of a record are wanted, whether they are there, and whether their names are safe."""

import os
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from ..errors import Invalid, Problem
from ..local.arriving import is_part_name
from ..local.boundary import is_private_name
from ..local.fetched import checksum_of
from ..local.patterns import matching
from ..local.pins import Pin
from ..local.plainfiles import open_plain
from ..terms.forms import is_key

__all__ = (
    "NOTE",
    "Item",
    "archives_in",
    "crc_mark",
    "is_mark",
    "is_safe_path",
    "mark_at",
    "selected",
)

NOTE = ".zenodo-fetched.json"
"""The file in the folder that tells which of its files were fetched, and not made by people."""

MEMBERS = "zip:"
"""How a pattern begins that means files inside of a zip file."""

LONGEST_SHOWN = 200
"""Characters of a path in a message about it."""

_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@attrs.frozen
class Item:
    """A file that is wanted."""

    path: str
    """Where it goes, from the folder."""

    size: int
    """In bytes."""

    mark: str
    """What tells whether a file is this one: an md5 checksum, or a CRC-32 for what was unpacked."""

    archive: str = ""
    """The zip file of the record from which it is unpacked, empty for a file of the record."""


def is_mark(text: str) -> bool:
    """Return whether a text can be a mark."""
    return re.fullmatch("md5:[0-9a-f]{32}|crc32:[0-9a-f]{8}", text) is not None


def mark_at(path: Path, like: str) -> str | None:
    """Return the mark of a file, of the same kind as another mark; `None` when there is no file."""
    if like.startswith("md5:"):
        return checksum_of(path)
    crc = 0
    try:
        with open_plain(path) as file:
            while block := file.read(1 << 20):
                crc = zlib.crc32(block, crc)
    except OSError:
        return None
    return crc_mark(crc)


def crc_mark(crc: int) -> str:
    """Return the mark of what was unpacked."""
    return f"crc32:{crc:08x}"


def _unsafe_name(name: str) -> str:
    """Return why a file of this name is not written, to complete `NAME ...`; empty if it is."""
    if "/" in name or "\\" in name or not is_key(name):
        return "is not the plain name of a file"
    if not name.isprintable() or name != name.strip():
        return "has invisible characters"
    if len(os.fsencode(name)) > 200:
        return "is too long"
    if name.lower() == NOTE or is_private_name(name.lower()) or is_part_name(name):
        return "is a name under which programs look for keys or their own data"
    return "is the name of a device" if _DEVICE.fullmatch(name) else ""


def is_safe_path(path: str) -> bool:
    """Return whether something is written or removed at a path that others have chosen."""
    return not _unsafe_path(path)


def _unsafe_path(path: str) -> str:
    parts = path.split("/")
    if len(path) > 1000 or len(parts) > 50:
        return "is too long"
    return next((why for part in parts if (why := _unsafe_name(part))), "")


def archives_in(patterns: Iterable[str], pin: Pin) -> tuple[str, ...]:
    """Return the zip files of a record that patterns look into."""
    names = (_split(pattern, pin)[0] for pattern in patterns if pattern.startswith(MEMBERS))
    return tuple(dict.fromkeys(name for name in names if name in pin.files))


def _split(pattern: str, pin: Pin) -> tuple[str, str]:
    """Return the zip file that a pattern looks into, and the pattern for what is inside."""
    rest = pattern.removeprefix(MEMBERS)
    if rest in pin.files:
        return rest, ""
    name, _, inside = rest.partition("/")
    return name, inside


def selected(pin: Pin, patterns: Iterable[str]) -> tuple[Item, ...]:
    """Return the files of a record that are wanted, sorted by where they go.

    Parameters
    ----------
    pin
        The version of the record.
    patterns
        Names or patterns, those inside of zip files as `zip:data.zip` or `zip:data.zip/*.csv`;
        without any, all files are wanted, except for hidden ones.

    Raises
    ------
    Invalid
        When a pattern means no file, or a file has a name that is not safe here.
    """
    wanted = list(patterns)
    items = {item.path: item for item in _all(pin) if not wanted and item.path[0] != "."}
    problems: list[Problem] = []
    for pattern in wanted:
        found = list(_meant(pattern, pin))
        if not found:
            problems.append(_nothing(pattern, pin))
        for item in found:
            other = items.setdefault(item.path, item)
            if other != item:
                message = f"{item.path!r} would be two different files"
                problems.append(Problem(message, "FILES", hint="fetch one of them elsewhere"))
    problems += _unsafe(items)
    if problems:
        raise Invalid(tuple(problems))
    return tuple(items[path] for path in sorted(items))


def _all(pin: Pin) -> Iterator[Item]:
    for file in pin.files.values():
        yield Item(file.name, file.size, file.checksum)


def _meant(pattern: str, pin: Pin) -> Iterator[Item]:
    """Yield what a pattern means."""
    if pattern.startswith(MEMBERS):
        name, inside = _split(pattern, pin)
        members = {member.path: member for member in pin.members.get(name, ())}
        paths = members if not inside else _named(inside, members)
        for path in paths:
            member = members[path]
            yield Item(path, member.size, crc_mark(member.crc), name)
        return
    for name in _named(pattern, pin.files):
        file = pin.files[name]
        yield Item(name, file.size, file.checksum)


def _named(pattern: str, names: Iterable[str]) -> list[str]:
    known = list(names)
    return [name for name in known if name == pattern] or list(matching(pattern, known))


def _nothing(pattern: str, pin: Pin) -> Problem:
    name = _split(pattern, pin)[0] if pattern.startswith(MEMBERS) else ""
    if name in pin.members:
        paths = [member.path for member in pin.members[name]]
        message, files = f"{pattern!r} matches nothing in {name}", sorted(paths)
    else:
        message, files = f"{pattern!r} matches no file of record {pin.record}", sorted(pin.files)
    shown = ", ".join(files[:10]) or "none at all"
    return Problem(message, "FILES", hint=f"its files are: {shown}")


def _unsafe(items: dict[str, Item]) -> Iterator[Problem]:
    """Yield the problems with names: unsafe ones, and files where others need a folder."""
    hint = "name the files that you want, without this one"
    for path, item in sorted(items.items()):
        why = _unsafe_path(path) if item.archive else _unsafe_name(path)
        above = [str(parent) for parent in Path(path).parents if str(parent) in items]
        if why or above:
            shown = path if len(path) <= LONGEST_SHOWN else f"{path[:LONGEST_SHOWN]}..."
            yield Problem(f"{shown!r} {why or 'is below a file'}", "FILES", hint=hint)
