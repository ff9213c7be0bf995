"""Compare a configuration with what the server holds, without changing anything on either side."""

import attrs

from .desired import Desired
from .events import Listener
from .foresee import Foreseen, foresee
from .journal import utc_now
from .localfiles import LocalFile, compute_checksum
from .observed import NoRecord, Record
from .opening import Opened
from .sync import base_of, decide
from .threeway import Choice

__all__ = ("Comparison", "compared")


@attrs.frozen
class Comparison:
    """Both sides, and what would make them equal."""

    desired: Desired
    """What the record should hold."""

    observed: Record | NoRecord
    """What the server holds."""

    foreseen: Foreseen
    """What a run would do."""


def compared(opened: Opened, listener: Listener, choice: Choice) -> Comparison:
    """Compare.

    Parameters
    ----------
    opened
        The record.
    listener
        Is told which files are read.
    choice
        Decides where both sides changed.

    Raises
    ------
    Invalid
        When README or files are not usable.
    Refused
        When the record cannot be read.
    """
    cache = opened.project.cache

    def checksum(file: LocalFile) -> str:
        known = cache.get(file)
        if known is None:
            known = compute_checksum(file, listener)
            cache.put(file, known)
        return known

    desired, observed, state = opened.desired(), opened.observe(), opened.state
    desired, _ = decide(desired, observed, state, choice, checksum)
    cache.save()
    foreseen = foresee(
        desired,
        observed,
        base_of(observed, state),
        choice,
        today=utc_now().date().isoformat(),
        started_here=state.intent == "version",
    )
    return Comparison(desired, observed, foreseen)
