"""What has to be remembered between runs: the record id, and what was sent last.

Two files lie side by side.
The id file holds just the id, so that people can read, commit and correct it.
The state file has the same stem and the extension `.json`.
Losing it is harmless: the next run takes what it finds on the server as given.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import cattrs

from ..errors import Refused
from ..jsontypes import Json
from .storage import write_atomically

__all__ = (
    "Base",
    "EndpointState",
    "Memory",
    "SentField",
    "forget",
    "load",
    "record_id_in",
    "save",
    "state_path",
)

RESET_BY_VERSION = ("metadata.version", "metadata.publication_date", "files.default_preview")
"""Fields that the server changes or drops when it starts the draft of a new version."""

FORMAT = 1
"""Version of the layout of the state file."""

RESOLVERS = frozenset({"doi.org", "dx.doi.org", "handle.test.datacite.org"})
"""Hosts whose addresses hold DOIs of all repositories."""


@attrs.frozen
class SentField:
    """One metadata field as it was sent last."""

    sent: Json
    """What was sent, in normal form."""

    kept: Json
    """What the server made of it, in normal form; differs if it rewrites more than is known."""


@attrs.frozen
class Base:
    """What was sent last: the common ancestor of what the user and the web form made of it."""

    fields: Mapping[str, SentField] = attrs.field(factory=dict)
    """By field name, e.g. `metadata.title`."""

    files: Mapping[str, str] = attrs.field(factory=dict)
    """Checksum by name on the server."""

    pending: Mapping[str, Json] = attrs.field(factory=dict)
    """Fields that were about to be saved, in normal form, and may have been."""

    unsure: tuple[str, ...] = ()
    """Names of files that were about to be sent or deleted, and may have been, sorted."""


@attrs.frozen
class EndpointState:
    """Everything remembered about the record on one endpoint."""

    record: str = ""
    """Id of the newest version, empty before the first one exists."""

    parent: str = ""
    """Id that stands for all versions."""

    doi: str = ""
    """DOI of the version, as soon as the server has named one."""

    concept_doi: str = ""
    """DOI that stands for all versions, after the first publication."""

    intent: str = ""
    """What was about to be created: `draft`, `version`, `edit` or nothing."""

    intent_since: str = ""
    """When that was, ISO 8601 in UTC."""

    base: Base = attrs.field(factory=Base)
    """What was sent last, and what was about to be sent."""

    published: Mapping[str, str] = attrs.field(factory=dict)
    """Record ids of the versions seen published, by version text."""

    def continued(self, draft: str) -> "EndpointState":
        """Return what is known when the draft of a new version was just created.

        It takes over what was sent, except for what the server changes or drops.
        Its files are not there until they are imported, if they are.
        """
        fields = {k: v for k, v in self.base.fields.items() if k not in RESET_BY_VERSION}
        files = self.base.files
        return attrs.evolve(
            self,
            record=draft,
            intent="",
            intent_since="",
            base=Base(fields, files, unsure=tuple(sorted(files))),
        )


@attrs.frozen
class Memory:
    """The contents of both files."""

    record_id: str = ""
    """What the id file says, empty when it does not exist."""

    endpoints: Mapping[str, EndpointState] = attrs.field(factory=dict)
    """By address of the endpoint."""

    host: str = ""
    """Host in the address that the id file holds, empty when it holds an id or a DOI."""

    def at(self, endpoint: str) -> EndpointState:
        """Return what is known about the record on the endpoint of the configuration.

        The id file wins over the state file, because people correct it by hand;
        but an id that belongs to another endpoint is not used for this one.

        Raises
        ------
        Refused
            When the id file holds an address on another server.
        """
        known = self.elsewhere(endpoint)
        others = {state.record for name, state in self.endpoints.items() if name != endpoint}
        if self.record_id in {"", known.record} or self.record_id in others:
            return known
        host = urlsplit(endpoint).hostname or ""
        if self.host not in {"", host}:
            raise Refused(
                f"The record id file names a record on {self.host}, but the endpoint is {endpoint}."
                " Write the id of the record on that endpoint into it, correct the endpoint, "
                "or delete the file to start a new record."
            )
        if known.intent == "version":
            # The id is written first: the run was interrupted before the rest was.
            return known.continued(self.record_id)
        return EndpointState(record=self.record_id)

    def elsewhere(self, endpoint: str) -> EndpointState:
        """Return what is known about the record on any other endpoint, as in a rehearsal.

        The id file does not count there.
        """
        return self.endpoints.get(endpoint, EndpointState())


def record_id_in(text: str) -> str | None:
    """Return the record id in an id, a DOI or an address; `None` when there is none.

    People paste what they find in the browser into the id file.
    """
    text = text.strip()
    match = re.fullmatch(
        r"(?:(?:https?://|doi:)?\S*?(?:zenodo\.|/(?:records|record|uploads|deposit|api/records)/))?"
        r"([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)(?:/draft)?/?(?:[?#]\S*)?",
        text,
    )
    return match.group(1) if match and _host_in(text) is not None else None


def _host_in(text: str) -> str | None:
    """Return the host of an address, `None` for a damaged one.

    It is empty for what is no address, and for resolvers of DOIs.
    """
    if "://" not in text:
        return ""
    try:
        host = urlsplit(text.strip()).hostname or ""
    except ValueError:
        return None
    return "" if host in RESOLVERS else host


def state_path(path_record_id: Path) -> Path:
    """Return the path of the state file that belongs to a record id file."""
    taken = path_record_id.suffix == ".json"
    return path_record_id.with_suffix(".state.json" if taken else ".json")


def load(path_record_id: Path) -> Memory:
    """Read both files.

    Raises
    ------
    Refused
        When one of them is damaged, as guessing could lead to a second record.
    """
    record_id, host = _load_record_id(path_record_id)
    return Memory(record_id, _load_endpoints(state_path(path_record_id)), host)


def _read_start(path: Path) -> str:
    """Return the text of an id file, of which nobody writes more than a line."""
    with path.open(encoding="utf-8-sig") as file:
        return file.read(1000)


def _load_record_id(path: Path) -> tuple[str, str]:
    """Return the id, and the host if it is given as an address."""
    try:
        text = _read_start(path)
    except FileNotFoundError:
        return "", ""
    except UnicodeDecodeError:
        raise Refused(
            f"The record id file {path} is not text. "
            "Is path_record_id the path of another file by mistake?"
        ) from None
    except OSError as exc:
        raise Refused(f"The record id file {path} cannot be read: {exc.strerror}.") from None
    record_id = record_id_in(text)
    if record_id is None:
        raise Refused(
            f"The record id file {path} holds {text.strip()[:60]!r}, which is not a record id. "
            "Write the id, the DOI or the address of your record into it, "
            "or delete it to start a new record."
        )
    return record_id, _host_in(text) or ""


def _load_endpoints(path: Path) -> Mapping[str, EndpointState]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise Refused(
                f"The state file {path} was written by another version of stepup-zenodo "
                f"(format {raw['format']}, this version knows {FORMAT}). "
                "Update stepup-zenodo, or delete the file: it will be made again."
            )
        return {
            str(name): _converter().structure(state, EndpointState)
            for name, state in raw["endpoints"].items()
        }
    except FileNotFoundError:
        return {}
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        ExceptionGroup,
    ):
        raise Refused(
            f"The state file {path} is damaged. Delete it: it will be made again. "
            "The record itself is not concerned, its id is in another file."
        ) from None


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook_func(lambda kind: kind is Json, lambda value, _: value)
    converter.register_structure_hook(str, _text)
    return converter


def _text(value: object, _: type) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {type(value).__name__}")
    return value


def _holds(path: Path, record_id: str) -> bool:
    """Return whether an id file holds just this id, with or without line break."""
    try:
        return path.read_bytes() in {f"{record_id}{end}".encode() for end in ("", "\n", "\r\n")}
    except FileNotFoundError:
        return False


def save(
    path_record_id: Path, endpoint: str, state: EndpointState, *, rehearsal: bool = False
) -> None:
    """Write both files, the id first, and return when they are on disk.

    Parameters
    ----------
    path_record_id
        The id file.
    endpoint
        Address of the API.
    state
        What is to be remembered about the record there.
    rehearsal
        True when the configuration names another endpoint: the id file is that one's, and stays.

    Raises
    ------
    Refused
        When a file cannot be written.
    """
    path = state_path(path_record_id)
    endpoints = {**_load_endpoints(path), endpoint: state}
    converter = cattrs.Converter()
    text = json.dumps(
        {"format": FORMAT, "endpoints": converter.unstructure(endpoints)},
        indent=1,
        sort_keys=True,
        ensure_ascii=False,
    )
    try:
        path_record_id.parent.mkdir(parents=True, exist_ok=True)
        if state.record and not rehearsal and not _holds(path_record_id, state.record):
            write_atomically(path_record_id, f"{state.record}\n")
        if not path.exists() or path.read_text(encoding="utf-8") != f"{text}\n":
            write_atomically(path, f"{text}\n")
    except OSError as exc:
        raise Refused(
            f"Could not write the record id and state files {path_record_id} and {path.name}: "
            f"{exc.strerror}."
        ) from None


def forget(path_record_id: Path, endpoint: str, *, rehearsal: bool = False) -> None:
    """Forget the record on one endpoint, which does not exist any more.

    Parameters
    ----------
    path_record_id
        The id file, which is removed.
    endpoint
        Address of the API.
    rehearsal
        True when the id file is that of another endpoint, and stays.

    Raises
    ------
    Refused
        When a file cannot be changed.
    """
    path = state_path(path_record_id)
    others = [name for name in _load_endpoints(path) if name != endpoint]
    try:
        if others:
            save(path_record_id, endpoint, EndpointState(), rehearsal=rehearsal)
        else:
            path.unlink(missing_ok=True)
        if not rehearsal:
            path_record_id.unlink(missing_ok=True)
    except OSError as exc:
        raise Refused(f"Could not remove {exc.filename}: {exc.strerror}.") from None
