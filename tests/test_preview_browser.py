"""The page of a record in a real browser: it looks as it should, and nothing in it runs."""

import html
import itertools
import json
import re
import unicodedata
from pathlib import Path

import attrs
import pytest
from pypdf import PdfReader

from stepup_zenodo.jsontypes import Json
from stepup_zenodo.preview.page import Answers, page_of
from stepup_zenodo.preview.sections import Section

from .browser import Browser, find_browser, trapped
from .pageexample import BODY, PAGE, VERSIONS, html_of
from .pagereading import read
from .png import read_png
from .workspace import Workspace

pytestmark = pytest.mark.slow

HOSTILE = """\
<script>document.title = "RAN"</script>
<img src="http://one.example/a.png" onerror="document.title = 'RAN'">
<iframe src="http://two.example/frame"></iframe>
<link rel="stylesheet" href="http://three.example/a.css">
<style>@import url("http://four.example/b.css");</style>
<div style="background: url('http://five.example/c.png')">a</div>
<svg onload="document.title = 'RAN'"></svg>
<p onclick="document.title = 'RAN'">b</p>
"""
"""What somebody could write who wants to know who reads it, or worse."""

PLAIN = f"<!DOCTYPE html>\n<title>plain</title>\n{HOSTILE}"


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return find_browser(tmp_path)


def title(dom: str) -> str:
    """Return the title of a page, on which a script would have put another one."""
    found = re.search("<title>(.*?)</title>", dom, re.DOTALL)
    assert found
    return found[1]


def opened(browser: Browser, text: str) -> tuple[str, list[str]]:
    """Return the HTML of a page after it was loaded, and what was asked for on the way."""
    page = browser.folder / "page.html"
    page.write_text(text, encoding="utf-8")
    with trapped() as trap:
        dom = browser.dom(page, trap)
    return dom, sorted(trap.requests)


def test_trap_works(browser: Browser) -> None:
    """Without protection, the same text runs scripts and reaches other hosts."""
    dom, requests = opened(browser, PLAIN)

    assert title(dom) == "RAN"
    assert requests == [
        "five.example/c.png",
        "four.example/b.css",
        "one.example/a.png",
        "three.example/a.css",
        "two.example/frame",
    ]


def test_nothing_runs_and_nothing_is_loaded(browser: Browser) -> None:
    metadata = {
        **BODY["metadata"],
        "title": HOSTILE,
        "version": HOSTILE,
        "description": HOSTILE,
        "copyright": HOSTILE,
    }
    files: dict[str, Json] = {"entries": {HOSTILE: {"size": 1, "checksum": "md5:0"}}}
    page = html_of(page_of(Answers({**BODY, "metadata": metadata, "files": files}, VERSIONS)))

    dom, requests = opened(browser, page)

    assert title(dom).endswith("(Draft)")
    assert requests == []
    # The browser builds the very elements that were written.
    assert read(dom).tags == read(page).tags
    assert read(dom).texts == read(page).texts


def test_policy_alone_is_enough(browser: Browser) -> None:
    """Even if hostile HTML came through, it could not do anything."""
    page = html_of(attrs.evolve(PAGE, texts=(Section("Description", html="HERE"),)))
    assert page.count("HERE") == 1

    dom, requests = opened(browser, page.replace("HERE", HOSTILE))

    assert (title(dom), requests) == ("Water Levels (Draft)", [])
    assert "<script>" in dom


LONG = ("sample_01.csv", "water-levels_at-the-weir_2026_corrected.csv", "x" * 60)

MEASURED = """\
<iframe id="page" style="width: 390px; height: 900px; border: 0" srcdoc="%s"></iframe>
<pre id="lines"></pre>
<script>
document.getElementById("page").onload = (event) => {
  const inner = event.target.contentDocument;
  const lines = [...inner.querySelectorAll(".files bdi")].map((name) => {
    const found = [];
    const walker = inner.createTreeWalker(name, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (let i = 0; i < walker.currentNode.length; i++) {
        const range = inner.createRange();
        range.setStart(walker.currentNode, i);
        range.setEnd(walker.currentNode, i + 1);
        const top = range.getBoundingClientRect().top;
        if (found.at(-1)?.top !== top) { found.push({top, text: ""}); }
        found.at(-1).text += range.toString();
      }
    }
    return found.map((line) => line.text);
  });
  const width = inner.documentElement.scrollWidth;
  document.getElementById("lines").textContent = JSON.stringify({lines, width});
};
</script>
"""
"""A page on a telephone, and what is found out about it: the lines of names, and its width."""


def test_names_break_at_separators_on_a_telephone(browser: Browser) -> None:
    entries: dict[str, Json] = {
        name: {"size": 123_456_789, "checksum": f"md5:{'0123456789abcdef' * 2}"} for name in LONG
    }
    shown = html_of(page_of(Answers({**BODY, "files": {"entries": entries}}, VERSIONS)))
    page = browser.folder / "page.html"
    page.write_text(MEASURED % html.escape(shown), encoding="utf-8")

    with trapped() as trap:
        dom = browser.dom(page, trap)

    found = re.search(r'<pre id="lines">(.*?)</pre>', dom)
    assert found
    measured = json.loads(html.unescape(found[1]))
    by_name = {"".join(lines): lines for lines in measured["lines"]}
    assert sorted(by_name) == sorted(LONG)
    pairs = [pair for name in LONG[:2] for pair in itertools.pairwise(by_name[name])]
    assert [pair for pair in pairs if not (pair[0][-1] in "-_" or pair[1][0] == ".")] == []
    assert measured["width"] == 390, "nothing sticks out"


@pytest.mark.parametrize(("dark", "ground"), [(False, "f4f5f2"), (True, "111513")])
def test_light_and_dark(browser: Browser, dark: bool, ground: str) -> None:
    """The style of the page is allowed by its own policy, and follows the reader's choice."""
    page, picture = browser.folder / "page.html", browser.folder / "page.png"
    page.write_text(html_of(PAGE), encoding="utf-8")

    browser.screenshot(page, picture, dark=dark)

    found = read_png(picture)
    assert (found.width, found.height, found.rows[0][:3].hex()) == (1200, 900, ground)


def test_everything_is_printed(browser: Browser) -> None:
    page, paper = browser.folder / "page.html", browser.folder / "page.pdf"
    text = html_of(page_of(Answers(BODY, VERSIONS, citation="Lovelace (2026).")))
    page.write_text(text, encoding="utf-8")

    browser.print_to(page, paper)

    printed = letters("".join(sheet.extract_text() for sheet in PdfReader(paper).pages))
    missing = [words for words in read(text).texts if letters(words) not in printed]
    assert missing == ["Creators"]  # a heading for screen readers only


def letters(text: str) -> str:
    """Return a text without ligatures, white space and the difference of capital letters."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@pytest.mark.server
def test_record_of_a_hostile_author(workspace: Workspace, browser: Browser) -> None:
    """The same with a record that was filled on the web."""
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.edit_on_web(title=HOSTILE, description=HOSTILE, version=HOSTILE)
    workspace.upload_on_web("<img src=x onerror=alert(1)>.txt", b"b")
    assert workspace.run("preview", "zenodo.yaml").status == 0

    written = (workspace.folder / "zenodo.preview.html").read_text(encoding="utf-8")
    dom, requests = opened(browser, written)

    assert (html.unescape(title(dom)), requests) == (html.unescape(title(written)), [])
    assert read(dom).tags == read(written).tags
    assert "<img src=x onerror=alert(1)>.txt" in read(dom).texts


def test_missing_browser_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pytest.fail.Exception, match="apt-get install -y chromium"):
        find_browser(tmp_path)
