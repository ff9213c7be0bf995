"""Take over what a `.zenodo.json` says, in the words of Zenodo's older API.

Meaning of the keys: <https://developers.zenodo.org/#representation>.
"""

from collections.abc import Mapping
from typing import Any

from .common import Taken, language, licenses, listed, mapping, split_name, text

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
    for number, item in enumerate(listed(data.get(key))):
        person = mapping(item)
        name = text(person.get("name"))
        made: dict[str, Any] = split_name(name) if "," in name else {"organization": name}
        schemes = ("orcid", "gnd")
        if "," not in name and any(person.get(scheme) for scheme in schemes):
            made = split_name(name)
        if "organization" in made:
            taken.left.append(
                f"{key}[{number}].name {name}: taken for an organization, as it has no comma"
            )
        identifiers = {scheme: text(person.get(scheme)) for scheme in schemes}
        made["identifiers"] = {scheme: value for scheme, value in identifiers.items() if value}
        made["affiliations"] = [
            {"name": name} for name in map(text, listed(person.get("affiliation"))) if name
        ]
        made["role"] = text(person.get("type")).lower()
        people.append({name: value for name, value in made.items() if value})
        used = ("affiliation", "gnd", "name", "orcid", "type")
        taken.leave_rest(person, used, f"{key}[{number}].")
    return people


def _contributors(data: Mapping[str, Any], taken: Taken) -> list[dict[str, Any]]:
    supervisors = _people(data, "thesis_supervisors", taken)
    return [
        *_people(data, "contributors", taken),
        *({**person, "role": "supervisor"} for person in supervisors),
    ]


def _related(item: Mapping[str, Any]) -> dict[str, str]:
    made = {
        "identifier": text(item.get("identifier")),
        "scheme": text(item.get("scheme")).lower(),
        "relation_type": text(item.get("relation")).lower(),
        "resource_type": text(item.get("resource_type")).lower(),
    }
    return {key: value for key, value in made.items() if value}


def _dated(item: Mapping[str, Any]) -> dict[str, str]:
    days = dict.fromkeys(day for day in (text(item.get("start")), text(item.get("end"))) if day)
    made = {
        "date": "/".join(days),
        "type": text(item.get("type")).lower(),
        "description": text(item.get("description")),
    }
    return {key: value for key, value in made.items() if value}


def _location(item: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        key: text(item.get(key)) for key in ("place", "description") if text(item.get(key))
    }
    if item.get("lat") is not None and item.get("lon") is not None:
        coordinates = [_number(item["lon"]), _number(item["lat"])]
        made["geometry"] = {"type": "Point", "coordinates": coordinates}
    return made


def _number(value: object) -> object:
    try:
        return float(str(value))
    except ValueError:
        return value


def _add_subjects(data: Mapping[str, Any], taken: Taken) -> None:
    for number, item in enumerate(listed(data.get("subjects"))):
        subject = mapping(item)
        taken.add("keywords", [text(subject.get("term"))])
        if identifier := text(subject.get("identifier")):
            why = "the term became a keyword, which has no identifier"
            taken.leave(f"subjects[{number}].identifier {identifier}", why)


def _add_grants(data: Mapping[str, Any], taken: Taken) -> None:
    for number, item in enumerate(listed(data.get("grants"))):
        id_ = _id(item)
        doi, colons, award = id_.rpartition("::")
        ror = _FUNDERS.get(doi) if colons else _EC
        if ror is None:
            why = "write the funder and the award into funding"
            taken.leave(f"grants[{number}] {id_}", why)
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
        values = {name: text(data.get(f"{section}_{name}")) for name in names}
        found = {name: value for name, value in values.items() if value}
        target = _TARGETS.get(section, section)
        taken.put_top(target, {**mapping(taken.config.get(target)), **found})


def _add_communities(data: Mapping[str, Any], taken: Taken) -> None:
    names = [text(mapping(item).get("identifier")) for item in listed(data.get("communities"))]
    if names:
        taken.put_top("community", names[0])
    for name in names[1:]:
        taken.leave(f"community {name}", "a draft is submitted to one community; add it afterwards")
