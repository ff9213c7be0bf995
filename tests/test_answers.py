"""What a server calls an id, a DOI or an address is looked at before it is used."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

from stepup_zenodo.errors import Refused, UnexpectedAnswer
from stepup_zenodo.local.state import load
from stepup_zenodo.record.observed import parse_entries, parse_record
from stepup_zenodo.record.review import parse_review
from stepup_zenodo.release.links import parse_link
from stepup_zenodo.terms.forms import is_doi, is_record_id, is_web_address, is_word

from .building import environ, run
from .test_hostile import JSON, Handler, body, hostile
from .workspace import METADATA

RECORD: Mapping[str, Any] = {
    "id": "123",
    "revision_id": 4,
    "is_draft": True,
    "is_published": False,
    "status": "draft",
    "versions": {"is_latest": False, "is_latest_draft": True, "index": 1},
    "files": {"enabled": True, "entries": {}},
    "pids": {},
    "parent": {"id": "122"},
    "links": {"self_html": "http://127.0.0.1/uploads/123"},
    "metadata": {},
    "custom_fields": {},
    "access": {"record": "public", "files": "public"},
}

NO_ID = ["touch x #", "../1", "a/b", "1\n2", "", "-", "a--b", "a" * 33, "\u202e1", "1.2", "ä"]
NO_DOI = ["x", "10.1", "10.1/a b", "10.1/a\nb", '10.1/"', "10.1/{}", "10.1/\\x", "10.1/\u202e"]


@pytest.mark.parametrize("text", NO_ID)
def test_what_is_no_id_is_refused(text: str) -> None:
    changes: list[dict[str, Any]] = [{"id": text}, {"parent": {"id": text}}]
    for changed in changes:
        with pytest.raises(UnexpectedAnswer) as info:
            parse_record({**RECORD, **changed})

        assert info.value.message.startswith("The answer of the server is not understood: 'id' is ")
    assert not is_record_id(text)


@pytest.mark.parametrize("text", NO_DOI)
def test_what_is_no_doi_is_refused(text: str) -> None:
    with pytest.raises(UnexpectedAnswer):
        parse_record({**RECORD, "pids": {"doi": {"identifier": text}}})


@pytest.mark.parametrize("text", ["1", "123456789", "abcde-12345", "a" * 32])
def test_ids(text: str) -> None:
    assert is_record_id(text)


@pytest.mark.parametrize(
    "text", ["10.5281/zenodo.1", "10.1/x", "10.1002/(SICI)1<1::A>3.0;2-#", "10.1234.5/ü"]
)
def test_dois(text: str) -> None:
    assert is_doi(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://zenodo.org/records/1", True),
        ("http://127.0.0.1:5000/uploads/1?token=x", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://x\x1b[2J/", False),
        ("https://x/ y", False),
        ("http://[::1", False),
        ("https://x:99999/", False),
    ],
)
def test_addresses(text: str, is_one: bool) -> None:
    assert is_web_address(text) is is_one
    shown = parse_record({**RECORD, "links": {"self_html": text}}).html
    assert shown == (text if is_one else "")


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_names_of_files_that_would_be_folders(key: str) -> None:
    """In an address, two dots would be the draft itself, to be deleted for example."""
    with pytest.raises(UnexpectedAnswer):
        parse_entries({"entries": [{"key": key}]})


@pytest.mark.parametrize("text", ["..", "a/b", "a b", "", "a?b"])
def test_other_ids(text: str) -> None:
    assert not is_word(text)
    with pytest.raises(UnexpectedAnswer):
        parse_link({"id": text, "token": "x"})
    with pytest.raises(UnexpectedAnswer):
        parse_link({"id": "x", "token": text})
    with pytest.raises(UnexpectedAnswer):
        parse_review({"parent": {"review": {"id": text}}})


@pytest.mark.parametrize(
    "state",
    [{"record": "../1"}, {"parent": "a b"}, {"doi": "10.1/\n"}, {"published": {"1": "a/b"}}],
)
def test_a_state_file_of_a_stranger(tmp_path: Path, state: Mapping[str, Any]) -> None:
    text = json.dumps({"format": 1, "endpoints": {"https://x/api": state}})
    (tmp_path / "id.json").write_text(text)

    with pytest.raises(Refused) as info:
        load(tmp_path / "id.txt")

    assert "is damaged. Move it away" in info.value.message


# Whole programs


@attrs.frozen
class Home:
    """A home folder with the token of the user, and below it the project of a stranger."""

    folder: Path
    """The home folder."""

    endpoint: str
    """The server of the stranger."""

    def __attrs_post_init__(self) -> None:
        self.project.mkdir()
        (self.project / ".git").mkdir()
        (self.project / "a.txt").write_text("x")
        (self.project / "token.txt").write_text("theirs\n")
        (self.project / "token.txt").chmod(0o600)
        config = {
            "endpoint": self.endpoint,
            "path_token": "token.txt",
            "metadata": dict(METADATA),
            "paths": ["a.txt"],
        }
        (self.project / "zenodo.yaml").write_text(yaml.safe_dump(config))

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def run(self, *words: str) -> tuple[int, str]:
        return run(
            ["stepup-zenodo", *words],
            self.project,
            STEPUP_ZENODO_ATTEMPTS="1",
            STEPUP_ZENODO_SETTLE="0",
        )


def answering(record: Mapping[str, Any]) -> Handler:
    return lambda method, path, sent: (201 if method == "POST" else 200, JSON, body(record))


def test_an_id_that_is_a_command_is_written_nowhere(tmp_path: Path) -> None:
    pids = {"doi": {"identifier": "10.1/x"}}
    with hostile(answering({**RECORD, "id": "touch x #", "pids": pids})) as endpoint:
        home = Home(tmp_path, endpoint)

        status, output = home.run("doi", "zenodo.yaml", "doi.txt")

    assert status == 1
    assert output.splitlines()[-1].startswith(
        "failed: The answer of the server is not understood: 'id' is 'touch x #'."
    )
    assert not (home.project / "doi.txt").exists()
    assert not (home.project / ".zenodo-record-id.txt").exists()


ESCAPES = "\x1b]0;title\x07\x1b[31m\x9b2J\u202e\r"


def test_status_files_do_not_steer_the_terminal(tmp_path: Path) -> None:
    home = Home(tmp_path, "http://127.0.0.1:9/api")
    status = {"pid": 1, "host": "another", "lines": [ESCAPES]}
    (home.project / ".zenodo-record-id.status.json").write_text(json.dumps(status))

    for words in (("status",), ("status", "--json")):
        _, output = home.run(*words, "zenodo.yaml")

        assert output.replace("\n", "").isprintable()


def test_files_that_are_taken_over_do_not_steer_the_terminal(tmp_path: Path) -> None:
    home = Home(tmp_path, "http://127.0.0.1:9/api")
    text = f"cff-version: 1.2.0\nmessage: m\ntitle: Some title\n{json.dumps(ESCAPES)}: 2\n"
    (home.project / "CITATION.cff").write_text(text)

    status, output = home.run("init", "--from", "CITATION.cff", "new.yaml")

    assert status == 0
    assert "not taken over: \\x1b" in output
    assert output.replace("\n", "").isprintable()


def test_names_that_are_no_text(tmp_path: Path) -> None:
    home = Home(tmp_path, "http://127.0.0.1:9/api")
    name = os.fsdecode(b"caf\xe9.txt")
    (home.project / name).write_text("y")

    for options in ((), ("--json",)):
        result = subprocess.run(
            ["stepup-zenodo", "check", *options, "zenodo.yaml", name],
            cwd=home.project,
            env=environ(tmp_path, PYTHONIOENCODING="utf-8:strict"),
            capture_output=True,
            check=False,
        )

        assert result.returncode == 2
        assert b"Traceback" not in result.stderr
        assert "\\udce9" in (result.stdout + result.stderr).decode()


@pytest.mark.parametrize("encoding", ["ascii:strict", "latin-1:strict"])
def test_terminals_that_do_not_know_a_character(tmp_path: Path, encoding: str) -> None:
    home = Home(tmp_path, "http://127.0.0.1:9/api")
    (home.project / "\u4e2d.txt").write_text("y")

    for options in ((), ("--json",)):
        status, output = run(
            ["stepup-zenodo", "check", *options, "zenodo.yaml", "\u4e2d.txt"],
            home.project,
            PYTHONIOENCODING=encoding,
        )

        assert status == 0, output
        assert not options or json.loads(output)["files"] == ["a.txt", "\u4e2d.txt"]


def shell(home: Home, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=home.project,
        env=environ(home.folder, STEPUP_ZENODO_ATTEMPTS="1", STEPUP_ZENODO_SETTLE="0"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_reader_who_has_gone(tmp_path: Path) -> None:
    """Nothing is said of it, and the status is that of shells."""
    home = Home(tmp_path, "http://127.0.0.1:9/api")
    for command in ("check zenodo.yaml", "schema"):
        gone = "exec 3> >(:); wait $!; stepup-zenodo"

        result = shell(home, f"{gone} {command} >&3; echo $?")

        assert (result.stdout, result.stderr) == ("141\n", "")


def test_a_sync_goes_on_when_nobody_reads(tmp_path: Path) -> None:
    seen: list[str] = []

    def answer(method: str, path: str, sent: bytes) -> tuple[int, dict[str, str], bytes]:
        seen.append(f"{method} {path}")
        return 404, JSON, b"{}"

    with hostile(answer) as endpoint:
        home = Home(tmp_path, endpoint)

        result = shell(home, "exec 3> >(:); wait $!; stepup-zenodo sync zenodo.yaml >&3; echo $?")

    assert result.stdout == "1\n"
    assert result.stderr.startswith("failed: Could not create the draft. ")
    assert "POST /api/records" in seen


def test_streams_that_are_closed(tmp_path: Path) -> None:
    home = Home(tmp_path, "http://127.0.0.1:9/api")
    for closed in ("2>&-", ">&-", "<&- >&- 2>&-"):
        for command, status in (("check zenodo.yaml", 0), ("check none.yaml", 2)):
            result = shell(home, f"(stepup-zenodo {command} {closed}); echo $?")

            assert result.stdout.splitlines()[-1] == f"{status}", closed
            assert "Traceback" not in result.stdout + result.stderr


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path, "http://127.0.0.1:9/api")

    result = shell(home, "stepup-zenodo check zenodo.yaml > /dev/full; echo $?")

    assert result.stdout == "1\n"
    assert result.stderr == ("failed: The output could not be written: No space left on device.\n")


ELSEWHERE = "UsersRealZenodoToken0123456789abcdef"


@pytest.mark.parametrize(
    ("named", "words", "is_sent"),
    [
        ("", (), False),
        ("zenodo.org", (), False),
        ("HOST", (), True),
        ("HOST:PORT", (), True),
        ("", ("--endpoint", "ENDPOINT"), True),
    ],
)
def test_who_gets_a_token_that_is_kept_elsewhere(
    tmp_path: Path, named: str, words: tuple[str, ...], is_sent: bool
) -> None:
    """A port of this machine could be one of somebody else."""
    seen: list[str] = []

    def answer(method: str, path: str, sent: bytes) -> tuple[int, dict[str, str], bytes]:
        seen.append(path)
        return 404, JSON, b"{}"

    with hostile(answer) as endpoint:
        home = Home(tmp_path, endpoint)
        (tmp_path / "token").write_text(ELSEWHERE)
        (tmp_path / "token").chmod(0o600)
        (home.project / ".zenodo-record-id.txt").write_text("1")
        config = home.project / "zenodo.yaml"
        config.write_text(config.read_text().replace("token.txt", "~/token"))
        hosts = named.replace("PORT", endpoint.rpartition(":")[2].removesuffix("/api"))

        status, output = run(
            [
                "stepup-zenodo",
                "diff",
                "zenodo.yaml",
                *(w.replace("ENDPOINT", endpoint) for w in words),
            ],
            home.project,
            STEPUP_ZENODO_ATTEMPTS="1",
            STEPUP_ZENODO_HOSTS=hosts.replace("HOST", "127.0.0.1"),
        )

    assert status == 1
    assert bool(seen) is is_sent
    assert ("which is a port of this machine" in output) is not is_sent
    assert ELSEWHERE not in output
