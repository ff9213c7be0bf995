"""Records, pins, folders and zip files that a stranger has prepared do no harm to who fetches."""

import io
import json
import os
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs
import pytest
import typst
import yaml

from .rdm_server.fixture import Rdm
from .rdm_server.layout import Layout
from .test_hostile import Said, hostile
from .workspace import METADATA, Result, Workspace, md5


@attrs.define
class Stranger:
    """A server with one record, of which everything can be odd, and a project of who fetches it."""

    folder: Path
    endpoint: str = ""

    files: dict[str, bytes] = attrs.field(factory=lambda: {"a.txt": b"text\n"})
    """What it sends, by name."""

    entries: dict[str, Any] = attrs.field(factory=dict)
    """What it says of the files, where that differs."""

    metadata: dict[str, Any] = attrs.field(factory=dict)
    """What it says of the work, where that differs."""

    body: dict[str, Any] = attrs.field(factory=dict)
    """What it says besides."""

    status: int = 200
    """The status with which it says that."""

    content: Said | None = None
    """What it sends instead of a content."""

    @property
    def here(self) -> Path:
        """The project of who fetches."""
        return self.folder / "home" / "project"

    def answer(self, method: str, path: str, sent: bytes) -> Said:
        del method, sent
        if path.endswith("/content"):
            name = unquote(path.split("/")[-2])
            return self.content or (200, {}, self.files.get(name, b""))
        kind = {"Content-Type": "application/json"}
        return self.status, kind, json.dumps(self.record()).encode()

    def record(self) -> dict[str, Any]:
        entries = {
            name: {"key": name, "size": len(data), "checksum": md5(data), "status": "completed"}
            for name, data in self.files.items()
        }
        creator = {"person_or_org": {"type": "personal", "family_name": "L", "name": "L"}}
        metadata = {**METADATA, "resource_type": {"id": "dataset"}, "creators": [creator]}
        return {
            "id": "7",
            "parent": {"id": "6"},
            "revision_id": 1,
            "is_published": True,
            "versions": {"is_latest": True},
            "pids": {"doi": {"identifier": "10.5072/zenodo.7"}},
            "metadata": {**metadata, **self.metadata},
            "files": {"enabled": True, "entries": {**entries, **self.entries}},
            **self.body,
        }

    def write_pin(self, **said: object) -> None:
        """Write a pin that the repository has brought along."""
        files = {
            name: {"size": len(data), "checksum": md5(data)} for name, data in self.files.items()
        }
        pin = {
            "asked": f"{self.endpoint.removesuffix('/api')}/records/7",
            "endpoint": self.endpoint,
            "record": "7",
            "doi": "10.5072/zenodo.7",
            "concept_doi": "",
            "license": "",
            "is_draft": False,
            "metadata": {},
            "files": files,
            **said,
        }
        (self.here / PIN).write_text(json.dumps(pin))

    def workspace(self) -> Workspace:
        token = self.folder / "token.txt"
        site = self.endpoint.removesuffix("/api")
        rdm = Rdm(Layout.default("none"), site, self.endpoint, "", token, token, token)
        workspace = Workspace(self.folder, rdm)
        workspace.environ |= {"STEPUP_ZENODO_ATTEMPTS": "2", "STEPUP_ZENODO_RETRY_DELAY": "0"}
        return workspace

    def fetch(self, *words: str) -> Result:
        site = self.endpoint.removesuffix("/api")
        return self.workspace().run("fetch", f"{site}/records/7", "data", *words, folder=self.here)


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Stranger]:
    stranger = Stranger(tmp_path)
    stranger.here.mkdir(parents=True)
    with hostile(stranger.answer) as stranger.endpoint:
        yield stranger


DIGITS = md5(b"text\n").removeprefix("md5:")
PART = f".a.txt.{DIGITS}.part"


def ended(result: Result, here: Path) -> list[str]:
    """Return what lies in the project after a run that has shown nothing that steers terminals."""
    for text in (result.out, result.err):
        assert all(char.isprintable() or char == "\n" for char in text)
        assert len(text) < 20_000
    found = {str(path.relative_to(here)) for path in here.rglob("*") if path.is_file()}
    return sorted(found - {"data.zenodo-input.json", "data/.zenodo-fetched.json"})


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return everything in a folder that is not for who fetches."""
    return {
        str(path): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
        if not {"data", ".cache", "project"} & {path.name, *path.relative_to(folder).parts[:-1]}
    }


NAMES = {
    "..": "is not understood",
    "x/../../x": "is not the plain name",
    "/x": "is not the plain name",
    "a\\b": "is not the plain name",
    "x" * 5000: "is too long",
    "\x1b[31m": "has invisible characters",
    "a\u202eb": "has invisible characters",
    "a\nb": "has invisible characters",
    "a ": "has invisible characters",
    "\ud800": "has invisible characters",
    "NUL.txt": "is the name of a device",
    ".GIT": "is a name under which programs look",
    ".Zenodo-Fetched.json": "is a name under which programs look",
    PART: "is a name under which programs look",
}
"""Names of files on the server, and why they are not written."""


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_names(stranger: Stranger, name: str) -> None:
    stranger.files[name] = b"evil"
    before = snapshot(stranger.folder)

    result = stranger.fetch(*([".*"] if name[0] == "." else []))
    plain = stranger.fetch("a.txt")

    assert result.status in (1, 2)
    assert NAMES[name] in result.err
    assert ended(result, stranger.here) == (["data/a.txt"] if plain.status == 0 else [])
    assert (plain.status == 0) is (name != "..")
    assert snapshot(stranger.folder) == before


def entry(**said: object) -> dict[str, Any]:
    known = {"key": "a.txt", "size": 5, "checksum": md5(b"text\n"), "status": "completed"}
    return {"entries": {"a.txt": {**known, **said}}}


LISTED = "it is not what the server has"
RECORDS: dict[str, tuple[dict[str, Any], str]] = {
    "an immense size": (entry(size=10**18), "There is no room in data"),
    "a size beyond numbers": (entry(size=10**400), "tells no size or md5 checksum of 'a.txt'"),
    "a negative size": (entry(size=-1), "tells no size or md5 checksum of 'a.txt'"),
    "no size": (entry(size=True), "tells no size or md5 checksum of 'a.txt'"),
    "less than arrives": (entry(size=4), LISTED),
    "more than arrives": (entry(size=6), LISTED),
    "another checksum": (entry(checksum=md5(b"other")), LISTED),
    "a page": ({"content": (200, {"Content-Type": "text/html"}, b"<html>")}, LISTED),
    "a local file": ({"content": (302, {"Location": "file:///etc/passwd"}, b"")}, "InvalidSchema"),
    "circles": ({"content": (302, {"Location": "content"}, b"")}, "TooManyRedirects"),
    "packed twice": (
        {"content": (200, {"Content-Encoding": "gzip, gzip"}, b"x")},
        "is packed in an odd way",
    ),
    "many files": (
        {"entries": {str(number): {"size": 1, "checksum": ""} for number in range(100_000)}},
        "More than 10000 are not fetched.",
    ),
    "a licence that is no text": ({"metadata": {"rights": [{"id": "\ud800"}]}}, ""),
    "a title that goes on": ({"metadata": {"title": "x" * 1_000_000}}, ""),
    "a title that steers": ({"metadata": {"title": "\x1b]0;x\x07\n\u202eT"}}, ""),
    "creators that are none": ({"metadata": {"creators": [1, {"person_or_org": 1}]}}, ""),
    "a reason that goes on": (
        {"status": 410, "body": {"tombstone": {"note": "x\n" * 1_000_000}}},
        "was published and then removed (x x x",
    ),
}
"""What a server says, and the message that follows, empty for none."""


@pytest.mark.parametrize("name", RECORDS)
def test_records(stranger: Stranger, name: str) -> None:
    odd, message = RECORDS[name]
    for key, value in odd.items():
        setattr(stranger, key, value)

    result = stranger.fetch()

    assert (result.status, message in result.err) == (1 if message else 0, True), result
    assert ended(result, stranger.here) == ([] if message else ["data/a.txt"])


Prepare = Callable[[Path], object]
"""Prepares something, given the project."""


def linked(path: str, target: str) -> Prepare:
    def prepare(here: Path) -> None:
        (here / path).parent.mkdir(exist_ok=True)
        (here / path).symlink_to(target)

    return prepare


def piped(path: str) -> Prepare:
    def prepare(here: Path) -> None:
        (here / path).parent.mkdir(exist_ok=True)
        os.mkfifo(here / path)

    return prepare


def held(path: str, content: str | None = None) -> Prepare:
    """Return what makes a file, or a folder."""

    def prepare(here: Path) -> None:
        (here / path).parent.mkdir(exist_ok=True)
        if content is None:
            (here / path).mkdir()
        else:
            (here / path).write_text(content)

    return prepare


PIN = "data.zenodo-input.json"
NOTE = "data/.zenodo-fetched.json"
MADE_HERE = "because these were changed or made here: data/a.txt."
PREPARED: dict[str, tuple[Prepare, str]] = {
    "the folder, away": (linked("data", "../../away"), "which is outside of the project"),
    "the folder, nowhere": (linked("data", "../../away/new"), "which is outside of the project"),
    "the folder, in circles": (linked("data", "data"), "Could not make the folder data"),
    "the folder, a pipe": (piped("data"), "Could not make the folder data"),
    "the file, away": (linked("data/a.txt", "../../../away/kept"), MADE_HERE),
    "the file, nowhere": (linked("data/a.txt", "../../../away/new"), MADE_HERE),
    "the file, a pipe": (piped("data/a.txt"), MADE_HERE),
    "the file, a folder": (held("data/a.txt"), MADE_HERE),
    "a part, nowhere": (linked(f"data/{PART}", "../../../away/new"), f"data/{PART} is in the way"),
    "a part, a pipe": (piped(f"data/{PART}"), f"data/{PART} is in the way"),
    "a part, a folder": (held(f"data/{PART}"), f"data/{PART} is in the way"),
    "a part, other bytes": (held(f"data/{PART}", "evil\n"), ""),
    "a part, more bytes": (held(f"data/{PART}", "text\ntext\n"), ""),
    "the note, away": (linked(NOTE, "../../../away/kept"), ""),
    "the note, a pipe": (piped(NOTE), ""),
    "the note, a folder": (held(NOTE), ""),
    "the note, about others": (held(NOTE, '{"../../../away/kept": ["md5:x", "crc32:0"]}'), ""),
    "the pin, away": (linked(PIN, "../../away/kept"), "is damaged"),
    "the pin, nowhere": (linked(PIN, "../../away/new"), ""),
    "the pin, a pipe": (piped(PIN), "it is a pipe"),
    "the pin, a folder": (held(PIN), "Is a directory"),
}
"""What a stranger has prepared in the project, and the message that follows, empty for none."""


@pytest.mark.parametrize("name", PREPARED)
def test_prepared_projects(stranger: Stranger, name: str) -> None:
    """Nothing outside of the folder is read, written or made."""
    prepare, message = PREPARED[name]
    here, away = stranger.here, stranger.folder / "away"
    for folder in (here / ".git", away):
        folder.mkdir()
    (away / "kept").write_text("kept")
    prepare(here)
    before = snapshot(stranger.folder)

    result = stranger.fetch()

    assert (result.status != 0, message in result.err) == (bool(message), True), result
    assert snapshot(stranger.folder) == before
    ended(result, stranger.here)
    if not message:
        assert (here / "data" / "a.txt").read_text() == "text\n"


def zipped(*names: str, content: bytes = b"text\n", packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", packed) as archive:
        warnings.simplefilter("ignore", UserWarning)  # About names that are there twice.
        for name in names:
            archive.writestr(name, content)
    return stream.getvalue()


def linking() -> bytes:
    info = zipfile.ZipInfo("x")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def changed(data: bytes, **at: int) -> bytes:
    """Return a zip file in whose list of files some bytes are other ones."""
    found = bytearray(data)
    start = found.find(b"PK\1\2")
    for name, value in at.items():
        found[start + {"flags": 8, "method": 10, "checksum": 16}[name]] = value
    return bytes(found)


def listing(count: int) -> bytes:
    """Return a zip file with nothing but a list of files, which has 54 bytes for each of them."""
    row = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 8, *[0] * 6)
    rows = b"".join(row + b"%08x" % number for number in range(count))
    low = count & 0xFFFF
    return rows + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, low, low, len(rows), 0, 0)


BROKEN_LZMA = bytearray(zipped("x", content=os.urandom(1000), packed=zipfile.ZIP_LZMA))
BROKEN_LZMA[60:200] = b"\xff" * 140
ZIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "above": (lambda: zipped("../x"), "'../x' is not the plain name of a file"),
    "absolute": (lambda: zipped("/x"), "'/x' is not the plain name of a file"),
    "backslashes": (lambda: zipped("a\\..\\x"), "is not the plain name of a file"),
    "a link": (linking, "'x' in it is a link or a device"),
    "twice": (lambda: zipped("x", "x"), "it has the same name twice"),
    "below a file": (lambda: zipped("x", "x/y"), "'x/y' is below a file"),
    "git": (lambda: zipped("sub/.GIT/x"), "is a name under which programs look for keys"),
    "the note": (lambda: zipped(".zenodo-fetched.json"), "is a name under which programs look"),
    "a device": (lambda: zipped("sub/nul/x"), "is the name of a device"),
    "deep": (lambda: zipped("x/" * 60 + "y"), "is too long"),
    "many": (lambda: zipped(*map(str, range(10_001))), "it has 10001 files, more than 10000"),
    "a long list": (lambda: listing(600_000), "its list of files is too long"),
    "encrypted": (lambda: changed(zipped("x"), flags=1), "'x' in it is encrypted"),
    "another checksum": (lambda: changed(zipped("x"), checksum=0), "Bad CRC-32"),
    "unknown packing": (lambda: changed(zipped("x"), method=99), "is packed in an unusual way"),
    "lzma": (lambda: bytes(BROKEN_LZMA), "is packed in an unusual way"),
    "no zip": (lambda: b"x" * 100, "File is not a zip file"),
    "a bomb": (
        lambda: zipped(*"abcdefghij", content=b"\0" * 110_000_000),
        "and would become 1100000000",
    ),
    "in a zip": (lambda: zipped("x.zip", content=zipped("../x")), ""),
}
"""Zip files, and the message that follows, empty for none."""


@pytest.mark.parametrize("pinned", [False, True], ids=["new", "pinned"])
@pytest.mark.parametrize("name", ZIPS)
def test_zip_files(stranger: Stranger, name: str, pinned: bool) -> None:
    """The pin may be prepared as well, and say that there is nothing wrong."""
    make, message = ZIPS[name]
    data = make()
    stranger.files = {"z.zip": data}
    if pinned:
        member = "x.zip" if name == "in a zip" else "x"
        stranger.write_pin(members={"z.zip": {member: {"size": 5, "crc": 0x3BB935C6}}})
    before = snapshot(stranger.folder)

    result = stranger.fetch("zip:z.zip")

    assert snapshot(stranger.folder) == before
    left = ended(result, stranger.here)
    if pinned:
        assert (result.status, left) == (1, []), result
    else:
        assert (result.status != 0, message in result.err) == (bool(message), True), result
        assert left == ([] if message else ["data/x.zip"])


INSIDE: dict[str, tuple[Prepare, str]] = {
    "away": (linked("data/in", "../../../away"), "data/in/sub leads out of data"),
    "in circles": (linked("data/in", "in"), "Could not make data/in/sub"),
    "a file": (held("data/in", "mine"), "Could not make data/in/sub"),
    "a pipe": (piped("data/in"), "Could not make data/in/sub"),
}


@pytest.mark.parametrize("name", INSIDE)
def test_prepared_folders_inside(stranger: Stranger, name: str) -> None:
    """No folder is made on the other side of a link."""
    prepare, message = INSIDE[name]
    (stranger.folder / "away").mkdir()
    prepare(stranger.here)
    stranger.files = {"z.zip": zipped("in/sub/x")}

    result = stranger.fetch("zip:z.zip")

    assert (result.status, message in result.err) == (1, True), result
    assert [*(stranger.folder / "away").iterdir()] == []


PINS: dict[str, tuple[dict[str, Any], str]] = {
    "a path": (
        {"files": {"x/../../x": {"size": 5, "checksum": md5(b"text\n")}}},
        "is not the plain",
    ),
    "an immense size": (
        {"files": {"a.txt": {"size": 10**400, "checksum": md5(b"text\n")}}},
        "is damaged",
    ),
    "a negative size": (
        {"files": {"a.txt": {"size": -1, "checksum": md5(b"text\n")}}},
        "is damaged",
    ),
    "another server": ({"endpoint": "file:///etc"}, "is the pin of"),
    "another record": ({"asked": "\x1b[31m\nx"}, "is the pin of"),
    "an id that is none": ({"record": "../x"}, "is damaged"),
    "members that are none": ({"members": 5}, ""),
    "half a character": ({"license": "\ud800"}, ""),
    "a title that is none": ({"metadata": {"title": {"x": 1}, "version": ["x"]}}, ""),
}
"""Pins in a repository that was cloned, and the message that follows, empty for none."""


@pytest.mark.parametrize("name", PINS)
def test_pins(stranger: Stranger, name: str) -> None:
    odd, message = PINS[name]
    stranger.write_pin(**odd)

    result = stranger.fetch()
    updated = stranger.fetch("--update")

    assert (result.status != 0, message in result.err) == (bool(message), True), result
    assert updated.status == 0, updated
    assert ended(updated, stranger.here) == ["data/a.txt"]
    ended(result, stranger.here)


EVIL = (
    '\\input{/etc/passwd} }\\def\\x{ "; #read("/etc/passwd") #eval("1") \n\n\\end % \u202e \u2028 '
    "@misc{x, $$ ^^M \x1b[0m a: b\n- x !!python/object \\n * _ <x> // /* `x` & ~ \\\\ {{}} } { \\"
)
"""What means something in one of the formats, or to terminals."""


def test_citations_of_evil_texts(stranger: Stranger) -> None:
    """They stay texts: Typst and its bibliography compile, YAML and JSON give them back."""
    person = {"type": "personal", "family_name": EVIL, "given_name": EVIL}
    names = ("title", "version", "publisher", "publication_date")
    creators = [
        {"person_or_org": person, "affiliations": [{"name": EVIL}]},
        {"person_or_org": {"type": "organizational", "name": EVIL}},
    ]
    stranger.write_pin(metadata={**dict.fromkeys(names, EVIL), "creators": creators}, license=EVIL)
    outputs = [f"inputs.{kind}" for kind in ("bib", "typ", "tex", "cff", "txt", "json")]
    words = [word for name in outputs for word in ("--to", name)]

    result = stranger.workspace().run("cite", "data", *words, folder=stranger.here)

    assert result.status == 0, result
    (stranger.here / "main.typ").write_text(
        '#import "inputs.typ": *\n#zenodo-inputs.data.title\n#zenodo-inputs.data.version\n'
        '#cite(label(zenodo-inputs.data.key))\n#bibliography("inputs.bib")\n'
    )
    typst.compile(str(stranger.here / "main.typ"), output=str(stranger.here / "main.pdf"))
    texts = {name: (stranger.here / name).read_text() for name in outputs}
    assert yaml.safe_load(texts["inputs.cff"])["references"][0]["title"] == EVIL
    assert json.loads(texts["inputs.json"])["data"]["title"] == EVIL
    assert all(char.isprintable() or char == "\n" for text in texts.values() for char in text)
    assert "\n\n" not in texts["inputs.tex"]
    assert len(texts["inputs.tex"].splitlines()) == 10


def test_names_of_folders_in_macros(stranger: Stranger) -> None:
    """An underscore stands for itself there, and a command would be an error of TeX."""
    stranger.write_pin()
    (stranger.here / PIN).rename(stranger.here / "raw_data-2.a%b.zenodo-input.json")

    result = stranger.workspace().run("cite", "--to", "inputs.tex", folder=stranger.here)

    assert result.status == 0, result
    line = r"\expandafter\def\csname zenodo input raw_data-2.a-b record\endcsname{7}"
    assert line in (stranger.here / "inputs.tex").read_text().splitlines()


@pytest.mark.parametrize("output", ["away/inputs.bib", "inputs.bib"])
def test_citations_stay_in_the_project(stranger: Stranger, output: str) -> None:
    stranger.write_pin()
    away = stranger.folder / "away"
    for folder in (away, stranger.here / ".git"):
        folder.mkdir()
    (stranger.here / output.partition("/")[0]).symlink_to(
        "../../away" if "/" in output else "../../away/new"
    )

    result = stranger.workspace().run("cite", "--to", output, folder=stranger.here)

    assert result.status == 2, result
    assert "which is outside of the project" in result.err
    assert [*away.iterdir()] == []
