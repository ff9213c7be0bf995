"""What goes into an archive of a folder, under which names and in which order.

The same files give the same archive:
names are composed and sorted, and nothing but names and contents is kept.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from enum import Enum

import attrs

from ..errors import Invalid, Problem
from ..local.patterns import ANY_FOLDERS, composed, part_regex

__all__ = (
    "Listing",
    "Member",
    "Nature",
    "Rules",
    "Selection",
    "excluder",
    "manifest_line",
    "rule_words",
    "select",
)

SHOWN = 200
"""Characters of a name that a message shows."""

MAX_NAME = 65535
"""Bytes of a name in a zip file."""


class Nature(Enum):
    """What is found at a path. The values complete the sentence `PATH is ...`."""

    FILE = "a file"
    FOLDER = "a folder"
    FOLDER_LINK = "a symbolic link to a folder"
    BROKEN_LINK = "a symbolic link to something that does not exist"
    MISSING = "missing"
    OTHER = "a device, a socket or a pipe"


@attrs.frozen
class Listing:
    """Something in the folder. A symbolic link to a file counts as a file."""

    path: str
    """Its path from the folder, with slashes, as the file system spells it."""

    nature: Nature = Nature.FILE
    """What it is."""


@attrs.frozen
class Rules:
    """How the files of a folder become an archive."""

    prefix: str = ""
    """Folder inside the archive that holds everything, empty for none."""

    exclude: tuple[str, ...] = ()
    """Patterns of what is left out, see `excluder`."""

    manifest: str | None = None
    """Name of a list of checksums that is added inside `prefix`, `None` for no list."""

    store: bool = False
    """Whether the contents are kept as they are, instead of being compressed."""


@attrs.frozen
class Member:
    """A file that goes into the archive."""

    name: str
    """Its name in the archive: with slashes, accents composed."""

    path: str
    """Its path from the folder, as the file system spells it."""


@attrs.frozen
class Selection:
    """What goes into an archive."""

    entries: tuple[Member, ...]
    """The files, sorted by name."""

    manifest: str | None
    """The name of the list of checksums, `None` for no list."""

    notes: tuple[str, ...] = ()
    """What those who unpack the archive may stumble over."""


def excluder(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a path from the folder is left out.

    Parameters
    ----------
    patterns
        `*` and `?` stand for characters other than a slash, `[...]` for one out of several,
        and `**` between slashes for any number of folders.
        A pattern without slash matches names at any depth, one with a slash paths from the folder.
        A slash at the end is ignored. What is in a matching folder is left out with it.

    Raises
    ------
    Invalid
        When a pattern could never match.
    """
    wrong = [pattern for pattern in patterns if _never_matches(pattern)]
    if wrong:
        hint = "patterns are relative to the folder, without `.`, `..` and a slash at the start"
        messages = [f'the pattern "{text}" can never match' for text in wrong]
        raise Invalid(tuple(Problem(message, "exclude", hint=hint) for message in messages))
    regexes = [re.compile(_regex(pattern)) for pattern in patterns]
    return lambda path: any(regex.match(composed(path)) for regex in regexes)


def _never_matches(pattern: str) -> bool:
    parts = pattern.removesuffix("/").split("/")
    return any(part in ("", ".", "..") for part in parts)


def _regex(pattern: str) -> str:
    parts = composed(pattern).removesuffix("/").split("/")
    if len(parts) == 1:
        parts = [ANY_FOLDERS, *parts]
    folders = ["(?:[^/]+/)*" if part == ANY_FOLDERS else f"{part_regex(part)}/" for part in parts]
    last = ".+" if parts[-1] == ANY_FOLDERS else part_regex(parts[-1])
    return rf"(?s:{''.join(folders[:-1])}{last})(?:/|\Z)"


def select(found: Iterable[Listing], rules: Rules) -> Selection:
    """Return what goes into an archive.

    Parameters
    ----------
    found
        All that is in the folder, in any order.
        Folders may be left out, as an archive of them has files only.
    rules
        How the archive is to be made.

    Raises
    ------
    Invalid
        When something cannot be represented in an archive, with all problems at once,
        or when nothing is left to be archived.
    """
    excluded = excluder(rules.exclude)
    kept = sorted((item for item in found if not excluded(item.path)), key=lambda item: item.path)
    files = [item for item in kept if item.nature is not Nature.FOLDER]
    entries = sorted((_entry(item, rules.prefix) for item in files), key=lambda entry: entry.name)
    manifest = None if rules.manifest is None else _inside(rules.prefix, rules.manifest)
    problems = (
        *_prefix_problems(rules),
        *(problem for item in files for problem in _item_problems(item)),
        *_equal_names(entries, manifest),
    )
    if not files:
        problems += (Problem("there are no files to archive"),)
    if problems:
        raise Invalid(problems)
    return Selection(tuple(entries), manifest, tuple(_case_notes(entries)))


def _inside(prefix: str, name: str) -> str:
    return f"{prefix}/{name}" if prefix else name


def _entry(item: Listing, prefix: str) -> Member:
    return Member(composed(_inside(prefix, item.path)), item.path)


def _prefix_problems(rules: Rules) -> Iterator[Problem]:
    names = {"prefix": rules.prefix, "manifest": rules.manifest}
    for where, name in names.items():
        if not name:
            if name == "" and where == "manifest":
                yield Problem("expected a name, found an empty text", where)
        elif any(part in ("", ".", "..") for part in name.split("/")):
            hint = "write a path without `.` and `..`, with single slashes between names only"
            yield Problem(f'"{name}" is not a path inside an archive', where, None, hint)
        elif message := _name_problem(name):
            yield Problem(f'"{name}" {message}', where)


def _item_problems(item: Listing) -> Iterator[Problem]:
    if item.path.startswith("../"):
        yield Problem(
            f'"{item.path}" is not in the folder', hint="name a folder that holds all files"
        )
    elif item.nature is not Nature.FILE:
        yield Problem(f'"{item.path}" is {item.nature.value}', hint=_HINTS[item.nature])
    elif message := _name_problem(item.path):
        shown = item.path if len(item.path) <= SHOWN else f"{item.path[:SHOWN]}..."
        yield Problem(f'"{shown}" {message}', hint="rename the file, or exclude it")


_HINTS = {
    Nature.FOLDER_LINK: "exclude it, or put the files themselves there",
    Nature.BROKEN_LINK: "exclude it, or fix it",
    Nature.MISSING: "make the file, or take it out of the list",
    Nature.OTHER: "exclude it: only files can be archived",
}


def _name_problem(name: str) -> str:
    """Return what is wrong with a name, empty if it means the same on every system."""
    categories = {unicodedata.category(char) for char in name}
    if "Cs" in categories:
        return "is not a name in UTF-8"
    if categories & {"Cc", "Zl", "Zp"}:
        return "has control characters"
    if "\\" in name:
        return "has a backslash, which separates folders on other systems"
    if len(name.encode()) > MAX_NAME:
        return f"is longer than {MAX_NAME} bytes"
    return ""


def _equal_names(entries: list[Member], manifest: str | None) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for entry in entries:
        first = seen.setdefault(entry.name, entry.path)
        if first != entry.path:
            message = f'two files would have the name "{entry.name}"'
            yield Problem(message, hint="they differ in how accents are encoded: rename one")
    if manifest in seen:
        message = f'"{seen[manifest]}" has the name of the list of checksums'
        yield Problem(message, "manifest", None, "exclude the file, or give the list another name")


def _case_notes(entries: list[Member]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for entry in entries:
        first = seen.setdefault(entry.name.casefold(), entry.name)
        if first != entry.name:
            yield (
                f"{first} and {entry.name} differ in capitals only: "
                "on many computers, one replaces the other when the archive is unpacked"
            )


def manifest_line(checksum: str, name: str, prefix: str) -> str:
    """Return a line of the list of checksums, as `sha256sum --check` reads it.

    Parameters
    ----------
    checksum
        SHA-256 of the content, in hexadecimal digits.
    name
        The name of the file in the archive.
    prefix
        The folder in the archive that holds the list; names are relative to it.
    """
    return f"{checksum}  {name.removeprefix(f'{prefix}/') if prefix else name}\n"


def rule_words(
    exclude: Iterable[str], prefix: str | None, manifest: str | None, *, store: bool
) -> tuple[str, ...]:
    """Return the options of the command `archive` that say how the archive is to be made.

    Parameters
    ----------
    exclude, manifest, store
        As in `Rules`.
    prefix
        As in `Rules`, `None` for the name of the folder.
    """
    # Joined with an equality sign, a value may begin with a dash.
    words = [f"--exclude={pattern}" for pattern in exclude]
    words += [] if prefix is None else [f"--prefix={prefix}"]
    words += [] if manifest is None else [f"--manifest={manifest}"]
    words += ["--store"] if store else []
    return tuple(words)
