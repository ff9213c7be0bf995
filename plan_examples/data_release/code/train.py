#!/usr/bin/env python3
"""Train a model that tells one class of stars from all others.

The kind of the model and the class are taken from the path of the model.
"""

import csv
import json
import sys
from pathlib import Path
from statistics import fmean, median, pstdev

FEATURES = ["period_d", "amplitude_mag", "faint_share"]


def main(path_stars: str, path_model: str) -> None:
    """Write a model."""
    path = Path(path_model)
    with open(path_stars, newline="") as fh:
        rows = list(csv.DictReader(fh))
    inside = [row for row in rows if row["class"] == path.stem]
    outside = [row for row in rows if row["class"] != path.stem]
    fit = {"linear": fit_linear, "tree": fit_tree}[path.parent.name]
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


def fit_tree(inside: list[dict[str, str]], outside: list[dict[str, str]]) -> dict[str, object]:
    """Take the range of each feature within the class, and how often others are in it."""
    ranges = {f: [min(column(inside, f)), max(column(inside, f))] for f in FEATURES}
    middle = {f: median(column(outside, f)) for f in FEATURES}
    return {"ranges": ranges, "others": middle}


if __name__ == "__main__":
    main(*sys.argv[1:])
