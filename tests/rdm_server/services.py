"""The programs of one server: PostgreSQL, Redis, the search stub and the web server."""

import contextlib
import json
import os
import shutil
import signal
import socket
from collections.abc import Mapping

from .backends import Backends
from .layout import APP, Failure, Layout
from .postgres import sql, start_postgres, stop_postgres
from .processes import clean_environ, http, pid_of, spawn, terminate, wait_for

__all__ = (
    "NAMES",
    "choose_ports",
    "flush_redis",
    "fresh_database",
    "remove_files",
    "server_environ",
    "settings",
    "snapshot",
    "start_api",
    "start_backends",
    "stop_all",
    "stop_api",
)

NAMES = "postgres", "redis", "search", "api"


def choose_ports(layout: Layout) -> dict[str, int]:
    """Return the TCP ports: set by the environment, used before, or free ones."""
    ports: dict[str, int] = {}
    with contextlib.suppress(OSError, ValueError):
        ports = json.loads(layout.ports.read_text())
    variables = {"api": "RDM_SERVER_PORT", "search": "RDM_SERVER_SEARCH_PORT"}
    for name, variable in variables.items():
        if pid_of(layout, name) is None:
            ports[name] = int(os.getenv(variable) or _free_port(ports.get(name, 0)))
    layout.ports.write_text(json.dumps(ports) + "\n")
    return ports


def server_environ(layout: Layout, ports: Mapping[str, int]) -> dict[str, str]:
    """Return the environment in which InvenioRDM is run."""
    return {
        **clean_environ(),
        # Nothing can be contacted except on the loopback interface.
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "no_proxy": "127.0.0.1",
        "INVENIO_INSTANCE_PATH": str(layout.instance),
        "PYTHONPATH": str(APP),
        "PYTHONPYCACHEPREFIX": str(layout.venv / "pycache"),
        "PYTHONWARNINGS": "ignore",
        "RDM_RUN_DIR": str(layout.run),
        "RDM_PORT": str(ports["api"]),
        "RDM_SEARCH_PORT": str(ports["search"]),
    }


def start_backends(layout: Layout, backends: Backends) -> dict[str, int]:
    """Start everything except for the web server, and return the ports."""
    ports = choose_ports(layout)
    env = server_environ(layout, ports)
    redis_socket = layout.run / "redis.sock"
    if pid_of(layout, "redis") is None:
        redis_socket.unlink(missing_ok=True)
        args = ["--port", "0", "--unixsocket", redis_socket, "--unixsocketperm", "700"]
        args += ["--save", "", "--dir", layout.data]
        spawn(layout, "redis", [_redis_program(layout, backends), *args], env)
    if pid_of(layout, "search") is None:
        args = [APP / "search_stub.py", ports["search"], layout.data / "search.pickle"]
        spawn(layout, "search", [layout.python, *args], env)
    start_postgres(layout, backends)
    wait_for(layout, "redis", redis_socket.exists)
    wait_for(layout, "search", lambda: http("GET", f"http://127.0.0.1:{ports['search']}/"))
    return ports


def start_api(layout: Layout, ports: Mapping[str, int]) -> None:
    """Start the web server, if it does not run, and wait until it handles requests."""
    if pid_of(layout, "api") is None:
        args = ["--bind", f"127.0.0.1:{ports['api']}", "--worker-class", "gthread"]
        args += ["--workers", os.getenv("RDM_SERVER_WORKERS") or "2"]
        args += ["--threads", os.getenv("RDM_SERVER_THREADS") or "8"]
        args += ["--timeout", "600"]
        args += ["--worker-tmp-dir", str(layout.run), "--preload", "--no-control-socket"]
        program = [layout.python, "-m", "gunicorn", *args, "wsgi:application"]
        spawn(layout, "api", program, server_environ(layout, ports))
    url = f"{_url(ports)}/api/vocabularies/licenses/cc-by-4.0"
    wait_for(layout, "api", lambda: http("GET", url))


def stop_all(layout: Layout) -> None:
    """Stop all programs of the server."""
    stop_api(layout)
    terminate(layout, "search")
    terminate(layout, "redis")
    stop_postgres(layout)


def stop_api(layout: Layout) -> None:
    """Stop the web server, without leaving it time for anything: it has nothing to save."""
    terminate(layout, "api", signal.SIGKILL)


def fresh_database(layout: Layout) -> None:
    """Replace the database by a copy of the one made by the installation."""
    sql(layout, "DROP DATABASE IF EXISTS rdm WITH (FORCE)")
    sql(layout, "CREATE DATABASE rdm TEMPLATE rdm_template")


def snapshot(layout: Layout, ports: Mapping[str, int], action: str) -> None:
    """Save or load the state of the search stub just after installation."""
    path = layout.data / "search-template.pickle"
    if not http("POST", f"http://127.0.0.1:{ports['search']}/_stub/{action}?path={path}"):
        raise Failure(f"cannot {action} the search indexes, see {layout.logs / 'search.log'}")


def settings(layout: Layout, ports: Mapping[str, int]) -> dict[str, str]:
    """Return the variables that clients need."""
    return {
        "RDM_ENDPOINT": f"{_url(ports)}/api",
        "RDM_FAULTS": f"{_url(ports)}/_faults",
        "RDM_LOG": f"{_url(ports)}/_log",
        "RDM_SETTINGS": f"{_url(ports)}/_settings",
        "RDM_TOKEN_FILE": str(layout.tokens / "alice"),
        "RDM_TOKEN_FILE_2": str(layout.tokens / "bob"),
        "RDM_TOKEN_FILE_ADMIN": str(layout.tokens / "admin"),
        "RDM_COMMUNITY": "demo",
    }


def flush_redis(layout: Layout) -> None:
    """Forget sessions, rate limits, faults and the access log."""
    with socket.socket(socket.AF_UNIX) as redis:
        redis.connect(str(layout.run / "redis.sock"))
        redis.sendall(b"FLUSHALL\r\n")
        answer = redis.recv(100)
    if not answer.startswith(b"+OK"):
        raise Failure(f"Redis refuses: {answer.decode(errors='replace').strip()}")


def remove_files(layout: Layout) -> None:
    """Remove all uploaded files and the log of DOI registrations."""
    shutil.rmtree(layout.files, ignore_errors=True)
    layout.files.mkdir(exist_ok=True)
    (layout.run / "datacite.jsonl").unlink(missing_ok=True)


def _url(ports: Mapping[str, int]) -> str:
    return f"http://127.0.0.1:{ports['api']}"


def _free_port(wanted: int) -> int:
    """Return the wanted TCP port if it is free, otherwise another one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _redis_program(layout: Layout, backends: Backends) -> str:
    """Return a link to Redis with the name that makes it a server."""
    link = layout.run / "redis-server"
    link.unlink(missing_ok=True)
    link.symlink_to(backends.redis)
    return str(link)
