"""The program and a person in the web form work on the same record."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from stepup_zenodo.remote.client import Client
from stepup_zenodo.remote.protocol import Answer, Request
from stepup_zenodo.remote.transport import Content

from .workspace import Workspace, checksums, md5

pytestmark = pytest.mark.server

Draft = dict[str, Any]

CONFIG: Mapping[str, Mapping[str, Any]] = {
    "base": {
        "title": "Base title",
        "keywords": ["base", "common"],
        "creators": [{"family_name": "Lovelace", "given_name": "Ada"}],
        "license": ["cc-by-4.0"],
        "funding": [{"funder": {"name": "Base Foundation"}, "award": {"title": "Base grant"}}],
        "journal": {"title": "Base Journal"},
        "access": {"files": "public"},
        "file": "base",
    },
    "ours": {
        "title": "Our title",
        "keywords": ["ours"],
        "creators": [{"family_name": "Lovelace", "given_name": "A."}],
        "license": ["mit"],
        "funding": [{"funder": {"name": "Our Foundation"}, "award": {"title": "Our grant"}}],
        "journal": {"title": "Our Journal"},
        "access": {"embargo": {"until": "2999-01-01"}},
        "file": "ours",
    },
}
"""What a configuration says, for each kind of field."""


def person(given: str) -> Draft:
    names = {"type": "personal", "family_name": "Lovelace", "given_name": given}
    return {"person_or_org": names}


def funded(word: str) -> Draft:
    return {
        "funder": {"name": f"{word} Foundation"},
        "award": {"title": {"en": f"{word} grant"}},
    }


EMBARGO = {"active": True, "until": "2999-01-01"}
WEB: Mapping[str, Mapping[str, Any]] = {
    "base": {
        "title": "Base title",
        "keywords": [{"subject": "base"}, {"subject": "common"}],
        "creators": [person("Ada")],
        "license": [{"id": "cc-by-4.0"}],
        "funding": [funded("Base")],
        "journal": {"title": "Base Journal"},
        "access": {"record": "public", "files": "public"},
        "file": "base",
    },
    "ours": {
        "title": "Our title",
        "keywords": [{"subject": "ours"}],
        "creators": [person("A.")],
        "license": [{"id": "mit"}],
        "funding": [funded("Our")],
        "journal": {"title": "Our Journal"},
        "access": {"record": "public", "files": "restricted", "embargo": EMBARGO},
        "file": "ours",
    },
    "theirs": {
        "title": "Their title",
        "keywords": [{"subject": "theirs"}],
        "creators": [person("Theirs")],
        "license": [{"id": "cc0-1.0"}],
        "funding": [funded("Their")],
        "journal": {"title": "Their Journal", "volume": "7"},
        "access": {"record": "public", "files": "restricted"},
        "file": "theirs",
    },
}
"""What the server holds, or a person saves, for each kind of field."""

KINDS = tuple(CONFIG["base"])

LISTS = ("keywords", "creators", "funding")
"""Those that are compared by item, so that one has come and another one gone."""


WHERE = [
    "- a.txt",
    "- base",
    "- cc-by-4.0",
    "- family_name: Lovelace",
    "- funder:",
    "files: public",
    "title: Base Journal",
    "title: Base title",
]
"""The lines of the configuration at which the values begin that it has for them."""


def configure(workspace: Workspace, side: str) -> None:
    values = dict(CONFIG[side])
    workspace.write(a_txt=values.pop("file"))
    for kind in ("journal", "access"):
        workspace.config[kind] = values.pop(kind)
    workspace.config["metadata"].update(values)


def save_on_web(workspace: Workspace, change: Callable[[Draft], None]) -> None:
    """Save as the web form does: everything that was read, changed, without `If-Match`."""
    path = f"/records/{workspace.record_id}/draft"
    draft = workspace.rdm.get(path)
    change(draft)
    workspace.rdm.request("PUT", path, json=draft).raise_for_status()


def put(draft: Draft, values: Mapping[str, Any]) -> None:
    names = {"keywords": "subjects", "license": "rights"}
    for kind in ("title", "keywords", "creators", "license", "funding"):
        draft["metadata"][names.get(kind, kind)] = values[kind]
    draft["custom_fields"]["journal:journal"] = values["journal"]
    draft["access"] = values["access"]


def on_web(workspace: Workspace, side: str) -> None:
    save_on_web(workspace, lambda draft: put(draft, WEB[side]))
    workspace.upload_on_web("a.txt", WEB[side]["file"].encode())


def without(value: Any, *keys: str) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, list):
        return [without(item, *keys) for item in value]
    if isinstance(value, dict):
        return {key: without(item, *keys) for key, item in value.items() if key not in keys}
    return value


def held(workspace: Workspace) -> Draft:
    """Return what the server holds, for each kind of field, in the form of `WEB`."""
    draft = workspace.draft()
    metadata = draft["metadata"]
    access = without(draft["access"], "status")
    if not access["embargo"]["active"]:
        del access["embargo"]
    else:
        access["embargo"] = {key: item for key, item in access["embargo"].items() if item}
    found = checksums(draft)["a.txt"]
    contents = {md5(values["file"]): values["file"] for values in WEB.values()}
    people = [without(item, "affiliations", "role") for item in metadata["creators"]]
    for item in people:
        del item["person_or_org"]["name"]
    return {
        "title": metadata["title"],
        "keywords": metadata.get("subjects", []),
        "creators": people,
        "license": [{"id": item["id"]} for item in metadata["rights"]],
        "funding": metadata.get("funding", []),
        "journal": draft["custom_fields"]["journal:journal"],
        "access": access,
        "file": contents[found],
    }


def before_requests(monkeypatch: pytest.MonkeyPatch, act: Callable[[Request], None]) -> None:
    """Let something happen right before each request of the program."""
    real = Client._exchange

    def exchange(client: Client, request: Request, content: Callable[[], Content] | None) -> Answer:
        act(request)
        return real(client, request, content)

    monkeypatch.setattr(Client, "_exchange", exchange)


def start(workspace: Workspace) -> None:
    configure(workspace, "base")
    workspace.synced()
    assert held(workspace) == WEB["base"]


def test_only_we_changed(workspace: Workspace) -> None:
    start(workspace)
    configure(workspace, "ours")

    result = workspace.synced()

    assert held(workspace) == WEB["ours"]
    assert result.err == ""


def test_only_they_changed(workspace: Workspace) -> None:
    """All of it stays, also when something else is sent, and each is reported at its place."""
    start(workspace)
    on_web(workspace, "theirs")
    workspace.config["metadata"]["publisher"] = "Somebody"
    workspace.write(b_txt="new")

    result = workspace.synced()

    assert held(workspace) == WEB["theirs"]
    assert workspace.draft()["metadata"]["publisher"] == "Somebody"
    lines = sorted(line.split(": kept ")[1] for line in result.err.splitlines())
    assert len(lines) == len(KINDS) + len(LISTS)
    places = {line.split(": kept ")[0] for line in result.err.splitlines()}
    text = ["", *(workspace.folder / "zenodo.yaml").read_text().splitlines()]
    assert all(re.fullmatch(r"zenodo\.yaml:\d+:\d+", place) for place in places)
    assert sorted(text[int(place.split(":")[1])].strip() for place in places) == WHERE
    there = "metadata.keywords: on the server only: 'theirs'; "
    assert f"{there}`stepup-zenodo pull` takes over what is there" in lines
    assert "metadata.title: changed on the server to 'Their title'" in lines
    assert "'a.txt': replaced on the server" in lines
    again = workspace.synced()
    assert again.err == result.err, "it is reported as long as it differs"
    assert held(workspace) == WEB["theirs"]


def test_both_changed_to_the_same(workspace: Workspace) -> None:
    start(workspace)
    on_web(workspace, "ours")
    configure(workspace, "ours")
    workspace.rdm.clear_log()

    result = workspace.synced()

    assert (result.err, workspace.writes()) == ("", [])
    assert held(workspace) == WEB["ours"]


def test_both_changed(workspace: Workspace) -> None:
    start(workspace)
    on_web(workspace, "theirs")
    configure(workspace, "ours")
    workspace.rdm.clear_log()

    result = workspace.sync()

    assert result.status == 1
    assert workspace.writes() == [], "nothing was changed"
    assert held(workspace) == WEB["theirs"]
    first, *problems = result.err.splitlines()
    assert first == "failed: Nothing was changed, because a person must decide:"
    assert len(problems) == len(KINDS)
    title = next(line for line in problems if "metadata.title" in line)
    assert title == (
        "zenodo.yaml:4:10: metadata.title: changed in the configuration to 'Our title' and on the "
        "server to 'Their title' (use --ours to overwrite the server, --theirs to keep what it has,"
        " or `stepup-zenodo pull` to take that over)"
    )

    kept = workspace.synced("--theirs")

    assert held(workspace) == WEB["theirs"]
    assert len(kept.err.splitlines()) == len(KINDS) + len(LISTS)
    assert workspace.synced().err == kept.err

    workspace.synced("--ours")

    assert held(workspace) == WEB["ours"]
    assert workspace.synced().err == ""


def test_ours_overwrites_what_only_they_changed(workspace: Workspace) -> None:
    start(workspace)
    on_web(workspace, "theirs")

    workspace.synced("--ours")

    assert held(workspace) == WEB["base"]


def test_the_same_without_memory(workspace: Workspace) -> None:
    """When it is not known what was sent, the configuration counts; of lists, nothing is lost."""
    start(workspace)
    on_web(workspace, "theirs")
    (workspace.folder / ".zenodo-record-id.json").unlink()

    result = workspace.synced()

    theirs = {kind: WEB["base"][kind] + WEB["theirs"][kind][-1:] for kind in LISTS}
    assert held(workspace) == {**WEB["base"], **theirs}
    again = workspace.synced()
    assert (len(result.err.splitlines()), again.err) == (len(LISTS), result.err)
    assert "set metadata.title: 'Their title' -> 'Base title' (differs from" in result.out


def test_files_of_others_are_kept_until_told(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.upload_on_web("theirs.txt", b"theirs")

    result = workspace.synced()

    expected = "is on the server but was never sent from here; --prune removes it"
    assert result.err == f"kept 'theirs.txt': {expected}\n"
    assert set(workspace.checksums()) == {"a.txt", "theirs.txt"}
    workspace.synced("--prune")
    assert set(workspace.checksums()) == {"a.txt"}


def test_files_that_others_added_before_publishing_are_kept_in_the_next_version(
    workspace: Workspace,
) -> None:
    workspace.write(a_txt="aaa", b_txt="bbb")
    workspace.synced()
    workspace.upload_on_web("theirs.txt", b"theirs")
    workspace.publish()
    workspace.config["metadata"]["version"] = "1.1.0"
    workspace.remove_file("b.txt")

    workspace.synced()

    assert set(workspace.checksums()) == {"a.txt", "theirs.txt"}


REWRITTEN = "It\u2019s \u201cquoted\u201d, \ufb01ne \u2026 and caf\u0065\u0301"


def test_what_the_server_rewrites_is_no_difference(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    lines = [f"# {REWRITTEN}", "", "* one <script>alert(1)</script>", "", "| a |", "|---|", "| 1 |"]
    (workspace.folder / "README.md").write_text("\n".join(lines))
    workspace.config["path_readme"] = "README.md"
    workspace.config["metadata"]["title"] = REWRITTEN
    workspace.config["metadata"]["keywords"] = [REWRITTEN, "  blanks  "]
    workspace.config["metadata"]["notes"] = f"<p>{REWRITTEN}</p><div onclick='x()'>more</div>"
    workspace.config["metadata"]["references"] = [REWRITTEN]
    workspace.synced()
    stored = workspace.draft()["metadata"]
    workspace.rdm.clear_log()

    result = workspace.synced()

    assert (workspace.writes(), result.err) == ([], "")
    save_on_web(workspace, lambda draft: None)
    assert workspace.draft()["metadata"] == stored
    workspace.rdm.clear_log()
    result = workspace.synced()
    assert (workspace.writes(), result.err) == ([], "")

    (workspace.folder / ".zenodo-record-id.json").unlink()
    result = workspace.synced()

    assert (workspace.writes(), result.err) == ([], ""), "also without memory"


def test_a_save_in_between_leads_to_a_new_round(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right before our save, a person saves another field; both arrive."""
    workspace.environ["STEPUP_ZENODO_RETRY_DELAY"] = "0"
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.config["metadata"]["title"] = "Our title"
    saved: list[Request] = []

    def save(request: Request) -> None:
        if request.method == "PUT" and not saved:
            saved.append(request)
            workspace.edit_on_web(publisher="Theirs", copyright="(c) Theirs")

    before_requests(monkeypatch, save)

    result = workspace.synced()

    metadata = workspace.draft()["metadata"]
    assert (metadata["title"], metadata["publisher"]) == ("Our title", "Theirs")
    assert metadata["copyright"] == "(c) Theirs"
    assert "trying again to compare with the server: Somebody else saved" in result.out
    assert "kept metadata.publisher: changed on the server to 'Theirs'" in result.err


def published(workspace: Workspace) -> str:
    workspace.write(a_txt="aaa")
    workspace.synced()
    workspace.publish()
    return workspace.record_id


OPEN = (
    "failed: Nothing was changed, because a person must decide:\n"
    "the record: somebody left changes of the published metadata open in the web form "
    "(publish or discard them there first: {html})\n"
)


def test_an_edit_draft_of_somebody_else_is_left_alone(workspace: Workspace) -> None:
    record = published(workspace)
    workspace.rdm.request("POST", f"/records/{record}/draft").raise_for_status()
    workspace.edit_on_web(title="Half done")
    draft = workspace.draft()
    workspace.rdm.clear_log()

    assert workspace.synced().err == "", "without a change of ours, it does not matter"
    workspace.config["metadata"]["title"] = "Ours"
    result = workspace.sync()

    html = workspace.published()["links"]["self_html"]
    assert (result.status, result.err) == (1, OPEN.format(html=html))
    assert workspace.writes() == []
    assert workspace.draft() == draft
    assert workspace.published()["metadata"]["title"] == "A title"


def test_an_edit_draft_that_appears_in_between_is_left_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = published(workspace)
    workspace.config["metadata"]["title"] = "Ours"
    opened: list[Request] = []

    def open_edit(request: Request) -> None:
        if request.method == "POST" and not opened:
            opened.append(request)
            workspace.rdm.request("POST", f"/records/{record}/draft").raise_for_status()
            workspace.edit_on_web(publisher="Half done")

    before_requests(monkeypatch, open_edit)

    result = workspace.sync()

    html = workspace.published()["links"]["self_html"]
    assert (result.status, result.err) == (1, OPEN.format(html=html))
    assert workspace.draft()["metadata"]["publisher"] == "Half done"
    assert workspace.published()["metadata"]["publisher"] == "Zenodo"


def test_a_version_draft_of_somebody_else_is_left_alone(workspace: Workspace) -> None:
    record = published(workspace)
    made = workspace.rdm.request("POST", f"/records/{record}/versions").json()["id"]
    workspace.config["metadata"]["version"] = "1.1.0"
    workspace.rdm.clear_log()

    result = workspace.sync()

    assert result.status == 1
    assert result.err.endswith(
        "metadata.version: a draft of the next version exists that was not started from here "
        "(write its id into the record id file to go on with it, discard it in the web form, "
        "or use --ours to take it over)\n"
    )
    assert workspace.writes() == []
    workspace.synced("--ours")
    assert workspace.record_id == made


def test_a_version_draft_that_is_taken_over_has_its_files_already(workspace: Workspace) -> None:
    record = published(workspace)
    made = workspace.rdm.request("POST", f"/records/{record}/versions").json()["id"]
    path = f"/records/{made}/draft/actions/files-import"
    workspace.rdm.request("POST", path).raise_for_status()
    workspace.config["metadata"]["version"] = "1.1.0"
    workspace.write(a_txt="two")

    result = workspace.synced("--ours")

    assert "import" not in result.out
    assert "trying again" not in result.out
    assert workspace.checksums() == workspace.local_checksums()


def test_a_draft_in_review_is_left_alone(workspace: Workspace) -> None:
    workspace.write(a_txt="aaa")
    workspace.synced()
    rdm, draft = workspace.rdm, f"/records/{workspace.record_id}/draft"
    community = rdm.get(f"/communities/{rdm.community}")["id"]
    review = {"receiver": {"community": community}, "type": "community-submission"}
    rdm.request("PUT", f"{draft}/review", json=review).raise_for_status()
    rdm.request("POST", f"{draft}/actions/submit-review", json={}).raise_for_status()
    rdm.clear_log()

    assert workspace.synced().err == ""
    workspace.config["metadata"]["title"] = "Ours"
    result = workspace.sync()

    assert result.status == 1
    assert result.err.endswith(
        "the draft: it is being reviewed by a community, and 1 change is waiting (wait for the "
        "decision, withdraw it from review, or use --ours to change it now)\n"
    )
    assert workspace.writes() == []
    workspace.synced("--ours")
    assert workspace.draft()["metadata"]["title"] == "Ours"


def test_a_leftover_edit_of_ours_does_not_get_in_the_way_of_a_new_version(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction is interrupted, and then the version is raised."""
    record = published(workspace)
    workspace.config["metadata"]["title"] = "Corrected"

    def interrupt(request: Request) -> None:
        if request.path.endswith("/publish"):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        before_requests(patch, interrupt)
        assert workspace.sync().status == 130
    workspace.config["metadata"]["version"] = "1.1.0"

    workspace.synced()

    assert workspace.rdm.request("GET", f"/records/{record}/draft").status_code == 404
    assert workspace.rdm.get(f"/records/{record}")["metadata"]["title"] == "A title"
    assert workspace.draft()["metadata"]["title"] == "Corrected"
    assert workspace.record_id != record


def test_a_version_text_that_was_changed_on_the_server_is_no_new_version(
    workspace: Workspace,
) -> None:
    record = published(workspace)
    workspace.rdm.request("POST", f"/records/{record}/draft").raise_for_status()
    workspace.edit_on_web(version="1.0")
    workspace.publish()

    result = workspace.synced()

    assert workspace.record_id == record
    assert "kept metadata.version: changed on the server to '1.0'" in result.err
