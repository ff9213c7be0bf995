"""The command `archive`: make a zip file of a folder, the same bytes for the same files."""

import argparse
import os
import shlex
from pathlib import Path

from ..archive.contents import Listing, Rules, Selection, excluder, rule_words
from ..archive.zipwriter import Written, look_at
from ..errors import Invalid, Problem
from ..jsontypes import Json
from ..local.boundary import project_folder
from ..reporting.output import Output, reporting
from ..reporting.report import size_text
from ..session.archiving import check_target, made, prefix_of, selected
from ..session.building import in_build, inputs_of_step
from ..text.counting import counted
from .arguments import output_of
from .stepoptions import StepOptions, add_step_arguments, step_options

__all__ = ("add_commands", "declare_archive", "run_archive")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "make a zip file of a folder, the same bytes for the same files"
    parser = commands.add_parser(
        "archive",
        help=summary,
        description=f"{summary.capitalize()}. Only names and contents count: times, permissions "
        "and the order of the files are not kept. Symbolic links to files are followed.",
    )
    parser.add_argument("folder", metavar="FOLDER", help="the folder")
    parser.add_argument("out", metavar="OUT.zip", help="the zip file, not inside the folder")
    _add_rules(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("-v", "--verbose", action="store_true", help="list the files")
    output.add_argument("-q", "--quiet", action="store_true", help="show warnings and errors only")
    parser.add_argument("--inputs", action="store_true", help=argparse.SUPPRESS)
    add_step_arguments(parser)
    parser.set_defaults(run=run_archive)


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--exclude",
        metavar="PATTERN",
        action="append",
        default=[],
        help='leave out what matches, e.g. "*.log" or "raw/**/*.tmp"; may be given several times',
    )
    parser.add_argument(
        "--prefix",
        metavar="NAME",
        help='folder inside the zip file that holds everything, "" for none; '
        "default is the name of FOLDER",
    )
    parser.add_argument(
        "--manifest",
        metavar="NAME",
        help="add a list of checksums, e.g. SHA256SUMS, for `sha256sum --check`",
    )
    parser.add_argument(
        "--store",
        action="store_true",
        help="do not compress: the same bytes with every version of the compression library",
    )


def run_archive(args: argparse.Namespace) -> None:
    """Carry out `archive`: make a zip file of a folder.

    As a step of StepUp it has two more forms, which the function `archive` of the API uses.
    With `--declare`, it finds the files and adds the step that archives them.
    With `--inputs`, it archives the inputs of its step, whatever else is in the folder.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when something cannot be archived.
    """
    output = output_of(args)
    with reporting(output):
        folder, target = Path(args.folder), Path(args.out)
        prefix = prefix_of(args.folder) if args.prefix is None else args.prefix
        rules = Rules(prefix, tuple(args.exclude), args.manifest, args.store)
        check_target(folder, target, whole=not args.inputs)
        top = project_folder(folder / "x", os.environ)
        found = _inputs(folder, rules) if args.inputs else None
        selection = selected(folder, target, rules, top, found=found)
        output.warn(f"note: {note}" for note in selection.notes if not args.declare)
        paths = [os.path.join(args.folder, entry.path) for entry in selection.entries]
        if args.declare:
            words = rule_words(args.exclude, args.prefix, args.manifest, store=args.store)
            declare_archive(args.folder, args.out, paths, words, step_options(args))
            return
        if in_build() and not args.inputs:
            from stepup.core.api import amend

            amend(inp=paths)
        written = made(target, folder, selection, rules)
        _show(output, args, selection, written)


def _show(output: Output, args: argparse.Namespace, selection: Selection, written: Written) -> None:
    if output.json:
        names: list[Json] = [entry.name for entry in selection.entries]
        output.give({"status": "archived", "files": names, "size": written.size})
        return
    if output.verbose:
        output.say((entry.name for entry in selection.entries), indent="  ")
    files = f"{counted(len(selection.entries), 'file')} ({size_text(written.content)})"
    output.say([f"archived: {files} of {args.folder} in {args.out} ({size_text(written.size)})"])


def _inputs(folder: Path, rules: Rules) -> list[Listing]:
    """Return what is to be archived when the inputs of the step are."""
    excluded = excluder(rules.exclude)
    paths = [os.path.relpath(path, folder) for path in inputs_of_step()]
    return [look_at(folder, path) for path in paths if not excluded(path)]


def declare_archive(
    folder: str, out: str, paths: list[str], words: tuple[str, ...], options: StepOptions
) -> None:
    """Add the step that archives, and run again when the set of files changes.

    Parameters
    ----------
    folder, out
        The folder and the zip file, from the current folder.
    paths
        The files, from the current folder.
    words
        The options of the command.
    options
        What the step needs.

    Raises
    ------
    Invalid
        When StepUp cannot have one of the files as an input.
    """
    from stepup.core.api import glob, shq, step
    from stepup.core.exceptions import GraphError

    dollars = [path for path in paths if "$" in path]
    if dollars:
        message = "contains a dollar sign, which StepUp takes for a variable"
        hint = "rename the file, or run `stepup-zenodo archive` outside of StepUp"
        raise Invalid(tuple(Problem(f'"{path}" {message}', hint=hint) for path in dollars))
    try:
        glob(os.path.join(folder, "**"))
    except GraphError:
        hint = f"call archive({folder!r}, {out!r}, files) in plan.py, and list {out!r} in paths"
        raise Invalid((Problem(f'"{folder}" holds files that steps make', hint=hint),)) from None
    command = shlex.join(["stepup-zenodo", "archive", *words, "--inputs", "--"])
    step(f"{command} {shq([folder, out])}", inp=paths, out=[out], **options)
