"""The fields of a record in their normal form, from the configuration and from the server.

Everything here is a walk over the table of fields.
The facts were read in marshmallow-utils 0.15 and invenio-rdm-records 35, and observed.
"""

from collections.abc import Iterator, Mapping

import attrs

from ..errors import Invalid, Problem
from ..jsontypes import Json, is_empty, mapping, mappings
from ..terms.repositories import Repository
from .anything import Anything
from .configuration import CUSTOM, Config
from .reading import Mention, plain
from .scalars import StoredHtml
from .table import METADATA, field_of, fields
from .works import ChangelogNotes

__all__ = (
    "ACCESS",
    "CREATORS",
    "DESCRIPTION",
    "DESCRIPTIONS",
    "LICENSE",
    "METADATA_ONLY",
    "PREVIEW",
    "PUBLICATION_DATE",
    "PUBLISHER",
    "QUOTA",
    "REQUIRED",
    "RESET_BY_VERSION",
    "RESOURCE_TYPE",
    "TITLE",
    "VERSION",
    "Normal",
    "config_words",
    "held",
    "mentions",
    "normal",
    "sendable",
    "sent_fields",
)


PREVIEW = field_of("default_preview").name
"""The field with the file that is shown first."""

METADATA_ONLY = "files.metadata_only"
"""True for a record that has no files and is not to have any: `files.enabled` is false there."""

QUOTA = "files.quota"
"""How many gigabytes were asked for. It is remembered only: the server does not tell it."""

ACCESS = field_of("access").name
TITLE = field_of("metadata.title").name
VERSION = field_of("metadata.version").name
PUBLICATION_DATE = field_of("metadata.publication_date").name
PUBLISHER = field_of("metadata.publisher").name
CREATORS = field_of("metadata.creators").name
LICENSE = field_of("metadata.license").name
RESOURCE_TYPE = field_of("metadata.resource_type").name
DESCRIPTION = field_of("metadata.description").name

DESCRIPTIONS = field_of("metadata.additional_descriptions").name
"""The field with the additional descriptions and the release notes."""

RESET_BY_VERSION = (VERSION, PUBLICATION_DATE, PREVIEW)
"""Fields that the server changes or drops when it starts the draft of a new version."""

REQUIRED = (TITLE, CREATORS, RESOURCE_TYPE, PUBLICATION_DATE, PUBLISHER)
"""Fields without which the server publishes nothing."""


class Normal(Mapping[str, Json]):
    """Values by field in the form in which the server stores them, by construction.

    Two values are equal if the server makes the same of them; `None` is a field without a value.
    A value is only brought into this form when it is asked for, and then once.

    Parameters
    ----------
    sendable
        The values in any form in which they can be sent.
    """

    def __init__(self, sendable: Mapping[str, Json]) -> None:
        self.sendable = sendable
        self._known: dict[str, Json] = {}

    @classmethod
    def of(cls, values: Mapping[str, Json]) -> "Normal":
        """Return values that are in normal form already."""
        fields = cls(values)
        fields._known.update(values)
        return fields

    def expecting(self, others: "Normal") -> "Normal":
        """Return the same, which is less work where a value is equal to that of others.

        A value that is equal to one in normal form is in normal form.
        """
        fields = Normal(self.sendable)
        fields._known |= self._known | {
            name: value
            for name, value in others.items()
            if value is not None and self.sendable.get(name) == value
        }
        return fields

    def __getitem__(self, name: str) -> Json:
        if name not in self._known:
            self._known[name] = normal(name, self.sendable[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.sendable)

    def __len__(self) -> int:
        return len(self.sendable)

    def __repr__(self) -> str:
        return f"Normal({dict(self)!r})"


_METADATA = "metadata"
"""The section of the configuration and of the record that say something about the work."""


def sent_fields(
    config: Config, description_html: str | None = None, notes_html: str | None = None
) -> Normal:
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
        The description made from a file, as the server stores it;
        `None` to take the one in the configuration.
    notes_html
        The release notes taken from a changelog, as the server stores them;
        `None` to take the ones in the configuration.

    Returns
    -------
    fields
        Values by field. `None` is a field that is to be emptied.

    Raises
    ------
    Invalid
        When the notes are in a changelog and were not taken from it.
    """
    metadata = config.metadata
    if description_html is not None:
        metadata = attrs.evolve(metadata, description=StoredHtml(description_html))
    if notes_html is not None:
        metadata = attrs.evolve(metadata, notes=StoredHtml(notes_html))
    elif isinstance(metadata.notes, ChangelogNotes):
        where = "metadata.notes"
        message = f"the notes of this version are not found in {metadata.notes.path_changelog}"
        hint = "write the notes themselves"
        raise Invalid((Problem(message, where, config.place(where), hint),))
    config = attrs.evolve(config, metadata=metadata)
    table = fields()
    sent = {name: field.sent(config) for name, field in table.items() if field.is_managed(config)}
    for name, value in config.custom_fields:
        sent.setdefault(f"{CUSTOM}{name}", normal(f"{CUSTOM}{name}", value))
    if config.metadata.notes and sent.get(DESCRIPTIONS):
        sent[DESCRIPTIONS] = _with_notes_of(config.repository, mappings(sent[DESCRIPTIONS]))
    return Normal.of(sent)


def _with_notes_of(repository: Repository, descriptions: list[Mapping[str, Json]]) -> Json:
    """Return the descriptions, of which the last one are the notes, as a repository calls them."""
    found: list[Json] = [dict(item) for item in descriptions]
    found[-1] = {**descriptions[-1], "type": {"id": repository.notes_type}}
    return found


def normal(name: str, value: Json) -> Json:
    """Return the value of a field as the server stores it, without what means nothing.

    The results for two values are equal if the server makes the same of them.
    The result is accepted in place of the value, it is its own normal form,
    and the server stores it without changing it.

    - Texts are rewritten as by the server.
    - HTML is completed and cleaned as by the server; white space that is not seen is removed.
    - Identifiers get their stored form.
    - Objects of vocabularies are reduced to their id.
    - Empty values are left out. The order of lists is kept,
      except that subjects with an id come before keywords.

    Parameters
    ----------
    name
        For example `metadata.title`.
        Values of unknown metadata fields and custom fields are returned as they are.
    value
        What the server answers.

    Returns
    -------
    value
        `None` if nothing would be stored.
    """
    field = fields().get(name)
    if field is not None:
        return field.normal(value)
    if name.startswith(CUSTOM):
        value = Anything().stored(value)
    elif not name.startswith(f"{METADATA}."):
        value = plain(value)
    return None if is_empty(value) else value


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
        Values by field.
    """
    found: dict[str, Json] = {}
    for part in (METADATA, CUSTOM.removesuffix(".")):
        for key, value in mapping(record.get(part)).items():
            found[f"{part}.{key}"] = value
    if isinstance(record.get("access"), dict):
        found["access"] = record["access"]
    section, _, key = PREVIEW.partition(".")
    if mapping(record.get(section)).get(key):
        found[PREVIEW] = mapping(record[section])[key]
    if mapping(record.get(section)).get("enabled") is False:
        found[METADATA_ONLY] = True
    table = fields()
    return {
        name: table[name].sendable(value) if name in table else value
        for name, value in found.items()
    }


def held(record: Mapping[str, Json], path: str) -> Json:
    """Return what a record holds of the field that a key of the configuration is about.

    Parameters
    ----------
    record
        The JSON of a draft or a published version.
    path
        The key, e.g. `metadata.license`.

    Returns
    -------
    value
        As the server answers, with what it adds; `None` for nothing.
    """
    section, _, key = field_of(path).name.partition(".")
    found = record.get(section)
    return mapping(found).get(key) if key else found


def config_words(name: str, value: Json) -> dict[str, Json]:
    """Return how the configuration says what the server has.

    The result is a proposal: not everything that the server holds can be said.
    Whoever uses it reads it back and compares.

    Parameters
    ----------
    name
        E.g. `metadata.title`.
    value
        The value in normal form, `None` for nothing.

    Returns
    -------
    words
        Values by the canonical paths of keys; two for a field that has two keys.
        Empty texts and lists empty the field. Nothing when there are no words for the field.
    """
    field = fields().get(name)
    if field is not None:
        return field.taken_back(value)
    return {name: value} if name.startswith(CUSTOM) else {}


def mentions(values: Mapping[str, Json]) -> Iterator[Mention]:
    """Yield the ids in fields in normal form that only the server may know."""
    table = fields()
    for name, value in values.items():
        if name in table:
            yield from table[name].kind.mentions(value, name)
