"""What values JSON can hold, which of them say nothing, and how to look into them safely."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

__all__ = ("Json", "given", "is_empty", "mapping", "mappings", "string", "texts_in")

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""A value as `json.loads` returns it."""


def is_empty(value: object) -> bool:
    """Return whether a value says nothing: null, or an empty text, list or mapping."""
    return value in (None, "", [], {})


def given(**values: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON, or what becomes JSON)
    """Return the values that are not empty, by their names."""
    return {name: value for name, value in values.items() if not is_empty(value)}


def mapping(value: object) -> Mapping[str, Json]:
    """Return a mapping, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, Json]]:
    """Return the mappings in a list, none for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def string(value: object) -> str:
    """Return a text, an empty one for anything else."""
    return value if isinstance(value, str) else ""


def texts_in(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield all texts in a value with their paths, such as `metadata.creators.0.name`."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts_in(item, f"{path}.{index}")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from texts_in(item, f"{path}.{name}" if path else name)
