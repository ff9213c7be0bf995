"""How the value of a field changes, as lines: in the words of the configuration, item by item.

A line that begins with `+` is new, one with `-` goes, and one with `~` changes.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher

import attrs

from ..errors import printable
from ..jsontypes import Json
from ..record.identity import ItemKind, aligned, item_kind
from ..record.showing import (
    apart,
    changed_item,
    cut_apart,
    differences,
    in_words,
    path_of,
    readable_both,
    shown,
    wording,
)
from ..text.readable import sentences

__all__ = ("marked_line", "value_lines")

ADDED, REMOVED, CHANGED, SAME = "+ ", "- ", "~ ", "  "
"""What lines about parts of a value begin with, after the indentation."""

WIDTH = 100
"""Most characters of a line about a part."""

SHORT = 70
"""Most characters of a text that is shown beside another one."""


_COLORS = {ADDED: "32", REMOVED: "31", CHANGED: "33"}
"""Green, red and yellow, by the control sequences of ECMA-48."""


def marked_line(line: str) -> str:
    """Return a line in the colour that belongs to its mark, if it has one."""
    text = line.lstrip(" ")
    code = _COLORS.get(f"{text} "[:2])
    blanks = line[: len(line) - len(text)]
    return line if code is None else f"{blanks}\x1b[{code}m{text}\x1b[0m"


@attrs.frozen
class _Change:
    """How the value of one key changes."""

    values: str = ""
    """The old and the new value, where they stand on one line."""

    below: str = ""
    """The path of the part that changes, if it is only one of several parts."""

    lines: tuple[str, ...] = ()
    """What changes, where it does not stand on one line."""


def value_lines(name: str, old: Json, new: Json, reason: str = "") -> list[str]:
    """Return how a field changes: one line, or a heading and one for each part that does.

    Parameters
    ----------
    name
        The field.
    old, new
        Its values in normal form, `None` for nothing.
    reason
        Why it changes, empty for nothing to be said.
    """
    why = f" ({reason})" if reason else ""
    lines = []
    for path, change in _changes(name, old or None, new or None).items():
        if change.lines:
            lines += [f"{path}{why}:", *(f"  {line}" for line in change.lines)]
        else:
            lines.append(f"{path}{change.below}: {change.values}{why}")
    return [printable(line).rstrip() for line in lines]


def _changes(name: str, old: Json, new: Json) -> dict[str, _Change]:
    """Return what changes, by the keys of the configuration."""
    kind = item_kind(name)
    if kind is not None and isinstance(old or [], list) and isinstance(new or [], list):
        found = _item_changes(name, kind, _items(old), _items(new))
        if found is not None:
            return found
    said, now = in_words(name, old), in_words(name, new)
    changes = {}
    for path in {**said, **now}:
        before, after = said.get(path), now.get(path)
        if before != after:
            changes[path] = _whole(*readable_both(name, before, after))
    return changes or {path_of(name, new, old): _Change(f"{shown(old)} -> {shown(new)}")}


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _item_changes(
    name: str, kind: ItemKind, old: list[Json], new: list[Json]
) -> dict[str, _Change] | None:
    """Return which items change; `None` when it is not certain which are the same."""
    rows = aligned(kind, new, old)
    if rows is None:
        return None
    found: dict[str, list[str]] = {}
    single: dict[str, _Change] = {}
    for row in rows:
        after, before = row.of(0, new), row.of(1, old)
        if before == after:
            continue
        [(path, word)] = in_words(name, [before if after is None else after]).items()
        if isinstance(word, list):
            found.setdefault(path, []).append(_item_line(name, kind, before, after))
        else:
            # A key for one item alone.
            texts = (None if item is None else wording(name, item) for item in (before, after))
            single[path] = _whole(*texts)
    orders = [
        sorted((row for row in rows if None not in row.places), key=lambda row: row.places[n] or 0)
        for n in (0, 1)
    ]
    if orders[0] != orders[1]:
        names = ", ".join(shown(kind.label(item)) for item in new)
        found.setdefault(path_of(name, new), []).append(f"{CHANGED}in another order: {names}")
    return {path: _Change(lines=tuple(lines)) for path, lines in found.items()} | single


def _item_line(name: str, kind: ItemKind, before: Json, after: Json) -> str:
    if before is None:
        return f"{ADDED}{shown(wording(name, after), WIDTH)}"
    if after is None:
        return f"{REMOVED}{shown(wording(name, before), WIDTH)}"
    return f"{CHANGED}{shown(kind.label(after))}: {changed_item(name, before, after)}"


def _whole(before: Json, after: Json) -> _Change:
    """Return how a value changes that is no list of known things."""
    match before, after:
        case str(), str() if _is_long(before) or _is_long(after):
            return _Change(lines=tuple(_text_lines(sentences(before), sentences(after))))
        case list(), list():
            texts = [[shown(item, WIDTH) for item in items] for items in (before, after)]
            return _Change(lines=tuple(_text_lines(*texts)))
        case dict(), dict():
            parts = [(path, " -> ".join(apart(a, b))) for path, a, b in differences(before, after)]
            if len(parts) == 1:
                return _Change(parts[0][1], f".{parts[0][0]}")
            return _Change(lines=tuple(f"{CHANGED}{path}: {values}" for path, values in parts))
    if before is None or after is None:
        return _Change(f"{shown(before)} -> {shown(after)}")
    return _Change(" -> ".join(apart(before, after)))


def _is_long(text: str) -> bool:
    """Return whether a text is more than one short line."""
    return "\n" in text or (len(text) > SHORT and len(sentences(text)) > 1)


def _text_lines(before: list[str], after: list[str]) -> Iterator[str]:
    """Yield the lines of a text that change, each group with the line before it."""
    for tag, low, high, start, end in SequenceMatcher(None, before, after, False).get_opcodes():
        if tag == "equal":
            continue
        if low:
            yield f"{SAME}{cut_apart(before[low - 1], '', WIDTH)[0]}"
        gone, come = before[low:high], after[start:end]
        if len(gone) == len(come):
            pairs = [cut_apart(*pair, WIDTH) for pair in zip(gone, come, strict=True)]
            gone, come = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        yield from (f"{REMOVED}{cut_apart(line, '', WIDTH)[0]}" for line in gone)
        yield from (f"{ADDED}{cut_apart(line, '', WIDTH)[0]}" for line in come)
