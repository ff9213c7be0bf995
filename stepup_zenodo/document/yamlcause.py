"""Where somebody went wrong who has written text that is not YAML, and what to do about it.

The parser tells where it cannot read on. What people look for is often elsewhere:
the line that is indented in another way than its neighbours, or the quote that is never closed.
"""

import re
from collections.abc import Iterator

import attrs
import yaml

from .nodes import LineIndex

__all__ = ("cause_in_text", "cause_of")

_KEY = re.compile(
    r"""(?P<key>[^\s:#'"\[{,&*!|>%@`-][^:#'"\[{]*|"[^"]*" *|'[^']*' *):(?P<rest>\s.*|$)"""
)
"""A key with its colon, and what follows in its line."""

_GLUED = re.compile(r"[\w-]+(?P<colon>:)(?!//)\S")
"""A key whose colon is followed by the value without a space between them."""

_GLUED_DASH = re.compile(r"-[^\W\d]")
"""A dash that is followed by a word without a space between them."""

_WORD = re.compile(r"[\w-]+\s*$")
_START = re.compile(r"(?P<indent>[ \t]*)(?P<dashes>(?:- +)*)")
_BLOCK = re.compile(r"\s*[|>][-+0-9]*\s*(?:#.*)?$")
_LONG = 60
"""Characters of a text that is not repeated in a message."""

_SHORT = 30
"""Characters of a line by which it is recognised."""

_NO_COLON = "could not find expected ':'"
_MAPPING = "mapping values are not allowed here"
_TOO_MUCH = ("expected <block end>, but found", "expected '<document start>', but found")
_QUOTES = {"'": "''", '"': '\\"'}
"""The quotes, and how one of them is written between two of its kind."""

_BRACKETS = {"[": "]", "{": "}"}


@attrs.frozen
class Cause:
    """What is wrong."""

    message: str
    """What was found."""

    line: int
    """The line, counted from 1."""

    column: int
    """The column, counted from 1."""

    hint: str
    """What to do."""


@attrs.frozen
class _Line:
    """A line that is not empty."""

    number: int
    """Counted from 1."""

    text: str
    """The line without its end."""

    indent: str
    """The white space before its first character."""

    dashes: str
    """The dashes of list items before its key or value, with the spaces behind each of them."""

    @property
    def start(self) -> int:
        """The column of what follows the dashes, counted from 0."""
        return len(self.indent) + len(self.dashes)

    @property
    def body(self) -> str:
        """What follows the dashes."""
        return self.text[self.start :]

    @property
    def column(self) -> int:
        """The column of its first character, dashes included, counted from 0."""
        return len(self.indent)

    @property
    def key(self) -> re.Match[str] | None:
        """The key that begins after the dashes."""
        return _KEY.match(self.body)

    @property
    def name(self) -> str:
        """What the line is called: by its key, if it has one."""
        if self.dashes:
            return f"the item {self.text.strip()[:_SHORT]}"
        return f"the key {self.key['key'].strip()}" if self.key else self.text.strip()[:_SHORT]

    @property
    def levels(self) -> Iterator[tuple[int, bool]]:
        """The columns of its items and its key, and whether it is an item."""
        for match in re.finditer("-", self.dashes):
            yield len(self.indent) + match.start(), True
        if self.key:
            yield self.start, False


def cause_of(text: str, lines: LineIndex, error: yaml.MarkedYAMLError) -> Cause | None:
    """Return the cause of an error, `None` if it is not one of those that are common.

    Parameters
    ----------
    text
        The text of the file.
    lines
        The places in it.
    error
        What the parser says.
    """
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return None
    place = lines.place(min(mark.index, len(text)))
    above = [*_lines_to(lines, place.line)]
    return (
        _tab(above)
        or _quote(text, lines, error)
        or _bracket(lines, error)
        or _line_cause(above, place.column - 1, error)
    )


def cause_in_text(lines: LineIndex, first: int, last: int) -> Cause | None:
    """Return what is wrong with lines that are read as a text, and look like something else.

    Parameters
    ----------
    lines
        The places in the file.
    first, last
        The lines of the text, counted from 1, which is not in quotes.
    """
    texts = [lines.line(number) or "" for number in range(first, last + 1)]
    bodies = [text.lstrip(" ") for text in texts]
    if _GLUED_DASH.match(bodies[0]):
        hint = "write a space after it, or put the text in quotes if it begins with a dash"
        column = len(texts[0]) - len(bodies[0]) + 1
        return Cause("the space after the dash is missing", first, column, hint)
    if not bodies[0].startswith("- "):
        return None
    for number, (text, body) in enumerate(zip(texts, bodies, strict=True), first):
        if number > first and body.startswith("- "):
            message = f"the item {body[:_SHORT]} is indented deeper than the item above it"
            hint = "indent both in the same way"
            return Cause(message, number, len(text) - len(body) + 1, hint)
    return None


def _lines_to(lines: LineIndex, last: int) -> Iterator[_Line]:
    """Yield the lines up to one of them, without comments and the texts of blocks."""
    block = -1
    for number in range(1, last + 1):
        text = lines.line(number) or ""
        start = _START.match(text)
        assert start is not None
        line = _Line(number, text, start["indent"], start["dashes"])
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if block >= 0 and line.column > block:
            continue
        block = line.column if line.key and _BLOCK.match(line.key["rest"]) else -1
        yield line


def _tab(above: list[_Line]) -> Cause | None:
    for line in above[-2:]:
        if "\t" in line.indent:
            column = line.indent.index("\t") + 1
            message = "a tab is used to indent this line"
            return Cause(message, line.number, column, "indent with spaces, not with tabs")
    return None


def _quote(text: str, lines: LineIndex, error: yaml.MarkedYAMLError) -> Cause | None:
    """Return where a quote opens that is not closed, or closes too early."""
    is_open = error.context == "while scanning a quoted scalar"
    mark = error.context_mark if is_open else error.problem_mark
    if mark is None:
        return None
    last = _last_token(text, mark.index)
    noticed = lines.place(mark.index).line
    if isinstance(last, yaml.ScalarToken) and last.style in _QUOTES:
        start, end = (lines.place(m.index).line for m in (last.start_mark, last.end_mark))
        if start < end == noticed:
            return _unclosed(lines, text, last.start_mark.index)
        if start == end == noticed and not is_open:
            return _after_quote(lines, last, str(error.problem))
    return _unclosed(lines, text, mark.index) if is_open else None


def _after_quote(lines: LineIndex, last: yaml.ScalarToken, problem: str) -> Cause | None:
    """Return that something follows a text in quotes."""
    place = lines.place(last.end_mark.index - 1)
    found = problem.removeprefix(_TOO_MUCH[0]).strip()
    if found == "','":
        message = "there is a comma behind the text"
        return Cause(message, place.line, place.column + 1, "remove it")
    if found != "'<scalar>'":
        return None
    message = "the text goes on after the quote that closes here"
    hint = f"write {_QUOTES[last.style]} for {last.style} inside of the text"
    return Cause(message, place.line, place.column, f"{hint}, and one pair of quotes around all")


def _unclosed(lines: LineIndex, text: str, index: int) -> Cause:
    place, mark = lines.place(index), text[index]
    message = f"the quote that opens here is not closed in line {place.line}"
    return Cause(message, place.line, place.column, f"write {mark} at the end of the text")


def _last_token(text: str, index: int) -> yaml.Token | None:
    """Return the last token that begins before a place."""
    last = None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if token.start_mark.index >= index:
                break
            if not isinstance(token, yaml.BlockEndToken | yaml.KeyToken | yaml.ValueToken):
                last = token
    except (yaml.MarkedYAMLError, ValueError, OverflowError):
        pass
    return last


def _bracket(lines: LineIndex, error: yaml.MarkedYAMLError) -> Cause | None:
    """Return where a bracket opens that is not closed."""
    is_flow = error.context in ("while parsing a flow sequence", "while parsing a flow mapping")
    if not is_flow or error.context_mark is None or error.problem_mark is None:
        return None
    opened, noticed = (lines.place(m.index) for m in (error.context_mark, error.problem_mark))
    if opened.line == noticed.line:
        return None
    bracket = (lines.line(opened.line) or "")[opened.column - 1 : opened.column]
    if bracket not in _BRACKETS:
        return None
    message = f"the {bracket} that opens here is not closed"
    hint = f"write {_BRACKETS[bracket]} at its end, and commas between its items"
    return Cause(message, opened.line, opened.column, hint)


def _line_cause(above: list[_Line], noticed: int, error: yaml.MarkedYAMLError) -> Cause | None:
    """Return what is wrong with the line where it was noticed, or with the one above it."""
    problem = str(error.problem)
    if not above or not (problem in (_MAPPING, _NO_COLON) or problem.startswith(_TOO_MUCH)):
        return None
    if problem == _NO_COLON:
        number = error.context_mark.line + 1 if error.context_mark else 0
        suspects = [line for line in above if line.number == number]
    else:
        suspects = above[-2:]
    for line in suspects:
        if found := _colon(line, is_last=line is above[-1]):
            return found
    if problem == _NO_COLON:
        return _without_colon(suspects)
    line = above[-1]
    if problem == _MAPPING and line.key and noticed > line.start + line.key.end("key"):
        value = line.key["rest"].strip()
        quoted = f": '{value}'" if len(value) <= _LONG and "'" not in value else ""
        hint = f"put the text in quotes, as it has a colon{quoted}"
        message = "there is a second colon in the line"
        return Cause(message, line.number, noticed + 1, hint)
    return _indentation(above, problem) if line.key or line.dashes else None


def _without_colon(suspects: list[_Line]) -> Cause | None:
    """Return that a line is no pair of a key and a value."""
    for line in suspects:
        if not re.search(r":(\s|$)", line.body):
            hint = "write a key, a colon, a space and the value"
            return Cause("there is no colon in this line", line.number, line.start + 1, hint)
    return None


def _colon(line: _Line, *, is_last: bool) -> Cause | None:
    """Return that a line has no colon, or no space after it."""
    start = line.start
    glued = _GLUED.match(line.body)
    if glued and not line.key:
        column = start + glued.start("colon") + 1
        hint = f"write a space after it: {line.body[: glued.end('colon')]} ..."
        return Cause("the space after the colon is missing", line.number, column, hint)
    if _WORD.match(line.body) and not line.dashes and not is_last:
        word = line.body.strip()
        hint = f"write {word}: and its value"
        return Cause("the colon after the key is missing", line.number, start + len(word), hint)
    return None


def _indentation(above: list[_Line], problem: str) -> Cause | None:
    """Return that the last line is indented in another way than its neighbours."""
    line, before = above[-1], above[:-1]
    if not before:
        return None
    if problem.startswith(_TOO_MUCH[1]) and line.column == 0:
        first = before[0]
        hint = "begin it at the start of the line, as the others"
        return Cause(f"{first.name} is indented", first.number, first.column + 1, hint)
    is_item = bool(line.dashes)
    known = [
        (abs(column - line.column), -column, -other.number)
        for other in _open(before)
        for column, of_item in other.levels
        if of_item == is_item
    ]
    if not known:
        return None
    distance, column, number = min(known)
    if distance == 0:
        return None
    neighbour = next(other for other in before if other.number == -number)
    more = "deeper" if line.column > -column else "less deep"
    message = f"{line.name} is indented {more} than {neighbour.name} in line {neighbour.number}"
    spaces = "no spaces" if column == 0 else "1 space" if column == -1 else f"{-column} spaces"
    hint = f"begin the line with {spaces}, as there"
    return Cause(message, line.number, line.column + 1, hint)


def _open(before: list[_Line]) -> Iterator[_Line]:
    """Yield the lines whose lists and mappings are not closed by a line below them, from below."""
    least = None
    for line in reversed(before):
        if least is None or line.column < least or (line.column == least and not line.dashes):
            yield line
            least = line.column if least is None else min(least, line.column)
