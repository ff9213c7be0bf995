"""Which DOIs a version may print and name: its own, and those of others that are meant."""

import re
from collections.abc import Mapping

import attrs

from ..local.state import EndpointState

__all__ = ("KnownDois", "elsewhere")

TEST_PREFIX = "10.5072/"
"""What DOIs of test servers begin with, which lead nowhere."""

_ID = r"[0-9a-z]+(?:-[0-9a-z]+)*"
_ANY_TEST = rf"{re.escape(TEST_PREFIX)}(?:[a-z]+\.)?{_ID}"


@attrs.frozen
class KnownDois:
    """What is known about DOIs when a version is about to become public; all in lower case."""

    own: str = ""
    """That of the version, empty while it is not reserved."""

    concept: str = ""
    """That of all versions, empty before the first publication."""

    start: str = ""
    """What the DOIs of the same repository begin with, empty when that is not known."""

    elsewhere: Mapping[str, str] = attrs.field(factory=dict)
    """Endpoint by DOI, for records of the same configuration on other servers."""

    versions: Mapping[str, str] = attrs.field(factory=dict)
    """Version text by DOI, for other versions of the same record."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of the DOIs that matter."""
        starts = sorted({self.start, *map(_without_id, self.elsewhere)} - {""})
        parts = [*(f"{re.escape(start)}{_ID}" for start in starts), _ANY_TEST]
        return re.compile("|".join(f"(?<![0-9.]){part}" for part in parts), re.IGNORECASE)

    def mistaken(self, doi: str) -> str:
        """Return why a DOI can only be a mistake, empty if it can be meant.

        Parameters
        ----------
        doi
            A DOI in lower case.
        """
        if doi in (self.own, self.concept):
            return ""
        if doi in self.elsewhere:
            return f"which belongs to the record at {self.elsewhere[doi]}"
        if doi.startswith(TEST_PREFIX) and self.start and not self.start.startswith(TEST_PREFIX):
            return "which is that of a test server and leads nowhere"
        return ""

    def is_neighbour(self, doi: str) -> bool:
        """Return whether a DOI is that of another record of the same repository."""
        if doi in (self.own, self.concept):
            return False
        return doi.startswith(self.start or TEST_PREFIX)

    def whose(self, doi: str) -> str:
        """Return whose DOI it is, in words that follow it; empty if that is not known."""
        version = self.versions.get(doi)
        return f", that of version {version}" if version else ""


def _without_id(doi: str) -> str:
    """Return what comes before the id at the end of a DOI, empty if there is nothing."""
    start = re.sub(rf"{_ID}$", "", doi)
    return start if "/" in start else ""


def elsewhere(endpoints: Mapping[str, EndpointState], endpoint: str) -> dict[str, str]:
    """Return the endpoint by DOI of everything that is remembered of other endpoints."""
    found: dict[str, str] = {}
    for name, state in endpoints.items():
        if name == endpoint:
            continue
        start = state.doi.removesuffix(state.record) if state.record else ""
        older = [f"{start}{record}" for record in state.published.values()] if start else []
        for doi in (state.doi, state.concept_doi, *older):
            if doi:
                found[doi.lower()] = name
    return found
