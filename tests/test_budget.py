import heapq
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepup_zenodo.remote.budget import PATIENCE, Budget

DATE = "Fri, 20 Nov 2026 10:00:00 GMT"
NOW = 1795168800
"""The same time in seconds since the epoch."""


def limits(remaining: int, reset: int, limit: int = 60) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(reset),
        "date": DATE,
    }


def test_nothing_is_known_at_first() -> None:
    assert Budget().delay(5, 100.0) == 0.0
    assert Budget().spend(5, 100.0) == Budget()
    assert Budget().learn({}, 1, 0, 100.0) == Budget()
    assert Budget().reason == ""


def test_requests_that_the_server_may_not_have_counted_are_subtracted() -> None:
    budget = Budget().learn(limits(30, NOW + 40), number=7, uncounted=3, now=100.0)

    assert budget == Budget(last=34, newest=7, reset=141.0, limit=60)


def test_an_answer_to_an_older_request_tells_nothing_new() -> None:
    budget = Budget(last=34, newest=7, reset=141.0, limit=60)

    assert budget.learn(limits(50, NOW + 40), number=6, uncounted=0, now=101.0) == budget


def test_one_waits_for_the_reset_when_the_limit_is_used_up() -> None:
    budget = Budget(last=34, newest=7, reset=141.0, limit=60)

    assert budget.delay(34, 101.0) == 40.0
    assert budget.reason == "the server announced that its limit of 60 requests is used up"


def test_after_the_reset_one_request_goes_ahead() -> None:
    budget = Budget(last=34, newest=34, reset=141.0, limit=60)
    assert budget.delay(34, 142.0) == 0.0

    budget = budget.spend(34, 142.0)

    assert budget.delay(35, 142.5) == PATIENCE - 0.5
    assert budget.reason == ""
    budget = budget.learn(limits(59, NOW + 60), number=35, uncounted=0, now=143.0)
    assert budget.delay(35, 143.0) == 0.0


def test_scarce_requests_are_spread() -> None:
    budget = Budget(last=40, newest=30, reset=103.0, limit=60, previous=100.0)

    assert budget.delay(28, 100.0) == 0.0, "a fifth of the limit is left"
    assert budget.delay(35, 100.0) == 0.5, "3 seconds for 5 requests"
    assert budget.delay(35, 100.5) == 0.0
    assert Budget(last=40, newest=30, reset=160.0, limit=60, previous=100.0).delay(35, 100.0) == 1.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, 5.0, id="only the status"),
        pytest.param(limits(0, NOW + 2), 5.0, id="reset is earlier"),
        pytest.param(limits(0, NOW + 20), 21.0, id="reset is later"),
        pytest.param(limits(7, NOW + 20), 5.0, id="there is some left, so it is something else"),
        pytest.param({**limits(0, NOW + 20), "date": "?"}, PATIENCE, id="date is damaged"),
        pytest.param(limits(0, NOW + 10**6), 3600.0, id="bounded"),
    ],
)
def test_the_server_asks_to_wait(headers: dict[str, str], seconds: float) -> None:
    budget = Budget(last=90, newest=7, reset=300.0, limit=100)

    held = budget.hold(headers, 12, 5.0, "maintenance", 100.0)

    assert held == Budget(last=12, newest=12, reset=100.0 + seconds, held="maintenance")
    assert held.reason == "maintenance"
    assert held.hold({}, 12, 1.0, "less", 101.0) == held
    after = held.spend(12, 200.0)
    assert after.reason == ""
    assert after.learn({}, 13, 0, 201.0) == Budget(newest=13)


@given(
    limit=st.integers(5, 40),
    workers=st.integers(1, 8),
    durations=st.lists(st.floats(0.01, 3.0), min_size=1, max_size=10),
)
def test_a_moving_limit_is_never_exceeded(limit: int, workers: int, durations: list[float]) -> None:
    """A server that counts as InvenioRDM does, and clients that start as soon as they may."""
    period, total = 10.0, 100
    cycle = itertools.cycle(durations)
    budget, started, done, now = Budget(), 0, 0, 0.0
    counted: list[float] = []
    under_way: list[tuple[float, int, int, dict[str, str]]] = []
    exceeded = 0
    while done < total:
        # The first request of a run is alone, and its answer tells the limit.
        free = len(under_way) < (workers if done else 1) and started < total
        delay = budget.delay(started, now)
        if free and delay <= 0.0:
            budget = budget.spend(started, now)
            started += 1
            arrival = now
            counted = [time for time in counted if time > arrival - period]
            exceeded += len(counted) >= limit
            counted.append(arrival)
            headers = limits(limit - len(counted), int(NOW + counted[0] + period - now), limit)
            heapq.heappush(under_way, (now + next(cycle), started, len(under_way), headers))
            continue
        next_answer = under_way[0][0] if under_way else float("inf")
        if free and now + delay < next_answer:
            now += delay
            continue
        now, number, uncounted, headers = heapq.heappop(under_way)
        budget = budget.learn(headers, number, uncounted, now)
        done += 1
    assert exceeded == 0
    assert now < 40 * (period * total / limit + total * max(durations))
