"""Write what is made from the declarations of the configuration.

Usage: python tests/generate_reference.py

These are the JSON Schema in the package and the two reference pages in `docs/reference/`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import yaml

from stepup_zenodo.config.access import Access, Embargo
from stepup_zenodo.config.customfields import CUSTOM_FIELDS, NAMED
from stepup_zenodo.config.file import CONFIG, Config
from stepup_zenodo.config.kinds import Address, Choice, Ror, Term, Text, Truth, Whole
from stepup_zenodo.config.locations import Location
from stepup_zenodo.config.metadata import Metadata
from stepup_zenodo.config.paths import FileKey, ListedPaths
from stepup_zenodo.config.people import Identifiers
from stepup_zenodo.config.reading import Kind
from stepup_zenodo.config.schema import schema_text
from stepup_zenodo.config.shapes import ByShape, Key, Many, Record, keys
from stepup_zenodo.config.when import When
from stepup_zenodo.terms.identifiers import (
    AWARD_SCHEMES,
    LOCATION_SCHEMES,
    PERSON_SCHEMES,
    RECORD_SCHEMES,
    expected,
)
from stepup_zenodo.terms.vocabularies import ids

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "stepup_zenodo" / "data" / "schema.json"
CONFIGURATION = ROOT / "docs" / "reference" / "configuration.md"
FIELDS = ROOT / "docs" / "reference" / "fields.md"

INTRODUCTION = """\
# Configuration

This page is made from the program by `python tests/generate_reference.py`: edit it there.

A configuration is one file, usually `zenodo.yaml`.
It can be written in YAML, TOML or JSON; the extension of its name tells which.
`stepup-zenodo init` writes one with explanations,
and `stepup-zenodo check` looks for mistakes without asking the server.
[Where fields are checked](fields.md) tells what can be found out when.

## Rules for All Keys

- Paths are relative to the folder of the configuration; `~` is your home folder.
- A key that is left out is not managed: what the server has stays.
- A key that is given empty, e.g. `keywords: []` or `version: ""`, is emptied on the server.
  A key without any value is a mistake, as it is unclear which of these is meant.
- Where a list is expected, a single value counts as a list of one.
- Ids of vocabularies can be written in any case, also as `{id: cc-by-4.0}`.
- Unknown keys are mistakes.
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
complete and explain the keys then, and mark most mistakes while you type.
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
    "Person": "Creators",
    "Contributor": "Contributors",
    "Affiliation": "Affiliations",
    "OwnLicense": "Own Licences",
    "Related": "Related Works",
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
    "Journal": "Journals",
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
    "programming_languages": "Names in lower case with `_` for blanks, for example `python`.",
}
"""What is said about longer vocabularies."""


@attrs.frozen
class Found:
    """A key of a mapping, and where the mapping is in a configuration."""

    cls: type
    path: str
    key: Key


def records(kind: Kind[Any], path: str = "") -> Iterator[tuple[str, Record[Any]]]:
    """Yield the mappings that a kind of value can be or have in it, with their paths."""
    if isinstance(kind, Many):
        yield from records(kind.item, f"{path}[]")
    elif isinstance(kind, ByShape):
        yield from records(kind.simple, path)
        yield from records(kind.mapping, path)
    elif isinstance(kind, Record):
        yield path, kind
        for declared in keys(kind.cls):
            inner = f"{path}.{declared.name}" if path else declared.name
            if (kind.cls, declared.name) == (Access, "embargo"):
                yield inner, Record(Embargo, "an embargo")
            elif (kind.cls, declared.name) == (Metadata, "locations"):
                yield from records(Many(Record(Location, "a location")), inner)
            else:
                yield from records(declared.kind, inner)


def found_keys() -> Iterator[Found]:
    """Yield all keys at all their places."""
    for path, record in records(CONFIG):
        for declared in keys(record.cls):
            yield Found(record.cls, f"{path}.{declared.name}" if path else declared.name, declared)


def inline(value: object) -> str:
    """Return a value in YAML on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1000
    )
    return text.removesuffix("\n").removesuffix("\n...")


def cell(text: str) -> str:
    return text.replace("|", "\\|")


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
    for name, kind in sorted(CUSTOM_FIELDS.kinds.items()):
        own = f"`{NAMED[name][0]}`" if name in NAMED else ""
        rows.append(f"| `{name}` | {kind.words} | {own} |")
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


CHECKS = """\
# Where Fields Are Checked

This page is made from the program by `python tests/generate_reference.py`: edit it there.

Mistakes are looked for three times, each time before anything is changed that would be a pity:

1. Offline, when the configuration is read, by every command and without network.
   All problems are shown at once.
2. By a look-up, when a token is there, before the first request that changes something.
   Answers are remembered per machine, so that each id is asked for once.
3. By the server, when it saves. What it complains about is shown at the line
   of the configuration where the value stands, and is an error.

The column "server" says what only the server finds out.
Where it is empty, the offline check comes to the same verdict as the server,
apart from the differences that are listed below the table;
`tests/verdicts.py` compares both for more than 170 values.

| field | constraint | offline | look-up | server |
|---|---|---|---|---|
"""

DIFFERENCES = """\

These values are refused offline although the server takes them:

- a name beside a `ror`, of an affiliation or a funder: the server drops it without saying so;
- public files with an embargo: they would be public;
- an address with a password: it would become public;
- a latitude beyond 90 degrees, an altitude, a thesis from before the year 0:
  these are mistakes most certainly.

What no one checks is whether an identifier of another work, a person or a place exists.
"""

EXISTS = "that it exists"


def checks(cls: type, declared: Key) -> tuple[str, str, str]:
    """Return what is checked offline, by a look-up, and by the server only."""
    special = {
        ("Config", "community"): ("form", EXISTS, ""),
        ("Config", "paths"): ("names, number, existence and size of the files", "", "quota"),
        ("Config", "default_preview"): ("that it is listed", "", ""),
        ("Config", "path_token"): ("form", "", "that the token is valid"),
        ("Config", "path_readme"): ("existence, encoding", "", ""),
        ("Config", "path_record_id"): ("form", "", "that the record exists"),
        ("Metadata", "subjects"): ("length, characters", EXISTS, ""),
        ("Award", "id"): ("form", EXISTS, ""),
        ("Embargo", "until"): ("form, calendar, that it is in the future", "", ""),
        ("ChangelogNotes", "path_changelog"): (
            "existence, a section for the version",
            "",
            "",
        ),
    }
    known = special.get((cls.__name__, declared.name))
    return known or checks_of_kind(declared.kind)


def checks_of_kind(kind: Kind[Any]) -> tuple[str, str, str]:
    """Return where values of a kind are checked."""
    match kind:
        case Many(item=item):
            offline, lookup, server = checks_of_kind(item)
            duplicates = ", no duplicates" if kind.distinct is not None else ""
            return f"{offline}{duplicates}", lookup, server
        case ByShape(simple=simple):
            return checks_of_kind(simple)
        case Term():
            return "shipped list", "if the list lacks it", ""
        case Ror():
            return "form, checksum", EXISTS, ""
        case Identifiers(one_each=one_each):
            number = "one per scheme" if one_each else "no duplicates"
            return f"schemes, form, check digit, {number}", "", ""
        case When():
            return "form, calendar, order", "", ""
        case Address():
            return "form", "", ""
        case Text():
            return "length, characters", "", ""
        case Choice() | Truth() | Whole():
            return "value", "", ""
        case ListedPaths() | FileKey():
            return "names", "", ""
        case Record():
            return "keys", "", ""
        case _:
            return "form", "", ""


def fields_page() -> str:
    """Return the page about constraints and where they are checked."""
    rows = []
    for found in found_keys():
        words = cell(found.key.kind.words)
        offline, lookup, server = checks(found.cls, found.key)
        rows.append(f"| `{found.path}` | {words} | {offline} | {lookup} | {server} |")
    return CHECKS + "\n".join(rows) + "\n" + DIFFERENCES


def pages() -> dict[Path, str]:
    """Return the contents of all files that are made."""
    return {
        SCHEMA: schema_text(),
        CONFIGURATION: configuration_page(),
        FIELDS: fields_page(),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
