"""Descriptions: what a README becomes on the server.

Markdown is read as on GitHub, as far as the package `markdown` and a few additions to it allow.
The result is HTML in the form in which the server stores it.
"""

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from .gfm import rewrite
from .markup import Cleaned, clean_html

if TYPE_CHECKING:
    from markdown import Markdown

__all__ = ("dropped", "html_description", "markdown_to_html")

_LONGEST = 500_000  # characters of Markdown; longer texts are no READMEs, and take too long
_MOST_SIGNS = 1_000  # in one paragraph; reading links and emphasis takes quadratic time
_SIGNS = re.compile(r"[][*_`<>!~&\\]|://|www\.")
_FRONT_MATTER = re.compile(r"(?:---[ \t]*\n.*?\n(?:---|\.\.\.)|\+\+\+[ \t]*\n.*?\n\+\+\+)[ \t]*(?:\n|\Z)", re.DOTALL)
_AUTOLINK = r"((?:https?://|www\.)[^\s<>\x02\x03]*[^\s<>\x02\x03?!.,:*_~'\"])"
_STRIKE = r"(?<!~)(~{1,2})(?=[^\s~])(.+?)(?<=[^\s~])\1(?!~)"
_BACKLINK = re.compile(r'(?:&#160;)?<a class="footnote-backref"[^>]*></a>')
_SHOWN = 3  # names in a note


def markdown_to_html(text: str) -> str:
    """Return the HTML of a Markdown text, as the server stores it.

    Tables, fenced code, task lists, footnotes, bare addresses, strike-through,
    and lists with any indentation are read as on GitHub.
    Front matter is left out.
    Images are replaced by their alternative text, with a link if their address is absolute.
    Links to other files, or to other places of the text, are replaced by their text.
    A text of more than half a million characters is shown as it is.
    """
    return _from_markdown(text)[0].html


def html_description(text: str) -> str:
    """Return an HTML document as the server stores it: the body only, without scripts."""
    return clean_html(text).html


def dropped(text: str, *, is_html: bool = False) -> tuple[str, ...]:
    """Return in words what of a description is not kept, for the user to know.

    Parameters
    ----------
    text
        Markdown, or HTML.
    is_html
        Which of these it is.
    """
    cleaned, is_plain = (clean_html(text), False) if is_html else _from_markdown(text)
    lost = cleaned.lost
    inside = [link for link in lost.links if link.startswith("#")]
    outside = [link for link in lost.links if not link.startswith("#")]
    inside = [link for link in inside if not re.match(r"#fn(ref\d*)?:", link)]
    notes = [
        _note("the text is too long or too deeply nested for Markdown, it is shown as it is", is_plain),
        _named("images are replaced by links or by their alternative texts", lost.images),
        _named("links that work only beside the file are shown as text", outside),
        _named("links within the text are shown as text", inside),
        _named("HTML elements are not supported, only their text is kept if any", lost.tags),
        _note("deeply nested HTML elements are dissolved", lost.too_deep),
    ]
    return tuple(note for note in notes if note)


def _note(message: str, applies: bool) -> str:
    return message if applies else ""


def _named(message: str, names: list[str] | tuple[str, ...]) -> str:
    """Return a message with the first few of the things that it is about."""
    if not names:
        return ""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    shown = ", ".join(name if len(name) <= 60 else f"{name[:57]}..." for name in names[:_SHOWN])
    return f"{message}: {shown}{more}"


@lru_cache(maxsize=2)
def _from_markdown(text: str) -> tuple[Cleaned, bool]:
    """Return the HTML of a Markdown text, and whether it is shown as it is."""
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    source = _FRONT_MATTER.sub("", source, count=1) if source.startswith(("---", "+++")) else source
    if len(source) <= _LONGEST:
        try:
            return clean_html(_BACKLINK.sub("", _reader().convert(source))), False
        except RecursionError:
            pass  # links within links, hundreds deep
    return clean_html(f"<pre>{html.escape(source, quote=False)}</pre>"), True


def _reader() -> "Markdown":
    """Return a converter of Markdown with our additions."""
    from markdown import Markdown
    from markdown.inlinepatterns import InlineProcessor, SimpleTagInlineProcessor
    from markdown.preprocessors import Preprocessor
    from markdown.treeprocessors import Treeprocessor
    from markdown.util import AtomicString

    class Lines(Preprocessor):
        """Rewrites what GitHub reads in another way."""

        def run(self, lines: list[str]) -> list[str]:
            return rewrite(lines, self.md.htmlStash.store)

    class Addresses(InlineProcessor):
        """Makes links of bare addresses."""

        def handleMatch(self, found, data):  # type: ignore[no-untyped-def]  # noqa
            address, end = found[1], found.end(1)
            while address.endswith(")") and address.count(")") > address.count("("):
                address, end = address[:-1], end - 1
            link = Element("a", href=address if "://" in address else f"http://{address}")
            link.text = AtomicString(address)
            return link, found.start(1), end

    class Limit(Treeprocessor):
        """Keeps paragraphs with very many signs from being searched for links and emphasis."""

        def run(self, root: Element) -> None:
            for element in root.iter():
                for name in ("text", "tail"):
                    text = getattr(element, name)
                    if text and len(text) > _MOST_SIGNS and len(_SIGNS.findall(text)) > _MOST_SIGNS:
                        setattr(element, name, AtomicString(text))

    extensions = ["abbr", "attr_list", "def_list", "footnotes", "sane_lists", "tables"]
    configs = {"footnotes": {"BACKLINK_TEXT": ""}}
    reader = Markdown(extensions=extensions, extension_configs=configs, output_format="html")
    reader.preprocessors.deregister("html_block")
    reader.preprocessors.register(Lines(reader), "lines", 28)
    reader.treeprocessors.register(Limit(reader), "limit", 25)
    reader.inlinePatterns.register(Addresses(_AUTOLINK, reader), "addresses", 85)
    reader.inlinePatterns.register(SimpleTagInlineProcessor(_STRIKE, "strike"), "strike", 75)
    return reader
