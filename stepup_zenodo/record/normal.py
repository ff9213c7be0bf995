"""Fields of a record in the form in which the server stores them.

A field is named by its place in the JSON of the server:
`metadata.<key>`, `custom_fields.<key>` or `access`.
The facts were read in marshmallow-utils 0.15 and invenio-rdm-records 35, and observed.
"""

from collections.abc import Mapping

from ..jsontypes import Json, given, is_empty
from ..terms.identifiers import (
    AWARD_SCHEMES,
    LOCATION_SCHEMES,
    MEETING_SCHEMES,
    PERSON_SCHEMES,
    RECORD_SCHEMES,
    detect,
    normalize,
)
from ..text.markup import clean_html
from ..text.plain import stored_text

__all__ = ("RENAMED_TYPES", "normal", "sendable")

_REFERENCES = frozenset(
    {
        "affiliations",
        "award",
        "code:developmentStatus",
        "code:programmingLanguage",
        "funder",
        "lang",
        "languages",
        "relation_type",
        "resource_type",
        "rights",
        "role",
        "subjects",
        "type",
    }
)
"""Keys of objects that the server completes from a vocabulary when they have an `id`."""

_METADATA = frozenset(
    {
        "additional_descriptions",
        "additional_titles",
        "contributors",
        "copyright",
        "creators",
        "dates",
        "description",
        "formats",
        "funding",
        "identifiers",
        "languages",
        "locations",
        "publication_date",
        "publisher",
        "references",
        "related_identifiers",
        "resource_type",
        "rights",
        "sizes",
        "subjects",
        "title",
        "version",
    }
)
"""Keys of the metadata of invenio-rdm-records 35."""

_SCHEMES = {
    "contributors": PERSON_SCHEMES,
    "creators": PERSON_SCHEMES,
    "funding": AWARD_SCHEMES,
    "identifiers": RECORD_SCHEMES,
    "locations": LOCATION_SCHEMES,
    "meeting:meeting": MEETING_SCHEMES,
    "references": RECORD_SCHEMES,
    "related_identifiers": RECORD_SCHEMES,
}
"""Schemes of the identifiers in fields where the server brings them into a stored form."""

_VERBATIM = frozenset({"date", "date_defended", "date_submitted", "publication_date", "until"})
"""Keys of dates, which the server stores as they are sent."""

RENAMED_TYPES = {"publication-thesis": "publication-dissertation"}
"""Resource types that Zenodo 25.2.5 replaces when a record is saved."""


def sendable(record: Mapping[str, Json]) -> dict[str, Json]:
    """Return all that a record says about itself, in a form that can be sent back.

    What the server adds when reading is left out,
    because it answers some of it with false errors when it comes back.
    Fields and keys that are not known here are kept as they are.

    Parameters
    ----------
    record
        The JSON of a draft or a published version, as answered to
        `Accept: application/vnd.inveniordm.v1+json`.

    Returns
    -------
    fields
        Values by field: `metadata.<key>`, `custom_fields.<key>` and `access`.
    """
    fields: dict[str, Json] = {}
    for part in ("metadata", "custom_fields"):
        values = record.get(part)
        if isinstance(values, dict):
            for key, value in values.items():
                fields[f"{part}.{key}"] = _reduced(key, value) if _is_known(key) else value
    access = record.get("access")
    if isinstance(access, dict):
        fields["access"] = _reduced_access(access)
    return fields


def normal(field: str, value: Json) -> Json:
    """Return the value of a field as the server stores it, without what means nothing.

    The results for two values are equal if the server makes the same of them.
    The result is accepted in place of the value, it is its own normal form,
    and the server stores it without changing it.

    - Texts are rewritten as by the server.
    - HTML is completed and cleaned as by the server; white space that is not seen is removed.
      It is read as HTML also if it has no tags, unlike the server,
      which then decodes character references first: send the result instead of the value.
    - Identifiers get their stored form.
    - Objects of vocabularies are reduced to their id.
    - Empty values are left out. The order of lists is kept.

    Parameters
    ----------
    field
        For example `metadata.title`.
        Values of unknown metadata fields are returned as they are.
    value
        What is to be sent, or what `sendable` returns.

    Returns
    -------
    value
        `None` if nothing would be stored.
    """
    part, _, key = field.partition(".")
    if part == "access" and isinstance(value, dict):
        value = _reduced_access(value)
    elif _is_known(key):
        value = _reduced(key, value)
    elif part == "metadata":
        return None if is_empty(value) else value
    result = _stored(key, value, key)
    if key == "resource_type" and isinstance(result, dict):
        kind = result.get("id")
        if isinstance(kind, str):
            result = {"id": RENAMED_TYPES.get(kind, kind)}
    return None if is_empty(result) else result


def _is_known(key: str) -> bool:
    """Return whether a metadata or custom field is one whose objects are known."""
    return key in _METADATA or key in _REFERENCES


# What the server adds when reading


def _reduced(key: str, value: Json) -> Json:
    """Leave out what follows from the rest of a value."""
    if isinstance(value, list):
        return [_reduced(key, item) for item in value]
    if not isinstance(value, dict):
        return value
    if key in _REFERENCES and isinstance(value.get("id"), str) and value["id"]:
        return {"id": value["id"]}
    reduced = {name: _reduced(name, item) for name, item in value.items()}
    return _reduced_person(reduced) if key == "person_or_org" else reduced


def _reduced_person(person: dict[str, Json]) -> dict[str, Json]:
    """Leave out the name that is made of others, and the parts that organizations do not have."""
    if person.get("type") == "organizational":
        ignored: tuple[str, ...] = ("family_name", "given_name")
    else:
        ignored = ("name",) if person.get("family_name") else ()
    return {key: value for key, value in person.items() if key not in ignored}


def _reduced_access(access: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out the summary, and an embargo that says nothing."""
    reduced = {key: value for key, value in access.items() if key != "status"}
    embargo = reduced.get("embargo")
    if isinstance(embargo, dict):
        embargo = given(**embargo)
        if embargo in ({}, {"active": False}):
            del reduced["embargo"]
        else:
            reduced["embargo"] = embargo
    return reduced


# What the server makes of values


def _stored(key: str, value: Json, top: str) -> Json:
    """Return a value as it is stored, without empty parts.

    Parameters
    ----------
    key
        The key of the value, or of the list that it is in.
    value
        A reduced value.
    top
        The key of the field.
    """
    if isinstance(value, str):
        return _stored_string(key, value, top)
    if isinstance(value, list):
        items = [_stored(key, item, top) for item in value]
        return [item for item in items if not is_empty(item)]
    if isinstance(value, dict):
        # The keys within titles and descriptions are codes of languages.
        inherited = key in ("description", "title")
        parts = {
            name: _stored(key if inherited else name, item, top) for name, item in value.items()
        }
        return _stored_identifier(given(**parts), top)
    return value


def _stored_string(key: str, value: str, top: str) -> str:
    """Return a string as it is stored: a date, HTML or plain text."""
    if key in _VERBATIM:
        return value
    if top == "copyright" or (key == "description" and top == "rights"):
        return clean_html(value, blocks=False).html
    if key == "description" and top in ("description", "additional_descriptions"):
        return clean_html(value).html
    return stored_text(value)


def _stored_identifier(value: dict[str, Json], top: str) -> dict[str, Json]:
    """Return an object with its identifier in the stored form, and the scheme if it is found."""
    identifier, allowed = value.get("identifier"), _SCHEMES.get(top, ())
    if not isinstance(identifier, str) or not allowed:
        return value
    scheme = value.get("scheme") or detect(identifier, allowed)
    if not isinstance(scheme, str) or scheme not in allowed:
        return value
    return {**value, "scheme": scheme, "identifier": normalize(scheme, identifier)}
