"""What can go wrong, who can act on it, and whether trying again can help.

```
Failure                      base: expected at run time, shown without traceback
├── Invalid                  the user must change the configuration or a file (exit status 2)
├── Refused                  carrying out the request could damage something (exit status 1)
├── Rejected                 the server understood the request and said no (exit status 1)
├── Unavailable              the server or the network does not answer; later may be better
└── UnexpectedAnswer         the server answered something that this version does not understand
```

Anything else that is raised is a bug and keeps its traceback.
"""

from typing import ClassVar

import attrs

__all__ = (
    "Failure",
    "Invalid",
    "Place",
    "Problem",
    "Refused",
    "Rejected",
    "Remark",
    "Unavailable",
    "UnexpectedAnswer",
    "printable",
)


_LONGEST_WHERE = 300
_LONGEST_TEXT = 2000


def printable(text: str) -> str:
    """Return text in which control characters are escaped.

    Names of files and messages of servers can hold terminal escape sequences.
    Line breaks and tabs are escaped as well.
    """
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _bounded(text: str, length: int) -> str:
    """Return printable text of a limited length."""
    return printable(text if len(text) <= length else f"{text[: length - 3]}...")


@attrs.frozen(order=True)
class Place:
    """A position in a configuration file."""

    file: str
    """The path of the file as the user wrote it."""

    line: int
    """Line number, counted from 1."""

    column: int
    """Column number in characters, counted from 1."""

    def __str__(self) -> str:
        return f"{printable(self.file)}:{self.line}:{self.column}"


@attrs.frozen
class Problem:
    """One thing that is wrong, and where."""

    message: str
    """What was found and what is allowed, in one sentence without full stop."""

    where: str = ""
    """The path of the value in the words of the file, e.g. `metadata.creators[1].name`."""

    place: Place | None = None
    """The position of the value, or of its parent when it is missing."""

    hint: str = ""
    """What to do, when that is not obvious: a sentence without full stop."""

    def __str__(self) -> str:
        shown = self.printed()
        parts = (str(self.place) if self.place is not None else "", shown.where, shown.message)
        text = ": ".join(part for part in parts if part)
        return f"{text} ({shown.hint})" if shown.hint else text

    def printed(self) -> "Problem":
        """Return the problem with texts that can be printed.

        Control characters are escaped, and long texts are cut:
        a file can hold keys and values of any length.
        """
        return attrs.evolve(
            self,
            message=_bounded(self.message, _LONGEST_TEXT),
            where=_bounded(self.where, _LONGEST_WHERE),
            hint=_bounded(self.hint, _LONGEST_TEXT),
        )


@attrs.frozen
class Remark:
    """What the server says about a part of a record."""

    field: str
    """Its path in the words of the server, empty when it names none."""

    message: str
    """What it says."""

    severity: str = ""
    """For the check of a community `info`, `warning` or `error`.

    Only with the last one is the record neither taken in nor published; it is always saved.
    Empty for what the server itself finds wrong.
    """

    about: str = ""
    """What the community says to explain it."""

    @property
    def forbids_publication(self) -> bool:
        """Whether the server does not publish the record as it is."""
        return self.severity in ("", "error")


class Failure(Exception):
    """An error that is shown to the user as a message, without traceback.

    Parameters
    ----------
    message
        What was tried, what was found, and what to do. May be empty when there are problems.
    problems
        Details with their places.
    """

    exit_status: ClassVar[int] = 1
    """The exit status of a command that ends with this error."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__("\n".join([*([message] if message else []), *map(str, problems)]))
        self.message = message
        self.problems = problems

    def lines(self) -> list[str]:
        """Return the lines to be shown: the message, and one line for each problem."""
        message = [printable(line) for line in self.message.splitlines()]
        return message + [str(problem) for problem in self.problems]


class Invalid(Failure):
    """The configuration or the files it names cannot be used as they are.

    Parameters
    ----------
    problems
        All problems that were found, at least one.
    """

    exit_status = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("", problems)


class Refused(Failure):
    """Doing what was asked could lose or overwrite something: a person must decide."""


class Rejected(Failure):
    """The server does not accept a request.

    Parameters
    ----------
    message
        What was tried and what the server said.
    problems
        Details with their places.
    status
        The HTTP status, or `None` when a successful answer listed errors.
    said
        What the server says about parts of the record.
    """

    def __init__(
        self,
        message: str,
        problems: tuple[Problem, ...] = (),
        status: int | None = None,
        said: tuple[Remark, ...] = (),
    ) -> None:
        super().__init__(message, problems)
        self.status = status
        self.said = said


class Unavailable(Failure):
    """The server or the network failed, also after repeated attempts."""


class UnexpectedAnswer(Failure):
    """The server sent something that is not understood."""
