"""Ask the server whether it has the ids that the record refers to."""

from ..config.fields import mentions
from ..config.reading import Mention
from ..errors import Invalid, Problem
from ..record.desired import Desired
from ..remote.lookup import term_reference
from .opening import Opened
from .project import Project

__all__ = ("check_ids",)


def check_ids(opened: Opened, desired: Desired) -> None:
    """Ask the server whether it has the ids that the record refers to.

    Raises
    ------
    Invalid
        With those that it lacks, at their places.
    Unavailable
        When the server does not answer.
    """
    project, client = opened.project, opened.client
    known = project.known_ids()
    terms = {term_reference(item.vocabulary, item.id): item for item in project.doubtful}
    problems: list[Problem] = [terms[item] for item in known.missing(client, terms)]
    missing = known.missing(client, mentions(desired.fields))
    problems += [_unknown_id(project, desired, item) for item in missing]
    if problems:
        raise Invalid(tuple(problems))


def _unknown_id(project: Project, desired: Desired, reference: Mention) -> Problem:
    where = desired.where(reference.field)
    noun = reference.collection.removesuffix("s")
    return Problem(
        f'the server has no {noun} with the id "{reference.id}"',
        where,
        project.place(where),
        "look it up again, or give the name instead of the id",
    )
