"""Dates as the server reads them: a part of the extended date/time format, EDTF."""

import calendar
import re
from datetime import date

from ..document.nodes import Node
from ..jsontypes import Json
from .jsonschema import Definitions, Schema, form
from .reading import At, Kind, kind_of_value, shortened
from .scalars import Text

__all__ = ("When",)

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_UNCERTAIN = re.compile(r"(\d\d(?:\d\d|\dX|XX)(?:-(?:\d\d|XX)(?:-(?:\d\d|XX))?)?)[~?%]?", re.ASCII)
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY_OF_MONTH = r"(?:0[1-9]|[12]\d|3[01])"
_DAY_FORM = rf"\d{{4}}-{_MONTH}-{_DAY_OF_MONTH}"
_DATE_FORM = rf"\d{{4}}(?:-{_MONTH}(?:-{_DAY_OF_MONTH})?)?"
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)"
    r"(?:Z|[+-](?:(?:0\d|1[0-3])(?::[0-5]\d)?|14(?::00)?))?",
    re.ASCII,
)


@kind_of_value
class When(Kind[str]):
    """A date: a year, a month, a day, or two of them with a slash for an interval."""

    with_time: bool = False
    """Whether a time of the day is allowed."""

    only_day: bool = False
    """Whether only a day is allowed."""

    uncertain: bool = False
    """Whether digits may be unknown (X) and dates uncertain (?), approximate (~) or both (%)."""

    @property
    def words(self) -> str:
        """What is allowed."""
        if self.only_day:
            return "a day such as 2026-03-01"
        more = ", 2026-03-01T12:30:00Z" if self.with_time else ""
        more += ", 2026?, 202X" if self.uncertain else ""
        return f"a date such as 2026, 2026-03, 2026-03-01, 2026-03-01/2026-03-15{more}"

    def parse(self, node: Node, at: At) -> str:
        """Read a date."""
        text = Text(name=self.words).parse(node, at)
        if not self.is_valid(text):
            raise self.mismatch(node, at, _hint(text))
        start, _, end = text.partition("/")
        first, last = _bounds(start), _bounds(end)
        if first is not None and last is not None and last[1] < first[0]:
            message = f"found {shortened(text)}, which ends before it begins"
            raise at.wrong(message, "write the earlier date first")
        return text

    def stored(self, value: Json) -> Json:
        """Return the same, as the server stores dates as they are sent."""
        return value

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text of one of the forms; the calendar is left to the reader."""
        del definitions
        if self.only_day:
            return {"type": "string", **form(rf"^\s*{_DAY_FORM}\s*$", self.words)}
        pattern = rf"{_DATE_FORM}(?:/{_DATE_FORM})?"
        if self.with_time:
            pattern = rf"(?:{pattern}|{_DAY_FORM}T[0-9:Z+-]+)"
        pattern = r"[0-9X?~%/-]" if self.uncertain else rf"^\s*{pattern}\s*$"
        return {"type": ["string", "integer"], **form(pattern, self.words)}

    def is_valid(self, text: str) -> bool:
        """Return whether a text is a date in one of the allowed forms."""
        if self.only_day:
            return len(text) == len("2026-03-01") and _bounds(text) is not None
        if self.with_time and _is_time(text):
            return True
        start, slash, end = text.partition("/")
        is_date = _is_uncertain if self.uncertain else _bounds
        return bool(is_date(start)) and (not slash or bool(is_date(end)))


def _bounds(text: str) -> tuple[date, date] | None:
    """Return the first and last day of a year, month or day; `None` if it does not exist."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    try:
        first = date(year, month, day)
    except ValueError:
        return None
    last_month = month if match[2] else 12
    last_day = day if match[3] else calendar.monthrange(year, last_month)[1]
    return first, date(year, last_month, last_day)


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    return match is not None and _bounds(match[1]) is not None


def _is_uncertain(text: str) -> bool:
    """Return whether a text is a date of which something is not known."""
    match = _UNCERTAIN.fullmatch(text)
    return match is not None and ("X" in match[1] or _bounds(match[1]) is not None)


def _hint(text: str) -> str:
    if any(_DATE.fullmatch(part) and _bounds(part) is None for part in text.split("/")):
        return "there is no such day in the calendar"
    match = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text, re.ASCII)
    if match is not None:
        return f"write the year first, then month and day: {match[3]}-MM-DD"
    if re.match(r"\d{4}-\d\d-\d\d \d\d:", text, re.ASCII):
        return "write a T between the day and the time"
    return ""
