"""Write the vocabularies of a running InvenioRDM server into `stepup_zenodo/data/`.

Usage: python tests/generate_vocabularies.py ENDPOINT --source "InvenioRDM 15.0.0b3.dev0"

Identifiers and English titles are read, and the tags in `TAGS`:
where a resource type may be used, and which licenses are proposed first.
No token is needed.
The few entries that only Zenodo has are added, see `ZENODO`.
The server must hold all languages: a test server with a few of them would make a poor list.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import requests

DATA = Path(__file__).parents[1] / "stepup_zenodo" / "data"

TYPES = {
    "resource_types": "resourcetypes",
    "relation_types": "relationtypes",
    "licenses": "licenses",
    "languages": "languages",
    "creator_roles": "creatorsroles",
    "contributor_roles": "contributorsroles",
    "date_types": "datetypes",
    "title_types": "titletypes",
    "description_types": "descriptiontypes",
    "programming_languages": "code:programmingLanguages",
    "development_statuses": "code:developmentStatus",
}
"""The name of each file and the type in the address of the server."""

TAGS = {"licenses": ("recommended",), "resource_types": ("depositable", "linkable")}
"""The tags that are kept, as lists of ids."""

ZENODO: Mapping[str, Mapping[str, str]] = {
    "description_types": {"notes": "Notes"},
    "licenses": {
        "against-drm": "Against DRM",
        "dli-model-use": "Data Liberation Initiative (Statistics Canada), Model Data Use Licence",
        "dsl": "Design Science License",
        "eurofound": "Eurofound License",
        "geo-no-fee-unrestricted": "Government Geographic Data (Canada), No Fee Unrestricted Use",
        "geogratis": "GeoGratis Licence Agreement",
        "hesa-withrights": "Higher Education Statistics Agency Copyright, data.gov.uk rights",
        "jabber-osl": "Jabber Open Source License",
        "localauth-withrights": "Local Authority Copyright, data.gov.uk rights",
        "lucent-plan9": "Lucent Public License (Plan 9)",
        "met-office-cp": "Met Office UK Climate Projections Licence Agreement",
        "mitre": "MITRE Collaborative Virtual Workspace License",
        "notspecified": "License Not Specified",
        "other-at": "Other (Attribution)",
        "other-closed": "Other (Not Open)",
        "other-nc": "Other (Non-Commercial)",
        "other-open": "Other (Open)",
        "other-pd": "Other (Public Domain)",
        "qtpl": "Qt Public License",
        "ukclickusepsi": "UK Click Use PSI",
        "ukcrown": "UK Crown Copyright",
        "ukcrown-withrights": "UK Crown Copyright, data.gov.uk rights",
        "ukpsi": "UK PSI Public Sector Information",
        "user-jsim": "JSim Software License",
        "wxwindows": "wxWindows Library License",
        "zenodo-freetoread-1.0": "Free for private use, other rights retained by the holder",
    },
}
"""What Zenodo has in addition to InvenioRDM, as of its release 25.2.5."""

NOT_ZENODO = {"licenses": {"cc-pdm-1.0"}}
"""What InvenioRDM has and Zenodo lacks, as of its release 25.2.5."""


def entries(endpoint: str, kind: str) -> Iterator[dict[str, Any]]:
    """Return all entries of one vocabulary."""
    # The server refuses pages beyond the 10000th entry; no vocabulary read here is that long.
    page = 1
    while True:
        response = requests.get(
            f"{endpoint}/vocabularies/{kind}",
            params={"size": "1000", "page": str(page), "sort": "title"},
            headers={"Accept": "application/json"},
            timeout=120,
        )
        response.raise_for_status()
        hits = response.json()["hits"]["hits"]
        yield from hits
        if len(hits) < 1000:
            return
        page += 1


def vocabulary(name: str, hits: list[dict[str, Any]], source: str) -> dict[str, Any]:
    """Return the content of one file."""
    titles = {hit["id"]: hit["title"].get("en", hit["id"]) for hit in hits}
    titles |= ZENODO.get(name, {})
    for key in NOT_ZENODO.get(name, ()):
        titles.pop(key, None)
    result: dict[str, Any] = {"source": source, "titles": titles}
    for tag in TAGS.get(name, ()):
        result[tag] = sorted(hit["id"] for hit in hits if tag in hit.get("tags", ()))
    if name == "languages":
        codes = {hit["props"].get("alpha_2"): hit["id"] for hit in hits if hit.get("props")}
        result["alpha_2"] = {code: key for code, key in codes.items() if code}
    return result


def main() -> None:
    """Read the command line and write all files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("endpoint", help="address of the REST API, ends with /api")
    parser.add_argument("--source", required=True, help="name and version of the server software")
    args = parser.parse_args()
    for name, kind in TYPES.items():
        hits = list(entries(args.endpoint.rstrip("/"), kind))
        if not hits:
            parser.error(f"the server has no entries of type {kind}")
        added = ", with the entries that only Zenodo has" if name in ZENODO else ""
        source = (
            f"Identifiers and English titles (facts) of the vocabulary {kind} of {args.source}"
            f"{added}; written by tests/generate_vocabularies.py"
        )
        content = vocabulary(name, hits, source)
        text = json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True)
        (DATA / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}: {len(content['titles'])}\n")


if __name__ == "__main__":
    main()
