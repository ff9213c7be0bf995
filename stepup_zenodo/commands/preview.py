"""The command `preview`: what readers of the repository will see, as a page for a browser."""

import argparse
import webbrowser
from pathlib import Path

from ..config.configuration import Config
from ..deposit.asking import page_now
from ..errors import Invalid, Problem, Refused
from ..local.storage import write_atomically
from ..preview.html import MARK, page_html
from ..preview.page import Page
from ..reporting.output import Output, reporting
from ..session.opening import opened
from ..session.options import Target
from ..session.project import Project
from ..sync.journal import utc_now
from .arguments import add_output_arguments, add_record_arguments, options_of, output_of

__all__ = ("add_commands", "is_preview", "path_of_page", "run_preview", "write_page")

_SUFFIXES = (".htm", ".html")
_HEAD = 1000  # bytes of a file in which the mark of a preview must be


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "write a page that shows what readers will see"
    preview = commands.add_parser(
        "preview",
        help=summary,
        description="Write a page for your browser that shows the record as the server keeps it: "
        "what readers will see when it is published. Nothing is changed on the server.",
    )
    add_record_arguments(preview)
    preview.add_argument(
        "-o",
        "--out",
        metavar="FILE",
        help="the page, ends in .html; by default CONFIG with .preview.html as extension",
    )
    preview.add_argument("--open", action="store_true", help="show the page in your browser")
    add_output_arguments(preview)
    preview.set_defaults(run=run_preview)


def run_preview(args: argparse.Namespace) -> None:
    """Carry out `preview`.

    Raises
    ------
    SystemExit
        1 when there is no record, when something else would be overwritten,
        or when there is no browser; 2 when the configuration or the name is not usable.
    """
    output = output_of(args)
    with reporting(output):
        path = path_of_page(args)
        target = Target(str(path), "--out", is_preview)
        record = opened(options_of(args, targets=(target,)), output)
        page = page_now(record)
        write_page(path, page, record.project)
        _tell(args, output, path, page)
        if args.open:
            _show(path)


def is_preview(data: bytes, config: Config) -> bool:
    """Return whether a file is a page that may be replaced, from its content."""
    del config
    return MARK.encode() in data[:_HEAD]


def path_of_page(args: argparse.Namespace) -> Path:
    """Return where the page goes.

    Raises
    ------
    Invalid
        When its name is not that of a page.
    """
    path = Path(args.config).with_suffix(".preview.html") if args.out is None else Path(args.out)
    if path.suffix.lower() not in _SUFFIXES:
        hint = "give a name that ends in .html"
        raise Invalid((Problem(f"{path} cannot be written as a page", "--out", hint=hint),))
    return path


def write_page(path: Path, page: Page, project: Project) -> None:
    """Write a page.

    Raises
    ------
    Refused
        When the file cannot be written.
    """
    server = project.endpoint.removesuffix("/api")
    text = page_html(page, server, f"{utc_now():%Y-%m-%d %H:%M} UTC")
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
        write_atomically(path, text)
    except OSError as exc:
        raise Refused(f"{path} cannot be written: {exc.strerror}.") from None


def _tell(args: argparse.Namespace, output: Output, path: Path, page: Page) -> None:
    if output.json:
        output.give(
            {
                "status": "written",
                "file": str(path),
                "record": page.id,
                "state": page.state,
                "is_public": page.is_public,
            }
        )
        return
    kind = "record" if page.is_public else "draft"
    output.say([f"{args.config}: {kind} {page.id} is shown in {path}"])


def _show(path: Path) -> None:
    if not webbrowser.open(path.resolve().as_uri()):
        raise Refused(
            f"No browser was found to show {path}. "
            "Open it yourself, or name a browser in the environment variable BROWSER."
        )
