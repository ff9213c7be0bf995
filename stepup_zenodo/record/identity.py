"""Which items of lists stand for the same thing: the same person, the same work, the same date.

Items are those of fields in normal form.
A field that is not in the table is compared as a whole: its items belong together,
as licences do, which say as a whole what is allowed.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import attrs

from ..config.fields import CREATORS, DESCRIPTIONS
from ..config.people import who_of
from ..config.table import field_of
from ..jsontypes import Json, mapping, mappings, string

__all__ = ("ORDERED", "ItemKind", "Row", "aligned", "item_kind")

ORDERED = frozenset({CREATORS})
"""Fields in which the order of the items says something: that of citation."""

Identifier = tuple[str, ...]
"""The kind of an identifier, what else it depends on, and itself at the end."""

Name = tuple[str, ...]
"""A name, and what else it depends on."""


@attrs.frozen
class Identity:
    """By what an item is recognised."""

    identifiers: frozenset[Identifier] = frozenset()
    """Any one of them is enough. Two of one kind are never those of the same thing."""

    names: frozenset[Name] = frozenset()
    """What it is called, which counts unless identifiers tell otherwise."""


@attrs.frozen
class ItemKind:
    """What the items of a field are."""

    identity: Callable[[Json], Identity]
    """By what one is recognised."""

    label: Callable[[Json], str]
    """What one is called in messages."""


@attrs.frozen
class Row:
    """The places of one thing in several lists."""

    places: tuple[int | None, ...]
    """Its index in each list, `None` where it is not there."""

    def of(self, number: int, items: Sequence[Json]) -> Json:
        """Return the item in one of the lists, `None` when it is not there."""
        place = self.places[number]
        return None if place is None else items[place]


def _only(*parts: str) -> Identity:
    return Identity(frozenset({parts}))


def _id(value: object) -> str:
    return string(mapping(value).get("id"))


def _part(item: object, key: str) -> str:
    return string(mapping(item).get(key))


def _plain(item: Json) -> Identity:
    return _only("text", _word(item))


def _word(item: Json) -> str:
    """Return a text, or the id of an object with an id."""
    return item if isinstance(item, str) else _id(item)


def _full_name(item: Json) -> str:
    who = who_of(mapping(item))
    parts = (string(who.get("family_name")), string(who.get("given_name")))
    return ", ".join(filter(None, parts)) or string(who.get("name"))


def _person(item: Json, *role: str) -> Identity:
    found = mappings(who_of(mapping(item)).get("identifiers"))
    identifiers = {(_part(one, "scheme"), *role, _part(one, "identifier")) for one in found}
    name = " ".join(_full_name(item).casefold().split())
    return Identity(frozenset(identifiers), frozenset({(*role, name)}))


def _contributor(item: Json) -> Identity:
    """Return the identity of a contributor, who can be there once for each role."""
    return _person(item, _id(mapping(item).get("role")))


def _contributor_label(item: Json) -> str:
    return f"{_full_name(item)} ({_id(mapping(item).get('role'))})"


def _subject(item: Json) -> Identity:
    return _only("id", _id(item)) if _id(item) else _only("keyword", _part(item, "subject"))


def _identifier(item: Json) -> Identity:
    return _only(_part(item, "scheme"), _part(item, "identifier"))


def _related(item: Json) -> Identity:
    relation = _id(mapping(item).get("relation_type"))
    return _only(_part(item, "scheme"), relation, _part(item, "identifier"))


def _related_label(item: Json) -> str:
    return f"{_id(mapping(item).get('relation_type'))} {_part(item, 'identifier')}"


def _reference(item: Json) -> Identity:
    identifier = _part(item, "identifier")
    found = {(_part(item, "scheme"), identifier)} if identifier else set()
    return Identity(frozenset(found), frozenset({(_part(item, "reference"),)}))


def _money(item: Json) -> tuple[str, str]:
    """Return what funder and award are called, by id if they have one."""
    funder, award = mapping(mapping(item).get("funder")), mapping(mapping(item).get("award"))
    titles = mapping(award.get("title"))
    title = string(titles.get("en")) or string(next(iter(titles.values()), ""))
    number = string(award.get("number")) or title
    return _id(funder) or string(funder.get("name")), _id(award) or number


def _funding_label(item: Json) -> str:
    funder, award = _money(item)
    # The id of an award begins with that of the funder.
    return award if award.startswith(f"{funder}::") else " ".join(filter(None, (funder, award)))


def _dated(item: Json) -> Identity:
    return _only("date", _id(mapping(item).get("type")), _part(item, "date"))


def _dated_label(item: Json) -> str:
    return f"{_id(mapping(item).get('type'))} {_part(item, 'date')}"


def _typed(item: Json) -> Identity:
    """Return the identity of a text that there is once for each type and language."""
    found = mapping(item)
    return _only("text", _id(found.get("type")), _id(found.get("lang")))


def _typed_label(item: Json) -> str:
    found = mapping(item)
    return " ".join(filter(None, (_id(found.get("type")), _id(found.get("lang")))))


_ITEMS: Mapping[str, ItemKind] = {
    CREATORS: ItemKind(_person, _full_name),
    field_of("metadata.contributors").name: ItemKind(_contributor, _contributor_label),
    field_of("metadata.keywords").name: ItemKind(
        _subject, lambda item: _id(item) or _part(item, "subject")
    ),
    field_of("metadata.related").name: ItemKind(_related, _related_label),
    field_of("metadata.references").name: ItemKind(
        _reference, lambda item: _part(item, "reference")
    ),
    field_of("metadata.identifiers").name: ItemKind(
        _identifier, lambda item: _part(item, "identifier")
    ),
    field_of("metadata.funding").name: ItemKind(
        lambda item: _only("award", *_money(item)), _funding_label
    ),
    field_of("metadata.languages").name: ItemKind(_plain, _word),
    field_of("metadata.dates").name: ItemKind(_dated, _dated_label),
    field_of("metadata.additional_titles").name: ItemKind(_typed, _typed_label),
    DESCRIPTIONS: ItemKind(_typed, _typed_label),
    field_of("metadata.sizes").name: ItemKind(_plain, _word),
    field_of("metadata.formats").name: ItemKind(_plain, _word),
}
"""The fields that are compared item by item."""


def item_kind(name: str) -> ItemKind | None:
    """Return what the items of a field are, `None` when it is compared as a whole."""
    return _ITEMS.get(name)


def aligned(kind: ItemKind, *lists: Sequence[Json]) -> tuple[Row, ...] | None:
    """Return which items of several lists are the same.

    Returns
    -------
    rows
        One for each thing, in the order of the first list that has it;
        `None` when it is not certain which are the same, as one of the lists
        has the same thing twice, or several things under one name.
    """
    items = [
        _Thing(((number, index),), kind.identity(item))
        for number, items in enumerate(lists)
        for index, item in enumerate(items)
    ]
    identified = [_united(same) for same in _connected(items, lambda thing: thing.identifiers)]
    found: list[_Thing] = []
    for same in _connected(identified, lambda thing: thing.names):
        is_one = not _contradict(same)
        if not is_one and not all(thing.identifiers for thing in same):
            return None
        found += [_united(same)] if is_one else same
    if any(thing.is_repeated for thing in found):
        return None
    found.sort(key=lambda thing: thing.cells)
    return tuple(Row(thing.places(len(lists))) for thing in found)


@attrs.frozen
class _Thing:
    """What several items stand for."""

    cells: tuple[tuple[int, int], ...]
    """The items: the number of a list, and the index in it, sorted."""

    identity: Identity
    """By all that they are recognised."""

    @property
    def identifiers(self) -> frozenset[Identifier]:
        """The identifiers of all items."""
        return self.identity.identifiers

    @property
    def names(self) -> frozenset[Name]:
        """The names of all items."""
        return self.identity.names

    @property
    def is_repeated(self) -> bool:
        """Whether a list has it twice."""
        return len(dict(self.cells)) < len(self.cells)

    def places(self, size: int) -> tuple[int | None, ...]:
        """Return its index in each list."""
        found = dict(self.cells)
        return tuple(found.get(number) for number in range(size))


def _united(things: Sequence[_Thing]) -> _Thing:
    cells = tuple(sorted(cell for thing in things for cell in thing.cells))
    identifiers = frozenset().union(*(thing.identifiers for thing in things))
    names = frozenset().union(*(thing.names for thing in things))
    return _Thing(cells, Identity(identifiers, names))


def _contradict(things: Sequence[_Thing]) -> bool:
    """Return whether things of one name have different identifiers of one kind."""
    kinds: dict[tuple[str, ...], Identifier] = {}
    return any(
        kinds.setdefault(identifier[:-1], identifier) != identifier
        for thing in things
        for identifier in thing.identifiers
    )


def _connected(
    things: Sequence[_Thing], keys: Callable[[_Thing], Iterable[Hashable]]
) -> list[list[_Thing]]:
    """Return groups of things, of which each has a key in common with another one of its group."""
    groups: dict[Hashable, list[_Thing]] = {}
    found: dict[int, list[_Thing]] = {}
    for thing in things:
        known = {id(group): group for key in keys(thing) if (group := groups.get(key))}
        united = [one for group in known.values() for one in group] + [thing]
        for gone in known:
            del found[gone]
        found[id(united)] = united
        groups.update((key, united) for one in united for key in keys(one))
    return list(found.values())
