"""A record as the server tells about it, and the page of it."""

from collections.abc import Mapping
from typing import Any

from stepup_zenodo.preview.html import page_html
from stepup_zenodo.preview.page import Credit, Doi, Page, PageFile
from stepup_zenodo.preview.sections import Section
from stepup_zenodo.preview.words import Words

__all__ = ("BODY", "PAGE", "VERSIONS", "html_of")

BODY: Mapping[str, Any] = {
    "id": "7",
    "revision_id": 4,
    "parent": {"id": "6", "communities": {}, "pids": {}},
    "versions": {"is_latest": False, "is_latest_draft": True, "index": 1},
    "is_published": False,
    "is_draft": True,
    "status": "draft",
    "links": {"self_html": "https://rdm.example.org/uploads/7"},
    "pids": {"doi": {"identifier": "10.1234/rdm.7", "provider": "datacite"}},
    "metadata": {
        "title": "Water Levels",
        "additional_titles": [
            {"title": "Pegel", "type": {"id": "subtitle", "title": {"en": "Subtitle"}}}
        ],
        "resource_type": {"id": "dataset", "title": {"de": "Datensatz", "en": "Dataset"}},
        "publication_date": "2026-11-20",
        "publisher": "Zenodo",
        "version": "1.0.0",
        "creators": [
            {
                "person_or_org": {
                    "name": "Lovelace, Ada",
                    "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
                },
                "role": {"id": "editor", "title": {"en": "Editor"}},
                "affiliations": [
                    {
                        "name": "An Institute",
                        "id": "00cv9y106",
                        "identifiers": [{"scheme": "ror", "identifier": "00cv9y106"}],
                    },
                    {"name": "Another One"},
                ],
            }
        ],
        "description": "<h1>Levels</h1>\n<p>Of <b>water</b>.</p>",
        "additional_descriptions": [
            {"description": "<p>First.</p>", "type": {"id": "notes", "title": {"en": "Notes"}}}
        ],
        "rights": [
            {
                "id": "cc-by-4.0",
                "title": {"en": "CC BY 4.0"},
                "description": {"en": "Long."},
                "props": {"url": "https://creativecommons.org/licenses/by/4.0/"},
            },
            {"title": {"en": "Own"}, "description": {"en": "For all."}, "link": "ftp://x"},
        ],
        "copyright": "© A &amp; B",
        "subjects": [{"subject": "water"}, {"id": "ex:1"}],
        "languages": [{"id": "eng", "title": {"en": "English"}}],
        "related_identifiers": [
            {
                "identifier": "10.1234/a",
                "scheme": "doi",
                "relation_type": {"id": "cites", "title": {"en": "Cites"}},
                "resource_type": {"id": "publication-book", "title": {"en": "Book"}},
            }
        ],
        "references": [
            {"reference": "A book."},
            {"reference": "A paper.", "scheme": "doi", "identifier": "10.1234/b"},
        ],
        "funding": [
            {
                "funder": {"id": "00k4n6c32", "name": "A Fund"},
                "award": {"title": {"en": "Rivers"}, "number": "12", "acronym": "RIV"},
            },
            {"funder": {"name": "Another Fund"}},
        ],
        "dates": [
            {
                "date": "2026-01/2026-03",
                "type": {"id": "collected", "title": {"en": "Collected"}},
                "description": "Daily.",
            }
        ],
        "locations": {
            "features": [
                {
                    "place": "Brussels",
                    "description": "Here.",
                    "geometry": {"type": "Point", "coordinates": [4.35, 50.85]},
                },
                {"geometry": {"type": "Polygon", "coordinates": []}},
            ]
        },
        "identifiers": [{"scheme": "url", "identifier": "https://example.org/a"}],
    },
    "custom_fields": {
        "journal:journal": {"title": "J", "issn": "0317-8471"},
        "ex:own": ["a", "b"],
    },
    "access": {"record": "public", "files": "restricted", "embargo": {"active": False}},
    "files": {
        "default_preview": "b.txt",
        "entries": {
            "b.txt": {"size": 1200, "checksum": "md5:00"},
            "a.txt": {"status": "pending"},
        },
    },
}
"""The answer of a server about a draft, as far as it is used."""

HIT = {
    "id": "8",
    "metadata": {"version": "2", "publication_date": "2026-11-21"},
    "versions": {"index": 2},
    "pids": {"doi": {"identifier": "10.1234/rdm.8"}},
    "links": {"self_html": "https://rdm.example.org/records/8"},
}
VERSIONS: Mapping[str, Any] = {"hits": {"hits": [HIT, {"id": "7", "versions": {"index": 1}}]}}
"""The list of two published versions of it."""

PAGE = Page(
    id="7",
    state="Draft",
    is_public=False,
    notices=("This draft is not public. Only its owners and those with a link to it can see it.",),
    title="Water Levels",
    subtitles=(Words("Pegel", label="Subtitle"),),
    resource_type="Dataset",
    date="2026-11-20",
    version="1.0.0",
    creators=(
        Credit(
            name="Lovelace, Ada",
            role="Editor",
            affiliations=(
                Words("An Institute", "https://ror.org/00cv9y106"),
                Words("Another One"),
            ),
            identifiers=(
                Words("0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097", "ORCID"),
            ),
        ),
    ),
    doi=Doi("10.1234/rdm.7", "", "reserved, it leads nowhere before the draft is published"),
    concept_doi="",
    address="https://rdm.example.org/uploads/7",
    texts=(
        Section("Description", html="<h1>Levels</h1>\n<p>Of <b>water</b>.</p>"),
        Section("Notes", html="<p>First.</p>"),
    ),
    files=(PageFile("a.txt", None, "", False), PageFile("b.txt", 1200, "md5:00", True)),
    sections=(
        Section(
            "Related works",
            (Words("10.1234/a", "https://doi.org/10.1234/a", "Cites", "Book, DOI"),),
        ),
        Section(
            "References",
            (
                Words("A book."),
                Words("A paper.", "https://doi.org/10.1234/b", remark="10.1234/b"),
            ),
        ),
        Section(
            "Funding",
            (Words("Rivers", label="A Fund", remark="RIV, 12"), Words("Another Fund")),
        ),
        Section("Dates", (Words("2026-01/2026-03", label="Collected", remark="Daily."),)),
        Section(
            "Places",
            (Words("Brussels", remark="Here., longitude 4.35, latitude 50.85"), Words("polygon")),
        ),
        Section(
            "Other identifiers", (Words("https://example.org/a", "https://example.org/a", "URL"),)
        ),
        Section("Journal", (Words("J", label="title"), Words("0317-8471", label="issn"))),
        Section("ex:own", (Words("a"), Words("b"))),
    ),
    contributors=(),
    versions=(),
    details=(
        Section(
            "Licence",
            (
                Words("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
                Words("Own", remark="For all."),
            ),
        ),
        Section("Access", (Words("public", label="record"), Words("restricted", label="files"))),
        Section("Keywords", (Words("water"), Words("ex:1"))),
        Section("Languages", (Words("English"),)),
        Section("Publisher", (Words("Zenodo"),)),
        Section("Copyright", html="<p>© A &amp; B</p>"),
    ),
    citation="",
)
"""The same as a page."""


def html_of(page: Page) -> str:
    """Return a page that was asked for at a certain time."""
    return page_html(page, "https://rdm.example.org", "2026-11-20 12:00 UTC")
