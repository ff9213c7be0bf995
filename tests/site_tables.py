"""A hook of MkDocs: names in tables stay whole, however narrow the screen is.

A browser breaks text in code where it likes when a column is narrow.
What has no blank in it is marked, so that the style of the site keeps it on one line.
A long path of keys can go on in the next line after a dot, as its keys are whole then.

In tables, GitHub wants a backslash before a bar, also in code, where MkDocs would show it.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

__all__ = ("on_page_content", "with_whole_names")

CELL = re.compile(r"<t[dh]\b[^>]*>.*?</t[dh]>", re.DOTALL)
NAME = re.compile(r"<code>([^\s<]+)</code>")
BAR = re.compile(r"\\\|(?=[^<]*</code>)")
STEP = re.compile(r"(?<=[\w\]])\.(?=[a-z])")
"""The dot between two keys of a path."""

LONG = 24
"""How many letters fit beside the other columns on a telephone."""


def with_whole_names(html: str) -> str:
    """Return a page in which the names in tables are marked, and bars are bars."""
    return CELL.sub(lambda cell: NAME.sub(marked, BAR.sub("|", cell[0])), html)


def marked(name: re.Match[str]) -> str:
    """Return a name with the marks."""
    text = name[1]
    keys = STEP.sub(".\n", text).split("\n") if len(text) > LONG else [text]
    spans = [f'<span class="whole">{key}</span>' for key in keys]
    return f"<code>{'<wbr>'.join(spans)}</code>"


def on_page_content(html: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:
    """Mark the names in the tables of a page."""
    del page, config, files
    return with_whole_names(html)
