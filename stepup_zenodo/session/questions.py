"""What a configuration says that can be meant in another way, and how that would be written."""

import json
import re

from ..config.configuration import Config
from ..config.reading import shortened
from ..errors import Problem

__all__ = ("one_or_several",)

_SEPARATORS = re.compile(r"\s*[,;]\s*")


def one_or_several(config: Config) -> tuple[Problem, ...]:
    """Return where a list has one item that looks like several, which are separated by commas."""
    metadata = config.metadata
    lists = {
        "keywords": metadata.keywords,
        "formats": metadata.formats,
        "sizes": metadata.sizes,
    }
    found = []
    for key, items in lists.items():
        text = items[0] if items and len(items) == 1 else ""
        parts = [part for part in _SEPARATORS.split(text) if part]
        if len(parts) > 1:
            path = f"metadata.{key}"
            listed = json.dumps(parts, ensure_ascii=False)
            message = f"{shortened(text)} is a single item of the list"
            hint = f"if several are meant, write {key}: {listed}"
            where = config.written(path)
            found.append(Problem(message, where, config.place(path), hint))
    return tuple(found)
