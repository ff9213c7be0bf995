"""Texts of a new configuration that nobody has replaced yet."""

from ..config.fields import Normal
from ..config.template import PLACEHOLDERS
from ..errors import Place, Problem
from ..jsontypes import texts_in
from .desired import Desired

__all__ = ("placeholder_problems",)


def placeholder_problems(desired: Desired, fields: Normal) -> tuple[Problem, ...]:
    """Return where fields hold texts that `init` has written as examples.

    Parameters
    ----------
    desired
        Knows the places in the configuration.
    fields
        What is looked at: what is desired, or what a draft holds.
    """
    found = [
        Problem(
            f"{text!r} is an example that `stepup-zenodo init` has written",
            desired.where(path),
            desired.place(desired.where(path)),
            "write what is true of your work, or remove it",
        )
        for path, text in texts_in(dict(fields))
        if text in PLACEHOLDERS
    ]
    return tuple(sorted(found, key=lambda problem: problem.place or Place("", 0, 0)))
