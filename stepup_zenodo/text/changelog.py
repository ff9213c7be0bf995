"""The section of one version in a changelog that is written in Markdown.

Headings are found as in [Keep a Changelog](https://keepachangelog.com/en/1.1.0/)
and in plainer ways: `## [1.2.0] - 2026-03-01`, `# v1.2.0 (2026-03-01)`, `## Version 1.2.0`,
also underlined ones.
"""

import re
from collections.abc import Iterator

import attrs

__all__ = ("section", "versions")

_ATX = re.compile(r" {0,3}(#{1,6})(?![^ \t])(.*)$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S+")
_OTHER_BLOCK = re.compile(r" {4}|\t| {0,3}(?:[>|]|(?:[-*+]|\d+[.)])(?:\s|$))")
_LONGEST = 1_000  # characters of a line; longer ones are no headings, and take too long to read
_NO_NAMES = frozenset({"after", "before", "from", "since", "to", "until", "upto"})
"""Words before a version that is not the one that the section is about."""


@attrs.frozen
class _Heading:
    """A heading and the line numbers around it, counted from 0."""

    level: int
    text: str
    first: int
    after: int


def section(text: str, version: str) -> str | None:
    """Return what a changelog says about exactly one version.

    Parameters
    ----------
    text
        The changelog.
    version
        The version. A leading `v` means nothing, in the changelog neither.

    Returns
    -------
    section
        The Markdown below the heading, up to the next heading of the same or a higher level,
        with the addresses of links that are defined elsewhere in the changelog.
        `None` when there is no such heading. Of several ones the first counts.
    """
    lines = _lines(text)
    headings = list(_headings(lines))
    for number, heading in enumerate(headings):
        if _version(heading.text) == _bare(version):
            later = (
                other.first for other in headings[number + 1 :] if other.level <= heading.level
            )
            end = next(later, len(lines))
            elsewhere = [*lines[: heading.first], *lines[end:]]
            body = "\n".join(lines[heading.after : end]).strip("\n")
            links = "\n".join(line for line in elsewhere if _DEFINITION.match(line))
            return f"{body}\n\n{links}\n" if body.strip() and links else body
    return None


def versions(text: str) -> tuple[str, ...]:
    """Return the versions that a changelog has sections for, in its order."""
    found = (_version(heading.text) for heading in _headings(_lines(text)))
    return tuple(dict.fromkeys(version for version in found if version and version[0].isdigit()))


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _headings(lines: list[str]) -> Iterator[_Heading]:
    """Yield the headings that are not in blocks of code, in both forms that Markdown has."""
    fence = ""
    for number, line in enumerate(lines):
        if len(line) > _LONGEST:
            continue
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        elif match := _ATX.match(line):
            yield _Heading(len(match[1]), match[2], number, number + 1)
        elif number + 1 < len(lines) and _is_text(line) and _is_below_heading(lines, number):
            underline = _UNDERLINE.match(lines[number + 1])
            if underline is not None:
                yield _Heading(1 if underline[1][0] == "=" else 2, line, number, number + 2)


def _is_text(line: str) -> bool:
    """Return whether a line can be a heading when the next one underlines it."""
    return bool(line.strip()) and _OTHER_BLOCK.match(line) is None


def _is_below_heading(lines: list[str], number: int) -> bool:
    """Return whether a paragraph begins at a line: a heading is a paragraph of one line."""
    before = lines[number - 1].strip() if number else ""
    return not before or _ATX.match(lines[number - 1]) is not None


def _version(heading: str) -> str:
    """Return the version that a heading is about, without brackets, links and a leading v."""
    plain = re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?", r" \1 ", heading)
    words = [word.strip("*_`()<>,:;") for word in plain.split()]
    words = [word for word in words if word]
    if len(words) > 1 and not words[0].lower().lstrip("v")[:1].isdigit():
        return "" if words[0].lower() in _NO_NAMES else _bare(words[1])
    return _bare(words[0]) if words else ""


def _bare(version: str) -> str:
    return re.sub(r"^[vV](?=\d)", "", version.strip())
