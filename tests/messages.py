"""The messages that users can meet, found in the code and on the page that explains them."""

import ast
import re
from collections.abc import Iterator

import attrs

from .pages import ROOT, text_of

__all__ = ("HOLE", "PAGE", "Heading", "all_texts", "headings", "raised_texts")

PAGE = "docs/how-to/troubleshooting.md"
HOLE = "\0"
"""Takes the place of what is inserted into a text."""

RAISING = {
    "Failure",
    "FileChanged",
    "FileUnreadable",
    "Problem",
    "Refused",
    "Rejected",
    "Unavailable",
    "UnexpectedAnswer",
    "problem",
    "warn",
    "wrong",
}
"""Functions and classes whose first argument is a message."""


@attrs.frozen
class Heading:
    """A message as the page quotes it, with words in angle brackets for what differs."""

    text: str
    """The text between the backticks."""

    pattern: re.Pattern[str] = attrs.field(init=False)
    """What finds it in an output, or in the code with holes."""

    @property
    def fixed(self) -> list[str]:
        """What does not differ."""
        return re.split(r"<[a-z][a-z ]*>", self.text)

    @pattern.default
    def _make_pattern(self) -> re.Pattern[str]:
        return re.compile(".+?".join(re.escape(part) for part in self.fixed), re.DOTALL)

    def quotes(self, text: str) -> bool:
        """Return whether this is a part of a text of the code."""
        # Looking for the parts first saves most of the time.
        return all(part in text for part in self.fixed) and self.pattern.search(text) is not None


def headings() -> list[Heading]:
    """Return the messages on the page, in its order."""
    return [Heading(text) for text in re.findall(r"^### `(.+)`$", text_of(PAGE), re.MULTILINE)]


def _sources() -> Iterator[ast.Module]:
    for path in sorted((ROOT / "stepup_zenodo").rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"), str(path))


def _text(node: ast.AST) -> str:
    """Return the text of a constant or an f-string, with holes for what is inserted."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(value) or HOLE for value in values)
    return ""


def _texts_in(node: ast.AST) -> Iterator[str]:
    """Yield all texts in an expression, f-strings as a whole."""
    if text := _text(node):
        yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from _texts_in(child)


def all_texts() -> set[str]:
    """Return all texts in the code of the package."""
    return {text for module in _sources() for text in _texts_in(module)}


def raised_texts() -> set[str]:
    """Return the messages of errors and problems, as far as they are made where they are raised.

    A variable stands for all texts that are assigned to it in the same function.
    """
    found: set[str] = set()
    for module in _sources():
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef):
                found.update(_raised_in(function))
    return found


def _raised_in(function: ast.FunctionDef) -> Iterator[str]:
    assigned: dict[str, list[str]] = {}
    for node in ast.walk(function):
        for name, value in _assigned(node):
            assigned.setdefault(name, []).extend(_texts_in(value))
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in RAISING:
            message = node.args[0]
            yield from _texts_in(message)
            if isinstance(message, ast.Name):
                yield from assigned.get(message.id, [])


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the variables that a statement assigns, those of a tuple with their own values."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            for target, value in zip(names, values, strict=True):
                if isinstance(target, ast.Name):
                    yield target.id, value


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
