"""The one module that prints, and that turns failures into messages and exit statuses."""

import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..document.excerpt import Look, excerpt_lines
from ..errors import Failure, Refused, printable
from ..events import Event, FileStarted, Listener, Requested, Retrying, Waiting, silent
from ..jsontypes import Json
from .report import failure_json
from .traffic import Traffic

__all__ = ("Output", "confirm", "reporting")

CONTROLS = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that steer terminals, and that JSON does not escape by itself."""


class Output:
    """Prints, and hides the token wherever it might turn up.

    Parameters
    ----------
    json
        Whether to print nothing but the result, as JSON.
    verbose
        Whether to show every request.
    quiet
        Whether to show warnings and errors only.
    """

    def __init__(self, *, json: bool = False, verbose: bool = False, quiet: bool = False) -> None:
        self.json = json
        self.verbose = verbose
        self.quiet = quiet or json
        self.secret = ""
        self.traffic = Traffic()
        self.progress: Listener = silent
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
        text = json.dumps(value, indent=1, ensure_ascii=False)
        self._print(sys.stdout, [CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)], "")

    def ask(self, question: str) -> str:
        """Ask a person and return the answer without white space around it.

        It is empty when nobody answers. The question goes to standard error,
        so that it is seen when the output goes elsewhere.
        """
        print(question, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()

    def _print(self, stream: object, lines: Iterable[str], indent: str) -> None:
        for line in lines:
            safe = line.replace(self.secret, "...") if self.secret else line
            print(f"{indent}{safe}", file=stream, flush=True)  # type: ignore[call-overload]

    def listen(self, event: Event) -> None:
        """Count what is sent, and show what a person wants to know while waiting."""
        with self._lock:
            self.traffic = self.traffic.after(event)
        self.progress(event)
        match event:
            case Waiting(seconds=seconds, reason=reason):
                self.say([f"waiting {seconds:.0f} s: {printable(reason)}"], indent="  ")
            case Retrying(what=what, reason=reason):
                self.say([f"trying again to {printable(what)}: {printable(reason)}"], indent="  ")
            case Requested(method=method, path=path, status=status) if self.verbose:
                self.say([f"{method} {path} {status or 'no answer'}"], indent="  ")
            case FileStarted(key=key, size=size, sending=False) if self.verbose:
                self.say([f"reading {printable(key)} ({size} bytes)"], indent="  ")
            case _:
                pass


def confirm(output: Output, what: str, word: str, act: str, done: str) -> None:
    """Let a person type a word before something that cannot be undone.

    Parameters
    ----------
    output
        Asks.
    what
        What the word is, e.g. `version`.
    word
        What has to be typed.
    act, done
        The verb of what is going to happen, in two forms, e.g. `publish` and `published`.

    Raises
    ------
    Refused
        When something else is typed.
    """
    answer = output.ask(f"Type the {what}, {word}, to {act} it: ")
    if answer != word:
        found = f"{answer!r} was typed" if answer else "nothing was typed"
        raise Refused(
            f"Nothing was {done}, because {found} instead of {word!r}. "
            f"Use --yes to {act} without being asked."
        )


@contextmanager
def reporting(output: Output) -> Iterator[None]:
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
            first, *rest = _lines(exc)
            output.warn([f"failed: {first}" if exc.message else first, *rest])
        raise SystemExit(exc.exit_status) from None


def _lines(failure: Failure) -> list[str]:
    """Return what to print: with excerpts of files on a terminal, else a line for each problem."""
    if not sys.stderr.isatty():
        return failure.lines()
    color = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    look = Look(shutil.get_terminal_size().columns, color=color)
    return excerpt_lines(failure, _source, look)


def _source(path: str) -> str | None:
    try:
        return Path(path).read_bytes().decode(errors="replace")
    except (OSError, ValueError):
        return None
