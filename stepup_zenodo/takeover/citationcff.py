"""Take over what a `CITATION.cff` says, in version 1.2 of the Citation File Format.

Meaning of the keys: <https://github.com/citation-file-format/citation-file-format>.
"""

from collections.abc import Mapping
from typing import Any

from ..jsontypes import given
from .common import Taken, items, licenses, listed, mapping, orcid_or_ror, text

__all__ = ("from_citation",)

_USED = frozenset(
    {
        "abstract",
        "authors",
        "cff-version",
        "contact",
        "date-released",
        "doi",
        "identifiers",
        "keywords",
        "license",
        "license-url",
        "message",
        "preferred-citation",
        "references",
        "repository-code",
        "title",
        "type",
        "url",
        "version",
    }
)
_USED_OF_PERSON = frozenset(
    {"affiliation", "alias", "family-names", "given-names", "name", "name-particle"}
    | {"name-suffix", "orcid"}
)
_ARTICLES = {
    "article": "publication-article",
    "book": "publication-book",
    "conference-paper": "publication-conferencepaper",
    "data": "dataset",
    "report": "publication-report",
    "software": "software",
    "software-code": "software",
    "thesis": "publication-thesis",
}
"""The types of references that have a counterpart."""


def from_citation(data: Mapping[str, Any]) -> Taken:
    """Return what a configuration can say of the contents of a `CITATION.cff`."""
    taken = Taken()
    taken.put("title", text(data.get("title")))
    taken.put("version", text(data.get("version")))
    taken.put("publication_date", text(data.get("date-released")))
    taken.put("resource_type", text(data.get("type")) or "software")
    taken.put("description", text(data.get("abstract")))
    taken.add("keywords", (text(word) for word in listed(data.get("keywords"))))
    taken.add(
        "license", (id_ for item in listed(data.get("license")) for id_ in licenses(text(item)))
    )
    taken.add("creators", _people(data, "authors", taken))
    people = [{**person, "role": "contactperson"} for person in _people(data, "contact", taken)]
    taken.add("contributors", people)
    _add_identifiers(data, taken)
    if url := text(data.get("url")):
        taken.add("related", [_page(url)])
    taken.put_top("code_repository", text(data.get("repository-code")))
    _add_citations(data, taken)
    if data.get("license-url"):
        taken.leave("license-url", "write an own licence with the keys title and link")
    taken.leave_rest(data, _USED)
    return taken


def _page(url: str) -> dict[str, str]:
    return {"scheme": "url", "identifier": url, "relation_type": "isdescribedby"}


def _people(data: Mapping[str, Any], key: str, taken: Taken) -> list[dict[str, Any]]:
    people = []
    for where, item in items(data, key):
        person = mapping(item)
        made = _person(person)
        if made:
            people.append(made)
        else:
            taken.leave(where, "there is no name")
        taken.leave_rest(person, _USED_OF_PERSON, f"{where}.")
    return people


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person or organization, empty if there is no name."""
    family = [text(person.get(key)) for key in ("name-particle", "family-names", "name-suffix")]
    given_name = text(person.get("given-names"))
    if name := text(person.get("name")):
        names = {"organization": name}
    elif text(person.get("family-names")):
        names = given(family_name=" ".join(part for part in family if part), given_name=given_name)
    elif alone := given_name or text(person.get("alias")):
        names = {"family_name": alone}
    else:
        return {}
    affiliation = text(person.get("affiliation"))
    return names | given(
        identifiers=orcid_or_ror(text(person.get("orcid"))),
        affiliations=[{"name": affiliation}] if affiliation else [],
    )


def _add_identifiers(data: Mapping[str, Any], taken: Taken) -> None:
    found = [("doi", "doi", text(data.get("doi")))] if data.get("doi") else []
    for where, item in items(data, "identifiers"):
        entry = mapping(item)
        found.append((where, text(entry.get("type")), text(entry.get("value"))))
    for where, scheme, value in found:
        if (scheme == "doi" and "10.5281/zenodo." in value) or "10.5072/zenodo." in value:
            taken.leave_record(f"{where} {value}")
        elif scheme in ("doi", "url", "other"):
            taken.add("identifiers", [{scheme: value}])
        else:
            taken.leave(f"{where} {value}", f"a record takes no identifiers of the kind {scheme}")


def _add_citations(data: Mapping[str, Any], taken: Taken) -> None:
    preferred = mapping(data.get("preferred-citation"))
    if doi := text(preferred.get("doi")):
        related = {"scheme": "doi", "identifier": doi, "relation_type": "isdescribedby"}
        kind = _ARTICLES.get(text(preferred.get("type")))
        taken.add("related", [{**related, "resource_type": kind} if kind else related])
    elif preferred:
        taken.leave("preferred-citation", "it has no DOI")
    for where, item in items(data, "references"):
        reference = mapping(item)
        citation = _citation(reference)
        if not citation:
            taken.leave(where, "there is no title")
            continue
        made = {"reference": citation}
        if doi := text(reference.get("doi")):
            made |= {"scheme": "doi", "identifier": doi}
        taken.add("references", [made])


def _citation(reference: Mapping[str, Any]) -> str:
    """Return a citation with authors, year, title and journal."""
    title = text(reference.get("title"))
    if not title:
        return ""
    names = [_short_name(mapping(author)) for author in listed(reference.get("authors"))]
    year = text(reference.get("year")) or text(reference.get("date-released"))[:4]
    authors = "; ".join(name for name in names if name)
    dated = f"{authors} ({year})" if authors and year else authors
    parts = (dated, title, text(reference.get("journal")))
    return " ".join(f"{part}." for part in parts if part)


def _short_name(author: Mapping[str, Any]) -> str:
    """Return an organization, or a family name with initials."""
    person = _person(author)
    if "organization" in person:
        return str(person["organization"])
    initials = " ".join(f"{word[0]}." for word in str(person.get("given_name", "")).split())
    family = str(person.get("family_name", ""))
    return f"{family}, {initials}" if initials else family
