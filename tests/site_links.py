"""A hook of MkDocs: what links mean on the site, which holds the folder `docs` only.

The pages are read in the repository as well, where a link may lead to any file of it.
On the site, a link to a file outside of `docs` becomes plain text.
The page about changes shows the changelog, whose links start one folder higher.
"""

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

__all__ = ("on_page_markdown", "relinked")

LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?![a-z]+:)([^)#\s]+)(#[^)\s]*)?\)")
"""A link to a file, without pictures and addresses."""

DOCS = PurePosixPath("docs")

ELSEWHERE = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
"""Pages whose text is another file of the repository."""


def relinked(text: str, page: str, source: str) -> str:
    """Return a page with the links that it has on the site.

    Parameters
    ----------
    text
        The page in Markdown.
    page
        Its path in the folder of the site.
    source
        The path in the repository of the file in which the links were written.
    """
    folder = PurePosixPath(source).parent

    def link(found: re.Match[str]) -> str:
        label, target, anchor = found.groups("")
        path = PurePosixPath(os.path.normpath(folder / target))
        if not path.is_relative_to(DOCS):
            return label
        return f"[{label}]({os.path.relpath(path, (DOCS / page).parent)}{anchor})"

    return LINK.sub(link, text)


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", files: "Files") -> str:
    """Change the links of a page before it is made."""
    del files
    path = page.file.src_uri
    source = ELSEWHERE.get(path)
    if source is None:
        return relinked(markdown, path, f"docs/{path}")
    text = Path(config.config_file_path).with_name(source).read_text(encoding="utf-8")
    return relinked(text, path, source)
