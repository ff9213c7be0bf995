"""The example project and the demo, as users run them."""

import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from plan_examples.demo import prepare
from stepup_zenodo.jsontypes import Json

from .building import build, run
from .rdm_server.fixture import Rdm, Request

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "plan_examples" / "demo.py"
SYNC = "stepup sync-zenodo --exact -- zenodo.yaml"
FILES = [
    "air.csv",
    "analyse.py",
    "columns.csv",
    "oil.csv",
    "paper.pdf",
    "parameters.csv",
    "plot.py",
    "simulate.py",
]

pytestmark = [pytest.mark.server, pytest.mark.slow]


def draft_of(folder: Path, rdm: Rdm) -> dict[str, Any]:
    """Return the draft whose id is remembered in the folder."""
    record_id = (folder / ".zenodo-record-id.txt").read_text().strip()
    return dict(rdm.get(f"/records/{record_id}/draft"))


def md5_of(path: Path) -> str:
    """Return the checksum of a file as the server writes it."""
    return f"md5:{hashlib.md5(path.read_bytes()).hexdigest()}"


def checksums_on_disk(folder: Path) -> dict[str, str]:
    """Return the checksums of the files that belong to the record."""
    paths = [*folder.iterdir(), *(folder / "data").iterdir()]
    return {path.name: md5_of(path) for path in paths if path.name in FILES}


def checksums_on_server(draft: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksums of the files of a draft."""
    return {key: entry["checksum"] for key, entry in draft["files"]["entries"].items()}


def sent_files(requests: list[Request]) -> list[str]:
    """Return the names of the files whose content was sent."""
    return sorted(r.path.split("/")[-2] for r in requests if r.path.endswith("/content"))


def writes(requests: list[Request]) -> list[str]:
    """Return the requests that are not only reading, without id."""
    return [
        re.sub(r"/records/\w+", "/records/ID", f"{request.method} {request.path}")
        for request in requests
        if request.method != "GET"
    ]


Edit = Callable[[Path], None]


def replace(path: str, old: str, new: str) -> Edit:
    """Return an edit that replaces a text, which must be there."""

    def edit(folder: Path) -> None:
        text = (folder / path).read_text()
        assert old in text
        (folder / path).write_text(text.replace(old, new))

    return edit


def touch(folder: Path) -> None:
    """Give all data a new time."""
    for path in (folder / "data").iterdir():
        path.touch()


BUILT = [
    "./analyse.py data/parameters.csv results.json data/air.csv data/oil.csv",
    "./compile_paper.py paper.typ paper.pdf",
    "./plot.py results.json figure.svg data/air.csv data/oil.csv",
    "./simulate.py air data/parameters.csv data/air.csv",
    "./simulate.py oil data/parameters.csv data/oil.csv",
]
DECLARE = "stepup sync-zenodo --declare -- zenodo.yaml"
DOI = "stepup-zenodo doi -- zenodo.yaml doi.typ"
WORDS = "wc -w < notes.txt > notes_words.txt"

SAVE = ["PUT /api/records/ID/draft"]


def replaced(*names: str) -> list[str]:
    """Return the requests that replace files, sorted."""
    files = "/api/records/ID/draft/files"
    return sorted(
        [f"POST {files}"]
        + [f"DELETE {files}/{name}" for name in names]
        + [f"PUT {files}/{name}/content" for name in names]
        + [f"POST {files}/{name}/commit" for name in names]
    )


EDITS: list[tuple[str, Edit, list[str], list[str]]] = [
    ("nothing", lambda _: None, [], []),
    ("times of files", touch, [], []),
    ("something else", replace("notes.txt", "Notes", "More notes"), [WORDS], []),
    (
        "a data file",
        replace("data/columns.csv", "mass of the", "mass of the whole"),
        [SYNC],
        replaced("columns.csv"),
    ),
    (
        "a parameter of one run",
        replace("data/parameters.csv", "0.125", "0.150"),
        [*BUILT, SYNC],
        # The preview goes away with the file that is replaced.
        sorted(replaced("oil.csv", "paper.pdf", "parameters.csv") + SAVE),
    ),
    (
        "a comment in a script",
        replace("analyse.py", "# The first one", "# The first turning point"),
        [BUILT[0], SYNC],
        replaced("analyse.py"),
    ),
    ("the README", replace("README.md", "simulated twice", "simulated two times"), [SYNC], SAVE),
    (
        "a metadata field",
        replace("zenodo.yaml", "- damping", "- viscous damping"),
        # The DOI stays the same, so the paper is not compiled again.
        [DECLARE, DOI, SYNC],
        SAVE,
    ),
    ("a comment in the plan", replace("plan.py", "# The data:", "# Data:"), ["./plan.py"], []),
]


@pytest.mark.parametrize("forkserver", ["0", "1"])
def test_paper_follows_edits(tmp_path: Path, rdm: Rdm, forkserver: str) -> None:
    """Each edit runs the steps and sends the files that depend on it, and nothing else."""
    folder = tmp_path / "paper"
    prepare(folder, rdm.endpoint, rdm.token_file)

    first = build(folder, STEPUP_BUILD_FORKSERVER=forkserver)

    assert (first.status, first.steps) == (
        0,
        sorted([*BUILT, "./plan.py", DECLARE, DOI, SYNC, WORDS]),
    )
    assert sent_files(rdm.log()) == FILES
    assert checksums_on_server(draft_of(folder, rdm)) == checksums_on_disk(folder)
    for name, edit, steps, expected in EDITS:
        edit(folder)
        rdm.clear_log()

        built = build(folder, STEPUP_BUILD_FORKSERVER=forkserver)

        assert (name, built.status, built.steps) == (name, 0, sorted(steps))
        assert (name, sorted(writes(rdm.log()))) == (name, expected)
        assert checksums_on_server(draft_of(folder, rdm)) == checksums_on_disk(folder)


def test_paper_is_reproducible(tmp_path: Path, rdm: Rdm) -> None:
    """A build by a co-author, who has the id of the record, makes the same files and sends none."""
    one, two = tmp_path / "one" / "paper", tmp_path / "two" / "paper"
    prepare(one, rdm.endpoint, rdm.token_file)
    assert build(one).status == 0
    prepare(two, rdm.endpoint, rdm.token_file)
    for name in ".zenodo-record-id.txt", ".zenodo-record-id.json":
        shutil.copy(one / name, two)
    rdm.clear_log()

    assert build(two).status == 0

    assert sorted(checksums_on_disk(one)) == FILES
    assert checksums_on_disk(one) == checksums_on_disk(two)
    assert writes(rdm.log()) == []


def printed(path: Path) -> str:
    """Return the text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def deposited(draft: Mapping[str, Any], rdm: Rdm, folder: Path) -> str:
    """Return the text of the paper that the server has."""
    path = folder / "deposited.pdf"
    address = f"/records/{draft['id']}/draft/files/paper.pdf/content"
    path.write_bytes(rdm.request("GET", address).content)
    return printed(path)


def test_paper_prints_its_doi(tmp_path: Path, rdm: Rdm) -> None:
    """One build reserves the DOI, prints it and deposits the paper; the next version gets its own.

    All other files are taken over from the published version, not sent again.
    """
    folder = tmp_path / "paper"
    prepare(folder, rdm.endpoint, rdm.token_file)
    assert build(folder).status == 0
    first = draft_of(folder, rdm)
    first_doi = first["pids"]["doi"]["identifier"]
    assert f"Version 1.0.0, DOI {first_doi}" in deposited(first, rdm, tmp_path)
    assert build(folder).steps == []

    command = ["stepup-zenodo", "publish", "--yes", "zenodo.yaml"]
    status, output = run(command, folder)
    assert status == 0, output
    replace("zenodo.yaml", 'version: "1.0.0"', 'version: "1.1.0"')(folder)
    rdm.clear_log()
    built = build(folder)

    assert (built.status, built.steps) == (0, sorted([BUILT[1], DECLARE, DOI, SYNC]))
    assert sent_files(rdm.log()) == ["paper.pdf"]
    second = draft_of(folder, rdm)
    second_doi = second["pids"]["doi"]["identifier"]
    assert second_doi != first_doi
    text = deposited(second, rdm, tmp_path)
    assert (f"Version 1.1.0, DOI {second_doi}" in text, first_doi in text) == (True, False)
    assert checksums_on_server(second) == checksums_on_disk(folder)
    assert build(folder).steps == []


def test_paper_without_token(tmp_path: Path, rdm: Rdm) -> None:
    """Without a token all is built, with the placeholder in the place of the DOI."""
    folder = tmp_path / "paper"
    prepare(folder, rdm.endpoint, tmp_path / "missing.txt")

    built = build(folder)

    assert (built.status, rdm.log()) == (0, [])
    assert "Version 1.0.0, DOI 10.5281/zenodo.pending" in printed(folder / "paper.pdf")


def plain(value: Json) -> Json:
    """Return a value of the server with ids in the place of vocabulary entries."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return value["id"] if "id" in value else {k: plain(v) for k, v in value.items()}
    return value


def person(family_name: str, given_name: str) -> dict[str, Any]:
    """Return an author of the paper as the server shows one."""
    return {
        "person_or_org": {
            "type": "personal",
            "name": f"{family_name}, {given_name}",
            "given_name": given_name,
            "family_name": family_name,
        },
        "affiliations": [{"name": "Example Laboratory, London, United Kingdom"}],
    }


METADATA = {
    "title": "The Decay of an Oscillation in Air and in Oil",
    "version": "1.0.0",
    "resource_type": "publication-preprint",
    "publisher": "Zenodo",
    "languages": ["eng"],
    "subjects": [
        {"subject": "harmonic oscillator"},
        {"subject": "damping"},
        {"subject": "decay time"},
        {"subject": "reproducible research"},
    ],
    "rights": ["cc-by-4.0", "mit"],
    "copyright": "© 2026 The authors",
    "creators": [person("Lovelace", "Ada"), person("Babbage", "Charles")],
    "references": [
        {"reference": "Huygens, C. (1673). Horologium Oscillatorium. Paris: F. Muguet."}
    ],
    "related_identifiers": [
        {
            "identifier": "https://reproducible-reporting.github.io/stepup-core/",
            "scheme": "url",
            "relation_type": "iscompiledby",
            "resource_type": "software",
        }
    ],
}


DESCRIPTION = """\
<p>A mass on a spring was simulated twice, with a damping as in <strong>air</strong> and with a \
damping as in <strong>oil</strong>. The paper estimates the period and the decay time of both runs \
from noisy readings, and compares the decay times with the expected value \
τ = 2<em>m</em>/<em>c</em>.</p>
<p><em>This record is the example of the software stepup-zenodo. \
The authors are historical persons who had no part in it.</em></p>
<h2>Files</h2>
<table>
<tbody>
<tr>
<th>file</th>
<th>contents</th>
</tr>
</tbody>
<tbody>
<tr>
<td><code>paper.pdf</code></td>
<td>the paper, with a figure and a table</td>
</tr>
"""
"""How the description begins."""


def test_record_holds_everything(tmp_path: Path, rdm: Rdm) -> None:
    """The draft has all metadata of the configuration, and the files."""
    folder = tmp_path / "paper"
    prepare(folder, rdm.endpoint, rdm.token_file)
    assert build(folder).status == 0

    draft = draft_of(folder, rdm)

    assert draft["metadata"].pop("description")[: len(DESCRIPTION)] == DESCRIPTION
    assert draft["metadata"].pop("publication_date") == draft["created"][:10]
    assert plain(draft["metadata"]) == METADATA
    assert draft["custom_fields"] == {"code:codeRepository": "https://example.org/oscillation"}
    assert draft["files"]["default_preview"] == "paper.pdf"
    assert checksums_on_server(draft) == checksums_on_disk(folder)
    assert draft["is_published"] is False


def test_record_can_be_reproduced(tmp_path: Path, rdm: Rdm) -> None:
    """The commands in the description make the deposited data from the other deposited files."""
    folder, download = tmp_path / "paper", tmp_path / "download"
    prepare(folder, rdm.endpoint, rdm.token_file)
    assert build(folder).status == 0
    draft = draft_of(folder, rdm)
    download.mkdir()
    for name in "simulate.py", "analyse.py", "plot.py", "parameters.csv":
        path = f"/records/{draft['id']}/draft/files/{name}/content"
        (download / name).write_bytes(rdm.request("GET", path).content)

    for command in re.findall(r"^python3 .*$", (folder / "README.md").read_text(), re.MULTILINE):
        assert run(command.split(), download) == (0, "")

    names = "air.csv", "oil.csv", "figure.svg", "results.json"
    assert {name: md5_of(download / name) for name in names} == {
        "air.csv": draft["files"]["entries"]["air.csv"]["checksum"],
        "oil.csv": draft["files"]["entries"]["oil.csv"]["checksum"],
        "figure.svg": md5_of(folder / "figure.svg"),
        "results.json": md5_of(folder / "results.json"),
    }


def demo(folder: Path, rdm: Rdm) -> str:
    """Run the demo with the test server and return its output without what differs by machine."""
    words = [sys.executable, str(DEMO), "build", "--server", rdm.layout.name]
    words += ["--folder", str(folder)]
    folder.parent.mkdir(exist_ok=True)
    status, output = run(words, folder.parent, RDM_SERVER_HOME=str(rdm.layout.home))
    assert status == 0, output
    record_id = (folder / ".zenodo-record-id.txt").read_text().strip()
    output = output.replace(rdm.url, "http://SERVER").replace(str(rdm.token_file), "TOKEN")
    output = re.sub(rf"\b(draft |records/|uploads/|zenodo\.){record_id}\b", r"\1ID", output)
    # How StepUp reports is its own affair.
    lines = [line for line in output.splitlines() if not re.match(r" *[A-Z]+ │", line)]
    return "\n".join(lines)


def test_demo_does_nothing_the_second_time(tmp_path: Path, rdm: Rdm) -> None:
    """The demo explains what it shows, and shows that nothing is done when nothing changed."""
    folder = tmp_path / "demo" / "paper"
    demo(folder, rdm)
    sizes = {path.name: path.stat().st_size for path in sorted(folder.rglob("*"))}
    sums = checksums_on_disk(folder)
    listed = "\n".join(f"  {name:16} {sizes[name]:7} bytes  {sums[name]}" for name in FILES)
    total = f"{sum(sizes[name] for name in FILES) / 1000:.1f} kB"

    second = demo(folder, rdm)

    assert (
        second
        == f"""
== Start a local InvenioRDM, the software behind Zenodo
The first time, its packages are installed, which takes a few minutes.
It listens to http://SERVER/api.

== Prepare the project
paper is there already, and is built again with all that you changed.

== Build it, and so make the record on the server equal to the files
$ stepup build --no-progress

== Synchronise once more, by hand, to see that both sides are equal
$ stepup sync-zenodo zenodo.yaml
zenodo.yaml -> http://SERVER/api
nothing to do: draft ID, version 1.0.0, 8 files ({total}), DOI 10.5072/zenodo.ID
http://SERVER/uploads/ID

== What the server received, from its access log
0 requests that write, 1 that read.

== The record on the server
The Decay of an Oscillation in Air and in Oil, version 1.0.0
Lovelace, Ada; Babbage, Charles
{listed}

Its address is http://SERVER/api/records/ID/draft
This shows everything that the server knows:
curl -H "Authorization: Bearer $(cat TOKEN)" \\
  http://SERVER/api/records/ID/draft | python3 -m json.tool

== The same as a page, as readers would see it
$ stepup-zenodo preview zenodo.yaml
zenodo.yaml: draft ID is shown in zenodo.preview.html
Open it in your browser: paper/zenodo.preview.html

== Try the following
Run `make demo` again: no step runs, and nothing is written to the server.
Edit paper/data/columns.csv, and run it again: one file is sent.
Edit paper/data/parameters.csv: data, figure and paper are built again,
and those files are sent that came out different.
Edit paper/notes.txt: the record does not depend on it.
`make demo-stop` stops the server, `make demo-clean` removes the project."""
    )


def test_demo_explains_a_lost_record(tmp_path: Path, fresh_rdm: Rdm) -> None:
    """A server that was installed again does not have the record: the demo says what to do."""
    folder = tmp_path / "demo" / "paper"
    demo(folder, fresh_rdm)
    fresh_rdm.reset()

    words = [sys.executable, str(DEMO), "build", "--server", fresh_rdm.layout.name]
    words += ["--folder", str(folder)]
    status, output = run(words, folder.parent, RDM_SERVER_HOME=str(fresh_rdm.layout.home))

    advice = "run `make demo-clean`, then `make demo`"
    lost = f"demo: the local server does not have the record of paper any more: {advice}"
    assert (status, output.splitlines()[-1]) == (1, lost)
