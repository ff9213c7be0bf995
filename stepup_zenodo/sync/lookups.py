"""What has to be found out before both sides can be compared."""

from collections.abc import Callable

import attrs

from ..local.files import LocalFile
from ..record.compare import UNDECIDED
from ..record.observed import NoRecord, Record
from ..record.review import Community

__all__ = ("FindCommunity", "Lookups")

FindCommunity = Callable[[str], Community | None]
"""Finds the community that is to review a draft; gets the id of the one that is chosen so far."""


@attrs.frozen
class Lookups:
    """What finds out what a comparison depends on, when it does."""

    checksum: Callable[[LocalFile], str]
    """Returns the checksum of a file, by reading it if need be."""

    community: FindCommunity
    """Returns the community of the configuration, by asking the server if need be."""

    def community_for(self, observed: Record | NoRecord) -> Community | None:
        """Return the community that is to review a draft, `None` if nothing is to be decided."""
        if isinstance(observed, NoRecord):
            return self.community("")
        if observed.status not in UNDECIDED:
            return None
        return self.community("" if observed.review is None else observed.review.community)
