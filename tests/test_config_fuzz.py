"""Whatever is in a file, the result is a configuration or a list of problems."""

import json
from pathlib import Path
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from stepup_zenodo.config.configuration import Config
from stepup_zenodo.config.fieldpaths import config_path
from stepup_zenodo.config.fields import sent_fields
from stepup_zenodo.config.file import parse_config
from stepup_zenodo.errors import Invalid

CONFIGS = Path(__file__).parent / "configs"
FULL = (CONFIGS / "full.yaml").read_text(encoding="utf-8")
WORDS = st.sampled_from(
    ["", "null", "~", "[]", "{}", "0", "1.0", "no", "2026-03-01", "a: b", "[[[]]]", "{id: mit}"]
)


def check(text: str | bytes, file: str) -> None:
    """Check what is true for every file."""
    result: Config | Invalid
    try:
        result = parse_config(text, file)
    except Invalid as invalid:
        result = invalid
    if isinstance(result, Invalid):
        assert result.problems != ()
        assert all("\n" not in line for line in result.lines())
    else:
        json.dumps(dict(sent_fields(result, None, "<p>Notes</p>")), allow_nan=False).encode()


@given(text=st.one_of(st.text(), st.binary()), extension=st.sampled_from(["yaml", "toml", "json"]))
def test_anything(text: str | bytes, extension: str) -> None:
    check(text, f"c.{extension}")


@given(data=st.data())
def test_changed_values(data: st.DataObject) -> None:
    lines = FULL.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[index].partition(": ")
        value = data.draw(st.one_of(WORDS, st.text(max_size=20).map(repr)))
        lines[index] = f"{key}{colon or ' '}{value}"
    check("\n".join(lines), "c.yaml")


@given(data=st.data())
def test_changed_shapes(data: st.DataObject) -> None:
    tree = yaml.safe_load(FULL)
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=5,
    )
    node: Any = {"": tree}
    key: Any = ""
    while isinstance(node[key], dict | list) and data.draw(st.booleans()):
        node = node[key]
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
    node[key] = data.draw(values)
    check(json.dumps(tree, default=str), "c.json")


@given(field=st.text())
@example(field="metadata.subjects.0")
@example(field="metadata.additional_descriptions.99999999999999999999999")
def test_any_field_of_the_server(field: str) -> None:
    config = parse_config(FULL, "c.yaml")
    path = config_path(field, config)
    assert isinstance(config.written(path), str)
    assert config.place(path) is not None
