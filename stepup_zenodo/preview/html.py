"""The page of a record as HTML that needs nothing else, and in which nothing can run.

All texts are escaped by the template engine, and HTML comes from the package's own writer.
A policy in the page forbids scripts and everything from elsewhere,
should there ever be an error in either of them.
"""

import base64
import hashlib
import re
from importlib.resources import files

from ..reporting.report import size_text
from .page import Page

__all__ = ("MARK", "page_html")

MARK = '<meta name="generator" content="stepup-zenodo preview">'
"""Stands near the beginning of each page, so that it can be told from other files."""

_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TAG = re.compile(r'<(/?)(\w+)((?: \w+="[^"<>]*")*)>')
_OWN = re.compile(r' (?:class|rel)="[^"]*"')
_DEEPEST_HEADING = 6
_SEPARATOR = re.compile(r"(?<=[-_ +])(?=[^-_ +])|(?<=[^.])(?=\.)")
"""Places in the name of a file at which a line may end."""


def page_html(page: Page, server: str, time: str) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    page
        What the page says.
    server
        The server that was asked, as the user knows it.
    time
        When it was asked, as people read it.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(size=size_text, placed=_placed, name=_breakable)
    style = _data("page.css")
    text = environment.from_string(_data("page.html")).render(
        page=page,
        server=server,
        time=time,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        files_line=_files_line(page),
    )
    return text.lstrip() + "\n"


def _data(name: str) -> str:
    return (files("stepup_zenodo") / "data" / name).read_text(encoding="utf-8")


def _finalized(value: object) -> object:
    """Return a value of the template as it is shown, which is escaped later if it is no HTML."""
    return _visible(value) if type(value) is str else value


def _visible(text: str) -> str:
    """Return a text in which characters are named that would change what stands around them.

    Among them are those that let a text run from right to left,
    with which the name of a file can look like another one.
    """
    return _HIDDEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def _placed(html: str) -> str:
    """Return the HTML of the package's own writer, for a place below a heading of second level.

    Classes are left out, as they would get the look of other parts of the page.
    """

    def tag(match: re.Match[str]) -> str:
        slash, name, attributes = match.groups()
        if re.fullmatch(r"h\d", name):
            name = f"h{min(int(name[1]) + 2, _DEEPEST_HEADING)}"
        return f"<{slash}{name}{_OWN.sub('', attributes)}>"

    return _visible(_TAG.sub(tag, html))


def _breakable(name: str) -> str:
    """Return the name of a file as HTML that is broken at separators where it has to be."""
    from markupsafe import Markup, escape

    parts = _SEPARATOR.split(_visible(name))
    return Markup("<wbr>").join(escape(part) for part in parts)


def _files_line(page: Page) -> str:
    count = len(page.files)
    total = size_text(sum(file.size or 0 for file in page.files))
    return f"1 file, {total}" if count == 1 else f"{count} files, {total}"
