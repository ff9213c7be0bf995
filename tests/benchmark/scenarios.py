"""The work that is measured, each time with a check that it was done."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

from ..rdm_server.fixture import Rdm
from .measure import Cost, Failed, measure
from .tools import Tool

__all__ = ("SCENARIOS", "Project", "run_scenarios")

AGE = 2.5
"""Seconds after which the checksum of a file can be remembered."""


@attrs.define
class Project:
    """A folder with files that a program keeps equal to a record."""

    tool: Tool
    folder: Path
    names: tuple[str, ...]
    version: str = "1.0.0"

    @property
    def rdm(self) -> Rdm:
        return self.tool.rdm

    @property
    def record_id(self) -> str:
        return (self.folder / ".zenodo-record-id.txt").read_text().strip()

    def fill(self, size: int) -> None:
        """Write files of random bytes."""
        self.folder.mkdir(parents=True)
        for name in self.names:
            (self.folder / name).write_bytes(os.urandom(size))
        time.sleep(AGE)

    def change_one(self) -> None:
        """Give one file another content of the same size."""
        path = self.folder / self.names[len(self.names) // 2]
        path.write_bytes(os.urandom(path.stat().st_size))

    def publish(self) -> None:
        """Publish as a person would in the web form."""
        path = f"/records/{self.record_id}/draft/actions/publish"
        self.rdm.request("POST", path).raise_for_status()

    def sync(self) -> Cost:
        """Run the program and check that the record equals the files."""
        self.tool.write_config(self.folder, self.version, self.names)
        command = self.tool.command(self.names)
        cost = measure(command, self.folder, self.tool.environ(self.folder), self.rdm)
        self._check()
        return cost

    def _check(self) -> None:
        answer = self.rdm.request("GET", f"/records/{self.record_id}/draft")
        record = answer.json() if answer.ok else self.rdm.get(f"/records/{self.record_id}")
        entries = record["files"]["entries"].values()
        found = {entry["key"]: entry.get("checksum") for entry in entries}
        if found != {name: f"md5:{_md5(self.folder / name)}" for name in self.names}:
            raise Failed(f"{self.tool.name}: the files of the record are not those of the folder")
        if record["metadata"]["version"] != self.version:
            raise Failed(f"{self.tool.name}: the record has not the version {self.version}")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def first_sync(project: Project) -> Cost:
    """Nothing is on the server."""
    return project.sync()


def no_change(project: Project) -> Cost:
    """Draft and files are equal."""
    return project.sync()


def one_changed(project: Project) -> Cost:
    """One file of the draft changed on disk."""
    project.change_one()
    return project.sync()


def published(project: Project) -> Cost:
    """The record is published and equal."""
    project.publish()
    return project.sync()


def raised(project: Project) -> Cost:
    """The version of the published record was raised, and one file changed."""
    project.version = "1.1.0"
    project.change_one()
    return project.sync()


SCENARIOS: dict[str, Callable[[Project], Cost]] = {
    "first sync": first_sync,
    "no change": no_change,
    "one file changed": one_changed,
    "published, no change": published,
    "version raised, one file changed": raised,
}


def run_scenarios(project: Project, delay: float) -> Iterator[tuple[str, Cost]]:
    """Run all scenarios in their order, each after the other has left its record.

    Parameters
    ----------
    project
        Its files have been written.
    delay
        Seconds that the server waits before it handles a request.
    """
    project.rdm.faults({"delay": delay, "times": 10**9})
    for name, scenario in SCENARIOS.items():
        yield name, scenario(project)
    project.rdm.no_faults()
