"""Compare a configuration with what the server holds, without changing anything on either side."""

import attrs

from ..events import Listener
from ..local.files import LocalFile, compute_checksum
from ..record.desired import Desired
from ..record.foresee import Foreseen, foresee
from ..record.observed import NoRecord, Record
from ..record.threeway import Choice
from ..sync.journal import utc_now
from ..sync.rounds import base_of, decide
from .opening import Opened

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
