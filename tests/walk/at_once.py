"""Two clones synchronise at the same time: none of their changes is lost in silence."""

from collections.abc import Mapping, Sequence
from random import Random

import attrs

from .expected import expect
from .items import ABSENT, LISTS, Items, record_items, shown_name
from .oracle import Do, held_items
from .program import Ended, Process
from .promises import keep, kept_named
from .world import Clone, Server, Target

__all__ = ("Wanted", "check_at_once", "interleave")


@attrs.frozen
class Wanted:
    """What one of the clones is about to do."""

    target: Target
    ours: Items
    sending: Mapping[str, str]
    """What it may send, `ABSENT` for what it may delete."""

    surely: frozenset[str]
    """The names of what it has to send, if it succeeds."""

    @classmethod
    def of(cls, clone: Clone, target: Target, server: Server) -> "Wanted":
        """Return what a clone is about to do when it begins."""
        ours = clone.ours()
        found = expect(clone, target, server, ours, ()).verdicts
        sending = {name: ours.get(name, ABSENT) for name, dos in found.items() if Do.SEND in dos}
        surely = frozenset(name for name, dos in found.items() if dos == {Do.SEND})
        return cls(target, ours, sending, surely)


def interleave(random: Random, processes: Sequence[Process]) -> None:
    """Let several runs go on, one request of one of them at a time."""
    standing = {number: process.next() for number, process in enumerate(processes)}
    while alive := [number for number, passage in standing.items() if passage is not None]:
        number = random.choice(alive)
        processes[number].go()
        standing[number] = processes[number].next()


def check_at_once(
    wanted: Sequence[Wanted], ended: Sequence[Ended], before: Server, after: Server
) -> None:
    """Check what several runs have made of one draft."""
    keep("no second record", kept=before.parents == after.parents, found=after.parents)
    same = before.drafts.keys() == after.drafts.keys()
    keep("no second draft", kept=same, found=sorted(after.drafts))
    keep("a sync publishes nothing", kept=before.published == after.published, found="")
    record = wanted[0].target.record
    was, now = record_items(before.drafts[record]), record_items(after.drafts[record])
    for want, other, end in _pairs(wanted, ended):
        for name in want.surely if end.status == 0 else ():
            mine, is_now = want.sending[name], now.get(name, ABSENT)
            theirs = other.sending.get(name, mine)
            named = shown_name(name) in kept_named(end)
            if name in LISTS:
                # What one run has added is there; only what was there before can be taken out.
                lost = {*held_items(mine)} - {*held_items(is_now)}
                named = named or lost <= {*held_items(was.get(name, ABSENT))}
            found = f"{name} was {was.get(name)!r}, is {is_now!r}, one run wanted {mine!r}"
            keep(
                "no change is lost in silence", kept=is_now in (mine, theirs) or named, found=found
            )
    if all(end.status == 0 for end in ended):
        for name in {*was, *now} - {name for want in wanted for name in want.sending}:
            same = was.get(name) == now.get(name)
            found = f"{name} was {was.get(name)!r}, is {now.get(name)!r}"
            keep("what nobody changes stays", kept=same, found=found)


def _pairs(wanted: Sequence[Wanted], ended: Sequence[Ended]) -> list[tuple[Wanted, Wanted, Ended]]:
    one, two = wanted
    return [(one, two, ended[0]), (two, one, ended[1])]
