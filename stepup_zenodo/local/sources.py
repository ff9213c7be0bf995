"""What a record was made of last: its configuration, and what was given besides it.

Files and a README can be given in `plan.py` or as arguments.
They belong to the record as much as those of the configuration,
also for the next command that is run without them.
"""

import os
from pathlib import Path

import attrs

__all__ = ("Sources", "path_from", "path_to")


@attrs.frozen
class Sources:
    """Paths from the folder of the record id file, so that they hold when all of it is moved."""

    configuration: str = ""
    """The configuration; empty when nothing is known."""

    files: tuple[str, ...] = ()
    """Files of the record that the configuration does not list."""

    description: str = ""
    """README instead of the one in the configuration, empty for none."""

    def other(self, configuration: str, folder: Path) -> str:
        """Return the configuration that the record belongs to if it is another one.

        Parameters
        ----------
        configuration
            A configuration, as a path from the current folder.
        folder
            The folder of the record id file.

        Returns
        -------
        other
            Its path from the current folder. Empty if there is none:
            a configuration that is not there any more was renamed, moved or replaced.
        """
        if not self.configuration:
            return ""
        owner = path_from(self.configuration, folder)
        if not os.path.lexists(owner) or _is_same(owner, configuration):
            return ""
        return owner


def _is_same(one: str, two: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(two)


def path_to(path: str, folder: Path) -> str:
    """Return a path from the current folder as one from another folder."""
    return Path(os.path.relpath(path, folder)).as_posix()


def path_from(path: str, folder: Path) -> str:
    """Return a path from another folder as one from the current folder."""
    return os.path.normpath(folder / path)
