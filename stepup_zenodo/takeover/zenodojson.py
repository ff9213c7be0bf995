"""Take over what a `.zenodo.json` says, in the words of Zenodo's older API.

Meaning of the keys: <https://developers.zenodo.org/#representation>.
Where they leave something open, this follows what Zenodo makes of such a file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ..jsontypes import given
from ..terms.vocabularies import ids
from .common import Taken, add_licences, identifier, keywords, language, names_in
from .grants import add_grants
from .names import identifiers_of, person_or_group
from .source import Source, items, mapping, source_of, text, texts

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
_ALTERNATE = frozenset({"isalternateidentifier", "isalternativeidentifier"})
"""What Zenodo calls the relation of a work to itself: another identifier of it."""

_RELATIONS = {"isorignialformof": "isoriginalformof"}
"""Relations that Zenodo accepts under other names."""


def from_zenodo_json(data: Mapping[str, Any]) -> Taken:
    """Return what a configuration can say of the contents of a `.zenodo.json`."""
    source = source_of(data)
    taken = Taken(source, keeps_description=True)
    # The API of Zenodo takes the same with a mapping around it.
    inner = mapping(source.get("metadata")) if "title" not in source else Source({}, "")
    _read(inner or source, taken)
    return taken


def _read(source: Source, taken: Taken) -> None:
    for key in ("title", "version", "publication_date"):
        taken.put(key, text(source.get(key)))
    for key in ("description", "notes"):
        taken.put(key, text(source.get(key), "\n\n"))
    taken.put("publisher", text(source.get("imprint_publisher")))
    _add_resource_type(source, taken)
    taken.add("keywords", keywords(source.get("keywords")))
    add_licences(source, "license", taken)
    taken.add("creators", _people(source, "creators", taken))
    taken.add("contributors", _contributors(source, taken))
    for where, item in items(source, "related_identifiers"):
        _add_related(where, item, taken)
    taken.add("references", _references(source))
    for where, item in items(source, "language"):
        code = language(text(item))
        taken.mean(where, code)
        taken.add("languages", [code])
    taken.add("dates", (_dated(mapping(item), taken) for _, item in items(source, "dates")))
    taken.add("locations", (_location(mapping(i), taken) for _, i in items(source, "locations")))
    if method := text(source.get("method"), "\n\n"):
        taken.add("additional_descriptions", [{"description": method, "type": "methods"}])
    _add_subjects(source, taken)
    add_grants(source, taken)
    _add_access(source, taken)
    _add_sections(source, taken)
    _add_communities(source, taken)
    custom = mapping(source.get("custom"))
    taken.put_top("custom_fields", _as_is(custom, custom.path, taken))
    _leave_identity(source, taken)


def _as_is(value: Any, where: str, taken: Taken) -> Any:  # noqa: ANN401, as the file has it
    """Return a value with all that is in it, for fields that are not known here."""
    if isinstance(value, Source):
        return {key: _as_is(value.get(key), value.at(key), taken) for key in value}
    if isinstance(value, bool):
        taken.mean(where, str(value))
    if isinstance(value, list):
        return [_as_is(item, f"{where}[{number}]", taken) for number, item in enumerate(value)]
    return value


def _leave_identity(source: Source, taken: Taken) -> None:
    if source.get("doi"):
        why = "go on with a record of Zenodo by `stepup-zenodo adopt`"
        taken.leave(source.at("doi"), why, text(source.get("doi")))
    if source.get("prereserve_doi") is not None:
        why = "a DOI is reserved by `stepup-zenodo reserve`"
        taken.leave(source.at("prereserve_doi"), why)


def _add_resource_type(source: Source, taken: Taken) -> None:
    kind = text(source.get("upload_type")).lower()
    part = text(source.get(f"{kind}_type")).lower() if kind in ("publication", "image") else ""
    made = f"{kind}-{part}" if part else kind
    taken.put("resource_type", made)
    taken.mean(source.at("upload_type"), made)
    if part:
        taken.mean(source.at(f"{kind}_type"), made)


def _people(data: Source, key: str, taken: Taken, role: str = "") -> list[dict[str, Any]]:
    """Return people; with a role, it is that of those who have none."""
    people = []
    for where, item in items(data, key):
        person = mapping(item)
        names, guess, name = _names(person, text(item))
        if not names:
            taken.leave(where, "there is no name")
            continue
        taken.guess(f"{where}.name" if person else where, guess, name)
        kind = text(person.get("type")).lower()
        if kind and role and kind not in ids("contributor_roles"):
            why = f"there is no such role, so it became {role}"
            taken.leave(person.at("type"), why, text(person.get("type")))
            kind = role
        elif kind:
            taken.mean(person.at("type"), kind)
        elif role:
            taken.guess(f"{where}", f"without a type, taken for the role {role}", name)
        identifiers = identifiers_of(*texts(person.get("orcid")), *texts(person.get("ror")))
        identifiers |= given(orcid=identifiers.get("orcid") or text(person.get("orcid")))
        affiliations = [{"name": name} for name in names_in(person.get("affiliation"))]
        identifiers |= given(gnd=text(person.get("gnd")))
        made = given(identifiers=identifiers, affiliations=affiliations, role=kind or role)
        people.append(names | made)
    return people


def _names(person: Source, alone: str) -> tuple[dict[str, str], str, str]:
    """Return the parts of a name, what was guessed about it, and the name."""
    if name := text(person.get("name")) or alone:
        is_person = bool(person.get("orcid") or person.get("gnd"))
        return *person_or_group(name, is_person=is_person), name
    family = text(person.get("family_name")) or text(person.get("familyname"))
    first_name = text(person.get("given_name")) or text(person.get("firstname"))
    names = given(family_name=family or first_name, given_name=first_name if family else "")
    return names, "", ""


def _contributors(data: Source, taken: Taken) -> list[dict[str, Any]]:
    people = _people(data, "contributors", taken, "other")
    supervisors = _people(data, "thesis_supervisors", taken)
    return [*people, *({**person, "role": "supervisor"} for person in supervisors)]


def _add_related(where: str, item: object, taken: Taken) -> None:
    """Take over a related work, or another identifier of the work itself."""
    entry = mapping(item)
    value = text(entry.get("identifier")) or text(item)
    relation = text(entry.get("relation")).lower()
    kind = text(entry.get("resource_type")).lower()
    scheme = text(entry.get("scheme")).lower()
    relation = _RELATIONS.get(relation, relation)
    if relation in _ALTERNATE:
        taken.mean(entry.at("relation"))
        if "10.5281/zenodo." in value:
            taken.leave_record(where, value)
        else:
            taken.mean(entry.at("scheme"), scheme)
            taken.add("identifiers", [{scheme: value} if scheme else identifier(value)])
        return
    if not relation:
        taken.leave(where, "it does not say how the work is related", value)
        return
    for key, made in (("relation", relation), ("resource_type", kind), ("scheme", scheme)):
        taken.mean(entry.at(key), made)
    taken.add(
        "related",
        [given(identifier=value, scheme=scheme, relation_type=relation, resource_type=kind)],
    )


def _references(source: Source) -> Iterable[str]:
    for _, item in items(source, "references"):
        entry = mapping(item)
        found = (text(entry.get(key)) for key in ("reference", "raw_reference", "title"))
        yield text(item) or next((word for word in found if word), "")


def _dated(item: Source, taken: Taken) -> dict[str, str]:
    days = dict.fromkeys(day for day in (text(item.get("start")), text(item.get("end"))) if day)
    kind = text(item.get("type")).lower()
    taken.mean(item.at("type"), kind)
    return given(date="/".join(days), type=kind, description=text(item.get("description")))


def _location(item: Source, taken: Taken) -> dict[str, Any]:
    made = given(place=text(item.get("place")), description=text(item.get("description")))
    lon, lat = (text(item.get(key)) for key in ("lon", "lat"))
    if lon and lat:
        coordinates = [_number(lon), _number(lat)]
        made["geometry"] = {"type": "Point", "coordinates": coordinates}
        for key, number in zip(("lon", "lat"), coordinates, strict=True):
            taken.mean(item.at(key), str(number))
    return made


def _number(value: str) -> object:
    """Return a number, also of a text; what is none is left to the check."""
    try:
        return float(value)
    except ValueError:
        return value


def _add_subjects(data: Source, taken: Taken) -> None:
    for _, item in items(data, "subjects"):
        subject = mapping(item)
        taken.add("keywords", [text(subject.get("term")) or text(item)])
        if value := text(subject.get("identifier")):
            why = "the term became a keyword, which has no identifier"
            taken.leave(subject.at("identifier"), why, value)


def _add_access(data: Source, taken: Taken) -> None:
    right = text(data.get("access_right")).lower()
    until = text(data.get("embargo_date"))
    if right == "embargoed" and until:
        taken.put_top("access", {"embargo": {"until": until}})
    elif right in ("restricted", "closed", "embargoed"):
        taken.put_top("access", {"files": "restricted"})
    if right in ("open", "restricted", "closed", "embargoed"):
        taken.mean(data.at("access_right"))


def _add_sections(data: Source, taken: Taken) -> None:
    for section, names in _SECTIONS.items():
        found = given(**{name: text(data.get(f"{section}_{name}")) for name in names})
        target = _TARGETS.get(section, section)
        taken.put_top(target, {**taken.config.get(target, {}), **found})


def _add_communities(data: Source, taken: Taken) -> None:
    names = []
    for where, item in items(data, "communities"):
        entry = mapping(item)
        found = (text(entry.get(key)) for key in ("identifier", "id", "slug"))
        if name := text(item) or next((word for word in found if word), ""):
            names.append((where, name))
    if names:
        taken.put_top("community", names[0][1])
    for where, name in names[1:]:
        taken.leave(where, "a draft is submitted to one community; add it afterwards", name)
