"""The DOI as a build output: its formats, the command, and builds that print it."""

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from stepup_zenodo.release.citation import Author, Citation, citation_of
from stepup_zenodo.release.doi import (
    MADE,
    SUFFIXES,
    is_rendered,
    output_problems,
    rendered,
)

from .test_stepup import build, failing_build, write_plan
from .workspace import Workspace, md5, requests_of

FULL = Citation(
    doi="10.5281/zenodo.12",
    concept_doi="10.5281/zenodo.11",
    record="12",
    url="https://zenodo.org/records/12",
    version="1.0_rc",
    title="Cats & Dogs: 100 % {fun}",
    date="2026-03-01",
    publisher="Zenodo",
    kind="dataset",
    authors=(
        Author("Curie", "Marie", orcid="0000-0002-1825-0097", affiliation="Sorbonne"),
        Author("Plato"),
        Author('The "Lab"', is_person=False),
    ),
)
FIRST = Citation(doi="10.5281/zenodo.12", record="12", url="https://zenodo.org/records/12")

FORMATS = {
    ("doi.txt", FULL): "10.5281/zenodo.12\n",
    ("doi.json", FULL): """\
{
  "doi": "10.5281/zenodo.12",
  "doi_url": "https://doi.org/10.5281/zenodo.12",
  "concept_doi": "10.5281/zenodo.11",
  "version": "1.0_rc",
  "record": "12",
  "url": "https://zenodo.org/records/12"
}
""",
    ("doi.json", FIRST): """\
{
  "doi": "10.5281/zenodo.12",
  "doi_url": "https://doi.org/10.5281/zenodo.12",
  "concept_doi": null,
  "version": null,
  "record": "12",
  "url": "https://zenodo.org/records/12"
}
""",
    ("doi.tex", FULL): """\
% Made by stepup-zenodo, which overwrites it
\\newcommand{\\zenodoDOI}{10.5281/zenodo.12}
\\newcommand{\\zenodoURL}{https://doi.org/10.5281/zenodo.12}
\\newcommand{\\zenodoConceptDOI}{10.5281/zenodo.11}
\\newcommand{\\zenodoConceptURL}{https://doi.org/10.5281/zenodo.11}
\\newcommand{\\zenodoVersion}{1.0\\_rc}
\\newcommand{\\zenodoRecord}{12}
""",
    ("doi.tex", FIRST): """\
% Made by stepup-zenodo, which overwrites it
% The concept DOI is not known before the first publication: its macros are empty.
\\newcommand{\\zenodoDOI}{10.5281/zenodo.12}
\\newcommand{\\zenodoURL}{https://doi.org/10.5281/zenodo.12}
\\newcommand{\\zenodoConceptDOI}{}
\\newcommand{\\zenodoConceptURL}{}
\\newcommand{\\zenodoVersion}{}
\\newcommand{\\zenodoRecord}{12}
""",
    ("doi.typ", FULL): """\
// Made by stepup-zenodo, which overwrites it
#let zenodo-doi = "10.5281/zenodo.12"
#let zenodo-url = "https://doi.org/10.5281/zenodo.12"
#let zenodo-concept-doi = "10.5281/zenodo.11"
#let zenodo-concept-url = "https://doi.org/10.5281/zenodo.11"
#let zenodo-version = "1.0_rc"
#let zenodo-record = "12"
""",
    ("doi.typ", FIRST): """\
// Made by stepup-zenodo, which overwrites it
// The concept DOI is not known before the first publication.
#let zenodo-doi = "10.5281/zenodo.12"
#let zenodo-url = "https://doi.org/10.5281/zenodo.12"
#let zenodo-concept-doi = none
#let zenodo-concept-url = none
#let zenodo-version = none
#let zenodo-record = "12"
""",
    ("doi.bib", FULL): """\
% Made by stepup-zenodo, which overwrites it
@misc{zenodo:12,
  author = {Curie, Marie and {Plato} and {The "Lab"}},
  title = {{Cats \\& Dogs: 100 \\% {\\textbraceleft}fun{\\textbraceright}}},
  year = {2026},
  month = mar,
  publisher = {Zenodo},
  version = {1.0\\_rc},
  doi = {10.5281/zenodo.12},
  url = {https://doi.org/10.5281/zenodo.12},
}
""",
    ("CITATION.CFF", FULL): """\
# Made by stepup-zenodo, which overwrites it
cff-version: 1.2.0
message: If you use this work, please cite it as below.
type: dataset
title: "Cats & Dogs: 100 % {fun}"
authors:
  - family-names: "Curie"
    given-names: "Marie"
    orcid: "https://orcid.org/0000-0002-1825-0097"
    affiliation: "Sorbonne"
  - family-names: "Plato"
  - name: "The \\"Lab\\""
version: "1.0_rc"
date-released: 2026-03-01
doi: "10.5281/zenodo.12"
identifiers:
  - type: doi
    value: "10.5281/zenodo.11"
    description: All versions together
""",
}


@pytest.mark.parametrize(("path", "citation"), FORMATS)
def test_formats(path: str, citation: Citation) -> None:
    assert rendered(path, citation) == FORMATS[path, citation]


def test_json_and_cff_can_be_read_back() -> None:
    assert json.loads(rendered("a.json", FULL))["concept_doi"] == FULL.concept_doi
    read = yaml.safe_load(rendered("a.cff", FULL))
    assert read["authors"][2] == {"name": 'The "Lab"'}
    assert read["title"] == FULL.title


def test_citation_of_fields() -> None:
    orcid = {"scheme": "orcid", "identifier": "0000-0002-1825-0097"}
    person = {"type": "personal", "family_name": "Curie", "given_name": "Marie"}
    fields: dict[str, Any] = {
        "metadata.title": "A title",
        "metadata.version": "1",
        "metadata.publication_date": "2026",
        "metadata.publisher": "Zenodo",
        "metadata.resource_type": {"id": "software"},
        "metadata.creators": [
            {
                "person_or_org": {**person, "identifiers": [orcid]},
                "affiliations": [{"name": "Sorbonne"}],
            },
            {"person_or_org": {"type": "organizational", "name": "Lab"}, "affiliations": []},
        ],
    }

    assert citation_of(fields, "10.1/2", concept_doi="10.1/1", record="2", url="u") == Citation(
        doi="10.1/2",
        concept_doi="10.1/1",
        record="2",
        url="u",
        version="1",
        title="A title",
        date="2026",
        publisher="Zenodo",
        kind="software",
        authors=(
            Author("Curie", "Marie", orcid="0000-0002-1825-0097", affiliation="Sorbonne"),
            Author("Lab", is_person=False),
        ),
    )


def test_names_of_outputs() -> None:
    assert [str(problem) for problem in output_problems(["a.pdf", "b", "c.txt", "c.txt"])] == [
        (
            "a.pdf: the extension .pdf is none of those known "
            "(use one of .txt, .json, .tex, .typ, .bib, .cff)"
        ),
        (
            "b: the extension is missing and is none of those known "
            "(use one of .txt, .json, .tex, .typ, .bib, .cff)"
        ),
        "c.txt: the output is given twice (give it once)",
    ]


@pytest.fixture
def impatient(workspace: Workspace) -> Workspace:
    """Return a project that does not wait."""
    workspace.environ |= {
        "STEPUP_ZENODO_ATTEMPTS": "2",
        "STEPUP_ZENODO_RETRY_DELAY": "0",
        "STEPUP_ZENODO_SETTLE": "0",
    }
    return workspace


def doi(workspace: Workspace, *args: str) -> tuple[int, str, str]:
    workspace.write_config()
    result = workspace.run("doi", "zenodo.yaml", *args)
    return result.status, result.out, result.err


@pytest.mark.server
def test_reserve_once_and_keep_it_in_the_sync(impatient: Workspace) -> None:
    impatient.write(a_txt="aaa")

    first = doi(impatient, "doi.txt", "sub/doi.json")

    draft = impatient.draft()
    reserved = draft["pids"]["doi"]["identifier"]
    concept = f"{reserved.removesuffix(draft['id'])}{draft['parent']['id']}"
    assert first == (
        0,
        (
            "  create a draft with 6 metadata fields\n"
            "  doi.txt: written\n"
            "  sub/doi.json: written\n"
            f"DOI {reserved}\n"
            f"concept DOI {concept}, from the first publication on\n"
        ),
        "",
    )
    assert (impatient.folder / "doi.txt").read_text() == f"{reserved}\n"
    assert impatient.writes() == ["POST /records", "POST /records/ID/draft/pids/doi"]
    impatient.synced()
    impatient.rdm.clear_log()
    assert doi(impatient, "doi.txt", "sub/doi.json")[1].splitlines()[:2] == [
        "  doi.txt: unchanged",
        "  sub/doi.json: unchanged",
    ]
    assert requests_of(impatient.rdm) == ["GET /records/ID/draft"]
    assert impatient.draft()["pids"]["doi"]["identifier"] == reserved
    impatient.publish()
    assert impatient.published()["pids"]["doi"]["identifier"] == reserved
    concept = impatient.published()["parent"]["pids"]["doi"]["identifier"]

    assert doi(impatient)[1] == f"DOI {reserved}\nconcept DOI {concept}\n"


@pytest.mark.server
def test_a_raised_version_gets_a_draft_with_its_own_doi(impatient: Workspace) -> None:
    impatient.write(a_txt="aaa")
    doi(impatient)
    impatient.synced()
    impatient.publish()
    old = impatient.published()
    impatient.config["metadata"]["version"] = "1.1.0"
    impatient.rdm.clear_log()

    status, out, err = doi(impatient, "doi.json")

    new = impatient.draft()["pids"]["doi"]["identifier"]
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "  start version 1.1.0 after 1.0.0"
    assert json.loads((impatient.folder / "doi.json").read_text()) == {
        "doi": new,
        "doi_url": f"https://doi.org/{new}",
        "concept_doi": old["parent"]["pids"]["doi"]["identifier"],
        "version": "1.1.0",
        "record": impatient.record_id,
        "url": f"{impatient.rdm.url}/records/{impatient.record_id}",
    }
    assert impatient.writes() == ["POST /records/ID/versions", "POST /records/ID/draft/pids/doi"]
    impatient.rdm.clear_log()
    impatient.synced()
    assert "POST /records/ID/draft/actions/files-import" in impatient.writes()
    assert impatient.draft()["pids"]["doi"]["identifier"] == new
    impatient.config["metadata"]["version"] = "0.9.0"
    impatient.publish()
    status, _, err = doi(impatient)
    assert (status, "lower than" in err) == (1, True)


@pytest.mark.server
@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 504}, {"status": 500}])
@pytest.mark.parametrize("path", ["/api/records$", "/pids/doi$"])
def test_lost_answers_are_read_back(
    impatient: Workspace, fault: dict[str, object], path: str
) -> None:
    impatient.rdm.faults({"method": "POST", "path": path, "after": True, "times": 1, **fault})

    status, out, _ = doi(impatient, "doi.txt")

    assert status == 0, out
    assert impatient.rdm.faults_left() == [0]
    assert len(impatient.drafts_of_user()) == 1
    reserved = impatient.draft()["pids"]["doi"]["identifier"]
    assert (impatient.folder / "doi.txt").read_text() == f"{reserved}\n"


UNREACHABLE = {"path": "", "status": 503, "times": 1000}


@pytest.mark.server
def test_without_server(impatient: Workspace) -> None:
    impatient.rdm.faults(UNREACHABLE)
    assert doi(impatient, "doi.txt")[0] == 1
    assert not (impatient.folder / "doi.txt").exists()
    (impatient.folder / "doi.txt").write_text("10.5281/zenodo.7\n")  # from a colleague
    status, _, err = doi(impatient, "doi.txt")
    assert (status, err.startswith("The outputs are kept as they are, unchecked.")) == (0, True)
    impatient.rdm.no_faults()
    assert doi(impatient, "doi.txt")[0] == 0
    reserved = (impatient.folder / "doi.txt").read_text().strip()
    impatient.synced()
    impatient.rdm.faults(UNREACHABLE)

    status, out, err = doi(impatient, "doi.txt", "doi.tex")

    assert status == 0
    assert "  doi.tex: written\n" in out
    assert (
        f"\\newcommand{{\\zenodoDOI}}{{{reserved}}}\n" in (impatient.folder / "doi.tex").read_text()
    )
    assert err.startswith("The server was not asked, the DOI is the known one. Could not read")
    impatient.config["metadata"]["version"] = "2.0.0"
    status, _, err = doi(impatient, "doi.txt", "doi.tex")
    assert (status, err.startswith("failed: Could not read the draft.")) == (1, True)
    assert (impatient.folder / "doi.txt").read_text() == f"{reserved}\n"


@pytest.mark.server
def test_the_outputs_are_the_same_before_and_after_the_first_publication(
    workspace: Workspace,
) -> None:
    names = ("doi.txt", "doi.json", "doi.tex", "doi.typ", "doi.bib", "CITATION.cff")
    workspace.write(a_txt="aaa")
    workspace.config["metadata"]["publication_date"] = "2026-11-28"
    workspace.write_config()

    first = doi(workspace, *names)
    before = [(workspace.folder / name).read_text() for name in names]
    stands = workspace.run("status", "zenodo.yaml")
    workspace.synced()
    workspace.publish()
    second = doi(workspace, *names)

    concept = workspace.published()["parent"]["pids"]["doi"]["identifier"]
    assert (first[0], second[0]) == (0, 0)
    assert json.loads(before[1])["concept_doi"] == concept
    assert f"concept DOI  {concept}, from the first publication on\n" in stands.out
    assert [(workspace.folder / name).read_text() for name in names] == before
    assert second[1].endswith(f"concept DOI {concept}\n")


@pytest.mark.server
def test_elsewhere_the_concept_doi_is_not_guessed(workspace: Workspace) -> None:
    workspace.environ["STEPUP_ZENODO_LIKE_ZENODO"] = ""
    workspace.write(a_txt="aaa")
    workspace.write_config()

    _, out, _ = doi(workspace, "doi.json")

    assert out.endswith("concept DOI not known before the first publication\n")
    assert json.loads((workspace.folder / "doi.json").read_text())["concept_doi"] is None


@pytest.mark.server
def test_without_token(impatient: Workspace) -> None:
    impatient.config["path_token"] = "token.txt"

    assert doi(impatient, "doi.txt") == (
        1,
        "",
        (
            "failed: No DOI can be reserved, as there is no token. "
            "Set STEPUP_ZENODO_TOKEN, or put a token into token.txt. "
            f"{impatient.make_token}\n"
        ),
    )
    impatient.config["doi_placeholder"] = "10.5281/zenodo.pending"
    status, out, err = doi(impatient, "doi.txt")
    assert (status, out) == (0, "  doi.txt: written\n")
    assert err.startswith("The outputs hold the placeholder 10.5281/zenodo.pending. No DOI can")
    assert (impatient.folder / "doi.txt").read_text() == "10.5281/zenodo.pending\n"
    assert requests_of(impatient.rdm) == []


PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import run, static
from stepup_zenodo.api import sync_zenodo, zenodo_doi

static("zenodo.yaml", "data.txt", "text.txt")
zenodo_doi("zenodo.yaml", out=["doi.txt", "doi.tex"])
run("cat text.txt doi.txt doi.tex > paper.txt", shell=True,
    inp=["text.txt", "doi.txt", "doi.tex"], out="paper.txt")
sync_zenodo("zenodo.yaml")
"""

DOI = "stepup-zenodo doi -- zenodo.yaml doi.txt doi.tex"


@pytest.fixture
def project(impatient: Workspace) -> Workspace:
    """Return a project whose paper prints the DOI of the record that it belongs to."""
    impatient.environ["STEPUP_ZENODO_ATTEMPTS"] = "1"
    impatient.write_file("data.txt", "data")
    impatient.write_file("text.txt", "A text.\n")
    impatient.config["paths"] = ["data.txt", "paper.txt"]
    write_plan(impatient, PLAN)
    impatient.write_config()
    return impatient


def outcomes(workspace: Workspace) -> list[str]:
    """Build, and return the labels of the steps that ran."""
    built = build(workspace)
    assert built.status == 0, built.out
    ran = (line.partition(" ") for line in built.outcomes())
    return sorted(label for outcome, _, label in ran if outcome == "SUCCESS")


def steps(workspace: Workspace) -> list[str]:
    """Build, and return the first words of the steps that ran."""
    return [" ".join(label.split()[:3]) for label in outcomes(workspace)]


ALL = ["cat text.txt doi.txt", "stepup sync-zenodo --declare", "stepup sync-zenodo --exact"]
ALL += ["stepup-zenodo doi --"]


@pytest.mark.server
@pytest.mark.parametrize("forkserver", ["1", "0"])
def test_one_build_from_nothing(project: Workspace, forkserver: str) -> None:
    project.environ["STEPUP_BUILD_FORKSERVER"] = forkserver

    assert steps(project) == ALL

    paper = (project.folder / "paper.txt").read_text()
    reserved = project.draft()["pids"]["doi"]["identifier"]
    assert paper.splitlines()[:2] == ["A text.", reserved]
    assert project.checksums() == {"data.txt": md5("data"), "paper.txt": md5(paper)}
    project.rdm.clear_log()
    assert outcomes(project) == []
    assert requests_of(project.rdm) == []
    # Other metadata: the outputs are the same, so that the paper is not built again.
    project.config["metadata"]["title"] = "Another title"
    project.write_config()
    assert steps(project) == [name for name in ALL if not name.startswith("cat")]
    assert outcomes(project) == []


@pytest.mark.server
def test_one_build_after_raising_the_version(project: Workspace) -> None:
    outcomes(project)
    project.publish()
    old = (project.folder / "doi.txt").read_text()
    project.config["metadata"]["version"] = "2.0.0"
    project.write_config()
    project.rdm.clear_log()

    assert steps(project) == ALL

    new = project.draft()["pids"]["doi"]["identifier"]
    assert new != old.strip()
    paper = (project.folder / "paper.txt").read_text()
    assert paper.splitlines()[:2] == ["A text.", new]
    assert project.checksums() == {"data.txt": md5("data"), "paper.txt": md5(paper)}
    assert project.content_requests() == ["paper.txt"], "the other file is imported"
    assert outcomes(project) == []


@pytest.mark.server
def test_builds_without_and_with_token(project: Workspace) -> None:
    project.config["path_token"] = "token.txt"
    project.write_config()
    token: Path = project.folder / "token.txt"

    assert "No DOI can be reserved, as there is no token." in failing_build(project, DOI)

    project.config["doi_placeholder"] = "10.5281/zenodo.pending"
    project.write_config()
    assert steps(project) == ALL
    assert (project.folder / "paper.txt").read_text().splitlines()[1] == "10.5281/zenodo.pending"
    assert outcomes(project) == []
    token.write_text(project.rdm.token)
    token.chmod(0o600)
    assert steps(project) == [name for name in ALL if "declare" not in name]
    reserved = project.draft()["pids"]["doi"]["identifier"]
    assert (project.folder / "paper.txt").read_text().splitlines()[1] == reserved
    assert outcomes(project) == []
    # A colleague without token, who changes the title.
    token.unlink()
    project.config["metadata"]["title"] = "Another title"
    project.write_config()
    assert steps(project) == [name for name in ALL if not name.startswith("cat")]
    assert (project.folder / "doi.txt").read_text() == f"{reserved}\n"


@pytest.mark.server
def test_builds_without_and_with_network(project: Workspace) -> None:
    """The placeholder does not outlive the creation of the record."""
    project.config["doi_placeholder"] = "10.5281/zenodo.pending"
    project.write_config()
    project.rdm.faults(UNREACHABLE)
    failing_build(project, "stepup sync-zenodo --exact -- zenodo.yaml")
    assert (project.folder / "doi.txt").read_text() == "10.5281/zenodo.pending\n"
    project.rdm.no_faults()
    assert steps(project) == ["stepup sync-zenodo --exact"]
    assert steps(project) == [name for name in ALL if "declare" not in name]
    reserved = project.draft()["pids"]["doi"]["identifier"]
    paper = (project.folder / "paper.txt").read_text()
    assert paper.splitlines()[1] == reserved
    assert project.checksums() == {"data.txt": md5("data"), "paper.txt": md5(paper)}
    assert outcomes(project) == []


TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('{}\\"$%^#\n@,'))


@given(TEXTS.filter(bool))
@example("}}\n\n@preamble{x}")
@example('"\n#import "x"\n')
@example("a\u202eb\u2028c\x85d")
def test_texts_of_others_stay_texts(text: str) -> None:
    """Whatever a record says: in no format does it end the text that it stands in."""
    author = Author(text, text, affiliation=text)
    citation = attrs.evolve(FULL, title=text, version=text, publisher=text, authors=(author,))

    outputs = {suffix: rendered(f"x{suffix}", citation) for suffix in SUFFIXES}

    usual = {suffix: rendered(f"x{suffix}", attrs.evolve(FULL, authors=())) for suffix in SUFFIXES}
    for suffix, output in outputs.items():
        assert output.replace("\n", "").isprintable()
        if suffix != ".cff" and text.strip():
            authors = 1 if suffix == ".bib" else 0
            assert output.count("\n") <= usual[suffix].count("\n") + authors
        assert is_rendered(f"x{suffix}", output.encode(), None)
    assert json.loads(outputs[".json"])["version"] == text
    cff = yaml.safe_load(outputs[".cff"])
    assert (cff["title"], cff["version"]) == (text, text)
    assert cff["authors"][0]["family-names"] == text
    depth = [0]
    for char in outputs[".bib"]:
        depth.append(depth[-1] + {"{": 1, "}": -1}.get(char, 0))
    assert depth[-1] == 0
    assert depth.count(0) == outputs[".bib"].index("{") + 1 + len("\n") + 1


@pytest.mark.parametrize(
    ("path", "data", "placeholder", "is_ours"),
    [
        ("a.txt", b"10.5281/zenodo.1\n", None, True),
        ("a.txt", b"10.5281/zenodo.1", None, False),
        ("a.txt", b"pending\n", "pending", True),
        ("a.txt", b"pending\n", None, False),
        ("a.txt", b"10.5281/zenodo.1\nmore\n", None, False),
        ("a.json", b'{"doi": "10.5281/zenodo.1"}', None, False),
        ("a.json", b"[" * 100_000, None, False),
        ("a.tex", b"% Made by hand\n", None, False),
        ("a.tex", b"\xff", None, False),
        ("a.bib", f"% {MADE}\n@misc{{a}}\n".encode(), None, True),
    ],
)
def test_what_may_be_replaced(
    path: str, data: bytes, placeholder: str | None, is_ours: bool
) -> None:
    assert is_rendered(path, data, placeholder) is is_ours
