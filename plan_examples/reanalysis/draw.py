#!/usr/bin/env python3
"""Draw how the stars of each field are distributed over the classes, as an SVG file."""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

WIDTH, BAR, LEFT = 600, 26, 90
COLORS = {"eclipsing": "#1f5a99", "pulsating": "#b3541e", "rotating": "#5b8c3a"}
SURE = 0.9
"""The probability from which on a class is taken for certain."""


def main(path_fields: str, path_field: str, path_figure: str) -> None:
    """Write the figure: a bar for each field, and one for the certain stars of a single one."""
    bars = [
        (f"field {item['field']}", item["classes"])
        for item in json.loads(Path(path_fields).read_text())
    ]
    bars.append(("certain", certain_stars(Path(path_field))))
    height = (len(bars) + 2) * BAR
    font = 'font-family="Libertinus Serif, serif" font-size="15"'
    size = f'viewBox="0 0 {WIDTH} {height}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>']
    for number, (label, classes) in enumerate(bars):
        y = number * BAR + 4
        lines.append(f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{label}</text>')
        lines += segments(y, classes)
    lines += legend(height - BAR)
    lines.append("</svg>")
    Path(path_figure).write_text("\n".join(lines) + "\n")


def certain_stars(path: Path) -> dict[str, int]:
    """Count the stars of each class of which the linear models are certain."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: sum(float(row[f"linear_{name}"]) >= SURE for row in rows) for name in COLORS}


def segments(y: int, classes: dict[str, int]) -> Iterator[str]:
    """Yield the parts of a bar, one for each class."""
    scale, x = (WIDTH - LEFT - 10) / max(400, sum(classes.values())), float(LEFT)
    for name, color in COLORS.items():
        width = classes.get(name, 0) * scale
        yield f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR - 8}" fill="{color}"/>'
        x += width


def legend(y: int) -> Iterator[str]:
    """Yield the names of the classes with their colours."""
    for number, (name, color) in enumerate(COLORS.items()):
        x = LEFT + number * 130
        yield f'<rect x="{x}" y="{y}" width="14" height="14" fill="{color}"/>'
        yield f'<text x="{x + 20}" y="{y + 13}">{name}</text>'


if __name__ == "__main__":
    main(*sys.argv[1:])
