"""The gate through which all requests of a client pass: how many are allowed, and when."""

import threading
import time
from collections.abc import Callable, Mapping

from ..events import Event, Listener, Waiting
from ..local.stream import Stopped
from .budget import Budget

__all__ = ("Gate",)

SLICE = 0.5
"""Most seconds of waiting before looking whether another thread has learned something."""


class Gate:
    """Lets requests of several threads pass within one budget, until it is closed.

    Parameters
    ----------
    listener
        Is told of waiting, and of whatever else is told through the gate.
    sleep
        Waits for a number of seconds; by default until the gate is closed, if that is earlier.
    """

    def __init__(self, listener: Listener, sleep: Callable[[float], object] | None = None) -> None:
        self._to = listener
        self._closed = threading.Event()
        self._sleep = sleep or self._closed.wait
        self._lock = threading.Lock()
        self._budget = Budget()
        self._started = 0
        self._under_way = 0
        self._announced = 0.0

    def close(self) -> None:
        """End all waiting and let no further request pass; for an interruption by the user."""
        self._closed.set()

    def tell(self, event: Event) -> None:
        """Pass an event on, unless the gate is closed: what prints may be gone then."""
        if not self._closed.is_set():
            self._to(event)

    def wait(self, seconds: float, reason: str) -> None:
        """Wait, and say so when it takes long enough to be noticed.

        Raises
        ------
        Stopped
            When the gate was closed meanwhile.
        """
        if seconds >= 1.0:
            self.tell(Waiting(seconds, reason))
        self._sleep(seconds)
        if self._closed.is_set():
            raise Stopped

    def enter(self) -> tuple[int, int]:
        """Wait until one more request is allowed.

        Returns
        -------
        number
            Of the request, in the order of starting.
        uncounted
            How many others are under way.
        """
        while True:
            with self._lock:
                now = time.monotonic()
                delay = self._budget.delay(self._started, now)
                if delay <= 0.0 and not self._closed.is_set():
                    self._budget = self._budget.spend(self._started, now)
                    self._started += 1
                    self._under_way += 1
                    return self._started, self._under_way - 1
                reset, reason = self._budget.reset, self._budget.reason
                news = delay >= 1.0 and reason and reset > self._announced + 1.0
                self._announced = reset if news else self._announced
            if news:
                self.tell(Waiting(delay, reason))
            self.wait(min(delay, SLICE), reason)

    def leave(self, number: int, uncounted: int, headers: Mapping[str, str]) -> None:
        """Count a request that is over, and learn from the headers of its answer."""
        with self._lock:
            self._under_way -= 1
            self._budget = self._budget.learn(headers, number, uncounted, time.monotonic())

    def hold(self, headers: Mapping[str, str], seconds: float, reason: str) -> None:
        """Let no thread send anything for a while."""
        with self._lock:
            self._budget = self._budget.hold(
                headers, self._started, seconds, reason, time.monotonic()
            )
