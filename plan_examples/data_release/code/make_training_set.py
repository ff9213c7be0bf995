#!/usr/bin/env python3
"""Make stars whose class is known, with the properties of their light curves."""

import csv
import random
import sys

STARS = 300
"""How many stars there are of each class."""

CENTRES = {
    "eclipsing": (1.8, 0.45, 0.75),
    "pulsating": (0.6, 0.80, 0.35),
    "rotating": (12.0, 0.15, 0.50),
}
"""Typical period (days), amplitude (mag), and share of the period that the star is faint."""


def main(path: str) -> None:
    """Write the training set."""
    rng = random.Random("training set")
    with open(path, "w", newline="") as fh:
        writer = csv.writer(fh, lineterminator="\n")
        writer.writerow(["class", "period_d", "amplitude_mag", "faint_share"])
        for _ in range(STARS):
            for name, centre in CENTRES.items():
                values = (value * rng.uniform(0.5, 1.5) for value in centre)
                writer.writerow([name, *(f"{value:.4f}" for value in values)])


if __name__ == "__main__":
    main(*sys.argv[1:])
