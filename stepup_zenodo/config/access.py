"""Who may see the files of a record, and from when."""

from datetime import date
from typing import Any

import attrs

from ..document.nodes import Node, ScalarNode
from ..errors import Place, Problem
from ..jsontypes import Json, given, mapping
from .dates import When
from .jsonschema import Definitions, Schema, any_of
from .reading import At, Kind, kind_of_value
from .scalars import OneOf, Text, Truth
from .structs import Struct, key

__all__ = ("ACCESS", "Access", "Embargo", "embargo_problems")


@attrs.frozen(kw_only=True)
class Embargo:
    """Until when the files are closed."""

    until: str | None = key(
        When(only_day=True),
        "The first day on which the files are open, in UTC. It must lie in the future.",
        example="2030-01-01",
    )
    reason: str | None = key(Text(), "Why the files are closed.", example="Under review.")
    active: bool | None = key(
        Truth(), "Whether there is an embargo: true if left out.", example=True
    )


def _finish_embargo(values: dict[str, Any], at: At) -> None:
    active = values.setdefault("active", bool(values))  # an empty mapping ends the embargo
    if active is False and len(values) > 1:
        hint = "remove the other keys, or write active: true"
        at.wrong("found other keys beside active: false", hint)
    if active is True and "until" not in values:
        at.wrong("the key until is missing", "write the first day without embargo")


EMBARGO = Struct(
    Embargo, "an embargo with the keys until and reason", _finish_embargo, can_be_empty=True
)
"""An embargo with all its keys; an empty mapping ends it."""


@kind_of_value
class _EmbargoKind(Kind[Embargo]):
    """An embargo, or just the day on which it ends."""

    words = f"{EMBARGO.words}, or a day such as 2030-01-01"
    emptied = "{}"

    def parse(self, node: Node, at: At) -> Embargo:
        """Read an embargo."""
        if isinstance(node, ScalarNode):
            until = When(only_day=True).parse(node, at)
            return Embargo(until=until, active=True)
        return EMBARGO.parse(node, at)

    def sent(self, value: Embargo) -> Json:
        """Return the embargo; one that is over is nothing."""
        return self.stored(EMBARGO.sent(value) if value.active else None)

    def stored(self, value: Json) -> Json:
        """Return an embargo that says something."""
        embargo = EMBARGO.stored(value)
        return None if embargo == {"active": False} else embargo

    def taken_back(self, value: Json) -> Json:
        """Return the end and the reason of an embargo that holds."""
        embargo = dict(mapping(value))
        return EMBARGO.taken_back(embargo) if embargo.pop("active", False) is True else None

    def schema(self, definitions: Definitions) -> Schema:
        """Return an embargo or a day."""
        return any_of(EMBARGO.schema(definitions), When(only_day=True).schema(definitions))


@attrs.frozen(kw_only=True)
class Access:
    """Who may see the files. The metadata are public always."""

    files: str | None = key(
        OneOf(("public", "restricted")),
        "Whether everybody may see the files. "
        "The default is public, or restricted when there is an embargo.",
        example="restricted",
    )
    record: str | None = key(
        OneOf(("public", "restricted")),
        "Whether everybody may see the record; on Zenodo always. "
        "Left out, it stays as it is, and a new record is public.",
        example="public",
    )
    embargo: Embargo | None = key(
        _EmbargoKind(),
        "Until when the files are closed; they open by themselves then.",
        example={"until": "2030-01-01", "reason": "Under review."},
    )


def _finish_access(values: dict[str, Any], at: At) -> None:
    embargo = values.get("embargo")
    closed = isinstance(embargo, Embargo) and embargo.active is True
    if closed and values.get("files") == "public":
        hint = "remove the line, or write restricted: the files become public when it ends"
        at.of("files").wrong("found public files although there is an embargo", hint)
    values.setdefault("files", "restricted" if closed else "public")


@kind_of_value
class _AccessKind(Struct[Access]):
    """Who may see the files; the server adds a summary in one word."""

    def stored(self, value: Json) -> Json:
        """Return what is not a summary."""
        return super().stored(self.sendable(value))

    def sendable(self, value: Json) -> Json:
        """Return what is not a summary, without an embargo that says nothing."""
        if not isinstance(value, dict):
            return value
        kept = {name: part for name, part in value.items() if name != "status"}
        embargo = given(**mapping(kept.get("embargo")))
        if isinstance(kept.get("embargo"), dict):
            kept["embargo"] = embargo
            if embargo in ({}, {"active": False}):
                del kept["embargo"]
        return kept


ACCESS = _AccessKind(Access, "a mapping with the keys files and embargo", _finish_access)
"""The section `access`."""


def embargo_problems(
    access: Access | None, today: date, place: Place | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with an embargo today.

    The server refuses an embargo that does not end in the future, also when it saves
    a record for which this was right when it was written.

    Parameters
    ----------
    access
        The section `access` of a configuration.
    today
        The day on the clock of the server, which is UTC.
    place
        Where the end is given.
    """
    embargo = None if access is None else access.embargo
    if embargo is None or embargo.until is None or date.fromisoformat(embargo.until) > today:
        return ()
    message = f"found the day {embargo.until}, expected one after today, {today.isoformat()}"
    hint = "the embargo is over: remove it"
    return (Problem(message, "access.embargo.until", place, hint),)
