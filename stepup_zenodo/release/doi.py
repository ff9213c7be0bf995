"""The DOI of a record as text that documents include, in the formats of their programs."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath

import attrs

from ..config.fields import CREATORS, PUBLICATION_DATE, PUBLISHER, RESOURCE_TYPE, TITLE, VERSION
from ..config.people import who_of
from ..errors import Problem
from ..jsontypes import Json, string
from ..terms.forms import is_doi, is_record_id
from .quoting import bib_text, json_text, tex_text, typ_text, yaml_text

__all__ = (
    "MADE",
    "SUFFIXES",
    "Author",
    "Citation",
    "citation_of",
    "concept_words",
    "is_rendered",
    "output_problems",
    "rendered",
)

MADE = "Made by stepup-zenodo, which overwrites it"
"""The comment in the first line of the formats that have comments."""


@attrs.frozen
class Author:
    """Somebody who is cited as an author."""

    name: str
    """The family name of a person, or the name of an organization."""

    given: str = ""
    """The given names of a person."""

    is_person: bool = True
    """False for an organization."""

    orcid: str = ""
    """The ORCID without address, empty when there is none."""

    affiliation: str = ""
    """The name of the first affiliation, empty when there is none or only its id."""


@attrs.frozen
class Citation:
    """What can be said about one version of a record."""

    doi: str
    """The DOI of this version, or a placeholder."""

    concept_doi: str = ""
    """The DOI of all versions together, empty when it is not known yet."""

    concept_leads: bool = True
    """Whether that DOI is registered: it is by the first publication.

    The outputs do not say so, as they have to stay as they are when the record is published.
    """

    has_concept: bool = True
    """Whether there is or will be such a DOI: only the server that gave the DOI gives it."""

    record: str = ""
    """The record id, empty for a placeholder."""

    url: str = ""
    """The address of the page of this version, which exists after publication."""

    version: str = ""
    """The version text, empty when there is none."""

    title: str = ""
    """The title."""

    date: str = ""
    """The publication date in EDTF, empty when it is not known."""

    publisher: str = ""
    """The publisher."""

    kind: str = ""
    """The resource type, e.g. `dataset`."""

    authors: tuple[Author, ...] = ()
    """The creators in order."""


def citation_of(
    fields: Mapping[str, Json],
    doi: str,
    *,
    concept_doi: str = "",
    concept_leads: bool = True,
    has_concept: bool = True,
    record: str = "",
    url: str = "",
) -> Citation:
    """Return the citation of a record.

    Parameters
    ----------
    fields
        The metadata as they are sent, by field name.
    doi
        The DOI of the version.
    concept_doi
        The DOI of all versions.
    concept_leads
        Whether it is registered.
    has_concept
        Whether there is or will be such a DOI.
    record
        The record id.
    url
        The address of its page.
    """
    creators = fields.get(CREATORS)
    kind = fields.get(RESOURCE_TYPE)
    return Citation(
        doi=doi,
        concept_doi=concept_doi,
        concept_leads=concept_leads,
        has_concept=has_concept,
        record=record,
        url=url,
        version=string(fields.get(VERSION)),
        title=string(fields.get(TITLE)),
        date=string(fields.get(PUBLICATION_DATE)),
        publisher=string(fields.get(PUBLISHER)),
        kind=string(kind.get("id")) if isinstance(kind, dict) else "",
        authors=tuple(
            _author(item)
            for item in (creators if isinstance(creators, list) else [])
            if isinstance(item, dict)
        ),
    )


def _author(creator: Mapping[str, Json]) -> Author:
    who = who_of(creator)
    affiliations = creator.get("affiliations")
    first = affiliations[0] if isinstance(affiliations, list) and affiliations else {}
    affiliation = string(first.get("name")) if isinstance(first, dict) else ""
    if who.get("type") == "organizational":
        return Author(string(who.get("name")), is_person=False)
    identifiers = who.get("identifiers")
    orcids = [
        string(item.get("identifier"))
        for item in (identifiers if isinstance(identifiers, list) else [])
        if isinstance(item, dict) and item.get("scheme") == "orcid"
    ]
    return Author(
        string(who.get("family_name")) or string(who.get("name")),
        string(who.get("given_name")),
        orcid=orcids[0] if orcids else "",
        affiliation=affiliation,
    )


def rendered(path: str, citation: Citation) -> str:
    """Return the text of an output, whose format is that of its extension.

    The result depends on nothing else, and ends with a line break.
    """
    suffix = _suffix(path)
    head = f"{_MARKS[suffix]} {MADE}\n" if suffix in _MARKS else ""
    return head + _FORMATS[suffix](citation)


def is_rendered(path: str, data: bytes, placeholder: str | None) -> bool:
    """Return whether the content of an output is what `rendered` writes.

    The formats with comments tell it in their first line.
    Of the others, the whole content must be what it can be.

    Parameters
    ----------
    path
        The output, whose format is that of its extension.
    data
        What is there.
    placeholder
        What stands for a DOI that is not known, `None` for nothing.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    mark = _MARKS.get(_suffix(path))
    if mark is not None:
        return text.partition("\n")[0] == f"{mark} {MADE}"
    doi, line_break, rest = text.partition("\n")
    if _suffix(path) == ".txt":
        return bool(line_break) and not rest and (doi == placeholder or is_doi(doi))
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.keys() == _JSON_KEYS


_MARKS = {".tex": "%", ".typ": "//", ".bib": "%", ".cff": "#"}
"""How comments begin."""

_JSON_KEYS = frozenset({"doi", "doi_url", "concept_doi", "version", "record", "url"})


def output_problems(paths: Iterable[str]) -> tuple[Problem, ...]:
    """Return what is wrong with the names of outputs."""
    problems, seen = [], set()
    for path in paths:
        if _suffix(path) not in _FORMATS:
            message = f"the extension {_suffix(path) or 'is missing and'} is none of those known"
            problems.append(Problem(message, path, hint=f"use one of {', '.join(SUFFIXES)}"))
        if path in seen:
            problems.append(Problem("the output is given twice", path, hint="give it once"))
        seen.add(path)
    return tuple(problems)


def _suffix(path: str) -> str:
    return PurePath(path).suffix.lower()


def _address(doi: str) -> str:
    return f"https://doi.org/{doi}"


def concept_words(concept: str, *, leads: bool, has_concept: bool) -> str:
    """Return a concept DOI as it is shown, or why there is none.

    Parameters
    ----------
    concept
        The DOI, empty when it is not known.
    leads
        Whether it is registered.
    has_concept
        Whether there is or will be one.
    """
    if concept:
        return concept if leads else f"{concept}, from the first publication on"
    if has_concept:
        return "not known before the first publication"
    return "none, as the DOI was not given by this server"


def _no_concept(citation: Citation) -> str:
    """Return a sentence for comments, without full stop."""
    return f"The concept DOI is {concept_words('', leads=False, has_concept=citation.has_concept)}"


def _plain(citation: Citation) -> str:
    return f"{citation.doi}\n"


def _json(citation: Citation) -> str:
    content: dict[str, Json] = {
        "doi": citation.doi,
        "doi_url": _address(citation.doi),
        "concept_doi": citation.concept_doi or None,
        "version": citation.version or None,
        "record": citation.record or None,
        "url": citation.url or None,
    }
    return f"{json_text(content)}\n"


def _tex(citation: Citation) -> str:
    concept = citation.concept_doi
    macros = {
        "zenodoDOI": citation.doi,
        "zenodoURL": _address(citation.doi),
        "zenodoConceptDOI": concept,
        "zenodoConceptURL": _address(concept) if concept else "",
        "zenodoVersion": citation.version,
        "zenodoRecord": citation.record,
    }
    lines = [] if concept else [f"% {_no_concept(citation)}: its macros are empty."]
    lines += [f"\\newcommand{{\\{name}}}{{{tex_text(text)}}}" for name, text in macros.items()]
    return "\n".join([*lines, ""])


def _typ(citation: Citation) -> str:
    concept = citation.concept_doi
    values: dict[str, str] = {
        "zenodo-doi": citation.doi,
        "zenodo-url": _address(citation.doi),
        "zenodo-concept-doi": concept,
        "zenodo-concept-url": _address(concept) if concept else "",
        "zenodo-version": citation.version,
        "zenodo-record": citation.record,
    }
    lines = [] if concept else [f"// {_no_concept(citation)}."]
    lines += [
        f"#let {name} = {typ_text(text) if text else 'none'}" for name, text in values.items()
    ]
    return "\n".join([*lines, ""])


def _bib(citation: Citation) -> str:
    key = f"zenodo:{citation.record}" if is_record_id(citation.record) else "zenodo"
    authors = " and ".join(_bib_author(author) for author in citation.authors)
    year, _, rest = citation.date.partition("/")[0].partition("-")
    fields = {
        "author": authors,
        "title": f"{{{bib_text(citation.title)}}}" if citation.title else "",
        "year": year if re.fullmatch("[0-9]{4}", year) else "",
        "month": _BIB_MONTHS.get(rest[:2], ""),
        "publisher": bib_text(citation.publisher),
        "version": bib_text(citation.version),
        "doi": citation.doi if is_doi(citation.doi) else bib_text(citation.doi),
        "url": _address(citation.doi) if is_doi(citation.doi) else "",
    }
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
        for name, value in fields.items()
        if value
    ]
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


_BIB_MONTHS = {
    f"{number:02d}": name
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}


def _bib_author(author: Author) -> str:
    if not author.is_person or not author.given:
        return f"{{{bib_text(author.name)}}}"
    return f"{_bib_part(author.name)}, {_bib_part(author.given)}"


def _bib_part(text: str) -> str:
    """Return a part of a name, in braces when BibTeX would see several names in it."""
    whole = bib_text(text)
    return f"{{{whole}}}" if re.search(r"(?i),|\band\b", text) else whole


def _cff(citation: Citation) -> str:
    """Return a file in the Citation File Format 1.2.0; each text is quoted as in JSON."""
    kind = "dataset" if citation.kind == "dataset" else "software"
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this work, please cite it as below.",
        f"type: {kind}",
    ]
    lines += [f"title: {yaml_text(citation.title)}"] if citation.title else []
    lines += ["authors:"] if citation.authors else []
    for author in citation.authors:
        lines += _cff_author(author)
    lines += [f"version: {yaml_text(citation.version)}"] if citation.version else []
    day = citation.date
    # The format has whole days only.
    lines += [f"date-released: {day}"] if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day, re.A) else []
    lines += [f"doi: {yaml_text(citation.doi)}"]
    if citation.concept_doi:
        lines += ["identifiers:", "  - type: doi", f"    value: {yaml_text(citation.concept_doi)}"]
        lines += ["    description: All versions together"]
    else:
        lines += [f"# {_no_concept(citation)}."]
    return "\n".join([*lines, ""])


def _cff_author(author: Author) -> list[str]:
    if not author.is_person:
        return [f"  - name: {yaml_text(author.name)}"]
    parts = {
        "family-names": author.name,
        "given-names": author.given,
        "orcid": f"https://orcid.org/{author.orcid}" if author.orcid else "",
        "affiliation": author.affiliation,
    }
    lines = [f"{name}: {yaml_text(text)}" for name, text in parts.items() if text]
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


_FORMATS: dict[str, Callable[[Citation], str]] = {
    ".txt": _plain,
    ".json": _json,
    ".tex": _tex,
    ".typ": _typ,
    ".bib": _bib,
    ".cff": _cff,
}

SUFFIXES = tuple(_FORMATS)
"""Extensions of the outputs that can be written."""
