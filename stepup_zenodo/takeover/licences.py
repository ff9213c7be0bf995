"""The many spellings of licences, and what Zenodo makes of them."""

import re
from collections.abc import Sequence

import attrs

from ..terms.vocabularies import ids

__all__ = ("licence_of_classifier", "licences_in")

_ZENODO = {
    "agpl-v3": "agpl-3.0-only",
    "apache": "apache-2.0",
    "apache2.0": "apache-2.0",
    "artistic-license-2.0": "artistic-2.0",
    "attribution": "aal",
    "bsd-license": "bsd-1-clause",
    "cc-by": "cc-by-4.0",
    "cc-by-sa": "cc-by-sa-4.0",
    "cc-nc": "cc-by-nc-2.0",
    "cc-zero": "cc0-1.0",
    "cddl1": "cddl-1.0",
    "ecl2": "ecl-2.0",
    "eclipse-1.0": "epl-1.0",
    "gfdl": "gfdl-1.3-only",
    "isc-license": "isc",
    "mit-license": "mit",
    "mozilla": "mpl-1.0",
    "mozilla1.1": "mpl-1.1",
    "ntp-license": "ntp",
    "odc-by": "odc-by-1.0",
    "odc-odbl": "odbl-1.0",
    "odc-pddl": "pddl-1.0",
    "odc-pddl-1.0": "pddl-1.0",
    "openfont": "ofl-1.1",
    "php": "php-3.0",
    "pythonsoftfoundation": "python-2.0",
    "uk-ogl": "ogl-uk-1.0",
    "uoi-ncsa": "ncsa",
    "zlib-license": "zlib",
    "zpl": "zpl-2.0",
}
"""Ids of Zenodo's older API that are no ids any more, and what Zenodo makes of them."""

_CLASSIFIERS = {
    "Apache Software License": "apache-2.0",
    "Boost Software License 1.0 (BSL-1.0)": "bsl-1.0",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "cc0-1.0",
    "CeCILL-B Free Software License Agreement (CECILL-B)": "cecill-b",
    "CeCILL-C Free Software License Agreement (CECILL-C)": "cecill-c",
    "Eclipse Public License 2.0 (EPL-2.0)": "epl-2.0",
    "European Union Public Licence 1.2 (EUPL 1.2)": "eupl-1.2",
    "GNU Affero General Public License v3": "agpl-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "agpl-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "gpl-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "gpl-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "gpl-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "gpl-3.0-or-later",
    "GNU Lesser General Public License v2 (LGPLv2)": "lgpl-2.1-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "lgpl-2.1-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "lgpl-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "lgpl-3.0-or-later",
    "ISC License (ISCL)": "isc",
    "MIT License": "mit",
    "MIT No Attribution License (MIT-0)": "mit-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "mpl-2.0",
    "Python Software Foundation License": "python-2.0",
    "The Unlicense (Unlicense)": "unlicense",
    "zlib/libpng License": "zlib",
}
"""The licences that classifiers of Python packages name without doubt, by their last part."""


@attrs.frozen
class Licences:
    """The licences that a text names."""

    ids: Sequence[str]
    """Their ids. What is none is there as it is written, for the check to complain about it."""

    is_choice: bool
    """Whether one of them may be chosen."""

    exceptions: Sequence[str] = ()
    """Exceptions to them, which have no ids."""

    guessed: Sequence[str] = ()
    """What was taken for something else, in words."""

    @property
    def are_known(self) -> bool:
        """Whether all of them are ids, and there is one at least."""
        return bool(self.ids) and all(id_ in ids("licenses") for id_ in self.ids)


def licences_in(value: str) -> Licences:
    """Return the licences in an SPDX expression, an address, a title or an older id."""
    expression = _licence_of_address(value.strip()) or value.strip()
    parts, is_choice = [expression], False
    if not _is_known(_known(expression)):
        parts, is_choice = _parts(expression)
    halves = [re.split(r"\s+WITH\s+", part, maxsplit=1) for part in parts if part]
    exceptions = [exception for _, *rest in halves for exception in rest]
    made = [(part, _known(part)) for part, *_ in halves]
    guessed = [f"{part} is {id_} at Zenodo" for part, id_ in made if _is_guess(part, id_)]
    return Licences(list(dict.fromkeys(id_ for _, id_ in made)), is_choice, exceptions, guessed)


def _parts(expression: str) -> tuple[list[str], bool]:
    """Return the parts of an expression, and whether it offers a choice."""
    spaced = expression.replace("(", " ").replace(")", " ")
    if re.search(r"\s(?:AND|OR)\s", spaced):
        parts = re.split(r"\s+(?:AND|OR)\s+", spaced.strip())
        return [part.strip() for part in parts], bool(re.search(r"\sOR\s", spaced))
    # Other separators stand in names too, so all parts have to be licences.
    parts = [part.strip() for part in re.split(r"[/,;|]|\s(?:and|or)\s", spaced)]
    if len(parts) > 1 and all(_is_known(_known(part)) for part in parts):
        return parts, not re.search(r",|;|\sand\s", spaced)
    return [expression], False


def _is_known(id_: str) -> bool:
    return id_ in ids("licenses")


def _is_guess(part: str, id_: str) -> bool:
    return _is_known(id_) and part.lower() not in (id_, id_.removesuffix("-license"))


def _known(part: str) -> str:
    """Return the id of a single licence, or the text as it is."""
    short = part.lower()
    if short in _ZENODO:
        short = _ZENODO[short]
    elif match := re.fullmatch(r"([al]?gpl|gfdl)-(\d\.\d)(\+?)", short):
        short = f"{match[1]}-{match[2]}-{'or-later' if match[3] else 'only'}"
    if _is_known(short):
        return short
    titles = (id_ for id_, title in ids("licenses").items() if title.casefold() == part.casefold())
    return next(titles, part)


def _licence_of_address(value: str) -> str:
    """Return the id in the address of a licence, empty if it is another text."""
    patterns = (
        r"https?://(?:www\.)?spdx\.org/licenses/([^/#]+?)(?:\.(?:html|json))?/?",
        r"https?://(?:www\.)?opensource\.org/licen[sc]es?/([^/#]+?)(?:\.php)?/?",
    )
    for pattern in patterns:
        if match := re.fullmatch(pattern, value):
            return match[1]
    match = re.fullmatch(
        r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/([\d.]+).*",
        value,
    )
    if match:
        return f"cc0-{match[2]}" if match[1] == "zero" else f"cc-{match[1]}-{match[2]}"
    if re.fullmatch(r"https?://(?:www\.)?apache\.org/licenses/LICENSE-2\.0(?:\.\w+)?", value):
        return "Apache-2.0"
    return ""


def licence_of_classifier(classifier: str) -> str:
    """Return the id that a classifier of a Python package names, empty for none."""
    return _CLASSIFIERS.get(classifier.rpartition("::")[2].strip(), "")
