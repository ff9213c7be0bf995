"""Values of the JSON of the server as words for a page, with addresses where that is safe."""

import re
from collections.abc import Iterator, Mapping

import attrs

from ..jsontypes import Json, mapping

__all__ = (
    "Words",
    "doi_address",
    "identifier_words",
    "plain_words",
    "term_title",
    "text_of",
    "web_address",
)

_WEB = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.IGNORECASE)

_ACRONYMS = {"url": "URL", "swh": "Software Heritage", "wikidata": "Wikidata"}
"""Names of schemes that are not their ids in capital letters."""


@attrs.frozen
class Words:
    """A line of a page."""

    text: str
    """What it says."""

    address: str = ""
    """Where it leads, an address with http or https; empty for nowhere."""

    label: str = ""
    """What it is, empty when the heading says enough."""

    remark: str = ""
    """More about it."""


def text_of(value: Json) -> str:
    """Return a text or number as text, nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def term_title(value: object) -> str:
    """Return the English title of an entry of a vocabulary, else another title or its id."""
    entry = mapping(value)
    titles = mapping(entry.get("title"))
    known = [text_of(title) for title in (titles.get("en"), *titles.values())]
    return next(filter(None, known), text_of(entry.get("id")))


def web_address(text: str) -> str:
    """Return an address if it is one of the web, else nothing.

    Other schemes can run scripts or start programs when somebody follows the link.
    """
    return text if _WEB.fullmatch(text) else ""


def doi_address(doi: str) -> str:
    """Return where a DOI leads."""
    return identifier_words({"scheme": "doi", "identifier": doi}).address


def identifier_words(item: Mapping[str, Json]) -> Words:
    """Return an identifier with its scheme as label, and where it leads."""
    scheme, text = text_of(item.get("scheme")).lower(), text_of(item.get("identifier"))
    return Words(text, _address(scheme, text), label=_ACRONYMS.get(scheme, scheme.upper()))


def _address(scheme: str, text: str) -> str:
    """Return where an identifier leads, as the server would say; nothing if it is not valid."""
    import idutils.normalizers

    try:
        return web_address(str(idutils.normalizers.to_url(text, scheme, url_scheme="https")))
    except (AttributeError, ValueError, TypeError, KeyError, IndexError):
        return ""


def plain_words(value: Json) -> Iterator[Words]:
    """Yield a line for each value of a list or mapping, whatever it holds."""
    if isinstance(value, list):
        for item in value:
            yield from plain_words(item) if _is_flat(item) else [Words(_joined(item))]
    elif isinstance(value, dict) and not _is_term(value):
        for key, inner in value.items():
            text = _joined(inner)
            if text:
                yield Words(text, web_address(text), label=key.replace("_", " "))
    elif _joined(value):
        text = _joined(value)
        yield Words(text, web_address(text))


def _is_flat(value: Json) -> bool:
    return not isinstance(value, list | dict) or _is_term(value)


def _is_term(value: Json) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def _joined(value: Json) -> str:
    """Return a value in one line."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_joined, value)))
    if isinstance(value, dict):
        if _is_term(value):
            return term_title(value)
        if "identifier" in value and "scheme" in value:
            words = identifier_words(value)
            return f"{words.label} {words.text}".strip()
        pairs = ((key.replace("_", " "), _joined(inner)) for key, inner in value.items())
        return "; ".join(f"{key}: {text}" for key, text in pairs if text)
    return text_of(value)
