"""README and changelog as files: which ones are read, how often, and what is remembered."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from stepup_zenodo.local.conversions import MOST, Conversions
from stepup_zenodo.text import description

from .test_adopt import MINIMAL, adopt, make
from .workspace import Workspace

REFUSED = [
    (
        "README.rst",
        (
            "convert it, for example with `pandoc README.rst -t gfm -o README.md`, "
            "and use README.md instead"
        ),
    ),
    (
        "docs/a b.TEX",
        (
            "convert it, for example with `pandoc 'docs/a b.TEX' -t gfm -o 'docs/a b.md'`, "
            "and use docs/a b.md instead"
        ),
    ),
    ("README.txt", "if it is plain text or Markdown, rename it to README.md"),
    ("README", "if it is plain text or Markdown, rename it to README.md"),
    ("known.rst", "use known.md, which lies beside it"),
]


@pytest.mark.parametrize(("name", "hint"), REFUSED)
@pytest.mark.parametrize("is_argument", [False, True])
def test_other_files_are_refused(
    name: str, hint: str, is_argument: bool, offline: Workspace
) -> None:
    """What is no Markdown is never taken for HTML, in the configuration and as an argument."""
    path = offline.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("Thing\n=====\n\nA `link <https://example.org>`_.\n")
    (offline.folder / "known.md").write_text("a\n")
    offline.config = {"path_readme": "known.md" if is_argument else name, **offline.config}
    offline.write_config()

    result = offline.run("check", "zenodo.yaml", *(["--description", name] * is_argument))

    assert (result.status, result.out) == (2, "")
    place = "--description" if is_argument else "zenodo.yaml:1:14: path_readme"
    message = "is neither Markdown (.md) nor HTML (.html), so it cannot be the description"
    assert result.err == f"{place}: {name} {message} ({hint})\n"


READ = {
    **dict.fromkeys(
        ("a.md", "A.MD", "b.markdown", "c.mkd", "d.mdown"), "<p><em>x</em> &lt;y z</p>"
    ),
    **dict.fromkeys(("a.html", "B.HTM"), "<p>*x* &lt;y z</p>"),
}


@pytest.mark.server
@pytest.mark.parametrize("name", READ)
def test_files_that_are_read(name: str, workspace: Workspace) -> None:
    (workspace.folder / name).write_text("*x* <y z")
    workspace.config["path_readme"] = name
    workspace.synced()
    assert workspace.draft()["metadata"]["description"] == READ[name]


def test_links_into_the_repository(offline: Workspace) -> None:
    """What lies in the repository is linked there, and the rest is said."""
    (offline.folder / ".git").mkdir()
    (offline.folder / "docs").mkdir()
    (offline.folder / "docs/README.md").write_text("[a](b.md) [c](../../d) [e](#f)\n")
    offline.config |= {"path_readme": "docs/README.md", "code_repository": "https://github.com/o/r"}
    offline.write_config()

    assert notes(offline) == ["../../d", "#f"]
    assert remembered(offline) == [
        (
            '<p><a href="https://github.com/o/r/blob/HEAD/docs/b.md">a</a> '
            '<a href="../../d">c</a> <a href="#f">e</a></p>'
        )
    ]
    del offline.config["code_repository"]
    offline.write_config()
    assert notes(offline) == ["b.md, ../../d", "#f"]


def test_what_makes_links_work_depends_on_what_is_missing(offline: Workspace) -> None:
    (offline.folder / "README.md").write_text("[a](b.md)\n")
    offline.config |= {"path_readme": "README.md"}
    offline.write_config()
    start = (
        "note: README.md: links to other files lead nowhere on the server (write whole addresses"
    )

    assert f"{start}, or give a code_repository on" in offline.run("check").out
    offline.config["code_repository"] = "https://github.com/o/r"
    offline.write_config()
    assert f"{start}, or let the README lie in a clone" in offline.run("check").out
    (offline.folder / ".git").mkdir()
    assert start not in offline.run("check").out


LINKS = (
    '<p>See <a href="/records/1/files/x.pdf">the file</a>, <a href="#top">above</a>, '
    '<a href="../x">there</a> and <a href="//example.org/x">here</a>.</p>'
)


@pytest.mark.server
def test_relative_links_of_a_record_are_kept(workspace: Workspace) -> None:
    """What the server keeps comes with `adopt`, and neither `sync` nor `pull` drops it."""
    body = {"metadata": {**MINIMAL, "description": LINKS}}
    (workspace.folder / "zenodo.yaml").unlink(missing_ok=True)
    made = make(workspace.rdm, body, public=True, a_txt="aaa")
    assert adopt(workspace, made).status == 0
    readme = workspace.folder / "README.html"
    assert readme.read_text() == f"{LINKS}\n"
    assert workspace.run("diff", "zenodo.yaml").status == 0

    changed = LINKS.replace("See", "Look at")
    readme.write_text(changed)
    diff = workspace.run("diff", "zenodo.yaml")
    assert diff.status == 3
    assert "/records/1/files/x.pdf" in diff.out
    assert workspace.run("sync", "zenodo.yaml").status == 0
    assert workspace.published()["metadata"]["description"] == changed


@pytest.mark.server
def test_relative_links_that_a_co_author_adds_are_seen(workspace: Workspace) -> None:
    workspace.config["metadata"]["description"] = LINKS.replace('<a href="../x">there</a>', "there")
    workspace.synced()
    workspace.edit_on_web(description=LINKS)

    assert "keep metadata.description" in workspace.run("diff", "zenodo.yaml").out
    assert workspace.run("pull", "zenodo.yaml").status == 0

    config = yaml.safe_load((workspace.folder / "zenodo.yaml").read_text())
    assert config["metadata"]["description"] == LINKS
    assert workspace.run("diff", "zenodo.yaml").status == 0
    assert workspace.run("preview", "zenodo.yaml").status == 0
    page = (workspace.folder / "zenodo.preview.html").read_text()
    server = workspace.rdm.url
    assert f'<a href="{server}/records/1/files/x.pdf">the file</a>' in page
    assert f'<a href="{server}/x">there</a>' in page
    assert f'<a href="{server.partition("//")[0]}//example.org/x">here</a>' in page


def notes(offline: Workspace) -> list[str]:
    """Return what the notes about links name."""
    result = offline.run("check", "zenodo.yaml")
    assert result.status == 0, result
    said = [line for line in result.out.splitlines() if line.startswith("note: ")]
    return [line.rpartition(": ")[2] for line in said]


def entries(offline: Workspace) -> list[Path]:
    return sorted((offline.folder / ".cache/stepup-zenodo/texts").iterdir())


def remembered(offline: Workspace) -> list[str]:
    return [json.loads(path.read_text())["made"] for path in entries(offline)]


def test_what_is_known_is_not_made_again(
    offline: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged entry is made again, and so is a text that changed."""
    made: list[str] = []
    convert = description.description

    def counted(text: str, **options: object) -> description.Description:
        made.append(text)
        return convert(text, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(description, "description", counted)
    (offline.folder / "README.md").write_text("![a](b.png)\n")
    (offline.folder / "CHANGELOG.md").write_text("# 1\n\n- c\n")
    offline.config["path_readme"] = "README.md"
    offline.config["metadata"] |= {"version": "1", "notes": {"path_changelog": "CHANGELOG.md"}}
    offline.write_config()

    first = offline.run("check", "zenodo.yaml")
    assert first.status == 0
    assert "b.png" in first.out
    assert made == ["![a](b.png)\n", "- c"]
    assert offline.run("check", "zenodo.yaml") == first
    assert len(made) == 2

    for path in entries(offline):
        path.write_text(path.read_text().replace("<", "&lt;"))
    assert offline.run("check", "zenodo.yaml") == first
    assert len(made) == 4

    for damage in ("", "[]", "{", '{"made": 1}', "\0"):
        for path in entries(offline):
            path.write_text(damage)
        assert offline.run("check", "zenodo.yaml") == first
    assert len(made) == 14

    (offline.folder / "README.md").write_text("![a](c.png)\n")
    assert "c.png" in offline.run("check", "zenodo.yaml").out
    assert made[14:] == ["![a](c.png)\n"]


def test_a_cache_that_cannot_be_written(offline: Workspace) -> None:
    (offline.folder / "README.md").write_text("a\n")
    offline.config["path_readme"] = "README.md"
    offline.write_config()
    (offline.folder / ".cache").write_text("in the way")
    assert offline.run("check", "zenodo.yaml").status == 0


def test_old_conversions_are_forgotten(tmp_path: Path) -> None:
    known = Conversions(tmp_path / "texts")
    for number in range(MOST + 3):
        known.put([str(number)], f"<p>{number}</p>", ["a", "b"])
        (path,) = [path for path in (tmp_path / "texts").iterdir() if number_in(path) == number]
        os.utime(path, ns=(number, number))
    assert [known.get([str(number)]) for number in (0, 2, 3)] == [
        None,
        None,
        ("<p>3</p>", ("a", "b")),
    ]
    assert len(list((tmp_path / "texts").iterdir())) == MOST
    assert (tmp_path / "texts").stat().st_mode & 0o777 == 0o700


def number_in(path: Path) -> int:
    return int(json.loads(path.read_text())["made"].strip("</p>"))


HEAVY = ("markdown_it", "mdit_py_plugins", "stepup_zenodo.text.description", "bleach", "html5lib")
PROGRAM = f"""\
import sys
from stepup_zenodo.cli import main
sys.argv = ["stepup-zenodo", "check", "zenodo.yaml"]
try:
    main()
except SystemExit as exc:
    print(exc.code or 0, *(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_a_run_without_changes_imports_no_parser(offline: Workspace) -> None:
    (offline.folder / "README.md").write_text("*a*\n")
    offline.config["path_readme"] = "README.md"
    offline.write_config()
    environ = {**os.environ, "XDG_CACHE_HOME": str(offline.folder / ".cache")}
    said = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=offline.folder,
            env=environ,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()[-1]
        for _ in range(2)
    ]
    assert said == ["0 markdown_it mdit_py_plugins stepup_zenodo.text.description", "0"]
