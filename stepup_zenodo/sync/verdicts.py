"""What is told about conflicts and complaints, and where in the configuration they belong."""

from collections.abc import Iterable

import attrs

from ..config.fieldpaths import refused_fields
from ..errors import Problem, Refused, Rejected, Remark
from ..local.state import EndpointState
from ..record.changes import Conflict, Kept
from ..record.desired import Desired
from ..record.observed import Record

__all__ = (
    "NOT_ACCEPTED",
    "Said",
    "complaint_problems",
    "conflict_problems",
    "placed_rejection",
    "refusal",
    "said_of",
    "second_record",
)


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


@attrs.frozen
class Said:
    """What a community says about a draft, which was saved all the same."""

    severity: str
    """`info` and `warning` are advice; with `error`, the draft cannot be submitted."""

    field: str
    """The field in the words of the server."""

    problem: Problem
    """What it says, with its place in the configuration."""


def said_of(remarks: Iterable[Remark], desired: Desired) -> tuple[Said, ...]:
    """Return what communities say, the most important first."""
    order = {"error": 0, "warning": 1}
    ranked = sorted(remarks, key=lambda remark: order.get(remark.severity, 2))
    return tuple(
        Said(remark.severity, remark.field, remark_problem(remark, desired)) for remark in ranked
    )


def remark_problem(remark: Remark, desired: Desired) -> Problem:
    """Return what the server says about a part of the record, at its place in the configuration."""
    where = desired.where(remark.field)
    who = "a community" if remark.severity else "the server"
    about = f" {remark.about}" if remark.about else ""
    return Problem(f"{who} says: {remark.message}{about}", where, desired.place(where))


def complaint_problems(complaints: Iterable[Remark], desired: Desired) -> tuple[Problem, ...]:
    """Return complaints with their places in the configuration.

    Parameters
    ----------
    complaints
        What the server says.
    desired
        What was sent.
    """
    return tuple(remark_problem(remark, desired) for remark in complaints)


def placed_rejection(exc: Rejected, desired: Desired) -> Rejected:
    """Return a refusal of the server with the places in the configuration that it is about.

    It stays as it is when the server does not tell about all complaints what they are about.
    """
    fields = {**desired.defaults, **desired.fields}
    complaints: list[Remark] = []
    for said in exc.said:
        paths = (said.field,) if said.field else refused_fields(said.message, fields)
        if not paths:
            return exc
        complaints += [attrs.evolve(said, field=path) for path in paths]
    if exc.status not in (None, 400) or not complaints:
        return exc
    problems = complaint_problems(complaints, desired)
    return Rejected(NOT_ACCEPTED, problems, exc.status)


def second_record(state: EndpointState, record: Record) -> tuple[Kept, ...]:
    """Return that there is another record, which was made from here before the id file changed.

    So it is when two people have started the same record, and then share one id file.
    """
    before = state.base_of
    if not before or not state.parent or state.parent == record.parent:
        return ()
    reason = (
        f"this is {record.id} now, as the record id file says; {before}, which it named before, "
        "is another record: discard that in the web form if it is a second draft of the same work"
    )
    return (Kept.note(reason),)
