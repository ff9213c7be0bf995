"""HTML in the form in which the server stores it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_zenodo.text.links import is_kept
from stepup_zenodo.text.markup import clean_html
from stepup_zenodo.text.tags import EndTag, StartTag, Token, tokens
from stepup_zenodo.text.tags import TextToken as Words

from .rdm_server.fixture import Rdm

TOKENS: list[tuple[str, list[Token]]] = [
    ("", []),
    ("a=b", [Words("a=b")]),
    ("<p>=</p>", [StartTag("p", {}), Words("="), EndTag("p")]),
    ("<BR/>", [StartTag("br", {})]),
    ("</p >x", [EndTag("p"), Words("x")]),
    (
        "<a HREF=\"x>y\" title='q' b=c d e = f>",
        [StartTag("a", {"href": "x>y", "title": "q", "b": "c", "d": "", "e": "f"})],
    ),
    ('<a a="1" a="2">', [StartTag("a", {"a": "1"})]),
    ('<a b="&amp;&quot;&copy">', [StartTag("a", {"b": '&"&copy'})]),
    ("&lt;&#39;&#x2F;&copy;&copy &nothing; &", [Words("<'/©&copy &nothing; &")]),
    (
        "1 < 2 <3",
        [Words("1 "), Words("<"), Words(" 2 "), Words("<"), Words("3")],
    ),
    (
        "a<!-- b -->c<!doctype html><?php x ?>d<!-->e",
        [Words("a"), Words("c"), Words("d"), Words("e")],
    ),
    ("a<!-- b", [Words("a"), Words("<"), Words("!-- b")]),
    ("<a href='x", [Words("<"), Words("a href='x")]),
    ("<a href='x>y", [StartTag("a", {"href": "", "='x": ""}), Words("y")]),
    ("<script>a<b</script>c", [StartTag("script", {}), EndTag("script"), Words("c")]),
    ("<style>a", [StartTag("style", {}), Words("a")]),
    ("<>", [Words("<"), Words(">")]),
]


@pytest.mark.parametrize(("source", "expected"), TOKENS)
def test_tokens(source: str, expected: list[Token]) -> None:
    assert list(tokens(source)) == expected


CLEANED = [
    ("", ""),
    ("<p></p><b> </b>", ""),
    ("a & b &amp; c &lt;b&gt;", "<p>a &amp; b &amp; c &lt;b&gt;</p>"),
    ("a<p>b", "<p>a</p><p>b</p>"),
    ("<p>a <b> b </b> c</p>", "<p>a <b>b</b> c</p>"),
    ("a<br>\n b</br>", "<p>a<br>b<br></p>"),
    ("<b>x<i>y</b>z</i>", "<p><b>x<i>y</i></b><i>z</i></p>"),
    ("<b><b>x</b>y</b>", "<p><b>xy</b></p>"),
    ("<b><p>x</p></b>", "<b><p>x</p></b>"),
    ("<p class=' a  b ' id=c style=d>x", '<p class="a b">x</p>'),
    ("<h6>six</h6><hr>", "<p><strong>six</strong></p>"),
    (
        "<s>a</s> <ins>b</ins> <kbd>c</kbd>",
        "<p><strike>a</strike> <u>b</u> <code>c</code></p>",
    ),
    ("<section>a<p>b</section>", "<div>a<p>b</p></div>"),
    (
        "<details><summary>a</summary>b</details>",
        "<div><p><strong>a</strong></p>b</div>",
    ),
    (
        "<dl><dt>a<dd>b<dt>c<dd>d</dl>",
        "<div><p><strong>a</strong></p><div>b</div><p><strong>c</strong></p><div>d</div></div>",
    ),
    ("<ul><li>a<ul><li>b</ul><li>c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    (
        "<table><caption>t</caption><thead><tr><th>a<tbody></table>",
        "<p><strong>t</strong></p><table><tbody><tr><th>a</th></tr></tbody></table>",
    ),
    (
        "<table>a<h6>b</table><td>c",
        "<table><tbody><tr><td>a<p><strong>b</strong></p></td></tr></tbody></table><p>c</p>",
    ),
    (
        "<a href='https://x.org/?a&amp;b=\"'>c</a>",
        '<p><a href="https://x.org/?a&amp;b=&quot;">c</a></p>',
    ),
    ("<a href=http://x.org/&amp;copy;>c</a>", '<p><a href="http://x.org/&amp;copy%3B">c</a></p>'),
    ("<a href=mailto:a@b.org>c</a>", '<p><a href="mailto:a@b.org">c</a></p>'),
    (
        "<a href=http://a>b<a href=http://c>d</a>",
        '<p><a href="http://a">b</a><a href="http://c">d</a></p>',
    ),
    ("<a href='javascript:x'>a</a><a href=http://[>b</a>", "<p>ab</p>"),
    ("<a href='javascript:1'>a</a> <a href=ftp://b>c</a> <a href='x y:z'>d</a>", "<p>a c d</p>"),
    # Links that the server keeps, whether they work or not
    (
        "<a href=/a>b</a> <a href='../c d'>e</a> <a href=#f>g</a> <a href=//h>j</a><a href=?>k</a>",
        (
            '<p><a href="/a">b</a> <a href="../c d">e</a> <a href="#f">g</a> '
            '<a href="//h">j</a><a href="?">k</a></p>'
        ),
    ),
    ("<a href=localhost:80>a</a> <a href=>b</a>", '<p><a href="localhost:80">a</a> b</p>'),
    # Lists that do not begin at 1
    (
        "<ol start=3><li>a<li><p>b</p>c</ol><ol start=1><li>d</ol><ol start=x><li>e</ol>",
        ("<ul><li>3. a</li><li><p>4. b</p>c</li></ul><ol><li>d</li></ol><ol><li>e</li></ol>"),
    ),
    (
        "<ol start=-1><li><b>a</b><li><pre>b</pre><li><ol start=0><li>c</ol></ol>",
        ("<ul><li>-1. <b>a</b></li><li>0.<pre>b</pre></li><li>1.<ul><li>0. c</li></ul></li></ul>"),
    ),
    (
        "<ul><li><input type=checkbox> <p>a</p><li>b <input type=checkbox><p>c</ul>",
        "<ul><li><p>☐ a</p></li><li>b ☐<p>c</p></li></ul>",
    ),
    ("<a name=x></a>y", '<p><a name="x"></a>y</p>'),
    ("<abbr title='a<b'>c</abbr>", '<p><abbr title="a&lt;b">c</abbr></p>'),
    ("<input type=checkbox checked> a <input type=checkbox> b", "<p>☑ a ☐ b</p>"),
    ("a<script>b</script><style>c</style><svg><text>d</text></svg><title>e</title>", "<p>a</p>"),
    ("“a” &ldquo;b&rdquo; ﬁ &#xFB01;", '<p>"a" "b" fi fi</p>'),
    ("<img src=https://x.org/a.png alt=b>", '<p><a href="https://x.org/a.png">b</a></p>'),
    ("<img src=https://x.org/a.png?b>", '<p><a href="https://x.org/a.png?b">a.png</a></p>'),
    ("<img src=a.png alt=b><img src=a.png><img src=data:x>", "<p>b</p>"),
    ("<a href=http://a><img src=b.svg></a>", '<p><a href="http://a">b.svg</a></p>'),
]
"""Sources and results without line breaks, which are the matter of the next test."""


@pytest.mark.parametrize(("source", "expected"), CLEANED)
def test_clean(source: str, expected: str) -> None:
    cleaned = clean_html(source).html
    assert cleaned.replace("\n", "") == expected
    assert clean_html(cleaned).html == clean_html(expected).html == cleaned


def test_line_breaks() -> None:
    source = "<p>a\n\nb</p><ul><li>c<ul><li>d</ul></ul><pre>\n\n e\n<b>f</b>\n</pre>g<br>h"
    assert clean_html(source).html.split("\n") == [
        *("<p>a b</p>", "<ul>", "<li>c", "<ul>", "<li>d</li>", "</ul>", "</li>", "</ul>"),
        *("<pre> e", "<b>f</b>", "</pre>", "<p>g<br>h</p>"),
    ]


INLINE = [
    ("© 2026 A & B", "© 2026 A &amp; B"),
    ("&copy; A &amp; B", "© A &amp; B"),
    ("a < b", "a &lt; b"),
    ("<b>a", "<b>a</b>"),
    ("a <p>b", "a\n<p>b</p>"),
    # Without a tag in front the server takes these for tags.
    ("&lt;!-- a", "<p>&lt;!-- a</p>"),
]


@pytest.mark.parametrize(("source", "expected"), INLINE)
def test_clean_inline(source: str, expected: str) -> None:
    assert clean_html(source, blocks=False).html == expected
    assert clean_html(expected, blocks=False).html == expected


NAMES = (
    "a abbr b blockquote br caption code div dt em h1 h6 i img li ol p pre s script "
    "section span strong sub table tbody td th thead tr u ul x"
)
HTML = st.lists(
    st.one_of(
        st.text(st.sampled_from("ab \n<>&;=/\"'!-’\u200bﬁ"), max_size=5),
        st.builds(
            "<{}{}{}>".format,
            st.sampled_from(["", "/"]),
            st.sampled_from(NAMES.split()),
            st.sampled_from(["", " class=c", " href=http://a/", " name='&lt;'", " src=http://a/"]),
        ),
    ),
    max_size=25,
).map("".join)


@settings(max_examples=500)
@given(HTML, st.booleans())
def test_clean_is_idempotent(source: str, blocks: bool) -> None:
    once = clean_html(source, blocks=blocks).html
    assert clean_html(once, blocks=blocks).html == once


HOSTILE = [
    "<div>" * 100_000,
    "<b class=1>" * 50_000,
    "<b>x" * 50_000,
    "<i><u>" * 20 + "</b><b>x" * 10_000,
    "<table><tr><td>" * 30_000,
    "<table>" * 30_000 + "x",
    "<ul><li>" * 30_000,
    "<a x='" * 50_001,
    "<a " * 100_000,
    '<a x="' * 50_001 + ">",
    "<!--" * 100_000,
    "<script>" * 50_000,
    "<" * 200_000,
    "</" * 100_000,
    "&" * 300_000,
    "<a" + " " * 300_000 + "=",
    "<pre><div>" * 30_000,
    "<ol start=2>" + "<li>" * 50_000,
    "<li><input type=checkbox>" * 10_000,
    "<li>" + "<input type=checkbox>" * 10_000,
    "<a href=x:" + "1" * 200_000 + ">",
]


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:15])
def test_hostile(source: str) -> None:
    """The result stays in proportion, and so does the time: a quadratic one would not end."""
    assert len(clean_html(source).html) <= 10 * len(source)


@pytest.mark.server
def test_server_stores_it(rdm: Rdm) -> None:
    """What is cleaned comes back from the server byte by byte."""
    results = [clean_html(source).html for source, _ in CLEANED]
    assert stored(rdm, results) == [result for result in results if len(result) >= 3]


ADDRESSES = [
    *(
        "http://a",
        "HTTPS://a",
        "http:",
        "mailto:a@b.org",
        "//a/b",
        "/a",
        "../a b",
        "a:80",
        "#a",
        "?a",
    ),
    *(
        "é",
        "%zz",
        "a/b:c",
        "a&b",
        "javascript:a",
        "data:a",
        "ftp://a",
        "a:b",
        "x-y+z.0:a",
        "http://[a",
    ),
]


@pytest.mark.server
def test_server_keeps_addresses(rdm: Rdm) -> None:
    """The same addresses of links are kept here and on the server."""
    links = [f"<p><a href='{address}'>{address}</a></p>" for address in ADDRESSES]
    kept = [re.search(" href=", text) is not None for text in stored(rdm, links)]
    assert kept == [is_kept(address) for address in ADDRESSES]
    assert kept == [" href=" in clean_html(link).html for link in links]


def stored(rdm: Rdm, texts: list[str]) -> list[str]:
    """Return what the server makes of texts, of which it refuses very short ones."""
    path = f"/records/{rdm.request('POST', '/records', json={}).json()['id']}/draft"
    sent = [{"description": text, "type": {"id": "other"}} for text in texts if len(text) >= 3]
    metadata = {"additional_descriptions": sent}
    assert rdm.request("PUT", path, json={"metadata": metadata}).status_code == 200
    notes = rdm.request("GET", path).json()["metadata"]["additional_descriptions"]
    return [note["description"] for note in notes]
