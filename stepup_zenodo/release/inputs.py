"""The records from which a project has its inputs, as text that documents include."""

import json
from collections.abc import Callable, Mapping

from ..jsontypes import Json
from ..terms.forms import is_doi
from .citation import Citation
from .doi import MADE, MARKS, address, bib, cff_author, suffix_of
from .quoting import json_text, tex_name, tex_text, typ_text, yaml_text

__all__ = ("is_rendered_inputs", "rendered_inputs")


def rendered_inputs(path: str, inputs: Mapping[str, Citation]) -> str:
    """Return the text of an output, whose format is that of its extension.

    Parameters
    ----------
    path
        The output.
    inputs
        The versions of the records, by the names of the folders.
    """
    suffix = suffix_of(path)
    head = f"{MARKS[suffix]} {MADE}\n" if suffix in MARKS else ""
    return head + _FORMATS[suffix](inputs)


def is_rendered_inputs(path: str, data: bytes) -> bool:
    """Return whether the content of an output is what `rendered_inputs` writes.

    The formats with comments tell it in their first line.
    Of the others, the whole content must be what it can be.
    """
    try:
        text = data.decode()
        mark = MARKS.get(suffix_of(path))
        if mark is not None:
            return text.partition("\n")[0] == f"{mark} {MADE}"
        if suffix_of(path) == ".txt":
            return all(map(is_doi, text.splitlines()))
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    keys = set(_json_values(Citation("")))
    return isinstance(content, dict) and all(
        isinstance(item, dict) and set(item) == keys for item in content.values()
    )


def _values(citation: Citation) -> dict[str, str]:
    """Return what can be said of an input in a document, empty where it is not known."""
    concept = citation.concept_doi
    return {
        "doi": citation.doi,
        "url": address(citation.doi) if citation.doi else citation.url,
        "concept-doi": concept,
        "concept-url": address(concept) if concept else "",
        "version": citation.version,
        "record": citation.record,
        "title": citation.title,
        "key": f"zenodo:{citation.record}",
    }


def _plain(inputs: Mapping[str, Citation]) -> str:
    return "".join(f"{citation.doi}\n" for citation in inputs.values() if citation.doi)


def _json(inputs: Mapping[str, Citation]) -> str:
    content: dict[str, Json] = {name: _json_values(item) for name, item in inputs.items()}
    return f"{json_text(content)}\n"


def _json_values(citation: Citation) -> dict[str, Json]:
    return {key.replace("-", "_"): text or None for key, text in _values(citation).items()}


def _tex(inputs: Mapping[str, Citation]) -> str:
    r"""Return what defines `\zenodoInput{folder}{doi}`.

    Names of macros cannot hold digits, so that each value has a name that is made of both words.
    """
    lines = [r"\newcommand{\zenodoInput}[2]{\csname zenodo input #1 #2\endcsname}"]
    for name, citation in inputs.items():
        for key, text in _values(citation).items():
            macro = rf"\expandafter\def\csname zenodo input {tex_name(name)} {key}\endcsname"
            lines.append(f"{macro}{{{tex_text(text)}}}")
    return "\n".join([*lines, ""])


def _typ(inputs: Mapping[str, Citation]) -> str:
    lines = ["#let zenodo-inputs = ("]
    for name, citation in inputs.items():
        lines.append(f"  {typ_text(name)}: (")
        lines += [
            f"    {key}: {typ_text(text) if text else 'none'},"
            for key, text in _values(citation).items()
        ]
        lines.append("  ),")
    return "\n".join([*lines, ")", ""])


def _bib(inputs: Mapping[str, Citation]) -> str:
    found = {citation.record: citation for citation in inputs.values()}
    return "\n".join(bib(citation) for citation in found.values())


def _cff(inputs: Mapping[str, Citation]) -> str:
    """Return the list `references` of a file in the Citation File Format."""
    lines = ["references:"]
    for citation in inputs.values():
        parts = {
            "type": "data" if citation.kind == "dataset" else "generic",
            "title": yaml_text(citation.title),
            "version": yaml_text(citation.version) if citation.version else "",
            "doi": yaml_text(citation.doi) if citation.doi else "",
            "url": yaml_text(citation.url),
        }
        first, *rest = [f"{key}: {text}" for key, text in parts.items() if text]
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
        lines += ["    authors:"] if citation.authors else []
        for author in citation.authors:
            lines += [f"    {line}" for line in cff_author(author)]
    return "\n".join([*lines, ""])


_FORMATS: dict[str, Callable[[Mapping[str, Citation]], str]] = {
    ".txt": _plain,
    ".json": _json,
    ".tex": _tex,
    ".typ": _typ,
    ".bib": _bib,
    ".cff": _cff,
}
