"""What every run of the program has to keep, whatever happens around it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from ..rdm_server.fixture import Request
from .expected import Expected
from .items import (
    ABSENT,
    FILE,
    LISTS,
    PENDING,
    WORDS,
    Items,
    Json,
    others,
    record_items,
    shown_name,
)
from .oracle import Bases, Do, held_items, may_become, verdicts
from .program import Ended
from .world import Clone, Server, Target

__all__ = ("Broken", "Run", "check_run", "check_words", "conflicts_named", "kept_named", "writes")

HEAD = "Nothing was changed, because a person must decide:"
PLACE = r"(?:zenodo\.yaml:\d+:\d+: )?"


class Broken(Exception):
    """A promise was not kept."""


def keep(promise: str, *, kept: bool, found: object) -> None:
    """Raise when a promise was not kept."""
    if not kept:
        raise Broken(f"{promise}: {found}")


@attrs.frozen
class Run:
    """One run of `sync`, and what was there before and after."""

    clone: Clone
    options: tuple[str, ...]
    before: Server
    target: Target
    ours: Items
    bases: Bases
    expected: Expected
    ended: Ended
    log: tuple[Request, ...]
    after: Server

    troubled: bool = False
    """Whether something went wrong on purpose."""

    meddled: Mapping[str, str] = attrs.field(factory=dict)
    """Items that persons changed during the run, with the values that they gave them."""

    meddled_at: int = 0
    """How many requests were made before persons did so."""

    unsettled: bool = False
    """Whether persons did something during the run after which anything can be right."""


def writes(log: Iterable[Request]) -> list[Request]:
    """Return the requests that can have changed something."""
    return [request for request in log if request.method != "GET"]


def kept_named(ended: Ended) -> set[str]:
    """Return what a run says that it has kept, in its words."""
    found = re.findall(rf"^{PLACE}kept ('.*?'|the record|\S+): ", ended.err, re.MULTILINE)
    return set(found) - {"the record"}


def conflicts_named(ended: Ended) -> set[str]:
    """Return the items about which a run says that a person must decide."""
    if HEAD not in ended.err:
        return set()
    names = {words: name for name, words in WORDS.items()}
    found = set()
    for line in ended.err.partition(HEAD)[2].splitlines():
        match = re.match(rf"{PLACE}(?:paths\.(?P<file>\S+)|'(?P<gone>.*?)'|(?P<field>\S+)): ", line)
        if match is None:
            continue
        key = match["file"] or match["gone"]
        if key:
            found.add(f"{FILE}{key}")
        field = (match["field"] or "").partition("[")[0]
        both = re.search(r"(changed|added|removed|replaced) in the configuration (to|by|and)", line)
        if not key and both and field in names:
            found.add(names[field])
    return found


def check_words(ended: Ended, folder: Path, secrets: Iterable[str]) -> None:
    """Check that there is no traceback, that no secret is told, and that the status is known."""
    said = ended.out + ended.err
    keep("no traceback", kept="Traceback" not in said, found=said)
    keep("a known status", kept=ended.status in (None, 0, 1, 2, 3), found=ended.status)
    written = b"".join(path.read_bytes() for path in _files(folder))
    for secret in secrets:
        where = "output" if secret in said else "a file"
        hidden = secret not in said and secret.encode() not in written
        keep("the token is nowhere", kept=hidden, found=where)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.parent.rglob("*") if path.is_file()]


def check_run(run: Run) -> None:
    """Check everything that one run of `sync` can do wrong."""
    _check_public(run)
    _check_records(run)
    _check_work_of_others(run)
    if run.ended.status == 0:
        _check_truth(run)
    if not (run.troubled or run.meddled or run.unsettled):
        _check_decision(run)


def _check_public(run: Run) -> None:
    """A sync publishes nothing, except for corrected metadata of what is public already."""
    new = run.after.published.keys() - run.before.published.keys()
    if not run.unsettled:
        keep("a sync publishes nothing", kept=not new, found=sorted(new))
    for record, item in run.before.published.items():
        now = run.after.published.get(record)
        keep("what is public stays public", kept=now is not None, found=record)
        assert now is not None
        same = _files_of(record_items(item)) == _files_of(record_items(now))
        keep("public files stay as they are", kept=same, found=record)
        corrected = run.target.kind == "published" and run.target.record == record
        if not corrected and not run.unsettled:
            equal = record_items(item) == record_items(now) and others(item) == others(now)
            keep("other versions stay as they are", kept=equal, found=record)


def _check_records(run: Run) -> None:
    """There is one record, and at most one draft of it."""
    parents = run.after.parents - run.before.parents
    fresh = run.target.kind == "none"
    keep("no second record", kept=len(parents) <= fresh, found=sorted(parents))
    fresh = run.target.kind in ("none", "next")
    drafts = run.after.drafts.keys() - run.before.drafts.keys() - run.after.published.keys()
    keep("no second draft", kept=len(drafts) <= fresh, found=sorted(drafts))
    gone = run.before.drafts.keys() - run.after.drafts.keys() - run.before.published.keys()
    if not run.unsettled:
        keep("a sync deletes no draft", kept=not gone, found=sorted(gone))
    for record in (run.before.drafts.keys() & run.after.drafts.keys()) - {run.target.record}:
        before, after = run.before.drafts[record], run.after.drafts[record]
        same = record_items(before) == record_items(after) and others(before) == others(after)
        if record != run.clone.record_id and not run.unsettled:
            keep("other drafts stay as they are", kept=same, found=record)


def _result(run: Run) -> Json | None:
    """Return the record on which the run has worked, as it is now."""
    if run.target.kind == "published":
        return run.after.published[run.target.record]
    record = run.clone.record_id or run.target.record
    return run.after.drafts.get(record) or run.after.published.get(record)


def _check_work_of_others(run: Run) -> None:
    """What somebody else has done since we last sent something is still there."""
    found = _result(run)
    if run.target.kind in ("none", "gone") or run.unsettled or found is None:
        return
    now = record_items(found)
    drafts = run.after.drafts.keys() - run.after.published.keys()
    if run.target.kind == "next" and run.clone.record_id not in drafts:
        return
    empty = run.ended.status != 0 and not _files_of(now) and run.target.kind == "next"
    for name, verdict in run.expected.verdicts.items():
        allowed = verdict
        if empty and name.startswith(FILE):
            continue  # They were not imported any more.
        was = run.meddled.get(name, run.target.theirs.get(name, ABSENT))
        is_now, mine = now.get(name, ABSENT), run.ours.get(name, ABSENT)
        if is_now == was or name in run.expected.reset:
            continue
        unfinished = {ABSENT, PENDING} if name.startswith(FILE) and run.ended.status != 0 else set()
        if run.target.importable.get(name) in (is_now, mine):
            continue
        if name in run.meddled:
            theirs = {**run.target.theirs, name: was}
            allowed = verdicts(name, run.ours, theirs, run.bases, options=run.options)
        told = Do.SEND in allowed
        known = is_now in {mine, *unfinished}
        if name in LISTS:
            bases = {*run.bases.of(name), *([mine] if name in run.meddled else [])}
            known = held_items(is_now) in may_become(mine, was, bases, run.options)
        keep(
            "nobody's later work is lost",
            kept=told and known,
            found=f"{name} was {was!r} and is {is_now!r}, ours is {mine!r}, "
            f"the base {sorted(run.bases.of(name) or [])}",
        )
    before = {**run.before.published, **run.before.drafts}[run.target.record]
    if run.target.kind == "published":
        before = run.before.published[run.target.record]
    keep(
        "fields that the configuration does not mention stay",
        kept=others(before) == others(found),
        found=f"{others(before)} became {others(found)}",
    )


def _check_truth(run: Run) -> None:
    """Status 0 means that both sides are equal, or that the difference is named."""
    found = _result(run)
    keep("status 0 means that there is a record", kept=found is not None, found=run.ended.out)
    now, named = record_items(found), kept_named(run.ended)
    different = set()
    for name in {*run.expected.verdicts, *now}:
        managed = name.startswith(FILE) or name in run.ours
        if managed and run.ours.get(name, ABSENT) != now.get(name, ABSENT):
            different.add(shown_name(name))
    late = {shown_name(name) for name in run.meddled}
    keep(
        "status 0 means equal, or named as kept",
        kept=different - named <= (late if run.meddled else set()),
        found=f"different {sorted(different)}, named {sorted(named)}",
    )
    keep(
        "what is named as kept is different",
        kept=named - different <= late or run.unsettled,
        found=f"different {sorted(different)}, named {sorted(named)}",
    )


def _check_decision(run: Run) -> None:
    """Nothing went wrong and nobody came in between: so it is known what has to happen."""
    status, expected = run.ended.status, run.expected
    if expected.must:
        keep("it refuses", kept=status == 1, found=sorted(expected.must))
    if status == 0:
        kept_ok = {shown_name(n) for n, dos in expected.verdicts.items() if Do.KEEP in dos}
        surplus = kept_named(run.ended) - kept_ok
        keep("it keeps what only they changed", kept=not surplus, found=sorted(surplus))
        _check_names(run)
        return
    keep("it does not fail without reason", kept=bool(expected.may), found=run.ended.err)
    keep("a refusal changes nothing", kept=not writes(run.log), found=[str(r) for r in run.log])
    named = conflicts_named(run.ended)
    conflicts = {n for n, dos in expected.verdicts.items() if Do.CONFLICT in dos}
    keep("conflicts are conflicts", kept=named <= conflicts, found=sorted(named - conflicts))
    if HEAD in run.ended.err and not expected.elsewhere:
        sure = {n for n, dos in expected.verdicts.items() if dos == {Do.CONFLICT}}
        keep("all conflicts are named", kept=sure <= named, found=sorted(sure - named))


def _check_names(run: Run) -> None:
    """Everything that changes is announced."""
    found = _result(run)
    if found is None or run.target.kind in ("none", "next"):
        return
    now = record_items(found)
    for name in {*now, *run.target.theirs}:
        if now.get(name, ABSENT) == run.target.theirs.get(name, ABSENT):
            continue
        if run.target.importable.get(name) == now.get(name):
            continue
        key = re.escape(shown_name(name).strip("'"))
        words = rf"(send|delete) {key}\b" if name.startswith(FILE) else rf"set {key}\b"
        told = re.search(rf"^  {words}", run.ended.out, re.MULTILINE)
        keep("what changes is announced", kept=told is not None, found=name)


def _files_of(items: Items) -> dict[str, str]:
    return {name: value for name, value in items.items() if name.startswith(FILE)}
