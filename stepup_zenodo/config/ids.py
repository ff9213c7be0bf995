"""Ids of vocabularies, organizations, awards and subjects, which the server completes."""

import re
from collections.abc import Iterator

import attrs

from ..document.nodes import MapNode, Node
from ..errors import Problem
from ..jsontypes import Json, mapping
from ..terms.identifiers import expected, is_valid, normalize, ror_checksum
from ..terms.vocabularies import ids, suggest
from .jsonschema import (
    ANY_CASE,
    Definitions,
    Schema,
    any_of,
    any_text,
    form,
    object_of,
)
from .reading import At, Kind, Mention, Unreadable, kind_of_value, plain, shortened, written_path
from .scalars import EmptyableText, Text

__all__ = ("RENAMED", "AwardId", "Keyword", "Ror", "SubjectId", "Term", "UnknownTerm", "only_id")

RENAMED = {"publication-thesis": "publication-dissertation"}
"""Resource types that are accepted, and by which ones Zenodo 25.2.5 replaces them."""

_SHORT_LIST = 15
"""How many ids a message names always."""

_LONG_LIST = 50
"""How many ids a message names when it has nothing better to propose."""

_NOUNS = {
    "contributor_roles": "a role of a contributor",
    "creator_roles": "a role of a creator",
    "date_types": "a kind of date",
    "description_types": "a kind of description",
    "development_statuses": "a development status",
    "languages": "a language code (ISO 639-3)",
    "licenses": "a licence id (SPDX)",
    "programming_languages": "the id of a programming language",
    "related_resource_types": "a resource type",
    "relation_types": "a relation type",
    "resource_types": "a resource type",
    "title_types": "a kind of title",
}
"""What the ids are, for vocabularies with more of them than a message names always."""

_SOURCES = {
    "languages": "look it up in ISO 639-3, for example eng, fra, nld",
    "licenses": "look it up at https://spdx.org/licenses/",
}
"""Where to find the ids of long vocabularies."""

_LISTED = frozenset({"languages", "licenses", "programming_languages"})
"""Vocabularies of which a record can have several ids in one list."""

_EXAMPLES = {"languages": ("eng", "fra", "nld", "deu", "spa", "zho")}
"""Vocabularies that are too long for a list in a schema, with some of their ids."""


def only_id(value: Json) -> Json:
    """Return an object that the server completes from its id without what it adds."""
    known = mapping(value).get("id")
    return {"id": known} if isinstance(known, str) and known else value


@attrs.frozen
class UnknownTerm(Problem):
    """An id that the shipped vocabularies lack; the server may know it nevertheless."""

    vocabulary: str = ""
    """The name of the vocabulary, as in `vocabularies.NAMES`."""

    id: str = ""
    """The id."""


@kind_of_value
class Term(EmptyableText):
    """An id of a controlled vocabulary, in any case, also written as a mapping `{id: ...}`."""

    vocabulary: str
    """The name of the vocabulary, as in `vocabularies.NAMES`."""

    also: tuple[str, ...] = ()
    """Ids that are accepted although the vocabulary lacks them, and replaced by the server."""

    @property
    def words(self) -> str:
        """What is allowed."""
        options = (*ids(self.vocabulary), *self.also)
        if len(options) <= _SHORT_LIST:
            return f"one of {', '.join(options)}"
        return _NOUNS[self.vocabulary]

    def parse(self, node: Node, at: At) -> str:
        """Read an id."""
        kind = Text(name=self.words, can_be_empty=self.can_be_empty)
        text = kind.parse(self.without_mapping(node, at), at)
        term = text.lower()
        if not term:
            return term
        also = (*self.also, *at.reading.known.get(self.vocabulary, ()))
        if term not in ids(self.vocabulary) and term not in also:
            raise self.unknown(text, at)
        return term

    def without_mapping(self, node: Node, at: At) -> Node:
        """Return the value of the only key `id` of a mapping."""
        if not isinstance(node, MapNode):
            return node
        value = node.only("id")
        if value is None:
            names = ", ".join(entry.key for entry in node.entries)
            message = f"found a mapping with the keys {names}, expected {self.words}"
            raise at.wrong(message, "write the id alone")
        return value

    def unknown(self, text: str, at: At) -> Unreadable:
        """Note that an id is not in the vocabulary."""
        at.reading.proposals -= 1
        several = [part for part in re.split(r"\s*[,;]\s*", text) if part]
        close = suggest(self.vocabulary, text) if at.reading.proposals >= 0 else ()
        options = (*ids(self.vocabulary), *self.also)
        is_list = self.vocabulary in _LISTED and not at.written.endswith(("language", "lang"))
        if is_list and len(several) > 1 and {*map(str.lower, several)} <= {*options}:
            hint = f"write each as an item of its own: [{', '.join(several)}]"
        elif close:
            hint = f"did you mean {' or '.join(close)}?"
        elif _SHORT_LIST < len(options) <= _LONG_LIST:
            hint = f"allowed are {', '.join(options)}"
        else:
            hint = _SOURCES.get(self.vocabulary, "")
        message = f"found {shortened(text)}, expected {self.words}"
        return at.note(
            UnknownTerm(message, at.written, at.place, hint, self.vocabulary, text.lower())
        )

    def sent(self, value: str) -> Json:
        """Return an object with the id."""
        return self.stored({"id": value}) if value else None

    def stored(self, value: Json) -> Json:
        """Return an object with the id that the server has now."""
        known = mapping(only_id(value)).get("id")
        if not isinstance(known, str) or not known:
            return plain(value)
        return {"id": RENAMED.get(known, known) if known in self.also else known}

    def sendable(self, value: Json) -> Json:
        """Return an object without titles."""
        return only_id(value)

    def taken_back(self, value: Json) -> Json:
        """Return the id."""
        return mapping(value).get("id")

    def where(self, parts: tuple[str, ...]) -> str:
        """Return nothing for the id, which is written alone."""
        return "" if parts == ("id",) else super().where(parts)

    def schema(self, definitions: Definitions) -> Schema:
        """Return the ids, alone or in a mapping."""
        name = f"vocabulary_{self.vocabulary}"
        term = definitions.define(name, lambda: any_of(self._listed(), ANY_CASE))
        term = any_of(term, object_of({"id": term}, required=["id"]))
        return any_of(term, {"const": ""}) if self.can_be_empty else term

    def _listed(self) -> Schema:
        """Return all ids, with their titles for editors that show them."""
        if self.vocabulary in _EXAMPLES:
            examples: Json = [*_EXAMPLES[self.vocabulary]]
            return {"type": "string", "pattern": r"^\s*[a-z]{3}\s*$", "examples": examples}
        titles = ids(self.vocabulary)
        listed: list[Json] = [*titles, *self.also]
        shown: list[Json] = [*titles.values(), *self.also]
        return {"enum": listed, "enumDescriptions": shown}


@kind_of_value
class Ror(Kind[str]):
    """The id of an organization at ror.org, alone or as an address."""

    collection: str = "affiliations"
    """The endpoint that has the organizations."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"an id of ror.org, {expected('ror')}"

    def parse(self, node: Node, at: At) -> str:
        """Read an id and return the nine characters that the server knows."""
        text = Text(name=self.words).parse(node, at)
        ror = normalize("ror", text)
        if not is_valid("ror", text):
            raise self.mismatch(node, at, "look it up at https://ror.org/")
        if ror_checksum(ror) != ror[7:]:
            hint = "look it up at https://ror.org/: its characters do not belong together"
            raise self.mismatch(node, at, hint)
        return ror

    def mentions(self, value: Json, path: str) -> Iterator[Mention]:
        """Yield the organization."""
        if isinstance(value, str):
            yield Mention(self.collection, value, path)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text of the right form."""
        del definitions
        pattern = (
            r"^\s*(?:[Hh][Tt][Tt][Pp][Ss]?://)?(?:[Rr][Oo][Rr]\.[Oo][Rr][Gg]/)?0\w{6}\d{2}\s*$"
        )
        return {"type": ["string", "number"], **form(pattern, self.words)}


@kind_of_value
class AwardId(Kind[str]):
    """The id of an award that Zenodo knows."""

    words = "the id of an award such as 00k4n6c32::101017452"

    def parse(self, node: Node, at: At) -> str:
        """Read the id of an award; which ones exist depends on the server."""
        text = Text(name=self.words).parse(node, at)
        if re.fullmatch(r"\S+::\S+", text) is None:
            raise self.mismatch(node, at, "it is the ror of the funder, two colons and the number")
        return text

    def mentions(self, value: Json, path: str) -> Iterator[Mention]:
        """Yield the award."""
        if isinstance(value, str):
            yield Mention("awards", value, path)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text of the right form."""
        del definitions
        return {"type": "string", "pattern": r"^\s*\S+::\S+\s*$"}


@kind_of_value
class SubjectId(Kind[str]):
    """The id of a subject, alone or as `{id: ...}`."""

    words = "the id of a subject"

    def parse(self, node: Node, at: At) -> str:
        """Read an id; which ones exist depends on the server."""
        value = node.only("id") if isinstance(node, MapNode) else None
        return Text(name=self.words).parse(node if value is None else value, at)

    def sent(self, value: str) -> Json:
        """Return an object with the id."""
        return self.stored({"id": value})

    def stored(self, value: Json) -> Json:
        """Return an object without what the server adds."""
        return plain(only_id(value))

    def sendable(self, value: Json) -> Json:
        """Return an object without what the server adds."""
        return only_id(value)

    def taken_back(self, value: Json) -> Json:
        """Return the id."""
        return mapping(value).get("id")

    def mentions(self, value: Json, path: str) -> Iterator[Mention]:
        """Yield the subject."""
        known = mapping(value).get("id")
        if isinstance(known, str):
            yield Mention("subjects", known, f"{path}.id")

    def where(self, parts: tuple[str, ...]) -> str:
        """Return nothing for the id, which is written alone."""
        return "" if parts == ("id",) else written_path(parts)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text, alone or in a mapping."""
        del definitions
        text = any_text(minLength=1)
        return any_of(text, object_of({"id": text}, required=["id"]))


@kind_of_value
class Keyword(Text):
    """A free subject."""

    def sent(self, value: str) -> Json:
        """Return an object with the text."""
        return self.stored({"subject": value})

    def stored(self, value: Json) -> Json:
        """Return an object as it is stored."""
        return plain(value)

    def claims(self, item: Json, is_last: bool) -> bool:
        """Return whether a subject has no id."""
        del is_last
        return "subject" in mapping(item) and "id" not in mapping(item)

    def taken_back(self, value: Json) -> Json:
        """Return the text."""
        return mapping(value).get("subject")

    def where(self, parts: tuple[str, ...]) -> str:
        """Return nothing for the text, which is written alone."""
        return "" if parts == ("subject",) else written_path(parts)
