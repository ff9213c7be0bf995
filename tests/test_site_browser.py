"""The site of the documentation in a real browser: its search, its buttons, and narrow screens."""

import json
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from .browser import find_browser
from .devtools import Window, served, window
from .pages import PAGES, blocks
from .site_blocks import commands

pytestmark = [pytest.mark.slow, pytest.mark.source]


@attrs.frozen
class Shown:
    """The site in a window."""

    window: Window
    """The window, in which one page after the other is opened."""

    address: str
    """Where the site is."""

    folder: Path
    """The files of the site."""

    def open(self, page: str) -> None:
        """Open a page, whose path begins at the root of the site."""
        self.window.open(f"{self.address}{page}")

    def pages(self) -> list[str]:
        """Return the paths of all pages."""
        found = sorted(path.parent for path in self.folder.rglob("index.html"))
        return [f"{path.relative_to(self.folder)}/".removeprefix("./") for path in found]


@pytest.fixture(scope="module")
def shown(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Open the site."""
    browser = find_browser(tmp_path_factory.mktemp("browser"))
    with served(site) as address, window(browser) as opened:
        yield Shown(opened, address, site)


# Search

SEARCH = """(async () => {
  const config = JSON.parse(document.getElementById("__config").textContent)
  const index = await (await fetch("/search/search_index.json")).json()
  const worker = new Worker(new URL(config.search, location.href))
  const ask = message => new Promise(done => {
    worker.onmessage = event => done(event.data)
    worker.postMessage(message)
  })
  await ask({type: 0, data: {...index, options: {}}})
  const found = {}
  for (const words of WORDS) {
    const {data} = await ask({type: 2, data: words})
    found[words] = data.items.map(items => items[0].location)
  }
  return found
})()"""
"""Let the program of the theme search for words. Return where the best hit of each page is."""


def search(shown: Shown, words: list[str]) -> dict[str, list[str]]:
    """Return the pages that are found for words, the first one first."""
    shown.open("")
    found: dict[str, list[str]] = shown.window.value(
        SEARCH.replace("WORDS", json.dumps(words)), dict
    )
    return found


ANSWERS = {
    "archive": "how-to/data-release/",
    "co-author": "how-to/co-authors/",
    "community": "how-to/community/",
    "conflict": "how-to/co-authors/",
    "continuous integration": "how-to/continuous-integration/",
    "creators": "reference/configuration/",
    "delete record": "reference/commands/",
    "description": "reference/configuration/",
    "discard draft": "how-to/publish/",
    "doi": "how-to/doi-in-the-paper/",
    "dry-run": "how-to/large-data/",
    "embargo": "reference/configuration/",
    "environment variables": "reference/environment/",
    "fetch": "reference/plan/",
    "records as inputs": "how-to/use-a-record/",
    "exit status": "reference/outcomes/",
    "funding": "reference/configuration/",
    "how do I install it": "installing/",
    "install": "installing/",
    "keyring": "installing/",
    "large files": "how-to/large-data/",
    "license": "reference/configuration/",
    "new version": "how-it-works/",
    "preview": "reference/commands/",
    "publish": "how-to/publish/",
    "quota": "reference/commands/",
    "readme images": "how-to/readme/",
    "sandbox": "tutorial/",
    "token": "how-it-works/",
}
"""Words of which a user wants to know something, and the page that answers."""

MESSAGES = [
    "failed: Nothing was changed, because a person must decide:",
    "is outside of the project",
    "remains pending because of unavailable inputs",
    "the draft is not equal to the configuration and the files",
    "the file is empty",
    "the key titel is unknown",
    "the list is empty, expected 1 or more items",
    "The server does not accept the token:",
    "the text is not valid YAML",
]
"""What users find on their terminal and look for."""


def test_search_finds_the_page_that_answers(shown: Shown) -> None:
    """The page that has nearly every word is not the first one, except for its messages."""
    found = search(shown, [*ANSWERS, *MESSAGES])

    first = {words: pages[0].partition("#")[0] for words, pages in found.items()}
    assert first == {**ANSWERS, **dict.fromkeys(MESSAGES, "how-to/troubleshooting/")}


# Buttons that copy

COPIES = """(async () => {
  const copied = []
  document.addEventListener("copy", () => copied.push(document.activeElement.value))
  const there = () => document.querySelectorAll("button[data-clipboard-target]")
  while (there().length < COUNT) await new Promise(requestAnimationFrame)
  for (const button of there()) button.click()
  return copied
})()"""
"""Click on all buttons, and return what each of them copies. Wait until they are there."""


def copies(page: str) -> list[str]:
    """Return what can be copied from a page, from its blocks."""
    found = [block for block in blocks(page) if block.language != "output"]
    texts = [commands(b.text) if b.language == "console" else b.text.rstrip() for b in found]
    return [text for text in texts if text]


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/")])
def test_buttons_copy_commands_and_files(shown: Shown, page: str) -> None:
    """No prompts, no outputs; signatures and outputs have no button."""
    place = page.removeprefix("docs/").removesuffix(".md").removesuffix("index")
    source = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md"}.get(place, page)
    expected = copies(source)

    shown.open(f"{place}/" if place else "")
    copied = shown.window.value(COPIES.replace("COUNT", str(len(expected))), list)

    assert copied == expected


# Narrow screens

TELEPHONE = (390, 844)

LAYOUT = """({
  width: document.scrollingElement.scrollWidth,
  broken: [...document.querySelectorAll(".whole")]
    .filter(name => name.getClientRects().length > 1).map(name => name.textContent),
})"""
"""How wide a page is, and which names in tables go on in another line."""


NAMES = 'document.querySelectorAll(".whole").length'
"""How many names are in the tables of a page."""


def test_pages_fit_on_a_telephone(shown: Shown) -> None:
    shown.window.size(*TELEPHONE)
    found: dict[str, dict[str, object]] = {}
    names = 0
    for page in shown.pages():
        shown.open(page)
        found[page] = shown.window.value(LAYOUT, dict)
        names += shown.window.value(NAMES, int)

    assert found == {page: {"width": TELEPHONE[0], "broken": []} for page in found}
    assert names > 500
    assert len(found) > 25


def test_colours_follow_the_system(shown: Shown) -> None:
    """Also of a reader who has been here before, and whose system has changed since."""
    found = []
    for dark in (False, True, False):
        shown.window.size(1280, 900, dark=dark)
        shown.open("tutorial/")
        found.append(shown.window.value("document.body.dataset.mdColorScheme", str))

    assert found == ["default", "slate", "default"]
