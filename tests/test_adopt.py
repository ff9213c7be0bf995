"""Records that were made by other means become a configuration that changes nothing."""

import datetime
import json
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

from stepup_zenodo.config.endpoints import SANDBOX
from stepup_zenodo.config.fields import Normal
from stepup_zenodo.local.idfile import record_id_in
from stepup_zenodo.local.token import with_tilde
from stepup_zenodo.record.observed import FileEntry, Record
from stepup_zenodo.takeover.adopt import adopted, endpoint_of

from .rdm_server.fixture import Rdm
from .workspace import Result, Workspace

TODAY = datetime.datetime.now(datetime.UTC).date()

PERSON = {
    "person_or_org": {
        "type": "personal",
        "family_name": "Curie",
        "given_name": "Marie",
        "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
    },
    "affiliations": [{"name": "Sorbonne"}],
}
GROUP = {"person_or_org": {"type": "organizational", "name": "A: Lab"}}
MINIMAL: dict[str, Any] = {
    "title": "Minimal",
    "resource_type": {"id": "dataset"},
    "creators": [PERSON],
    "publication_date": "2026-01-02",
    "publisher": "Zenodo",
}
RECORDS: dict[str, dict[str, Any]] = {
    "minimal": {"metadata": MINIMAL},
    "unfinished": {"metadata": {"title": "Only a title"}},
    "people": {
        "metadata": {
            **MINIMAL,
            "creators": [PERSON, {**GROUP, "role": {"id": "datacollector"}}],
            "contributors": [{**GROUP, "role": {"id": "other"}}],
        }
    },
    "texts": {
        "metadata": {
            **MINIMAL,
            "title": 'Quotes "and": <tags> & #signs # are - kept: yes',
            "version": "1.0",
            "description": "<h1>Title</h1><p>Text with <b>bold</b> &amp; <a "
            'href="https://example.org">link</a>.</p><ul><li>one</li><li>two</li></ul>',
            "additional_titles": [
                {"title": "Titre", "type": {"id": "translated-title"}, "lang": {"id": "fra"}}
            ],
            "additional_descriptions": [
                {"description": "<p>We did.</p>", "type": {"id": "methods"}},
                {"description": "<p>First release.</p>", "type": {"id": "notes"}},
            ],
            "copyright": "(c) 2026 yes",
            "subjects": [{"subject": "no"}, {"subject": "null"}, {"subject": "1.10"}],
            "publication_date": "2025-01/2026-02",
        }
    },
    "terms": {
        "metadata": {
            **MINIMAL,
            "languages": [{"id": "eng"}, {"id": "nor"}],
            "rights": [
                {"id": "cc-by-4.0"},
                {
                    "title": {"en": "My own"},
                    "description": {"en": "Ask me"},
                    "link": "https://example.org/licence",
                },
            ],
            "dates": [{"date": "2026-01", "type": {"id": "collected"}, "description": "first"}],
            "sizes": ["15 pages"],
            "formats": ["text/csv"],
        }
    },
    "works": {
        "metadata": {
            **MINIMAL,
            "identifiers": [{"scheme": "url", "identifier": "https://example.org/1"}],
            "related_identifiers": [
                {
                    "scheme": "doi",
                    "identifier": "10.1234/abc",
                    "relation_type": {"id": "cites"},
                    "resource_type": {"id": "publication-article"},
                },
                {
                    "scheme": "url",
                    "identifier": "https://example.org",
                    "relation_type": {"id": "issupplementto"},
                },
            ],
            "references": [
                {"reference": "Curie, M. (1903). Recherches: tout."},
                {"reference": "Other", "scheme": "doi", "identifier": "10.1234/def"},
            ],
            "funding": [
                {
                    "funder": {"name": "A foundation"},
                    "award": {
                        "title": {"en": "Examples"},
                        "number": "123.456",
                        "identifiers": [{"scheme": "url", "identifier": "https://example.org/a"}],
                    },
                }
            ],
            "locations": {
                "features": [
                    {
                        "place": "Brussels",
                        "geometry": {"type": "Point", "coordinates": [4.35, 50.85]},
                        "identifiers": [{"scheme": "wikidata", "identifier": "Q239"}],
                    }
                ]
            },
        }
    },
    "custom fields": {
        "metadata": MINIMAL,
        "custom_fields": {
            "code:codeRepository": "https://example.org/code",
            "code:programmingLanguage": [{"id": "python"}],
            "code:developmentStatus": {"id": "active"},
            "journal:journal": {"title": "A journal", "volume": "12", "pages": "1-3"},
            "meeting:meeting": {"acronym": "COE 2026", "dates": "1 to 3 May"},
            "imprint:imprint": {"place": "Brussels"},
            "thesis:thesis": {"university": "Example University"},
        },
    },
    "embargo": {
        "metadata": MINIMAL,
        "access": {
            "record": "public",
            "files": "restricted",
            "embargo": {"active": True, "until": "2999-01-01", "reason": "Review"},
        },
    },
}
UNFIT = ("unfinished", True)
"""What cannot be published."""


def make(rdm: Rdm, body: dict[str, Any], *, public: bool = False, **files: str) -> str:
    """Make a record with raw requests, and return its id."""
    made = rdm.request("POST", "/records", json=body)
    made.raise_for_status()
    draft = f"/records/{made.json()['id']}/draft"
    for name, content in files.items():
        key = name.replace("_", ".")
        rdm.request("POST", f"{draft}/files", json=[{"key": key}]).raise_for_status()
        path = f"{draft}/files/{key}"
        rdm.request("PUT", f"{path}/content", data=content.encode()).raise_for_status()
        rdm.request("POST", f"{path}/commit").raise_for_status()
    if public:
        rdm.request("POST", f"{draft}/actions/publish").raise_for_status()
    return str(made.json()["id"])


def adopt(workspace: Workspace, *args: str) -> Result:
    workspace.rdm.clear_log()
    endpoint = ("--endpoint", workspace.rdm.endpoint)
    token = ("--path-token", str(workspace.rdm.token_file))
    result = workspace.run("adopt", *args, *endpoint, *token)
    assert workspace.writes() == []
    return result


def check_nothing_to_do(workspace: Workspace) -> Result:
    """Synchronise what was adopted and check that nothing is sent."""
    workspace.rdm.clear_log()
    assert workspace.run("check", "zenodo.yaml").status == 0
    diff = workspace.run("diff", "zenodo.yaml")
    assert (diff.status, diff.out.splitlines()[-1]) == (0, "equal"), diff
    result = workspace.run("sync", "zenodo.yaml")
    assert (result.status, result.err) == (0, ""), result
    assert "nothing to do: " in result.out
    assert workspace.writes() == []
    return result


@pytest.fixture
def empty(tmp_path: Path, rdm: Rdm) -> Workspace:
    """Return a folder with nothing in it, beside all records that other tests made."""
    return Workspace(tmp_path, rdm)


@pytest.mark.server
@pytest.mark.parametrize(
    ("name", "public"),
    [(name, public) for name in RECORDS for public in (False, True) if (name, public) != UNFIT],
)
def test_nothing_to_do_after_adopting(empty: Workspace, name: str, public: bool) -> None:
    record = make(empty.rdm, RECORDS[name], public=public, a_txt="aaa", b_txt="bbb")

    result = adopt(empty, record)

    assert (result.status, result.err) == (0, "")
    kind = "published record" if public else "draft"
    assert result.out.splitlines()[0].startswith(f"{kind} {record}, ")
    assert result.out.splitlines()[1:] == [
        "  fetch a.txt (3 B)",
        "  fetch b.txt (3 B)",
        "adopted: zenodo.yaml",
    ]
    assert (empty.folder / "b.txt").read_text() == "bbb"
    assert empty.record_id == record
    check_nothing_to_do(empty)


@pytest.mark.server
def test_what_is_written(empty: Workspace) -> None:
    record = make(empty.rdm, RECORDS["texts"], a_txt="aaa")
    path = f"/records/{record}/draft"
    draft = empty.rdm.get(path)
    draft["files"]["default_preview"] = "a.txt"
    empty.rdm.request("PUT", path, json=draft).raise_for_status()
    (empty.folder / "a.txt").write_text("aaa")

    result = adopt(empty, f"{empty.rdm.url}/uploads/{record}")

    assert result.out.splitlines()[-1] == "adopted: zenodo.yaml"
    assert "fetch" not in result.out
    text = (empty.folder / "zenodo.yaml").read_text()
    texts = RECORDS["texts"]["metadata"]
    assert yaml.safe_load(text) == {
        "path_record_id": ".zenodo-record-id.txt",
        "endpoint": empty.rdm.endpoint,
        "path_token": with_tilde(str(empty.rdm.token_file)),
        "path_readme": "README.html",
        "paths": ["a.txt"],
        "default_preview": "a.txt",
        "metadata": {
            "title": texts["title"],
            "version": "1.0",
            "publication_date": "2025-01/2026-02",
            "publisher": "Zenodo",
            "resource_type": "dataset",
            "keywords": ["no", "null", "1.10"],
            "copyright": "(c) 2026 yes",
            "creators": [
                {
                    "family_name": "Curie",
                    "given_name": "Marie",
                    "identifiers": [{"orcid": "0000-0002-1825-0097"}],
                    "affiliations": [{"name": "Sorbonne"}],
                }
            ],
            "notes": "<p>First release.</p>",
            "additional_titles": [
                {"title": "Titre", "type": "translated-title", "language": "fra"}
            ],
            "additional_descriptions": [{"description": "<p>We did.</p>", "type": "methods"}],
        },
    }
    readme = (empty.folder / "README.html").read_text()
    assert readme.startswith("<h1>Title</h1>")
    check_nothing_to_do(empty)
    # From here on it is a project as any other.
    changed = text.replace('version: "1.0"', 'version: "1.1"')
    assert changed != text
    (empty.folder / "zenodo.yaml").write_text(changed)
    assert empty.run("sync", "zenodo.yaml").status == 0
    assert empty.draft()["metadata"]["version"] == "1.1"
    assert empty.draft()["metadata"]["title"] == texts["title"]


@pytest.mark.server
def test_the_latest_version_is_adopted(empty: Workspace) -> None:
    body = {"metadata": {**MINIMAL, "version": "1"}}
    first = make(empty.rdm, body, public=True, a_txt="aaa")
    made = empty.rdm.request("POST", f"/records/{first}/versions").json()["id"]
    draft = f"/records/{made}/draft"
    metadata = {**MINIMAL, "version": "2", "publication_date": TODAY.isoformat()}
    empty.rdm.request("PUT", draft, json={"metadata": metadata}).raise_for_status()
    empty.rdm.request("POST", f"{draft}/actions/files-import").raise_for_status()
    empty.rdm.request("POST", f"{draft}/actions/publish").raise_for_status()

    result = adopt(empty, first)

    assert result.err == f"Record {first} is not the latest version; {made} is adopted.\n"
    assert empty.record_id == made
    check_nothing_to_do(empty)
    # The concept DOI stands for all versions.
    concept = empty.rdm.get(f"/records/{made}")["parent"]["id"]
    (empty.folder / "other").mkdir()
    result = adopt(empty, f"10.5072/zenodo.{concept}", "other/zenodo.yaml", "--no-files", "--json")
    assert json.loads(result.out) == {"status": "adopted", "record": made, "left": []}
    assert sorted(path.name for path in (empty.folder / "other").iterdir()) == [
        ".zenodo-record-id.json",
        ".zenodo-record-id.txt",
        "zenodo.yaml",
    ]


@pytest.mark.server
def test_what_is_there_is_not_overwritten(empty: Workspace) -> None:
    record = make(empty.rdm, RECORDS["texts"], a_txt="aaa")
    for name in ("zenodo.yaml", "README.html", ".zenodo-record-id.txt"):
        (empty.folder / name).write_text("mine")
        result = adopt(empty, record)
        assert (result.status, result.err) == (
            1,
            f"failed: {name} is there already. Adopt the record into another folder.\n",
        )
        (empty.folder / name).unlink()
    (empty.folder / "a.txt").write_text("mine")
    result = adopt(empty, record)
    assert (result.status, result.err) == (
        1,
        (
            "failed: a.txt is there already, with another content than on the server. "
            "Adopt the record into another folder.\n"
        ),
    )
    assert [path.name for path in empty.folder.iterdir() if path.name != ".cache"] == ["a.txt"]


@pytest.mark.server
def test_files_that_would_be_mistaken_for_others_are_left(empty: Workspace) -> None:
    """What is written here is not overwritten, and nobody finds the passwords of a stranger."""
    names = ("README.html", "zenodo.yaml", ".zenodo-record-id.json", ".netrc")
    files = {name.replace(".", "_"): "theirs" for name in names}
    record = make(empty.rdm, RECORDS["texts"], public=False, a_txt="aaa", **files)

    result = adopt(empty, record)

    assert result.status == 0
    for name in names:
        reason = "a file with this name is written here"
        if name == ".netrc":
            reason = "programs look for keys or passwords in a file with this name"
        left = f"not in the configuration, it stays on the server: {name!r}: {reason}\n"
        assert left in result.err
        path = empty.folder / name
        assert not path.exists() or path.read_text() != "theirs"
    assert yaml.safe_load((empty.folder / "zenodo.yaml").read_text())["paths"] == ["a.txt"]
    assert "nothing to do" in empty.run("sync", "zenodo.yaml").out


@pytest.mark.server
def test_a_file_that_does_not_end_is_given_up(empty: Workspace) -> None:
    """No more is kept of it than the server announced."""
    record = make(empty.rdm, RECORDS["texts"], a_txt="aaa")
    empty.environ |= {"STEPUP_ZENODO_ATTEMPTS": "1"}
    body = "a" * 3_000_000
    empty.rdm.faults({"path": "/content$", "status": 200, "body": body})

    result = adopt(empty, record)

    assert (result.status, result.err) == (
        1,
        (
            "failed: Could not fetch a.txt: it is not what the server has. "
            "Gave up after 1 attempt.\n"
        ),
    )
    assert not (empty.folder / "a.txt").exists()


@pytest.mark.server
def test_what_the_account_may_not_do_is_said(empty: Workspace) -> None:
    rdm = empty.rdm
    theirs = attrs.evolve(empty, rdm=attrs.evolve(rdm, token_file=rdm.other_token_file))
    closed: dict[str, Any] = {"access": {"record": "public", "files": "restricted"}}
    record = make(rdm, {"metadata": MINIMAL, **closed}, public=True, a_txt="aaa")

    result = adopt(theirs, record)

    assert (result.status, result.out, result.err) == (
        1,
        "",
        (
            f"failed: The account of the token may not read the files of record {record}, and so "
            "may not change it either. Use the token of its owner, or ask the owner to share it.\n"
        ),
    )
    assert [path.name for path in empty.folder.iterdir() if path.name != ".cache"] == []
    record = make(rdm, {"metadata": MINIMAL}, public=True, a_txt="aaa")
    result = adopt(theirs, record)
    assert (result.status, result.err) == (
        0,
        (
            f"Record {record} is not managed by the account of the token: unless its owner "
            "has shared it for editing, the server will refuse every change.\n"
        ),
    )


@pytest.mark.server
@pytest.mark.parametrize(
    "descriptions",
    [
        [{"description": "<p>A.</p>", "type": {"id": "notes"}, "lang": {"id": "eng"}}],
        [
            {"description": "<p>A.</p>", "type": {"id": "notes"}},
            {"description": "<p>B.</p>", "type": {"id": "notes"}},
        ],
        [
            {"description": "<p>A.</p>", "type": {"id": "notes"}, "lang": {"id": "eng"}},
            {"description": "<p>B.</p>", "type": {"id": "methods"}},
        ],
        [
            {"description": "<p>A.</p>", "type": {"id": "notes"}},
            {"description": "<p>B.</p>", "type": {"id": "methods"}},
        ],
    ],
)
def test_all_notes_have_words(empty: Workspace, descriptions: list[Any]) -> None:
    body = {"metadata": {**MINIMAL, "additional_descriptions": descriptions}}
    record = make(empty.rdm, body, a_txt="aaa")

    result = adopt(empty, record)

    assert (result.status, result.err) == (0, "")
    check_nothing_to_do(empty)


@pytest.mark.server
@pytest.mark.parametrize("by_shell", [False, True])
def test_the_home_folder_stays_a_tilde(
    empty: Workspace, tmp_path_factory: pytest.TempPathFactory, by_shell: bool
) -> None:
    """A shell puts the home folder in the place of `~`, which is not that of a co-author."""
    home = tmp_path_factory.mktemp("home")
    token = home / ".zenodo-token"
    token.write_text(empty.rdm.token)
    token.chmod(0o600)
    empty.environ["HOME"] = str(home)
    record = make(empty.rdm, {"metadata": MINIMAL}, a_txt="aaa")
    given = str(token) if by_shell else "~/.zenodo-token"
    server = ("--endpoint", empty.rdm.endpoint)

    result = empty.run("adopt", record, *server, "--path-token", given)

    assert (result.status, result.err) == (0, "")
    path = empty.folder / "zenodo.yaml"
    assert "\npath_token: ~/.zenodo-token\n" in path.read_text()
    check_nothing_to_do(empty)
    empty.config = yaml.safe_load(path.read_text())
    empty.edit_on_web(title="Theirs")
    assert empty.run("pull", "zenodo.yaml").status == 0
    assert "\npath_token: ~/.zenodo-token\n" in path.read_text()
    assert "title: Theirs" in path.read_text()


def test_the_sandbox_has_a_short_name(offline: Workspace) -> None:
    result = offline.run("adopt", "1", "--sandbox", "--path-token", "none.txt")

    assert result.status == 1
    assert "https://sandbox.zenodo.org/" in result.err


@pytest.mark.server
def test_mistakes(empty: Workspace) -> None:
    result = adopt(empty, "no such thing!")
    assert (result.status, result.err) == (
        2,
        (
            "RECORD: 'no such thing!' is not the id, the DOI or the address of a record "
            "(copy the address from the browser)\n"
        ),
    )
    result = adopt(empty, "999999")
    assert result.status == 1
    assert result.err.startswith("failed: Record 999999 does not exist, or is a draft of another")
    empty.environ["STEPUP_ZENODO_ATTEMPTS"] = "1"
    record = make(empty.rdm, {"metadata": MINIMAL}, a_txt="aaa")
    empty.rdm.faults({"path": "a.txt/content", "truncate": True, "times": 100})
    result = adopt(empty, record)
    assert (result.status, result.err.startswith("failed: Could not fetch a.txt: ")) == (1, True)
    assert [path.name for path in empty.folder.iterdir() if path.name != ".cache"] == []


@pytest.mark.server
def test_a_fetch_that_is_refused_is_not_repeated(empty: Workspace) -> None:
    record = make(empty.rdm, {"metadata": MINIMAL}, a_txt="aaa")
    empty.rdm.faults({"path": "a.txt/content", "status": 403, "times": 100})
    empty.rdm.clear_log()

    result = adopt(empty, record)

    assert (result.status, result.err) == (1, "failed: Could not fetch a.txt: HTTP 403.\n")
    assert len([request for request in empty.rdm.log() if "a.txt" in request.path]) == 1


@pytest.mark.server
def test_a_fetch_that_breaks_off_is_repeated(empty: Workspace) -> None:
    empty.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"
    record = make(empty.rdm, {"metadata": MINIMAL}, a_txt="aaa" * 1000)
    empty.rdm.faults({"path": "a.txt/content", "truncate": True, "times": 1})

    assert adopt(empty, record).status == 0

    assert empty.rdm.faults_left() == [0]
    check_nothing_to_do(empty)


def test_what_cannot_be_said_is_left_on_the_server() -> None:
    record = Record(
        id="2",
        parent="1",
        revision=1,
        is_draft=True,
        is_published=False,
        status="draft",
        is_latest=False,
        has_next_draft=False,
        fields=Normal(
            {
                "metadata.title": "A title",
                "metadata.rights": [{"title": {"en": "X", "fr": "Y"}}],
                "metadata.future": "unknown",
                "metadata.creators": [{"person_or_org": {"type": "personal", "name": "Plato"}}],
                "access": {"record": "restricted", "files": "restricted"},
                "files.default_preview": "a/b.txt",
            }
        ),
        files={
            "a/b.txt": FileEntry("a/b.txt", 1, "md5:1"),
            "c.txt": FileEntry("c.txt", None, None),
            "d.txt": FileEntry("d.txt", 1, "md5:1"),
        },
        doi="",
        concept_doi="",
        html="",
    )

    found = adopted(record, SANDBOX)

    assert dict(found.config) == {"metadata": {"title": "A title"}}
    assert found.files == ("d.txt",)
    assert found.left == (
        "'a/b.txt': a configuration cannot list a file with this name",
        "'c.txt': its upload is not complete",
        "metadata.rights: the configuration has no words for it",
        "metadata.future: the configuration has no words for it",
        "metadata.creators: the configuration has no words for it",
        "access: the configuration has no words for it",
        "files.default_preview: it is a file that cannot be listed",
    )


@pytest.mark.parametrize(
    ("text", "record", "endpoint"),
    [
        ("123", "123", "https://sandbox.zenodo.org/api"),
        ("10.5281/zenodo.123", "123", "https://zenodo.org/api"),
        ("https://doi.org/10.5281/zenodo.123", "123", "https://zenodo.org/api"),
        ("https://zenodo.org/records/123", "123", "https://zenodo.org/api"),
        ("https://sandbox.zenodo.org/uploads/123", "123", "https://sandbox.zenodo.org/api"),
        ("http://127.0.0.1:5000/records/123?preview=1", "123", "http://127.0.0.1:5000/api"),
    ],
)
def test_ids_dois_and_addresses(text: str, record: str, endpoint: str) -> None:
    assert (record_id_in(text), endpoint_of(text)) == (record, endpoint)
