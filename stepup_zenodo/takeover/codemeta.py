"""Take over what a `codemeta.json` says, in version 2 or 3 of CodeMeta.

Meaning of the keys: <https://codemeta.github.io/terms/>.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ..jsontypes import given
from ..terms.vocabularies import ids
from .common import (
    Taken,
    items,
    language,
    licenses,
    listed,
    mapping,
    orcid_or_ror,
    split_name,
    text,
)

__all__ = ("from_codemeta",)

_TYPES = {
    "dataset": "dataset",
    "softwareapplication": "software",
    "softwaresourcecode": "software",
    "scholarlyarticle": "publication-article",
}
_PEOPLE = {
    "contributor": "other",
    "editor": "editor",
    "maintainer": "contactperson",
    "producer": "producer",
    "sponsor": "sponsor",
}
"""Keys of people, and the roles that contributors have then."""

_RELATED = {"isPartOf": "ispartof", "hasPart": "haspart", "referencePublication": "isdescribedby"}
_DATES = {"dateCreated": "created", "dateModified": "updated"}
_USED = frozenset(
    {
        "@context",
        "@id",
        "@type",
        "author",
        "citation",
        "codeRepository",
        "copyrightHolder",
        "creator",
        "datePublished",
        "description",
        "developmentStatus",
        "funder",
        "funding",
        "id",
        "identifier",
        "inLanguage",
        "keywords",
        "license",
        "name",
        "programmingLanguage",
        "publisher",
        "releaseNotes",
        "softwareVersion",
        "type",
        "url",
        "version",
        *_PEOPLE,
        *_RELATED,
        *_DATES,
    }
)


def from_codemeta(data: Mapping[str, Any]) -> Taken:
    """Return what a configuration can say of the contents of a `codemeta.json`."""
    taken = Taken()
    kind = _word(data, "@type", "type").rpartition(":")[2].lower()
    taken.put("title", text(data.get("name")))
    taken.put("version", text(data.get("version")) or text(data.get("softwareVersion")))
    taken.put("publication_date", text(data.get("datePublished"))[:10])
    taken.put("resource_type", _TYPES.get(kind, "software"))
    taken.put("description", text(data.get("description")))
    taken.put("publisher", _name(data.get("publisher")))
    taken.add("keywords", _keywords(data))
    taken.add("license", _licenses(data))
    taken.add("creators", _people(data, "author", taken))
    taken.add("creators", _people(data, "creator", taken))
    for key, role in _PEOPLE.items():
        people = [{**person, "role": role} for person in _people(data, key, taken)]
        taken.add("contributors", people)
    taken.add("languages", (language(_name(item)) for item in listed(data.get("inLanguage"))))
    taken.add("references", (_name(item) for item in listed(data.get("citation"))))
    taken.add("dates", _dates(data))
    _add_links(data, taken)
    _add_funding(data, taken)
    _add_software(data, taken)
    taken.leave_rest(data, _USED)
    return taken


def _word(data: Mapping[str, Any], *keys: str) -> str:
    """Return the text of the first of several keys that has one."""
    found = (text(item) for key in keys for item in listed(data.get(key)))
    return next((word for word in found if word), "")


def _name(value: object) -> str:
    """Return a text, or the name or the address of an object."""
    return text(value) or _word(mapping(value), "name", "@id", "id", "url", "value")


def _address(value: object) -> str:
    """Return an address, or that of an object."""
    return text(value) or _word(mapping(value), "@id", "id", "url", "value")


def _keywords(data: Mapping[str, Any]) -> Iterable[str]:
    words = data.get("keywords")
    parts = words.split(",") if isinstance(words, str) else listed(words)
    return (_name(part) for part in parts)


def _licenses(data: Mapping[str, Any]) -> Iterable[str]:
    for item in listed(data.get("license")):
        yield from licenses(_address(item) or _name(item))


def _people(data: Mapping[str, Any], key: str, taken: Taken) -> list[dict[str, Any]]:
    people = []
    for where, item in items(data, key):
        made = _person(item)
        if made:
            people.append(made)
        else:
            taken.leave(where, "there is no name")
        if mapping(item).get("email"):
            taken.leave(f"{where}.email", "a record has no field for it")
    return people


def _person(item: object) -> dict[str, Any]:
    """Return a person or organization, empty if there is no name."""
    person = mapping(item)
    name = _name(item)
    names: dict[str, Any] = {}
    if _word(person, "@type", "type").rpartition(":")[2] == "Organization":
        names = given(organization=text(person.get("name")))
    elif family := text(person.get("familyName")):
        names = given(family_name=family, given_name=text(person.get("givenName")))
    elif name and "//" not in name:
        names = split_name(name)
    if not names:
        return {}
    return names | given(
        identifiers=orcid_or_ror(_word(person, "@id", "id", "identifier")),
        affiliations=[_affiliation(part) for part in listed(person.get("affiliation"))],
    )


def _affiliation(item: object) -> dict[str, str]:
    ror = orcid_or_ror(_address(item)).get("ror", "")
    return {"ror": ror} if ror else {"name": _name(item)}


def _dates(data: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    for key, kind in _DATES.items():
        if day := text(data.get(key))[:10]:
            yield {"date": day, "type": kind}


def _add_links(data: Mapping[str, Any], taken: Taken) -> None:
    for item in listed(data.get("identifier")):
        value = _address(item)
        if "10.5281/zenodo." in value:
            taken.leave_record(f"identifier {value}")
        elif value:
            taken.add("identifiers", [value])
    if url := text(data.get("url")):
        taken.add("related", [{"identifier": url, "relation_type": "isdescribedby"}])
    for key, relation in _RELATED.items():
        for item in listed(data.get(key)):
            taken.add("related", [{"identifier": _address(item), "relation_type": relation}])


def _add_funding(data: Mapping[str, Any], taken: Taken) -> None:
    funders = listed(data.get("funder"))
    numbers = [text(item) for item in listed(data.get("funding")) if text(item)]
    award = {"number": numbers[0]} if len(numbers) == 1 and len(funders) == 1 else {}
    for item in funders:
        taken.add("funding", [given(funder=_affiliation(item), award=award)])
    if numbers and not award:
        taken.leave(f"funding {', '.join(numbers)}", "it is not clear who the funder is")


def _add_software(data: Mapping[str, Any], taken: Taken) -> None:
    taken.put_top("code_repository", _address(data.get("codeRepository")))
    known = {title.casefold(): id_ for id_, title in ids("programming_languages").items()}
    names = [_name(item) for item in listed(data.get("programmingLanguage"))]
    found = [known.get(name.casefold(), name.lower()) for name in names if name]
    taken.put_top("programming_languages", list(dict.fromkeys(found)))
    status = _address(data.get("developmentStatus"))
    taken.put_top("development_status", status.rpartition("#")[2].rpartition("/")[2].lower())
    holders = [_name(item) for item in listed(data.get("copyrightHolder"))]
    taken.put_top("rights_holder", [name for name in holders if name])
    taken.put("notes", text(data.get("releaseNotes")))
