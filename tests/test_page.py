"""What the page of a record says, from the answers of the server."""

from typing import Any

import attrs
import pytest

from stepup_zenodo.jsontypes import Json
from stepup_zenodo.preview.page import Answers, Doi, Page, Version, page_of
from stepup_zenodo.preview.sections import Section
from stepup_zenodo.preview.words import Words, identifier_words, plain_words, web_address

from .pageexample import BODY, PAGE, VERSIONS, html_of
from .pagereading import read


def test_page_says_what_the_server_says() -> None:
    assert page_of(Answers(BODY)) == PAGE


DEMO = {"slug": "demo", "metadata": {"title": "The Demo"}}
CLOSED = "This draft is not public. Only its owners and those with a link to it can see it."
REVIEW = {"id": "r", "status": "created", "receiver": {"community": "uuid"}}
DOI = Doi("10.1234/rdm.7", "https://doi.org/10.1234/rdm.7", "registered")
PUBLISHED = {"is_draft": False, "is_published": True, "status": "published"}
LATEST = {"versions": {"is_latest": True}}


@pytest.mark.parametrize(
    ("body", "others", "expected"),
    [
        (
            {
                **PUBLISHED,
                **LATEST,
                "links": {**BODY["links"], "doi": "https://handle.example.org/10.1234/rdm.7"},
            },
            {"citation": " Lovelace (2026).\n"},
            {
                "state": "Published",
                "is_public": True,
                "notices": (),
                "doi": attrs.evolve(DOI, address="https://handle.example.org/10.1234/rdm.7"),
                "citation": "Lovelace (2026).",
            },
        ),
        (
            PUBLISHED,
            {"versions": VERSIONS},
            {
                "state": "Published",
                "is_public": True,
                "notices": ("A newer version, 2, is published.",),
                "doi": DOI,
                "versions": (
                    Version(
                        "2",
                        "2026-11-21",
                        "10.1234/rdm.8",
                        "https://rdm.example.org/records/8",
                        False,
                    ),
                    Version("number 1", "", "", "", True),
                ),
            },
        ),
        (
            {**PUBLISHED, **LATEST},
            {"edit_open": True},
            {
                "state": "Published",
                "is_public": True,
                "notices": (
                    (
                        "Changes of the metadata are open in the web form. "
                        "They are not public, and not on this page."
                    ),
                ),
                "doi": DOI,
            },
        ),
        (
            {**PUBLISHED, "is_draft": True},
            {},
            {
                "state": "Correction",
                "notices": ("The record is public, this correction of its metadata is not.",),
                "doi": DOI,
            },
        ),
        (
            {"status": "new_version_draft", "pids": {}},
            {},
            {
                "state": "Draft of a new version",
                "doi": Doi("", "", "none yet, the server gives one when the draft is published"),
            },
        ),
        (
            {**PUBLISHED, **LATEST, "pids": {}},
            {},
            {"state": "Published", "is_public": True, "notices": (), "doi": Doi("", "", "none")},
        ),
        (
            {"pids": {"doi": {"identifier": "10.1234/own", "provider": "external"}}},
            {},
            {"doi": Doi("10.1234/own", "https://doi.org/10.1234/own", "given by somebody else")},
        ),
        (
            {"status": "draft_with_review", "parent": {"id": "6", "review": REVIEW}},
            {"community": DEMO},
            {
                "notices": (
                    CLOSED,
                    "It is prepared for a review by the community demo, but not submitted.",
                ),
                "details": (
                    Section("Communities", (Words("The Demo", remark="to review it"),)),
                    *PAGE.details,
                ),
            },
        ),
        (
            {
                "status": "in_review",
                "parent": {"id": "6", "review": {**REVIEW, "status": "submitted"}},
            },
            {},
            {
                "state": "In review",
                "notices": (
                    CLOSED,
                    "It is in review by a community, where accepting it means publishing it.",
                ),
                "details": (
                    Section("Communities", (Words("uuid", remark="asked to review it"),)),
                    *PAGE.details,
                ),
            },
        ),
        (
            {"parent": {"id": "6", "communities": {"entries": [DEMO, {"slug": "other"}]}}},
            {},
            {
                "details": (
                    Section("Communities", (Words("The Demo"), Words("other"))),
                    *PAGE.details,
                )
            },
        ),
        (
            {
                "parent": {"id": "6", "pids": {"doi": {"identifier": "10.1234/rdm.6"}}},
                "access": {
                    "record": "restricted",
                    "files": "restricted",
                    "embargo": {"active": True, "until": "2090-01-01", "reason": "Under review."},
                },
            },
            {},
            {
                "concept_doi": "10.1234/rdm.6",
                "details": (
                    PAGE.details[0],
                    Section(
                        "Access",
                        (
                            Words("restricted", label="record"),
                            Words("restricted", label="files"),
                            Words("until 2090-01-01", label="embargo", remark="Under review."),
                        ),
                    ),
                    *PAGE.details[2:],
                ),
            },
        ),
        ({"status": "unheard_of"}, {}, {"state": "unheard_of"}),
    ],
)
def test_states(body: dict[str, Json], others: dict[str, Any], expected: dict[str, Any]) -> None:
    page = page_of(Answers({**BODY, **body}, **others))

    assert page == attrs.evolve(PAGE, **expected)


def test_nothing_but_an_id() -> None:
    empty: dict[str, Json] = {
        "metadata": {},
        "custom_fields": {},
        "access": {},
        "files": {},
        "pids": {},
    }

    page = page_of(Answers({**BODY, **empty, "links": {}}))

    assert page == Page(
        id="7",
        state="Draft",
        is_public=False,
        notices=(
            CLOSED,
            (
                "It is not ready to be published, missing: "
                "title, creators, resource_type, publication_date, publisher, files."
            ),
        ),
        title="",
        subtitles=(),
        resource_type="",
        date="",
        version="",
        creators=(),
        doi=Doi("", "", "none yet, the server gives one when the draft is published"),
        concept_doi="",
        address="",
        texts=(),
        files=(),
        sections=(),
        contributors=(),
        versions=(),
        details=(
            Section(
                "Access", (Words("restricted", label="record"), Words("restricted", label="files"))
            ),
        ),
        citation="",
    )
    texts = read(html_of(page)).texts
    assert [text for text in texts if text.startswith("No ")] == [
        "No title",
        "No creators",
        "No files.",
    ]


@pytest.mark.parametrize(
    ("scheme", "text", "address", "label"),
    [
        ("doi", "10.1234/a", "https://doi.org/10.1234/a", "DOI"),
        ("orcid", "0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097", "ORCID"),
        ("wikidata", "Q42", "https://www.wikidata.org/entity/Q42", "Wikidata"),
        ("isbn", "978-3-16-148410-0", "", "ISBN"),
        ("url", "https://example.org/a?b=c&d", "https://example.org/a?b=c&d", "URL"),
        ("url", "HTTPS://example.org", "HTTPS://example.org", "URL"),
        ("url", "javascript:alert(1)", "", "URL"),
        ("url", "data:text/html,<script>", "", "URL"),
        ("url", "https://example.org/\nx", "", "URL"),
        ("doi", "javascript:alert(1)", "", "DOI"),
        ("unheard", "of", "", "UNHEARD"),
        ("", "", "", ""),
    ],
)
def test_identifiers(scheme: str, text: str, address: str, label: str) -> None:
    words = identifier_words({"scheme": scheme, "identifier": text})

    assert words == Words(text, address, label)


def test_web_addresses() -> None:
    texts = ["http://a", " http://a", "http://a b", "//a", "file:///etc", "JaVaScRiPt:x", "http:a"]

    assert [text for text in texts if web_address(text)] == ["http://a"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        (True, []),
        ([], []),
        ("a", [Words("a")]),
        ("https://a", [Words("https://a", "https://a")]),
        (["a", 4.5, "", None], [Words("a"), Words("4.5")]),
        ({"id": "active", "title": {"en": "Active"}}, [Words("Active")]),
        ([{"id": "c++", "title": {"en": "C++"}}, {"id": "x"}], [Words("C++"), Words("x")]),
        ({"session_part": "1", "b": ""}, [Words("1", label="session part")]),
        (
            {"identifiers": [{"scheme": "doi", "identifier": "10.1/a"}]},
            [Words("DOI 10.1/a", label="identifiers")],
        ),
        ([{"a": ["b", "c"], "d_e": {"f": "g"}}], [Words("a: b, c; d e: f: g")]),
    ],
)
def test_values_of_any_shape(value: Json, expected: list[Words]) -> None:
    assert list(plain_words(value)) == expected
