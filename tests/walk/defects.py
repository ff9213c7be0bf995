"""Break the program on purpose, and see whether a walk finds it: `python -m tests.walk.defects`.

Each defect is one change of one file, made in a copy of the package.
All walk from the same seeds. Printed is after how many steps which promise was broken.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]


@attrs.frozen
class Defect:
    """A mistake that somebody could make."""

    name: str
    path: str
    """The file below the package."""

    old: str
    """Text that is there once."""

    new: str
    """What takes its place."""


DEFECTS = (
    Defect(
        "what was sent last is ignored: ours always wins",
        "record/threeway.py",
        "    last = last_sent(name, theirs, base)\n",
        "    last = None\n",
    ),
    Defect(
        "items that others have added count as ours after a merge",
        "record/changes.py",
        "        return SentField(self.ours, self.ours if self.is_merged else kept)\n",
        "        return SentField(self.new, kept)\n",
    ),
    Defect(
        "items that others have added are dropped",
        "record/itemwise.py",
        "        found[row] = theirs if do is _Do.KEEP else ours\n",
        "        found[row] = ours\n",
    ),
    Defect(
        "items that both sides have replaced are all kept",
        "record/itemwise.py",
        "    if replaced:\n",
        "    if False:\n",
    ),
    Defect(
        "a conflict is passed over",
        "record/threeway.py",
        "    return Conflict(\n        name,\n",
        "    return None\n    return Conflict(\n        name,\n",
    ),
    Defect(
        "files of others are deleted without being told",
        "record/threeway.py",
        "        if choice.prune:\n",
        "        if True:\n",
    ),
    Defect(
        "a file is deleted without looking at it again",
        "sync/uploads.py",
        "    if entry is not None and entry.checksum != old:\n",
        "    if False:\n",
    ),
    Defect(
        "fields that are not in the configuration are dropped",
        "record/compare.py",
        "merged = {**record.fields.sendable, **",
        "merged = {**",
    ),
    Defect(
        "published files are not taken over into a new version",
        "record/compare.py",
        "    return not gone.issuperset(entries)\n",
        "    return False\n",
    ),
    Defect(
        "saves do not name the revision that they are based on",
        "sync/execute.py",
        "save_draft(record.id, _body(dict(action.fields)), record.revision)",
        "save_draft(record.id, _body(dict(action.fields)), None)",
    ),
    Defect(
        "a file that can still be lost is not told",
        "sync/uploads.py",
        "            if exc.late:\n",
        "            if False:\n",
    ),
    Defect(
        "a draft whose id was lost is not looked for",
        "sync/observe.py",
        '        if state.intent == "draft":\n',
        "        if False:\n",
    ),
    Defect(
        "an edit that somebody left open is published",
        "sync/observe.py",
        '    if not (state.intent == "edit" and _is_ours(client, draft, state)):\n',
        "    if False:\n",
    ),
    Defect(
        "publish does not look whether the draft has changed",
        "deposit/publish.py",
        "    if (now.revision, now.files) != (record.revision, record.files):\n",
        "    if False:\n",
    ),
    Defect(
        "publish does not compare what it shows with what was approved",
        "deposit/publish.py",
        "    if unlike_shown(checked, now):\n",
        "    if False:\n",
    ),
    Defect(
        "publish passes over files that differ",
        "release/publication.py",
        "        *_differences(draft),\n",
        "",
    ),
    Defect(
        "diff leaves out deletions",
        "reporting/difference.py",
        "changes_json(Changes(foreseen.actions, foreseen.kept), locate)",
        "changes_json(Changes(tuple(a for a in foreseen.actions "
        "if not isinstance(a, DeleteFile)), foreseen.kept), locate)",
    ),
    Defect(
        "every run writes the state",
        "sync/journal.py",
        '            intent_since=state.intent_since if open_version else "",\n',
        "            intent_since=self._now().isoformat(),\n",
    ),
    Defect(
        "every run saves",
        "record/threeway.py",
        "    if ours == theirs:\n        return None\n",
        '    if ours == theirs and name != "metadata.title":\n        return None\n'
        "    if ours == theirs:\n"
        '        return FieldChange(name, theirs, ours, "again") if base.fields else None\n',
    ),
    Defect(
        "the token is in a message",
        "commands/sync.py",
        "        with record.alone(only_looks=args.dry_run) as now, ",
        "        import sys\n\n"
        "        sys.stderr.write(str(record.token and record.token.secret))\n"
        "        with record.alone(only_looks=args.dry_run) as now, ",
    ),
    Defect(
        "a lost answer ends in a traceback",
        "sync/rounds.py",
        "        if isinstance(exc, Lost):\n            return exc\n",
        "        if isinstance(exc, Lost):\n            raise KeyError(exc.message)\n",
    ),
    Defect(
        "a damaged state file counts as none",
        "local/state.py",
        "    except FileNotFoundError:\n        return {}, Sources()\n",
        "    except (FileNotFoundError, ValueError):\n        return {}, Sources()\n",
    ),
    Defect(
        "discard does not look whether the draft has changed",
        "commands/discard.py",
        '    refuse_if_changed(found.client, draft, "deleted")\n',
        "",
    ),
)


def broken(defect: Defect, folder: Path) -> None:
    """Make a copy of the package and of the tests with a defect."""
    for name in ("stepup_zenodo", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "stepup_zenodo" / defect.path
    text = path.read_text()
    if text.count(defect.old) != 1:
        raise AssertionError(f"{defect.name}: the text is {text.count(defect.old)} times there")
    path.write_text(text.replace(defect.old, defect.new))


def walked(folder: Path, seeds: int, steps: int) -> Iterator[str]:
    """Walk with several seeds, and yield what is printed at the end of each walk."""
    environ = {**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": "0"}
    for seed in range(1, seeds + 1):
        args = [
            sys.executable,
            "-m",
            "tests.walk",
            "--seed",
            f"defect{seed}",
            "--steps",
            f"{steps}",
        ]
        result = subprocess.run(
            args, cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
        yield result.stderr if result.returncode else ""


def found(defect: Defect, seeds: int, steps: int) -> str:
    """Return how a walk finds a defect, in words."""
    total = 0
    with tempfile.TemporaryDirectory() as name:
        broken(defect, Path(name))
        for text in walked(Path(name), seeds, steps):
            match = re.match(r"seed \S+ after (\d+) steps?: (.*?):", text)
            if text and match is None:
                return f"something else went wrong: {text[-500:]}"
            if match is not None:
                return f"after {total + int(match[1])} steps: {match[2]}"
            total += steps
    return f"not found in {total} steps"


def main() -> None:
    """Try all defects, or those whose names contain a text."""
    parser = argparse.ArgumentParser(prog="python -m tests.walk.defects", description=__doc__)
    parser.add_argument("--only", default="", help="a part of the name")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--steps", type=int, default=80, help="for each seed")
    args = parser.parse_args()
    missed = 0
    for defect in DEFECTS:
        if args.only in defect.name:
            result = found(defect, args.seeds, args.steps)
            missed += not result.startswith("after")
            sys.stdout.write(f"{defect.name}: {result}\n")
            sys.stdout.flush()
    sys.exit(missed and f"{missed} not found")


if __name__ == "__main__":
    main()
