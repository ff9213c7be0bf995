"""The normal form of fields, and that the real server agrees with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_zenodo.config.fields import normal, sendable
from stepup_zenodo.jsontypes import Json

from .rdm_server.fixture import Rdm

ORCID = "0000-0002-1825-0097"
GHENT = "00cv9y106"
THESIS = "publication-dissertation"


def person(**parts: Json) -> dict[str, Json]:
    return {"type": "personal", "family_name": "Doe", **parts}


def creator(**parts: Json) -> list[Json]:
    return [{"person_or_org": person(**parts)}]


def related(scheme: str, identifier: str) -> list[Json]:
    return [{"scheme": scheme, "identifier": identifier, "relation_type": {"id": "cites"}}]


def place(**parts: Json) -> dict[str, Json]:
    return {"features": [{"place": "Ghent", **parts}]}


# Field, a value as somebody may write it, the normal form.
# Both are sent to the server below, which must store the normal form.
VALUES: list[tuple[str, Json, Json]] = [
    # Plain texts
    ("metadata.title", "Plain title", "Plain title"),
    ("metadata.title", "  Blanks around\n", "Blanks around"),
    ("metadata.title", "Two  blanks\tand a tab", "Two  blanks\tand a tab"),
    ("metadata.title", "Lines\r\nof text", "Lines\nof text"),
    ("metadata.title", "“Quoted” ‘text’, it’s", "\"Quoted\" 'text', it's"),
    ("metadata.title", "Dashes – — and … stay", "Dashes – — and … stay"),
    ("metadata.title", "e\u0301te\u0301", "été"),
    ("metadata.title", "ﬁne ﬂow", "fine flow"),
    ("metadata.title", "Ｆｕｌｌ width", "Full width"),
    ("metadata.title", "10 k\u2126", "10 kΩ"),
    ("metadata.title", "CO₂ and x²", "CO₂ and x²"),
    ("metadata.title", "schÃ¶n", "schön"),
    ("metadata.title", "zero\u200bwidth", "zerowidth"),
    ("metadata.title", "\u200b leading", "leading"),
    ("metadata.title", "no\u00a0break and soft\u00adhyphen", "no\u00a0break and soft\u00adhyphen"),
    ("metadata.title", "bell\x07 and \x1b[31mred", "bell and red"),
    ("metadata.title", "\ufffe noncharacter", "noncharacter"),
    ("metadata.title", "AT&amp;T", "AT&T"),
    ("metadata.title", "AT&amp;amp;T", "AT&T"),
    ("metadata.title", "a < b &amp; c", "a < b &amp; c"),
    ("metadata.title", "<b>not HTML</b>", "<b>not HTML</b>"),
    ("metadata.title", "emoji 😀 and 漢字", "emoji 😀 and 漢字"),
    ("metadata.version", " 1.0.0 ", "1.0.0"),
    ("metadata.version", "", None),
    ("metadata.publisher", "Zenodo ", "Zenodo"),
    ("metadata.sizes", [" 15 pages "], ["15 pages"]),
    ("metadata.formats", ["text/csv", "text/csv"], ["text/csv", "text/csv"]),
    # HTML
    ("metadata.description", "<p>Plain</p>", "<p>Plain</p>"),
    ("metadata.description", "no tags at all", "<p>no tags at all</p>"),
    ("metadata.description", "<p>a<p>b", "<p>a</p>\n<p>b</p>"),
    ("metadata.description", "<p>a\n  b </p>\n\n", "<p>a b</p>"),
    ("metadata.description", "<p>a & b &lt; c</p>", "<p>a &amp; b &lt; c</p>"),
    ("metadata.description", "<p>&rsquo;&nbsp;&eacute;</p>", "<p>'\u00a0é</p>"),
    ("metadata.description", "<p>“quoted”</p>", '<p>"quoted"</p>'),
    ("metadata.description", "<b>x<i>y</b>z</i>", "<p><b>x<i>y</i></b><i>z</i></p>"),
    ("metadata.description", "<p style='x' id=y>z</p>", "<p>z</p>"),
    ("metadata.description", "<p>a<!-- b -->c</p>", "<p>ac</p>"),
    ("metadata.description", "<ul><li>a<li>b</ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    (
        "metadata.description",
        "<table><tr><td>x</table>",
        "<table>\n<tbody>\n<tr>\n<td>x</td>\n</tr>\n</tbody>\n</table>",
    ),
    (
        "metadata.description",
        '<a target=_blank href="https://a.org/?b=1&c=2">d</a>',
        '<p><a href="https://a.org/?b=1&amp;c=2">d</a></p>',
    ),
    ("metadata.description", "<pre>a\n  b &amp; c</pre>", "<pre>a\n  b &amp; c</pre>"),
    ("metadata.copyright", "© 2026 A &amp; B", "© 2026 A &amp; B"),
    ("metadata.copyright", " (C) 2026 <b>A", "(C) 2026 <b>A</b>"),
    (
        "metadata.additional_descriptions",
        [{"description": "<p>x", "type": {"id": "notes"}, "lang": {"id": "eng"}}],
        [{"description": "<p>x</p>", "type": {"id": "notes"}, "lang": {"id": "eng"}}],
    ),
    # Dates
    ("metadata.publication_date", "2026-03", "2026-03"),
    ("metadata.publication_date", "2025-01/2026-02", "2025-01/2026-02"),
    (
        "metadata.dates",
        [{"date": "2026-01-01", "type": {"id": "collected"}, "description": " “x” "}],
        [{"date": "2026-01-01", "type": {"id": "collected"}, "description": '"x"'}],
    ),
    # Persons
    (
        "metadata.creators",
        creator(given_name=" Jane ", name="ignored"),
        creator(given_name="Jane"),
    ),
    ("metadata.creators", creator(given_name=""), creator()),
    ("metadata.creators", creator(identifiers=[]), creator()),
    (
        "metadata.creators",
        creator(identifiers=[{"scheme": "orcid", "identifier": f"https://orcid.org/{ORCID}"}]),
        creator(identifiers=[{"scheme": "orcid", "identifier": ORCID}]),
    ),
    (
        "metadata.creators",
        creator(identifiers=[{"identifier": ORCID.replace("-", "")}]),
        creator(identifiers=[{"scheme": "orcid", "identifier": ORCID}]),
    ),
    (
        "metadata.creators",
        creator(identifiers=[{"scheme": "gnd", "identifier": "118540238"}]),
        creator(identifiers=[{"scheme": "gnd", "identifier": "gnd:118540238"}]),
    ),
    (
        "metadata.creators",
        [{"person_or_org": {"type": "organizational", "name": "A ", "family_name": "B"}}],
        [{"person_or_org": {"type": "organizational", "name": "A"}}],
    ),
    (
        "metadata.creators",
        [{"person_or_org": person(), "affiliations": [{"id": GHENT, "name": "x"}, {"name": " U"}]}],
        [{"person_or_org": person(), "affiliations": [{"id": GHENT}, {"name": "U"}]}],
    ),
    (
        "metadata.contributors",
        [{"person_or_org": person(), "role": {"id": "editor"}, "affiliations": []}],
        [{"person_or_org": person(), "role": {"id": "editor"}}],
    ),
    # Identifiers
    *(
        ("metadata.related_identifiers", related(scheme, sent), related(scheme, stored))
        for scheme, sent, stored in [
            ("doi", "https://doi.org/10.1234/ABC", "10.1234/ABC"),
            ("doi", "doi:10.1234/abc", "10.1234/abc"),
            ("arxiv", "2101.12345", "arXiv:2101.12345"),
            ("handle", "https://hdl.handle.net/10013/epic.1", "10013/epic.1"),
            ("isbn", "316148410X", "978-3-16-148410-0"),
            ("issn", "03178471", "0317-8471"),
            ("pmid", "pmid:12082125", "12082125"),
            ("url", " https://example.org/a b?c=“d” ", 'https://example.org/a b?c="d"'),
            ("urn", "URN:nbn:de:101:1-201102033592", "urn:nbn:de:101:1-201102033592"),
            ("ads", "ads:2011ApJS..192...18K", "2011ApJS..192...18K"),
            ("wikidata", "wikidata:Q42", "Q42"),
            ("other", "any thing", "any thing"),
        ]
    ),
    (
        "metadata.related_identifiers",
        [{"identifier": "https://x.org", "relation_type": {"id": "cites"}}],
        related("url", "https://x.org"),
    ),
    (
        "metadata.identifiers",
        [{"scheme": "doi", "identifier": "10.1234/x "}],
        [{"scheme": "doi", "identifier": "10.1234/x"}],
    ),
    (
        "metadata.references",
        [{"reference": " Doe “2020”", "identifier": "", "scheme": ""}],
        [{"reference": 'Doe "2020"'}],
    ),
    # Vocabularies
    ("metadata.rights", [{"id": "mit"}, {"id": "cc-by-4.0"}], [{"id": "mit"}, {"id": "cc-by-4.0"}]),
    (
        "metadata.rights",
        [{"title": {"en": "Own"}, "description": {"en": "<b>x</b>"}, "link": " https://x.org"}],
        [{"title": {"en": "Own"}, "description": {"en": "<b>x</b>"}, "link": "https://x.org"}],
    ),
    ("metadata.subjects", [{"subject": " “a” "}], [{"subject": '"a"'}]),
    ("metadata.subjects", [], None),
    ("metadata.languages", [{"id": "eng"}], [{"id": "eng"}]),
    ("metadata.resource_type", {"id": "image-figure"}, {"id": "image-figure"}),
    (
        "metadata.additional_titles",
        [{"title": " abc ", "type": {"id": "subtitle"}, "lang": {"id": "nld"}}],
        [{"title": "abc", "type": {"id": "subtitle"}, "lang": {"id": "nld"}}],
    ),
    # Funding and places
    (
        "metadata.funding",
        [
            {
                "funder": {"name": " F "},
                "award": {
                    "title": {"en": "It’s"},
                    "number": " 1 ",
                    "identifiers": [{"identifier": "https://x.org"}],
                },
            }
        ],
        [
            {
                "funder": {"name": "F"},
                "award": {
                    "title": {"en": "It's"},
                    "number": "1",
                    "identifiers": [{"identifier": "https://x.org", "scheme": "url"}],
                },
            }
        ],
    ),
    (
        "metadata.funding",
        [{"funder": {"id": "03qtxy027"}, "award": {"id": "00k4n6c32::777541"}}],
        [{"funder": {"id": "03qtxy027"}, "award": {"id": "00k4n6c32::777541"}}],
    ),
    (
        "metadata.locations",
        place(geometry={"type": "Point", "coordinates": [3, 51.5]}, description="It’s"),
        place(geometry={"type": "Point", "coordinates": [3.0, 51.5]}, description="It's"),
    ),
    (
        "metadata.locations",
        place(identifiers=[{"identifier": "Q1296"}]),
        place(identifiers=[{"scheme": "wikidata", "identifier": "Q1296"}]),
    ),
    ("metadata.locations", {"features": []}, None),
    # Custom fields
    ("custom_fields.code:codeRepository", " https://x.org/a ", "https://x.org/a"),
    ("custom_fields.code:programmingLanguage", [{"id": "python"}], [{"id": "python"}]),
    ("custom_fields.code:developmentStatus", {"id": "wip"}, {"id": "wip"}),
    (
        "custom_fields.journal:journal",
        {"title": "It’s", "issue": "", "issn": "2077-9550"},
        {"title": "It's", "issn": "2077-9550"},
    ),
    (
        "custom_fields.meeting:meeting",
        {"title": " M", "identifiers": [{"identifier": "doi:10.1234/x"}]},
        {"title": "M", "identifiers": [{"identifier": "10.1234/x", "scheme": "doi"}]},
    ),
    ("custom_fields.imprint:imprint", {"isbn": "9783161484100"}, {"isbn": "9783161484100"}),
    (
        "custom_fields.thesis:thesis",
        {"university": "U ", "date_submitted": "2020-05~"},
        {"university": "U", "date_submitted": "2020-05~"},
    ),
    ("custom_fields.journal:journal", {}, None),
    # Access
    (
        "access",
        {"record": "public", "files": "public", "embargo": {"active": False, "reason": None}},
        {"record": "public", "files": "public"},
    ),
    (
        "access",
        {
            "record": "public",
            "files": "restricted",
            "embargo": {"active": True, "until": "2999-01-01", "reason": " It’s "},
            "status": "embargoed",
        },
        {
            "record": "public",
            "files": "restricted",
            "embargo": {"active": True, "until": "2999-01-01", "reason": "It's"},
        },
    ),
]


@pytest.mark.parametrize(("field", "value", "expected"), VALUES)
def test_normal(field: str, value: Json, expected: Json) -> None:
    assert normal(field, value) == expected
    assert normal(field, expected) == expected


# What the test server does not have, or does not do.
@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("metadata.description", "", None),
        ("metadata.resource_type", {"id": "publication-thesis"}, {"id": THESIS}),
        ("metadata.resource_type", {"id": ""}, None),
        ("metadata.resource_type", {"id": 3}, {"id": 3}),
        ("metadata.subjects", [{"id": "m:1", "subject": "a", "scheme": "M"}], [{"id": "m:1"}]),
        ("metadata.new_field", {"b": [" x "], "a": ""}, {"b": [" x "], "a": ""}),
        ("metadata.new_field", "", None),
        ("custom_fields.new:type", {"id": "x", "weight": 3}, {"id": "x", "weight": 3}),
        ("custom_fields.gbif:ampliconSize", [0, 500], [0, 500]),
        ("custom_fields.dc:creator", [" It’s "], ["It's"]),
        (
            "custom_fields.legacy:subjects",
            [{"term": "a", "identifier": "doi:10.1234/x", "scheme": "doi"}],
            [{"term": "a", "identifier": "doi:10.1234/x", "scheme": "doi"}],
        ),
        ("metadata.description", "a &lt;b&gt;", "<p>a &lt;b&gt;</p>"),
        ("metadata.description", "<s>old</s>", "<p><strike>old</strike></p>"),
        ("metadata.description", "<script>alert(1)</script>", None),
        (
            "metadata.rights",
            [{"title": {"en": " It’s "}, "description": {"en": "<b>x"}}],
            [{"title": {"en": "It's"}, "description": {"en": "<b>x</b>"}}],
        ),
        ("metadata.creators", "not a list", "not a list"),
        ("metadata.creators", [[{"person_or_org": None}]], None),
        ("metadata.creators", {"person_or_org": {"name": "A"}}, {"person_or_org": {"name": "A"}}),
        (
            "metadata.identifiers",
            [{"scheme": "doi", "identifier": "not a DOI"}, {"scheme": "swh", "identifier": "x"}],
            [{"scheme": "doi", "identifier": "not a DOI"}, {"scheme": "swh", "identifier": "x"}],
        ),
        ("access", None, None),
    ],
)
def test_normal_offline(field: str, value: Json, expected: Json) -> None:
    assert normal(field, value) == expected
    assert normal(field, expected) == expected


BASE: dict[str, Json] = {
    "metadata.resource_type": {"id": "dataset"},
    "metadata.title": "Title",
    "metadata.publication_date": "2026-01-01",
    "metadata.publisher": "Zenodo",
    "metadata.creators": creator(),
    "access": {"record": "public", "files": "public"},
}
NO_FILES: Json = [{"field": "files.enabled", "messages": ["Missing uploaded files."]}]


def batches(column: int) -> list[dict[str, Json]]:
    """Return a column of the table as records, each with at most one value per field."""
    result: list[dict[str, Json]] = []
    for row in VALUES:
        field, value = row[0], row[column]
        free = next((batch for batch in result if field not in batch), None)
        if free is None:
            free = {}
            result.append(free)
        free[str(field)] = value
    return result


def body(fields: dict[str, Json]) -> dict[str, Json]:
    """Return what is to be sent for some fields."""
    result: dict[str, Json] = {}
    for name, value in fields.items():
        part, _, key = name.partition(".")
        if value is None:
            continue
        if key:
            inner = result.setdefault(part, {})
            assert isinstance(inner, dict)
            inner[key] = value
        else:
            result[part] = value
    return result


def saved(rdm: Rdm, record: str, fields: dict[str, Json]) -> dict[str, Json]:
    """Save a draft, expect no other errors than that of missing files, and read it."""
    answer = rdm.request("PUT", f"/records/{record}/draft", json=body(fields))
    assert (answer.status_code, answer.json()["errors"]) == (200, NO_FILES)
    found = rdm.get(f"/records/{record}/draft")
    assert isinstance(found, dict)
    return found


@pytest.fixture
def record(rdm: Rdm) -> str:
    """Return the id of a new draft."""
    answer = rdm.request("POST", "/records", json=body(BASE))
    assert answer.status_code == 201
    return str(answer.json()["id"])


@pytest.mark.server
def test_server_stores_normal_form(rdm: Rdm, record: str) -> None:
    """What is in normal form comes back unchanged, as far as it can be sent."""
    for batch in batches(2):
        kept = sendable(saved(rdm, record, {**BASE, **batch}))
        assert {name: kept.get(name) for name in batch} == batch


@pytest.mark.server
def test_server_makes_normal_form(rdm: Rdm, record: str) -> None:
    """What the server makes of any value has the same normal form as the value."""
    for sent, expected in zip(batches(1), batches(2), strict=True):
        fields = sendable(saved(rdm, record, {**BASE, **sent}))
        assert {name: normal(name, fields.get(name)) for name in expected} == expected


@pytest.mark.server
def test_sendable_loses_nothing(rdm: Rdm, record: str) -> None:
    """A draft with all kinds of fields can be read and sent back without a trace."""
    full: dict[str, Json] = dict(BASE)
    for field, _, value in VALUES:
        before = full.get(field)
        if isinstance(before, list) and isinstance(value, list) and field not in BASE:
            full[field] = [*before, *(item for item in value if item not in before)]
        elif value is not None:
            full[field] = value
    first = sendable(saved(rdm, record, full))
    assert first == full
    assert sendable(saved(rdm, record, first)) == first


def test_sendable_keeps_what_is_unknown() -> None:
    metadata: dict[str, Json] = {
        "title": "T",
        "new": [{"id": "x", "title": {"en": "X"}, "weight": 3}],
        "creators": [{"person_or_org": {**person(), "name": "Doe", "new": 1}, "new": None}],
        "references": [{"reference": "a", "identifier": "", "scheme": ""}],
        "rights": [{"title": {"en": "Own"}, "link": "https://x.org", "new": 1}],
    }
    record: dict[str, Json] = {
        "id": "1",
        "metadata": metadata,
        "custom_fields": {"new:type": {"id": "x", "weight": 3}, "code:developmentStatus": None},
        "access": {"record": "public", "files": "public", "status": "open", "new": True},
        "parent": {"id": "2"},
    }
    expected: dict[str, Json] = {
        "metadata.title": "T",
        "metadata.new": [{"id": "x", "title": {"en": "X"}, "weight": 3}],
        "metadata.creators": [{"person_or_org": {**person(), "new": 1}, "new": None}],
        "metadata.references": [{"reference": "a", "identifier": "", "scheme": ""}],
        "metadata.rights": [{"title": {"en": "Own"}, "link": "https://x.org", "new": 1}],
        "custom_fields.new:type": {"id": "x", "weight": 3},
        "custom_fields.code:developmentStatus": None,
        "access": {"record": "public", "files": "public", "new": True},
    }
    assert sendable(record) == expected


@pytest.mark.parametrize("record", [{}, {"metadata": None, "custom_fields": [], "access": "x"}])
def test_sendable_of_nothing(record: dict[str, Json]) -> None:
    assert sendable(record) == {}


TEXTS = st.text(st.sampled_from("ab <>&;’“ﬁé\u0301\u200b\u00a0\x07\n\t/pltam"), max_size=30)
KEYS = st.sampled_from(
    [
        *("id", "title", "description", "person_or_org", "name", "type", "identifiers"),
        *("identifier", "scheme", "family_name", "affiliations", "embargo", "active", "date", "en"),
    ]
)
JSON: st.SearchStrategy[Json] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXTS, st.just("doi"), st.just("10.1/x")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    sorted({*BASE, *(row[0] for row in VALUES), "metadata.x", "custom_fields.x"})
)


@settings(max_examples=300)
@given(FIELDS, JSON)
def test_normal_is_idempotent(field: str, value: Json) -> None:
    once = normal(field, value)
    assert normal(field, once) == once


@settings(max_examples=300)
@given(FIELDS, JSON)
def test_normal_of_what_is_read(field: str, value: Json) -> None:
    """Reducing first makes no difference."""
    part, _, key = field.partition(".")
    fields = sendable({part: {key: value} if key else value})
    if key or isinstance(value, dict):
        assert normal(field, fields[field]) == normal(field, value)
