"""The token gets to nobody, and nothing that a stranger wrote gets out of its bounds."""

import http.server
import json
import logging
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from stepup_zenodo.errors import Refused, Rejected, Unavailable, UnexpectedAnswer
from stepup_zenodo.events import silent
from stepup_zenodo.local import keystore
from stepup_zenodo.local.token import Token, check_host, find_token
from stepup_zenodo.remote.client import Client
from stepup_zenodo.remote.protocol import Answer, Request, get_draft
from stepup_zenodo.remote.transport import refusal_of
from stepup_zenodo.reporting.output import Output

from .rdm_server.fixture import Rdm
from .workspace import Workspace, requests_of

SECRET = "s3cr3t-t0ken-of-the-user"
USUAL = "UsersRealZenodoToken0123456789abcdef"
"""What tokens look like that are kept elsewhere."""


class Receiver(http.server.BaseHTTPRequestHandler):
    """Notes the headers of all requests, and redirects if it is told to."""

    seen: ClassVar[list[tuple[str, str, str | None]]] = []
    target: ClassVar[str] = ""

    def answer(self) -> None:
        host, token = str(self.headers["Host"]), self.headers.get("Authorization")
        self.seen.append((host.partition(":")[0], self.path, token))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b"{}"
        self.send_response(302 if self.target and "away" in self.path else 200)
        if self.target:
            self.send_header("Location", self.target)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = answer  # noqa: N815 (the names of the base class)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[int]:
    """Give the port of a server that listens on all addresses of this machine."""
    Receiver.seen.clear()
    Receiver.target = ""
    with http.server.ThreadingHTTPServer(("0.0.0.0", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def client(endpoint: str) -> Client:
    return Client(endpoint, SECRET, silent, attempts=1)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_redirect_elsewhere_is_not_followed(receiver: int, method: str) -> None:
    Receiver.target = f"http://127.0.0.2:{receiver}/api/elsewhere"
    one = client(f"http://127.0.0.1:{receiver}/api")

    with pytest.raises(UnexpectedAnswer) as info:
        one.read(Request(method, "/away", "go away"))

    assert info.value.message == (
        f"Could not go away. The server redirected to {Receiver.target}, "
        "which is not followed because it is another place."
    )
    assert Receiver.seen == [("127.0.0.1", "/api/away", f"Bearer {SECRET}")]


@pytest.mark.parametrize("secret", [SECRET, "signed.link.secret"], ids=["token", "link"])
def test_content_from_elsewhere_is_asked_for_without_secret(receiver: int, secret: str) -> None:
    Receiver.target = f"http://localhost:{receiver}/there"
    request = Request("GET", "/away", "fetch a.txt")

    content = Client(f"http://127.0.0.1:{receiver}", secret, silent, attempts=1)
    data = b"".join(content.blocks(request, 10))

    first, second = Receiver.seen
    assert data == b"{}"
    assert secret in f"{first}"
    assert second == ("localhost", "/there", None)


def test_content_without_encryption_is_refused(receiver: int) -> None:
    """Of a server that sends there; what everybody on the way could read is not taken."""
    Receiver.target = f"http://0.0.0.0:{receiver}/there"
    request = Request("GET", "/away", "fetch a.txt")

    with pytest.raises(Unavailable) as info:
        list(client(f"http://127.0.0.1:{receiver}").blocks(request, 10))

    assert "the server redirected to an address without https" in info.value.message


def test_a_redirect_to_another_port_is_not_followed(receiver: int) -> None:
    Receiver.target = f"http://127.0.0.1:{receiver + 1}/api/elsewhere"

    with pytest.raises(UnexpectedAnswer):
        client(f"http://127.0.0.1:{receiver}/api").read(Request("GET", "/away", "go away"))


def test_the_receiver_would_notice_a_token_for_another_host(receiver: int) -> None:
    client(f"http://127.0.0.2:{receiver}/api").read(Request("GET", "/here", "look"))

    assert Receiver.seen == [("127.0.0.2", "/api/here", f"Bearer {SECRET}")]


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "10.0.0.1", "0.0.0.0"])
def test_without_encryption_nothing_is_sent(receiver: int, host: str) -> None:
    endpoint = f"http://{host}:{receiver}/api"

    with pytest.raises(Refused) as info:
        client(endpoint)

    assert info.value.message == (
        f"The endpoint {endpoint} does not use https. "
        "The token would be readable on its way, so nothing was sent."
    )
    assert Receiver.seen == []


def test_netrc_and_proxies_are_ignored(
    receiver: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.3:{receiver}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    client(f"http://127.0.0.1:{receiver}/api").read(get_draft("1"))

    assert Receiver.seen == [("127.0.0.1", "/api/records/1/draft", f"Bearer {SECRET}")]


def test_messages_and_representations_hide_the_token(receiver: int) -> None:
    one = client(f"http://127.0.0.1:{receiver}/api")
    answer = Answer(403, {}, {"message": f"bad token {SECRET}"})

    failure = refusal_of(get_draft("1"), answer, SECRET, one._endpoint)

    assert isinstance(failure, Rejected)
    assert "bad token ..." in failure.message
    for thing in (failure, one, one._auth, Token(SECRET, "the test"), vars(one)):
        assert SECRET not in repr(thing).replace(repr(one._token), "")
    assert SECRET not in f"{one!r} {one._auth!r} {Token(SECRET, 'the test')!r}"


# Tokens, where they come from, and which hosts get them


def test_the_order_of_places(tmp_path: Path) -> None:
    path = tmp_path / "token.txt"
    path.write_text("from-file\n")
    path.chmod(0o600)
    environ = {"STEPUP_ZENODO_TOKEN": " from-variable "}

    found = [
        find_token(path, environ, tmp_path, lambda: "from-keyring"),
        find_token(path, {}, tmp_path, lambda: "from-keyring"),
        find_token(tmp_path / "missing", {}, tmp_path, lambda: "from-keyring"),
        find_token(None, {}, tmp_path, lambda: None),
    ]

    assert found == [
        Token("from-variable", "the environment variable STEPUP_ZENODO_TOKEN"),
        Token("from-file", f"the token file {path}", bound=True),
        Token("from-keyring", "the keyring", bound=True),
        None,
    ]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_token_file_that_others_can_read_is_reported(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "token.txt"
    path.write_text(USUAL)
    path.chmod(mode)

    token = find_token(path, {})

    assert token is not None
    assert token.warning == (
        f"The token file {path} can be read by others: restrict it with `chmod 600 {path}`."
    )
    path.chmod(0o600)
    restricted = find_token(path, {})
    assert restricted is not None
    assert restricted.warning == ""


@pytest.mark.parametrize("text", ["", "\n", "two words", "t\u00f6ken", "-----BEGIN\nKEY", "a\x1bb"])
def test_something_else_than_a_token_is_refused_without_showing_it(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "token.txt"
    path.write_text(text)

    with pytest.raises(Refused) as info:
        find_token(path, {})

    assert not text.strip() or text not in info.value.message


AMBIENT = Token(SECRET, "the environment variable STEPUP_ZENODO_TOKEN")


@pytest.mark.parametrize(
    ("token", "endpoint", "environ"),
    [
        (AMBIENT, "https://zenodo.org/api", {}),
        (AMBIENT, "https://sandbox.zenodo.org/api", {}),
        (AMBIENT, "http://localhost:5000/api", {"STEPUP_ZENODO_HOSTS": "localhost"}),
        (AMBIENT, "http://127.0.0.1:5000/api", {"STEPUP_ZENODO_HOSTS": "127.0.0.1:5000"}),
        (Token(SECRET, "the token file token.txt", bound=True), "http://127.0.0.1:5000/api", {}),
        (AMBIENT, "https://rdm.example.org/api", {"STEPUP_ZENODO_HOSTS": "x RDM.example.org"}),
        (Token(SECRET, "the token file token.txt", bound=True), "https://rdm.example.org/api", {}),
    ],
)
def test_hosts_that_get_a_token(token: Token, endpoint: str, environ: dict[str, str]) -> None:
    check_host(token, endpoint, environ)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "zenodo.org.evil.example", "sandbox-zenodo.org", "localhost.evil.example"],
)
def test_a_configuration_of_a_stranger_does_not_get_the_token(host: str) -> None:
    with pytest.raises(Refused) as info:
        check_host(AMBIENT, f"https://{host}/api", {"STEPUP_ZENODO_HOSTS": "evil.example.org"})

    assert info.value.message == (
        "The configuration wants to send the token from the environment variable "
        f"STEPUP_ZENODO_TOKEN to {host}, which is not Zenodo. Nothing was sent. "
        "If you trust that host, set the environment variable "
        f"STEPUP_ZENODO_HOSTS={host}, or store a token for it with "
        f"`stepup-zenodo login --endpoint https://{host}/api`."
    )


@pytest.mark.parametrize("named", ["", "127.0.0.1:5001", "127.0.0.2"])
def test_a_port_of_this_machine_may_be_of_somebody_else(named: str) -> None:
    with pytest.raises(Refused) as info:
        check_host(AMBIENT, "http://127.0.0.1:5000/api", {"STEPUP_ZENODO_HOSTS": named})

    assert info.value.message == (
        "The configuration wants to send the token from the environment variable "
        "STEPUP_ZENODO_TOKEN to 127.0.0.1:5000, which is a port of this machine. Nothing was "
        "sent. If you trust that host, set the environment variable "
        "STEPUP_ZENODO_HOSTS=127.0.0.1:5000, or store a token for it with "
        "`stepup-zenodo login --endpoint http://127.0.0.1:5000/api`."
    )


def test_in_the_home_folder_nothing_is_beside_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    path = tmp_path / "home" / ".config" / "token.txt"
    path.parent.mkdir(parents=True)
    path.write_text(USUAL)

    found = [find_token(path, {}, folder) for folder in (*path.parents,)]

    assert [token is not None and token.bound for token in found][:3] == [True, False, False]


@pytest.mark.parametrize(
    "text", ["host:5432:db:user:pw", "short", "word-with-hyphens-of-some-length", "a" * 201]
)
def test_what_lies_elsewhere_must_look_like_a_token(tmp_path: Path, text: str) -> None:
    path = tmp_path / "elsewhere"
    path.write_text(text)

    with pytest.raises(Refused) as info:
        find_token(path, {}, tmp_path / "project")

    assert text not in info.value.message
    if ":" not in text:
        assert info.value.message.startswith(
            f"The token file {path} does not hold a token of Zenodo or InvenioRDM, "
        )


def test_a_link_to_a_token_elsewhere_is_not_bound(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "home" / "token.txt").write_text(USUAL)
    link = tmp_path / "project" / "token.txt"
    link.symlink_to(tmp_path / "home" / "token.txt")

    token = find_token(link, {}, tmp_path / "project")

    assert token is not None
    assert token.bound is False


@pytest.mark.server
@pytest.mark.parametrize("status", [403, 400])
def test_a_wrong_token_is_explained(workspace: Workspace, status: int) -> None:
    workspace.write(a_txt="aaa")
    if status == 400:
        body = {"status": 400, "message": "CSRF token missing or incorrect."}
        workspace.rdm.faults({"method": "POST", "status": 400, "body": body})
    else:
        workspace.environ["STEPUP_ZENODO_TOKEN"] = "wrong-token"

    result = workspace.sync()

    assert result.status == 1
    question = f"does it belong to this endpoint, {workspace.rdm.endpoint}, and may its owner"
    assert (question if status == 400 else "it is not valid, has been revoked") in result.err


# The keyring


@pytest.fixture
def keyring_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Replace the keyring of the desktop by one in memory."""
    import keyring

    kept: dict[str, str] = {}

    class Memory(keyring.backend.KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return kept.get(f"{service} {username}")

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[f"{service} {username}"] = password

        def delete_password(self, service: str, username: str) -> None:
            del kept[f"{service} {username}"]

    before = keyring.get_keyring()
    keyring.set_keyring(Memory())  # type: ignore[no-untyped-call]
    yield kept
    keyring.set_keyring(before)


@pytest.mark.server
def test_login_and_logout(
    workspace: Workspace, keyring_file: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, token = workspace.rdm.endpoint, workspace.rdm.token
    del workspace.config["path_token"]
    workspace.write(a_txt="aaa")
    assert "validated only" in workspace.synced().out
    monkeypatch.setattr("sys.stdin", iter_lines(f"{token}\n"))

    stored = workspace.run("login", "--endpoint", endpoint)

    assert (stored.status, stored.out) == (0, f"stored the token for {endpoint}\n")
    assert keyring_file == {f"stepup-zenodo {endpoint}": token}
    assert "synced: draft" in workspace.synced().out
    removed = workspace.run("logout", "--endpoint", endpoint)
    assert (removed.status, removed.out) == (0, f"removed the token for {endpoint}\n")
    assert keyring_file == {}
    again = workspace.run("logout", "--endpoint", endpoint)
    assert (again.status, again.out) == (0, f"no token is stored for {endpoint}\n")
    assert "validated only" in workspace.synced().out


def iter_lines(text: str) -> object:
    import io

    return io.StringIO(text)


def test_the_sandbox_has_a_short_name(
    offline: Workspace, keyring_file: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = "https://sandbox.zenodo.org/api"
    keyring_file[f"stepup-zenodo {sandbox}"] = SECRET

    removed = offline.run("logout", "--sandbox")

    assert (removed.status, removed.out) == (0, f"removed the token for {sandbox}\n")
    assert keyring_file == {}
    both = offline.run("logout", "--sandbox", "--endpoint", sandbox)
    assert both.status == 2
    assert "not allowed with argument" in both.err


@pytest.mark.server
def test_a_wrong_token_is_not_stored(
    workspace: Workspace, keyring_file: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", iter_lines(f"{SECRET}\n"))

    result = workspace.run("login", "--endpoint", workspace.rdm.endpoint)

    assert result.status == 1
    assert "Is the token valid" in result.err
    assert SECRET not in result.err
    assert keyring_file == {}


def test_without_keyring_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)

    assert keystore.stored_token("https://zenodo.org/api") is None
    for act in (lambda: keystore.store_token("x", "y"), lambda: keystore.forget_token("x")):
        with pytest.raises(Refused) as info:
            act()
        assert "pip install 'stepup-zenodo[keyring]'" in info.value.message


# Nothing that is written anywhere has the token


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.server
@pytest.mark.parametrize("how", ["fine", "bug", "faults"])
def test_the_token_is_written_nowhere(
    workspace: Workspace,
    how: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Everything is searched: output, logs of all libraries, traceback, state, cache."""
    token = workspace.rdm.token
    workspace.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"
    workspace.environ["STEPUP_ZENODO_TOKEN"] = token
    workspace.write(a_txt="aaa", b_txt="bbb")
    shown = ""
    if how == "bug":
        monkeypatch.setattr(
            "stepup_zenodo.sync.execute.parse_record", lambda body: body["no such key"]
        )
    if how == "faults":
        echo = {"status": 500, "message": f"internal error: Bearer {token}"}
        workspace.rdm.faults(
            {"status": 500, "body": echo, "times": 2},
            {"status": 400, "body": {**echo, "status": 400}, "skip": 4, "times": 50},
        )
    with caplog.at_level(logging.DEBUG):
        try:
            result = workspace.sync("--verbose")
            shown = result.out + result.err
        except KeyError:
            import traceback

            shown = traceback.format_exc()

    assert shown
    assert "Traceback" in shown or how != "bug"
    assert "..." in shown or how != "faults"
    assert token not in shown
    assert caplog.text, "the libraries log something at this level"
    assert token not in caplog.text
    written = files_below(workspace.folder)
    assert any(path.endswith(".zenodo-record-id.json") for path in written)
    assert [path for path, content in written.items() if token.encode() in content] == []


@pytest.mark.server
def test_the_token_is_not_in_the_list_of_processes(workspace: Workspace) -> None:
    """The command lines of a running program and of its children are looked at."""
    workspace.write(a_txt="aaa")
    workspace.write_config()
    workspace.rdm.faults({"delay": 600})
    command = [sys.executable, "-c", "from stepup_zenodo.cli import main; main()"]
    env = {**os.environ, "XDG_CACHE_HOME": str(workspace.folder / ".cache")}
    with subprocess.Popen(
        [*command, "sync", "zenodo.yaml"],
        cwd=workspace.folder,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        workspace.rdm.wait_for_request("")
        pids = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
        lines = [(path / "cmdline").read_bytes() for path in pids if (path / "cmdline").exists()]
        workspace.rdm.no_faults()
        process.stdout.read()
    assert process.returncode == 0
    assert any(b"zenodo.yaml" in line for line in lines)
    assert not any(workspace.rdm.token.encode() in line for line in lines)


@pytest.mark.server
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_new_files_have_the_rights_that_the_user_gives_to_files(
    workspace: Workspace, mask: int
) -> None:
    workspace.write(a_txt="aaa")
    (workspace.folder / "copy").mkdir()
    workspace.environ = {"STEPUP_ZENODO_TOKEN": workspace.rdm.token}
    before = os.umask(mask)
    try:
        workspace.synced()
        adopted = workspace.run(
            "adopt", workspace.record_id, "copy/zenodo.yaml", "--endpoint", workspace.rdm.endpoint
        )
    finally:
        os.umask(before)

    assert adopted.status == 0, adopted
    names = [".zenodo-record-id.json", ".zenodo-record-id.txt", "copy/zenodo.yaml", "copy/a.txt"]
    modes = {name: stat.S_IMODE((workspace.folder / name).stat().st_mode) for name in names}
    assert modes == dict.fromkeys(names, 0o666 & ~mask)


# What strangers write


@pytest.mark.parametrize(
    "place", ["../outside.txt", "/etc/hostname", "link.txt", "folder/../../outside.txt"]
)
@pytest.mark.parametrize("key", ["paths", "path_readme", "path_record_id", "path_changelog"])
@pytest.mark.server
def test_paths_do_not_lead_out_of_the_project(
    tmp_path: Path, rdm: Rdm, place: str, key: str
) -> None:
    (tmp_path / "outside.txt").write_text("private")
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    (project / "folder").mkdir()
    (project / "link.txt").symlink_to(tmp_path / "outside.txt")
    workspace = Workspace(project, rdm)
    workspace.write(a_txt="aaa")
    if key == "path_changelog":
        workspace.config["metadata"]["notes"] = {key: place}
    else:
        workspace.config[key] = [*workspace.config["paths"], place] if key == "paths" else place

    result = workspace.sync()

    real = "/etc/hostname" if place.startswith("/") else str(tmp_path / "outside.txt")
    assert result.status == 2
    assert f"{place} leads to {os.path.realpath(real)}, which is outside of the project " in (
        result.err
    )
    assert requests_of(rdm) == []


@pytest.mark.server
def test_inside_of_the_project_paths_and_links_may_lead_anywhere(
    tmp_path: Path, fresh_rdm: Rdm
) -> None:
    (tmp_path / "plan.py").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one.txt").write_text("one")
    (tmp_path / "publication").mkdir()
    (tmp_path / "publication" / "two.txt").symlink_to(tmp_path / "data" / "one.txt")
    workspace = Workspace(tmp_path / "publication", fresh_rdm)
    workspace.config["paths"] = ["../data/one.txt", "two.txt"]

    workspace.synced()

    assert set(workspace.checksums()) == {"one.txt", "two.txt"}


@pytest.mark.server
def test_arguments_may_lead_out_of_the_project(tmp_path: Path, fresh_rdm: Rdm) -> None:
    (tmp_path / "outside.txt").write_text("mine")
    (tmp_path / "project" / ".git").mkdir(parents=True)
    workspace = Workspace(tmp_path / "project", fresh_rdm)

    workspace.synced("../outside.txt")

    assert set(workspace.checksums()) == {"outside.txt"}


ESCAPES = "\x1b]0;title\x07\x1b[31m\x9b2J\u202e\r"


@pytest.mark.server
def test_names_and_messages_do_not_steer_the_terminal(workspace: Workspace) -> None:
    workspace.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"
    workspace.environ["STEPUP_ZENODO_ATTEMPTS"] = "2"
    workspace.write(a_txt="aaa")
    for body in ({"status": 400, "message": ESCAPES}, f"<html>{ESCAPES}</html>"):
        for status in (400, 500):
            for options in ((), ("--json",), ("--verbose",)):
                workspace.rdm.faults({"status": status, "body": body, "times": 9})

                result = workspace.sync(*options)

                assert result.status == 1
                shown = (result.out + result.err).replace("\n", "")
                assert shown.isprintable(), shown


def test_json_escapes_what_steers_terminals(capsys: pytest.CaptureFixture[str]) -> None:

    output = Output(json=True)

    output.give({"name": ESCAPES})

    shown = capsys.readouterr().out
    assert shown.replace("\n", "").isprintable()
    assert json.loads(shown) == {"name": ESCAPES}


@pytest.mark.server
def test_scripts_in_a_readme_do_not_arrive(workspace: Workspace) -> None:
    (workspace.folder / "README.md").write_text(
        "# Title\n\n<script>alert(1)</script>\n\n[link](javascript:alert(1)) "
        "<img src=x onerror=alert(1)> <a href='data:text/html,x' onclick='y()'>a</a>\n"
    )
    workspace.config["path_readme"] = "README.md"
    workspace.write(a_txt="aaa")

    workspace.synced()

    stored = workspace.draft()["metadata"]["description"]
    assert [
        word for word in ("<script", "javascript:", "onerror", "onclick") if word in stored
    ] == []
    workspace.rdm.clear_log()
    workspace.synced()
    assert workspace.writes() == []
