"""The steps of a walk. Each is a function that does something and says whether it could."""

import json
from collections.abc import Callable, Mapping
from random import Random

import attrs

from .items import ABSENT, FILE, LISTS, Json, record_items
from .mishaps import chosen
from .people import Person
from .runs import Runner
from .world import Clone, Server, World

__all__ = ("STEPS", "Walk")

NAMES = "a.txt", "b.txt", "c.txt", "d.txt"
LICENCES = "mit", "apache-2.0", "cc0-1.0", "cc-by-4.0"


@attrs.define
class Walk:
    """What the steps work on."""

    random: Random
    world: World
    runner: Runner

    def clone(self) -> Clone:
        return self.random.choice(self.world.clones)

    def person(self, server: Server, record: str) -> Person:
        """Return somebody who may edit a record, after inviting them if need be."""
        parent = {**server.published, **server.drafts}[record]["parent"]["id"]
        if parent not in self.world.invited:
            self.world.person("alice").invite(record, "2")
            self.world.invited.add(parent)
        return self.world.person(self.random.choice(["alice", "bob"]))

    def word(self) -> str:
        return self.world.word()


def configure(walk: Walk, clone: Clone | None = None) -> bool:
    """Change a field of the configuration."""
    clone = clone or walk.clone()
    config, word = clone.config, walk.word()
    metadata = config["metadata"]
    match walk.random.randint(1, 11):
        case 1 | 2:
            words, metadata["title"] = "metadata.title", f"Title {word}"
        case 3:
            words, metadata["keywords"] = "metadata.keywords", [word, "common"]
        case 4:
            words, metadata["keywords"] = "metadata.keywords", []
        case 5:
            person = {"family_name": "Lovelace", "given_name": f"Ada {word}"}
            words, metadata["creators"] = "metadata.creators", [person]
        case 9 | 10:
            words = walk.random.choice(["keywords", "creators"])
            metadata[words] = _edited(walk, metadata.get(words, []), word)
            words = f"metadata.{words}"
        case 6:
            words, metadata["license"] = "metadata.license", [walk.random.choice(LICENCES)]
        case 7:
            words, config["journal"] = "journal", {"title": f"Journal {word}"}
        case _:
            (clone.folder / "README.md").write_text(f"About {word}.\n\nMore about it.\n")
            words, config["path_readme"] = "path_readme", "README.md"
    clone.write_config()
    value = config.get(words, metadata.get(words.rpartition(".")[2]))
    walk.world.say(f"{clone.name}: in zenodo.yaml, {words}: {json.dumps(value)} ({word})")
    return True


def _edited(walk: Walk, items: Json, word: str) -> Json:
    """Return a list with an item added or taken out; it may have been one item without list."""
    there = list(items) if isinstance(items, list) else [items]
    if len(there) > 1 and walk.random.random() < 0.4:
        there.pop(walk.random.randrange(len(there)))
        return there
    is_person = bool(there) and isinstance(there[0], dict)
    item = {"family_name": "Hypatia", "given_name": word} if is_person else word
    there.insert(walk.random.randint(0, len(there)), item)
    return there


def unmention(walk: Walk, clone: Clone | None = None) -> bool:
    """Take an optional field off the configuration."""
    clone = clone or walk.clone()
    found = [key for key in ("keywords", "license") if key in clone.config["metadata"]]
    if not found:
        return False
    key = walk.random.choice(found)
    del clone.config["metadata"][key]
    clone.write_config()
    walk.world.say(f"{clone.name}: zenodo.yaml without metadata.{key}")
    return True


def write_file(walk: Walk, clone: Clone | None = None) -> bool:
    """Write a file, new or changed."""
    clone, name = clone or walk.clone(), walk.random.choice(NAMES)
    content = f"{name} {walk.word()}".encode()
    clone.write(name, content)
    walk.world.say(f"{clone.name}: {name} = {content!r}, listed")
    return True


def remove_file(walk: Walk, clone: Clone | None = None) -> bool:
    """Delete a file and take it off the configuration."""
    clone = clone or walk.clone()
    if len(clone.config["paths"]) < 2:
        return False
    name = walk.random.choice(clone.config["paths"])
    clone.remove(name)
    walk.world.say(f"{clone.name}: {name} deleted, not listed any more")
    return True


def raise_version(walk: Walk, clone: Clone | None = None) -> bool:
    """Give the configuration a version that is higher than all before."""
    clone = clone or walk.clone()
    clone.config["metadata"]["version"] = version = walk.world.next_version()
    clone.write_config()
    walk.world.say(f"{clone.name}: in zenodo.yaml, metadata.version: {version}")
    return True


def sync(walk: Walk) -> bool:
    """Synchronise, with all that is checked when nothing goes wrong."""
    walk.runner.sync(
        walk.clone(), diff=walk.random.random() < 0.6, again=walk.random.random() < 0.6
    )
    return True


def sync_as_told(walk: Walk) -> bool:
    """Synchronise with an option that decides."""
    options = walk.random.choice([["--ours"], ["--theirs"], ["--prune"], ["--ours", "--prune"]])
    walk.runner.sync(walk.clone(), *options, diff=walk.random.random() < 0.5)
    return True


def sync_with_mishap(walk: Walk) -> bool:
    """Synchronise while something goes wrong; then once more."""
    clone, random = walk.clone(), walk.random
    options = _with_work(walk, clone)
    kinds = ["refused for now", "lost", "answer lost", "answer replaced", "answer cut off"]
    kinds += ["broken off", "a page instead", "late", "late", "late", "kill", "kill"]
    mishaps = [chosen(random, kinds, str) for _ in range(random.choice([1, 1, 1, 2]))]
    walk.runner.troubled_sync(clone, mishaps, *options)
    if random.random() < 0.5:
        walk.runner.sync(clone, again=random.random() < 0.3)
    return True


def sync_with_visitor(walk: Walk) -> bool:
    """Synchronise while somebody does something on the web."""
    clone = walk.clone()
    options = _with_work(walk, clone)
    mishap = chosen(walk.random, ["meddle"], lambda: _meddle(walk, clone))
    walk.runner.troubled_sync(clone, [mishap], *options)
    return True


def _with_work(walk: Walk, clone: Clone) -> list[str]:
    """Change something, so that a run has something to do; return options for it."""
    for _ in range(walk.random.randint(1, 3)):
        walk.random.choice([configure, write_file, write_file, remove_file])(walk, clone)
    return walk.random.choice([[], [], ["--ours"]])


def _meddle(walk: Walk, clone: Clone) -> str:
    """Do something on the web in the middle of a run, and note what it was."""
    server = walk.world.look()
    record = clone.record_id
    if record not in server.drafts or record in server.published:
        return "nobody can do anything"
    person = walk.person(server, record)
    before = len(walk.world.told)
    if walk.random.random() < 0.5:
        names = [_save(walk, person, record)]
    else:
        key = walk.random.choice(_to_be_sent(clone, server.drafts[record]) or NAMES)
        person.upload(record, key, f"theirs {walk.word()}".encode())
        names = [f"{FILE}{key}"]
    held = walk.world.look()
    items = record_items(held.drafts[record])
    for name in names:
        if name != "metadata.copyright":
            walk.runner.meddled[name] = items.get(name, ABSENT)
            walk.runner.meddled_at = len(walk.world.log())
        else:
            walk.runner.unsettled = True
    said = "; ".join(walk.world.told[before:])
    del walk.world.told[before:]
    return said


def _to_be_sent(clone: Clone, draft: Json) -> list[str]:
    """Return the names of files that a run is about to replace."""
    ours, theirs = clone.ours(), record_items(draft)
    files = sorted(name for name in {*ours} & {*theirs} if name.startswith(FILE))
    return [name.removeprefix(FILE) for name in files if ours[name] != theirs[name]]


def publish(walk: Walk) -> bool:
    """Publish with the program."""
    clone = walk.clone()
    if not clone.record_id:
        return False
    if walk.random.random() < 0.7:
        walk.runner.sync(clone, "--ours", "--prune")
    mishaps = []
    if walk.random.random() < 0.3:
        kinds = ["refused for now", "answer lost", "lost", "answer replaced", "kill"]
        mishaps.append(chosen(walk.random, kinds, str))
    elif walk.random.random() < 0.3:
        mishaps.append(chosen(walk.random, ["meddle"], lambda: _meddle(walk, clone)))
    walk.runner.publish(clone, mishaps)
    return True


def discard(walk: Walk) -> bool:
    """Delete the draft with the program."""
    clone = walk.clone()
    if not clone.record_id:
        return False
    mishaps = []
    if walk.random.random() < 0.3:
        mishaps.append(chosen(walk.random, ["meddle"], lambda: _meddle(walk, clone)))
    walk.runner.discard(clone, mishaps)
    return True


def _some_field(walk: Walk) -> tuple[str, Json]:
    """Return a field as somebody saves it in the web form."""
    word = walk.word()
    person = {"type": "personal", "family_name": "Hopper", "given_name": f"Grace {word}"}
    fields: dict[str, Json] = {
        "metadata.title": f"Their title {word}",
        "metadata.publisher": f"Their publisher {word}",
        "metadata.subjects": [{"subject": word}],
        "metadata.creators": [{"person_or_org": person}],
        "metadata.rights": [{"id": walk.random.choice(LICENCES)}],
        "metadata.description": f"<p>Their words {word}</p>",
        "metadata.copyright": f"(c) {word}",
        "custom_fields.journal:journal": {"title": f"Their journal {word}"},
    }
    name = walk.random.choice([*fields, *sorted(LISTS)])
    return name, fields[name]


def _save(walk: Walk, person: Person, record: str) -> str:
    """Let somebody save a field in the web form, or add to a list, and return its name."""
    name, value = _some_field(walk)
    if name in LISTS and walk.random.random() < 0.6:
        person.append(record, name, value[0])
    else:
        person.save(record, name, value)
    return name


def _some_draft(walk: Walk, *, edit: bool = False) -> tuple[Person, str, Json] | None:
    """Return somebody, and a draft that they can work on."""
    server = walk.world.look()
    found = [record for record in server.drafts if (record in server.published) == edit]
    if not found:
        return None
    record = walk.random.choice(sorted(found))
    return walk.person(server, record), record, server.drafts[record]


def save_on_web(walk: Walk) -> bool:
    """Let somebody save a field in the web form."""
    found = _some_draft(walk)
    if found is None:
        return False
    person, record, _ = found
    _save(walk, person, record)
    return True


def upload_on_web(walk: Walk) -> bool:
    """Let somebody send a file."""
    found = _some_draft(walk)
    if found is None:
        return False
    person, record, _ = found
    key = walk.random.choice([*NAMES, "theirs.csv"])
    person.upload(record, key, f"theirs {walk.word()}".encode())
    return True


def begin_on_web(walk: Walk) -> bool:
    """Let somebody begin to send a file, or go on with it."""
    found = _some_draft(walk)
    if found is None:
        return False
    person, record, draft = found
    pending = [key for key, item in draft["files"]["entries"].items() if "checksum" not in item]
    if pending:
        person.upload(record, pending[0], f"theirs {walk.word()}".encode())
    else:
        person.begin_upload(record, walk.random.choice([*NAMES, "theirs.csv"]))
    return True


def delete_on_web(walk: Walk) -> bool:
    """Let somebody delete a file."""
    found = _some_draft(walk)
    if found is None or len(found[2]["files"]["entries"]) < 2:
        return False
    person, record, draft = found
    person.delete(record, walk.random.choice(sorted(draft["files"]["entries"])))
    return True


def publish_on_web(walk: Walk) -> bool:
    """Let somebody publish a draft that can be published."""
    found = _some_draft(walk)
    if found is None:
        return False
    person, record, draft = found
    entries = draft["files"]["entries"].values()
    metadata = draft["metadata"]
    complete = entries and all("checksum" in entry for entry in entries)
    if not complete or not {"title", "creators", "publication_date", "version"} <= metadata.keys():
        return False
    person.publish(record)
    return True


def version_on_web(walk: Walk) -> bool:
    """Let somebody start the next version of a published record."""
    server = walk.world.look()
    if not server.published:
        return False
    record = walk.random.choice(sorted(server.published))
    if server.next_draft(server.published[record]["parent"]["id"]) is not None:
        return False
    person = walk.person(server, record)
    person.new_version(record, walk.world.next_version(), "2026-11-25")
    return True


def discard_on_web(walk: Walk) -> bool:
    """Let somebody discard the draft of a version, or of a correction."""
    server = walk.world.look()
    parents = {item["parent"]["id"] for item in server.published.values()}
    found = [r for r, item in server.drafts.items() if item["parent"]["id"] in parents]
    if not found:
        return False
    record = walk.random.choice(sorted(found))
    walk.person(server, record).discard(record)
    return True


def correct_on_web(walk: Walk) -> bool:
    """Let somebody correct a published version, or leave the correction open."""
    server = walk.world.look()
    found = [record for record in server.published if record not in server.drafts]
    if not found:
        return False
    record = walk.random.choice(sorted(found))
    person = walk.person(server, record)
    person.edit(record)
    _save(walk, person, record)
    if walk.random.random() < 0.6:
        person.publish(record)
    return True


def finish_on_web(walk: Walk) -> bool:
    """Let somebody publish a correction that was left open."""
    found = _some_draft(walk, edit=True)
    if found is None:
        return False
    person, record, _ = found
    person.publish(record)
    return True


STEPS: Mapping[Callable[[Walk], bool], int] = {
    configure: 14,
    unmention: 1,
    write_file: 12,
    remove_file: 4,
    raise_version: 4,
    sync: 24,
    sync_as_told: 6,
    save_on_web: 8,
    upload_on_web: 6,
    begin_on_web: 2,
    delete_on_web: 3,
    publish: 4,
    discard: 2,
    publish_on_web: 2,
    version_on_web: 2,
    discard_on_web: 2,
    correct_on_web: 2,
    finish_on_web: 2,
}
"""How often each step is tried, compared with the others."""

MISHAPS: Mapping[Callable[[Walk], bool], int] = {sync_with_mishap: 14, sync_with_visitor: 8}
