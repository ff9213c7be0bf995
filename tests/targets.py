"""The servers on which the life of a record is tried: those of the tests, or a foreign one.

A foreign one is named by variables, which `CONTRIBUTING.md` explains.
On it, only what was made here is touched, and it is removed at the end as far as the server lets.
"""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
import requests

from .building import LOCAL
from .rdm_server.fixture import Rdm, server_of_own
from .rdm_server.layout import KINDS, Layout
from .workspace import Workspace

Json = Any
"""A JSON document."""

__all__ = ("LIVE", "LIVE_VARIABLES", "PLAIN", "Place", "Target", "place", "target")

PLAIN = "plain-15.0.0b6"
"""The newest InvenioRDM as it comes."""

LIVE = "STEPUP_ZENODO_TEST_ENDPOINT"
"""The variable with the address of the API of a foreign server."""

TOKEN, OTHER_TOKEN = "STEPUP_ZENODO_TEST_TOKEN_FILE", "STEPUP_ZENODO_TEST_TOKEN_FILE_2"
"""The variables with files of tokens: of a user, and of the owner of the community."""

COMMUNITY = "STEPUP_ZENODO_TEST_COMMUNITY"
"""The variable with the name of a community of the other user."""

LIVE_VARIABLES = LIVE, TOKEN, OTHER_TOKEN, COMMUNITY

FORBIDDEN = "zenodo.org"
"""Where nothing is tried: what is published there stays."""


class Foreign(Rdm):
    """A server of others, whose announced rates are kept."""

    def request(self, method: str, path: str, **kwargs: Json) -> requests.Response:
        """Make a request as a third party, when the server has time for it."""
        response = super().request(method, path, **kwargs)
        left = response.headers.get("X-RateLimit-Remaining", "1")
        if response.status_code == 429 or int(left) < 1:
            until = float(response.headers.get("X-RateLimit-Reset", time.time() + 60))
            time.sleep(max(0.0, min(until - time.time(), 120.0)))
        return self.request(method, path, **kwargs) if response.status_code == 429 else response


@attrs.frozen
class Target:
    """A server and what is known of it."""

    name: str
    """The kind of a server of the tests, or the host of a foreign one."""

    rdm: Rdm

    @property
    def is_own(self) -> bool:
        """Whether it is a server of the tests, of which everything is known."""
        return self.name in KINDS

    @property
    def is_like_zenodo(self) -> bool:
        return self.name.startswith("zenodo-") or self.name.endswith("zenodo.org")

    @property
    def lets_owners(self) -> bool:
        """Whether owners correct files and delete versions for a while, on servers of the tests."""
        return self.is_like_zenodo and KINDS[self.name].release != "13.1.2"

    @property
    def has_curator(self) -> bool:
        """Whether there is a second user, with a community."""
        return bool(self.rdm.community) and self.rdm.other_token_file != self.rdm.token_file


@attrs.define
class Place(Workspace):
    """A project for a server that is not forgotten after a test."""

    target: Target = attrs.field(kw_only=True)

    def clean(self) -> None:
        """Remove what was made."""
        if (self.folder / ".zenodo-record-id.txt").exists():
            self.run("discard", "zenodo.yaml", "--yes")
        if self.target.is_own:
            return
        for version in self.versions() if self.is_public() else ():
            self.rdm.request(
                "POST", f"/records/{version}/request-deletion", json={"reason": "test-record"}
            )

    def is_public(self) -> bool:
        path = self.folder / ".zenodo-record-id.txt"
        if not path.exists():
            return False
        return self.rdm.request("GET", f"/records/{self.record_id}").status_code == 200

    def versions(self) -> list[str]:
        """Return the ids of the published versions, the newest one first."""
        hits = self.rdm.get(f"/records/{self.record_id}/versions")["hits"]["hits"]
        return [str(hit["id"]) for hit in hits]

    def done(self, *words: str) -> str:
        """Run a command for the configuration and return what it printed on success."""
        self.write_config()
        result = self.run(words[0], "zenodo.yaml", *words[1:])
        assert result.status == 0, (self.target.name, words, result)
        return result.out


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the servers be chosen on the command line."""
    parser.addoption(
        "--servers",
        default=PLAIN,
        help=f"servers for the life of a record, separated by commas: {', '.join(KINDS)}, or `all`",
    )


def _chosen(config: pytest.Config) -> list[str]:
    """Return the names of the servers to try."""
    if os.environ.get(LIVE):
        return [os.environ[LIVE]]
    chosen = config.getoption("--servers")
    return list(KINDS) if chosen == "all" else chosen.split(",")


def _foreign(environ: Mapping[str, str]) -> Target:
    """Return the target that variables describe."""
    endpoint = environ[LIVE].rstrip("/")
    url = endpoint.removesuffix("/api")
    host = url.partition("://")[2]
    if host.removeprefix("www.") == FORBIDDEN:
        pytest.exit(f"Nothing is tried on {FORBIDDEN}: use its sandbox.", returncode=3)
    token = Path(environ[TOKEN]).expanduser()
    other = Path(environ.get(OTHER_TOKEN) or token)
    community = environ.get(COMMUNITY, "")
    return Target(
        host, Foreign(Layout.default("none"), url, endpoint, community, token, other, other)
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try the life of a record on all servers that were chosen, one after the other."""
    if "target" in metafunc.fixturenames:
        params = [
            pytest.param(name, marks=pytest.mark.xdist_group(name))
            for name in _chosen(metafunc.config)
        ]
        metafunc.parametrize("target", params, indirect=True, scope="session")


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Give a server to try."""
    if os.environ.get(LIVE):
        yield _foreign(os.environ)
        return
    with server_of_own(KINDS[request.param]) as rdm:
        yield Target(request.param, rdm)


@pytest.fixture
def place(target: Target, tmp_path: Path) -> Iterator[Place]:
    """Give an empty project for a server to try."""
    found = Place(tmp_path, target.rdm, target=target)
    found.config["metadata"]["title"] = "Test of stepup-zenodo, to be deleted"
    if not target.is_like_zenodo:
        found.config["metadata"]["publisher"] = "Example University Repository"
    found.environ["STEPUP_ZENODO_LIKE_ZENODO"] = LOCAL if target.is_like_zenodo else ""
    yield found
    found.clean()
