"""The one module that prints, and that turns failures into messages and exit statuses."""

import contextlib
import json
import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from ..document.excerpt import Look, excerpt_lines
from ..errors import Failure, Refused, printable
from ..events import Event, FileStarted, Held, Listener, Requested, Retrying, Waiting, silent
from ..jsontypes import Json
from ..local.plainfiles import read_plain
from ..local.results import kept_results
from .report import failure_json
from .traffic import Traffic
from .values import marked_line

__all__ = ("Output", "confirm", "flush_quietly", "is_terminal", "reporting")

CLOSED_PIPE = 128 + signal.SIGPIPE
"""The exit status of a program whose output nobody reads any more, as shells tell it."""

LONGEST_ANSWER = 10_000
"""Most characters that a person types."""

LARGEST_SOURCE = 1_000_000
"""Most bytes of a file of which a line is shown."""

STYLES = re.compile("(\x1b\\[[0-9;]*m)")
"""What this program itself puts into lines for a terminal."""


class Output:
    """Prints, hides the token wherever it might turn up, and escapes what steers terminals.

    When nobody reads the output any more, or the disk is full, the work goes on:
    the exit status tells it at the end.

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
        self.lost: OSError | None = None
        self._lock = threading.Lock()

    def say(self, lines: Iterable[str], *, indent: str = "", marked: bool = False) -> None:
        """Print lines on standard output, unless asked to be quiet.

        Parameters
        ----------
        lines
            The lines.
        indent
            What they are to begin with.
        marked
            Whether some of them are marked as parts of values that come, go or change,
            which have colours on a terminal.
        """
        if self.quiet:
            return
        if marked and _has_colors(sys.stdout):
            lines = [marked_line(printable(line)) for line in lines]
            self._print(sys.stdout, lines, indent, styled=True)
        else:
            self._print(sys.stdout, lines, indent)

    def warn(self, lines: Iterable[str], *, styled: bool = False) -> None:
        """Print lines on standard error.

        Parameters
        ----------
        lines
            The lines.
        styled
            Whether they hold control sequences for colours, and texts that were escaped before.
        """
        self._print(sys.stderr, lines, "", styled=styled)

    def tell(self, answer: Json, lines: Iterable[str], warnings: Iterable[str] = ()) -> None:
        """Print a result: as JSON where that is asked for, else in words.

        Parameters
        ----------
        answer
            The result for programs.
        lines
            The same for people.
        warnings
            What people should know besides, which is said first.
        """
        if self.json:
            self.give(answer)
        else:
            self.warn(warnings)
            self.say(lines)

    def give(self, value: Json) -> None:
        """Print JSON on standard output."""
        text = json.dumps(value, indent=1, ensure_ascii=False)
        text = text.replace(self.secret, "...") if self.secret else text
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            text = json.dumps(json.loads(text), indent=1)
        self._write(sys.stdout, "".join(map(_json_character, text)))

    def ask(self, question: str) -> str:
        """Ask a person and return the answer without white space around it.

        It is empty when nobody answers. The question goes to standard error,
        so that it is seen when the output goes elsewhere.
        """
        self._write(sys.stderr, printable(question), end="")
        try:
            return sys.stdin.readline(LONGEST_ANSWER).strip()
        except UnicodeDecodeError:
            return ""

    def _print(
        self, stream: TextIO, lines: Iterable[str], indent: str, *, styled: bool = False
    ) -> None:
        for line in lines:
            text = line.replace(self.secret, "...") if self.secret else line
            parts = STYLES.split(text) if styled else [text]
            # Every second part is a control sequence.
            safe = [part if index % 2 else printable(part) for index, part in enumerate(parts)]
            self._write(stream, f"{indent}{''.join(safe)}")

    def _write(self, stream: TextIO | None, text: str, end: str = "\n") -> None:
        """Write a text, unless nobody reads it."""
        if stream is None:
            return
        encoding = getattr(stream, "encoding", None) or "utf-8"
        text = text.encode(encoding, "backslashreplace").decode(encoding)
        try:
            stream.write(f"{text}{end}")
            stream.flush()
        except OSError as exc:
            if stream is sys.stdout:
                self.lost = self.lost or exc
            give_up(stream)

    def listen(self, event: Event) -> None:
        """Count what is sent, and show what a person wants to know while waiting."""
        with self._lock:
            self.traffic = self.traffic.after(event)
        self.progress(event)
        match event:
            case Waiting(seconds=seconds, reason=reason):
                self.say([f"waiting {seconds:.0f} s: {printable(reason)}"], indent="  ")
            case Held(reason=reason):
                self.say([f"waiting: {printable(reason)}"], indent="  ")
            case Retrying(what=what, reason=reason):
                self.say([f"trying again to {printable(what)}: {printable(reason)}"], indent="  ")
            case Requested(method=method, path=path, status=status) if self.verbose:
                self.say([f"{method} {path} {status or 'no answer'}"], indent="  ")
            case FileStarted(key=key, size=size) if self.verbose and event.verb == "reading":
                self.say([f"reading {printable(key)} ({size} bytes)"], indent="  ")
            case _:
                pass


def confirm(
    output: Output, what: str, word: str, act: str, done: str, *, always: bool = False
) -> None:
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
    always
        Whether it has to be typed in any case.

    Raises
    ------
    Refused
        When something else is typed.
    """
    answer = output.ask(f"Type the {what}, {word}, to {act} it: ")
    if answer != word:
        found = f"{answer!r} was typed" if answer else "nothing was typed"
        skipping = "" if always else f" Use --yes to {act} without being asked."
        raise Refused(f"Nothing was {done}, because {found} instead of {word!r}.{skipping}")


@contextmanager
def reporting(output: Output) -> Iterator[None]:
    """Turn an expected failure into a message and an exit status.

    The status goes through `SystemExit`,
    because StepUp ignores what a console script returns.
    """
    try:
        with kept_results():
            yield
    except Failure as exc:
        if output.json:
            output.give(failure_json(exc))
        else:
            first, *rest = _lines(exc)
            shown = [f"failed: {first}" if exc.message else first, *rest]
            output.warn(shown, styled=is_terminal(sys.stderr))
        raise SystemExit(exc.exit_status) from None
    if isinstance(output.lost, BrokenPipeError):
        raise SystemExit(CLOSED_PIPE)
    if output.lost is not None:
        output.warn([f"failed: The output could not be written: {output.lost.strerror}."])
        raise SystemExit(1)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is shown to somebody; it is missing when it was closed before."""
    return stream is not None and stream.isatty()


def _has_colors(stream: TextIO | None) -> bool:
    """Return whether a stream is shown in colours, unless somebody does not want any."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return is_terminal(stream) and not unwanted


def give_up(stream: TextIO) -> None:
    """Let everything that is written to a stream from now on go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def flush_quietly() -> None:
    """Write out what is left at the end of the program, if anybody reads it."""
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except OSError:
            give_up(sys.stdout)


def _json_character(char: str) -> str:
    """Return a character of a JSON text; what steers terminals as JSON escapes it."""
    return char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1]


def _lines(failure: Failure) -> list[str]:
    """Return what to print: with excerpts of files on a terminal, else a line for each problem."""
    if not is_terminal(sys.stderr):
        return failure.lines()
    look = Look(shutil.get_terminal_size().columns, color=_has_colors(sys.stderr))
    return excerpt_lines(failure, _source, look)


def _source(path: str) -> str | None:
    try:
        return read_plain(path, LARGEST_SOURCE).decode(errors="replace")
    except (OSError, ValueError):
        return None
