"""Every field of the configuration, written to a real server and read back."""

from typing import Any

import pytest
import yaml

from stepup_zenodo.config.fields import normal, sendable

from .workspace import Workspace

pytestmark = pytest.mark.server

SPECIFICATION = """
metadata:
  title: 'A title with "quotes" & an ampersand'
  version: '1.0.0'
  keywords:
    - keyword1
    - keyword2
  license:
    - CC-BY-NC-4.0
    - mit
  copyright: (c) 2026 The authors
  resource_type: dataset
  publisher: Publisher name
  creators:
    - family_name: Last name 1
      given_name: First name 1
      identifiers:
        orcid: 0000-0002-1825-0097
        isni: '0000000121032683'
      affiliations:
        - ror: https://ror.org/00cv9y106
        - name: >-
            Research group,
            University
    - name: 'Last name 2, First name 2'
      affiliations:
        - name: Consortium name
  related:
    - scheme: doi
      identifier: 10.1234/zenodo.1234567
      relation_type: cites
      resource_type: publication
    - scheme: url
      identifier: https://example.org/a
      relation_type: issupplementto
  funding:
    - funder:
        ror: 00k4n6c32
      award:
        title: Full title of the award
        number: '1234'
        identifiers:
          - url: https://example.org/award/1234
          - doi: 10.1234/award
    - funder:
        name: A foundation
code_repository: https://github.com/example/repo2
"""

SPECIFICATION_STORED: dict[str, Any] = {
    "metadata.title": 'A title with "quotes" & an ampersand',
    "metadata.version": "1.0.0",
    "metadata.subjects": [{"subject": "keyword1"}, {"subject": "keyword2"}],
    "metadata.rights": [{"id": "cc-by-nc-4.0"}, {"id": "mit"}],
    "metadata.copyright": "(c) 2026 The authors",
    "metadata.resource_type": {"id": "dataset"},
    "metadata.publisher": "Publisher name",
    "metadata.creators": [
        {
            "person_or_org": {
                "type": "personal",
                "family_name": "Last name 1",
                "given_name": "First name 1",
                "identifiers": [
                    {"scheme": "orcid", "identifier": "0000-0002-1825-0097"},
                    {"scheme": "isni", "identifier": "0000000121032683"},
                ],
            },
            "affiliations": [{"id": "00cv9y106"}, {"name": "Research group, University"}],
        },
        {
            "person_or_org": {
                "type": "personal",
                "family_name": "Last name 2",
                "given_name": "First name 2",
            },
            "affiliations": [{"name": "Consortium name"}],
        },
    ],
    "metadata.related_identifiers": [
        {
            "scheme": "doi",
            "identifier": "10.1234/zenodo.1234567",
            "relation_type": {"id": "cites"},
            "resource_type": {"id": "publication"},
        },
        {
            "scheme": "url",
            "identifier": "https://example.org/a",
            "relation_type": {"id": "issupplementto"},
        },
    ],
    "metadata.funding": [
        {
            "funder": {"id": "00k4n6c32"},
            "award": {
                "title": {"en": "Full title of the award"},
                "number": "1234",
                "identifiers": [
                    {"scheme": "url", "identifier": "https://example.org/award/1234"},
                    {"scheme": "doi", "identifier": "10.1234/award"},
                ],
            },
        },
        {"funder": {"name": "A foundation"}},
    ],
    "custom_fields.code:codeRepository": "https://github.com/example/repo2",
    "metadata.description": (
        "<h1>Data</h1>\n<table>\n<thead>\n"
        "<tr>\n<th>file</th>\n<th>what</th>\n</tr>\n</thead>\n"
        "<tbody>\n<tr>\n<td>a.txt</td>\n<td>numbers</td>\n</tr>\n</tbody>\n</table>\n"
        "<ul>\n<li>one<ul>\n<li>two</li>\n</ul>\n</li>\n</ul>\n"
        '<p>See <a href="https://example.org">there</a>.</p>\n'
        '<pre><code class="language-python">print("&lt;")\n</code></pre>'
    ),
}

README = """\
# Data

| file  | what    |
| ----- | ------- |
| a.txt | numbers |

- one
  - two

See [there](https://example.org).

```python
print("<")
```
"""

NEWER = """
metadata:
  title: A title
  version: '2.0'
  resource_type: software
  creators:
    - family_name: Lovelace
      given_name: Ada
      identifiers:
        - scheme: orcid
          identifier: https://orcid.org/0000-0002-1825-0097
  funding:
    - funder:
        id: 00k4n6c32
      award:
        id: 00k4n6c32::777541
custom_fields:
  code:codeRepository: https://github.com/example/repo2
  code:programmingLanguage:
    - id: python
access:
  files: restricted
"""

NEWER_STORED: dict[str, Any] = {
    "metadata.title": "A title",
    "metadata.version": "2.0",
    "metadata.resource_type": {"id": "software"},
    "metadata.creators": [
        {
            "person_or_org": {
                "type": "personal",
                "family_name": "Lovelace",
                "given_name": "Ada",
                "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
            },
        }
    ],
    "metadata.funding": [{"funder": {"id": "00k4n6c32"}, "award": {"id": "00k4n6c32::777541"}}],
    "custom_fields.code:codeRepository": "https://github.com/example/repo2",
    "custom_fields.code:programmingLanguage": [{"id": "python"}],
    "access": {"record": "public", "files": "restricted"},
    "metadata.description": "<p>Described by an argument.</p>",
}


def assert_stored(workspace: Workspace, expected: dict[str, Any]) -> None:
    """Compare each field in the form in which it can be sent, and then say that all are there."""
    draft = workspace.draft()
    stored = sendable(draft)
    for name, value in expected.items():
        assert (name, normal(name, stored.get(name))) == (name, normal(name, value))
    assert {name for name in stored if name.startswith("custom_fields")} == {
        name for name in expected if name.startswith("custom_fields")
    }


def test_every_field_of_the_specification(workspace: Workspace) -> None:
    workspace.config |= yaml.safe_load(SPECIFICATION)
    workspace.config["path_readme"] = "zenodo.md"
    workspace.write(a_txt="1 2 3")
    (workspace.folder / "zenodo.md").write_text(README)

    workspace.synced()

    assert_stored(workspace, SPECIFICATION_STORED)
    workspace.rdm.clear_log()
    workspace.synced()
    assert workspace.writes() == []


def test_the_newer_dialect(workspace: Workspace) -> None:
    """Files and README are given as arguments."""
    workspace.config |= yaml.safe_load(NEWER)
    del workspace.config["paths"]
    (workspace.folder / "a.txt").write_text("aaa")
    (workspace.folder / "about.html").write_text(
        "<html><body><p>Described by an argument.</p></body></html>"
    )

    workspace.synced("a.txt", "--description", "about.html")

    assert_stored(workspace, NEWER_STORED)
    assert list(workspace.checksums()) == ["a.txt"]


def test_toml_and_json(workspace: Workspace) -> None:
    head = f'endpoint = "{workspace.rdm.endpoint}"\npath_token = "{workspace.rdm.token_file}"\n'
    (workspace.folder / "zenodo.toml").write_text(
        f"{head}[metadata]\ntitle = 'From TOML'\nresource_type = 'dataset'\n"
    )
    result = workspace.run("sync", "zenodo.toml")
    assert result.status == 0
    assert "not ready to be published, missing: creators, files\n" in result.out
    assert workspace.draft()["metadata"]["title"] == "From TOML"

    (workspace.folder / "zenodo.toml").unlink()
    (workspace.folder / "zenodo.json").write_text(
        f'{{"endpoint": "{workspace.rdm.endpoint}", "path_token": "{workspace.rdm.token_file}",'
        ' "metadata": {"title": "From JSON", "resource_type": "dataset"}}'
    )
    assert workspace.run("sync", "zenodo.json").status == 0
    assert workspace.draft()["metadata"]["title"] == "From JSON"


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        (
            {
                "funding": [
                    {
                        "funder": {"name": "A"},
                        "award": {
                            "number": "1",
                            "identifiers": [
                                {"url": "https://example.org/award/1234"},
                                {"url": "https://example.org/award/5678"},
                            ],
                        },
                    }
                ]
            },
            "metadata.funding[0].award.identifiers[1]",
        ),
        (
            {
                "creators": [
                    {"name": "Last, First", "identifiers": {"orcid": "0000-0002-1825-0098"}}
                ]
            },
            "metadata.creators[0].identifiers.orcid",
        ),
        ({"version": 1.0}, "metadata.version"),
    ],
    ids=["two award addresses", "check digit", "number as version"],
)
def test_examples_in_circulation_that_the_server_refuses(
    workspace: Workspace, fragment: dict[str, Any], message: str
) -> None:
    workspace.config["metadata"] |= fragment

    result = workspace.sync()

    assert result.status == 2
    assert len(result.err.splitlines()) == 1, result.err
    assert f": {message}: " in result.err
    assert workspace.rdm.log() == []
