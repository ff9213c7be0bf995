"""Find the version of a public record that somebody means."""

import re
from collections.abc import Iterable

from ..config.fields import LICENSE, REQUIRED, VERSION
from ..errors import Refused
from ..jsontypes import Json, mapping
from ..local.pins import Pin, PinnedFile, in_short, is_size
from ..record.observed import Record, parse_record
from .client import Client
from .protocol import get_draft, get_record

__all__ = ("found_record", "pin_of")

MOST_FILES = 10_000
"""Files of the largest record that is fetched; Zenodo allows a hundred."""

_MD5 = re.compile(r"md5:[0-9a-f]{32}")


def found_record(client: Client, record_id: str) -> Record:
    """Return a public version: the latest one for the id that stands for all versions.

    InvenioRDM redirects from that one (observed on versions 13 to 15).
    Who may see a draft gets it while there is no public version.

    Raises
    ------
    Refused
        When there is none that the account, or everybody, may read with its files.
    Unavailable
        When the server does not answer.
    """
    answer = client.read(get_record(record_id), accept=(401, 403, 404, 410))
    if answer.status == 410:
        reason = mapping(answer.record.get("tombstone")).get("note")
        said = f" ({in_short(reason)})" if isinstance(reason, str) and reason else ""
        raise Refused(
            f"Record {record_id} was published and then removed{said}. "
            "Ask its authors, or use another record."
        )
    if answer.status == 404:
        draft = client.read(get_draft(record_id), accept=(401, 403, 404, 410))
        answer = draft if draft.ok else answer
    if answer.status in (401, 403):
        raise Refused(
            f"Record {record_id} is restricted. Ask its owners for access, and give the file "
            "with your token as --path-token (in plan.py: path_token)."
        )
    if not answer.ok:
        raise Refused(
            f"There is no public record {record_id} on this server. Compare the number with the "
            "address of its page; a DOI is registered a while before its record is public."
        )
    record = parse_record(answer.record)
    files = mapping(answer.record.get("files"))
    if files.get("enabled") and "entries" not in files:
        raise Refused(
            f"The files of record {record.id} are restricted. Ask its owners for access, and give "
            "the file with your token as --path-token (in plan.py: path_token)."
        )
    return record


def pin_of(record: Record, asked: str, endpoint: str) -> Pin:
    """Return what has to be written down to get the same version again.

    Parameters
    ----------
    record
        A public version.
    asked
        The id, the DOI or the address by which it was found.
    endpoint
        Where it is.

    Raises
    ------
    Refused
        When its files are too many, or none that can be verified.
    """
    if len(record.files) > MOST_FILES:
        raise Refused(
            f"Record {record.id} has {len(record.files)} files. "
            f"More than {MOST_FILES} are not fetched."
        )
    files = {}
    for key, entry in record.files.items():
        if not is_size(entry.size) or not _MD5.fullmatch(entry.checksum or ""):
            raise Refused(
                f"The server tells no size or md5 checksum of {key!r} in record {record.id}, "
                "so it could not be verified. Report this to those who run it."
            )
        files[key] = PinnedFile(key, entry.size or 0, entry.checksum or "")
    return Pin(
        asked=asked,
        endpoint=endpoint,
        record=record.id,
        doi=record.doi,
        concept_doi=record.concept_doi,
        license=", ".join(_ids(record.fields.get(LICENSE))),
        metadata=_citable(record),
        files=files,
        is_draft=not record.is_published,
    )


def _citable(record: Record) -> dict[str, Json]:
    """Return what a citation needs, by the names of the server."""
    found = ((name, record.fields.get(name)) for name in (*REQUIRED, VERSION))
    return {name.removeprefix("metadata."): value for name, value in found if value is not None}


def _ids(value: Json) -> Iterable[str]:
    """Yield the ids of licences, whether one or several."""
    for item in value if isinstance(value, list) else [value]:
        found = item if isinstance(item, str) else mapping(item).get("id")
        if isinstance(found, str):
            yield found
