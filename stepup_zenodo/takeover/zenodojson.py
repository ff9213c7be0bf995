"""Take over what a `.zenodo.json` says, in the words of Zenodo's older API.

Meaning of the keys: <https://developers.zenodo.org/#representation>.
"""

from collections.abc import Mapping
from typing import Any

from ..jsontypes import given
from .common import Taken, items, language, licenses, listed, mapping, split_name, text

__all__ = ("from_zenodo_json",)

_SECTIONS = {
    "journal": ("title", "volume", "issue", "pages"),
    "conference": ("title", "acronym", "dates", "place", "url", "session", "session_part"),
    "imprint": ("isbn", "place"),
    "partof": ("title", "pages"),
    "thesis": ("university",),
}
"""Keys that begin with the name of a section."""

_TARGETS = {"conference": "meeting", "partof": "imprint"}
_USED = frozenset(
    {
        "access_right",
        "communities",
        "contributors",
        "creators",
        "custom",
        "dates",
        "description",
        "embargo_date",
        "grants",
        "image_type",
        "imprint_publisher",
        "keywords",
        "language",
        "license",
        "locations",
        "method",
        "notes",
        "prereserve_doi",
        "publication_date",
        "publication_type",
        "references",
        "related_identifiers",
        "subjects",
        "thesis_supervisors",
        "title",
        "upload_type",
        "version",
        *(f"{section}_{name}" for section, names in _SECTIONS.items() for name in names),
    }
)
_USED_OF_PERSON = frozenset({"affiliation", "gnd", "name", "orcid", "type"})
_EC = "00k4n6c32"
_FUNDERS = {"10.13039/501100000780": _EC}
"""ROR ids of funders by the DOIs that the older API uses for them; no number means this one."""


def from_zenodo_json(data: Mapping[str, Any]) -> Taken:
    """Return what a configuration can say of the contents of a `.zenodo.json`."""
    taken = Taken()
    for key in ("title", "version", "publication_date", "description", "notes"):
        taken.put(key, text(data.get(key)))
    taken.put("publisher", text(data.get("imprint_publisher")))
    taken.put("resource_type", _resource_type(data))
    taken.add("keywords", (text(word) for word in listed(data.get("keywords"))))
    taken.add(
        "license", (id_ for item in listed(data.get("license")) for id_ in licenses(_id(item)))
    )
    taken.add("creators", _people(data, "creators", taken))
    taken.add("contributors", _contributors(data, taken))
    taken.add("related", (_related(mapping(i)) for i in listed(data.get("related_identifiers"))))
    taken.add("references", (text(item) for item in listed(data.get("references"))))
    taken.add("languages", (language(text(item)) for item in listed(data.get("language"))))
    taken.add("dates", (_dated(mapping(item)) for item in listed(data.get("dates"))))
    taken.add("locations", (_location(mapping(item)) for item in listed(data.get("locations"))))
    if method := text(data.get("method")):
        taken.add("additional_descriptions", [{"description": method, "type": "methods"}])
    _add_subjects(data, taken)
    _add_grants(data, taken)
    _add_access(data, taken)
    _add_sections(data, taken)
    _add_communities(data, taken)
    taken.put_top("custom_fields", dict(mapping(data.get("custom"))))
    if data.get("doi"):
        taken.leave("doi", "go on with a record of Zenodo by `stepup-zenodo adopt`")
    taken.leave_rest(data, _USED | {"doi"})
    return taken


def _id(value: object) -> str:
    return text(mapping(value).get("id")) or text(value)


def _resource_type(data: Mapping[str, Any]) -> str:
    kind = text(data.get("upload_type"))
    part = text(data.get(f"{kind}_type"))
    return f"{kind}-{part}" if kind in ("publication", "image") and part else kind


def _people(data: Mapping[str, Any], key: str, taken: Taken) -> list[dict[str, Any]]:
    people = []
    for where, item in items(data, key):
        person = mapping(item)
        made = _person(person)
        if made:
            people.append(made)
        else:
            taken.leave(where, "there is no name")
        if "organization" in made:
            what = f"{where}.name {made['organization']}"
            taken.leave(what, "taken for an organization, as it has no comma")
        taken.leave_rest(person, _USED_OF_PERSON, f"{where}.")
    return people


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person or organization, empty if there is no name.

    An organization has a name without comma, and no identifier of persons.
    """
    name = text(person.get("name"))
    is_person = "," in name or bool(person.get("orcid") or person.get("gnd"))
    names = split_name(name) if is_person else given(organization=name)
    if not names:
        return {}
    affiliations = map(text, listed(person.get("affiliation")))
    return names | given(
        identifiers=given(orcid=text(person.get("orcid")), gnd=text(person.get("gnd"))),
        affiliations=[{"name": affiliation} for affiliation in affiliations if affiliation],
        role=text(person.get("type")).lower(),
    )


def _contributors(data: Mapping[str, Any], taken: Taken) -> list[dict[str, Any]]:
    supervisors = _people(data, "thesis_supervisors", taken)
    return [
        *_people(data, "contributors", taken),
        *({**person, "role": "supervisor"} for person in supervisors),
    ]


def _related(item: Mapping[str, Any]) -> dict[str, str]:
    return given(
        identifier=text(item.get("identifier")),
        scheme=text(item.get("scheme")).lower(),
        relation_type=text(item.get("relation")).lower(),
        resource_type=text(item.get("resource_type")).lower(),
    )


def _dated(item: Mapping[str, Any]) -> dict[str, str]:
    days = dict.fromkeys(day for day in (text(item.get("start")), text(item.get("end"))) if day)
    return given(
        date="/".join(days),
        type=text(item.get("type")).lower(),
        description=text(item.get("description")),
    )


def _location(item: Mapping[str, Any]) -> dict[str, Any]:
    made = given(place=text(item.get("place")), description=text(item.get("description")))
    if item.get("lat") is not None and item.get("lon") is not None:
        coordinates = [_number(item["lon"]), _number(item["lat"])]
        made["geometry"] = {"type": "Point", "coordinates": coordinates}
    return made


def _number(value: object) -> object:
    """Return a number, also of a text; what is none is left to the check."""
    try:
        return float(str(value))
    except ValueError:
        return value


def _add_subjects(data: Mapping[str, Any], taken: Taken) -> None:
    for where, item in items(data, "subjects"):
        subject = mapping(item)
        taken.add("keywords", [text(subject.get("term"))])
        if identifier := text(subject.get("identifier")):
            why = "the term became a keyword, which has no identifier"
            taken.leave(f"{where}.identifier {identifier}", why)


def _add_grants(data: Mapping[str, Any], taken: Taken) -> None:
    for where, item in items(data, "grants"):
        id_ = _id(item)
        doi, colons, award = id_.rpartition("::")
        ror = _FUNDERS.get(doi) if colons else _EC
        if ror is None:
            why = "write the funder and the award into funding"
            taken.leave(f"{where} {id_}", why)
        else:
            funding = {"funder": {"ror": ror}, "award": {"id": f"{ror}::{award}"}}
            taken.add("funding", [funding])


def _add_access(data: Mapping[str, Any], taken: Taken) -> None:
    right = text(data.get("access_right"))
    if right == "embargoed" and data.get("embargo_date"):
        taken.put_top("access", {"embargo": {"until": text(data["embargo_date"])}})
    elif right in ("restricted", "closed", "embargoed"):
        taken.put_top("access", {"files": "restricted"})


def _add_sections(data: Mapping[str, Any], taken: Taken) -> None:
    for section, names in _SECTIONS.items():
        found = given(**{name: text(data.get(f"{section}_{name}")) for name in names})
        target = _TARGETS.get(section, section)
        taken.put_top(target, {**mapping(taken.config.get(target)), **found})


def _add_communities(data: Mapping[str, Any], taken: Taken) -> None:
    names = [text(mapping(item).get("identifier")) for item in listed(data.get("communities"))]
    if names:
        taken.put_top("community", names[0])
    for name in names[1:]:
        taken.leave(f"community {name}", "a draft is submitted to one community; add it afterwards")
