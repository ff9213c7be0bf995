"""Read regular files, and nothing else.

Others may have prepared what lies at a path:
a pipe or a device would let the program wait or read without end.
"""

import errno
import io
import os
import stat

__all__ = ("nature_of", "open_plain", "read_plain")

_NATURES = {
    stat.S_IFIFO: "it is a pipe",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
    stat.S_IFSOCK: "it is a socket",
}


def nature_of(mode: int) -> str:
    """Return what else than a file or a folder is at a path, in words; empty for these two.

    Parameters
    ----------
    mode
        The mode that `os.stat` gives.
    """
    return _NATURES.get(stat.S_IFMT(mode), "")


def open_plain(path: str | os.PathLike[str]) -> io.FileIO:
    """Open a regular file for reading, without buffer.

    Raises
    ------
    OSError
        When it cannot be opened, or when it is something else; at once in any case.
    """
    # Opening a pipe would wait for somebody who writes into it.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, nature_of(mode) or "it is no regular file", os.fspath(path))
        return open(handle, "rb", buffering=0)
    except BaseException:
        os.close(handle)
        raise


def read_plain(path: str | os.PathLike[str], most: int) -> bytes:
    """Return the content of a regular file, or the start of it.

    Parameters
    ----------
    path
        The file.
    most
        How many bytes are read at most.

    Raises
    ------
    OSError
        When it cannot be read, or when it is something else.
    """
    with open_plain(path) as file:
        parts: list[bytes] = []
        left = most
        while left and (part := file.read(min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
    return b"".join(parts)
