"""Every advice of a message, followed to the letter, works: the message does not come again."""

import datetime
import io
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

from .messages import Heading, headings, raised_texts
from .pages import ROOT
from .rdm_server.fixture import Rdm
from .test_adopt import MINIMAL, make
from .workspace import Workspace

TODAY = datetime.datetime.now(datetime.UTC).date().isoformat()
SLUG = f"x{secrets.token_hex(8)}"
"""The name of a community that no run has made before."""
ID, STATE = ".zenodo-record-id.txt", ".zenodo-record-id.json"

Deed = Callable[[Workspace], object]
Remedy = Deed | tuple[str, ...]
"""What somebody does, or arguments to be added."""
SYNC = ("sync", "zenodo.yaml")
DIFF = ("diff", "zenodo.yaml")
PUBLISH = ("publish", "zenodo.yaml", "--yes")
SUBMIT = ("submit", "zenodo.yaml")


@attrs.frozen
class Row:
    """A situation, the message to which it leads, and all that the message advises."""

    message: str
    """The heading of the message on the page about troubleshooting."""

    command: tuple[str, ...]
    """What leads to it."""

    situation: tuple[Deed, ...]
    """What has happened before."""

    remedies: dict[str, Remedy]
    """What to do, by the words of the message that advise it."""

    ends: int = 0
    """The status of the command after that."""


def does(*args: str) -> Deed:
    """Return what runs a command, which must succeed."""

    def run(workspace: Workspace) -> None:
        workspace.write_config()
        result = workspace.run(args[0], "zenodo.yaml", *args[1:])
        assert result.status == 0, result

    return run


def both(*deeds: Deed) -> Deed:
    """Return what does one thing after the other."""

    def run(workspace: Workspace) -> None:
        for deed in deeds:
            deed(workspace)

    return run


def sets(**values: object) -> Deed:
    """Return what changes keys of the configuration, or takes them out."""

    def change(workspace: Workspace) -> None:
        workspace.config.update(values)
        for key in [key for key, value in values.items() if value is None]:
            del workspace.config[key]

    return change


def describes(**values: object) -> Deed:
    """Return what changes metadata in the configuration, or takes them out."""

    def change(workspace: Workspace) -> None:
        metadata = workspace.config["metadata"]
        metadata.update(values)
        for key in [key for key, value in values.items() if value is None]:
            del metadata[key]

    return change


def writes(**files: str) -> Deed:
    """Return what writes files and lists them."""
    return lambda workspace: workspace.write(**files)


def edits(**metadata: object) -> Deed:
    """Return what somebody saves on the web."""
    return lambda workspace: workspace.edit_on_web(**metadata)


def uploads(key: str, content: str) -> Deed:
    """Return what somebody uploads on the web."""
    return lambda workspace: workspace.upload_on_web(key, content.encode())


def gives_no_quota(workspace: Workspace) -> None:
    """Let the server give no more room to anybody."""
    workspace.rdm.configure(RDM_IMMEDIATE_QUOTA_INCREASE_ENABLED=False)


def gives_quota(workspace: Workspace) -> None:
    """Let the server give as much room as Zenodo does."""
    workspace.rdm.configure()


def request(method: str, path: str, token: str = "alice", json: object = None) -> Deed:
    """Return a request of somebody else; ID stands for the record."""

    def send(workspace: Workspace) -> None:
        address = path.replace("ID", workspace.record_id) if "ID" in path else path
        answer = workspace.rdm.request(method, address, token=token, json=json)
        answer.raise_for_status()

    return send


def holds(name: str, text: str) -> Deed:
    """Return what writes a text into a file that belongs to the record."""
    return lambda workspace: (workspace.folder / name).write_text(text)


def holds_elsewhere(workspace: Workspace) -> None:
    """Write the address of the record on another host into the record id file."""
    (workspace.folder / "here").write_text(workspace.record_id)
    (workspace.folder / ID).write_text(f"http://localhost/records/{workspace.record_id}")


def restricts(workspace: Workspace) -> None:
    """Hide the record from everybody else, as operators can."""
    path = f"/records/{workspace.record_id}/draft"
    body = workspace.rdm.get(path)
    body["access"] = {"record": "restricted", "files": "restricted"}
    workspace.rdm.request("PUT", path, json=body, token="admin").raise_for_status()


def token_elsewhere(workspace: Workspace) -> None:
    """Let the token file be one that lies elsewhere and holds something else."""
    path = workspace.folder.parent / f"{workspace.folder.name}.elsewhere"
    path.write_text("short")
    path.chmod(0o600)
    workspace.config["path_token"] = str(path)


def copies(name: str, to: str) -> Deed:
    return lambda workspace: shutil.copy(workspace.folder / name, workspace.folder / to)


def moves_away(name: str) -> Deed:
    return lambda workspace: (workspace.folder / name).rename(workspace.folder / "away")


def token_file(text: str = "", mode: int = 0o600) -> Deed:
    """Return what writes the token file of the project: a text, or the real token."""

    def write(workspace: Workspace) -> None:
        path = workspace.folder / "token"
        path.write_text(text or workspace.rdm.token)
        path.chmod(mode)
        workspace.config["path_token"] = "token"

    return write


def environ(name: str, value: str = "") -> Deed:
    """Return what sets a variable: to a value, or to the token."""
    return lambda workspace: workspace.environ.update({name: value or workspace.rdm.token})


FETCH, PIN = ("fetch", "RECORD", "data"), "data.zenodo-input.json"


def record_address(workspace: Workspace) -> str:
    """Return the address of the page of the record."""
    return f"{workspace.rdm.url}/records/{workspace.record_id}"


def fetches(workspace: Workspace) -> None:
    """Fetch the record, as somebody else would."""
    result = workspace.run("fetch", record_address(workspace), "data")
    assert result.status == 0, result


def holds_in_data(name: str, text: str) -> Deed:
    """Return what writes a file into the folder that is to be filled."""

    def write(workspace: Workspace) -> None:
        (workspace.folder / "data").mkdir()
        (workspace.folder / "data" / name).write_text(text)

    return write


def edited(name: str, old: str, new: str) -> Deed:
    """Return what replaces a text in a file."""

    def edit(workspace: Workspace) -> None:
        path = workspace.folder / name
        path.write_text(path.read_text().replace(old, new))

    return edit


another_id = sets(path_record_id=".other-id.txt")
draft = both(describes(publication_date=TODAY), writes(a_txt="one"), does("sync"))
two = both(describes(publication_date=TODAY), writes(a_txt="one", b_txt="b"), does("sync"))
public = both(draft, does("publish", "--yes"))
raised = describes(version="1.1.0")
gone = request("DELETE", "/records/ID/draft")


def readme(text: str) -> Deed:
    return both(
        sets(path_readme="README.md"),
        lambda workspace: (workspace.folder / "README.md").write_text(text),
    )


def description_is_theirs(workspace: Workspace) -> None:
    """Take what somebody wrote on the web over into the README."""
    assert workspace.run("pull", "zenodo.yaml").status == 0
    beside = workspace.folder / "README.server.html"
    assert "theirs" in beside.read_text()
    (workspace.folder / "README.md").write_text(beside.read_text())


def remembered_version(workspace: Workspace) -> None:
    """Write the id of the published version into the record id file."""
    (versions,) = [state["published"] for state in [workspace.state()]]
    (workspace.folder / ID).write_text(versions["1.0.0"])


def next_draft(workspace: Workspace) -> None:
    """Start the next version on the web."""
    path = f"/records/{workspace.record_id}/versions"
    made = workspace.rdm.request("POST", path)
    made.raise_for_status()
    (workspace.folder / "next").write_text(made.json()["id"])


def edit_left_open(workspace: Workspace) -> None:
    path = f"/records/{workspace.record_id}/draft"
    workspace.rdm.request("POST", path).raise_for_status()
    workspace.edit_on_web(publisher="Half done")


def next_id(workspace: Workspace) -> str:
    return (workspace.folder / "next").read_text()


def discard_next(workspace: Workspace) -> None:
    path = f"/records/{next_id(workspace)}/draft"
    workspace.rdm.request("DELETE", path).raise_for_status()


def next_id_in_file(workspace: Workspace) -> None:
    (workspace.folder / ID).write_text(next_id(workspace))


def decline(workspace: Workspace) -> None:
    review = workspace.rdm.get(f"/records/{workspace.record_id}/draft/review")
    path = f"/requests/{review['id']}/actions/decline"
    workspace.rdm.request("POST", path, json={}, token="bob").raise_for_status()


def interrupted(workspace: Workspace) -> None:
    """Lose the answer to a creation, after which somebody changes the draft."""
    workspace.environ["STEPUP_ZENODO_ATTEMPTS"] = "1"
    before = {*workspace.drafts_of_user()}
    fault = {"method": "POST", "path": "/records$", "drop": True, "after": True, "times": 1}
    silent = {"method": "GET", "path": "/user/records", "status": 503, "times": 9}
    workspace.rdm.faults(fault, silent)
    workspace.write_config()
    assert workspace.run("sync", "zenodo.yaml").status == 1
    workspace.rdm.no_faults()
    (made,) = {*workspace.drafts_of_user()} - before
    (workspace.folder / "made").write_text(made)
    path = f"/records/{made}/draft"
    body = workspace.rdm.get(path)
    body["metadata"]["publisher"] = "Somebody"
    workspace.rdm.request("PUT", path, json=body).raise_for_status()


def found_id(workspace: Workspace) -> None:
    shutil.copy(workspace.folder / "made", workspace.folder / ID)


def of_bob(workspace: Workspace) -> None:
    workspace.config["path_token"] = str(workspace.rdm.other_token_file)


def of_alice(workspace: Workspace) -> None:
    workspace.config["path_token"] = str(workspace.rdm.token_file)


def unfinished(key: str) -> Deed:
    return request("POST", "/records/ID/draft/files", json=[{"key": key}])


def printing(doi: str) -> Deed:
    return writes(c_txt=f"See https://doi.org/{doi} please.\n")


def own_doi(workspace: Workspace) -> None:
    """Build the file with the DOI, as a document that includes it would."""
    workspace.write_config()
    assert workspace.run("doi", "zenodo.yaml", "doi.txt").status == 0
    workspace.write(c_txt=(workspace.folder / "doi.txt").read_text())


def rehearsed(workspace: Workspace) -> None:
    """Rehearse on another endpoint, and print its DOI."""
    here = workspace.config["endpoint"]
    workspace.config["endpoint"] = here.replace("127.0.0.1", "localhost")
    does("sync")(workspace)
    does("doi", "doi.txt")(workspace)
    workspace.config["endpoint"] = here
    printing((workspace.folder / "doi.txt").read_text().strip())(workspace)


def lists_c(workspace: Workspace) -> None:
    (workspace.folder / "c.txt").write_text("web")
    workspace.config["paths"].append("c.txt")


def makes_equal(workspace: Workspace) -> None:
    workspace.write(a_txt="theirs")


def renames(workspace: Workspace) -> None:
    (workspace.folder / "c.txt").rename(workspace.folder / "d.txt")
    workspace.config["paths"] = ["a.txt", "d.txt"]


def takes_off(name: str) -> Deed:
    return lambda workspace: workspace.remove_file(name)


EXTERNAL = {
    "metadata": {**MINIMAL, "version": "1.0"},
    "pids": {"doi": {"provider": "external", "identifier": "10.1234/ext-1"}},
}


def adopted_from_elsewhere(workspace: Workspace) -> None:
    """Adopt a record with a DOI from elsewhere, and raise its version."""
    made = make(workspace.rdm, EXTERNAL, public=True, a_txt="aaa")
    endpoint = ("--endpoint", workspace.rdm.endpoint, "--path-token", str(workspace.rdm.token_file))
    assert workspace.run("adopt", made, *endpoint).status == 0
    workspace.config = yaml.safe_load((workspace.folder / "zenodo.yaml").read_text())
    workspace.config["metadata"]["version"] = "1.1"


def new_record_with_relation(workspace: Workspace) -> None:
    another_id(workspace)
    related = [{"identifier": "10.1234/ext-1", "relation_type": "isNewVersionOf"}]
    workspace.config["metadata"]["related"] = related


IN_REVIEW = both(sets(community="demo"), draft, does("submit"))
WITHDRAW = does("submit", "--withdraw")
THEIR_C = both(draft, uploads("c.txt", "theirs"), writes(c_txt="ours"))

ROWS: list[Row] = [
    # The files of the record.
    Row(
        '"<path>" is there already, and <reason>',
        SYNC,
        (draft, holds(ID, "<<<<<<< HEAD\n")),
        {
            "write the id, the DOI or the address of your record into it": lambda workspace: (
                workspace.folder / ID
            ).write_text(workspace.state()["record"]),
            "or choose another path": another_id,
        },
    ),
    Row(
        '"<path>" is there already, and <reason>',
        SYNC,
        (draft, holds(STATE, "[1]")),
        {"move it away": moves_away(STATE), "choose another path_record_id": another_id},
    ),
    Row(
        "The record id file names a record on <host>, but the endpoint is <address>.",
        SYNC,
        (draft, moves_away(STATE), holds_elsewhere),
        {
            "Write the id of the record on that endpoint into it": copies("here", ID),
            "correct the endpoint": lambda workspace: workspace.config.update(
                endpoint=workspace.rdm.endpoint.replace("127.0.0.1", "localhost")
            ),
            "choose another path_record_id": another_id,
        },
    ),
    Row(
        "The state file <path> is damaged.",
        SYNC,
        (draft, holds(STATE, '{"format": 1, "endpoints": {"https://x/api": 1}}')),
        {"Move it away": moves_away(STATE)},
    ),
    Row(
        "The state file <path> was written by another version of stepup-zenodo",
        SYNC,
        (draft, holds(STATE, '{"format": 99, "endpoints": {}}')),
        {"move the file away": moves_away(STATE)},
    ),
    Row(
        "it does not exist on this server, or was deleted in the web form.",
        SYNC,
        (draft, gone),
        {"Choose another path_record_id": another_id},
    ),
    Row(
        "it does not exist on this server, or was deleted in the web form.",
        SYNC,
        (public, raised, does("sync"), gone),
        {"the id of a published version, into the record id file": remembered_version},
    ),
    Row(
        "An earlier run was interrupted while it created a draft.",
        SYNC,
        (writes(a_txt="one"), interrupted),
        {
            "write its id into the record id file": found_id,
            "use --ours to start a new record": does("sync", "--ours"),
        },
    ),
    Row(
        "There is no record yet.",
        PUBLISH,
        (describes(publication_date=TODAY), writes(a_txt="one")),
        {"Create it with `stepup-zenodo sync zenodo.yaml`": does("sync")},
    ),
    # The token.
    Row(
        "The server cannot be asked, as <reason>.",
        DIFF,
        (draft, sets(path_token="none")),
        {
            "Set STEPUP_ZENODO_TOKEN": environ("STEPUP_ZENODO_TOKEN"),
            "put a token into none": lambda workspace: shutil.copy(
                workspace.rdm.token_file, workspace.folder / "none"
            ),
        },
    ),
    Row(
        "The server cannot be asked, as <reason>.",
        DIFF,
        (draft, sets(path_token=None)),
        {"add path_token to the configuration": token_file()},
    ),
    Row(
        "There is something else than a token in <place>: a token is one word of letters, digits,"
        " hyphens and underscores.",
        SYNC,
        (draft, token_file("two words")),
        {"a token is one word": token_file()},
    ),
    Row(
        "The server does not accept the token:",
        SYNC,
        (draft, token_file("a" * 60)),
        {"put it in the place of the old one": token_file()},
    ),
    Row(
        "The token file <path> can be read by others: restrict it with",
        SYNC,
        (draft, token_file(mode=0o644)),
        {"`chmod 600 token`": lambda workspace: (workspace.folder / "token").chmod(0o600)},
    ),
    Row(
        "The configuration wants to send the token from <place> to <host>, which is <what>.",
        SYNC,
        (
            draft,
            environ("STEPUP_ZENODO_TOKEN"),
            environ("STEPUP_ZENODO_HOSTS", "example.org"),
        ),
        {
            "set the environment variable STEPUP_ZENODO_HOSTS=": lambda workspace: environ(
                "STEPUP_ZENODO_HOSTS", workspace.rdm.url.removeprefix("http://")
            )(workspace),
        },
    ),
    Row(
        "its draft belongs to another account than the token.",
        SYNC,
        (draft, of_bob),
        {"Use the token of its owner": of_alice},
    ),
    Row(
        "it belongs to another account than the token.",
        SYNC,
        (draft, restricts, does("publish", "--yes"), of_bob),
        {"Use the token of its owner": of_alice},
    ),
    Row(
        "it was published and then removed.",
        SYNC,
        (
            public,
            request("DELETE", "/records/ID/delete", "admin", json={"note": "wrong"}),
        ),
        {"Choose another path_record_id": another_id},
    ),
    Row(
        "The token file <path> does not hold a token of Zenodo or InvenioRDM",
        SYNC,
        (draft, token_elsewhere),
        {
            "Correct path_token": of_alice,
            "give the token in the environment variable STEPUP_ZENODO_TOKEN": environ(
                "STEPUP_ZENODO_TOKEN"
            ),
        },
    ),
    # Conflicts.
    Row(
        "changed in <place> to <value> and on the server to <value>",
        SYNC,
        (draft, edits(title="Theirs"), describes(title="Ours")),
        {
            "use --ours to overwrite the server": does("sync", "--ours"),
            "--theirs to keep what it has": does("sync", "--theirs"),
            "`stepup-zenodo pull` to take that over": does("pull"),
        },
    ),
    Row(
        "changed in <place> to <value> and on the server to <value>",
        SYNC,
        (
            readme("Old text.\n"),
            draft,
            edits(description="<p>theirs</p>"),
            readme("New text.\n"),
        ),
        {
            "use --ours to overwrite the server": does("sync", "--ours"),
            "--theirs to keep what it has": does("sync", "--theirs"),
            "`stepup-zenodo pull` to take that over": both(
                description_is_theirs, does("sync", "--ours")
            ),
        },
    ),
    Row(
        "<items> replaced in <place> by <items> and on the server by <items>",
        SYNC,
        (
            describes(keywords=["old"]),
            draft,
            edits(subjects=[{"subject": "theirs"}]),
            describes(keywords=["ours"]),
        ),
        {
            "use --ours to overwrite the server": does("sync", "--ours"),
            "--theirs to keep what it has": does("sync", "--theirs"),
            "`stepup-zenodo pull` to take that over": does("pull"),
        },
    ),
    Row(
        "changed on disk and <done> on the server",
        SYNC,
        (draft, uploads("a.txt", "theirs"), writes(a_txt="ours")),
        {
            "use --ours to send the file on disk": does("sync", "--ours"),
            "--theirs to leave the server as it is": does("sync", "--theirs"),
        },
    ),
    Row(
        "changed on disk and <done> on the server",
        SYNC,
        (draft, request("DELETE", "/records/ID/draft/files/a.txt"), writes(a_txt="ours")),
        {
            "use --ours to send the file on disk": does("sync", "--ours"),
            "--theirs to leave the server as it is": does("sync", "--theirs"),
        },
    ),
    Row(
        "is new here, but somebody else has put another file with this name on the server",
        SYNC,
        (THEIR_C,),
        {
            "rename the file": renames,
            "use --ours to replace the other one": does("sync", "--ours"),
            "--theirs to leave it": does("sync", "--theirs"),
        },
    ),
    Row(
        "no longer listed in the configuration, but replaced on the server",
        SYNC,
        (two, uploads("b.txt", "theirs"), takes_off("b.txt")),
        {
            "use --ours to delete it": does("sync", "--ours"),
            "--theirs to keep it": does("sync", "--theirs"),
        },
    ),
    Row(
        "version <version> is published, so its files cannot change, but these differ from the"
        " disk: <files>",
        SYNC,
        (public, writes(a_txt="new")),
        {"raise the version in the configuration": raised},
    ),
    Row(
        "somebody left changes of the published metadata open in the web form",
        SYNC,
        (public, edit_left_open, describes(title="Ours")),
        {
            "publish or discard them there first": gone,
            "publish or discard": request("POST", "/records/ID/draft/actions/publish"),
        },
    ),
    Row(
        "a draft of the next version exists that was not started from here",
        SYNC,
        (public, next_draft, raised),
        {
            "write its id into the record id file": next_id_in_file,
            "discard it in the web form": discard_next,
            "use --ours to take it over": does("sync", "--ours"),
        },
    ),
    Row(
        "it is being reviewed by a community, and <changes> waiting",
        SYNC,
        (IN_REVIEW, describes(title="Ours")),
        {
            "wait for the decision": decline,
            "withdraw it from review": WITHDRAW,
            "use --ours to change it now": does("sync", "--ours"),
        },
    ),
    Row(
        "version <version> is lower than <version>, the latest one",
        SYNC,
        (public, describes(version="0.9.0")),
        {"give the version that you want to publish next": raised},
    ),
    Row(
        "the DOI <doi> of record <id> was not given by this server, and Zenodo starts no new"
        " versions of such records",
        SYNC,
        (adopted_from_elsewhere,),
        {"choose another path_record_id": new_record_with_relation},
    ),
    # Publishing.
    Row(
        "it is not equal to the configuration and the files",
        PUBLISH,
        (draft, writes(a_txt="new")),
        {"see `stepup-zenodo diff`, and run `stepup-zenodo sync`": does("sync")},
    ),
    Row(
        "the file <name> <reason>",
        PUBLISH,
        (draft, uploads("c.txt", "web")),
        {
            "list it in paths": both(lists_c, does("sync")),
            "delete it with `stepup-zenodo sync --prune`": does("sync", "--prune"),
        },
    ),
    Row(
        "the file <name> is not the one on disk: <reason>",
        PUBLISH,
        (draft, uploads("a.txt", "theirs")),
        {
            "send yours with `stepup-zenodo sync --ours`": does("sync", "--ours"),
            "make yours equal to theirs": makes_equal,
        },
    ),
    Row(
        "the file <name> is not the one on disk: <reason>",
        PUBLISH,
        (two, request("DELETE", "/records/ID/draft/files/b.txt")),
        {
            "send yours with `stepup-zenodo sync --ours`": does("sync", "--ours"),
            "take it off the configuration": takes_off("b.txt"),
        },
    ),
    Row(
        "is missing",
        PUBLISH,
        (draft, describes(creators=None), edits(creators=[])),
        {
            "give it in the configuration, and sync; with `stepup-zenodo sync --ours`": both(
                describes(creators=[{"family_name": "Lovelace", "given_name": "Ada"}]),
                does("sync", "--ours"),
            ),
        },
    ),
    Row(
        "there are no files",
        PUBLISH,
        (describes(publication_date=TODAY), does("sync")),
        {"list them, and sync": both(writes(a_txt="one"), does("sync"))},
    ),
    Row(
        "the upload of <file> is not complete",
        PUBLISH,
        (draft, writes(c_txt="c"), unfinished("c.txt")),
        {"sync again; with `stepup-zenodo sync --ours`": does("sync", "--ours")},
    ),
    Row(
        "<date> is in the future",
        PUBLISH,
        (describes(publication_date="2999-01-01"), writes(a_txt="one"), does("sync")),
        {"change the date": both(describes(publication_date=TODAY), does("sync"))},
    ),
    Row(
        "<date> is the day on which the draft was made, today is <date> in UTC",
        PUBLISH,
        (
            describes(publication_date=None),
            writes(a_txt="one"),
            does("sync"),
            edits(publication_date="2026-01-02"),
        ),
        {"give the date": both(describes(publication_date=TODAY), does("sync", "--ours"))},
    ),
    Row(
        "<file> prints the DOI <doi>, but this version has <doi>",
        PUBLISH,
        (draft, does("doi"), printing("10.5072/zenodo.1"), does("sync")),
        {
            "build it with `stepup-zenodo doi`, and sync": both(own_doi, does("sync")),
            "use --any-doi": ("--any-doi",),
        },
    ),
    Row(
        "<file> prints the DOI <doi>, but the DOI of this version is not reserved yet",
        PUBLISH,
        (draft, printing("10.5072/zenodo.1"), does("sync")),
        {
            "reserve it and build the file with `stepup-zenodo doi`, and sync": both(
                own_doi, does("sync")
            ),
            "use --any-doi": ("--any-doi",),
        },
    ),
    Row(
        "<file> prints the DOI <doi>, <reason>",
        PUBLISH,
        (draft, rehearsed, does("sync")),
        {"build it with `stepup-zenodo doi`, and sync": both(own_doi, does("sync"))},
    ),
    Row(
        "names the DOI <doi>, <reason>",
        PUBLISH,
        (
            lambda workspace: workspace.rdm.configure(DATACITE_PREFIX="10.5281"),
            draft,
            does("doi"),
            sets(description="See 10.5072/zenodo.77."),
            does("sync"),
        ),
        {"correct it, and sync": both(sets(description="See elsewhere."), does("sync"))},
    ),
    Row(
        "<file> holds the placeholder for the DOI",
        PUBLISH,
        (
            draft,
            sets(doi_placeholder="10.5072/zenodo.0"),
            printing("10.5072/zenodo.0"),
            does("sync"),
        ),
        {"build it again with a token, and sync": both(own_doi, does("sync"))},
    ),
    Row(
        "<text> is an example that `stepup-zenodo init` has written",
        PUBLISH,
        (draft, describes(title="The Title of the Record"), does("sync")),
        {"write what is true of your work": both(describes(title="Levels"), does("sync"))},
    ),
    Row(
        "this version has no version text, but the latest one has <version>",
        PUBLISH,
        (public, raised, does("sync"), describes(version=""), does("sync")),
        {"raise metadata.version in the configuration, and sync": both(raised, does("sync"))},
    ),
    Row(
        "There is no draft to publish: the last version is public already.",
        PUBLISH,
        (public,),
        {
            "Raise metadata.version in the configuration and run `stepup-zenodo sync`": both(
                raised, does("sync")
            ),
        },
    ),
    # Communities.
    Row(
        "it is prepared for a review by a community",
        PUBLISH,
        (sets(community="demo"), draft),
        {
            "remove the community from the configuration and use `stepup-zenodo submit --with": (
                both(sets(community=None), WITHDRAW)
            ),
        },
    ),
    Row(
        "it is being reviewed by a community, which publishes it by accepting it",
        PUBLISH,
        (IN_REVIEW, sets(community=None)),
        {"take it back with `stepup-zenodo submit --withdraw`": WITHDRAW},
    ),
    Row(
        "the draft is being reviewed by another one",
        SYNC,
        (
            IN_REVIEW,
            request(
                "POST",
                "/communities",
                "bob",
                json={"slug": SLUG, "metadata": {"title": "X"}, "access": {"visibility": "public"}},
            ),
            sets(community=SLUG),
        ),
        {"take it back with `stepup-zenodo submit --withdraw`": WITHDRAW},
    ),
    Row(
        "the configuration names no community",
        SUBMIT,
        (draft,),
        {"add its name as in the address of its page": sets(community="demo")},
    ),
    Row(
        "the server has no community <name>",
        SYNC,
        (draft, sets(community="unknown")),
        {"copy its name from the address of its page": sets(community="demo")},
    ),
    Row(
        "The draft is being reviewed by a community, so the server does not delete it.",
        ("discard", "zenodo.yaml", "--yes"),
        (IN_REVIEW,),
        {"Take it back first with `stepup-zenodo submit --withdraw`": WITHDRAW},
    ),
    Row(
        "The draft of a new version is not reviewed: it belongs to the communities of the record.",
        SUBMIT,
        (public, raised, sets(community="demo"), does("sync")),
        {"Publish it with `stepup-zenodo publish`": does("publish", "--yes")},
    ),
    # What owners may do for a while.
    Row(
        "Record <id> has a draft, which was never public, or whose last version is.",
        ("delete", "zenodo.yaml", "--reason", "test-record"),
        (public, raised, does("sync"), request("POST", "/records/ID/draft/pids/doi")),
        {"Delete the draft first, with `stepup-zenodo discard`": does("discard", "--yes")},
        ends=1,
    ),
    Row(
        "The draft is not public yet, so there is nothing to correct: run",
        ("correct-files", "zenodo.yaml", "--yes"),
        (draft, writes(a_txt="changed")),
        {"run `stepup-zenodo sync`": does("sync")},
        ends=1,
    ),
    Row(
        "The configuration is about another version than <version>, which is public.",
        ("correct-files", "zenodo.yaml", "--yes"),
        (public, raised),
        {
            "Give metadata.version as it is there": describes(version="1.0.0"),
            "run `stepup-zenodo sync`": both(does("sync"), does("publish", "--yes")),
        },
    ),
    Row(
        "Record <id> is public, so its files cannot become more.",
        ("quota", "zenodo.yaml", "--raise", "60"),
        (public,),
        {"Raise metadata.version, run `stepup-zenodo sync`": both(raised, does("sync"))},
    ),
    Row(
        "The server does not give <number> GB for this record, so no file was sent.",
        SYNC,
        (draft, gives_no_quota, sets(quota=60)),
        {
            "Lower `quota` in the configuration": both(gives_quota, sets(quota=55)),
            "take it out": sets(quota=None),
        },
    ),
    # Other commands.
    Row(
        "A build does not <do what>: run this command yourself, outside of StepUp.",
        PUBLISH,
        (draft, environ("STEPUP_JOB_I", "1")),
        {
            "run this command yourself, outside of StepUp": lambda workspace: workspace.environ.pop(
                "STEPUP_JOB_I"
            ),
        },
    ),
    Row(
        "<file> is there already. Give another name, or move it away.",
        ("init", "zenodo.yaml"),
        (holds("zenodo.yaml", "endpoint: x\n"),),
        {"move it away": moves_away("zenodo.yaml")},
    ),
    Row(
        "the extension <extension> is none of those known",
        ("doi", "zenodo.yaml", "doi.pdf"),
        (draft,),
        {"use one of .txt": does("doi", "doi.txt")},
        ends=2,
    ),
    Row(
        'the server has no <noun> with the id "<id>"',
        SYNC,
        (
            draft,
            describes(
                creators=[
                    {"family_name": "L", "affiliations": [{"ror": "https://ror.org/03yrm5c26"}]}
                ]
            ),
        ),
        {
            "give the name instead of the id": describes(
                creators=[{"family_name": "L", "affiliations": ["California Digital Library"]}]
            ),
        },
    ),
]


FETCHED = [
    Row(
        "<folder> was not fetched: there is no <pin>.",
        (*FETCH, "--check"),
        (public,),
        {"Run the same command without --check": fetches},
    ),
    Row(
        "<path> is damaged, so it is not known which version is wanted.",
        FETCH,
        (public, holds(PIN, "{}")),
        {"run the same `stepup-zenodo fetch` with --update": ("--update",)},
    ),
    Row(
        "<path> is the pin of <record> (<endpoint>), not of <other>.",
        FETCH,
        (public, fetches, edited(PIN, '/api"', '/other/api"')),
        {"--update`, with --endpoint if you use it": ("--update",)},
    ),
    Row(
        "Nothing was fetched, because these were changed or made here: <files>.",
        FETCH,
        (public, holds_in_data("a.txt", "mine")),
        {"Rename them, and run this again": moves_away("data/a.txt")},
    ),
    Row(
        "<option> is set, and not everything is here.",
        FETCH,
        (public, environ("STEPUP_ZENODO_OFFLINE", "1")),
        {
            "Unset STEPUP_ZENODO_OFFLINE to ask the server": lambda workspace: (
                workspace.environ.pop("STEPUP_ZENODO_OFFLINE")
            ),
        },
    ),
]
"""Situations of those who fetch the record; RECORD stands for its address."""


def cases() -> Iterator[Any]:
    for row in (*ROWS, *FETCHED):
        for words, remedy in row.remedies.items():
            yield pytest.param(row, words, remedy, id=f"{row.message[:40]}-{words[:40]}")


@pytest.fixture
def project(tmp_path: Path, rdm: Rdm) -> Workspace:
    """Return an empty project whose faults take no time; the server has records of other rows."""
    workspace = Workspace(tmp_path, rdm)
    workspace.environ |= {
        "STEPUP_ZENODO_ATTEMPTS": "2",
        "STEPUP_ZENODO_RETRY_DELAY": "0",
        "STEPUP_ZENODO_SETTLE": "0",
    }
    return workspace


@pytest.mark.server
@pytest.mark.parametrize(("row", "words", "remedy"), [*cases()])
def test_the_remedy_works(
    project: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    row: Row,
    words: str,
    remedy: Remedy,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    heading = Heading(row.message)
    assert row.message in {found.text for found in headings()}, "the page explains it"
    for deed in row.situation:
        deed(project)
    if row.command[0] != "init":
        project.write_config()
    command = [record_address(project) if word == "RECORD" else word for word in row.command]
    before = project.run(*command)
    assert heading.quotes(before.err), before
    assert words in before.err, before

    more: tuple[str, ...] = ()
    if isinstance(remedy, tuple):
        more = remedy
    else:
        remedy(project)
        if row.command[0] != "init" and "pull" not in words:
            project.write_config()
    after = project.run(*command, *more)

    assert not heading.quotes(after.err) or row.ends, after
    assert after.status == row.ends, after


OTHERWISE = {
    "changed while it was read: archive it when it is complete.": "test_archive",
    "is meant to hold the record id, but somebody has put something else into it.": "test_state",
    "is there already, with another content than on the server.": "test_adopt",
    "is there already. Adopt the record into another folder.": "test_adopt",
    "Another run works on the same record for more than": "test_crash",
    "No browser was found to show": "test_preview",
    "While this run waited for another one, path_record_id was changed": "test_crash",
    "It is not known whether the community was asked": "test_community",
    "the correction is saved on the server, and not public yet": "test_causes",
    "Gave up after \0 rounds.": "test_faults",
    "Only configurations in YAML can be changed, and": "test_pull",
    "Record \0 has no metadata.": "test_adopt",
    "Somebody else has changed the draft in the meantime, so nothing was": "test_publish",
    "which starts no new versions of such records. Choose": "test_causes",
    "The account of the token may not read the files of record": "test_adopt",
    "The certificates that the environment variable": "test_hostile",
    "has no locks": "test_border",
    "The folder \0 does not exist. Make it first.": "test_preview",
    "The proxy for": "test_hostile",
    "holds something else than a record id.": "test_state",
    "The server lists no published version before the draft": "test_discard",
    "Give one with --reason:": "test_owner",
    "its owner has changed the files after": "test_fetch",
    "was published and then removed": "test_fetch",
    "is in the way, and was not made by this program.": "test_hostile_inputs",
    "The server does not let you change the files of version": "test_owner",
}
"""Advice that needs no server or a special machine, and the module that brings the message up."""

ADVICE = re.compile(
    r"(?i)(?:^|[.:;,(] |\bor |\band )(?:write|choose|use|run|delete|move|update|correct|make it|"
    r"make a|raise|give|set|work in|take|name|wait|publish|look at|try again|adopt|unset|create|"
    r"open it|archive it|discard|rename|restrict)\b"
)
"""How an advice begins."""


@pytest.mark.source
def test_every_advice_is_followed() -> None:
    """A new message that advises something gets a row."""
    followed = [Heading(row.message) for row in (*ROWS, *FETCHED)]

    left = {
        text
        for text in raised_texts()
        if ADVICE.search(text) and not any(heading.quotes(text) for heading in followed)
    }

    assert {text for text in left if not any(part in text for part in OTHERWISE)} == set()
    assert [part for part in OTHERWISE if not any(part in text for text in left)] == []
    assert all((ROOT / "tests" / f"{module}.py").is_file() for module in OTHERWISE.values())
