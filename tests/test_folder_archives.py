"""Folders among the files of a record: what is archived, where, and that only changes are sent."""

import os
import zipfile
from pathlib import Path

import pytest
import yaml

from stepup_zenodo.config.archives import FolderArchive
from stepup_zenodo.config.file import parse_config
from stepup_zenodo.config.paths import ListedPath
from stepup_zenodo.errors import Invalid, Place

from .building import build
from .workspace import Workspace, md5


def test_entries() -> None:
    config = parse_config(
        "paths:\n- {archive: ../images/}\n"
        "- archive: data\n  as: a/Tables.zip\n  exclude: '*.tmp'\n  prefix: ''\n"
        "  manifest: SUMS\n  store: true\n",
        "c.yaml",
    )

    assert config.paths == (
        ListedPath(
            "../images.zip",
            "images.zip",
            Place("c.yaml", 2, 3),
            "paths[0]",
            archive=FolderArchive(archive="../images/"),
        ),
        ListedPath(
            "a/Tables.zip",
            "Tables.zip",
            Place("c.yaml", 3, 3),
            "paths[1]",
            archive=FolderArchive(
                archive="data",
                name="a/Tables.zip",
                exclude=("*.tmp",),
                prefix="",
                manifest="SUMS",
                store=True,
            ),
        ),
    )


WRONG = {
    "{archive: ..}": ['paths: ".." has no name for a zip file (add one, e.g. `as: data.zip`)'],
    "{archive: a, as: a.tar}": [
        'paths.as: "a.tar" is not the name of a zip file (expected a name that ends in .zip)'
    ],
    "{as: a.zip}": [
        (
            "paths: the key archive is missing, expected the path of a folder "
            "(for example archive: images)"
        )
    ],
    "{archive: a, as: b.zip, name: c.zip}": [
        "paths: the keys as and name mean the same (remove one of them)"
    ],
    "{b: c.csv}": [
        (
            "paths: found a mapping, expected the path of a file "
            "(put a text that contains a colon in quotes)"
        )
    ],
    "[{archive: a}, x/a.zip]": [
        (
            'paths[1]: "x/a.zip" and "a.zip" have the same name '
            "(a record has no folders: rename a file, or list an archive of the folder)"
        )
    ],
}
"""Entries, and what is wrong with them."""


@pytest.mark.parametrize("paths", WRONG)
def test_wrong_entries(paths: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_config(f"paths: {paths}", "c.yaml")

    assert [line.split(" ", 1)[1] for line in caught.value.lines()] == WRONG[paths]


def archived(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


@pytest.fixture
def project(offline: Workspace) -> Workspace:
    """Return a project with a folder to be archived."""
    offline.folder /= "project"
    (offline.folder / "data" / "sub").mkdir(parents=True)
    for name in ("a.csv", "b.tmp", "sub/c.csv"):
        (offline.folder / "data" / name).write_text(name)
    offline.config["paths"] = [{"archive": "data", "exclude": ["*.tmp"]}]
    offline.write_config()
    return offline


def test_made_when_something_changes(project: Workspace) -> None:
    """Every command that compares files brings the archive up to date, and no other touches it."""
    target = project.folder / "data.zip"
    for path in sorted((project.folder / "data").rglob("*")):
        os.utime(path, (10**9, 10**9))

    first = project.run("check", "zenodo.yaml")
    names = archived(target)
    before = target.stat()
    second = project.run("check", "zenodo.yaml")
    (project.folder / "data" / "d.csv").write_text("d")
    third = project.run("check", "zenodo.yaml")

    valid = "valid: zenodo.yaml, 1 file, "
    assert first.out == f"  archived data in data.zip\n{valid}{before.st_size} B\n", first
    assert names == ["data/a.csv", "data/sub/c.csv"]
    assert second.status == 0
    assert target.stat().st_size != before.st_size
    assert archived(target) == ["data/a.csv", "data/d.csv", "data/sub/c.csv"]
    assert third.out == f"  archived data in data.zip\n{valid}{target.stat().st_size} B\n"


PROBLEMS: dict[str, tuple[dict[str, object], str]] = {
    "no folder": ({"archive": "none"}, '"none" is not a folder (expected one that exists)'),
    "inside": (
        {"archive": "data", "as": "data/x.zip"},
        '"data/x.zip" is inside the folder that is archived (write the zip file elsewhere)',
    ),
    "nothing": ({"archive": "data", "exclude": "*"}, "there are no files to archive"),
    "never": (
        {"archive": "data", "exclude": "/a"},
        (
            'the pattern "/a" can never match (patterns are relative to the folder, '
            "without `.`, `..` and a slash at the start)"
        ),
    ),
    "foreign": (
        {"archive": "data", "as": "mine.zip"},
        (
            '"mine.zip" is there already, and was not written by this command '
            "(move it away, or give another name)"
        ),
    ),
    "key": (
        {"archive": "keys"},
        (
            '"keys/[id]_rsa" holds a private key, which nobody should publish '
            '(leave it out with exclude: "[[]id]_rsa", or move it away)'
        ),
    ),
    "own": (
        {"archive": "own"},
        (
            '"own/id.txt" is the record id file, which nobody should publish '
            '(leave it out with exclude: "id.txt")'
        ),
    ),
    "elsewhere": (
        {"archive": "../.."},
        '"../.." has no name for a zip file (add one, e.g. `as: data.zip`)',
    ),
    "outside": (
        {"archive": "away"},
        (
            "away leads to {above}, which is outside of the project {top} "
            "(archive a folder of the project)"
        ),
    ),
    "outside, out": (
        {"archive": "data", "as": "away/x.zip"},
        (
            "away/x.zip leads to {above}/x.zip, which is outside of the project {top} "
            "(copy it into the project, or give it as an argument: "
            "a configuration alone may not send files from elsewhere)"
        ),
    ),
}
"""Entries that cannot be carried out, and why."""


@pytest.mark.parametrize("case", PROBLEMS)
def test_problems(project: Workspace, case: str) -> None:
    """They are told at the entry, and nothing is written."""
    entry, message = PROBLEMS[case]
    folder = project.folder
    (folder / ".git").mkdir()
    (folder / "keys").mkdir()
    (folder / "keys" / "[id]_rsa").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    (folder / "own").mkdir()
    (folder / "own" / "id.txt").write_text("12\n")
    (folder / "mine.zip").write_text("mine")
    (folder / "away").symlink_to("..")
    project.config |= {"paths": [entry], "path_record_id": "own/id.txt"}
    project.write_config()
    before = sorted(folder.glob("[!.]*/**/*"))

    result = project.run("check", "zenodo.yaml")

    expected = message.format(above=folder.parent, top=folder)
    assert expected in result.err, result
    assert result.err.startswith("zenodo.yaml:"), result
    assert result.status == 2
    assert sorted(folder.glob("[!.]*/**/*")) == before
    assert not (folder / "data.zip").exists()


PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import static
from stepup_zenodo.api import sync_zenodo
static("zenodo.yaml", "data/")
sync_zenodo("zenodo.yaml")
"""


@pytest.mark.slow
def test_build(project: Workspace) -> None:
    """In a build, a step of its own makes the archive, when the folder has changed."""
    plan = project.folder / "plan.py"
    plan.write_text(PLAN)
    plan.chmod(0o755)
    (project.folder / "zenodo.yaml").write_text(
        yaml.safe_dump({"paths": project.config["paths"], "metadata": {"title": "A title"}})
    )
    declare = "stepup sync-zenodo --declare -- zenodo.yaml"
    make = "stepup-zenodo archive '--exclude=*.tmp' --prefix=data --inputs -- data data.zip"
    sync = "stepup sync-zenodo --exact --inputs -- zenodo.yaml"

    first = build(project.folder, COLUMNS="200")
    names = archived(project.folder / "data.zip")
    again = build(project.folder, COLUMNS="200")
    (project.folder / "data" / "d.csv").write_text("d")
    third = build(project.folder, COLUMNS="200")

    assert first.status == 0, first.output
    assert first.steps == sorted(["./plan.py", declare, make, sync])
    assert names == ["data/a.csv", "data/sub/c.csv"]
    assert again.steps == []
    assert third.steps == sorted([declare, make, sync])
    assert archived(project.folder / "data.zip") == [
        "data/a.csv",
        "data/d.csv",
        "data/sub/c.csv",
    ]


@pytest.mark.server
def test_only_changes_are_sent(workspace: Workspace) -> None:
    """The archive is one file of the record, and is sent when something in it has changed."""
    workspace.write_file("data/a.csv", "1,2\n")
    workspace.config["paths"] = [{"archive": "data", "as": "tables.zip"}]
    target = workspace.folder / "tables.zip"

    first = workspace.synced()
    sent = workspace.checksums()
    again = workspace.synced()
    (workspace.folder / "data" / "b.csv").write_text("3,4\n")
    more = workspace.synced()

    assert [*sent] == ["tables.zip"]
    assert "send tables.zip" in first.out
    assert "nothing to do" in again.out
    assert "send tables.zip" in more.out
    assert workspace.checksums() == {"tables.zip": md5(target.read_bytes())}
    assert archived(target) == ["data/a.csv", "data/b.csv"]
