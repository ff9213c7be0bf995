"""The DOI of a record as text that documents include, in the formats of their programs."""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import PurePath

from ..errors import Problem
from ..jsontypes import Json
from ..terms.forms import is_doi, is_record_id
from .citation import Author, Citation
from .quoting import bib_text, json_text, tex_text, typ_text, yaml_text

__all__ = (
    "MADE",
    "MARKS",
    "SUFFIXES",
    "address",
    "bib",
    "cff_author",
    "concept_words",
    "is_rendered",
    "output_problems",
    "rendered",
    "suffix_of",
)

MADE = "Made by stepup-zenodo, which overwrites it"
"""The comment in the first line of the formats that have comments."""


def rendered(path: str, citation: Citation) -> str:
    """Return the text of an output, whose format is that of its extension.

    The result depends on nothing else, and ends with a line break.
    """
    suffix = suffix_of(path)
    head = f"{MARKS[suffix]} {MADE}\n" if suffix in MARKS else ""
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
    mark = MARKS.get(suffix_of(path))
    if mark is not None:
        return text.partition("\n")[0] == f"{mark} {MADE}"
    doi, line_break, rest = text.partition("\n")
    if suffix_of(path) == ".txt":
        return bool(line_break) and not rest and (doi == placeholder or is_doi(doi))
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.keys() == _JSON_KEYS


MARKS = {".tex": "%", ".typ": "//", ".bib": "%", ".cff": "#"}
"""How comments begin."""

_JSON_KEYS = frozenset({"doi", "doi_url", "concept_doi", "version", "record", "url"})


def output_problems(paths: Iterable[str]) -> tuple[Problem, ...]:
    """Return what is wrong with the names of outputs."""
    problems, seen = [], set()
    for path in paths:
        if suffix_of(path) not in _FORMATS:
            message = f"the extension {suffix_of(path) or 'is missing and'} is none of those known"
            problems.append(Problem(message, path, hint=f"use one of {', '.join(SUFFIXES)}"))
        if path in seen:
            problems.append(Problem("the output is given twice", path, hint="give it once"))
        seen.add(path)
    return tuple(problems)


def suffix_of(path: str) -> str:
    """Return the extension of an output, which tells its format."""
    return PurePath(path).suffix.lower()


def address(doi: str) -> str:
    """Return the address of a DOI."""
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
        "doi": citation.doi or None,
        "doi_url": address(citation.doi) if citation.doi else None,
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
        "zenodoURL": address(citation.doi),
        "zenodoConceptDOI": concept,
        "zenodoConceptURL": address(concept) if concept else "",
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
        "zenodo-url": address(citation.doi),
        "zenodo-concept-doi": concept,
        "zenodo-concept-url": address(concept) if concept else "",
        "zenodo-version": citation.version,
        "zenodo-record": citation.record,
    }
    lines = [] if concept else [f"// {_no_concept(citation)}."]
    lines += [
        f"#let {name} = {typ_text(text) if text else 'none'}" for name, text in values.items()
    ]
    return "\n".join([*lines, ""])


def bib(citation: Citation) -> str:
    """Return an entry of a bibliography for BibTeX and biblatex."""
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
        "url": address(citation.doi) if is_doi(citation.doi) else "",
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
        lines += cff_author(author)
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


def cff_author(author: Author) -> list[str]:
    """Return the lines of an author in the Citation File Format."""
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
    ".bib": bib,
    ".cff": _cff,
}

SUFFIXES = tuple(_FORMATS)
"""Extensions of the outputs that can be written."""
