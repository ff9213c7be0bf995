"""What a run of `sync` has to do, from what is there before it begins."""

from collections.abc import Mapping

import attrs

from .items import DATE, FILE, VERSION, Items
from .oracle import Bases, Do, verdicts
from .world import Clone, Server, Target, number

__all__ = ("Expected", "expect")


@attrs.frozen
class Expected:
    """What a run has to do if nothing comes in between."""

    verdicts: Mapping[str, set[Do]] = attrs.field(factory=dict)
    """What may be done about each item."""

    must: frozenset[str] = frozenset()
    """Reasons for which the run has to refuse."""

    may: frozenset[str] = frozenset()
    """Reasons for which it may refuse."""

    reset: frozenset[str] = frozenset()
    """Items that a new version sets anew, whoever changed them."""

    elsewhere: bool = False
    """Whether a reason is about the record as a whole, so that items need not be looked at."""


def expect(
    clone: Clone, target: Target, server: Server, ours: Items, options: tuple[str, ...]
) -> Expected:
    """Return what a run has to do.

    Parameters
    ----------
    clone
        Whose run it is.
    target
        What it works on.
    server
        What the server holds.
    ours
        What the project wants.
    options
        Those of the command line.
    """
    if target.kind == "none":
        return Expected({name: {Do.SEND} for name in ours})
    if target.kind == "gone":
        reason = frozenset({"the record is gone"})
        return Expected({}, reason, reason, elsewhere=True)
    found = {
        name: _allowed(name, ours, target, clone.bases, options)
        for name in {*ours, *target.theirs, *target.importable}
    }
    reset = frozenset({VERSION, DATE}) if target.kind == "next" else frozenset()
    for name in reset:
        found[name] = {Do.SEND, Do.NOTHING}
    must = {f"conflict about {name}" for name, dos in found.items() if dos == {Do.CONFLICT}}
    may = {f"conflict about {name}" for name, dos in found.items() if Do.CONFLICT in dos}
    whole_must, whole_may = _reasons(
        clone=clone, target=target, server=server, ours=ours, found=found, options=options
    )
    return Expected(
        found,
        frozenset(must | whole_must),
        frozenset(may | must | whole_must | whole_may),
        reset,
        elsewhere=bool(whole_may | whole_must),
    )


def _allowed(
    name: str, ours: Items, target: Target, bases: Bases, options: tuple[str, ...]
) -> set[Do]:
    found = verdicts(name, ours, target.theirs, bases, options=options)
    if target.importable:
        files = {n: v for n, v in target.theirs.items() if not n.startswith(FILE)}
        found |= verdicts(name, ours, files | dict(target.importable), bases, options=options)
    return found


def _reasons(
    *,
    clone: Clone,
    target: Target,
    server: Server,
    ours: Items,
    found: Mapping[str, set[Do]],
    options: tuple[str, ...],
) -> tuple[set[str], set[str]]:
    """Return why a run has to refuse, and why it may, besides conflicts about items."""
    must: set[str] = set()
    may: set[str] = set()
    if target.kind == "next":
        if number(ours[VERSION]) <= number(target.version):
            must.add("the version is lower than the published one")
        draft = server.next_draft(target.parent)
        if draft is not None and "--ours" not in options:
            (may if clone.started else must).add("somebody else has started a version")
    if target.kind == "published":
        files = [dos for name, dos in found.items() if name.startswith(FILE)]
        if {Do.SEND} in files:
            must.add("published files differ")
        if any(Do.SEND in dos for dos in files):
            may.add("published files may differ")
        fields = [dos for name, dos in found.items() if not name.startswith(FILE)]
        if target.record in server.drafts and any(Do.SEND in dos for dos in fields):
            (must if {Do.SEND} in fields and not clone.editing else may).add("an edit is open")
    return must, may
