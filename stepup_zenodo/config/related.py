"""Other works, given by their identifiers, or as inputs and records of the same project."""

from typing import Any

import attrs

from ..document.nodes import MapNode, Node
from ..errors import Place
from ..jsontypes import Json
from ..terms.identifiers import RECORD_SCHEMES
from .containers import ByShape
from .identifiers import finish_identifier, scheme_key
from .ids import Term
from .paths import ReadPath
from .reading import At, kind_of_value
from .scalars import Text
from .structs import Struct, key
from .works import THESIS

__all__ = ("RELATED", "Related", "RelatedSource")


@attrs.frozen
class Related:
    """Another work and its relation to this one."""

    identifier: str = key(
        Text(name="an identifier"),
        "The identifier of the other work.",
        example="10.1234/example",
        required=True,
    )
    relation_type: str = key(
        Term("relation_types"),
        "How this work relates to the other one, to be read as a sentence: this work cites it.",
        example="cites",
        required=True,
    )
    scheme: str | None = scheme_key("doi")
    resource_type: str | None = key(
        Term("related_resource_types", also=THESIS),
        "What the other work is.",
        example="publication-article",
    )


def _finish_related(values: dict[str, Any], at: At) -> None:
    finish_identifier(values, RECORD_SCHEMES, at)


_RELATED = Struct(Related, "a related work", _finish_related, schemes=RECORD_SCHEMES)


@attrs.frozen
class RelatedSource:
    """A work whose DOI is found in the project."""

    input: str | None = key(
        Text(name="the path of a folder"),
        "A folder that `fetch_zenodo` or `stepup-zenodo fetch` has filled, relative to the folder "
        "of the configuration: it stands for the DOI of the version that was fetched.",
        example="data",
    )
    record: str | None = key(
        ReadPath(),
        "The configuration of another record of the project, relative to the folder of this one: "
        "it stands for the DOI that is reserved for it.",
        example="../data/zenodo.yaml",
    )
    relation_type: str = key(
        Term("relation_types"),
        "How this work relates to the other one; for an input, `isDerivedFrom` if left out.",
        example="isSupplementedBy",
        default="",
    )
    resource_type: str | None = key(
        Term("related_resource_types", also=THESIS),
        "What the other work is.",
        example="dataset",
    )
    place: Place = attrs.field(default=Place("", 0, 0), eq=False)
    """Where it is given."""

    where: str = attrs.field(default="", eq=False)
    """The path of the value in the words of the file."""


DERIVED = "isderivedfrom"
"""How a work relates to its inputs, if nothing else is said."""


def _finish_source(values: dict[str, Any], at: At) -> None:
    if "input" in values and "record" in values:
        at.wrong("found both input and record, expected one of them", "make two items of it")
    if "relation_type" not in values:
        values["relation_type"] = DERIVED
        if "record" in values:
            hint = "for example relation_type: isSupplementedBy"
            at.wrong(f"the key relation_type is missing, expected {_RELATION.words}", hint)
    here = at.of("record" if "record" in values else "input")
    values |= {"place": here.place, "where": here.written}


_RELATION = Term("relation_types")

_SOURCE = Struct(RelatedSource, "an input or another record of the project", _finish_source)


@kind_of_value
class _RelatedOrSource(ByShape[Related, RelatedSource]):
    """A related work, or where its DOI is found."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return self.simple.words

    def parse(self, node: Node, at: At) -> Related | RelatedSource:
        """Read a related work according to its keys."""
        is_source = isinstance(node, MapNode) and any(
            entry.key in ("input", "record") for entry in node.entries
        )
        return self.mapping.parse(node, at) if is_source else self.simple.parse(node, at)

    def sent(self, value: Related | RelatedSource) -> Json:
        """Return a related work; what is found in the project has been replaced by one before."""
        return None if isinstance(value, RelatedSource) else self.simple.sent(value)

    def kind_of(self, value: Json) -> Struct[Related]:
        """Return how the server has it."""
        del value
        assert isinstance(self.simple, Struct)
        return self.simple

    def where(self, parts: tuple[str, ...]) -> str:
        """Return the place of a part."""
        return self.simple.where(parts)


RELATED = _RelatedOrSource(_RELATED, _SOURCE)
"""A related work."""
