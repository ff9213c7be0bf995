"""A hook of MkDocs: what the buttons that copy blocks of code give.

A block of the language `console` shows commands and what they print, and its button gives
the commands only. A block of the language `output` shows what was printed, and has no button.
The signature of a function is nothing to be copied either.
All other blocks are files or commands, and are given as they are.
"""

from html import escape
from typing import TYPE_CHECKING

from pymdownx.superfences import highlight_validator

if TYPE_CHECKING:
    from markdown import Markdown
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

__all__ = ("commands", "on_config", "on_page_content")

PROMPT = "$ "


def commands(text: str) -> str:
    """Return the commands of a session, one per line."""
    lines = text.splitlines()
    return "\n".join(line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT))


def block(
    source: str,
    language: str,
    css_class: str,
    options: dict[str, object],
    md: "Markdown",
    *,
    attrs: dict[str, str],
    classes: list[str],
    **others: object,
) -> str:
    """Return a block as HTML in which the theme finds what its button gives."""
    del css_class
    if text := commands(source):
        attrs = {**attrs, "data-copy": escape(text).replace("\n", "&#10;")}
    else:
        classes = [*classes, "no-copy"]
    made: str = md.preprocessors["fenced_code_block"].highlight(
        source, language, options, md, attrs=attrs, classes=classes, **others
    )
    return made


def on_config(config: "MkDocsConfig") -> None:
    """Let blocks of these languages be made here."""
    fences = [
        {"name": name, "class": "", "format": block, "validator": highlight_validator}
        for name in ("console", "output")
    ]
    config.mdx_configs.setdefault("pymdownx.superfences", {})["custom_fences"] = fences


def on_page_content(html: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:
    """Leave the signatures of functions without button."""
    del page, config, files
    return html.replace(
        'class="doc-signature highlight"', 'class="doc-signature no-copy highlight"'
    )
