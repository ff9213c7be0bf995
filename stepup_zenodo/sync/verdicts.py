"""Where in the configuration a conflict, or a complaint of the server, belongs."""

from ..config.fieldpaths import refused_fields
from ..errors import Problem, Refused, Rejected
from ..record.changes import Conflict
from ..record.desired import Desired

__all__ = ("NOT_ACCEPTED", "complaint_problems", "conflict_problems", "placed_rejection", "refusal")


NOT_ACCEPTED = "The server does not accept the metadata."
"""What is told above complaints about single fields, whether something was saved or not."""


def conflict_problems(conflicts: tuple[Conflict, ...], desired: Desired) -> tuple[Problem, ...]:
    """Return conflicts with their places in the configuration."""
    problems = []
    for conflict in conflicts:
        where = desired.where(conflict.field) if conflict.field else conflict.what
        place = desired.place(where) if conflict.field else None
        problems.append(Problem(conflict.message, where, place, conflict.remedy))
    return tuple(problems)


def refusal(conflicts: tuple[Conflict, ...], desired: Desired) -> Refused:
    """Return why nothing is changed, as long as a person has not decided."""
    problems = conflict_problems(conflicts, desired)
    return Refused("Nothing was changed, because a person must decide:", problems)


def complaint_problems(
    complaints: tuple[tuple[str, str], ...], desired: Desired
) -> tuple[Problem, ...]:
    """Return complaints with their places in the configuration.

    Parameters
    ----------
    complaints
        Pairs of a field in the words of the server and what it says about it.
    desired
        What was sent.
    """
    problems = []
    for field, message in complaints:
        where = desired.where(field)
        problems.append(Problem(f"the server says: {message}", where, desired.place(where)))
    return tuple(problems)


def placed_rejection(exc: Rejected, desired: Desired) -> Rejected:
    """Return a refusal of the server with the places in the configuration that it is about.

    It stays as it is when the server does not tell about all complaints what they are about.
    """
    fields = {**desired.defaults, **desired.fields}
    complaints: list[tuple[str, str]] = []
    for field, message in exc.said:
        paths = (field,) if field else refused_fields(message, fields)
        if not paths:
            return exc
        complaints += [(path, message) for path in paths]
    if exc.status not in (None, 400) or not complaints:
        return exc
    problems = complaint_problems(tuple(complaints), desired)
    return Rejected(NOT_ACCEPTED, problems, exc.status)
