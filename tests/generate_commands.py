"""The reference page about the commands, made from their parsers."""

import argparse
from collections.abc import Iterator, Mapping

from stepup_zenodo.cli import COMMANDS, command_line
from stepup_zenodo.tool import add_sync_zenodo_subcommand

__all__ = ("commands_page", "options_of", "parsers")

INTRODUCTION = """\
# Commands

<!-- This page is made from the program by `python -m tests.expected`: edit it there. -->

All commands belong to the program `stepup-zenodo`.
`stepup-zenodo --help` lists them, and `stepup-zenodo COMMAND --help` explains one.
`stepup-zenodo --version` prints the version.

Options come before all other arguments or after them, but not in between.
What begins with a hyphen and is no option comes after `--`.
[Outcomes and errors](outcomes.md) lists the exit statuses.
"""

NOTES = {
    "sync": """\
This is what a build does as well.
It reads the configuration and all that it names, compares it with the record,
shows what it is about to do, does it, and compares again until there is nothing left to do.
Without a token everything is checked and nothing is sent.
[How it works](../how-it-works.md) tells what counts as a change, and whose change wins.""",
    "check": """\
Needs neither a token nor a network.
It finds everything in the column "offline" of [Where Fields Are Checked](fields.md).""",
    "diff": """\
Reads the record, and shows all that a `sync` with the same options would do from beginning to end.
For scripts there is the exit status, and `--json`.""",
    "status": """\
Without a token it tells what is remembered from the last run.""",
    "pull": """\
Works on configurations in YAML.
What cannot be said in the configuration is named, and stays on the server.
Files are not fetched.""",
    "doi": """\
In `plan.py`, this is the function [`zenodo_doi`](plan.md).
Nothing is published: a reserved DOI becomes known to the world when the record is published.
See [Put the DOI Into the Paper](../how-to/doi-in-the-paper.md).""",
    "preview": """\
See [how to see what readers will see](../how-to/preview.md).""",
    "publish": """\
It refuses, with the reason, whatever would be regretted later.
[Look, Publish, Share, Discard](../how-to/publish.md) lists the reasons.
It does not run in a StepUp build.""",
    "submit": """\
The community is that of the key [`community`](configuration.md#community).
See [Submit to a Community](../how-to/community.md). It does not run in a StepUp build.""",
    "share": """\
It does not run in a StepUp build.""",
    "discard": """\
It does not run in a StepUp build.""",
    "adopt": """\
Files are fetched beside the configuration, and their checksums are compared with the server's.
See [Adopt a Record](../how-to/adopt.md).""",
    "init": """\
A README beside it becomes the description, and the files beside it are listed as comments.
Whatever cannot be taken over from another file is named, and so is what was guessed.
See [Begin with a Metadata File](../how-to/metadata-files.md).""",
    "schema": """\
See [In an Editor](configuration.md#in-an-editor).""",
    "archive": """\
In `plan.py`, this is the function [`archive`](plan.md).""",
    "login": """\
The token is tried before it is stored.
This needs the extra `keyring`, as in `pip install 'stepup-zenodo[keyring]'`.""",
    "logout": """\
The token stays valid on the server: revoke it there if somebody else may know it.""",
}
"""What the help does not say, by command."""

STEPUP = """\
## stepup sync-zenodo

StepUp has this command as soon as the package is installed.
It has the arguments and options of [`stepup-zenodo sync`](#sync), and does the same.
The function [`sync_zenodo`](plan.md) adds it to a build."""


def parsers() -> Mapping[str, argparse.ArgumentParser]:
    """Return the parser of each command, in the order of the help."""
    found = _commands(command_line([]))
    assert [*found] == [*COMMANDS]
    return found


def sync_zenodo_parser() -> argparse.ArgumentParser:
    """Return the parser of the command that StepUp gets."""
    commands = argparse.ArgumentParser(prog="stepup").add_subparsers()
    add_sync_zenodo_subcommand(commands, None)
    return dict(commands.choices)["sync-zenodo"]


def _commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def options_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the arguments and then the options of a command, without those for programs."""
    shown = (action for action in parser._actions if action.help != argparse.SUPPRESS)
    own = [action for action in shown if not isinstance(action, argparse._HelpAction)]
    return sorted(own, key=lambda action: bool(action.option_strings))


def _metavar(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())


def _word(action: argparse.Action) -> str:
    """Return an argument as it stands in the usage."""
    name = _metavar(action)
    if action.nargs == "*":
        return f"[{name} ...]"
    return f"[{name}]" if action.nargs == "?" else name


def _plain(text: str) -> str:
    """Return text in which nothing is taken for Markdown, apart from code."""
    return text.replace("|", "\\|").replace("*", "\\*")


def _names(action: argparse.Action) -> str:
    """Return an argument or an option, with its other names and what follows it."""
    if not action.option_strings:
        return f"`{_metavar(action)}`"
    value = "" if action.nargs == 0 else f" {_metavar(action)}"
    return ", ".join(f"`{name}{value}`" for name in action.option_strings)


def _meaning(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    """Return the help of an argument, and with which others it cannot be used."""
    assert action.help, f"{parser.prog} {_names(action)} has no help"
    text = _plain(action.help)
    others = [
        f"`{other.option_strings[-1]}`"
        for group in parser._mutually_exclusive_groups
        if action in group._group_actions
        for other in group._group_actions
        if other is not action
    ]
    return f"{text}; not together with {', '.join(others)}" if others else text


def _section(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## {name}"
    assert parser.description, f"{name} has no description"
    yield _plain(parser.description)
    if name in NOTES:
        yield NOTES[name]
    shown = options_of(parser)
    words = [_word(action) for action in shown if not action.option_strings]
    options = ["[OPTIONS]"] if any(action.option_strings for action in shown) else []
    yield f"Usage: `{' '.join([parser.prog, *options, *words])}`"
    if shown:
        rows = [f"| {_names(action)} | {_meaning(parser, action)} |" for action in shown]
        yield "\n".join(["| argument or option | meaning |", "| --- | --- |", *rows])
    if parser.epilog:
        yield parser.epilog


def commands_page() -> str:
    """Return the page about all commands."""
    found = parsers()
    summaries = [
        f"| [`{name}`](#{name}) | {parser.description.partition('. ')[0].rstrip('.')} |"
        for name, parser in found.items()
        if parser.description
    ]
    parts = [INTRODUCTION.rstrip("\n")]
    parts.append("\n".join(["| command | what it does |", "| --- | --- |", *summaries]))
    for name, parser in found.items():
        parts += _section(name, parser)
    parts.append(STEPUP)
    return "\n\n".join(parts) + "\n"
