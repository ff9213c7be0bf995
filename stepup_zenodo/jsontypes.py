"""The type of values that JSON can hold."""

from typing import TypeAlias

__all__ = ("Json",)

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""A value as `json.loads` returns it."""
