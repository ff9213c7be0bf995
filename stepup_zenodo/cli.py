"""The command line: arguments, wiring, exit status. The only module that prints."""

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from typing import NoReturn

from . import __version__
from .arguments import add_config_arguments, add_output_arguments, add_sync_arguments
from .changes import Changes
from .client import Client
from .desired import Desired
from .errors import Failure, Invalid
from .events import Event, FileStarted, Requested, Retrying, Waiting
from .journal import Journal, utc_now
from .jsontypes import Json
from .lock import one_writer
from .project import Project, check_ids, desired_of, load_project
from .protocol import FIRST_DELAY, MAX_ATTEMPTS
from .report import (
    Traffic,
    action_lines,
    changes_json,
    failure_json,
    kept_lines,
    outcome_json,
    outcome_lines,
    size_text,
)
from .state import load
from .sync import Outcome, Status, Sync
from .threeway import Choice
from .token import PRESENCE, Token, find_token

__all__ = ("main", "run_check", "run_declare", "run_sync")

ATTEMPTS = "STEPUP_ZENODO_ATTEMPTS"
"""Environment variable with the number of times that one thing is tried."""

RETRY_DELAY = "STEPUP_ZENODO_RETRY_DELAY"
"""Environment variable with the seconds before the first repetition; later ones wait longer."""

SETTLE = "STEPUP_ZENODO_SETTLE"
"""Environment variable with the seconds that an interrupted creation is looked for."""


class Output:
    """Prints, and hides the token wherever it might turn up.

    Parameters
    ----------
    args
        The options `json`, `verbose` and `quiet`.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self.json: bool = args.json
        self.verbose: bool = args.verbose
        self.quiet: bool = args.quiet or args.json
        self.secret = ""
        self.traffic = Traffic()
        self._lock = threading.Lock()

    def say(self, lines: Iterable[str], *, indent: str = "") -> None:
        """Print lines on standard output, unless asked to be quiet."""
        if not self.quiet:
            self._print(sys.stdout, lines, indent)

    def warn(self, lines: Iterable[str]) -> None:
        """Print lines on standard error."""
        self._print(sys.stderr, lines, "")

    def give(self, value: Json) -> None:
        """Print JSON on standard output."""
        self._print(sys.stdout, [json.dumps(value, indent=1, ensure_ascii=False)], "")

    def _print(self, stream: object, lines: Iterable[str], indent: str) -> None:
        for line in lines:
            safe = line.replace(self.secret, "...") if self.secret else line
            print(f"{indent}{safe}", file=stream, flush=True)  # type: ignore[call-overload]

    def listen(self, event: Event) -> None:
        """Count what is sent, and show what a person wants to know while waiting."""
        with self._lock:
            self.traffic = self.traffic.after(event)
        match event:
            case Waiting(seconds=seconds, reason=reason):
                self.say([f"waiting {seconds:.0f} s: {reason}"], indent="  ")
            case Retrying(what=what, reason=reason):
                self.say([f"trying again to {what}: {reason}"], indent="  ")
            case Requested(method=method, path=path, status=status) if self.verbose:
                self.say([f"{method} {path} {status or 'no answer'}"], indent="  ")
            case FileStarted(key=key, size=size, sending=False) if self.verbose:
                self.say([f"reading {key} ({size} bytes)"], indent="  ")
            case _:
                pass


@contextmanager
def _reporting(output: Output) -> Iterator[None]:
    """Turn an expected failure into a message and an exit status.

    The status goes through `SystemExit`,
    because StepUp ignores what a console script returns.
    """
    try:
        yield
    except Failure as exc:
        if output.json:
            output.give(failure_json(exc))
        else:
            first, *rest = exc.lines()
            output.warn([f"failed: {first}" if exc.message else first, *rest])
        raise SystemExit(exc.exit_status) from None


def run_sync(args: argparse.Namespace) -> None:
    """Carry out `sync`: make the record equal to the local files.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration or a file is not usable.
    """
    output = Output(args)
    with _reporting(output):
        project = load_project(
            args.config, args.files, args.description, args.endpoint, lenient=True
        )
        if "STEPUP_JOB_I" in os.environ:
            _amend(args.config, project)
        desired = desired_of(project, utc_now().date())
        token = find_token(project.path_token, os.environ)
        output.say(f"note: {note}" for note in project.notes)
        if token is None:
            if project.doubtful:
                raise Invalid(project.doubtful)
            _validated_only(output, project)
            return
        output.secret = token.secret
        output.say([f"{args.config} -> {project.endpoint}"])
        if token.warning:
            output.warn([token.warning])
        waiting = lambda text: output.say([text], indent="  ")  # noqa: E731
        with one_writer(project.path_record_id, waiting):
            sync = _connect(args, output, project, desired, token)
            check_ids(project, desired, sync.client)
            if args.dry_run:
                changes = sync.look()
                _show_changes(output, changes, project)
            else:
                _show_outcome(output, sync.run(), project)


def run_check(args: argparse.Namespace) -> None:
    """Carry out `check`: look for mistakes without asking the server.

    Raises
    ------
    SystemExit
        2 when there are mistakes.
    """
    output = Output(args)
    with _reporting(output):
        project = load_project(args.config, args.files, args.description, args.endpoint)
        desired = desired_of(project, utc_now().date())
        output.say(f"note: {note}" for note in project.notes)
        total = sum(file.size for file in desired.files.values())
        if output.json:
            output.give({"status": "valid", "files": [*desired.files], "bytes": total})
        else:
            output.say([f"valid: {args.config}, {len(desired.files)} files, {size_text(total)}"])


def _amend(config: str, project: Project) -> None:
    """Tell StepUp what this step reads, for those who declare the step by hand.

    Raises what StepUp raises when an input is not built yet: StepUp then runs the step later.
    """
    from stepup.core.api import amend

    amend(inp=[config, *project.inputs])


def _validated_only(output: Output, project: Project) -> None:
    """Report that there is no token, and let StepUp run the step again when there is one."""
    outcome = Outcome(Status.VALIDATED)
    path = project.path_token
    if "STEPUP_JOB_I" in os.environ:
        from stepup.core.api import amend, glob

        amend(env=PRESENCE)
        if path is not None:
            glob(escape(str(path)))
    if output.json:
        output.give(outcome_json(outcome, output.traffic, project.config.place))
        return
    output.say(outcome_lines(outcome, output.traffic))
    hint = "Set STEPUP_ZENODO_TOKEN"
    output.say([f"{hint}, or put a token into {path}." if path else f"{hint}, or add path_token."])


def _connect(
    args: argparse.Namespace, output: Output, project: Project, desired: Desired, token: Token
) -> Sync:
    client = Client(
        project.endpoint,
        token.secret,
        output.listen,
        attempts=max(1, int(_number(ATTEMPTS, MAX_ATTEMPTS))),
        first_delay=_number(RETRY_DELAY, FIRST_DELAY),
    )
    state = load(project.path_record_id).at(project.endpoint)
    return Sync(
        client=client,
        journal=Journal(project.path_record_id, project.endpoint, state),
        desired=desired,
        choice=Choice(ours=args.ours, theirs=args.theirs, prune=args.prune),
        cache=project.cache,
        workers=args.workers or project.config.workers,
        listener=output.listen,
        announce=lambda changes: _announce(output, changes),
        settle=_number(SETTLE, 30),
    )


def _number(variable: str, default: float) -> float:
    text = os.environ.get(variable, "")
    return float(text) if text.replace(".", "", 1).isdecimal() else default


def _announce(output: Output, changes: Changes) -> None:
    for action in changes.actions:
        output.say(action_lines(action), indent="  ")


def _show_changes(output: Output, changes: Changes, project: Project) -> None:
    if output.json:
        output.give(changes_json(changes, project.place))
        return
    output.warn(kept_lines(changes.kept, project.place))
    if changes.actions:
        output.say(["dry run, this would be done first:"])
        _announce(output, changes)
    else:
        output.say(["dry run: nothing to do"])


def _show_outcome(output: Output, outcome: Outcome, project: Project) -> None:
    if output.json:
        output.give(outcome_json(outcome, output.traffic, project.place))
        return
    output.warn(kept_lines(outcome.kept, project.place))
    output.say(outcome_lines(outcome, output.traffic))


def run_declare(args: argparse.Namespace) -> None:
    """Carry out `stepup sync-zenodo --declare`: add the step that synchronises.

    It runs as a step itself, and has only the configuration as input,
    so that an edit of the configuration does not run `plan.py` again.
    """
    from stepup.core.api import shq, step

    output = Output(args)
    with _reporting(output):
        project = load_project(
            args.config, args.files, args.description, args.endpoint, lenient=True
        )
        _refuse_dollars(project)
    words = ["stepup", "sync-zenodo"]
    words += ["--verbose"] if args.verbose else []
    words += ["--description", shq(args.description)] if args.description else []
    words += ["--", shq([args.config, *args.files])]
    step(
        " ".join(words),
        inp=[args.config, *project.inputs],
        resources=_resources(args.resources),
        duration=None if args.duration is None else float(args.duration),
    )


def _resources(text: str | None) -> dict[str, int] | str | None:
    if text is None or not text.startswith("{"):
        return text
    return {str(name): int(amount) for name, amount in json.loads(text).items()}


def _refuse_dollars(project: Project) -> None:
    """StepUp takes a dollar in the name of an input for a variable, and has no escape for it."""
    bad = [(listed, path) for listed, path in project.files if "$" in path]
    if bad:
        raise Invalid(
            tuple(
                project.problem(
                    listed,
                    f"{path!r} contains a dollar sign, which StepUp takes for a variable",
                    "rename the file, or run `stepup sync-zenodo` outside of StepUp",
                )
                for listed, path in bad
            )
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepup-zenodo", description="Keep Zenodo records equal to local files."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    summary = "make the record equal to the local files"
    sync = commands.add_parser("sync", help=summary, description=f"{summary.capitalize()}.")
    add_sync_arguments(sync)
    sync.set_defaults(run=run_sync)
    summary = "look for mistakes in the configuration and its files, without asking the server"
    check = commands.add_parser("check", help=summary, description=f"{summary.capitalize()}.")
    add_config_arguments(check)
    add_output_arguments(check)
    check.set_defaults(run=run_check)
    return parser


def main() -> NoReturn:
    """Run `stepup-zenodo`; the exit status is always given by `SystemExit`."""
    args = _parser().parse_args()
    try:
        args.run(args)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise SystemExit(130) from None
    raise SystemExit(0)
