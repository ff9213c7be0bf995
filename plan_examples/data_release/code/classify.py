#!/usr/bin/env python3
"""Classify the stars of one field with all models."""

import csv
import json
import math
import random
import sys
from pathlib import Path

STARS = 400
"""How many stars there are in a field."""


def main(field: str, path_predictions: str, *paths_models: str) -> None:
    """Write the probability of each class, for each star and both kinds of models."""
    models = [(Path(path).parent.name, json.loads(Path(path).read_text())) for path in paths_models]
    # Each field has its own sequence of random numbers, the same every time.
    rng = random.Random(f"field {field}")
    with open(path_predictions, "w", newline="") as fh:
        writer = csv.writer(fh, lineterminator="\n")
        writer.writerow(["star", *(f"{kind}_{model['class']}" for kind, model in models)])
        for number in range(STARS):
            star = {
                "period_d": rng.uniform(0.3, 18.0),
                "amplitude_mag": rng.uniform(0.05, 1.2),
                "faint_share": rng.uniform(0.1, 1.0),
            }
            chances = (CHANCE[kind](model, star) for kind, model in models)
            writer.writerow([f"{field}-{number:05d}", *(f"{chance:.3f}" for chance in chances)])


def linear_chance(model: dict, star: dict) -> float:
    score = sum(weight * star[feature] for feature, weight in model["weights"].items())
    return 1 / (1 + math.exp(-score - model["offset"]))


def range_chance(model: dict, star: dict) -> float:
    inside = sum(low <= star[feature] <= high for feature, (low, high) in model["ranges"].items())
    return inside / len(model["ranges"])


CHANCE = {"linear": linear_chance, "range": range_chance}

if __name__ == "__main__":
    main(*sys.argv[1:])
