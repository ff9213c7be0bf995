"""Take over what a `pyproject.toml` says about a Python package.

Meaning of the keys: <https://packaging.python.org/en/latest/specifications/pyproject-toml/>.
The table of Poetry is read where the standard one is missing.
"""

import re
from collections.abc import Mapping
from typing import Any

from ..terms.vocabularies import ids
from .common import Taken, add_licences, keywords
from .licences import licence_of_classifier
from .names import person_or_group
from .source import Source, items, mapping, source_of, text

__all__ = ("NoPackage", "from_pyproject")

_STATUSES = {
    "1": "concept",
    "2": "concept",
    "3": "wip",
    "4": "wip",
    "5": "active",
    "6": "active",
    "7": "inactive",
}
"""Development statuses by the numbers of the classifiers of Python packages."""

_REPOSITORY = frozenset({"code", "github", "gitlab", "repository", "source", "sourcecode"})
_DOCUMENTATION = frozenset({"docs", "documentation", "homepage"})
_TECHNICAL = (
    "dependencies",
    "dependency-groups",
    "dev-dependencies",
    "entry-points",
    "exclude",
    "extras",
    "group",
    "gui-scripts",
    "import-names",
    "include",
    "license-files",
    "optional-dependencies",
    "package-mode",
    "packages",
    "plugins",
    "requires-python",
    "scripts",
)
"""Keys that are about installing, not about the work."""

_OTHER_TABLES = "about building, installing and tools, not about the work"


class NoPackage(Exception):
    """A file is about building or tools alone."""


def from_pyproject(data: Mapping[str, Any]) -> Taken:
    """Return what a configuration can say of the contents of a `pyproject.toml`.

    Raises
    ------
    NoPackage
        It says nothing about a package.
    """
    source = source_of(data)
    taken = Taken(source)
    tools = mapping(source.get("tool"))
    project = mapping(source.get("project")) or mapping(tools.get("poetry"))
    if not project:
        raise NoPackage
    _read(project, taken)
    taken.leave_together(project, _TECHNICAL, _OTHER_TABLES)
    others = [name for name in tools if tools.get(name) is not project]
    taken.leave_together(tools, others, _OTHER_TABLES)
    rest = [name for name in source if name != "tool" and source.get(name) is not project]
    taken.leave_together(source, rest, _OTHER_TABLES)
    return taken


def _read(project: Source, taken: Taken) -> None:
    name, summary = text(project.get("name")), text(project.get("description"))
    taken.put("title", f"{name}: {summary}" if name and summary else name)
    taken.put("version", text(project.get("version")))
    taken.put("resource_type", "software")
    taken.put("description", summary)
    taken.add("keywords", keywords(project.get("keywords")))
    taken.put_top("programming_languages", ["python"])
    _add_license(project, taken)
    _add_classifiers(project, taken)
    taken.add("creators", _people(project, "authors", taken))
    others = _people(project, "maintainers", taken)
    known = taken.metadata.get("creators", [])
    contacts = [{**person, "role": "contactperson"} for person in others if person not in known]
    taken.add("contributors", contacts)
    _add_addresses(project, taken)
    readme = project.get("readme")
    if path := text(readme):
        taken.readme = (next(where for where, _ in items(project, "readme")), path)
    elif path := text(mapping(readme).get("file")):
        taken.readme = (mapping(readme).at("file"), path)
    for where, key in items(project, "dynamic"):
        taken.leave(where, "it is dynamic, so it stands somewhere else", text(key))


def _add_license(project: Source, taken: Taken) -> None:
    """Take over the licence; the texts of licences are for the files of the record."""
    value = project.get("license")
    table = mapping(value)
    if table.get("file") or "\n" in (text(value) or text(table.get("text"))):
        taken.leave(project.at("license"), "it is not the id of a licence", text(table.get("file")))
    elif "text" in table:
        add_licences(table, "text", taken)
    else:
        add_licences(project, "license", taken)


def _add_classifiers(project: Source, taken: Taken) -> None:
    """Take over what classifiers say: status, languages, and the licence if nothing else does."""
    said = bool(taken.metadata.get("license"))
    known = {title.casefold(): id_ for id_, title in ids("programming_languages").items()}
    languages = taken.config["programming_languages"]
    for where, item in items(project, "classifiers"):
        topic, *rest = (part.strip() for part in text(item).split("::"))
        made = ""
        if topic == "Development Status" and rest:
            made = _STATUSES.get(rest[0][:1], "")
            taken.put_top("development_status", made)
        elif topic == "License":
            made = licence_of_classifier(text(item))
            if made and not said:
                taken.add("license", [made])
                taken.guess(where, f"taken for the licence {made}", text(item))
        elif topic == "Programming Language" and rest:
            made = known.get(rest[0].casefold(), "")
            languages += [made] if made and made not in languages else []
        if made:
            taken.mean(where, made)
        else:
            taken.leave(where, "a record has no field for it", text(item))


def _people(project: Source, key: str, taken: Taken) -> list[dict[str, str]]:
    people = []
    for where, item in items(project, key):
        person = mapping(item)
        # Poetry writes a text with name and address.
        match = re.fullmatch(r"(.*?)\s*(?:<([^>]*)>)?", text(item), re.DOTALL)
        name = text(person.get("name")) or (match[1] if match else "")
        email = text(person.get("email")) or (match[2] or "" if match else "")
        made, guess = person_or_group(name)
        if made:
            people.append(made)
            taken.guess(f"{where}.name" if person else where, guess, name)
        if email:
            taken.leave(f"{where}.email", "a record has no field for it", email)
        if made and not person:
            taken.mean(where, made.get("organization") or made["family_name"])
    return people


def _add_addresses(project: Source, taken: Taken) -> None:
    urls = mapping(project.get("urls"))
    direct = [(project, key) for key in ("repository", "homepage", "documentation")]
    for table, label in [*((urls, label) for label in urls), *direct]:
        kind = re.sub(r"[^a-z]", "", label.lower())
        if not (url := text(table.get(label))):
            continue
        if kind in _REPOSITORY and "code_repository" not in taken.config:
            taken.put_top("code_repository", url)
        elif kind in _DOCUMENTATION:
            related = {"scheme": "url", "identifier": url}
            taken.add("related", [{**related, "relation_type": "isdocumentedby"}])
        else:
            taken.leave(table.at(label), "a record has no field for it", url)
