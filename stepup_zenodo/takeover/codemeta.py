"""Take over what a `codemeta.json` says, in version 2 or 3 of CodeMeta.

Meaning of the keys: <https://codemeta.github.io/terms/>.
It is JSON-LD, in which a list stands for its items everywhere, and an object for its address.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..jsontypes import given
from ..terms.identifiers import RECORD_SCHEMES, detect
from ..terms.vocabularies import ids
from .common import Taken, add_licences, identifier, keywords, language
from .names import identifiers_of, orcid_or_ror, person_or_group
from .source import Source, items, mapping, source_of, text, texts

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

_GROUPS = frozenset(
    ["Organization", "ResearchOrganization", "Corporation", "Consortium", "Project"]
)
_RELATED = {"isPartOf": "ispartof", "hasPart": "haspart", "referencePublication": "isdescribedby"}
_DATES = {"dateCreated": "created", "dateModified": "updated"}
_LISTS = frozenset({"@list", "@set"})
_ADDRESSES = ("@id", "id", "url", "identifier", "value")
_BY_ID = "the server takes the name that belongs to the ROR id"


def from_codemeta(data: Mapping[str, Any]) -> Taken:
    """Return what a configuration can say of the contents of a `codemeta.json`."""
    source = source_of(_without_prefixes(data), _LISTS)
    taken = Taken(source)
    _read(_main_part(source), taken)
    taken.leave_together(source, ["@context"], "it is about the file, not about the work")
    return taken


def _main_part(source: Source) -> Source:
    """Return the object about the work, which is one of several where there is a graph."""
    parts = [mapping(item) for _, item in items(source, "@graph")]
    kinds = ((part, _word(part, "@type", "type").rpartition(":")[2].lower()) for part in parts)
    return next((part for part, kind in kinds if kind in _TYPES), source)


def _read(source: Source, taken: Taken) -> None:
    taken.put("title", text(source.get("name")))
    taken.put("version", text(source.get("version")) or text(source.get("softwareVersion")))
    if day := text(source.get("datePublished")):
        taken.put("publication_date", _day(source, "datePublished", taken))
    _add_type(source, taken)
    taken.put("description", text(source.get("description"), "\n\n"))
    taken.put("publisher", _name(source.get("publisher")))
    taken.add("keywords", keywords(source.get("keywords")))
    add_licences(source, "license", taken)
    for key in ("author", "creator"):
        taken.add("creators", _people(source, key, taken))
    for key, role in _PEOPLE.items():
        people = [{**person, "role": role} for person in _people(source, key, taken)]
        taken.add("contributors", people)
    for where, item in items(source, "inLanguage"):
        code = language(_name(item))
        taken.mean(where, code)
        taken.add("languages", [code])
    for key, kind in _DATES.items():
        if day := _day(source, key, taken):
            taken.add("dates", [{"date": day, "type": kind}])
    _add_links(source, taken)
    _add_funding(source, taken)
    _add_software(source, taken)


def _without_prefixes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of the file without the prefixes of the vocabularies that they are from."""
    prefixes = ("schema:", "codemeta:", "http://schema.org/", "https://schema.org/")
    found: dict[str, Any] = {}
    for key, value in data.items():
        prefix = next((prefix for prefix in prefixes if key.startswith(prefix)), "")
        short = key.removeprefix(prefix)
        found[key if short in data else short] = value
    return found


def _add_type(source: Source, taken: Taken) -> None:
    made = "software"
    for key in ("@type", "type"):
        for where, item in items(source, key):
            kind = text(item).rpartition(":")[2].rpartition("/")[2].lower()
            made = _TYPES.get(kind, made)
            if kind in _TYPES:
                taken.mean(where)
    taken.put("resource_type", made)


def _day(source: Source, key: str, taken: Taken) -> str:
    """Return the day of a date, which may have a time that a record does not have."""
    for where, item in items(source, key):
        if day := re.sub(r"^(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d.*", r"\1", text(item)):
            taken.mean(where, day)
            return day
    return ""


def _word(data: Source, *keys: str) -> str:
    """Return the text of the first of several keys that has one."""
    found = (word for key in keys for item in [data.get(key)] for word in texts(item))
    return next((word for word in found if word), "")


def _name(value: object) -> str:
    """Return a text, or the name or the address of an object."""
    return text(value) or _word(mapping(value), "name", *_ADDRESSES)


def _address(value: object) -> str:
    """Return an address, or that of an object."""
    return text(value) or _word(mapping(value), *_ADDRESSES)


def _people(data: Source, key: str, taken: Taken) -> list[dict[str, Any]]:
    people = []
    for where, item in items(data, key):
        made = _person(where, item, taken) or _known(item, taken)
        if made:
            people.append(made)
        else:
            taken.leave(where, "there is no name")
    return people


def _known(item: object, taken: Taken) -> dict[str, Any]:
    """Return the person, described before, to whom an object with nothing but an id refers."""
    wanted = identifiers_of(_word(mapping(item), "@id", "id"))
    described = [*taken.metadata.get("creators", []), *taken.metadata.get("contributors", [])]
    found = (person for person in described if wanted and person.get("identifiers") == wanted)
    return {key: value for key, value in next(found, {}).items() if key != "role"}


def _person(where: str, item: object, taken: Taken) -> dict[str, Any]:
    """Return a person or organization, empty if there is no name."""
    person = mapping(item)
    kind = _word(person, "@type", "type").rpartition(":")[2].rpartition("/")[2]
    for key in ("@type", "type"):
        if kind in (*_GROUPS, "Person"):
            taken.mean(person.at(key))
    name = text(item) or _word(person, "name", "legalName")
    names: dict[str, Any] = {}
    if family := text(person.get("familyName"), " "):
        names = given(family_name=family, given_name=text(person.get("givenName"), " "))
    elif kind in _GROUPS:
        names = given(organization=name)
    elif name and "//" not in name:
        names, guess = person_or_group(name, is_person=kind == "Person")
        taken.guess(f"{where}.name" if person else where, guess, name)
    elif alone := text(person.get("givenName"), " "):
        names = {"family_name": alone}
    if not names:
        return {}
    addresses = [
        word for key in ("@id", "id", "identifier", "sameAs") for word in _ids(person, key)
    ]
    affiliations = [_organization(part, taken) for _, part in items(person, "affiliation")]
    return names | given(identifiers=identifiers_of(*addresses), affiliations=affiliations)


def _ids(person: Source, key: str) -> Iterable[str]:
    """Yield identifiers: texts, or objects with a value."""
    for _, item in items(person, key):
        entry = mapping(item)
        entry.get("@type"), entry.get("propertyID")
        yield _address(item)


def _organization(item: object, taken: Taken) -> dict[str, str]:
    """Return an organization by its ROR id, or else by its name."""
    entry = mapping(item)
    for key in ("@type", "type"):
        if text(entry.get(key)).rpartition(":")[2] in _GROUPS:
            taken.mean(entry.at(key))
    addresses = [text(item), *(_word(entry, key) for key in _ADDRESSES)]
    rors = (orcid_or_ror(address).get("ror", "") for address in addresses)
    ror = next((found for found in rors if found), "")
    if not ror:
        return given(name=text(item) or _word(entry, "name", "legalName", *_ADDRESSES))
    if name := text(entry.get("name")):
        taken.leave(entry.at("name"), _BY_ID, name)
    return {"ror": ror}


def _add_links(source: Source, taken: Taken) -> None:
    for where, item in items(source, "identifier"):
        value = _address(item)
        if "10.5281/zenodo." in value:
            taken.leave_record(where, value)
        elif value:
            taken.add("identifiers", [identifier(value)])
    for _, item in items(source, "url"):
        taken.add("related", [given(identifier=_address(item), relation_type="isdescribedby")])
    for key, relation in _RELATED.items():
        for _, item in items(source, key):
            if address := _address(item):
                taken.add("related", [{"identifier": address, "relation_type": relation}])
            elif name := _name(item):
                taken.add("references", [name])
    for _, item in items(source, "citation"):
        taken.add("references", [_reference(item)])


def _reference(item: object) -> object:
    """Return a citation: a text, or the name and the address of a work."""
    work = mapping(item)
    name, address = text(item) or _word(work, "name", "headline"), _address(work)
    citation = " ".join(part for part in (name, "" if address in name else address) if part)
    scheme = detect(address, RECORD_SCHEMES) or ""
    made = given(reference=citation, scheme=scheme, identifier=address if scheme else "")
    return made if citation and work else citation


def _add_funding(source: Source, taken: Taken) -> None:
    funders = [_organization(item, taken) for _, item in items(source, "funder")]
    funders = [funder for funder in funders if funder]
    used = False
    for where, item in items(source, "funding"):
        grant = mapping(item)
        own = [_organization(part, taken) for _, part in items(grant, "funder")]
        who = [funder for funder in own if funder] or (funders if len(funders) == 1 else [])
        if text(grant.get("@type")) in ("Grant", "MonetaryGrant"):
            taken.mean(grant.at("@type"))
        number = text(item) or _word(grant, "identifier", "fundingIdentifier", "@id", "id")
        award = given(number=number, title=text(grant.get("name")))
        if not who:
            taken.leave(where, "it is not clear who the funder is", number)
            continue
        used = used or not own
        taken.add("funding", [given(funder=funder, award=award) for funder in who])
    if not used:
        named = [entry["funder"] for entry in taken.metadata.get("funding", [])]
        taken.add("funding", [{"funder": funder} for funder in funders if funder not in named])


def _add_software(source: Source, taken: Taken) -> None:
    for _, item in list(items(source, "codeRepository"))[:1]:
        taken.put_top("code_repository", _address(item))
    known = {title.casefold(): id_ for id_, title in ids("programming_languages").items()}
    found = []
    for where, item in items(source, "programmingLanguage"):
        if name := _name(item):
            id_ = known.get(name.casefold(), name.lower())
            entry = mapping(item)
            taken.mean(entry.at("name") if "name" in entry else where, id_)
            found.append(id_)
            if text(entry.get("@type")) == "ComputerLanguage" or text(entry.get("type")):
                taken.mean(entry.at("@type"))
                taken.mean(entry.at("type"))
    taken.put_top("programming_languages", list(dict.fromkeys(found)))
    for where, item in list(items(source, "developmentStatus"))[:1]:
        status = _address(item).rpartition("#")[2].rpartition("/")[2].lower()
        taken.mean(where, status)
        taken.put_top("development_status", status)
    holders = [_name(item) for _, item in items(source, "copyrightHolder")]
    for _, item in items(source, "copyrightHolder"):
        entry = mapping(item)
        for key in ("@type", "type"):
            if text(entry.get(key)) in (*_GROUPS, "Person"):
                taken.mean(entry.at(key))
    taken.put_top("rights_holder", [name for name in holders if name])
    taken.put("notes", text(source.get("releaseNotes"), "\n\n"))
