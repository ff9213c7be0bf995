"""What values JSON can hold, and which of them say nothing."""

from typing import Any, TypeAlias

__all__ = ("Json", "given", "is_empty")

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""A value as `json.loads` returns it."""


def is_empty(value: object) -> bool:
    """Return whether a value says nothing: null, or an empty text, list or mapping."""
    return value in (None, "", [], {})


def given(**values: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON, or what becomes JSON)
    """Return the values that are not empty, by their names."""
    return {name: value for name, value in values.items() if not is_empty(value)}
