"""The programs that are compared, and how to use them for the same work."""

import json
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..rdm_server.fixture import Rdm

__all__ = ("PEER", "Ours", "Peer", "Tool", "tools")

PEER = "STEPUP_ZENODO_BENCHMARK_PEER"
"""Environment variable with the path of `srr-sync-zenodo` of an installed stepup-reprep."""

ROOT = Path(__file__).resolve().parents[2]


@attrs.frozen
class Tool(ABC):
    """A program that makes a record equal to files."""

    rdm: Rdm
    """The server."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called in the results."""

    @abstractmethod
    def config(self, version: str, names: tuple[str, ...]) -> dict[str, object]:
        """Return its configuration, which is written as JSON."""

    @abstractmethod
    def command(self, names: tuple[str, ...]) -> list[str]:
        """Return the command that is run in the folder of the configuration."""

    @abstractmethod
    def environ(self, folder: Path) -> Mapping[str, str]:
        """Return variables to be set."""

    def write_config(self, folder: Path, version: str, names: tuple[str, ...]) -> None:
        """Write the configuration into a folder."""
        text = json.dumps(self.config(version, names))
        (folder / "zenodo.yaml").write_text(text)

    def common(self, version: str) -> dict[str, object]:
        """Return what the configurations have in common."""
        return {
            "path_record_id": ".zenodo-record-id.txt",
            "endpoint": self.rdm.endpoint,
            "metadata": {
                "title": "Benchmark",
                "version": version,
                "license": ["cc-by-4.0"],
                "resource_type": "dataset",
                "publisher": "Zenodo",
                "creators": [{"family_name": "Lovelace", "given_name": "Ada"}],
            },
        }


@attrs.frozen
class Ours(Tool):
    """This package."""

    workers: int | None = None
    """Number of files sent at the same time, `None` for the default."""

    @property
    def name(self) -> str:
        return "stepup-zenodo"

    def config(self, version: str, names: tuple[str, ...]) -> dict[str, object]:
        return {**self.common(version), "paths": [*names]}

    def command(self, names: tuple[str, ...]) -> list[str]:
        code = "from stepup_zenodo.cli import main; main()"
        workers = [] if self.workers is None else ["--workers", f"{self.workers}"]
        return [sys.executable, "-c", code, "sync", "zenodo.yaml", *workers]

    def environ(self, folder: Path) -> Mapping[str, str]:
        return {
            "PYTHONPATH": str(ROOT),
            "STEPUP_ZENODO_TOKEN": self.rdm.token,
            "XDG_CACHE_HOME": str(folder.with_suffix(".cache")),
        }


@attrs.frozen
class Peer(Tool):
    """The Zenodo script of stepup-reprep 4, which is in an environment of its own."""

    program: str
    """Path of `srr-sync-zenodo`."""

    @property
    def name(self) -> str:
        return "stepup-reprep"

    def config(self, version: str, names: tuple[str, ...]) -> dict[str, object]:
        return self.common(version)

    def command(self, names: tuple[str, ...]) -> list[str]:
        return [self.program, "zenodo.yaml", *names]

    def environ(self, folder: Path) -> Mapping[str, str]:
        return {"REPREP_ZENODO_TOKEN": self.rdm.token}


def tools(rdm: Rdm, workers: int | None) -> list[Tool]:
    """Return the programs that are there."""
    peer = os.environ.get(PEER)
    return [Ours(rdm, workers), *([Peer(rdm, peer)] if peer else [])]
