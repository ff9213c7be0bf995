"""Which elements of HTML the server stores, and what stands for the others."""

from collections.abc import Mapping

__all__ = (
    "ATTRIBUTES",
    "BLOCKS",
    "CELLS",
    "FORMATTING",
    "INLINE",
    "LEAVES",
    "LISTS",
    "ROWS",
    "SAME",
    "SECTIONS",
    "SILENT",
    "TITLES",
)

FORMATTING = frozenset({"a", "b", "code", "em", "i", "strike", "strong", "u"})
INLINE = FORMATTING | {"abbr", "acronym", "span", "sub", "sup"}
LISTS = frozenset({"ol", "ul"})
CELLS = frozenset({"td", "th"})
ROWS = frozenset({"table", "tbody", "tr"})
LEAVES = frozenset({"h1", "h2", "h3", "h4", "h5", "p"})  # hold no other blocks
BLOCKS = LEAVES | LISTS | CELLS | ROWS | {"blockquote", "div", "li", "pre"}
"""Allowed elements that stand on their own lines.

Together with inline elements, these are the tags in the setting `ALLOWED_HTML_TAGS` of
invenio-config 1.1, to which Zenodo makes no change.
"""

SAME = {
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

TITLES = frozenset({"caption", "dt", "h6", "legend", "summary"})
"""Elements that become a bold paragraph."""

SECTIONS = frozenset(
    {
        *("address", "article", "aside", "center", "dd", "details", "dialog", "dl"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup"),
        *("main", "nav", "section"),
    }
)
"""Elements that become a `div`."""

SILENT = frozenset(
    {
        *("body", "col", "colgroup", "font", "head", "hr", "html", "mark", "meta"),
        *("picture", "q", "small", "source", "title", "wbr"),
    }
)
"""Elements whose tags are of little consequence: their loss is not reported."""

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "a": ("class", "href", "name", "rel", "title"),
    "abbr": ("class", "title"),
    "acronym": ("class", "title"),
}
"""Attributes that the server keeps (`ALLOWED_HTML_ATTRS`); others have only a class."""
