"""Every message of an error is explained, and the explanations quote messages that exist."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from stepup_zenodo.config.file import parse_config
from stepup_zenodo.errors import Invalid

from .building import build
from .messages import HOLE, PAGE, Heading, all_texts, headings, raised_texts
from .pages import text_of
from .workspace import Result, Workspace


@pytest.mark.source
def test_headings_quote_the_code() -> None:
    """A message that changes has to change on the page too."""
    texts = all_texts()

    found = headings()

    assert [h.text for h in found if not any(h.quotes(text) for text in texts)] == []
    assert len({h.text for h in found}) == len(found)


@pytest.mark.source
def test_every_message_is_explained() -> None:
    """What is raised stands on the page."""
    found = headings()

    missing = [
        text
        for text in sorted(raised_texts())
        if len(text.replace(HOLE, "").split()) > 2 and not any(h.quotes(text) for h in found)
    ]

    assert missing == []


@pytest.mark.source
def test_no_message_advises_to_delete_a_file() -> None:
    """It could be a file of the user, also where it should be one of the program."""
    advice = re.compile(r"(?i)\b(delete|remove|erase) (it|them|the (\w+ ){0,3}file)\b")
    allowed = {
        "The draft is being reviewed by a community",  # the draft on the server
        "Whoever has this link",
        "the embargo is over",  # a key of the configuration
    }

    found = {text for text in all_texts() if advice.search(text) and " " in text}

    assert {
        text
        for text in found
        if text in raised_texts() and not any(text.startswith(start) for start in allowed)
    } == set()


def explained(text: str) -> Heading:
    """Return the entry of the page with this heading, which must be there."""
    return next(heading for heading in headings() if heading.text == text)


CONFIGS: Mapping[str, str] = {
    "the file is empty": "",
    "the file holds no mapping from keys to values": "- a",
    "the text is not valid YAML: <reason>": "a: b: c",
    "the key <key> is given twice, first in line <line>": "workers: 1\nworkers: 2",
    "the key is a list or a mapping, not a text": "[a]: 1",
    "a second document begins here, but a configuration is a single one": "workers: 1\n---\na: 1",
    "the alias *<name> has no anchor &<name> that ends before it": "paths: *x",
    "the tag <tag> is not supported": "paths: !x a",
    "<< takes a mapping or a list of mappings to be merged": "<<: 1",
    "the key <key> is unknown": "path: a",
    "the custom field <name> is unknown": "custom_fields: {dwc:genius: Felis}",
    "the key <key> is missing, expected <what>": "metadata: {related: [{identifier: 10.1234/a}]}",
    "the keys <one> and <other> mean the same": "metadata: {license: mit, licence: mit}",
    "found both <one> and <other>, expected one of them": (
        "metadata: {creators: [{family_name: A, organization: B}]}"
    ),
    "there is no value, expected <what>": "endpoint:",
    "found <what>, expected <what>": "metadata: {version: 1.0}",
    "the list is empty, expected <number> or more items": "metadata: {creators: []}",
    "this is the same as in line <line>": (
        "metadata: {creators: [{family_name: A, affiliation: [B, B]}]}"
    ),
    "the address holds a password, which would become public": (
        "code_repository: https://me:secret@example.org/code"
    ),
    "the scheme of <identifier> cannot be detected": (
        "metadata: {related: [{identifier: what, relation_type: cites}]}"
    ),
    "<identifier> is not a valid <scheme>, expected <form>": (
        "metadata: {creators: [{family_name: A, identifiers: {orcid: 0000-0002-1825-0098}}]}"
    ),
    "there is a given_name without family_name": "metadata: {creators: [{given_name: A}]}",
    "there is no such day in the calendar": "metadata: {publication_date: 2026-02-30}",
    "<address> cannot be the endpoint: <reason>": "endpoint: https://zenodo.org",
    '"<path>" is a folder, expected <what>': "paths: [data/]",
    '"<path>" is listed twice': "paths: [a, a]",
    '"<path>" and "<path>" have the same name': "paths: [a, b/a]",
    "<number> files are listed, a record takes at most <limit>": (
        f"paths: [{', '.join(f'f{i}' for i in range(101))}]"
    ),
}
"""Configurations in which a message appears."""


@pytest.mark.parametrize("message", CONFIGS)
def test_messages_about_the_configuration(message: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_config(CONFIGS[message], "zenodo.yaml")

    assert len(caught.value.problems) == 1
    assert explained(message).quotes(str(caught.value.problems[0]))


def broken_link(folder: Path) -> None:
    (folder / "a.txt").symlink_to("nowhere")


def sparse(folder: Path) -> None:
    with (folder / "a.txt").open("wb") as file:
        file.truncate(60 * 10**9)


def readme_without_text(folder: Path) -> None:
    (folder / "a.txt").write_text("a")
    (folder / "README.md").write_text("\n")


def readme_in_latin(folder: Path) -> None:
    (folder / "a.txt").write_text("a")
    (folder / "README.md").write_bytes("Höhe".encode("latin-1"))


def outside(folder: Path) -> None:
    (folder / "plan.py").touch()
    (folder / "a.txt").symlink_to(folder.parent / "a.txt")
    (folder.parent / "a.txt").write_text("a")


def empty(folder: Path) -> None:
    (folder / "a.txt").touch()


FILES: Mapping[str, Callable[[Path], object]] = {
    "<file> does not exist": lambda folder: None,
    "<file> is a link to nowhere": broken_link,
    "<file> is a folder, expected a file": lambda folder: (folder / "a.txt").mkdir(),
    "<file> is not a regular file": lambda folder: os.mkfifo(folder / "a.txt"),
    "<file> is empty, and <repository> refuses empty files": lambda folder: (
        folder / "a.txt"
    ).touch(),
    "<file> has <size> bytes, <repository> takes at most <limit>": sparse,
    "<file> has no text": readme_without_text,
    "<file> is not text in UTF-8": readme_in_latin,
    "<path> leads to <place>, which is outside of the project <folder>": outside,
}
"""Folders in which a message about the listed file or the README appears."""


@pytest.mark.parametrize("message", FILES)
def test_messages_about_files(message: str, offline: Workspace) -> None:
    offline.folder /= "project"
    offline.folder.mkdir()
    (offline.folder / "README.md").write_text("About a.\n")
    FILES[message](offline.folder)
    offline.config |= {"paths": ["a.txt"], "path_readme": "README.md"}
    offline.write_config()

    result = offline.run("check", "zenodo.yaml")

    assert (result.status, result.out) == (2, "")
    assert result.err.count("\n") == 1
    assert explained(message).quotes(result.err)


Situation = Callable[[Workspace], Result]


def synced(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()


def published(workspace: Workspace) -> None:
    synced(workspace)
    workspace.publish()


def after(*prepare: Callable[[Workspace], object], run: tuple[str, ...] = ("sync",)) -> Situation:
    """Return what prepares something and then runs a command."""

    def situation(workspace: Workspace) -> Result:
        for deed in prepare:
            deed(workspace)
        workspace.write_config()
        return workspace.run(run[0], "zenodo.yaml", *run[1:])

    return situation


def titled(title: str) -> Callable[[Workspace], None]:
    """Return what changes the title in the configuration."""
    return lambda workspace: workspace.config["metadata"].update(title=title)


def versioned(version: str) -> Callable[[Workspace], None]:
    """Return what changes the version in the configuration."""
    return lambda workspace: workspace.config["metadata"].update(version=version)


def with_token(text: str, mode: int = 0o600) -> Callable[[Workspace], None]:
    """Return what lets the token file hold a text."""

    def write(workspace: Workspace) -> None:
        path = workspace.folder / "token.txt"
        path.write_text(text)
        path.chmod(mode)
        workspace.config["path_token"] = str(path)

    return write


def with_id(text: str) -> Callable[[Workspace], None]:
    """Return what lets the record id file hold a text."""

    def write(workspace: Workspace) -> None:
        (workspace.folder / ".zenodo-record-id.txt").write_text(text)

    return write


def new_file(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")


def blocked_account(workspace: Workspace) -> None:
    workspace.rdm.faults({"method": "POST", "path": "/records$", "status": 403, "times": 9})


def damaged_state(workspace: Workspace) -> None:
    text = '{"format": 1, "endpoints": {"https://x/api": {}, "https://y/api": 1}}'
    (workspace.folder / ".zenodo-record-id.json").write_text(text)


def discarded_on_web(workspace: Workspace) -> None:
    path = f"/records/{workspace.record_id}/draft"
    workspace.rdm.request("DELETE", path).raise_for_status()


def changed_file(workspace: Workspace) -> None:
    workspace.write(a_txt="bbbb")


def edit_on_web(workspace: Workspace) -> None:
    workspace.edit_on_web(title="Theirs")


def replace_on_web(workspace: Workspace) -> None:
    workspace.upload_on_web("a.txt", b"theirs")


def add_on_web(workspace: Workspace) -> None:
    workspace.upload_on_web("b.txt", b"theirs")


SITUATIONS: Mapping[str, Situation] = {
    "<reason>, so the server was not asked": after(
        new_file, lambda workspace: workspace.config.update(path_token="none.txt")
    ),
    "There is no token in <place>: it is empty.": after(new_file, with_token("")),
    "There is something else than a token in <place>: a token is one word of letters, digits,"
    " hyphens and underscores.": after(new_file, with_token("two words")),
    "The server does not accept the token:": after(new_file, with_token("wrong")),
    "Could not <do what>. The server said: <reason>.": after(new_file, blocked_account),
    "The token file <path> can be read by others: restrict it with": after(
        new_file, with_token("wrong", 0o644)
    ),
    "There is no record yet.": after(new_file, run=("publish", "--yes")),
    '"<path>" is there already, and <reason>': after(new_file, with_id("<<<<<<< HEAD\n")),
    "The record id file names a record on <host>, but the endpoint is <address>.": after(
        new_file, with_id("https://zenodo.org/records/123")
    ),
    "The state file <path> is damaged.": after(synced, damaged_state),
    "it does not exist on this server, or was deleted in the web form.": after(
        synced, discarded_on_web
    ),
    "changed in <place> to <value> and on the server to <value>": after(
        synced, edit_on_web, titled("Ours")
    ),
    "Nothing was changed, because a person must decide:": after(
        synced, edit_on_web, titled("Ours")
    ),
    "changed on the server to <value>": after(synced, edit_on_web),
    "changed on disk and <done> on the server": after(synced, replace_on_web, changed_file),
    "but was never sent from here; --prune removes it": after(synced, add_on_web),
    "version <version> is published, so its files cannot change, but these differ from the disk:"
    " <files>": after(published, changed_file),
    "version <version> is lower than <version>, the latest one": after(
        published, versioned("0.9.0")
    ),
    "version <version> is only another spelling of <version>, the latest one": after(
        published, versioned("v1.0.0")
    ),
    "The draft cannot be <done> as it is:": after(synced, changed_file, run=("publish", "--yes")),
    "it is not equal to the configuration and the files": after(
        synced, changed_file, run=("publish", "--yes")
    ),
    "the file <name> <reason>": after(synced, add_on_web, run=("publish", "--yes")),
    "There is no draft to publish: the last version is public already.": after(
        published, run=("publish", "--yes")
    ),
    "There is no draft to delete: record <id> is published.": after(
        published, run=("discard", "--yes")
    ),
    "the configuration names no community": after(synced, run=("submit",)),
    "The record has no link with the id <id>.": after(synced, run=("share", "--revoke", "x")),
    "the extension <extension> is none of those known": after(new_file, run=("doi", "doi.pdf")),
}
"""What leads to a message of a command that asks the server."""


@pytest.mark.server
@pytest.mark.parametrize("message", SITUATIONS)
def test_messages_of_commands(message: str, workspace: Workspace) -> None:
    result = SITUATIONS[message](workspace)

    assert explained(message).quotes(result.err + result.out), result


PLAN = """\
#!/usr/bin/env python3
from stepup.core.api import static
from stepup_zenodo.api import sync_zenodo
static("zenodo.yaml")
sync_zenodo("zenodo.yaml")
"""
PENDING: Mapping[str, tuple[str, str, str]] = {
    "A step remains pending because of unavailable inputs": (
        PLAN,
        "Unavailable inputs",
        PLAN.replace('static("zenodo.yaml")', 'static("zenodo.yaml", "a.txt")'),
    ),
    "A step remains pending because of insufficient resources": (
        PLAN.replace(
            'l")\nsync_zenodo("zenodo.yaml"',
            'l", "a.txt")\nsync_zenodo("zenodo.yaml", resources="upload"',
        ),
        "Insufficient resources",
        PLAN.replace('static("zenodo.yaml")', 'static("zenodo.yaml", "a.txt")'),
    ),
}
"""A wrong plan, what StepUp says, and the plan that the page advises."""


@pytest.mark.slow
@pytest.mark.parametrize("heading", PENDING)
def test_messages_of_stepup(heading: str, offline: Workspace) -> None:
    """What StepUp says about mistakes in the plan."""
    wrong, message, right = PENDING[heading]
    offline.folder /= "project"
    offline.folder.mkdir()
    offline.write(a_txt="aaa")
    offline.write_config()
    plan = offline.folder / "plan.py"
    plan.write_text(wrong)
    plan.chmod(0o755)

    first = build(offline.folder)

    assert f"### {heading}\n" in text_of(PAGE)
    assert "step(s) remained pending" in first.output
    assert message in first.output
    plan.write_text(right)
    assert build(offline.folder).status == 0


def test_enough_messages_are_produced() -> None:
    assert len({*CONFIGS, *FILES, *SITUATIONS}) > 60
