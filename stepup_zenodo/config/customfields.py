"""The fields of a record that Zenodo adds to those of InvenioRDM.

The common ones are keys of the configuration with names of their own.
All of them can also be given in the section `custom_fields` under the names of the server.
Source of the names and types: `RDM_CUSTOM_FIELDS` in zenodo-rdm 25.2.5.
"""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..document.nodes import Entry, MapNode, Node
from ..errors import Problem
from ..terms.identifiers import MEETING_SCHEMES
from .anything import Anything
from .containers import Many, all_of, read_all
from .dates import When
from .identifiers import Identifier, Identifiers
from .jsonschema import Definitions, Schema, object_of
from .reading import At, Kind, closest, did_you_mean, kind_of_value, shortened
from .scalars import Address, Decimal, StandardNumber, Text
from .structs import Struct, key

__all__ = (
    "IMPRINT",
    "JOURNAL",
    "MEETING",
    "OTHERS",
    "THESIS",
    "ArticleJournal",
    "CustomFields",
    "Imprint",
    "Meeting",
    "Thesis",
)


@attrs.frozen(kw_only=True)
class ArticleJournal:
    """The journal in which an article is published."""

    title: str | None = key(Text(), "The title of the journal.", example="Journal of Examples")
    issn: str | None = key(StandardNumber("issn"), "The ISSN of the journal.", example="0317-8471")
    volume: str | None = key(Text(), "The volume.", example="12")
    issue: str | None = key(Text(), "The issue.", example="3")
    pages: str | None = key(Text(), "The pages or the number of the article.", example="15-22")


@attrs.frozen(kw_only=True)
class Meeting:
    """The conference at which the work is presented."""

    title: str | None = key(Text(), "The title.", example="Conference on Examples")
    acronym: str | None = key(Text(), "The acronym.", example="COE 2026")
    dates: str | None = key(Text(), "The dates, as free text.", example="1-3 March 2026")
    place: str | None = key(Text(), "City and country.", example="Brussels, Belgium")
    session: str | None = key(Text(), "The session.", example="VI")
    session_part: str | None = key(Text(), "The part of the session.", example="1")
    url: str | None = key(Address(), "The website.", example="https://example.org/coe")
    identifiers: tuple[Identifier, ...] = key(
        Identifiers(MEETING_SCHEMES),
        "Identifiers of the conference.",
        example=[{"doi": "10.1234/coe"}],
        default=(),
    )


@attrs.frozen(kw_only=True)
class Imprint:
    """The book or report in which the work is published."""

    title: str | None = key(Text(), "The title of the book.", example="Book of Examples")
    isbn: str | None = key(StandardNumber("isbn"), "The ISBN.", example="978-3-16-148410-0")
    place: str | None = key(Text(), "Where it is published.", example="Brussels")
    pages: str | None = key(Text(), "The pages.", example="15-22")
    edition: str | None = key(Text(), "The edition.", example="2nd")


@attrs.frozen(kw_only=True)
class Thesis:
    """Where and when a thesis is submitted."""

    university: str | None = key(Text(), "The university.", example="Example University")
    department: str | None = key(Text(), "The department.", example="Physics")
    type: str | None = key(Text(), "What kind of thesis it is.", example="PhD")
    date_submitted: str | None = key(
        When(uncertain=True), "When it was submitted.", example="2026-03-01"
    )
    date_defended: str | None = key(
        When(uncertain=True), "When it was defended.", example="2026-06-01"
    )


@attrs.frozen(kw_only=True)
class _LegacySubject:
    term: str | None = key(Text(), "The subject.", example="Chemistry")
    identifier: str | None = key(Text(), "Its identifier.", example="http://example.org/c")
    scheme: str | None = key(Text(), "What kind of identifier it is.", example="url")


@attrs.frozen(kw_only=True)
class _Interaction:
    subject: tuple[str, ...] = key(Many(Text()), "Who interacts.", default=())
    object: tuple[str, ...] = key(Many(Text()), "With whom.", default=())


JOURNAL = Struct(ArticleJournal, "a journal", can_be_empty=True)
MEETING = Struct(Meeting, "a conference", can_be_empty=True)
IMPRINT = Struct(Imprint, "a book", can_be_empty=True)
THESIS = Struct(Thesis, "a thesis", can_be_empty=True)

_TEXTS = """
legacy:communities dc:creator openbiodiv:TaxonomicConceptLabel
ac:associatedSpecimenReference ac:captureDevice ac:physicalSetting ac:resourceCreationTechnique
ac:subjectOrientation ac:subjectPart
gbif-dwc:identifiedByID gbif-dwc:recordedByID
gbif:DNA_sequence gbif:pcr_primer_forward gbif:pcr_primer_reverse
gbif:pcr_primer_name_forward gbif:pcr_primer_name_reverse
mixs:0000012 mixs:0000013 mixs:0000014 mixs:0000044 mixs:0000045 mixs:0000049 mixs:0000050
mixs:0000058 mixs:0000090
dwc:associatedSequences dwc:basisOfRecord dwc:catalogNumber dwc:class dwc:collectionCode
dwc:country dwc:countryCode dwc:county dwc:datasetID dwc:eventID dwc:family dwc:genus
dwc:geodeticDatum dwc:habitat dwc:identifiedBy dwc:individualCount dwc:institutionCode dwc:kingdom
dwc:lifeStage dwc:locality dwc:locationID dwc:materialSampleID dwc:namePublishedInID
dwc:namePublishedInYear dwc:occurrenceID dwc:occurrenceStatus dwc:order dwc:organismQuantityType
dwc:otherCatalogNumbers dwc:parentEventID dwc:phylum dwc:preparations dwc:recordedBy
dwc:sampleSizeUnit dwc:sampleSizeValue dwc:samplingEffort dwc:samplingProtocol dwc:scientificName
dwc:scientificNameAuthorship dwc:scientificNameID dwc:sex dwc:specificEpithet dwc:stateProvince
dwc:taxonID dwc:taxonRank dwc:taxonomicStatus dwc:typeStatus dwc:verbatimElevation
dwc:verbatimEventDate
"""
"""The fields that are lists of texts."""

OTHERS: Mapping[str, Kind[Any]] = {
    **dict.fromkeys(_TEXTS.split(), Many(Text())),
    **dict.fromkeys(
        ("dwc:decimalLatitude", "dwc:decimalLongitude", "dwc:organismQuantity"), Many(Decimal())
    ),
    "dwc:dateIdentified": Many(When(only_day=True)),
    "dwc:eventDate": Many(When(only_day=True)),
    "ac:digitizationDate": Many(When(uncertain=True)),
    "gbif:ampliconSize": Many(Decimal(whole=True)),
    "legacy:subjects": Many(
        Struct(_LegacySubject, "a subject with the keys term, identifier, scheme")
    ),
    "obo:RO_0002453": Many(Struct(_Interaction, "a mapping with the keys subject and object")),
}
"""The fields without a key of their own, by their names on the server."""


@kind_of_value
class CustomFields(Kind[tuple[tuple[str, Any], ...]]):
    """A mapping from names of the server to values."""

    find: Callable[[], Mapping[str, Kind[Any]]] = attrs.field(repr=False)
    """Returns what the values may be, by the name of the field on the server, or by a key for it.

    Projects that come from StepUp RepRep 4 have the keys here.
    """

    emptied = ""
    words = "a mapping from names of custom fields such as dwc:genus to values"

    @property
    def kinds(self) -> Mapping[str, Kind[Any]]:
        """What the values may be, by the names that can be used."""
        return self.find()

    def parse(self, node: Node, at: At) -> tuple[tuple[str, Any], ...]:
        """Read the fields in their order in the file."""
        if not isinstance(node, MapNode):
            raise self.mismatch(node, at)
        values = read_all(
            (self.kind_of(entry, at), entry.value, at.key(entry.key, entry))
            for entry in node.entries
        )
        return tuple(zip((entry.key for entry in node.entries), all_of(values), strict=True))

    def kind_of(self, entry: Entry, at: At) -> Kind[Any]:
        """Return what a field may be: anything if it is not known, which is remembered."""
        if entry.key in self.kinds:
            return self.kinds[entry.key]
        hint = did_you_mean(closest(entry.key, self.kinds), "the server would refuse it")
        message = f"the custom field {shortened(entry.key)} is unknown"
        at.reading.unknown_fields.append(Problem(message, at.written, entry.place, hint))
        return Anything()

    def schema(self, definitions: Definitions) -> Schema:
        """Return a mapping with all fields, and any others that have a namespace."""
        kinds = sorted(self.kinds.items())
        others: Schema = {"patternProperties": {":": True}}
        return object_of({name: kind.schema(definitions) for name, kind in kinds}, **others)
