"""The reference page about the keys of the configuration, made from their declarations."""

from collections.abc import Iterator

import yaml

from stepup_zenodo.config.configuration import CONFIG, Config
from stepup_zenodo.config.containers import Many
from stepup_zenodo.config.ids import Term
from stepup_zenodo.config.metadata import Metadata
from stepup_zenodo.config.structs import Key, keys
from stepup_zenodo.config.table import fields
from stepup_zenodo.terms.identifiers import (
    AWARD_SCHEMES,
    LOCATION_SCHEMES,
    PERSON_SCHEMES,
    RECORD_SCHEMES,
    expected,
)
from stepup_zenodo.terms.vocabularies import ids

from .configuration_keys import cell, found_keys, records

__all__ = ("TITLES", "configuration_page")

INTRODUCTION = """\
# Configuration

<!-- This page is made from the program by `python -m tests.expected`: edit it there. -->

A configuration is one file, usually `zenodo.yaml`.
It can be written in YAML, TOML or JSON; the extension of its name tells which.
`stepup-zenodo init` writes one with explanations,
and `stepup-zenodo check` looks for errors without asking the server.
[Where fields are checked](fields.md) tells what can be found out when.

## Rules for All Keys

- Paths are relative to the folder of the configuration; `~` is your home folder.
- A key that is left out is not managed: what the server has stays.
- A key that is given empty, e.g. `keywords: []` or `version: ""`, is emptied on the server.
  A key without any value is an error, as it is unclear which of these is meant.
- Where a list is expected, a single value counts as a list of one.
- Ids of vocabularies can be written in any case, also as `{id: cc-by-4.0}`.
- Unknown keys are errors.
- White space around a text is removed.
- A version that looks like a number must be in quotes: `"1.0"`.

## In an Editor

`stepup-zenodo init` writes a JSON Schema beside the configuration, and names it in its first line:

```yaml
# yaml-language-server: $schema=.zenodo-schema.json
metadata:
  title: Data of an Example
```

Editors with a YAML language server, such as VS Code with its YAML extension,
complete and explain the keys then, and mark most errors while you type.
The path is relative, so it works on all machines and without network.
Write the schema anew after an update of the program:

```bash
stepup-zenodo schema > .zenodo-schema.json
```

The schema accepts whatever the program accepts.
It cannot see everything that `check` sees, check digits for example.
An id that a newer server has and this version of the program lacks is marked as well,
although the program asks the server before it refuses it.
"""

TITLES = {
    "Config": "Top Level",
    "Metadata": "Metadata",
    "FolderArchive": "Archives of Folders",
    "Person": "Creators",
    "Contributor": "Contributors",
    "Affiliation": "Affiliations",
    "OwnLicense": "Own Licences",
    "Related": "Related Works",
    "RelatedSource": "Works of the Same Project",
    "Reference": "References",
    "Funding": "Funding",
    "Funder": "Funders",
    "Award": "Awards",
    "Dated": "Dates",
    "ChangelogNotes": "Release Notes From a Changelog",
    "AdditionalTitle": "Additional Titles",
    "AdditionalDescription": "Additional Descriptions",
    "Location": "Locations",
    "Geometry": "Geometries",
    "Access": "Access",
    "Embargo": "Embargoes",
    "ArticleJournal": "Journals",
    "Meeting": "Conferences",
    "Imprint": "Books",
    "Thesis": "Theses",
}
"""The headings of the sections about mappings, in the order of the page."""

SHORT_VOCABULARIES = 60
"""How many ids a vocabulary may have to be listed."""

SOURCES = {
    "languages": "All codes of [ISO 639-3](https://iso639-3.sil.org/), for example `eng`.",
    "licenses": (
        "The ids of the [SPDX License List](https://spdx.org/licenses/), as far as the server "
        "knows them, and those that only Zenodo has, for example `other-open`."
    ),
    "programming_languages": "Names in lower case with `_` for spaces, for example `python`.",
}
"""What is said about longer vocabularies."""


def inline(value: object) -> str:
    """Return a value in YAML on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1000
    )
    return text.removesuffix("\n").removesuffix("\n...")


def facts(declared: Key) -> list[str]:
    """Return what is to be known of a key besides its meaning."""
    lines = [f"- Value: {declared.kind.words}."]
    if isinstance(declared.kind, Term) and "vocabulary" in declared.kind.words:
        anchor = declared.kind.vocabulary.replace("_", "-")
        lines = [f"- Value: [{declared.kind.words}](#{anchor})."]
    if declared.default not in (None, (), "") and isinstance(declared.default, str | int):
        lines.append(f"- Default: `{declared.default}`.")
    if declared.required:
        lines.append("- Required.")
    if declared.aliases:
        names = ", ".join(f"`{alias}`" for alias in declared.aliases)
        lines.append(f"- Other names: {names}.")
    if declared.kind.emptied:
        lines.append(f"- Emptied by: `{declared.kind.emptied}`.")
    return lines


def block(path: str, declared: Key) -> str:
    """Return an example of a key in a configuration."""
    value: object = {declared.name: declared.example}
    if path:
        value = {path: value}
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=90)
    return f"```yaml\n{text}```"


class _Dumper(yaml.SafeDumper):
    """Indents lists."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)


def long_section(cls: type, path: str, heading: str) -> Iterator[str]:
    """Yield the section about a mapping with a subsection for each key."""
    yield f"## {heading}"
    if path:
        yield f"All of these are below the key `{path}`."
    for declared in keys(cls):
        if declared.name == "metadata":
            continue
        yield f"### `{declared.name}`"
        yield declared.doc
        yield "\n".join(facts(declared))
        if declared.example is not None:
            yield block(path, declared)


def short_section(cls: type, places: list[str], heading: str) -> Iterator[str]:
    """Yield the section about a mapping with a table of its keys."""
    yield f"### {heading}"
    at = ", ".join(f"`{place}`" for place in places)
    doc = " ".join((cls.__doc__ or "").split("\n\n")[0].split())
    yield f"{doc} At {at}."
    rows = ["| key | value | meaning | example |", "|---|---|---|---|"]
    for declared in keys(cls):
        names = ", ".join(f"`{name}`" for name in (declared.name, *declared.aliases))
        names += ", required" if declared.required else ""
        example = f"`{inline(declared.example)}`" if declared.example is not None else ""
        row = (names, declared.kind.words, declared.doc, example)
        rows.append(f"| {' | '.join(cell(text) for text in row)} |")
    yield "\n".join(rows)


def identifier_section() -> Iterator[str]:
    """Yield the section about identifiers."""
    yield "## Identifiers"
    yield (
        "Identifiers are written as a mapping from schemes to identifiers, as a list,\n"
        "or as `{scheme: ..., identifier: ...}`. A text alone is an identifier whose scheme is\n"
        "detected. The schemes depend on what is identified:"
    )
    yield (
        "```yaml\nmetadata:\n  identifiers:\n    - url: https://example.org/data\n"
        "    - scheme: doi\n      identifier: 10.1234/data\n    - arXiv:2101.12345\n"
        "  creators:\n    - family_name: Curie\n      identifiers:\n"
        "        orcid: 0000-0002-1825-0097\n        gnd: 118523023\n```"
    )
    rows = ["| scheme | example | of |", "|---|---|---|"]
    uses = {
        "works": RECORD_SCHEMES,
        "people": PERSON_SCHEMES,
        "awards": AWARD_SCHEMES,
        "places": LOCATION_SCHEMES,
    }
    for scheme in sorted({name for schemes in uses.values() for name in schemes}):
        of = ", ".join(use for use, schemes in uses.items() if scheme in schemes)
        rows.append(f"| `{scheme}` | {expected(scheme).removeprefix('for example ')} | {of} |")
    yield "\n".join(rows)


def custom_section() -> Iterator[str]:
    """Yield the section about custom fields."""
    yield "## Custom Fields"
    yield (
        "The keys of `custom_fields` are names of the server.\n"
        "Some of the fields have a key of their own, which is the better place for them."
    )
    rows = ["| name | value | own key |", "|---|---|---|"]
    for field in sorted(fields().values(), key=lambda field: field.name):
        name = field.name.removeprefix("custom_fields.")
        if name != field.name:
            (bound,) = field.keys
            own = f"`{bound.path}`" if bound.path != field.name else ""
            rows.append(f"| `{name}` | {bound.kind.words} | {own} |")
    yield "\n".join(rows)


def vocabulary_section() -> Iterator[str]:
    """Yield the section about vocabularies."""
    yield "## Vocabularies"
    yield "The ids that the server accepts, as far as this version of the program knows."
    used = {
        declared.kind.vocabulary: declared.kind
        for found in found_keys()
        for declared in (found.key,)
        if isinstance(declared.kind, Term)
    } | {
        found.key.kind.item.vocabulary: found.key.kind.item
        for found in found_keys()
        if isinstance(found.key.kind, Many) and isinstance(found.key.kind.item, Term)
    }
    for name in sorted({*used, "licenses"}):
        yield f"### {name.replace('_', ' ').capitalize()}"
        if name in SOURCES:
            yield SOURCES[name]
            continue
        titles = {**ids(name), **dict.fromkeys(used[name].also, "")}
        assert len(titles) < SHORT_VOCABULARIES
        yield "\n".join(
            f"- `{key}`: {title}" if title else f"- `{key}`" for key, title in titles.items()
        )


def configuration_page() -> str:
    """Return the page about all keys."""
    places: dict[str, list[str]] = {}
    classes: dict[str, type] = {}
    for path, record in records(CONFIG):
        places.setdefault(record.cls.__name__, []).append(path)
        classes[record.cls.__name__] = record.cls
    assert classes.keys() == TITLES.keys()
    parts = [INTRODUCTION.rstrip("\n")]
    parts += long_section(Config, "", TITLES["Config"])
    parts += long_section(Metadata, "metadata", TITLES["Metadata"])
    parts.append("## Mappings")
    for name, heading in TITLES.items():
        if name not in ("Config", "Metadata"):
            parts += short_section(classes[name], places[name], heading)
    parts += [*identifier_section(), *custom_section(), *vocabulary_section()]
    return "\n\n".join(parts) + "\n"
