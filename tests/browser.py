"""A real browser without window, in which nothing leaves this machine."""

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

__all__ = ("FLAGS", "NOWHERE", "Browser", "Trap", "find_browser", "trapped")

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=NetworkTimeServiceQuerying",
    "--hide-scrollbars",
)

NOWHERE = "~NOTFOUND"
"""In the place of the address of hosts that cannot be found."""


@attrs.frozen
class Trap:
    """A server that gets all requests, whatever host they are for."""

    port: int
    """Where it listens on this machine."""

    requests: list[str]
    """The hosts and paths it was asked for, in order."""


@contextmanager
def trapped() -> Iterator[Trap]:
    """Give a trap that listens."""
    requests: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(f"{self.headers['Host']}{self.path}")
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Print nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Trap(server.server_address[1], requests)
        finally:
            server.shutdown()


@attrs.frozen
class Browser:
    """Chromium, started anew for each page."""

    program: str
    """The program."""

    folder: Path
    """Where it may write."""

    def dom(self, page: Path, trap: Trap) -> str:
        """Return the HTML of a page after everything in it was loaded and has run."""
        return self._run(page, f"127.0.0.1:{trap.port}", "--dump-dom")

    def screenshot(
        self, page: Path, target: Path, *, size: tuple[int, int] = (1200, 900), dark: bool = False
    ) -> None:
        """Write a picture of the top of a page, as in a window of a width and height in pixels."""
        look = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        window = f"--window-size={size[0]},{size[1]}"
        self._run(page, NOWHERE, look, window, f"--screenshot={target}")

    def print_to(self, page: Path, target: Path) -> None:
        """Write a page as PDF."""
        self._run(page, NOWHERE, "--no-pdf-header-footer", f"--print-to-pdf={target}")

    def _run(self, page: Path, hosts: str, *options: str) -> str:
        profile = self.folder / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        own = [f"--user-data-dir={profile}", f"--host-resolver-rules=MAP * {hosts}"]
        words = [self.program, *FLAGS, *own, *options, page.as_uri()]
        result = subprocess.run(
            words, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout


def find_browser(folder: Path) -> Browser:
    """Return the browser of this machine, or let the test fail."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        pytest.fail(
            "There is no Chromium, with which pages are tested. "
            "Install it with `apt-get install -y chromium`, or by the means of your system: "
            f"one of the programs {', '.join(NAMES)} has to be on the PATH."
        )
    return Browser(found[0], folder)
