"""The table of fields: every key finds its way to the record and back to the file."""

import inspect
import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

import stepup_zenodo.config
from stepup_zenodo.config.configuration import Config
from stepup_zenodo.config.containers import Many
from stepup_zenodo.config.dates import When
from stepup_zenodo.config.fields import Normal, config_words, held, sendable, sent_fields
from stepup_zenodo.config.file import parse_leniently
from stepup_zenodo.config.metadata import Metadata
from stepup_zenodo.config.reading import Kind
from stepup_zenodo.config.scalars import Decimal
from stepup_zenodo.config.structs import Struct, keys
from stepup_zenodo.config.table import BoundKey, Field, field_of, fields
from stepup_zenodo.errors import Invalid
from stepup_zenodo.jsontypes import Json, is_empty
from stepup_zenodo.record.desired import Desired
from stepup_zenodo.record.observed import NoRecord
from stepup_zenodo.text.description import description

from .test_all_fields import add_subject
from .workspace import Workspace

STORED = Path(__file__).parent / "configs" / "stored.yaml"


def sample(kind: Kind[Any]) -> Any:  # noqa: ANN401
    """Return a value of a kind as a file has it, for keys without example."""
    match kind:
        case Many(item=item):
            return [sample(item)]
        case Struct(cls=cls):
            return {declared.name: sample(declared.kind) for declared in keys(cls)}
        case When():
            return "2026-03-01"
        case Decimal(whole=whole):
            return 3 if whole else 1.5
        case _:
            return "https://example.org/a"


def example(field: Field, bound: BoundKey) -> Any:  # noqa: ANN401
    """Return a value of a key as a file has it."""
    for cls, section in ((Config, ""), (Metadata, "metadata.")):
        for declared in keys(cls):
            if f"{section}{declared.name}" == bound.path:
                return declared.example
    assert field.name.startswith("custom_fields."), "all others have an example"
    return sample(bound.kind)


def put(config: dict[str, Any], path: str, value: Json) -> None:
    section, _, name = path.rpartition(".")
    target = config.setdefault(section, {}) if section else config
    target[name] = value


def configuration(words: dict[str, Any]) -> Config:
    """Return the configuration with certain values, by the paths of keys."""
    config: dict[str, Any] = {}
    for path, value in words.items():
        put(config, path, value)
    return parse_leniently(json.dumps(config), "zenodo.json")[0]


OTHER_WORDS: dict[str, Json] = {
    "metadata.description": "<p>All data behind the figures.</p>",
    "metadata.contributors": [
        {"family_name": "Curie", "given_name": "Pierre", "role": "datacollector"}
    ],
    "metadata.related": [
        {"identifier": "10.1234/example", "relation_type": "cites", "scheme": "doi"}
    ],
    "metadata.additional_descriptions": [{"description": "<p>We measured.</p>", "type": "methods"}],
    "metadata.notes": "<p>First release.</p>",
}
"""Keys of which an example comes back in other words, which say more exactly what is stored."""


def examples() -> Iterator[tuple[str, Config, Json]]:
    """Yield the path of every key, a configuration with it alone, and the words for its value."""
    for field in fields().values():
        for bound in field.keys:
            value = example(field, bound)
            yield bound.path, configuration({bound.path: value}), OTHER_WORDS.get(bound.path, value)
    embargo: Json = {"files": "restricted", "embargo": {"until": "2090-01-01", "reason": "Why."}}
    yield "access", configuration({"access": embargo}), embargo


def rows() -> Iterator[tuple[str, Config]]:
    """Yield the configurations of the table on the server, and their names."""
    for row in yaml.safe_load(STORED.read_text(encoding="utf-8")):
        yield row["config"], parse_leniently(row["config"], "zenodo.yaml")[0]


def sent(config: Config) -> Normal:
    return sent_fields(config, "<p>From a file.</p>" if config.path_readme else None)


def words_for(config: Config) -> dict[str, Json]:
    """Return how the configuration of a record says what a configuration says."""
    return {
        path: word
        for name, value in sent(config).items()
        for path, word in config_words(name, value).items()
        if not is_empty(word)
    }


def is_lost(config: Config) -> bool:
    """Return whether something is lost between file, record and file."""
    try:
        return sent(configuration(words_for(config))) != sent(config)
    except Invalid:
        return True


def lost() -> list[str]:
    """Return of what something is lost, or comes back in other words than expected."""
    found = [path for path, config, words in examples() if words_for(config) != {path: words}]
    found += [path for path, config, _ in examples() if is_lost(config)]
    return found + [name for name, config in rows() if is_lost(config)]


def test_every_key_finds_its_way_back() -> None:
    assert lost() == []
    assert len(list(examples())) > 100


def ways_back() -> list[type[Kind[Any]]]:
    """Return the kinds with a way back of their own."""
    found = {
        cls
        for info in pkgutil.iter_modules(stepup_zenodo.config.__path__)
        for _, cls in inspect.getmembers(
            import_module(f"stepup_zenodo.config.{info.name}"), inspect.isclass
        )
        if issubclass(cls, Kind) and cls is not Kind and "taken_back" in vars(cls)
    }
    return sorted(found, key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", ways_back(), ids=lambda cls: cls.__name__)
def test_a_way_back_that_is_forgotten_is_noticed(
    cls: type[Kind[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(cls, "taken_back")

    assert lost() != []


def test_there_are_ways_back() -> None:
    assert len(ways_back()) >= 12


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (
            [{"description": "<p>a</p>", "type": {"id": "notes"}, "lang": {"id": "eng"}}],
            {
                "metadata.additional_descriptions": [
                    {"description": "<p>a</p>", "type": "notes", "language": "eng"}
                ],
                "metadata.notes": "",
            },
        ),
        (
            [
                {"description": "<p>a</p>", "type": {"id": "notes"}},
                {"description": "<p>b</p>", "type": {"id": "notes"}},
            ],
            {
                "metadata.additional_descriptions": [{"description": "<p>a</p>", "type": "notes"}],
                "metadata.notes": "<p>b</p>",
            },
        ),
        (
            [
                {"description": "<p>a</p>", "type": {"id": "notes"}},
                {"description": "<p>b</p>", "type": {"id": "methods"}},
            ],
            {
                "metadata.additional_descriptions": [
                    {"description": "<p>a</p>", "type": "notes"},
                    {"description": "<p>b</p>", "type": "methods"},
                ],
                "metadata.notes": "",
            },
        ),
    ],
)
def test_notes_and_other_descriptions(stored: Json, words: dict[str, Json]) -> None:
    name = "metadata.additional_descriptions"

    assert config_words(name, stored) == words
    assert sent_fields(configuration(words)) == {name: stored}


def test_subjects_come_before_keywords() -> None:
    stored: Json = [{"subject": "a"}, {"id": "x:1", "subject": "X"}, {"subject": "b"}]
    body: dict[str, Json] = {"metadata": {"subjects": stored}}

    assert held(body, "metadata.keywords") == stored
    assert sendable(body) == {
        "metadata.subjects": [{"subject": "a"}, {"id": "x:1"}, {"subject": "b"}]
    }
    assert Normal(sendable(body)) == {
        "metadata.subjects": [{"id": "x:1"}, {"subject": "a"}, {"subject": "b"}]
    }


def test_fields_are_found_by_keys() -> None:
    assert field_of("metadata.license").name == "metadata.rights"
    assert field_of("metadata.keywords") is field_of("metadata.subjects")
    assert field_of("custom_fields.dwc:genus").name == "custom_fields.dwc:genus"
    assert {field.heading for field in fields().values()} > {"Licence", "Keywords", "Journal"}


def everything() -> dict[str, Any]:
    """Return a configuration with all keys, with ids that the test server has."""
    config: dict[str, Any] = {}
    for row in yaml.safe_load(STORED.read_text(encoding="utf-8")):
        for name, value in yaml.safe_load(row["config"]).items():
            if isinstance(value, dict) and name in ("metadata", "custom_fields"):
                config.setdefault(name, {}).update(value)
            else:
                config[name] = value
    del config["description"], config["path_readme"]
    for field in fields().values():
        (*_, bound) = field.keys
        if bound.path.startswith("custom_fields."):
            put(config, bound.path, example(field, bound))
    return {**config, "paths": ["a.txt"], "default_preview": "a.txt"}


@pytest.mark.server
def test_everything_is_sent_and_adopted(workspace: Workspace) -> None:
    add_subject(workspace.rdm)
    workspace.write(a_txt="aaa")
    workspace.config |= everything()
    result = workspace.synced()
    assert result.err == ""
    mine = parse_leniently((workspace.folder / "zenodo.yaml").read_bytes(), "zenodo.yaml")[0]
    record = workspace.record_id
    (workspace.folder / "again").mkdir()

    result = workspace.run(
        "adopt",
        record,
        "again/zenodo.yaml",
        *("--endpoint", workspace.rdm.endpoint),
        *("--path-token", str(workspace.rdm.token_file)),
    )

    assert (result.status, result.err) == (0, "")
    text = (workspace.folder / "again" / "zenodo.yaml").read_bytes()
    theirs = parse_leniently(text, "zenodo.yaml")[0]
    html = description((workspace.folder / "again" / "README.html").read_text(), is_html=True).html
    found = {name: value for name, value in sent_fields(theirs, html).items() if value is not None}
    assert found == Desired(sent_fields(mine), {}).beside(NoRecord()).fields
    every = [bound for field in fields().values() for bound in field.keys]
    assert [bound.path for bound in every if bound.value(mine) is None] == []
