"""Whatever stands in files of others, a valid configuration is made of it, and nothing is lost."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_zenodo.config.file import parse_config
from stepup_zenodo.config.template import without_mistakes
from stepup_zenodo.takeover.citationcff import from_citation
from stepup_zenodo.takeover.codemeta import from_codemeta
from stepup_zenodo.takeover.common import Taken, summed_up
from stepup_zenodo.takeover.pyprojecttoml import from_pyproject
from stepup_zenodo.takeover.zenodojson import from_zenodo_json

Reader = Callable[[Mapping[str, Any]], Taken]
FOLDER = Path(__file__).parent / "takeover"


def inside_project(data: Mapping[str, Any]) -> Taken:
    return from_pyproject({"project": {**data, "name": data.get("name", "levels")}})


CFF = """abstract authors cff-version commit contact date-released doi identifiers keywords license
license-url message preferred-citation references repository-code title type url version"""
ZENODO = """access_right communities conference_title contributors creators custom dates description
doi embargo_date grants image_type imprint_isbn imprint_publisher journal_title keywords language
license locations metadata method notes partof_title prereserve_doi publication_date
publication_type references related_identifiers subjects thesis_supervisors title upload_type
version"""
CODEMETA = """@context @id @type author citation codeRepository contributor copyrightHolder creator
dateCreated datePublished description developmentStatus editor funder funding hasPart identifier
inLanguage isPartOf keywords license maintainer name programmingLanguage publisher
referencePublication releaseNotes softwareVersion url version"""
PYTHON = """authors classifiers dependencies description documentation dynamic homepage keywords
license maintainers name readme repository scripts urls version"""
READERS: Mapping[str, tuple[Reader, list[str]]] = {
    "cff": (from_citation, CFF.split()),
    "zenodo": (from_zenodo_json, ZENODO.split()),
    "codemeta": (from_codemeta, CODEMETA.split()),
    "python": (inside_project, PYTHON.split()),
}

WORDS = (
    *("", " ", "a", "Curie, Marie", "0000-0002-1825-0097", "10.1234/a", "10.5281/zenodo.1"),
    *("https://orcid.org/0000-0002-1825-0098", "https://example.org", "doi", "MIT", "2026-03-01"),
    *("a: b\n\n  c \x00 # d", "Ê\u200b'\"\\", "embargoed", "publication", "Collected", "a::b"),
    *("dwc:genus", "GPL-3.0 OR MIT", "isAlternateIdentifier", "777541", "Person", "Organization"),
)
INNER = (
    *("name", "family-names", "given-names", "alias", "orcid", "affiliation", "type", "value"),
    *("identifier", "relation", "id", "@id", "@type", "familyName", "email", "title", "doi"),
    *("authors", "year", "start", "end", "lat", "lon", "place", "term", "text", "file", "url"),
    *("code:codeRepository", "dwc:genus", "a.b[0]", "@list", "@value", "funder", "givenName"),
)


def shapes(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(INNER) | st.text(max_size=3), inner, max_size=4)
        ),
        max_leaves=12,
    )


ANYTHING = shapes(st.none() | st.booleans() | st.sampled_from(WORDS) | st.text(max_size=8))


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
@settings(max_examples=40)
def test_anything_gives_a_valid_configuration(kind: str, data: st.DataObject) -> None:
    reader, known = READERS[kind]
    source = data.draw(st.dictionaries(st.sampled_from(known), ANYTHING, max_size=8))
    taken = reader(source)

    text, removed = without_mistakes(taken.config, "zenodo.yaml")

    assert parse_config(text, "zenodo.yaml").file == "zenodo.yaml"
    for line in (*taken.left(removed), *removed, *taken.guessed()):
        assert line.strip()


def leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield all values with their paths."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def is_named(path: str, lines: list[str]) -> bool:
    """Return whether a message names a path, what it belongs to, or more of its kind."""
    ends = [match.start() for match in re.finditer(r"[.\[]", path)] + [len(path)]
    for above in (path[:end] for end in ends if end):
        for line in lines:
            if re.search(rf"(?:^|, ){re.escape(above)}(?=[ :,])", line):
                return True
            first = line.partition(" ")[0].rstrip(",:")
            if re.search(r" and \d+ more: ", line) and kind_of(first) == kind_of(above):
                return True
    return False


def kind_of(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def numbered(value: object, count: Iterator[int]) -> object:
    """Return a value in which every text, number and word is another one."""
    if isinstance(value, Mapping):
        return {key: numbered(item, count) for key, item in value.items()}
    if isinstance(value, list):
        return [numbered(item, count) for item in value]
    if isinstance(value, str):
        return value.replace("%", str(next(count)))
    return 7_000_000 + next(count) if isinstance(value, int) and value > 1 else value


def counted() -> Iterator[int]:
    number = 1000
    while True:
        yield number
        number += 1


TEMPLATES = st.sampled_from(
    (
        *("Word% word", "W%", "Last%, First", "Ada Last%", "Team% team", "https://example.org/p%"),
        *("10.1234/p%", "10.5281/zenodo.%", "MIT%", "en%", "%", "%::%", "a%, b", "2026-03-01T%"),
    )
)
DISTINCT = shapes(st.booleans() | st.just(2) | TEMPLATES)
MARK = re.compile(r"\d{4,}")


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
@settings(max_examples=25)
def test_nothing_is_lost_in_silence(kind: str, data: st.DataObject) -> None:
    """Each value has a number of its own, which is in the configuration, or its path is named."""
    reader, known = READERS[kind]
    shape = data.draw(st.dictionaries(st.sampled_from(known), DISTINCT, max_size=5))
    check_nothing_is_lost(reader, shape, "project" if kind == "python" else "")


def check_nothing_is_lost(reader: Reader, shape: dict[str, Any], prefix: str) -> None:
    source = numbered(shape, counted())
    assert isinstance(source, dict)
    taken = reader(source)
    _, removed = without_mistakes(taken.config, "zenodo.yaml")
    said = summed_up(removed)
    lines = [*taken.left(said), *said]
    held = json.dumps(taken.config, ensure_ascii=False)

    lost = [
        (path, value)
        for path, value in leaves(source, prefix)
        if str(value) not in STRUCTURE
        if not is_told(value, held, lines)
        if not is_named(path, lines) and not is_named(path.replace(".@list", ""), lines)
    ]

    assert lost == [], "\n".join([*lines, held])


STRUCTURE = frozenset(
    [
        "Person",
        "Organization",
        "Grant",
        "cites",
        "isAlternateIdentifier",
        "article",
        "report",
        "doi",
        "url",
    ]
)
"""Words without a number, which are expressed by where a value goes."""


def last_of(path: str) -> str:
    return path.rpartition(".")[2]


def words_of(value: object) -> list[str]:
    return re.findall(r"\w+", bare(value).casefold())


def bare(value: object) -> str:
    """Return a value; the address of an identifier says no more than the identifier."""
    return re.sub(r"^https?://(?:orcid|ror|doi)\.org/", "", str(value))


def several(item: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return what stands for items in files of people: one of them, or a list."""
    return item | st.lists(item, max_size=4) | st.builds(lambda i: [i] * 5, item)


def object_with(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {}, optional={key.replace("_", "-"): value for key, value in keys.items()}
    )


TEXT = several(TEMPLATES)
CFF_PERSON = object_with(
    family_names=TEXT, given_names=TEXT, name=TEXT, orcid=TEXT, affiliation=TEXT, email=TEXT
)
CFF_WORK = object_with(
    type=st.sampled_from(("article", "report")),
    title=TEXT,
    authors=several(CFF_PERSON),
    year=st.just(2),
    doi=TEXT,
    url=TEXT,
    journal=TEXT,
    version=TEXT,
    publisher=object_with(name=TEXT, city=TEXT),
    identifiers=several(object_with(type=st.sampled_from(("doi", "url")), value=TEXT)),
)
ZENODO_PERSON = TEMPLATES | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("name", "orcid", "gnd", "affiliation", "type", "email"), TEXT)
)
LD_ORGANIZATION = TEMPLATES | st.fixed_dictionaries(
    {}, optional={"@type": st.just("Organization"), "@id": TEMPLATES, "name": TEXT}
)
LD_PERSON = LD_ORGANIZATION | st.fixed_dictionaries(
    {"@type": st.just("Person")},
    optional={
        **dict.fromkeys(("@id", "name", "givenName", "familyName", "email"), TEXT),
        "affiliation": several(LD_ORGANIZATION),
    },
)
LICENCE = TEMPLATES | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "name", "url", "identifier"), TEMPLATES)
)
DOCUMENTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "cff": {
        "authors": several(CFF_PERSON),
        "contact": several(CFF_PERSON),
        "references": several(CFF_WORK),
        "preferred-citation": CFF_WORK,
        "license": several(LICENCE),
        "identifiers": several(object_with(type=TEMPLATES, value=TEXT, description=TEXT)),
        "url": TEXT,
        "abstract": TEXT,
    },
    "zenodo": {
        "creators": several(ZENODO_PERSON),
        "contributors": several(ZENODO_PERSON),
        "license": several(LICENCE),
        "communities": several(TEMPLATES | st.fixed_dictionaries({"identifier": TEMPLATES})),
        "grants": several(TEMPLATES | st.fixed_dictionaries({"id": TEMPLATES})),
        "related_identifiers": several(
            object_with(identifier=TEXT, scheme=TEMPLATES)
            | st.fixed_dictionaries({"identifier": TEXT, "relation": st.just("cites")})
            | st.fixed_dictionaries({"identifier": TEXT, "relation": TEMPLATES})
            | st.fixed_dictionaries(
                {"identifier": TEMPLATES, "relation": st.just("isAlternateIdentifier")}
            )
        ),
        "dates": several(object_with(start=TEXT, end=TEXT, type=TEMPLATES, description=TEXT)),
        "locations": several(object_with(place=TEXT, lat=st.just(2), lon=st.just(2))),
        "subjects": several(object_with(term=TEXT, identifier=TEXT, scheme=TEXT)),
    },
    "codemeta": {
        "author": several(LD_PERSON) | st.fixed_dictionaries({"@list": st.lists(LD_PERSON)}),
        "maintainer": several(LD_PERSON),
        "license": several(LICENCE),
        "funder": several(LD_ORGANIZATION),
        "funding": several(
            TEMPLATES
            | st.fixed_dictionaries(
                {"@type": st.just("Grant")},
                optional={"name": TEXT, "identifier": TEXT, "funder": several(LD_ORGANIZATION)},
            )
        ),
        "citation": several(LD_ORGANIZATION),
        "referencePublication": several(LD_ORGANIZATION),
        "copyrightHolder": several(LD_ORGANIZATION),
        "programmingLanguage": several(LD_ORGANIZATION),
        "codeRepository": several(LD_ORGANIZATION),
        "description": TEXT,
        "datePublished": TEXT,
    },
    "python": {
        "name": TEXT,
        "description": TEXT,
        "authors": several(TEMPLATES | object_with(name=TEXT, email=TEXT)),
        "maintainers": several(TEMPLATES | object_with(name=TEXT, email=TEXT)),
        "license": TEMPLATES | object_with(text=TEXT, file=TEXT),
        "classifiers": several(
            st.sampled_from(("Topic :: T%", "License :: L%", "Programming Language :: P%"))
        ),
        "urls": st.dictionaries(
            st.sampled_from(("Homepage", "Source", "Code", "Issues")), TEMPLATES
        ),
        "readme": TEXT | object_with(file=TEXT, text=TEXT),
    },
}
"""Values as they stand in files of people, by the keys of each kind of file."""


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
@settings(max_examples=25)
def test_nothing_of_a_usual_file_is_lost(kind: str, data: st.DataObject) -> None:
    reader, _ = READERS[kind]
    shape = data.draw(st.fixed_dictionaries({}, optional=dict(DOCUMENTS[kind])))
    check_nothing_is_lost(reader, shape, "project" if kind == "python" else "")


def is_told(value: object, held: str, lines: list[str]) -> bool:
    marks = MARK.findall(value if isinstance(value, str) else str(value))
    return bool(marks) and all(
        mark in held or any(mark in line for line in lines) for mark in marks
    )


def written_whole(value: object, config: Mapping[str, Any]) -> bool:
    wanted = bare(value).rstrip("/")
    return any(wanted in str(leaf) for _, leaf in leaves(config, ""))


def is_there(value: object, config: Mapping[str, Any]) -> bool:
    """Return whether all words of a value are in one field, or in one item of it."""
    fields = [*config["metadata"].items(), *config.items()]
    parts = [
        part
        for key, field in fields
        if key != "metadata"
        for part in (field if isinstance(field, list) and key != "keywords" else [field])
    ]
    found = ([word for _, leaf in leaves(part, "") for word in words_of(leaf)] for part in parts)
    return any(set(words).issuperset(words_of(value)) for words in found)


CASES = [
    *sorted(path for path in FOLDER.glob("*/CITATION.cff")),
    *sorted(path for path in FOLDER.glob("*/.zenodo.json")),
    *sorted(path for path in FOLDER.glob("*/codemeta.json")),
    *sorted(path for path in FOLDER.glob("*/pyproject.toml")),
]

IN_OTHER_WORDS = {
    *("type", "@type", "relation", "access_right", "classifiers", "license", "spdx_id", "scheme"),
    *("upload_type", "resource_type", "language", "inLanguage", "id", "grants", "identifier"),
    *("developmentStatus", "datePublished", "lat", "lon", "license.name", "tool.poetry.authors"),
}
"""Keys whose values are ids or numbers of others, for which the expected results are looked at."""


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_nothing_of_the_examples_is_lost(path: Path) -> None:
    """Every word of every value is in the configuration, or the value or its path is named."""
    text = path.read_text(encoding="utf-8")
    source: dict[str, Any]
    if path.suffix == ".cff":
        source = yaml.load(text, yaml.BaseLoader)
    else:
        source = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    written = yaml.safe_load((path.parent / "zenodo.yaml").read_text(encoding="utf-8"))
    lines = (path.parent / "output.txt").read_text(encoding="utf-8").splitlines()
    left = [part[2] for line in lines if (part := line.partition("not taken over: "))[1]]

    lost = [
        (where, value)
        for where, value in leaves(source, "")
        if not is_named(where, left)
        and not any(bare(value).casefold() in line.casefold() for line in left)
        and IN_OTHER_WORDS.isdisjoint((kind := kind_of(where).replace("[]", ""), last_of(kind)))
        and not (
            written_whole(value, written) if "://" in bare(value) else is_there(value, written)
        )
    ]

    assert lost == []
