"""What went over the network in one run, counted from events."""

from collections.abc import Mapping

import attrs

from ..events import Event, FileFinished, FileProgress, FileStarted, Requested

__all__ = ("Traffic",)


@attrs.frozen
class Traffic:
    """What went over the network in one run."""

    requests: int = 0
    """All requests, repeated ones included."""

    writes: int = 0
    """Those that can change something."""

    sent: int = 0
    """Bytes of file contents, repeated ones included."""

    sending: Mapping[str, int] = attrs.field(factory=dict)
    """Bytes of each file in its current attempt; files that are only read are left out."""

    def after(self, event: Event) -> "Traffic":
        """Return the traffic after one more event."""
        match event:
            case Requested(method=method):
                writes = self.writes + (method != "GET")
                return attrs.evolve(self, requests=self.requests + 1, writes=writes)
            case FileStarted(key=key, sending=True):
                return attrs.evolve(self, sending={**self.sending, key: 0})
            case FileProgress(key=key, done=done) if key in self.sending:
                step = max(0, done - self.sending[key])
                return attrs.evolve(
                    self, sent=self.sent + step, sending={**self.sending, key: done}
                )
            case FileFinished(key=key):
                rest = {name: done for name, done in self.sending.items() if name != key}
                return attrs.evolve(self, sending=rest)
            case _:
                return self
