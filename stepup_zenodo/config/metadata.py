"""The section `metadata` of the configuration."""

import attrs

from ..terms.identifiers import RECORD_SCHEMES
from .containers import Many
from .dates import When
from .identifiers import Identifier, Identifiers
from .ids import Keyword, SubjectId, Term
from .locations import LOCATIONS, Location
from .people import CONTRIBUTOR, CREATOR, Person
from .related import RELATED, Related, RelatedSource
from .scalars import Html, Text
from .structs import key
from .works import (
    DATED,
    DESCRIPTION,
    FUNDING,
    LICENSE,
    NOTES,
    REFERENCE,
    THESIS,
    TITLE,
    AdditionalDescription,
    AdditionalTitle,
    ChangelogNotes,
    Dated,
    Funding,
    OwnLicense,
    Reference,
)

__all__ = ("Metadata",)


@attrs.frozen(kw_only=True)
class Metadata:
    """What the record says about the work.

    `None` means that the configuration leaves a field alone;
    an empty text or tuple means that it empties the field.
    """

    title: str | None = key(
        Text(shortest=3), "The title.", example="Data of an Example", heading="Title"
    )
    version: str | None = key(
        Text(longest=191, can_be_empty=True, strict=True),
        "The version, as a text in quotes. "
        "Raise it when files change after a version was published.",
        example="1.0.0",
    )
    publication_date: str | None = key(
        When(), "When this version was or will be published first.", example="2026-03-01"
    )
    publisher: str | None = key(
        Text(), "Who publishes the record.", example="Zenodo", heading="Publisher"
    )
    resource_type: str | None = key(
        Term("resource_types", also=THESIS), "What kind of work it is.", example="dataset"
    )
    description: str | None = key(
        Html(shortest=3, can_be_empty=True),
        "A description, as text or HTML. See also `path_readme`.",
        example="All data behind the figures.",
        heading="Description",
    )
    keywords: tuple[str, ...] | None = key(
        Many(Keyword(name="a keyword")),
        "Free keywords. "
        "They share a field of the server with `subjects`: giving one of them replaces both.",
        example=["radium", "chemistry"],
        field="subjects",
        heading="Keywords",
    )
    subjects: tuple[str, ...] | None = key(
        Many(SubjectId()),
        "Ids of subjects from the vocabularies of the server.",
        example=["http://id.loc.gov/authorities/subjects/sh85007163"],
    )
    license: tuple[str | OwnLicense, ...] | None = key(
        Many(LICENSE),
        "The licences, as SPDX ids in any case or as own ones.",
        example=["cc-by-4.0"],
        aliases=("licence", "licenses", "licences", "rights"),
        field="rights",
        heading="Licence",
    )
    copyright: str | None = key(
        Html(can_be_empty=True, blocks=False),
        "Who owns the copyright.",
        example="(c) 2026 Marie Curie",
        heading="Copyright",
    )
    creators: tuple[Person, ...] | None = key(
        Many(CREATOR, at_least=1),
        "Who made the work, in the order of citation.",
        example=[{"family_name": "Curie", "given_name": "Marie"}],
    )
    contributors: tuple[Person, ...] | None = key(
        Many(CONTRIBUTOR),
        "Who contributed otherwise.",
        example=[{"name": "Curie, Pierre", "role": "datacollector"}],
    )
    related: tuple[Related | RelatedSource, ...] | None = key(
        Many(RELATED),
        "Other works and their relations to this one.",
        example=[{"identifier": "10.1234/example", "relation_type": "cites"}],
        aliases=("related_identifiers",),
        field="related_identifiers",
        heading="Related works",
    )
    references: tuple[Reference, ...] | None = key(
        Many(REFERENCE),
        "The list of references, as full citations.",
        example=["Curie, M. (1903). Recherches sur les substances radioactives."],
        heading="References",
    )
    identifiers: tuple[Identifier, ...] | None = key(
        Identifiers(RECORD_SCHEMES),
        "Other identifiers of this same work.",
        example=[{"url": "https://example.org/data/1234"}],
        heading="Other identifiers",
    )
    funding: tuple[Funding, ...] | None = key(
        Many(FUNDING),
        "Funders and awards.",
        example=[{"funder": {"ror": "00k4n6c32"}, "award": {"number": "1234"}}],
        heading="Funding",
    )
    languages: tuple[str, ...] | None = key(
        Many(Term("languages")),
        "The languages of the work, as three-letter codes of ISO 639-3.",
        example=["eng"],
        aliases=("language",),
        heading="Languages",
    )
    dates: tuple[Dated, ...] | None = key(
        Many(DATED),
        "Dates in the life of the work.",
        example=[{"date": "2026-01/2026-03", "type": "collected"}],
        heading="Dates",
    )
    notes: str | ChangelogNotes | None = key(
        NOTES,
        "Release notes, as text or HTML, or from a changelog. They share a field of the server "
        "with `additional_descriptions`: giving one of them replaces both.",
        example="First release.",
        field="additional_descriptions",
    )
    additional_titles: tuple[AdditionalTitle, ...] | None = key(
        Many(TITLE),
        "Other titles.",
        example=[{"title": "Exemples", "type": "translated-title", "language": "fra"}],
    )
    additional_descriptions: tuple[AdditionalDescription, ...] | None = key(
        Many(DESCRIPTION),
        "Other descriptions.",
        example=[{"description": "We measured.", "type": "methods"}],
    )
    sizes: tuple[str, ...] | None = key(
        Many(Text(name="a size")),
        "How large the work is, in any units.",
        example=["15 pages"],
        heading="Sizes",
    )
    formats: tuple[str, ...] | None = key(
        Many(Text(name="a format")),
        "Formats of the files.",
        example=["text/csv"],
        heading="Formats",
    )
    locations: tuple[Location, ...] | None = key(
        LOCATIONS,
        "Places that the work is about.",
        example=[{"place": "Brussels"}],
        heading="Places",
    )
