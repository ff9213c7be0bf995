"""Compare a configuration with what the server holds, without changing anything on either side."""

import attrs

from ..events import Listener
from ..record.desired import Desired
from ..record.foresee import Foreseen
from ..record.observed import NoRecord, Record
from ..record.threeway import Choice
from ..sync.lookups import Lookups
from ..sync.rounds import foreseen
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
        When README or files are not usable, or the server does not have the community.
    Refused
        When the record cannot be read.
    """
    cache = opened.project.checksum_cache()
    desired, observed = opened.desired(), opened.observe()
    if not isinstance(observed, NoRecord):
        observed = observed.expecting(desired.fields)
    desired, found = foreseen(
        desired,
        observed,
        opened.state,
        choice,
        Lookups(lambda file: cache.checksum(file, listener), opened.communities.wanted),
    )
    cache.save()
    return Comparison(desired, observed, found)
