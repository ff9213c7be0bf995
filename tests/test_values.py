"""How changed values are shown: in the words of the configuration, and where they differ."""

import io
import sys

import pytest

from stepup_zenodo.config.fields import normal
from stepup_zenodo.jsontypes import Json
from stepup_zenodo.record.showing import values_apart
from stepup_zenodo.reporting.output import Output
from stepup_zenodo.reporting.values import value_lines
from stepup_zenodo.text.description import markdown_to_html
from stepup_zenodo.text.readable import readable_html

TITLE, DESCRIPTION = "metadata.title", "metadata.description"
LONG = "Sample-based bounds for coherent risk measures with applications to policy"
END = "...with applications to policy"


def person(given: str, *affiliations: str) -> Json:
    names: Json = {"type": "personal", "family_name": "Lovelace", "given_name": given}
    found: dict[str, Json] = {"person_or_org": names}
    places: list[Json] = [{"name": name} for name in affiliations]
    return {**found, "affiliations": places} if places else found


METHODS = {"type": {"id": "methods"}}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (TITLE, "Old", "New", ["metadata.title: 'Old' -> 'New' (why)"]),
        (TITLE, None, "New", ["metadata.title: nothing -> 'New' (why)"]),
        (
            TITLE,
            f"{LONG} design",
            f"{LONG} verification",
            [f"metadata.title: '{END} design' -> '{END} verification' (why)"],
        ),
        ("files.default_preview", None, "a", ["default_preview: nothing -> 'a' (why)"]),
        ("custom_fields.journal:journal", {"title": "A"}, {"title": "B"},
         ["journal.title: 'A' -> 'B' (why)"]),
        ("custom_fields.journal:journal", {"title": "A"}, {"title": "B", "volume": "7"},
         ["journal (why):", "  ~ title: 'A' -> 'B'", "  ~ volume: nothing -> '7'"]),
        # Lists of known things, by item.
        ("metadata.subjects", [{"subject": "a"}], None, ["metadata.keywords (why):", "  - 'a'"]),
        (
            "metadata.subjects",
            [{"subject": "a"}, {"id": "http://x"}],
            [{"subject": "b"}, {"subject": "a"}],
            ["metadata.keywords (why):", "  + 'b'", "metadata.subjects (why):", "  - 'http://x'"],
        ),
        (
            "metadata.creators",
            [person("Ada", "X"), person("B")],
            [person("Ada", "Y"), person("C")],
            [
                "metadata.creators (why):",
                "  ~ 'Lovelace, Ada': affiliations[0].name: 'X' -> 'Y'",
                "  + {family_name: 'Lovelace', given_name: 'C'}",
                "  - {family_name: 'Lovelace', given_name: 'B'}",
            ],
        ),
        (
            "metadata.creators",
            [person("A"), person("B")],
            [person("B"), person("A")],
            ["metadata.creators (why):", "  ~ in another order: 'Lovelace, B', 'Lovelace, A'"],
        ),
        (
            "metadata.additional_descriptions",
            [{"description": "<p>One.</p>", **METHODS}],
            [{"description": "<p>Two.</p>", **METHODS}],
            ["metadata.additional_descriptions (why):",
             "  ~ 'methods': description: 'One.' -> 'Two.'"],
        ),
        (
            "metadata.additional_descriptions",
            [{"description": "<p>One.</p>", "type": {"id": "notes"}}],
            [{"description": "<p>Two.</p>", "type": {"id": "notes"}}],
            ["metadata.notes: 'One.' -> 'Two.' (why)"],
        ),
        # Others as a whole.
        ("metadata.rights", [{"id": "mit"}, {"id": "cc0-1.0"}], [{"id": "mit"}],
         ["metadata.license (why):", "    'mit'", "  - 'cc0-1.0'"]),
        ("metadata.sizes", ["1", "1"], ["1", "1", "2"],
         ["metadata.sizes (why):", "    '1'", "  + '2'"]),
        # Texts, as Markdown where that says everything.
        (DESCRIPTION, "<p>A.</p>", "<p>B.</p>", ["metadata.description: 'A.' -> 'B.' (why)"]),
        (
            DESCRIPTION,
            markdown_to_html("First. The *level* was high. It was so all year.\n\n- a"),
            markdown_to_html("First. The *level* was low. It was so all year.\n\n- a\n- b"),
            ["metadata.description (why):", "    First.", "  - The *level* was high.",
             "  + The *level* was low.", "    - a", "  + - b"],
        ),
        (
            DESCRIPTION,
            "<p>A <b>word</b></p>",
            "<p>A word</p>",
            ["metadata.description: '<p>A <b>word</b></p>' -> '<p>A word</p>' (why)"],
        ),
    ],
)  # fmt: skip
def test_value_lines(name: str, old: Json, new: Json, expected: list[str]) -> None:
    before, after = (normal(name, value) for value in (old, new))

    assert value_lines(name, before, after, "why") == expected


def test_what_steers_a_terminal_is_escaped() -> None:
    old: Json = [{"subject": "a\x1b[31m"}]

    assert value_lines(TITLE, "A\x1b[31m", "B\x07") == [r"metadata.title: 'A\x1b[31m' -> 'B\x07'"]
    assert value_lines("metadata.subjects", old, None)[1:] == [r"  - 'a\x1b[31m'"]


@pytest.mark.parametrize(
    ("name", "one", "other", "expected"),
    [
        (TITLE, "A", None, ("'A'", "nothing")),
        (TITLE, f"{LONG} a", f"{LONG} b", (f"'{END} a'", f"'{END} b'")),
        (TITLE, f"a {LONG}", f"b {LONG}", (f"'a {LONG[:63]}...'", f"'b {LONG[:63]}...'")),
        (
            "metadata.creators",
            [person("Ada"), person("Ada")],
            [person("Ada")],
            ("...given_name: 'Ada'}, {family_name: 'Lovelace', given_name: 'Ada'}]",
             "[{family_name: 'Lovelace', given_name: 'Ada'}]"),
        ),
        ("metadata.rights", [{"id": "mit"}], [{"id": "cc0-1.0"}], ("['mit']", "['cc0-1.0']")),
    ],
)  # fmt: skip
def test_two_values_on_one_line(
    name: str, one: Json, other: Json, expected: tuple[str, str]
) -> None:
    assert values_apart(name, one, other) == expected


@pytest.mark.parametrize(
    "text",
    [
        "One *word* and **more**, `code <x>` and [a link](https://example.org/a_b).",
        "# Title\n\nText, 3 < 4 and a_b.\n\n## Part",
        "- one\n- two\n   - inner\n- three",
        "1. one\n2. two",
        "> quoted\n\n```\ncode\n  more\n```",
        "See https://example.org.",
        "5 * 4 * 3",
        "\\*5\\*",
        "line\\\nbreak",
    ],
)
def test_html_that_markdown_can_say(text: str) -> None:
    assert readable_html(markdown_to_html(text)) == text


@pytest.mark.parametrize(
    "html",
    ["<p>a <b>b</b></p>", "<table>\n<tbody>\n<tr>\n<td>a</td>\n</tr>\n</tbody>\n</table>", "text"],
)
def test_html_that_markdown_cannot_say(html: str) -> None:
    assert readable_html(html) is None


class Terminal(io.StringIO):
    """What a program writes to, as if somebody looked at it."""

    def isatty(self) -> bool:
        return True


LINES = ["metadata.keywords:", "  + 'a\x1b[0m'", "  - 'b'", "  ~ 'c'", "    'd'", "- e"]
PLAIN = [line.replace("\x1b", r"\x1b") for line in LINES]


@pytest.mark.parametrize(
    ("environ", "stream", "expected"),
    [
        (
            {},
            Terminal(),
            [
                PLAIN[0],
                f"  \x1b[32m{PLAIN[1][2:]}\x1b[0m",
                f"  \x1b[31m{PLAIN[2][2:]}\x1b[0m",
                f"  \x1b[33m{PLAIN[3][2:]}\x1b[0m",
                PLAIN[4],
                f"\x1b[31m{PLAIN[5]}\x1b[0m",
            ],
        ),
        ({"NO_COLOR": "1"}, Terminal(), PLAIN),
        ({"TERM": "dumb"}, Terminal(), PLAIN),
        ({}, io.StringIO(), PLAIN),
    ],
)
def test_colours_are_for_terminals(
    environ: dict[str, str],
    stream: io.StringIO,
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", stream)

    Output().say(LINES, marked=True)

    assert stream.getvalue().splitlines() == expected
