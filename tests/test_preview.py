"""The command `preview` on a real server: what its page says, and that it only reads."""

import html
import json
import re
from pathlib import Path
from unittest import mock

import pytest
import yaml

from stepup_zenodo.config.fields import sendable
from stepup_zenodo.jsontypes import Json

from .pagereading import read
from .workspace import Workspace, requests_of

CONFIGS = Path(__file__).parent / "configs" / "stored.yaml"


def preview(workspace: Workspace, *args: str) -> tuple[int, str, str]:
    """Return exit status and output of `preview`, after checking that it only reads."""
    workspace.write_config()
    states = {path: path.read_bytes() for path in workspace.folder.glob(".zenodo*")}
    workspace.rdm.clear_log()
    result = workspace.run("preview", "zenodo.yaml", *args)
    assert workspace.writes() == []
    assert {path: path.read_bytes() for path in workspace.folder.glob(".zenodo*")} == states
    return result.status, result.out, result.err


def shown(workspace: Workspace, name: str = "zenodo.preview.html") -> str:
    """Return what can be read on the page, with constants for what differs by run."""
    text = "\n".join(read((workspace.folder / name).read_text(encoding="utf-8")).texts)
    text = text.replace(workspace.rdm.url, "http://SERVER")
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", text)


DRAFT_READ = """\
Preview of what the server http://SERVER keeps as draft 2, read on TIME. \
Its own page looks different, and says the same.
Draft
Dataset
Publication date 2026-11-20
Version
1.0.0
A title
Creators
Lovelace, Ada
This draft is not public. Only its owners and those with a link to it can see it.
Description
Here is
water
.
Files
2 files, 4 B
Name
Size
Checksum
a.txt
3 B
md5:47bce5c74f589f4867dbd57e9ca9f808
b.txt
shown first
1 B
md5:92eb5ffee6ae2fec3ad71c777531578f
DOI
none yet, the server gives one when the draft is published
Form on the website
Access
record
public
files
public
Publisher
Zenodo
Citation
Lovelace, A. (2026). A title (Version 1.0.0) [Dataset]. Zenodo.
APA style, worded by the server"""


@pytest.mark.server
def test_draft(workspace: Workspace) -> None:
    workspace.config["metadata"]["description"] = "Here is <b>water</b>."
    workspace.config["default_preview"] = "b.txt"
    workspace.write(a_txt="aaa", b_txt="b")
    workspace.synced()

    result = preview(workspace)

    assert result == (0, "zenodo.yaml: draft 2 is shown in zenodo.preview.html\n", "")
    assert requests_of(workspace.rdm) == [
        "GET /records/ID/draft",
        "GET /records/ID/draft",
        "GET /records/ID/versions?size=100",
        "GET /records/ID/draft?style=apa&locale=en-US",
    ]
    assert shown(workspace) == DRAFT_READ


SECOND_READ = """\
Preview of what the server http://SERVER keeps as record 3, read on TIME. \
Its own page looks different, and says the same.
Published
Dataset
Publication date 2026-11-20
Version
2.0.0
A title
Creators
Lovelace, Ada
Files
1 file, 3 B
Name
Size
Checksum
a.txt
3 B
md5:47bce5c74f589f4867dbd57e9ca9f808
DOI
10.5072/zenodo.3
registered
10.5072/zenodo.1
stands for all versions
Page on the website
Published versions
Version
Date
2.0.0
this one
10.5072/zenodo.3
2026-11-20
1.0.0
10.5072/zenodo.2
2026-11-20
Access
record
public
files
public
Publisher
Zenodo
Citation
Lovelace, A. (2026). A title (Version 2.0.0) [Dataset]. Zenodo. \
https://handle.test.datacite.org/10.5072/zenodo.3
APA style, worded by the server"""


@pytest.mark.server
def test_published_versions(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.publish()
    workspace.config["metadata"]["version"] = "2.0.0"
    workspace.synced()
    workspace.publish()

    result = preview(workspace)

    assert result == (0, "zenodo.yaml: record 3 is shown in zenodo.preview.html\n", "")
    assert shown(workspace) == SECOND_READ


@pytest.mark.server
def test_draft_for_a_community(workspace: Workspace) -> None:
    workspace.config["community"] = workspace.rdm.community
    workspace.write(a_txt="aaa")
    workspace.synced()

    assert preview(workspace)[0] == 0

    texts = shown(workspace).splitlines()
    assert "It is prepared for a review by the community demo, but not submitted." in texts
    index = texts.index("Communities")
    assert texts[index : index + 3] == ["Communities", "Demo community", "to review it"]


@pytest.mark.server
def test_without_citation(workspace: Workspace) -> None:
    """The server cannot word one for a draft without resource type and creators (status 500)."""
    workspace.config["metadata"] = {"title": "A title"}
    workspace.synced()

    assert preview(workspace)[0] == 0

    assert [request.status for request in workspace.rdm.log()] == [200, 200, 200, 500]
    texts = shown(workspace).splitlines()
    assert "Citation" not in texts
    missing = "creators, resource_type, files"
    assert [text for text in texts if "missing" in text] == [
        f"It is not ready to be published, missing: {missing}."
    ]


@pytest.mark.server
def test_web_page_is_no_citation(workspace: Workspace) -> None:
    """Something between here and the server can answer with a page of its own."""
    workspace.write(a_txt="aaa")
    workspace.synced()
    page = {"headers": {"Content-Type": "text/html"}, "body": "<p>Log in</p>"}
    workspace.rdm.faults({"path": "style=apa", "status": 200, **page})

    assert preview(workspace)[0] == 0

    assert workspace.rdm.faults_left() == [0]
    texts = shown(workspace).splitlines()
    assert {"Citation", "Log in"} & {*texts} == set()


def leaves(value: Json) -> list[str]:
    """Return all texts and numbers in a value, without the ids of entries of vocabularies."""
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    if isinstance(value, dict):
        return [leaf for key, item in value.items() if key not in UNSEEN for leaf in leaves(item)]
    return [str(value)] if value is not None else []


UNSEEN = frozenset({"active", "id", "scheme", "type", "family_name", "given_name", "geometry"})
"""Keys of which only the words are shown, or what is made of them."""


@pytest.mark.server
def test_no_field_is_forgotten(workspace: Workspace) -> None:
    """Everything that the server keeps of all fields together can be read."""
    rows = yaml.safe_load(CONFIGS.read_text(encoding="utf-8"))
    for row in rows:
        config = yaml.safe_load(row["config"])
        workspace.config["metadata"] |= config.pop("metadata", {})
        if not {"path_readme", "description"} & config.keys():
            workspace.config |= config
    workspace.config["metadata"].pop("subjects")
    workspace.write(a_txt="aaa")
    workspace.synced()

    assert preview(workspace)[0] == 0

    page = read((workspace.folder / "zenodo.preview.html").read_text(encoding="utf-8"))
    text = "".join("".join([*page.texts, *page.links]).split())
    stored = sendable(workspace.draft())
    for name in ("metadata.description", "metadata.additional_descriptions", "metadata.copyright"):
        stored[name] = json.loads(html.unescape(re.sub(r"</?\w+>", "", json.dumps(stored[name]))))
    missing = {
        name: [leaf for leaf in leaves(value) if "".join(leaf.split()) not in text]
        for name, value in stored.items()
    }
    assert {name: found for name, found in missing.items() if found} == {}


@pytest.mark.server
def test_json(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()

    status, out, err = preview(workspace, "--json", "--out", "made/page.HTML")

    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "status": "written",
        "file": "made/page.HTML",
        "record": "2",
        "state": "Draft",
        "is_public": False,
    }
    assert (workspace.folder / "made" / "page.HTML").exists()


@pytest.mark.server
def test_only_a_preview_is_overwritten(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    path = workspace.folder / "zenodo.preview.html"

    assert preview(workspace)[0] == 0
    workspace.edit_on_web(title="Another title")
    assert preview(workspace)[0] == 0

    assert "Another title" in shown(workspace)
    path.write_text("<!DOCTYPE html><title>My own page</title>")
    assert preview(workspace) == (
        2,
        "",
        (
            '--out: "zenodo.preview.html" is there already, and was not written by this command '
            "(move it away, or give another name)\n"
        ),
    )
    assert requests_of(workspace.rdm) == []
    assert path.read_text() == "<!DOCTYPE html><title>My own page</title>"


@pytest.mark.parametrize(
    ("out", "status", "message"),
    [
        (
            "page.txt",
            2,
            "--out: page.txt cannot be written as a page (give a name that ends in .html)\n",
        ),
        (
            "folder.html",
            2,
            ('--out: "folder.html" is a folder, expected the path of a file (give another name)\n'),
        ),
        (
            "dangling.html",
            2,
            '--out: "dangling.html" is a link to nowhere (give another name)\n',
        ),
    ],
)
def test_names_that_cannot_be_used(offline: Workspace, out: str, status: int, message: str) -> None:
    (offline.folder / "token.txt").write_text("secret")
    (offline.folder / "token.txt").chmod(0o600)
    (offline.folder / "folder.html").mkdir()
    (offline.folder / "dangling.html").symlink_to("nowhere")
    offline.write_config()

    result = offline.run("preview", "zenodo.yaml", "--out", out)

    assert (result.status, result.out, result.err) == (status, "", message)


@pytest.mark.server
def test_folder_that_cannot_be_written(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()

    result = preview(workspace, "--out", "a.txt/page.html")

    message = "failed: a.txt/page.html cannot be written: Not a directory.\n"
    assert result == (1, "", message)


@pytest.mark.server
def test_before_the_first_sync(workspace: Workspace) -> None:
    message = "There is no record yet. Create it with `stepup-zenodo sync zenodo.yaml`."

    assert preview(workspace) == (1, "", f"failed: {message}\n")

    assert not (workspace.folder / "zenodo.preview.html").exists()


def test_without_token(offline: Workspace) -> None:
    offline.write_config()

    result = offline.run("preview", "zenodo.yaml")

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("failed: The server cannot be asked, as there is no token.")


@pytest.mark.server
@pytest.mark.parametrize(
    ("found", "status", "message"),
    [
        (True, 0, ""),
        (
            False,
            1,
            (
                "failed: No browser was found to show zenodo.preview.html. "
                "Open it yourself, or name a browser in the environment variable BROWSER.\n"
            ),
        ),
    ],
)
def test_open(workspace: Workspace, found: bool, status: int, message: str) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()

    with mock.patch("webbrowser.open", return_value=found) as browser:
        result = preview(workspace, "--open")

    assert (result[0], result[2]) == (status, message)
    page = workspace.folder.resolve() / "zenodo.preview.html"
    assert browser.mock_calls == [mock.call(page.as_uri())]
    assert page.exists()
