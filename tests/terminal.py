"""Run a program on a terminal of its own, and see what it draws there."""

import os
import pty
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

__all__ = ("on_terminal",)


def on_terminal(
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    watch: Callable[[str], object] = lambda drawn: None,
) -> tuple[int, str]:
    """Run a command on a terminal.

    Parameters
    ----------
    command
        The words of the command.
    folder
        The folder in which it runs.
    environ
        Its environment.
    watch
        Is called with all that was drawn so far, each time that something is drawn.

    Returns
    -------
    status
        The exit status.
    drawn
        All that it drew, with escape sequences.
    """
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        drawn = b""
        for block in _blocks(ours):
            drawn += block
            watch(drawn.decode(errors="replace"))
    os.close(ours)
    return process.returncode, drawn.decode()


def _blocks(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            block = os.read(terminal, 65536)
        except OSError:  # Linux reports the end of the other side in this way
            return
        if not block:
            return
        yield block
