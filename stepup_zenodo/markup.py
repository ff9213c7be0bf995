"""HTML in the form in which the server stores it.

The server passes every HTML text through the package bleach,
with the tags and attributes of the setting `ALLOWED_HTML_TAGS` of invenio-config 1.1,
and completes it to a tree as browsers do.
`clean_html` gives a text that comes through this unchanged:
balanced, with nothing that is not allowed, and with one way to write each thing.
Where something cannot be kept, the nearest allowed thing takes its place.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import attrs

from .tags import EndTag, StartTag, Text, tokens
from .texts import stored_html_source, stored_text

__all__ = ("Cleaned", "Lost", "clean_html")

_FORMATTING = frozenset({"a", "b", "code", "em", "i", "strike", "strong", "u"})
_INLINE = _FORMATTING | {"abbr", "acronym", "span", "sub", "sup"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_LISTS = frozenset({"ol", "ul"})
_CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"table", "tbody", "tr"})
_BLOCKS = _HEADINGS | _LISTS | _CELLS | _ROWS | {"blockquote", "div", "li", "p", "pre"}
_LEAVES = _HEADINGS | {"p", "pre"}
"""Blocks that hold no other blocks."""

_SAME = {
    "cite": "em",
    "del": "strike",
    "dfn": "em",
    "ins": "u",
    "kbd": "code",
    "s": "strike",
    "samp": "code",
    "tfoot": "tbody",
    "thead": "tbody",
    "tt": "code",
    "var": "i",
}
"""Allowed elements that look like those that are not allowed."""

_TITLES = frozenset({"caption", "dt", "h6", "legend", "summary"})
"""Elements that become a bold paragraph."""

_SECTIONS = frozenset(
    "address article aside body center dd details dialog dl fieldset figcaption figure footer form "
    "header hgroup html main nav section".split()
)
"""Elements that become a `div`."""

_SILENT = frozenset("col colgroup font head hr mark meta picture q small source wbr".split())
"""Elements whose tags are of little consequence: their loss is not reported."""

_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "a": ("class", "href", "name", "rel", "title"),
    "abbr": ("class", "title"),
    "acronym": ("class", "title"),
}
_ADDRESS = re.compile(r"(https?://|mailto:)[^\s\x00-\x1f]", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_DEEPEST = 50  # open elements; deeper ones are dissolved, so that no reader of the result suffers
_MOST_ROUNDS = 5


@attrs.frozen
class Lost:
    """What an HTML text held and the cleaned one does not."""

    images: tuple[str, ...]
    """Addresses, or alternative texts of those without."""

    links: tuple[str, ...]
    """Addresses that mean nothing outside of their file, and those of unknown kinds."""

    tags: tuple[str, ...]
    """Names of elements without a counterpart."""

    too_deep: bool
    """Whether elements were dissolved because of the depth of nesting."""


@attrs.frozen
class Cleaned:
    """The result of `clean_html`."""

    html: str
    lost: Lost


def clean_html(source: str, *, blocks: bool = True) -> Cleaned:
    """Return an HTML text as the server stores it and without what it does not store.

    Cleaning the result again changes nothing, and the server stores it byte by byte.

    Parameters
    ----------
    source
        Any text, it need not be valid HTML.
        Scripts, styles and other embedded matter are left out with their content.
    blocks
        Whether text outside of paragraphs is put into paragraphs.
        Without, a short text (a copyright statement) remains without tags.
    """
    read = stored_html_source if blocks else stored_text
    tree = _Tree()
    tree.feed(read(source))
    html = _written(tree.root, blocks=blocks)
    # Decoded character references can be something that the server rewrites.
    for _ in range(_MOST_ROUNDS):
        before, again = html, _Tree()
        again.feed(read(html))
        html = _written(again.root, blocks=blocks)
        if html == before:
            break
    return Cleaned(html, tree.lost())


@attrs.define
class _Element:
    """A node of the tree; the root has no name."""

    name: str
    attributes: Mapping[str, str] = attrs.field(factory=dict)
    children: list["_Element | str"] = attrs.field(factory=list)


@attrs.frozen
class _Open:
    """An element that is not closed yet: its name in the source, and where its content goes."""

    name: str
    element: _Element


class _Tree:
    """Builds a tree that browsers would build as well from its own source."""

    def __init__(self) -> None:
        self.root = _Element("")
        self._open = [_Open("", self.root)]
        self._images: dict[str, None] = {}
        self._links: dict[str, None] = {}
        self._tags: dict[str, None] = {}
        self._too_deep = False

    def lost(self) -> Lost:
        """Return what was left out so far."""
        return Lost(
            tuple(self._images), tuple(self._links), tuple(sorted(self._tags)), self._too_deep
        )

    def feed(self, source: str) -> None:
        """Add a text to the tree."""
        for token in tokens(source):
            match token:
                case Text(data):
                    self._text(data)
                case EndTag(name):
                    self._end(_SAME.get(name, name))
                case StartTag(name, attributes):
                    self._start(_SAME.get(name, name), attributes)

    # Reading tags

    def _text(self, data: str) -> None:
        if self._inside(_ROWS):
            if not data.strip():
                return
            self._ensure_cell()
        self._top.children.append(data)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "img":
            self._image(attributes)
        elif name == "br":
            self._line_break()
        elif name == "input":
            self._check_box(attributes)
        elif len(self._open) > _DEEPEST:
            self._too_deep = True
        elif name in _INLINE:
            self._start_inline(name, attributes)
        elif name in _BLOCKS or name in _SECTIONS or name in _TITLES:
            self._start_block(name, attributes)
        elif name not in _SILENT:
            self._tags[name] = None

    def _start_inline(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._inside(_ROWS):
            self._ensure_cell()
        kept = self._kept(name, attributes)
        if name == "a" and self._is_open("a", _BLOCKS):
            self._end("a")
        # Browsers count equal formatting elements within each other and drop some.
        nested = name in _FORMATTING and self._is_open(name, frozenset())
        if nested or (name == "a" and not kept):
            self._open.append(_Open(name, self._top))
        else:
            self._push(name, _Element(name, kept))

    def _start_block(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._is_open("pre", _CELLS):
            return
        for leaf in _LEAVES | _TITLES:
            self._close(leaf, _CELLS)
        if name in _ROWS - {"table"} or name in _CELLS:
            self._start_table_part(name, attributes)
            return
        if name == "caption" and self._top.name == "table":
            self._start_caption()
            return
        if self._inside(_ROWS):
            self._ensure_cell()
        if name == "li":
            self._close("li", _LISTS | _CELLS | {"blockquote", "table"})
        if name in _TITLES:
            self._push(name, _Element("p"))
            self._push(name, _Element("strong"))
        else:
            real = "div" if name in _SECTIONS else name
            self._push(name, _Element(real, self._kept(real, attributes)))

    def _start_table_part(self, name: str, attributes: Mapping[str, str]) -> None:
        """Open a part of a table after closing and opening what is between it and the table."""
        if not self._is_open("table", frozenset()):
            return
        closed = {"tbody": ("tbody",), "tr": ("tr",)}.get(name, ("td", "th"))
        for other in closed:
            self._close(other, frozenset({"table"}))
        self._ensure({"tbody": "table", "tr": "tbody"}.get(name, "tr"))
        self._push(name, _Element(name, self._kept(name, attributes)))

    def _start_caption(self) -> None:
        """Put a caption in front of its table."""
        table = self._open[-1].element
        siblings = self._open[-2].element.children
        paragraph = _Element("p", {}, [_Element("strong")])
        siblings.insert(next(i for i, child in enumerate(siblings) if child is table), paragraph)
        strong = paragraph.children[0]
        assert isinstance(strong, _Element)
        self._open += [_Open("caption", paragraph), _Open("caption", strong)]

    def _end(self, name: str) -> None:
        if name in _INLINE:
            self._end_inline(name)
        elif name in _ROWS:
            self._close(name, frozenset() if name == "table" else frozenset({"table"}))
        elif name in _CELLS:
            self._close(name, frozenset({"table"}))
        elif name in _BLOCKS or name in _SECTIONS or name in _TITLES:
            self._close(name, _CELLS)

    def _end_inline(self, name: str) -> None:
        """Close an inline element, and open again what was opened within."""
        if not self._is_open(name, _BLOCKS - _HEADINGS - {"div", "p"}):
            return
        reopened: list[_Open] = []
        while (last := self._open.pop()).name != name:
            if last.name in _INLINE:
                reopened.append(last)
        for entry in reversed(reopened):
            if entry.element is not self._top:
                self._push(entry.name, _Element(entry.name, entry.element.attributes))

    def _image(self, attributes: Mapping[str, str]) -> None:
        """Show an image as its alternative text, with a link to it if that can work."""
        source = attributes.get("src", "").strip()
        label = " ".join(attributes.get("alt", "").split())
        self._images[source if source and not source.startswith("data:") else label] = None
        in_link = self._is_open("a", frozenset())
        is_link = bool(_address(source)) and not source.lower().startswith("mailto:")
        if not label and (in_link or is_link) and not source.startswith("data:"):
            label = source.partition("?")[0].rstrip("/").rpartition("/")[2] or "image"
        if is_link and not in_link:
            self._start_inline("a", {"href": source})
            self._text(label)
            self._end("a")
        else:
            self._text(label)

    def _line_break(self) -> None:
        if self._inside(_ROWS):
            return
        in_pre = self._is_open("pre", _CELLS)
        self._top.children.append("\n" if in_pre else _Element("br"))

    def _check_box(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("type", "").lower() == "checkbox":
            self._text("☑" if "checked" in attributes else "☐")
        else:
            self._tags["input"] = None

    def _kept(self, name: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """Return the attributes that the server keeps and that have a meaning."""
        kept = {}
        for key in _ATTRIBUTES.get(name, ("class",)):
            value = " ".join(attributes.get(key, "").split())
            if key == "href" and value:
                address = _address(value)
                if not address:
                    self._links[value] = None
                value = address
            if value:
                kept[key] = value
        return kept if name != "a" or "href" in kept or "name" in kept else {}

    # The elements that are open

    @property
    def _top(self) -> _Element:
        return self._open[-1].element

    def _inside(self, names: frozenset[str]) -> bool:
        return self._top.name in names

    def _is_open(self, name: str, boundary: frozenset[str]) -> bool:
        """Return whether an element is open, not looking further than to a boundary."""
        for entry in reversed(self._open):
            if entry.name == name:
                return True
            if entry.element.name in boundary:
                return False
        return False

    def _push(self, name: str, element: _Element) -> None:
        self._top.children.append(element)
        self._open.append(_Open(name, element))

    def _close(self, name: str, boundary: frozenset[str]) -> None:
        """Close an element and what is open within, if it is open before a boundary."""
        if self._is_open(name, boundary):
            index = max(i for i, entry in enumerate(self._open) if entry.name == name)
            while index > 0 and self._open[index - 1].name == name and name in _TITLES:
                index -= 1
            del self._open[index:]

    def _ensure(self, name: str) -> None:
        """Make sure that the innermost open part of a table is the given one."""
        while self._top.name not in _ROWS:
            self._open.pop()
        order = ("table", "tbody", "tr")
        while order.index(self._top.name) > order.index(name):
            self._open.pop()
        while self._top.name != name:
            following = order[order.index(self._top.name) + 1]
            self._push(following, _Element(following))

    def _ensure_cell(self) -> None:
        """Open a cell for content that stands between the cells of a table."""
        self._ensure("tr")
        self._push("td", _Element("td"))
