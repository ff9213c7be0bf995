"""The commands `init` and `schema`, which help to write a configuration."""

import argparse
import json
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..config.access import embargo_problems
from ..config.configuration import ID_FILE
from ..config.file import parse_config
from ..config.schema import schema_text
from ..config.template import SCHEMA_NAME, STARTER, without_mistakes
from ..document.nodes import ScalarNode
from ..document.parse import MAX_SIZE, read_document
from ..errors import Invalid, Problem, Refused
from ..local.plainfiles import read_plain
from ..local.state import load_sources
from ..reporting.output import Output, reporting
from ..sync.journal import utc_now
from ..takeover.citationcff import from_citation
from ..takeover.codemeta import from_codemeta
from ..takeover.common import ABSTRACT, Taken, summed_up
from ..takeover.pyprojecttoml import NoPackage, from_pyproject
from ..takeover.zenodojson import from_zenodo_json
from .arguments import add_output_arguments, output_of
from .surroundings import lines_for_gitignore, with_files

__all__ = ("add_commands", "run_init", "run_schema")

LARGEST = 10_000_000
"""Most bytes that are read of a file about the work."""

_READMES = ("README.md", "readme.md", "README.html")
_OTHER_READMES = ("README.rst", "README.txt", "README.adoc", "README.org", "README")
_MARKUP = (".md", ".markdown", ".html", ".htm")

FILES = "Remove the # before paths in it, and before the files that belong into the record."
"""What to do about the files of the folder, which are comments."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    summary = "write a new configuration with explanations"
    init = commands.add_parser(
        "init",
        help=summary,
        description=f"{summary.capitalize()}, and beside it the JSON Schema for editors. "
        "Nothing is overwritten.",
    )
    init.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        default="zenodo.yaml",
        help="the configuration to be written, by default zenodo.yaml",
    )
    init.add_argument(
        "--from",
        dest="source",
        metavar="FILE",
        help="take over a CITATION.cff, .zenodo.json, codemeta.json or pyproject.toml",
    )
    add_output_arguments(init)
    init.set_defaults(run=run_init)
    summary = "print the JSON Schema of the configuration, for editors"
    schema = commands.add_parser("schema", help=summary, description=f"P{summary[1:]}.")
    schema.set_defaults(run=run_schema)


def run_schema(args: argparse.Namespace) -> None:
    """Carry out `schema`: print the JSON Schema."""
    del args
    output = Output()
    with reporting(output):
        output.say(schema_text().splitlines())


def run_init(args: argparse.Namespace) -> None:
    """Carry out `init`: write a new configuration.

    Raises
    ------
    SystemExit
        1 when a file would be overwritten, 2 when the other file cannot be used.
    """
    output = output_of(args)
    with reporting(output):
        target = Path(args.path)
        _check_target(target)
        taken = _starter() if args.source is None else _take(args.source)
        _place_readme(taken, target.parent, args.source)
        taken_id = _place_record_id(taken, target)
        text, removed = without_mistakes(taken.config, target.name)
        text, outdated = _without_old_embargo(taken.config, text, target.name)
        said = summed_up([*removed, *outdated])
        left = [*said, *taken.left(said)]
        guessed = taken.guessed()
        whole = with_files(text, target.parent, [target.name])
        _write(target, whole)
        outdated_schema = _write_schema(target.with_name(SCHEMA_NAME))
        path_record_id = target.parent / taken.config.get("path_record_id", ID_FILE)
        ignore = lines_for_gitignore(path_record_id)
        answer = {"status": "written", "file": args.path}
        if output.json:
            output.give({**answer, "left_out": [*left], "guessed": [*guessed]})
            return
        output.say([f"written: {args.path}"])
        output.warn(f"not taken over: {line}" for line in left)
        output.warn(f"please check: {line}" for line in guessed)
        output.warn(outdated_schema)
        output.say(taken_id)
        if ignore:
            output.say(["For version control, add to .gitignore:"])
            output.say(ignore, indent="  ")
        output.say([FILES] if whole != text else [])
        output.say([f"Edit it, then look for errors: stepup-zenodo check {args.path}"])


def _check_target(target: Path) -> None:
    if target.suffix.lower() not in (".yaml", ".yml"):
        hint = "give a name that ends in .yaml"
        raise Invalid((Problem(f"{target} cannot be written as YAML", "PATH", hint=hint),))
    if target.exists() or target.is_symlink():
        raise Refused(f"{target} is there already. Give another name, or move it away.")


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Refused(f"{path} is there already. Give another name, or move it away.") from None
    except OSError as exc:
        message = f"{path} cannot be written: {exc.strerror}"
        raise Invalid((Problem(message),)) from None


def _write_schema(path: Path) -> tuple[str, ...]:
    """Write the JSON Schema, or return what to do about one of another version."""
    if not path.exists():
        _write(path, schema_text())
    elif not _holds(path, schema_text()):
        return (f"{path} is of another version. To renew it: stepup-zenodo schema > {path}",)
    return ()


def _holds(path: Path, text: str) -> bool:
    data = text.encode()
    try:
        return read_plain(path, len(data) + 1) == data
    except OSError:
        return False


def _starter() -> Taken:
    taken = Taken()
    taken.metadata.update(STARTER)
    return taken


def _take(source: str) -> Taken:
    """Read a file about the work, whose name tells what kind it is."""
    path = Path(source)
    name = path.name.lower()
    try:
        text = read_plain(path, LARGEST).decode("utf-8-sig")
        if name.endswith(".cff"):
            return from_citation(_mapping(yaml.load(text, _Texts)))  # noqa: S506
        if name.endswith(".toml"):
            return from_pyproject(_mapping(tomllib.loads(text)))
        if name.endswith(".json"):
            data = _mapping(_json(text))
            reader: Callable[[Mapping[str, Any]], Taken]
            reader = from_codemeta if "@context" in data else from_zenodo_json
            return reader(data)
    except OSError as exc:
        message = f"{source} cannot be read: {exc.strerror}"
    except NoPackage:
        message = f"{source} says nothing about a package: it has no table [project]"
    except (ValueError, RecursionError, yaml.YAMLError) as exc:
        reason = " ".join(str(exc).split()) or type(exc).__name__
        message = f"{source} is not written correctly: {reason}"
    else:
        message = f"the name of {source} does not tell what kind of file it is"
    hint = "it can be a CITATION.cff, .zenodo.json, codemeta.json or pyproject.toml"
    raise Invalid((Problem(message, "--from", hint=hint),))


class _Texts(yaml.BaseLoader):
    """Reads all values of YAML as texts, and no key twice: one of both values would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping, unless a key is there twice."""
        _check_keys([str(key.value) for key, _ in node.value])
        return super().construct_mapping(node, deep)


def _json(text: str) -> object:
    def object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
        _check_keys([key for key, _ in pairs])
        return dict(pairs)

    as_text: dict[str, Any] = {"parse_int": str, "parse_float": str, "parse_constant": str}
    return json.loads(text, object_pairs_hook=object_of, **as_text)


def _check_keys(keys: list[str]) -> None:
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise ValueError(f'the key "{twice}" is there twice')


def _mapping(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError("it holds no mapping from keys to values")  # noqa: TRY004
    return {str(key): value for key, value in data.items()}


def _place_readme(taken: Taken, folder: Path, source: str | None) -> None:
    """Use a README that is there as description, and keep the other description beside it."""
    readme = _readme_beside(taken, folder)
    if taken.readme is not None and source is not None:
        where, name = taken.readme
        path = Path(source).parent / name
        if path.suffix.lower() in _MARKUP and path.is_file():
            readme = os.path.relpath(path, folder)
        else:
            taken.leave(where, "it is no file in Markdown or HTML", name)
    if readme and taken.keeps_description and "description" in taken.metadata:
        why = f"the description is kept; to use the file instead, write path_readme: {readme}"
        taken.leave(readme, why)
    elif readme:
        taken.put_top("path_readme", readme)
        description = taken.metadata.pop("description", "")
        if description not in taken.metadata.get("title", ""):
            abstract = {"description": description, "type": ABSTRACT}
            taken.add("additional_descriptions", [abstract])


def _readme_beside(taken: Taken, folder: Path) -> str:
    """Return the name of a README in the folder, and say so if only others are there."""
    if found := next((name for name in _READMES if (folder / name).is_file()), ""):
        return found
    others = (name for name in _OTHER_READMES if (folder / name).is_file())
    if (other := next(others, "")) and taken.readme is None:
        taken.leave(other, "it is no file in Markdown or HTML")
    return ""


def _place_record_id(taken: Taken, target: Path) -> tuple[str, ...]:
    """Name a record id file that no other configuration uses, and say so if it is not the usual.

    Two configurations with one id file would be two descriptions of one record.
    """
    usual = target.parent / ID_FILE
    beside = sorted(target.parent.iterdir()) if target.parent.is_dir() else ()
    others = (path for path in beside if _may_remember_in(path, usual))
    other = next(others, None) or load_sources(usual).other(str(target), usual.parent)
    if not other:
        return ()
    own = f".{target.stem}-record-id.txt"
    taken.put_top("path_record_id", own)
    return (f"{ID_FILE} is for the record of {other}, so this one has {own}",)


def _may_remember_in(path: Path, id_file: Path) -> bool:
    """Return whether a file is a configuration, with or without mistakes, that uses an id file."""
    if path.suffix.lower() not in (".yaml", ".yml", ".toml"):
        return False
    try:
        root = read_document(read_plain(path, MAX_SIZE + 1), str(path)).root
    except (OSError, Invalid):
        return False
    values = {entry.key: entry.value for entry in root.entries}
    if "metadata" not in values:
        return False
    named = values.get("path_record_id")
    name = named.text if isinstance(named, ScalarNode) else ID_FILE
    return os.path.realpath(path.parent / name) == os.path.realpath(id_file)


def _without_old_embargo(config: dict[str, Any], text: str, file: str) -> tuple[str, list[str]]:
    """Leave out an embargo that is over."""
    access = parse_config(text, file).access
    if access is None or not embargo_problems(access, utc_now().date()):
        return text, []
    assert access.embargo is not None, "there are only problems with an embargo"
    del config["access"]
    text, _ = without_mistakes(config, file)
    return text, [f"access.embargo: it was over on {access.embargo.until}"]
