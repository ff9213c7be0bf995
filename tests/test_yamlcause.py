"""Text that is not YAML: the cause is found where somebody went wrong, and told with what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepup_zenodo.document.parse import read_document
from stepup_zenodo.errors import Invalid

SPACES_2 = "begin the line with 2 spaces, as there"
QUOTES = "put the text in quotes, as it has a colon"


def told(text: str) -> list[str]:
    """Return what is said about the text of a file."""
    try:
        return [str(problem) for problem in read_document(text, "c.yaml").problems]
    except Invalid as exc:
        return exc.lines()


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        # A key is deeper than its neighbours.
        pytest.param(
            'metadata:\n  title: Water\n   version: "1"\n',
            "3:4",
            "the key version is indented deeper than the key title in line 2",
            SPACES_2,
            id="a key after a text",
        ),
        pytest.param(
            'metadata:\n  title: "Water"\n   version: 1\n',
            "3:4",
            "the key version is indented deeper than the key title in line 2",
            SPACES_2,
            id="a key after a text in quotes",
        ),
        pytest.param(
            'metadata:\n  title: "Water\n    levels"\n   version: 1\n',
            "4:4",
            "the key version is indented deeper than the key title in line 2",
            SPACES_2,
            id="a key after a text in quotes of two lines",
        ),
        pytest.param(
            "endpoint: https://zenodo.org/api\n  path_token: t\n",
            "2:3",
            "the key path_token is indented deeper than the key endpoint in line 1",
            "begin the line with no spaces, as there",
            id="a key at the top",
        ),
        pytest.param(
            "metadata:\n  access:\n    record: public\n     files: public\n",
            "4:6",
            "the key files is indented deeper than the key record in line 3",
            "begin the line with 4 spaces, as there",
            id="a key of a mapping",
        ),
        pytest.param(
            "metadata:\n  creators:\n    - family_name: A\n      given_name: B\n        role: x\n",
            "5:9",
            "the key role is indented deeper than the key given_name in line 4",
            "begin the line with 6 spaces, as there",
            id="a key of an item",
        ),
        pytest.param(
            "metadata:\n  keywords:\n    - a\n   title: x\n",
            "4:4",
            "the key title is indented deeper than the key keywords in line 2",
            SPACES_2,
            id="a key after a list",
        ),
        pytest.param(
            "metadata:\n  title: |\n   a: b\n  notes: c\n    version: e\n",
            "5:5",
            "the key version is indented deeper than the key notes in line 4",
            SPACES_2,
            id="a key below a block of text",
        ),
        pytest.param(
            "paths:\n  - a.csv\n    - b.csv\n",
            "3:5",
            "the item - b.csv is indented deeper than the item above it",
            "indent both in the same way",
            id="an item, which becomes part of a text",
        ),
        # A key is less deep than its neighbours.
        pytest.param(
            "metadata:\n  title: Water\n version: 1\n",
            "3:2",
            "the key version is indented less deep than the key title in line 2",
            SPACES_2,
            id="a key",
        ),
        pytest.param(
            "metadata:\n  creators:\n    - family_name: A\n     given_name: B\n",
            "4:6",
            "the key given_name is indented less deep than the item - family_name: A in line 3",
            "begin the line with 6 spaces, as there",
            id="a key of an item that is less deep",
        ),
        pytest.param(
            "paths:\n  - a.csv\n - b.csv\n",
            "3:2",
            "the item - b.csv is indented less deep than the item - a.csv in line 2",
            SPACES_2,
            id="an item that is less deep",
        ),
        pytest.param(
            "  endpoint: a\npaths:\n  - a\n",
            "1:3",
            "the key endpoint is indented",
            "begin it at the start of the line, as the others",
            id="only the first key is indented",
        ),
        # A quote opens that is never closed.
        pytest.param(
            'metadata:\n  title: "Water\n  version: "1.0"\n  license: x\n',
            "2:10",
            "the quote that opens here is not closed in line 2",
            'write " at the end of the text',
            id="another quote below",
        ),
        pytest.param(
            "metadata:\n  title: 'Water\n  version: '1.0'\n",
            "2:10",
            "the quote that opens here is not closed in line 2",
            "write ' at the end of the text",
            id="another single quote below",
        ),
        pytest.param(
            'metadata:\n  title: "Water\n  version: 1.0\n',
            "2:10",
            "the quote that opens here is not closed in line 2",
            'write " at the end of the text',
            id="no other quote",
        ),
        pytest.param(
            'metadata:\n  title: "Water\n  version: ""\n  notes: x\n',
            "2:10",
            "the quote that opens here is not closed in line 2",
            'write " at the end of the text',
            id="empty quotes below",
        ),
        pytest.param(
            'paths:\n  - "a.csv\n  - b.csv\n',
            "2:5",
            "the quote that opens here is not closed in line 2",
            'write " at the end of the text',
            id="an item with a quote",
        ),
        pytest.param(
            "metadata:\n  title: 'It's water'\n  version: 1.0\n",
            "2:13",
            "the text goes on after the quote that closes here",
            "write '' for ' inside of the text, and one pair of quotes around all",
            id="an apostrophe in single quotes",
        ),
        pytest.param(
            'metadata:\n  title: "a" b\n',
            "2:12",
            "the text goes on after the quote that closes here",
            'write \\" for " inside of the text, and one pair of quotes around all',
            id="text after quotes",
        ),
        pytest.param(
            'metadata:\n  title: x\n  version: "1",\n',
            "3:15",
            "there is a comma behind the text",
            "remove it",
            id="a comma as in JSON",
        ),
        # Tabs.
        pytest.param(
            "metadata:\n\ttitle: x\n",
            "2:1",
            "a tab is used to indent this line",
            "indent with spaces, not with tabs",
            id="a tab",
        ),
        pytest.param(
            "metadata:\n  title: x\n  \tversion: y\n",
            "3:3",
            "a tab is used to indent this line",
            "indent with spaces, not with tabs",
            id="a tab after spaces",
        ),
        # The space after a colon, a dash, and the colon itself.
        pytest.param(
            'metadata:\n  title:Water\n  version: "1"\n',
            "2:8",
            "the space after the colon is missing",
            "write a space after it: title: ...",
            id="noticed one line below",
        ),
        pytest.param(
            "metadata:\n  title: x\n  version:1.0\n",
            "3:10",
            "the space after the colon is missing",
            "write a space after it: version: ...",
            id="the last line",
        ),
        pytest.param(
            "endpoint:https://zenodo.org/api\nmetadata:\n  title: x\n",
            "1:9",
            "the space after the colon is missing",
            "write a space after it: endpoint: ...",
            id="before an address",
        ),
        pytest.param(
            "title:Water\n",
            "1:1",
            "the space after the colon is missing",
            "write a space after the colon: title: Water",
            id="the only line",
        ),
        pytest.param(
            "paths:\n  -a.csv\n  -b.csv\n",
            "2:3",
            "the space after the dash is missing",
            "write a space after it, or put the text in quotes if it begins with a dash",
            id="no space after a dash",
        ),
        pytest.param(
            "metadata\n  title: x\n",
            "1:8",
            "the colon after the key is missing",
            "write metadata: and its value",
            id="no colon",
        ),
        pytest.param(
            "metadata:\n  title: x\n  some words\n  version: x\n",
            "3:3",
            "there is no colon in this line",
            "write a key, a colon, a space and the value",
            id="words between keys",
        ),
        # A text with a colon.
        pytest.param(
            "metadata:\n  title: Water: a study\n",
            "2:15",
            "there is a second colon in the line",
            f"{QUOTES}: 'Water: a study'",
            id="a title with a colon",
        ),
        pytest.param(
            "metadata:\n  title: It's water: a study\n",
            "2:20",
            "there is a second colon in the line",
            QUOTES,
            id="a title with a colon and an apostrophe",
        ),
        pytest.param(
            "metadata:\n  keywords:\n    - a: b: c\n",
            "3:11",
            "there is a second colon in the line",
            f"{QUOTES}: 'b: c'",
            id="an item with colons",
        ),
        # Brackets.
        pytest.param(
            "metadata:\n  keywords: [a, b\n  title: x\n",
            "2:13",
            "the [ that opens here is not closed",
            "write ] at its end, and commas between its items",
            id="a bracket",
        ),
    ],
)
def test_causes(text: str, place: str, message: str, hint: str) -> None:
    (line,) = told(text)
    start, end = f"c.yaml:{place}: ", f"{message} ({hint})"
    assert line in (f"{start}{end}", f"{start}the text is not valid YAML: {end}")


@pytest.mark.parametrize(
    "text",
    [
        "title: Water levels\n  - a study\n",
        'title: "-omics"\n',
        "keywords:\n  - -omics\n",
        "numbers:\n  - -1\n  - -2\n",
        "title: a text of\n  several lines\n",
        "notes: |\n  - a\n    - b\n  -c\n",
        "address: https://example.org:8080/a\n",
    ],
)
def test_what_is_valid_stays_valid(text: str) -> None:
    assert told(text) == []


LINES = st.sampled_from(
    [
        "a: b",
        "- a",
        "a:",
        "a:b",
        "-a",
        '"',
        "'",
        "a: 'b",
        'a: "b',
        "\t",
        "a: b: c",
        "[",
        "{a: ",
        "|",
    ]
)


@given(st.lists(st.tuples(st.integers(0, 5), LINES), max_size=8))
def test_any_lines_are_told_with_a_place_in_the_file(lines: list[tuple[int, str]]) -> None:
    text = "".join(f"{' ' * indent}{line}\n" for indent, line in lines)
    for line in told(text):
        _, number, column, _ = line.split(":", 3)
        assert 1 <= int(number) <= len(lines) + 1
        shown = [*text.split("\n"), ""][int(number) - 1]
        assert 1 <= int(column) <= len(shown) + 1
