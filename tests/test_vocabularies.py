"""The shipped vocabularies, and what is proposed for a misspelt id."""

import json
import re
from typing import Any

import pytest

from stepup_zenodo.config import ids as config_ids
from stepup_zenodo.terms.vocabularies import NAMES, ids, suggest

from .generate_vocabularies import DATA, TYPES, entries, vocabulary
from .rdm_server.fixture import Rdm


def test_sizes() -> None:
    # Checked against the fixtures of Zenodo 25.2.5.
    assert {name: len(ids(name)) for name in NAMES} == {
        "contributor_roles": 22,
        "creator_roles": 22,
        "date_types": 12,
        "description_types": 7,
        "development_statuses": 8,
        "languages": 7847,
        "licenses": 444,
        "programming_languages": 706,
        "related_resource_types": 47,
        "relation_types": 39,
        "resource_types": 45,
        "title_types": 4,
    }


@pytest.mark.parametrize("name", NAMES)
def test_entries(name: str) -> None:
    entries = ids(name)
    assert list(entries) == sorted(entries)
    assert all(key == key.strip() and title.strip() for key, title in entries.items())


@pytest.mark.parametrize("name", NAMES)
def test_all_have_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server can have more ids than a message lists."""
    monkeypatch.setattr(config_ids, "_SHORT_LIST", 0)
    words = config_ids.Term(name).words

    assert re.fullmatch(r"(an?|the) [\w ]+( \([\w -]+\))?", words)


def test_small_vocabulary() -> None:
    assert ids("description_types") == {
        "abstract": "Abstract",
        "methods": "Methods",
        "notes": "Notes",
        "other": "Other",
        "series-information": "Series information",
        "table-of-contents": "Table of contents",
        "technical-info": "Technical info",
    }


def test_tags() -> None:
    assert set(ids("related_resource_types")) - set(ids("resource_types")) == {
        "instrument",
        "project",
    }


def test_only_zenodo() -> None:
    licenses = ids("licenses")
    assert "other-open" in licenses
    assert "cc-pdm-1.0" not in licenses


def test_unknown_name() -> None:
    with pytest.raises(KeyError):
        ids("licences")


def test_every_id_is_its_own_suggestion() -> None:
    for name in NAMES:
        if name != "languages":  # thousands, each compared with all others
            assert {key: suggest(name, key.upper(), 1) for key in ids(name)} == {
                key: (key,) for key in ids(name)
            }


SUGGESTIONS = [
    ("licenses", "MIT license", ("mit", "mit-0", "mit-advertising")),
    ("licenses", "CC BY", ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-3.0")),
    ("licenses", "CC-BY-4", ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0")),
    ("licenses", "CC-BY-NC-4.0", ("cc-by-nc-4.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-4.0")),
    ("licenses", "GPLv3", ("gpl-3.0-or-later", "gpl-3.0-only")),
    ("licenses", "Apache 2", ("apache-2.0",)),
    ("licenses", "cc0", ("cc0-1.0",)),
    ("licenses", "proprietary", ()),
    ("languages", "english", ("eng",)),
    ("languages", "en", ("eng", "enc")),
    ("languages", "en-US", ("eng",)),
    ("languages", "nl_BE", ("nld",)),
    ("languages", "Duch", ("nld", "duc", "duh")),
    ("resource_types", "figure", ("image-figure",)),
    ("resource_types", "journal article", ("publication-article",)),
    ("resource_types", "datset", ("dataset",)),
    ("resource_types", "thesis", ("publication-dissertation",)),
    ("related_resource_types", "Project", ("project",)),
    ("relation_types", "Cites", ("cites",)),
    ("relation_types", "IsSupplementTo", ("issupplementto",)),
    ("relation_types", "is part off", ("ispartof",)),
    ("creator_roles", "Data manager", ("datamanager",)),
    ("programming_languages", "C++", ("c++", "c", "c#")),
    ("programming_languages", "python3", ("python", "cython")),
    ("description_types", "note", ("notes",)),
    ("title_types", "alternative", ("alternative-title",)),
    ("date_types", "", ()),
    ("date_types", "!!!", ()),
    ("languages", "x" * 1_000_000, ()),
]


@pytest.mark.parametrize(("name", "text", "expected"), SUGGESTIONS)
def test_suggestions(name: str, text: str, expected: tuple[str, ...]) -> None:
    assert suggest(name, text) == expected


def test_number_of_suggestions() -> None:
    assert suggest("licenses", "GPL", 2) == ("gpl-3.0-or-later", "gpl-3.0-only")
    assert suggest("licenses", "GPL", 0) == ()


@pytest.mark.server
def test_generator(rdm: Rdm) -> None:
    """What the developer command makes of the test server is what is shipped."""
    made = {
        name: vocabulary(name, list(entries(rdm.endpoint, kind)), shipped(name)["source"])
        for name, kind in TYPES.items()
    }
    assert made == {name: shipped(name) for name in TYPES}


def shipped(name: str) -> dict[str, Any]:
    """Return the content of a data file."""
    content: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return content
