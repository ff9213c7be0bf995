"""What lies around a new configuration: files to be deposited, and what Git should ignore."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from ..local.lock import lock_path
from ..local.patterns import escaped, literal, matching
from ..reporting.report import size_text
from ..reporting.statusfile import status_path
from ..text.counting import counted

__all__ = ("lines_for_gitignore", "with_files")

_MOST = 100
"""Most files that are listed."""

_FEW = 4
"""Most files of one kind that are listed one by one."""

_FLOW: dict[str, Any] = {"default_flow_style": True, "allow_unicode": True, "width": float("inf")}
"""How a mapping is written on one line."""

_EXAMPLE = re.compile(r"^#paths:\n(?:#  - .*\n)+", re.MULTILINE)
"""The files that a new configuration has as example."""


def with_files(text: str, folder: Path, without: Iterable[str]) -> str:
    """Return the text of a configuration with the files of its folder as comments.

    Many files of one kind, and those of a folder in it, are a pattern.

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
    found = _files(folder) - set(without)
    lines = [*_files_lines(folder, found), *_folder_lines(folder)]
    if more := lines[_MOST:]:
        lines[_MOST:] = [f"# and {counted(len(more), 'more file')} of this folder\n"]
    if not lines:
        return text
    return _EXAMPLE.sub(lambda _: "#paths:\n" + "".join(lines), text, count=1)


def _files_lines(folder: Path, found: set[str]) -> list[str]:
    """Return lines for files, of which many of a kind are one pattern if that means no others."""
    visible = {name for name in _names(folder) if not name.startswith(".")}
    kinds: dict[str, set[str]] = {}
    for name in found:
        kinds.setdefault(Path(name).suffix, set()).add(name)
    lines = {}
    for suffix, names in kinds.items():
        pattern = f"*{escaped(suffix)}"
        if suffix and len(names) > _FEW and {*matching(pattern, visible)} == names:
            lines[min(names)] = _line(pattern, folder, names)
        else:
            lines |= {name: _line(escaped(name), folder, {name}) for name in names}
    return [lines[name] for name in sorted(lines)]


def _folder_lines(folder: Path) -> list[str]:
    """Return lines for the folders in a folder: a pattern for their files, or an archive."""
    inner = {name for name in _names(folder, of_folders=True) if name[0] not in "._"}
    lines = []
    for name in sorted(inner - _ignored(folder, inner)):
        if not _is_text(name):
            continue
        visible = {item for item in _names(folder / name) if not item.startswith(".")}
        paths = {f"{name}/{item}" for item in visible}
        is_flat = not _names(folder / name, of_folders=True) and len(paths) <= _MOST
        if paths and is_flat and not _ignored(folder, paths):
            suffixes = {Path(path).suffix for path in paths}
            suffix = escaped(suffixes.pop()) if len(suffixes) == 1 else ""
            lines.append(_line(f"{escaped(name)}/*{suffix}", folder, paths))
        elif paths or not is_flat:
            archive = yaml.safe_dump({"archive": name, "as": f"{name}.zip"}, **_FLOW).strip()
            lines.append(f"#  - {archive}\n")
    return lines


def _line(written: str, folder: Path, names: set[str]) -> str:
    """Return the line for a file, or for the pattern of several."""
    item = yaml.safe_dump([written], allow_unicode=True, width=float("inf")).strip()
    size = size_text(sum((folder / name).stat().st_size for name in names))
    count = f"{counted(len(names), 'file')}, " if literal(written) is None else ""
    return f"#  {item}  # {count}{size}\n"


def _names(folder: Path, *, of_folders: bool = False) -> set[str]:
    """Return the names of regular files in a folder, or of the folders in it."""
    try:
        with os.scandir(folder) as entries:
            return {
                entry.name
                for entry in entries
                if (entry.is_dir(follow_symlinks=False) if of_folders else entry.is_file())
            }
    except OSError:
        return set()


def _files(folder: Path) -> set[str]:
    """Return the names of regular files that are neither hidden nor ignored."""
    found = {name for name in _names(folder) if not name.startswith(".") and _is_text(name)}
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
