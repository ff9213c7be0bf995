"""What the server refuses appears at the line of the configuration that it is about.

The values that are refused here are found by the offline check as well, so that check is
told to accept them: the tests stand for servers that are stricter than this version expects.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from stepup_zenodo.commands import sync as command_sync
from stepup_zenodo.config import identifiers, ids, scalars
from stepup_zenodo.config.dates import When
from stepup_zenodo.config.fieldpaths import refused_fields
from stepup_zenodo.session import reading
from stepup_zenodo.terms.vocabularies import ids as known_ids

from .workspace import REFUSED, Workspace

FIELDS: Mapping[str, Any] = {
    "metadata.title": "wrong",
    "metadata.resource_type": {"id": "dataset"},
    "metadata.rights": [{"id": "mit"}, {"id": "wrong"}],
    "metadata.creators": [
        {"affiliations": [{"name": "wrong"}, {"id": "wrong"}], "role": {"id": "mit"}}
    ],
    "custom_fields.code:programmingLanguage": [{"id": "a b. c"}],
}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Invalid value dataset.", ("metadata.resource_type.id",)),
        ("Invalid value dataset", ("metadata.resource_type.id",)),
        (
            "Invalid value wrong.",
            ("metadata.rights.1.id", "metadata.creators.0.affiliations.1.id"),
        ),
        ("Invalid value mit.", ("metadata.rights.0.id", "metadata.creators.0.role.id")),
        ("Invalid value a b. c.", ("custom_fields.code:programmingLanguage.0.id",)),
        ("Invalid value other.", ()),
        ("Something else about mit.", ()),
    ],
)
def test_refused_fields(message: str, expected: tuple[str, ...]) -> None:
    assert refused_fields(message, FIELDS) == expected


@pytest.fixture
def unchecked(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Give a project whose configuration is read without the checks that these values need."""
    more = dict.fromkeys(("datset", "boss", "mit-5", "pyhton", "xxy", "likes"), "")
    monkeypatch.setattr(ids, "ids", lambda name: {**known_ids(name), **more})
    monkeypatch.setattr(ids, "ror_checksum", lambda text: text[7:])
    monkeypatch.setattr(command_sync, "check_ids", lambda *_: None)
    monkeypatch.setattr(identifiers, "is_valid", lambda *_: True)
    monkeypatch.setattr(scalars, "_is_address", lambda *_: True)
    monkeypatch.setattr(When, "is_valid", lambda *_: True)
    monkeypatch.setattr(reading, "embargo_problems", lambda *_: ())
    return workspace


HARD = [
    ("  resource_type: §datset", "metadata.resource_type", "Invalid value datset."),
    ("  license: [mit, §mit-5]", "metadata.license[1]", "Invalid value mit-5."),
    ("  license:\n    - mit\n    - §mit-5", "metadata.license[1]", "Invalid value mit-5."),
    ("  languages: §xxy", "metadata.languages", "Invalid value xxy."),
    ("  creators: {name: 'A, B', role: §boss}", "metadata.creators.role", "Invalid value boss."),
    (
        "  creators:\n  - family_name: A\n    affiliations: [ror: §00cv9y107]",
        "metadata.creators[0].affiliations[0].ror",
        "Invalid value 00cv9y107.",
    ),
    (
        "  funding: [funder: {id: §00cv9y107}]",
        "metadata.funding[0].funder.id",
        "Invalid value 00cv9y107.",
    ),
    (
        "  funding: [{funder: {ror: 00k4n6c32}, award: {id: §'00k4n6c32::0'}}]",
        "metadata.funding[0].award.id",
        "Invalid value 00k4n6c32::0.",
    ),
    (
        "  dates:\n    - {date: 2026, type: created}\n    - {date: 2026, type: §likes}",
        "metadata.dates[1].type",
        "Invalid value likes.",
    ),
    (
        "  related: {identifier: 10.1/a, relation_type: §likes}",
        "metadata.related.relation_type",
        "Invalid value likes.",
    ),
    (
        "programming_languages: [python, §pyhton]",
        "programming_languages[1]",
        "Invalid value pyhton.",
    ),
    (
        "access:\n  embargo: {until: §2020-01-01}",
        "access.embargo.until",
        "Embargo end date must be set to a future date.",
    ),
]
"""Refusals of the whole save, with status 400: a configuration, the path, the message."""

DATE = "Please provide a valid date or interval."
URL = "Not a valid URL."
SOFT = [
    ("  publication_date: §2026-02-30", "metadata.publication_date", DATE),
    (
        "  creators:\n    family_name: A\n    identifiers:\n      orcid: §0000-0002-1825-0098",
        "metadata.creators.identifiers.orcid",
        "Invalid ORCID identifier.",
    ),
    (
        "  related_identifiers:\n  - {scheme: doi, identifier: §'1', relation_type: cites}",
        "metadata.related_identifiers[0].identifier",
        "Invalid DOI identifier.",
    ),
    ("  dates: [{date: §2026-02-30, type: created}]", "metadata.dates[0].date", DATE),
    ("code_repository: §example", "code_repository", URL),
    ("custom_fields: {'code:codeRepository': §example}", "custom_fields.code:codeRepository", URL),
    ("  license: {title: Own, link: §example}", "metadata.license.link", URL),
]
"""Complaints about what was saved nevertheless, in an answer that means success."""


@pytest.mark.server
@pytest.mark.parametrize(("fragment", "where", "said"), HARD + SOFT)
def test_places(unchecked: Workspace, fragment: str, where: str, said: str) -> None:
    before = fragment.partition("§")[0].split("\n")
    line, column = 3 + len(before), len(before[-1]) + 1
    text = (
        f"endpoint: {unchecked.rdm.endpoint}\npath_token: {unchecked.rdm.token_file}\n"
        f"metadata:\n{fragment.replace('§', '')}\n"
    )
    if not fragment.startswith(" "):
        text = text.replace("metadata:\n", "metadata: {title: A title}\n")
    (unchecked.folder / "zenodo.yaml").write_text(text)

    result = unchecked.run("sync", "zenodo.yaml")

    assert result.status == 1
    head, problem = result.err.splitlines()
    assert head == f"failed: {REFUSED}"
    start = f"zenodo.yaml:{line}:{column}: {where}: the server says: "
    assert problem.startswith(start)
    assert problem.removeprefix(start) == said


@pytest.mark.server
def test_a_refusal_of_something_else_is_not_placed(workspace: Workspace) -> None:
    body = {"status": 400, "message": "Invalid value elsewhere."}
    workspace.rdm.faults({"method": "POST", "path": "/records$", "status": 400, "body": body})
    workspace.write(a_txt="aaa")

    result = workspace.sync()

    assert result.status == 1
    assert result.err == (
        "failed: Could not create the draft. The server said: HTTP 400: Invalid value elsewhere.\n"
    )
