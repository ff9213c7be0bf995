"""The border of a project, beyond which a configuration may not reach.

A configuration can come from a stranger, with paths or symbolic links that lead to private files.
"""

import os
from collections.abc import Mapping
from pathlib import Path

__all__ = ("outside", "project_folder")

MARKS = (".git", ".hg", ".jj", ".svn", ".stepup")
"""What lies in the top folder of a project."""


def project_folder(config: Path, environ: Mapping[str, str]) -> Path:
    """Return the top folder of the project of a configuration.

    That is the one of the running StepUp build, else the nearest one that has a mark,
    else the topmost one of those with a `plan.py`.
    Without any of these, it is the current folder if the configuration lies in it,
    and the folder above the configuration, unless that is the home folder or one above it.

    Parameters
    ----------
    config
        The configuration.
    environ
        The environment, whose variable `STEPUP_ROOT` StepUp sets.
    """
    folder = config.resolve().parent
    root = environ.get("STEPUP_ROOT", "")
    if root and folder.is_relative_to(Path(root).resolve()):
        return Path(root).resolve()
    around = (folder, *folder.parents)
    for candidate in around:
        if any((candidate / mark).exists() for mark in MARKS):
            return candidate
    planned = [candidate for candidate in around if (candidate / "plan.py").exists()]
    if planned:
        return planned[-1]
    home = Path.home().resolve()
    current = Path.cwd().resolve()
    candidates = [folder.parent, *([current] if folder.is_relative_to(current) else [])]
    allowed = [item for item in candidates if not home.is_relative_to(item)]
    return min([*allowed, folder], key=lambda item: len(item.parts))


def outside(path: str, project: Path) -> str:
    """Return where a path leads if that is outside of a project, else an empty text."""
    real = Path(os.path.realpath(path))
    return "" if real.is_relative_to(project) else str(real)
