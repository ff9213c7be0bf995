"""Results of functions of short texts that take long to find out, also for the next run.

Everything here is a cache: without it all is the same, only slower.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import attrs

__all__ = ("RESULTS", "Results")

T = TypeVar("T", bound=str | bool | None)

_LONGEST = 500
"""Most characters of a text that is remembered."""

_MOST = 20_000
"""Most results that are remembered."""


@attrs.define
class Results:
    """Results by what they were made from."""

    known: dict[str, str | bool | None] = attrs.field(factory=dict)
    """The results so far."""

    has_new: bool = False
    """Whether there are results that were not recalled."""

    def recall(self, known: Mapping[str, object]) -> None:
        """Take over results of another run, as far as they are results."""
        found = {k: v for k, v in known.items() if v is None or isinstance(v, str | bool)}
        self.known = {**found, **self.known}

    def result(self, name: str, text: str, kind: type[T], make: Callable[[], T]) -> T:
        """Return the result of a function, from memory if it is known.

        Parameters
        ----------
        name
            The function, and its other arguments.
        text
            The text that it is about.
        kind
            What a result is; what is known but is something else is found out anew.
        make
            Finds it out.
        """
        key = f"{name} {text}"
        if key in self.known and isinstance(known := self.known[key], kind):
            return known
        made = make()
        if len(text) <= _LONGEST and len(self.known) < _MOST:
            self.known[key] = made
            self.has_new = True
        return made


RESULTS = Results()
"""The results of this process."""
