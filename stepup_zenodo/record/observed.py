"""What the server holds, as records in normal form."""

from collections.abc import Mapping

import attrs

from ..config.fields import VERSION, Normal, sendable
from ..errors import Remark, UnexpectedAnswer
from ..jsontypes import Json, mapping
from ..terms.forms import is_doi, is_key, is_record_id, is_web_address
from .review import Review, parse_review

__all__ = (
    "FileEntry",
    "NoRecord",
    "Record",
    "parse_entries",
    "parse_entry",
    "parse_id",
    "parse_record",
    "parse_versions",
)


@attrs.frozen
class FileEntry:
    """A file of a record on the server."""

    key: str
    """Its name."""

    size: int | None
    """In bytes, `None` while the upload is not complete."""

    checksum: str | None
    """`md5:` and hexadecimal digits, `None` while the upload is not complete."""

    @property
    def completed(self) -> bool:
        """Whether the content is there.

        Until then the record lists the entry without checksum.
        """
        return self.checksum is not None


@attrs.frozen
class NoRecord:
    """Nothing was created yet."""


@attrs.frozen
class Record:
    """A draft or a published version."""

    id: str
    """Of this version."""

    parent: str
    """Id that stands for all versions."""

    revision: int
    """Counts saves; used to notice that somebody else saved in between."""

    is_draft: bool
    """True for a draft, also for an edit draft of a published version."""

    is_published: bool
    """True for a published version, also for its edit draft."""

    status: str
    """In the words of the server: `draft`, `new_version_draft`, `in_review`, `published`, ..."""

    is_latest: bool
    """Whether no later version is published."""

    has_next_draft: bool
    """Whether a published version has a draft of the next version."""

    fields: Normal
    """All metadata, custom fields, access and the file shown first, in normal form."""

    files: Mapping[str, FileEntry]
    """By name."""

    doi: str
    """Reserved or registered, empty before."""

    concept_doi: str
    """Empty before the first publication."""

    html: str
    """Address of the page for people."""

    doi_is_foreign: bool = False
    """Whether the DOI was given by somebody else than this server."""

    review: Review | None = None
    """The request to a community, also before it is submitted, `None` when there is none."""

    edit_open: bool = False
    """Whether a published version has an edit draft with somebody's open changes."""

    edit_ours: bool = False
    """Whether a published version has an edit draft that an interrupted run left behind."""

    corrects_files: bool = False
    """Whether the server knows how to change the files of a version that is public."""

    previous: Mapping[str, FileEntry] | None = None
    """Files of the latest published version, for a draft of a new version that has no files yet."""

    versions: Mapping[str, str] = attrs.field(factory=dict)
    """Record ids of the published versions by version text, as far as they were asked for."""

    def expecting(self, fields: Normal) -> "Record":
        """Return the same record, which is less work to compare with certain fields."""
        return attrs.evolve(self, fields=self.fields.expecting(fields))

    @property
    def version(self) -> str:
        """The version text, empty when there is none."""
        value = self.fields.get(VERSION)
        return value if isinstance(value, str) else ""

    remarks: tuple[Remark, ...] = attrs.field(default=(), eq=False)
    """What communities say about it, as far as the last answer told: only that to a save does."""

    @property
    def is_edit(self) -> bool:
        """Whether this is an edit draft of a published version."""
        return self.is_draft and self.is_published


def parse_record(body: Mapping[str, Json]) -> Record:
    """Make a record of the JSON of a draft or a published version.

    Raises
    ------
    UnexpectedAnswer
        Names the field that is missing or of an unknown kind.
    """
    versions = _mapping(body, "versions")
    files = _mapping(body, "files")
    pids = mapping(body.get("pids"))
    parent = _mapping(body, "parent")
    links = mapping(body.get("links"))
    revision = body.get("revision_id")
    if not isinstance(revision, int):
        raise _unexpected("revision_id", revision)
    is_draft = body.get("is_draft") is True
    html = str(links.get("self_html") or "")
    return Record(
        id=parse_id(body),
        parent=parse_id(parent),
        revision=revision,
        is_draft=is_draft,
        is_published=body.get("is_published") is True,
        status=str(body.get("status") or ""),
        is_latest=versions.get("is_latest") is True,
        has_next_draft=not is_draft and versions.get("is_latest_draft") is False,
        fields=Normal(sendable(body)),
        files=_parse_files(files),
        doi=_doi(pids),
        concept_doi=_doi(mapping(parent.get("pids"))),
        html=html if is_web_address(html) else "",
        doi_is_foreign=mapping(pids.get("doi")).get("provider") == "external",
        review=parse_review(body) if is_draft else None,
        corrects_files="file_modification" in links,
    )


def _parse_files(files: Mapping[str, Json]) -> dict[str, FileEntry]:
    """Read `files.entries`, which is a mapping in records."""
    entries = files.get("entries") or {}
    if not isinstance(entries, dict):
        raise _unexpected("files.entries", entries)
    return {key: _entry(key, entry) for key, entry in entries.items()}


def parse_entries(body: Mapping[str, Json]) -> dict[str, FileEntry]:
    """Read the answer of the files endpoints, where `entries` is a list.

    Raises
    ------
    UnexpectedAnswer
        When it is not.
    """
    entries = body.get("entries")
    if not isinstance(entries, list):
        raise _unexpected("entries", entries)
    found = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise _unexpected("entries", entry)
        key = _text(entry, "key")
        found[key] = _entry(key, entry)
    return found


def parse_entry(body: Mapping[str, Json]) -> FileEntry:
    """Read the answer about a single file.

    Raises
    ------
    UnexpectedAnswer
        When it has no name.
    """
    return _entry(_text(body, "key"), dict(body))


def _entry(key: str, entry: Json) -> FileEntry:
    if not isinstance(entry, dict):
        raise _unexpected(f"files.entries.{key}", entry)
    if not is_key(key):
        raise _unexpected("key", key)
    size, checksum = entry.get("size"), entry.get("checksum")
    pending = entry.get("status", "completed") != "completed"
    if pending or not isinstance(checksum, str) or not isinstance(size, int):
        return FileEntry(key, None, None)
    return FileEntry(key, size, checksum)


def parse_versions(body: Mapping[str, Json]) -> dict[str, str]:
    """Return record ids by version text from a list of versions, skipping those without a text.

    Raises
    ------
    UnexpectedAnswer
        When there is no list of records.
    """
    hits = _mapping(body, "hits").get("hits")
    if not isinstance(hits, list):
        raise _unexpected("hits.hits", hits)
    found: dict[str, str] = {}
    for hit in hits:
        record = hit if isinstance(hit, dict) else {}
        version = mapping(record.get("metadata")).get("version")
        if isinstance(version, str) and version:
            found.setdefault(version, parse_id(record))
    return found


def _doi(pids: Mapping[str, Json]) -> str:
    doi = str(mapping(pids.get("doi")).get("identifier") or "")
    if doi and not is_doi(doi):
        raise _unexpected("doi", doi)
    return doi


def parse_id(body: Mapping[str, Json]) -> str:
    """Return an id, which goes into addresses and files, and so must be nothing else.

    Raises
    ------
    UnexpectedAnswer
        When it is something else.
    """
    value = _text(body, "id")
    if not is_record_id(value):
        raise _unexpected("id", value)
    return value


def _text(body: Mapping[str, Json], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise _unexpected(name, value)
    return value


def _mapping(body: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise _unexpected(name, value)
    return value


def _unexpected(name: str, value: Json) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"The answer of the server is not understood: {name!r} is {repr(value)[:80]}. "
        "Is the endpoint the API of an InvenioRDM repository, such as https://zenodo.org/api?"
    )
