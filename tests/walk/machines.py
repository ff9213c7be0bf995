"""Steps with several clones of a project, and with what a clone remembers."""

from collections.abc import Callable, Mapping

from .oracle import Bases
from .steps import Walk, configure, remove_file, write_file
from .world import Clone

__all__ = ("MACHINES",)

DAMAGE: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "half of it": lambda content: content[: len(content) // 2],
    "no text": lambda _: b"\xff\xfe\x00",
    "a list": lambda _: b"[]\n",
    "of another version": lambda content: content.replace(b'"format": 1', b'"format": 7'),
    "with a number for an id": lambda content: content.replace(
        b'"record": "', b'"record": 7, "x": "'
    ),
    "with markers of a merge": lambda content: b"<<<<<<< HEAD\n" + content,
}
"""What can become of a state file."""


def clone(walk: Walk) -> bool:
    """Copy the project to another machine."""
    first = walk.world.clones[0]
    if len(walk.world.clones) > 1 or not first.record_id:
        return False
    walk.world.clones.append(first.copied("two"))
    walk.world.say(f"cp -r {first.name} two")
    return True


def pull_state(walk: Walk) -> bool:
    """Take over what another clone remembers, as version control does."""
    if len(walk.world.clones) < 2:
        return False
    taking, giving = walk.random.sample(walk.world.clones, 2)
    if not (giving.id_file.exists() and giving.state_file.exists()):
        return False
    walk.world.say(f"cp {giving.name}/.zenodo-record-id.* {taking.name}/")
    taking.id_file.write_bytes(giving.id_file.read_bytes())
    taking.state_file.write_bytes(giving.state_file.read_bytes())
    taking.bases, taking.started, taking.editing = giving.bases, giving.started, giving.editing
    return True


def remember(walk: Walk) -> bool:
    """Commit what a clone remembers."""
    found = walk.clone()
    found.remember()
    walk.world.say(f"{found.name}: git commit (number {len(found.kept)} of the state)")
    return True


def old_state(walk: Walk) -> bool:
    """Go back to what a clone remembered earlier."""
    found = walk.clone()
    if not found.kept:
        return False
    number = walk.random.randrange(len(found.kept))
    record, state, found.bases, found.started, found.editing = found.kept[number]
    walk.world.say(f"{found.name}: git checkout of number {number + 1} of the state")
    found.id_file.write_bytes(record)
    found.state_file.write_bytes(state)
    return True


def lose_state(walk: Walk) -> bool:
    """Lose what a clone remembers, except for the id."""
    found = walk.clone()
    if not found.state_file.exists():
        return False
    walk.world.say(f"rm {found.name}/.zenodo-record-id.json")
    _forget(found)
    return True


def damage_state(walk: Walk) -> bool:
    """Damage what a clone remembers, and do what the message says."""
    found = walk.clone()
    if not found.state_file.exists():
        return False
    kind = walk.random.choice([*DAMAGE])
    walk.world.say(f"{found.name}/.zenodo-record-id.json is {kind}")
    found.state_file.write_bytes(DAMAGE[kind](found.state_file.read_bytes()))
    for command in walk.random.sample(["sync", "diff", "publish", "discard", "status"], 2):
        walk.runner.refused(found, command)
    _forget(found)
    return True


def _forget(found: Clone) -> None:
    found.state_file.unlink()
    found.bases, found.started = Bases(), False


def at_once(walk: Walk) -> bool:
    """Let two clones synchronise at the same time, request by request in any order."""
    if len(walk.world.clones) < 2:
        return False
    one, two = walk.world.clones
    server = walk.world.look()
    targets = [walk.world.target(each, server) for each in (one, two)]
    if {target.kind for target in targets} != {"draft"} or one.record_id != two.record_id:
        return False
    for each in (one, two):
        for _ in range(2):
            walk.random.choice([configure, write_file, write_file, remove_file])(walk, each)
    walk.runner.at_once(walk.random, one, two)
    return True


MACHINES: Mapping[Callable[[Walk], bool], int] = {
    clone: 4,
    pull_state: 3,
    remember: 3,
    old_state: 2,
    lose_state: 2,
    damage_state: 2,
    at_once: 4,
}
"""How often each step is tried, compared with the others."""
