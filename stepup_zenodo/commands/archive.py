"""The command `archive`: make a zip file of a folder, the same bytes for the same files."""

import argparse
import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_cache_path

from ..archive.contents import Listing, Nature, Rules, Selection, excluder, rule_words, select
from ..archive.zipwriter import Written, is_written_here, look_at, walk, write_zip
from ..errors import Invalid, Problem
from ..jsontypes import Json
from ..local.boundary import outside, passes, project_folder, secret_at
from ..reporting.output import Output, reporting
from ..reporting.report import counted, size_text
from ..session.building import in_build, inputs_of_step, is_output_of_step
from .arguments import output_of
from .stepoptions import add_step_arguments, step_options

__all__ = ("add_commands", "run_archive")

SUFFIX = ".zip"


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
        rules = Rules(_prefix(args), tuple(args.exclude), args.manifest, args.store)
        _check_target(folder, target, whole=not args.inputs)
        top = project_folder(folder / "x", os.environ)
        _check_free(target, top)
        found = list(_found(folder, rules, inputs=args.inputs))
        _refuse_itself(folder, target, found)
        _refuse_private(folder, top, found)
        selection = select(found, rules)
        output.warn(f"note: {note}" for note in selection.notes if not args.declare)
        paths = [os.path.join(args.folder, entry.path) for entry in selection.entries]
        if args.declare:
            _declare(args, paths)
            return
        if in_build() and not args.inputs:
            from stepup.core.api import amend

            amend(inp=paths)
        cache = user_cache_path("stepup-zenodo")
        written = write_zip(target, folder, selection, rules, cache)
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


def _prefix(args: argparse.Namespace) -> str:
    """Return the folder inside the archive: as given, or named as the folder is written."""
    if args.prefix is not None:
        return str(args.prefix)
    name = os.path.basename(os.path.normpath(args.folder))
    # The name of the current folder differs from machine to machine.
    return "" if name in (".", "..") else name


def _check_target(folder: Path, target: Path, *, whole: bool) -> None:
    """Refuse what is not meant to be a zip file, and an archive that would contain itself."""
    if target.suffix.lower() != SUFFIX:
        message = f'"{target}" is not the name of a zip file'
        raise Invalid((Problem(message, hint=f"expected a name that ends in {SUFFIX}"),))
    if whole and not folder.is_dir():
        raise Invalid((Problem(f'"{folder}" is not a folder', hint="expected one that exists"),))
    if whole and _real(target).is_relative_to(_real(folder)):
        message = f'"{target}" is inside the folder that is archived'
        raise Invalid((Problem(message, hint="write the zip file elsewhere"),))


def _check_free(target: Path, top: Path) -> None:
    """Refuse to replace something else than an archive, or to follow a link out of the project."""
    path = str(target)
    real = outside(path, top)
    if real and passes(path, top):
        message = f"{target} leads to {real}, which is outside of the project {top}"
        raise Invalid((Problem(message, "OUT", hint="give another name"),))
    if not os.path.lexists(target) or is_written_here(target) or is_output_of_step(path):
        return
    message = f'"{target}" is there already, and was not written by this command'
    raise Invalid((Problem(message, "OUT", hint="move it away, or give another name"),))


def _refuse_private(folder: Path, top: Path, found: Iterable[Listing]) -> None:
    """Refuse files that lie outside of the project, and those that nobody wants to publish."""
    problems: dict[str, Problem] = {}
    for item in found:
        if item.nature is not Nature.FILE:
            continue
        path = os.path.join(folder, item.path)
        real = outside(path, top)
        secret = secret_at(path, top)
        if real:
            message = f"{path} leads to {real}, which is outside of the project {top}"
            hint = "exclude it, or put the file itself there"
            problems[message] = Problem(message, hint=hint)
        elif secret:
            first = item.path.partition("/")[0]
            hint = f"leave it out with --exclude {shlex.quote(first)}, or move it away"
            message = f'"{path}" {secret}, which nobody should publish'
            # A folder can hold thousands for the same reason, and one exclusion is enough.
            problems.setdefault(f"{secret} {first}", Problem(message, hint=hint))
    if problems:
        raise Invalid(tuple(problems.values()))


def _real(path: Path) -> Path:
    """Return a path without symbolic links, also where these form a loop."""
    return Path(os.path.realpath(path))


def _refuse_itself(folder: Path, target: Path, found: Iterable[Listing]) -> None:
    if _real(target) in {_real(folder / item.path) for item in found}:
        raise Invalid((Problem(f'"{target}" is one of the files that are to be archived'),))


def _found(folder: Path, rules: Rules, *, inputs: bool) -> Iterable[Listing]:
    """Return what is to be archived: all of the folder, or the inputs of the step."""
    excluded = excluder(rules.exclude)
    if not inputs:
        return walk(folder, excluded)
    paths = [os.path.relpath(path, folder) for path in inputs_of_step()]
    return [look_at(folder, path) for path in paths if not excluded(path)]


def _declare(args: argparse.Namespace, paths: list[str]) -> None:
    """Add the step that archives, and run again when the set of files changes."""
    from stepup.core.api import glob, shq, step

    dollars = [path for path in paths if "$" in path]
    if dollars:
        message = "contains a dollar sign, which StepUp takes for a variable"
        hint = "rename the file, or run `stepup-zenodo archive` outside of StepUp"
        raise Invalid(tuple(Problem(f'"{path}" {message}', hint=hint) for path in dollars))
    glob(os.path.join(args.folder, "**"))
    words = rule_words(args.exclude, args.prefix, args.manifest, store=args.store)
    command = ["stepup-zenodo", "archive", *words, "--inputs", "--"]
    step(
        f"{shlex.join(command)} {shq([args.folder, args.out])}",
        inp=paths,
        out=[args.out],
        **step_options(args),
    )
