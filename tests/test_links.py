"""Where relative links of a README lead."""

import pytest

from stepup_zenodo.text.description import description
from stepup_zenodo.text.links import in_repository, is_relative, seen_from, unchanged

GITHUB = "https://github.com/o/r"
WORKING = [
    (GITHUB, "", "a.md", f"{GITHUB}/blob/HEAD/a.md"),
    (f"{GITHUB}.git", "", "./a/../b c.md", f"{GITHUB}/blob/HEAD/b%20c.md"),
    (f"{GITHUB}/", "d/e", "../a%20b.md?c=d#f", f"{GITHUB}/blob/HEAD/d/a%20b.md?c=d#f"),
    (GITHUB, "d", "/a", f"{GITHUB}/blob/HEAD/a"),
    (GITHUB, "d", "..", GITHUB),
    ("https://gitlab.com/o/p/r", "", "a/", "https://gitlab.com/o/p/r/-/blob/HEAD/a"),
    ("https://gitlab.example.org/o/r", "", "a", "https://gitlab.example.org/o/r/-/blob/HEAD/a"),
    ("https://bitbucket.org/o/r", "", "a", "https://bitbucket.org/o/r/src/HEAD/a"),
]
"""Address of the repository, folder of the README, and a link before and after."""


@pytest.mark.parametrize(("repository", "folder", "address", "expected"), WORKING)
def test_in_repository(repository: str, folder: str, address: str, expected: str) -> None:
    assert in_repository(repository, folder)(address) == expected


@pytest.mark.parametrize(
    "address",
    ["", "#a", "?a", "http://a/b", "HTTPS://a", "//a/b", "mailto:a@b.org", "../a", "/../a", "x:1"],
)
def test_not_in_repository(address: str) -> None:
    assert in_repository(GITHUB, "")(address) == address


@pytest.mark.parametrize(
    "repository",
    [
        *("https://example.org/o/r", "https://github.com/o", f"{GITHUB}/tree/main", "x"),
        *("https://gitlab.com/o", "https://gitlab.com/o/r/-/tree/main", "http://github.com/o/r"),
    ],
)
def test_places_of_files_are_not_known(repository: str) -> None:
    assert in_repository(repository, "") is unchanged


@pytest.mark.parametrize(
    ("address", "expected"),
    [("a", True), ("/a", True), ("#a", True), ("//a", False), ("a:b", False), ("a/b:c", True)],
)
def test_is_relative(address: str, expected: bool) -> None:
    assert is_relative(address) is expected


def test_links_of_a_readme() -> None:
    """Links and images of Markdown and of its HTML lead to the repository, and no note says so."""
    source = "[a](b.md) <a href=c>d</a> [e](#f) [g](../../h) ![i](j.png) [k](http://l)"
    made = description(source, working=in_repository(GITHUB, "m"))
    assert made.html == (
        f'<p><a href="{GITHUB}/blob/HEAD/m/b.md">a</a> <a href="{GITHUB}/blob/HEAD/m/c">d</a> '
        f'<a href="#f">e</a> <a href="../../h">g</a> <a href="{GITHUB}/blob/HEAD/m/j.png">i</a> '
        '<a href="http://l">k</a></p>'
    )
    assert [note.rpartition(": ")[2] for note in made.notes] == [
        f"{GITHUB}/blob/HEAD/m/j.png",
        "../../h",
        "#f",
    ]


def test_links_of_html() -> None:
    """What leads to the server is meant so: it is how the description of a record has it."""
    made = description("<a href=/a>b</a> <a href=c>d</a> <a href=//e/f>g</a>", is_html=True)
    assert made.html == '<p><a href="/a">b</a> <a href="c">d</a> <a href="//e/f">g</a></p>'
    assert made.notes == (
        "links to other files lead nowhere on the server (write whole addresses): c",
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("x", "https://a.org/records/x"),
        ("../x", "https://a.org/x"),
        ("#x", "https://a.org/records/1#x"),
        ("//b.org", "https://b.org"),
        ("http://b", "http://b"),
        ("mailto:a@b.org", "mailto:a@b.org"),
        ("javascript:x", "javascript:x"),
        ("//[x", "//[x"),
    ],
)
def test_seen_from(address: str, expected: str) -> None:
    assert seen_from("https://a.org/records/1")(address) == expected
