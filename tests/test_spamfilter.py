"""What the spam filter counts in a description, and what `publish` says about it."""

import datetime

import pytest

from stepup_zenodo.release.spamfilter import counted_by_filter

from .workspace import Workspace

LINK = '<a href="https://example.org">here</a>'
LINKS = "6 links (5 points for more than 5)"
HEADINGS = "5 headings (2 points for more than 4)"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        (LINK * 5 + "<h2>A</h2>" * 4, ""),
        (LINK * 6, LINKS),
        ("<h1>A</h1>" * 3 + '<h3 class="b">A</h3>' * 2, HEADINGS),
        (f"<p>{LINK * 6}</p>" + "<h2>A</h2>" * 5, f"{LINKS} and {HEADINGS}"),
        ("<abbr>A</abbr>" * 9 + "<hr>" * 9 + "<header>A</header>" * 9, ""),
    ],
)
def test_links_and_headings_are_counted(html: str, expected: str) -> None:
    assert counted_by_filter(html) == expected


@pytest.mark.server
def test_it_is_a_note_before_the_first_publication(workspace: Workspace) -> None:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    workspace.config["metadata"] |= {
        "description": f"<p>{LINK * 6}</p>",
        "publication_date": today,
    }
    workspace.write(a_txt="aaa")
    workspace.synced()

    first = workspace.run("publish", "zenodo.yaml", "--yes")
    workspace.config["metadata"]["version"] = "2.0.0"
    workspace.synced()
    second = workspace.run("publish", "zenodo.yaml", "--yes")

    assert (first.status, second.status) == (0, 0)
    assert f"metadata.description: the description has {LINKS} in the spam filter" in first.err
    assert second.err == ""
