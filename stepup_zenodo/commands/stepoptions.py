"""How one planning step passes on what the step that it adds needs: resources and duration.

Imported by `plan.py`, so it imports hardly more than the standard library.
"""

import argparse
import json
from typing import TypedDict

__all__ = ("StepOptions", "add_step_arguments", "option_words", "step_options")


class StepOptions(TypedDict):
    """Arguments of the function `step` of StepUp."""

    resources: dict[str, int] | str | None
    """What the step occupies while it runs."""

    duration: float | None
    """How long it is expected to take, in seconds."""


def add_step_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that the functions for `plan.py` give, hidden from users."""
    parser.add_argument("--declare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--resources", help=argparse.SUPPRESS)
    parser.add_argument("--duration", type=float, help=argparse.SUPPRESS)


def option_words(resources: dict[str, int] | str | None, duration: float | None) -> tuple[str, ...]:
    """Return the options of a command that pass on resources and duration."""
    words = []
    if resources is not None:
        text = resources if isinstance(resources, str) else json.dumps(resources, sort_keys=True)
        words.append(f"--resources={text}")
    if duration is not None:
        words.append(f"--duration={duration}")
    return tuple(words)


def step_options(args: argparse.Namespace) -> StepOptions:
    """Return what was passed on."""
    text: str | None = args.resources
    resources: dict[str, int] | str | None = text
    if text is not None and text.startswith("{"):
        resources = {str(name): int(amount) for name, amount in json.loads(text).items()}
    return StepOptions(resources=resources, duration=args.duration)
