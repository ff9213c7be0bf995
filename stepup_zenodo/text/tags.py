"""HTML as a sequence of tags and texts, in time proportional to its length for any input.

Only what is needed to read descriptions: character references need their semicolon
(the server takes others literally), and what is no tag is text.
"""

import html
import re
from collections.abc import Iterator, Mapping
from html.entities import html5

import attrs

__all__ = ("EndTag", "StartTag", "TextToken", "Token", "tokens")

_NAME = re.compile(r"[a-z][^\s/>]*", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?:>|([^\s/>][^\s/>=]*)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|(?!["'])([^\s>]+)))?)"""
)
_REFERENCE = re.compile(r"&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]*);", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_RAW = frozenset(
    {
        *("canvas", "iframe", "math", "noembed", "noframes"),
        *("script", "style", "svg", "template", "title"),
    }
)
"""Elements whose content is no text for readers."""


@attrs.frozen
class StartTag:
    """A tag that opens an element, or an empty element."""

    name: str
    attributes: Mapping[str, str]


@attrs.frozen
class EndTag:
    """A tag that closes an element."""

    name: str


@attrs.frozen
class TextToken:
    """Text with its character references decoded."""

    data: str


Token = StartTag | EndTag | TextToken


def tokens(source: str) -> Iterator[Token]:
    """Return the tags and texts of an HTML source.

    Comments, processing instructions and document types are left out,
    and so is the content of scripts, styles and other embedded matter.
    """
    return _Reader(source).tokens()


def _decoded(text: str) -> str:
    """Replace character references."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found[1]
    return html.unescape(found[0]) if name.startswith("#") else html5.get(f"{name};", found[0])


class _Reader:
    """Reads one source from beginning to end.

    What was searched for in vain is remembered: a second search would take quadratic time.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.missing: set[str] = set()
        self.position = 0

    def tokens(self) -> Iterator[Token]:
        """Return everything from the current position on."""
        size = len(self.source)
        while self.position < size:
            start = self.source.find("<", self.position)
            start = size if start < 0 else start
            if start > self.position:
                yield TextToken(_decoded(self.source[self.position : start]))
            self.position = start
            if start < size:
                yield from self._markup()

    def _markup(self) -> Iterator[Token]:
        """Read what starts with `<`."""
        second = self.source[self.position + 1 : self.position + 2]
        if second in ("!", "?"):
            yield from self._comment()
        elif second == "/" and _NAME.match(self.source, self.position + 2):
            yield from self._tag(self.position + 2)
        elif _NAME.match(self.source, self.position + 1):
            yield from self._tag(self.position + 1)
        else:
            yield self._literally()

    def _literally(self) -> TextToken:
        """Take `<` as text."""
        self.position += 1
        return TextToken("<")

    def _comment(self) -> Iterator[Token]:
        """Pass over a comment; one without end is text."""
        if self.source.startswith("<!--", self.position):
            found = None if "-->" in self.missing else _COMMENT.match(self.source, self.position)
            end = found.end() if found else -1
            if end < 0:
                self.missing.add("-->")
        else:
            end = self._find(">") + 1
        if end > 0:
            self.position = end
        else:
            yield self._literally()

    def _find(self, text: str) -> int:
        """Return the next position of a text, or -1."""
        position = -1 if text in self.missing else self.source.find(text, self.position)
        if position < 0:
            self.missing.add(text)
        return position

    def _tag(self, position: int) -> Iterator[Token]:
        """Read a tag whose name is at a position; one without end is text."""
        name = _NAME.match(self.source, position)
        simple_end = self._find(">")
        if name is None or simple_end < 0:
            yield self._literally()
            return
        attributes, end = self._attributes(name.end(), simple_end)
        is_start = position == self.position + 1
        self.position = end
        lower = name[0].lower()
        yield StartTag(lower, attributes) if is_start else EndTag(lower)
        if is_start and lower in _RAW:
            self._pass_over(lower)

    def _attributes(self, position: int, simple_end: int) -> tuple[dict[str, str], int]:
        """Read attributes, and return them with the position behind the tag.

        After a quote that is never closed, all tags end at their first `>`.
        """
        limit = simple_end + 1 if "quote" in self.missing else len(self.source)
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(self.source, position, limit):
            if found[1] is None:
                return attributes, found.end()
            value = next((text for text in found.groups()[1:] if text is not None), "")
            attributes.setdefault(found[1].lower(), _decoded(value))
            position = found.end()
        self.missing.add("quote")
        return attributes, simple_end + 1

    def _pass_over(self, name: str) -> None:
        """Pass over everything up to the end tag of an element, if it has one."""
        if name not in self.missing:
            end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(
                self.source, self.position
            )
            if end:
                self.position = end.start()
            else:
                self.missing.add(name)
