"""Files that arrive piece by piece beside their places, and get there complete or not at all.

What has arrived stays after an interruption, under a name that depends on the file alone,
so that the next run finds it, and nothing is left for ever.
"""

import contextlib
import errno
import fcntl
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from ..errors import Refused

__all__ = ("arriving", "bytes_arrived", "is_part_name", "remove_part", "replace_text")

PART = ".part"
"""How the names of files end that did not arrive completely."""

LONGEST = 50
"""Characters of the name of a file that are seen in the name of its part."""


def is_part_name(name: str) -> bool:
    """Return whether a name can be the one under which a file arrives."""
    return name.startswith(".") and name.lower().endswith(PART)


def _part(target: Path, mark: str) -> Path:
    """Return where a file arrives.

    Parameters
    ----------
    target
        Its place.
    mark
        What tells its content, which ends with hexadecimal digits behind a colon.
    """
    name = target.name
    if len(name) > LONGEST:
        name = f"{name[: LONGEST - 8]}{zlib.crc32(os.fsencode(name)):08x}"
    return target.with_name(f".{name}.{mark.rpartition(':')[2]}{PART}")


@contextmanager
def arriving(
    target: Path,
    mark: str,
    busy: Callable[[str], object] = lambda reason: None,
    *,
    over: bool = True,
) -> Iterator[BufferedRandom | None]:
    """Give the open file in which a content arrives, and put it in its place afterwards.

    It holds what arrived before an interruption. Nobody else writes into it.
    After an error it stays as it is, unless it is empty.
    When another run has put the same content in its place meanwhile, this gives `None`.

    Parameters
    ----------
    target
        The place.
    mark
        What tells the content.
    busy
        Is told, in words, that another run is just writing the same file, which is waited for.
    over
        Whether what is in its place is replaced.

    Raises
    ------
    Refused
        When it cannot be written, or something else is in the way.
    """
    part = _part(target, mark)
    try:
        file = _alone(part, target, busy)
        if file is None:
            yield None
            return
        with file:
            try:
                yield file
                file.flush()
                if not over:
                    # A link fails where a rename would overwrite.
                    os.link(part, target)
                    part.unlink()
                else:
                    os.replace(part, target)
            except BaseException:
                if os.fstat(file.fileno()).st_size == 0:
                    part.unlink(missing_ok=True)
                raise
    except OSError as exc:
        raise Refused(f"Could not write {target}: {exc.strerror or exc}.") from None


def _alone(part: Path, target: Path, busy: Callable[[str], object]) -> BufferedRandom | None:
    """Open a part as the only one, `None` when another run has completed it meanwhile."""
    while True:
        file = _opened(part)
        try:
            _lock(file, lambda: busy(f"another run is just writing {target}"))
            if _is_at(file, part):
                return file
            is_complete = _is_at(file, target)
        except BaseException:
            file.close()
            raise
        file.close()
        if is_complete:
            return None


def _opened(part: Path) -> BufferedRandom:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(part, flags, 0o666)
    except OSError as exc:
        if exc.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise
        raise _in_the_way(part) from None
    info = os.fstat(handle)
    if not stat.S_ISREG(info.st_mode):
        os.close(handle)
        raise _in_the_way(part)
    file = os.fdopen(handle, "r+b")
    # With a second name, it would be written under that one as well.
    # A run that has just put it into its place gives it one, too, but then it is not here any more.
    if info.st_nlink > 1 and _is_at(file, part):
        file.close()
        raise _in_the_way(part)
    return file


def _in_the_way(part: Path) -> Refused:
    return Refused(f"{part} is in the way, and was not made by this program. Rename it.")


def _lock(file: BufferedRandom, busy: Callable[[], object]) -> None:
    """Lock a file, after waiting for others. Where there are no locks, nobody can be waited for."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        busy()
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        return


def _is_at(file: BufferedRandom, path: Path) -> bool:
    """Return whether an open file is the one at a path."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return os.path.samestat(found, os.fstat(file.fileno()))


TEXT = "text"
"""Stands for the mark of a file that is written as a whole."""


def replace_text(path: Path, text: str) -> None:
    """Replace a text file in one go, of which nothing is left after an interruption for ever.

    Raises
    ------
    Refused
        When it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise Refused(f"Could not make {path.parent}: {exc.strerror}.") from None
    is_written = False
    while not is_written:
        with arriving(path, TEXT) as file:
            if file is not None:
                file.truncate(0)
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
                is_written = True


def bytes_arrived(target: Path, mark: str) -> int:
    """Return how many bytes of a file have arrived."""
    try:
        return os.lstat(_part(target, mark)).st_size
    except OSError:
        return 0


def remove_part(target: Path, mark: str = TEXT) -> None:
    """Remove what has arrived of a file that is not wanted any more, unless a run writes it.

    Parameters
    ----------
    target
        The place of the file.
    mark
        What tells its content; by default, it is a text file that was written as a whole.
    """
    part = _part(target, mark)
    with contextlib.suppress(OSError):
        handle = os.open(part, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()
        finally:
            os.close(handle)
