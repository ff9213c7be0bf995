"""What `diff` says before and after each kind of change, and that it never writes."""

import datetime
import json
import re
from collections.abc import Callable

import pytest

from .workspace import Workspace, requests_of

pytestmark = pytest.mark.server


def diff(workspace: Workspace, *args: str) -> tuple[int, list[str], list[str]]:
    """Return exit status and output of `diff`, after checking that it only reads."""
    workspace.write_config()
    files = {path: path.read_bytes() for path in workspace.folder.glob(".zenodo*")}
    workspace.rdm.clear_log()
    result = workspace.run("diff", "zenodo.yaml", *args)
    assert workspace.writes() == []
    assert {path: path.read_bytes() for path in workspace.folder.glob(".zenodo*")} == files
    return result.status, result.out.splitlines(), result.err.splitlines()


def draft(workspace: Workspace) -> None:
    """Synchronise two files."""
    workspace.config["metadata"]["keywords"] = ["one"]
    workspace.write(a_txt="aaa", b_txt="bbb")
    workspace.synced()


def published(workspace: Workspace) -> None:
    """Synchronise two files and publish."""
    draft(workspace)
    workspace.publish()


def published_with_preview(workspace: Workspace) -> None:
    """Synchronise two files, of which one is shown first, and publish."""
    workspace.config["default_preview"] = "a.txt"
    published(workspace)


def draft_with_preview(workspace: Workspace) -> None:
    """Synchronise two files, of which one is shown first."""
    workspace.config["default_preview"] = "a.txt"
    draft(workspace)


def other_preview_content(workspace: Workspace) -> None:
    workspace.write(a_txt="AAAA")


def new_draft(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa", b_txt="bbb")


def other_fields(workspace: Workspace) -> None:
    workspace.config["metadata"]["title"] = "Another title"
    workspace.config["metadata"]["keywords"] = []
    workspace.config["metadata"]["copyright"] = "(c) 2026"


def other_files(workspace: Workspace) -> None:
    workspace.write(a_txt="AAAA", c_txt="c")
    workspace.remove_file("b.txt")


def preview(workspace: Workspace) -> None:
    workspace.write(c_txt="c")
    workspace.config["default_preview"] = "c.txt"


def pending_file(workspace: Workspace) -> None:
    path = f"/records/{workspace.record_id}/draft/files"
    workspace.rdm.request("POST", path, json=[{"key": "c.txt"}]).raise_for_status()
    workspace.write(c_txt="c")


def raised_version(workspace: Workspace) -> None:
    workspace.config["metadata"]["version"] = "1.1.0"
    workspace.write(b_txt="BBBB", c_txt="c")


def all_other_files(workspace: Workspace) -> None:
    workspace.config["metadata"]["version"] = "1.1.0"
    workspace.write(a_txt="AAAA", b_txt="BBBB")


def correction(workspace: Workspace) -> None:
    workspace.config["metadata"]["title"] = "Another title"


def nothing(workspace: Workspace) -> None:
    """Change nothing."""


Change = Callable[[Workspace], None]

TODAY = datetime.datetime.now(datetime.UTC).date().isoformat()
SET_DATE = (
    [f"  metadata.publication_date: '{TODAY}' -> '2026-11-20' (differs from the configuration)"]
    if TODAY != "2026-11-20"
    else []
)
DIFFERENCES: dict[tuple[Change, Change], list[str]] = {
    (nothing, new_draft): [
        "no record yet",
        "record:",
        "  create a draft with 6 metadata fields",
        "files:",
        "  add a.txt (3 B): new",
        "  add b.txt (3 B): new",
        "a sync would send 6 B, and make 6 requests that change something",
    ],
    (draft, nothing): ["draft ID, version 1.0.0, 2 files (6 B)", "equal"],
    (draft, other_fields): [
        "draft ID, version 1.0.0, 2 files (6 B)",
        "metadata:",
        "  metadata.copyright: nothing -> '(c) 2026' (not yet in the draft)",
        "  metadata.keywords (changed in the configuration):",
        "    - 'one'",
        "  metadata.title: 'A title' -> 'Another title' (changed in the configuration)",
        "a sync would send 0 B, and make 1 request that changes something",
    ],
    (draft, other_files): [
        "draft ID, version 1.0.0, 2 files (6 B)",
        "files:",
        "  delete b.txt (3 B): no longer listed",
        "  replace a.txt (3 B -> 4 B): changed on disk",
        "  add c.txt (1 B): new",
        "a sync would send 5 B, and make 7 requests that change something",
    ],
    (draft, preview): [
        "draft ID, version 1.0.0, 2 files (6 B)",
        "metadata:",
        "  default_preview: nothing -> 'c.txt' (not yet in the draft)",
        "files:",
        "  add c.txt (1 B): new",
        "a sync would send 1 B, and make 4 requests that change something",
    ],
    (published, nothing): [
        "published record ID, version 1.0.0, 2 files (6 B), DOI 10.5072/zenodo.ID",
        "equal",
    ],
    (published, raised_version): [
        "published record ID, version 1.0.0, 2 files (6 B), DOI 10.5072/zenodo.ID",
        "record:",
        "  start version 1.1.0 after 1.0.0",
        "metadata:",
        *SET_DATE,
        "  metadata.version: nothing -> '1.1.0' (not yet in the draft)",
        "files:",
        "  import 2 files of the published version (6 B), which are not sent",
        "  replace b.txt (3 B -> 4 B): changed on disk",
        "  add c.txt (1 B): new",
        "a sync would send 5 B, and make 9 requests that change something",
    ],
    (published_with_preview, raised_version): [
        "published record ID, version 1.0.0, 2 files (6 B), DOI 10.5072/zenodo.ID",
        "record:",
        "  start version 1.1.0 after 1.0.0",
        "metadata:",
        *SET_DATE,
        "  metadata.version: nothing -> '1.1.0' (not yet in the draft)",
        "  default_preview: nothing -> 'a.txt' (not yet in the draft)",
        "files:",
        "  import 2 files of the published version (6 B), which are not sent",
        "  replace b.txt (3 B -> 4 B): changed on disk",
        "  add c.txt (1 B): new",
        "a sync would send 5 B, and make 10 requests that change something",
    ],
    (draft_with_preview, other_preview_content): [
        "draft ID, version 1.0.0, 2 files (6 B)",
        "metadata:",
        "  default_preview: nothing -> 'a.txt' (changed in the configuration)",
        "files:",
        "  replace a.txt (3 B -> 4 B): changed on disk",
        "a sync would send 4 B, and make 5 requests that change something",
    ],
    (published, all_other_files): [
        "published record ID, version 1.0.0, 2 files (6 B), DOI 10.5072/zenodo.ID",
        "record:",
        "  start version 1.1.0 after 1.0.0",
        "metadata:",
        *SET_DATE,
        "  metadata.version: nothing -> '1.1.0' (not yet in the draft)",
        "files:",
        "  replace a.txt (3 B -> 4 B): differs from the published version",
        "  replace b.txt (3 B -> 4 B): differs from the published version",
        "a sync would send 8 B, and make 7 requests that change something",
    ],
    (published, correction): [
        "published record ID, version 1.0.0, 2 files (6 B), DOI 10.5072/zenodo.ID",
        "record:",
        "  open the published record for editing",
        "  publish the correction of the public version",
        "metadata:",
        "  metadata.title: 'A title' -> 'Another title' (changed in the configuration)",
        "a sync would send 0 B, and make 3 requests that change something",
    ],
}


def without_ids(lines: list[str]) -> list[str]:
    return [re.sub(r"(record |draft |zenodo\.)\d+", r"\1ID", line) for line in lines]


@pytest.mark.parametrize(
    ("before", "change"), DIFFERENCES, ids=[f"{a.__name__}-{b.__name__}" for a, b in DIFFERENCES]
)
def test_what_a_sync_would_change(workspace: Workspace, before: Change, change: Change) -> None:
    before(workspace)
    change(workspace)
    expected = DIFFERENCES[before, change]

    status, out, err = diff(workspace)

    first = f"zenodo.yaml -> {workspace.rdm.endpoint}"
    assert (without_ids(out), err) == ([first, *expected], [])
    assert status == (0 if expected[-1] == "equal" else 3)
    workspace.rdm.clear_log()
    workspace.synced()
    match = re.search(r"make (\d+) request", expected[-1])
    assert len(workspace.writes()) == (int(match[1]) if match else 0)
    status, out, err = diff(workspace)
    assert (status, out[2:], err) == (0, ["equal"], [])
    assert len(requests_of(workspace.rdm)) <= 2


def test_texts_name_their_files(workspace: Workspace) -> None:
    """A value comes from the configuration, or from a file that it names."""
    metadata = workspace.config["metadata"]
    metadata["notes"] = {"path_changelog": "CHANGELOG.md"}
    workspace.config["path_readme"] = "README.md"
    (workspace.folder / "README.md").write_text("Old text.\n")
    (workspace.folder / "CHANGELOG.md").write_text("## 1.0.0\n\nOld notes.\n")
    draft(workspace)
    (workspace.folder / "README.md").write_text("New text.\n")
    (workspace.folder / "CHANGELOG.md").write_text("## 1.0.0\n\nNew notes.\n")

    assert diff(workspace)[1][2:5] == [
        "metadata:",
        "  metadata.notes: 'Old notes.' -> 'New notes.' (changed in CHANGELOG.md)",
        "  metadata.description: 'Old text.' -> 'New text.' (changed in README.md)",
    ]
    metadata["additional_descriptions"] = [{"description": "How.", "type": "methods"}]
    both = "(changed in the configuration and CHANGELOG.md)"
    assert [line for line in diff(workspace)[1] if both in line] == [
        f"  metadata.additional_descriptions {both}:",
        f"  metadata.notes: 'Old notes.' -> 'New notes.' {both}",
    ]
    del metadata["additional_descriptions"]
    workspace.edit_on_web(description="<p>Theirs.</p>")
    refused = workspace.sync()
    assert refused.status == 1
    assert "path_readme: changed in README.md to 'New text.' and on the server" in refused.err


def test_after_an_edit_in_the_web_form(workspace: Workspace) -> None:
    draft(workspace)
    workspace.edit_on_web(title="From the web")
    workspace.upload_on_web("web.txt", b"web")
    workspace.config["metadata"]["publisher"] = "Somebody"

    status, out, err = diff(workspace)

    assert (status, err) == (3, [])
    assert out[2:] == [
        "metadata:",
        "  metadata.publisher: 'Zenodo' -> 'Somebody' (changed in the configuration)",
        "  keep metadata.title: changed on the server to 'From the web' (zenodo.yaml:4:10)",
        "files:",
        "  keep 'web.txt': is on the server but was never sent from here; --prune removes it",
        "a sync would send 0 B, and make 1 request that changes something",
    ]
    assert diff(workspace, "--ours", "--prune")[1][2:] == [
        "metadata:",
        "  metadata.publisher: 'Zenodo' -> 'Somebody' (changed in the configuration)",
        (
            "  metadata.title: 'From the web' -> 'A title' "
            "(changed on the server, overwritten because of --ours)"
        ),
        "files:",
        "  delete web.txt (3 B): never sent from here, removed because of --prune",
        "a sync would send 0 B, and make 2 requests that change something",
    ]
    workspace.synced()
    status, out, _ = diff(workspace)
    assert (status, out[2], out[-1]) == (3, "metadata:", "a sync would change nothing")
    workspace.synced("--ours", "--prune")
    assert diff(workspace)[0] == 0


def test_conflicts_are_shown(workspace: Workspace) -> None:
    draft(workspace)
    workspace.edit_on_web(title="From the web")
    workspace.config["metadata"]["title"] = "From here"

    status, out, err = diff(workspace)

    assert status == 3
    assert out[2:] == ["a sync would change nothing, because a person must decide first"]
    assert err == [
        (
            "zenodo.yaml:4:10: metadata.title: changed in the configuration to 'From here' "
            "and on the server to 'From the web' (use --ours to overwrite the server, "
            "--theirs to keep what it has, or `stepup-zenodo pull` to take that over)"
        )
    ]


def test_as_json(workspace: Workspace) -> None:
    draft(workspace)
    workspace.write(a_txt="AAAA")

    status, out, _ = diff(workspace, "--json")

    assert status == 3
    assert json.loads("\n".join(out)) == {
        "status": "different",
        "changes": [
            {"action": "upload_file", "file": "a.txt", "size": 4, "reason": "changed on disk"}
        ],
        "kept": [],
        "conflicts": [],
        "writes": 4,
        "bytes": 4,
    }


@pytest.mark.server
def test_an_upload_of_somebody_else_is_left_alone(workspace: Workspace) -> None:
    draft(workspace)
    pending_file(workspace)
    workspace.write_config()

    status, out, _ = diff(workspace)

    assert status == 3
    assert without_ids(out)[1:] == [
        "draft ID, version 1.0.0, 3 files (6 B)",
        "files:",
        "  keep 'c.txt': somebody else is uploading it (zenodo.yaml:15:1)",
        "a sync would change nothing",
    ]
    result = workspace.sync()
    assert result.status == 0
    assert result.err == "zenodo.yaml:15:1: kept 'c.txt': somebody else is uploading it\n"
    assert workspace.writes() == []
