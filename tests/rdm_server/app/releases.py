"""What older releases of InvenioRDM lack or call by another name."""

import re

from invenio_rdm_records.resources import serializers
from invenio_rdm_records.services.permissions import RDMRecordPermissionPolicy

__all__ = (
    "FILE_MODIFICATION_POLICIES",
    "QUOTA_INCREASE_POLICIES",
    "REVIEW",
    "concept_serializer",
    "is_edmo",
)

try:
    from invenio_vocabularies.config import is_edmo
except ImportError:  # 13

    def is_edmo(value: str) -> re.Match[str] | None:
        """Return whether a text is an identifier of an organisation in EDMO."""
        return re.match(r"(https?://)?(edmo\.seadatanet\.org/report/)?\d+$", value)


try:
    from invenio_rdm_records.services.request_policies import (
        FileModificationAdminPolicy,
        FileModificationGracePeriodPolicy,
    )
except ImportError:  # 13
    FILE_MODIFICATION_POLICIES = []
else:
    FILE_MODIFICATION_POLICIES = [
        FileModificationGracePeriodPolicy(),
        FileModificationAdminPolicy(),
    ]

try:
    from invenio_rdm_records.services.request_policies import (
        QuotaIncreaseAdminPolicy,
        QuotaIncreasePolicy,
    )
except ImportError:  # 13
    QUOTA_INCREASE_POLICIES = []
else:
    QUOTA_INCREASE_POLICIES = [QuotaIncreasePolicy(), QuotaIncreaseAdminPolicy()]

try:
    from invenio_records_permissions.generators import SameAs
except ImportError:  # 13
    REVIEW = RDMRecordPermissionPolicy.can_review
else:
    REVIEW = SameAs("can_review")


def concept_serializer() -> object:
    """Return what writes the metadata that DataCite gets for a concept DOI."""
    if hasattr(serializers, "DataCite45JSONSerializer"):
        return serializers.DataCite45JSONSerializer(is_parent=True)
    return serializers.DataCite43JSONSerializer(schema_context={"is_parent": True})
