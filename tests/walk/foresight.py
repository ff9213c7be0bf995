"""`diff` foresees what `sync` does: every request that changes something is in the access log."""

import json
import re
from collections import Counter
from collections.abc import Iterable

from ..rdm_server.fixture import Request
from .items import Json
from .program import Ended
from .promises import Run, keep, kept_named, writes

__all__ = ("check_foresight",)


def check_foresight(shown: Ended, run: Run) -> None:
    """Compare what `diff --json` said with what the sync right after it did."""
    found = json.loads(shown.out)
    status, wrote = run.ended.status, writes(run.log)
    if found["status"] == "failed":
        keep("diff fails when sync fails", kept=status != 0, found=found)
        return
    text = f"{[str(request) for request in wrote]}, diff said {shown.out}"
    if found["status"] == "conflict":
        keep("diff foresees a refusal", kept=status == 1 and not wrote, found=text)
        return
    keep("diff foresees success", kept=status == 0, found=run.ended.err)
    ended_well = shown.status == (0 if found["status"] == "equal" else 3)
    keep("diff has the right status", kept=ended_well, found=shown.status)
    kept = {row["what"] for row in found["kept"]} - {"the record"}
    keep("diff foresees what is kept", kept=kept == kept_named(run.ended), found=text)
    taken_over = run.target.kind == "next" and run.target.record in run.before.drafts
    if run.clone.editing or taken_over:
        return
    keep("diff foresees the number of requests", kept=found["writes"] == len(wrote), found=text)
    same = _foreseen(found["changes"]) == _done(wrote)
    keep("diff foresees the requests", kept=same, found=text)


def _foreseen(changes: Iterable[Json]) -> Counter[tuple[str, ...]]:
    """Return the requests that follow from what `diff` shows."""
    found: Counter[tuple[str, ...]] = Counter()
    for change in changes:
        match change["action"]:
            case "delete_file":
                found["delete", change["file"]] += 1
            case "upload_file":
                found["content", change["file"]] += 1
            case action:
                found[action,] += 1
    return found


KINDS = {
    r"POST /records$": "create_draft",
    r"POST /records/\d+/versions$": "new_version",
    r"POST /records/\d+/draft$": "edit_published",
    r"POST .*/actions/files-import$": "import_files",
    r"POST .*/actions/publish$": "publish_edit",
    r"PUT /records/\d+/draft$": "save_metadata",
}


def _done(wrote: Iterable[Request]) -> Counter[tuple[str, ...]]:
    """Return the same from the access log; declarations and completions belong to contents."""
    found: Counter[tuple[str, ...]] = Counter()
    sent = set()
    for request in wrote:
        line = f"{request.method} {request.path.removeprefix('/api')}"
        file = re.search(r"/draft/files/([^/]+)(/content)?$", line)
        kind = [name for pattern, name in KINDS.items() if re.match(pattern, line)]
        if kind:
            found[kind[0],] += 1
        elif file and file[2]:
            sent.add(file[1])
            found["content", file[1]] += 1
        elif file:
            found["delete", file[1]] += 1
    # A file is deleted before another one takes its place.
    for name in sent:
        found.pop(("delete", name), None)
    return found
