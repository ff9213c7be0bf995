"""Which ids the server accepts, and which of them somebody may have meant.

The lists are data files of this package, written by `tests/generate_vocabularies.py`.
A server can know more or fewer entries than these lists:
its own answer to `GET /vocabularies/{type}/{id}` has the last word.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import attrs

__all__ = ("NAMES", "ids", "suggest")

NAMES = (
    "contributor_roles",
    "creator_roles",
    "date_types",
    "description_types",
    "development_statuses",
    "languages",
    "licenses",
    "programming_languages",
    "related_resource_types",
    "relation_types",
    "resource_types",
    "title_types",
)
"""The names of the vocabularies."""

_TAGGED = {"related_resource_types": "linkable", "resource_types": "depositable"}
_IGNORED_WORDS = frozenset({"a", "language", "licence", "license", "of", "the", "v", "version"})
_LONGEST = 100  # characters of a misspelt id that are looked at: comparing takes quadratic time
_SIMILAR = 0.7  # from 0 (nothing in common) to 1 (equal), by trying typical mistakes


def ids(name: str) -> Mapping[str, str]:
    """Return the ids of a vocabulary with their English titles, sorted by id.

    Parameters
    ----------
    name
        One of `NAMES`.
        The resource types of a record (`resource_types`) and
        of related works (`related_resource_types`) are different selections of one vocabulary.

    Raises
    ------
    KeyError
        There is no vocabulary of this name.
    """
    return _load(name).titles


def suggest(name: str, text: str, n: int = 3) -> tuple[str, ...]:
    """Return ids that may have been meant by a text, the best first.

    Ids, English titles and two-letter language codes are compared, all without regard to case.

    Parameters
    ----------
    name
        One of `NAMES`.
    text
        What the user wrote, for example `CC BY` or `IsSupplementTo`.
    n
        The largest number of ids to return.
    """
    vocabulary = _load(name)
    wanted = text[:_LONGEST].strip()
    # A locale as in `en-US` starts with the code of a language.
    alias = vocabulary.aliases.get(re.split(r"[-_]", wanted.casefold())[0])
    for closeness in (_sameness, _common_words, _likeness):
        found = sorted(
            (far, *_preference(vocabulary, key, wanted))
            for key, title in vocabulary.titles.items()
            if (far := 0 if key == alias else closeness(wanted, key, title)) is not None
        )
        if found:
            return tuple(key for *_, key in found[:n])
    return ()


@attrs.frozen
class _Vocabulary:
    """The content of one data file, or of a part of it."""

    titles: Mapping[str, str]
    aliases: Mapping[str, str]
    recommended: frozenset[str]


@cache
def _load(name: str) -> _Vocabulary:
    """Read one vocabulary from the data files."""
    if name not in NAMES:
        raise KeyError(name)
    tag = _TAGGED.get(name)
    path = files("stepup_zenodo") / "data" / f"{'resource_types' if tag else name}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    titles: dict[str, str] = data["titles"]
    return _Vocabulary(
        MappingProxyType({key: titles[key] for key in data[tag]} if tag else titles),
        MappingProxyType(data.get("alpha_2", {})),
        frozenset(data.get("recommended", ())),
    )


def _sameness(text: str, key: str, title: str) -> float | None:
    """Return how well a text names an entry, 0 for the best, or `None`."""
    if text.casefold() == key.casefold():
        return 0
    if _compact(text) == _compact(key):
        return 1
    if _compact(text) == _compact(title):
        return 2
    return 3 if _words(text) and _words(text) <= _words(key) else None


def _common_words(text: str, key: str, title: str) -> float | None:
    """Return 0 when all words of the text are found in the entry, else `None`."""
    return 0 if _words(text) and _words(text) <= _words(key) | _words(title) else None


def _likeness(text: str, key: str, title: str) -> float | None:
    """Return how far a text is from an entry, from -1 (the same), or `None` if it is too far."""
    from difflib import SequenceMatcher

    best = 0.0
    for other in (key, title):
        matcher = SequenceMatcher(None, _compact(text), _compact(other))
        if matcher.real_quick_ratio() >= _SIMILAR and matcher.quick_ratio() >= _SIMILAR:
            best = max(best, matcher.ratio())
    return -best if best >= _SIMILAR else None


def _preference(vocabulary: _Vocabulary, key: str, text: str) -> tuple[bool, int, list[float], str]:
    """Return what decides within a rank: recommended, few other words, a high version."""
    versions = [-float(number) for number in re.findall(r"\d+(?:\.\d+)?", key)]
    others = len(_words(key) - _words(text))
    return key not in vocabulary.recommended, others, versions or [0.0], key


@cache
def _words(text: str) -> frozenset[str]:
    """Return the words and numbers of a text, e.g. `cc`, `by` and `4` for `CC-BY v4.0`."""
    spaced = re.sub(r"(?<=[a-z\W])v(?=\d)", " ", text.casefold())
    words = re.findall(r"\d+(?:\.\d+)+|\w+", spaced.replace("_", " "))
    return frozenset(re.sub(r"\.0$", "", word) for word in words) - _IGNORED_WORDS


@cache
def _compact(text: str) -> str:
    """Return a text without case, blanks and punctuation, and without words like *license*."""
    spaced = re.sub(r"[\W_]+", " ", text.casefold()).split()
    return "".join(word for word in spaced if word not in _IGNORED_WORDS) or text
