"""What a step of a StepUp build tells StepUp: its inputs, and when it has to run again."""

import os
from collections.abc import Iterable
from glob import escape

from ..errors import Invalid, Problem, Refused
from ..local.environment import TOKEN_PRESENCE
from ..local.patterns import matching, visible
from .options import Find
from .project import Project

__all__ = (
    "amend_inputs",
    "among_inputs",
    "due_with_matches",
    "due_with_record",
    "due_with_token",
    "in_build",
    "inputs_of_step",
    "is_output_of_step",
    "refuse_in_build",
)


def in_build() -> bool:
    """Return whether the program runs as a step of a StepUp build."""
    return "STEPUP_JOB_I" in os.environ


def is_output_of_step(path: str) -> bool:
    """Return whether a file is an output of the running step, which StepUp looks after."""
    if not in_build():
        return False
    from stepup.core.api import get_info

    wanted = os.path.realpath(path)
    return any(os.path.realpath(output) == wanted for output in get_info().out)


def refuse_in_build(what: str) -> None:
    """Raise when a command that a person must run is run as a step of a build.

    Parameters
    ----------
    what
        What the command does, to complete the sentence `A build does not ...`.

    Raises
    ------
    Refused
        Inside of StepUp.
    """
    if in_build():
        raise Refused(f"A build does not {what}: run this command yourself, outside of StepUp.")


def amend_inputs(project: Project) -> None:
    """Tell StepUp what this step reads, for those who declare the step by hand.

    Raises what StepUp raises when an input is not built yet: StepUp then runs the step later.
    """
    if in_build():
        from stepup.core.api import amend

        amend(inp=[project.config.file, *project.inputs])


def among_inputs() -> Find:
    """Return what looks for files among the inputs of the running step."""
    inputs = inputs_of_step()
    return lambda pattern: matching(pattern, inputs)


def inputs_of_step() -> tuple[str, ...]:
    """Return the inputs of the running step, as paths from the current folder.

    Raises
    ------
    Invalid
        Outside of StepUp.
    """
    if not in_build():
        message = "--inputs only works in a step of StepUp"
        raise Invalid((Problem(message, hint="leave it out to look on disk"),))
    from stepup.core.api import get_info

    return tuple(os.path.normpath(path) for path in get_info().inp)


def due_with_matches(project: Project, given: Iterable[str] = ()) -> None:
    """Let StepUp run this step again when a pattern means other files; nothing outside of StepUp.

    StepUp does so for files that are there, not for those that steps make.

    Parameters
    ----------
    project
        The configuration, whose files were looked for.
    given
        Files that the plan gives. A pattern that means some of them means no others.

    Raises
    ------
    Invalid
        When a pattern means files that steps make, and the plan does not give them.
    """
    if not in_build():
        return
    from stepup.core.api import glob
    from stepup.core.exceptions import GraphError

    problems = []
    for listed, pattern in project.patterns:
        if matching(pattern, given):
            continue
        try:
            glob(visible(pattern))
        except GraphError:
            message = f'"{listed.path}" matches files that steps make'
            hint = "give them in plan.py: sync_zenodo(config, files)"
            problems.append(project.problem(listed, message, hint))
    if problems:
        raise Invalid(tuple(problems))


def due_with_token(project: Project) -> None:
    """Let StepUp run this step again as soon as there is a token; nothing outside of StepUp.

    A token file that is there, while the run was told offline, cannot appear any more.
    StepUp would miss it among the static files.
    """
    if in_build():
        from stepup.core.api import amend, glob

        amend(env=TOKEN_PRESENCE)
        if project.path_token is not None and not project.path_token.exists():
            glob(escape(str(project.path_token)))


def due_with_record(project: Project) -> None:
    """Let StepUp run this step again when the record exists, nothing outside of StepUp."""
    if in_build() and not project.path_record_id.exists():
        from stepup.core.api import glob

        glob(escape(str(project.path_record_id)))
