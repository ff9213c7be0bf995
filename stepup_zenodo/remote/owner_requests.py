"""Requests by which the owner of a record goes beyond its drafts, as data.

Facts about the server were read in invenio-rdm-records 35 (`services/request_policies.py`),
and observed on a local server with that package. Zenodo grants the first two within 30 days of
the publication, and altogether 150 GB beyond the usual 50 GB per record.
"""

from urllib.parse import quote

from ..jsontypes import Json, mapping, mappings, string
from .protocol import Answer, Request

__all__ = ("delete_published", "raise_quota", "reasons_in", "removal_reasons", "unlock_files")

_FOR_OWNERS = "deletion-request"
"""The tag of the reasons that owners can give."""


def _record(record_id: str, tail: str) -> str:
    return f"/records/{quote(record_id, safe='')}{tail}"


def unlock_files(record_id: str) -> Request:
    """Let the files of a published version be changed, in its edit draft, which must exist.

    Repeating it is harmless.
    """
    path = _record(record_id, "/file-modification")
    return Request("POST", path, "unlock the files of the published version", {})


def delete_published(record_id: str, reason: str, comment: str) -> Request:
    """Delete a published version, of which a note with the citation stays (status 410)."""
    body: Json = {"reason": reason, **({"comment": comment} if comment else {})}
    path = _record(record_id, "/request-deletion")
    return Request("POST", path, "delete the published version", body)


def removal_reasons() -> Request:
    """List the reasons for which records are deleted."""
    path = "/vocabularies/removalreasons?size=100"
    return Request("GET", path, "list the reasons for a deletion")


def reasons_in(answer: Answer) -> dict[str, str]:
    """Return the titles of the reasons that owners can give, by id."""
    hits = mappings(mapping(answer.record.get("hits")).get("hits"))
    found = {}
    for hit in hits:
        tags = hit.get("tags")
        if isinstance(tags, list) and _FOR_OWNERS in tags:
            title = hit.get("title_l10n") or mapping(hit.get("title")).get("en")
            found[string(hit.get("id"))] = string(title)
    return found


def raise_quota(record_id: str, gigabytes: int) -> Request:
    """Let the files of a draft take more. The quota is set to this, also if it was more."""
    path = _record(record_id, "/quota-increase")
    body: Json = {"quota_size": str(gigabytes)}
    return Request("POST", path, f"raise the quota to {gigabytes} GB", body)
