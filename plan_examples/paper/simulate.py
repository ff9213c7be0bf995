#!/usr/bin/env python3
"""Simulate one run of the experiment: a mass on a spring, damped by what surrounds it."""

import csv
import random
import sys
from collections.abc import Iterator

DURATION = 20.0
"""Length of a run in seconds."""

INTERVAL = 0.05
"""Seconds between two readings."""

SUBSTEPS = 10
"""Steps of the integration between two readings."""

NOISE = 0.15
"""Standard deviation of a reading in millimetres."""


def main(run: str, path_parameters: str, path_data: str) -> None:
    """Write the readings of one run."""
    with open(path_parameters, newline="") as fh:
        rows = {row.pop("run"): row for row in csv.DictReader(fh)}
    parameters = {name: float(value) for name, value in rows[run].items()}
    # Each run has its own sequence of random numbers, the same every time.
    rng = random.Random(f"oscillator {run}")
    with open(path_data, "w", newline="") as fh:
        writer = csv.writer(fh, lineterminator="\n")
        writer.writerow(["time_s", "displacement_mm"])
        for time, displacement in trajectory(**parameters):
            writer.writerow([f"{time:.2f}", f"{displacement + rng.gauss(0.0, NOISE):.3f}"])


def trajectory(
    mass_kg: float, stiffness_n_per_m: float, damping_kg_per_s: float, start_mm: float
) -> Iterator[tuple[float, float]]:
    """Yield time and displacement, by the leapfrog method with damping in the middle of a step."""
    position, velocity = start_mm, 0.0
    step = INTERVAL / SUBSTEPS
    friction = 0.5 * step * damping_kg_per_s / mass_kg
    for reading in range(round(DURATION / INTERVAL) + 1):
        yield reading * INTERVAL, position
        for _ in range(SUBSTEPS):
            position += 0.5 * step * velocity
            push = -step * stiffness_n_per_m / mass_kg * position
            velocity = ((1.0 - friction) * velocity + push) / (1.0 + friction)
            position += 0.5 * step * velocity


if __name__ == "__main__":
    main(*sys.argv[1:])
