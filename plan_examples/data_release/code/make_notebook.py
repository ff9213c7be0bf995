#!/usr/bin/env python3
"""Turn a script with `# %%` between its parts into a notebook, without results."""

import json
import sys
from pathlib import Path

MARKDOWN = " [markdown]\n"


def main(path_script: str, path_notebook: str) -> None:
    """Write the notebook."""
    parts = Path(path_script).read_text().split("# %%")[1:]
    notebook = {
        "cells": [cell(number, part) for number, part in enumerate(parts)],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    Path(path_notebook).write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def cell(number: int, part: str) -> dict[str, object]:
    """Return a cell with text or code."""
    if part.startswith(MARKDOWN):
        lines = part.removeprefix(MARKDOWN).strip().splitlines()
        text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)
        return {"cell_type": "markdown", "id": f"part-{number}", "metadata": {}, "source": text}
    return {
        "cell_type": "code",
        "id": f"part-{number}",
        "metadata": {},
        "source": part.strip(),
        "execution_count": None,
        "outputs": [],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
