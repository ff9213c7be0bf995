#!/usr/bin/env python3
"""Run a private InvenioRDM server that looks like Zenodo, for testing clients of its REST API.

Everything is kept in RDM_SERVER_HOME (default `~/.cache/stepup-zenodo/rdm-server`), see README.md.
"""

import argparse
import importlib
import shlex
import sys
from pathlib import Path

if __name__ == "__main__" and not __package__:
    # Make relative imports work when this file is run as a program.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = Path(__file__).resolve().parent.name
    importlib.import_module(__package__)

from .install import copy_template, install, locked
from .layout import KINDS, ZENODO, Failure, Layout
from .processes import pid_of
from .services import (
    NAMES,
    choose_ports,
    flush_redis,
    fresh_database,
    remove_files,
    settings,
    snapshot,
    start_api,
    start_backends,
    stop_all,
    stop_api,
)

__all__ = ("main", "reset", "restart", "start", "stop")


def start(layout: Layout) -> dict[str, str]:
    """Start the server, after installing it, and return the variables that clients need."""
    installed = install(layout)
    with locked(layout.root / "lock"):
        copy_template(layout, installed)
        ports = start_backends(layout, installed.backends)
        start_api(layout, ports)
        return settings(layout, ports)


def stop(layout: Layout) -> None:
    """Stop the server, keeping its data."""
    with locked(layout.root / "lock"):
        stop_all(layout)


def restart(layout: Layout) -> dict[str, str]:
    """Restart the web server to apply changed variables, keeping all data."""
    with locked(layout.root / "lock"):
        stop_api(layout)
    return start(layout)


def reset(layout: Layout) -> None:
    """Remove all records and files of a running server."""
    with locked(layout.root / "lock"):
        if pid_of(layout, "postgres") is None:
            raise Failure(f"the server is not running: {layout.root}")
        fresh_database(layout)
        flush_redis(layout)
        snapshot(layout, choose_ports(layout), "load")
        remove_files(layout)


def status(layout: Layout) -> dict[str, str]:
    """Return the variables that clients need.

    Raises
    ------
    Failure
        If something is not running.
    """
    stopped = [name for name in NAMES if pid_of(layout, name) is None]
    if stopped:
        raise Failure(f"not running: {', '.join(stopped)}")
    return settings(layout, choose_ports(layout))


def main() -> None:
    """Run a command."""
    args = _parse_args()
    layout = Layout.default(args.name, KINDS[args.kind])
    try:
        layout.make_folders()
        variables = args.func(layout)
    except (Failure, OSError) as exc:
        sys.exit(f"rdm-server: {exc}")
    if isinstance(variables, dict):
        for name, value in variables.items():
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


def _parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--name", default="main", help="the server, default: %(default)s")
    text = "what it runs and how it is configured, default: %(default)s; one of: %(choices)s"
    parser.add_argument("--kind", choices=KINDS, default=str(ZENODO), metavar="KIND", help=text)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for func, text in [
        (install, "install and prepare everything that is needed, if not done yet"),
        (start, "start the server (after installing it) and print the settings for clients"),
        (stop, "stop the server, keeping its data"),
        (restart, "restart the web server to apply changed INVENIO_* variables, keeping its data"),
        (reset, "remove all records and files of a running server"),
        (status, "print the settings for clients, or fail if something is not running"),
    ]:
        subparsers.add_parser(func.__name__, help=text).set_defaults(func=func)
    return parser.parse_args()


if __name__ == "__main__":
    main()
