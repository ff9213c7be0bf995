"""Texts inside of files for other programs: none of them ends the text that it stands in."""

import json
from collections.abc import Callable

from ..jsontypes import Json

__all__ = ("bib_text", "json_text", "tex_name", "tex_text", "typ_text", "yaml_text")


def json_text(value: Json) -> str:
    """Return a value as JSON, in which characters without shape are escaped."""
    return _escaped(json.dumps(value, indent=2, ensure_ascii=False), _json_escape)


def _escaped(text: str, escape: Callable[[str], str]) -> str:
    """Return a text in which characters without shape are escaped, but for line breaks.

    They could reorder what is shown, or end a line for some programs and not for others.
    """
    return "".join(char if char.isprintable() or char == "\n" else escape(char) for char in text)


def _json_escape(char: str) -> str:
    """Return the escape of a character in JSON."""
    return json.dumps(char)[1:-1]


_TEX_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{char: f"\\{char}" for char in "&%$#_"},
    }
)


_BIB_SPECIAL = {
    **_TEX_SPECIAL,
    ord("{"): r"{\textbraceleft}",
    ord("}"): r"{\textbraceright}",
}
"""BibTeX counts braces also where a backslash stands before them."""


def tex_text(text: str) -> str:
    """Return a text for TeX."""
    return _one_line(text).translate(_TEX_SPECIAL)


def tex_name(text: str) -> str:
    """Return a text as a part of the name of a macro, between `csname` and `endcsname`.

    There, an underscore stands for itself, and commands are not possible.
    What cannot be written as the argument of a macro becomes a hyphen.
    """
    return "".join("-" if char in "\\{}%#~^$&" else char for char in _one_line(text))


def bib_text(text: str) -> str:
    """Return a text for a field of BibTeX."""
    return _one_line(text).translate(_BIB_SPECIAL)


def _one_line(text: str) -> str:
    """Return a text in one line and without control characters, as an empty line is a command."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def typ_text(text: str) -> str:
    """Return a text in quotes, as Typst reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    safe = _escaped(escaped, lambda char: f"\\u{{{ord(char):x}}}")
    return f'"{safe}"'


def yaml_text(text: str) -> str:
    """Return a text in quotes, as YAML reads it."""
    escape = "\\U{:08x}".format
    return _escaped(json.dumps(text, ensure_ascii=False), lambda char: escape(ord(char)))
