"""A full citation of a work that is described by the keys of the Citation File Format."""

from collections.abc import Callable

from ..jsontypes import given
from ..terms.identifiers import RECORD_SCHEMES, detect
from .source import Source, items, mapping, text, texts

__all__ = ("citation", "identifier_of")


def citation(work: Source, name_of: Callable[[object], str]) -> str:
    """Return a citation with all that is said of a work, empty if it has no title."""
    title = text(work.get("title"))
    if not title:
        return ""
    names = [name_of(author) for _, author in items(work, "authors")]
    authors = "; ".join(name for name in names if name)
    dated = " ".join(part for part in (authors, _year(work)) if part)
    parts = (
        dated,
        title,
        text(work.get("collection-title")),
        _numbered("Version", text(work.get("version"))),
        _journal(work),
        ", ".join(filter(None, (_name(work, "publisher"), _name(work, "institution")))),
        " ".join(_addresses(work)),
    )
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _year(work: Source) -> str:
    date = text(work.get("date-released")) or text(work.get("date-published"))
    year = text(work.get("year"))
    shown = date if date and (not year or year in date) else year
    month = text(work.get("month"))
    return (
        f"({shown}-{month})" if shown == year and year and month else f"({shown})" if shown else ""
    )


def _numbered(word: str, number: str) -> str:
    return f"{word} {number}" if number else ""


def _journal(work: Source) -> str:
    volume, issue = text(work.get("volume")), text(work.get("issue"))
    pages = "-".join(filter(None, (text(work.get("start")), text(work.get("end")))))
    numbers = f"{volume}({issue})" if issue else volume
    return ", ".join(
        filter(None, (text(work.get("journal")), numbers, pages or text(work.get("pages"))))
    )


def _name(work: Source, key: str) -> str:
    """Return the name of an organization, which may be an object."""
    found = work.get(key)
    return text(found) or text(mapping(found).get("name"))


def _addresses(work: Source) -> list[str]:
    """Return the addresses of a work, and its DOI if it is not the identifier."""
    keys = ("url", "repository-code", "repository")
    found = [address for key in keys for address in texts(work.get(key))]
    main = identifier_of(work).get("identifier")
    others = [value for _, item in items(work, "identifiers") if (value := _value(item))]
    return [address for address in dict.fromkeys([*found, *others]) if address != main]


def _value(item: object) -> str:
    entry = mapping(item)
    entry.get("type")
    return text(item) or text(entry.get("value"))


def identifier_of(work: Source) -> dict[str, str]:
    """Return the identifier of a work with its scheme: its DOI, or else another one it has."""
    dois = [doi for doi in texts(work.get("doi")) if doi]
    others = [value for _, item in items(work, "identifiers") if (value := _value(item))]
    for value in [*dois, *others]:
        if (scheme := detect(value, RECORD_SCHEMES)) == "doi":
            return {"scheme": scheme, "identifier": value}
    addresses = [*texts(work.get("url")), *others]
    schemes = ((detect(value, RECORD_SCHEMES), value) for value in addresses)
    made = next(((scheme, value) for scheme, value in schemes if scheme), ("", ""))
    return given(scheme=made[0], identifier=made[1])
