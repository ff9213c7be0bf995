"""Run a program and measure what it costs, on this machine and at the server."""

import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from ..rdm_server.fixture import Rdm, Request

__all__ = ("Cost", "Failed", "measure")


class Failed(Exception):
    """A program did not do what it is measured for."""


@attrs.frozen
class Cost:
    """What one run of a program costs."""

    wall: float
    """Seconds from start to end."""

    cpu: float
    """Seconds of processor time of the program."""

    memory: float
    """Largest resident size in MB."""

    requests: Mapping[str, int]
    """Number of requests by kind."""

    connections: int
    """How many different connections they used."""

    sent: int
    """Bytes of all request bodies that the server received."""

    read: int
    """Bytes that the program read from files, its own code included."""

    @property
    def total(self) -> int:
        """Number of requests."""
        return sum(self.requests.values())


def measure(command: Sequence[str], folder: Path, environ: Mapping[str, str], rdm: Rdm) -> Cost:
    """Run a program in a folder until it ends.

    Raises
    ------
    Failed
        When its exit status is not 0.
    """
    rdm.clear_log()
    log = folder.with_suffix(".log")
    started = time.monotonic()
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environ}, stdout=output, stderr=output
        ) as process,
    ):
        # The process stays a zombie until its counters have been read.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        wall = time.monotonic() - started
        read = _bytes_read(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{command} ended with {process.returncode}:\n{log.read_text()[-2000:]}")
    requests = rdm.log()
    return Cost(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss * 1024 / 1e6,
        requests=Counter(map(kind, requests)),
        connections=len({request.port for request in requests}),
        sent=sum(request.received for request in requests),
        read=read,
    )


def kind(request: Request) -> str:
    """Return a request without ids, names and queries."""
    path = request.path.partition("?")[0].removeprefix("/api")
    path = re.sub("/records/[0-9]+", "/records/ID", path)
    return f"{request.method} {re.sub('/files/[^/]+', '/files/KEY', path)}"


def _bytes_read(pid: int) -> int:
    """Return what Linux has counted as read; receiving from the network is not included."""
    text = Path(f"/proc/{pid}/io").read_text()
    return int(dict(line.split(": ") for line in text.splitlines())["rchar"])
