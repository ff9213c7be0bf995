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
            "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em> snake_case_name "
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
    "not a list": ("a\n2. b\n\n2020 c", "<p>a 2. b</p><p>2020 c</p>"),
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
        "a\n| b | c |\n|:--|--:|\n| `d\\|e` | f \\| g\nh\n\ni",
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
    "relative links": (
        "[a](b.md) [c](#d) [e](//f.org/g) [h](/i) [j](javascript:k) [l](data:m)",
        (
            '<p><a href="b.md">a</a> <a href="#d">c</a> <a href="//f.org/g">e</a> '
            '<a href="/i">h</a> j l</p>'
        ),
    ),
    "images": (
        "[![a](http://b/c.svg)](http://d) ![e](f.png) ![g](http://h/i.png) ![](http://h/i.png)",
        '<p><a href="http://d">a</a> e <a href="http://h/i.png">g</a> <a href="http://h/i.png">i.png</a></p>',
    ),
    "footnotes": (
        "a[^1]\n\n[^1]: b *c*",
        '<p>a<sup>1</sup></p><div class="footnotes"><ol><li><p>b <em>c</em></p></li></ol></div>',
    ),
    "definitions are not read": (
        "a\n: b\n\n<dl><dt>c<dd>d</dl>",
        ("<p>a : b</p><div><p><strong>c</strong></p><div>d</div></div>"),
    ),
    # Numbers
    "a list goes on": (
        "1. a\n\n```\nb\n```\n\n2. c\n   - d\n   - e\n3. f",
        (
            "<ol><li>a</li></ol><pre><code>b</code></pre>"
            "<ul><li>2. c<ul><li>d</li><li>e</li></ul></li><li>3. f</li></ul>"
        ),
    ),
    "a list from 0": ("0. a\n0. b\n0. c", "<ul><li>0. a</li><li>1. b</li><li>2. c</li></ul>"),
    "another sign, another list": (
        "1. a\n2. b\n3) c\n- d\n* e",
        (
            "<ol><li>a</li><li>b</li></ol><ul><li>3. c</li></ul><ul><li>d</li></ul>"
            "<ul><li>e</li></ul>"
        ),
    ),
    "numbers of paragraphs, tasks and headings": (
        "2. a\n\n   b\n3. [x] c\n4. # d\n5.",
        (
            "<ul><li><p>2. a</p><p>b</p></li><li><p>3. ☑ c</p></li><li><h1>4. d</h1></li>"
            "<li>5.</li></ul>"
        ),
    ),
    "numbers of code, lists and quotations": (
        "7. ```\n   a\n   ```\n8. - b\n9. > c",
        (
            "<ul><li>7.<pre><code>a</code></pre></li><li>8.<ul><li>b</li></ul></li>"
            "<li>9.<blockquote><p>c</p></blockquote></li></ul>"
        ),
    ),
    "numbers in quotations and lists": (
        "> 2. a\n> 3. b\n>    ~~~\n>    c\n>    ~~~\n\n- d\n\n  10) e\n  11) f",
        (
            "<blockquote><ul><li>2. a</li><li>3. b<pre><code>c</code></pre></li></ul></blockquote>"
            "<ul><li><p>d</p><ul><li>10. e</li><li>11. f</li></ul></li></ul>"
        ),
    ),
    "indented by more than the number": (
        "2. a:\n\n    2.1 b [c](http://d)\n    ```\n    e\n    ```\n    2.2 f",
        (
            '<ul><li><p>2. a:</p><p>2.1 b <a href="http://d">c</a></p><pre><code>e</code></pre>'
            "<p>2.2 f</p></li></ul>"
        ),
    ),
    # Signs
    "signs that are escaped": (
        r"n\'t 5\% \"a\" \$x\$ c\@d \<e> \[f](g) h\i \\",
        r"""<p>n't 5% "a" $x$ c@d &lt;e&gt; [f](g) h\i \</p>""",
    ),
    "signs that mean nothing": (
        "Ada*, Bob* (~4 GB, ~2 h) to (~8 GB) a_b_c 2 * 3 ~ 4",
        "<p>Ada*, Bob* (~4 GB, ~2 h) to (~8 GB) a_b_c 2 * 3 ~ 4</p>",
    ),
    "no headings": (
        "# C#\n\n## F# ##\n\n#a\n\n### b\\#",
        ("<h1>C#</h1><h2>F#</h2><p>#a</p><h3>b#</h3>"),
    ),
    "no tags": (
        "get(<a_id>) <b.c> <1> <URL: x> K<V,W> <- => <<",
        (
            "<p>get(&lt;a_id&gt;) &lt;b.c&gt; &lt;1&gt; &lt;URL: x&gt; K&lt;V,W&gt; &lt;- =&gt; "
            "&lt;&lt;</p>"
        ),
    ),
    "tags that would hide the rest": (
        "a <title> b <textarea> c\n\nd",
        "<p>a &lt;title&gt; b &lt;textarea&gt; c</p><p>d</p>",
    ),
    "tabs": (
        "```make\na:\n\techo b\n```\n\n\tc\td\n\n-\te",
        (
            '<pre><code class="language-make">a:\n\techo b</code></pre>'
            "<pre><code>c\td</code></pre><ul><li>e</li></ul>"
        ),
    ),
    "indented lines of a paragraph": ("a\n    ***\nb\n\t- c", "<p>a *** b - c</p>"),
    "rows of tables": (
        "a | b\n--|--\n`c | d` | e\n\n|f|\n|-|\n|g|h|",
        (
            "<table><tbody><tr><th>a</th><th>b</th></tr></tbody><tbody><tr><td>`c</td><td>d`</td>"
            "</tr></tbody></table><table><tbody><tr><th>f</th></tr></tbody><tbody><tr><td>g</td>"
            "</tr></tbody></table>"
        ),
    ),
    "shortcodes": (":tada: 12:30", "<p>:tada: 12:30</p>"),
    "alerts": (
        "> [!WARNING]\n> - a\n\n> [!WARNING] b",
        (
            "<blockquote><p><strong>Warning</strong></p><ul><li>a</li></ul></blockquote>"
            "<blockquote><p>[!WARNING] b</p></blockquote>"
        ),
    ),
    # Links
    "code in labels": (
        "[`a`] [`a`][] [b `c`][`a`]\n\n[`a`]: http://d",
        (
            '<p><a href="http://d"><code>a</code></a> <a href="http://d"><code>a</code></a> '
            '<a href="http://d">b <code>c</code></a></p>'
        ),
    ),
    "brackets in links": (
        "[a [b]](http://c) [d\\]](http://e) [f](<http://g/h i>) [j](http://k(l)) [m][n] [o] p",
        (
            '<p><a href="http://c">a [b]</a> <a href="http://e">d]</a> '
            '<a href="http://g/h%20i">f</a> <a href="http://k(l)">j</a> [m][n] [o] p</p>'
        ),
    ),
    "addresses in links": (
        "[https://a.org](http://b) [see www.c.org](http://d) [e@f.org](http://g)",
        (
            '<p><a href="http://b">https://a.org</a> <a href="http://d">see www.c.org</a> '
            '<a href="http://g">e@f.org</a></p>'
        ),
    ),
    "addresses in tags": (
        "<a href='http://a'>https://b.org c@d.org</a> https://e.org",
        (
            '<p><a href="http://a">https://b.org c@d.org</a> '
            '<a href="https://e.org">https://e.org</a></p>'
        ),
    ),
    "addresses beside signs": (
        '[https://a.org/b.pdf]. "https://c.org", *https://d.org* 见https://e.org/f <URL: http://g/h>.',
        (
            '<p>[<a href="https://a.org/b.pdf">https://a.org/b.pdf</a>]. '
            '"<a href="https://c.org">https://c.org</a>", '
            '<em><a href="https://d.org">https://d.org</a></em> '
            '见<a href="https://e.org/f">https://e.org/f</a> '
            '&lt;URL: <a href="http://g/h%3E">http://g/h&gt;</a>.</p>'
        ),
    ),
    "ends of addresses": (
        "http://a/b?c=d&amp; http://e[1]/f] http://g/h[2] http://g/(h); HTTP://i.org ftp://j x://k",
        (
            '<p><a href="http://a/b?c=d">http://a/b?c=d</a>&amp; '
            '<a href="http://e%5B1%5D/f">http://e[1]/f</a>] '
            '<a href="http://g/h%5B2%5D">http://g/h[2]</a> '
            '<a href="http://g/(h)">http://g/(h)</a>; <a href="HTTP://i.org">HTTP://i.org</a> '
            "ftp://j x://k</p>"
        ),
    ),
    "www": (
        "www.a.org, awww.b.org www.c_d.org (www.e.org/f)",
        (
            '<p><a href="http://www.a.org">www.a.org</a>, awww.b.org www.c_d.org '
            '(<a href="http://www.e.org/f">www.e.org/f</a>)</p>'
        ),
    ),
    "mail": (
        "a@b.org. (first_last+c@d-e.org) mailto:f@g.org h@i @j k@l.m1 `n@o.org`",
        (
            '<p><a href="mailto:a@b.org">a@b.org</a>. '
            '(<a href="mailto:first_last+c@d-e.org">first_last+c@d-e.org</a>) '
            '<a href="mailto:f@g.org">mailto:f@g.org</a> h@i @j k@l.m1 <code>n@o.org</code></p>'
        ),
    ),
    "images in links": (
        "[![a](b.svg)](http://c) [![d](http://e/f.svg)](http://g) [h![](http://i/j.png)k](http://l)",
        ('<p><a href="http://c">a</a> <a href="http://g">d</a> <a href="http://l">hj.pngk</a></p>'),
    ),
    "images without text": (
        "<img src='http://a/b.png' width=1> <img src=c>\n\n<p id=c>\n<img src='//d/e.png'>\n</p>",
        '<p><a href="http://a/b.png">b.png</a></p><p><a href="//d/e.png">e.png</a></p>',
    ),
    "comments in texts": ("a <!-- b\nc --> d\n\n<!--\n\n# e\n\n-->\nf", "<p>a d</p><p>f</p>"),
    # HTML
    "HTML with Markdown": (
        '<div align="center">\n\n# a\n\n<img src="b.png" alt="c">\n\n</div>\n\nd',
        "<div><h1>a</h1>\nc</div><p>d</p>",
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
        "<p><b><em>a</em></b> " + "<i>b</i>" * 300 + "</p>",
    ),
    "many links": (
        ", ".join(f"[@n{i}](https://x.org/{i})" for i in range(340)),
        "<p>" + ", ".join(f'<a href="https://x.org/{i}">@n{i}</a>' for i in range(340)) + "</p>",
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


OTHER_FILES = (
    "links to other files lead nowhere on the server "
    "(write whole addresses, or give a code_repository on GitHub, GitLab or Bitbucket)"
)
DROPPED = [
    ("[a](#b) <a name=b></a> [c](//d/e) [f](mailto:g@h.org)", ()),
    (
        "[a](javascript:b) [c](ftp://d)",
        ("links of a kind that the server does not keep are shown as text: javascript:b, ftp://d",),
    ),
    ("- " * 100 + "a", ("too long or too deeply nested for Markdown, the text is shown as it is",)),
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
            f"{OTHER_FILES}: h.md",
            "links to places in the text lead nowhere, the server keeps no ids: #j",
            "HTML elements without a counterpart on the server are left out: iframe, marquee",
        ),
    ),
    (
        f"[a](b{'c' * 100})",
        (f"{OTHER_FILES}: b{'c' * 56}...",),
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
