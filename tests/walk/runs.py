"""Runs of the program in a walk: each with all that is checked about it."""

import re
from collections import Counter
from random import Random

import attrs

from .at_once import Wanted, check_at_once, interleave
from .expected import Expected, expect
from .foresight import check_foresight
from .items import ABSENT, FILE, PENDING, Items
from .mishaps import LATE, PATIENCE, Mishap, settled, survive
from .oracle import UNKNOWN, Bases, Do
from .program import Ended, Process
from .promises import Run, check_run, check_words, keep, kept_named, writes
from .releases import check_discard, check_publish
from .world import Clone, Server, Target, World

__all__ = ("Runner",)

DOUBT = r"^'(.*?)' is on the server, but a request about it was never answered"


@attrs.define
class Runner:
    """Runs the program for the clones of a world, and checks what comes of it."""

    world: World
    counts: Counter[str] = attrs.field(factory=Counter)
    """How often what happened."""

    meddled: dict[str, str] = attrs.field(factory=dict)
    """Items that persons changed during the present run."""

    meddled_at: int = 0
    """How many requests were made before that."""

    unsettled: bool = False
    """Whether persons did more than that during the present run."""

    last: list[str] = attrs.field(factory=list)
    """The output of the last runs, for people."""

    def program(self, clone: Clone, *args: str, mishaps: list[Mishap] | None = None) -> Ended:
        """Run the program, and check what holds for every run."""
        rdm = self.world.rdm
        self.meddled, self.unsettled = {}, False
        rdm.clear_log()
        self.world.say(f"{clone.name}$ stepup-zenodo {' '.join(args)}")
        self.last = [*self.last[-3:], ""]
        slow = any(mishap.kind == LATE for mishap in mishaps or [])
        process = Process.start(args, clone.folder, clone.environ, PATIENCE if slow else None)
        ended = survive(process, mishaps or [], rdm)
        for mishap in mishaps or []:
            if mishap.happened:
                self.world.say(f"    ({mishap.happened})")
                self.counts[f"mishap: {mishap.kind}"] += 1
        self.last[-1] = f"$ {' '.join(args)} -> {ended.status}\n{ended.out}{ended.err}"
        self.counts[f"run: {args[0]} {_status(ended)}"] += 1
        secrets = (rdm.token, rdm.other_token, rdm.admin_token)
        check_words(ended, clone.folder, secrets)
        return ended

    def sync(self, clone: Clone, *options: str, diff: bool = False, again: bool = False) -> Ended:
        """Run `sync` when nothing goes wrong and nobody comes in between.

        Parameters
        ----------
        clone
            Whose run it is.
        options
            Options of the command line.
        diff
            Whether to ask `diff` before.
        again
            Whether to look if another run is quiet.
        """
        shown = None
        if diff:
            before = _files(clone)
            shown = self.program(clone, "diff", "zenodo.yaml", "--json", *options)
            log = self.world.log()
            keep("diff changes nothing", kept=not writes(log), found=[str(r) for r in log])
            keep("diff writes no state", kept=_files(clone) == before, found=before)
        run = self._sync(clone, options, [])
        if shown is not None:
            check_foresight(shown, run)
        if again and run.ended.status == 0:
            self._quiet(clone, run, options)
        return run.ended

    def _quiet(self, clone: Clone, run: Run, options: tuple[str, ...]) -> None:
        files = _files(clone)
        ended = self.program(clone, "sync", "zenodo.yaml", *options)
        wrote = [str(request) for request in writes(self.world.log())]
        keep("a second run succeeds", kept=ended.status == 0, found=ended.err)
        keep("a second run is quiet", kept=not wrote, found=wrote)
        same = kept_named(ended) == kept_named(run.ended)
        keep("a second run keeps the same", kept=same, found=ended.err)
        keep("a second run writes no state", kept=_files(clone) == files, found=files)

    def troubled_sync(self, clone: Clone, mishaps: list[Mishap], *options: str) -> Ended:
        """Run `sync` when something goes wrong or somebody comes in between."""
        return self._sync(clone, options, mishaps).ended

    def _sync(self, clone: Clone, options: tuple[str, ...], mishaps: list[Mishap]) -> Run:
        before = self.world.look()
        target, ours = self.world.target(clone, before, options), clone.ours()
        expected = expect(clone, target, before, ours, options)
        bases = clone.bases
        ended = self.program(clone, "sync", "zenodo.yaml", *options, mishaps=mishaps)
        held = any(request.seconds is None for request in self.world.log())
        if ended.status is None or (held and not _is_late(mishaps)):
            settled(self.world.rdm)
        after = self.world.look()
        log = tuple(self.world.log())
        happened = {mishap.kind for mishap in mishaps if mishap.happened}
        run = Run(
            clone,
            options,
            before,
            target,
            ours,
            bases,
            expected,
            ended,
            log,
            after,
            troubled=bool(happened - {"meddle"}),
            meddled=dict(self.meddled),
            meddled_at=self.meddled_at,
            unsettled=self.unsettled,
        )
        check_run(run)
        self._learn(run)
        self._late(run)
        return run

    def _learn(self, run: Run) -> None:
        """Note what the clone knows after a run."""
        clone = run.clone
        fresh = run.target.kind == "none" and clone.record_id
        bases = Bases(knows_files=True) if fresh else run.bases
        theirs = _items(run.after, clone, self.world)
        if run.ended.status == 0:
            clone.bases = bases.agreed(run.ours, theirs)
            for name in run.meddled:
                for value in (*run.bases.of(name), run.ours.get(name, ABSENT)):
                    clone.bases = clone.bases.perhaps(name, value)
            clone.started = clone.started and run.target.kind == "published"
            clone.editing = False
        elif writes(run.log) or run.ended.status is None:
            clone.bases = _after_trouble(bases, run)
            paths = [request.path for request in writes(run.log)]
            clone.started |= any(path.endswith("/versions") for path in paths)
            clone.editing |= run.target.kind == "published"
        if run.target.kind == "next" and run.clone.record_id in run.after.drafts:
            clone.started = False

    def _late(self, run: Run) -> None:
        """Let late requests arrive, and check that the run has told what they can do."""
        settled(self.world.rdm)
        now = _items(self.world.look(), run.clone, self.world)
        then = _items(run.after, run.clone, self.world)
        doubtful = set(re.findall(DOUBT, run.ended.err, re.MULTILINE))
        for name in {*now, *then}:
            if now.get(name, ABSENT) == then.get(name, ABSENT):
                continue
            self.counts["late request changed an item"] += 1
            told = name.removeprefix(FILE) in doubtful or run.ended.status != 0
            keep("what a late request can undo is told", kept=told, found=name)
            keep(
                "a late request loses nothing of others", kept=_ours_to_lose(name, run), found=name
            )
            run.clone.bases = run.clone.bases.known(
                name,
                now.get(name, ABSENT),
                *(run.clone.bases.of(name) if run.ended.status != 0 else ()),
            )
        for key in doubtful:
            if now.get(f"{FILE}{key}") == then.get(f"{FILE}{key}"):
                run.clone.bases = run.clone.bases.perhaps(f"{FILE}{key}", ABSENT)

    def refused(self, clone: Clone, command: str) -> None:
        """Run a command with a damaged state file, which nobody may guess about."""
        files, before = _files(clone), self.world.look()
        yes = ["--yes"] if command in ("publish", "discard") else []
        ended = self.program(clone, command, *yes, "zenodo.yaml")
        keep("a damaged state file is refused", kept=ended.status in (1, 2), found=ended.out)
        told = clone.state_file.name in ended.err and "away" in ended.err
        keep("a damaged state file is named", kept=told, found=ended.err)
        keep("a damaged state file is left alone", kept=_files(clone) == files, found=files)
        same = self.world.look() == before and not writes(self.world.log())
        keep("a damaged state file stops everything", kept=same, found=ended.out)

    def at_once(self, random: Random, *clones: Clone) -> None:
        """Run `sync` for two clones at the same time, with their requests in any order."""
        before, rdm = self.world.look(), self.world.rdm
        wanted = [Wanted.of(clone, self.world.target(clone, before), before) for clone in clones]
        rdm.clear_log()
        self.world.say(f"{' and '.join(c.name for c in clones)}$ stepup-zenodo sync zenodo.yaml")
        args = ["sync", "zenodo.yaml"]
        processes = [Process.start(args, each.folder, each.environ, None) for each in clones]
        interleave(random, processes)
        ended = [process.ended() for process in processes]
        self.last = [f"$ sync -> {end.status}\n{end.out}{end.err}" for end in ended]
        for clone, end in zip(clones, ended, strict=True):
            self.counts[f"run: sync at once {_status(end)}"] += 1
            check_words(end, clone.folder, (rdm.token, rdm.other_token, rdm.admin_token))
        check_at_once(wanted, ended, before, self.world.look())
        for clone, want in zip(clones, wanted, strict=True):
            for name, value in want.sending.items():
                more = (ABSENT, PENDING) if name.startswith(FILE) else ()
                clone.bases = clone.bases.perhaps(name, value, *more)

    def publish(self, clone: Clone, mishaps: list[Mishap] | None = None) -> Ended:
        """Run `publish --yes`."""
        before = self.world.look()
        target, ours = self.world.target(clone, before), clone.ours()
        expected = expect(clone, target, before, ours, ())
        ended = self.program(clone, "publish", "--yes", "zenodo.yaml", mishaps=mishaps)
        settled(self.world.rdm)
        run = self._run_of(
            clone=clone,
            before=before,
            target=target,
            ours=ours,
            expected=expected,
            ended=ended,
            mishaps=mishaps or [],
        )
        check_publish(run)
        if ended.status == 0:
            clone.bases = clone.bases.agreed(ours, _items(run.after, clone, self.world))
        return ended

    def discard(self, clone: Clone, mishaps: list[Mishap] | None = None) -> Ended:
        """Run `discard --yes`."""
        before = self.world.look()
        target, ours = self.world.target(clone, before), clone.ours()
        ended = self.program(clone, "discard", "--yes", "zenodo.yaml", mishaps=mishaps)
        settled(self.world.rdm)
        run = self._run_of(
            clone=clone,
            before=before,
            target=target,
            ours=ours,
            expected=Expected(),
            ended=ended,
            mishaps=mishaps or [],
        )
        check_discard(run)
        if ended.status == 0:
            clone.started = clone.editing = False
            known = Bases(dict.fromkeys(clone.bases.values, frozenset({UNKNOWN})))
            clone.bases = known if clone.record_id else Bases()
        return ended

    def _run_of(
        self,
        *,
        clone: Clone,
        before: Server,
        target: Target,
        ours: Items,
        expected: Expected,
        ended: Ended,
        mishaps: list[Mishap],
    ) -> Run:
        kinds = {mishap.kind for mishap in mishaps if mishap.happened}
        return Run(
            clone,
            (),
            before,
            target,
            ours,
            clone.bases,
            expected,
            ended,
            tuple(self.world.log()),
            self.world.look(),
            troubled=bool(kinds - {"meddle"}),
            meddled=dict(self.meddled),
            meddled_at=self.meddled_at,
            unsettled=self.unsettled,
        )


def _status(ended: Ended) -> str:
    return "killed" if ended.status is None else str(ended.status)


def _is_late(mishaps: list[Mishap]) -> bool:
    return any(mishap.kind == LATE for mishap in mishaps)


def _files(clone: Clone) -> list[bytes]:
    paths = (clone.id_file, clone.state_file)
    return [path.read_bytes() if path.exists() else b"" for path in paths]


def _items(server: Server, clone: Clone, world: World) -> Items:
    """Return what the record of a clone holds."""
    return world.target(clone, server).theirs


def _ours_to_lose(name: str, run: Run) -> bool:
    allowed = run.expected.verdicts.get(name, set())
    return Do.SEND in allowed or run.target.kind in ("none", "next")


def _after_trouble(bases: Bases, run: Run) -> Bases:
    """Return what a clone knows after a run that may have sent some items, and may not."""
    for name, allowed in run.expected.verdicts.items():
        if Do.SEND in allowed:
            mine = run.ours.get(name, ABSENT)
            more = (ABSENT, "pending") if name.startswith(FILE) else ()
            bases = bases.perhaps(name, mine, *more)
    return bases
