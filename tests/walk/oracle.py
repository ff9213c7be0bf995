"""What the program may do about an item, by the table of its documentation.

| ours to base | theirs to base | then |
| --- | --- | --- |
| same | same | nothing |
| changed | same | send ours |
| same | changed | keep theirs, and say so |
| changed | changed to the same | nothing |
| changed | changed to something else | conflict |
| no base | any | send ours, except that files of others are not deleted |

A list of people or keywords is compared item by item: the table holds for each of them.
Items of others stay where there is no base, unless the list is emptied; and when both sides
have replaced an item by others, it is a conflict, as they may have changed the same.

After a run that was interrupted, it can be uncertain what the base is.
All values that it can have are kept, and what any of them allows is allowed.
"""

import enum
import json
from collections.abc import Collection, Iterable, Mapping

import attrs

from .items import ABSENT, FILE, LISTS, PENDING, Items, Value

__all__ = ("UNKNOWN", "Bases", "Do", "held_items", "may_become", "verdicts")

UNKNOWN = "unknown"
"""Stands for a base that is not known, in the place of a value."""


class Do(enum.Enum):
    """What can be done about an item."""

    NOTHING = "nothing"
    SEND = "send"
    KEEP = "keep"
    CONFLICT = "conflict"


@attrs.frozen
class Bases:
    """What one clone has sent last, as far as that is certain."""

    values: Mapping[str, frozenset[Value]] = attrs.field(factory=dict)
    """All values that the base of an item can have."""

    knows_files: bool = False
    """Whether a file that is not named was never sent; otherwise nothing is known about it."""

    def of(self, name: str) -> frozenset[Value]:
        """Return the possible bases of an item."""
        is_new = name.startswith(FILE) and self.knows_files
        return self.values.get(name, frozenset({ABSENT if is_new else UNKNOWN}))

    def agreed(self, ours: Items, theirs: Items) -> "Bases":
        """Return the bases after a run that told the truth about both sides."""
        values = {
            name: found
            for name, found in self.values.items()
            if not name.startswith(FILE) or name in {*ours, *theirs}
        }
        for name in {*ours, *theirs}:
            same = name in ours and ours[name] == theirs.get(name, ABSENT)
            # Of a list, what the project has counts as sent, whatever others have added.
            if same or (name in ours and name in LISTS):
                values[name] = frozenset({ours[name]})
        return Bases(values, knows_files=True)

    def perhaps(self, name: str, *more: Value) -> "Bases":
        """Return the bases when an item may also have had other values."""
        return self.known(name, *self.of(name), *more)

    def known(self, name: str, *values: Value) -> "Bases":
        """Return the bases when an item can have had certain values only."""
        return Bases({**self.values, name: frozenset(values)}, self.knows_files)


def verdicts(
    name: str, ours: Items, theirs: Items, bases: Bases, *, options: Iterable[str] = ()
) -> set[Do]:
    """Return what may be done about an item.

    Parameters
    ----------
    name
        The item.
    ours
        What the project wants, `ABSENT` for what it empties.
    theirs
        What the server holds.
    bases
        What the clone has sent last.
    options
        Those of the command line.
    """
    is_file = name.startswith(FILE)
    if not is_file and name not in ours:
        return {Do.NOTHING}
    mine, other = ours.get(name, ABSENT), theirs.get(name, ABSENT)
    if mine == other:
        return {Do.NOTHING}
    chosen = set(options)
    if name in LISTS:
        return {do for base in bases.of(name) for do in _of_list(mine, other, base, chosen)}
    return {_verdict(mine, other, base, chosen, is_file=is_file) for base in bases.of(name)}


def _verdict(
    mine: Value, other: Value, base: Value, options: Collection[str], *, is_file: bool
) -> Do:
    if is_file and mine == ABSENT and base in (ABSENT, UNKNOWN):
        return Do.SEND if "--prune" in options else Do.KEEP
    if base in (UNKNOWN, other) or "--ours" in options:
        return Do.SEND
    if mine == base or "--theirs" in options or other == PENDING:
        return Do.KEEP
    return Do.CONFLICT


def held_items(value: Value) -> list[str]:
    """Return the items of a list, sorted, as the order is nobody's."""
    return sorted(map(json.dumps, json.loads(value))) if value not in (ABSENT, UNKNOWN) else []


def _of_list(mine: Value, other: Value, base: Value, options: Collection[str]) -> set[Do]:
    """Return what may be done about a list: some items can be sent and others kept."""
    if held_items(mine) == held_items(other):
        return {Do.NOTHING, Do.SEND, Do.KEEP}
    found = _merged(mine, other, base, options)
    if found is None:
        return {Do.CONFLICT}
    sends = {Do.SEND} if found != held_items(other) else set()
    return sends | ({Do.KEEP} if found != held_items(mine) else set())


def _merged(mine: Value, other: Value, base: Value, options: Collection[str]) -> list[str] | None:
    """Return the items that there are then; `None` for a conflict."""
    ours, theirs, last = ({*held_items(value)} for value in (mine, other, base))
    if "--ours" in options or (base == UNKNOWN and mine == ABSENT):
        return sorted(ours)
    if base == UNKNOWN:
        return sorted(ours | theirs)
    new = ours - last - theirs
    if new and theirs - last - ours and last - ours - theirs:
        if "--theirs" not in options:
            return None
        ours -= new
    return sorted((ours & theirs) | (ours - last) | (theirs - last))


def may_become(
    mine: Value, other: Value, bases: Iterable[Value], options: Iterable[str]
) -> list[list[str]]:
    """Return what a list may become, by the bases that it can have."""
    chosen = set(options)
    found = (_merged(mine, other, base, chosen) for base in bases)
    return [items for items in found if items is not None]
