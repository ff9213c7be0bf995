"""A private PostgreSQL cluster: create, start, stop, and send it commands."""

import io
import os
import pwd
import shutil
import signal
import socket
import struct
import subprocess
from pathlib import Path

from .backends import Backends
from .layout import Failure, Layout
from .processes import clean_environ, pid_of, run, spawn, terminate, wait_for

__all__ = ("create_cluster", "sql", "start_postgres", "stop_postgres")

_OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "timezone": "UTC",
    # The data need not survive a crash of the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def create_cluster(layout: Layout, backends: Backends) -> None:
    """Create an empty cluster in the data folder."""
    layout.cluster.mkdir(mode=0o700)
    args = ["-D", layout.cluster, "-U", "rdm", "-A", "trust", "-E", "UTF8"]
    args += ["--locale=C", "--no-sync"]
    prefix = _prefix(layout)
    run(layout, [*prefix, backends.postgres / "initdb", *args], "initdb", clean_environ())


def start_postgres(layout: Layout, backends: Backends) -> None:
    """Start the server of the cluster, if it does not run, and wait until it can be used."""
    if pid_of(layout, "postgres") is None:
        # What is left by a crash could name a process identifier that is in use again.
        (layout.cluster / "postmaster.pid").unlink(missing_ok=True)
        settings = {**_OPTIONS, "unix_socket_directories": str(layout.run)}
        args = [word for item in settings.items() for word in ("-c", "=".join(item))]
        program = [*_prefix(layout), backends.postgres / "postgres", "-D", layout.cluster]
        spawn(layout, "postgres", [*program, *args], clean_environ())
    wait_for(layout, "postgres", lambda: _is_ready(layout))


def stop_postgres(layout: Layout) -> None:
    """Stop the server of the cluster, without waiting for its clients."""
    terminate(layout, "postgres", signal.SIGINT)


def sql(layout: Layout, command: str, database: str = "postgres") -> None:
    """Send one command.

    Raises
    ------
    Failure
        If the server cannot be reached or does not accept the command.
    """
    # Speaking the protocol costs fewer lines than finding a program that does.
    # https://www.postgresql.org/docs/current/protocol-message-formats.html
    start = f"user\0rdm\0database\0{database}\0\0".encode()
    query = command.encode() + b"\0"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(str(layout.run / ".s.PGSQL.5432"))
            with connection.makefile("rwb") as stream:
                stream.write(struct.pack("!ii", len(start) + 8, 3 << 16) + start)
                stream.flush()
                _read_until_ready(stream)
                stream.write(b"Q" + struct.pack("!i", len(query) + 4) + query)
                stream.flush()
                _read_until_ready(stream)
    except (OSError, struct.error) as exc:
        raise Failure(f"no connection to PostgreSQL in {layout.run}: {exc}") from exc


def _read_until_ready(stream: io.BufferedIOBase) -> None:
    errors = []
    while True:
        kind, size = struct.unpack("!ci", stream.read(5))
        body = stream.read(size - 4)
        if kind == b"E":
            fields = body.decode(errors="replace").split("\0")
            errors += [field[1:] for field in fields if field.startswith("M")]
            if any(field.startswith(("SFATAL", "VFATAL")) for field in fields):
                break
        elif kind == b"Z":
            break
    if errors:
        raise Failure(f"PostgreSQL: {'; '.join(errors)}")


def _is_ready(layout: Layout) -> bool:
    try:
        sql(layout, "SELECT 1")
    except Failure:
        return False
    return True


def _prefix(layout: Layout) -> list[str]:
    """Return the words before a command of PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return []
    uid = next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid > 0)
    # In such a user namespace, root's own files seem to belong to a regular user.
    prefix = ["unshare", "--user", f"--map-user={uid}", "--"]
    if _works(prefix):
        _give(layout.cluster, 0)
        return prefix
    # Another user, who may nevertheless enter the folders of root.
    caps = (
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",
    )
    prefix = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *caps, "--"]
    if _works(prefix):
        _give(layout.cluster, uid)
        return prefix
    raise Failure(
        "PostgreSQL refuses to run as root, and neither `unshare --user` nor `setpriv` works here: "
        "run this as a regular user"
    )


def _works(prefix: list[str]) -> bool:
    true = shutil.which("true")
    if shutil.which(prefix[0]) is None or true is None:
        return False
    return subprocess.run([*prefix, true], capture_output=True, check=False).returncode == 0


def _give(folder: Path, uid: int) -> None:
    """Make a user the owner of the data of the cluster."""
    if folder.stat().st_uid == uid:
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, uid, -1, follow_symlinks=False)
