"""Write all texts anew that tests expect and that follow from the code, to be looked at in Git.

Usage: python -m tests.expected [--pictures]

These are the messages about mistakes in configurations, what is taken over from other files,
the reference pages, the schema and the map of the code; with `--pictures`, which need the server,
also the pictures of terminals. A message is reworded in the code only: `git diff` then shows
where users will see it, and a test fails as long as this is not done.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from stepup_zenodo.config.file import parse_config
from stepup_zenodo.errors import Invalid

from . import capture_terminal, test_init
from .generate_code_map import CODE_MAP, code_map, shown_lines
from .generate_reference import pages
from .installing import installing_pages
from .test_mistakes import CHECK, FOLDER, check_on_terminal, environ
from .workspace import without_server

__all__ = ("CONFIGS", "MEND", "messages", "mistakes", "taken_over", "texts", "told")

MEND = "look at what changes with: python -m tests.expected && git diff"

CONFIGS = Path(__file__).parent / "configs"


def told(text: str | bytes, file: str = "c.yaml") -> list[str]:
    """Return the messages about a configuration with mistakes."""
    try:
        parse_config(text, file)
    except Invalid as exc:
        return exc.lines()
    raise AssertionError(f"there is no mistake in {text!r}")


def messages(before: str) -> str:
    """Return blocks of a configuration in one line and the messages about it, without file name.

    Parameters
    ----------
    before
        The same with any messages.
    """
    blocks = []
    for block in before.rstrip("\n").split("\n\n"):
        text = block.split("\n")[0]
        found = told(text.replace("⏎", "\n"))
        blocks.append("\n".join([text, *(f"    {line[len('c.yaml:') :]}" for line in found)]))
    return "\n\n".join(blocks) + "\n"


def mistakes() -> str:
    """Return all messages about the configuration with many mistakes."""
    return "\n".join(told((CONFIGS / "mistakes.yaml").read_bytes(), "mistakes.yaml")) + "\n"


def taken_over(case: str) -> dict[Path, str]:
    """Return what becomes of another file about a work: the configuration, and what is said."""
    with tempfile.TemporaryDirectory() as name:
        project = without_server(Path(name))
        said = project.run("init", "--from", test_init.copied(case, project.folder)).err
        text = (project.folder / "zenodo.yaml").read_text(encoding="utf-8")
    folder = test_init.FOLDER / case
    return {folder / "zenodo.yaml": text, folder / "output.txt": said}


def texts() -> dict[Path, str]:
    """Return the contents of all files that follow from the code."""
    path = CONFIGS / "messages.txt"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = subprocess.run(
            CHECK, cwd=FOLDER, env=environ(folder), capture_output=True, text=True, check=False
        ).stderr
        _, terminal = check_on_terminal(folder, NO_COLOR="1", COLUMNS="100")
    return {
        path: messages(path.read_text(encoding="utf-8")),
        CONFIGS / "mistakes.txt": mistakes(),
        FOLDER / "plain.txt": plain,
        FOLDER / "terminal.txt": terminal,
        CODE_MAP: code_map(shown_lines(CODE_MAP.read_text(encoding="utf-8"))),
        **pages(),
        **installing_pages(),
        **{path: text for case in test_init.CASES for path, text in taken_over(case).items()},
    }


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
    if sys.argv[1:] == ["--pictures"]:
        capture_terminal.main()
