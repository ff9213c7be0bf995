"""The server, the clones of the project, and what is true about them."""

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

import attrs
import yaml

from ..building import LOCAL
from ..rdm_server.fixture import Rdm, Request
from ..workspace import METADATA
from .items import FILE, VERSION, Items, Json, local_items, record_items
from .oracle import Bases
from .people import Person

__all__ = ("Clone", "Server", "Target", "World", "number")

ID, STATE = ".zenodo-record-id.txt", ".zenodo-record-id.json"


def number(version: str) -> tuple[int, ...]:
    """Return what orders the versions of the walks, which are all like 1.2.0."""
    return tuple(int(part) for part in version.strip('"').split(".")) if version else ()


@attrs.frozen
class Server:
    """Everything that the server holds for the users."""

    drafts: Mapping[str, Json]
    """Drafts by id, also those of corrections of published versions."""

    published: Mapping[str, Json]
    """Published versions by id."""

    @property
    def parents(self) -> set[str]:
        """The ids of records as a whole."""
        return {item["parent"]["id"] for item in (*self.drafts.values(), *self.published.values())}

    def latest(self, parent: str) -> Json | None:
        """Return the latest published version of a record."""
        found = [item for item in self.published.values() if item["parent"]["id"] == parent]
        return max(found, key=lambda item: item["versions"]["index"], default=None)

    def next_draft(self, parent: str) -> str | None:
        """Return the id of the draft of the next version of a record."""
        for record, item in self.drafts.items():
            if item["parent"]["id"] == parent and record not in self.published:
                return record
        return None


@attrs.frozen
class Target:
    """What a run of a clone works on."""

    kind: str
    """`none`, `draft`, `published`, `next` for a version to be started, or `gone`."""

    record: str = ""
    """The id of the draft or of the published version that is compared."""

    theirs: Items = attrs.field(factory=dict)
    """What it holds."""

    importable: Items = attrs.field(factory=dict)
    """Files of the last version, which a draft without files may still get."""

    parent: str = ""
    """The id of the record as a whole."""

    version: str = ""
    """The version that is published last, for `next`."""


@attrs.define
class Clone:
    """A copy of the project on one machine."""

    name: str
    folder: Path
    rdm: Rdm
    config: dict[str, Json]
    bases: Bases = attrs.field(factory=Bases)
    kept: list[tuple[bytes, bytes, Bases, bool, bool]] = attrs.field(factory=list)
    """Earlier contents of the id and the state file."""

    started: bool = False
    """Whether a run may have started a version without getting to know its id."""

    editing: bool = False
    """Whether a run may have left an edit of a published version open."""

    @property
    def record_id(self) -> str:
        path = self.folder / ID
        return path.read_text().strip() if path.exists() else ""

    @property
    def id_file(self) -> Path:
        return self.folder / ID

    @property
    def state_file(self) -> Path:
        return self.folder / STATE

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder.parent / f"home-{self.name}"),
            "XDG_CACHE_HOME": str(self.folder.parent / f"home-{self.name}" / ".cache"),
            "STEPUP_ZENODO_HOSTS": LOCAL,
            "STEPUP_ZENODO_LIKE_ZENODO": LOCAL,
            "STEPUP_ZENODO_SETTLE": "0",
            "STEPUP_ZENODO_RETRY_DELAY": "0",
            "COLUMNS": "200",
        }

    def ours(self) -> dict[str, str]:
        """Return what the project wants."""
        return local_items(self.folder)

    def write_config(self) -> None:
        text = yaml.safe_dump(self.config, sort_keys=False, allow_unicode=True)
        (self.folder / "zenodo.yaml").write_text(text)

    def write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)
        if name not in self.config["paths"]:
            self.config["paths"].append(name)
        self.write_config()

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()
        self.config["paths"].remove(name)
        self.write_config()

    def remember(self) -> None:
        """Keep a copy of the state, as version control does."""
        if self.id_file.exists() and self.state_file.exists():
            copies = self.id_file.read_bytes(), self.state_file.read_bytes()
            self.kept.append((*copies, self.bases, self.started, self.editing))

    def copied(self, name: str) -> "Clone":
        """Return a copy on another machine."""
        folder = self.folder.parent / name
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*.lock"))
        config = json.loads(json.dumps(self.config))
        return Clone(
            name, folder, self.rdm, config, self.bases, started=self.started, editing=self.editing
        )


@attrs.define
class World:
    """A server and everybody who uses it."""

    rdm: Rdm
    top: Path
    clones: list[Clone] = attrs.field(factory=list)
    told: list[str] = attrs.field(factory=list)
    """What happened, in the order in which it happened."""

    invited: set[str] = attrs.field(factory=set)
    """Records as a whole that bob may manage."""

    count: int = 0
    """How many different values were made up."""

    version: int = 0
    """How many versions were made up."""

    _cache: dict[tuple[str, int], Json] = attrs.field(factory=dict)

    def begin(self) -> None:
        """Empty the server and make the first clone."""
        self.rdm.reset()
        self.rdm.no_faults()
        self.rdm.clear_log()
        folder = self.top / "one"
        folder.mkdir(parents=True)
        config = {
            "endpoint": self.rdm.endpoint,
            "path_token": str(self.rdm.token_file),
            "workers": 1,
            "metadata": json.loads(json.dumps(dict(METADATA))),
            "paths": [],
        }
        clone = Clone("one", folder, self.rdm, config)
        clone.write("a.txt", b"first a")
        self.clones = [clone]

    def say(self, line: str) -> None:
        self.told.append(line)

    def person(self, name: str) -> Person:
        return Person(name, self.rdm, self.say)

    def word(self) -> str:
        """Return a word that nothing else has."""
        self.count += 1
        return f"w{self.count}"

    def next_version(self) -> str:
        """Return a version that is higher than all before."""
        self.version += 1
        return f"1.{self.version}.0"

    def look(self) -> Server:
        """Read everything, by requests that are not in the access log."""
        hits = self.rdm.get("/user/records?size=200&allversions=true")["hits"]["hits"]
        drafts, published = {}, {}
        for hit in hits:
            record = str(hit["id"])
            answer = self.rdm.request("GET", f"/records/{record}/draft")
            if answer.status_code == 200:
                drafts[record] = answer.json()
            if hit["is_published"]:
                published[record] = self._public(record, int(hit["revision_id"]), drafts)
        return Server(drafts, published)

    def _public(self, record: str, revision: int, drafts: Mapping[str, Json]) -> Json:
        """Return a published version; it is not read again when nothing was published since."""
        key = record, revision
        if key not in self._cache or record in drafts:
            self._cache[key] = self.rdm.get(f"/records/{record}")
        return self._cache[key]

    def target(self, clone: Clone, server: Server, options: Collection[str] = ()) -> Target:
        """Return what a run of a clone works on."""
        found = self._target(clone, server)
        draft = server.next_draft(found.parent) if found.kind == "next" else None
        if draft is None or not (clone.started or "--ours" in options):
            return found
        # The server gives the draft that is there already.
        there = _draft_target(draft, server.drafts[draft], server)
        return attrs.evolve(there, kind="next", version=found.version)

    def _target(self, clone: Clone, server: Server) -> Target:
        record = clone.record_id
        if not record:
            return Target("none")
        draft = server.drafts.get(record)
        if draft is not None and record not in server.published:
            return _draft_target(record, draft, server)
        found = server.published.get(record)
        if found is None:
            return Target("gone", record)
        return _published_target(clone, found, server)

    def log(self) -> list[Request]:
        return self.rdm.log()


def _draft_target(record: str, draft: Json, server: Server) -> Target:
    theirs, parent = record_items(draft), draft["parent"]["id"]
    latest = server.latest(parent)
    importable = {}
    if latest is not None and not any(name.startswith(FILE) for name in theirs):
        held = record_items(latest)
        importable = {name: value for name, value in held.items() if name.startswith(FILE)}
    return Target("draft", record, theirs, importable, parent)


def _published_target(clone: Clone, found: Json, server: Server) -> Target:
    parent = found["parent"]["id"]
    wanted, theirs = clone.ours()[VERSION], record_items(found)
    # What somebody else made of the text of this version is kept, and no new version.
    if wanted == theirs.get(VERSION, "") or clone.bases.of(VERSION) == {wanted}:
        return Target("published", found["id"], theirs, {}, parent)
    latest = server.latest(parent)
    assert latest is not None
    theirs = record_items(latest)
    kind = "published" if wanted == theirs.get(VERSION, "") else "next"
    return Target(kind, latest["id"], theirs, {}, parent, theirs.get(VERSION, ""))
