"""What a result depends on besides its input: the versions of all that made it."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .. import __version__

__all__ = ("makers",)


@cache
def makers(*names: str) -> str:
    """Return a digest of the versions of packages, and of this one.

    The sources that are at hand without an import count: those of the module with the version,
    and those of the modules of a package of our own.
    In a working copy the version stays the same when the code changes.

    Parameters
    ----------
    names
        Packages; those of our own are named with a dot at the start.
    """
    digest = hashlib.sha256(__version__.encode(), usedforsecurity=False)
    for name in names:
        for path in _sources(name):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(name: str) -> Iterable[Path]:
    if name.startswith("."):
        return sorted(Path(__file__).parents[1].joinpath(name[1:]).glob("*.py"))
    spec = find_spec(name)
    return () if spec is None or spec.origin is None else (Path(spec.origin),)
