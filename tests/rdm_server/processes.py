"""Running programs: to their end, or in the background with a record of their identity."""

import contextlib
import os
import shlex
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .layout import HERE, Failure, Layout

__all__ = ("clean_environ", "http", "pid_of", "run", "spawn", "terminate", "wait_for")

_LOG_TAIL = 3000
"""Characters of a log that are shown with an error."""


def clean_environ() -> dict[str, str]:
    """Return the environment without what changes the defaults of PostgreSQL and Python."""
    dropped = "PG", "PYTHON", "INVENIO_INSTANCE_PATH"
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)}


def run(layout: Layout, args: Sequence[object], log: str, env: Mapping[str, str]) -> None:
    """Run a program to its end, with its output in a log file.

    Raises
    ------
    Failure
        If the program is missing or ends with an error: the command and the end of the log.
    """
    words = [str(arg) for arg in args]
    path = layout.logs / f"{log}.log"
    start = path.stat().st_size if path.exists() else 0
    try:
        with path.open("ab") as fh:
            status = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=fh,
                stderr=fh,
                env=env,
                cwd=HERE,
                check=False,
            ).returncode
    except OSError as exc:
        raise Failure(f"cannot run {words[0]}: {exc.strerror}") from exc
    if status != 0:
        output = path.read_bytes()[start:].decode(errors="replace")[-_LOG_TAIL:]
        raise Failure(f"failed with status {status}: {shlex.join(words)}\n{output}")


def spawn(layout: Layout, name: str, args: Sequence[object], env: Mapping[str, str]) -> None:
    """Start a program in the background and remember its identity."""
    try:
        with (layout.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(arg) for arg in args],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=env,
                cwd=HERE,
                start_new_session=True,
            )
    except OSError as exc:
        raise Failure(f"cannot run {args[0]}: {exc.strerror}") from exc
    _pid_path(layout, name).write_text(f"{process.pid} {_birth(process.pid)}\n")


def pid_of(layout: Layout, name: str) -> int | None:
    """Return the process identifier of a program of this server, or `None` if it does not run."""
    try:
        pid, birth = _pid_path(layout, name).read_text().strip().split(" ", 1)
    except (OSError, ValueError):
        return None
    # A child that has ended stays visible until it is waited for.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(int(pid), os.WNOHANG)
    # The identifier can belong to an unrelated program by now.
    return int(pid) if birth and _birth(int(pid)) == birth else None


def terminate(layout: Layout, name: str, sig: signal.Signals = signal.SIGTERM) -> None:
    """Stop one program of this server and wait for its end.

    Its child processes get the signal too if it cannot be handled.
    """
    pid = pid_of(layout, name)
    if pid is None:
        return
    if sig == signal.SIGKILL:
        # Each program was started as the leader of a session.
        os.killpg(pid, sig)
    else:
        os.kill(pid, sig)
    deadline = time.monotonic() + 20
    while pid_of(layout, name) is not None:
        if time.monotonic() > deadline:
            raise Failure(f"{name} (process {pid}) does not stop")
        time.sleep(0.02)


def wait_for(layout: Layout, name: str, ready: Callable[[], bool]) -> None:
    """Wait until a program is ready.

    Raises
    ------
    Failure
        If the program ends before, or is not ready after 90 seconds.
    """
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if ready():
            return
        if pid_of(layout, name) is None:
            break
        time.sleep(0.05)
    log = layout.logs / f"{name}.log"
    output = log.read_text(errors="replace")[-_LOG_TAIL:]
    raise Failure(f"{name} does not start, see {log}\n{output}")


def http(method: str, url: str) -> bool:
    """Make a request on the loopback interface and return True if it was successful."""
    request = urllib.request.Request(url, method=method, headers={"X-Observer": "launcher"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as response:
            response.read()
            return True
    except (urllib.error.URLError, OSError):
        return False


def _pid_path(layout: Layout, name: str) -> Path:
    return layout.run / f"{name}.pid"


def _birth(pid: int) -> str:
    """Return when a process started, or an empty string if it has ended."""
    path = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        args = ["ps", "-o", "lstart=", "-p", str(pid)]
        result = subprocess.run(args, capture_output=True, text=True, check=False)
        return result.stdout.strip()
    try:
        # The name of the program is in parentheses and may hold blanks.
        state, *fields = path.read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else fields[18]
