"""Those custom fields of Zenodo that are not part of InvenioRDM and not about specimens."""

from typing import Any

from invenio_records_resources.services.custom_fields import BaseCF, KeywordCF, TextCF
from marshmallow import fields
from marshmallow_utils.fields import SanitizedUnicode

NAMESPACES = {"dc": "http://purl.org/dc/terms/", "legacy": ""}


class SubjectsCF(BaseCF):
    """Terms of vocabularies that are not installed."""

    @property
    def field(self) -> fields.Field:
        names = "term", "identifier", "scheme"
        return fields.List(fields.Nested({name: SanitizedUnicode() for name in names}))

    @property
    def mapping(self) -> dict[str, Any]:
        properties = {
            "term": {"type": "text"},
            "identifier": {"type": "keyword"},
            "scheme": {"type": "keyword"},
        }
        return {"type": "object", "properties": properties}


FIELDS = [
    TextCF(name="dc:creator", multiple=True),
    TextCF(name="dc:rightsHolder", multiple=True),
    KeywordCF(name="legacy:communities", multiple=True),
    SubjectsCF(name="legacy:subjects"),
]
