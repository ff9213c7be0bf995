"""The command `cite`: write what documents say about the records that were fetched."""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import Invalid, Problem, Refused
from ..jsontypes import Json
from ..local.boundary import refuse_outside
from ..local.pins import Pin, folders_here, load_pin, pin_path
from ..local.plainfiles import read_plain
from ..local.storage import write_or_refuse
from ..release.citation import Citation, citation_of
from ..release.doi import SUFFIXES, output_problems
from ..release.inputs import is_rendered_inputs, rendered_inputs
from ..reporting.output import reporting
from ..session.building import is_output_of_step
from .arguments import add_output_arguments, output_of

__all__ = ("add_commands", "run_cite")

LARGEST = 10_000_000
"""Most bytes of an output that are looked at to tell who wrote it."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "write what documents say about the records that were fetched"
    parser = commands.add_parser(
        "cite",
        help=summary,
        description=f"{summary.capitalize()}: DOIs, versions, and entries of a bibliography. "
        "The pins tell all of it, so that no server is asked.",
    )
    parser.add_argument(
        "folders",
        metavar="FOLDER",
        nargs="*",
        help="a folder that was fetched, by default all whose pins are in the current folder",
    )
    parser.add_argument(
        "--to",
        metavar="OUT",
        action="append",
        default=[],
        help="a file to be written instead of printing a bibliography; may be given several times; "
        f"its extension tells the format: {', '.join(SUFFIXES)}",
    )
    add_output_arguments(parser)
    parser.set_defaults(run=run_cite)


def run_cite(args: argparse.Namespace) -> None:
    """Carry out `cite`.

    Raises
    ------
    SystemExit
        1 when a pin is missing, 2 when the name of an output is not usable.
    """
    output = output_of(args)
    with reporting(output):
        problems = output_problems(args.to)
        if problems:
            raise Invalid(problems)
        inputs = {name: _citation(pin) for name, pin in _pins(args.folders or folders_here())}
        for path in args.to:
            refuse_outside(path, "--to")
            _refuse_foreign(path)
        for path in args.to:
            write_or_refuse(Path(path), rendered_inputs(path, inputs))
        if output.json:
            dois: dict[str, Json] = {name: item.doi or None for name, item in inputs.items()}
            output.give({"inputs": dois, "written": [*args.to]})
        elif args.to:
            output.say([f"{path}: written" for path in args.to], indent="  ")
        else:
            output.say(rendered_inputs("inputs.bib", inputs).splitlines()[1:])


def _refuse_foreign(path: str) -> None:
    """Raise when an output is there already, and was written by somebody else.

    In a build, StepUp looks after the outputs of the step.

    Raises
    ------
    Invalid
        With the path.
    """
    if not os.path.lexists(path) or is_output_of_step(path):
        return
    try:
        ours = is_rendered_inputs(path, read_plain(path, LARGEST))
    except OSError:
        ours = False
    if not ours:
        message = f'"{path}" is there already, and was not written by this command'
        raise Invalid((Problem(message, "--to", hint="move it away, or give another name"),))


def _pins(folders: Iterable[str]) -> list[tuple[str, Pin]]:
    """Return the pins of folders, by the names of the folders.

    Raises
    ------
    Invalid
        When two folders have the same name, by which documents would call them.
    Refused
        When there is no pin.
    """
    found: dict[str, tuple[str, Pin]] = {}
    for folder in folders:
        path = pin_path(Path(folder))
        pin = load_pin(path)
        if pin is None:
            raise Refused(
                f"{folder} was not fetched: there is no {path}. "
                "Fetch it with `stepup-zenodo fetch`, or in plan.py with fetch_zenodo."
            )
        name = Path(folder).resolve().name
        other, _ = found.setdefault(name, (folder, pin))
        if other != folder:
            message = f'"{other}" and "{folder}" have the same name'
            hint = "documents call them by it, so rename one, or write two files"
            raise Invalid((Problem(message, "FOLDER", hint=hint),))
    return [(name, pin) for name, (_, pin) in found.items()]


def _citation(pin: Pin) -> Citation:
    return citation_of(
        {f"metadata.{name}": value for name, value in pin.metadata.items()},
        pin.doi,
        concept_doi=pin.concept_doi,
        record=pin.record,
        url=f"{pin.endpoint.removesuffix('/api')}/records/{pin.record}",
    )
