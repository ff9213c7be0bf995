"""Take over what a `CITATION.cff` says, in version 1.2 of the Citation File Format.

Meaning of the keys: <https://github.com/citation-file-format/citation-file-format>.
"""

from collections.abc import Mapping
from typing import Any

from ..jsontypes import given
from .citation import citation, identifier_of
from .common import Taken, add_licences, identifier, keywords, names_in
from .names import identifiers_of, person_or_group
from .source import Source, items, mapping, source_of, text, texts

__all__ = ("from_citation",)

_TYPES = {
    "article": "publication-article",
    "book": "publication-book",
    "conference-paper": "publication-conferencepaper",
    "data": "dataset",
    "dataset": "dataset",
    "report": "publication-report",
    "software": "software",
    "software-code": "software",
    "thesis": "publication-thesis",
}
"""The types of works that have a counterpart."""

_OF_FILE = ("cff-version", "message")


def from_citation(data: Mapping[str, Any]) -> Taken:
    """Return what a configuration can say of the contents of a `CITATION.cff`."""
    source = source_of(data)
    taken = Taken(source)
    taken.put("title", text(source.get("title")))
    taken.put("version", text(source.get("version")))
    taken.put("publication_date", text(source.get("date-released")))
    _add_type(source, taken)
    taken.put("description", text(source.get("abstract"), "\n\n"))
    taken.add("keywords", keywords(source.get("keywords")))
    add_licences(source, "license", taken, list_is_choice=True)
    taken.add("creators", _people(source, "authors", taken))
    people = [{**person, "role": "contactperson"} for person in _people(source, "contact", taken)]
    taken.add("contributors", people)
    _add_identifiers(source, taken)
    for url in texts(source.get("url")):
        taken.add("related", [_page(url)])
    taken.put_top("code_repository", text(source.get("repository-code")))
    _add_preferred(source, taken)
    for where, item in items(source, "references"):
        _add_reference(where, mapping(item), taken)
    if source.get("license-url"):
        why = "write an own licence with the keys title and link"
        taken.leave("license-url", why, text(source.get("license-url")))
    taken.leave_together(source, _OF_FILE, "it is about the file, not about the work")
    return taken


def _add_type(source: Source, taken: Taken) -> None:
    kind = text(source.get("type")) or "software"
    made = _TYPES.get(kind, kind)
    taken.put("resource_type", made)
    taken.mean("type", made)


def _page(url: str) -> dict[str, str]:
    return {"scheme": "url", "identifier": url, "relation_type": "isdescribedby"}


def _people(data: Source, key: str, taken: Taken) -> list[dict[str, Any]]:
    people = []
    for where, item in items(data, key):
        if name := text(item):
            made, guess = person_or_group(name)
            taken.guess(where, guess, name)
        else:
            made = _person(mapping(item))
        if made:
            people.append(made)
        else:
            taken.leave(where, "there is no name")
    return people


def _person(person: Source) -> dict[str, Any]:
    """Return a person or organization, empty if there is no name."""
    family = [
        text(person.get(key), " ") for key in ("name-particle", "family-names", "name-suffix")
    ]
    given_name = text(person.get("given-names"), " ")
    if family[1]:
        name = " ".join(part for part in family if part)
        names = given(family_name=name, given_name=given_name)
    elif name := text(person.get("name")):
        names = {"organization": name}
    elif alone := given_name or text(person.get("alias")):
        names = {"family_name": alone}
    else:
        return {}
    return names | given(
        identifiers=identifiers_of(*texts(person.get("orcid"))),
        affiliations=[{"name": name} for name in names_in(person.get("affiliation"))],
    )


def _add_identifiers(source: Source, taken: Taken) -> None:
    found = [(where, "doi", text(item)) for where, item in items(source, "doi")]
    for where, item in items(source, "identifiers"):
        entry = mapping(item)
        kind = text(entry.get("type"))
        value = text(entry.get("value")) or text(item)
        if value:
            taken.mean(entry.at("type"))
        found.append((where, kind, value))
    for where, scheme, value in found:
        if not value:
            continue
        if (scheme == "doi" and "10.5281/zenodo." in value) or "10.5072/zenodo." in value:
            taken.leave_record(where, value)
        elif scheme in ("doi", "url", "other"):
            taken.add("identifiers", [{scheme: value}])
        elif not scheme:
            taken.add("identifiers", [identifier(value)])
        else:
            taken.leave(where, f"a record takes no identifiers of the kind {scheme}", value)


def _add_preferred(source: Source, taken: Taken) -> None:
    """Take over the work that is to be cited instead; one without DOI is a reference."""
    for where, item in items(source, "preferred-citation"):
        preferred = mapping(item)
        found = identifier_of(preferred)
        if found.get("scheme") == "doi":
            kind = _TYPES.get(text(preferred.get("type")), "")
            taken.mean(preferred.at("type"), kind)
            related = {**found, "relation_type": "isdescribedby"}
            taken.add("related", [related | given(resource_type=kind)])
        if found.get("scheme") != "doi" or _says_more(preferred):
            _add_reference(where, preferred, taken)


def _says_more(preferred: Source) -> bool:
    """Return whether a work has more than an identifier and what kind of work it is."""
    return bool(citation(preferred, _name_of))


def _add_reference(where: str, reference: Source, taken: Taken) -> None:
    made = citation(reference, _name_of)
    reference.get("type")
    if not made:
        if not reference.get("doi"):
            taken.leave(where, "there is no title")
        return
    taken.mean(reference.at("type"))
    taken.add("references", [{"reference": made, **identifier_of(reference)}])


def _name_of(author: object) -> str:
    """Return an organization, or a family name and given names."""
    person = _person(mapping(author)) or ({"family_name": name} if (name := text(author)) else {})
    if "organization" in person:
        return str(person["organization"])
    family, given_name = (str(person.get(key, "")) for key in ("family_name", "given_name"))
    return f"{family}, {given_name}" if given_name else family
