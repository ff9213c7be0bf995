"""What the page of a record says, taken from the answers of the server."""

from collections.abc import Iterator, Mapping

import attrs

from ..config.fields import PREVIEW, held
from ..config.people import who_of
from ..jsontypes import Json, mapping, mappings
from ..record.observed import Record, parse_record
from ..release.reviews import review_words
from ..reporting.report import missing_parts
from .sections import Section, detail_sections, fact_sections, html_sections, typed_words
from .words import Words, doi_address, identifier_words, term_title, text_of, web_address

__all__ = ("Answers", "Credit", "Doi", "Page", "PageFile", "Version", "page_of")

_STATES = {
    "draft": "Draft",
    "draft_with_review": "Draft",
    "new_version_draft": "Draft of a new version",
    "new_version_draft_with_review": "Draft of a new version",
    "in_review": "In review",
    "declined": "Declined",
    "expired": "Not reviewed in time",
    "published": "Published",
}
"""Words for the states of the server."""


@attrs.frozen
class Answers:
    """What the server was asked for."""

    body: Mapping[str, Json]
    """The draft or the published record."""

    versions: Mapping[str, Json] = attrs.field(factory=dict)
    """The list of its published versions."""

    community: Mapping[str, Json] = attrs.field(factory=dict)
    """The community that is to review the draft."""

    citation: str = ""
    """How to cite it, in the words of the server, which has none for some drafts."""

    edit_open: bool = False
    """Whether a published record has changes of its metadata that are not published."""


@attrs.frozen
class Credit:
    """A creator or contributor, who may be an organisation."""

    name: str
    """The name."""

    role: str
    """In words, empty for none."""

    affiliations: tuple[Words, ...]
    """Where they work."""

    identifiers: tuple[Words, ...]
    """ORCID and others."""


@attrs.frozen
class Doi:
    """A DOI and what became of it."""

    text: str
    """The DOI, empty when there is none yet."""

    address: str
    """Where it leads; empty unless it is registered."""

    standing: str
    """In words."""


@attrs.frozen
class PageFile:
    """A file."""

    key: str
    """Its name."""

    size: int | None
    """In bytes, `None` while the upload is not complete."""

    checksum: str
    """`md5:` and hexadecimal digits, empty while the upload is not complete."""

    is_shown: bool
    """Whether the page of the repository shows its content."""


@attrs.frozen
class Version:
    """A published version."""

    name: str
    """The version text, or else its number in the order of publication."""

    date: str
    """The publication date."""

    doi: str
    """The DOI, empty for none."""

    address: str
    """Address of its page."""

    is_this: bool
    """Whether this page is about it."""


@attrs.frozen
class Page:
    """Everything that the page says, in the order of the page.

    All texts are as the server gave them, to be escaped.
    Fields with `html` in their names are safe HTML.
    """

    id: str
    """Of the draft or record."""

    state: str
    """In words."""

    is_public: bool
    """Whether everybody can see this."""

    notices: tuple[str, ...]
    """What to know before anything else."""

    title: str
    """The title, empty when there is none yet."""

    subtitles: tuple[Words, ...]
    """Additional titles."""

    resource_type: str
    """In words."""

    date: str
    """The publication date as the server keeps it."""

    version: str
    """The version text."""

    creators: tuple[Credit, ...]
    """In the order of the record."""

    doi: Doi
    """Of this version."""

    concept_doi: str
    """That of all versions, empty before the first publication."""

    address: str
    """Of the page on the website."""

    texts: tuple[Section, ...]
    """Description, notes and the like."""

    files: tuple[PageFile, ...]
    """Sorted by name."""

    sections: tuple[Section, ...]
    """What else there is, below the files."""

    contributors: tuple[Credit, ...]
    """In the order of the record."""

    versions: tuple[Version, ...]
    """All that are published, the newest first."""

    details: tuple[Section, ...]
    """What stands beside the rest."""

    citation: str
    """Empty when the server gives none."""


def page_of(answers: Answers) -> Page:
    """Return what the page of a record says.

    Raises
    ------
    UnexpectedAnswer
        When the answer is not about a record.
    """
    body = answers.body
    record = parse_record(body)
    versions = tuple(_versions(answers.versions, record.id))
    return Page(
        id=record.id,
        state="Correction" if record.is_edit else _STATES.get(record.status, record.status),
        is_public=not record.is_draft,
        notices=tuple(_notices(answers, record, versions)),
        title=text_of(held(body, "metadata.title")),
        subtitles=tuple(typed_words(held(body, "metadata.additional_titles"), "title")),
        resource_type=term_title(held(body, "metadata.resource_type")),
        date=text_of(held(body, "metadata.publication_date")),
        version=record.version,
        creators=tuple(_people(held(body, "metadata.creators"))),
        doi=_doi(body, record),
        concept_doi=record.concept_doi,
        address=web_address(record.html),
        texts=tuple(html_sections(body, web_address(record.html))),
        files=_files(record),
        sections=tuple(fact_sections(body)),
        contributors=tuple(_people(held(body, "metadata.contributors"))),
        versions=versions,
        details=tuple(detail_sections(body, answers.community)),
        citation=answers.citation.strip(),
    )


def _notices(answers: Answers, record: Record, versions: tuple[Version, ...]) -> Iterator[str]:
    """Yield what a reader of the page should know before anything else."""
    if answers.edit_open:
        yield (
            "Changes of the metadata are open in the web form. "
            "They are not public, and not on this page."
        )
    if not record.is_draft and not record.is_latest:
        newest = f", {versions[0].name}," if versions else ""
        yield f"A newer version{newest} is published."
    if not record.is_draft:
        return
    if record.is_edit:
        yield "The record is public, this correction of its metadata is not."
    else:
        yield "This draft is not public. Only its owners and those with a link to it can see it."
    review = review_words(record.status, text_of(answers.community.get("slug")))
    if review:
        yield f"It is {review}."
    missing = missing_parts(record)
    if missing:
        yield f"It is not ready to be published, missing: {', '.join(missing)}."


def _doi(body: Mapping[str, Json], record: Record) -> Doi:
    if not record.doi:
        standing = "none yet, the server gives one when the draft is published"
        return Doi("", "", standing if record.is_draft else "none")
    if mapping(mapping(body.get("pids")).get("doi")).get("provider") == "external":
        return Doi(record.doi, doi_address(record.doi), "given by somebody else")
    if not record.is_published:
        return Doi(record.doi, "", "reserved, it leads nowhere before the draft is published")
    address = web_address(text_of(mapping(body.get("links")).get("doi")))
    return Doi(record.doi, address or doi_address(record.doi), "registered")


def _files(record: Record) -> tuple[PageFile, ...]:
    shown = record.fields.get(PREVIEW)
    return tuple(
        PageFile(key, entry.size, entry.checksum or "", key == shown)
        for key, entry in sorted(record.files.items())
    )


def _versions(listed: Mapping[str, Json], this: str) -> Iterator[Version]:
    for hit in mappings(mapping(listed.get("hits")).get("hits")):
        index = mapping(hit.get("versions")).get("index")
        record_id = text_of(hit.get("id"))
        yield Version(
            name=text_of(held(hit, "metadata.version")) or f"number {index}",
            date=text_of(held(hit, "metadata.publication_date")),
            doi=text_of(mapping(mapping(hit.get("pids")).get("doi")).get("identifier")),
            address=web_address(text_of(mapping(hit.get("links")).get("self_html"))),
            is_this=record_id == this,
        )


def _people(value: Json) -> Iterator[Credit]:
    for item in mappings(value):
        person = who_of(item)
        yield Credit(
            name=text_of(person.get("name")),
            role=term_title(item.get("role")),
            affiliations=tuple(map(_affiliation, mappings(item.get("affiliations")))),
            identifiers=tuple(map(identifier_words, mappings(person.get("identifiers")))),
        )


def _affiliation(item: Mapping[str, Json]) -> Words:
    known = [identifier_words(entry) for entry in mappings(item.get("identifiers"))]
    ror = next((words for words in known if words.label == "ROR"), Words(""))
    return Words(text_of(item.get("name")) or text_of(item.get("id")), ror.address)
