"""The simple values of the configuration: texts, numbers, addresses."""

import html
import re

import attrs

from ..document.nodes import MapNode, Node, ScalarKind, ScalarNode, forbidden_character
from ..jsontypes import Json, given
from ..terms.identifiers import expected, is_valid
from ..text.counting import counted
from ..text.plain import stored_text
from .jsonschema import ANY_CASE, Definitions, Schema, any_of, any_text, form
from .reading import At, Kind, Unreadable, closest, did_you_mean, kind_of_value, plain, shortened

__all__ = (
    "Address",
    "Decimal",
    "EmptyableText",
    "English",
    "Html",
    "OneOf",
    "StandardNumber",
    "StoredHtml",
    "Text",
    "Truth",
    "Whole",
    "html_text",
)

_LONG = 20
"""From how many characters on nothing of importance can vanish when a text is stored."""

_HOST = re.compile(
    r"(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,}\.?"
    r"|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[a-f0-9]*:[a-f0-9:]+\])",
    re.IGNORECASE,
)


@kind_of_value
class EmptyableText(Kind[str]):
    """What is written as a text, which may be empty for some fields."""

    can_be_empty: bool = attrs.field(default=False, kw_only=True)
    """Whether the empty text empties the field."""

    @property
    def emptied(self) -> str:
        """How to write that the field is to be emptied."""
        return '""' if self.can_be_empty else ""


@kind_of_value
class Text(EmptyableText):
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

    def parse(self, node: Node, at: At) -> str:
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
            what = f"{shortened(text)} of {counted(len(text), 'character')}"
            hint = ""
        else:
            what = "a text without visible characters" if text else "an empty text"
            hint = "" if at.written.endswith("]") else at.without_key
        return at.wrong(f"found {what}, expected {self.words}", hint)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text within its limits."""
        del definitions
        limits: Schema = {} if self.can_be_empty else {"minLength": self.shortest}
        if self.longest is not None:
            limits["maxLength"] = self.longest
        return {"type": "string", **limits} if self.strict else any_text(**limits)


_TAG_OR_ENTITY = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z][a-zA-Z0-9]*|#\d+|#x[0-9a-fA-F]+);")


def html_text(text: str) -> str:
    """Return a text as HTML: as it is if it has tags, else with a paragraph for each block."""
    if _TAG_OR_ENTITY.search(text):
        return text
    blocks = re.split(r"\n[ \t]*\n", text.strip())
    paragraphs = (html.escape(block.strip(), quote=False) for block in blocks)
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


class StoredHtml(str):
    """HTML in the form in which the server stores it."""

    __slots__ = ()


@kind_of_value
class Html(Text):
    """A text that the server shows as HTML, written as text or as HTML."""

    blocks: bool = True
    """Whether text outside of paragraphs is put into paragraphs."""

    def sent(self, value: str) -> Json:
        """Return HTML in the form in which the server stores it."""
        if isinstance(value, StoredHtml):
            return value
        return self.stored(html_text(value) if self.blocks else value)

    def stored(self, value: Json) -> Json:
        """Return HTML as the server stores it, completed and cleaned.

        It is read as HTML also if it has no tags, unlike by the server,
        which then decodes character references first: send the result instead of the value.
        """
        from ..text.markup import clean_html

        return (
            clean_html(value, blocks=self.blocks).html if isinstance(value, str) else plain(value)
        )


@kind_of_value
class English(Kind[str]):
    """A text for which the server has a mapping from languages, of which Zenodo knows English."""

    text: Kind[str]
    """What the text may be."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return self.text.words

    def parse(self, node: Node, at: At) -> str:
        """Read the text."""
        return self.text.parse(node, at)

    def sent(self, value: str) -> Json:
        """Return the text with its language."""
        return {"en": self.text.sent(value)}

    def stored(self, value: Json) -> Json:
        """Return texts by language as they are stored."""
        if not isinstance(value, dict):
            return self.text.stored(value)
        return given(**{code: self.text.stored(text) for code, text in value.items()})

    def taken_back(self, value: Json) -> Json:
        """Return the text if there is no other language."""
        return value["en"] if isinstance(value, dict) and value.keys() == {"en"} else value

    def where(self, parts: tuple[str, ...]) -> str:
        """Return nothing for a language and what the server may say about it."""
        return "" if parts and re.fullmatch("[a-z]{2}", parts[0]) else super().where(parts)

    def schema(self, definitions: Definitions) -> Schema:
        """Return the schema of the text."""
        return self.text.schema(definitions)


@kind_of_value
class OneOf(Kind[str]):
    """One of a few words, in any case."""

    options: tuple[str, ...]
    """The words."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"one of {', '.join(self.options)}" if len(self.options) > 1 else self.options[0]

    def parse(self, node: Node, at: At) -> str:
        """Read one of the words."""
        text = Text().parse(node, at).lower()
        if text not in self.options:
            raise self.mismatch(node, at, did_you_mean(closest(text, self.options)))
        return text

    def schema(self, definitions: Definitions) -> Schema:
        """Return the words."""
        del definitions
        return any_of({"enum": [*self.options]}, ANY_CASE)


@kind_of_value
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

    def parse(self, node: Node, at: At) -> int:
        """Read a number in decimal notation."""
        if not isinstance(node, ScalarNode) or node.kind is not ScalarKind.INTEGER:
            raise self.mismatch(node, at)
        is_decimal = re.fullmatch(r"-?(?:0|[1-9][0-9]{0,8})", node.text) is not None
        if not is_decimal or not self.low <= int(node.text) <= self.high:
            raise self.mismatch(node, at)
        return int(node.text)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a number within its limits."""
        del definitions
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@kind_of_value
class Decimal(Kind[int | float]):
    """A number."""

    whole: bool = False
    """Whether only whole numbers are allowed."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return "a whole number" if self.whole else "a number"

    def parse(self, node: Node, at: At) -> int | float:
        """Read a number in decimal notation."""
        text = node.text if isinstance(node, ScalarNode) and not node.quoted else ""
        if re.fullmatch(r"[+-]?[0-9]{1,15}", text):
            return int(text)
        pattern = r"[+-]?[0-9]{1,15}\.[0-9]{0,15}(?:[eE][+-]?[0-9]{1,2})?"
        if self.whole or not re.fullmatch(pattern, text):
            raise self.mismatch(node, at)
        return float(text)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a number."""
        del definitions
        return {"type": "integer" if self.whole else "number"}


@kind_of_value
class Truth(Kind[bool]):
    """Yes or no."""

    words = "true or false"

    def parse(self, node: Node, at: At) -> bool:
        """Read a truth value."""
        if not isinstance(node, ScalarNode) or node.kind is not ScalarKind.TRUTH:
            raise self.mismatch(node, at)
        return node.text.lower() in ("true", "yes", "on")

    def schema(self, definitions: Definitions) -> Schema:
        """Return a truth value, or one of the words that YAML once took for one."""
        del definitions
        words = r"^(?:[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$"
        return any_of({"type": "boolean"}, {"type": "string", "pattern": words})


@kind_of_value
class Address(EmptyableText):
    """The address of a page in the web, as the server checks it."""

    words = "a web address, for example https://example.org/page"

    def parse(self, node: Node, at: At) -> str:
        """Read an address."""
        text = Text(name=self.words, can_be_empty=self.can_be_empty).parse(node, at)
        if text and not _is_address(text):
            raise self.mismatch(node, at, _address_hint(text))
        if re.match(r"[^/]*//[^/?]*:[^/?]*@", text):
            hint = "remove everything between // and @"
            raise at.wrong("the address holds a password, which would become public", hint)
        return text

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text that begins like an address."""
        del definitions
        pattern = r"^\s*(?:[Hh][Tt][Tt][Pp][Ss]?|[Ff][Tt][Pp][Ss]?)://"
        if self.can_be_empty:
            pattern = rf"{pattern}|^\s*$"
        return {"type": "string", **form(pattern, self.words)}


@kind_of_value
class StandardNumber(Kind[str]):
    """An ISSN or ISBN, which the server checks but stores as it is."""

    scheme: str
    """The scheme."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"an {self.scheme.upper()}, {expected(self.scheme)}"

    def parse(self, node: Node, at: At) -> str:
        """Read a number with a check digit."""
        text = Text(name=self.words).parse(node, at)
        if not is_valid(self.scheme, text):
            raise self.mismatch(node, at)
        return text

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text: check digits are left to the reader."""
        del definitions
        return any_text()


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
