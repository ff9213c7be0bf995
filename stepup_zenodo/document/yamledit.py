"""Change single values of a YAML text; comments, order and layout stay."""

import difflib
import io
import json
import re
from typing import Any

from ..jsontypes import Json

__all__ = ("changed_yaml",)

_Path = tuple[str, ...]
_Meanings = tuple[tuple[str, ...], tuple[str, ...]]
"""What the old and the new items of a list mean, one text for each."""


def changed_yaml(text: str, path: _Path, value: Json, same: _Meanings | None = None) -> str:
    """Return a YAML text in which one value is another one.

    Parameters
    ----------
    text
        A text that is valid YAML with a mapping on top.
    path
        Keys that lead to the value. Those that are missing are added.
    value
        The new value.
    same
        For lists: what the old and the new items mean, one text for each.
        Old items that mean the same as new ones stay as they are written.
    """
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10**6
    yaml.explicit_start = text.startswith("---")
    mapping, sequence, offset = _indents(text)
    yaml.indent(mapping=mapping, sequence=sequence, offset=offset)
    document = yaml.load(text)
    parent = document
    for key in path[:-1]:
        if not isinstance(parent.get(key), dict):
            parent[key] = {}
        parent = parent[key]
    last = path[-1]
    if not isinstance(parent.get(last), dict | list):
        _keep_comment_only(parent, last)
    parent[last] = _merged(parent.get(last), value, same)
    out = io.StringIO()
    yaml.dump(document, out)
    return _spliced(text, out.getvalue(), path)


def _keep_comment_only(parent: Any, key: str) -> None:  # noqa: ANN401 (a node of ruamel)
    """Drop the blank lines that follow a simple value, which would end up within a longer one."""
    item = getattr(parent, "ca", None) and parent.ca.items.get(key)
    if not item or item[2] is None:
        return
    comment = item[2].value.split("\n")[0]
    if comment.strip():
        item[2].value = f"{comment}\n"
    else:
        del parent.ca.items[key]


def _spliced(text: str, dumped: str, path: _Path) -> str:
    """Return the text with only those lines of the dumped one that hold the value.

    Dumping a whole document may change the layout of other lines a little.
    """
    old, new = text.splitlines(keepends=True), dumped.splitlines(keepends=True)
    depth = max(size for size in range(len(path)) if size == 0 or _lines(text, path[:size]))
    before, after = _lines(text, path), _lines(dumped, path)
    if before is None:
        # Whatever is missing is added behind what is there of its parents.
        after = _lines(dumped, path[: depth + 1])
        end = len(old) if depth == 0 else (_lines(text, path[:depth]) or (0, len(old)))[1]
        before = (end, end)
    if after is None:
        return dumped
    if before[0] and not old[before[0] - 1].endswith("\n"):
        old[before[0] - 1] += "\n"
    result = "".join([*old[: before[0]], *new[slice(*after)], *old[before[1] :]])
    return result if _loaded(result) == _loaded(dumped) else dumped


def _loaded(text: str) -> object:
    """Return what a text means, `None` if nothing, also when it cannot be read."""
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return None


def _lines(text: str, path: _Path) -> tuple[int, int] | None:
    """Return the first line of a key and the one after its value, `None` if there is no such key.

    Blank lines and comments after the value do not count as part of it.
    """
    import yaml

    node = yaml.compose(text, yaml.SafeLoader)
    start = 0
    for key in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = next((pair for pair in pairs if pair[0].value == key), None)
        if found is None:
            return None
        start, node = found[0].start_mark.line, found[1]
    assert node is not None, "the text holds a mapping"
    end = node.end_mark.line + (1 if node.end_mark.column else 0)
    lines = text.splitlines()
    end = min(end, len(lines))
    while end > start + 1 and re.match(r"\s*(#|$)", lines[end - 1]):
        end -= 1
    return start, max(end, start + 1)


def _indents(text: str) -> tuple[int, int, int]:
    """Return how far a text indents mappings, items of lists, and the dashes of items."""
    keys = re.search(
        r"^\w[^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( +)[^\s#-]", text, re.MULTILINE
    )
    mapping = len(keys[1]) if keys else 2
    dashes = re.search(
        r"^( *)[\w][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)-( +)",
        text,
        re.MULTILINE,
    )
    if dashes is None:
        return mapping, mapping, 0
    offset = max(0, len(dashes[2]) - len(dashes[1]))
    return mapping, offset + 1 + len(dashes[3]), offset


def _merged(
    old: Any,  # noqa: ANN401 (a node of ruamel or a plain value)
    new: Json,
    same: _Meanings | None = None,
) -> Any:  # noqa: ANN401
    """Return the new value, made of the old one as far as possible."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, item in new.items():
            old[key] = _merged(old.get(key), item)
        return old
    if isinstance(old, list) and isinstance(new, list):
        return _merged_list(old, new, same)
    if isinstance(new, str) and not isinstance(old, dict | list | type(None)):
        return old if str(old) == new else _like(old, new)
    return new


def _like(old: object, new: str) -> str:
    """Return a text in the kind of quotes that the old one has."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

    if isinstance(old, DoubleQuotedScalarString | SingleQuotedScalarString):
        quoted: str = type(old)(new)
        return quoted
    return new


def _merged_list(old: list[Any], new: list[Json], same: _Meanings | None) -> list[Any]:
    """Change a list in place, so that items which stay keep their comments."""
    before, after = same or (_texts(old), _texts(new))
    if (len(before), len(after)) != (len(old), len(new)):
        before, after = _texts(old), _texts(new)
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for kind, i1, i2, j1, j2 in reversed(steps):
        if kind == "equal":
            continue
        common = min(i2 - i1, j2 - j1)
        for index in range(i2 - 1, i1 + common - 1, -1):
            del old[index]
        for index in range(common):
            old[i1 + index] = _merged(old[i1 + index], new[j1 + index])
        for index in range(j1 + common, j2):
            old.insert(i1 + index - j1, new[index])
    return old


def _texts(items: list[Any]) -> tuple[str, ...]:
    """Return a text for each item that is the same for equal items."""
    return tuple(json.dumps(item, sort_keys=True, default=str) for item in items)
