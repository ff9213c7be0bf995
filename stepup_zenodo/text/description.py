"""What a README becomes on the server: the description of a record.

Markdown is read as on GitHub, as far as the package `markdown` and a few additions to it allow.
The result is HTML in the form in which the server stores it.
"""

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from .markup import Cleaned, clean_html

__all__ = ("dropped", "html_description", "markdown_to_html")

_LONGEST = 200_000  # characters of Markdown; longer texts are no READMEs, and take too long
_FRONT_MATTER = re.compile(
    r"(?:---[ \t]*\n(?:[\w\"'#][^\n]*:[^\n]*\n.*?)??(?:---|\.\.\.)"
    r"|\+\+\+[ \t]*\n(?:[\w\"'#\[][^\n]*\n.*?)??\+\+\+)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
_FOOTNOTE = re.compile(r"#fn(ref\d*)?:")  # links that the converter makes, not the author
_SHOWN = 3  # names in a note


def markdown_to_html(text: str) -> str:
    """Return the HTML of a Markdown text, as the server stores it.

    Tables, fenced code, task lists, footnotes, bare addresses, strike-through,
    and lists with any indentation are read as on GitHub.
    Front matter is left out.
    Images are replaced by their alternative text, with a link if their address is absolute.
    Links to other files, or to other places of the text, are replaced by their text.
    A text of more than 200,000 characters is shown as it is.
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
    inside = [link for link in lost.links if link.startswith("#") and not _FOOTNOTE.match(link)]
    outside = [link for link in lost.links if not link.startswith("#")]
    notes = [
        _note("too long or too deeply nested for Markdown, the text is shown as it is", is_plain),
        _named("images are replaced by links or by their alternative texts", lost.images),
        _named("links that do not work outside of the file are shown as text", outside),
        _named("links to places in the text are shown as text", inside),
        _named("HTML elements without a counterpart on the server are left out", lost.tags),
        _note("deeply nested HTML elements are dissolved", lost.too_deep),
    ]
    return tuple(note for note in notes if note)


def _note(message: str, applies: bool) -> str:
    return message if applies else ""


def _named(message: str, names: Sequence[str]) -> str:
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
    if front := _FRONT_MATTER.match(source):
        source = source[front.end() :]
    if len(source) <= _LONGEST:
        try:
            from .readme import readme_html

            return clean_html(readme_html(source)), False
        except RecursionError:
            pass  # links within links, hundreds deep
    return clean_html(f"<pre>{html.escape(source, quote=False)}</pre>"), True
