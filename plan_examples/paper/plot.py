#!/usr/bin/env python3
"""Draw the readings of all runs, with the envelopes that were found, as an SVG file."""

import csv
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

WIDTH, PANEL, GAP = 640, 190, 34
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 30, 56
LAST_TIME, LARGEST = 20.0, 25.0
COLORS = ("#1f5a99", "#b3541e")


def main(path_results: str, path_figure: str, *paths_data: str) -> None:
    """Write the figure, one panel below the other."""
    results = json.loads(Path(path_results).read_text())
    height = TOP + BOTTOM + len(paths_data) * PANEL + (len(paths_data) - 1) * GAP
    size = f'viewBox="0 0 {WIDTH} {height}"'
    font = 'font-family="Libertinus Serif, serif" font-size="16"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
    ]
    for number, path in enumerate(paths_data):
        top = TOP + number * (PANEL + GAP)
        run = Path(path).stem
        lines += axes(top, f"{'ab'[number]}) in {run}", ticks=path == paths_data[-1])
        lines += envelope(top, results[run])
        lines += readings(top, path, COLORS[number])
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    lines.append(text(middle, height - 10, "time (s)"))
    lines.append("</svg>")
    Path(path_figure).write_text("\n".join(lines) + "\n")


def x_of(time: float) -> float:
    """Return the horizontal position of a time."""
    return LEFT + (WIDTH - LEFT - RIGHT) * time / LAST_TIME


def y_of(top: float, displacement: float) -> float:
    """Return the vertical position of a displacement."""
    return top + PANEL * (1.0 - displacement / LARGEST) / 2.0


def text(x: float, y: float, content: str, anchor: str = "middle", more: str = "") -> str:
    """Return a text element."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{content}</text>'


def axes(top: float, title: str, *, ticks: bool) -> Iterator[str]:
    """Yield frame, ticks and labels of a panel."""
    right, bottom = WIDTH - RIGHT, top + PANEL
    for displacement in (-20, -10, 0, 10, 20):
        y = y_of(top, displacement)
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#dddddd"/>'
        yield text(LEFT - 8, y + 5, str(displacement).replace("-", "\u2212"), "end")
    for time in range(0, 21, 5):
        yield f'<path d="M{x_of(time):.1f} {bottom}v-6" stroke="black"/>'
        if ticks:
            yield text(x_of(time), bottom + 20, str(time))
    yield (
        f'<rect x="{LEFT}" y="{top}" width="{right - LEFT}" height="{PANEL}" '
        'fill="none" stroke="black"/>'
    )
    yield text(right - 10, top + 22, title, "end", ' font-weight="bold"')
    middle = top + PANEL / 2
    yield text(24, middle, "displacement (mm)", more=f' transform="rotate(-90 24 {middle:.1f})"')


def envelope(top: float, result: dict[str, float]) -> Iterator[str]:
    """Yield the two curves between which the oscillation decays."""
    times = [0.2 * i for i in range(101)]
    for sign in (1.0, -1.0):
        points = (
            f"{x_of(time):.1f},"
            f"{y_of(top, sign * result['envelope_mm'] * math.exp(-time / result['decay_s'])):.1f}"
            for time in times
        )
        yield f'<polyline points="{" ".join(points)}" fill="none" stroke="black"/>'


def readings(top: float, path: str, color: str) -> Iterator[str]:
    """Yield the readings as dots, in one path to keep the file small."""
    with open(path, newline="") as fh:
        dots = (
            f"M{x_of(float(row['time_s'])):.1f} {y_of(top, float(row['displacement_mm'])):.1f}h0"
            for row in csv.DictReader(fh)
        )
        data = "".join(dots)
    yield f'<path d="{data}" fill="none" stroke="{color}" stroke-width="3" stroke-linecap="round"/>'


if __name__ == "__main__":
    main(*sys.argv[1:])
