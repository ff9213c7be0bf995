"""Run all scenarios and print what they cost, as a table and as JSON."""

import argparse
import contextlib
import itertools
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from ..rdm_server.fixture import Rdm, free_server, run_server
from ..rdm_server.layout import ZENODO
from .archives import run_archives
from .large import run_large, run_sparse
from .measure import Cost
from .scenarios import SCENARIOS, Project, run_scenarios
from .table import requests_table, table
from .tools import Tool, tools

Results = dict[str, dict[str, Cost]]
"""Costs by scenario and program."""


@contextlib.contextmanager
def server() -> Iterator[Rdm]:
    """Start a server for the benchmark alone."""
    with free_server(ZENODO) as layout:
        variables = run_server(layout, "start")
        try:
            rdm = Rdm(
                layout,
                variables["RDM_ENDPOINT"].removesuffix("/api"),
                variables["RDM_ENDPOINT"],
                variables["RDM_COMMUNITY"],
                Path(variables["RDM_TOKEN_FILE"]),
                Path(variables["RDM_TOKEN_FILE_2"]),
                Path(variables["RDM_TOKEN_FILE_ADMIN"]),
            )
            rdm.no_faults()
            yield rdm
        finally:
            run_server(layout, "stop")


def say(text: str) -> None:
    """Print."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run_with_delay(
    programs: list[Tool],
    folder: Path,
    names: tuple[str, ...],
    *,
    size: int,
    delay: float,
    repeats: int,
) -> Results:
    """Run all scenarios with all programs in turn, and return the costs of the fastest runs.

    The fastest counts because other programs may use the machine.
    """
    results: Results = {}
    runs = []
    for repeat, tool in itertools.product(range(repeats), programs):
        tool.rdm.reset()
        project = Project(tool, folder / f"{tool.name}-{delay:g}-{repeat}", names)
        project.fill(size)
        for scenario, cost in run_scenarios(project, delay):
            say(f"{delay * 1000:.0f} ms, {scenario}, {tool.name}: {cost.wall:.2f} s")
            runs.append((scenario, tool.name, cost))
        shutil.rmtree(project.folder)
    for scenario, name, cost in sorted(runs, key=lambda run: -run[2].wall):
        results.setdefault(scenario, {})[name] = cost
    results = {
        scenario: {tool.name: results[scenario][tool.name] for tool in programs}
        for scenario in SCENARIOS
    }
    return results


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--files", type=int, default=100, help="number of files (100)")
    parser.add_argument("--size", type=int, default=10**6, help="bytes of each (1000000)")
    parser.add_argument("--delays", default="0,100", help="ms before each request (0,100)")
    parser.add_argument("--workers", type=int, help="files sent at the same time (the default)")
    parser.add_argument("--repeats", type=int, default=1, help="the fastest counts (1)")
    parser.add_argument("--large", type=int, metavar="MB", help="also 2 files of MB, and curl")
    parser.add_argument("--sparse", type=int, metavar="MB", help="also 1 sparse file of MB")
    parser.add_argument(
        "--archives", type=int, metavar="MB", nargs="*", help="also archives of MB, and zip"
    )
    parser.add_argument("--json", metavar="FILE", help="write the results as JSON")
    return parser.parse_args()


def main() -> None:
    """Measure, and print results."""
    args = arguments()
    found: dict[str, object] = {"python": platform.python_version(), "files": args.files}
    for megabytes in args.archives or ():
        with tempfile.TemporaryDirectory() as folder:
            found[f"archives, {megabytes} MB"] = run_archives(Path(folder), megabytes, args.repeats)
        say(json.dumps(found[f"archives, {megabytes} MB"], indent=1))
    if args.delays or args.large or args.sparse:
        run_transfers(args, found)
    if args.json:
        Path(args.json).write_text(json.dumps(found, indent=1) + "\n")


def run_transfers(args: argparse.Namespace, found: dict[str, object]) -> None:
    """Measure what needs a server, and print tables."""
    names = tuple(f"file{i:03d}.bin" for i in range(args.files))
    with server() as rdm, tempfile.TemporaryDirectory() as folder:
        programs = tools(rdm, args.workers)
        for delay in (float(text) / 1000 for text in args.delays.split(",") if text):
            results = run_with_delay(
                programs,
                Path(folder),
                names,
                size=args.size,
                delay=delay,
                repeats=args.repeats,
            )
            found[f"delay {delay * 1000:.0f} ms"] = as_json(results)
            say(f"\n{args.files} files of {args.size} bytes, {delay * 1000:.0f} ms per request\n")
            say(table(results))
            say(f"\n{requests_table(results)}\n")
        if args.large:
            found["large"] = run_large(programs[0], Path(folder), args.large)
            say(json.dumps(found["large"], indent=1))
        if args.sparse:
            found["sparse"] = run_sparse(programs[0], Path(folder), args.sparse)
            say(json.dumps(found["sparse"], indent=1))


def as_json(results: Mapping[str, Mapping[str, Cost]]) -> object:
    """Return results as JSON."""
    return {
        scenario: {name: attrs.asdict(cost) for name, cost in costs.items()}
        for scenario, costs in results.items()
    }


if __name__ == "__main__":
    main()
