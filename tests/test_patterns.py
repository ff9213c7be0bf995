"""Patterns for files: which paths they mean, as texts, on disk, and in a configuration."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stepup_zenodo.errors import Invalid
from stepup_zenodo.local.patterns import (
    escaped,
    find,
    has_wildcards,
    literal,
    matching,
    visible,
)
from stepup_zenodo.reporting.output import Output
from stepup_zenodo.session.opening import opened
from stepup_zenodo.session.options import Options

FILES = [
    ".hidden.csv",
    "[1].csv",
    "a.csv",
    "b.csv",
    "caf\u00e9.csv",
    "d/.secret/g.csv",
    "d/e.json",
    "d/e/f.csv",
    "x*.csv",
    "x1.csv",
]

PATTERNS: dict[str, list[str]] = {
    "*.csv": ["[1].csv", "a.csv", "b.csv", "caf\u00e9.csv", "x*.csv", "x1.csv"],
    "?.csv": ["a.csv", "b.csv"],
    "[ab].csv": ["a.csv", "b.csv"],
    "[!a-b].csv": [],
    "[z-a].csv": [],
    "cafe\u0301*": ["caf\u00e9.csv"],
    "caf?.csv": ["caf\u00e9.csv"],
    ".*.csv": [".hidden.csv"],
    "[.]*": [],
    "**": [
        "[1].csv",
        "a.csv",
        "b.csv",
        "caf\u00e9.csv",
        "d/e.json",
        "d/e/f.csv",
        "x*.csv",
        "x1.csv",
    ],
    "d/*": ["d/e.json"],
    "d/**": ["d/e.json", "d/e/f.csv"],
    "d/**/*.csv": ["d/e/f.csv"],
    "**/e/*.csv": ["d/e/f.csv"],
    "*/*.json": ["d/e.json"],
    "d/**/.*/*.csv": ["d/.secret/g.csv"],
    "d/.secret/*": ["d/.secret/g.csv"],
    "a.csv/*": [],
    "nowhere/*.csv": [],
    "[[]*.csv": ["[1].csv"],
    "x[*]*": ["x*.csv"],
    "[]a.csv": [],
    "[!]*": [],
}
"""Patterns, and which of the files they mean."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with the files."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("pattern", PATTERNS)
def test_on_disk_and_among_paths(folder: Path, pattern: str) -> None:
    """Both ways to look for files agree, also from elsewhere."""
    found = PATTERNS[pattern]

    assert find(pattern) == found
    assert matching(pattern, FILES) == found
    assert find(f"{folder}/{pattern}") == [f"{folder}/{name}" for name in found]


def test_links_and_folders(folder: Path) -> None:
    """A link counts as what it leads to, and what can go in circles is not followed."""
    (folder / "link").symlink_to("d")
    (folder / "d" / "round.csv").symlink_to("..")
    (folder / "gone.csv").symlink_to("nowhere")
    (folder / "folder.csv").mkdir()

    assert find("link/*") == ["link/e.json"]
    assert find("**/f.csv") == ["d/e/f.csv"]
    assert find("[fg]*.csv") == ["gone.csv"]
    assert find("d/r*") == []


def test_a_folder_that_cannot_be_read(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")

    with pytest.raises(OSError, match="Too many levels"):
        find("loop/*.csv")


LITERALS = {
    "a.csv": "a.csv",
    "a[.csv": "a[.csv",
    "a[].csv": "a[].csv",
    "a[[]1].csv": "a[1].csv",
    "a[*][?].csv": "a*?.csv",
    "a[1].csv": None,
    "a*.csv": None,
    "a[*]*.csv": None,
}


def test_names() -> None:
    assert {pattern: literal(pattern) for pattern in LITERALS} == LITERALS
    assert [pattern for pattern in LITERALS if not has_wildcards(pattern)] == [*LITERALS][:3]


@given(st.text("a*?[]!-.\u00e9", min_size=1), st.text("a*?[]!-.\u00e9", min_size=1))
def test_every_name_can_be_written(name: str, other: str) -> None:
    pattern = escaped(name)

    assert literal(pattern) == name
    assert matching(pattern, {name, other} - {pattern}) == ([name] if name != pattern else [])


def test_patterns_for_stepup() -> None:
    """StepUp takes hidden files for matches, so they are excluded."""
    patterns = ["*", "d/*.csv", "d/**/*.csv", "*/.x*", "a*"]

    assert [visible(pattern) for pattern in patterns] == [
        "[!.]*",
        "d/[!.]*.csv",
        "d/**/[!.]*.csv",
        "[!.]*/.x*",
        "a*",
    ]


def paths_of(folder: Path, paths: list[str], *files: str) -> list[str]:
    """Return the files of a record, or what is wrong with them."""
    config = folder / "zenodo.yaml"
    config.write_text(yaml.safe_dump({"paths": paths, "metadata": {"title": "A title"}}))
    try:
        project = opened(Options("zenodo.yaml", files), Output()).project
    except Invalid as exc:
        return exc.lines()
    return [path for _, path in project.files]


NO_MATCH = "(put files there, or take it off the list)"
NO_NAME = '(if this is the name of a file, write "[[]2].csv")'

CONFIGURATIONS: list[tuple[list[str], list[str]]] = [
    (["d/**", "?.csv"], ["d/e.json", "d/e/f.csv", "a.csv", "b.csv"]),
    # A file counts once, in the place where it is listed itself.
    (["?.csv", "b.csv", "[b].csv"], ["a.csv", "b.csv"]),
    # A file that is there goes before what its name could mean.
    (["x*.csv", "[1].csv"], ["x*.csv", "[1].csv"]),
    (["x[*].csv", "[[]1].csv"], ["x*.csv", "[1].csv"]),
    (["y[*].csv"], ["y*.csv"]),
    (
        ["n/*.csv", "a.csv", "[2].csv", ".csv*"],
        [
            f'zenodo.yaml:4:3: paths[0]: no file matches "n/*.csv" {NO_MATCH}',
            f'zenodo.yaml:6:3: paths[2]: no file matches "[2].csv" {NO_NAME}',
            f'zenodo.yaml:7:3: paths[3]: no file matches ".csv*" {NO_MATCH}',
        ],
    ),
    (
        ["d/e/*", "same/*.csv"],
        [
            (
                'zenodo.yaml:5:3: paths[1]: "same/f.csv" and "d/e/f.csv" have the same name '
                "(a record has no folders: rename a file, or list an archive of the folder)"
            ),
        ],
    ),
    (
        ["?.csv", "?.csv"],
        ['zenodo.yaml:5:3: paths[1]: "?.csv" is listed twice (remove one of them)'],
    ),
    (
        ["many/*"],
        [
            (
                "zenodo.yaml:4:3: paths[0]: 101 files are listed, a record takes at most 100 "
                "(list an archive of them)"
            ),
        ],
    ),
    (
        ["odd/*"],
        [
            (
                'zenodo.yaml:4:3: paths[0]: the name of "odd/a\\tb" has control characters '
                "(rename the file)"
            ),
        ],
    ),
    (
        ["loop/*"],
        ["zenodo.yaml:4:3: paths[0]: loop/ cannot be searched: Too many levels of symbolic links"],
    ),
    (
        ["../../outside-*"],
        [
            (
                "zenodo.yaml:4:3: paths[0]: ../../outside-1 leads to {above}/outside-1, "
                "which is outside of the project {top} "
                "(copy it into the project, or give it as an argument: "
                "a configuration alone may not send files from elsewhere)"
            ),
        ],
    ),
    (
        ["keys/*"],
        [
            (
                'zenodo.yaml:4:3: paths[0]: "keys/token" holds what looks like a token, '
                "which nobody should publish (move it away, or write a pattern that leaves it out)"
            ),
        ],
    ),
    (
        [".zenodo*"],
        [
            (
                'zenodo.yaml:4:3: paths[0]: ".zenodo-record-id.txt" is the record id file, '
                "and cannot be a file of the record as well "
                "(move it away, or write a pattern that leaves it out)"
            ),
        ],
    ),
]
"""Lists of paths, and the files that they mean, or what is wrong."""


@pytest.mark.parametrize(("paths", "found"), CONFIGURATIONS, ids=range(len(CONFIGURATIONS)))
def test_configurations(folder: Path, paths: list[str], found: list[str]) -> None:
    above = folder.parent.parent
    (folder / "same").mkdir()
    (folder / "same" / "f.csv").write_text("f")
    (folder / "many").mkdir()
    for index in range(101):
        (folder / "many" / f"{index}").write_text("1")
    (folder / "odd").mkdir()
    (folder / "odd" / "a\tb").write_text("1")
    (folder / "keys").mkdir()
    (folder / "keys" / "token").write_text("a" * 60)
    (folder / "loop").symlink_to("loop")
    (folder / ".zenodo-record-id.txt").write_text("12\n")
    (above / "outside-1").write_text("1")
    expected = [line.format(above=above, top=folder.parent) for line in found]

    assert paths_of(folder, paths) == expected


def test_arguments(folder: Path) -> None:
    """Patterns can be given as arguments, where shells leave them alone."""
    everything = ["a.csv", "[1].csv", "b.csv", "caf\u00e9.csv", "x*.csv", "x1.csv"]

    assert paths_of(folder, ["a.csv"], "*.csv", "d/e/f.csv") == [*everything, "d/e/f.csv"]
    assert paths_of(folder, ["*.csv"], "a.csv") == sorted(everything)
    assert paths_of(folder, ["a.csv"], "n*.csv") == [f'no file matches "n*.csv" {NO_MATCH}']
    assert paths_of(folder, ["a.csv"], os.path.abspath("b*")) == ["a.csv", f"{folder}/b.csv"]
