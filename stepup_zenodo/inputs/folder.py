"""Fill a folder from a pinned version, and never write over what people made there."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import attrs

from ..errors import Failure, Refused
from ..events import FileFailed, FilesQueued, FileStored, Held
from ..jsontypes import Json
from ..local.arriving import bytes_arrived, remove_part, replace_text
from ..local.fetched import KeptContents
from ..local.pins import Member, Pin
from ..local.storage import read_cache
from ..local.stream import Stopped
from ..record.observed import FileEntry
from ..remote.client import Client
from ..remote.downloads import Source
from ..remote.parallel import in_parallel, together
from ..remote.published import found_record
from ..reporting.output import Output
from ..reporting.report import size_text
from .asked import Asked
from .members import members_of, unpack
from .selection import NOTE, Item, archives_in, is_mark, is_safe_path, mark_at

__all__ = ("Folder",)

WORKERS = 4
"""Files that are on their way at the same time."""


@attrs.frozen
class Folder:
    """A folder that is filled from one version of a record."""

    asked: Asked
    """What is wanted."""

    pin: Pin
    """The version."""

    output: Output
    """Is told what happens."""

    connected: Client | None = None
    """A connection to the server, if there is one already."""

    kept: KeptContents = attrs.field(factory=KeptContents)
    """Contents that were fetched before."""

    @cached_property
    def _client(self) -> Client:
        return self.connected or self.asked.client(self.output)

    def with_members(self, patterns: Iterable[str]) -> Pin:
        """Return the pin with what is in the zip files into which patterns look.

        Raises
        ------
        Refused
            When one of them is not what can be unpacked safely.
        """
        members: dict[str, tuple[Member, ...]] = {}
        for name in archives_in(patterns, self.pin):
            if name not in self.pin.members:
                members[name] = members_of(self._archive(name), name)
        return attrs.evolve(self.pin, members={**self.pin.members, **members})

    def missing(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """Return the files that are not there as they are pinned."""
        here = self.asked.folder
        return tuple(item for item in items if mark_at(here / item.path, item.mark) != item.mark)

    def check(self, items: Iterable[Item]) -> None:
        """Compare the folder with the pin.

        Raises
        ------
        Refused
            When a file is missing or different.
        """
        wrong = [
            f"{item.path} {'is different' if self._path(item).exists() else 'is missing'}"
            for item in self.missing(items)
        ]
        if wrong:
            raise Refused(
                f"{self.asked.folder} is not {self.pin.line}: {', '.join(wrong)}. "
                "Run the same command without --check to fetch what is missing."
            )

    def refuse_foreign(self, missing: Iterable[Item]) -> None:
        """Raise before anything is fetched when a file is in the way that was not fetched.

        Raises
        ------
        Refused
            With all their names.
        """
        note = read_cache(self.asked.folder / NOTE)
        foreign = [path for item in missing if self._is_foreign(path := self._path(item), note)]
        if foreign:
            raise Refused(
                "Nothing was fetched, because these were changed or made here: "
                f"{', '.join(map(str, foreign))}. Rename them, and run this again."
            )

    def _is_foreign(self, path: Path, note: Mapping[str, Json]) -> bool:
        """Return whether something at a path was not put there by a run."""
        if not os.path.lexists(path):
            return False
        marks = _texts(note.get(str(path.relative_to(self.asked.folder))))
        return path.is_symlink() or not any(mark_at(path, mark) == mark for mark in marks)

    def left(self) -> tuple[str, ...]:
        """Return the files of earlier versions that are still there, and not in this one."""
        now = {*self.pin.files, *(m.path for found in self.pin.members.values() for m in found)}
        before = read_cache(self.asked.folder / NOTE)
        here = self.asked.folder
        return tuple(path for path in sorted({*before} - now) if os.path.lexists(here / path))

    def fill(self, missing: tuple[Item, ...]) -> None:
        """Fetch files, or take them from what was fetched before.

        Raises
        ------
        Refused
            When the record has other files than were pinned, or when they cannot be written.
        Rejected, Unavailable
            When the server does not give them.
        """
        if not missing:
            return
        self._refuse_flood(missing)
        marks = {item.path: [item.mark] for item in missing}
        self._note(marks)
        plain = [item for item in missing if not item.archive and not self._copied(item)]
        if plain:
            self._fetch(plain)
        for name in sorted({item.archive for item in missing if item.archive}):
            inside = [item for item in missing if item.archive == name]
            path = self._archive(name)
            for item in inside:
                self._announce(item, f"unpack from {name}")
            unpack(path, inside, self.asked.folder, self._wait)
        self._note(marks, is_done=True)

    def tidy(self, items: Iterable[Item]) -> None:
        """Remove what arrived of files that are there now, or not wanted any more.

        What arrived of other files of the same version is kept, as somebody may want it later.
        """
        here = self.asked.folder
        remove_part(here / NOTE)
        remove_part(self.asked.path_pin)
        done = {(item.path, item.mark) for item in items}
        wanted = {(file.name, file.checksum) for file in self.pin.files.values()} - done
        for path, marks in read_cache(here / NOTE).items():
            for mark in marks if is_safe_path(path) and isinstance(marks, list) else ():
                if isinstance(mark, str) and is_mark(mark) and (path, mark) not in wanted:
                    remove_part(here / path, mark)

    def _refuse_flood(self, missing: tuple[Item, ...]) -> None:
        """Raise when there is no room for what is missing.

        Raises
        ------
        Refused
            Before anything of it is fetched.
        """
        here = self.asked.folder
        arrived = sum(bytes_arrived(here / item.path, item.mark) for item in missing)
        self._refuse_larger(sum(item.size for item in missing) - arrived, here)

    def _refuse_larger(self, size: int, folder: Path) -> None:
        there = next((p for p in (folder, *folder.absolute().parents) if p.is_dir()), Path())
        free = shutil.disk_usage(there).free
        if size > free:
            raise Refused(
                f"There is no room in {folder} for what is wanted: {size_text(size)} are missing, "
                f"and {size_text(free)} are free."
            )

    def _wait(self, reason: str) -> None:
        self.output.listen(Held(reason))

    def _path(self, item: Item) -> Path:
        return self.asked.folder / item.path

    def _announce(self, item: Item, what: str) -> None:
        self.output.say([f"{item.path} ({size_text(item.size)}): {what}"], indent="  ")

    def _copied(self, item: Item) -> bool:
        """Take a file from what was fetched before, and return whether it was there."""
        if not self.kept.place(item.mark).exists():
            return False
        copied = self.kept.copy(item.mark, self._path(item), self._wait)
        if copied:
            self._announce(item, "copy of what was fetched before")
        return copied

    def _fetch(self, items: list[Item]) -> None:
        """Fetch files of the record, several at a time."""
        source = self._source(item.path for item in items)
        tell, client = self.output.listen, self._client
        tell(FilesQueued(len(items), sum(item.size for item in items), "fetched"))
        failures: dict[str, Failure] = {}

        def fetch(item: Item) -> None:
            try:
                source.fetch(source.record.files[item.path], self._path(item), over=True)
                self.kept.keep(self._path(item), item.mark)
                self._announce(item, "fetched")
                tell(FileStored(item.path))
            except Failure as exc:
                failures[item.path] = exc
                tell(FileFailed(item.path))
            except Stopped:
                return

        try:
            in_parallel(fetch, items, WORKERS)
        except BaseException:
            client.stop()
            raise
        if failures:
            only = next(iter(failures.values()))
            raise only if len(items) == 1 else together(failures, len(items), "fetched")

    def _archive(self, name: str) -> Path:
        """Return where a zip file of the record is, among what was fetched before."""
        checksum = self.pin.files[name].checksum
        here = self.kept.find(checksum)
        if here is not None:
            return here
        self.output.say([f"{name}: fetched, to look into it"], indent="  ")
        source = self._source([name])
        try:
            place = self.kept.made_place(checksum)
        except OSError as exc:
            raise Refused(f"Could not make {self.kept.folder}: {exc.strerror}.") from None
        self._refuse_larger(
            self.pin.files[name].size - bytes_arrived(place, checksum), place.parent
        )
        entry = source.record.files[name]
        # On another thread, so that an interruption is noticed while it waits.
        try:
            in_parallel(lambda wanted: source.fetch(wanted, place, over=True), [entry], 1)
        except BaseException:
            self._client.stop()
            raise
        return place

    def _source(self, names: Iterable[str]) -> Source:
        """Return the record on the server, of which certain files are as they are pinned.

        Raises
        ------
        Refused
            When one is not: the owner has corrected the record.
        """
        record = found_record(self._client, self.pin.record)
        for name in names:
            entry, file = record.files.get(name), self.pin.files[name]
            if entry != FileEntry(name, file.size, file.checksum):
                what = "is no longer in" if entry is None else "is another file now in"
                raise Refused(
                    f"{name} {what} record {record.id}: its owner has changed the files after "
                    f"{self.asked.path_pin} was made. To see what is different, run "
                    f"{self.asked.command} --update --dry-run`, "
                    "with --endpoint if you use it, and without --dry-run to accept it."
                )
        return Source(self._client, record, self.output.listen)

    def _note(self, marks: Mapping[str, list[str]], *, is_done: bool = False) -> None:
        """Note what is put into the folder.

        Before, besides what is there: after an interruption, neither the old nor the new content
        is taken for somebody's own. Afterwards, alone.

        Raises
        ------
        Refused
            When the folder cannot be made.
        """
        folder = self.asked.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as exc:
            raise Refused(f"Could not make the folder {folder}: {exc.strerror}.") from None
        try:
            with suppress(OSError):  # Where there are no locks, runs are not told apart.
                fcntl.flock(handle, fcntl.LOCK_EX)
            known = read_cache(folder / NOTE)
            for path, own in marks.items():
                old = _texts(known.get(path))
                before = () if is_done else (mark for mark in old if mark not in own)
                known[path] = [*own, *before]
                for mark in filter(is_mark, old if is_done else ()):
                    remove_part(folder / path, mark)
            with suppress(Refused):  # Without the note, less is known to be ours.
                replace_text(folder / NOTE, json.dumps(known, indent=0))
        finally:
            os.close(handle)


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
