"""HTML as a tree that any browser would build as well from the text of that tree.

Unlike in browsers, elements that the server does not store are replaced or dissolved on the way,
and the depth is limited.
The first number of a list is not stored either: the numbers become text of the items.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

import attrs

from .elements import (
    ATTRIBUTES,
    BLOCKS,
    CELLS,
    FORMATTING,
    INLINE,
    LEAVES,
    LISTS,
    ROWS,
    SAME,
    SECTIONS,
    SILENT,
    TITLES,
)
from .links import is_kept, is_relative, unchanged
from .tags import EndTag, StartTag, TextToken, tokens

__all__ = ("Element", "LeftOut", "Tree")

_WEB = ("http://", "https://", "//")
_NUMBER = re.compile(r"-?\d{1,9}")
_DEEPEST = 50  # open elements; deeper ones are dissolved, so that no reader of the result suffers
_MOST_REOPENED = 4  # inline elements; more would let the result grow beyond measure


@attrs.frozen
class LeftOut:
    """What a source held and its tree does not."""

    images: tuple[str, ...]
    """Addresses, or alternative texts of those without."""

    links: tuple[str, ...]
    """Addresses that the server does not keep."""

    relative: tuple[str, ...]
    """Addresses that are kept, but lead elsewhere on the server than beside the file."""

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
    working
        Returns the address to which a relative one leads, or the same if that is not known.
    """

    def __init__(self, source: str, working: Callable[[str], str] = unchanged) -> None:
        self.root = Element("")
        self._working = working
        self._places: set[str] = set()
        self._numbered: list[tuple[Element, int]] = []
        self._boxes: list[Element] = []
        self._open = [_Open("", self.root)]
        self._images: dict[str, None] = {}
        self._links: dict[str, None] = {}
        self._relative: dict[str, None] = {}
        self._tags: dict[str, None] = {}
        self._too_deep = False
        for token in tokens(source):
            match token:
                case TextToken(data):
                    self._text(data)
                case EndTag(name):
                    self._end(SAME.get(name, name))
                case StartTag(name, attributes):
                    self._start(SAME.get(name, name), attributes)
        for item in self._boxes:
            _move_into_paragraph(item)
        for element, first in self._numbered:
            _number_items(element.children, first)

    @property
    def lost(self) -> LeftOut:
        """What was left out."""
        tags = tuple(sorted(self._tags))
        relative = tuple(link for link in self._relative if link not in self._places)
        return LeftOut(tuple(self._images), tuple(self._links), relative, tags, self._too_deep)

    # Reading tags

    def _text(self, data: str) -> None:
        if self._top.name in ROWS:
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
        elif name in INLINE or name in BLOCKS or name in SECTIONS or name in TITLES:
            if len(self._open) > _DEEPEST:
                self._too_deep = True
            elif name in INLINE:
                self._start_inline(name, attributes)
            else:
                self._start_block(name, attributes)
        elif name not in SILENT:
            self._tags[name] = None

    def _start_inline(self, name: str, attributes: Mapping[str, str]) -> None:
        self._ensure_cell()
        kept = self._kept(name, attributes)
        if name == "a":
            self._close({"a"}, BLOCKS)
        # Browsers count equal formatting elements within each other, and drop some.
        nested = name in FORMATTING and self._is_within(name)
        if nested or (name == "a" and not kept):
            self._dissolve(name)
        else:
            self._push(name, Element(name, kept))

    def _start_block(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._find({"pre"}, CELLS) is not None:
            self._dissolve(name)
            return
        self._close(LEAVES | TITLES, CELLS)
        if name in ("dd", "dt"):
            self._close({"dd"}, CELLS | {"dl"})
        if name in CELLS or name in ("tbody", "tr"):
            self._start_table_part(name, attributes)
        elif name == "caption" and self._top.name == "table":
            self._start_title(name, self._open[-2].element, before_last=True)
        elif name in TITLES:
            self._ensure_cell()
            self._start_title(name, self._top)
        else:
            self._ensure_cell()
            if name == "li":
                self._close({"li"}, LISTS | CELLS | {"blockquote"})
            real = "div" if name in SECTIONS else name
            first = attributes.get("start", "1").strip() if name == "ol" else "1"
            if first != "1" and _NUMBER.fullmatch(first):
                real = "ul"
            element = Element(real, self._kept(real, attributes))
            if real != name == "ol":
                self._numbered.append((element, int(first)))
            self._push(name, element)

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
        self._close(CELLS if name in CELLS else {name}, {"table"})
        self._ensure(around)
        self._push(name, Element(name, self._kept(name, attributes)))

    def _end(self, name: str) -> None:
        if name == "br":
            self._line_break()
        elif name in INLINE:
            self._end_inline(name)
        elif name == "table":
            self._close({name}, frozenset())
        elif name in ROWS or name in CELLS:
            self._close({name}, {"table"})
        elif name == "li":
            self._close({name}, LISTS | CELLS)
        elif name in BLOCKS or name in SECTIONS or name in TITLES:
            self._close({name}, CELLS)

    def _end_inline(self, name: str) -> None:
        """Close an inline element, and open again what was opened within."""
        index = self._find({name}, BLOCKS - LEAVES - {"div"})
        if index is None:
            return
        inner = [item for item in self._open[index + 1 :] if item.name in INLINE]
        del self._open[index:]
        for item in inner[:_MOST_REOPENED]:
            if not item.dissolved:
                self._push(item.name, Element(item.name, item.element.attributes))

    def _image(self, attributes: Mapping[str, str]) -> None:
        """Show an image as its alternative text, with a link to it if that can work."""
        source = self._working(attributes.get("src", "").strip())
        embedded = source.startswith("data:")
        label = " ".join(attributes.get("alt", "").split())
        self._images[label if embedded or not source else source] = None
        in_link = self._find({"a"}, CELLS) is not None
        is_link = source.lower().startswith(_WEB) and is_kept(source)
        if not label and not embedded and (in_link or is_link):
            label = source.partition("?")[0].rstrip("/").rpartition("/")[2] or "image"
        if is_link and not in_link and len(self._open) <= _DEEPEST:
            self._start_inline("a", {"href": source})
            self._text(label)
            self._end_inline("a")
        else:
            self._text(label)

    def _line_break(self) -> None:
        if self._top.name not in ROWS:
            in_pre = self._find({"pre"}, CELLS) is not None
            self._top.children.append("\n" if in_pre else Element("br"))

    def _input(self, attributes: Mapping[str, str]) -> None:
        """Show the box of a task list."""
        if attributes.get("type", "").lower() == "checkbox":
            if self._top.name == "li" and len(self._top.children) < 2 and not _visible(self._top):
                self._boxes.append(self._top)
            self._text("☑" if "checked" in attributes else "☐")
        else:
            self._tags["input"] = None

    def _kept(self, name: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """Return the attributes that the server keeps and that have a meaning."""
        kept = {}
        for key in ATTRIBUTES.get(name, ("class",)):
            value = " ".join(attributes.get(key, "").split())
            if key == "href" and value:
                value = self._link(value)
            if key == "name":
                self._places.add(f"#{value}")
            if value:
                kept[key] = value
        return kept if name != "a" or "href" in kept or "name" in kept else {}

    def _link(self, address: str) -> str:
        """Return the address that is kept of a link, nothing for none."""
        found = self._working(address)
        if not is_kept(found):
            self._links[address] = None
            return ""
        if is_relative(found):
            self._relative[found] = None
        return found

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
            if item.element.name in CELLS:
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
        if self._top.name in ROWS:
            self._ensure("tr")
            self._push("td", Element("td"))


def _number_items(items: Iterable[Element | str], first: int) -> None:
    """Write the numbers of list items as text: the server keeps no first number of a list."""
    for item in items:
        if isinstance(item, Element) and item.name == "li":
            inner = next(iter(_visible(item)), None)
            if not isinstance(inner, Element) or inner.name not in LEAVES:
                inner = item
            inner.children.insert(0, f"{first}. ")
            first += 1


def _move_into_paragraph(item: Element) -> None:
    """Move the box of a task into the paragraph that follows it."""
    box, *others = _visible(item)
    if others and isinstance(others[0], Element) and others[0].name in LEAVES:
        item.children.remove(box)
        others[0].children.insert(0, f"{box} ")


def _visible(element: Element) -> list[Element | str]:
    """Return the children of an element without white space."""
    return [
        child for child in element.children if not isinstance(child, str) or not child.isspace()
    ]
