"""What the offline check and the real server say about values, one row per value.

The rows are data for two tests: one compares the offline verdicts with the first column,
the other sends the values to a server and compares its verdicts.
"""

from collections.abc import Mapping

import attrs

from stepup_zenodo.jsontypes import Json

__all__ = ("VERDICTS", "Verdict")


@attrs.frozen
class Verdict:
    """One value of the configuration."""

    text: str
    """A configuration in YAML."""

    accept: bool
    """Whether the offline check accepts it."""

    sent: Mapping[str, Json] = attrs.field(factory=dict)
    """What to send for a refused configuration, by field; empty to send what it says."""

    server: bool = True
    """Whether the server accepts what is sent."""

    why: str = ""
    """The reason of a difference between the two verdicts."""


def _accepted(text: str) -> Verdict:
    return Verdict(text, accept=True)


def _refused(text: str, field: str, value: Json) -> Verdict:
    return Verdict(text, accept=False, sent={field: value}, server=False)


def _stricter(text: str, field: str, value: Json, why: str) -> Verdict:
    return Verdict(text, accept=False, sent={field: value}, why=why)


def _unknown(text: str) -> Verdict:
    why = "Only the server knows which of these ids exist."
    return Verdict(text, accept=True, server=False, why=why)


def _metadata(text: str) -> str:
    return f"metadata: {{{text}}}"


def _person(**names: Json) -> dict[str, Json]:
    return {"type": "personal", "family_name": "Curie", **names}


def _creator(scheme: str, identifier: str) -> list[Json]:
    return [{"person_or_org": _person(identifiers=[_id(scheme, identifier)])}]


def _id(scheme: str, identifier: str) -> dict[str, Json]:
    return {"scheme": scheme, "identifier": identifier}


def _related(scheme: str, identifier: str) -> list[Json]:
    return [{**_id(scheme, identifier), "relation_type": {"id": "cites"}}]


def _date(text: str, kind: str = "created") -> list[Json]:
    return [{"date": text, "type": {"id": kind}}]


_TEXTS = (
    _accepted(_metadata("title: abc")),
    _refused(_metadata("title: ab"), "metadata.title", "ab"),
    _refused(_metadata("title: '  ab  '"), "metadata.title", "  ab  "),
    _refused(_metadata("title: ''"), "metadata.title", ""),
    _refused(_metadata("title: [abc]"), "metadata.title", ["abc"]),
    _accepted(_metadata("version: '1.0'")),
    _accepted(_metadata(f"version: {'x' * 191}")),
    _refused(_metadata(f"version: {'x' * 192}"), "metadata.version", "x" * 192),
    _refused(_metadata("version: 1.0"), "metadata.version", 1.0),
    _refused(_metadata("version: 2"), "metadata.version", 2),
    _refused(_metadata("publisher: ''"), "metadata.publisher", ""),
    _refused(_metadata("description: ab"), "metadata.description", "ab"),
    _accepted(_metadata("copyright: (c) 2026")),
    _refused(_metadata("keywords: [' ']"), "metadata.subjects", [{"subject": " "}]),
    _refused(_metadata('keywords: ["\\u200b"]'), "metadata.subjects", [{"subject": "\u200b"}]),
    _accepted(_metadata("keywords: [same, same]")),
    _refused(_metadata("sizes: ['']"), "metadata.sizes", [""]),
    _refused(_metadata("formats: [' ']"), "metadata.formats", [" "]),
    _refused(_metadata("formats: [{a: b}]"), "metadata.formats", [{"a": "b"}]),
)

_TERMS = (
    _accepted(_metadata("resource_type: Dataset")),
    _refused(_metadata("resource_type: data"), "metadata.resource_type", {"id": "data"}),
    _refused(_metadata("resource_type: project"), "metadata.resource_type", {"id": "project"}),
    _accepted(_metadata("license: CC-BY-4.0")),
    _accepted(_metadata("license: {id: mit}")),
    _refused(_metadata("license: cc-by"), "metadata.rights", [{"id": "cc-by"}]),
    _refused(
        _metadata("license: {id: mit, title: MIT}"),
        "metadata.rights",
        [{"id": "mit", "title": {"en": "MIT"}}],
    ),
    _refused(
        _metadata("license: {link: 'https://example.org'}"),
        "metadata.rights",
        [{"link": "https://example.org"}],
    ),
    _accepted(_metadata("license: [mit, mit]")),
    _refused(_metadata("languages: en"), "metadata.languages", [{"id": "en"}]),
    _accepted(_metadata("languages: [eng]")),
    _refused(
        _metadata("additional_titles: {title: abc, type: sub}"),
        "metadata.additional_titles",
        [{"title": "abc", "type": {"id": "sub"}}],
    ),
    _refused(
        _metadata("additional_titles: {title: abc}"),
        "metadata.additional_titles",
        [{"title": "abc"}],
    ),
    _refused(
        _metadata("additional_titles: {title: ab, type: subtitle}"),
        "metadata.additional_titles",
        [{"title": "ab", "type": {"id": "subtitle"}}],
    ),
    _accepted(_metadata("additional_descriptions: {description: abc, type: methods, lang: eng}")),
    _refused(
        _metadata("additional_descriptions: {description: ab, type: methods}"),
        "metadata.additional_descriptions",
        [{"description": "ab", "type": {"id": "methods"}}],
    ),
    _accepted(_metadata("notes: abc")),
    _unknown(_metadata("subjects: ['nothing:1']")),
    _accepted("programming_languages: [Python, fortran]"),
    _refused(
        "programming_languages: [pyhton]",
        "custom_fields.code:programmingLanguage",
        [{"id": "pyhton"}],
    ),
    _accepted("development_status: wip"),
    _refused("development_status: done", "custom_fields.code:developmentStatus", {"id": "done"}),
)

_DATES = (
    _accepted(_metadata("publication_date: 2026")),
    _accepted(_metadata("publication_date: 2026-03")),
    _accepted(_metadata("publication_date: 2024-02-29")),
    _accepted(_metadata("publication_date: 2026-03/2026")),
    _accepted(_metadata("publication_date: 2026-03-01/2026-03-01")),
    _refused(_metadata("publication_date: 2023-02-29"), "metadata.publication_date", "2023-02-29"),
    _refused(_metadata("publication_date: 2026-13"), "metadata.publication_date", "2026-13"),
    _refused(_metadata("publication_date: 2026-21"), "metadata.publication_date", "2026-21"),
    _refused(_metadata("publication_date: 2026-3-1"), "metadata.publication_date", "2026-3-1"),
    _refused(_metadata("publication_date: 01.03.2026"), "metadata.publication_date", "01.03.2026"),
    _refused(_metadata("publication_date: 2026/2025"), "metadata.publication_date", "2026/2025"),
    _refused(_metadata("publication_date: 2026~"), "metadata.publication_date", "2026~"),
    _refused(_metadata("publication_date: 2020/.."), "metadata.publication_date", "2020/.."),
    _refused(_metadata("publication_date: '0000'"), "metadata.publication_date", "0000"),
    _refused(
        _metadata("publication_date: 2026-03-01T10:00:00Z"),
        "metadata.publication_date",
        "2026-03-01T10:00:00Z",
    ),
    _accepted(_metadata("dates: {date: 2026-03-01T10:00:00Z, type: created}")),
    _accepted(_metadata("dates: {date: '2026-03-01T10:00:00+14:00', type: created}")),
    _accepted(_metadata("dates: {date: '2026-03-01T24:00:00', type: created}")),
    _refused(
        _metadata("dates: {date: '2026-03-01T10:00', type: created}"),
        "metadata.dates",
        _date("2026-03-01T10:00"),
    ),
    _refused(
        _metadata("dates: {date: '2026-03-01T10:00:00+14:30', type: created}"),
        "metadata.dates",
        _date("2026-03-01T10:00:00+14:30"),
    ),
    _refused(
        _metadata("dates: {date: 2026-02-30, type: created}"), "metadata.dates", _date("2026-02-30")
    ),
    _refused(_metadata("dates: {date: 2026, type: made}"), "metadata.dates", _date("2026", "made")),
    _refused(_metadata("dates: {date: 2026}"), "metadata.dates", [{"date": "2026"}]),
    _accepted("thesis: {date_submitted: 202X}"),
    _accepted("thesis: {date_submitted: '2026-03?'}"),
    _accepted("thesis: {date_submitted: 2025~/2026}"),
    _refused(
        "thesis: {date_submitted: 2026-02-30}",
        "custom_fields.thesis:thesis",
        {"date_submitted": "2026-02-30"},
    ),
    _refused(
        "thesis: {date_submitted: 2020/..}",
        "custom_fields.thesis:thesis",
        {"date_submitted": "2020/.."},
    ),
    _stricter(
        "thesis: {date_submitted: '-0001'}",
        "custom_fields.thesis:thesis",
        {"date_submitted": "-0001"},
        "No thesis is that old.",
    ),
)

_PEOPLE = (
    _accepted(_metadata("creators: {family_name: Curie}")),
    _accepted(_metadata("creators: {name: 'Curie, Marie'}")),
    _accepted(_metadata("creators: {organization: CERN, identifiers: {ror: 01ggx4157}}")),
    _refused(_metadata("creators: []"), "metadata.creators", []),
    _refused(
        _metadata("creators: {name: Marie Curie}"),
        "metadata.creators",
        [{"person_or_org": {"type": "personal", "name": "Marie Curie"}}],
    ),
    _refused(
        _metadata("creators: {given_name: Marie}"),
        "metadata.creators",
        [{"person_or_org": {"type": "personal", "given_name": "Marie"}}],
    ),
    _accepted(_metadata("creators: {family_name: A, role: editor}")),
    _refused(
        _metadata("creators: {family_name: Curie, role: boss}"),
        "metadata.creators",
        [{"person_or_org": _person(), "role": {"id": "boss"}}],
    ),
    _refused(
        _metadata("contributors: {family_name: Curie}"),
        "metadata.contributors",
        [{"person_or_org": _person()}],
    ),
    _accepted(_metadata("contributors: {family_name: Curie, role: editor}")),
    _refused(
        _metadata("creators: {family_name: Curie, affiliations: [CERN, CERN]}"),
        "metadata.creators",
        [{"person_or_org": _person(), "affiliations": [{"name": "CERN"}, {"name": "CERN"}]}],
    ),
    _refused(
        _metadata("creators: {family_name: Curie, affiliations: ['']}"),
        "metadata.creators",
        [{"person_or_org": _person(), "affiliations": [{"name": ""}]}],
    ),
    _stricter(
        _metadata("creators: {family_name: Curie, affiliations: {name: CERN, ror: 01ggx4157}}"),
        "metadata.creators",
        [{"person_or_org": _person(), "affiliations": [{"name": "CERN", "id": "01ggx4157"}]}],
        "The server drops the name without saying so.",
    ),
    _refused(
        _metadata("creators: {family_name: Curie, affiliations: {ror: 01ggx4158}}"),
        "metadata.creators",
        [{"person_or_org": _person(), "affiliations": [{"id": "01ggx4158"}]}],
    ),
    _unknown(_metadata("creators: {family_name: A, affiliations: {ror: 000000098}}")),
)

_IDENTIFIERS = (
    _accepted(_metadata("creators: {family_name: A, identifiers: {orcid: 0000-0002-1825-0097}}")),
    _accepted(
        _metadata(
            "creators: {family_name: A, identifiers: "
            "{orcid: 'https://orcid.org/0000-0002-1825-0097', gnd: 118540238}}"
        )
    ),
    _refused(
        _metadata("creators: {family_name: A, identifiers: {orcid: 0000-0002-1825-0098}}"),
        "metadata.creators",
        _creator("orcid", "0000-0002-1825-0098"),
    ),
    _refused(
        _metadata("creators: {family_name: A, identifiers: {orcid: 0000-0001-2103-2683}}"),
        "metadata.creators",
        _creator("orcid", "0000-0001-2103-2683"),
    ),
    _accepted(_metadata("creators: {family_name: A, identifiers: {isni: 0000-0001-2103-2683}}")),
    _refused(
        _metadata("creators: {family_name: A, identifiers: {ror: 012}}"),
        "metadata.creators",
        _creator("ror", "012"),
    ),
    _refused(
        _metadata("creators: {family_name: A, identifiers: {doi: 10.1234/a}}"),
        "metadata.creators",
        _creator("doi", "10.1234/a"),
    ),
    _refused(
        _metadata(
            "creators: {family_name: Curie, identifiers: "
            "[orcid: 0000-0002-1825-0097, orcid: 0000-0002-1694-233X]}"
        ),
        "metadata.creators",
        [
            {
                "person_or_org": _person(
                    identifiers=[
                        _id("orcid", "0000-0002-1825-0097"),
                        _id("orcid", "0000-0002-1694-233X"),
                    ]
                )
            }
        ],
    ),
    _accepted(
        _metadata("identifiers: [url: 'https://example.org/1', url: 'https://example.org/2']")
    ),
    _refused(
        _metadata("identifiers: [doi: 10.1234/a, doi: 'doi:10.1234/a']"),
        "metadata.identifiers",
        [_id("doi", "10.1234/a"), _id("doi", "doi:10.1234/a")],
    ),
    _refused(
        _metadata("identifiers: [what is this]"),
        "metadata.identifiers",
        [{"identifier": "what is this"}],
    ),
    _accepted(_metadata("identifiers: [10.1234/a, 'https://example.org']")),
    _accepted(
        _metadata("related: {identifier: 'https://doi.org/10.1234/a', relation_type: cites}")
    ),
    _accepted(
        _metadata("related: {scheme: DOI, identifier: 10.1234/a, relation_type: isSupplementTo}")
    ),
    _refused(
        _metadata("related: {scheme: doi, identifier: 1234, relation_type: cites}"),
        "metadata.related_identifiers",
        _related("doi", "1234"),
    ),
    _refused(
        _metadata("related: {scheme: isbn, identifier: 978-3-16-148410-1, relation_type: cites}"),
        "metadata.related_identifiers",
        _related("isbn", "978-3-16-148410-1"),
    ),
    _refused(
        _metadata(
            "related: {scheme: ark, identifier: 'https://n2t.net/ark:/1/2', relation_type: cites}"
        ),
        "metadata.related_identifiers",
        _related("ark", "https://n2t.net/ark:/1/2"),
    ),
    _refused(
        _metadata("related: {scheme: swh, identifier: x, relation_type: cites}"),
        "metadata.related_identifiers",
        _related("swh", "x"),
    ),
    _refused(
        _metadata("related: {scheme: url, identifier: example.org, relation_type: cites}"),
        "metadata.related_identifiers",
        _related("url", "example.org"),
    ),
    _accepted(_metadata("related: {scheme: url, identifier: 'ftp://a', relation_type: cites}")),
    _accepted(_metadata("related: {scheme: wikidata, identifier: Q42, relation_type: cites}")),
    _accepted(_metadata("related: {scheme: other, identifier: any thing, relation_type: cites}")),
    _refused(
        _metadata("related: {scheme: doi, identifier: 10.1234/a}"),
        "metadata.related_identifiers",
        [_id("doi", "10.1234/a")],
    ),
    _refused(
        _metadata("related: {scheme: doi, identifier: 10.1234/a, relation_type: likes}"),
        "metadata.related_identifiers",
        [{**_id("doi", "10.1234/a"), "relation_type": {"id": "likes"}}],
    ),
    _accepted(_metadata("references: [A full citation.]")),
    _refused(
        _metadata("references: {reference: A citation., scheme: doi}"),
        "metadata.references",
        [{"reference": "A citation.", "scheme": "doi"}],
    ),
    _refused(
        _metadata("references: {identifier: 10.1234/a}"),
        "metadata.references",
        [{"identifier": "10.1234/a"}],
    ),
)

_FUNDING = (
    _accepted(_metadata("funding: {funder: {name: Example}}")),
    _accepted(_metadata("funding: {funder: Example, award: {number: 0123}}")),
    _accepted(
        _metadata(
            "funding: {funder: Example, award: "
            "{title: T, identifiers: {url: 'https://example.org', doi: 10.1234/a}}}"
        )
    ),
    _refused(
        _metadata(
            "funding: {funder: X, award: {number: '1', "
            "identifiers: [url: 'https://example.org/1', url: 'https://example.org/2']}}"
        ),
        "metadata.funding",
        [
            {
                "funder": {"name": "X"},
                "award": {
                    "number": "1",
                    "identifiers": [
                        _id("url", "https://example.org/1"),
                        _id("url", "https://example.org/2"),
                    ],
                },
            }
        ],
    ),
    _refused(
        _metadata("funding: {funder: X, award: {number: '1', identifiers: {isni: 1}}}"),
        "metadata.funding",
        [{"funder": {"name": "X"}, "award": {"number": "1", "identifiers": [_id("isni", "1")]}}],
    ),
    _refused(
        _metadata("funding: {funder: X, award: {identifiers: {doi: 10.1234/a}}}"),
        "metadata.funding",
        [{"funder": {"name": "X"}, "award": {"identifiers": [_id("doi", "10.1234/a")]}}],
    ),
    _refused(
        _metadata("funding: {award: {number: '1'}}"),
        "metadata.funding",
        [{"award": {"number": "1"}}],
    ),
    _stricter(
        _metadata("funding: {funder: {name: X, ror: 00k4n6c32}}"),
        "metadata.funding",
        [{"funder": {"name": "X", "id": "00k4n6c32"}}],
        "The server drops the name without saying so.",
    ),
    _refused(
        _metadata("funding: {funder: {ror: 00k4n6c33}}"),
        "metadata.funding",
        [{"funder": {"id": "00k4n6c33"}}],
    ),
    _unknown(_metadata("funding: {funder: {ror: 00k4n6c32}, award: {id: '00k4n6c32::0'}}")),
)

_LOCATIONS = (
    _accepted(_metadata("locations: {place: Brussels, identifiers: {wikidata: Q239}}")),
    _accepted(_metadata("locations: {geometry: {type: Point, coordinates: [4.35, 50.85]}}")),
    _accepted(
        _metadata("locations: {geometry: {type: MultiPoint, coordinates: [[4, 50], [5, 51]]}}")
    ),
    _accepted(
        _metadata(
            "locations: {geometry: {type: Polygon, "
            "coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}"
        )
    ),
    _refused(
        _metadata("locations: {identifiers: {wikidata: '42'}}"),
        "metadata.locations",
        {"features": [{"identifiers": [_id("wikidata", "42")]}]},
    ),
    _refused(_metadata("locations: [{}]"), "metadata.locations", {"features": [{}]}),
    _refused(
        _metadata("locations: {geometry: {type: LineString, coordinates: [[0, 0], [1, 0]]}}"),
        "metadata.locations",
        {"features": [{"geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 0]]}}]},
    ),
    _refused(
        _metadata("locations: {geometry: {type: Point, coordinates: [1]}}"),
        "metadata.locations",
        {"features": [{"geometry": {"type": "Point", "coordinates": [1]}}]},
    ),
    _refused(
        _metadata(
            "locations: {geometry: {type: Polygon, coordinates: [[[0, 0], [1, 0], [1, 1]]]}}"
        ),
        "metadata.locations",
        {
            "features": [
                {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}}
            ]
        },
    ),
    _stricter(
        _metadata("locations: {geometry: {type: Point, coordinates: [4.35, 95]}}"),
        "metadata.locations",
        {"features": [{"geometry": {"type": "Point", "coordinates": [4.35, 95]}}]},
        "There is no such latitude.",
    ),
    _stricter(
        _metadata("locations: {geometry: {type: Point, coordinates: [4, 50, 100]}}"),
        "metadata.locations",
        {"features": [{"geometry": {"type": "Point", "coordinates": [4, 50, 100]}}]},
        "Nothing shows the altitude.",
    ),
)

_ADDRESSES = (
    *(
        _accepted(f'code_repository: "{address}"')
        for address in (
            "https://github.com/example/project",
            "http://localhost/x",
            "HTTPS://EXAMPLE.ORG/A",
            "https://1.2.3.4/x",
            "https://[::1]/x",
            "https://example.org:8080/x?y=z#f",
            "https://u@example.org/",
            "https://example.org./",
            "ftps://example.org",
            "https://example.org/ä",
            "https://ex.123",
            "https://example.o-g",
        )
    ),
    *(
        _refused(f'code_repository: "{address}"', "custom_fields.code:codeRepository", address)
        for address in (
            "git@github.com:example/project.git",
            "ssh://git@github.com/example/project",
            "github.com/example/project",
            "https://example/project",
            "https://example.org/a b",
            "https://example.org#fragment",
            "https://exämple.org/",
            "https://example.c",
            "https://-a.org",
            "https://a_b.org",
            "https://example.org:/x",
            "https://u@v@example.org/",
            "mailto:someone@example.org",
            "https://",
        )
    ),
    _stricter(
        'code_repository: "https://u:p@example.org/"',
        "custom_fields.code:codeRepository",
        "https://u:p@example.org/",
        "The password would become public.",
    ),
    _accepted(_metadata("license: {title: Own, link: 'https://example.org'}")),
    _refused(
        _metadata("license: {title: Own, link: example.org}"),
        "metadata.rights",
        [{"title": {"en": "Own"}, "link": "example.org"}],
    ),
    _refused("meeting: {url: coe}", "custom_fields.meeting:meeting", {"url": "coe"}),
    _accepted("journal: {issn: 0317-8471, volume: 12}"),
    _refused("journal: {issn: 1234-5678}", "custom_fields.journal:journal", {"issn": "1234-5678"}),
    _accepted("imprint: {isbn: 978-3-16-148410-0}"),
    _refused(
        "imprint: {isbn: 978-3-16-148410-1}",
        "custom_fields.imprint:imprint",
        {"isbn": "978-3-16-148410-1"},
    ),
    _refused("custom_fields: {'foo:bar': x}", "custom_fields.foo:bar", "x"),
)


def _access(files: str, embargo: Json = None) -> dict[str, Json]:
    access: dict[str, Json] = {"record": "public", "files": files}
    return access if embargo is None else {**access, "embargo": embargo}


_ACCESS = (
    _accepted("access: {files: restricted}"),
    _accepted("access: {embargo: 2090-01-01}"),
    _accepted("access: {embargo: {until: 2090-01-01, reason: Review.}}"),
    _accepted("access: {embargo: {}}"),
    _refused("access: {files: closed}", "access", _access("closed")),
    _refused("access: {record: restricted}", "access", {"record": "restricted", "files": "public"}),
    _refused("access: {embargo: {reason: R}}", "access", _access("restricted", {"active": True})),
    _refused(
        "access: {embargo: 2090-01}",
        "access",
        _access("restricted", {"active": True, "until": "2090-01"}),
    ),
    _stricter(
        "access: {files: public, embargo: 2090-01-01}",
        "access",
        _access("public", {"active": True, "until": "2090-01-01"}),
        "The files would be public in spite of the embargo.",
    ),
)

VERDICTS = (
    *_TEXTS,
    *_TERMS,
    *_DATES,
    *_PEOPLE,
    *_IDENTIFIERS,
    *_FUNDING,
    *_LOCATIONS,
    *_ADDRESSES,
    *_ACCESS,
)
"""All rows."""
