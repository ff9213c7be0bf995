"""Take over what a `pyproject.toml` says about a Python package.

Meaning of the keys: <https://packaging.python.org/en/latest/specifications/pyproject-toml/>.
The table of Poetry is read where the standard one is missing.
"""

import re
from collections.abc import Mapping
from typing import Any

from .common import Taken, items, licenses, listed, mapping, split_name, text

__all__ = ("from_pyproject",)

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
_USED = frozenset(
    {
        "authors",
        "classifiers",
        "description",
        "documentation",
        "dynamic",
        "homepage",
        "keywords",
        "license",
        "maintainers",
        "name",
        "readme",
        "repository",
        "urls",
        "version",
    }
)
_TECHNICAL = frozenset(
    {
        "dependencies",
        "dependency-groups",
        "entry-points",
        "extras",
        "group",
        "gui-scripts",
        "import-names",
        "include",
        "license-files",
        "optional-dependencies",
        "packages",
        "plugins",
        "requires-python",
        "scripts",
    }
)
"""Keys that are about installing, not about the work."""


def from_pyproject(data: Mapping[str, Any]) -> Taken:
    """Return what a configuration can say of the contents of a `pyproject.toml`."""
    project = mapping(data.get("project"))
    if not project:
        project = mapping(mapping(data.get("tool")).get("poetry"))
    taken = Taken()
    name, summary = text(project.get("name")), text(project.get("description"))
    taken.put("title", f"{name}: {summary}" if name and summary else name)
    taken.put("version", text(project.get("version")))
    taken.put("resource_type", "software")
    taken.put("description", summary)
    taken.add("keywords", (text(word) for word in listed(project.get("keywords"))))
    _add_license(project, taken)
    taken.add("creators", _people(project, "authors", taken))
    others = _people(project, "maintainers", taken)
    known = taken.metadata.get("creators", [])
    contacts = [{**person, "role": "contactperson"} for person in others if person not in known]
    taken.add("contributors", contacts)
    _add_addresses(project, taken)
    _add_status(project, taken)
    taken.put_top("programming_languages", ["python"])
    if path := text(project.get("readme")) or text(mapping(project.get("readme")).get("file")):
        taken.put_top("path_readme", path)
        taken.metadata.pop("description", None)
    for key in listed(project.get("dynamic")):
        taken.leave(str(key), "it is dynamic, so it stands somewhere else")
    taken.leave_rest(project, _USED | _TECHNICAL)
    return taken


def _add_license(project: Mapping[str, Any], taken: Taken) -> None:
    value = project.get("license")
    expression = text(value) or text(mapping(value).get("text"))
    if "\n" in expression or mapping(value).get("file"):
        taken.leave("license", "it is not the id of a licence")
        return
    if " OR " in expression:
        why = "a record cannot say that one of several licences may be chosen, all are listed"
        taken.leave(f"license {expression}", why)
    taken.add("license", licenses(expression) if expression else ())


def _people(project: Mapping[str, Any], key: str, taken: Taken) -> list[dict[str, str]]:
    people = []
    for where, item in items(project, key):
        # Poetry writes a text with name and address.
        match = re.fullmatch(r"(.*?)\s*(?:<([^>]*)>)?", text(item))
        name = text(mapping(item).get("name")) or (match[1] if match else "")
        email = text(mapping(item).get("email")) or (match[2] or "" if match else "")
        if name:
            people.append(split_name(name))
        if name.count(" ") > 1 and "," not in name:
            taken.leave(f"{where}.name {name}", "check where the family name begins")
        if email:
            taken.leave(f"{where}.email", "a record has no field for it")
    return people


def _add_addresses(project: Mapping[str, Any], taken: Taken) -> None:
    urls = dict(mapping(project.get("urls")))
    urls |= {
        key: project[key] for key in ("repository", "homepage", "documentation") if project.get(key)
    }
    for label, url in urls.items():
        kind = re.sub(r"[^a-z]", "", label.lower())
        if kind in _REPOSITORY and "code_repository" not in taken.config:
            taken.put_top("code_repository", text(url))
        elif kind in _DOCUMENTATION:
            related = {"scheme": "url", "identifier": text(url)}
            taken.add("related", [{**related, "relation_type": "isdocumentedby"}])
        else:
            taken.leave(f"urls.{label}", "a record has no field for it")


def _add_status(project: Mapping[str, Any], taken: Taken) -> None:
    for item in listed(project.get("classifiers")):
        match = re.match(r"Development Status :: (\d)", text(item))
        if match:
            taken.put_top("development_status", _STATUSES.get(match[1]))
