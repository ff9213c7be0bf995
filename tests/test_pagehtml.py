"""The HTML of a page: everything can be read, and nothing can run."""

import re

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepup_zenodo.preview.page import Answers, Credit, Doi, Page, PageFile, Version, page_of
from stepup_zenodo.preview.sections import Section
from stepup_zenodo.preview.words import Words

from .pageexample import BODY, PAGE, VERSIONS, html_of
from .pagereading import read

READ = """\
Preview of what the server https://rdm.example.org keeps as draft 7, read on 2026-11-20 12:00 UTC. \
Its own page looks different, and says the same.
Draft
Dataset
Publication date 2026-11-20
Version
1.0.0
Water Levels
Subtitle
Pegel
Creators
Lovelace, Ada
Editor
ORCID
0000-0002-1825-0097
An Institute
Another One
This draft is not public. Only its owners and those with a link to it can see it.
Description
Levels
Of
water
.
Notes
First.
Files
2 files, 1.2 kB
Name
Size
Checksum
a.txt
upload not complete
b.txt
shown first
1.2 kB
md5:00
Related works
Cites
10.1234/a
Book, DOI
References
A book.
A paper.
10.1234/b
Funding
A Fund
Rivers
RIV, 12
Another Fund
Dates
Collected
2026-01/2026-03
Daily.
Places
Brussels
Here., longitude 4.35, latitude 50.85
polygon
Other identifiers
URL
https://example.org/a
Journal
title
J
issn
0317-8471
ex:own
a
b
DOI
10.1234/rdm.7
reserved, it leads nowhere before the draft is published
Form on the website
Published versions
Version
Date
2
10.1234/rdm.8
2026-11-21
number 1
this one
Licence
CC BY 4.0
Own
For all.
Access
record
public
files
restricted
Keywords
water
ex:1
Languages
English
Publisher
Zenodo
Copyright
© A & B
Citation
Lovelace (2026).
APA style, worded by the server
"""
"""What a reader of the whole page sees, in order."""

LINKS = [
    "https://orcid.org/0000-0002-1825-0097",
    "https://ror.org/00cv9y106",
    "https://doi.org/10.1234/a",
    "https://doi.org/10.1234/b",
    "https://example.org/a",
    "https://rdm.example.org/uploads/7",
    "https://rdm.example.org/records/8",
    "https://creativecommons.org/licenses/by/4.0/",
]
"""Where links on it lead."""


def test_html_can_be_read() -> None:
    page = page_of(Answers(BODY, versions=VERSIONS, citation="Lovelace (2026)."))

    reading = read(html_of(page))

    assert "\n".join(reading.texts) + "\n" == READ
    assert reading.links == LINKS


TEXT = "HARMLESS"


def with_text(text: str) -> Page:
    """Return a page with a text in all places where people can write."""
    words = Words(text, label=text, remark=text)
    person = Credit(text, text, (words,), (words,))
    return attrs.evolve(
        PAGE,
        state=text,
        notices=(text,),
        title=text,
        subtitles=(words,),
        resource_type=text,
        date=text,
        version=text,
        creators=(person,),
        doi=Doi(text, "", text),
        concept_doi=text,
        texts=(),
        files=(PageFile(text, 1, text, False),),
        sections=(Section(text, (words,)),),
        contributors=(person,),
        versions=(Version(text, text, text, "", False),),
        details=(Section("Details", (words,)),),
        citation=text,
    )


HARMLESS = read(html_of(with_text(TEXT)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>document.title = 1</script>", None),
        ("</style><script>alert(1)</script>", None),
        ("</title></bdi></p><img src=x onerror=alert(1)>", None),
        ('" onmouseover="alert(1)', None),
        ("' onfocus='alert(1)' autofocus='", None),
        ("&lt;b&gt; &amp;amp; &#60;", None),
        ("{{ 7 * 7 }} {% include 'x' %}", None),
        ("<!-- ]]> -->", None),
        ("exe.\u202etxt.pdf\u2066\u2069", "exe.[U+202E]txt.pdf[U+2066][U+2069]"),
        ("a\x00b\x1bc\x7f\x9b", "a[U+0000]b[U+001B]c[U+007F][U+009B]"),
        ("\ud800", "[U+D800]"),
        ("مياه \u200f(1)", None),
    ],
)
def test_hostile_texts_are_only_text(text: str, shown: str | None) -> None:
    page = html_of(with_text(text))
    page.encode()

    reading = read(page)

    assert reading.tags == HARMLESS.tags
    assert reading.texts == [found.replace(TEXT, shown or text) for found in HARMLESS.texts]


@given(st.text(min_size=1).filter(lambda text: text.split() != []))
def test_any_text_is_only_text(text: str) -> None:
    assert read(html_of(with_text(text))).tags == HARMLESS.tags


DESCRIPTION = re.compile(
    r'<h2>Description</h2>\n<div class="text" dir="auto">(.*?)</div>\s*</section>', re.DOTALL
)

ADDRESS = "https://example.org/&quot;'\"<b>"


def test_addresses_are_escaped() -> None:
    page = attrs.evolve(
        with_text(TEXT), sections=(Section(TEXT, (Words(TEXT, ADDRESS),)),), address=""
    )

    assert read(html_of(page)).links == [ADDRESS]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain", ["<p>plain</p>"]),
        ("<h1>a</h1><h2>b</h2><h5>c</h5>", ["<h3>a</h3>\n<h4>b</h4>\n<h6>c</h6>"]),
        ("<script>alert(1)</script><p>a</p>", ["<p>a</p>"]),
        ("<style>p{display:none}</style><p style='color:red'>a</p>", ["<p>a</p>"]),
        ('<p class="state public" onclick="alert(1)" id="x">a</p>', ["<p>a</p>"]),
        ('<a href="javascript:alert(1)">a</a>', ["<p>a</p>"]),
        (
            '<a href="https://a.example/?b&c=%22" rel="opener" target="_top">a</a>',
            ['<p><a href="https://a.example/?b&amp;c=%22">a</a></p>'],
        ),
        (
            '<img src="https://a.example/b.png" onerror="alert(1)">',
            ['<p><a href="https://a.example/b.png">b.png</a></p>'],
        ),
        ('<iframe src="https://a.example"></iframe><p>a</p>', ["<p>a</p>"]),
        ("<svg onload=alert(1)><p>a</p></svg>", []),
        ("<form action=https://a.example><input><p>a</p></form>", ["<div>\n<p>a</p>\n</div>"]),
        ("<p>a</p></div></main><p>b</p>", ["<p>a</p>\n<p>b</p>"]),
        ("<p>class=&quot;x&quot; a\u202eb</p>", ['<p>class="x" a[U+202E]b</p>']),
        ("<p><b title='\"><script>'>x", ["<p><b>x</b></p>"]),
        ("<noscript><p title='</noscript><script>alert(1)</script>'>", []),
    ],
)
def test_html_is_cleaned(source: str, expected: list[str]) -> None:
    body = {**BODY, "metadata": {"description": source}}

    page = html_of(page_of(Answers(body)))

    assert DESCRIPTION.findall(page) == expected


CONTENT_POLICY = re.compile(
    r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'"
)


def test_page_forbids_scripts_and_other_hosts() -> None:
    reading = read(html_of(PAGE))

    policies = [tag for tag in reading.tags if tag.startswith("meta http-equiv")]
    assert len(policies) == 1
    assert CONTENT_POLICY.search(policies[0])
    names = {tag.partition(" ")[0] for tag in reading.tags}
    assert names & {"script", "link", "img", "iframe", "object", "embed", "form", "base"} == set()
