"""What `publish` refuses, what it shows, and that it tells the truth when answers are lost."""

import datetime
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stepup_zenodo.deposit.printed import printed_in
from stepup_zenodo.deposit.publish import publish_draft
from stepup_zenodo.record.observed import Record
from stepup_zenodo.release.dois import KnownDois
from stepup_zenodo.remote.client import Client
from stepup_zenodo.remote.protocol import Request

from .test_two_actors import before_requests
from .workspace import Result, Workspace, requests_of

TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Return a project with a draft that can be published."""
    workspace.environ |= {
        "STEPUP_ZENODO_ATTEMPTS": "2",
        "STEPUP_ZENODO_RETRY_DELAY": "0",
        "STEPUP_ZENODO_SETTLE": "0",
    }
    workspace.config["metadata"]["publication_date"] = TODAY.isoformat()
    workspace.write(a_txt="aaa", b_txt="bbb")
    workspace.synced()
    workspace.rdm.clear_log()
    return workspace


def publish(workspace: Workspace, *args: str) -> Result:
    workspace.write_config()
    return workspace.run("publish", "zenodo.yaml", *args)


def is_public(workspace: Workspace) -> bool:
    return workspace.rdm.request("GET", f"/records/{workspace.record_id}").status_code == 200


@pytest.mark.server
def test_what_becomes_public_is_shown_and_confirmed(
    project: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("1.0.0\n"))

    result = publish(project)

    record = project.published()
    doi, concept = record["pids"]["doi"], record["parent"]["pids"]["doi"]
    assert result.status == 0, result
    assert result.out.splitlines() == [
        "This becomes public for good:",
        "  title     A title",
        "  version   1.0.0",
        f"  date      {TODAY}",
        "  creators  Lovelace, Ada",
        "  licence   none",
        "  DOI       given by the server when it is published",
        "  files     2, 6 B, open to everybody",
        "            a.txt (3 B)",
        "            b.txt (3 B)",
        (
            f"published: record {record['id']}, version 1.0.0, 2 files (6 B), "
            f"DOI {doi['identifier']}"
        ),
        f"concept DOI {concept['identifier']}",
        record["links"]["self_html"],
    ]
    assert result.err == "Type the version, 1.0.0, to publish it: "
    assert project.writes() == [
        "PUT /records/ID/draft",
        "POST /records/ID/draft/actions/publish",
    ]
    state = project.state()
    assert (state["doi"], state["concept_doi"]) == (doi["identifier"], concept["identifier"])
    assert state["published"] == {"1.0.0": record["id"]}
    project.rdm.clear_log()
    assert "nothing to do: published record" in project.synced().out


@pytest.mark.server
@pytest.mark.parametrize(
    ("typed", "found"), [("", "nothing was typed"), ("yes\n", "'yes' was typed")]
)
def test_nothing_is_published_without_confirmation(
    project: Workspace, monkeypatch: pytest.MonkeyPatch, typed: str, found: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))

    result = publish(project)

    assert result.status == 1
    assert result.err.endswith(
        f"failed: Nothing was published, because {found} instead of '1.0.0'. "
        "Use --yes to publish without being asked.\n"
    )
    assert not is_public(project)


@pytest.mark.server
def test_a_draft_that_changes_while_it_is_shown_is_not_published(
    project: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(io.StringIO):
        def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
            project.edit_on_web(title="Something else")
            return "1.0.0\n"

    monkeypatch.setattr(sys, "stdin", Slow())

    result = publish(project)

    assert result.status == 1
    assert "failed: Somebody else has changed the draft in the meantime" in result.err
    assert not is_public(project)


@pytest.mark.server
def test_a_draft_that_changes_after_it_was_compared_is_not_published(
    project: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last save and the look at what is shown, somebody saves a field."""
    seen: list[Request] = []

    def save(request: Request) -> None:
        seen.append(request)
        if any(earlier.method == "PUT" for earlier in seen[:-1]) and request.method == "GET":
            monkeypatch.undo()
            project.edit_on_web(publisher="Theirs")

    before_requests(monkeypatch, save)

    result = publish(project, "--yes")

    assert result.status == 1
    assert "failed: Somebody else has changed the draft in the meantime" in result.err
    assert not is_public(project)


@pytest.mark.server
@pytest.mark.parametrize("args", [(), ("--json",)])
def test_what_became_public_without_being_shown_is_told(
    project: Workspace, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    """The server publishes what the draft holds when the request arrives, without conditions."""
    publishing = publish_draft

    def after_others(client: Client, record_id: str) -> Record:
        project.edit_on_web(title="Theirs")
        project.upload_on_web("a.txt", b"theirs")
        project.upload_on_web("unseen.txt", b"theirs")
        project.rdm.request("DELETE", f"/records/{record_id}/draft/files/b.txt")
        return publishing(client, record_id)

    monkeypatch.setattr("stepup_zenodo.commands.publish.publish_draft", after_others)

    result = publish(project, "--yes", *args)

    record = project.record_id
    told = [
        "metadata.title: 'A title' was shown, and 'Theirs' is public",
        "paths: the file 'a.txt' is public with another content than the one shown",
        "paths: the file 'b.txt' was shown, and is not public",
        "paths: the file 'unseen.txt' is public, and was not shown",
    ]
    assert result.status == 1
    if args:
        found = json.loads(result.out)
        assert found["status"] == "failed"
        assert [f"{item['where']}: {item['message']}" for item in found["problems"]] == told
        return
    assert f"published: record {record}, version 1.0.0, 2 files" in result.out
    first, *rest = result.err.splitlines()
    assert first.startswith(f"failed: Record {record} is public, but it is not what was shown")
    assert rest == told


def changed_file(workspace: Workspace) -> None:
    workspace.write(a_txt="AAA")


def changed_field(workspace: Workspace) -> None:
    workspace.config["metadata"]["title"] = "Another title"


def added_on_web(workspace: Workspace) -> None:
    workspace.upload_on_web("web.txt", b"web")


def replaced_on_web(workspace: Workspace) -> None:
    workspace.upload_on_web("a.txt", b"theirs")
    assert "kept 'a.txt': replaced on the server" in workspace.synced().err


def deleted_on_web(workspace: Workspace) -> None:
    path = f"/records/{workspace.record_id}/draft/files/b.txt"
    workspace.rdm.request("DELETE", path).raise_for_status()
    assert "kept 'b.txt': deleted on the server" in workspace.synced().err


def incomplete_file(workspace: Workspace) -> None:
    path = f"/records/{workspace.record_id}/draft/files"
    workspace.rdm.request("POST", path, json=[{"key": "c.txt"}]).raise_for_status()


def no_creators(workspace: Workspace) -> None:
    del workspace.config["metadata"]["creators"]
    workspace.edit_on_web(creators=[])


def no_files(workspace: Workspace) -> None:
    workspace.remove_file("a.txt")
    workspace.remove_file("b.txt")
    workspace.synced()


def future_date(workspace: Workspace) -> None:
    workspace.config["metadata"]["publication_date"] = "2999-01-01"
    workspace.synced()


def stale_date(workspace: Workspace) -> None:
    del workspace.config["metadata"]["publication_date"]
    workspace.edit_on_web(publication_date="2026-01-02")


def another_doi(workspace: Workspace) -> None:
    workspace.write_config()
    workspace.run("doi", "zenodo.yaml")
    workspace.write(c_txt="Cite as https://doi.org/10.5072/zenodo.1 please.\n")
    workspace.synced()


def unreserved_doi(workspace: Workspace) -> None:
    workspace.write(c_txt="Cite as https://doi.org/10.5072/zenodo.1 please.\n")
    workspace.synced()


def examples_of_init(workspace: Workspace) -> None:
    creator = {"family_name": "Last name", "given_name": "Ada", "affiliations": ["A"]}
    workspace.config["metadata"] |= {"title": "The Title of the Record", "creators": [creator]}
    assert workspace.synced().err.splitlines() == [
        "zenodo.yaml:4:10: metadata.title: 'The Title of the Record' " + EXAMPLE,
        "zenodo.yaml:10:18: metadata.creators[0].family_name: 'Last name' " + EXAMPLE,
    ]


def placeholder(workspace: Workspace) -> None:
    workspace.config["doi_placeholder"] = "10.5072/zenodo.pending"
    workspace.write(c_txt="DOI 10.5072/ZENODO.pending\n")
    workspace.synced()


def prepared_review(workspace: Workspace) -> None:
    community = workspace.rdm.get(f"/communities/{workspace.rdm.community}")["id"]
    path = f"/records/{workspace.record_id}/draft/review"
    body = {"receiver": {"community": community}, "type": "community-submission"}
    workspace.rdm.request("PUT", path, json=body).raise_for_status()


def open_review(workspace: Workspace) -> None:
    prepared_review(workspace)
    path = f"/records/{workspace.record_id}/draft/actions/submit-review"
    workspace.rdm.request("POST", path, json={}).raise_for_status()


NOT_EQUAL = (
    "the draft: it is not equal to the configuration and the files "
    "(see `stepup-zenodo diff`, and run `stepup-zenodo sync`)"
)
EXAMPLE = (
    "is an example that `stepup-zenodo init` has written "
    "(write what is true of your work, or remove it)"
)
SYNC = (
    "give it in the configuration, and sync; with `stepup-zenodo sync --ours` if somebody has "
    "emptied it on the server"
)


def test_check_tells_about_examples_of_init(offline: Workspace) -> None:
    offline.write(a_txt="aaa")
    assert offline.run("init", "zenodo.yaml").status == 0

    result = offline.run("check", "zenodo.yaml")
    data = json.loads(offline.run("check", "zenodo.yaml", "--json").out)

    found = [line.split(": ", 1)[1] for line in result.err.splitlines()]
    assert result.status == 0
    assert found == [
        f"metadata.title: 'The Title of the Record' {EXAMPLE}",
        f"metadata.creators[0].family_name: 'Last name' {EXAMPLE}",
        f"metadata.creators[0].given_name: 'First name' {EXAMPLE}",
        (
            "metadata.creators[0].affiliations[0].name: "
            f"'Department, University, City, Country' {EXAMPLE}"
        ),
    ]
    assert data["warnings"] == result.err.splitlines()
    assert data["status"] == "valid"


GUARDS: dict[Callable[[Workspace], None], list[str]] = {
    changed_file: [NOT_EQUAL],
    changed_field: [NOT_EQUAL],
    added_on_web: [
        (
            "paths: the file 'web.txt' is on the server but was never sent from here; "
            "--prune removes it (list it in paths, or delete it with `stepup-zenodo sync --prune`)"
        )
    ],
    replaced_on_web: [
        (
            "zenodo.yaml:13:1: paths.a.txt: the file 'a.txt' is not the one on disk: replaced on "
            "the server (send yours with `stepup-zenodo sync --ours`, or make yours equal to "
            "theirs)"
        )
    ],
    deleted_on_web: [
        (
            "zenodo.yaml:13:1: paths.b.txt: the file 'b.txt' is not the one on disk: deleted on "
            "the server (send yours with `stepup-zenodo sync --ours`, or take it off the "
            "configuration)"
        )
    ],
    incomplete_file: [
        (
            "paths: the file 'c.txt' is being uploaded but was never sent from here; "
            "--prune removes it (list it in paths, or delete it with `stepup-zenodo sync --prune`)"
        ),
    ],
    no_creators: [f"metadata.creators: is missing ({SYNC})"],
    no_files: ["paths: there are no files (list them, and sync)"],
    future_date: [
        (
            "zenodo.yaml:8:21: metadata.publication_date: 2999-01-01 is in the future "
            f"(today is {TODAY} in UTC; publish on that day, or change the date)"
        )
    ],
    stale_date: [
        (
            "zenodo.yaml:4:3: metadata.publication_date: 2026-01-02 is the day on which the draft "
            f"was made, today is {TODAY} in UTC (give the date in the configuration, and sync)"
        )
    ],
    another_doi: [
        (
            "zenodo.yaml:15:3: paths[2]: c.txt prints the DOI 10.5072/zenodo.1, but this version "
            "has 10.5072/zenodo.ID "
            "(build it with `stepup-zenodo doi`, and sync; "
            "or use --any-doi if it is meant to be so)"
        )
    ],
    unreserved_doi: [
        (
            "zenodo.yaml:15:3: paths[2]: c.txt prints the DOI 10.5072/zenodo.1, but the DOI of "
            "this version is not reserved yet (reserve it and build the file with "
            "`stepup-zenodo doi`, and sync; or use --any-doi if it is meant to be so)"
        )
    ],
    examples_of_init: [
        "zenodo.yaml:4:10: metadata.title: 'The Title of the Record' " + EXAMPLE,
        "zenodo.yaml:10:18: metadata.creators[0].family_name: 'Last name' " + EXAMPLE,
    ],
    placeholder: [
        (
            "zenodo.yaml:15:3: paths[2]: c.txt holds the placeholder for the DOI "
            "(build it again with a token, and sync)"
        )
    ],
    prepared_review: [
        (
            "the draft: it is prepared for a review by a community (use `stepup-zenodo submit`; "
            "or remove the community from the configuration and use "
            "`stepup-zenodo submit --withdraw`)"
        )
    ],
    open_review: [
        (
            "the draft: it is being reviewed by a community, which publishes it by accepting it "
            "(wait for the decision, or take it back with `stepup-zenodo submit --withdraw`)"
        )
    ],
}


@pytest.mark.server
@pytest.mark.parametrize("violate", GUARDS, ids=lambda violate: violate.__name__)
def test_guards(project: Workspace, violate: Callable[[Workspace], None]) -> None:
    violate(project)
    project.rdm.clear_log()

    result = publish(project, "--yes")

    assert result.status == 1
    found = result.err.replace(f"zenodo.{project.record_id} ", "zenodo.ID ").splitlines()
    assert found == ["failed: The draft cannot be published as it is:", *GUARDS[violate]]
    assert project.writes() == []
    assert not is_public(project)


@pytest.mark.server
def test_the_version_must_be_new(project: Workspace) -> None:
    project.publish()
    first = project.record_id
    project.config["metadata"]["version"] = "1.1.0"
    project.write(a_txt="AAA")
    project.synced()
    for version, message in {
        "1.0.0": f"version 1.0.0 is published already, as record {first}",
        "v1.0.0": "version v1.0.0 is only another spelling of 1.0.0, the latest one",
        "0.9.0": "version 0.9.0 is lower than 1.0.0, the latest one",
        "": "this version has no version text, but the latest one has 1.0.0",
    }.items():
        project.config["metadata"]["version"] = version
        project.synced()

        result = publish(project, "--yes")

        hint = "(raise metadata.version in the configuration, and sync)"
        assert result.err.splitlines()[1:] == [
            f"zenodo.yaml:5:12: metadata.version: {message} {hint}"
        ]
    project.config["metadata"]["version"] = "1.1.0"
    project.synced()
    assert publish(project, "--yes").status == 0
    assert project.published()["versions"]["index"] == 2


DOI_HINT = "or use --any-doi if it is meant to be so)"
BUILD = f"(build it with `stepup-zenodo doi`, and sync; {DOI_HINT}"
CORRECT = f"(correct it, and sync; {DOI_HINT}"


@pytest.mark.server
@pytest.mark.parametrize("is_reserved", [False, True])
def test_the_doi_of_a_rehearsal(project: Workspace, is_reserved: bool) -> None:
    """The state file knows the DOI of a record elsewhere, whatever its prefix is."""
    here = project.rdm.endpoint
    rehearsed = here.replace("127.0.0.1", "localhost")
    (project.folder / ".zenodo-record-id.txt").unlink()
    (project.folder / ".zenodo-record-id.json").unlink()
    project.rdm.configure(DATACITE_PREFIX="10.81234")
    project.config["endpoint"] = rehearsed
    project.synced()
    assert publish(project, "--yes").status == 0
    doi = project.published()["pids"]["doi"]["identifier"]
    assert doi.startswith("10.81234/")
    project.rdm.configure(DATACITE_PREFIX="10.5281")
    project.config["endpoint"] = here
    project.config["description"] = f"Data: https://doi.org/{doi}"
    project.write(a_txt=f"Data: https://doi.org/{doi}\n", b_txt="Also 10.5072/zenodo.9876543.")
    project.synced()
    if is_reserved:
        assert project.run("doi", "zenodo.yaml").status == 0

    result = publish(project, "--yes")

    reason = f"which belongs to the record at {rehearsed}"
    lines = [
        f"zenodo.yaml:13:3: paths[0]: a.txt prints the DOI {doi}, {reason} {BUILD}",
        (
            "zenodo.yaml:14:3: paths[1]: b.txt prints the DOI 10.5072/zenodo.9876543, which is "
            f"that of a test server and leads nowhere {BUILD}"
        ),
        f"zenodo.yaml:15:14: description: names the DOI {doi}, {reason} {CORRECT}",
    ]
    assert result.status == 1
    assert result.err.splitlines()[1:] == lines
    assert project.run("publish", "zenodo.yaml", "--yes", "--any-doi").status == 0


@pytest.mark.server
def test_the_date_of_the_version_before_is_questioned(project: Workspace) -> None:
    project.config["metadata"]["publication_date"] = "2026-01-02"
    project.synced()
    first = publish(project, "--yes")
    assert (first.status, first.err) == (0, "")
    project.config["metadata"]["version"] = "1.1.0"
    project.write(a_txt="AAA")
    project.synced()

    result = publish(project, "--yes")

    assert (result.status, result.err) == (
        0,
        (
            "zenodo.yaml:8:21: metadata.publication_date: 2026-01-02 is also the date of version "
            f"1.0.0, and today is {TODAY} in UTC (is it that of this version? If not, change it "
            "and sync before you publish)\n"
        ),
    )


@pytest.mark.server
def test_the_doi_of_the_version_before(project: Workspace) -> None:
    """It may be named beside that of this version, or with a word in the metadata."""
    assert publish(project, "--yes").status == 0
    before = project.published()["pids"]["doi"]["identifier"]
    project.config["metadata"]["version"] = "1.1.0"
    project.write(a_txt=f"Cite as {before}.\n")
    project.synced()

    found = publish(project, "--yes").err.splitlines()[1:]

    assert found == [
        (
            f"zenodo.yaml:13:3: paths[0]: a.txt prints the DOI {before}, that of version 1.0.0, "
            "but the DOI of this version is not reserved yet (reserve it and build the file with "
            f"`stepup-zenodo doi`, and sync; {DOI_HINT}"
        )
    ]
    assert project.run("doi", "zenodo.yaml").status == 0
    own = project.draft()["pids"]["doi"]["identifier"]
    assert publish(project, "--yes").err.splitlines()[1:] == [
        (
            f"zenodo.yaml:13:3: paths[0]: a.txt prints the DOI {before}, that of version 1.0.0, "
            f"but this version has {own} {BUILD}"
        )
    ]
    project.write(a_txt=f"Cite as {own}, not as {before}.\n")
    project.synced()
    assert publish(project, "--yes").status == 0


@pytest.mark.server
def test_errors_of_the_server_are_shown_before_asking(project: Workspace) -> None:
    bad = {"identifier": "not a doi", "scheme": "doi", "relation_type": {"id": "cites"}}
    path = f"/records/{project.record_id}/draft"
    draft = project.rdm.get(path)
    draft["metadata"]["related_identifiers"] = [bad]
    project.rdm.request("PUT", path, json=draft).raise_for_status()

    result = publish(project)

    assert result.status == 1
    assert result.err.splitlines() == [
        "failed: The server would not publish this.",
        (
            "zenodo.yaml:4:3: metadata.related[0].identifier: the server says: "
            "Invalid DOI identifier."
        ),
    ]
    assert not is_public(project)


@pytest.mark.server
def test_nothing_to_publish(project: Workspace) -> None:
    project.publish()
    assert publish(project, "--yes").err.startswith(
        "failed: There is no draft to publish: the last version is public already."
    )
    (project.folder / ".zenodo-record-id.txt").unlink()
    (project.folder / ".zenodo-record-id.json").unlink()
    assert publish(project, "--yes").err == (
        "failed: There is no record yet. Create it with `stepup-zenodo sync zenodo.yaml`.\n"
    )


@pytest.mark.server
def test_never_in_a_build(project: Workspace) -> None:
    project.environ["STEPUP_JOB_I"] = "1"

    result = publish(project, "--yes")

    assert (result.status, result.err) == (
        1,
        "failed: A build does not publish: run this command yourself, outside of StepUp.\n",
    )
    assert requests_of(project.rdm) == []


@pytest.mark.server
@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 504}, {"status": 500}])
@pytest.mark.parametrize("after", [True, False])
def test_a_lost_answer_is_read_back(project: Workspace, fault: dict[str, Any], after: bool) -> None:
    rule = {"method": "POST", "path": "/publish$", "after": after, "times": 1, **fault}
    project.rdm.faults(rule)

    result = publish(project, "--yes")

    assert result.status == 0, result
    assert f"published: record {project.record_id}," in result.out
    assert project.published()["versions"]["index"] == 1
    assert project.rdm.faults_left() == [0]


@pytest.mark.server
def test_without_success_the_truth_is_told(project: Workspace) -> None:
    project.rdm.faults({"method": "POST", "path": "/publish$", "status": 504, "times": 1000})

    result = publish(project, "--yes")

    assert result.status == 1
    assert result.err == (
        "failed: Could not publish the draft. The server said: HTTP 504: Injected fault. "
        "It was read back: the draft is not published.\n"
    )
    assert not is_public(project)
    project.rdm.faults(
        {"method": "POST", "path": "/publish$", "drop": True, "after": True, "times": 1},
        {"method": "GET", "path": "/records/[0-9]+$", "status": 503, "times": 1000},
    )
    result = publish(project, "--yes")
    assert result.status == 1
    assert "It is not known whether the draft was published" in result.err
    assert is_public(project)


def pdf(text: str, uri: str = "") -> bytes:
    """Return a small PDF with one line of text and perhaps a link."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    link = f"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI({uri})>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>/Annots[" + link.encode() + b"]>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


PRINTED: dict[str, tuple[bytes, set[str]]] = {
    "text": (b"see 10.1/zenodo.12, https://doi.org/10.1/ZENODO.34.", {"10.1/zenodo.12"}),
    "other prefix": (b"10.2/zenodo.12 10.1/figshare.5", set()),
    "pdf text": (pdf("DOI 10.1/zenodo.12 here"), {"10.1/zenodo.12"}),
    "pdf link": (pdf("here", "https://doi.org/10.1/zenodo.12"), {"10.1/zenodo.12"}),
    "damaged pdf": (b"%PDF-1.4\nnonsense 10.1/zenodo.12", set()),
    "binary": (b"\0\1 10.1/zenodo.12", set()),
    "at the border of blocks": (b"x" * ((1 << 20) - 9) + b" 10.1/zenodo.1234 ", set()),
}
PRINTED["text"][1].add("10.1/zenodo.34")
PRINTED["at the border of blocks"][1].add("10.1/zenodo.1234")


@pytest.mark.parametrize("name", PRINTED)
def test_dois_in_files(tmp_path: Path, name: str) -> None:
    content, expected = PRINTED[name]
    path = tmp_path / "file"
    path.write_bytes(content)

    assert printed_in(path, KnownDois(start="10.1/zenodo.").pattern) == expected


def test_dois_in_a_compiled_paper(tmp_path: Path) -> None:
    """Its fonts are embedded in part, and its text is numbers of glyphs."""
    import typst

    (tmp_path / "paper.typ").write_text(
        "#set page(width: 8cm)\nThe data are at 10.5281/zenodo.1234567, "
        'and #link("https://doi.org/10.5281/zenodo.89")[here].\n'
    )
    typst.compile(tmp_path / "paper.typ", output=tmp_path / "paper.pdf")

    found = printed_in(tmp_path / "paper.pdf", KnownDois(start="10.5281/zenodo.").pattern)

    assert found == {"10.5281/zenodo.1234567", "10.5281/zenodo.89"}
