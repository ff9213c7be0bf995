"""Find the access token, without telling anybody."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import attrs

from .errors import Refused

__all__ = ("PRESENCE", "VARIABLE", "Token", "expand", "find_token")

VARIABLE = "STEPUP_ZENODO_TOKEN"
"""Environment variable that can hold the token."""

PRESENCE = "STEPUP_ZENODO_TOKEN_PRESENCE"
"""Environment variable that says whether the other one is set, see `stepup_zenodo.tool`."""


@attrs.frozen
class Token:
    """An access token and where it came from."""

    secret: str = attrs.field(repr=False)
    """The token itself."""

    source: str
    """In words, for messages."""

    warning: str = ""
    """What is unsafe about the place where it was found."""


def find_token(path: Path | None, environ: Mapping[str, str]) -> Token | None:
    """Return the token, or `None` when there is none.

    Parameters
    ----------
    path
        The token file, which may be missing.
    environ
        The environment, whose variable `STEPUP_ZENODO_TOKEN` goes first.

    Raises
    ------
    Refused
        When something is there that is not a token.
    """
    secret = environ.get(VARIABLE, "").strip()
    if secret:
        return _checked(secret, f"the environment variable {VARIABLE}")
    if path is None:
        return None
    try:
        text = path.read_text(encoding="ascii")
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not plain text"
        raise Refused(f"The token file {path} cannot be read: {reason}.") from None
    token = _checked(text.strip(), f"the token file {path}")
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        return attrs.evolve(
            token,
            warning=f"The token file {path} can be read by others: "
            f"restrict it with `chmod 600 {path}`.",
        )
    return token


def _checked(secret: str, source: str) -> Token:
    if not secret:
        raise Refused(f"There is no token in {source}: it is empty.")
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise Refused(
            f"There is something else than a token in {source}: "
            "a token is one word of letters, digits, hyphens and underscores."
        )
    return Token(secret, source)


def expand(path: str, folder: Path) -> Path:
    """Return a path in which `~` is the home folder, relative to another folder."""
    return folder / os.path.expanduser(path)
