"""Problems as they are shown on a terminal: with the line of the file and a caret below it."""

import unicodedata
from collections.abc import Callable

import attrs

from ..errors import Failure, Place, Problem, printable
from .nodes import LineIndex

__all__ = ("Look", "excerpt_lines")

_CUT = "..."
_NARROWEST = 20  # columns for the line of the file, also where the terminal has fewer

_Source = Callable[[str], str | None]
"""Returns the text of a file, `None` when it cannot be read."""


@attrs.frozen
class Look:
    """What a terminal can do."""

    width: int = 80
    """The number of columns."""

    color: bool = False
    """Whether to use colours, by the control sequences of ECMA-48."""

    def bold(self, text: str) -> str:
        """Return a text that stands out."""
        return self._styled("1", text)

    def red(self, text: str) -> str:
        """Return a text that marks what is wrong."""
        return self._styled("1;31", text)

    def dim(self, text: str) -> str:
        """Return a text that can be overlooked."""
        return self._styled("2", text)

    def cyan(self, text: str) -> str:
        """Return a text that helps."""
        return self._styled("36", text)

    def _styled(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


def excerpt_lines(failure: Failure, source: _Source, look: Look) -> list[str]:
    """Return the lines to be shown on a terminal for an error.

    Each problem that has a place is followed by the line of the file,
    a caret below the column, and the advice.

    Parameters
    ----------
    failure
        The error. Its message and problems are made printable here.
    source
        Returns the texts of files.
    look
        What the terminal can do.
    """
    lines = [printable(line) for line in failure.message.splitlines()]
    for problem in failure.problems:
        lines += _problem_lines(problem, source, look)
    if len(failure.problems) > 1:
        lines.append(look.bold(f"{len(failure.problems)} problems"))
    return lines


def _problem_lines(problem: Problem, source: _Source, look: Look) -> list[str]:
    problem = problem.printed()
    parts = [] if problem.place is None else [look.bold(str(problem.place))]
    parts += [problem.where] if problem.where else []
    lines = [": ".join([*parts, look.red(problem.message)])]
    gutter = "  "
    if problem.place is not None:
        text = _line(source(problem.place.file), problem.place)
        if text is not None:
            number = str(problem.place.line)
            gutter = " " * (len(number) + 2)
            room = max(_NARROWEST, look.width - len(gutter) - 3)
            shown, cells = _window(text, problem.place.column - 1, room)
            lines.append(f"{look.dim(f' {number} |')} {shown}".rstrip())
            lines.append(f"{look.dim(f'{gutter}|')} {' ' * cells}{look.red('^')}")
    if problem.hint:
        lines.append(f"{look.dim(f'{gutter}=')} {look.cyan(problem.hint)}")
    return lines


def _line(text: str | None, place: Place) -> str | None:
    """Return one line of a file; `None` when the file has not so many lines any more."""
    return (
        None
        if text is None
        else LineIndex(text.removeprefix("\ufeff"), place.file).line(place.line)
    )


def _window(line: str, index: int, room: int) -> tuple[str, int]:
    """Return the part of a line around a character, and the columns before that character."""
    chars = [char if char.isprintable() else " " for char in line]
    # What is further away than the room cannot be shown, and a file can be a single long line.
    start, end = max(0, index - room), min(len(chars), index + room)
    while _cells(chars[start:end]) + len(_CUT) * ((start > 0) + (end < len(chars))) > room:
        if end - 1 > index and (start >= index or end - index >= index - start):
            end -= 1
        else:
            start += 1
    first, last = (_CUT if start else ""), (_CUT if end < len(chars) else "")
    shown = f"{first}{''.join(chars[start:end])}{last}"
    return shown, len(first) + _cells(chars[start:index])


def _cells(chars: list[str]) -> int:
    """Return how many columns characters take: two for wide ones, none for combining ones."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in chars
    )
