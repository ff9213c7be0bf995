"""Texts in YAML with one value changed: everything else stays to the last character."""

import attrs
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from stepup_zenodo.document.yamledit import ChangesElsewhereError, changed_yaml
from stepup_zenodo.jsontypes import Json

TEXT = """\
# Our data.
metadata:
  # The title.
  title: 'Old'   # short
  keywords: # mine
    - weir
  creators:
    # The first.
    - name: A   # a
      # The ORCID is missing.
    # The second.
    - {name: B, x: y}   # b

    # The third.
    - family_name: C # c
      # About D.
      affiliation: D # d
    # Everybody else is thanked.
  # Ask the library.
  rights: cc-by-4.0   # r
  sizes: [a, b]   # in order

  # To do: funding.
paths:
- a.txt   # the data
"""
A: Json = {"name": "A"}
B: dict[str, Json] = {"name": "B", "x": "y"}
C: Json = {"family_name": "C", "affiliation": "D"}
FIRST = """\
    # The first.
    - name: A   # a
      # The ORCID is missing.
"""
SECOND = """\
    # The second.
    - {name: B, x: y}   # b
"""
THIRD = """\
    # The third.
    - family_name: C # c
      # About D.
      affiliation: D # d
"""
ALL = f"{FIRST}{SECOND}\n{THIRD}"
CRLF = "\ufeffa: x\r\nb: # beside\r\n- y # y\r\nc: z\r\n"


@attrs.frozen
class Change:
    """A value of a text, and what becomes of the text."""

    path: str
    """The keys, with dots in between."""

    value: Json
    """The new value."""

    old: str
    """A part of the text."""

    new: str
    """What is there instead."""

    text: str = TEXT
    """The whole text."""


@pytest.mark.parametrize(
    "change",
    [
        Change("metadata.title", "New: one", "'Old'   #", "'New: one'   #"),
        Change("metadata.keywords", [], " # mine\n    - weir\n", " [] # mine\n"),
        Change("metadata.keywords", ["dam", "weir"], "    - weir", "    - dam\n    - weir"),
        Change("metadata.keywords", ["2", "x: y"], "    - weir", "    - '2'\n    - 'x: y'"),
        Change("metadata.creators", [B, C], FIRST, ""),
        Change("metadata.creators", [A, C], SECOND, ""),
        Change("metadata.creators", [A, B], THIRD, ""),
        Change("metadata.creators", [], f"\n{ALL}", f" []\n{FIRST[:17]}"),
        Change("metadata.creators", [C, A, B], ALL, f"{THIRD}{FIRST}{SECOND}\n"),
        Change("metadata.creators", [A, B, C, {"name": "N"}], THIRD, f"{THIRD}    - name: N\n"),
        Change(
            "metadata.creators",
            [A, {"family_name": "N", "affiliations": [{"name": "Q"}]}, B, C],
            SECOND,
            f"    - family_name: N\n      affiliations:\n        - name: Q\n{SECOND}",
        ),
        Change(
            "metadata.creators",
            [A, B, {"affiliation": "E", "role": "editor"}],
            THIRD,
            "    # The third.\n    - # About D.\n      affiliation: E # d\n      role: editor\n",
        ),
        Change("metadata.creators", [A, {**B, "z": ["k"]}, C], "x: y}", "x: y, z: [k]}"),
        Change("metadata.rights", ["a", "b"], " cc-by-4.0   # r\n", "   # r\n    - a\n    - b\n"),
        Change("metadata.rights", "mit", "cc-by-4.0   # r", "mit   # r"),
        Change("metadata.sizes", ["b", "c d"], "[a, b]", "[b, c d]"),
        Change("metadata.sizes", [], "[a, b]", "[]"),
        Change(
            "metadata.notes",
            "<p>a</p>\n<p>b</p>",
            "# in order\n",
            "# in order\n  notes: |-\n    <p>a</p>\n    <p>b</p>\n",
        ),
        Change("paths", ["a.txt", "b.txt"], "# the data\n", "# the data\n- b.txt\n"),
        Change("access.files", "restricted", "data\n", "data\naccess:\n  files: restricted\n"),
        Change("a", "y", "a: x\r\n", "a: y\r\n", CRLF),
        Change("b", ["v", "y"], "- y", "- v\r\n- y", CRLF),
        Change("b", [], " # beside\r\n- y # y\r\n", " [] # beside\r\n", CRLF),
        Change("d", ["q"], "z\r\n", "z\r\nd:\r\n- q\r\n", CRLF),
        Change("b", ["x", "y"], "- x", "- x\n- y", "b:\n- x"),
        Change("c", "y", "x", "x\nc: y", "b: x"),
        Change("b", ["v"], " *a", "\n  - v", "a: &a [x]\nb: *a\n"),
        Change("b", "v", "*a", "v", "a: &a x\nb: *a # same\n"),
        Change("a", "y", "&a x", "&a y", "a: &a x # why\n"),
        Change("d", "2026-02-02", "2026-01-01", "2026-02-02", "d: 2026-01-01\n"),
        Change("d", "soon", "2026-01-01", "soon", "d: 2026-01-01\n"),
        Change("e", "x", "e:", "e: x", "e: # why\nz: 1\n"),
        Change("e", ["x"], "e: # why", "e: # why\n  - x", "e: # why\nz: 1\n"),
        Change(
            "n", "one", "|   # text\n  a\n  b", "one   # text", "n: |   # text\n  a\n  b\nz: 1\n"
        ),
        Change("n", "a\nc\n", "b\n", "c\n", "n: |\n  a\n  b\n\n# below\nz: 1\n"),
        Change("m", [{"b": "2"}], "a: 1\n    b", "b", "m:\n  - a: 1\n    b: 2\n"),
        Change(
            "m",
            [{"b": "v", "c": "w"}, "y"],
            "- x # why",
            "- # why\n    b: v\n    c: w",
            "m:\n  - x # why\n  - y\n",
        ),
        Change(
            "k",
            ["one", "three", "four"],
            "\n  # The second.\n  two,\n  three # 3",
            "\n  three, # 3\n  four",
            "k: [\n  one, # 1\n  # The second.\n  two,\n  three # 3\n]\n",
        ),
        Change("m.k", ["b, c"], "[a]", "['b, c']", "{m: {t: x, k: [a]}}\n"),
        Change("m.l", "v", "[a]", "[a], l: v", "{m: {t: x, k: [a]}}\n"),
        Change("m.l", "v", " {}", "\n  l: v", "m: {}\n"),
    ],
    ids=lambda change: f"{change.path} {change.value!r}"[:60],
)
def test_everything_else_stays(change: Change) -> None:
    assert change.old in change.text
    expected = change.text.replace(change.old, change.new, 1)
    path = tuple(change.path.split("."))

    found = changed_yaml(change.text, path, change.value)

    assert found == expected
    assert changed_yaml(found, path, change.value) == expected


def test_items_that_mean_the_same_stay_as_they_are_written() -> None:
    text = "a:\n  - name: Lovelace, Ada # first\n  - Babbage\n"
    new: Json = [{"family_name": "Babbage"}, {"family_name": "Lovelace", "given_name": "Ada"}]

    assert changed_yaml(text, ("a",), new, (("L", "B"), ("B", "L"))) == (
        "a:\n  - Babbage\n  - name: Lovelace, Ada # first\n"
    )


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("a: &a [x]\nb: *a\n", ("b",)),
        ("a: &a\n  - x\nm: {b: *a, c: [*a]}\n", ("m.b", "m.c")),
        ("a: [&x x]\nb: *x\n", ("b",)),
    ],
)
def test_what_would_change_elsewhere_too_is_told(text: str, elsewhere: tuple[str, ...]) -> None:
    with pytest.raises(ChangesElsewhereError) as caught:
        changed_yaml(text, ("a",), ["y"])
    assert caught.value.paths == elsewhere


WORDS = st.text("ab :#-[]{},'\"&*!|>%@`\n\t0é\u2028", max_size=6)
VALUES = st.recursive(
    WORDS | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
STYLES = st.sampled_from([None, True, False])


def in_words(value: Json) -> Json:
    """Return a value as the configuration reads it, for which numbers are words."""
    if isinstance(value, dict):
        return {key: in_words(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [in_words(inner) for inner in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


@example([{"a": 0}], [{"a": "0"}], None, False)
@example(0, False, None, False)
@given(VALUES, VALUES, STYLES, st.booleans())
def test_any_value_becomes_any_other(old: Json, new: Json, style: bool | None, crlf: bool) -> None:
    before = yaml.safe_dump(
        {"a": "x", "b": old, "c": "z"}, default_flow_style=style, sort_keys=False
    )
    if crlf:
        before = before.replace("\n", "\r\n")

    after = changed_yaml(before, ("b",), new)

    assert in_words(yaml.safe_load(after)) == {"a": "x", "b": in_words(new), "c": "z"}
    assert not crlf or after.count("\r\n") == after.count("\n")
