"""Questions about what a configuration says: it is valid, and can be meant in another way."""

import pytest

from .workspace import Workspace

ASKED = "is a single item of the list (if several are meant, write"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "keywords: water, weir",
            f'metadata.keywords: "water, weir" {ASKED} keywords: ["water", "weir"])',
        ),
        (
            "keywords: [water; weir]",
            f'metadata.keywords: "water; weir" {ASKED} keywords: ["water", "weir"])',
        ),
        (
            "formats: csv,pdf",
            f'metadata.formats: "csv,pdf" {ASKED} formats: ["csv", "pdf"])',
        ),
        ("keywords: [water, 'Schmidt, camera of']", ""),
        ("keywords: water", ""),
        ("keywords: 'water,'", ""),
        ("references: 'Lovelace, A., Notes'", ""),
    ],
)
def test_one_or_several(offline: Workspace, written: str, expected: str) -> None:
    text = f"metadata:\n  title: Water\n  {written}\n"
    (offline.folder / "zenodo.yaml").write_text(text, encoding="utf-8")

    result = offline.run("check", "zenodo.yaml")

    notes = [line for line in result.out.splitlines() if line.startswith("note: ")]
    assert result.status == 0, result
    assert [note.partition(": ")[2].partition(" ")[2] for note in notes] == [expected] * len(notes)
    assert bool(notes) == bool(expected)
    assert "the list" not in result.err
