"""Run a program on a terminal of its own, and see what it draws there."""

import os
import pty
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

__all__ = ("on_terminal",)


def on_terminal(
    command: Sequence[str], folder: Path, environ: Mapping[str, str]
) -> tuple[int, str]:
    """Run a command, and return its exit status and all that it drew, with escape sequences."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        drawn = b"".join(_blocks(ours))
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
