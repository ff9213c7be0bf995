"""What has to be remembered between runs: the record id, and what was sent last.

Two files lie side by side.
The id file holds just the id, so that people can read, commit and correct it.
The state file has the same stem and the extension `.json`.
Losing it is harmless: the next run takes what it finds on the server as given.
"""

import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import cattrs

from ..errors import Refused
from ..jsontypes import Json
from ..terms.forms import is_doi
from ..terms.forms import is_record_id as is_id
from .base import Base
from .idfile import LONGEST, is_record_id, load_record_id
from .plainfiles import read_plain
from .sources import Sources
from .storage import write_atomically

__all__ = (
    "EndpointState",
    "Memory",
    "forget",
    "is_state",
    "load",
    "load_sources",
    "save",
    "state_path",
)

LARGEST_STATE = 10_000_000
"""Most bytes of a state file that are read: a hundred times more than anybody has."""

FORMAT = 1
"""Version of the layout of the state file."""


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

    base_of: str = ""
    """Id of the version that the base belongs to, empty for `record`."""

    import_decided: bool = False
    """Whether files of the version before were imported into the draft, or are not to be.

    A draft without files is meant to have none then.
    """

    published: Mapping[str, str] = attrs.field(factory=dict)
    """Record ids of the versions seen published, by version text."""

    def continued(self, draft: str, reset: Collection[str]) -> "EndpointState":
        """Return what is known when the draft of a new version was just created.

        Parameters
        ----------
        draft
            Its id.
        reset
            Names of the fields that the server changes or drops.
        """
        base = self.base.of_next_version(reset)
        return attrs.evolve(
            self,
            record=draft,
            intent="",
            intent_since="",
            base=base,
            base_of="",
            import_decided=False,
        )

    def moved_to(self, record: str) -> "EndpointState":
        """Return what is known when a person wrote the id of another record into the id file.

        Only if that turns out to be a version of the same work, the base is of use.
        """
        return attrs.evolve(
            self,
            record=record,
            doi="",
            concept_doi="",
            intent="",
            intent_since="",
            base_of=self.base_of or self.record,
            import_decided=False,
        )

    def base_for(
        self, record: str, parent: str, *, is_published: bool, reset: Collection[str]
    ) -> Base:
        """Return what was sent last to a version, or to the version before it.

        Parameters
        ----------
        record
            The id of the version.
        parent
            The id of all its versions.
        is_published
            Whether it is published, so that nothing of it can be missing for a while.
        reset
            Names of the fields that the server changes or drops when it starts a version.
        """
        if record == (self.base_of or self.record):
            return self.base
        if not parent or parent != self.parent:
            return Base()
        base = self.base.of_next_version(reset)
        return attrs.evolve(base, unsure=()) if is_published else base


@attrs.frozen
class Memory:
    """The contents of both files."""

    record_id: str = ""
    """What the id file says, empty when it does not exist."""

    endpoints: Mapping[str, EndpointState] = attrs.field(factory=dict)
    """By address of the endpoint."""

    host: str = ""
    """Host in the address that the id file holds, empty when it holds an id or a DOI."""

    sources: Sources = attrs.field(factory=Sources)
    """What the record was made of last."""

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
                "or choose another path_record_id to start a new record."
            )
        return known.moved_to(self.record_id)

    def elsewhere(self, endpoint: str) -> EndpointState:
        """Return what is known about the record on any other endpoint, as in a rehearsal.

        The id file does not count there.
        """
        return self.endpoints.get(endpoint, EndpointState())


def is_state(data: bytes) -> bool:
    """Return whether the content of a file is that of a state file, of any version."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return False
    if not isinstance(content, dict) or content.keys() - {"sources"} != {"format", "endpoints"}:
        return False
    return isinstance(content["format"], int) and isinstance(content["endpoints"], dict)


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
    record_id, host = load_record_id(path_record_id)
    endpoints, sources = _load_state(state_path(path_record_id))
    return Memory(record_id, endpoints, host, sources)


def load_sources(path_record_id: Path) -> Sources:
    """Read what the record was made of last.

    Raises
    ------
    Refused
        When the state file is damaged.
    """
    return _load_state(state_path(path_record_id))[1]


def _load_state(path: Path) -> tuple[Mapping[str, EndpointState], Sources]:
    try:
        raw = json.loads(read_plain(path, LARGEST_STATE).decode())
        if raw["format"] != FORMAT:
            raise Refused(
                f"The state file {path} was written by another version of stepup-zenodo "
                f"(format {raw['format']}, this version knows {FORMAT}). "
                "Update stepup-zenodo, or move the file away: it will be made again."
            )
        endpoints = {
            str(name): _checked(_converter().structure(state, EndpointState))
            for name, state in raw["endpoints"].items()
        }
        return endpoints, _converter().structure(raw.get("sources", {}), Sources)
    except FileNotFoundError:
        return {}, Sources()
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
            f"The state file {path} is damaged. Move it away: it will be made again. "
            "The record itself is not concerned, its id is in another file."
        ) from None


def _checked(state: EndpointState) -> EndpointState:
    """Return what is remembered if ids and DOIs are such: the file can come from a stranger."""
    ids = (state.record, state.parent, *state.published.values())
    dois = (state.doi, state.concept_doi)
    if not all(map(is_id, filter(None, ids))) or not all(map(is_doi, filter(None, dois))):
        raise ValueError("something else stands in the place of an id")
    return state


@cache
def _converter() -> cattrs.Converter:
    """Return what reads and writes states, of which the making takes long."""
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
        data = read_plain(path, LONGEST)
    except FileNotFoundError:
        return False
    return data in {f"{record_id}{end}".encode() for end in ("", "\n", "\r\n")}


def _is_free(path: Path) -> bool:
    """Return whether nothing is lost when an id file is written or removed."""
    try:
        return is_record_id(read_plain(path, LONGEST + 1))
    except FileNotFoundError:
        return True


def save(
    path_record_id: Path,
    endpoint: str,
    state: EndpointState,
    *,
    rehearsal: bool = False,
    sources: Sources | None = None,
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
    sources
        What the record is made of, `None` when that is as before.

    Raises
    ------
    Refused
        When a file cannot be written.
    """
    path = state_path(path_record_id)
    known, before = _load_state(path)
    content = {
        "format": FORMAT,
        "endpoints": _converter().unstructure({**known, endpoint: state}),
        "sources": _converter().unstructure(before if sources is None else sources),
    }
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    try:
        path_record_id.parent.mkdir(parents=True, exist_ok=True)
        if state.record and not rehearsal and not _holds(path_record_id, state.record):
            if not _is_free(path_record_id):
                raise _not_ours(path_record_id)
            write_atomically(path_record_id, f"{state.record}\n")
        if not path.exists() or read_plain(path, LARGEST_STATE) != f"{text}\n".encode():
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
    others = [name for name in _load_state(path)[0] if name != endpoint]
    try:
        if others:
            save(path_record_id, endpoint, EndpointState(), rehearsal=rehearsal)
        else:
            path.unlink(missing_ok=True)
        if not rehearsal and not _is_free(path_record_id):
            raise _not_ours(path_record_id)
        if not rehearsal:
            path_record_id.unlink(missing_ok=True)
    except OSError as exc:
        raise Refused(f"Could not remove {exc.filename}: {exc.strerror}.") from None


def _not_ours(path: Path) -> Refused:
    return Refused(
        f"{path} is meant to hold the record id, but somebody has put something else into it. "
        "It was left alone: choose another path_record_id."
    )
