"""Patterns for the paths of files: what they match, as texts and on disk.

`*` and `?` stand for characters other than a slash, `[...]` for one out of several,
and `**` between slashes for any number of folders.
How accents are encoded does not matter.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

__all__ = (
    "ANY_FOLDERS",
    "composed",
    "escaped",
    "find",
    "has_wildcards",
    "literal",
    "matching",
    "part_regex",
    "visible",
)

ANY_FOLDERS = "**"
"""The part of a pattern that stands for any number of folders."""

_PIECE = re.compile(
    r"\[(?:!(?:\][^\]/]*|[^\]/]+)|\][^\]/]*|[^\]!/][^\]/]*)\]"  # one out of several characters
    "|.",
    re.DOTALL,
)
"""A wildcard or a character. A bracket that is not closed is a character."""

_ESCAPES = {"[[]": "[", "[*]": "*", "[?]": "?"}
"""How to write a character that would be a wildcard."""

_NEVER = "(?!)"
"""A regular expression that nothing matches."""


def composed(text: str) -> str:
    """Return a text with composed accents."""
    return unicodedata.normalize("NFC", text)


def has_wildcards(text: str) -> bool:
    """Return whether a text means something else as a pattern than as a name."""
    return any(map(_is_wildcard, _PIECE.findall(text)))


def literal(text: str) -> str | None:
    """Return the only name that a pattern can match, `None` if there can be others.

    That is the case when all wildcards are in brackets: `[*]`, `[?]` and `[[]`.
    """
    pieces = _PIECE.findall(text)
    if any(_is_wildcard(piece) and piece not in _ESCAPES for piece in pieces):
        return None
    return "".join(_ESCAPES.get(piece, piece) for piece in pieces)


def escaped(name: str) -> str:
    """Return the pattern that matches nothing but a name."""
    return re.sub(r"[*?[]", r"[\g<0>]", name)


def _is_wildcard(piece: str) -> bool:
    return piece in ("*", "?") or len(piece) > 1


def part_regex(part: str) -> str:
    """Return the regular expression for what stands between two slashes of a pattern."""
    return "".join(map(_regex, _PIECE.findall(part)))


def _regex(piece: str) -> str:
    if piece == "*":
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if len(piece) == 1:
        return re.escape(piece)
    inside = piece[1:-1]
    negated = inside.startswith("!")
    characters = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside.removeprefix("!"))
    made = f"[{'^/' if negated else ''}{characters}]"
    try:
        re.compile(made)
    except re.error:  # such as a range from z to a
        return _NEVER
    return made


def matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """Return those of some paths that a pattern means, sorted.

    What begins with a dot, a file or a folder, is meant only by a part that begins with one.
    A path that is written like the pattern itself is meant, and no other then.
    """
    paths = {*paths}
    if pattern in paths:
        return [pattern]
    is_meant = _matcher(pattern)
    return _sorted(path for path in paths if is_meant(path))


def _sorted(paths: Iterable[str]) -> list[str]:
    return sorted({*paths}, key=lambda path: (composed(path), path))


def _matcher(pattern: str) -> Callable[[str], bool]:
    *folders, last = composed(pattern).split("/")
    any_folder, any_name = r"(?:[^/.][^/]*/)*", r"[^/.][^/]*"
    made = [any_folder if part == ANY_FOLDERS else f"{_visible(part)}/" for part in folders]
    made.append(any_folder + any_name if last == ANY_FOLDERS else _visible(last))
    regex = re.compile("".join(made), re.DOTALL)
    return lambda path: regex.fullmatch(composed(path)) is not None


def _visible(part: str) -> str:
    """Return the regular expression for a part, by which it matches no hidden file by chance."""
    regex = part_regex(part)
    return rf"(?!\.){regex}" if has_wildcards(part) and not part.startswith(".") else regex


def visible(pattern: str) -> str:
    """Return a pattern for programs by which it would mean hidden files as well."""
    parts = pattern.split("/")
    return "/".join(f"[!.]{p}" if p[:1] == "*" and p != ANY_FOLDERS else p for p in parts)


def find(pattern: str) -> list[str]:
    """Return the paths of all files that a pattern means, sorted.

    Folders are not files. A link counts as what it leads to, also when that is missing,
    but `**` does not follow links to folders.

    Raises
    ------
    OSError
        When a folder cannot be read.
    """
    parts = pattern.split("/")
    plain = next((i for i, part in enumerate(parts) if has_wildcards(part)), len(parts) - 1)
    base = "/".join(parts[:plain]) + "/" if plain else ""
    is_meant = _matcher("/".join(parts[plain:]))
    found = (path for path in _below(base, parts[plain:]) if is_meant(path.removeprefix(base)))
    return _sorted(found)


def _below(base: str, parts: list[str]) -> Iterator[str]:
    """Yield all files that can match the parts of a pattern, and perhaps others."""
    part, rest = parts[0], parts[1:]
    deep = part == ANY_FOLDERS
    is_meant = re.compile(part_regex(composed(part)), re.DOTALL)
    for entry in _entries(base):
        path = f"{base}{entry.name}"
        hidden = entry.name.startswith(".")
        if not _is_folder(entry):
            yield path
        elif deep and not hidden and not entry.is_symlink():
            yield from _below(f"{path}/", parts)
        elif rest and not deep and is_meant.fullmatch(composed(entry.name)):
            yield from _below(f"{path}/", rest)
    if deep and rest:
        yield from _below(base, rest)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder or ".") as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError):
        return []
