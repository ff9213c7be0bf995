"""The program in a process of its own, which stops before and after each of its requests.

While it stands there, others can act, a fault can be prepared for the next request,
or the process can be killed. So the order of events is known, and can be repeated.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import attrs
import requests

from stepup_zenodo import cli
from stepup_zenodo.remote import client

from .items import Json

__all__ = ("Ended", "Passage", "Process")


@attrs.frozen
class Passage:
    """A place in a run at which it waits for permission to go on."""

    place: str
    """`before` or `after` a request, or `replace` after a file was written."""

    method: str = ""
    """The HTTP method of the request."""

    path: str = ""
    """Its path below the endpoint, with the query."""

    @property
    def is_write(self) -> bool:
        """Whether the request changes something."""
        return self.method not in ("", "GET")


@attrs.frozen
class Ended:
    """How a run ended."""

    status: int | None
    """The exit status, `None` when the process was killed."""

    out: str
    """What it printed."""

    err: str
    """What it printed as errors."""

    passages: int
    """How many places it passed."""


@attrs.define
class Process:
    """One run of the program."""

    pid: int
    said: BinaryIO
    """From the process: one line for each passage."""

    answers: int
    """To the process: one byte for each passage."""

    folder: Path
    """Where its output is kept."""

    passages: int = 0

    @classmethod
    def start(
        cls, args: Sequence[str], folder: Path, environ: Mapping[str, str], patience: float | None
    ) -> "Process":
        """Start the program.

        Parameters
        ----------
        args
            The command line without the name of the program.
        folder
            Where it runs.
        environ
            Its environment.
        patience
            Seconds that it waits for an answer, `None` for as long as it usually does.
        """
        saying, answering = os.pipe(), os.pipe()
        kept = Path(tempfile.mkdtemp(prefix="walk-"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            os.close(saying[0])
            os.close(answering[1])
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number, name in ((1, "out"), (2, "err")):
                os.dup2(os.open(kept / name, os.O_WRONLY | os.O_CREAT), number)
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environ)
            _be_the_program(args, _Gate(saying[1], answering[0]), patience)
        os.close(saying[1])
        os.close(answering[0])
        return cls(pid, os.fdopen(saying[0], "rb"), answering[1], kept)

    def next(self) -> Passage | None:
        """Wait until the program stands at its next passage, `None` when it has ended."""
        line = self.said.readline()
        if not line:
            return None
        self.passages += 1
        return Passage(*json.loads(line))

    def go(self) -> None:
        """Let the program go on."""
        os.write(self.answers, b"g")

    def kill(self) -> None:
        """End the process at once."""
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> Ended:
        """Return how the run ended, when it stands at no passage any more."""
        while self.next() is not None:
            self.go()
        _, code = os.waitpid(self.pid, 0)
        self.said.close()
        os.close(self.answers)
        texts = [(self.folder / name).read_text() for name in ("out", "err")]
        shutil.rmtree(self.folder)
        status = None if os.WIFSIGNALED(code) else os.WEXITSTATUS(code)
        return Ended(status, texts[0], texts[1], self.passages)


def _be_the_program(args: Sequence[str], gate: "_Gate", patience: float | None) -> None:
    """Run the program, and end the process as it would end."""
    code = 70
    try:
        for name, number in (("stdout", 1), ("stderr", 2)):
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8"))
        _hook(gate, patience)
        sys.argv = ["stepup-zenodo", *args]
        cli.main()
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else 1
    except BaseException:  # noqa: BLE001 (shown as Python would)
        sys.excepthook(*sys.exc_info())
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@attrs.frozen
class _Gate:
    """Where the program waits for permission to go on; one thread at a time."""

    saying: int
    answering: int
    lock: threading.Lock = attrs.field(factory=threading.Lock)

    def __call__(self, *words: Json) -> None:
        with self.lock:
            os.write(self.saying, f"{json.dumps(words)}\n".encode())
            os.read(self.answering, 1)


def _hook(gate: _Gate, patience: float | None) -> None:
    send, replace = requests.Session.send, os.replace

    def sending(self: requests.Session, request: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        path = request.path_url.removeprefix("/api")
        gate("before", request.method, path)
        try:
            return send(self, request, **kwargs)
        finally:
            gate("after", request.method, path)

    def replacing(*paths: Any, **kwargs: Any) -> None:  # noqa: ANN401
        replace(*paths, **kwargs)
        gate("replace")

    requests.Session.send = sending  # type: ignore[method-assign]
    os.replace = replacing
    if patience is not None:
        client.READ_TIMEOUT = client.CONTENT_TIMEOUT = patience
