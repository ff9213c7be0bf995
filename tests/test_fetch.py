"""Files of public records are fetched, always of the same version."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from stepup_zenodo.remote.client import BLOCK

from .building import build, run
from .test_owner import typed
from .workspace import Result, Workspace

pytestmark = pytest.mark.server


@pytest.fixture
def release(workspace: Workspace) -> Workspace:
    """Return the project of somebody else, whose first version is public."""
    workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "3", "STEPUP_ZENODO_RETRY_DELAY": "0"}
    workspace.config["metadata"]["license"] = "cc-by-4.0"
    workspace.write(a_csv="1,2\n", b_csv="3,4\n", c_txt="text\n")
    workspace.synced()
    workspace.publish()
    return workspace


INPUTS = {
    "bib": """\
% Made by stepup-zenodo, which overwrites it
@misc{zenodo:RECORD,
  author = {Lovelace, Ada},
  title = {{A title}},
  year = {2026},
  month = nov,
  publisher = {Zenodo},
  version = {1.0.0},
  doi = {DOI},
  url = {https://doi.org/DOI},
}
""",
    "typ": """\
// Made by stepup-zenodo, which overwrites it
#let zenodo-inputs = (
  "data": (
    doi: "DOI",
    url: "https://doi.org/DOI",
    concept-doi: "CONCEPT",
    concept-url: "https://doi.org/CONCEPT",
    version: "1.0.0",
    record: "RECORD",
    title: "A title",
    key: "zenodo:RECORD",
  ),
)
""",
    "tex": r"""% Made by stepup-zenodo, which overwrites it
\newcommand{\zenodoInput}[2]{\csname zenodo input #1 #2\endcsname}
\expandafter\def\csname zenodo input data doi\endcsname{DOI}
\expandafter\def\csname zenodo input data url\endcsname{https://doi.org/DOI}
\expandafter\def\csname zenodo input data concept-doi\endcsname{CONCEPT}
\expandafter\def\csname zenodo input data concept-url\endcsname{https://doi.org/CONCEPT}
\expandafter\def\csname zenodo input data version\endcsname{1.0.0}
\expandafter\def\csname zenodo input data record\endcsname{RECORD}
\expandafter\def\csname zenodo input data title\endcsname{A title}
\expandafter\def\csname zenodo input data key\endcsname{zenodo:RECORD}
""",
    "cff": """\
# Made by stepup-zenodo, which overwrites it
references:
  - type: data
    title: "A title"
    version: "1.0.0"
    doi: "DOI"
    url: "SITE/records/RECORD"
    authors:
      - family-names: "Lovelace"
        given-names: "Ada"
""",
    "txt": "DOI\n",
}
"""What documents can include about an input, with capitals for what the server gives."""


def test_documents_cite_what_was_fetched(release: Workspace, tmp_path: Path) -> None:
    here = tmp_path / "reader"
    assert fetch(release, here, "data", "*.csv").status == 0
    outputs = [word for kind in (*INPUTS, "json") for word in ("--to", f"inputs.{kind}")]

    release.environ["STEPUP_ZENODO_OFFLINE"] = "1"
    cited = release.run("cite", "data", *outputs, folder=here)
    printed = release.run("cite", folder=here)
    unknown = release.run("cite", "other", folder=here)
    again = release.run("cite", *outputs, folder=here)
    (here / "mine.bib").write_text("@misc{mine}\n")
    mine = release.run("cite", "--to", "mine.bib", folder=here)

    record = release.published()
    values = {
        "RECORD": record["id"],
        "DOI": record["pids"]["doi"]["identifier"],
        "CONCEPT": record["parent"]["pids"]["doi"]["identifier"],
        "SITE": release.rdm.endpoint.removesuffix("/api"),
    }
    assert [run.status for run in (cited, printed, unknown, again, mine)] == [0, 0, 1, 0, 2]
    for kind, text in INPUTS.items():
        wanted = re.sub("RECORD|DOI|CONCEPT|SITE", lambda match: values[match[0]], text)
        assert (here / f"inputs.{kind}").read_text() == wanted
    assert json.loads((here / "inputs.json").read_text())["data"]["doi"] == values["DOI"]
    assert printed.out == (here / "inputs.bib").read_text().partition("\n")[2]
    assert "other was not fetched: there is no other.zenodo-input.json." in unknown.err


def published_again(release: Workspace, version: str) -> None:
    release.config["metadata"]["version"] = version
    release.write(b_csv=f"{version}\n", d_csv="new\n")
    release.remove_file("a.csv")
    release.synced()
    release.publish()


def concept_of(release: Workspace) -> str:
    parent: str = release.published()["parent"]["id"]
    return f"{release.rdm.endpoint.removesuffix('/api')}/records/{parent}"


def fetch(release: Workspace, folder: Path, *words: str) -> Result:
    folder.mkdir(exist_ok=True)
    return release.run("fetch", concept_of(release), *words, folder=folder)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.name[0] != "."}


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name[0] != "."]


def test_a_folder_stays_with_its_version(release: Workspace, tmp_path: Path) -> None:
    """It is filled, found intact, kept when a newer version appears, and moved when told."""
    here = tmp_path / "reader"

    early = fetch(release, here, "data", "*.csv", "--check")
    assert (early.status, [*here.iterdir()]) == (1, [])
    assert "data was not fetched: there is no data.zenodo-input.json." in early.err
    first = fetch(release, here, "data", "*.csv")
    old = release.record_id
    again = fetch(release, here, "data", "*.csv")
    published_again(release, "2.0.0")
    kept = fetch(release, here, "data", "*.csv")
    foreseen = fetch(release, here, "data", "*.csv", "--update", "--dry-run")
    assert contents(here / "data") == {"a.csv": "1,2\n", "b.csv": "3,4\n"}
    moved = fetch(release, here, "data", "*.csv", "--update")

    assert [run.status for run in (first, again, kept, foreseen, moved)] == [0] * 5, moved
    line = f"2 files (8 B) in data, record {old}, version 1.0.0: A title"
    assert first.out.splitlines()[-1] == f"fetched: {line}"
    assert again.out == kept.out == f"nothing to do: {line}\n"
    assert [row for row in foreseen.out.splitlines() if row.split()[0] in "+-~version:"] == [
        "  version: 1.0.0 -> 2.0.0",
        "  - a.csv",
        "  ~ b.csv (4 B -> 6 B)",
        "  + d.csv (4 B)",
    ]
    pin: dict[str, Any] = json.loads((here / "data.zenodo-input.json").read_text())
    assert (pin["record"], pin["metadata"]["version"], pin["license"]) == (
        release.record_id,
        "2.0.0",
        "cc-by-4.0",
    )
    assert contents(here / "data") == {"a.csv": "1,2\n", "b.csv": "2.0.0\n", "d.csv": "new\n"}


def test_a_file_of_the_user_is_not_overwritten(release: Workspace, tmp_path: Path) -> None:
    here = tmp_path / "reader"
    (here / "data").mkdir(parents=True)
    (here / "data" / "a.csv").write_text("mine\n")

    result = fetch(release, here, "data")

    assert result.status == 1
    assert result.err == (
        "failed: Nothing was fetched, because these were changed or made here: data/a.csv. "
        "Rename them, and run this again.\n"
    )
    assert contents(here / "data") == {"a.csv": "mine\n"}


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": True, "after": True},
        {"truncate": True},
        {"status": 502},
        {"status": 200, "body": "<html>Down for maintenance</html>"},
        {"status": 429, "headers": {"Retry-After": "1"}},
    ],
    ids=["dropped", "truncated", "502", "page", "429"],
)
@pytest.mark.parametrize("times", [1, 100])
def test_a_wrong_content_gets_nowhere(
    release: Workspace, tmp_path: Path, fault: dict[str, Any], times: int
) -> None:
    """It is overcome when it happens once, and nothing is in its place when it lasts."""
    here = tmp_path / "reader"
    release.rdm.faults({"method": "GET", "path": "/content$", "times": times, **fault})

    result = fetch(release, here, "data", "c.txt")

    release.rdm.no_faults()
    assert (result.status, contents(here / "data")) == (
        (0, {"c.txt": "text\n"}) if times == 1 else (1, {})
    )
    assert fetch(release, here, "data", "c.txt").status == 0
    assert contents(here / "data") == {"c.txt": "text\n"}


WRONG: list[dict[str, Any]] = [
    {"drop": True},
    {"truncate": True},
    {"truncate": 3},
    {"status": 503, "headers": {"Retry-After": "0"}},
    {"status": 429, "headers": {"Retry-After": "0"}},
    {"status": 200, "body": "<html>Down for maintenance</html>"},
    {"status": 302, "headers": {"Location": "http://127.0.0.1:1/elsewhere"}},
]
"""What can happen to a request."""


@pytest.mark.slow
@pytest.mark.parametrize("path", [r"/records/\d+$", "/content$"], ids=["metadata", "contents"])
def test_wrong_answers_to_each_request(release: Workspace, tmp_path: Path, path: str) -> None:
    """Several files at once: a wrong one is never in place, and the next run is right."""
    right = {"a.csv": "1,2\n", "b.csv": "3,4\n", "c.txt": "text\n"}
    turns = [(fault, times, skip) for fault in WRONG for times in (1, 100) for skip in (0, 2)]
    for number, (fault, times, skip) in enumerate(turns):
        here = tmp_path / str(number)
        release.environ["XDG_CACHE_HOME"] = str(here / "cache")
        rule = {"method": "GET", "path": path, "times": times, "skip": skip}
        release.rdm.faults({**rule, **fault})

        result = fetch(release, here, "data")

        release.rdm.no_faults()
        found = contents(here / "data") if (here / "data").exists() else {}
        turn = fault, times, skip, result
        assert found.items() <= right.items(), turn
        assert result.status == (0 if found == right else 1), turn
        assert result.err == "" or result.err.startswith("failed: "), turn
        assert fetch(release, here, "data").status == 0, turn
        assert contents(here / "data") == right, turn
        assert [item for item in here.rglob(".*") if item.suffix in (".part", ".tmp")] == []


def archived(**members: str) -> bytes:
    """Return a zip file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return content.getvalue()


LARGE = bytes(range(256)) * 4096 * 2 + b"end"
"""The content of a file of two blocks and three bytes."""


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, len(LARGE) - 1])
def test_a_line_breaks_anywhere(release: Workspace, tmp_path: Path, size: int) -> None:
    """The next run asks for what is missing only, and never has half of a file in place."""
    release.config["metadata"]["version"] = "1.1.0"
    release.write(large_bin=LARGE)
    release.synced()
    release.publish()
    here = tmp_path / "reader"
    rule = {"method": "GET", "path": "/content$", "times": 100, "truncate": size}
    release.rdm.faults(rule)
    release.environ["STEPUP_ZENODO_ATTEMPTS"] = "1"

    broken = fetch(release, here, "data", "large.bin")
    in_place = names(here / "data")
    release.rdm.no_faults()
    release.rdm.clear_log()
    whole = fetch(release, here, "data", "large.bin")

    (asked,) = [r for r in release.rdm.log() if r.path.endswith("/content")]
    there = size // BLOCK * BLOCK
    assert (broken.status, in_place, whole.status) == (1, [], 0)
    assert asked.headers.get("range") == (f"bytes={there}-" if there else None)
    assert names(here / "data") == ["large.bin"]
    assert (here / "data" / "large.bin").read_bytes() == LARGE


def test_what_was_fetched_before_is_shared(release: Workspace, tmp_path: Path) -> None:
    """Another project needs the pin only; changing a file in place changes no other project."""
    one, other, third = tmp_path / "one", tmp_path / "other", tmp_path / "third"
    pin = "data.zenodo-input.json"
    assert fetch(release, one, "data").status == 0
    seen = json.loads(release.run("cache", "--json").out)
    other.mkdir()
    (other / pin).write_bytes((one / pin).read_bytes())
    release.environ["STEPUP_ZENODO_OFFLINE"] = "1"

    copied = fetch(release, other, "data")
    (other / "data" / "a.csv").write_text("mine\n")
    with (one / "data" / "b.csv").open("r+") as file:
        file.write("9")  # In place, so that what is kept is changed, too.
    third.mkdir()
    (third / pin).write_bytes((one / pin).read_bytes())
    damaged = fetch(release, third, "data")
    emptied = json.loads(release.run("cache", "--empty", "--json").out)

    assert (copied.status, seen["files"], seen["size"], seen["own_size"]) == (0, 3, 13, 0)
    assert contents(one / "data")["a.csv"] == "1,2\n"
    assert damaged.status == 1
    assert "STEPUP_ZENODO_OFFLINE is set, and not everything is here." in damaged.err
    assert contents(third / "data") == {"a.csv": "1,2\n", "c.txt": "text\n"}
    assert (emptied["emptied"], json.loads(release.run("cache", "--json").out)["files"]) == (
        True,
        0,
    )


def test_members_of_zip_files_are_unpacked(release: Workspace, tmp_path: Path) -> None:
    release.write(all_zip=archived(in__a_csv="1\n", in__b_txt="2\n", c_csv="3\n"))
    release.config["metadata"]["version"] = "1.1.0"
    release.synced()
    release.publish()
    here = tmp_path / "reader"

    some = fetch(release, here, "data", "zip:all.zip/**/*.csv")
    again = fetch(release, here, "data", "zip:all.zip/**/*.csv")
    (here / "data" / "c.csv").write_text("mine\n")
    refused = fetch(release, here, "data", "zip:all.zip")
    none = fetch(release, here, "data", "zip:all.zip/*.pdf", "zip:b.zip")

    assert (some.status, again.status, refused.status, none.status) == (0, 0, 1, 2), (some, again)
    assert again.out.startswith("nothing to do: 2 files (4 B) in data")
    assert (here / "data" / "in" / "a.csv").read_text() == "1\n"
    assert contents(here / "data" / "in") == {"a.csv": "1\n"}
    assert "were changed or made here: data/c.csv. Rename them" in refused.err
    assert none.err.count("\n") == 2
    assert "'zip:all.zip/*.pdf' matches nothing in all.zip" in none.err
    assert "'zip:b.zip' matches no file of record" in none.err


def test_a_draft_is_fetched_with_its_share_link(release: Workspace, tmp_path: Path) -> None:
    """The secret of the link is in no file and in no output."""
    release.config["metadata"]["version"] = "3.0.0"
    release.write(a_csv="unpublished\n")
    release.synced()
    link = json.loads(release.run("share", "--json").out)
    secret = link["url"].rpartition("token=")[2]
    here = tmp_path / "reader"
    here.mkdir()
    (tmp_path / "link.txt").write_text(link["url"] + "\n")
    address = link["url"].partition("?")[0]

    closed = release.run("fetch", address, "closed", folder=here)
    given = release.run("fetch", link["url"], "data", "a.csv", "--verbose", folder=here)
    words = "fetch", address, "other", "a.csv", "--path-token", str(tmp_path / "link.txt")
    in_file = release.run(*words, folder=here)

    assert (closed.status, given.status, in_file.status) == (1, 0, 0), (given, in_file)
    assert contents(here / "data") == contents(here / "other") == {"a.csv": "unpublished\n"}
    assert given.out.splitlines()[-1].startswith("fetched: 1 file (12 B) in data, draft ")
    written = "".join(path.read_text() for path in here.rglob("*") if path.is_file())
    assert secret not in written + given.out + given.err + in_file.out + in_file.err


PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import run

from stepup_zenodo.api import fetch_zenodo

fetch_zenodo({record!r}, "data", "*.csv")
run("cat data/b.csv > sum.txt", shell=True, inp="data/b.csv", out="sum.txt")
"""


def written_plan(release: Workspace, folder: Path) -> None:
    folder.mkdir(parents=True)
    plan = folder / "plan.py"
    plan.write_text(PLAN.format(record=concept_of(release)))
    plan.chmod(0o755)


def test_builds_stay_with_the_pin(release: Workspace, tmp_path: Path) -> None:
    """On this machine, on another one, and without a network, until the pin is moved."""
    here, there = tmp_path / "one" / "paper", tmp_path / "other" / "paper"
    written_plan(release, here)
    declare = f"stepup-zenodo fetch --declare -- {concept_of(release)} data '*.csv'"
    download = f"stepup-zenodo fetch -- {concept_of(release)} data '*.csv'"

    first = build(here)
    assert first.status == 0, first.output
    again = build(here)
    published_again(release, "2.0.0")
    written_plan(release, there)
    (there / "data.zenodo-input.json").write_bytes((here / "data.zenodo-input.json").read_bytes())
    elsewhere = build(there)
    (here / "sum.txt").unlink()
    offline = build(here, STEPUP_ZENODO_OFFLINE="1")
    pinned = contents(here / "data"), contents(there / "data"), (there / "sum.txt").read_text()
    moved = run(["stepup-zenodo", "fetch", concept_of(release), "data", "*.csv", "--update"], here)
    after = build(here)

    runs = (first, again, elsewhere, offline, after)
    assert [item.status for item in runs] == [0] * 5, [item.output for item in runs]
    plain = "cat data/b.csv > sum.txt"
    assert first.steps == elsewhere.steps == ["./plan.py", plain, download, declare]
    assert (again.steps, offline.steps) == ([], [plain])
    old = {"a.csv": "1,2\n", "b.csv": "3,4\n"}
    assert pinned == (old, old, "3,4\n")
    assert moved[0] == 0, moved
    assert after.steps == [plain, download, declare]
    assert contents(here / "data") == {"b.csv": "2.0.0\n", "d.csv": "new\n"}
    assert (here / "sum.txt").read_text() == "2.0.0\n"


@pytest.mark.parametrize("declared", ["", 'static("data.zenodo-input.json")'])
def test_a_folder_is_filled_by_two_steps(release: Workspace, tmp_path: Path, declared: str) -> None:
    """Also when the plan declares the pin, as it is under version control."""
    here = tmp_path / "one" / "paper"
    written_plan(release, here)
    if declared:
        assert fetch(release, here, "data", "a.csv").status == 0
        (here / "data" / "a.csv").unlink()
    plan = here / "plan.py"
    more = f'fetch_zenodo({concept_of(release)!r}, "data", "c.txt")\n{declared}\n'
    plan.write_text(plan.read_text().replace("import run", "import run, static") + more)

    first, again = build(here), build(here)

    assert (first.status, again.status, again.steps) == (0, 0, []), first.output + again.output
    assert sorted(contents(here / "data")) == ["a.csv", "b.csv", "c.txt"]


def test_restricted_files_need_a_token(release: Workspace, tmp_path: Path) -> None:
    """Without one, the message tells what to ask for; with one, they are fetched as any other."""
    release.config["access"] = {"record": "public", "files": "restricted"}
    release.config["metadata"]["version"] = "2.0.0"
    release.synced()
    release.publish()
    here = tmp_path / "reader"

    closed = fetch(release, here, "data")
    opened = fetch(release, here, "data", "--path-token", str(release.rdm.token_file))

    assert (closed.status, opened.status) == (1, 0), (closed, opened)
    assert closed.err == (
        f"failed: The files of record {release.record_id} are restricted. Ask its owners for "
        "access, and give the file with your token as --path-token (in plan.py: path_token).\n"
    )
    assert sorted(contents(here / "data")) == ["a.csv", "b.csv", "c.txt"]


def test_a_removed_record_is_told(
    release: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was fetched before is used all the same."""
    here = tmp_path / "reader"
    assert fetch(release, here, "data", "a.csv").status == 0
    concept, gone = concept_of(release), release.record_id
    deleted = typed(release, monkeypatch, gone, "delete", "--reason", "test-record")
    assert deleted.status == 0, deleted

    again = release.run("fetch", concept, "data", "a.csv", folder=here)
    more = release.run("fetch", concept, "data", "b.csv", folder=here)

    assert (again.status, more.status) == (0, 1)
    assert again.out.startswith("nothing to do: 1 file (4 B) in data")
    assert more.err.startswith(f"failed: Record {gone} was published and then removed")
    assert more.err.endswith(". Ask its authors, or use another record.\n")


def test_a_corrected_record_is_told(
    release: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner has changed a public file: nothing is taken silently, and the advice works."""
    here = tmp_path / "reader"
    assert fetch(release, here, "data", "a.csv").status == 0
    release.write(b_csv="corrected\n")
    corrected = typed(release, monkeypatch, "1.0.0", "correct-files")
    assert corrected.status == 0, corrected

    more = fetch(release, here, "data", "*.csv")
    advice = more.err.partition("run `stepup-zenodo ")[2].partition("`")[0].split()
    foreseen = release.run(*advice, folder=here)
    accepted = release.run(*advice[:-1], "*.csv", folder=here)

    concept = concept_of(release)
    assert (more.status, foreseen.status, accepted.status) == (1, 0, 0), (more, foreseen)
    assert more.err == (
        f"failed: b.csv is another file now in record {release.record_id}: its owner has changed "
        "the files after data.zenodo-input.json was made. To see what is different, run "
        f"`stepup-zenodo fetch {concept} data --update --dry-run`, with --endpoint if you use it, "
        "and without --dry-run to accept it.\n"
    )
    assert "  ~ b.csv (4 B -> 10 B)\n" in foreseen.out
    assert contents(here / "data") == {"a.csv": "1,2\n", "b.csv": "corrected\n"}
