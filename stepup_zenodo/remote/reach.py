"""Whether a server can be reached at all, which is found out quickly, and once per build."""

import time
from collections.abc import Callable
from pathlib import Path

from ..local.environment import OFFLINE
from ..local.storage import read_cache, write_cache
from .exchange import CONNECT_TIMEOUT, Response
from .transport import Lost

__all__ = ("Reach", "Unreached")

ATTEMPTS = 2
"""How often a connection is tried before a server counts as out of reach."""

PAUSE = 0.5
"""Seconds between these attempts."""

LATELY = 120.0
"""Seconds for which it is remembered that a server was out of reach."""

SHORT_TIMEOUT = 5.0
"""Seconds to wait for a connection during that time."""


class Unreached(Lost):
    """No connection to the server could be made since the run has begun.

    Waiting for it is left to the user: without a network, the next attempts fail as well.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=False)


class Reach:
    """What is known about the way to an endpoint, usable from several threads.

    Until there is a first connection, few attempts are made,
    and only a single one when another run has found the server out of reach a moment ago:
    the steps of a build would otherwise wait one after the other.

    Parameters
    ----------
    endpoint
        Address of the API.
    path
        A file that only this machine uses, `None` to remember nothing.
    attempts
        How often one thing is tried in all.
    now
        Gives the time in seconds since the epoch.
    """

    def __init__(
        self,
        endpoint: str,
        path: Path | None = None,
        attempts: int = ATTEMPTS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._endpoint = endpoint
        self._path = path
        self._now = now
        self._is_made = False
        self._failed_lately = self._remembers()
        self._attempts = 1 if self._failed_lately else min(ATTEMPTS, attempts)

    @property
    def timeout(self) -> float:
        """Seconds to wait for a connection."""
        return SHORT_TIMEOUT if self._failed_lately and not self._is_made else CONNECT_TIMEOUT

    def try_to(self, send: Callable[[], Response], wait: Callable[[float, str], None]) -> Response:
        """Send a request, again if there never was a connection.

        Parameters
        ----------
        send
            Sends it.
        wait
            Waits for some seconds, for a reason.

        Raises
        ------
        Unreached
            When there never was a connection, and there is none now.
        Lost
            When an answer was lost, or a connection, after there was one.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                response = send()
            except Lost as exc:
                if exc.sent:
                    self._made()
                if self._is_made:
                    raise
                if attempt >= self._attempts or exc.slow:
                    raise self._unreached(exc) from None
                wait(PAUSE, "before trying again to reach the server")
            else:
                self._made()
                return response

    def _made(self) -> None:
        """Note that there is a connection, and forget that there was none."""
        if not self._is_made:
            self._is_made = True
            self._write(failed=False)

    def _unreached(self, exc: Lost) -> Unreached:
        self._write(failed=True)
        return Unreached(
            f"{exc.message} Try again when it can be, "
            f"or build with {OFFLINE}=1: then nothing is sent, and all is only validated."
        )

    def _remembers(self) -> bool:
        """Return whether the server was out of reach a moment ago."""
        failed = None if self._path is None else read_cache(self._path).get(self._endpoint)
        return isinstance(failed, int | float) and 0.0 <= self._now() - failed < LATELY

    def _write(self, *, failed: bool) -> None:
        if self._path is None:
            return
        known = read_cache(self._path)
        if failed:
            write_cache(self._path, {**known, self._endpoint: self._now()})
        elif known.pop(self._endpoint, None) is not None:
            write_cache(self._path, known)
