"""The configuration as records, and what is said about its mistakes."""

import json
import subprocess
import sys
from datetime import date

import attrs
import pytest

from stepup_zenodo.config.access import Access, Embargo, embargo_problems
from stepup_zenodo.config.configuration import Config
from stepup_zenodo.config.customfields import ArticleJournal, Imprint, Meeting, Thesis
from stepup_zenodo.config.endpoints import checked_endpoint
from stepup_zenodo.config.file import listed_paths, parse_config
from stepup_zenodo.config.identifiers import Identifier
from stepup_zenodo.config.ids import UnknownTerm
from stepup_zenodo.config.locations import Geometry, Location
from stepup_zenodo.config.metadata import Metadata
from stepup_zenodo.config.paths import ListedPath
from stepup_zenodo.config.people import Affiliation, Contributor, Person
from stepup_zenodo.config.reading import At, Reading
from stepup_zenodo.config.related import Related, RelatedSource
from stepup_zenodo.config.structs import Key, keys
from stepup_zenodo.config.works import (
    AdditionalDescription,
    AdditionalTitle,
    Award,
    ChangelogNotes,
    Dated,
    Funder,
    Funding,
    OwnLicense,
    Reference,
)
from stepup_zenodo.document.parse import read_document
from stepup_zenodo.errors import Invalid, Place

from .expected import told


def metadata(text: str) -> Metadata:
    return parse_config(f"metadata: {{{text}}}", "c.yaml").metadata


def test_defaults() -> None:
    config = parse_config("metadata: {}", "c.yaml")
    assert config == Config(file="c.yaml")
    assert config.path_record_id == ".zenodo-record-id.txt"
    assert config.endpoint == "https://sandbox.zenodo.org/api"
    assert config.workers == 8
    assert config.metadata == Metadata()


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("title: 2026", "title", "2026"),
        ("title: yes", "title", "yes"),
        ("version: '1.0'", "version", "1.0"),
        ("version: ''", "version", ""),
        ("version: v1.2", "version", "v1.2"),
        ("publication_date: 2026-03-01", "publication_date", "2026-03-01"),
        ("description: '  A <b>bold</b> text.  '", "description", "A <b>bold</b> text."),
        ("keywords: one", "keywords", ("one",)),
        ("keywords: [1.50, no, 2026-03-01]", "keywords", ("1.50", "no", "2026-03-01")),
        ("keywords: []", "keywords", ()),
        ("subjects: ['a:1', {id: 'b:2'}]", "subjects", ("a:1", "b:2")),
        ("license: CC-BY-4.0", "license", ("cc-by-4.0",)),
        ("licence: [mit, {id: Apache-2.0}]", "license", ("mit", "apache-2.0")),
        ("rights: {title: Own}", "license", (OwnLicense(title="Own"),)),
        ("resource_type: {id: Software}", "resource_type", "software"),
        ("resource_type: publication-thesis", "resource_type", "publication-thesis"),
        ("copyright: ''", "copyright", ""),
        ("creators: {name: 'Curie, '}", "creators", (Person(family_name="Curie"),)),
        (
            "creators: {name: 'van der Berg, Jan, Jr.'}",
            "creators",
            (Person(family_name="van der Berg", given_name="Jan, Jr."),),
        ),
        (
            "creators: {organisation: CERN, affiliation: Geneva}",
            "creators",
            (Person(organization="CERN", affiliations=(Affiliation(name="Geneva"),)),),
        ),
        (
            "creators: {family_name: A, affiliations: [{id: 'https://ror.org/05GQ02987'}]}",
            "creators",
            (Person(family_name="A", affiliations=(Affiliation(ror="05gq02987"),)),),
        ),
        ("identifiers: {}", "identifiers", ()),
        ("identifiers: 10.1234/a", "identifiers", (Identifier("doi", "10.1234/a"),)),
        (
            "identifiers: {scheme: DOI, identifier: 'doi:10.1234/a'}",
            "identifiers",
            (Identifier("doi", "10.1234/a"),),
        ),
        (
            "identifiers: [arxiv: 2101.12340, pmid: 12082125, {identifier: 'urn:a:b'}]",
            "identifiers",
            (
                Identifier("arxiv", "arXiv:2101.12340"),
                Identifier("pmid", "12082125"),
                Identifier("urn", "urn:a:b"),
            ),
        ),
        (
            "related_identifiers: {identifier: 10.1234/a, relation_type: {id: isCitedBy}}",
            "related",
            (Related("10.1234/a", "iscitedby", "doi"),),
        ),
        (
            "funding: {funder: {id: 00k4n6c32}, award: {id: '00k4n6c32::1'}}",
            "funding",
            (Funding(Funder(ror="00k4n6c32"), Award(id="00k4n6c32::1")),),
        ),
        (
            "funding: {funder: A, award: {number: 0123}}",
            "funding",
            (Funding(Funder(name="A"), Award(number="0123")),),
        ),
        ("language: [ENG]", "languages", ("eng",)),
        ("notes: {path_changelog: CHANGELOG.md}", "notes", ChangelogNotes("CHANGELOG.md")),
        ("notes: ''", "notes", ""),
        (
            "locations: {features: [{geometry: {type: Point, coordinates: [4, 5.5]}}]}",
            "locations",
            (Location(geometry=Geometry("Point", (4.0, 5.5))),),
        ),
    ],
)
def test_metadata(text: str, field: str, expected: object) -> None:
    result = metadata(text)
    assert getattr(result, field) == expected
    assert result == Metadata(**{field: expected})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("workers: 16", Config(workers=16)),
        ("endpoint: HTTP://127.0.0.1:5000/api/", Config(endpoint="http://127.0.0.1:5000/api")),
        ("community: https://zenodo.org/communities/abc/", Config(community="abc")),
        ("community: ''", Config(community="")),
        ("default_preview: sub/a.pdf", Config(default_preview="a.pdf")),
        ("default_preview: ''", Config(default_preview="")),
        ("code_repository: ''", Config(code_repository="")),
        ("development_status: ''", Config(development_status="")),
        ("programming_languages: Python", Config(programming_languages=("python",))),
        ("rights_holder: [A, B]", Config(rights_holder=("A", "B"))),
        ("journal: {}", Config(journal=ArticleJournal())),
        ("journal: {issue: 3}", Config(journal=ArticleJournal(issue="3"))),
        ("thesis: {date_defended: 2026~}", Config(thesis=Thesis(date_defended="2026~"))),
        ("description: ''", Config(metadata=Metadata(description=""))),
        ("metadata: {description: abc}", Config(metadata=Metadata(description="abc"))),
        ("access: {files: Restricted}", Config(access=Access(files="restricted"))),
        (
            "access: {record: public, embargo: {active: yes, until: 2090-01-01}}",
            Config(
                access=Access(
                    files="restricted",
                    record="public",
                    embargo=Embargo(until="2090-01-01", active=True),
                )
            ),
        ),
        (
            "access: {embargo: {}}",
            Config(access=Access(files="public", embargo=Embargo(active=False))),
        ),
        (
            (
                "custom_fields: {'code:codeRepository': https://example.org/a, "
                "'code:programmingLanguage': [{id: python}], 'code:developmentStatus': {id: wip}, "
                "'journal:journal': {volume: 1}, 'dwc:genus': [A, B], 'gbif:ampliconSize': 3}"
            ),
            Config(
                code_repository="https://example.org/a",
                programming_languages=("python",),
                development_status="wip",
                journal=ArticleJournal(volume="1"),
                custom_fields=(("dwc:genus", ("A", "B")), ("gbif:ampliconSize", (3,))),
            ),
        ),
    ],
)
def test_top_level(text: str, expected: Config) -> None:
    assert parse_config(text, "c.yaml") == attrs.evolve(expected, file="c.yaml")


def test_syntaxes_agree() -> None:
    yaml = """\
paths: [a.csv, ../b.csv]
metadata:
  title: Abc
  license: mit
  creators:
    - {name: "Curie, Marie", identifiers: {orcid: 0000-0002-1825-0097}}
    - {organization: CERN}
  dates: {date: 2026-03-01, type: created}
  funding: {funder: A, award: {number: 12.50}}
workers: 2
"""
    toml = """\
paths = ["a.csv", "../b.csv"]
workers = 2
[metadata]
title = "Abc"
license = "mit"
dates = {date = 2026-03-01, type = "created"}
funding = {funder = "A", award = {number = 12.50}}
[[metadata.creators]]
name = "Curie, Marie"
identifiers.orcid = "0000-0002-1825-0097"
[[metadata.creators]]
organization = "CERN"
"""
    json = """\
{"paths": ["a.csv", "../b.csv"], "workers": 2, "metadata": {"title": "Abc", "license": "mit",
 "dates": {"date": "2026-03-01", "type": "created"},
 "funding": {"funder": "A", "award": {"number": 12.50}},
 "creators": [{"name": "Curie, Marie", "identifiers": {"orcid": "0000-0002-1825-0097"}},
              {"organization": "CERN"}]}}
"""
    configs = [
        parse_config(yaml, "c.yaml"),
        parse_config(toml, "c.toml"),
        parse_config(json, "c.json"),
    ]
    assert len({config.metadata for config in configs}) == 1
    assert [[path.path for path in config.paths or ()] for config in configs] == [
        ["a.csv", "../b.csv"]
    ] * 3
    where = ["metadata.creators[1].organization", "metadata.creators[0].identifiers.orcid"]
    assert [[str(config.place(path)) for path in where] for config in configs] == [
        ["c.yaml:7:22", "c.yaml:6:51"],
        ["c.toml:12:16", "c.toml:10:21"],
        ["c.json:5:32", "c.json:4:65"],
    ]


def test_problems_of_syntax_and_meaning_together() -> None:
    allowed = ", ".join(declared.name for declared in keys(Config))
    assert told("workers: 0\nworkers: 1\n2: 3\nxyz: !a b") == [
        "c.yaml:1:10: workers: found the whole number 0, expected a whole number from 1 to 16",
        "c.yaml:2:1: the key workers is given twice, first in line 1 (remove one of them)",
        "c.yaml:3:1: the key 2 is a whole number, not a text (put the key in quotes)",
        f'c.yaml:4:1: the key "xyz" is unknown (allowed are {allowed})',
        "c.yaml:4:6: the tag !a is not supported (write the value without it)",
    ]


def test_terms_of_newer_servers() -> None:
    text = "metadata: {license: [new-1.0, newer-1.0], languages: qqq}"
    with pytest.raises(Invalid) as info:
        parse_config(text, "c.yaml")
    unknown = [problem for problem in info.value.problems if isinstance(problem, UnknownTerm)]
    assert [(problem.vocabulary, problem.id) for problem in unknown] == [
        ("licenses", "new-1.0"),
        ("licenses", "newer-1.0"),
        ("languages", "qqq"),
    ]
    known = {"licenses": {"new-1.0", "newer-1.0"}, "languages": ["qqq"]}
    result = parse_config(text, "c.yaml", known=known).metadata
    assert result == Metadata(license=("new-1.0", "newer-1.0"), languages=("qqq",))


PLACES = """\
metadata:
  title: Abc
  rights: mit
  creators:
    family_name: Curie
    identifiers:
      isni: 0000-0001-2103-2683
      orcid: 0000-0002-1825-0097
custom_fields:
  journal:journal: {volume: 1}
path_readme: README.md
"""


@pytest.mark.parametrize(
    ("where", "written", "place"),
    [
        ("metadata.title", "metadata.title", (2, 10)),
        ("metadata.version", "metadata.version", (2, 3)),
        ("metadata.license[0]", "metadata.rights", (3, 11)),
        ("metadata.license[1].title", "metadata.rights[1].title", (3, 11)),
        ("metadata.creators[0].given_name", "metadata.creators.given_name", (5, 5)),
        (
            "metadata.creators[0].identifiers[1]",
            "metadata.creators.identifiers.orcid",
            (8, 14),
        ),
        ("metadata.creators[0].identifiers.orcid", "metadata.creators.identifiers.orcid", (7, 7)),
        ("metadata.creators.identifiers.orcid", "metadata.creators.identifiers.orcid", (8, 14)),
        ("journal.volume", "custom_fields.journal:journal.volume", (10, 29)),
        ("journal.issue", "custom_fields.journal:journal.issue", (10, 20)),
        ("metadata.description", "path_readme", (11, 14)),
        ("access.files", "access.files", (1, 1)),
        ("", "", (1, 1)),
    ],
)
def test_place(where: str, written: str, place: tuple[int, int]) -> None:
    config = parse_config(PLACES, "c.yaml")
    assert config.written(where) == written
    assert config.place(where) == Place("c.yaml", *place)


def test_place_without_file() -> None:
    assert Config().place("metadata.title") is None
    assert Config().written("metadata.title") == "metadata.title"


def test_paths() -> None:
    config = parse_config("paths:\n- a.csv\n- ../sub/b*.csv\n- /c/e\u0301 ?#%.csv", "c.yaml")
    assert config.paths == (
        ListedPath("a.csv", "a.csv", Place("c.yaml", 2, 3), "paths[0]"),
        ListedPath("../sub/b*.csv", "b*.csv", Place("c.yaml", 3, 3), "paths[1]"),
        ListedPath("/c/e\u0301 ?#%.csv", "\u00e9 ?#%.csv", Place("c.yaml", 4, 3), "paths[2]"),
    )
    assert listed_paths(("x/d.csv",), config) == (ListedPath("x/d.csv", "d.csv"),)


def test_paths_of_arguments() -> None:
    config = parse_config("paths: [a.csv]", "c.yaml")
    with pytest.raises(Invalid) as info:
        listed_paths(("b/a.csv", "c/", "bad\udcff", *(f"f{i}" for i in range(97))), config)
    assert info.value.lines() == [
        (
            '"b/a.csv" and "a.csv" have the same name '
            "(a record has no folders: rename a file, or list an archive of the folder)"
        ),
        '"c/" is a folder, expected a file (list the files in it, or an archive of them)',
        'the name of "bad\\udcff" has control characters (rename the file)',
        "101 files are listed, a record takes at most 100 (list an archive of them)",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://zenodo.org/api", "https://zenodo.org/api"),
        ("https://Zenodo.ORG/api//", "https://zenodo.org/api"),
        ("http://localhost:5000/api", "http://localhost:5000/api"),
        ("http://[::1]:5000/api", "http://[::1]:5000/api"),
        ("https://example.org/sub/api", "https://example.org/sub/api"),
    ],
)
def test_endpoint(text: str, expected: str) -> None:
    assert checked_endpoint(text) == expected


@pytest.mark.parametrize("host", ["sandbox..zenodo.org", ".org", "x" * 64 + ".org"])
def test_endpoints_that_are_no_hosts(host: str) -> None:
    with pytest.raises(Invalid) as info:
        checked_endpoint(f"https://{host}/api")

    assert f"cannot be the endpoint: {host} is no host" in str(info.value)


def test_endpoint_of_argument() -> None:
    with pytest.raises(Invalid) as info:
        checked_endpoint("http://zenodo.org/api")
    assert info.value.lines() == [
        (
            'endpoint: "http://zenodo.org/api" cannot be the endpoint: '
            "the token would be sent without encryption (begin with https://)"
        )
    ]


def test_embargo() -> None:
    access = parse_config("access: {embargo: 2030-01-02}", "c.yaml").access
    place = Place("c.yaml", 1, 19)
    assert embargo_problems(access, date(2030, 1, 1), place) == ()
    assert [str(problem) for problem in embargo_problems(access, date(2030, 1, 2), place)] == [
        (
            "c.yaml:1:19: access.embargo.until: found the day 2030-01-02, expected one after "
            "today, 2030-01-02 (the embargo is over: remove it)"
        )
    ]
    assert embargo_problems(None, date(2030, 1, 1)) == ()
    assert embargo_problems(Access(), date(2030, 1, 1)) == ()


RECORDS = (
    Config, Metadata, Access, Embargo, ArticleJournal, Meeting, Imprint, Thesis, Person,
    Contributor, Affiliation, OwnLicense, Related, RelatedSource, Reference, Funding, Funder,
    Award, Dated,    AdditionalTitle, AdditionalDescription, ChangelogNotes, Location, Geometry,
)  # fmt: skip


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(declared, id=f"{cls.__name__}.{declared.name}")
        for cls in RECORDS
        for declared in keys(cls)
    ],
)
def test_keys_explain_themselves(declared: Key) -> None:
    document = read_document(json.dumps({declared.name: declared.example}), "c.json")
    reading = Reading()
    entry = document.root.entries[0]
    declared.kind.read(entry.value, At(reading, "", "", entry.place).key(declared.name, entry))
    assert reading.problems == []
    assert declared.doc[0].isupper()
    assert declared.doc.endswith(".")
    assert declared.kind.words != ""


def test_light_import() -> None:
    code = """
import sys, stepup_zenodo.record.desired
print(*sorted(set(sys.modules) & set(sys.argv[1:])))"""
    heavy = ("ftfy", "idutils", "markdown_it", "requests")
    command = (sys.executable, "-c", code, *heavy)
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert output == "\n"
