"""A folder with a configuration and files, and the program run in it as users run it."""

import contextlib
import hashlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import attrs
import pytest
import yaml

from stepup_zenodo.cli import main

from .building import LOCAL
from .rdm_server.fixture import Rdm
from .rdm_server.layout import Layout

__all__ = (
    "METADATA",
    "REFUSED",
    "Result",
    "Workspace",
    "checksums",
    "md5",
    "numbered",
    "offline",
    "requests_of",
    "without_server",
    "workspace",
)

METADATA: Mapping[str, Any] = {
    "title": "A title",
    "version": "1.0.0",
    "resource_type": "dataset",
    "publisher": "Zenodo",
    "publication_date": "2026-11-20",
    "creators": [{"family_name": "Lovelace", "given_name": "Ada"}],
}
"""Enough for publishing."""


REFUSED = "The server does not accept the metadata."
"""What a run says above the complaints of the server; tests refer to it, so it is worded once."""


NOWHERE = "rdm.invalid"
"""The host of a server that does not exist."""


def md5(content: bytes | str) -> str:
    data = content.encode() if isinstance(content, str) else content
    return f"md5:{hashlib.md5(data).hexdigest()}"


@attrs.frozen
class Result:
    """How a run of the program ended."""

    status: int
    out: str
    err: str


def requests_of(rdm: Rdm) -> list[str]:
    """Return the requests since the log was cleared, with ids and ports taken out."""
    return [
        re.sub(r"/records/\d+", "/records/ID", f"{r.method} {r.path.removeprefix('/api')}")
        for r in rdm.log()
    ]


@attrs.define
class Workspace:
    """A project of a user."""

    folder: Path
    rdm: Rdm
    config: dict[str, Any] = attrs.field(factory=dict)
    environ: dict[str, str] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.config = {
            "endpoint": self.rdm.endpoint,
            "path_token": str(self.rdm.token_file),
            "metadata": dict(METADATA),
            "paths": [],
        }

    def write(self, **files: str | bytes) -> None:
        """Write files whose names are valid as keywords after replacing `_` by a dot."""
        for name, content in files.items():
            self.write_file(name.replace("_", "."), content)

    def write_file(self, name: str, content: str | bytes) -> None:
        """Write a file and list it in the configuration."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if name not in self.config["paths"]:
            self.config["paths"].append(name)

    def remove_file(self, name: str) -> None:
        """Delete a file and take it off the configuration."""
        (self.folder / name).unlink()
        self.config["paths"].remove(name)

    def write_config(self, name: str = "zenodo.yaml") -> None:
        """Write the configuration."""
        text = yaml.safe_dump(self.config, sort_keys=False, allow_unicode=True)
        (self.folder / name).write_text(text)

    def run(self, *args: str, folder: Path | None = None) -> Result:
        """Run `stepup-zenodo` in this process and return what it printed."""
        out, err = io.StringIO(), io.StringIO()
        environ = {k: v for k, v in os.environ.items() if not k.startswith("STEPUP_")}
        environ |= {
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
            "STEPUP_ZENODO_HOSTS": LOCAL,
            "STEPUP_ZENODO_LIKE_ZENODO": f"{LOCAL} {NOWHERE}",
        }
        environ |= self.environ
        with (
            mock.patch.dict(os.environ, environ, clear=True),
            mock.patch.object(sys, "argv", ["stepup-zenodo", *args]),
            contextlib.chdir(folder or self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as exc:
                return Result(int(exc.code or 0), out.getvalue(), err.getvalue())
        raise AssertionError("the program does not return")

    def sync(self, *args: str) -> Result:
        """Write the configuration and synchronise."""
        self.write_config()
        return self.run("sync", "zenodo.yaml", *args)

    def synced(self, *args: str) -> Result:
        """Synchronise and expect success."""
        result = self.sync(*args)
        assert result.status == 0, result
        return result

    @property
    def make_token(self) -> str:
        """What messages say about where a token is made."""
        site = self.rdm.endpoint.removesuffix("/api")
        return (
            "Make one with the scopes deposit:write and deposit:actions at "
            f"{site}/account/settings/applications/tokens/new/"
        )

    @property
    def record_id(self) -> str:
        return (self.folder / ".zenodo-record-id.txt").read_text().strip()

    def draft(self) -> dict[str, Any]:
        """Return the draft as the server has it."""
        return dict(self.rdm.get(f"/records/{self.record_id}/draft"))

    def published(self) -> dict[str, Any]:
        """Return the published record as the server has it."""
        return dict(self.rdm.get(f"/records/{self.record_id}"))

    def checksums(self) -> dict[str, str]:
        """Return the checksums of the files of the draft."""
        return checksums(self.draft())

    def local_checksums(self) -> dict[str, str]:
        """Return the checksums of the files on disk that the configuration lists."""
        return {
            Path(name).name: md5((self.folder / name).read_bytes()) for name in self.config["paths"]
        }

    def publish(self) -> None:
        """Publish as a person would in the web form."""
        path = f"/records/{self.record_id}/draft/actions/publish"
        self.rdm.request("POST", path).raise_for_status()

    def edit_on_web(self, **metadata: object) -> None:
        """Save metadata as the web form does: read, change, write everything back."""
        path = f"/records/{self.record_id}/draft"
        draft = self.rdm.get(path)
        draft["metadata"].update(metadata)
        self.rdm.request("PUT", path, json=draft).raise_for_status()

    def upload_on_web(self, key: str, content: bytes) -> None:
        """Upload a file as the web form does."""
        files = f"/records/{self.record_id}/draft/files"
        self.rdm.request("DELETE", f"{files}/{key}")
        self.rdm.request("POST", files, json=[{"key": key}]).raise_for_status()
        self.rdm.request("PUT", f"{files}/{key}/content", data=content).raise_for_status()
        self.rdm.request("POST", f"{files}/{key}/commit").raise_for_status()

    def state(self) -> dict[str, Any]:
        """Return what the state file holds for the server."""
        data = json.loads((self.folder / ".zenodo-record-id.json").read_text())
        return dict(data["endpoints"][self.rdm.endpoint])

    def drafts_of_user(self) -> list[str]:
        """Return the ids of all records of the user."""
        hits = self.rdm.get("/user/records?size=100&allversions=true")["hits"]["hits"]
        return sorted(hit["id"] for hit in hits)

    def content_requests(self) -> list[str]:
        """Return the names of the files whose contents were sent."""
        return sorted(r.path.split("/")[-2] for r in self.rdm.log() if r.path.endswith("/content"))

    def writes(self) -> list[str]:
        """Return the requests that are not only reading."""
        return [line for line in requests_of(self.rdm) if not line.startswith("GET")]


@pytest.fixture
def workspace(tmp_path: Path, fresh_rdm: Rdm) -> Workspace:
    """Return an empty project for a server without records."""
    return Workspace(tmp_path, fresh_rdm)


@pytest.fixture
def offline(tmp_path: Path) -> Workspace:
    """Return an empty project for a server that does not exist."""
    return without_server(tmp_path)


def without_server(folder: Path) -> Workspace:
    """Return a project in a folder, for a server that does not exist."""
    token = folder / "token.txt"
    url = f"https://{NOWHERE}"
    rdm = Rdm(Layout.default("none"), url, f"{url}/api", "", token, token, token)
    return Workspace(folder, rdm)


def checksums(record: Mapping[str, Any]) -> dict[str, str]:
    return {key: entry["checksum"] for key, entry in record["files"]["entries"].items()}


def numbered(count: int) -> Iterator[tuple[str, str]]:
    """Yield names and contents of files."""
    for i in range(count):
        yield f"file{i:03d}.txt", f"content {i}\n"
