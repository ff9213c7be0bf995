"""Release notes are the section of a changelog for exactly the version of the record."""

import pytest

from stepup_zenodo.text.changelog import section, versions

from .workspace import Workspace

CHANGELOG = """\
# Changelog

Dates are those of publication.

## [Unreleased]

- Nothing.

## [1.10.0] - 2026-05-01

### Added

- A table, see [the page][page].

```
## 1.2.0
in a block of code
```

### Removed

- A figure.

## [1.2.0](https://example.org/1.2.0) - 2026-03-01

- Corrected.

## 1.2.0rc1

- A candidate.

## v1.1

Version 0.9.0
-------------

Underlined.

[page]: https://example.org/page
[1.10.0]: https://example.org/1.10.0
"""
LINKS = "[page]: https://example.org/page\n[1.10.0]: https://example.org/1.10.0"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "1.10.0",
            (
                "### Added\n\n- A table, see [the page][page].\n\n"
                "```\n## 1.2.0\nin a block of code\n```\n\n"
                f"### Removed\n\n- A figure.\n\n{LINKS}\n"
            ),
        ),
        ("1.2.0", f"- Corrected.\n\n{LINKS}\n"),
        ("v1.2.0", f"- Corrected.\n\n{LINKS}\n"),
        ("1.2.0rc1", f"- A candidate.\n\n{LINKS}\n"),
        ("1.1", ""),
        ("0.9.0", f"Underlined.\n\n{LINKS}"),
        ("Unreleased", f"- Nothing.\n\n{LINKS}\n"),
        ("1.2", None),
        ("1.1.0", None),
        ("10.0", None),
        ("2.0", None),
    ],
)
def test_section(version: str, expected: str | None) -> None:
    assert section(CHANGELOG, version) == expected


def test_windows_line_ends() -> None:
    assert section(CHANGELOG.replace("\n", "\r\n"), "1.2.0") == section(CHANGELOG, "1.2.0")


def test_byte_order_mark() -> None:
    assert section("\ufeff## 1.2.0\n\nbody\n", "1.2.0") == "body"
    assert versions("\ufeff## 1.2.0\n") == ("1.2.0",)


def test_versions() -> None:
    assert versions(CHANGELOG) == ("1.10.0", "1.2.0", "1.2.0rc1", "1.1", "0.9.0")


@pytest.mark.parametrize(
    ("heading", "version"),
    [
        ("## 1.2.0", "1.2.0"),
        ("# v1.2.0 (2026-03-01)", "1.2.0"),
        ("## **1.2.0**: the one with tables ##", "1.2.0"),
        ("### Version 1.2.0", "1.2.0"),
        ("## Release v1.2.0", "1.2.0"),
        ("## levels 1.2.0", "1.2.0"),
        ("## [v1.2.0][x] / 2026-03-01", "1.2.0"),
        ("1.2.0\n=====", "1.2.0"),
        ("v1.2.0 - 2026-03-01\n---", "1.2.0"),
        ("   ## `1.2.0`", "1.2.0"),
        ("## 2026.03", "2026.03"),
        ("## Changes since 1.2.0", ""),
        ("## Since 1.2.0", ""),
        ("## 2.0.0 replaces 1.2.0", "2.0.0"),
        ("#1.2.0", ""),
        ("    # 1.2.0", ""),
        ("1.2.0", ""),
        ("- 1.2.0\n---", ""),
        ("text before\n1.2.0\n---", ""),
        ("## 1.2.0 #", "1.2.0"),
        ("## ##", ""),
        ("##", ""),
        ("## 1.2.0" + " " * 100_000 + "x", ""),
        ("## " + "[" * 100_000, ""),
    ],
)
def test_headings(heading: str, version: str) -> None:
    text = f"# Changelog\n\n{heading}\n\nbody\n"

    assert section(text, "1.2.0") == ("body" if version == "1.2.0" else None)
    assert versions(text) == ((version,) if version else ())


@pytest.mark.server
def test_notes_of_a_version_are_sent(workspace: Workspace) -> None:
    workspace.config["metadata"] |= {"version": "1.2.0", "notes": {"path_changelog": "NEWS.md"}}
    (workspace.folder / "NEWS.md").write_text(CHANGELOG)
    workspace.write(a_txt="aaa")

    workspace.synced()

    stored = workspace.draft()["metadata"]["additional_descriptions"]
    assert [(item["type"]["id"], item["description"]) for item in stored] == [
        ("notes", "<ul>\n<li>Corrected.</li>\n</ul>")
    ]
    workspace.config["metadata"]["version"] = "1.10.0"
    workspace.synced()
    (stored,) = workspace.draft()["metadata"]["additional_descriptions"]
    assert '<a href="https://example.org/page">the page</a>' in stored["description"]
    workspace.rdm.clear_log()
    workspace.synced()
    assert workspace.writes() == []


WHERE = "metadata.notes.path_changelog"


UNWRITTEN = [
    (
        "1.3.0",
        CHANGELOG,
        (
            "NEWS.md has no section for version 1.3.0 (write it before the version is "
            "published; there are sections for 1.10.0, 1.2.0, 1.2.0rc1, 1.1, 0.9.0)"
        ),
    ),
    (
        "1.1",
        "## 1.1\n",
        "NEWS.md says nothing about version 1.1 (write it before the version is published)",
    ),
    (
        "1.1",
        "",
        "NEWS.md has no section for version 1.1 (write it before the version is published)",
    ),
]


@pytest.mark.parametrize(("version", "content", "message"), UNWRITTEN)
def test_unwritten_notes_are_a_warning(
    offline: Workspace, version: str, content: str, message: str
) -> None:
    offline.config = {"metadata": {"notes": {"path_changelog": "NEWS.md"}, "version": version}}
    (offline.folder / "NEWS.md").write_text(content)
    offline.write_config()

    result = offline.run("check", "zenodo.yaml")
    sync = offline.run("sync", "zenodo.yaml")

    told = f"zenodo.yaml:3:21: {WHERE}: {message}\n"
    assert (result.status, result.out) == (0, "valid: zenodo.yaml, 0 files, 0 B\n")
    assert (sync.status, result.err, sync.err) == (0, told, told)


@pytest.mark.server
def test_unwritten_notes_are_for_drafts_only(workspace: Workspace) -> None:
    workspace.config["metadata"] |= {"version": "1.3.0", "notes": {"path_changelog": "NEWS.md"}}
    (workspace.folder / "NEWS.md").write_text(CHANGELOG)
    workspace.write(a_txt="aaa")
    message = UNWRITTEN[0][2]

    synced = workspace.synced()
    again = workspace.sync()
    refused = workspace.run("publish", "--yes")

    place = yaml_place(workspace, "path_changelog")
    told = f"zenodo.yaml:{place}: {WHERE}: {message}\n"
    assert synced.err == told
    assert (again.status, again.out.splitlines()[1].partition(":")[0]) == (0, "nothing to do")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == f"failed: The draft cannot be published as it is:\n{told}"
    (workspace.folder / "NEWS.md").write_text(f"## 1.3.0\n\nAll is new.\n\n{CHANGELOG}")
    assert workspace.synced().err == ""
    assert workspace.run("publish", "--yes").status == 0
    (notes,) = workspace.published()["metadata"]["additional_descriptions"]
    assert notes["description"] == "<p>All is new.</p>"


def yaml_place(workspace: Workspace, key: str) -> str:
    """Return line and column of the value of a key in the configuration."""
    lines = (workspace.folder / "zenodo.yaml").read_text().splitlines()
    number, line = next((n, line) for n, line in enumerate(lines, 1) if f"{key}: " in line)
    return f"{number}:{line.index(f'{key}: ') + len(key) + 3}"


@pytest.mark.parametrize(
    ("metadata", "content", "message"),
    [
        (
            {},
            CHANGELOG,
            (
                "notes are taken from a changelog, but there is no version to look for in it "
                "(add the key version, or write the notes themselves)"
            ),
        ),
        ({"version": "1.1"}, None, "NEWS.md cannot be read: No such file or directory"),
        ({"version": "1.1"}, b"\xff", "NEWS.md is not text in UTF-8"),
        (
            {"version": "1.1"},
            b"x" * (10**6 + 1),
            "NEWS.md is larger than 1 MB (shorten it: long texts can be files of the record)",
        ),
    ],
)
def test_what_can_be_missing(
    offline: Workspace, metadata: dict[str, str], content: str | bytes | None, message: str
) -> None:
    offline.config = {"metadata": {"notes": {"path_changelog": "NEWS.md"}, **metadata}}
    if content is not None:
        data = content.encode() if isinstance(content, str) else content
        (offline.folder / "NEWS.md").write_bytes(data)
    offline.write_config()

    result = offline.run("check", "zenodo.yaml")

    assert (result.status, result.out) == (2, "")
    assert result.err == f"zenodo.yaml:3:21: metadata.notes.path_changelog: {message}\n"
