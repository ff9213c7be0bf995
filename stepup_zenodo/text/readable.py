"""HTML as Markdown, for people who compare two versions of a text on a terminal."""

import html
import re

from .htmltree import Element, Tree

__all__ = ("readable_html", "sentences")

_MARKS = {"strong": "**", "em": "*"}
_HEADINGS = {f"h{level}": f"{'#' * level} " for level in range(1, 6)}
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>])")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=\S)")


class _NoWordsError(Exception):
    """Markdown does not have something."""


def readable_html(source: str) -> str | None:
    """Return HTML as Markdown that means exactly the same, `None` when there is none.

    Parameters
    ----------
    source
        HTML as the server stores it.
    """
    # Most runs show no text, and the parser of Markdown takes long to import.
    from .description import markdown_to_html

    try:
        text = "\n\n".join(_blocks(Tree(source).root))
    except _NoWordsError:
        return None
    # Most texts need no backslashes.
    spellings = (_ESCAPED.sub(r"\1", text), text)
    return next((found for found in spellings if markdown_to_html(found) == source), None)


def sentences(text: str) -> list[str]:
    """Return the lines of a text, of which each begins with a new sentence."""
    return [part for line in text.splitlines() for part in _SENTENCE_END.split(line)]


def _blocks(parent: Element) -> list[str]:
    """Return the blocks in an element, each as one text."""
    found = []
    for child in parent.children:
        if isinstance(child, str):
            if child.strip():
                raise _NoWordsError
        else:
            found.append(_block(child))
    return found


def _block(element: Element) -> str:
    match element.name:
        case "p":
            return _inner(element)
        case "ul" | "ol":
            return "\n".join(_items(element))
        case "blockquote":
            return "\n".join(f"> {line}" for line in "\n\n".join(_blocks(element)).splitlines())
        case "pre":
            code = _all_text(element).strip("\n")
            return f"```\n{code}\n```"
        case name if name in _HEADINGS:
            return f"{_HEADINGS[name]}{_inner(element)}"
        case _:
            raise _NoWordsError


def _items(element: Element) -> list[str]:
    items = [child for child in element.children if isinstance(child, Element)]
    marks = (f"{n}." if element.name == "ol" else "-" for n in range(1, len(items) + 1))
    return [f"{mark} {_item(item)}" for mark, item in zip(marks, items, strict=True)]


def _item(item: Element) -> str:
    """Return an item, which has a list at its end at most."""
    children = [
        child for child in item.children if not (isinstance(child, str) and child.isspace())
    ]
    *before, last = children or [""]
    if isinstance(last, Element) and last.name in ("ul", "ol"):
        inner = "\n".join(f"   {line}" for line in _items(last))
        return f"{_inner(Element('', {}, before)).strip()}\n{inner}"
    return _inner(Element("", {}, children))


def _inner(element: Element) -> str:
    """Return the text in a block."""
    return "".join(_inline(child) for child in element.children).strip()


def _inline(node: Element | str) -> str:
    if isinstance(node, str):
        return _SPECIAL.sub(r"\\\1", " ".join(re.split(r"\s+", html.unescape(node))))
    if node.name == "br":
        return "\\\n"
    if node.name == "code":
        return f"`{_all_text(node)}`"
    text = "".join(map(_inline, node.children))
    if node.name == "a" and {*node.attributes} == {"href"}:
        address = node.attributes["href"]
        return address if _all_text(node) == address else f"[{text}]({address})"
    if node.name in _MARKS and not node.attributes:
        return f"{_MARKS[node.name]}{text}{_MARKS[node.name]}"
    raise _NoWordsError


def _all_text(node: Element | str) -> str:
    return node if isinstance(node, str) else "".join(map(_all_text, node.children))
