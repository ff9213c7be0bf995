"""The pictures of terminals show what the program prints now."""

import re
from pathlib import Path

import pytest

from .capture_terminal import IMAGES, SCENES, Scene, characters_of, play, recorded
from .workspace import Workspace

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COLOURS = {"terminal-errors": True}
"""Pictures that show more than one colour."""


def check(scene: Scene, project: Workspace) -> None:
    """Compare a picture with what is on a terminal."""
    shown = play(scene, project)
    words = "".join(ESCAPE.sub("", shown).split())

    assert characters_of(scene.path.read_text(encoding="utf-8")) == words
    assert characters_of(recorded(scene, shown)) == words
    assert COLOURS.get(scene.name, False) == bool(ESCAPE.search(shown))


@pytest.mark.parametrize(
    "scene", [scene for scene in SCENES if scene.needs_server], ids=lambda scene: scene.name
)
def test_with_a_server(scene: Scene, workspace: Workspace) -> None:
    """Otherwise run `python -m tests.expected --pictures`."""
    check(scene, workspace)


@pytest.mark.parametrize(
    "scene", [scene for scene in SCENES if not scene.needs_server], ids=lambda scene: scene.name
)
def test_without_server(scene: Scene, offline: Workspace) -> None:
    """Otherwise run `python -m tests.expected --pictures`."""
    check(scene, offline)


def test_all_pictures_of_terminals_are_made_here() -> None:
    assert sorted(IMAGES.glob("terminal-*.svg")) == sorted(scene.path for scene in SCENES)


def test_each_picture_is_shown_in_a_page() -> None:
    docs = IMAGES.parent
    pages = [path.read_text(encoding="utf-8") for path in docs.rglob("*.md")]
    shown = {Path(name).name for text in pages for name in re.findall(r"!\[.*?\]\((.*?)\)", text)}

    assert {path.name for path in IMAGES.iterdir()} == shown
