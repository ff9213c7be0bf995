"""What the program may do about an item, by the table of its documentation.

| ours to base | theirs to base | then |
| --- | --- | --- |
| same | same | nothing |
| changed | same | send ours |
| same | changed | keep theirs, and say so |
| changed | changed to the same | nothing |
| changed | changed to something else | conflict |
| no base | any | send ours, except that files of others are not deleted |

After a run that was interrupted, it can be uncertain what the base is.
All values that it can have are kept, and what any of them allows is allowed.
"""

import enum
from collections.abc import Collection, Iterable, Mapping

import attrs

from .items import ABSENT, FILE, PENDING, Items, Value

__all__ = ("UNKNOWN", "Bases", "Do", "verdicts")

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
            if name in ours and ours[name] == theirs.get(name, ABSENT):
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
