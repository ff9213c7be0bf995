"""What the server makes of a text before it stores it.

Every text of a record goes through the package ftfy with its default settings,
and some characters are removed (marshmallow-utils 0.15, observed on InvenioRDM 15.0.0b3).
The same package is used here, so that the result is the same.
"""

import re

__all__ = ("stored_html_source", "stored_text")

# Printable ASCII without ampersands is left alone by ftfy: its import takes a tenth of a second.
_PLAIN = re.compile(r"[\t\n\x20-\x25\x27-\x7e]*")
_REMOVED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\u200b")
_MOST_ROUNDS = 8


def stored_text(text: str) -> str:
    """Return a plain text as the server stores it: unchanged when it is sent again.

    Typographic quotes become straight ones, ligatures and full-width letters plain ones,
    accents are composed, wrongly decoded text is repaired, HTML entities are decoded,
    and white space at both ends, zero-width spaces and characters that XML forbids are removed.
    """
    return _until_stable(text, unescape=True)


def stored_html_source(text: str) -> str:
    """Return the source of an HTML text as the server reads it: as `stored_text`, entities kept.

    The server keeps entities as well as soon as a line has a tag.
    """
    return _until_stable(text, unescape=False)


def _until_stable(text: str, *, unescape: bool) -> str:
    """Apply the server's rewriting until nothing changes.

    One round is not always enough: `&amp;amp;` takes two,
    and a blank behind a leading zero-width space becomes visible to the trimming.
    """
    for _ in range(_MOST_ROUNDS):
        before, text = text, _rewritten(text.strip(), unescape=unescape)
        if text == before:
            break
    return text


def _rewritten(text: str, *, unescape: bool) -> str:
    """Apply the server's rewriting once, except for trimming."""
    if _PLAIN.fullmatch(text):
        return text
    import ftfy

    fixed = ftfy.fix_text(text, unescape_html="auto" if unescape else False)
    return _REMOVED.sub("", fixed)
