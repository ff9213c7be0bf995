"""Those custom fields of Zenodo that are not part of InvenioRDM."""

from typing import Any

from flask import current_app
from invenio_records_resources.services.custom_fields import (
    BaseCF,
    DoubleCF,
    EDTFDateStringCF,
    IntegerCF,
    ISODateStringCF,
    KeywordCF,
    TextCF,
)
from marshmallow import ValidationError, fields
from marshmallow_utils.fields import SanitizedUnicode

NAMESPACES = {
    "ac": "http://rs.tdwg.org/ac/terms/",
    "dc": "http://purl.org/dc/terms/",
    "dwc": "http://rs.tdwg.org/dwc/terms/",
    "gbif": "http://rs.gbif.org/terms/",
    "gbif-dwc": "http://rs.gbif.org/terms/1.0/",
    "legacy": "",
    "mixs": "https://w3id.org/mixs/",
    "obo": "http://purl.obolibrary.org/obo/",
    "openbiodiv": "http://openbiodiv.net/",
}


class SwitchedList(fields.List):
    """A list in a field that the server does not know when `ZENODO_LIKE_FIELDS` is false."""

    def _deserialize(self, *args: object, **kwargs: object) -> list[Any]:
        if not current_app.config["ZENODO_LIKE_FIELDS"]:
            raise ValidationError("Unknown field.")
        return super()._deserialize(*args, **kwargs)


class TextsCF(TextCF):
    """A list of texts."""

    @property
    def field(self) -> fields.Field:
        return SwitchedList(SanitizedUnicode())


class ObjectsCF(BaseCF):
    """A list of mappings from names to texts, or to lists of texts."""

    def __init__(self, name: str, *names: str, multiple: bool = False) -> None:
        super().__init__(name)
        self.names = names
        self.multiple = multiple

    @property
    def field(self) -> fields.Field:
        text = SanitizedUnicode()
        value = fields.List(text) if self.multiple else text
        return fields.List(fields.Nested(dict.fromkeys(self.names, value)))

    @property
    def mapping(self) -> dict[str, Any]:
        properties = {name: {"type": "keyword"} for name in self.names}
        return {"type": "object", "properties": properties}


TEXTS = """
ac:associatedSpecimenReference
ac:captureDevice
ac:physicalSetting
ac:resourceCreationTechnique
ac:subjectOrientation
ac:subjectPart
dc:creator
dc:rightsHolder
dwc:associatedSequences
dwc:basisOfRecord
dwc:catalogNumber
dwc:class
dwc:collectionCode
dwc:country
dwc:countryCode
dwc:county
dwc:datasetID
dwc:eventID
dwc:family
dwc:genus
dwc:geodeticDatum
dwc:habitat
dwc:identifiedBy
dwc:individualCount
dwc:institutionCode
dwc:kingdom
dwc:lifeStage
dwc:locality
dwc:locationID
dwc:materialSampleID
dwc:namePublishedInID
dwc:namePublishedInYear
dwc:occurrenceID
dwc:occurrenceStatus
dwc:order
dwc:organismQuantityType
dwc:otherCatalogNumbers
dwc:parentEventID
dwc:phylum
dwc:preparations
dwc:recordedBy
dwc:sampleSizeUnit
dwc:sampleSizeValue
dwc:samplingEffort
dwc:samplingProtocol
dwc:scientificName
dwc:scientificNameAuthorship
dwc:scientificNameID
dwc:sex
dwc:specificEpithet
dwc:stateProvince
dwc:taxonID
dwc:taxonRank
dwc:taxonomicStatus
dwc:typeStatus
dwc:verbatimElevation
dwc:verbatimEventDate
gbif-dwc:identifiedByID
gbif-dwc:recordedByID
gbif:DNA_sequence
gbif:pcr_primer_forward
gbif:pcr_primer_name_forward
gbif:pcr_primer_name_reverse
gbif:pcr_primer_reverse
mixs:0000012
mixs:0000013
mixs:0000014
mixs:0000044
mixs:0000045
mixs:0000049
mixs:0000050
mixs:0000058
mixs:0000090
openbiodiv:TaxonomicConceptLabel
"""

FIELDS = [
    *map(TextsCF, TEXTS.split()),
    KeywordCF(name="legacy:communities", multiple=True),
    DoubleCF(name="dwc:decimalLatitude", multiple=True),
    DoubleCF(name="dwc:decimalLongitude", multiple=True),
    DoubleCF(name="dwc:organismQuantity", multiple=True),
    IntegerCF(name="gbif:ampliconSize", multiple=True),
    ISODateStringCF(name="dwc:dateIdentified", multiple=True),
    ISODateStringCF(name="dwc:eventDate", multiple=True),
    EDTFDateStringCF(name="ac:digitizationDate", multiple=True),
    ObjectsCF("legacy:subjects", "term", "identifier", "scheme"),
    ObjectsCF("obo:RO_0002453", "subject", "object", multiple=True),
]
