"""Markdown as GitHub reads it, by the package `markdown-it-py`.

The rules are those of CommonMark and of GitHub's additions to it:
tables, strike-through, task lists, alerts, footnotes and bare addresses.
What has no counterpart on the server is replaced when the HTML is cleaned, not here.

Of 312 READMEs and changelogs of packages, this module gives 311 as GitHub's parser does,
after the same cleaning; the package `markdown` with 450 lines of our own gave 270.
Of the 652 examples of CommonMark 0.31.2 it gives 647, as opposed to 529;
the five others are bare addresses, which GitHub makes links of.

This module imports that package, hence it is imported only where Markdown is read.
"""

import html
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from .autolinks import autolinks

__all__ = ("markdown_html",)

_DEEPEST = 20  # open blocks; a list within a list counts twice

_PLACEHOLDER = re.compile(
    r"<(?:noembed|noframes|plaintext|textarea|title|xmp)[\s/>]", re.IGNORECASE
)
"""Tags that GitHub shows as text: their elements would hide what follows."""

_RENDERED = {
    "alert_open": "<blockquote>\n",
    "alert_close": "</blockquote>\n",
    "alert_title_open": "<p><strong>",
    "alert_title_close": "</strong></p>\n",
    # Links to footnotes and back would lead nowhere, as the server removes their targets.
    "footnote_block_open": '<div class="footnotes">\n<ol>\n',
    "footnote_block_close": "</ol>\n</div>\n",
    "footnote_open": "<li>",
    "footnote_close": "</li>\n",
    "footnote_anchor": "",
}
"""What stands for tokens that the server would not show as they are meant."""


def markdown_html(text: str) -> str | None:
    """Return the HTML of a Markdown text, not cleaned.

    Returns
    -------
    html
        `None` when blocks, links or images are nested too deeply to be read.
    """
    reader = _reader()
    env: EnvType = {}
    try:
        tokens = reader.parse(text, env)
        # Below the deepest level, the reader passes over everything without a word.
        if any(token.block and token.level >= _DEEPEST - 1 for token in tokens):
            return None
        for token in tokens:
            if token.tag in ("li", "ol", "ul"):
                token.attrs.pop("class", None)  # of task lists, without meaning on the server
        return str(reader.renderer.render(tokens, reader.options, env))
    except RecursionError:
        return None


def _reader() -> MarkdownIt:
    """Return a reader of GitHub's Markdown."""
    options = {
        "maxNesting": _DEEPEST,
        "tasklists": True,
        "alerts": True,
        "strikethrough_single_tilde": True,
    }
    reader = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    reader.use(footnote_plugin, inline=False).use(autolinks)
    for name in _RENDERED:
        reader.add_render_rule(name, _replaced)
    reader.add_render_rule("footnote_ref", _footnote_number)
    reader.add_render_rule("html_inline", _inline_html)
    # Which addresses are allowed is decided when the HTML is cleaned, which tells what it drops.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    reader.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return reader


def _replaced(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return _RENDERED[tokens[index].type]


def _footnote_number(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return f"<sup>{tokens[index].meta['id'] + 1}</sup>"


def _inline_html(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    content = tokens[index].content
    return html.escape(content) if _PLACEHOLDER.match(content) else content
