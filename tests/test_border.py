"""Every command looks at all paths of a configuration before it asks or writes anything."""

import argparse
import contextlib
import errno
import io
import json
import os
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import attrs
import pytest
import yaml

from stepup_zenodo.cli import COMMANDS
from stepup_zenodo.commands.declare import run_declare
from stepup_zenodo.errors import Refused
from stepup_zenodo.local.lock import one_writer

from .rdm_server.fixture import Rdm
from .rdm_server.layout import Layout
from .workspace import METADATA, Result, Workspace

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n"
TOKEN = "A" * 60
"""What the tokens of Zenodo look like."""

RUNS: Mapping[str, tuple[str, ...]] = {
    "sync": ("sync", "zenodo.yaml"),
    "dry run": ("sync", "--dry-run", "zenodo.yaml"),
    "check": ("check", "zenodo.yaml"),
    "diff": ("diff", "zenodo.yaml"),
    "status": ("status", "zenodo.yaml"),
    "preview": ("preview", "zenodo.yaml"),
    "pull": ("pull", "zenodo.yaml"),
    "doi": ("doi", "zenodo.yaml", "new.tex"),
    "publish": ("publish", "--yes", "zenodo.yaml"),
    "submit": ("submit", "zenodo.yaml"),
    "share": ("share", "zenodo.yaml"),
    "discard": ("discard", "--yes", "zenodo.yaml"),
    "correct-files": ("correct-files", "--yes", "zenodo.yaml"),
    "delete": ("delete", "--reason", "test-record", "zenodo.yaml"),
    "quota": ("quota", "zenodo.yaml"),
    "community": ("community", "members", "zenodo.yaml"),
    "requests": ("requests", "list", "zenodo.yaml"),
    "declare": (),
}
"""How each command is run that opens a configuration; the last one is the step that plans."""

OTHERS = {"adopt", "cache", "cite", "fetch", "init", "schema", "archive", "login", "logout"}
"""Commands that open none."""


def test_no_command_is_forgotten() -> None:
    assert {*RUNS} | OTHERS == {*COMMANDS} | {"dry run", "declare"}


@attrs.frozen
class Scene:
    """The project of a stranger below the home folder of the user."""

    home: Path
    """The home folder, which has secrets."""

    workspace: Workspace
    """The project."""

    @property
    def folder(self) -> Path:
        return self.workspace.folder

    def put(self, name: str, content: str = "") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def link(self, name: str, target: str) -> None:
        (self.folder / name).symlink_to(target)

    def snapshot(self) -> dict[str, tuple[int, str]]:
        """Return everything that a command could have changed."""
        found = {}
        for path in sorted(self.home.rglob("*")):
            info = path.lstat()
            content = path.read_text() if path.is_file() and not path.is_symlink() else ""
            found[str(path)] = (info.st_mtime_ns, content)
        return found


class Stranger(BaseHTTPRequestHandler):
    """A server that notes what it is asked."""

    seen: ClassVar[list[str]] = []

    def answer(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 (the names of the base class)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def scene(tmp_path: Path, port: int) -> Scene:
    home, project = tmp_path / "home", tmp_path / "home" / "work" / "project"
    (project / ".git").mkdir(parents=True)
    (home / ".ssh").mkdir()
    (home / "secret.txt").write_text("12345")
    (home / ".ssh" / "id_rsa").write_text(KEY)
    url = f"http://127.0.0.1:{port}"
    token = project / "token.txt"
    token.write_text("theirs\n")
    token.chmod(0o600)
    rdm = Rdm(Layout.default("none"), url, f"{url}/api", "", token, token, token)
    workspace = Workspace(project, rdm)
    workspace.environ["HOME"] = str(home)
    workspace.config = {
        "endpoint": f"{url}/api",
        "path_token": "token.txt",
        "path_record_id": "id.txt",
        "path_readme": "README.md",
        "metadata": {**METADATA, "notes": {"path_changelog": "CHANGELOG.md"}},
        "paths": ["a.txt"],
    }
    for name, content in {
        "a.txt": "1",
        "README.md": "About a.\n",
        "CHANGELOG.md": "## 1.0.0\n\nNew.\n",
    }.items():
        (project / name).write_text(content)
    Stranger.seen.clear()
    return Scene(home, workspace)


def run(scene: Scene, words: tuple[str, ...]) -> Result:
    text = yaml.safe_dump(scene.workspace.config, sort_keys=False)
    (scene.folder / "zenodo.yaml").write_text(text)
    if words:
        return scene.workspace.run(*words)
    args = argparse.Namespace(config="zenodo.yaml", endpoint=None, files=[], description=None)
    args.json, args.verbose, args.quiet = False, False, False
    err = io.StringIO()
    with (
        mock.patch.dict(os.environ, scene.workspace.environ),
        contextlib.chdir(scene.folder),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as info,
    ):
        run_declare(args)
    return Result(int(info.value.code or 0), "", err.getvalue())


Prepare = Callable[[Scene], object]


def key(name: str, path: str) -> Prepare:
    """Return what gives a key of the configuration a path."""

    def prepare(scene: Scene) -> None:
        config: dict[str, Any] = scene.workspace.config
        if name == "path_changelog":
            config["metadata"]["notes"] = {name: path}
        else:
            config[name] = ["a.txt", path] if name == "paths" else path

    return prepare


def both(*parts: Prepare) -> Prepare:
    def prepare(scene: Scene) -> None:
        for part in parts:
            part(scene)

    return prepare


def there(name: str, content: str = "") -> Prepare:
    return lambda scene: scene.put(name, content)


def pipe(name: str) -> Prepare:
    return lambda scene: os.mkfifo(scene.folder / name)


def linked(name: str, target: str) -> Prepare:
    return lambda scene: scene.link(name, target)


def hard_linked(name: str, target: str) -> Prepare:
    return lambda scene: os.link(scene.folder / target, scene.folder / name)


READ = {"path_readme": "the README", "path_changelog": "the changelog", "paths": "a file"}
ALL = {**READ, "path_record_id": "the record id file"}


def outside_rows() -> Iterator[tuple[str, Prepare, str]]:
    for name in ALL:
        for path in ("~/secret.txt", "../../secret.txt", "link.txt", "away/secret.txt"):
            prepare = both(linked("link.txt", "../../secret.txt"), linked("away", "../.."))
            yield f"{name} {path}", both(prepare, key(name, path)), "is outside of the project"
    for name in ("id.json", "id.txt.lock", "id.status.json"):
        yield name, linked(name, "../../secret.txt"), f"path_record_id: {name} leads to "
        yield f"{name} nowhere", linked(name, "../../new"), f"path_record_id: {name} leads to "


def doubled_rows() -> Iterator[tuple[str, Prepare, str]]:
    roles = {
        "zenodo.yaml": "the configuration",
        "a.txt": "a file of the record",
        "README.md": "the README",
        "CHANGELOG.md": "the changelog",
        "token.txt": "the token file",
    }
    for path, words in roles.items():
        yield (
            f"id is {words}",
            key("path_record_id", path),
            (
                f'path_record_id: "{path}" is {words}, and cannot be the record id file as well '
                "(choose another path)"
            ),
        )
    for name, words in {**READ, "paths": "a file of the record"}.items():
        for path, other in {
            "token.txt": "the token file",
            "id.txt": "the record id file",
            "id.json": "the state file that belongs to id.txt",
            "id.txt.lock": "the lock that belongs to id.txt",
            "id.status.json": "the status file that belongs to id.txt",
        }.items():
            told = f'"{path}" is {other}, and cannot be {words} as well'
            if path.startswith("id"):
                told = f'"{path}" is {words}, and cannot be {other} as well'
            yield f"{words} is {other}", both(key(name, path)), told
    yield (
        "token is the configuration",
        key("path_token", "zenodo.yaml"),
        '"zenodo.yaml" is the configuration, and cannot be the token file as well',
    )
    yield (
        "id is a hard link",
        both(hard_linked("id.txt", "a.txt")),
        '"id.txt" is a file of the record, and cannot be the record id file as well',
    )


def foreign_rows() -> Iterator[tuple[str, Prepare, str]]:
    for text in ("", "two words", "<<<<<<< HEAD\n123", TOKEN, "\x00", "1" * 2000):
        yield (
            f"id file holds {text[:10]!r}",
            there("id.txt", text),
            (
                'path_record_id: "id.txt" is there already, and holds no record id (write the id, '
                "the DOI or the address of your record into it, or choose another path)"
            ),
        )
    for text in ("", "{", "[]", '{"name": "mine"}', '{"format": 1}', "[" * 100_000):
        yield (
            f"state file holds {text[:10]!r}",
            there("id.json", text),
            (
                'path_record_id: "id.json" is there already, and is no state file of '
                "stepup-zenodo, or it is damaged (move it away, or choose another path_record_id)"
            ),
        )
    yield (
        "the lock has content",
        there("id.txt.lock", "mine"),
        '"id.txt.lock" is there already, and is no lock of stepup-zenodo, or it is damaged',
    )
    for text in ("{", '{"name": "mine"}', '{"pid": 10e99, "host": "", "lines": []}'):
        yield (
            f"status file holds {text[:10]!r}",
            there("id.status.json", text),
            (
                '"id.status.json" is there already, and is no status file of stepup-zenodo, '
                "or it is damaged"
            ),
        )


def nature_rows() -> Iterator[tuple[str, Prepare, str]]:
    for path in (".", "..", "./.", ".git", "folder/.."):
        yield (
            f"id file is {path}",
            both(there("folder/x"), key("path_record_id", path)),
            "is a folder, expected the path of a file" if path != ".." else "outside",
        )
    for name, path in {
        "the record id file": "id.txt",
        "the state file that belongs to id.txt": "id.json",
        "the lock that belongs to id.txt": "id.txt.lock",
        "the status file that belongs to id.txt": "id.status.json",
    }.items():
        told = f'path_record_id: "{path}" cannot be {name}: it is a pipe'
        yield f"{name} is a pipe", pipe(path), told
    yield (
        "the README is a pipe",
        both(pipe("pipe.md"), key("path_readme", "pipe.md")),
        'path_readme: "pipe.md" cannot be the README: it is a pipe',
    )
    yield (
        "the token file is a device",
        key("path_token", "/dev/zero"),
        'path_token: "/dev/zero" cannot be the token file: it is a device',
    )


def secret_rows() -> Iterator[tuple[str, Prepare, str]]:
    secrets = {
        ".git/config": ("", "belongs to the folder .git"),
        ".netrc": ("machine x", "holds keys or passwords"),
        "deploy.pem": (KEY, "holds a private key"),
        "word.txt": (f"{TOKEN}\n", "holds what looks like a token"),
        "other.json": ('{\n "endpoints": {},\n "format": 1\n}\n', "is a state file of"),
    }
    for name in READ:
        for path, (text, words) in secrets.items():
            told = f'"{path}" {words}'
            yield f"{name} {path}", both(there(path, text), key(name, path)), told
        told = "belongs to the folder .git, which nobody should publish"
        link = both(there(".git/config", "x"), linked("link.md", ".git/config"))
        yield f"{name} linked to .git", both(link, key(name, "link.md")), told


ROWS = {
    name: (prepare, told)
    for rows in (outside_rows(), doubled_rows(), foreign_rows(), nature_rows(), secret_rows())
    for name, prepare, told in rows
}


@pytest.mark.parametrize("row", ROWS)
def test_no_request_and_no_write(row: str, scene: Scene) -> None:
    """All commands are run for each path that may not be used."""
    prepare, told = ROWS[row]
    prepare(scene)
    run(scene, RUNS["check"])
    before = scene.snapshot()

    for words in RUNS.values():
        result = run(scene, words)

        assert (result.status, result.out) == (2, ""), (words, result)
        assert told in result.err, words
        assert result.err.startswith(("zenodo.yaml:", "--out"))
        assert "12345" not in result.err
        assert TOKEN not in result.err
        assert Stranger.seen == []
    after = scene.snapshot()
    before.pop(str(scene.folder / "zenodo.yaml"))
    after.pop(str(scene.folder / "zenodo.yaml"))
    assert after == before


def test_without_them_the_server_is_asked(scene: Scene) -> None:
    """The scene itself has nothing that a command could complain of."""
    silent = {"check", "declare"}
    scene.put("id.txt", "12345")
    statuses = {"check": 0, "community": 2, "requests": 2}
    for name, words in RUNS.items():
        Stranger.seen.clear()
        if statuses.get(name) == 2:
            scene.workspace.config["community"] = "of-nobody"
        if words:
            assert run(scene, words).status == statuses.get(name, 1)
        scene.workspace.config.pop("community", None)
        assert bool(Stranger.seen) is (name not in silent)


def test_a_configuration_is_not_taken_for_a_state_file(scene: Scene) -> None:
    scene.workspace.config["path_record_id"] = "project.txt"
    text = json.dumps(scene.workspace.config)
    scene.put("project.json", text)

    result = scene.workspace.run("sync", "project.json")

    assert result.status == 2
    assert result.err.startswith("project.json:1:")
    assert (
        '"project.json" is the configuration, and cannot be the state file that belongs to '
        "project.txt as well (choose another path)"
    ) in result.err
    assert (scene.folder / "project.json").read_text() == text


BIBLIOGRAPHY = "@book{mine,\n  title = {Mine},\n}\n"
OUTPUTS: Mapping[str, tuple[tuple[str, str], Prepare, str]] = {
    "a bibliography": (
        ("doi", "refs.bib"),
        there("refs.bib", BIBLIOGRAPHY),
        "was not written by this command (move it away, or give another name)",
    ),
    "a citation file": (
        ("doi", "CITATION.cff"),
        there("CITATION.cff", "cff-version: 1.2.0\n# written by hand\n"),
        "was not written by this command",
    ),
    "a text": (("doi", "b.txt"), there("b.txt", "my data\n"), "was not written by this command"),
    "JSON": (("doi", "b.json"), there("b.json", "{}"), "was not written by this command"),
    "a file of the record": (("doi", "a.txt"), there("x"), "was not written by this command"),
    "a macro": (("doi", "m.tex"), there("m.tex", "\\x"), "was not written by this command"),
    "the id file": (("doi", "id.txt"), there("x"), "is the record id file"),
    "the state file": (("doi", "id.json"), there("x"), "is the state file that belongs to id.txt"),
    "the token": (("doi", "token.txt"), there("x"), "is the token file"),
    "the token by another name": (
        ("doi", "other.txt"),
        hard_linked("other.txt", "token.txt"),
        "is the token file",
    ),
    "through a link": (("doi", "away/doi.txt"), linked("away", "../.."), "is outside of the"),
    "a link": (("doi", "doi.txt"), linked("doi.txt", "../../.bash_login"), "is outside of the"),
    "a pipe": (("doi", "doi.txt"), pipe("doi.txt"), "it is a pipe"),
    "a folder": (("doi", "doi.txt"), there("doi.txt/x"), "is a folder"),
    "a page": (("preview", "p.html"), there("p.html", "<p>"), "was not written by this command"),
    "the README as a page": (
        ("preview", "README.html"),
        both(there("README.html", "<p>a</p>"), key("path_readme", "README.html")),
        "is the README, and cannot be an output of this command as well",
    ),
}


@pytest.mark.parametrize("row", OUTPUTS)
def test_outputs_replace_nothing_else(row: str, scene: Scene) -> None:
    (command, out), prepare, told = OUTPUTS[row]
    prepare(scene)
    run(scene, RUNS["check"])
    before = scene.snapshot()
    where = "--out" if command == "preview" else out
    words = [command, "zenodo.yaml", *(["--out"] if command == "preview" else []), out]

    result = scene.workspace.run(*words)

    assert (result.status, result.out, Stranger.seen) == (2, "", [])
    assert result.err.startswith(f"{where}: ")
    assert told in result.err
    assert scene.snapshot() == before


def test_what_the_user_types_may_lie_anywhere(scene: Scene) -> None:
    """An output elsewhere, and a file of the record elsewhere."""
    (scene.home / "big.txt").write_text("data")

    check = run(scene, ("check", "zenodo.yaml", "../../big.txt"))
    doi = run(scene, ("doi", "zenodo.yaml", "../../doi.txt"))

    assert check.status == 0, check
    assert (doi.status, bool(Stranger.seen)) == (1, True)


def test_a_mark_in_the_home_folder_does_not_make_it_a_project(scene: Scene) -> None:
    (scene.home / ".git").mkdir()
    (scene.folder / ".git").rmdir()
    scene.workspace.config["path_readme"] = "../../secret.txt"

    result = run(scene, RUNS["check"])

    assert result.status == 2
    assert "is outside of the project" in result.err


def archive(scene: Scene, *words: str) -> Result:
    return scene.workspace.run("archive", *words)


def test_an_archive_follows_no_link_out_of_the_project(scene: Scene) -> None:
    scene.put("data/y", "y")
    scene.link("data/key", "../../../secret.txt")

    result = archive(scene, "data", "data.zip")

    assert (result.status, result.out) == (2, "")
    assert result.err == (
        f"data/key leads to {scene.home}/secret.txt, which is outside of the project "
        f"{scene.folder} (exclude it, or put the file itself there)\n"
    )
    assert not (scene.folder / "data.zip").exists()
    assert archive(scene, "data", "data.zip", "--exclude", "key").status == 0


def test_an_archive_holds_nothing_that_nobody_should_publish(scene: Scene) -> None:
    scene.put("data/.git/config", "x")
    scene.put("data/.git/objects/a", "x")
    scene.put("data/keys/deploy", KEY)
    scene.put("data/token", TOKEN)
    scene.put("data/y", "y")

    result = archive(scene, "data", "data.zip")

    assert (result.status, result.out) == (2, "")
    assert sorted(line.partition(" (")[0] for line in result.err.splitlines()) == [
        '"data/.git/config" belongs to the folder .git, which nobody should publish',
        '"data/keys/deploy" holds a private key, which nobody should publish',
        '"data/token" holds what looks like a token, which nobody should publish',
    ]
    hints = ["--exclude", ".git", "--exclude", "keys", "--exclude", "token"]
    assert all(f"--exclude {name}," in result.err for name in hints[1::2])
    assert archive(scene, "data", "data.zip", *hints).status == 0


def test_an_archive_replaces_only_archives(scene: Scene) -> None:
    scene.put("data/y", "y")
    for content in ("", "mine", "PK\x03\x04"):
        scene.put("data.zip", content)

        result = archive(scene, "data", "data.zip")

        assert result.status == 2
        assert result.err == (
            'OUT: "data.zip" is there already, and was not written by this command '
            "(move it away, or give another name)\n"
        )
        assert (scene.folder / "data.zip").read_text() == content
    (scene.folder / "data.zip").unlink()
    with zipfile.ZipFile(scene.folder / "data.zip", "w") as other:
        other.writestr("a", "a")
    assert archive(scene, "data", "data.zip").status == 2
    (scene.folder / "data.zip").unlink()
    assert archive(scene, "data", "data.zip").status == 0
    assert archive(scene, "data", "data.zip").status == 0


def test_an_archive_does_not_leave_the_project_by_a_link(scene: Scene) -> None:
    scene.put("data/y", "y")
    scene.link("away", "../..")

    result = archive(scene, "data", "away/data.zip")

    assert (result.status, (scene.home / "data.zip").exists()) == (2, False)
    assert "is outside of the project" in result.err


def test_pipes_are_refused_at_once(scene: Scene) -> None:
    """Nobody writes into them: reading would never end."""
    for name in ("pipe.yaml", "CITATION.cff", "pipe.zip", "p.html", "README.md~"):
        os.mkfifo(scene.folder / name)
    os.mkfifo(scene.folder / ".zenodo-schema.json")
    scene.put("data/y", "y")

    runs = {
        ("check", "pipe.yaml"): "pipe.yaml: cannot be read: it is a pipe",
        ("init", "--from", "CITATION.cff", "new.yaml"): "CITATION.cff cannot be read: it is a pipe",
        ("archive", "data", "pipe.zip"): "is there already, and was not written by this command",
        ("preview", "zenodo.yaml", "--out", "p.html"): "it is a pipe",
        ("check", "zenodo.yaml", "--description", "README.md~"): "it is a pipe",
        ("check", "zenodo.yaml", "pipe.zip"): "pipe.zip is not a regular file",
    }

    run(scene, RUNS["check"])
    for words, told in runs.items():
        result = scene.workspace.run(*words)

        assert (result.status, told in result.err) == (2, True), (words, result)
    written = scene.workspace.run("init", "new.yaml")
    assert "of another version" in written.err


def test_a_lock_that_is_a_link_is_left_alone(scene: Scene) -> None:
    """Also when it is made after the border was checked."""
    (scene.home / "precious").write_text("precious")
    lock = scene.folder / "id.txt.lock"
    lock.symlink_to(scene.home / "precious")

    with pytest.raises(Refused) as info, one_writer(scene.folder / "id.txt", print):
        raise AssertionError("there is no lock")

    assert info.value.message.startswith(f"Could not make the lock {lock}: ")
    assert (scene.home / "precious").read_text() == "precious"


def test_a_file_system_without_locks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(handle: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)

    with pytest.raises(Refused) as info, one_writer(tmp_path / "id.txt", print):
        raise AssertionError("there is no lock")

    assert info.value.message == (
        f"The file system of {tmp_path} has no locks (No locks available), so two runs at the "
        "same time could make two records. Nothing was done. Work in a copy of the project "
        "on another disk, or let the system mount this one with locks."
    )
