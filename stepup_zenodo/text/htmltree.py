"""HTML as a tree that any browser would build as well from the text of that tree.

Unlike in browsers, elements that the server does not store are replaced or dissolved on the way,
and the depth is limited.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

import attrs

from .tags import EndTag, StartTag, Text, tokens

__all__ = ("BLOCKS", "Element", "Lost", "Tree")

_FORMATTING = frozenset({"a", "b", "code", "em", "i", "strike", "strong", "u"})
_INLINE = _FORMATTING | {"abbr", "acronym", "span", "sub", "sup"}
_LISTS = frozenset({"ol", "ul"})
_CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"table", "tbody", "tr"})
_LEAVES = frozenset({"h1", "h2", "h3", "h4", "h5", "p"})  # hold no other blocks
BLOCKS = _LEAVES | _LISTS | _CELLS | _ROWS | {"blockquote", "div", "li", "pre"}
"""Allowed elements that stand on their own lines.

Together with inline elements, these are the tags in the setting `ALLOWED_HTML_TAGS` of
invenio-config 1.1, to which Zenodo makes no change.
"""

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
    {
        *("address", "article", "aside", "center", "dd", "details", "dialog", "dl"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup"),
        *("main", "nav", "section"),
    }
)
"""Elements that become a `div`."""

_SILENT = frozenset(
    {
        *("body", "col", "colgroup", "font", "head", "hr", "html", "mark", "meta"),
        *("picture", "q", "small", "source", "title", "wbr"),
    }
)
"""Elements whose tags are of little consequence: their loss is not reported."""

_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "a": ("class", "href", "name", "rel", "title"),
    "abbr": ("class", "title"),
    "acronym": ("class", "title"),
}
"""Attributes that the server keeps (`ALLOWED_HTML_ATTRS`); others have only a class."""

_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]", re.IGNORECASE)
_DEEPEST = 50  # open elements; deeper ones are dissolved, so that no reader of the result suffers
_MOST_REOPENED = 4  # inline elements; more would let the result grow beyond measure


@attrs.frozen
class Lost:
    """What a source held and its tree does not."""

    images: tuple[str, ...]
    """Addresses, or alternative texts of those without."""

    links: tuple[str, ...]
    """Addresses that mean nothing outside of their file, and those of unknown kinds."""

    tags: tuple[str, ...]
    """Names of elements without a counterpart."""

    too_deep: bool
    """Whether elements were dissolved because of the depth of nesting."""


@attrs.define
class Element:
    """A node of the tree; the root has no name."""

    name: str
    attributes: Mapping[str, str] = attrs.field(factory=dict)
    children: list["Element | str"] = attrs.field(factory=list)


@attrs.frozen
class _Open:
    """An element that is not closed yet."""

    name: str
    """In the source."""

    element: Element
    """Where content goes: for a dissolved element, the one around it."""

    dissolved: bool = False


class Tree:
    """The tree of an HTML source.

    Parameters
    ----------
    source
        Any text.
    """

    def __init__(self, source: str) -> None:
        self.root = Element("")
        self._open = [_Open("", self.root)]
        self._images: dict[str, None] = {}
        self._links: dict[str, None] = {}
        self._tags: dict[str, None] = {}
        self._too_deep = False
        for token in tokens(source):
            match token:
                case Text(data):
                    self._text(data)
                case EndTag(name):
                    self._end(_SAME.get(name, name))
                case StartTag(name, attributes):
                    self._start(_SAME.get(name, name), attributes)

    @property
    def lost(self) -> Lost:
        """What was left out."""
        tags = tuple(sorted(self._tags))
        return Lost(tuple(self._images), tuple(self._links), tags, self._too_deep)

    # Reading tags

    def _text(self, data: str) -> None:
        if self._top.name in _ROWS:
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
            self._input(attributes)
        elif name in _INLINE or name in BLOCKS or name in _SECTIONS or name in _TITLES:
            if len(self._open) > _DEEPEST:
                self._too_deep = True
            elif name in _INLINE:
                self._start_inline(name, attributes)
            else:
                self._start_block(name, attributes)
        elif name not in _SILENT:
            self._tags[name] = None

    def _start_inline(self, name: str, attributes: Mapping[str, str]) -> None:
        self._ensure_cell()
        kept = self._kept(name, attributes)
        if name == "a":
            self._close({"a"}, BLOCKS)
        # Browsers count equal formatting elements within each other, and drop some.
        nested = name in _FORMATTING and self._is_within(name)
        if nested or (name == "a" and not kept):
            self._dissolve(name)
        else:
            self._push(name, Element(name, kept))

    def _start_block(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._find({"pre"}, _CELLS) is not None:
            self._dissolve(name)
            return
        self._close(_LEAVES | _TITLES, _CELLS)
        if name in ("dd", "dt"):
            self._close({"dd"}, _CELLS | {"dl"})
        if name in _CELLS or name in ("tbody", "tr"):
            self._start_table_part(name, attributes)
        elif name == "caption" and self._top.name == "table":
            self._start_title(name, self._open[-2].element, before_last=True)
        elif name in _TITLES:
            self._ensure_cell()
            self._start_title(name, self._top)
        else:
            self._ensure_cell()
            if name == "li":
                self._close({"li"}, _LISTS | _CELLS | {"blockquote"})
            real = "div" if name in _SECTIONS else name
            self._push(name, Element(real, self._kept(real, attributes)))

    def _start_title(self, name: str, parent: Element, *, before_last: bool = False) -> None:
        """Open a bold paragraph at the end of an element, or before its last child."""
        strong = Element("strong")
        is_bold = self._is_within("strong")
        paragraph = Element("p", {}, [] if is_bold else [strong])
        parent.children.insert(len(parent.children) - before_last, paragraph)
        self._open.append(_Open(name, paragraph if is_bold else strong))

    def _start_table_part(self, name: str, attributes: Mapping[str, str]) -> None:
        """Open a part of a table, after closing what is between it and the table."""
        if self._find({"table"}, frozenset()) is None:
            return
        around = {"tbody": "table", "tr": "tbody"}.get(name, "tr")
        self._close(_CELLS if name in _CELLS else {name}, {"table"})
        self._ensure(around)
        self._push(name, Element(name, self._kept(name, attributes)))

    def _end(self, name: str) -> None:
        if name == "br":
            self._line_break()
        elif name in _INLINE:
            self._end_inline(name)
        elif name == "table":
            self._close({name}, frozenset())
        elif name in _ROWS or name in _CELLS:
            self._close({name}, {"table"})
        elif name == "li":
            self._close({name}, _LISTS | _CELLS)
        elif name in BLOCKS or name in _SECTIONS or name in _TITLES:
            self._close({name}, _CELLS)

    def _end_inline(self, name: str) -> None:
        """Close an inline element, and open again what was opened within."""
        index = self._find({name}, BLOCKS - _LEAVES - {"div"})
        if index is None:
            return
        inner = [item for item in self._open[index + 1 :] if item.name in _INLINE]
        del self._open[index:]
        for item in inner[:_MOST_REOPENED]:
            if not item.dissolved:
                self._push(item.name, Element(item.name, item.element.attributes))

    def _image(self, attributes: Mapping[str, str]) -> None:
        """Show an image as its alternative text, with a link to it if that can work."""
        source = attributes.get("src", "").strip()
        embedded = source.startswith("data:")
        label = " ".join(attributes.get("alt", "").split())
        self._images[label if embedded or not source else source] = None
        in_link = self._find({"a"}, _CELLS) is not None
        is_link = source.lower().startswith("http") and bool(_address(source))
        if not label and not embedded and (in_link or is_link):
            label = source.partition("?")[0].rstrip("/").rpartition("/")[2] or "image"
        if is_link and not in_link and len(self._open) <= _DEEPEST:
            self._start_inline("a", {"href": source})
            self._text(label)
            self._end_inline("a")
        else:
            self._text(label)

    def _line_break(self) -> None:
        if self._top.name not in _ROWS:
            in_pre = self._find({"pre"}, _CELLS) is not None
            self._top.children.append("\n" if in_pre else Element("br"))

    def _input(self, attributes: Mapping[str, str]) -> None:
        """Show the box of a task list."""
        if attributes.get("type", "").lower() == "checkbox":
            self._text("☑" if "checked" in attributes else "☐")
        else:
            self._tags["input"] = None

    def _kept(self, name: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """Return the attributes that the server keeps and that have a meaning."""
        kept = {}
        for key in _ATTRIBUTES.get(name, ("class",)):
            value = " ".join(attributes.get(key, "").split())
            if key == "href" and value and not _address(value):
                self._links[value] = None
            elif value:
                kept[key] = value
        return kept if name != "a" or "href" in kept or "name" in kept else {}

    # The elements that are open

    @property
    def _top(self) -> Element:
        return self._open[-1].element

    def _find(self, names: AbstractSet[str], boundary: AbstractSet[str]) -> int | None:
        """Return the position of the innermost open element of some names before a boundary."""
        for index in range(len(self._open) - 1, 0, -1):
            item = self._open[index]
            if item.name in names:
                return index
            if item.name in boundary and not item.dissolved:
                break
        return None

    def _is_within(self, name: str) -> bool:
        """Return whether content added now would be in some element of the same table cell."""
        for item in reversed(self._open):
            if item.element.name == name:
                return True
            if item.element.name in _CELLS:
                break
        return False

    def _close(self, names: AbstractSet[str], boundary: AbstractSet[str]) -> None:
        """Close an element and what is open within, if it is open before a boundary."""
        index = self._find(names, boundary)
        if index is not None:
            del self._open[index:]

    def _push(self, name: str, element: Element) -> None:
        self._top.children.append(element)
        self._open.append(_Open(name, element))

    def _dissolve(self, name: str) -> None:
        """Let the content of an element belong to the element around it."""
        self._open.append(_Open(name, self._top, dissolved=True))

    def _ensure(self, name: str) -> None:
        """Make sure that the innermost open part of a table is the given one."""
        order = ("table", "tbody", "tr")
        while self._top.name not in order or order.index(self._top.name) > order.index(name):
            self._open.pop()
        while self._top.name != name:
            following = order[order.index(self._top.name) + 1]
            self._push(following, Element(following))

    def _ensure_cell(self) -> None:
        """Between the cells of a table, open one for the content that follows."""
        if self._top.name in _ROWS:
            self._ensure("tr")
            self._push("td", Element("td"))


def _address(value: str) -> str:
    """Return an address if the server keeps it and it works outside of its file, else nothing."""
    try:
        # The server refuses what this function cannot split, after the same preparation.
        urlsplit(re.sub(r"[^\x21-\x7e]|`", "", value).lower())
    except ValueError:
        return ""
    return value if _ADDRESS.match(value) else ""
