"""New configurations: from nothing, and from other files about the work."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stepup_zenodo.config.endpoints import SANDBOX
from stepup_zenodo.config.file import parse_config
from stepup_zenodo.config.schema import schema_text
from stepup_zenodo.config.template import config_text, without_mistakes
from stepup_zenodo.config.works import AdditionalDescription
from stepup_zenodo.takeover.codemeta import from_codemeta
from stepup_zenodo.takeover.common import language
from stepup_zenodo.takeover.licences import licences_in
from stepup_zenodo.takeover.names import person_or_group, split_name
from stepup_zenodo.takeover.zenodojson import from_zenodo_json

from .workspace import Workspace

FOLDER = Path(__file__).parent / "takeover"
A_PERSON = "taken for a person, whose last word is the family name"
A_COMMA = "taken for a person, as there is a comma"
A_GROUP = "taken for an organization"
CASES = sorted(path.name for path in FOLDER.iterdir() if (path / "zenodo.yaml").exists())


def source_of(case: str) -> str:
    """Return the name of the file that is taken over."""
    names = {path.name for path in (FOLDER / case).iterdir()}
    (name,) = names - {"zenodo.yaml", "output.txt", "README.md"}
    return name


def copied(case: str, folder: Path) -> str:
    """Copy the files of a case, and return the name of the file that is taken over."""
    name = source_of(case)
    for file in {name, "README.md"} & {path.name for path in (FOLDER / case).iterdir()}:
        shutil.copy(FOLDER / case / file, folder / file)
    return name


def test_there_are_enough_cases() -> None:
    kinds = [source_of(case) for case in CASES]
    assert kinds.count("CITATION.cff") >= 3
    assert kinds.count(".zenodo.json") >= 3


@pytest.mark.parametrize("case", CASES)
def test_taken_over(case: str, offline: Workspace) -> None:
    """The configuration as a whole, what is said, and that it passes the check."""
    name = copied(case, offline.folder)

    result = offline.run("init", "--from", name)

    files = "Remove the # before paths in it, and before the files that belong into the record.\n"
    assert result.status == 0
    assert result.out == (
        "written: zenodo.yaml\n"
        "For version control, add to .gitignore:\n"
        "  .zenodo-record-id.txt.lock\n"
        "  .zenodo-record-id.status.json*\n"
        f"{'' if name.startswith('.') else files}"
        "Edit it, then look for errors: stepup-zenodo check zenodo.yaml\n"
    )
    assert result.err == (FOLDER / case / "output.txt").read_text(encoding="utf-8")
    written = (offline.folder / "zenodo.yaml").read_text(encoding="utf-8")
    assert written == (FOLDER / case / "zenodo.yaml").read_text(encoding="utf-8")
    checked = offline.run("check", "zenodo.yaml")
    assert (checked.status, checked.out, checked.err) == (
        0,
        "valid: zenodo.yaml, 0 files, 0 B\n",
        "",
    )


@pytest.mark.server
@pytest.mark.parametrize("case", CASES)
def test_taken_over_and_sent(case: str, workspace: Workspace) -> None:
    """The server accepts everything that was taken over, and nothing is left to do."""
    name = copied(case, workspace.folder)
    workspace.environ["STEPUP_ZENODO_TOKEN"] = workspace.rdm.token
    workspace.run("init", "--from", name)
    path = workspace.folder / "zenodo.yaml"
    text = path.read_text(encoding="utf-8")
    for written, here in (
        (SANDBOX, workspace.rdm.endpoint),
        ("\ncommunity: weirs", f"\ncommunity: {workspace.rdm.community}"),
    ):
        text = text.replace(written, here)
    path.write_text(text, encoding="utf-8")
    expected = parse_config(text, "zenodo.yaml").metadata

    result = workspace.run("sync", "zenodo.yaml")

    assert (result.status, result.err) == (0, "")
    assert workspace.draft()["metadata"]["title"] == expected.title
    workspace.rdm.clear_log()
    assert workspace.run("sync", "zenodo.yaml").status == 0
    assert workspace.writes() == []


def test_from_nothing(offline: Workspace) -> None:
    result = offline.run("init")

    assert (result.status, result.err) == (0, "")
    text = (offline.folder / "zenodo.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=.zenodo-schema.json\n")
    assert (offline.folder / ".zenodo-schema.json").read_text(encoding="utf-8") == schema_text()
    assert offline.run("check", "zenodo.yaml").out == "valid: zenodo.yaml, 0 files, 0 B\n"


def test_a_readme_becomes_the_description(offline: Workspace) -> None:
    (offline.folder / "sub").mkdir()
    (offline.folder / "sub" / "README.md").write_text("Hello")

    offline.run("init", "sub/data.yml")

    config = parse_config((offline.folder / "sub" / "data.yml").read_text(), "data.yml")
    assert config.path_readme == "README.md"
    assert offline.run("check", "sub/data.yml").status == 0


EXAMPLE = re.compile(r"^( *)#(\w+:.*\n(?: *# .*\n)*)", re.MULTILINE)


def test_each_example_can_be_used() -> None:
    """Each of the examples behind a `#` is valid when the `#` is removed."""
    text = config_text({})
    blocks = list(EXAMPLE.finditer(text))

    for block in blocks:
        shown = block[0].replace("#", "")
        parse_config(text[: block.start()] + shown + text[block.end() :], "zenodo.yaml")

    assert [block[2].partition(":")[0] for block in blocks] == [
        *("version", "resource_type", "description", "keywords", "license", "creators"),
        *("contributors", "related", "references", "funding", "languages", "dates", "notes"),
        *("code_repository", "path_readme", "paths", "access", "community"),
    ]


def test_nothing_is_overwritten(offline: Workspace) -> None:
    (offline.folder / "zenodo.yaml").write_text("mine")

    result = offline.run("init")

    message = "zenodo.yaml is there already. Give another name, or move it away."
    assert (result.status, result.out, result.err) == (1, "", f"failed: {message}\n")
    assert (offline.folder / "zenodo.yaml").read_text() == "mine"
    assert not (offline.folder / ".zenodo-schema.json").exists()


def test_a_schema_is_not_overwritten(offline: Workspace) -> None:
    schema = offline.folder / ".zenodo-schema.json"
    schema.write_text("older")

    result = offline.run("init")

    assert result.status == 0
    assert result.err == (
        ".zenodo-schema.json is of another version. "
        "To renew it: stepup-zenodo schema > .zenodo-schema.json\n"
    )
    assert schema.read_text() == "older"
    schema.write_text(offline.run("schema").out, encoding="utf-8")
    assert offline.run("init", "other.yaml").err == ""


def test_each_configuration_has_a_record_of_its_own(offline: Workspace) -> None:
    first = offline.run("init", "images.yaml")
    second = offline.run("init", "spectra.yaml")
    third = offline.run("init", "images.yml")

    note = ".zenodo-record-id.txt is for the record of images.yaml, so this one has {}\n"
    assert "so this one has" not in first.out
    assert note.format(".spectra-record-id.txt") in second.out
    assert note.format(".images-record-id.txt") in third.out
    ids = [
        parse_config((offline.folder / name).read_text(), name).path_record_id
        for name in ("images.yaml", "spectra.yaml", "images.yml")
    ]
    assert ids == [".zenodo-record-id.txt", ".spectra-record-id.txt", ".images-record-id.txt"]


def test_a_configuration_with_a_record_of_its_own_is_not_in_the_way(offline: Workspace) -> None:
    (offline.folder / "data.yaml").write_text("path_record_id: id.txt\nmetadata: {title: Data}\n")
    (offline.folder / "mkdocs.yml").write_text("site_name: Data\n")
    (offline.folder / "broken.yaml").write_text("metadata: [\n")

    result = offline.run("init")

    assert result.status == 0
    assert "so this one has" not in result.out


def test_json(offline: Workspace) -> None:
    name = copied("cff_minimal", offline.folder)

    result = offline.run("init", "other.yaml", "--from", name, "--json")

    assert json.loads(result.out) == {
        "status": "written",
        "file": "other.yaml",
        "left_out": ["cff-version, message: it is about the file, not about the work"],
        "guessed": [],
    }


KINDS = "(it can be a CITATION.cff, .zenodo.json, codemeta.json or pyproject.toml)"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("CITATION.cff", None, f"CITATION.cff cannot be read: No such file or directory {KINDS}"),
        ("paper.bib", "", f"the name of paper.bib does not tell what kind of file it is {KINDS}"),
        (
            "CITATION.cff",
            "- a\n",
            (
                "CITATION.cff is not written correctly: "
                f"it holds no mapping from keys to values {KINDS}"
            ),
        ),
        (
            ".zenodo.json",
            "{",
            (
                ".zenodo.json is not written correctly: Expecting property name enclosed in "
                f"double quotes: line 1 column 2 (char 1) {KINDS}"
            ),
        ),
        (
            "pyproject.toml",
            "a",
            (
                "pyproject.toml is not written correctly: "
                f"Expected '=' after a key in a key/value pair (at end of document) {KINDS}"
            ),
        ),
        (
            "pyproject.toml",
            "[tool.black]\nline-length = 100\n",
            f"pyproject.toml says nothing about a package: it has no table [project] {KINDS}",
        ),
        (
            ".zenodo.json",
            '{"title": "a", "title": "b"}',
            f'.zenodo.json is not written correctly: the key "title" is there twice {KINDS}',
        ),
        (
            "CITATION.cff",
            "title: a\ntitle: b\n",
            f'CITATION.cff is not written correctly: the key "title" is there twice {KINDS}',
        ),
        (
            "CITATION.cff",
            (
                "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
                "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
                "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
                "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
                "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
                "f: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\n"
            ),
            (
                "CITATION.cff is not written correctly: "
                f"it holds too many values, or they are nested too deeply {KINDS}"
            ),
        ),
    ],
)
def test_files_that_cannot_be_read(
    offline: Workspace, name: str, content: str | None, message: str
) -> None:
    if content is not None:
        (offline.folder / name).write_text(content)

    result = offline.run("init", "--from", name)

    assert (result.status, result.out, result.err) == (2, "", f"--from: {message}\n")
    assert not (offline.folder / "zenodo.yaml").exists()


def test_no_other_syntax_is_written(offline: Workspace) -> None:
    result = offline.run("init", "zenodo.toml")

    assert result.err == (
        "PATH: zenodo.toml cannot be written as YAML (give a name that ends in .yaml)\n"
    )


def test_a_folder_that_is_not_there(offline: Workspace) -> None:
    result = offline.run("init", "no/zenodo.yaml")

    assert (result.status, result.err) == (
        2,
        "no/zenodo.yaml cannot be written: No such file or directory\n",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MIT", ["mit"]),
        ("mit OR Apache-2.0", ["mit", "apache-2.0"]),
        ("(MIT AND CC-BY-4.0)", ["mit", "cc-by-4.0"]),
        ("https://spdx.org/licenses/GPL-3.0-only.html", ["gpl-3.0-only"]),
        ("https://creativecommons.org/publicdomain/zero/1.0/", ["cc0-1.0"]),
        ("https://creativecommons.org/licenses/by-sa/4.0/legalcode", ["cc-by-sa-4.0"]),
        ("Own Licence", ["Own Licence"]),
        ("", []),
        ("GPL-3.0", ["gpl-3.0-only"]),
        ("LGPL-2.1+", ["lgpl-2.1-or-later"]),
        ("cc-by", ["cc-by-4.0"]),
        ("cc-zero", ["cc0-1.0"]),
        ("mit-license", ["mit"]),
        ("MIT License", ["mit"]),
        ("MIT/Apache-2.0", ["mit", "apache-2.0"]),
        ("Terms and conditions", ["Terms and conditions"]),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0", ["gpl-2.0-or-later"]),
        ("https://opensource.org/licenses/MIT", ["mit"]),
        ("https://www.apache.org/licenses/LICENSE-2.0", ["apache-2.0"]),
    ],
)
def test_licenses(text: str, expected: list[str]) -> None:
    assert licences_in(text).ids == expected


@pytest.mark.parametrize(
    ("grant", "ror", "number"),
    [
        ({"id": "10.13039/100000001::1234567"}, "021nxhr62", "1234567"),
        ("https://doi.org/10.13039/501100001711::200021", "00yjd3n13", "200021"),
        ("777541", "00k4n6c32", "777541"),
        ({"id": "021nxhr62::12"}, "021nxhr62", "12"),
    ],
)
def test_grants(grant: object, ror: str, number: str) -> None:
    """Funders are those that Zenodo knows by the same ids."""
    taken = from_zenodo_json({"grants": [grant]})

    assert taken.metadata == {
        "funding": [{"funder": {"ror": ror}, "award": {"id": f"{ror}::{number}"}}]
    }
    assert taken.left([]) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", ({"family_name": "Lovelace", "given_name": "Ada"}, A_PERSON)),
        ("Lovelace, Ada", ({"family_name": "Lovelace", "given_name": "Ada"}, "")),
        ("The SunPy Community", ({"organization": "The SunPy Community"}, A_GROUP)),
        ("Inc, John", ({"family_name": "Inc", "given_name": "John"}, A_COMMA)),
        ("Example Inc.", ({"organization": "Example Inc."}, A_GROUP)),
        ("Plato", ({"family_name": "Plato"}, "taken for a person with a single name")),
        ("", ({}, "")),
    ],
)
def test_people_and_organizations(name: str, expected: tuple[dict[str, str], str]) -> None:
    assert person_or_group(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", {"family_name": "Lovelace", "given_name": "Ada"}),
        ("Lovelace, Ada", {"family_name": "Lovelace", "given_name": "Ada"}),
        ("Ludwig van Beethoven", {"family_name": "Beethoven", "given_name": "Ludwig van"}),
        ("Plato", {"family_name": "Plato"}),
    ],
)
def test_names(name: str, expected: dict[str, str]) -> None:
    assert split_name(name) == expected


@pytest.mark.parametrize(("code", "expected"), [("nl", "nld"), ("en-US", "eng"), ("fra", "fra")])
def test_languages(code: str, expected: str) -> None:
    assert language(code) == expected


@pytest.mark.parametrize(
    ("config", "rest", "removed"),
    [
        ({"metadata": {}}, {"metadata": {}}, []),
        (
            {"workers": 99, "metadata": {"title": "A title"}},
            {"metadata": {"title": "A title"}},
            ["workers: found the whole number 99, expected a whole number from 1 to 16"],
        ),
        (
            {
                "metadata": {"keywords": ["", "a", " "]},
                "custom_fields": {"a:b": 1, "dwc:genus": "x"},
            },
            {"metadata": {"keywords": ["a"]}, "custom_fields": {"dwc:genus": "x"}},
            [
                "keywords[0]: found an empty text, expected a keyword",
                "keywords[1]: found an empty text, expected a keyword",
                'custom_fields: the custom field "a:b" is unknown (the server would refuse it)',
            ],
        ),
        (
            {"metadata": {"creators": [{"name": "X"}]}},
            {},
            [
                (
                    'creators[0].name: found "X", expected a name such as "Last, First" '
                    "(write family_name and given_name, or organization if it is one)"
                )
            ],
        ),
    ],
)
def test_without_mistakes(config: dict[str, Any], rest: dict[str, Any], removed: list[str]) -> None:
    text, lines = without_mistakes(config, "zenodo.yaml")

    assert (config, list(lines)) == (rest, removed)
    assert text == config_text(rest)


def listed(folder: Path) -> list[str]:
    """Return the files that a new configuration shows below `paths`."""
    text = (folder / "zenodo.yaml").read_text(encoding="utf-8")
    return text.partition("\n#paths:\n")[2].partition("\n\n")[0].splitlines()


def test_files_are_listed_to_be_switched_on(offline: Workspace) -> None:
    """Files are there as comments with their sizes; what is hidden or ignored is left out."""
    for name, size in (("b.csv", 12), ("a: b.csv", 1500), (".hidden", 1), ("x.log", 3)):
        (offline.folder / name).write_bytes(b"x" * size)
    (offline.folder / "folder").mkdir()
    (offline.folder / ".gitignore").write_text("*.log\n")
    subprocess.run(["git", "init", "-q"], cwd=offline.folder, check=True)

    offline.run("init")

    assert listed(offline.folder) == ["#  - 'a: b.csv'  # 1.5 kB", "#  - b.csv  # 12 B"]
    path = offline.folder / "zenodo.yaml"
    path.write_text(re.sub("^#(paths:|  - .*csv)", r"\1", path.read_text(), flags=re.MULTILINE))
    assert offline.run("check", "zenodo.yaml").out == "valid: zenodo.yaml, 2 files, 1.5 kB\n"


def test_many_files_are_not_all_listed(offline: Workspace) -> None:
    for number in range(103):
        (offline.folder / f"file.{number:03}").touch()

    offline.run("init")

    lines = listed(offline.folder)
    assert len(lines) == 101
    assert lines[-1] == "# and 3 more files of this folder"


def switched_on(workspace: Workspace) -> str:
    """Switch on all files that a new configuration shows, and return what it is then."""
    path = workspace.folder / "zenodo.yaml"
    before, mark, rest = path.read_text().partition("\n#paths:\n")
    shown, end, rest = rest.partition("\n\n")
    text = re.sub("^#", "", f"#paths:\n{shown}", flags=re.MULTILINE)
    path.write_text(f"{before}\n{text}{end}{rest}")
    assert mark
    return workspace.run("check", "zenodo.yaml").out.splitlines()[-1]


def test_many_files_of_a_kind_are_one_pattern(offline: Workspace) -> None:
    """So that thirty files are a few lines to be switched on."""
    for number in range(28):
        (offline.folder / f"weir_{number:02}.csv").write_text("day,level_m\n")
    for name in ("notes.txt", "plot.py", "README.md"):
        (offline.folder / name).write_text("text\n")

    result = offline.run("init")

    assert listed(offline.folder) == [
        "#  - README.md  # 5 B",
        "#  - notes.txt  # 5 B",
        "#  - plot.py  # 5 B",
        "#  - '*.csv'  # 28 files, 336 B",
    ]
    assert "Remove the # before paths in it, and before the files" in result.out
    assert switched_on(offline) == "valid: zenodo.yaml, 31 files, 351 B"


def test_a_pattern_means_nothing_else(offline: Workspace) -> None:
    """What Git ignores is not matched by accident, and a bracket in a name is no pattern."""
    for number in range(6):
        (offline.folder / f"{number}.csv").touch()
    (offline.folder / "secret.csv").touch()
    (offline.folder / "a[1].txt").touch()
    (offline.folder / ".gitignore").write_text("secret.csv\n")
    subprocess.run(["git", "init", "-q"], cwd=offline.folder, check=True)

    offline.run("init")

    found = listed(offline.folder)
    assert found == [
        *(f"#  - {number}.csv  # 0 B" for number in range(6)),
        "#  - a[[]1].txt  # 0 B",
    ]


def test_folders_are_patterns_or_archives(offline: Workspace) -> None:
    names = (
        "data/a.csv",
        "data/b.csv",
        "mixed/a.txt",
        "mixed/b.md",
        "deep/one/c.txt",
        "deep/d.txt",
    )
    for name in (*names, ".hidden/x.txt", "__pycache__/y.pyc", "empty/.keep"):
        path = offline.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text\n")

    offline.run("init")

    assert listed(offline.folder) == [
        "#  - data/*.csv  # 2 files, 10 B",
        "#  - {archive: deep, as: deep.zip}",
        "#  - mixed/*  # 2 files, 10 B",
    ]
    path = offline.folder / "zenodo.yaml"
    path.write_text(path.read_text().replace("#  - mixed", "  - mixed"))
    assert "5 files" in switched_on(offline)


def test_lines_for_gitignore_that_are_there_are_not_shown(offline: Workspace) -> None:
    (offline.folder / ".gitignore").write_text("/.zenodo-record-id.txt.lock\n")
    first = offline.run("init").out
    with (offline.folder / ".gitignore").open("a") as file:
        file.write(".zenodo-record-id.status.json*\n")
    (offline.folder / "zenodo.yaml").unlink()

    second = offline.run("init").out

    assert first.splitlines()[1:3] == [
        "For version control, add to .gitignore:",
        "  .zenodo-record-id.status.json*",
    ]
    assert ".gitignore" not in second


def test_a_readme_and_an_abstract(offline: Workspace) -> None:
    """The README becomes the description, and the abstract stays in the record."""
    (offline.folder / "README.md").write_text("Hello")
    (offline.folder / "CITATION.cff").write_text("title: Gauges\nabstract: How to read them.\n")

    result = offline.run("init", "--from", "CITATION.cff")

    config = parse_config((offline.folder / "zenodo.yaml").read_text(), "zenodo.yaml")
    assert (result.status, result.err) == (0, "")
    assert config.path_readme == "README.md"
    assert config.metadata.description is None
    assert config.metadata.additional_descriptions == (
        AdditionalDescription("How to read them.", "abstract"),
    )


def test_a_readme_and_a_description_for_zenodo(offline: Workspace) -> None:
    """A description that was written for Zenodo is not replaced."""
    (offline.folder / "README.md").write_text("Hello")
    (offline.folder / ".zenodo.json").write_text('{"title": "Gauges", "description": "How."}')

    result = offline.run("init", "--from", ".zenodo.json")

    config = parse_config((offline.folder / "zenodo.yaml").read_text(), "zenodo.yaml")
    assert (config.path_readme, config.metadata.description) == (None, "How.")
    assert result.err == (
        "not taken over: README.md: the description is kept; "
        "to use the file instead, write path_readme: README.md\n"
    )


def test_a_readme_that_cannot_be_converted_is_named(offline: Workspace) -> None:
    (offline.folder / "README.rst").write_text("Hello")

    assert offline.run("init").err == (
        "not taken over: README.rst: it is no file in Markdown or HTML\n"
    )


def test_many_mistakes_of_a_kind_are_summed_up(offline: Workspace) -> None:
    """The first ones are shown with their reasons, and the values of the others are named."""
    related = [{"identifier": f"10.1234/{n}", "relation": f"isLiked{n}By"} for n in range(6)]
    data = {"title": "Gauges", "related_identifiers": related}
    (offline.folder / ".zenodo.json").write_text(json.dumps(data))

    said = offline.run("init", "--from", ".zenodo.json").err.splitlines()

    start = "not taken over: related_identifiers"
    assert [line.partition(":")[2].partition(": found")[0] for line in said[:3]] == [
        " related[0].relation_type",
    ] * 3
    assert said[3:] == [
        "not taken over: related[0].relation_type and 3 more: see above",
        (
            f"{start}[0].identifier 10.1234/0, related_identifiers[1].identifier 10.1234/1, "
            "related_identifiers[2].identifier 10.1234/2 and 3 more: "
            "there is no place for it in the configuration"
        ),
        (
            f"{start}[3].relation isLiked3By, related_identifiers[4].relation isLiked4By, "
            "related_identifiers[5].relation isLiked5By: "
            "it belongs to something that is not taken over"
        ),
    ]


def test_a_graph_of_linked_data() -> None:
    """The software is one of several objects, and people are named by their ids later."""
    orcid = "https://orcid.org/0000-0002-1825-0097"
    software = {
        "@type": "SoftwareSourceCode",
        "name": "levels",
        "author": {"@type": "Person", "@id": orcid, "name": "Ada Lovelace"},
        "maintainer": {"@id": orcid},
    }
    taken = from_codemeta({"@graph": [{"@type": "WebPage", "url": "https://a.org"}, software]})

    ada = {
        "family_name": "Lovelace",
        "given_name": "Ada",
        "identifiers": {"orcid": "0000-0002-1825-0097"},
    }
    assert taken.metadata == {
        "title": "levels",
        "resource_type": "software",
        "creators": [ada],
        "contributors": [{**ada, "role": "contactperson"}],
    }
    assert taken.left([]) == [
        "@graph[0].@type WebPage: there is no place for it in the configuration",
        "@graph[0].url: a record has no field for it",
    ]
