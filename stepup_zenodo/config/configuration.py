"""The whole configuration: its keys outside of the metadata, and what concerns several keys."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ..document.nodes import Node
from ..errors import Place
from ..terms.repositories import Repository, repository_of
from .access import ACCESS, Access
from .containers import UNREAD, Many
from .customfields import (
    IMPRINT,
    JOURNAL,
    MEETING,
    OTHERS,
    THESIS,
    ArticleJournal,
    CustomFields,
    Imprint,
    Meeting,
    Thesis,
)
from .endpoints import SANDBOX, EndpointKind
from .foreign import elsewhere_called
from .ids import Term
from .jsonschema import Definitions, Schema, any_text
from .metadata import Metadata
from .paths import FileKey, ListedPath, ListedPaths, OwnPath, ReadPath, number_problems
from .reading import At, Kind, Named, Position, Reading, kind_of_value
from .scalars import Address, Html, Text, Whole
from .structs import Key, Struct, key, keys

__all__ = ("CONFIG", "CUSTOM", "ID_FILE", "Config", "custom_kinds")


@kind_of_value
class _CommunityName(Kind[str]):
    """The name of a community in addresses, or its address; empty for none."""

    words = "the name of a community as in the address of its page"
    emptied = '""'

    def parse(self, node: Node, at: At) -> str:
        """Read the name of a community."""
        text = Text(name=self.words, can_be_empty=True).parse(node, at)
        match = re.fullmatch(r"(?:https?://[^/\s]+/communities/)?([^/\s?#]*)/?", text)
        if match is None or (text and not match[1]):
            raise self.mismatch(node, at, "copy it from the address, after /communities/")
        return match[1]

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text."""
        del definitions
        return any_text()


def _of_metadata(name: str) -> str:
    """Return where a key belongs that is given outside of the metadata."""
    if _is_key(name, Metadata):
        return "it belongs into the section metadata"
    if name == "path_versions":
        return "StepUp RepRep 2 has it; the file in path_record_id takes its place"
    return elsewhere_called(name)


def _of_top_level(name: str) -> str:
    """Return where a key belongs that is given within the metadata."""
    if _is_key(name, Config):
        return "it belongs to the top level, outside of metadata"
    return elsewhere_called(name)


def _is_key(name: str, cls: type) -> bool:
    return any(name in (declared.name, *declared.aliases) for declared in keys(cls))


_METADATA = Struct(
    Metadata, "a mapping with fields such as title", can_be_empty=True, elsewhere=_of_top_level
)


ID_FILE = ".zenodo-record-id.txt"
"""The record id file of a configuration that names no other."""

CUSTOM = "custom_fields."
"""How names of custom fields begin among the fields of a record."""


def _own_keys() -> dict[str, Key]:
    """Return the custom fields with keys of their own, by the names of the server."""
    return {
        item.sent_as.removeprefix(CUSTOM): item
        for item in keys(Config)
        if item.sent_as.startswith(CUSTOM)
    }


def _custom_words() -> dict[str, Kind[Any]]:
    """Return what custom fields may be, by the names of the server and by the keys for them."""
    return {**custom_kinds(), **{item.name: item.kind for item in _own_keys().values()}}


def custom_kinds() -> dict[str, Kind[Any]]:
    """Return what custom fields may be, by the names of the server."""
    return {**{name: item.kind for name, item in _own_keys().items()}, **OTHERS}


@attrs.frozen(kw_only=True)
class Config:
    """What the user wrote.

    `None` means that the configuration leaves a field alone;
    an empty text or tuple means that it empties the field.
    """

    path_record_id: str = key(
        OwnPath(),
        "The file that remembers the id of the record. Add it to version control.",
        example=ID_FILE,
        default=ID_FILE,
    )
    endpoint: str = key(
        EndpointKind(),
        "The address of the API. The default is the sandbox of Zenodo; "
        "remove `sandbox.` to work with real records.",
        example=SANDBOX,
        default=SANDBOX,
    )
    path_token: str | None = key(
        OwnPath(),
        "The file with your personal access token; `~` is your home folder.",
        example="~/.config/sandbox-zenodo-org-token.txt",
    )
    metadata: Metadata = key(
        _METADATA,
        "What the record says about the work.",
        example={"title": "Data of an Example"},
        default=Metadata(),
    )
    code_repository: str | None = key(
        Address(can_be_empty=True),
        "The address of the repository with the source code.",
        example="https://github.com/example/project",
        field="custom_fields.code:codeRepository",
        heading="Repository of the code",
    )
    programming_languages: tuple[str, ...] | None = key(
        Many(Term("programming_languages")),
        "In which languages software is written.",
        example=["python"],
        field="custom_fields.code:programmingLanguage",
        heading="Programming languages",
    )
    development_status: str | None = key(
        Term("development_statuses", can_be_empty=True),
        "How alive software is.",
        example="active",
        field="custom_fields.code:developmentStatus",
        heading="Development status",
    )
    path_readme: str | None = key(
        ReadPath(),
        "The file that becomes the description; `.md` is converted to HTML.",
        example="README.md",
    )
    description: str | None = key(
        Html(shortest=3, can_be_empty=True),
        "The description, the same as `metadata.description`.",
        example="All data behind the figures.",
    )
    paths: tuple[ListedPath, ...] | None = key(
        ListedPaths(),
        "The files of the record, relative to the folder of the configuration. "
        "Their names on the server are without folders. Others are deleted from the draft. "
        "Patterns stand for all files that they match: `*`, `?` and `[...]` in a name, "
        "`**` for any number of folders. Hidden files are only matched by a part that begins "
        "with a dot. In a name, write `[*]`, `[?]` and `[[]` for these characters. "
        "A mapping with the key `archive` stands for a folder, of which a zip file is made.",
        example=["data.csv", "../figures/figure1.pdf", "results/**/*.json"],
    )
    default_preview: str | None = key(
        FileKey(),
        "The file that the page of the record shows first.",
        example="figure1.pdf",
        field="files.default_preview",
    )
    quota: int | None = key(
        Whole(50, 10_000),
        "How many GB the files may take in all, where that is more than usual. Zenodo gives 50 to "
        "each record, and up to 200 to those who ask for more: 150 more in all for an account.",
        example=120,
    )
    access: Access | None = key(
        ACCESS,
        "Who may see the files, and from when.",
        example={"files": "restricted"},
        field="access",
        heading="Access",
    )
    community: str | None = key(
        _CommunityName(),
        "The community to which the record is to be submitted.",
        example="my-community",
    )
    journal: ArticleJournal | None = key(
        JOURNAL,
        "The journal of an article.",
        example={"volume": "12"},
        field="custom_fields.journal:journal",
        heading="Journal",
    )
    meeting: Meeting | None = key(
        MEETING,
        "The conference of a presentation.",
        example={"acronym": "COE 2026"},
        field="custom_fields.meeting:meeting",
        heading="Conference",
    )
    imprint: Imprint | None = key(
        IMPRINT,
        "The book or report of a chapter.",
        example={"place": "Brussels"},
        field="custom_fields.imprint:imprint",
        heading="Published in",
    )
    thesis: Thesis | None = key(
        THESIS,
        "Where a thesis is submitted.",
        example={"university": "Example University"},
        field="custom_fields.thesis:thesis",
        heading="Thesis",
    )
    rights_holder: tuple[str, ...] | None = key(
        Many(Text(name="a name")),
        "Who holds the rights.",
        example=["Marie Curie"],
        field="custom_fields.dc:rightsHolder",
        heading="Rights holders",
    )
    custom_fields: tuple[tuple[str, Any], ...] = key(
        CustomFields(_custom_words),
        "Further fields of Zenodo, under the names of the server.",
        example={"dwc:genus": ["Felis"]},
        default=(),
    )
    doi_placeholder: str | None = key(
        Text(name="a text"),
        "What `zenodo_doi` writes instead of the DOI as long as there is no token. "
        "Without it, the build fails until there is one.",
        example="10.5281/zenodo.pending",
    )
    workers: int = key(
        Whole(1, 16), "How many files are uploaded at the same time.", example=4, default=8
    )

    file: str = ""
    """The path of the file as the user wrote it."""

    like_zenodo: tuple[str, ...] = ()
    """Hosts that have the rules of Zenodo besides its own."""

    spots: Mapping[str, Position] = attrs.field(factory=dict, eq=False, repr=False)
    """Where the values are given, by their canonical paths, and the words of the file for them."""

    named: tuple[Named, ...] = attrs.field(default=(), eq=False, repr=False)
    """The files that have to be there."""

    @property
    def repository(self) -> Repository:
        """The rules of the repository."""
        return repository_of(self.endpoint, self.like_zenodo).with_quota(self.quota)

    def listed(self, key: str) -> ListedPath | None:
        """Return the file that has a name on the server, `None` when it is not listed."""
        return next((item for item in self.paths or () if item.key == key), None)

    def place(self, where: str) -> Place | None:
        """Return where a value is given.

        Parameters
        ----------
        where
            A path such as `metadata.creators[0].family_name`, canonical or as the file has it.

        Returns
        -------
        place
            The place of the value, or of the nearest value around it.
            `None` for a configuration that was not read from a file.
        """
        written = {spot.written: spot.place for spot in self.spots.values()}
        for path in _outwards(where):
            if path in self.spots:
                return self.spots[path].place
            if path in written:
                return written[path]
        return None

    def written(self, where: str) -> str:
        """Return a canonical path in the words of the file.

        These differ when the file uses another name for a key,
        a single value instead of a list, or a mapping from schemes to identifiers.
        """
        for path in _outwards(where):
            if path in self.spots:
                return (self.spots[path].written + where[len(path) :]).removeprefix(".")
        return where


def _outwards(where: str) -> Iterable[str]:
    """Yield a path, and then the paths of the values around it up to the whole file."""
    while where:
        yield where
        where = re.sub(r"(?:\.?[^.\[\]]+|\[\d+\]|.)$", "", where, count=1, flags=re.DOTALL)
    yield ""


def _finish(values: dict[str, Any], at: At) -> None:
    _merge_descriptions(values, at)
    _merge_custom_fields(values, at)
    endpoint = values.get("endpoint", SANDBOX)
    if endpoint is not UNREAD:
        _keep_to_rules(values, repository_of(endpoint, at.reading.like_zenodo), at)


def _keep_to_rules(values: dict[str, Any], rules: Repository, at: At) -> None:
    """Note what the repository would not take."""
    if rules.knows_fields:
        at.reading.problems += at.reading.unknown_fields
    access = values.get("access")
    if isinstance(access, Access) and access.record == "restricted" and not rules.closes_records:
        at.of("access.record").wrong('found the text "restricted", expected public')
    quota, most = values.get("quota"), rules.most_quota
    if isinstance(quota, int) and most is not None and quota > most:
        at.of("quota").wrong(f"{rules.name} gives at most {most} GB to a record, found {quota}")
    paths = values.get("paths", UNREAD)
    if paths is not UNREAD:
        at.reading.problems += number_problems(paths, rules)


def _merge_descriptions(values: dict[str, Any], at: At) -> None:
    """Leave one description at most, as a part of the metadata."""
    metadata = values.get("metadata", Metadata())
    given: list[str] = [name for name in ("path_readme", "description") if name in values]
    if "metadata.description" in at.reading.spots:
        given.append("metadata.description")
    if len(given) > 1:
        message = f"found both {given[0]} and {given[1]}, expected one of them"
        at.of(given[1]).wrong(message, "the server has one description")
    elif given and given[0] in at.reading.spots:  # not there for a key that is only similar
        at.reading.spots["metadata.description"] = at.reading.spots[given[0]]
    description = values.pop("description", None)
    if isinstance(description, str) and isinstance(metadata, Metadata):
        values["metadata"] = attrs.evolve(metadata, description=description)
    elif description is not None:
        values["description"] = description


def _merge_custom_fields(values: dict[str, Any], at: At) -> None:
    """Move the custom fields that have keys of their own to these keys."""
    fields = values.get("custom_fields", ())
    if fields is UNREAD:
        return
    rest, named = [], _own_keys()
    named |= {item.name: item for item in named.values()}
    for name, value in fields:
        own = named.get(name)
        word = "" if own is None else own.name
        spot = at.of(f"custom_fields.{name}")
        if not word:
            rest.append((name, value))
        elif word in values:
            message = f"found both {word} and {spot.written}, which are the same"
            spot.wrong(message, "remove one of them")
        else:
            values[word] = value
            _copy_spots(at.reading, spot.where, word)
    values["custom_fields"] = tuple(rest)


def _copy_spots(reading: Reading, old: str, new: str) -> None:
    """Make a value known under a second canonical path."""
    for path, spot in list(reading.spots.items()):
        if path == old or path.startswith((f"{old}.", f"{old}[")):
            reading.spots[new + path[len(old) :]] = spot


CONFIG = Struct(Config, "a configuration", _finish, can_be_empty=True, elsewhere=_of_metadata)
"""The whole file."""
