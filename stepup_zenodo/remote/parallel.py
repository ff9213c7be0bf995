"""Carry files in parallel, and tell together which of them failed."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from ..errors import Failure, Rejected, Unavailable
from ..text.counting import counted

__all__ = ("in_parallel", "together")

Item = TypeVar("Item")

WAKE_UP = 0.2
"""Seconds after which the waiting thread looks for an interruption."""


def in_parallel(work: Callable[[Item], None], items: Iterable[Item], workers: int) -> None:
    """Call a function for each item, on several threads, and return when all are done.

    The threads do not keep the program from ending when it is interrupted.

    Raises
    ------
    BaseException
        The first one that the function raised, after which no further item is started.
    """
    waiting = list(reversed(list(items)))
    raised: list[BaseException] = []
    lock = threading.Lock()

    def run() -> None:
        while True:
            with lock:
                if raised or not waiting:
                    return
                item = waiting.pop()
            try:
                work(item)
            except BaseException as exc:  # noqa: BLE001 (raised again in the caller)
                with lock:
                    raised.append(exc)

    count = min(workers, len(waiting))
    threads = [threading.Thread(target=run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        # Without waking up, a signal that the system gave to another thread would go unnoticed.
        while thread.is_alive():
            thread.join(WAKE_UP)
    if raised:
        raise raised[0]


def together(failures: Mapping[str, Failure], total: int, done: str) -> Failure:
    """Return one failure for all files that failed.

    Parameters
    ----------
    failures
        What happened, by file.
    total
        How many files there were.
    done
        The verb for what should have become of them, e.g. `sent`.
    """
    were = "was" if len(failures) == 1 else "were"
    lines = [f"{len(failures)} of {counted(total, 'file')} {were} not {done}:"]
    lines += [f"- {failures[key].message}" for key in sorted(failures)]
    passing = all(isinstance(failure, Unavailable) for failure in failures.values())
    kind = Unavailable if passing else Rejected
    return kind("\n".join(lines))
