"""Whatever stands in files of others, a configuration that passes the check is made of them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_zenodo.config.file import parse_config
from stepup_zenodo.config.template import without_mistakes
from stepup_zenodo.takeover import citationcff, codemeta, pyprojecttoml, zenodojson
from stepup_zenodo.takeover.common import Taken

WORDS = (
    "",
    " ",
    "a",
    "Curie, Marie",
    "0000-0002-1825-0097",
    "https://orcid.org/0000-0002-1825-0098",
    "10.1234/a",
    "10.5281/zenodo.1",
    "https://example.org",
    "doi",
    "MIT",
    "2026-03-01",
    "a: b\n\n  c \x00 # d",
    "Ê\u200b'\"\\",
    "embargoed",
    "publication",
    "Collected",
    "a::b",
    "dwc:genus",
)
INNER = (
    *("name", "family-names", "given-names", "alias", "orcid", "affiliation", "type", "value"),
    *("identifier", "relation", "id", "@id", "@type", "familyName", "email", "title", "doi"),
    *("authors", "year", "start", "end", "lat", "lon", "place", "term", "text", "file"),
    *("code:codeRepository", "dwc:genus", "a.b[0]"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.sampled_from(WORDS) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(INNER) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def inside_project(data: Mapping[str, Any]) -> Taken:
    return pyprojecttoml.from_pyproject({"project": dict(data)})


READERS: list[tuple[Callable[[Mapping[str, Any]], Taken], frozenset[str]]] = [
    (citationcff.from_citation, citationcff._USED),
    (zenodojson.from_zenodo_json, zenodojson._USED),
    (codemeta.from_codemeta, codemeta._USED),
    (inside_project, pyprojecttoml._USED),
]


@pytest.mark.parametrize(("reader", "known"), READERS, ids=["cff", "zenodo", "codemeta", "python"])
@given(data=st.data())
@settings(max_examples=60)
def test_anything_gives_a_valid_configuration(
    reader: Callable[[Mapping[str, Any]], Taken], known: frozenset[str], data: st.DataObject
) -> None:
    source = data.draw(st.dictionaries(st.sampled_from(sorted(known)), VALUES, max_size=8))
    taken = reader(source)
    taken.config.pop("path_readme", None)

    text, removed = without_mistakes(taken.config, "zenodo.yaml")

    assert parse_config(text, "zenodo.yaml").file == "zenodo.yaml"
    for line in (*taken.left, *removed):
        assert line.strip()
