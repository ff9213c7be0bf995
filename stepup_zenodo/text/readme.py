"""The package `markdown` with what READMEs need in addition.

This module imports that package, hence it is imported only where a README is read.
"""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor, SimpleTagInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from .gfm import rewrite

__all__ = ("readme_html",)

_MOST_SIGNS = 1_000  # in one paragraph; reading links and emphasis takes quadratic time
_SIGNS = re.compile(r"[][*_`<>!~&\\]|://|www\.")
_ADDRESS = r"((?:https?://|www\.)[^\s<>\x02\x03]*[^\s<>\x02\x03?!.,:*_~'\"])"
_STRIKE = r"(?<!~)(~{1,2})(?=[^\s~])(.+?)(?<=[^\s~])\1(?!~)"
_BACKLINK = re.compile(r'(?:&#160;)?<a class="footnote-backref"[^>]*></a>')
_EXTENSIONS = ("def_list", "footnotes", "sane_lists", "tables")


def readme_html(text: str) -> str:
    """Return the HTML of a README, not cleaned.

    Raises
    ------
    RecursionError
        Links or emphasis are nested hundreds deep.
    """
    reader = Markdown(
        extensions=list(_EXTENSIONS),
        extension_configs={"footnotes": {"BACKLINK_TEXT": ""}},
        output_format="html",
    )
    reader.preprocessors.deregister("html_block")  # its part is done by `rewrite`
    reader.preprocessors.register(_Lines(reader), "lines", 28)
    reader.treeprocessors.register(_Limit(reader), "limit", 25)
    reader.inlinePatterns.register(_Addresses(_ADDRESS, reader), "addresses", 85)
    reader.inlinePatterns.register(SimpleTagInlineProcessor(_STRIKE, "strike"), "strike", 75)
    # Links back from footnotes would lead nowhere, as the server removes their targets.
    return _BACKLINK.sub("", reader.convert(text))


class _Lines(Preprocessor):
    """Rewrites what GitHub reads in another way."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the new lines."""
        return rewrite(lines, self.md.htmlStash.store)


class _Limit(Treeprocessor):
    """Takes paragraphs with very many signs for HTML, without looking for links and emphasis.

    Such a paragraph is a generated table rather than a text.
    """

    def run(self, root: Element) -> None:
        """Take them aside."""
        keep = self.md.htmlStash.store
        for element in root.iter():
            if element.text and _has_many_signs(element.text):
                element.text = AtomicString(keep(element.text))
            if element.tail and _has_many_signs(element.tail):
                element.tail = AtomicString(keep(element.tail))


def _has_many_signs(text: str) -> bool:
    return len(text) > _MOST_SIGNS and len(_SIGNS.findall(text)) > _MOST_SIGNS


class _Addresses(InlineProcessor):
    """Makes links of bare addresses."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self,
        m: re.Match[str],
        data: str,
    ) -> tuple[Element, int, int]:
        """Return a link, without closing parentheses that do not belong to the address."""
        address, end = m[1], m.end(1)
        while address.endswith(")") and address.count(")") > address.count("("):
            address, end = address[:-1], end - 1
        link = Element("a", href=address if "://" in address else f"http://{address}")
        link.text = AtomicString(address)
        return link, m.start(1), end
