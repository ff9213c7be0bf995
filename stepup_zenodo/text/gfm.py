"""Markdown as GitHub reads it, in words that the package `markdown` understands.

READMEs are written for GitHub and the like.
The package `markdown` follows older rules: nested lists need four blanks, lists and tables a blank
line in front, code fences must not be in lists, and Markdown within HTML is not read.
`rewrite` goes through the lines once and writes them in a way that leaves no doubt.

The rules are those of the CommonMark specification 0.31 and of GitHub's additions to it.
"""

import html
import re
from collections.abc import Callable, Iterator

import attrs

__all__ = ("rewrite",)

_INDENT = 4  # blanks per level of nesting in the result
_DEEPEST = 15  # levels of lists, and of quotations, that are recognized
_TAB = 4

_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_MARKER = re.compile(r"([-+*]|\d{1,9}[.)])(?:( +)(.*)|)$")
_RULE = re.compile(r"([-*_])(?: *\1){2,} *$")
_UNDERLINE = re.compile(r"(?:=+|-+) *$")
_HEADING = re.compile(r"#{1,6}(?: |$)")
_TABLE_RULE = re.compile(r"\|? *+:?-++:? *+(?:\| *+:?-++:? *+)*+\|? *+$")
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\] *$", re.IGNORECASE)
_RAW = re.compile(r"<(script|pre|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
_BLOCK_NAMES = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|"
    "dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|"
    "hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|"
    "picture|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_HTML_BLOCK = re.compile(rf"</?(?:{_BLOCK_NAMES})(?=\s|/?>|$)", re.IGNORECASE)
_LONE_TAG = re.compile(
    r"""(?:<[a-z][a-z0-9-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*/?>"""
    r"""|</[a-z][a-z0-9-]*\s*>)\s*$""",
    re.IGNORECASE,
)


def rewrite(lines: list[str], keep: Callable[[str], str], quoted: int = 0) -> list[str]:
    """Return the lines of a Markdown text in the dialect of the package `markdown`.

    Parameters
    ----------
    lines
        Lines without line breaks.
    keep
        Takes HTML aside and returns a text that stands for it.
        It is called for blocks of code and of HTML.
    quoted
        How many quotations the lines are in.
    """
    rewriter = _Rewriter([line.expandtabs(_TAB) for line in lines], keep, quoted)
    return rewriter.run()


@attrs.frozen
class _Item:
    """A list item that is open."""

    content: int
    """Position in the line where its content begins."""

    kind: str
    """The sign that its marker ends with, another one begins another list."""


@attrs.frozen
class _Paragraph:
    """The paragraph that is being written."""

    start: int
    """Index of its first line in the result."""

    prefix: str
    """What is before the text in its first line."""


class _Rewriter:
    """Reads lines in order, remembering the list items that are open."""

    def __init__(self, lines: list[str], keep: Callable[[str], str], quoted: int) -> None:
        self.lines = lines
        self.keep = keep
        self.quoted = quoted
        self.out: list[str] = []
        self.items: list[_Item] = []
        self.kinds: dict[int, str] = {}  # by depth, of the lists that can be continued
        self.marker = ""  # of an item of which nothing is written yet, with its indentation
        self.paragraph = _Paragraph(0, "")
        self.in_paragraph = False
        self.has_blank = False  # since the last item was opened

    def run(self) -> list[str]:
        """Return the new lines."""
        index = 0
        while index < len(self.lines):
            index = self._block(index)
        self._write_marker()
        return self.out

    def _block(self, index: int) -> int:
        """Rewrite what starts at a line, and return the index of the line after it."""
        text = self.lines[index].lstrip(" ")
        if not text:
            self._write_marker()
            self._separate()
            return index + 1
        indent = len(self.lines[index]) - len(text)
        self._leave_items(indent, text)
        relative = indent - self._content
        if self.in_paragraph and not 0 <= relative < _TAB:
            self._paragraph(index, text)
        elif relative >= _TAB:
            self._write(" " * relative + text)
        else:
            readers = self._fence, self._html, self._quotation, self._rule, self._item, self._table
            for read in readers:
                following = read(index, text)
                if following is not None:
                    return following
            self._text(index, text)
        return index + 1

    # Single lines

    def _text(self, index: int, text: str) -> None:
        """Write a line of a heading or a paragraph."""
        if _HEADING.match(text):
            self._set_apart(text)
        elif self.in_paragraph and _UNDERLINE.match(text):
            self._underlined("#" if text.startswith("=") else "##")
        else:
            self._paragraph(index, text)

    def _paragraph(self, index: int, text: str) -> None:
        """Write a line of a paragraph, so that it is not taken for something else."""
        is_last = index + 1 == len(self.lines) or not self.lines[index + 1].strip()
        if re.search(r"(?<!\\)(?:\\\\)*\\$", text) and not is_last:
            text = text[:-1] + "  "
        if marker := _MARKER.match(text):
            position = len(marker[1]) - 1
            text = f"{text[:position]}\\{text[position:]}"
        elif _UNDERLINE.match(text) or text.startswith("#"):
            text = f"&#{ord(text[0])};{text[1:]}"
        if not self.in_paragraph:
            self.paragraph = _Paragraph(len(self.out), self.marker or self._prefix)
        self._write(text)
        self.in_paragraph = True

    def _underlined(self, sign: str) -> None:
        """Make a heading of the current paragraph."""
        start, prefix = self.paragraph.start, self.paragraph.prefix
        lines = [line[len(prefix) if line.startswith(prefix) else 0 :] for line in self.out[start:]]
        del self.out[start:]
        self.marker = prefix if prefix.strip() else ""
        self._set_apart(f"{sign} {' '.join(line.strip() for line in lines)}")

    def _table(self, index: int, text: str) -> int | None:
        """Write a table up to the next block."""
        following = self.lines[index + 1].strip(" ") if index + 1 < len(self.lines) else ""
        if "|" not in text or not _TABLE_RULE.match(following) or "-" not in following:
            return None
        rows = [text]
        for line in self._contained(index + 1):
            row = line.strip(" ")
            is_deeper = line.startswith(" " * (self._content + _TAB))
            if not row or (len(rows) > 1 and (is_deeper or _starts_block(row))):
                break
            rows.append(row)
        self._set_apart(*rows)
        return index + len(rows)

    def _rule(self, index: int, text: str) -> int | None:
        if not _RULE.match(text) or (self.in_paragraph and _UNDERLINE.match(text)):
            return None
        self._set_apart("* * *")
        return index + 1

    # Several lines

    def _fence(self, index: int, text: str) -> int | None:
        """Take a fenced block of code aside."""
        found = _FENCE.match(text)
        if not found:
            return None
        fence, info = found[1] or found[3], (found[2] or found[4] or "").split()
        end = re.compile(rf" {{0,3}}{fence[0]}{{{len(fence)},}} *$")
        margin = len(self.lines[index]) - len(text)
        code: list[str] = []
        for line in self._contained(index + 1):
            index += 1
            if end.match(line[self._content :]):
                break
            code.append(line[min(margin, len(line) - len(line.lstrip(" "))) :])
        else:
            while code and not code[-1]:
                code.pop()  # the end of the file
        language = re.sub(r"[^\w+#.-]", "", info[0]) if info else ""
        attribute = f' class="language-{language}"' if language else ""
        escaped = html.escape("\n".join(code), quote=False)
        self._set_apart(self.keep(f"<pre><code{attribute}>{escaped}\n</code></pre>"))
        return index + 1

    def _html(self, index: int, text: str) -> int | None:
        """Take a block of HTML aside: up to a blank line, or to the end of what it opens."""
        end = _html_end(text, self.in_paragraph)
        if end is None:
            return None
        block: list[str] = []
        for line in self._contained(index):
            if not end and not line.strip():
                break
            block.append(line)
            if end and end in line.lower():
                break
        self._set_apart(self.keep("\n".join(block)))
        return index + len(block)

    def _contained(self, index: int) -> Iterator[str]:
        """Return lines from an index on, as far as they belong to the innermost list item."""
        while index < len(self.lines):
            line = self.lines[index]
            if line.strip() and not line.startswith(" " * self._content):
                break
            yield line
            index += 1

    def _quotation(self, index: int, text: str) -> int | None:
        """Rewrite a quotation on its own."""
        if not text.startswith(">"):
            return None
        inner: list[str] = []
        while index < len(self.lines):
            line = self.lines[index]
            text = line.lstrip(" ")
            if text.startswith(">") and len(line) - len(text) >= self._content:
                inner.append(re.sub("^> ?", "", text))
            elif text and inner[-1].strip() and not _starts_block(text):
                inner.append(text if text[0] != "=" else f"&#61;{text[1:]}")
            else:
                break
            index += 1
        if self.quoted >= _DEEPEST:
            self._set_apart(*(re.sub("^[> ]+", "", line) for line in inner))
            return index
        if alert := _ALERT.match(inner[0].strip()):
            inner[:1] = [f"**{alert[1].capitalize()}**", ""]
        quoted = rewrite(inner, self.keep, self.quoted + 1)
        before = next((line for line in reversed(self.out) if line), "")
        if not self.marker and before.startswith(f"{self._prefix}>"):
            self._set_apart(self.keep("<!-- another quotation -->"))
        self._set_apart(*(f"> {line}" if line else ">" for line in quoted))
        return index

    # List items

    def _item(self, index: int, text: str) -> int | None:
        """Open a list item, and read the rest of its line again as its content."""
        found = _MARKER.match(text)
        if not found or len(self.items) >= _DEEPEST:
            return None
        marker, blanks, rest = found[1], found[2] or " ", found[3] or ""
        kind, depth = marker[-1], len(self.items)
        known, is_bullet = self.kinds.get(depth), kind == marker
        if self.in_paragraph and not (rest and (is_bullet or marker[:-1] == "1")):
            return None
        if not is_bullet and known != kind and int(marker[:-1]) != 1:
            return None  # the server stores no other first numbers
        if known not in (None, kind):
            self._set_apart(self.keep("<!-- another list -->"))
        elif self.has_blank or (known is None and depth == 0):
            self._separate()
        width = len(blanks) if len(blanks) <= _TAB else 1
        content = len(self.lines[index]) - len(text) + len(marker) + width
        sign = marker if is_bullet else f"{marker[:-1]}."
        self.marker = f"{self.marker or self._prefix}{sign} "
        self.items.append(_Item(content, kind))
        self.kinds[depth] = kind
        self.in_paragraph = self.has_blank = False
        rest = rest.lstrip(" ")
        if box := re.match(r"\[([ xX])\] ", rest):
            rest = f"{'☐' if box[1] == ' ' else '☑'} {rest[4:]}"
        self.lines[index] = " " * content + rest
        return index if rest else index + 1

    def _leave_items(self, indent: int, text: str) -> None:
        """Close the list items to which a line does not belong."""
        around = max((item.content for item in self.items if item.content <= indent), default=0)
        if self.in_paragraph and (indent - around >= _TAB or not _starts_block(text)):
            return  # a paragraph goes on, wherever its lines begin
        while self.items and indent < self._content:
            self._write_marker()
            self.items.pop()
            self.in_paragraph = False
        depth = len(self.items)
        self.kinds = {key: kind for key, kind in self.kinds.items() if key <= depth}
        if depth in self.kinds and not self.in_paragraph and not _MARKER.match(text):
            del self.kinds[depth]
            self._separate()

    @property
    def _content(self) -> int:
        return self.items[-1].content if self.items else 0

    # Writing

    @property
    def _prefix(self) -> str:
        return " " * (_INDENT * len(self.items))

    def _write(self, text: str) -> None:
        self.out.append(f"{self.marker or self._prefix}{text}")
        self.marker = ""

    def _write_marker(self) -> None:
        """Write an item that has no content."""
        if self.marker:
            self._write(self.keep("<!-- empty item -->"))

    def _separate(self) -> None:
        """Make sure that what follows begins a new block."""
        if not self.marker:
            self.out.append("")
            self.has_blank = True
        self.in_paragraph = False

    def _set_apart(self, *lines: str) -> None:
        """Write lines as a block of their own."""
        self._separate()
        for line in lines:
            self._write(line)
        self._separate()


def _html_end(text: str, in_paragraph: bool) -> str | None:
    """Return what ends a block of HTML, nothing for a blank line, `None` if it is none."""
    if raw := _RAW.match(text):
        return f"</{raw[1].lower()}>"
    if text.startswith("<!--"):
        return "-->"
    if text.startswith("<?"):
        return "?>"
    if re.match(r"<!\[?[A-Za-z]", text):
        return ">"
    if _HTML_BLOCK.match(text) or (not in_paragraph and _LONE_TAG.match(text)):
        return ""
    return None


def _starts_block(text: str) -> bool:
    """Return whether a line cannot be part of the paragraph before it."""
    return bool(
        text.startswith(">")
        or any(pattern.match(text) for pattern in (_FENCE, _RULE, _HEADING, _MARKER))
        or _html_end(text, in_paragraph=True) is not None
    )
