"""What can be said in a citation of one version of a record."""

from collections.abc import Mapping

import attrs

from ..config.fields import CREATORS, PUBLICATION_DATE, PUBLISHER, RESOURCE_TYPE, TITLE, VERSION
from ..config.people import who_of
from ..jsontypes import Json, string

__all__ = ("Author", "Citation", "citation_of")


@attrs.frozen
class Author:
    """Somebody who is cited as an author."""

    name: str
    """The family name of a person, or the name of an organization."""

    given: str = ""
    """The given names of a person."""

    is_person: bool = True
    """False for an organization."""

    orcid: str = ""
    """The ORCID without address, empty when there is none."""

    affiliation: str = ""
    """The name of the first affiliation, empty when there is none or only its id."""


@attrs.frozen
class Citation:
    """What can be said about one version of a record."""

    doi: str
    """The DOI of this version, or a placeholder."""

    concept_doi: str = ""
    """The DOI of all versions together, empty when it is not known yet."""

    concept_leads: bool = True
    """Whether that DOI is registered: it is by the first publication.

    The outputs do not say so, as they have to stay as they are when the record is published.
    """

    has_concept: bool = True
    """Whether there is or will be such a DOI: only the server that gave the DOI gives it."""

    record: str = ""
    """The record id, empty for a placeholder."""

    url: str = ""
    """The address of the page of this version, which exists after publication."""

    version: str = ""
    """The version text, empty when there is none."""

    title: str = ""
    """The title."""

    date: str = ""
    """The publication date in EDTF, empty when it is not known."""

    publisher: str = ""
    """The publisher."""

    kind: str = ""
    """The resource type, e.g. `dataset`."""

    authors: tuple[Author, ...] = ()
    """The creators in order."""


def citation_of(
    fields: Mapping[str, Json],
    doi: str,
    *,
    concept_doi: str = "",
    concept_leads: bool = True,
    has_concept: bool = True,
    record: str = "",
    url: str = "",
) -> Citation:
    """Return the citation of a record.

    Parameters
    ----------
    fields
        The metadata as they are sent, by field name.
    doi
        The DOI of the version.
    concept_doi
        The DOI of all versions.
    concept_leads
        Whether it is registered.
    has_concept
        Whether there is or will be such a DOI.
    record
        The record id.
    url
        The address of its page.
    """
    creators = fields.get(CREATORS)
    kind = fields.get(RESOURCE_TYPE)
    return Citation(
        doi=doi,
        concept_doi=concept_doi,
        concept_leads=concept_leads,
        has_concept=has_concept,
        record=record,
        url=url,
        version=string(fields.get(VERSION)),
        title=string(fields.get(TITLE)),
        date=string(fields.get(PUBLICATION_DATE)),
        publisher=string(fields.get(PUBLISHER)),
        kind=string(kind.get("id")) if isinstance(kind, dict) else "",
        authors=tuple(
            _author(item)
            for item in (creators if isinstance(creators, list) else [])
            if isinstance(item, dict)
        ),
    )


def _author(creator: Mapping[str, Json]) -> Author:
    who = who_of(creator)
    affiliations = creator.get("affiliations")
    first = affiliations[0] if isinstance(affiliations, list) and affiliations else {}
    affiliation = string(first.get("name")) if isinstance(first, dict) else ""
    if who.get("type") == "organizational":
        return Author(string(who.get("name")), is_person=False)
    identifiers = who.get("identifiers")
    orcids = [
        string(item.get("identifier"))
        for item in (identifiers if isinstance(identifiers, list) else [])
        if isinstance(item, dict) and item.get("scheme") == "orcid"
    ]
    return Author(
        string(who.get("family_name")) or string(who.get("name")),
        string(who.get("given_name")),
        orcid=orcids[0] if orcids else "",
        affiliation=affiliation,
    )
