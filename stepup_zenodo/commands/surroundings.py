"""What lies around a new configuration: files to be deposited, and what Git should ignore."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import yaml

from ..local.lock import lock_path
from ..reporting.report import size_text
from ..reporting.statusfile import status_path
from ..text.counting import counted

__all__ = ("lines_for_gitignore", "with_files")

_MOST = 100
"""Most files that are listed."""

_EXAMPLE = re.compile(r"^#paths:\n(?:#  - .*\n)+", re.MULTILINE)
"""The files that a new configuration has as example."""


def with_files(text: str, folder: Path, without: Iterable[str]) -> str:
    """Return the text of a configuration with the files of its folder as comments.

    Parameters
    ----------
    text
        A configuration in YAML without files of its own.
    folder
        The folder of the configuration.
        What is hidden in it, or ignored by Git, is left out.
    without
        Names of further files that are left out.
    """
    found = sorted(_files(folder) - set(without))
    if not found:
        return text
    lines = [_line(folder / name) for name in found[:_MOST]]
    if more := found[_MOST:]:
        lines.append(f"# and {counted(len(more), 'more file')} of this folder\n")
    return _EXAMPLE.sub(lambda _: "#paths:\n" + "".join(lines), text, count=1)


def _line(path: Path) -> str:
    name = yaml.safe_dump([path.name], allow_unicode=True, width=float("inf")).strip()
    return f"#  {name}  # {size_text(path.stat().st_size)}\n"


def _files(folder: Path) -> set[str]:
    """Return the names of regular files that are neither hidden nor ignored."""
    try:
        found = {
            entry.name
            for entry in os.scandir(folder)
            if not entry.name.startswith(".") and entry.is_file() and _is_text(entry.name)
        }
    except OSError:
        return set()
    return found - _ignored(folder, found)


def _is_text(name: str) -> bool:
    """Return whether a name can be written into a configuration."""
    return name.isprintable() and not any("\ud800" <= char <= "\udfff" for char in name)


def _ignored(folder: Path, names: set[str]) -> set[str]:
    """Return which files Git ignores, none where there is no Git or no repository."""
    git = shutil.which("git")
    if git is None or not names:
        return set()
    # A repository can name a program that looks for changed files, which is none of ours.
    command = [git, "-c", "core.fsmonitor=false", "check-ignore", "-z", "--stdin"]
    try:
        told = subprocess.run(  # noqa: S603
            command,
            cwd=folder,
            input="\0".join(sorted(names)).encode(),
            capture_output=True,
            check=False,
        ).stdout
    except OSError:
        return set()
    return set(told.decode(errors="replace").split("\0")) & names


def lines_for_gitignore(path_record_id: Path) -> list[str]:
    """Return the lines that `.gitignore` beside a record id file lacks.

    Parameters
    ----------
    path_record_id
        The file with the id of the record.
    """
    wanted = [lock_path(path_record_id).name, f"{status_path(path_record_id).name}*"]
    try:
        there = (path_record_id.parent / ".gitignore").read_text(encoding="utf-8", errors="replace")
    except OSError:
        there = ""
    known = {line.strip().removeprefix("/") for line in there.splitlines()}
    return [line for line in wanted if line not in known]
