"""Write values as YAML in the layout of the text around them."""

import json
import re

import attrs
import yaml

from ..jsontypes import Json

__all__ = ("Layout", "inline", "is_inline", "is_said", "scalar_like")

_WIDE = 10**6


@attrs.frozen
class Layout:
    """How a text is indented."""

    mapping: int = 2
    """How much deeper than a key the keys below it are."""

    dash: int = 2
    """How much deeper than a key the dashes of the list below it are."""

    after_dash: int = 2
    """How much deeper than its dash an item is."""

    @classmethod
    def of(cls, text: str) -> "Layout":
        """Return the layout of a text, as far as it shows one."""
        above = r"^( *)[^\s#][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*"
        keys = re.search(above + r"(\1 +)[^\s#-]", text, re.MULTILINE)
        mapping = len(keys[2]) - len(keys[1]) if keys else 2
        dashes = re.search(above + r"(\1 *)-( +)\S", text, re.MULTILINE)
        if dashes is None:
            return cls(mapping, mapping if keys else 2, 2)
        return cls(mapping, len(dashes[2]) - len(dashes[1]), 1 + len(dashes[3]))

    def lines(self, value: Json) -> list[str]:
        """Return the lines of a list or a mapping, the first of which is not indented."""
        found: list[str] = []
        if isinstance(value, dict):
            for key, item in value.items():
                found += self.entry(f"{inline(key)}:", item)
        elif isinstance(value, list):
            for item in value:
                found += self.item(item)
        return found

    def entry(self, head: str, value: Json) -> list[str]:
        """Return the lines of a key with its colon and its value."""
        if is_inline(value):
            first, *rest = _scalar_lines(value)
            return [f"{head} {first}", *rest]
        depth = self.dash if isinstance(value, list) else self.mapping
        return [head, *_indented(self.lines(value), depth)]

    def item(self, value: Json) -> list[str]:
        """Return the lines of an item with its dash."""
        lines = _scalar_lines(value) if is_inline(value) else self.lines(value)
        first, *rest = lines
        depth = 0 if is_inline(value) else self.after_dash
        return [f"-{' ' * (self.after_dash - 1)}{first}", *_indented(rest, depth)]


def _indented(lines: list[str], depth: int) -> list[str]:
    return [f"{' ' * depth}{line}" if line else line for line in lines]


def is_inline(value: Json) -> bool:
    """Return whether a value begins on the line of its key."""
    return not isinstance(value, dict | list) or not value


def _scalar_lines(value: Json) -> list[str]:
    """Return a simple value on one line, or several lines of text as such, indented by two."""
    if isinstance(value, str) and "\n" in value.strip() and not value[0].isspace():
        shown = yaml.safe_dump(value, default_style="|", allow_unicode=True, width=_WIDE)
        first, *rest = shown.rstrip("\n").split("\n")
        if first in ("|", "|-"):
            return [first, *rest]
    return [inline(value)]


def inline(value: Json, like: str = "", *, in_brackets: bool = False) -> str:
    """Return a value on one line.

    Parameters
    ----------
    value
        The value.
    like
        The quotes that a text should have if possible.
    in_brackets
        Whether it stands within brackets or braces.
    """
    if isinstance(value, dict):
        parts = (f"{inline(k, in_brackets=True)}: {_inner(v)}" for k, v in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inner, value))}]"
    style = like if like in ("'", '"') and isinstance(value, str) else None
    if isinstance(value, str) and "\n" in value:
        style = '"'
    shown = yaml.safe_dump(
        [value],
        default_style=style,
        default_flow_style=in_brackets,
        allow_unicode=True,
        width=_WIDE,
    ).rstrip("\n")
    shown = shown[1:-1] if in_brackets else shown[2:]
    # YAML allows everything in double quotes to be escaped, as JSON does.
    return shown if "\n" not in shown else json.dumps(value)


def _inner(value: Json) -> str:
    return inline(value, in_brackets=True)


def is_said(plain: object, style: str, value: Json) -> bool:
    """Return whether a simple value says a certain value.

    Parameters
    ----------
    plain
        The characters that are meant.
    style
        How they are quoted.
    value
        The value.
    """
    if isinstance(value, str) or style or not isinstance(plain, str):
        return plain == value
    try:
        said = yaml.safe_load(plain)
    except (yaml.YAMLError, ValueError):
        return False
    # For Python, 0 is the same as False.
    same = said == value and isinstance(said, bool) is isinstance(value, bool)
    return bool(same) and not _is_text(plain)


def scalar_like(plain: object, style: str, value: Json, *, in_brackets: bool) -> str:
    """Return a simple value in the quotes of an old one, and without any if that has none.

    Dates and numbers are words for the configuration, so that they need no quotes
    where there were none.
    """
    if isinstance(value, str) and isinstance(plain, str) and not style:
        is_word = re.fullmatch(r"[\w.:/+-]+", value) is not None
        if is_word and not _is_text(plain) and plain and _tag(value) == _tag(plain):
            return value
    return inline(value, style, in_brackets=in_brackets)


def _is_text(plain: str) -> bool:
    return _tag(plain) == "tag:yaml.org,2002:str"


def _tag(plain: str) -> str:
    """Return what characters without quotes are in YAML."""
    loader = yaml.SafeLoader("")
    resolved = loader.resolve(  # type: ignore[no-untyped-call]
        yaml.ScalarNode, plain, (True, False)
    )
    return str(resolved)
