"""A hook of MkDocs: what is for developers does not get to the readers of the site.

The pages are read in the repository as well, and are followed and compared by tests.
Comments in them are for these tests and for who changes a page, and so are the last columns of
tables that name tests. Neither is on the site, nor in what its search finds.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

__all__ = ("FOR_DEVELOPERS", "on_page_content", "on_page_markdown", "without_tests")

FOR_DEVELOPERS = "shown by"
"""The heading of the last column of a table that names tests."""

TABLE = re.compile(
    rf"^\|[^\n]*\| {FOR_DEVELOPERS} \|$\n(?:^\|[^\n]*\|$\n?)*",
    re.MULTILINE,
)
LAST_CELL = re.compile(r"\|[^|\n]*\|$", re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def without_tests(text: str) -> str:
    """Return a page in Markdown without the columns that name tests."""
    return TABLE.sub(lambda table: LAST_CELL.sub("|", table[0]), text)


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:
    """Change the tables of a page before it is made."""
    del page, config, files
    return without_tests(markdown)


def on_page_content(html: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:
    """Remove comments from a page. Those in blocks of code are text by now."""
    del page, config, files
    return COMMENT.sub("", html)
