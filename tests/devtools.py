"""A browser that is told what to do, in which nothing leaves this machine.

`tests/browser.py` starts Chromium anew for each page and takes what comes out.
Here one window stays open: it gets any size, pages are opened in it, and scripts are run there.
"""

import base64
import functools
import http.server
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import attrs

from stepup_zenodo.jsontypes import Json

from .browser import FLAGS, NOWHERE, Browser

__all__ = ("Window", "served", "window")

Kind = TypeVar("Kind")
"""What a script is expected to give."""

SPEAK = 'exec "$0" "$@" 3<&{hears} 4>&{says}'
"""Start a program with the ends of two pipes where Chromium expects them."""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Answers without writing about it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Give the address at which the files of a folder are."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()


@attrs.define
class Window:
    """A window of the browser, which does one thing after the other."""

    _input: int
    """Where commands are written."""

    _output: int
    """Where answers and events are read."""

    _session: str = ""
    """The name that the browser has given to the page."""

    _number: int = 0
    """That of the last command."""

    _left: bytes = b""
    """The beginning of a message of which the rest has not come."""

    _happened: list[str] = attrs.field(factory=list)
    """What the page has told since it was asked for, also before the answer to that."""

    def open(self, address: str) -> None:
        """Open a page, and wait until everything that belongs to it is there."""
        self._happened.clear()
        self.tell("Page.navigate", url=address)
        while "Page.loadEventFired" not in self._happened:
            self._hear()

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        """Give the window a size in pixels, and choose the colours that the reader likes."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        look: dict[str, Json] = {
            "name": "prefers-color-scheme",
            "value": "dark" if dark else "light",
        }
        self.tell("Emulation.setEmulatedMedia", features=[look])

    def value(self, script: str, kind: type[Kind]) -> Kind:
        """Return the value of an expression, also of a promise, as if a person had clicked."""
        answer = self.tell(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, answer
        result = answer["result"]
        assert isinstance(result, dict)
        value = result.get("value")
        assert isinstance(value, kind), value
        return value

    def picture(self, target: Path) -> None:
        """Write a picture of what the window shows."""
        data = self.tell("Page.captureScreenshot")["data"]
        assert isinstance(data, str)
        target.write_bytes(base64.b64decode(data))

    def tell(self, method: str, **params: Json) -> dict[str, Json]:
        """Give a command of the protocol, and return the answer."""
        self._number += 1
        words: dict[str, Json] = {"id": self._number, "method": method, "params": params}
        if self._session:
            words["sessionId"] = self._session
        os.write(self._input, json.dumps(words).encode() + b"\0")
        while (answer := self._hear()).get("id") != self._number:
            pass
        assert "error" not in answer, answer
        result = answer["result"]
        assert isinstance(result, dict)
        return result

    def attach(self) -> None:
        """Open an empty page, and speak to that from now on."""
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        assert isinstance(session, str)
        self._session = session
        self.tell("Page.enable")

    def _hear(self) -> dict[str, Json]:
        while b"\0" not in self._left:
            more = os.read(self._output, 1 << 16)
            assert more, "the browser has ended"
            self._left += more
        message, _, self._left = self._left.partition(b"\0")
        found = json.loads(message)
        assert isinstance(found, dict)
        self._happened.append(str(found.get("method")))
        return found


@contextmanager
def window(browser: Browser) -> Iterator[Window]:
    """Open a window, and close it at the end."""
    hears, into = os.pipe()
    out, says = os.pipe()
    own = [f"--user-data-dir={browser.folder / 'window'}", "--remote-debugging-pipe"]
    own.append(f"--host-resolver-rules=MAP * {NOWHERE}, EXCLUDE 127.0.0.1")
    start = ["bash", "-c", SPEAK.format(hears=hears, says=says), browser.program, *FLAGS, *own]
    with subprocess.Popen(
        start, pass_fds=(hears, says), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        os.close(hears)
        os.close(says)
        try:
            opened = Window(into, out)
            opened.attach()
            yield opened
        finally:
            process.terminate()
            os.close(into)
            os.close(out)
