"""Run StepUp in a project as a user does, and see what ran."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import attrs

__all__ = ("LOCAL", "Built", "build", "environ", "run")


LOCAL = "127.0.0.1 localhost"
"""The hosts that get the tokens of the tests, which do not lie beside the configurations."""


def environ(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a user who has just activated the virtual environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STEPUP_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kept["STEPUP_ZENODO_HOSTS"] = kept["STEPUP_ZENODO_LIKE_ZENODO"] = LOCAL
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "COLUMNS": "80"}
    return {**kept, **own, "PATH": path, **more}


@attrs.frozen
class Built:
    """What a build did."""

    status: int
    """Exit status."""

    output: str
    """Everything that was printed."""

    steps: list[str]
    """The steps that succeeded, sorted."""


def run(command: Sequence[str], folder: Path, **variables: str) -> tuple[int, str]:
    """Run a command in a folder, whose parent is the home folder.

    Returns
    -------
    status
        The exit status.
    output
        Everything that was printed.
    """
    result = subprocess.run(
        command,
        cwd=folder,
        env=environ(folder.parent, **variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


def build(folder: Path, **variables: str) -> Built:
    """Build a project."""
    status, output = run(["stepup", "build", "--no-progress"], folder, **variables)
    steps = re.findall(r"^ SUCCESS │ (.*?) *$", output, re.MULTILINE)
    return Built(status, output, sorted(steps))
