"""The text of a new configuration, explained by the declarations of its keys."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from ..document.nodes import ListNode, MapNode, Node
from ..document.parse import read_document
from ..errors import Invalid, Problem
from ..jsontypes import texts_in
from .configuration import Config
from .file import parse_config
from .metadata import Metadata
from .structs import Key, keys

__all__ = ("PLACEHOLDERS", "SCHEMA_NAME", "STARTER", "config_text", "without_mistakes")

SCHEMA_NAME = ".zenodo-schema.json"
"""The file with the JSON Schema, beside the configuration."""

STARTER: Mapping[str, Any] = {
    "title": "The Title of the Record",
    "version": "0.1.0",
    "resource_type": "dataset",
    "license": ["cc-by-4.0"],
    "creators": [
        {
            "family_name": "Last name",
            "given_name": "First name",
            "affiliations": [{"name": "Department, University, City, Country"}],
        }
    ],
}
"""Values of the metadata for a new configuration that is made of nothing."""

PLACEHOLDERS = frozenset(
    text for key in ("title", "creators") for _, text in texts_in(STARTER[key])
)
"""Texts among them that are not true of any work."""

_TOP: Mapping[str, Any] = {
    declared.name: declared.example
    for declared in keys(Config)
    if declared.name in ("endpoint", "path_record_id", "path_token")
}
_SHOWN = frozenset(
    {
        "access",
        "code_repository",
        "community",
        "contributors",
        "dates",
        "description",
        "funding",
        "keywords",
        "languages",
        "notes",
        "path_readme",
        "paths",
        "references",
        "related",
        *STARTER,
    }
)
"""Keys that are shown as examples when nobody has given them; the others are rare."""

_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA_NAME}
#
# A record on Zenodo: what it says about your work, and its files.
# Lines such as "#key: value", without a space after the #, are examples: remove the # to use them.
# An editor with support for YAML completes and explains all keys, also those not shown here.
# To look for errors: stepup-zenodo check
"""
_WIDTH = 100


def config_text(config: Mapping[str, Any]) -> str:
    """Return the text of a configuration in YAML.

    Parameters
    ----------
    config
        Values as they are to be written.
        Addresses and paths without which nothing works get their usual value,
        and metadata without anything get a title.
        Other common keys that are missing are shown as examples.
    """
    values = {**_TOP, **config}
    metadata = config.get("metadata") or {"title": STARTER["title"]}
    parts = [_HEAD]
    for declared in keys(Config):
        if declared.name == "metadata":
            inner = "\n".join(_fields(Metadata, metadata, "path_readme" in config))
            parts.append("metadata:\n" + textwrap.indent(inner, "  "))
        else:
            has_text = declared.name == "path_readme" and "description" in metadata
            parts += _field(declared, values, hidden=declared.name == "description" or has_text)
    return "\n".join(parts)


def _fields(cls: type, values: Mapping[str, Any], has_readme: bool) -> Iterator[str]:
    for declared in keys(cls):
        yield from _field(declared, values, hidden=declared.name == "description" and has_readme)


def _field(declared: Key, values: Mapping[str, Any], *, hidden: bool) -> Iterator[str]:
    """Yield the lines of a key: with its value, or as an example behind a `#`."""
    name = declared.name
    if name not in values and (hidden or name not in _SHOWN):
        return
    doc = re.sub(r"\[([^]]*)\]\(([^)]*)\)", r"\1: \2", declared.doc)
    comment = textwrap.wrap(doc, _WIDTH - 6, initial_indent="# ", subsequent_indent="# ")
    value = values.get(name, declared.example)
    # A version is in quotes always, as the next one may look like a number.
    shown = f"{name}: {_quoted(value)}" if name == "version" else _dump({name: value})
    if name not in values:
        shown = textwrap.indent(shown, "#")
    yield "\n".join([*comment, shown])


def _dump(value: object) -> str:
    return str(
        yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH - 10)
    )


def _quoted(value: object) -> str:
    return str(yaml.safe_dump(value, default_style='"', allow_unicode=True, width=float("inf")))


class _Dumper(yaml.SafeDumper):
    """Indents lists, and writes texts of several lines as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists within mappings as well."""
        del indentless
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out."""
        del data
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value.strip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def without_mistakes(config: dict[str, Any], file: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of a configuration without what the check would refuse.

    Parameters
    ----------
    config
        Values as they are to be written. Those that are refused are removed from it.
    file
        The name of the file, for messages.

    Returns
    -------
    text
        A configuration that passes the check.
    removed
        What was removed and why, one line each.
    """
    removed: list[str] = []
    last: tuple[str | int, ...] = ()
    while True:
        text = config_text(config)
        try:
            parse_config(text, file)
        except Invalid as exc:
            problem = exc.problems[0]
            steps = _steps(read_document(text, file).root, problem)
            # That something around it lacks what was just removed is no news.
            if last[: len(steps)] != steps or len(last) == len(steps):
                removed.append(_reason(problem))
            _remove(config, steps)
            last = steps
            continue
        return text, tuple(removed)


def _reason(problem: Problem) -> str:
    where = problem.where.removeprefix("metadata.")
    text = f"{where}: {problem.message}" if where else problem.message
    return f"{text} ({problem.hint})" if problem.hint else text


def _steps(root: Node, problem: Problem) -> tuple[str | int, ...]:
    """Return the keys and indices that lead to what is wrong."""
    best: tuple[str | int, ...] = ()
    for steps, written, node in _nodes(root):
        if problem.where == written or problem.where.startswith((f"{written}.", f"{written}[")):
            best = max(best, steps, key=len)
        for entry in node.entries if isinstance(node, MapNode) else ():
            # A key that is wrong itself is told by its place, the path is that of the mapping.
            named = f'"{entry.key}"' in problem.message
            if written == problem.where and entry.place == problem.place and named:
                return (*steps, entry.key)
    return best


def _nodes(root: Node) -> Iterator[tuple[tuple[str | int, ...], str, Node]]:
    """Yield all values with the keys and indices that lead to them, and these in words."""
    waiting: list[tuple[tuple[str | int, ...], str, Node]] = [((), "", root)]
    for steps, written, node in waiting:
        yield steps, written, node
        if isinstance(node, MapNode):
            dot = "." if written else ""
            waiting += [
                ((*steps, entry.key), f"{written}{dot}{entry.key}", entry.value)
                for entry in node.entries
            ]
        elif isinstance(node, ListNode):
            waiting += [
                ((*steps, index), f"{written}[{index}]", item)
                for index, item in enumerate(node.items)
            ]


def _remove(config: Any, steps: tuple[str | int, ...]) -> None:  # noqa: ANN401
    """Remove a value, and lists and mappings that are empty then."""
    first, *rest = steps
    if rest:
        _remove(config[first], tuple(rest))
    if not rest or config[first] in ([], {}):
        del config[first]
