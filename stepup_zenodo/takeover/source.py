"""The contents of a file about a work, of which no part may be lost without a word.

The mappings of a `Source` remember which of their keys were asked for.
What nobody asked for, and what was asked for but is not found in the configuration, is lost,
and `lost` finds it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..jsontypes import is_empty

__all__ = ("Loss", "Source", "items", "lost", "mapping", "source_of", "text", "texts")

_DEEPEST = 60
_LARGEST = 200_000
"""Most values of a file, counted as often as they are referred to."""

_UNREAD = "a record has no field for it"
_REFUSED = "it belongs to something that is not taken over"
_SHORT = 3
"""Characters of values that may stand in a message by chance."""

_UNPLACED = "there is no place for it in the configuration"


class Source(dict[str, Any]):
    """A mapping of the file: it knows where it stands, and which of its keys were asked for."""

    def __init__(self, values: Mapping[str, Any], path: str) -> None:
        super().__init__(values)
        self.path = path
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401, as for any dict
        """Return a value, and remember that it was asked for."""
        self.asked.add(key)
        return super().get(key, default)

    def at(self, key: str) -> str:
        """Return where the value of a key stands, e.g. `authors[0].orcid`."""
        return _below(self.path, key)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def source_of(data: Mapping[str, Any], alone: frozenset[str] = frozenset()) -> Source:
    """Return the contents of a file with numbers and dates as texts.

    Parameters
    ----------
    data
        The mapping that the file holds.
    alone
        Keys that stand for their value where they are the only key, e.g. `@list` of JSON-LD.

    Raises
    ------
    ValueError
        There are too many values in it, or they are nested too deeply.
    """
    count = 0

    def read(value: object, path: str, depth: int) -> Any:  # noqa: ANN401, as the file has it
        nonlocal count
        count += 1
        if count > _LARGEST or depth > _DEEPEST:
            raise ValueError("it holds too many values, or they are nested too deeply")
        if isinstance(value, Mapping):
            if len(value) == 1 and (only := next(iter(value))) in alone:
                return read(value[only], path, depth + 1)
            inner = {str(k): read(v, _below(path, str(k)), depth + 1) for k, v in value.items()}
            return Source(inner, path)
        if isinstance(value, list | tuple):
            return [read(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
        return value if value is None or isinstance(value, bool) else str(value)

    source = read(data, "", 0)
    return source if isinstance(source, Source) else Source({}, "")


def mapping(value: object) -> Source:
    """Return a mapping, also the only one in a list; empty for everything else."""
    if isinstance(value, list) and len(value) == 1:
        return mapping(value[0])
    return value if isinstance(value, Source) else Source({}, "")


def texts(value: object) -> list[str]:
    """Return all texts in a value: itself, or those in a list; none of them is empty."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, list):
        return [found for item in value for found in texts(item)]
    return texts(value.get("@value")) if isinstance(value, Source) and "@value" in value else []


def text(value: object, between: str = "") -> str:
    """Return a text; of a list the first, or all of them with something in between."""
    found = texts(value)
    return between.join(found) if between else found[0] if found else ""


def items(data: Source, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list, or a single value, with their paths, e.g. `authors[0]`."""
    yield from _flat(data.get(key), data.at(key))


def _flat(value: object, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _flat(item, f"{path}[{number}]")
    elif not is_empty(value):
        yield path, value


@attrs.frozen
class Loss:
    """A part of the file that is not in the configuration."""

    where: str
    """Its path in the file."""

    why: str
    """Why it is not taken over."""

    value: str = ""
    """What it is, where that helps to find it."""

    kind: str = attrs.field()
    """What is told in one line: by default everything at the same keys, for the same reason."""

    @kind.default
    def _kind_of_path(self) -> str:
        return re.sub(r"\[\d+\]", "[]", self.where)


def lost(
    source: Source,
    config: Mapping[str, Any],
    meant: Mapping[str, str],
    told: Iterable[str],
    said: Iterable[str],
) -> list[Loss]:
    """Return the parts of a file that are neither in a configuration nor spoken of.

    Parameters
    ----------
    source
        The file, after it was read.
    config
        The configuration.
    meant
        What some values became, by their paths; an empty text for what needs no word.
    told
        Paths of which something is said.
    said
        Messages about the configuration, which name values.
    """
    places = [_Place.of(value) for value in _places(config)]
    spoken, lines = frozenset(told), tuple(line.casefold() for line in said)
    quoted = [value for line in lines for value in re.findall('"([^"]*)"', line) if value]

    def is_held(path: str, leaf: object) -> bool:
        what = str(leaf) if isinstance(leaf, bool) else meant.get(path)
        if isinstance(leaf, bool) and path not in meant:
            return False
        return what == "" or any(place.holds(str(leaf), what) for place in places)

    def is_named(leaf: object) -> bool:
        value = str(leaf).strip().casefold()
        told_whole = len(value) > _SHORT and any(value in line for line in lines)
        return told_whole or any(_quotes(part, value) for part in quoted)

    def walk(value: object, path: str) -> Iterator[Loss]:
        if path in spoken:
            return
        if isinstance(value, Source):
            for key, inner in value.items():
                below = value.at(key)
                if key in value.asked:
                    yield from walk(inner, below)
                elif below not in spoken and _says_something(inner):
                    yield Loss(below, _UNREAD)
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                yield from walk(inner, f"{path}[{number}]")
        elif _says_something(value) and not is_held(path, value) and not is_named(value):
            yield Loss(path, _REFUSED if meant.get(path) else _UNPLACED, str(value))

    return list(walk(source, ""))


def _quotes(quoted: str, leaf: str) -> bool:
    """Return whether a text in quotes names a value: all of it, its beginning, or its core."""
    begin = quoted.removesuffix("...").removesuffix("…")
    return quoted == leaf or (len(begin) > _SHORT and begin in leaf)


@attrs.frozen
class _Place:
    """A part of a configuration in which all words of one value are to be found."""

    texts: tuple[str, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, value: object) -> "_Place":
        found = tuple(str(leaf).casefold() for leaf in _leaves(value))
        return cls(found, frozenset(word for leaf in found for word in _words(leaf)))

    def holds(self, value: str, what: str | None) -> bool:
        """Return whether a value is here, or what it became."""
        if what is not None:
            return what.casefold() in self.texts
        bare = _bare(value).casefold()
        words = _words(value)
        if "://" in bare or not words:
            return any(bare.rstrip("/") in text for text in self.texts)
        return self.words.issuperset(words)


def _places(config: Mapping[str, Any]) -> Iterator[object]:
    """Yield the values of all fields, and of lists the items; keywords may come from one text."""
    for key, value in [*config.items(), *config.get("metadata", {}).items()]:
        if key == "keywords" or not isinstance(value, list):
            yield () if key == "metadata" else value
        else:
            yield from value


def _leaves(value: object) -> Iterator[object]:
    """Yield all values that are no lists and mappings."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield value


def _says_something(value: object) -> bool:
    """Return whether there is any value in a value, besides blanks."""
    if isinstance(value, Mapping):
        return any(map(_says_something, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_says_something, value))
    return value is not None and bool(str(value).strip())


def _words(value: str) -> list[str]:
    return re.findall(r"\w+", _bare(value).casefold())


def _bare(value: str) -> str:
    """Return an identifier without its address, which says nothing more, and other texts."""
    return re.sub(r"^https?://(?:dx\.)?(?:orcid|ror|doi)\.org/", "", value.strip())
