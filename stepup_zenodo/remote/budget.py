"""How many requests the server still allows, and how long to wait before the next one.

Observed on InvenioRDM: every answer carries `X-RateLimit-Limit`, `X-RateLimit-Remaining` and
`X-RateLimit-Reset` (seconds since the epoch), and the window moves:
at the reset only the oldest requests stop counting.
Nothing here looks at a clock: times are seconds of any clock that never goes back.
"""

import email.utils
import math
from collections.abc import Mapping

import attrs

from .protocol import whole_number

__all__ = ("Budget",)

PATIENCE = 10.0
"""Seconds that others wait for the answer to the one request that finds out what is allowed."""

SCARCE = 0.2
"""Part of the limit below which requests are spread over time."""

LONGEST_PACE = 1.0
"""Most seconds between two requests while they are spread."""

LONGEST_WAIT = 3600.0
"""Most seconds until an announced reset that are believed."""


@attrs.frozen
class Budget:
    """What is known about the limit of the server, for all threads together.

    Requests are numbered in the order in which they start.
    """

    last: int | None = None
    """Number of the last request that may start, `None` when no limit is known."""

    newest: int = 0
    """Number of the request whose answer told this."""

    reset: float = 0.0
    """When more requests are allowed."""

    limit: int = 0
    """Requests that are allowed in one period."""

    previous: float = 0.0
    """When the latest request started."""

    held: str = ""
    """Why nothing may be sent until the reset, in words; empty when a limit is just used up."""

    def delay(self, started: int, now: float) -> float:
        """Return how many seconds to wait before the next request.

        Parameters
        ----------
        started
            How many requests have started.
        now
            The time.
        """
        if self.last is None:
            return 0.0
        left = self.last - started
        if left <= 0:
            return max(0.0, self.reset - now)
        if left >= SCARCE * self.limit:
            return 0.0
        pace = min(LONGEST_PACE, max(0.0, self.reset - now) / (left + 1))
        return max(0.0, self.previous + pace - now)

    def spend(self, started: int, now: float) -> "Budget":
        """Return what is known after one more request has started.

        When the reset is over, one request goes ahead to find out what is allowed,
        because all at once would be too many.
        """
        if self.last is None:
            return self
        if self.last > started:
            return attrs.evolve(self, previous=now)
        # Answers to requests of before may still name the reset that is over now.
        return Budget(last=started + 1, newest=started, reset=now + PATIENCE, previous=now)

    @property
    def reason(self) -> str:
        """Why one has to wait for the reset, in words; empty when it is not worth telling."""
        if self.held or not self.limit:
            return self.held
        return f"the server announced that its limit of {self.limit} requests is used up"

    def hold(
        self, headers: Mapping[str, str], started: int, seconds: float, reason: str, now: float
    ) -> "Budget":
        """Return what is known when the server asks to send nothing for some seconds.

        Parameters
        ----------
        headers
            Of the answer; the later of `seconds` and the announced reset counts.
        started
            How many requests have started.
        seconds
            How long to wait.
        reason
            Why, in words.
        now
            The time.
        """
        announced = _seconds_until(headers) if headers.get("x-ratelimit-remaining") == "0" else 0.0
        reset = now + max(seconds, announced)
        if self.held and self.reset >= reset:
            return self
        return Budget(last=started, newest=started, reset=reset, held=reason)

    def learn(
        self, headers: Mapping[str, str], number: int, uncounted: int, now: float
    ) -> "Budget":
        """Return what is known after an answer.

        Parameters
        ----------
        headers
            Of the answer, names in lower case; empty when none arrived.
        number
            The request that was answered.
        uncounted
            How many requests were under way when that one started.
            The server may have counted them later, so they are subtracted.
        now
            The time.
        """
        if number <= self.newest:
            return self
        remaining = whole_number(headers.get("x-ratelimit-remaining", ""))
        limit = whole_number(headers.get("x-ratelimit-limit", ""))
        if remaining is None or limit is None:
            # The one that went ahead after a reset: nothing is announced any more.
            return Budget(newest=number) if self.last == number else self
        return Budget(
            last=number + remaining - uncounted,
            newest=number,
            reset=now + _seconds_until(headers),
            limit=limit,
            previous=self.previous,
        )


def _seconds_until(headers: Mapping[str, str]) -> float:
    """Return the seconds until the announced reset, rounded up.

    Both times are of the server's clock, as the one of this machine may be wrong by minutes.
    """
    reset = headers.get("x-ratelimit-reset", "")
    try:
        sent = email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp()
        seconds = float(reset) - sent
    except (ValueError, OverflowError, TypeError):
        return PATIENCE
    return min(max(0.0, seconds) + 1.0, LONGEST_WAIT) if math.isfinite(seconds) else PATIENCE
