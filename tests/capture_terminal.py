"""Take the pictures of terminals in the documentation from real runs of the program.

Usage: python -m tests.capture_terminal

Each picture is made from what a command prints on a terminal of its own.
Only the address and the id of the record on the local server are replaced
by those that a reader would see in the sandbox of Zenodo.
"""

import io
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import attrs

from .building import LOCAL
from .rdm_server.fixture import server_of_own
from .terminal import on_terminal
from .workspace import Workspace

__all__ = ("IMAGES", "SCENES", "Scene", "characters_of", "play", "recorded")

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SANDBOX = "https://sandbox.zenodo.org"
COLUMNS = 100

SCALE = 0.65
"""Size of a picture in a page, compared with what Rich draws."""

CONFIG = """\
endpoint: {endpoint}
path_token: {token}

metadata:
  title: Water Levels at the Example Weir
  version: "1.0.0"
  resource_type: dataset
  license: cc-by-4.0
  creators:
    - family_name: Lovelace
      given_name: Ada

path_readme: README.md
paths:
  - levels.csv
"""

FILES = {
    "README.md": "The water level at the weir, **measured by hand** once a day.\n",
    "levels.csv": "day,level_m\n2026-03-01,1.24\n2026-03-02,1.31\n",
}


@attrs.frozen
class Scene:
    """A picture of a terminal."""

    name: str
    """The name of the picture, without folder and extension."""

    command: str
    """What is typed in."""

    status: int
    """The exit status that it has."""

    prepare: Callable[[Workspace], None]
    """Brings the project into the state before the command."""

    needs_server: bool = True
    """Whether the command talks to a server."""

    @property
    def path(self) -> Path:
        """The picture."""
        return IMAGES / f"{self.name}.svg"


def _start(project: Workspace) -> None:
    token, endpoint = project.rdm.token_file, project.rdm.endpoint
    config = CONFIG.format(endpoint=endpoint, token=token)
    for name, text in {**FILES, "zenodo.yaml": config}.items():
        (project.folder / name).write_text(text, encoding="utf-8")


def _edit(project: Workspace, old: str, new: str) -> None:
    path = project.folder / "zenodo.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def _with_mistakes(project: Workspace) -> None:
    _start(project)
    path = project.folder / "zenodo.yaml"
    text = path.read_text(encoding="utf-8").partition("metadata:")[2]
    path.write_text(f"metadata:{text}", encoding="utf-8")
    _edit(project, "dataset", "datset")
    _edit(project, '"1.0.0"', "1.0")


def _with_changes_on_both_sides(project: Workspace) -> None:
    _start(project)
    assert project.run("sync", "zenodo.yaml").status == 0
    project.edit_on_web(title="Water Levels at the Weir")
    _edit(project, "  license:", "  copyright: © 2026 Ada Lovelace\n  license:")
    with (project.folder / "levels.csv").open("a") as file:
        file.write("2026-03-03,1.28\n")


SCENES = (
    Scene("terminal-sync", "stepup-zenodo sync zenodo.yaml", 0, _start),
    Scene("terminal-diff", "stepup-zenodo diff zenodo.yaml", 3, _with_changes_on_both_sides),
    Scene(
        "terminal-errors",
        "stepup-zenodo check zenodo.yaml",
        2,
        _with_mistakes,
        needs_server=False,
    ),
)


def play(scene: Scene, project: Workspace) -> str:
    """Prepare a project, run the command of a scene in it, and return what the terminal shows."""
    scene.prepare(project)
    status, shown = _shown(scene, project.folder)
    assert status == scene.status, shown
    shown = shown.replace(project.rdm.url, SANDBOX)
    if (project.folder / ".zenodo-record-id.txt").exists():
        shown = re.sub(rf"\b{re.escape(project.record_id)}\b", "123456", shown)
    return f"$ {scene.command}\n{shown}"


def _shown(scene: Scene, folder: Path) -> tuple[int, str]:
    """Run the command of a scene."""
    program, *words = scene.command.split()
    # Bars that move cannot be shown in a picture, and without a server there are none.
    term = "dumb" if scene.needs_server else "xterm"
    dropped = ("STEPUP_", "NO_COLOR")
    environ = {name: text for name, text in os.environ.items() if not name.startswith(dropped)}
    environ |= {"XDG_CACHE_HOME": str(folder / ".cache"), "TERM": term, "COLUMNS": str(COLUMNS)}
    environ["STEPUP_ZENODO_HOSTS"] = environ["STEPUP_ZENODO_LIKE_ZENODO"] = LOCAL
    command = [str(Path(sys.executable).with_name(program)), *words]
    status, drawn = on_terminal(command, folder, environ)
    return status, drawn.replace("\r\n", "\n")


def recorded(scene: Scene, shown: str) -> str:
    """Return the picture of what a terminal shows, which loads nothing from elsewhere."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.text import Text

    text = Text.from_ansi(shown)
    width = min(COLUMNS, max(len(line) for line in text.plain.splitlines()))
    console = Console(
        record=True, file=io.StringIO(), width=width, force_terminal=True, color_system="truecolor"
    )
    console.print(text)
    without_fonts = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    own = without_fonts.replace("Fira Code, monospace", "ui-monospace, monospace")
    svg = console.export_svg(title="", code_format=own, unique_id=scene.name)
    return "".join(f"{line.rstrip()}\n" for line in _sized(svg).splitlines())


def _sized(svg: str) -> str:
    """Return a picture with a size, so that letters have the same size in all pictures."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found is not None
    width, height = (round(float(text) * SCALE) for text in found.groups())
    return svg.replace(found[0], f'width="{width}" height="{height}" {found[0]}', 1)


def characters_of(svg: str) -> str:
    """Return what a picture shows from top to bottom, without white space."""
    rows: dict[float, list[str]] = {}
    for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        if element.get("clip-path"):  # the others are the title
            rows.setdefault(float(element.get("y", "")), []).append(element.text or "")
    return "".join("".join("".join(rows[y]).split()) for y in sorted(rows))


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with server_of_own() as rdm:
        for scene in SCENES:
            rdm.reset()
            with tempfile.TemporaryDirectory() as folder:
                project = Workspace(Path(folder), rdm)
                scene.path.write_text(recorded(scene, play(scene, project)), encoding="utf-8")


if __name__ == "__main__":
    main()
