"""A few random walks with fixed seeds; longer ones are made by command, see `tests/walk`."""

from pathlib import Path

import pytest

import stepup_zenodo

from .rdm_server.fixture import Rdm
from .walk.defects import DEFECTS, Defect
from .walk.walker import episode

pytestmark = [pytest.mark.server, pytest.mark.slow]

STEPS = 10
"""So few that all of them together take half a minute."""


@pytest.mark.parametrize("seed", ["ci1", "ci2", "ci3"])
def test_no_promise_is_broken(seed: str, tmp_path: Path, rdm: Rdm) -> None:
    figures = episode(rdm, tmp_path, seed, STEPS)

    assert figures.steps.total() == STEPS
    assert any(name.startswith("run: sync") for name in figures.events)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_each_defect_can_be_made(defect: Defect) -> None:
    """The text that a defect replaces is there, once."""
    source = Path(stepup_zenodo.__file__).parent / defect.path
    assert source.read_text(encoding="utf-8").count(defect.old) == 1
