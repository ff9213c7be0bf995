"""The command `pull`: take over into the configuration what people changed on the server."""

import argparse
import codecs
import os
from pathlib import Path

import attrs

from ..config.fields import DESCRIPTION
from ..errors import printable
from ..jsontypes import Json
from ..local.storage import write_or_refuse
from ..record.compare import checksums_needed
from ..reporting.output import Output, reporting
from ..reporting.values import value_lines
from ..session.opening import Opened, opened
from ..session.related import resolved
from ..session.texts import is_html
from ..sync.rounds import base_of
from ..takeover.pull import Pulled, pull
from .arguments import add_config_arguments, add_output_arguments, options_of, output_of

__all__ = ("add_commands", "run_pull")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "take over into the configuration what was changed on the server"
    parser = commands.add_parser(
        "pull",
        help=summary,
        description=f"{summary.capitalize()}. Comments, order and layout of the file are kept.",
    )
    add_config_arguments(parser)
    parser.add_argument(
        "--all",
        action="store_true",
        help="take over fields as well that the configuration leaves alone",
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="show what would be taken over, write nothing"
    )
    add_output_arguments(parser)
    parser.set_defaults(run=run_pull)


def run_pull(args: argparse.Namespace) -> None:
    """Carry out `pull`.

    Raises
    ------
    SystemExit
        1 when it failed, 2 when the configuration is not usable.
    """
    output = output_of(args)
    with reporting(output), opened(options_of(args), output).alone() as found:
        pulled = _pulled(found, output, everything=args.all)
        if pulled.text != found.project.text and not args.dry_run:
            # A link stays one, and what it leads to is changed.
            write_or_refuse(Path(args.config).resolve(), f"{_mark(args.config)}{pulled.text}")
        pulled = _with_description(pulled, found, is_dry=args.dry_run)
        if output.json:
            output.give(_json(pulled))
            return
        output.warn([f"not taken over: {name}: {printable(why)}" for name, why in pulled.left])
        verb = "would take over" if args.dry_run else "took over"
        for name, mine, new in pulled.taken:
            lines = value_lines(name, mine, new)
            said = [line if line.startswith(" ") else f"{verb} {line}" for line in lines]
            output.say(said, marked=True)
        if not pulled.taken:
            output.say(["nothing to take over"])


def _pulled(found: Opened, output: Output, *, everything: bool) -> Pulled:
    record = found.record()
    desired = found.desired().beside(record)
    base = base_of(record, found.state)
    cache = found.project.checksum_cache()
    files = {
        file.key: attrs.evolve(file, checksum=cache.checksum(file, output.listen))
        for file in checksums_needed(desired, record, base)
    }
    desired = attrs.evolve(desired, files={**desired.files, **files})
    text, file = found.project.text, found.options.config
    return pull(
        text,
        file,
        desired,
        record,
        base,
        everything=everything,
        has_readme=found.project.readme is not None,
        resolved=lambda config: resolved(config, found.project.dois),
    )


def _mark(path: str) -> str:
    """Return the byte order mark with which a file begins, which is no part of its text."""
    with open(path, "rb") as file:
        return "\ufeff" if file.read(3) == codecs.BOM_UTF8 else ""


def _with_description(pulled: Pulled, found: Opened, *, is_dry: bool) -> Pulled:
    """Write the description of the server into the README, or beside it, and say so."""
    html, readme = pulled.description, found.project.readme
    if html is None or readme is None:
        return pulled
    if not html:
        return _left(
            pulled,
            f"it is empty on the server: send {readme} again by `sync --ours`, "
            "or take path_readme out of the configuration",
        )
    path = Path(readme)
    if not is_html(readme):
        return _left(pulled, _beside(path, html, is_dry=is_dry))
    mine = found.desired().fields.get(DESCRIPTION)
    if not is_dry:
        newline = "\r\n" if b"\r\n" in path.read_bytes() else "\n"
        write_or_refuse(path.resolve(), f"{html}\n".replace("\n", newline))
    taken = tuple(sorted((*pulled.taken, (DESCRIPTION, mine, html)), key=lambda item: item[0]))
    return attrs.evolve(pulled, taken=taken)


def _beside(readme: Path, html: str, *, is_dry: bool) -> str:
    """Write a description beside a README that is not HTML, and return what to do with it."""
    path = readme.with_name(f"{readme.stem}.server.html")
    todo = f"take what you want from there over into {readme}, then use `sync --ours` once"
    if is_dry:
        return f"{readme} is not HTML, so it would be written to {path}: {todo}"
    if path.is_file() and path.read_bytes() == f"{html}\n".encode():
        return f"{readme} is not HTML, so it is in {path}: {todo}"
    if os.path.lexists(path):
        return (
            f"{readme} is not HTML, and {path}, into which it would be written, is there already: "
            f"move that away and pull again, or change {readme} and use `sync --ours` once"
        )
    write_or_refuse(path, f"{html}\n")
    return f"{readme} is not HTML, so it was written to {path}: {todo}"


def _left(pulled: Pulled, why: str) -> Pulled:
    return attrs.evolve(pulled, left=((DESCRIPTION, why), *pulled.left))


def _json(pulled: Pulled) -> Json:
    taken: list[Json] = [
        {"field": name, "old": mine, "new": new} for name, mine, new in pulled.taken
    ]
    left: list[Json] = [{"what": name, "reason": why} for name, why in pulled.left]
    return {"status": "pulled" if pulled.taken else "nothing to do", "taken": taken, "left": left}
