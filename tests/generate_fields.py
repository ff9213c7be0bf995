"""The reference page about where fields are checked, made from the kinds of their values."""

from typing import Any

from stepup_zenodo.config.containers import ByShape, Many
from stepup_zenodo.config.dates import When
from stepup_zenodo.config.identifiers import Identifiers
from stepup_zenodo.config.ids import Ror, Term
from stepup_zenodo.config.paths import FileKey, ListedPaths
from stepup_zenodo.config.reading import Kind
from stepup_zenodo.config.scalars import Address, English, OneOf, Text, Truth, Whole
from stepup_zenodo.config.structs import Key, Struct

from .configuration_keys import cell, found_keys

__all__ = ("fields_page",)

CHECKS = """\
---
search:
  boost: 0.5 # it has all keys, which the page about the configuration explains
---

# Where Fields Are Checked

<!-- This page is made from the program by `python -m tests.expected`: edit it there. -->

Errors are looked for three times, each time before anything is changed that would be a pity:

1. Offline, when the configuration is read, by every command and without network.
   All problems are shown at once.
2. By a look-up, when a token is there, before the first request that changes something.
   Answers are remembered per machine, so that each id is asked for once.
3. By the server, when it saves. What it complains about is shown at the line
   of the configuration where the value stands, and is an error.

The column "server" says what only the server finds out.
Where it is empty, the offline check comes to the same verdict as the server,
apart from the differences that are listed below the table.
<!-- `tests/verdicts.py` compares both for more than 170 values. -->

| field | constraint | offline | look-up | server |
|---|---|---|---|---|
"""

DIFFERENCES = """\

These values are refused offline although the server takes them:

- a name beside a `ror`, of an affiliation or a funder: the server drops it without saying so;
- public files with an embargo: they would be public;
- an address with a password: it would become public;
- a latitude beyond 90 degrees, an altitude, a thesis from before the year 0:
  these are errors most certainly.

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


def checks_of_kind(kind: Kind[Any]) -> tuple[str, str, str]:  # noqa: PLR0912 (one case per kind)
    """Return where values of a kind are checked."""
    match kind:
        case Many(item=item):
            offline, lookup, server = checks_of_kind(item)
            duplicates = ", no duplicates" if kind.distinct is not None else ""
            return f"{offline}{duplicates}", lookup, server
        case ByShape(simple=simple):
            return checks_of_kind(simple)
        case English(text=text):
            return checks_of_kind(text)
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
        case OneOf() | Truth() | Whole():
            return "value", "", ""
        case ListedPaths() | FileKey():
            return "names", "", ""
        case Struct():
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
