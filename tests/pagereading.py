"""Read a page as a person and as a browser do."""

from html.parser import HTMLParser

import attrs

__all__ = ("Reading", "read")

VOID = frozenset({"br", "meta"})
SILENT = frozenset({"style", "title"})


@attrs.define
class Reading:
    """What is on a page."""

    tags: list[str] = attrs.field(factory=list)
    """The start tags with their attributes, in order."""

    texts: list[str] = attrs.field(factory=list)
    """What can be read, in pieces between tags, with single spaces."""

    links: list[str] = attrs.field(factory=list)
    """Where links lead."""

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    @property
    def structure(self) -> list[str]:
        """The start tags without the values of their attributes."""
        return [tag.partition("=")[0] for tag in self.tags]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":
            return  # a place where a line may end, which nobody sees
        self.end_text()
        self.reading.tags.append(" ".join([tag, *(f'{key}="{value}"' for key, value in attrs)]))
        self.reading.links += [value or "" for key, value in attrs if key in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.end_text()
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if not SILENT & {*self.open} else ""

    def end_text(self) -> None:
        words = " ".join(self.text.split())
        self.reading.texts += [words] if words else []
        self.text = ""


def read(page: str) -> Reading:
    """Return what is on a page, whose elements must all be closed in order."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    parser.end_text()
    assert parser.open == []
    return parser.reading
