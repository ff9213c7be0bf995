"""Results as tables in Markdown."""

from collections.abc import Iterable, Mapping

from .measure import Cost

__all__ = ("requests_table", "table")


def table(results: Mapping[str, Mapping[str, Cost]]) -> str:
    """Return what each run cost, and how many times longer the other programs took."""
    head = (
        "scenario", "program", "wall s", "CPU s", "requests", "connections", "MB sent",
        "MB read", "peak MB", "wall ratio",
    )  # fmt: skip
    rows = []
    for scenario, costs in results.items():
        ours = next(iter(costs.values()))
        for name, cost in costs.items():
            rows.append(
                (
                    scenario,
                    name,
                    f"{cost.wall:.2f}",
                    f"{cost.cpu:.2f}",
                    f"{cost.total}",
                    f"{cost.connections}",
                    f"{cost.sent / 1e6:.1f}",
                    f"{cost.read / 1e6:.1f}",
                    f"{cost.memory:.0f}",
                    "" if cost is ours else f"{cost.wall / ours.wall:.1f}",
                )
            )
    return _markdown(head, rows)


def requests_table(results: Mapping[str, Mapping[str, Cost]]) -> str:
    """Return how many requests of each kind each run made."""
    rows = []
    for scenario, costs in results.items():
        for name, cost in costs.items():
            listed = [f"{count} {kind}" for kind, count in sorted(cost.requests.items())]
            rows.append((scenario, name, "<br>".join(listed)))
    return _markdown(("scenario", "program", "requests"), rows)


def _markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    cells = [[*head], *([*row] for row in rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    rule = f"| {' | '.join('---' for _ in cells[0])} |"
    return "\n".join([lines[0], rule, *lines[1:]])
