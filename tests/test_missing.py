"""Files that are not there are told in one run with all other mistakes, except in a build."""

import re
from pathlib import Path

import pytest

from .building import build
from .workspace import Workspace

MISTAKES = """\
metadata:
  title: ab
  version: "1.0"
  notes: {path_changelog: NEWS.md}
path_readme: READ.md
paths:
- missing.csv
- there.csv
- link.csv
- "x*.csv"
- {archive: images}
- folder/
- "[[]a].csv"
"""

TITLE = (
    'zenodo.yaml:2:10: metadata.title: found "ab" of 2 characters, '
    "expected a text of at least 3 characters"
)
CHANGELOG = (
    "zenodo.yaml:4:27: metadata.notes.path_changelog: "
    "NEWS.md cannot be read: No such file or directory"
)
README = "zenodo.yaml:5:14: path_readme: READ.md cannot be read: No such file or directory"
LISTED = [
    "zenodo.yaml:7:3: paths[0]: missing.csv does not exist",
    "zenodo.yaml:9:3: paths[2]: link.csv is a link to nowhere",
    (
        'zenodo.yaml:10:3: paths[3]: no file matches "x*.csv" (put files there, or take it off the '
        "list)"
    ),
    'zenodo.yaml:11:3: paths[4]: "images" is not a folder (expected one that exists)',
    (
        'zenodo.yaml:12:3: paths[5]: "folder/" is a folder, expected a file (list the files in it, '
        "or an archive of them)"
    ),
    "zenodo.yaml:13:3: paths[6]: [a].csv does not exist",
]
MATCHED = [line for line in LISTED if "folder/" not in line]


def write(workspace: Workspace, text: str) -> None:
    (workspace.folder / "zenodo.yaml").write_text(text)
    (workspace.folder / "there.csv").write_text("1")
    (workspace.folder / "link.csv").symlink_to("nowhere")


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        (MISTAKES, (), [TITLE, CHANGELOG, README, *LISTED]),
        # README and files that are given as arguments.
        (
            MISTAKES,
            ("gone.csv", "--description", "no.md"),
            [
                TITLE,
                CHANGELOG,
                *LISTED,
                "gone.csv does not exist",
                "--description: no.md cannot be read: No such file or directory",
            ],
        ),
        # What is wrong is found later and later: by looking for matches, ...
        (
            MISTAKES.replace("ab\n", "abc\n").replace("- folder/\n", "- there.csv\n"),
            (),
            [
                CHANGELOG,
                README,
                *MATCHED[:-1],
                'zenodo.yaml:12:3: paths[5]: "there.csv" is listed twice (remove one of them)',
                MATCHED[-1],
            ],
        ),
        # ... at the border, ...
        (
            "path_token: there.csv\npaths: [missing.csv, there.csv]\npath_readme: READ.md\n",
            (),
            [
                "zenodo.yaml:2:9: paths[0]: missing.csv does not exist",
                (
                    'zenodo.yaml:2:22: paths[1]: "there.csv" is the token file, and cannot be a '
                    "file of the record as well (take it off the list)"
                ),
                "zenodo.yaml:3:14: path_readme: READ.md cannot be read: No such file or directory",
            ],
        ),
        # ... and when archives are made.
        (
            "paths: [missing.csv, {archive: images}]\n",
            (),
            [
                "zenodo.yaml:1:9: paths[0]: missing.csv does not exist",
                'zenodo.yaml:1:22: paths[1]: "images" is not a folder (expected one that exists)',
            ],
        ),
    ],
)
def test_missing_files_are_told_with_all_other_mistakes(
    offline: Workspace, text: str, args: tuple[str, ...], expected: list[str]
) -> None:
    write(offline, text)

    results = [offline.run(command, "zenodo.yaml", *args) for command in ("check", "sync", "diff")]

    assert [(r.status, r.out, r.err.splitlines()) for r in results] == [(2, "", expected)] * 3


def test_a_command_that_is_not_about_the_files_does_not_miss_them(offline: Workspace) -> None:
    write(offline, MISTAKES)

    result = offline.run("doi", "zenodo.yaml")

    assert (result.status, result.out, result.err) == (2, "", f"{TITLE}\n{LISTED[4]}\n")


PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import static, step
from stepup_zenodo.api import sync_zenodo

static("zenodo.yaml")
step("sh -c 'echo 1 > made.csv; echo abc > READ.md'", out=["made.csv", "READ.md"])
sync_zenodo("zenodo.yaml")
"""


@pytest.mark.slow
def test_what_steps_will_make_is_not_missing_in_a_build(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "plan.py").write_text(PLAN)
    (folder / "plan.py").chmod(0o755)
    wrong = "metadata: {title: ab}\npath_readme: READ.md\npaths: [made.csv]\n"
    (folder / "zenodo.yaml").write_text(wrong)

    before = build(folder)
    (folder / "zenodo.yaml").write_text(wrong.replace("ab", "abc"))
    after = build(folder)

    assert before.status != 0
    told = re.findall(r"zenodo\.yaml:\d.*", before.output)
    assert told == [TITLE.replace(":10:", ":19:").replace(":2:", ":1:")]
    assert after.status == 0, after.output
    assert "stepup sync-zenodo --exact -- zenodo.yaml" in after.steps
