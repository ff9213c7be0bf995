"""Ask the server for everything that the page of a record says."""

from collections.abc import Mapping

from ..jsontypes import Json
from ..preview.page import Answers, Page, page_of
from ..record.observed import Record
from ..record.review import parse_review
from ..remote.client import Client
from ..remote.protocol import get_citation, get_draft, get_record, versions
from ..remote.release_requests import get_community
from ..session.opening import Opened

__all__ = ("page_now", "page_of_record")

_REFUSED = (*range(400, 429), *range(430, 600))
"""Statuses after which there is no citation; 429 means only that it has to wait."""


def page_now(opened: Opened) -> Page:
    """Return what the page of the record says now.

    Raises
    ------
    Refused
        When nothing was created yet, or when the record is gone or belongs to somebody else.
    """
    return page_of_record(opened.client, opened.record())


def page_of_record(client: Client, record: Record) -> Page:
    """Return what the page of a record says now.

    Parameters
    ----------
    client
        Connection to the endpoint.
    record
        The record, as it was read before.
    """
    request = get_draft(record.id) if record.is_draft else get_record(record.id)
    body = client.read(request).record
    return page_of(
        Answers(
            body,
            versions=client.read(versions(record.id)).record,
            community=_community(client, body),
            citation=_citation(client, record),
            edit_open=record.edit_open,
        )
    )


def _community(client: Client, body: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the community that is to review a draft; it can be one that is not shown to all."""
    review = parse_review(body)
    if review is None:
        return {}
    answer = client.read(get_community(review.community), accept=(403, 404, 410))
    return answer.record if answer.ok else {}


def _citation(client: Client, record: Record) -> str:
    """Return a citation, empty when the server has none."""
    answer = client.read(get_citation(record.id, is_draft=record.is_draft), accept=_REFUSED)
    is_page = "html" in answer.headers.get("content-type", "")
    return answer.text if answer.ok and not is_page else ""
