"""Large files: throughput compared with curl, and memory with a sparse file."""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..rdm_server.fixture import Rdm
from .measure import Cost
from .scenarios import Project
from .tools import Tool

__all__ = ("run_large", "run_sparse")

REPEATS = 3
"""How often each transfer is measured; the fastest counts, as others may use the machine."""


def run_large(tool: Tool, folder: Path, megabytes: int) -> dict[str, float]:
    """Send two files with the program and with curl.

    Returns
    -------
    seconds
        Wall times of the fastest runs, and the ratios to curl,
        which sends one file after the other or both at the same time.
        The draft is ready when curl starts, so the time of the contents alone is given as well.
    """
    rdm = tool.rdm
    source = folder / "large"
    source.mkdir()
    paths = [source / name for name in ("one.bin", "two.bin")]
    for path in paths:
        _write_random(path, megabytes)
    ours, contents, serial, parallel = [], [], [], []
    for repeat in range(REPEATS):
        rdm.reset()
        serial.append(_curl(rdm, paths, together=False))
        rdm.reset()
        parallel.append(_curl(rdm, paths, together=True))
        rdm.reset()
        rdm.clear_log()
        ours.append(_ours(tool, folder / f"ours-{repeat}", paths).wall)
        contents.append(_contents(rdm))
    best = {
        "stepup-zenodo": min(ours),
        "stepup-zenodo, contents alone": min(contents),
        "curl, one after the other": min(serial),
        "curl, both at once": min(parallel),
    }
    return {
        **{name: round(seconds, 2) for name, seconds in best.items()},
        "ratio to one after the other": round(min(ours) / min(serial), 2),
        "ratio to both at once": round(min(ours) / min(parallel), 2),
        "ratio of contents alone to both at once": round(min(contents) / min(parallel), 2),
    }


def _write_random(path: Path, megabytes: int) -> None:
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(10**6))


def _ours(tool: Tool, folder: Path, paths: list[Path]) -> Cost:
    folder.mkdir()
    for path in paths:
        (folder / path.name).hardlink_to(path)
    return Project(tool, folder, tuple(path.name for path in paths)).sync()


def _contents(rdm: Rdm) -> float:
    """Return the seconds from the arrival of the first content to the end of the last one."""
    sent = [request for request in rdm.log() if request.path.endswith("/content")]
    ends = [request.time + (request.seconds or 0) for request in sent]
    return max(ends) - min(request.time for request in sent)


def _curl(rdm: Rdm, paths: list[Path], *, together: bool) -> float:
    """Send the contents of files to a new draft, and return the seconds that curl took."""
    record = rdm.request("POST", "/records", json={"metadata": {}, "files": {"enabled": True}})
    files = f"/records/{record.json()['id']}/draft/files"
    keys = [{"key": path.name} for path in paths]
    rdm.request("POST", files, json=keys).raise_for_status()
    urls = {path: f"{rdm.endpoint}{files}/{path.name}/content" for path in paths}
    started = time.monotonic()
    if together:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda path: _send(rdm, path, urls[path]), paths))
    else:
        for path in paths:
            _send(rdm, path, urls[path])
    return time.monotonic() - started


def _send(rdm: Rdm, path: Path, url: str) -> None:
    """Send a file with curl, which reads the token from its standard input."""
    command = ["curl", "--config", "-", "--silent", "--fail", "--output", os.devnull]
    command += ["--header", "Content-Type: application/octet-stream", "--upload-file", str(path)]
    secret = f'header = "Authorization: Bearer {rdm.token}"'
    subprocess.run([*command, url], check=True, input=secret, text=True)


def run_sparse(tool: Tool, folder: Path, megabytes: int) -> dict[str, float]:
    """Send a sparse file, and return seconds and the largest resident size in MB."""
    tool.rdm.reset()
    project = Project(tool, folder / "sparse", ("sparse.bin",))
    project.folder.mkdir()
    with (project.folder / "sparse.bin").open("wb") as file:
        file.truncate(megabytes * 10**6)
    cost = project.sync()
    tool.rdm.reset()
    return {
        "wall s": round(cost.wall, 2),
        "CPU s": round(cost.cpu, 2),
        "peak MB": round(cost.memory, 1),
    }
