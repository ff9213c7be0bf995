#!/usr/bin/env python3
"""Estimate the period and the decay time of each run from its turning points."""

import csv
import itertools
import json
import math
import statistics
import sys
from pathlib import Path

THRESHOLD = 2.0
"""Displacements in millimetres below which the noise matters too much."""

Samples = list[tuple[float, float]]


def main(path_parameters: str, path_results: str, *paths_data: str) -> None:
    """Write the results of all runs."""
    with open(path_parameters, newline="") as fh:
        parameters = {row["run"]: row for row in csv.DictReader(fh)}
    results = {}
    for path in paths_data:
        run = Path(path).stem
        expected = 2.0 * float(parameters[run]["mass_kg"])
        expected /= float(parameters[run]["damping_kg_per_s"])
        results[run] = {"expected_decay_s": round(expected, 1), **estimate(read(path))}
    with open(path_results, "w") as fh:
        json.dump(results, fh, indent=2)
        fh.write("\n")


def read(path: str) -> Samples:
    """Return times and displacements."""
    with open(path, newline="") as fh:
        return [(float(row["time_s"]), float(row["displacement_mm"])) for row in csv.DictReader(fh)]


def turning_points(samples: Samples) -> Samples:
    """Return time and height of the largest displacement of each half swing."""
    clear = [sample for sample in samples if abs(sample[1]) > THRESHOLD]
    swings = itertools.groupby(clear, key=lambda sample: sample[1] > 0.0)
    return [max(swing, key=lambda sample: abs(sample[1])) for _, swing in swings]


def estimate(samples: Samples) -> dict[str, float]:
    """Return the results of one run, by straight lines through its turning points."""
    # The first one is the start, where the mass was held.
    times, heights = zip(*turning_points(samples)[1:], strict=True)
    half_period, _ = statistics.linear_regression(range(len(times)), times)
    rate, start = statistics.linear_regression(times, [math.log(abs(h)) for h in heights])
    return {
        "turning_points": len(times),
        "period_s": round(2.0 * half_period, 2),
        "decay_s": round(-1.0 / rate, 1),
        "envelope_mm": round(math.exp(start), 2),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
