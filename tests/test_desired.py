"""The configuration as the values that are sent, and the way back from errors of the server."""

import json
from datetime import date
from pathlib import Path

import attrs
import pytest

from stepup_zenodo.config.configuration import Config
from stepup_zenodo.config.fieldpaths import config_path
from stepup_zenodo.config.fields import Normal, sent_fields
from stepup_zenodo.config.file import parse_config
from stepup_zenodo.config.scalars import html_text
from stepup_zenodo.errors import Invalid, Place
from stepup_zenodo.jsontypes import Json
from stepup_zenodo.record.desired import Desired, draft_defaults
from stepup_zenodo.record.observed import NoRecord, Record

CONFIGS = Path(__file__).parent / "configs"


def fields(text: str, description: str | None = None, notes: str | None = None) -> Normal:
    return sent_fields(parse_config(text, "c.yaml"), description, notes)


DRAFT = Record(
    "2",
    "1",
    is_draft=True,
    is_published=False,
    is_latest=False,
    has_next_draft=False,
    status="draft",
    revision=1,
    fields=Normal({}),
    files={},
    doi="",
    concept_doi="",
    html="",
)
CLOSED: Json = {"record": "restricted", "files": "restricted"}
OPEN: Json = {"record": "public", "files": "public"}


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("access: {files: restricted}", NoRecord(), {"record": "public", "files": "restricted"}),
        ("access: {files: restricted}", CLOSED, CLOSED),
        ("access: {files: public}", CLOSED, {"record": "restricted", "files": "public"}),
        ("access: {files: public, record: public}", CLOSED, OPEN),
        ("access: {files: public}", OPEN, OPEN),
        ("metadata: {title: A title}", CLOSED, None),
    ],
)
def test_a_record_is_not_opened_by_the_way(text: str, now: Json | NoRecord, expected: Json) -> None:
    observed: Record | NoRecord
    if isinstance(now, NoRecord):
        observed = now
    else:
        observed = attrs.evolve(DRAFT, fields=Normal({"access": now}))

    assert Desired(fields(text), {}).beside(observed).fields.get("access") == expected


def test_the_draft_of_a_new_version_gets_a_date_where_the_server_gives_none() -> None:
    date = "metadata.publication_date"
    wanted = Desired(Normal({}), {}, {date: "2026-11-28"})
    started = attrs.evolve(DRAFT, status="new_version_draft")
    dated = attrs.evolve(started, fields=Normal({date: "2026-11-27"}))
    given = attrs.evolve(wanted, fields=Normal({date: "2025"}))

    assert wanted.beside(started).fields == {date: "2026-11-28"}
    assert wanted.beside(dated).fields == {}
    assert wanted.beside(DRAFT).fields == {}
    assert given.beside(started).fields == {date: "2025"}


def test_every_field() -> None:
    config = parse_config((CONFIGS / "full.yaml").read_bytes(), "full.yaml")
    expected = json.loads((CONFIGS / "full.json").read_text(encoding="utf-8"))
    assert Desired(sent_fields(config, None), {}).beside(NoRecord()).fields == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("paths: a", {}),
        (
            "metadata: {version: '', keywords: [], license: [], copyright: '', locations: []}",
            {
                "metadata.version": None,
                "metadata.subjects": None,
                "metadata.rights": None,
                "metadata.copyright": None,
                "metadata.locations": None,
            },
        ),
        (
            "metadata: {description: '', notes: '', related: [], identifiers: {}, sizes: []}",
            {
                "metadata.description": None,
                "metadata.related_identifiers": None,
                "metadata.identifiers": None,
                "metadata.additional_descriptions": None,
                "metadata.sizes": None,
            },
        ),
        (
            (
                "{code_repository: '', programming_languages: [], development_status: '', "
                "journal: {}, rights_holder: [], custom_fields: {'dwc:genus': []}}"
            ),
            {
                "custom_fields.code:codeRepository": None,
                "custom_fields.code:programmingLanguage": None,
                "custom_fields.code:developmentStatus": None,
                "custom_fields.journal:journal": None,
                "custom_fields.dc:rightsHolder": None,
                "custom_fields.dwc:genus": None,
            },
        ),
        (
            "access: {files: public}",
            {"access": {"files": "public"}},
        ),
        (
            "access: {embargo: {active: false}}",
            {"access": {"files": "public"}},
        ),
        (
            "metadata: {license: [{title: Own}, mit], keywords: k, subjects: s}",
            {
                "metadata.rights": [{"title": {"en": "Own"}}, {"id": "mit"}],
                "metadata.subjects": [{"id": "s"}, {"subject": "k"}],
            },
        ),
        (
            (
                "metadata: {related: {identifier: 10.1234/a, relation_type: cites, "
                "resource_type: publication-thesis}}"
            ),
            {
                "metadata.related_identifiers": [
                    {
                        "scheme": "doi",
                        "identifier": "10.1234/a",
                        "relation_type": {"id": "cites"},
                        "resource_type": {"id": "publication-dissertation"},
                    }
                ]
            },
        ),
        (
            (
                "metadata: {notes: <b>New</b>, additional_descriptions: "
                "{description: a < b, type: methods}}"
            ),
            {
                "metadata.additional_descriptions": [
                    {"description": "<p>a &lt; b</p>", "type": {"id": "methods"}},
                    {"description": "<p><b>New</b></p>", "type": {"id": "notes"}},
                ]
            },
        ),
    ],
)
def test_fields(text: str, expected: dict[str, Json]) -> None:
    assert fields(text) == expected


def test_descriptions_from_files() -> None:
    text = "{path_readme: README.md, metadata: {notes: {path_changelog: CHANGELOG.md}}}"
    assert fields(text, "<p>A</p>", "<p>B</p>") == {
        "metadata.description": "<p>A</p>",
        "metadata.additional_descriptions": [{"description": "<p>B</p>", "type": {"id": "notes"}}],
    }
    assert fields("path_readme: README.md", "") == {"metadata.description": None}
    with pytest.raises(Invalid) as info:
        fields(text)
    assert info.value.lines() == [
        (
            "c.yaml:1:44: metadata.notes: the notes of this version are not found in CHANGELOG.md "
            "(write the notes themselves)"
        )
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("One line.", "<p>One line.</p>"),
        ("Two\nlines.\n \t\nNext & last >.\n", "<p>Two\nlines.</p><p>Next &amp; last &gt;.</p>"),
        ("A <b>tag</b>.\n\nAs it is.", "A <b>tag</b>.\n\nAs it is."),
        ("An &amp; entity", "An &amp; entity"),
        ("a <3 and <- are no tags", "<p>a &lt;3 and &lt;- are no tags</p>"),
    ],
)  # fmt: skip
def test_html_text(text: str, expected: str) -> None:
    assert html_text(text) == expected


def test_draft_defaults() -> None:
    today = date(2026, 3, 1)
    assert draft_defaults(Config(), today) == {
        "metadata.publication_date": "2026-03-01",
        "metadata.publisher": "Zenodo",
    }
    config = parse_config("metadata: {publisher: A, publication_date: 2025}", "c.yaml")
    assert draft_defaults(config, today) == {}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("metadata", "metadata"),
        ("metadata.title", "metadata.title"),
        ("metadata.resource_type", "metadata.resource_type"),
        ("metadata.resource_type.id", "metadata.resource_type"),
        ("metadata.resource_type._schema", "metadata.resource_type"),
        ("metadata.creators.0.person_or_org.family_name", "metadata.creators[0].family_name"),
        ("metadata.creators.10.person_or_org.name", "metadata.creators[10].organization"),
        ("metadata.creators.0.person_or_org.type", "metadata.creators[0].type"),
        (
            "metadata.contributors.1.person_or_org.identifiers.2.identifier",
            "metadata.contributors[1].identifiers[2]",
        ),
        ("metadata.creators.0.person_or_org.identifiers", "metadata.creators[0].identifiers"),
        ("metadata.creators.0.affiliations.1.id", "metadata.creators[0].affiliations[1].ror"),
        ("metadata.creators.0.affiliations.1.affiliations", "metadata.creators[0].affiliations[1]"),
        ("metadata.creators.0.affiliations", "metadata.creators[0].affiliations"),
        ("metadata.creators.0.role.id", "metadata.creators[0].role"),
        ("metadata.rights.0.id", "metadata.license[0]"),
        ("metadata.rights.0.rights", "metadata.license[0]"),
        ("metadata.rights.0.title.en.key", "metadata.license[0].title"),
        ("metadata.rights.0.link", "metadata.license[0].link"),
        ("metadata.subjects.2.subject", "metadata.subjects[2].subject"),
        ("metadata.subjects.2.subjects", "metadata.subjects[2]"),
        ("metadata.subjects.2.id", "metadata.subjects[2]"),
        ("metadata.related_identifiers.0.scheme", "metadata.related[0].scheme"),
        ("metadata.related_identifiers.0.relation_type.id", "metadata.related[0].relation_type"),
        ("metadata.identifiers.0.scheme", "metadata.identifiers[0]"),
        ("metadata.references.0.reference", "metadata.references[0].reference"),
        ("metadata.funding.0.funder.id", "metadata.funding[0].funder.ror"),
        ("metadata.funding.0.funder.funder", "metadata.funding[0].funder"),
        ("metadata.funding.0.award.award", "metadata.funding[0].award"),
        ("metadata.funding.0.award.id", "metadata.funding[0].award.id"),
        ("metadata.funding.0.award.identifiers.1", "metadata.funding[0].award.identifiers[1]"),
        ("metadata.languages.0.id", "metadata.languages[0]"),
        ("metadata.dates.0.type.id", "metadata.dates[0].type"),
        ("metadata.additional_titles.0.lang.id", "metadata.additional_titles[0].language"),
        (
            "metadata.additional_descriptions.0.description",
            "metadata.additional_descriptions[0].description",
        ),
        ("metadata.locations.features.0.geometry.type", "metadata.locations[0].geometry.type"),
        ("metadata.locations.features.0.locations", "metadata.locations[0]"),
        ("custom_fields.code:codeRepository", "code_repository"),
        ("custom_fields.code:programmingLanguage.1.id", "programming_languages[1]"),
        ("custom_fields.journal:journal.issn", "journal.issn"),
        ("custom_fields.dwc:genus.0", "custom_fields.dwc:genus[0]"),
        ("access.embargo.until", "access.embargo.until"),
        ("access", "access"),
        ("files.default_preview", "default_preview"),
        ("files.enabled", "paths"),
        ("files", "paths"),
        ("pids.doi", "metadata"),
        ("something.new.0.x", "something.new[0].x"),
    ],
)  # fmt: skip
def test_config_path(field: str, expected: str) -> None:
    assert config_path(field) == expected


SHARED = """\
metadata:
  keywords: [k0, k1]
  subjects: s0
  notes: The notes.
  additional_descriptions: {description: The methods., type: methods}
  creators:
    - organisation: CERN
      identifiers: {ror: 01ggx4157}
description: Abc
"""


@pytest.mark.parametrize(
    ("field", "where", "line", "column"),
    [
        ("metadata.subjects.0.id", "metadata.subjects", 3, 13),
        ("metadata.subjects.2.subject", "metadata.keywords[1]", 2, 18),
        ("metadata.additional_descriptions.0.type", "metadata.additional_descriptions.type", 5, 62),
        ("metadata.additional_descriptions.1.description", "metadata.notes", 4, 10),
        (
            "metadata.creators.0.person_or_org.identifiers.0.identifier",
            "metadata.creators[0].identifiers.ror",
            8,
            26,
        ),
        ("metadata.creators.0.person_or_org.name", "metadata.creators[0].organisation", 7, 21),
        ("metadata.description", "description", 9, 14),
        ("metadata.title", "metadata.title", 2, 3),
    ],
)
def test_where(field: str, where: str, line: int, column: int) -> None:
    config = parse_config(SHARED, "c.yaml")
    desired = Desired(sent_fields(config, None), {}, {}, config)
    assert desired.where(field) == where
    assert desired.place(where) == Place("c.yaml", line, column)


@pytest.mark.parametrize(
    ("field", "where"),
    [
        ("metadata.creators.0.person_or_org.family_name", "metadata.creators"),
        ("metadata.creators.1.person_or_org.family_name", "metadata.creators[0].family_name"),
        ("metadata.creators.2", "metadata.creators[1]"),
        ("metadata.creators.7.role", "metadata.creators"),
        ("metadata.creators", "metadata.creators"),
        ("metadata.dates.0.date", "metadata.dates[0].date"),
    ],
)
def test_where_in_a_list_that_also_holds_items_of_others(field: str, where: str) -> None:
    there: list[Json] = [
        {"person_or_org": {"type": "personal", "family_name": name}} for name in "abc"
    ]
    fields = Normal({"metadata.creators": there[1:]})
    desired = Desired(fields, {}, merged={"metadata.creators": there, "metadata.dates": there})

    assert desired.where(field) == where


def test_where_without_configuration() -> None:
    desired = Desired(Normal({}), {})
    assert desired.where("metadata.rights.0.id") == "metadata.license[0]"
    assert desired.place("metadata.license[0]") is None
