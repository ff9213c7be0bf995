"""Pytest fixtures that give tests a real InvenioRDM server of their own.

`rdm` gives a running server with an empty access log, no faults and the original settings.
`fresh_rdm` gives the same without any records, which costs half a second.

Each pytest process gets a server that no other process uses, also with pytest-xdist:
the first one whose lock is free of `test-0`, `test-1`, ...
Servers are stopped at the end of the session, unless the variable `RDM_SERVER_KEEP` is set.
"""

import contextlib
import fcntl
import itertools
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import attrs
import pytest
import requests

from .layout import HERE, ZENODO, Kind, Layout
from .server import reset

__all__ = ("Rdm", "Request", "fresh_rdm", "rdm", "rdm_session", "server_of_own")

Json = Any
"""A JSON document."""

ACCEPT = "application/vnd.inveniordm.v1+json, application/json;q=0.5"
"""What to accept in order to get the documents of InvenioRDM from all URLs."""


@attrs.frozen
class Request:
    """A request in the access log of the server."""

    number: int
    """Position in the order of arrival, counted from 1."""

    method: str
    """The HTTP method."""

    path: str
    """The percent-encoded path with the query, as the client sent it."""

    status: int | None
    """The HTTP status sent to the client, `None` if nothing was sent (yet)."""

    served: int | None
    """The status with which InvenioRDM answered, `None` if the request did not get there."""

    received: int
    """Number of bytes of the body that were read by the server."""

    time: float
    """The time of arrival, in seconds since 1970."""

    seconds: float | None
    """How long it took until the answer was sent, `None` while the request is being handled."""

    port: int
    """The port of the client, by which connections can be told apart."""

    headers: Mapping[str, str]
    """The headers in lower case. Of the authorization, only the scheme is kept."""

    fault: str | None
    """What was done to the request on purpose, or `None`."""

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


@attrs.frozen
class Rdm:
    """A running InvenioRDM server."""

    layout: Layout
    """Where the server keeps its files."""

    url: str
    """The address of the server without path."""

    endpoint: str
    """The base address of the REST API, ends with `/api`."""

    community: str
    """The slug of a community that belongs to the other user."""

    token_file: Path
    """The file with the token of alice, a regular user."""

    other_token_file: Path
    """The file with the token of bob, another regular user."""

    admin_token_file: Path
    """The file with the token of a user who may do anything."""

    @property
    def token(self) -> str:
        return self.token_file.read_text().strip()

    @property
    def other_token(self) -> str:
        return self.other_token_file.read_text().strip()

    @property
    def admin_token(self) -> str:
        return self.admin_token_file.read_text().strip()

    def faults(self, *rules: Mapping[str, Any]) -> None:
        """Replace the fault rules, whose keys are explained in `app/control.py`."""
        self._control("PUT", "/_faults", list(rules))

    def no_faults(self) -> None:
        """Remove all fault rules."""
        self._control("DELETE", "/_faults")

    def faults_left(self) -> list[int]:
        """Return for each fault rule how many times it can still be triggered."""
        return [rule["left"] for rule in self._control("GET", "/_faults")]

    def log(self) -> list[Request]:
        """Return the requests since the log was cleared, in the order of their arrival."""
        return [Request(**entry) for entry in self._control("GET", "/_log")]

    def wait_for_request(self, path: str, *, served: int | None = None) -> None:
        """Wait until a request is logged.

        Parameters
        ----------
        path
            A part of its path.
        served
            The status with which InvenioRDM has answered it, `None` if it need not have answered.
        """
        while not any(
            path in request.path and served in (None, request.served) for request in self.log()
        ):
            pass

    def clear_log(self) -> None:
        """Forget all requests."""
        self._control("DELETE", "/_log")

    def configure(self, **settings: Json) -> None:
        """Change settings of InvenioRDM until the end of the test, replacing earlier changes.

        This takes no time, but has an effect only on settings
        that InvenioRDM looks up in its configuration for each request, for example
        `RATELIMIT_AUTHENTICATED_USER`, `RATELIMIT_PER_ENDPOINT`, `RDM_FILES_DEFAULT_QUOTA_SIZE`,
        `RDM_RECORDS_MAX_FILES_COUNT` and `RDM_ALLOW_METADATA_ONLY_RECORDS`.
        """
        self._control("PUT", "/_settings", settings)

    def check_drafts(self, *checks: Mapping[str, Json]) -> None:
        """Let communities check drafts until the next reset, see `app/checks.py`."""
        self._control("PUT", "/_checks", list(checks))

    @contextlib.contextmanager
    def restarted(self, **settings: Json) -> Iterator[None]:
        """Restart the web server with other settings, and at the end with the original ones."""
        variables = {f"INVENIO_{name}": repr(value) for name, value in settings.items()}
        run_server(self.layout, "restart", variables)
        try:
            yield
        finally:
            run_server(self.layout, "restart")

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the server: connections are refused until the end."""
        run_server(self.layout, "stop")
        try:
            yield
        finally:
            run_server(self.layout, "start")

    def reset(self) -> None:
        """Remove all records and files, and everything that was set for a test."""
        reset(self.layout)

    def get(self, path: str, token: str | None = "alice") -> Json:
        """Return the JSON of a successful answer, see `request`."""
        response = self.request("GET", path, token=token)
        response.raise_for_status()
        return response.json()

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Json = None,
        data: bytes | None = None,
        token: str | None = "alice",
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Make a request as a third party: it is not in the log and not disturbed by faults.

        Parameters
        ----------
        method
            The HTTP method.
        path
            The path below the endpoint, or a whole URL.
        json
            A document to be sent.
        data
            The content of a file to be sent.
        token
            A token, the name of the user it belongs to (alice, bob or admin),
            or `None` to send no token.
        headers
            Headers to be added or replaced.
        """
        users = {"alice": self.token, "bob": self.other_token, "admin": self.admin_token}
        sent = {"Accept": ACCEPT, "X-Observer": "test"}
        if token is not None:
            sent["Authorization"] = f"Bearer {users.get(token, token)}"
        if data is not None:
            sent["Content-Type"] = "application/octet-stream"
        sent.update(headers or {})
        url = path if path.startswith("http") else self.endpoint + path
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, url, json=json, data=data, headers=sent, timeout=60)

    def _control(self, method: str, path: str, json: Json = None) -> Json:
        response = self.request(method, self.url + path, json=json, token=None)
        if response.status_code != 200:
            raise ValueError(response.json()["message"])
        return response.json()


def run_server(
    layout: Layout, command: str, variables: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Run a command of the launcher and return the variables that it prints."""
    args = [sys.executable, str(HERE / "server.py"), "--kind", str(layout.kind)]
    args += ["--name", layout.called, command]
    env = {**os.environ, "RDM_SERVER_HOME": str(layout.home), **(variables or {})}
    result = subprocess.run(args, capture_output=True, text=True, env=env, check=False)
    if result.returncode != 0:
        pytest.exit(f"The test server fails: {result.stderr}", returncode=3)
    words = shlex.split(result.stdout)
    return dict(word.split("=", 1) for word in words if "=" in word)


@contextlib.contextmanager
def free_server(kind: Kind) -> Iterator[Layout]:
    """Give a server that no other process uses."""
    for number in itertools.count():
        layout = Layout.default(f"test-{number}", kind)
        layout.root.mkdir(parents=True, exist_ok=True)
        with (layout.root / "session.lock").open("w") as lock:
            if _try_lock(lock):
                yield layout
                return


def _try_lock(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def server_of_own(kind: Kind = ZENODO) -> Iterator[Rdm]:
    """Give a running server that no other process uses, and stop it at the end."""
    with free_server(kind) as layout:
        variables = run_server(layout, "start")
        try:
            yield Rdm(
                layout,
                variables["RDM_ENDPOINT"].removesuffix("/api"),
                variables["RDM_ENDPOINT"],
                variables["RDM_COMMUNITY"],
                Path(variables["RDM_TOKEN_FILE"]),
                Path(variables["RDM_TOKEN_FILE_2"]),
                Path(variables["RDM_TOKEN_FILE_ADMIN"]),
            )
        finally:
            if not os.getenv("RDM_SERVER_KEEP"):
                run_server(layout, "stop")


@pytest.fixture(scope="session")
def rdm_session() -> Iterator[Rdm]:
    """Give a server for all tests of this process."""
    with server_of_own() as rdm:
        yield rdm


@pytest.fixture
def rdm(rdm_session: Rdm) -> Iterator[Rdm]:
    """Give a server with an empty log, without faults and with the original settings.

    The records of earlier tests are still there.
    """
    rdm_session.no_faults()
    rdm_session.configure()
    rdm_session.clear_log()
    yield rdm_session
    rdm_session.no_faults()
    rdm_session.configure()


@pytest.fixture
def fresh_rdm(rdm: Rdm) -> Rdm:
    """Give a server without records and files."""
    rdm.reset()
    return rdm
