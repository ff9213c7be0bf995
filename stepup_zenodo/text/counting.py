"""Numbers of things in sentences: in the singular or the plural."""

__all__ = ("counted",)


def counted(number: int, noun: str) -> str:
    """Return a number with a noun, whose plural ends in `s`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
