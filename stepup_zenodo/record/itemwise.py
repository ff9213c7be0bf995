"""What to do about a field that is a list, item by item.

The table of `threeway` holds for each item, and an item that is not there counts as a value.
Besides, what somebody has added stays also when it is not known what was sent last,
and when both sides have replaced an item, it is not certain whether they mean the same by that.

The order is that of the configuration when it was changed there, else that of the server.

After a run, what the configuration says is what was sent last, whatever else the server has:
so what is kept is kept again by the next run.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence

import attrs

from ..config.fields import normal
from ..jsontypes import Json
from ..local.base import Base, SentField
from .changes import Changes, Conflict, FieldChange, Kept, SaveMetadata
from .desired import CONFIGURATION, Desired
from .identity import ORDERED, ItemKind, Row, aligned, item_kind
from .observed import Record
from .showing import changed_item, path_of, shown, sides, wording
from .threeway import (
    REMEDY,
    Choice,
    compare_field,
    first_reason,
    last_sent,
)

__all__ = ("agreed_lists", "compare_value", "merged_lists", "taken_over")

OURS, THEIRS, BASE = range(3)
"""The numbers of the lists that are aligned."""

MOST = 10
"""How many items a message names."""

PULL = "`stepup-zenodo pull`"


class _Do(enum.Enum):
    """What is done about an item."""

    SAME = "same"
    SEND = "send"
    KEEP = "keep"
    ASK = "ask"


@attrs.frozen
class _Lists:
    """The lists of both sides and the last one that was sent, item by item."""

    name: str
    """The field."""

    kind: ItemKind
    """What the items are."""

    ours: Sequence[Json]
    """What the configuration says."""

    theirs: Sequence[Json]
    """What the server holds."""

    base: Sequence[Json] | None
    """What was sent last, `None` when that is not known."""

    rows: tuple[Row, ...]
    """Which items are the same."""

    source: str = CONFIGURATION
    """Where our list comes from, in words."""

    def values(self, row: Row) -> tuple[Json, Json, Json]:
        """Return ours, theirs, and what was sent last."""
        return row.of(OURS, self.ours), row.of(THEIRS, self.theirs), row.of(BASE, self.base or ())

    def label(self, row: Row) -> str:
        """Return what an item is called."""
        return shown(self.kind.label(next(item for item in self.values(row) if item is not None)))

    def names(self, rows: Sequence[Row]) -> str:
        """Return what items are called."""
        said = ", ".join(self.label(row) for row in rows[:MOST])
        return f"{said} and {len(rows) - MOST} more" if len(rows) > MOST else said

    @property
    def path(self) -> str:
        """The key in the configuration."""
        return path_of(self.name, [*self.ours], [*self.theirs])

    def place(self, row: Row) -> str:
        """Return the path of an item of the configuration, or of the list that it is not in."""
        index = row.places[OURS]
        return self.name if index is None else f"{self.name}.{index}"

    def conflict(self, message: str, row: Row | None = None) -> Conflict:
        """Return a conflict about an item, or about several."""
        field = self.name if row is None else self.place(row)
        return Conflict(self.path, message, REMEDY, field)

    def order(self, number: int) -> list[Row]:
        """Return the items of one of the lists in their order."""
        there = [row for row in self.rows if row.places[number] is not None]
        return sorted(there, key=lambda row: row.places[number] or 0)

    def common(self, number: int, *others: int) -> list[Row]:
        """Return the items that several lists have, in their order in the first of these."""
        return [row for row in self.order(number) if all(row.places[n] is not None for n in others)]

    def is_reordered(self, number: int) -> bool:
        """Return whether one side has the items that all have in another order than before."""
        return self.common(number, OURS, THEIRS, BASE) != self.common(BASE, OURS, THEIRS)


def _lists(name: str, ours: Json, theirs: Json, last: SentField | None) -> _Lists | None:
    """Return the lists, `None` for a field that has to be compared as a whole.

    So it is when it is not certain which items are the same, when the server has made
    something else of what was sent last, and when a list is emptied of which nothing is known.
    """
    kind = item_kind(name)
    if kind is None or (last is not None and (last.sent or None) != (last.kept or None)):
        return None
    if last is None and not ours:
        return None
    lists = [value or [] for value in (ours, theirs, last.sent if last else None)]
    mine, other, base = lists
    if not (isinstance(mine, list) and isinstance(other, list) and isinstance(base, list)):
        return None
    rows = aligned(kind, mine, other, base)
    return None if rows is None else _Lists(name, kind, mine, other, base if last else None, rows)


@attrs.frozen
class _Merged:
    """What becomes of the items."""

    done: Mapping[Row, _Do]
    """What is done about each."""

    value: Json
    """The list that follows, in normal form, `None` for an empty one."""

    replaced: tuple[Row, ...] = ()
    """Items that both sides have replaced by others, so that these may be the same."""

    is_order_open: bool = False
    """Whether both sides have changed the order, where it says something."""

    keeps_order: bool = False
    """Whether the order is another one than in the configuration."""

    @property
    def is_open(self) -> bool:
        """Whether a person must decide."""
        return self.is_order_open or _Do.ASK in self.done.values()


def _merged(lists: _Lists, choice: Choice) -> _Merged:
    """Return what becomes of the items."""
    done = {row: _decided(lists, row) for row in lists.rows}
    replaced = _replaced(lists)
    if replaced:
        done |= dict.fromkeys(_added(lists, OURS), _Do.ASK)
    is_order_open = _is_order_open(lists)
    if choice.theirs:
        done = {row: _Do.KEEP if do is _Do.ASK else do for row, do in done.items()}
    by_ours = lists.base is None or (
        lists.is_reordered(OURS) and not (choice.theirs and is_order_open)
    )
    value = _woven(lists, done, *((OURS, THEIRS) if by_ours else (THEIRS, OURS)))
    return _Merged(
        done,
        normal(lists.name, value) if value else None,
        replaced,
        is_order_open=is_order_open and not choice.theirs,
        keeps_order=not by_ours and lists.common(OURS, THEIRS) != lists.common(THEIRS, OURS),
    )


def _decided(lists: _Lists, row: Row) -> _Do:
    """Return what the table says about an item."""
    ours, theirs, base = lists.values(row)
    if ours == theirs:
        return _Do.SAME
    if lists.base is None:
        return _Do.KEEP if ours is None else _Do.SEND
    if theirs == base:
        return _Do.SEND
    return _Do.KEEP if ours == base else _Do.ASK


def _added(lists: _Lists, side: int) -> list[Row]:
    """Return the items that one side alone has."""
    return [row for row in lists.order(side) if row.places.count(None) == 2]


def _replaced(lists: _Lists) -> tuple[Row, ...]:
    """Return the items that neither side has any more, when each has put in something else."""
    if not (_added(lists, OURS) and _added(lists, THEIRS)):
        return ()
    return tuple(row for row in lists.order(BASE) if row.places.count(None) == 2)


def _is_order_open(lists: _Lists) -> bool:
    """Return whether both sides have changed the order, and not to the same."""
    if lists.name not in ORDERED or lists.base is None:
        return False
    both = lists.is_reordered(OURS) and lists.is_reordered(THEIRS)
    return both and lists.common(OURS, THEIRS) != lists.common(THEIRS, OURS)


def _woven(lists: _Lists, done: Mapping[Row, _Do], first: int, second: int) -> list[Json]:
    """Return the items that there shall be.

    They are in the order of the first list. Those that only the second one has
    stand beside the same item as there, and at the end if there is none.
    """
    found = {}
    for row, do in done.items():
        ours, theirs, _ = lists.values(row)
        found[row] = theirs if do is _Do.KEEP else ours
    order = [row for row in lists.order(first) if found[row] is not None]
    known = set(order)
    first_known = next((row for row in lists.order(second) if row in known), None)
    place = len(order) if first_known is None else order.index(first_known)
    for row in lists.order(second):
        if row in known:
            place = order.index(row) + 1
        elif found[row] is not None:
            order.insert(place, row)
            place += 1
    return [found[row] for row in order]


Verdict = FieldChange | Kept | Conflict


def compare_value(
    name: str,
    ours: Json,
    theirs: Json,
    base: Base,
    choice: Choice,
    *,
    source: str = CONFIGURATION,
) -> tuple[Verdict, ...]:
    """Return what to do about a field, and what is kept of it.

    The parameters are those of `compare_field`, which compares fields as a whole.
    """
    lists = (
        None
        if choice.ours or ours == theirs
        else _lists(name, ours, theirs, last_sent(name, theirs, base))
    )
    if lists is None:
        verdict = compare_field(name, ours, theirs, base, choice, source=source)
        return () if verdict is None else (verdict,)
    lists = attrs.evolve(lists, source=source)
    merged = _merged(lists, choice)
    if merged.is_open:
        return tuple(_conflicts(lists, merged))
    reason = f"changed in {source}" if lists.base is not None else first_reason(theirs, source)
    change = (FieldChange(name, theirs, merged.value, reason, ours),)
    return (*(change if merged.value != theirs else ()), *_kept(lists, merged))


def taken_over(name: str, ours: Json, theirs: Json, base: Base) -> Json:
    """Return what a configuration says of a field after taking over what was changed there.

    What was changed here alone stays. When it is not known what was sent last,
    so do items that only the configuration has.
    """
    last = last_sent(name, theirs, base)
    lists = None if ours == theirs else _lists(name, ours, theirs, last)
    if lists is not None and lists.base is None:
        common: Json = [row.of(OURS, lists.ours) for row in lists.common(OURS, THEIRS)]
        lists = _lists(name, ours, theirs, SentField(common, common))
    return theirs if lists is None else _merged(lists, Choice(theirs=True)).value


def agreed_lists(desired: Desired, record: Record, base: Base) -> dict[str, SentField]:
    """Return what is remembered of lists after a comparison that found nothing to do.

    What the configuration says counts as sent, also where others have changed items:
    then it is only they who have changed something.
    """
    found = {}
    for name, ours in desired.fields.items():
        theirs = record.fields.get(name)
        last = last_sent(name, theirs, base)
        if ours != theirs and _lists(name, ours, theirs, last) is not None:
            found[name] = SentField(ours, ours)
    return found


def merged_lists(changes: Changes) -> dict[str, Json]:
    """Return the lists that are to be saved and hold items of others."""
    saves = [action for action in changes.actions if isinstance(action, SaveMetadata)]
    found = [change for save in saves for change in save.changes if change.is_merged]
    return {change.name: change.new for change in found}


def _kept(lists: _Lists, merged: _Merged) -> Iterator[Kept]:
    """Yield what the server keeps."""
    rows = [row for row, do in merged.done.items() if do is _Do.KEEP]
    added = sorted((row for row in rows if row.places[OURS] is None), key=lists.label)
    gone = [row for row in rows if row.places[THEIRS] is None]
    if added:
        reason = f"on the server only: {lists.names(added)}; {PULL} takes over what is there"
        yield Kept(lists.path, reason, lists.name)
    if gone:
        reason = f"not on the server any more: {lists.names(gone)}; {PULL} takes it out here, too"
        yield Kept(lists.path, reason, lists.name)
    for row in rows:
        ours, theirs, _ = lists.values(row)
        if ours is not None and theirs is not None:
            told = changed_item(lists.name, ours, theirs)
            reason = f"{lists.label(row)} was changed on the server: {told}"
            yield Kept(lists.path, reason, lists.place(row))
    if merged.keeps_order:
        yield Kept(lists.path, "the items are in another order on the server", lists.name)


def _conflicts(lists: _Lists, merged: _Merged) -> Iterator[Conflict]:
    """Yield what a person must decide."""
    asked = [row for row, do in merged.done.items() if do is _Do.ASK]
    if merged.replaced:
        added = _added(lists, OURS)
        asked = [row for row in asked if row not in added]
        yield lists.conflict(
            f"{lists.names(merged.replaced)} replaced in {lists.source} by {lists.names(added)} "
            f"and on the server by {lists.names(_added(lists, THEIRS))}"
        )
    for row in asked:
        yield lists.conflict(f"{lists.label(row)} {_both_changed(lists, row)}", row)
    if merged.is_order_open:
        mine, other = (
            lists.names(lists.common(*pair)) for pair in ((OURS, THEIRS), (THEIRS, OURS))
        )
        yield lists.conflict(
            f"the order was changed in {lists.source} to {mine} and on the server to {other}"
        )


def _both_changed(lists: _Lists, row: Row) -> str:
    """Return what both sides did to an item."""
    said = [None if item is None else wording(lists.name, item) for item in lists.values(row)]
    ours, theirs, base = said
    source = lists.source
    if ours is None:
        return f"removed in {source} and changed on the server to {sides(base, theirs)[1]}"
    if theirs is None:
        return f"changed in {source} to {sides(base, ours)[1]} and removed on the server"
    mine, other = sides(ours, theirs)
    done = "added" if base is None else "changed"
    return f"{done} in {source} to {mine} and on the server to {other}"
