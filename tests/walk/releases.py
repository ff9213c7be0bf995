"""What `publish` and `discard` have to keep."""

import re

from .items import ABSENT, FILE, VERSION, Items, others, record_items
from .oracle import Do
from .promises import Run, keep, writes
from .world import number

__all__ = ("check_discard", "check_publish")


def check_publish(run: Run) -> None:
    """Nothing becomes public that was not shown."""
    new = run.after.published.keys() - run.before.published.keys()
    status, record = run.ended.status, run.target.record
    keep("only the draft of the project is published", kept=new <= {record}, found=sorted(new))
    _check_rest(run)
    if status == 0:
        keep("status 0 means published", kept=new == {record}, found=run.ended.out)
    if new and not run.unsettled:
        draft, public = run.before.drafts[record], run.after.published[record]
        was, now = record_items(draft), record_items(public)
        same = was == now and others(draft) == others(public)
        told = status == 1 and "it is not what was shown" in run.ended.err
        looked = _came_before_the_first_look(run) and {**was, **run.meddled} == now
        keep("nothing is public that was not shown", kept=same or told or looked, found=(was, now))
        shown = now if looked else was
        missing = [word for word in _shown(shown) if word not in run.ended.out]
        keep("what becomes public is shown", kept=not missing, found=missing)
        _check_ready(run, now)
    if not new and not run.unsettled and record in run.before.drafts:
        draft = run.after.drafts[record]
        expected = {**record_items(run.before.drafts[record]), **run.meddled}
        same = expected == record_items(draft)
        keep("a refusal leaves the draft as it is", kept=same, found=(expected, draft))
    if not (run.troubled or run.meddled or run.unsettled):
        ready = _is_ready(run)
        keep("what is ready is published", kept=not ready or status == 0, found=run.ended.err)
        keep("a refusal has a reason", kept=status == 1 or ready or bool(new), found=run.ended.out)


def _came_before_the_first_look(run: Run) -> bool:
    """Return whether somebody who came in between did so before the draft was read."""
    draft = f"/records/{run.target.record}/draft"
    looks = [n for n, request in enumerate(run.log) if request.path.endswith(draft)]
    return bool(run.meddled) and run.meddled_at <= looks[0]


def _came_too_late(run: Run) -> bool:
    """Return whether somebody sent a file after the last look, which the server does not count."""
    draft = f"/records/{run.target.record}/draft"
    looks = [
        n
        for n, request in enumerate(run.log)
        if request.path.endswith(draft) and request.method == "GET"
    ]
    return run.meddled_at > looks[-1] and all(name.startswith(FILE) for name in run.meddled)


def _is_ready(run: Run) -> bool:
    """Return whether nothing speaks against publishing."""
    if run.target.kind != "draft" or run.expected.may or run.target.importable:
        return False
    files = [name for name in run.target.theirs if name.startswith(FILE)]
    same = all(
        dos == {Do.NOTHING} or (dos == {Do.KEEP} and not name.startswith(FILE))
        for name, dos in run.expected.verdicts.items()
    )
    return bool(files) and same and _is_later(run)


def _is_later(run: Run) -> bool:
    latest = run.after.latest(run.target.parent)
    if latest is None or latest["id"] == run.target.record:
        return True
    held = record_items(latest).get(VERSION, ABSENT)
    return number(run.target.theirs.get(VERSION, ABSENT)) > number(held)


def _check_ready(run: Run, public: Items) -> None:
    """What was published is what the project has, except for fields that others have changed."""
    if run.meddled:
        return
    for name in {*run.ours, *public}:
        if name.startswith(FILE):
            same = run.ours.get(name, ABSENT) == public.get(name, ABSENT)
            keep("only files of the project are published", kept=same, found=name)
        elif name in run.ours and run.ours[name] != public.get(name, ABSENT):
            allowed = run.expected.verdicts.get(name, set())
            keep(
                "nothing that is not synchronised is published", kept=Do.KEEP in allowed, found=name
            )


def _shown(items: Items) -> list[str]:
    words = [name.removeprefix(FILE) for name in items if name.startswith(FILE)]
    return [*words, items["metadata.title"].strip('"'), items["metadata.version"].strip('"')]


def _check_rest(run: Run) -> None:
    """Everything but the draft of the project is as it was."""
    if run.unsettled:
        return
    own = {run.target.record}
    for record, item in run.before.published.items():
        now = run.after.published.get(record)
        same = now is not None and record_items(now) == record_items(item)
        keep("what is public stays as it is", kept=same, found=record)
    for record, item in run.before.drafts.items():
        if record not in own:
            now = run.after.drafts.get(record)
            same = now is not None and record_items(now) == record_items(item)
            keep("other drafts stay as they are", kept=same, found=record)
    fresh = (run.after.drafts.keys() | run.after.published.keys()) - (
        run.before.drafts.keys() | run.before.published.keys()
    )
    keep("no second record", kept=not fresh, found=sorted(fresh))


def check_discard(run: Run) -> None:
    """Only the draft of the project is deleted, and only as it was shown."""
    record, status = run.target.record, run.ended.status
    gone = run.before.drafts.keys() - run.after.drafts.keys()
    own = {record} if run.target.kind == "draft" else set()
    if run.unsettled:
        return
    keep("only the draft of the project is deleted", kept=gone <= own, found=sorted(gone))
    _check_rest(run)
    if status == 0:
        keep("status 0 means deleted", kept=gone == own and bool(own), found=run.ended.out)
        # Nothing of what somebody did after it was shown is lost.
        told = not run.meddled or _came_before_the_first_look(run) or _came_too_late(run)
        keep("nobody's later work is deleted", kept=told, found=run.meddled)
        held = {**record_items(run.before.drafts[record]), **run.meddled}
        missing = [word for word in _shown(held) if word not in run.ended.out]
        keep("what is deleted is shown", kept=not missing, found=missing)
        latest = run.after.latest(run.target.parent)
        left = "" if latest is None else latest["id"]
        same = run.clone.record_id == left
        keep("it goes back to the published version", kept=same, found=run.clone.record_id)
        return
    if not (run.troubled or run.meddled):
        refused = re.search(r"no draft to delete|no record yet|cannot be read", run.ended.err)
        keep("a draft can be discarded", kept=bool(refused) and not own, found=run.ended.err)
        wrote = [str(request) for request in writes(run.log)]
        keep("a refusal changes nothing", kept=not wrote, found=wrote)
