"""The command `adopt`: go on from here with a record that was made by other means."""

import argparse
import os
from pathlib import Path

import attrs

from ..config.configuration import ID_FILE
from ..config.endpoints import checked_endpoint
from ..config.template import config_text
from ..errors import Invalid, Problem, Refused
from ..jsontypes import mapping
from ..local.base import SentField
from ..local.boundary import is_private_name
from ..local.environment import hosts_like_zenodo
from ..local.fetched import checksum_of
from ..local.idfile import record_id_in
from ..local.keystore import stored_token
from ..local.lock import lock_path
from ..local.sources import Sources
from ..local.state import EndpointState, state_path
from ..local.storage import write_or_refuse
from ..local.token import Token, expand, token_for, token_remedy, with_tilde
from ..record.observed import Record, parse_record
from ..remote.client import Client
from ..remote.downloads import Source
from ..remote.protocol import Answer, get_draft, get_latest, get_record
from ..reporting.output import Output, reporting
from ..reporting.report import record_line, size_text
from ..reporting.statusfile import status_path
from ..session.connection import connect
from ..sync.causes import refuse_unknown_token
from ..sync.journal import Journal
from ..takeover.adopt import Adopted, adopted, endpoint_of
from .arguments import add_output_arguments, add_server_arguments, output_of

__all__ = ("add_commands", "run_adopt")

README = "README.html"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    summary = "make a configuration of a record that exists, and fetch its files"
    parser = commands.add_parser(
        "adopt",
        help=summary,
        description=f"{summary.capitalize()}. The next sync has nothing to do then. "
        f"Besides the configuration, {README} is written with the description, and "
        f"{ID_FILE}. Nothing is overwritten, and nothing changes on the server.",
    )
    parser.add_argument(
        "record", metavar="RECORD", help="the id, the DOI or the address of a record or a draft"
    )
    parser.add_argument(
        "config",
        metavar="CONFIG",
        nargs="?",
        default="zenodo.yaml",
        help="the configuration to be written, by default zenodo.yaml",
    )
    add_server_arguments(parser, "the API of its server, if RECORD is no address")
    parser.add_argument(
        "--path-token",
        metavar="FILE",
        help="the file with the token, which the configuration is to name",
    )
    parser.add_argument("--no-files", action="store_true", help="do not fetch the files")
    add_output_arguments(parser)
    parser.set_defaults(run=run_adopt)


def run_adopt(args: argparse.Namespace) -> None:
    """Carry out `adopt`.

    Raises
    ------
    SystemExit
        1 when the record cannot be read or something would be overwritten,
        2 when an argument is not usable.
    """
    output = output_of(args)
    with reporting(output):
        place = _Destination.of(args)
        place.check_free()
        token = _token(place)
        client = connect(place.endpoint, token, output)
        record = _read(client, place.record_id, output)
        _adopt(args, output, place, Source(client, record))


@attrs.frozen
class _Destination:
    """Where everything goes, and where it comes from."""

    config: Path
    """The configuration, which is not there yet."""

    endpoint: str
    """Address of the API, without slash at the end."""

    told: bool
    """Whether the user gave the endpoint as an argument."""

    path_token: str
    """The token file, as it is written into the configuration."""

    record_id: str
    """Id of the record, which need not be the latest version."""

    @classmethod
    def of(cls, args: argparse.Namespace) -> "_Destination":
        """Return what the arguments of the command say.

        Raises
        ------
        Invalid
            When they name no record, or no configuration in YAML.
        """
        record_id = record_id_in(args.record)
        if record_id is None:
            message = f"{args.record!r} is not the id, the DOI or the address of a record"
            hint = "copy the address from the browser"
            raise Invalid((Problem(message, "RECORD", hint=hint),))
        config = Path(args.config)
        if config.suffix.lower() not in (".yaml", ".yml"):
            hint = "give a name that ends in .yaml"
            raise Invalid((Problem(f"{config} cannot be written as YAML", "CONFIG", hint=hint),))
        endpoint = checked_endpoint(args.endpoint or endpoint_of(args.record))
        host = endpoint.partition("://")[2].partition("/")[0].partition(":")[0]
        default = f"~/.config/{host.replace('.', '-')}-token.txt"
        path_token = with_tilde(args.path_token) if args.path_token else default
        return cls(config, endpoint, args.endpoint is not None, path_token, record_id)

    @property
    def folder(self) -> Path:
        """The folder of the configuration, in which all files are written."""
        return self.config.parent

    @property
    def written(self) -> tuple[Path, ...]:
        """Everything that is written besides the files of the record."""
        record_id = self.folder / ID_FILE
        beside = (state_path(record_id), lock_path(record_id), status_path(record_id))
        return (self.config, record_id, *beside, self.folder / README)

    def check_free(self) -> None:
        """Raise when something is there that would be overwritten.

        Raises
        ------
        Refused
            With its name.
        """
        for path in self.written:
            if path.exists() or path.is_symlink():
                raise Refused(f"{path} is there already. Adopt the record into another folder.")
        if not self.folder.is_dir():
            raise Refused(f"The folder {self.folder} does not exist. Make it first.")


def _token(place: _Destination) -> Token:
    path = expand(place.path_token, place.folder)
    token = token_for(
        place.endpoint,
        path,
        place.folder,
        os.environ,
        lambda: stored_token(place.endpoint),
        is_named=place.told,
    )
    if token is None:
        remedy = token_remedy(path, place.endpoint)
        raise Refused(f"There is no token, so the record cannot be read. {remedy}")
    return token


def _read(client: Client, record_id: str, output: Output) -> Record:
    """Read a draft that was never public, else the latest published version."""
    answer = client.read(get_draft(record_id), accept=(403, 404))
    draft = parse_record(answer.record) if answer.ok else None
    if draft is not None and not draft.is_published:
        return draft
    answer = client.read(get_record(record_id), accept=(403, 404, 410))
    if answer.status == 410:
        raise Refused(f"Record {record_id} was published and then removed.")
    if not answer.ok:
        refuse_unknown_token(client)
        raise Refused(
            f"Record {record_id} does not exist, or is a draft of another account than the "
            "token. Is the endpoint the one on which it was made?"
        )
    record = parse_record(answer.record)
    if not record.is_latest:
        answer = client.read(get_latest(record.id))
        latest = parse_record(answer.record)
        output.warn([f"Record {record.id} is not the latest version; {latest.id} is adopted."])
        record = latest
    _check_rights(answer, record, output)
    if draft is not None:
        output.warn(["Somebody left changes of the metadata open; the public ones are adopted."])
    if record.has_next_draft:
        output.warn(["A draft of the next version exists; the published version is adopted."])
    return record


def _check_rights(answer: Answer, record: Record, output: Output) -> None:
    """Look at what the server leaves out of its answer for those who have no right to it.

    Raises
    ------
    Refused
        When the files may not be read: they would be taken for none at all.
    """
    files = mapping(answer.record.get("files"))
    if files.get("enabled") and "entries" not in files:
        raise Refused(
            f"The account of the token may not read the files of record {record.id}, and so may "
            "not change it either. Use the token of its owner, or ask the owner to share it."
        )
    access = mapping(mapping(answer.record.get("parent")).get("access"))
    if "grants" not in access:
        warning = (
            f"Record {record.id} is not managed by the account of the token: unless its owner "
            "has shared it for editing, the server will refuse every change."
        )
        output.warn([warning])


def _adopt(args: argparse.Namespace, output: Output, place: _Destination, source: Source) -> None:
    record = source.record
    found = _without_clashes(adopted(record, place.endpoint, hosts_like_zenodo(os.environ)), place)
    if not found.config.get("metadata"):
        raise Refused(
            f"Record {record.id} has no metadata. Use `stepup-zenodo init`, "
            f"and write {record.id} into the record id file that it names."
        )
    output.say([f"{record_line(record)} at {place.endpoint}"])
    if not args.no_files:
        _fetch_all(output, place, source, found.files)
    text = _text(place, found)
    _remember(place, record, found)
    if found.description:
        write_or_refuse(place.folder / README, f"{found.description}\n")
    write_or_refuse(place.config, text)
    output.tell(
        {"status": "adopted", "record": record.id, "left": [*found.left]},
        [f"adopted: {place.config}"],
        (f"not in the configuration, it stays on the server: {line}" for line in found.left),
    )


def _without_clashes(found: Adopted, place: _Destination) -> Adopted:
    """Leave out files whose names are needed here, or that nobody should write for others."""
    own = {path.name for path in place.written}
    bad = {key: "a file with this name is written here" for key in found.files if key in own}
    for key in found.files:
        if is_private_name(key):
            bad[key] = "programs look for keys or passwords in a file with this name"
    left = tuple(f"{key!r}: {why}" for key, why in bad.items())
    files = tuple(key for key in found.files if key not in bad)
    return attrs.evolve(found, files=files, left=(*found.left, *left))


def _text(place: _Destination, found: Adopted) -> str:
    values = {
        "path_record_id": ID_FILE,
        "endpoint": place.endpoint,
        "path_token": place.path_token,
        **found.config,
    }
    if found.description:
        values["path_readme"] = README
    if found.files:
        values["paths"] = [*found.files]
    return config_text(values)


def _fetch_all(output: Output, place: _Destination, source: Source, keys: tuple[str, ...]) -> None:
    """Fetch the files that are not there.

    Raises
    ------
    Refused
        Before anything is fetched, when a file is there with another content.
    """
    entries = [source.record.files[key] for key in keys]
    missing = [entry for entry in entries if not (place.folder / entry.key).exists()]
    for entry in entries:
        path = place.folder / entry.key
        if entry not in missing and checksum_of(path) != entry.checksum:
            raise Refused(
                f"{path} is there already, with another content than on the server. "
                "Adopt the record into another folder."
            )
    for entry in missing:
        output.say([f"fetch {entry.key} ({size_text(entry.size or 0)})"], indent="  ")
        source.fetch(entry, place.folder / entry.key)


def _remember(place: _Destination, record: Record, found: Adopted) -> None:
    """Write down what is in the configuration, as if it had been sent from here."""
    left = {line.partition(":")[0] for line in found.left}
    fields = {
        name: SentField(value, value) for name, value in record.fields.items() if name not in left
    }
    files = {key: record.files[key].checksum or "" for key in found.files}
    sources = Sources(place.config.name)
    path = place.folder / ID_FILE
    journal = Journal(path, place.endpoint, EndpointState(), sources=sources)
    journal.agreed(record, fields, files, found.files)
