"""The words of a short HTML text, for people who read them in a terminal."""

from collections.abc import Iterator

from .tags import EndTag, StartTag, TextToken, tokens

__all__ = ("html_words",)


def html_words(source: str) -> str:
    """Return the text of HTML on one line, with the addresses of its links in parentheses."""
    return " ".join("".join(_parts(source)).split())


def _parts(source: str) -> Iterator[str]:
    address = ""
    for token in tokens(source):
        match token:
            case TextToken(data=data):
                yield data
            case StartTag(name="a", attributes=attributes):
                address = attributes.get("href", "")
            case EndTag(name="a"):
                yield f" ({address})" if address else ""
                address = ""
            case EndTag(name="b" | "code" | "em" | "i" | "span" | "strong"):
                pass
            case StartTag(name="b" | "code" | "em" | "i" | "span" | "strong"):
                pass
            case _:
                yield " "
