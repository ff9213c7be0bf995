"""A few random walks with fixed seeds; longer ones are made by command, see `tests/walk`."""

from pathlib import Path

import pytest

from .rdm_server.fixture import Rdm
from .walk.walker import episode

pytestmark = [pytest.mark.server, pytest.mark.slow]

STEPS = 10
"""So few that all of them together take half a minute."""


@pytest.mark.parametrize("seed", ["ci1", "ci2", "ci3"])
def test_no_promise_is_broken(seed: str, tmp_path: Path, rdm: Rdm) -> None:
    figures = episode(rdm, tmp_path, seed, STEPS)

    assert figures.steps.total() == STEPS
    assert any(name.startswith("run: sync") for name in figures.events)
