"""The parts of the metadata that describe a work: licences, related works, funding, dates."""

from typing import Any

import attrs

from ..jsontypes import Json, mapping
from ..terms.identifiers import AWARD_SCHEMES, RECORD_SCHEMES
from .containers import ByShape
from .dates import When
from .identifiers import Identifier, Identifiers, finish_identifier, scheme_key
from .ids import RENAMED, AwardId, Term
from .paths import ReadPath
from .people import ONE_KEY, check_name_or_ror, ror_key
from .reading import At, kind_of_value
from .scalars import Address, English, Html, Text
from .structs import Struct, key

__all__ = (
    "DATED",
    "DESCRIPTION",
    "FUNDING",
    "LICENSE",
    "NOTES",
    "REFERENCE",
    "THESIS",
    "TITLE",
    "AdditionalDescription",
    "AdditionalTitle",
    "Award",
    "ChangelogNotes",
    "Dated",
    "Funder",
    "Funding",
    "OwnLicense",
    "Reference",
)

THESIS = tuple(RENAMED)
"""Resource types that Zenodo accepts and replaces."""


@attrs.frozen
class OwnLicense:
    """A licence that the vocabulary lacks."""

    title: str | None = key(
        English(Text(name="the name of a licence")),
        "The name of the licence.",
        example="Licence of the Example Project",
        required=True,
    )
    description: str | None = key(
        English(Html(blocks=False)),
        "What the licence allows, as text or HTML.",
        example="For teaching only.",
    )
    link: str | None = key(
        Address(), "Where to read the licence.", example="https://example.org/licence"
    )


LICENSE = ByShape(
    Term("licenses"), Struct(OwnLicense, "an own licence with the keys title, description and link")
)
"""A licence: the id of a known one, or an own one."""


@attrs.frozen
class Reference:
    """A work in the list of references."""

    reference: str = key(
        Text(name="a full citation"),
        "The full citation.",
        example="Curie, M. (1903). Recherches sur les substances radioactives.",
        required=True,
    )
    identifier: str | None = key(
        Text(name="an identifier"), "The identifier of the work.", example="10.1234/example"
    )
    scheme: str | None = scheme_key("doi")


def _finish_reference(values: dict[str, Any], at: At) -> None:
    if "scheme" in values and "identifier" not in values:
        at.of("scheme").wrong("there is a scheme without identifier", "add the identifier")
    finish_identifier(values, RECORD_SCHEMES, at)


REFERENCE = Struct(
    Reference,
    "a reference with the key reference",
    _finish_reference,
    shorthand="reference",
    schemes=RECORD_SCHEMES,
    written_short=True,
)
"""A reference; a text is the citation."""


@attrs.frozen
class Funder:
    """Who gave money."""

    ror: str | None = ror_key("the funder", "00k4n6c32", "funders")
    name: str | None = key(
        Text(name="the name of a funder"), "The name of the funder.", example="Example Foundation"
    )


@attrs.frozen
class Award:
    """For what the money was given."""

    id: str | None = key(
        AwardId(),
        "The id of an award that Zenodo knows, instead of everything else: "
        "the ROR id of the funder, two colons, the number.",
        example="00k4n6c32::101017452",
    )
    title: str | None = key(
        English(Text(name="a title")),
        "The full title of the award.",
        example="Examples for Everyone",
    )
    number: str | None = key(Text(name="a number"), "The number of the award.", example="123.456")
    identifiers: tuple[Identifier, ...] = key(
        Identifiers(AWARD_SCHEMES, one_each=True),
        "At most one web address and at most one DOI of the award; Zenodo refuses all others.",
        example=[{"url": "https://example.org/award/1234"}],
        default=(),
    )


def _finish_award(values: dict[str, Any], at: At) -> None:
    if "id" in values and len(values) > 1:
        hint = "keep the id alone: the server knows the rest and ignores what else is given"
        at.wrong("found an id and other keys, expected one or the other", hint)
    if not values.keys() & {"id", "title", "number"}:
        hint = "add the title, the number or both"
        at.wrong("the award has neither a number nor a title", hint)


_AWARD = Struct(
    Award,
    "an award with the keys title and number, or with the key id",
    _finish_award,
    by_id=True,
)

_FUNDER = Struct(
    Funder,
    "a funder with the key ror or name",
    check_name_or_ror,
    shorthand="name",
    by_id=True,
    rules=ONE_KEY,
)


@attrs.frozen
class Funding:
    """A funder and an award."""

    funder: Funder | None = key(
        _FUNDER,
        "Who gave money.",
        example={"ror": "00k4n6c32"},
        required=True,
    )
    award: Award | None = key(
        _AWARD, "For what the money was given.", example={"title": "Examples", "number": "1234"}
    )


FUNDING = Struct(Funding, "a mapping with the keys funder and award")
"""Funding."""


@attrs.frozen
class Dated:
    """A date in the life of the work."""

    date: str = key(
        When(with_time=True), "The date or interval.", example="2026-01/2026-03", required=True
    )
    type: str = key(Term("date_types"), "What happened then.", example="collected", required=True)
    description: str | None = key(Text(), "Further details.", example="First measurements.")


DATED = Struct(Dated, "a date with the keys date and type")
"""A date."""


def _language_key(what: str, example: str) -> Any:  # noqa: ANN401, as attrs.field
    """Declare the key `language` of a text, which has another language than the record."""
    return key(
        Term("languages"),
        f"The language of the {what}, as three-letter code of ISO 639-3.",
        example=example,
        aliases=("lang",),
        field="lang",
    )


@attrs.frozen
class AdditionalTitle:
    """Another title."""

    title: str = key(Text(shortest=3), "The title.", example="Exemples", required=True)
    type: str = key(
        Term("title_types"), "What kind of title it is.", example="translated-title", required=True
    )
    language: str | None = _language_key("title", "fra")


TITLE = Struct(AdditionalTitle, "a title with the keys title and type")
"""An additional title."""


@attrs.frozen
class AdditionalDescription:
    """Another description."""

    description: str = key(
        Html(shortest=3), "The description, as text or HTML.", example="We did.", required=True
    )
    type: str = key(
        Term("description_types"), "What is described.", example="methods", required=True
    )
    language: str | None = _language_key("description", "eng")


DESCRIPTION = Struct(AdditionalDescription, "a description with the keys description and type")
"""An additional description."""


@attrs.frozen
class ChangelogNotes:
    """Release notes that are taken from a changelog."""

    path_changelog: str = key(
        ReadPath(),
        "The changelog, of which the section of exactly this version is taken.",
        example="CHANGELOG.md",
        required=True,
    )


@kind_of_value
class Notes(Html):
    """Release notes, which are an additional description on the server."""

    def sent(self, value: str) -> Json:
        """Return the description with its type."""
        text = super().sent(value)
        return {"description": text, "type": {"id": NOTES_TYPE}} if text else None

    def stored(self, value: Json) -> Json:
        """Return the description as any other is stored."""
        return DESCRIPTION.stored(value) if isinstance(value, dict) else super().stored(value)

    def sendable(self, value: Json) -> Json:
        """Return the description as any other can be sent back."""
        return DESCRIPTION.sendable(value)

    def claims(self, item: Json, is_last: bool) -> bool:
        """Return whether a description can be given by the key: the last one, without language."""
        found = mapping(item)
        kind = mapping(found.get("type")).get("id")
        return is_last and kind == NOTES_TYPE and "lang" not in found

    def taken_back(self, value: Json) -> Json:
        """Return the text."""
        return mapping(value).get("description")

    def where(self, parts: tuple[str, ...]) -> str:
        """Return nothing, as none of the parts has a key of its own."""
        del parts
        return ""


NOTES_TYPE = "notes"
"""The type of the additional description that the key `notes` stands for."""


@kind_of_value
class _NotesOrChangelog(ByShape[str, ChangelogNotes]):
    """Release notes, or where to find them; the server has them in either case."""

    def sent(self, value: str | ChangelogNotes) -> Json:
        """Return the notes; those in a changelog are sent when they are found there."""
        return None if isinstance(value, ChangelogNotes) else self.simple.sent(value)

    def kind_of(self, value: Json) -> Notes:
        """Return how the server has the notes."""
        del value
        assert isinstance(self.simple, Notes)
        return self.simple

    def claims(self, item: Json, is_last: bool) -> bool:
        """Return whether a description can be given as notes."""
        return self.simple.claims(item, is_last)

    def where(self, parts: tuple[str, ...]) -> str:
        """Return nothing, as none of the parts has a key of its own."""
        return self.simple.where(parts)


NOTES = _NotesOrChangelog(
    Notes(shortest=3, can_be_empty=True),
    Struct(ChangelogNotes, "a mapping with the key path_changelog"),
)
"""Release notes."""
