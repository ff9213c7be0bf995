"""How the configuration says what a record holds: the way back from `record.desired`."""

from collections.abc import Callable, Mapping

from ..config.customfields import NAMED
from ..jsontypes import Json, given
from ..record.observed import PREVIEW

__all__ = ("config_words",)

_Words = dict[str, Json]
"""Values by the canonical path of their key, e.g. `metadata.keywords`."""

_PLAIN = (
    "title",
    "version",
    "publication_date",
    "publisher",
    "copyright",
    "sizes",
    "formats",
    "description",
)


def config_words(field: str, value: Json) -> _Words:
    """Return how the configuration says what the server has.

    The result is a proposal: not everything that the server holds can be said.
    Whoever uses it reads it back and compares.

    Parameters
    ----------
    field
        E.g. `metadata.title`, `custom_fields.journal:journal`, `access`.
    value
        The value in normal form, `None` for nothing.

    Returns
    -------
    words
        One value, or two for a field of the server that has two keys in the configuration.
        Empty texts and lists empty the field. Empty when there are no words for the field.
    """
    group, _, key = field.partition(".")
    if field == PREVIEW:
        return {"default_preview": value or ""}
    if field == "access":
        return {"access": _access(_mapping(value))}
    if group == "custom_fields":
        return _custom_field(key, value)
    if key in _PLAIN:
        return {field: value if value is not None else [] if key in ("sizes", "formats") else ""}
    convert = _METADATA.get(key)
    return {} if convert is None else convert(value)


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _items(value: Json) -> list[Mapping[str, Json]]:
    return [_mapping(item) for item in value] if isinstance(value, list) else []


def _id(value: Json) -> Json:
    return _mapping(value).get("id")


def _english(value: Json) -> Json:
    """Return a text that the server has in one language."""
    texts = _mapping(value)
    return texts.get("en") if set(texts) <= {"en"} else dict(texts)


def _identifiers(value: Json) -> Json:
    return [{str(item.get("scheme")): item.get("identifier")} for item in _items(value)]


def _each(name: str, convert: Callable[[Mapping[str, Json]], Json]) -> Callable[[Json], _Words]:
    """Return the way back of a list of which every item has words of its own."""

    def words(value: Json) -> _Words:
        return {f"metadata.{name}": [convert(item) for item in _items(value)]}

    return words


def _person(item: Mapping[str, Json]) -> Json:
    who = _mapping(item.get("person_or_org"))
    person = who.get("type") != "organizational"
    return given(
        organization=None if person else who.get("name"),
        family_name=who.get("family_name") if person else None,
        given_name=who.get("given_name") if person else None,
        identifiers=_identifiers(who.get("identifiers")),
        affiliations=[_organization(one) for one in _items(item.get("affiliations"))],
        role=_id(item.get("role")),
    )


def _organization(item: Mapping[str, Json]) -> Json:
    return given(ror=item.get("id"), name=item.get("name"))


def _license(item: Mapping[str, Json]) -> Json:
    if "id" in item:
        return item["id"]
    return given(
        title=_english(item.get("title")),
        description=_english(item.get("description")),
        link=item.get("link"),
    )


def _related(item: Mapping[str, Json]) -> Json:
    return given(
        scheme=item.get("scheme"),
        identifier=item.get("identifier"),
        relation_type=_id(item.get("relation_type")),
        resource_type=_id(item.get("resource_type")),
    )


def _reference(item: Mapping[str, Json]) -> Json:
    return dict(item) if "identifier" in item else item.get("reference")


def _funding(item: Mapping[str, Json]) -> Json:
    award = _mapping(item.get("award"))
    award_words = given(
        id=award.get("id"),
        title=_english(award.get("title")),
        number=award.get("number"),
        identifiers=_identifiers(award.get("identifiers")),
    )
    return given(funder=_organization(_mapping(item.get("funder"))), award=award_words)


def _dated(item: Mapping[str, Json]) -> Json:
    return given(
        date=item.get("date"), type=_id(item.get("type")), description=item.get("description")
    )


def _text_with_type(name: str) -> Callable[[Mapping[str, Json]], Json]:
    """Return the way back of an item with a text, a type and perhaps a language."""

    def words(item: Mapping[str, Json]) -> Json:
        return given(
            **{name: item.get(name)}, type=_id(item.get("type")), language=_id(item.get("lang"))
        )

    return words


def _subjects(value: Json) -> _Words:
    items = _items(value)
    keywords: list[Json] = [item["subject"] for item in items if "subject" in item]
    ids: list[Json] = [item["id"] for item in items if "id" in item]
    return {"metadata.keywords": keywords, "metadata.subjects": ids}


def _descriptions(value: Json) -> _Words:
    convert = _text_with_type("description")
    items = _items(value)
    notes = [item for item in items if _id(item.get("type")) == "notes"]
    others: list[Json] = [convert(item) for item in items if item not in notes[:1]]
    text = notes[0].get("description") if notes else ""
    return {"metadata.notes": text, "metadata.additional_descriptions": others}


def _locations(value: Json) -> _Words:
    features = _items(_mapping(value).get("features"))
    words: list[Json] = [
        {**item, **given(identifiers=_identifiers(item.get("identifiers")))} for item in features
    ]
    return {"metadata.locations": words}


def _terms(name: str) -> Callable[[Json], _Words]:
    """Return the way back of a list of ids from a vocabulary."""
    return lambda value: {f"metadata.{name}": [_id(dict(item)) for item in _items(value)]}


_METADATA: Mapping[str, Callable[[Json], _Words]] = {
    "additional_descriptions": _descriptions,
    "additional_titles": _each("additional_titles", _text_with_type("title")),
    "contributors": _each("contributors", _person),
    "creators": _each("creators", _person),
    "dates": _each("dates", _dated),
    "funding": _each("funding", _funding),
    "identifiers": lambda value: {"metadata.identifiers": _identifiers(value)},
    "languages": _terms("languages"),
    "locations": _locations,
    "references": _each("references", _reference),
    "related_identifiers": _each("related", _related),
    "resource_type": lambda value: {"metadata.resource_type": _id(value)},
    "rights": _each("license", _license),
    "subjects": _subjects,
}


def _custom_field(name: str, value: Json) -> _Words:
    if name not in NAMED:
        return {f"custom_fields.{name}": value}
    word = NAMED[name][0]
    match name:
        case "code:programmingLanguage":
            return {word: [_id(dict(item)) for item in _items(value)]}
        case "code:developmentStatus":
            return {word: _id(value) or ""}
        case "code:codeRepository":
            return {word: value or ""}
        case "dc:rightsHolder":
            return {word: value or []}
        case _:
            found = dict(_mapping(value))
            return {word: {**found, **given(identifiers=_identifiers(found.get("identifiers")))}}


def _access(value: Mapping[str, Json]) -> Json:
    embargo = _mapping(value.get("embargo"))
    active = embargo.get("active") is True
    ending = given(until=embargo.get("until"), reason=embargo.get("reason"))
    return given(files=value.get("files"), embargo=ending if active else None)
