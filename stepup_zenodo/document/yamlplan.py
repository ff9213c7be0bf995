"""Which parts of a list or a mapping stay, change, move or go when it gets another value."""

import difflib
import json

import attrs

from ..jsontypes import Json
from .yamlpieces import Piece

__all__ = ("Meanings", "Part", "list_parts", "map_parts")

Meanings = tuple[tuple[str, ...], tuple[str, ...]]
"""What the old and the new items of a list mean, one text for each."""


@attrs.frozen
class Part:
    """A part of a new list or mapping."""

    old: int | None
    """The number of the old part that it is made of, `None` for a new one."""

    value: Json = None
    """What it says; for new parts of mappings, a mapping with its only key."""

    is_kept: bool = False
    """Whether it stays as it is written, whatever its value."""


def map_parts(piece: Piece, value: dict[str, Json]) -> list[Part]:
    """Return the parts of a mapping that gets another value."""
    names = [unit.name for unit in piece.units]
    known = [Part(i, value[name]) for i, name in enumerate(names) if name in value]
    return [*known, *(Part(None, {key: value[key]}) for key in value if key not in names)]


def list_parts(piece: Piece, value: list[Json], same: Meanings | None) -> list[Part]:
    """Return the parts of a list that gets another value.

    Items that mean the same stay as they are, also when they move.
    Of the others, new ones are made of those that were in their place.
    """
    before, after = same or ((), ())
    if (len(before), len(after)) != (len(piece.units), len(value)):
        before = tuple(_meaning(unit.value.plain) for unit in piece.units)
        after = tuple(map(_meaning, value))
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    kept: dict[int, int] = {}
    for kind, i1, i2, j1, j2 in steps:
        if kind == "equal":
            kept.update(zip(range(j1, j2), range(i1, i2), strict=True))
    free = [i for i in range(len(before)) if i not in kept.values()]
    for j, meaning in enumerate(after):
        moved = None if j in kept else next((i for i in free if before[i] == meaning), None)
        if moved is not None:
            kept[j] = moved
            free.remove(moved)
    made: dict[int, int] = {}
    for kind, i1, i2, j1, j2 in steps:
        if kind == "replace":
            news = [j for j in range(j1, j2) if j not in kept]
            made.update(zip(news, [i for i in free if i1 <= i < i2], strict=False))
    return [
        Part(kept[j], x, True) if j in kept else Part(made.get(j), x) for j, x in enumerate(value)
    ]


def _meaning(value: object) -> str:
    return json.dumps(value, sort_keys=True)
