"""Take over changes of the server into the configuration, without touching anything else in it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from stepup_zenodo.config.fields import config_words, normal, sent_fields
from stepup_zenodo.config.file import parse_config
from stepup_zenodo.document.yamledit import changed_yaml
from stepup_zenodo.jsontypes import Json

from .workspace import Workspace

CONFIG = """\
# Our data, see https://example.org.
path_record_id: .zenodo-record-id.txt
endpoint: {endpoint}   # local
path_token: {token}

metadata:
  # The title is under discussion.
  title: 'Old title'   # short
  version: "1.0.0"
  publication_date: 2026-11-20
  publisher: Zenodo
  resource_type: dataset
  creators:
    # The first author.
    - name: Lovelace, Ada
      affiliation: Somewhere   # to be checked
    # The second author.
    - {{family_name: Babbage, given_name: Charles}}
  keywords: [one, two]   # in the order of the journal
  rights: cc-by-4.0

paths:
- a.txt   # the data
"""


def person(family: str, given: str, *affiliations: str) -> Json:
    names: Json = {"type": "personal", "family_name": family, "given_name": given}
    result: dict[str, Json] = {"person_or_org": names}
    if affiliations:
        result["affiliations"] = [{"name": name} for name in affiliations]
    return result


def start(workspace: Workspace) -> Path:
    path = workspace.folder / "zenodo.yaml"
    rdm = workspace.rdm
    path.write_text(CONFIG.format(endpoint=rdm.endpoint, token=rdm.token_file))
    (workspace.folder / "a.txt").write_text("aaa")
    assert workspace.run("sync", "zenodo.yaml").status == 0
    return path


@pytest.mark.server
def test_what_they_changed_is_taken_over(workspace: Workspace) -> None:
    path = start(workspace)
    before = path.read_text()
    workspace.edit_on_web(
        title="New title",
        creators=[
            person("Lovelace", "Ada", "Somewhere"),
            person("Menabrea", "Luigi"),
            person("Babbage", "Charles"),
        ],
        subjects=[{"subject": "one"}, {"subject": "three"}],
        rights=[{"id": "cc-by-4.0"}, {"id": "mit"}],
        languages=[{"id": "eng"}],
    )
    assert "kept metadata.title" in workspace.run("sync", "zenodo.yaml").err

    result = workspace.run("pull", "zenodo.yaml")

    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines() == [
        "took over metadata.creators:",
        "  + {family_name: 'Menabrea', given_name: 'Luigi'}",
        "took over metadata.license:",
        "    'cc-by-4.0'",
        "  + 'mit'",
        "took over metadata.keywords:",
        "  + 'three'",
        "  - 'two'",
        "took over metadata.title: 'Old title' -> 'New title'",
    ]
    expected = before
    for old, new in [
        ("title: 'Old title'   # short", "title: 'New title'   # short"),
        (
            "    # The second author.\n",
            "    - family_name: Menabrea\n      given_name: Luigi\n    # The second author.\n",
        ),
        ("[one, two]   # in", "[one, three]   # in"),
        ("  rights: cc-by-4.0\n", "  rights:\n    - cc-by-4.0\n    - mit\n"),
    ]:
        assert old in expected
        expected = expected.replace(old, new)
    assert path.read_text() == expected
    workspace.rdm.clear_log()
    after = workspace.run("sync", "zenodo.yaml")
    assert (after.status, after.err, workspace.writes()) == (0, "", [])
    assert "nothing to do" in after.out
    assert workspace.run("pull", "zenodo.yaml").out == "nothing to take over\n"


@pytest.mark.server
def test_a_conflict_is_decided_by_taking_theirs_over(workspace: Workspace) -> None:
    path = start(workspace)
    workspace.edit_on_web(title="Theirs")
    path.write_text(path.read_text().replace("Old title", "Ours"))
    assert workspace.run("sync", "zenodo.yaml").status == 1

    result = workspace.run("pull", "zenodo.yaml", "--dry-run")

    assert result.out == "would take over metadata.title: 'Ours' -> 'Theirs'\n"
    assert "Ours" in path.read_text()
    assert workspace.run("pull", "zenodo.yaml", "--json").status == 0
    assert re.search(r"^  title: 'Theirs' +# short$", path.read_text(), re.MULTILINE)
    assert "nothing to do" in workspace.run("sync", "zenodo.yaml").out


@pytest.mark.server
def test_what_only_we_changed_stays(workspace: Workspace) -> None:
    path = start(workspace)
    text = path.read_text().replace("Old title", "Ours")
    path.write_text(text)

    result = workspace.run("pull", "zenodo.yaml")

    assert result.out == "nothing to take over\n"
    assert path.read_text() == text


@pytest.mark.server
def test_fields_that_the_configuration_lacks_come_on_request(workspace: Workspace) -> None:
    path = start(workspace)
    workspace.edit_on_web(languages=[{"id": "eng"}], copyright="(c) Ada")

    assert workspace.run("pull", "zenodo.yaml").out == "nothing to take over\n"
    result = workspace.run("pull", "zenodo.yaml", "--all")

    assert result.status == 0
    assert "  copyright: (c) Ada\n" in path.read_text()
    assert "languages:\n    - eng\n" in path.read_text()
    assert "nothing to do" in workspace.run("sync", "zenodo.yaml").out


@pytest.mark.server
def test_what_cannot_be_taken_over_is_said(workspace: Workspace) -> None:
    path = start(workspace)
    (workspace.folder / "README.md").write_text("The text.")
    path.write_text(path.read_text() + "path_readme: README.md\n")
    assert workspace.run("sync", "zenodo.yaml").status == 0
    workspace.edit_on_web(description="<p>Theirs.</p>", title="Theirs")
    workspace.upload_on_web("a.txt", b"theirs")
    workspace.upload_on_web("b.txt", b"theirs")

    result = workspace.run("pull", "zenodo.yaml", "--json")

    assert result.status == 0
    assert json.loads(result.out) == {
        "status": "pulled",
        "taken": [{"field": "metadata.title", "old": "Old title", "new": "Theirs"}],
        "left": [
            {
                "what": "metadata.description",
                "reason": "README.md is not HTML, so it was written to README.server.html: "
                "take what you want from there over into README.md, then use `sync --ours` once",
            },
            {"what": "'a.txt'", "reason": "replaced on the server: download it if you want it"},
            {
                "what": "'b.txt'",
                "reason": "is on the server but was never sent from here; --prune removes it: "
                "download it if you want it",
            },
        ],
    }


def start_with(workspace: Workspace, lines: str, metadata: str, end: str = "\n") -> Path:
    """Synchronise a configuration with certain metadata, in the layout in which it is given."""
    (workspace.folder / "a.txt").write_text("aaa")
    rdm = workspace.rdm
    usual = (
        "  title: Old\n  version: '1'\n  resource_type: dataset\n  publication_date: 2026-11-20\n"
    )
    text = f"endpoint: {rdm.endpoint}\npath_token: {rdm.token_file}\npaths: a.txt\n{lines}"
    text += (
        f"metadata:\n{usual}  publisher: Zenodo\n  creators: {{name: 'Lovelace, Ada'}}\n{metadata}"
    )
    path = workspace.folder / "zenodo.yaml"
    path.write_bytes(text.replace("\n", end).encode())
    result = workspace.run("sync", "zenodo.yaml")
    assert result.status == 0, result
    return path


def check_pulled(workspace: Workspace, *fields: str) -> None:
    """Take fields over, and check that everything is equal then."""
    result = workspace.run("pull", "zenodo.yaml")
    assert (result.status, result.err) == (0, "")
    lines = [line for line in result.out.splitlines() if not line.startswith(" ")]
    assert [line.split(":")[0] for line in lines] == [f"took over {field}" for field in fields]
    assert workspace.run("pull", "zenodo.yaml").out == "nothing to take over\n"
    workspace.rdm.clear_log()
    result = workspace.run("sync", "zenodo.yaml")
    assert (result.status, result.err, workspace.writes()) == (0, "", [])


@pytest.mark.server
def test_an_emptied_list_keeps_the_comment_beside_its_key(workspace: Workspace) -> None:
    path = start_with(workspace, "", "  keywords: # mine\n    - weir\n")
    before = path.read_text()
    workspace.edit_on_web(subjects=[])

    check_pulled(workspace, "metadata.keywords")

    assert path.read_text() == before.replace(" # mine\n    - weir\n", " [] # mine\n")


@pytest.mark.server
def test_line_ends_the_byte_order_mark_and_links_stay(workspace: Workspace) -> None:
    path = start_with(workspace, "", "  keywords: [weir] # mine\n", end="\r\n")
    real = workspace.folder / "settings" / "real.yaml"
    real.parent.mkdir()
    before = path.read_bytes()
    real.write_bytes(b"\xef\xbb\xbf" + before)
    path.unlink()
    path.symlink_to(real)
    workspace.edit_on_web(title="New", subjects=[{"subject": "weir"}, {"subject": "dam"}])

    check_pulled(workspace, "metadata.keywords", "metadata.title")

    assert path.readlink() == real
    expected = before.replace(b"Old", b"New").replace(b"[weir]", b"[weir, dam]")
    assert real.read_bytes() == b"\xef\xbb\xbf" + expected


@pytest.mark.server
def test_an_alias_that_would_change_elsewhere_too_is_told(workspace: Workspace) -> None:
    path = start_with(workspace, "", "  keywords: &kw [weir]\n  sizes: *kw\n")
    before = path.read_text()
    workspace.edit_on_web(subjects=[{"subject": "dam"}], sizes=["weir"])

    result = workspace.run("pull", "zenodo.yaml")

    assert (result.status, result.out, result.err) == (
        0,
        "nothing to take over\n",
        (
            "not taken over: metadata.subjects: metadata.keywords is used by a YAML alias, so that "
            "metadata.sizes would change as well: write the value out in both places, "
            "and pull again\n"
        ),
    )
    assert path.read_text() == before
    path.write_text(before.replace("*kw", "[weir]"))
    check_pulled(workspace, "metadata.keywords")
    assert path.read_text() == before.replace("*kw", "[weir]").replace("&kw [weir]", "&kw [dam]")


@pytest.mark.server
def test_the_place_of_an_alias_gets_a_value_of_its_own(workspace: Workspace) -> None:
    path = start_with(workspace, "", "  keywords: &kw [weir]\n  sizes: *kw # same\n")
    before = path.read_text()
    workspace.edit_on_web(sizes=["2 pages"])

    check_pulled(workspace, "metadata.sizes")

    assert path.read_text() == before.replace(" *kw # same", " # same\n    - 2 pages")


@pytest.mark.server
def test_notes_with_a_language_have_words(workspace: Workspace) -> None:
    path = start_with(workspace, "", "  notes: <p>Old.</p> # of the release\n")
    notes = {"description": "<p>New.</p>", "type": {"id": "notes"}, "lang": {"id": "eng"}}
    methods = {"description": "<p>We did.</p>", "type": {"id": "methods"}}
    workspace.edit_on_web(additional_descriptions=[notes, methods])

    check_pulled(workspace, "metadata.additional_descriptions", "metadata.notes")

    assert "# of the release" in path.read_text()
    assert workspace.draft()["metadata"]["additional_descriptions"][0]["lang"]["id"] == "eng"


@pytest.mark.server
def test_a_description_goes_into_a_readme_in_html(workspace: Workspace) -> None:
    readme = workspace.folder / "README.html"
    readme.write_bytes(b"<p>Old.</p>\r\n")
    path = start_with(workspace, "path_readme: README.html # ours\n", "")
    before = path.read_text()
    workspace.edit_on_web(description="<p>New.</p>\n<p>Text.</p>")

    result = workspace.run("pull", "zenodo.yaml", "--dry-run")
    assert result.out == (
        "would take over metadata.description:\n  - Old.\n  + New.\n  +\n  + Text.\n"
    )
    assert readme.read_bytes() == b"<p>Old.</p>\r\n"
    check_pulled(workspace, "metadata.description")

    assert (path.read_text(), readme.read_bytes()) == (before, b"<p>New.</p>\r\n<p>Text.</p>\r\n")


@pytest.mark.server
def test_a_description_goes_beside_a_readme_in_markdown(workspace: Workspace) -> None:
    (workspace.folder / "README.md").write_text("Ours.")
    start_with(workspace, "path_readme: README.md\n", "")
    beside = workspace.folder / "README.server.html"
    workspace.edit_on_web(description="<p>Theirs.</p>")
    remedy = "take what you want from there over into README.md, then use `sync --ours` once\n"

    for args, text in [
        (["--dry-run"], "so it would be written to README.server.html"),
        ([], "so it was written to README.server.html"),
        ([], "so it is in README.server.html"),
    ]:
        assert beside.exists() == (text == "so it is in README.server.html")
        result = workspace.run("pull", "zenodo.yaml", *args)
        assert (result.status, result.out, result.err) == (
            0,
            "nothing to take over\n",
            f"not taken over: metadata.description: README.md is not HTML, {text}: {remedy}",
        )
    assert beside.read_text() == "<p>Theirs.</p>\n"
    beside.write_text("mine")
    assert "is there already: move that away and pull again" in (
        workspace.run("pull", "zenodo.yaml").err
    )
    assert beside.read_text() == "mine"
    (workspace.folder / "README.md").write_text("Theirs, and ours.")
    assert workspace.run("sync", "zenodo.yaml", "--ours").status == 0
    assert workspace.draft()["metadata"]["description"] == "<p>Theirs, and ours.</p>"
    workspace.edit_on_web(description="")
    assert workspace.run("pull", "zenodo.yaml").err == (
        "not taken over: metadata.description: it is empty on the server: "
        "send README.md again by `sync --ours`, or take path_readme out of the configuration\n"
    )
    assert workspace.run("sync", "zenodo.yaml", "--ours").status == 0
    assert workspace.draft()["metadata"]["description"] == "<p>Theirs, and ours.</p>"


@pytest.mark.server
def test_other_syntaxes_are_not_written(workspace: Workspace) -> None:
    start(workspace)
    workspace.edit_on_web(title="Theirs")
    (workspace.folder / "zenodo.json").write_text(
        json.dumps({"endpoint": workspace.rdm.endpoint, "metadata": {"title": "Old title"}})
    )
    (workspace.folder / "zenodo.yaml").unlink()

    result = workspace.run("pull", "zenodo.json")

    assert result.status == 1
    assert result.err == (
        "failed: The server cannot be asked, as there is no token. "
        "Set STEPUP_ZENODO_TOKEN, or add path_token to the configuration. "
        f"{workspace.make_token}\n"
    )
    workspace.environ["STEPUP_ZENODO_TOKEN"] = workspace.rdm.token
    result = workspace.run("pull", "zenodo.json")
    assert result.err == (
        "failed: Only configurations in YAML can be changed, and zenodo.json is none. "
        "These fields differ from the server: metadata.title. "
        "Write their values into it by hand, or use `stepup-zenodo sync --ours` to keep yours.\n"
    )


EVERYTHING: dict[str, Any] = {
    "metadata": {
        "title": "Title",
        "version": "1.0",
        "publication_date": "2026-03-01",
        "publisher": "Zenodo",
        "resource_type": "publication-article",
        "description": "<p>Text</p>",
        "keywords": ["one", "2.0"],
        "subjects": ["http://id.loc.gov/authorities/subjects/sh85007163"],
        "license": ["cc-by-4.0", {"title": "Own", "description": "d", "link": "https://a.org"}],
        "copyright": "(c) Ada",
        "creators": [
            {
                "family_name": "Curie",
                "given_name": "Marie",
                "identifiers": {"orcid": "0000-0002-1825-0097"},
                "affiliations": [{"ror": "05gq02987"}, {"name": "Here"}],
                "role": "researcher",
            },
            {"organization": "Institute"},
        ],
        "contributors": [{"name": "Curie, Pierre", "role": "datacollector"}],
        "related": [
            {
                "identifier": "10.1234/example",
                "relation_type": "cites",
                "resource_type": "publication-article",
            }
        ],
        "references": ["Curie 1903", {"reference": "Curie 1904", "identifier": "10.1234/x"}],
        "identifiers": [{"url": "https://example.org/data/1234"}],
        "funding": [
            {"funder": {"ror": "00k4n6c32"}, "award": {"id": "00k4n6c32::101017452"}},
            {
                "funder": {"name": "F"},
                "award": {
                    "title": "T",
                    "number": "1",
                    "identifiers": [{"url": "https://example.org/award"}],
                },
            },
        ],
        "languages": ["eng"],
        "dates": [{"date": "2026-01/2026-03", "type": "collected", "description": "d"}],
        "notes": "<p>Notes</p>",
        "additional_titles": [{"title": "Titre", "type": "translated-title", "language": "fra"}],
        "additional_descriptions": [{"description": "<p>We did.</p>", "type": "methods"}],
        "sizes": ["15 pages"],
        "formats": ["text/csv"],
        "locations": [
            {
                "place": "Brussels",
                "identifiers": {"wikidata": "Q239"},
                "geometry": {"type": "Point", "coordinates": [4.35, 50.85]},
            }
        ],
    },
    "code_repository": "https://github.com/example/project",
    "programming_languages": ["python"],
    "development_status": "active",
    "journal": {"title": "J", "issn": "0317-8471", "volume": "12"},
    "meeting": {"title": "M", "identifiers": [{"doi": "10.1234/coe"}]},
    "imprint": {"title": "B", "isbn": "978-3-16-148410-0"},
    "thesis": {"university": "U", "date_submitted": "2026-03-01"},
    "rights_holder": ["Marie"],
    "custom_fields": {"dwc:genus": ["Felis"]},
    "access": {"files": "restricted", "embargo": {"until": "2999-01-01", "reason": "r"}},
}


def test_every_field_finds_its_way_back() -> None:
    config = parse_config(json.dumps(EVERYTHING), "all.json")
    fields = {name: normal(name, value) for name, value in sent_fields(config, None).items()}
    words = {}
    for name, value in fields.items():
        words.update(config_words(name, value))
    text = "metadata: {}\n"
    for where, value in words.items():
        text = changed_yaml(text, tuple(where.split(".")), value)

    again = sent_fields(parse_config(text, "again.yaml"), None)

    assert {name: normal(name, value) for name, value in again.items()} == fields
    assert len(fields) == 32


def test_what_is_unknown_has_no_words() -> None:
    assert config_words("metadata.unheard", "x") == {}


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb:\n- x\n- y: z\n",
        "a: 1\nb:\n  - x\n  - y: z\n    w: v\n",
        "a: 1\nb:\n    c: d # e\n    f:\n    - g\n",
        "# top\n\na: 1\n\n\nb: {c: d, e: [f, g]}\n# end\n",
        "---\na: 1\nd: 2026-01-01\ns: '1.0'\nt: \"2\"\nlong: " + "word " * 60 + "\n",
        "a: 1\nb: |\n  lines\n    of text\n\nc: >-\n  folded\n  text\n",
        "a: 1\nb: &x [1, 2]\nc: *x\n",
        "a: 1\nb: no\nc: ~\nd: 0123\ne: 1_000\nf: 0x1F\ng: 1e3\n",
    ],
)
def test_only_the_value_changes(text: str) -> None:
    assert changed_yaml(text, ("a",), 2) == text.replace("a: 1", "a: 2")
