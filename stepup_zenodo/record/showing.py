"""Values of fields as people read them: in the words of the configuration, and where they differ.

Of two values that are long, the parts around the first difference are shown.
"""

from collections.abc import Iterator

from ..config.fieldpaths import config_path
from ..config.fields import DESCRIPTION, DESCRIPTIONS, config_words
from ..config.table import field_of
from ..jsontypes import Json, is_empty
from ..text.readable import readable_html

__all__ = (
    "apart",
    "changed_item",
    "changed_paths",
    "cut_apart",
    "differences",
    "in_words",
    "path_of",
    "readable_both",
    "shown",
    "sides",
    "values_apart",
    "wording",
)

WIDTH = 70
"""Most characters of a value on a line."""

BEFORE = 30
"""How many characters are shown before a difference, at most."""

_QUOTES = "''"

NOTHING = "nothing"
"""What is said for no value."""

_IN_HTML = (DESCRIPTION, DESCRIPTIONS, field_of("metadata.copyright").name)

Leaf = tuple[str, Json, Json]
"""The path of a part below a field, and its two values."""


def in_words(name: str, value: Json) -> dict[str, Json]:
    """Return how the configuration says what a field holds, by the paths of keys.

    Parameters
    ----------
    name
        The field, e.g. `metadata.subjects`.
    value
        Its value in normal form.
    """
    if is_empty(value):
        return {}
    found = {path: said for path, said in config_words(name, value).items() if not is_empty(said)}
    return found or {config_path(name): value}


def path_of(name: str, *values: Json) -> str:
    """Return the key of the configuration for a field that has one of several values."""
    return next((path for value in values for path in in_words(name, value)), config_path(name))


def changed_paths(name: str, one: Json, other: Json) -> tuple[str, ...]:
    """Return the keys of the configuration about which two values of a field differ."""
    said, now = in_words(name, one), in_words(name, other)
    return tuple(path for path in {**said, **now} if said.get(path) != now.get(path))


def wording(name: str, item: Json) -> Json:
    """Return how the configuration says one item of a list."""
    said = next(iter(in_words(name, [item]).values()), None)
    first = said[0] if isinstance(said, list) and said else said
    return readable(name, first)


def readable(name: str, value: Json) -> Json:
    """Return a value whose HTML is replaced by text, where the text says everything."""
    if name not in _IN_HTML:
        return value
    if isinstance(value, dict):
        return {key: readable(name, part) for key, part in value.items()}
    text = readable_html(value) if isinstance(value, str) else None
    return value if text is None else text


def readable_both(name: str, one: Json, other: Json) -> tuple[Json, Json]:
    """Return two values without HTML, if it is possible for both and shows that they differ."""
    texts = readable(name, one), readable(name, other)
    kept = [text == value for text, value in zip(texts, (one, other), strict=True) if value]
    return (one, other) if texts[0] == texts[1] or any(kept) else texts


def shown(value: Json, width: int = WIDTH) -> str:
    """Return a value on one line, shortened."""
    if isinstance(value, str):
        return repr(_cut(value, 0, width - len(_QUOTES)))
    return _cut(_line(value), 0, width)


def _line(value: Json) -> str:
    """Return a value on one line, as YAML can be written."""
    match value:
        case None:
            return NOTHING
        case str():
            return repr(value)
        case list():
            return f"[{', '.join(map(_line, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_line(part)}' for key, part in value.items())}}}"
        case _:
            return str(value).lower() if isinstance(value, bool) else str(value)


def _cut(text: str, start: int, width: int) -> str:
    """Return the part of a text from a place on; dots stand for what is left out."""
    if len(text) <= width:
        return text
    first = "" if start <= 0 else "..."
    part = f"{first}{text[max(start, 0) :]}"
    return part if len(part) <= width else f"{part[: width - 3]}..."


def apart(one: Json, other: Json, width: int = WIDTH) -> tuple[str, str]:
    """Return two values on one line each, cut around the first difference."""
    if isinstance(one, str) and isinstance(other, str):
        texts = cut_apart(one, other, width - len(_QUOTES))
        return repr(texts[0]), repr(texts[1])
    return cut_apart(_line(one), _line(other), width)


def cut_apart(one: str, other: str, width: int) -> tuple[str, str]:
    """Return two texts, cut around the first difference."""
    if max(len(one), len(other)) <= width:
        return one, other
    common = _common(one, other)
    start = max(common - BEFORE, 0)
    # Words are not cut in the middle.
    start = one.find(" ", start, common) + 1 or start if start else 0
    return _cut(one, start, width), _cut(other, start, width)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def differences(one: Json, other: Json, path: str = "") -> Iterator[Leaf]:
    """Yield the parts of two values in which they differ."""
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            below = f"{path}.{key}" if path else key
            yield from differences(one.get(key), other.get(key), below)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (part, counterpart) in enumerate(zip(one, other, strict=True)):
            yield from differences(part, counterpart, f"{path}[{index}]")
    else:
        yield path, one, other


def sides(one: Json, other: Json) -> tuple[str, str]:
    """Return what two values are where they differ, on one line each."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return apart(one, other)
    told: tuple[list[str], list[str]] = ([], [])
    for path, part, counterpart in differences(one, other):
        for side, text in zip(told, apart(part, counterpart), strict=True):
            side.append(f"{path}: {text}")
    return ", ".join(told[0]), ", ".join(told[1])


def changed_item(name: str, one: Json, other: Json) -> str:
    """Return how an item of a list differs from another one, on one line."""
    said, now = wording(name, one), wording(name, other)
    if not (isinstance(said, dict) and isinstance(now, dict)):
        return " -> ".join(apart(said, now))
    parts = [(path, apart(old, new)) for path, old, new in differences(said, now)]
    return ", ".join(f"{path}: {old} -> {new}" for path, (old, new) in parts)


def values_apart(name: str, one: Json, other: Json) -> tuple[str, str]:
    """Return two values of a field where they differ, on one line each."""
    said, now = readable_both(name, _whole(name, one), _whole(name, other))
    return (shown(said), shown(now)) if said is None or now is None else sides(said, now)


def _whole(name: str, value: Json) -> Json:
    """Return a value in words; two keys, if there are two."""
    words = in_words(name, value)
    return next(iter(words.values()), None) if len(words) < 2 else {**words}
