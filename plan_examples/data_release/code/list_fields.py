#!/usr/bin/env python3
"""List the fields of the catalogue, with the number of stars of each class."""

import csv
import json
import sys
from collections import Counter
from pathlib import Path


def main(path_list: str, *paths_predictions: str) -> None:
    """Write the list."""
    fields = [summary(Path(path)) for path in paths_predictions]
    Path(path_list).write_text(json.dumps(fields, indent=1) + "\n")


def summary(path: Path) -> dict[str, object]:
    """Return what there is to know about one field."""
    with open(path, newline="") as fh:
        rows = list(csv.DictReader(fh))
    names = [name for name in rows[0] if name.startswith("linear_")]
    likely = Counter(max(names, key=lambda name: float(row[name])) for row in rows)
    classes = {name.removeprefix("linear_"): likely[name] for name in sorted(names)}
    return {"field": int(path.stem.removeprefix("field_")), "stars": len(rows), "classes": classes}


if __name__ == "__main__":
    main(*sys.argv[1:])
