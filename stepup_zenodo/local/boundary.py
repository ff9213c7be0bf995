"""The border of a project, beyond which a configuration may not reach.

A configuration can come from a stranger, with paths or symbolic links that lead to private files.
"""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from ..errors import Invalid, Problem
from .plainfiles import read_plain

__all__ = (
    "is_beside",
    "is_private_name",
    "outside",
    "passes",
    "project_folder",
    "refuse_outside",
    "secret_at",
)

MARKS = (".git", ".hg", ".jj", ".svn", ".stepup")
"""What lies in the top folder of a project."""


def project_folder(config: Path, environ: Mapping[str, str]) -> Path:
    """Return the top folder of the project of a configuration.

    That is the one of the running StepUp build, else the nearest one that has a mark,
    else the topmost one of those with a `plan.py`.
    The home folder, and those above it, are a project for configurations that lie in them only:
    a mark there says nothing about what is below.
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
    home = Path.home().resolve()
    around = (folder, *(item for item in folder.parents if not home.is_relative_to(item)))
    for candidate in around:
        if any((candidate / mark).exists() for mark in MARKS):
            return candidate
    planned = [candidate for candidate in around if (candidate / "plan.py").exists()]
    if planned:
        return planned[-1]
    current = Path.cwd().resolve()
    candidates = [folder.parent, *([current] if folder.is_relative_to(current) else [])]
    allowed = [item for item in candidates if not home.is_relative_to(item)]
    return min([*allowed, folder], key=lambda item: len(item.parts))


def outside(path: str, project: Path) -> str:
    """Return where a path leads if that is outside of a project, else an empty text."""
    real = Path(os.path.realpath(path))
    return "" if real.is_relative_to(project) else str(real)


def passes(path: str, project: Path) -> bool:
    """Return whether a path, as it is written, goes through a project."""
    parents = Path(os.path.abspath(path)).parents
    return any(Path(os.path.realpath(item)).is_relative_to(project) for item in parents)


def refuse_outside(path: str, where: str) -> None:
    """Raise when a symbolic link in the project of the current folder leads out of it.

    A stranger may have made it, so that what is written gets where programs look for it.

    Parameters
    ----------
    path
        Where a file or a folder is to be written.
    where
        How the path is called.

    Raises
    ------
    Invalid
        With the place where it leads.
    """
    top = project_folder(Path("plan.py"), os.environ)
    real = outside(path, top)
    if real and passes(path, top):
        message = f"{path} leads to {real}, which is outside of the project {top}"
        hint = "remove the symbolic link, or give that place itself"
        raise Invalid((Problem(message, where, hint=hint),))


def is_beside(path: Path, folder: Path) -> bool:
    """Return whether a file was put in a folder on purpose, or below it.

    In the home folder everything is below, so nothing of it was put there for one configuration.
    """
    real = folder.resolve()
    if Path.home().resolve().is_relative_to(real):
        return False
    return path.resolve().is_relative_to(real)


FOLDERS = frozenset({".aws", ".git", ".gnupg", ".hg", ".jj", ".ssh", ".svn"})
"""Folders with keys, passwords, or all that was ever deleted from a project."""

FILES = frozenset(
    {".git-credentials", ".netrc", "_netrc", ".pgpass", ".pypirc"}
    | {"id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"}
)
"""Files with keys or passwords."""

LONGEST_SECRET = 20_000
"""Bytes of the largest file whose content is looked at: keys are smaller."""

STATE = b'{\n "endpoints": {'
"""How state files begin."""

TOKEN_SIZES = range(60, 70)
"""Bytes of a file with nothing but a token, and perhaps some white space."""

_KEY_NAME = re.compile(r"key|secret|token|passw|credential|\.(pem|ppk|p8|p12|asc|gpg)$")
_KEY = re.compile(rb"^-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|^PuTTY-User-Key-File-", re.M)
_TOKEN = re.compile(rb"\s*[A-Za-z0-9]{60}\s*")


def _may_be_secret(path: str, info: os.stat_result) -> bool:
    if info.st_size in TOKEN_SIZES:
        return True
    name = Path(path).name.lower()
    if name.endswith(".json"):
        return True
    is_key = _KEY_NAME.search(name) is not None or "." not in name.lstrip(".")
    is_private = not info.st_mode & (stat.S_IRGRP | stat.S_IROTH)
    return info.st_size <= LONGEST_SECRET and (is_key or is_private)


def is_private_name(name: str) -> bool:
    """Return whether programs look for keys, passwords or their own data under a name."""
    return name in FILES or name in FOLDERS


def secret_at(path: str, project: Path) -> str:
    """Return why a file is not for others, to complete the sentence `FILE ...`; empty if it is.

    Parameters
    ----------
    path
        The file.
    project
        The top folder of the project, whose own name does not count.
    """
    for one in (os.path.abspath(path), os.path.realpath(path)):
        whole = Path(one)
        parts = whole.relative_to(project).parts if whole.is_relative_to(project) else whole.parts
        for part in parts:
            if part in FOLDERS:
                return f"belongs to the folder {part}"
        if whole.name in FILES:
            return "holds keys or passwords"
    return secret_in(path)


def secret_in(path: str) -> str:
    """Return why the content of a file is not for others; empty if it is.

    Files are big and many, so only those are opened that have the size of a token,
    or that could be a key or a state file by their name, or because nobody else may read them.
    """
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode) or not _may_be_secret(path, info):
            return ""
        data = read_plain(path, LONGEST_SECRET)
    except OSError:
        return ""
    if data.startswith(STATE):
        return "is a state file of stepup-zenodo"
    if _KEY.search(data):
        return "holds a private key"
    return "holds what looks like a token" if _TOKEN.fullmatch(data) else ""
