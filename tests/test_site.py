"""The site of the documentation: it is built without warning, and complete in itself."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import attrs
import pytest

from .site_blocks import commands
from .site_links import relinked
from .site_readers import FOR_DEVELOPERS, without_tests
from .site_tables import with_whole_names

ROOT = Path(__file__).resolve().parents[1]

pytestmark = [pytest.mark.slow, pytest.mark.source]

LOADED = {"stylesheet", "icon", "preconnect", "preload", "prefetch", "dns-prefetch"}
"""Relations of a `link` that make a browser ask for something."""


@attrs.define
class Page:
    """What is in a page."""

    ids: set[str] = attrs.field(factory=set)
    """Where links can lead to."""

    links: list[str] = attrs.field(factory=list)
    """What a reader can click on."""

    loads: list[str] = attrs.field(factory=list)
    """What a browser asks for by itself."""

    pictures: list[str] = attrs.field(factory=list)
    """What is said in place of each picture."""

    classes: set[str] = attrs.field(factory=set)
    """All classes of elements."""


class Reader(HTMLParser):
    """Collects what is in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        self.page.ids |= {has[name] for name in ("id", "name") if name in has}
        self.page.classes |= set(has.get("class", "").split())
        self.page.loads += [
            has[name] for name in ("src", "srcset", "poster", "data") if name in has
        ]
        self.page.loads += re.findall(r"url\((.*?)\)", has.get("style", ""))
        if tag == "a" and "href" in has:
            self.page.links.append(has["href"])
        if tag == "link" and LOADED & set(has.get("rel", "").split()):
            self.page.loads.append(has["href"])
        if tag == "img":
            self.page.pictures.append(has.get("alt", ""))


@pytest.fixture(scope="module")
def pages(site: Path) -> Mapping[Path, Page]:
    """Read all pages."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        reader = Reader()
        reader.feed(path.read_text(encoding="utf-8"))
        found[path] = reader.page
    return found


def target(site: Path, page: Path, address: str) -> Path:
    """Return the file to which an address on a page leads."""
    path = unquote(urlsplit(address).path)
    start = site if path.startswith("/") else page.parent
    found = Path(os.path.normpath(start / path.lstrip("/"))) if path else page
    return found / "index.html" if found.is_dir() else found


def is_elsewhere(address: str) -> bool:
    """Return whether an address is on another host."""
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def broken(site: Path, pages: Mapping[Path, Page]) -> Iterator[tuple[str, str]]:
    """Yield the pages and addresses that lead nowhere."""
    for path, page in pages.items():
        for address in [*page.links, *page.loads]:
            if is_elsewhere(address) or address.startswith("data:"):
                continue
            found = target(site, path, address)
            anchor = unquote(urlsplit(address).fragment)
            known = pages[found].ids if found in pages else set()
            if not found.exists() or (anchor and anchor not in known):
                yield str(path.relative_to(site)), address


def test_links_and_pictures_lead_somewhere(site: Path, pages: Mapping[Path, Page]) -> None:
    assert [*broken(site, pages)] == []
    assert sum(len(page.links) for page in pages.values()) > 1000


def test_a_broken_link_would_be_found(tmp_path: Path) -> None:
    """The checker itself."""
    (tmp_path / "a").mkdir()
    texts = {
        "index.html": '<a href="a/#x">.</a><a href="a/#y">.</a><img src="no.svg"><a href="b">.</a>',
        "a/index.html": '<h1 id="x">.</h1><a href="../#x">.</a><a href="https://example.org">.</a>',
    }
    found = {}
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text)
        reader = Reader()
        reader.feed(text)
        found[path] = reader.page

    assert [*broken(tmp_path, found)] == [
        ("index.html", "a/#y"),
        ("index.html", "b"),
        ("index.html", "no.svg"),
        ("a/index.html", "../#x"),
    ]


def test_every_page_is_in_the_navigation(site: Path, pages: Mapping[Path, Page]) -> None:
    start = site / "index.html"
    reached = {target(site, start, address) for address in pages[start].links}
    for path in [*reached & pages.keys()]:
        reached |= {target(site, path, address) for address in pages[path].links}

    assert pages.keys() - reached == {site / "404.html"}


def test_nothing_is_loaded_from_another_host(site: Path, pages: Mapping[Path, Page]) -> None:
    loads = {address for page in pages.values() for address in page.loads}
    for path in [*site.rglob("*.css"), *site.rglob("*.svg")]:
        text = path.read_text(encoding="utf-8")
        loads |= set(re.findall(r"url\([\"']?(.*?)[\"']?\)", text))
        loads |= set(re.findall(r"@import [\"'](.*?)[\"']", text))
        loads |= set(re.findall(r"<image[^>]*href=\"(.*?)\"", text))

    assert {address for address in loads if is_elsewhere(address)} == set()
    assert len(loads) > 20
    # The theme would load the program that draws them from elsewhere.
    assert [path for path, page in pages.items() if "mermaid" in page.classes] == []


def test_every_picture_is_described(pages: Mapping[Path, Page]) -> None:
    pictures = [text for page in pages.values() for text in page.pictures]

    assert [text for text in pictures if len(text) < 20] == []
    assert len(pictures) > 3


FOR_DEVELOPERS_ONLY = re.compile(rf"<!--|>{FOR_DEVELOPERS}<|\btest_\w+|\bverdicts\.py|-m tests\b")
"""Comments, names of tests, and how to make pages anew."""

DEVELOPERS_PAGES = {"benchmark", "code-map", "contributing"}


def test_nothing_for_developers_is_on_pages_for_users(
    site: Path, pages: Mapping[Path, Page]
) -> None:
    """Neither there nor in what the search shows."""
    texts = {str(path.parent.relative_to(site)): path.read_text(encoding="utf-8") for path in pages}
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    for entry in index["docs"]:
        page = entry["location"].partition("#")[0].rstrip("/") or "."
        texts[page] += entry["title"] + entry["text"]

    found = {page for page, text in texts.items() if FOR_DEVELOPERS_ONLY.search(text)}
    assert found <= DEVELOPERS_PAGES


def test_columns_that_name_tests_are_left_out() -> None:
    table = "| a | b |\n| --- | --- |\n| c | d |\n"
    tests = "| a | b | shown by |\n| --- | --- | --- |\n| c | d | `test_e.py::test_f` |\n"

    assert without_tests(f"a\n\n{tests}\nb\n\n{table}") == f"a\n\n{table}\nb\n\n{table}"


def test_names_in_tables_stay_whole() -> None:
    html = (
        "<p><code>a.b</code></p><td><code>a-b</code> <code>a \\| b</code> "
        "<code>metadata.creators[].family_name</code></td>"
    )

    assert with_whole_names(html) == (
        '<p><code>a.b</code></p><td><code><span class="whole">a-b</span></code> <code>a | b</code> '
        '<code><span class="whole">metadata.</span><wbr><span class="whole">creators[].</span>'
        '<wbr><span class="whole">family_name</span></code></td>'
    )


def test_commands_of_a_session() -> None:
    assert commands("$ a b\nc\n$ d\n$1.00\n") == "a b\nd"
    assert commands("c\n") == ""


def test_the_start_page_shows_the_example_of_the_readme() -> None:
    """Which is followed by another test."""
    fence = re.compile(r'^```\w+ title=".*?"\n.*?^```$', re.MULTILINE | re.DOTALL)
    shown = fence.findall((ROOT / "docs" / "index.md").read_text(encoding="utf-8"))

    assert len(shown) == 2
    assert set(shown) < set(fence.findall((ROOT / "README.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("docs/how-to/a.md", "[b](b.md)", "[b](b.md)"),
        ("docs/how-to/a.md", "[b](b.md#c)", "[b](b.md#c)"),
        ("docs/how-to/a.md", "[b](../b.md)", "[b](../b.md)"),
        ("docs/how-to/a.md", "[b](#c)", "[b](#c)"),
        ("docs/how-to/a.md", "[b](https://example.org/b)", "[b](https://example.org/b)"),
        ("docs/how-to/a.md", "![b](../images/b.svg)", "![b](../images/b.svg)"),
        ("docs/how-to/a.md", "See [`b`](../../b/README.md).", "See `b`."),
        ("CHANGELOG.md", "See [b](docs/how-to/b.md).", "See [b](b.md)."),
        ("CHANGELOG.md", "See [b](docs/b.md#c).", "See [b](../b.md#c)."),
        ("CHANGELOG.md", "See [b](tests/b.md).", "See b."),
    ],
)
def test_links_on_the_site(source: str, text: str, expected: str) -> None:
    assert relinked(text, "how-to/a.md", source) == expected
