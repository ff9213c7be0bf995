"""How the package is installed: as long as it is on no index from a copy, and later from the index.

When it is on an index, change `ON_INDEX` and run `python -m tests.expected`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ("IN_PIPELINE", "ON_INDEX", "TEXTS", "installing_pages", "with_installation")

ROOT = Path(__file__).resolve().parents[1]

ON_INDEX = False
"""Whether `pip install stepup-zenodo` finds the package. This is the one place to change."""

FROM_COPY = "pip install ."
FROM_INDEX = "pip install stepup-zenodo"
FROM_WHEEL = "pip install wheels/stepup_zenodo-*.whl"

IN_PIPELINE = FROM_INDEX if ON_INDEX else FROM_WHEEL
"""What a pipeline does, which has no copy of the repository."""

WHEEL = f"""\
## In a Pipeline and on Other Machines

A machine that has no copy of the repository can install a wheel, which is a single file.
Make it in the folder of the copy:

```bash
pip wheel --no-deps --wheel-dir wheels .
```

The folder `wheels` has the file then, which `{FROM_WHEEL}` installs.
For a pipeline, put that folder into your project,
as in [Use It in Continuous Integration](how-to/continuous-integration.md).

"""

TEXTS: Mapping[str, Sequence[tuple[str, str]]] = {
    "README.md": [
        (
            f"Install it from a copy of this repository:\n\n```bash\n{FROM_COPY}\n```\n",
            f"Install it:\n\n```bash\n{FROM_INDEX}\n```\n",
        )
    ],
    "docs/quickstart.md": [
        (
            f"In a copy of the repository:\n\n```bash\n{FROM_COPY}\n```\n",
            f"Let `pip` fetch it:\n\n```bash\n{FROM_INDEX}\n```\n",
        )
    ],
    "docs/installing.md": [
        (
            (
                "The package is on no index yet, so install it from a copy of its repository.\n"
                f"In the folder of that copy:\n\n```bash\n{FROM_COPY}\n```\n"
            ),
            f"Install the package:\n\n```bash\n{FROM_INDEX}\n```\n",
        ),
        (f"{WHEEL}## Update and Remove\n", "## Update and Remove\n"),
    ],
    "docs/how-to/continuous-integration.md": [
        (
            (
                "This is a workflow for GitHub; others differ in their words only.\n"
                "It installs the package from a [wheel]"
                "(../installing.md#in-a-pipeline-and-on-other-machines) in the folder `wheels`:\n"
            ),
            "This is a workflow for GitHub; others differ in their words only:\n",
        ),
        (f"      - run: {FROM_WHEEL}\n", f"      - run: {FROM_INDEX}\n"),
    ],
}
"""By page, what stands there while the package is on no index, and what afterwards."""


def with_installation(page: str, text: str, *, on_index: bool = ON_INDEX) -> str:
    """Return a page that says how the package is installed."""
    for copy, index in TEXTS[page]:
        there = copy if copy in text else index
        assert text.count(there) == 1, f"{page} says neither {copy!r} nor {index!r}"
        text = text.replace(there, index if on_index else copy)
    return text


def installing_pages() -> dict[Path, str]:
    """Return the contents of all pages that say how the package is installed."""
    paths = {page: ROOT / page for page in TEXTS}
    return {
        path: with_installation(page, path.read_text(encoding="utf-8"))
        for page, path in paths.items()
    }
