#!/usr/bin/env python3
"""Train a model that tells one class of stars from all others.

The kind of the model and the class are taken from the path of the model.
"""

import csv
import json
import sys
from pathlib import Path
from statistics import fmean, pstdev, quantiles

FEATURES = ["period_d", "amplitude_mag", "faint_share"]


def main(path_stars: str, path_model: str) -> None:
    """Write a model."""
    path = Path(path_model)
    with open(path_stars, newline="") as fh:
        rows = list(csv.DictReader(fh))
    inside = [row for row in rows if row["class"] == path.stem]
    outside = [row for row in rows if row["class"] != path.stem]
    fit = {"linear": fit_linear, "range": fit_range}[path.parent.name]
    model = {"class": path.stem, **fit(inside, outside)}
    path.write_text(json.dumps(model, indent=1) + "\n")


def column(rows: list[dict[str, str]], feature: str) -> list[float]:
    return [float(row[feature]) for row in rows]


def fit_linear(inside: list[dict[str, str]], outside: list[dict[str, str]]) -> dict[str, object]:
    """Weigh each feature by how well it separates the class."""
    weights, offset = {}, 0.0
    for feature in FEATURES:
        one, other = column(inside, feature), column(outside, feature)
        weight = (fmean(one) - fmean(other)) / (pstdev(one) + pstdev(other)) ** 2
        weights[feature] = round(weight, 6)
        offset -= weight * (fmean(one) + fmean(other)) / 2
    return {"weights": weights, "offset": round(offset, 6)}


def fit_range(inside: list[dict[str, str]], outside: list[dict[str, str]]) -> dict[str, object]:
    """Take the middle half of each feature within the class; what others have plays no part."""
    ranges = {}
    for feature in FEATURES:
        low, _, high = quantiles(column(inside, feature), n=4)
        ranges[feature] = [round(low, 4), round(high, 4)]
    return {"ranges": ranges}


if __name__ == "__main__":
    main(*sys.argv[1:])
