"""Whatever a server answers ends in one message, within bounds of time and memory."""

import gzip
import json
import resource
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stepup_zenodo.errors import Failure, Refused, Unavailable
from stepup_zenodo.events import silent
from stepup_zenodo.remote import exchange
from stepup_zenodo.remote.client import Client
from stepup_zenodo.remote.protocol import get_draft

JSON = {"Content-Type": "application/json"}
Said = tuple[int, dict[str, str], bytes | Iterable[bytes]]
Handler = Callable[[str, str, bytes], Said]


def body(value: object) -> bytes:
    return json.dumps(value).encode()


@contextmanager
def hostile(handler: Handler) -> Iterator[str]:
    """Run a server on loopback, and give its endpoint.

    Its answers are written as they are: in one piece, or piece by piece until nobody reads.
    """

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, content = handler(self.command, self.path, sent)
            self.close_connection = True
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if isinstance(content, bytes):
                self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            try:
                self.end_headers()
                for piece in [content] if isinstance(content, bytes) else content:
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                return

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 (names of the base class)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()
        thread.join()


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(b" " * (1 << 20)) for _ in range(megabytes)]
    return b"".join([*parts, packer.flush()])


def endless() -> Iterator[bytes]:
    while True:
        yield b"[" * 65536


def dripping() -> Iterator[bytes]:
    """Yield a byte from time to time, until nobody reads."""
    yield b"{"
    pause = threading.Event()
    while not pause.wait(0.02):
        yield b" "


LARGE = (
    "Could not read the draft: the answer has more than 20 MB, or is packed in an odd way "
    "(ENDPOINT). Gave up after 1 attempt."
)
NOT_JSON = "Could not read the draft: the answer (HTTP 200) is not JSON. Gave up after 1 attempt."
BUSY = "Could not read the draft. The server said: HTTP 429: "
ANSWERS: dict[str, tuple[Callable[[], Said], str]] = {
    "gzip bomb": (lambda: (200, {**JSON, "Content-Encoding": "gzip"}, bomb(600)), LARGE),
    "bomb in a bomb": (
        lambda: (200, {**JSON, "Content-Encoding": "gzip, gzip"}, gzip.compress(bomb(600))),
        LARGE,
    ),
    "unknown packing": (lambda: (200, {**JSON, "Content-Encoding": "br"}, b"x"), LARGE),
    "endless body": (lambda: (200, JSON, endless()), LARGE),
    "dripping body": (
        lambda: (200, JSON, dripping()),
        (
            "Could not read the draft: the answer did not end in time (ENDPOINT). "
            "Gave up after 1 attempt."
        ),
    ),
    "nested lists": (lambda: (200, JSON, b"[" * 100_000), NOT_JSON),
    "a long number": (lambda: (200, JSON, b"9" * 5000), NOT_JSON),
    "superscript to wait": (lambda: (429, {**JSON, "Retry-After": "\xb2"}, b"{}"), BUSY),
    "a date far away": (
        lambda: (429, {**JSON, "Retry-After": "Mon, 01 Jan 99999999999 00:00:00 GMT"}, b"{}"),
        BUSY,
    ),
    "a redirection to nothing": (
        lambda: (302, {"Location": "http://[::1"}, b""),
        "Could not read the draft: the exchange failed (Invalid IPv6 URL) (ENDPOINT). ",
    ),
    "a redirection in circles": (
        lambda: (302, {"Location": "/api/x"}, b""),
        "Could not read the draft. The server redirected in circles.",
    ),
    "an odd charset": (
        lambda: (500, {"Content-Type": "text/html; charset=idna"}, b"\xff" * 300),
        "Could not read the draft. The server said: HTTP 500: no explanation: ",
    ),
    "headers without end": (
        lambda: (200, {f"X-{number}": "x" for number in range(1000)}, b"{}"),
        "Could not read the draft: ",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "WHOLE_BODY", 0.5)
    make, message = ANSWERS[name]
    said = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with hostile(lambda *_: said) as endpoint, pytest.raises(Failure) as info:
        Client(endpoint, "token", silent, attempts=1).read(get_draft("1"))

    assert info.value.message.startswith(message.replace("ENDPOINT", endpoint))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000, "kilobytes"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Limit": "\xb2", "X-RateLimit-Remaining": "\xb2"},
        {"X-RateLimit-Limit": "9" * 5000, "X-RateLimit-Remaining": "9" * 5000},
        {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset": "nan"},
        {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset": "1e999"},
        {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "Date": "1 Jan 99999999999"},
    ],
)
def test_odd_limits_do_not_count(headers: dict[str, str]) -> None:
    waited: list[float] = []
    with hostile(lambda *_: (200, {**JSON, **headers}, b"{}")) as endpoint:
        client = Client(endpoint, "token", silent, attempts=1, sleep=waited.append)

        answers = [client.read(get_draft("1")).status for _ in range(2)]

    assert answers == [200, 200]
    assert sum(waited) < 60


def test_a_head_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server begins its answer and goes on, a byte from time to time."""
    import socket

    monkeypatch.setattr(exchange, "WHOLE_HEAD", 0.5)
    done = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not done.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=[listening])
        thread.start()
        endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        try:
            with pytest.raises(Unavailable) as info:
                Client(endpoint, "token", silent, attempts=1).read(get_draft("1"))
        finally:
            done.set()
            thread.join()

    assert info.value.message == (
        f"Could not read the draft: the answer did not end in time ({endpoint}). "
        "Gave up after 1 attempt."
    )


# Settings of the network


ENVIRONMENT: dict[str, tuple[dict[str, str], str]] = {
    "certificates that are gone": (
        {"REQUESTS_CA_BUNDLE": "/nonexistent.pem"},
        (
            "The certificates that the environment variable REQUESTS_CA_BUNDLE names, "
            "/nonexistent.pem, do not exist. Correct it, or unset it."
        ),
    ),
    **{
        f"the proxy {proxy}": (
            {"HTTPS_PROXY": proxy},
            (
                "The proxy for https in the environment (as HTTPS_PROXY) is no address such as "
                "http://proxy.example.org:3128. Correct the variable, or unset it."
            ),
        )
        for proxy in ("http://user:pw@", "http://", "ftp://x", "http://[::1", "http://x:99999")
    },
}


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_settings_that_cannot_be_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variables, message = ENVIRONMENT[name]
    for variable in ("https_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    with pytest.raises(Refused) as info:
        Client("https://rdm.invalid/api", "token", silent, attempts=1).read(get_draft("1"))

    assert info.value.message == message
    assert "pw" not in info.value.message


def test_certificates_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bundle.pem"
    path.write_text("nothing")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))

    with pytest.raises(Failure) as info:
        Client("https://127.0.0.1:9/api", "token", silent, attempts=1).read(get_draft("1"))

    assert info.value.message.startswith("Could not read the draft: ")


@pytest.mark.parametrize("host", ["sandbox..zenodo.org", "x" * 70 + ".org"])
def test_a_host_that_cannot_be_one(host: str) -> None:
    with pytest.raises(Refused) as info:
        Client(f"https://{host}/api", "token", silent, attempts=1).read(get_draft("1"))

    assert info.value.message.startswith(f"Could not read the draft: https://{host}/api cannot be ")
