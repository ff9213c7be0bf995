"""The simple values of the configuration: texts, numbers, ids, addresses."""

import re

import attrs

from ..document.nodes import MapNode, Node, ScalarKind, ScalarNode, forbidden_character
from ..errors import Problem
from ..terms.identifiers import expected, is_valid, normalize, ror_checksum
from ..terms.vocabularies import ids, suggest
from ..text.plain import stored_text
from .reading import At, Kind, Unreadable, closest, did_you_mean, shortened

__all__ = (
    "Address",
    "Choice",
    "Ror",
    "Term",
    "Text",
    "Truth",
    "UnknownTerm",
    "Whole",
)

_SHORT_LIST = 15
"""How many ids a message names always."""

_LONG_LIST = 50
"""How many ids a message names when it has nothing better to propose."""

_SOURCES = {
    "languages": "look it up in ISO 639-3, for example eng, fra, nld",
    "licenses": "look it up at https://spdx.org/licenses/",
}
"""Where to find the ids of long vocabularies."""

_LONG = 20
"""From how many characters on nothing of importance can vanish when a text is stored."""

_HOST = re.compile(
    r"(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,}\.?"
    r"|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[a-f0-9]*:[a-f0-9:]+\])",
    re.IGNORECASE,
)


@attrs.frozen
class _Words(Kind[str]):
    """What is written as a text, which may be empty for some fields."""

    can_be_empty: bool = attrs.field(default=False, kw_only=True)
    """Whether the empty text empties the field."""

    @property
    def emptied(self) -> str:
        """How to write that the field is to be emptied."""
        return '""' if self.can_be_empty else ""


@attrs.frozen
class Text(_Words):
    """A text, without white space around it."""

    shortest: int = 1
    """The smallest number of characters, apart from the empty text that empties the field."""

    longest: int | None = None
    """The largest number of characters."""

    strict: bool = False
    """Whether numbers must be in quotes, because their digits matter."""

    name: str = "a text"
    """What it is in the language of users, with article."""

    trim: bool = True
    """Whether white space around the text is removed."""

    @property
    def words(self) -> str:
        """What is allowed."""
        if self.longest is not None:
            return f"{self.name} of at most {self.longest} characters"
        if self.shortest > 1:
            return f"{self.name} of at least {self.shortest} characters"
        return self.name

    def take(self, node: Node, at: At) -> str:
        """Read a text, or the characters of a value that would be something else in Python."""
        if not isinstance(node, ScalarNode):
            is_map = isinstance(node, MapNode)
            hint = "put a text that contains a colon in quotes" if is_map else ""
            raise self.mismatch(node, at, hint)
        if self.strict and node.kind in (ScalarKind.INTEGER, ScalarKind.NUMBER):
            raise self.mismatch(node, at, f'put it in quotes: "{node.text}"')
        index = forbidden_character(node.text)
        if index is not None:
            message = f"the character U+{ord(node.text[index]):04X} is not allowed in a text"
            raise at.wrong(message, "remove it")
        text = node.text.strip() if self.trim else node.text
        stored = stored_text(text) if self.trim and len(text) < _LONG else text
        too_short = len(stored) < self.shortest and not (self.can_be_empty and not text)
        if too_short or (self.longest is not None and len(text) > self.longest):
            raise self.wrong_length(text, at)
        return text

    def wrong_length(self, text: str, at: At) -> Unreadable:
        """Note that a text is too short or too long."""
        if text and stored_text(text):
            what = f"{shortened(text)} of {len(text)} characters"
            hint = ""
        else:
            what = "a text without visible characters" if text else "an empty text"
            hint = "" if at.written.endswith("]") else at.without_key
        return at.wrong(f"found {what}, expected {self.words}", hint)


@attrs.frozen
class Choice(Kind[str]):
    """One of a few words, in any case."""

    options: tuple[str, ...]
    """The words."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"one of {', '.join(self.options)}" if len(self.options) > 1 else self.options[0]

    def take(self, node: Node, at: At) -> str:
        """Read one of the words."""
        text = Text().take(node, at).lower()
        if text not in self.options:
            raise self.mismatch(node, at, did_you_mean(closest(text, self.options)))
        return text


@attrs.frozen
class UnknownTerm(Problem):
    """An id that the shipped vocabularies lack; the server may know it nevertheless."""

    vocabulary: str = ""
    """The name of the vocabulary, as in `vocabularies.NAMES`."""

    id: str = ""
    """The id."""


@attrs.frozen
class Term(_Words):
    """An id of a controlled vocabulary, in any case, also written as a mapping `{id: ...}`."""

    vocabulary: str
    """The name of the vocabulary, as in `vocabularies.NAMES`."""

    also: tuple[str, ...] = ()
    """Ids that are accepted although the vocabulary lacks them."""

    @property
    def words(self) -> str:
        """What is allowed."""
        options = (*ids(self.vocabulary), *self.also)
        if len(options) <= _SHORT_LIST:
            return f"one of {', '.join(options)}"
        return f"an id of the vocabulary {self.vocabulary.replace('_', ' ')}"

    def take(self, node: Node, at: At) -> str:
        """Read an id."""
        kind = Text(name=self.words, can_be_empty=self.can_be_empty)
        text = kind.take(self.without_mapping(node, at), at)
        term = text.lower()
        if not term:
            return term
        also = (*self.also, *at.reading.known.get(self.vocabulary, ()))
        if term not in ids(self.vocabulary) and term not in also:
            raise self.unknown(text, at)
        return term

    def without_mapping(self, node: Node, at: At) -> Node:
        """Return the value of the only key `id` of a mapping."""
        if not isinstance(node, MapNode):
            return node
        value = node.only("id")
        if value is None:
            names = ", ".join(entry.key for entry in node.entries)
            message = f"found a mapping with the keys {names}, expected {self.words}"
            raise at.wrong(message, "write the id alone")
        return value

    def unknown(self, text: str, at: At) -> Unreadable:
        """Note that an id is not in the vocabulary."""
        at.reading.proposals -= 1
        close = suggest(self.vocabulary, text) if at.reading.proposals >= 0 else ()
        options = (*ids(self.vocabulary), *self.also)
        if close:
            hint = f"did you mean {' or '.join(close)}?"
        elif _SHORT_LIST < len(options) <= _LONG_LIST:
            hint = f"allowed are {', '.join(options)}"
        else:
            hint = _SOURCES.get(self.vocabulary, "")
        message = f"found {shortened(text)}, expected {self.words}"
        return at.note(
            UnknownTerm(message, at.written, at.place, hint, self.vocabulary, text.lower())
        )


@attrs.frozen
class Ror(Kind[str]):
    """The id of an organization at ror.org, alone or as an address."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"an id of ror.org, {expected('ror')}"

    def take(self, node: Node, at: At) -> str:
        """Read an id and return the nine characters that the server knows."""
        text = Text(name=self.words).take(node, at)
        ror = normalize("ror", text)
        if not is_valid("ror", text):
            raise self.mismatch(node, at, "look it up at https://ror.org/")
        if ror_checksum(ror) != ror[7:]:
            hint = "look it up at https://ror.org/: its characters do not belong together"
            raise self.mismatch(node, at, hint)
        return ror


@attrs.frozen
class Whole(Kind[int]):
    """A whole number."""

    low: int
    """The smallest number."""

    high: int
    """The largest number."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"a whole number from {self.low} to {self.high}"

    def take(self, node: Node, at: At) -> int:
        """Read a number in decimal notation."""
        if not isinstance(node, ScalarNode) or node.kind is not ScalarKind.INTEGER:
            raise self.mismatch(node, at)
        is_decimal = re.fullmatch(r"-?(?:0|[1-9][0-9]{0,8})", node.text) is not None
        if not is_decimal or not self.low <= int(node.text) <= self.high:
            raise self.mismatch(node, at)
        return int(node.text)


@attrs.frozen
class Truth(Kind[bool]):
    """Yes or no."""

    words = "true or false"

    def take(self, node: Node, at: At) -> bool:
        """Read a truth value."""
        if not isinstance(node, ScalarNode) or node.kind is not ScalarKind.TRUTH:
            raise self.mismatch(node, at)
        return node.text.lower() in ("true", "yes", "on")


@attrs.frozen
class Address(_Words):
    """The address of a page in the web, as the server checks it."""

    words = "a web address, for example https://example.org/page"

    def take(self, node: Node, at: At) -> str:
        """Read an address."""
        text = Text(name=self.words, can_be_empty=self.can_be_empty).take(node, at)
        if text and not _is_address(text):
            raise self.mismatch(node, at, _address_hint(text))
        if re.match(r"[^/]*//[^/?]*:[^/?]*@", text):
            hint = "remove everything between // and @"
            raise at.wrong("the address holds a password, which would become public", hint)
        return text


def _is_address(text: str) -> bool:
    """Return whether the server accepts a text as address, as probed in `tests/verdicts.py`."""
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in ("http", "https", "ftp", "ftps"):
        return False
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    user, at_sign, host = authority.rpartition("@")
    if (
        at_sign
        and re.fullmatch(r"(?:[a-z0-9\-._~!$&'()*+,;=:]|%[0-9a-f]{2})*", user, re.IGNORECASE)
        is None
    ):
        return False
    name = re.sub(r":\d+$", "", host)
    path = rest[len(authority) :]
    return _HOST.fullmatch(name) is not None and re.search(r"\s", path) is None


def _address_hint(text: str) -> str:
    match = re.fullmatch(r"(?:ssh://)?git@([^:/]+)[:/](.+?)(?:\.git)?/?", text)
    if match is not None:
        return f"write the address of the page: https://{match[1]}/{match[2]}"
    if ":" not in text and _is_address(f"https://{text}"):
        return f"write https://{text}"
    return "it begins with http, https, ftp or ftps, and its host has a dot in its name"
