"""Exactly what the record should hold, as it is sent."""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

import attrs

from ..config.customfields import NAMED
from ..config.fieldpaths import config_path
from ..config.file import Config
from ..config.locations import Location
from ..config.people import Affiliation, Identifier, Person
from ..config.works import (
    AdditionalDescription,
    AdditionalTitle,
    Award,
    ChangelogNotes,
    Dated,
    Funding,
    OwnLicense,
    Reference,
    Related,
)
from ..errors import Invalid, Place, Problem
from ..jsontypes import Json, given
from ..local.files import LocalFile
from .normal import RENAMED_TYPES

__all__ = ("Desired", "draft_defaults", "html_text", "metadata_fields")

T = TypeVar("T")

_TAG_OR_ENTITY = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z][a-zA-Z0-9]*|#\d+|#x[0-9a-fA-F]+);")


@attrs.frozen
class Desired:
    """What the record should hold."""

    fields: Mapping[str, Json]
    """Values of the managed fields as they are sent; empty ones empty the field."""

    files: Mapping[str, LocalFile]
    """The files by their names on the server."""

    defaults: Mapping[str, Json] = attrs.field(factory=dict)
    """Values of fields for a new record only."""

    config: Config | None = attrs.field(default=None, repr=False)
    """The configuration from which this was made."""

    def where(self, field: str) -> str:
        """Return the path of a field of the server in the words of the configuration."""
        path = config_path(field, self.config)
        return path if self.config is None else self.config.written(path)

    def place(self, where: str) -> Place | None:
        """Return the place of a path in the words of the configuration."""
        return None if self.config is None else self.config.place(where)


def draft_defaults(config: Config, today: date) -> dict[str, Json]:
    """Return values for a new record that Zenodo publishes only with these fields.

    The form on the website fills them in, the API does not.

    Parameters
    ----------
    config
        The configuration, whose own values are not repeated here.
    today
        The day on the clock of the server, which is UTC.
    """
    defaults: dict[str, Json] = {}
    if config.metadata.publication_date is None:
        defaults["metadata.publication_date"] = today.isoformat()
    if config.metadata.publisher is None:
        defaults["metadata.publisher"] = "Zenodo"
    return defaults


def html_text(text: str) -> str:
    """Return a text as HTML: as it is if it has tags, else with a paragraph for each block."""
    if _TAG_OR_ENTITY.search(text):
        return text
    blocks = re.split(r"\n[ \t]*\n", text.strip())
    paragraphs = (html.escape(block.strip(), quote=False) for block in blocks)
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def metadata_fields(
    config: Config, description_html: str | None, notes_html: str | None = None
) -> dict[str, Json]:
    """Return the managed fields as they are to be sent.

    The order of lists is that of the configuration, also where an item without id precedes
    one with an id, although the server then fails on an unknown id in a way that leaves
    a broken draft behind.
    Order is meaningful to readers (the first affiliation is the main one),
    and sorting would not prevent the failure, as it also concerns
    the affiliations of later creators; only looking up the ids before does.
    Subjects are put before keywords, because their relative order means nothing.

    Parameters
    ----------
    config
        The configuration.
    description_html
        The description made from a file; `None` to take the one in the configuration.
    notes_html
        The release notes taken from a changelog; `None` to take the ones in the configuration.

    Returns
    -------
    fields
        Values by `metadata.<key>`, `custom_fields.<key>` and `access`.
        An empty value is a field that is to be emptied.
    """
    made = _metadata(config, description_html, notes_html)
    fields: dict[str, Json] = {
        f"metadata.{name}": value for name, value in made.items() if value is not None
    }
    fields.update(_custom_fields(config))
    if config.access is not None:
        fields["access"] = _access(config)
    return fields


def _metadata(
    config: Config, description_html: str | None, notes_html: str | None
) -> dict[str, Json]:
    """Return the fields of the metadata, `None` for those that are not managed."""
    metadata = config.metadata
    return {
        "title": metadata.title,
        "version": metadata.version,
        "publication_date": metadata.publication_date,
        "publisher": metadata.publisher,
        "resource_type": _term(metadata.resource_type),
        "description": _description(config) if description_html is None else description_html,
        "subjects": _subjects(metadata.subjects, metadata.keywords),
        "rights": _each(_license, metadata.license),
        "copyright": metadata.copyright,
        "creators": _each(_person, metadata.creators),
        "contributors": _each(_person, metadata.contributors),
        "related_identifiers": _each(_related, metadata.related),
        "references": _each(_reference, metadata.references),
        "identifiers": _each(_identifier, metadata.identifiers),
        "funding": _each(_funding, metadata.funding),
        "languages": _each(_term, metadata.languages),
        "dates": _each(_dated, metadata.dates),
        "additional_titles": _each(_title, metadata.additional_titles),
        "additional_descriptions": _descriptions(config, notes_html),
        "sizes": _texts(metadata.sizes),
        "formats": _texts(metadata.formats),
        "locations": _locations(metadata.locations),
    }


def _each(convert: Callable[[T], Json], items: Iterable[T] | None) -> list[Json] | None:
    return None if items is None else [convert(item) for item in items]


def _texts(texts: Iterable[str] | None) -> list[Json] | None:
    return None if texts is None else list(texts)


def _term(term: str | None) -> dict[str, Json] | None:
    if term is None:
        return None
    return {"id": RENAMED_TYPES.get(term, term)} if term else {}


def _description(config: Config) -> str | None:
    text = config.metadata.description
    return None if text is None else html_text(text)


def _subjects(
    subjects: tuple[str, ...] | None, keywords: tuple[str, ...] | None
) -> list[Json] | None:
    if subjects is None and keywords is None:
        return None
    ids: list[Json] = [{"id": subject} for subject in subjects or ()]
    return ids + [{"subject": keyword} for keyword in keywords or ()]


def _license(license_: str | OwnLicense) -> dict[str, Json]:
    if isinstance(license_, str):
        return {"id": license_}
    return given(
        title=_english(license_.title),
        description=_english(license_.description),
        link=license_.link,
    )


def _english(text: str | None) -> Json:
    """Return a text with the only language that Zenodo knows for it."""
    return None if text is None else {"en": text}


def _identifier(identifier: Identifier) -> dict[str, Json]:
    return {"scheme": identifier.scheme, "identifier": identifier.identifier}


def _person(person: Person) -> dict[str, Json]:
    if person.organization is not None:
        who = given(type="organizational", name=person.organization)
    else:
        who = given(type="personal", family_name=person.family_name, given_name=person.given_name)
    who.update(given(identifiers=_each(_identifier, person.identifiers)))
    affiliations = _each(_affiliation, person.affiliations)
    return given(person_or_org=who, role=_term(person.role), affiliations=affiliations)


def _affiliation(affiliation: Affiliation) -> dict[str, Json]:
    return given(id=affiliation.ror, name=affiliation.name)


def _related(related: Related) -> dict[str, Json]:
    return given(
        scheme=related.scheme,
        identifier=related.identifier,
        relation_type=_term(related.relation_type),
        resource_type=_term(related.resource_type),
    )


def _reference(reference: Reference) -> dict[str, Json]:
    return given(
        reference=reference.reference, scheme=reference.scheme, identifier=reference.identifier
    )


def _funding(funding: Funding) -> dict[str, Json]:
    funder = funding.funder
    assert funder is not None, "the key is required"
    award = None if funding.award is None else _award(funding.award)
    return given(funder=given(id=funder.ror, name=funder.name), award=award)


def _award(award: Award) -> dict[str, Json]:
    return given(
        id=award.id,
        title=_english(award.title),
        number=award.number,
        identifiers=_each(_identifier, award.identifiers),
    )


def _dated(dated: Dated) -> dict[str, Json]:
    return given(date=dated.date, type=_term(dated.type), description=dated.description)


def _title(title: AdditionalTitle) -> dict[str, Json]:
    return given(title=title.title, type=_term(title.type), lang=_term(title.language))


def _other_description(description: AdditionalDescription) -> dict[str, Json]:
    return given(
        description=html_text(description.description),
        type=_term(description.type),
        lang=_term(description.language),
    )


def _descriptions(config: Config, notes_html: str | None) -> list[Json] | None:
    """Return the additional descriptions and the notes, which are one of them on the server."""
    notes = config.metadata.notes
    others = config.metadata.additional_descriptions
    if notes_html is None and isinstance(notes, ChangelogNotes):
        where = "metadata.notes"
        message = f"the notes of this version are not found in {notes.path_changelog}"
        hint = "write the notes themselves"
        raise Invalid((Problem(message, where, config.place(where), hint),))
    if isinstance(notes, str) and notes_html is None:
        notes_html = html_text(notes)
    if notes_html is None and others is None:
        return None
    result: list[Json] = [_other_description(other) for other in others or ()]
    if notes_html:
        result.append({"description": notes_html, "type": {"id": "notes"}})
    return result


def _locations(locations: tuple[Location, ...] | None) -> dict[str, Json] | None:
    if locations is None:
        return None
    return given(features=_each(_plain, locations))


def _plain(value: object) -> Json:
    """Return a value of the configuration of which the server has the same shape."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    cls: Any = type(value)
    names = [field.name for field in attrs.fields(cls)]
    return given(**{name: _plain(getattr(value, name)) for name in names})


def _custom_fields(config: Config) -> dict[str, Json]:
    made: dict[str, Json] = {
        "code:codeRepository": config.code_repository,
        "code:programmingLanguage": _each(_term, config.programming_languages),
        "code:developmentStatus": _term(config.development_status),
    }
    for name, (word, _) in NAMED.items():
        if name not in made:
            made[name] = _plain(getattr(config, word))
    for name, value in config.custom_fields:
        made[name] = _plain(value)
    return {f"custom_fields.{name}": value for name, value in made.items() if value is not None}


def _access(config: Config) -> dict[str, Json]:
    access = config.access
    assert access is not None
    embargo: dict[str, Json] = {"active": False}
    if access.embargo is not None and access.embargo.active:
        embargo = given(active=True, until=access.embargo.until, reason=access.embargo.reason)
    return {"record": "public", "files": access.files, "embargo": embargo}
