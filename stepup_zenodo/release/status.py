"""How a record stands: what it is, who is to act, and where its pages are."""

from collections.abc import Mapping

import attrs

from ..jsontypes import Json
from ..local.state import EndpointState
from ..record.observed import NoRecord, Record
from ..reporting.report import record_line
from .doi import concept_words
from .reviews import review_words

__all__ = ("Standing", "remembered_json", "remembered_lines", "standing_json", "standing_lines")


@attrs.frozen
class Standing:
    """Everything that is shown about a record."""

    record: Record | NoRecord
    """What the server holds."""

    latest: Record | None = None
    """The latest published version, if that is another one."""

    community: str = ""
    """Name of the community that is to review the draft, empty for none."""

    communities: tuple[str, ...] = ()
    """Names of the communities that have taken in the record."""

    comment: str = ""
    """What was said last about a review that ended badly."""

    last_sent: str = ""
    """When the state file was written, ISO 8601 in UTC; empty if there is none."""

    foreseen_concept: str = ""
    """The DOI that all versions will have from the first publication on, empty if not known."""

    drift: int | None = None
    """How many changes a sync would make or leave, `None` when it could not be compared."""

    drift_problem: str = ""
    """Why it could not be compared."""


def standing_lines(standing: Standing) -> list[str]:
    """Return how a record stands, one fact in each line."""
    record = standing.record
    if isinstance(record, NoRecord):
        rows = {"record": "no record yet", "drift": _drift(standing)}
        return [f"{name:12} {text}" for name, text in rows.items()]
    rows = {
        "record": record_line(record),
        "state": _state(standing, record),
        "concept DOI": _concept(standing, record),
        "community": ", ".join(standing.communities),
        "page": record.html,
        "last sent": standing.last_sent or "never from here",
        "drift": _drift(standing),
    }
    return [f"{name:12} {text}" for name, text in rows.items() if text]


def _concept(standing: Standing, record: Record) -> str:
    """Return the concept DOI, or why there is none."""
    has_concept = not (record.is_published or record.doi_is_foreign)
    concept = record.concept_doi or (standing.foreseen_concept if has_concept else "")
    return concept_words(concept, leads=bool(record.concept_doi), has_concept=has_concept)


def _state(standing: Standing, record: Record) -> str:
    parts = []
    if not record.is_draft:
        parts.append("published")
        if record.edit_open:
            parts.append("somebody left changes of the metadata open in the web form")
    elif record.is_published:
        parts.append("published, with a correction of the metadata that is not finished")
    else:
        parts.append("not public" if record.status != "in_review" else "")
    if standing.latest is not None:
        version = standing.latest.version or standing.latest.id
        parts.append(f"a newer version, {version}, is published as record {standing.latest.id}")
    elif record.has_next_draft:
        parts.append("a draft of the next version exists")
    parts.append(review_words(record.status, standing.community))
    if standing.comment:
        parts.append(f"the last comment is {standing.comment!r}")
    return "; ".join(part for part in parts if part)


def _drift(standing: Standing) -> str:
    if standing.drift is None:
        return f"not compared: {standing.drift_problem}"
    if standing.drift == 0:
        return "none"
    noun = "difference" if standing.drift == 1 else "differences"
    return f"{standing.drift} {noun}, see `stepup-zenodo diff`"


def standing_json(standing: Standing) -> Mapping[str, Json]:
    """Return the same for programs."""
    record = standing.record
    common: dict[str, Json] = {
        "last_sent": standing.last_sent or None,
        "differences": standing.drift,
    }
    if isinstance(record, NoRecord):
        return {"record": None, **common}
    return {
        "record": record.id,
        "state": record.status,
        "is_public": record.is_published,
        "version": record.version or None,
        "doi": record.doi or None,
        "concept_doi": record.concept_doi or None,
        "url": record.html,
        "latest": standing.latest.id if standing.latest else None,
        "has_next_draft": record.has_next_draft and standing.latest is None,
        "community": standing.community or None,
        "communities": [*standing.communities],
        "comment": standing.comment or None,
        **common,
    }


def remembered_lines(state: EndpointState, silence: str) -> list[str]:
    """Return what is known about a record without asking the server, and why it was not asked."""
    rows = {
        "record": state.record or "no record yet",
        "DOI": state.doi,
        "concept DOI": state.concept_doi,
        "state": f"not known, as {silence}",
    }
    return [f"{name:12} {text}" for name, text in rows.items() if text]


def remembered_json(state: EndpointState) -> dict[str, Json]:
    """Return the same for programs."""
    return {
        "record": state.record or None,
        "state": None,
        "doi": state.doi or None,
        "concept_doi": state.concept_doi or None,
    }
