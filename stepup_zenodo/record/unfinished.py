"""What has to be written before a version is published, and is no error until then."""

from ..config.fields import Normal
from ..config.template import PLACEHOLDERS
from ..errors import Place, Problem
from ..jsontypes import texts_in
from .desired import Desired

__all__ = ("unfinished_problems",)


def unfinished_problems(desired: Desired, fields: Normal) -> tuple[Problem, ...]:
    """Return where fields hold texts that `init` has written as examples, and what is missing.

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
    found += desired.unfinished
    return tuple(sorted(found, key=lambda problem: problem.place or Place("", 0, 0)))
