"""Texts of configurations and the trees that they become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepup_zenodo.document.nodes import ListNode, MapNode, Node, ScalarKind
from stepup_zenodo.document.parse import MAX_SIZE, Document, read_document
from stepup_zenodo.errors import Invalid


def outline(node: Node) -> list[str]:
    """Return one line per key and value: its place and what it is."""
    where = f"{node.place.line}:{node.place.column}"
    if isinstance(node, MapNode):
        lines = [f"{where} map"]
        for entry in node.entries:
            lines.append(f"{entry.place.line}:{entry.place.column} {entry.key}:")
            lines.extend(f"  {line}" for line in outline(entry.value))
        return lines
    if isinstance(node, ListNode):
        return [f"{where} list", *(f"  {line}" for item in node.items for line in outline(item))]
    quotes = '"' if node.quoted else ""
    return [f"{where} {node.kind.name.lower()} {quotes}{node.text}{quotes}"]


SCALARS = """\
a: 1.0
b: [0123, no, 2026-03-01, ~, null, "no", 'x', 1_000, 12:30]
c: |
  some
  text
"""
SCALARS_OUTLINE = [
    "1:1 map",
    "1:1 a:",
    "  1:4 number 1.0",
    "2:1 b:",
    "  2:4 list",
    "    2:5 integer 0123",
    "    2:11 truth no",
    "    2:15 date 2026-03-01",
    "    2:27 null ~",
    "    2:30 null null",
    '    2:36 text "no"',
    '    2:42 text "x"',
    "    2:47 integer 1_000",
    "    2:54 integer 12:30",
    "3:1 c:",
    '  3:4 text "some\ntext\n"',
]
MERGED = """\
one: &one {x: 1, y: 2}
two: {<<: *one, y: 3, z: 4}
three:
  <<: [*one, {y: 5, w: 6}]
"""
MERGED_OUTLINE = [
    "1:1 map",
    "1:1 one:",
    "  1:6 map",
    "  1:12 x:",
    "    1:15 integer 1",
    "  1:18 y:",
    "    1:21 integer 2",
    "2:1 two:",
    "  2:6 map",
    "  2:17 y:",
    "    2:20 integer 3",
    "  2:23 z:",
    "    2:26 integer 4",
    "  1:12 x:",
    "    1:15 integer 1",
    "3:1 three:",
    "  4:3 map",
    "  1:12 x:",
    "    1:15 integer 1",
    "  1:18 y:",
    "    1:21 integer 2",
    "  4:21 w:",
    "    4:24 integer 6",
]
TOML = """\
# A comment
a = 1.50
b.c = 'x' # another
[t]
u = [1, # one
  [2], {x = true, y = \"\"\"long "quoted"
text\"\"\"}]
[[l]]
"k.k" = 1979-05-27 07:32:00
[[l]]
[l.m]
n = ""
"""
TOML_OUTLINE = [
    "1:1 map",
    "2:1 a:",
    "  2:5 number 1.50",
    "3:1 b:",
    "  3:7 map",
    "  3:1 c:",
    '    3:7 text "x"',
    "4:1 t:",
    "  4:1 map",
    "  5:1 u:",
    "    5:5 list",
    "      5:6 integer 1",
    "      6:3 list",
    "        6:4 integer 2",
    "      6:8 map",
    "      6:9 x:",
    "        6:13 truth true",
    "      6:19 y:",
    '        6:23 text "long "quoted"\ntext"',
    "8:1 l:",
    "  8:1 list",
    "    8:1 map",
    "    9:1 k.k:",
    "      9:9 date 1979-05-27 07:32:00",
    "    10:1 map",
    "    11:1 m:",
    "      11:1 map",
    "      12:1 n:",
    '        12:5 text ""',
]
JSON = """\
{"a": 1.50, "b": [true, null, -3],
 "c\\u00e4": {"d": "\\ud83d\\ude00"}, "e": {}, "f": []}
"""
JSON_OUTLINE = [
    "1:1 map",
    "1:2 a:",
    "  1:7 number 1.50",
    "1:13 b:",
    "  1:18 list",
    "    1:19 truth true",
    "    1:25 null null",
    "    1:31 integer -3",
    "2:2 cä:",
    "  2:13 map",
    "  2:14 d:",
    '    2:19 text "😀"',
    "2:36 e:",
    "  2:41 map",
    "2:45 f:",
    "  2:50 list",
]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("a.yaml", SCALARS, SCALARS_OUTLINE),
        ("a.yml", MERGED, MERGED_OUTLINE),
        ("a.TOML", TOML, TOML_OUTLINE),
        ("a.json", JSON, JSON_OUTLINE),
        ("crlf.yaml", "a: 1\r\n\r\nb: 2\rc: 3", ["1:1 map", "1:1 a:", "  1:4 integer 1",
                                             "3:1 b:", "  3:4 integer 2",
                                             "4:1 c:", "  4:4 integer 3"]),
        ("bom.yaml", b"\xef\xbb\xbfa: 1", ["1:1 map", "1:1 a:", "  1:4 integer 1"]),
        ("bom.json", '\ufeff{"a": 1}', ["1:1 map", "1:2 a:", "  1:7 integer 1"]),
        ("umlaut.yaml", "ä: {ö: ü}", ["1:1 map", "1:1 ä:", "  1:4 map",
                                         "  1:5 ö:", "    1:8 text ü"]),
        ("tags.yaml", "a: !!str 1\nb: !!map {}", ["1:1 map", "1:1 a:", '  1:4 text "1"',
                                                 "2:1 b:", "  2:4 map"]),
    ],
)  # fmt: skip
def test_outline(file: str, text: str | bytes, expected: list[str]) -> None:
    document = read_document(text, file)
    assert outline(document.root) == expected
    assert document.problems == ()


NOT_FATAL = """\
a: 1
a: 2
1: x
[b]: y
c: !!set {d}
e: !foo 1
f: {<<: 3}
~: 1
"""


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (
            "a.yaml",
            NOT_FATAL,
            [
                "a.yaml:2:1: the key a is given twice, first in line 1 (remove one of them)",
                "a.yaml:3:1: the key 1 is a whole number, not a text (put the key in quotes)",
                "a.yaml:4:1: the key is a list or a mapping, not a text (put the key in quotes)",
                "a.yaml:5:4: the tag !!set is not supported (write the value without it)",
                "a.yaml:6:4: the tag !foo is not supported (write the value without it)",
                "a.yaml:7:5: << takes a mapping or a list of mappings to be merged",
                "a.yaml:8:1: the key ~ is nothing, not a text (put the key in quotes)",
            ],
        ),
        (
            "a.json",
            '{"a": 1,\n "a": 2}',
            ["a.json:2:2: the key a is given twice, first in line 1 (remove one of them)"],
        ),
    ],
)
def test_problems_that_allow_to_read_on(file: str, text: str, expected: list[str]) -> None:
    document = read_document(text, file)
    assert [str(problem) for problem in document.problems] == expected


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
DEEP = (
    "the value is inside more than 50 lists and mappings "
    "(a configuration has at most about ten levels)"
)
LARGE = (
    "the file holds more than 50000 values, counting each use of an alias "
    "(use shorter lists or fewer aliases)"
)
EMPTY = "the file is empty (begin with the key metadata)"
NO_MAPPING = (
    "the file holds no mapping from keys to values "
    "(write lines such as metadata:, each key followed by a colon and its value)"
)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("a.txt", "a: 1", ("a.txt:1:1: the syntax of the file is unknown, because its name does "
         "not tell (use one of the extensions .yaml, .yml, .toml, .json)")),
        ("a.yaml", "x" * (MAX_SIZE + 1), ("a.yaml:1:1: the file is larger than 1 MB (data belong "
         "into the files of the record, and long descriptions into path_readme)")),
        ("a.yaml", b"a: 1\nb: \xc3\xa4\xff", ("a.yaml:2:5: the byte 0xff is not UTF-8 "
         "(save the file in the encoding UTF-8)")),
        ("a.toml", "a = '\x01'", ("a.toml:1:6: the character U+0001 is not allowed in a text file "
         "(remove it)")),
        ("a.yaml", "a: \ud800", ("a.yaml:1:4: the character U+D800 is not allowed in a text file "
         "(remove it)")),
        ("a.yaml", "", f"a.yaml:1:1: {EMPTY}"),
        ("a.yaml", "# nothing\n", f"a.yaml:1:1: {EMPTY}"),
        ("a.yaml", "---\n", f"a.yaml:1:1: {EMPTY}"),
        ("a.toml", "# nothing\n", f"a.toml:1:1: {EMPTY}"),
        ("a.json", " \n", f"a.json:1:1: {EMPTY}"),
        ("a.yaml", "- a\n", f"a.yaml:1:1: {NO_MAPPING}"),
        ("a.json", " 3", f"a.json:1:2: {NO_MAPPING}"),
        ("a.yaml", "a: 1\n---\nb: 2", ("a.yaml:2:1: a second document begins here, but a "
         "configuration is a single one (remove the line ---)")),
        ("a.yaml", "a:\n\tb: 1", ("a.yaml:2:1: the text is not valid YAML: a tab is used to indent "
         "this line (indent with spaces, not with tabs)")),
        ("a.yaml", "title: A: B", ("a.yaml:1:9: the text is not valid YAML: there is a second "
         "colon in the line (put the text in quotes, as it has a colon: 'A: B')")),
        ("a.yaml", "a: @b", ("a.yaml:1:4: the text is not valid YAML: found character '@' that "
         "cannot start any token (put a text that begins with @ in quotes)")),
        ("a.yaml", 'a: "\\UFFFFFFFF"', ("a.yaml:1:7: the text is not valid YAML: the escaped "
         "character or the number does not exist")),
        ("a.yaml", "a: *b", ("a.yaml:1:4: the alias *b has no anchor &b that ends before it "
         "(define the anchor earlier in the file)")),
        ("a.yaml", "a: &b [*b]", ("a.yaml:1:8: the alias *b has no anchor &b that ends before it "
         "(define the anchor earlier in the file)")),
        ("a.yaml", BOMB, f"a.yaml:5:4: {LARGE}"),
        ("a.yaml", "[" * 1000, f"a.yaml:1:52: {DEEP}"),
        ("a.yaml", "a: [" + "x, " * 50_000 + "]", f"a.yaml:1:4: {LARGE}"),
        ("a.yaml", "".join(f"k{i}: 1\n" for i in range(50_001)), f"a.yaml:50001:1: {LARGE}"),
        ("a.json", '{"a": ' + "[" * 60 + "]" * 60 + "}", f"a.json:1:57: {DEEP}"),
        ("a.json", "[" * 200_000, f"a.json:1:1: {DEEP}"),
        ("a.json", "[" + "1," * 50_000 + "1]", f"a.json:1:100000: {LARGE}"),
        ("a.json", "{'a': 1}", ("a.json:1:2: the text is not valid JSON: Expecting property name "
         "enclosed in double quotes")),
        ("a.json", '{"a": NaN}', "a.json:1:1: the text is not valid JSON: NaN is not a number"),
        ("a.toml", "a = 1\na = 2", ("a.toml:2:5: the text is not valid TOML: "
         "Cannot overwrite a value")),
        ("a.toml", "a = [1", "a.toml:1:6: the text is not valid TOML: Unclosed array"),
        ("a.toml", "a = " + "[" * 100 + "]" * 100, f"a.toml:1:55: {DEEP}"),
        ("a.toml", "a = " + "[" * 50_000, f"a.toml:1:1: {DEEP}"),
        ("a.toml", ".".join("b" * 1000) + " = 1", f"a.toml:1:1: {DEEP}"),
        ("a.toml", "a = [" + "1," * 50_000 + "]", f"a.toml:1:100002: {LARGE}"),
    ],
)  # fmt: skip
def test_fatal(file: str, text: str | bytes, expected: str) -> None:
    with pytest.raises(Invalid) as info:
        read_document(text, file)
    assert info.value.lines() == [expected]


def test_fatal_after_others() -> None:
    with pytest.raises(Invalid) as info:
        read_document("a: 1\na: 2\nb: [", "a.yaml")
    assert info.value.lines() == [
        "a.yaml:2:1: the key a is given twice, first in line 1 (remove one of them)",
        (
            "a.yaml:3:5: the text is not valid YAML: expected the node content, but found "
            "'<stream end>'"
        ),
    ]


def test_long_numbers() -> None:
    digits = "1" * 10_000
    document = read_document(f'{{"a": {digits}}}', "a.json")
    assert document.root.entries[0].value.kind is ScalarKind.INTEGER  # type: ignore[union-attr]
    document = read_document(f"a: {digits}", "a.yaml")
    assert document.root.entries[0].value.kind is ScalarKind.INTEGER  # type: ignore[union-attr]


SYNTAX = st.lists(
    st.sampled_from([*"[]{}()<>:,-?&*!|>%@`'\"#=\\.~_ \n\t\r0aZ", "<<", "---", "...", "a: ", "- ",
                     "\n  ", '"""', "'''", "[[", "]]", "\ufeff", "é", "&a ", "*a", "!!str ",
                     "\\u0000"]),
    max_size=40,
).map("".join)  # fmt: skip


@given(
    text=st.one_of(st.text(), st.binary(), SYNTAX),
    extension=st.sampled_from(["yaml", "toml", "json"]),
)
def test_anything(text: str | bytes, extension: str) -> None:
    result: Document | Invalid
    try:
        result = read_document(text, f"a.{extension}")
    except Invalid as invalid:
        result = invalid
    assert isinstance(result, Document) or result.problems != ()
