"""What a README becomes on the server: the description of a record.

Markdown is read as on GitHub.
The result is HTML in the form in which the server stores it.
"""

import html
import re
from collections.abc import Callable, Sequence

import attrs

from .links import unchanged
from .markup import Cleaned, clean_html

__all__ = ("Description", "description", "dropped", "html_description", "markdown_to_html")

_LONGEST = 200_000  # characters of Markdown; longer texts are no READMEs, and take too long
_FRONT_MATTER = re.compile(
    r"(?:---[ \t]*\n(?:[\w\"'#][^\n]*:[^\n]*\n.*?)??(?:---|\.\.\.)"
    r"|\+\+\+[ \t]*\n(?:[\w\"'#\[][^\n]*\n.*?)??\+\+\+)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
_SHOWN = 3  # names in a note

REMEDY = "give a code_repository on GitHub, GitLab or Bitbucket"
"""What makes relative links of Markdown work."""


@attrs.frozen
class Description:
    """The HTML that is sent, and what it lacks."""

    html: str
    """The text as the server stores it, empty if there is nothing to see."""

    notes: tuple[str, ...]
    """What of the source cannot be shown, or does not work on the server, in words."""


def description(
    text: str,
    *,
    is_html: bool = False,
    working: Callable[[str], str] = unchanged,
    remedy: str = "",
) -> Description:
    """Return what a text becomes on the server.

    Tables, fenced code, task lists, alerts, footnotes, bare addresses and strike-through
    are read as on GitHub, which has no lists of definitions.
    Front matter is left out.
    Lists that do not begin at 1 have their numbers as text.
    Images are replaced by their alternative text, with a link if their address is absolute.
    Relative links are kept, as the server keeps them, unless it is known where they lead.
    Markdown of more than 200,000 characters is shown as it is.

    Parameters
    ----------
    text
        Markdown, or HTML, of which only the body is shown.
    is_html
        Which of these it is.
    working
        Returns the address to which a relative one leads, or the same if that is not known.
    remedy
        What makes relative links of Markdown work, if something else is missing than the
        address of the repository.
    """
    if is_html:
        cleaned, is_plain = clean_html(text, working=working), False
    else:
        cleaned, is_plain = _from_markdown(text, working)
    notes = _notes(cleaned, "" if is_html else remedy or REMEDY, is_html=is_html, is_plain=is_plain)
    return Description(cleaned.html, notes)


def markdown_to_html(text: str) -> str:
    """Return the HTML of a Markdown text, as the server stores it."""
    return description(text).html


def html_description(text: str) -> str:
    """Return an HTML document as the server stores it: the body only, without scripts."""
    return description(text, is_html=True).html


def dropped(text: str, *, is_html: bool = False) -> tuple[str, ...]:
    """Return in words what of a description cannot be shown, or does not work."""
    return description(text, is_html=is_html).notes


def _from_markdown(text: str, working: Callable[[str], str]) -> tuple[Cleaned, bool]:
    """Return the HTML of a Markdown text, and whether it is shown as it is."""
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    source = source.replace("\0", "")
    if front := _FRONT_MATTER.match(source):
        source = source[front.end() :]
    if len(source) <= _LONGEST:
        from .markdown import markdown_html

        made = markdown_html(source)
        if made is not None:
            return clean_html(made, working=working), False
    return clean_html(f"<pre>{html.escape(source, quote=False)}</pre>"), True


def _notes(cleaned: Cleaned, remedy: str, *, is_html: bool, is_plain: bool) -> tuple[str, ...]:
    """Return what a text lacks, in words."""
    lost = cleaned.lost
    inside = [link for link in lost.relative if link.startswith("#")]
    # Those of HTML may be meant for the page of the record, as in a description from there.
    meant = ("#", "/") if is_html else "#"
    outside = [link for link in lost.relative if not link.startswith(meant)]
    remedy = f"write whole addresses, or {remedy}" if remedy else "write whole addresses"
    notes = [
        _note("too long or too deeply nested for Markdown, the text is shown as it is", is_plain),
        _named("images are replaced by links or by their alternative texts", lost.images),
        _named("links of a kind that the server does not keep are shown as text", lost.links),
        _named(f"links to other files lead nowhere on the server ({remedy})", outside),
        _named("links to places in the text lead nowhere, the server keeps no ids", inside),
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
