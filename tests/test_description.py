"""What READMEs become, and that the server stores it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_zenodo.config.fields import normal
from stepup_zenodo.text.description import dropped, html_description, markdown_to_html

from .rdm_server.fixture import Rdm

# The results are without line breaks in front of tags.
MARKDOWN = {
    "empty": ("", ""),
    "blank": (" \n\t\n", ""),
    "paragraphs": ("a\nb\n\nc", "<p>a b</p><p>c</p>"),
    "headings": (
        "# a\ntext\n## b ##\nc\n===\nd\ne\n---\n#f",
        "<h1>a</h1><p>text</p><h2>b</h2><h1>c</h1><h2>d e</h2><p>#f</p>",
    ),
    "heading 6": ("###### a", "<p><strong>a</strong></p>"),
    "emphasis": (
        "*a* **b** ***c*** snake_case_name ~~d~~ ~e~ f~g",
        (
            "<p><em>a</em> <strong>b</strong> <strong><em>c</em></strong> snake_case_name "
            "<strike>d</strike> <strike>e</strike> f~g</p>"
        ),
    ),
    "escapes": (
        r"\*a\* \# &lt; &copy; & < `&lt;`",
        "<p>*a* # &lt; © &amp; &lt; <code>&amp;lt;</code></p>",
    ),
    "line breaks": ("a  \nb\\\nc", "<p>a<br>b<br>c</p>"),
    "rule": ("a\n\n---\n\nb\n***\nc", "<p>a</p><p>b</p><p>c</p>"),
    # Lists
    "list of 2": (
        "- a\n  - b\n    - c\n- d",
        "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>",
    ),
    "list of 4": (
        "* a\n    * b\n        * c\n* d",
        "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>",
    ),
    "list of 3": ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    "list after text": ("a\n- b\n- c\nd\n\ne", "<p>a</p><ul><li>b</li><li>c d</li></ul><p>e</p>"),
    "list with paragraphs": (
        "- a\n\n  b\n- c",
        "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>",
    ),
    "lists in a row": (
        "- a\n\n* b\n1. c",
        "<ul><li>a</li></ul><ul><li>b</li></ul><ol><li>c</li></ol>",
    ),
    "not a list": ("a\n2. b\n\n2020. c", "<p>a 2. b</p><p>2020. c</p>"),
    "empty items": ("-\n- a\n-", "<ul><li></li><li>a</li><li></li></ul>"),
    "tasks": (
        "- [ ] a\n- [x] b\n- [c](http://d)",
        '<ul><li>☐ a</li><li>☑ b</li><li><a href="http://d">c</a></li></ul>',
    ),
    "code in a list": (
        "1. a\n\n   ```sh\n   b\n     c\n   ```\n2. d",
        (
            '<ol><li><p>a</p><pre><code class="language-sh">b\n  c</code></pre></li>'
            "<li><p>d</p></li></ol>"
        ),
    ),
    "table in a list": (
        "- a\n\n  |b|\n  |-|\n  |c|\n- d",
        (
            "<ul><li><p>a</p><table><tbody><tr><th>b</th></tr></tbody><tbody><tr><td>c</td></tr></tbody>"
            "</table></li><li><p>d</p></li></ul>"
        ),
    ),
    # Code
    "fences": (
        "a\n```python\nb < *c*\n\n  &amp;\n```\nd",
        '<p>a</p><pre><code class="language-python">b &lt; *c*\n\n  &amp;amp;</code></pre><p>d</p>',
    ),
    "tildes": ("~~~\n```\n~~~", "<pre><code>```</code></pre>"),
    "open fence": ("```\na\n# b", "<pre><code>a\n# b</code></pre>"),
    "indented": ("a\n\n    b\n      c\n\nd", "<p>a</p><pre><code>b\n  c</code></pre><p>d</p>"),
    # Tables
    "table": (
        "a\n| b | c |\n|:--|--:|\n| `d|e` | f \\| g\nh\n\ni",
        (
            "<p>a</p><table><tbody><tr><th>b</th><th>c</th></tr></tbody><tbody><tr><td><code>d|e</code></td>"
            "<td>f | g</td></tr><tr><td>h</td><td></td></tr></tbody></table><p>i</p>"
        ),
    ),
    # Quotations
    "quotation": (
        "> a\n> - b\n>\n> ```\n> c\n> ```\n\nd",
        "<blockquote><p>a</p><ul><li>b</li></ul><pre><code>c</code></pre></blockquote><p>d</p>",
    ),
    "lazy quotation": ("a\n> b\nc\n# d", "<p>a</p><blockquote><p>b c</p></blockquote><h1>d</h1>"),
    "quotations in a row": (
        "> a\n\n\n> b",
        "<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>",
    ),
    "alert": ("> [!NOTE]\n> a", "<blockquote><p><strong>Note</strong></p><p>a</p></blockquote>"),
    # Links and images
    "links": (
        "[a](http://b 'c') [d][e] <http://f> <g@h.org>\n\n[e]: https://i",
        (
            '<p><a href="http://b" title="c">a</a> <a href="https://i">d</a> '
            '<a href="http://f">http://f</a> <a href="mailto:g@h.org">g@h.org</a></p>'
        ),
    ),
    "addresses": (
        "https://a.org/b_c_d. (www.e.org/f) `http://g` http://h/(i))",
        (
            '<p><a href="https://a.org/b_c_d">https://a.org/b_c_d</a>. (<a href="http://www.e.org/f">'
            'www.e.org/f</a>) <code>http://g</code> <a href="http://h/(i)">http://h/(i)</a>)</p>'
        ),
    ),
    "relative links": ("[a](b.md) [c](#d) [e](javascript:f)", "<p>a c e</p>"),
    "images": (
        "[![a](http://b/c.svg)](http://d) ![e](f.png) ![g](http://h/i.png) ![](http://h/i.png)",
        '<p><a href="http://d">a</a> e <a href="http://h/i.png">g</a> <a href="http://h/i.png">i.png</a></p>',
    ),
    "footnotes": (
        "a[^1]\n\n[^1]: b *c*",
        '<p>a<sup>1</sup></p><div class="footnote"><ol><li><p>b <em>c</em></p></li></ol></div>',
    ),
    "definitions": ("a\n: b", "<div><p><strong>a</strong></p><div>b</div></div>"),
    # HTML
    "HTML with Markdown": (
        '<div align="center">\n\n# a\n\n<img src="b.png" alt="c">\n\n</div>\n\nd',
        "<div><h1>a</h1><p>c</p></div><p>d</p>",
    ),
    "HTML without Markdown": ("<div>\n*a*\n</div>", "<div>*a*</div>"),
    "details": (
        "<details>\n<summary>a</summary>\n\n- b\n\n</details>",
        "<div><p><strong>a</strong></p><ul><li>b</li></ul></div>",
    ),
    "inline HTML": (
        "a<sub>2</sub> <kbd>b</kbd> <b onclick=c>d</b> <!-- e -->",
        "<p>a<sub>2</sub> <code>b</code> <b>d</b></p>",
    ),
    "many signs": (
        "<b>*a*</b> " + "<i>b</i>" * 300,
        "<p><b>*a*</b> " + "<i>b</i>" * 300 + "</p>",
    ),
    "comments": ("<!-- a\n\nb -->\nc", "<p>c</p>"),
    "scripts": ("a\n<script>\n\nb\n</script>\n\nc", "<p>a</p><p>c</p>"),
    # The beginning
    "front matter": ("---\ntitle: a\n---\n# b", "<h1>b</h1>"),
    "TOML": ("+++\ntitle = 1\n+++\nb", "<p>b</p>"),
    "no front matter": ("---\na\n\nb\n\n---\nc", "<p>a</p><p>b</p><p>c</p>"),
    "byte order mark": ("\ufeff# a\r\nb\rc", "<h1>a</h1><p>b c</p>"),
    # Texts as the server stores them
    "typography": ("“a” ﬁ “b”—c…", '<p>"a" fi "b"—c…</p>'),
    "control characters": ("a\x00\x07\x02b\x1b[31mc", "<p>abc</p>"),
}


def compact(text: str) -> str:
    return re.sub(r"\n(?=<)", "", text)


@pytest.mark.parametrize("name", MARKDOWN)
def test_markdown(name: str) -> None:
    source, expected = MARKDOWN[name]
    result = markdown_to_html(source)
    assert compact(result) == expected
    assert normal("metadata.description", result) == (result or None)


def test_layout() -> None:
    source = "# a\nb\n- c\n  - d\n\n```\ne\n```\n"
    assert markdown_to_html(source).split("\n") == [
        *("<h1>a</h1>", "<p>b</p>", "<ul>", "<li>c", "<ul>", "<li>d</li>", "</ul>", "</li>"),
        *("</ul>", "<pre><code>e", "</code></pre>"),
    ]


def test_html() -> None:
    source = (
        "<!DOCTYPE html><html><head><title>a</title><style>b</style></head>"
        "<body style='c'><p onclick=d>e<img src=f.png alt=g><p>h<script>i</script></body></html>"
    )
    assert html_description(source) == "<p>eg</p>\n<p>h</p>"
    assert dropped(source, is_html=True) == (
        "images are replaced by links or by their alternative texts: f.png",
        "HTML elements without a counterpart on the server are left out: script, style",
    )


DROPPED = [
    ("# Nothing\n\n[a](https://b) and a footnote[^1]\n\n[^1]: c", ()),
    (
        (
            "![a](b.png) ![c](data:d) <img src=e.png> <img src=f.png> [g](h.md) [i](#j)\n\n"
            "<iframe src=k></iframe><marquee>l</marquee>"
        ),
        (
            (
                "images are replaced by links or by their alternative texts: "
                "b.png, c, e.png and 1 more"
            ),
            "links that do not work outside of the file are shown as text: h.md",
            "links to places in the text are shown as text: #j",
            "HTML elements without a counterpart on the server are left out: iframe, marquee",
        ),
    ),
    (
        f"[a](b{'c' * 100})",
        ("links that do not work outside of the file are shown as text: " + f"b{'c' * 56}...",),
    ),
    ("<div>" * 100 + "a", ("deeply nested HTML elements are dissolved",)),
    ("a" * 200_001, ("too long or too deeply nested for Markdown, the text is shown as it is",)),
]


@pytest.mark.parametrize(("source", "expected"), DROPPED, ids=lambda value: str(value)[:15])
def test_dropped(source: str, expected: tuple[str, ...]) -> None:
    assert dropped(source) == expected


def test_too_long() -> None:
    assert markdown_to_html("*a* <b>\n" * 25_001) == (
        "<pre>" + "*a* &lt;b&gt;\n" * 25_001 + "</pre>"
    )


MARKS = st.lists(
    st.one_of(
        st.text(st.sampled_from("ab12 \t*_`[]()<>!#|~:^&;\\\"'=.-+\x02\x03\x0b"), max_size=6),
        st.sampled_from(
            [
                *("\n", "\n", "\n\n", "    ", "- ", "1. ", "> ", "```", "~~~", "[^1]", "[^1]: "),
                *(
                    "](http://x)",
                    "![",
                    "<div>",
                    "</div>",
                    "<!--",
                    "-->",
                    "<script>",
                    "|-|",
                    "|a|b|",
                ),
                *("https://x.org", "---", "\x02wzxhzdk:0\x03", "\x02klzzwxh:0001\x03", "\r", "é"),
                *("<?", "<![CDATA[", "]]>", "\ud800", "[a]: b 'c'", ": d", "[x] ", "\u2028", "’"),
            ]
        ),
    ),
    max_size=25,
).map("".join)


@settings(max_examples=500)
@given(MARKS)
def test_any_markdown(source: str) -> None:
    """Whatever comes in, what comes out is in normal form."""
    result = markdown_to_html(source)
    assert normal("metadata.description", result) == (result or None)
    assert dropped(source) == dropped(source)


HOSTILE = [
    *("[" * 100_000, "![" * 50_000, "[a](" * 30_000, "*" * 100_000, "*a **b " * 20_000),
    *("` " * 100_000, "<" * 100_000, "<a " * 50_000, ">" * 50_000, "> " * 50_000, "- " * 50_000),
    *("> - " * 20_000, "|" * 50_000 + "\n" + "|-" * 25_000, "<!--" * 50_000, "&#" * 50_000),
    *("[" * 300 + "a" + "](b)" * 300, "http://" * 28_000, "\\" * 100_000, "#" * 100_000),
    *(
        "\n".join(">" * i + "a" for i in range(300)),
        "\n".join("  " * i + "- a" for i in range(300)),
    ),
    *("\n" * 200_000, " " * 199_999 + "a", "~~a" * 30_000, "[^" * 50_000, "a**b" * 20_000),
]


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:8])
def test_hostile(source: str) -> None:
    """The result stays in proportion, and so does the time: an exponential one would not end."""
    assert len(markdown_to_html(source)) <= 10 * len(source) + 10


@pytest.mark.server
def test_server_stores_it(rdm: Rdm) -> None:
    """All results above come back from the server byte by byte."""
    answer = rdm.request("POST", "/records", json={})
    path = f"/records/{answer.json()['id']}/draft"
    results = [markdown_to_html(source) for source, _ in MARKDOWN.values()]
    parts = [result for result in results if len(result) >= 3]
    # Each one on its own, all at once.
    notes = [{"description": part, "type": {"id": "other"}} for part in parts]
    metadata = {"description": "\n".join(parts), "additional_descriptions": notes}
    assert rdm.request("PUT", path, json={"metadata": metadata}).status_code == 200
    stored = rdm.request("GET", path).json()["metadata"]
    assert stored["description"] == metadata["description"]
    assert [note["description"] for note in stored["additional_descriptions"]] == parts
