"""The parts of the page of a record that are a heading and what belongs to it."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from ..config.configuration import CUSTOM
from ..config.fields import held
from ..config.table import field_of, fields
from ..jsontypes import Json, mapping, mappings
from ..record.review import parse_review
from ..text.links import seen_from
from ..text.markup import clean_html
from .words import Words, identifier_words, plain_words, term_title, text_of, web_address

__all__ = ("Section", "detail_sections", "fact_sections", "html_sections", "typed_words")


@attrs.frozen
class Section:
    """A heading and what belongs to it."""

    heading: str
    """The heading."""

    words: tuple[Words, ...] = ()
    """Lines."""

    html: str = ""
    """Or a text with safe HTML."""


def html_sections(body: Mapping[str, Json], page: str) -> Iterator[Section]:
    """Yield the texts that are HTML, with links as on the page of the record.

    Parameters
    ----------
    body
        The draft or record.
    page
        The address of its page.
    """
    description = held(body, "metadata.description")
    yield from _html_section(_heading("metadata.description"), description, page)
    for item in mappings(held(body, "metadata.additional_descriptions")):
        kind, language = term_title(item.get("type")), term_title(item.get("lang"))
        heading = f"{kind or 'More'} ({language})" if language else kind or "More"
        yield from _html_section(heading, item.get("description"), page)


def _heading(path: str) -> str:
    return field_of(path).heading


def _html_section(heading: str, source: Json, page: str = "") -> Iterator[Section]:
    """Yield a section, unless it would be empty."""
    html = clean_html(text_of(source), working=seen_from(page)).html
    if html:
        yield Section(heading, html=html)


def typed_words(value: Json, key: str) -> Iterator[Words]:
    """Yield the texts of items that have a type, and perhaps a language or a description."""
    for item in mappings(value):
        remark = term_title(item.get("lang")) or text_of(item.get("description"))
        yield Words(text_of(item.get(key)), label=term_title(item.get("type")), remark=remark)


def fact_sections(body: Mapping[str, Json]) -> Iterator[Section]:
    """Yield what comes below the files, without what is empty.

    Parameters
    ----------
    body
        The draft or record.
    """
    yield from _sections(body, _FACTS)
    for name, value in mapping(body.get("custom_fields")).items():
        field = fields().get(f"{CUSTOM}{name}")
        words = tuple(plain_words(value))
        if words:
            # Fields without a key of their own are known by their names on the server.
            yield Section(field.heading or name if field else name, words)


def _sections(
    body: Mapping[str, Json], shown: Mapping[str, Callable[[Json], Iterable[Words]]]
) -> Iterator[Section]:
    """Yield what a record holds of certain keys of the configuration, without what is empty."""
    for path, words_of in shown.items():
        words = tuple(words_of(held(body, path)))
        if words:
            yield Section(_heading(path), words)


def _related(value: Json) -> Iterator[Words]:
    for item in mappings(value):
        words = identifier_words(item)
        yield Words(
            words.text,
            words.address,
            label=term_title(item.get("relation_type")),
            remark=", ".join(filter(None, (term_title(item.get("resource_type")), words.label))),
        )


def _references(value: Json) -> Iterator[Words]:
    for item in mappings(value):
        words = identifier_words(item)
        yield Words(text_of(item.get("reference")), words.address, remark=words.text)


def _funding(value: Json) -> Iterator[Words]:
    for item in mappings(value):
        award = mapping(item.get("award"))
        known = [identifier_words(entry) for entry in mappings(award.get("identifiers"))]
        address = next((words.address for words in known if words.address), "")
        about = (text_of(award.get("acronym")), text_of(award.get("number")))
        funder = mapping(item.get("funder"))
        name = text_of(funder.get("name")) or text_of(funder.get("id"))
        title = term_title(award)
        yield Words(
            title or name,
            address,
            label=name if title else "",
            remark=", ".join(filter(None, (*about, *(words.text for words in known)))),
        )


def _place(item: Mapping[str, Json]) -> Words:
    known = [identifier_words(entry) for entry in mappings(item.get("identifiers"))]
    geometry = mapping(item.get("geometry"))
    coordinates = geometry.get("coordinates")
    where = text_of(geometry.get("type")).lower()
    if where == "point" and isinstance(coordinates, list) and len(coordinates) == 2:
        longitude, latitude = map(text_of, coordinates)
        where = f"longitude {longitude}, latitude {latitude}"
    name = text_of(item.get("place"))
    about = (text_of(item.get("description")), where if name else "")
    address = next((words.address for words in known if words.address), "")
    remark = ", ".join(filter(None, (*about, *(words.text for words in known))))
    return Words(name or where, address, remark=remark)


def detail_sections(body: Mapping[str, Json], community: Mapping[str, Json]) -> Iterator[Section]:
    """Yield what stands beside the rest, without what is empty.

    Parameters
    ----------
    body
        The draft or record.
    community
        The community that is to review it, empty when there is none.
    """
    communities = tuple(_communities(body, community))
    if communities:
        yield Section("Communities", communities)
    yield from _sections(body, _DETAILS)
    yield from _html_section(_heading("metadata.copyright"), held(body, "metadata.copyright"))


def _communities(body: Mapping[str, Json], community: Mapping[str, Json]) -> Iterator[Words]:
    parent = mapping(body.get("parent"))
    for entry in mappings(mapping(parent.get("communities")).get("entries")):
        yield Words(_community_title(entry))
    review = parse_review(body)
    if review is not None:
        name = _community_title(community) or review.community
        yield Words(
            name, remark="asked to review it" if review.status != "created" else "to review it"
        )


def _community_title(community: Mapping[str, Json]) -> str:
    title = text_of(mapping(community.get("metadata")).get("title"))
    return title or text_of(community.get("slug"))


def _licences(value: Json) -> Iterator[Words]:
    for item in mappings(value):
        link = text_of(item.get("link")) or text_of(mapping(item.get("props")).get("url"))
        description = mapping(item.get("description"))
        # What is known by its id needs no explanation.
        remark = "" if "id" in item else text_of(description.get("en"))
        yield Words(term_title(item), web_address(link), remark=remark)


def _access(access: Mapping[str, Json]) -> Iterator[Words]:
    yield Words("public" if access.get("record") == "public" else "restricted", label="record")
    yield Words("public" if access.get("files") == "public" else "restricted", label="files")
    embargo = mapping(access.get("embargo"))
    if embargo.get("active") is True:
        until = f"until {text_of(embargo.get('until'))}"
        yield Words(until, label="embargo", remark=text_of(embargo.get("reason")))


def _subject(item: Mapping[str, Json]) -> Words:
    return Words(text_of(item.get("subject")) or text_of(item.get("id")))


def _subjects(value: Json) -> Iterator[Words]:
    return map(_subject, mappings(value))


_FACTS: Mapping[str, Callable[[Json], Iterable[Words]]] = {
    "metadata.related": _related,
    "metadata.references": _references,
    "metadata.funding": _funding,
    "metadata.dates": lambda value: typed_words(value, "date"),
    "metadata.locations": lambda value: map(_place, mappings(mapping(value).get("features"))),
    "metadata.identifiers": lambda value: map(identifier_words, mappings(value)),
}
"""How keys of the configuration are shown below the files."""

_DETAILS: Mapping[str, Callable[[Json], Iterable[Words]]] = {
    "metadata.license": _licences,
    "access": lambda value: _access(mapping(value)),
    "metadata.keywords": _subjects,
    "metadata.languages": plain_words,
    "metadata.publisher": plain_words,
    "metadata.formats": plain_words,
    "metadata.sizes": plain_words,
}
"""How keys of the configuration are shown beside the rest."""
