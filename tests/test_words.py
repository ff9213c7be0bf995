"""Words that have made readers stop stay away from what users read."""

import ast
import re
from collections.abc import Iterator

import pytest

from .pages import ROOT, text_of

WORDS = {
    r"\bblanks?\b": "space",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bmistakes?\b": "error",
    r"\bas told\b": "because of --ours, because of --prune",
    r"\ban id of the vocabulary\b": "what the id is, such as a licence id (SPDX)",
    r"\bidem\b": "the same",
    r"\bpublished: published\b": "published: record",
    r"\bthe draft: the draft\b": "the draft: it",
    r"(?<!step)\(s\) ": "singular or plural",
    r"\bkept the record:": "what is the case",
    r"\bvalid orcid\b": "valid ORCID",
    r"nothing -> .*\(differs from the configuration\)": "not yet in the draft",
    r"\b(take over|go on with) a record that exists\b": "adopt a record",
    r"\d, stepup-zenodo share$": "named 'stepup-zenodo share'",
}
"""What is not written any more, and what is written instead."""

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "mkdocs.yml")
)


def _documentation(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield texts that stand alone: docstrings, which users do not see."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def shown_texts(source: str) -> dict[int, str]:
    """Return the texts of a module that can reach users, by their lines."""
    tree = ast.parse(source)
    hidden = {id(node) for node in _documentation(tree)}
    return {
        node.lineno: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in hidden
    }


def found(text: str) -> list[str]:
    """Return the words in a text that should be others, with these."""
    return [
        f"{match[0]} -> {better}"
        for word, better in WORDS.items()
        for match in re.finditer(word, text, re.IGNORECASE | re.MULTILINE)
    ]


@pytest.mark.source
@pytest.mark.parametrize("page", PAGES)
def test_pages(page: str) -> None:
    assert found(text_of(page)) == []


@pytest.mark.source
def test_messages() -> None:
    words = {
        f"{path.relative_to(ROOT)}:{line}": wrong
        for path in sorted((ROOT / "stepup_zenodo").rglob("*.py"))
        for line, text in shown_texts(path.read_text(encoding="utf-8")).items()
        if (wrong := found(text))
    }
    assert words == {}


def test_texts_are_told_from_documentation() -> None:
    source = '"""A mistake."""\nX = f"mend {1}"\n"""As told."""\ndef blank():\n    """Idem."""\n'
    assert shown_texts(source) == {2: "mend "}
    assert found("Two mistakes, mended") == ["mended -> fix", "mistakes -> error"]
