"""Functions for `plan.py`."""

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from stepup.core.api import shq, step
from stepup.core.enums import Need

if TYPE_CHECKING:
    from stepup.core.stepinfo import StepInfo

__all__ = ("sync_zenodo",)

StrPath = str | os.PathLike[str]


def sync_zenodo(
    path_config: StrPath,
    paths: Iterable[StrPath] | StrPath = (),
    *,
    path_description: StrPath | None = None,
    verbose: bool = False,
    resources: dict[str, int] | str | None = None,
    duration: float | None = None,
) -> "StepInfo":
    """Keep a Zenodo record equal to local files.

    The configuration, the README and all data files are inputs:
    the record is compared and updated when one of them has changed, and not otherwise.
    Each of them may be built by other steps, the configuration too.
    They must be declared with `static()` or be outputs of steps.

    This adds a small step that reads the configuration and adds the step that does the work.

    Parameters
    ----------
    path_config
        The configuration, in YAML, TOML or JSON.
    paths
        More files for the record, besides those in the configuration.
    path_description
        README for the description, instead of the one in the configuration.
    verbose
        Whether to list every request in the output of the step.
    resources
        StepUp resources that the step needs, e.g. to let one upload run at a time.
    duration
        Expected duration in seconds, a hint for StepUp's scheduler.

    Returns
    -------
    info
        The small step.
    """
    listed = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    words = ["stepup sync-zenodo --declare"]
    if verbose:
        words.append("--verbose")
    if path_description is not None:
        words.append(f"--description {shq(path_description)}")
    if resources is not None:
        text = resources if isinstance(resources, str) else json.dumps(resources, sort_keys=True)
        words.append(f"--resources {shq(text)}")
    if duration is not None:
        words.append(f"--duration {duration}")
    words += ["--", shq([path_config, *listed])]
    return step(" ".join(words), inp=[path_config], need=Need.PLAN)
