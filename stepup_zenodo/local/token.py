"""Find the access token, without telling anybody."""

import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from ..errors import Refused
from ..terms.addresses import is_loopback
from ..terms.repositories import ZENODO_HOSTS
from .boundary import is_beside
from .environment import HOSTS, REPREP_TOKEN, REPREP_TOKEN_PATH, TOKEN
from .plainfiles import read_plain

__all__ = (
    "LONGEST_FILE",
    "Token",
    "check_host",
    "checked",
    "expand",
    "find_token",
    "token_for",
    "token_remedy",
    "with_tilde",
)

LONGEST_FILE = 10_000
"""Most bytes of a token file that are read."""

_USUAL = re.compile("[A-Za-z0-9]{20,200}")
"""What tokens of InvenioRDM look like: those of Zenodo have sixty letters and digits."""

_POSSIBLE = re.compile(r"[A-Za-z0-9._~+/=-]+")
"""What can be a token in a header, RFC 6750."""


@attrs.frozen
class Token:
    """An access token and where it came from."""

    secret: str = attrs.field(repr=False)
    """The token itself."""

    source: str
    """In words, for messages."""

    warning: str = ""
    """What is unsafe about the place where it was found."""

    bound: bool = False
    """Whether it was put where it is for the endpoint of just this configuration."""


def find_token(
    path: Path | None,
    environ: Mapping[str, str],
    folder: Path | None = None,
    stored: Callable[[], str | None] = lambda: None,
) -> Token | None:
    """Return the token, or `None` when there is none.

    Parameters
    ----------
    path
        The token file, which may be missing.
    environ
        The environment, whose variable `STEPUP_ZENODO_TOKEN` goes first.
        Those of StepUp RepRep count when there is no token file.
    folder
        The folder of the configuration: a token file in it is for its endpoint only.
    stored
        Returns the token that the user has stored for the endpoint, which goes last.

    Raises
    ------
    Refused
        When something is there that is not a token.
    """
    secret = environ.get(TOKEN, "").strip()
    if secret:
        return checked(secret, f"the environment variable {TOKEN}")
    token = None if path is None else _in_file(path, folder)
    token = token or _of_reprep(environ)
    if token is not None:
        return token
    secret = stored() or ""
    return checked(secret, "the keyring", bound=True) if secret else None


def _of_reprep(environ: Mapping[str, str]) -> Token | None:
    """Return the token that is where StepUp RepRep looks for it."""
    secret = environ.get(REPREP_TOKEN, "").strip()
    if secret:
        return checked(secret, f"the environment variable {REPREP_TOKEN}")
    path = environ.get(REPREP_TOKEN_PATH, "").strip()
    return _in_file(Path(path).expanduser(), None) if path else None


def _in_file(path: Path, folder: Path | None) -> Token | None:
    try:
        text = read_plain(path, LONGEST_FILE).decode("ascii")
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not plain text"
        raise Refused(f"The token file {path} cannot be read: {reason}.") from None
    own = folder is not None and is_beside(path, folder)
    token = checked(text.strip(), f"the token file {path}", bound=own)
    if not own and _USUAL.fullmatch(token.secret) is None:
        raise Refused(
            f"The token file {path} does not hold a token of Zenodo or InvenioRDM, "
            "which has 20 to 200 letters and digits. As it does not lie beside the configuration, "
            "it was not sent. Correct path_token, or give the token in the environment variable "
            f"{TOKEN}."
        )
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        return attrs.evolve(
            token,
            warning=f"The token file {path} can be read by others: "
            f"restrict it with `chmod 600 {path}`.",
        )
    return token


def check_host(token: Token, endpoint: str, environ: Mapping[str, str]) -> None:
    """See to it that a configuration of a stranger does not collect the token of the user.

    A token that the user keeps for all projects, in the environment or the home folder,
    goes to Zenodo and to hosts that the user has named.
    To this machine it goes only when that is named too, as others can own a port of it.

    Parameters
    ----------
    token
        The token and whether it is bound to the endpoint.
    endpoint
        The endpoint that the configuration names.
    environ
        The environment with the hosts that the user has named.

    Raises
    ------
    Refused
        When the host of the endpoint is none of these.
    """
    host = urlsplit(endpoint).hostname or ""
    named = environ.get(HOSTS, "").lower().split()
    if token.bound or host in ZENODO_HOSTS or host in named or urlsplit(endpoint).netloc in named:
        return
    where = urlsplit(endpoint).netloc if is_loopback(host) else host
    kind = "a port of this machine" if is_loopback(host) else "not Zenodo"
    raise Refused(
        f"The configuration wants to send the token from {token.source} to {where}, "
        f"which is {kind}. Nothing was sent. If you trust that host, set the environment "
        f"variable {HOSTS}={where}, or store a token for it with "
        f"`stepup-zenodo login --endpoint {endpoint}`."
    )


def token_for(
    endpoint: str,
    path: Path | None,
    folder: Path,
    environ: Mapping[str, str],
    stored: Callable[[], str | None],
    *,
    is_named: bool,
) -> Token | None:
    """Return the token for an endpoint, `None` when there is none.

    The parameters are those of `find_token` and `check_host`, and:

    Parameters
    ----------
    is_named
        Whether the user has given the endpoint as an argument.

    Raises
    ------
    Refused
        When there is something else, or when the endpoint may not get it.
    """
    token = find_token(path, environ, folder, stored)
    if token is not None and not is_named:
        check_host(token, endpoint, environ)
    return token


def checked(secret: str, source: str, *, bound: bool = False) -> Token:
    """Return a token if it looks like one.

    Raises
    ------
    Refused
        When it is empty or something else; it is not shown, as it may be a secret all the same.
    """
    if not secret:
        raise Refused(f"There is no token in {source}: it is empty.")
    if _POSSIBLE.fullmatch(secret) is None:
        raise Refused(
            f"There is something else than a token in {source}: "
            "a token is one word of letters, digits, hyphens and underscores."
        )
    return Token(secret, source, bound=bound)


def expand(path: str, folder: Path) -> Path:
    """Return a path in which `~` is the home folder, relative to another folder."""
    return folder / os.path.expanduser(path)


def with_tilde(path: str) -> str:
    """Return a path with `~` for the home folder, as a shell replaces that before it is seen.

    A configuration that is shared with others then means the home folder of each of them.
    """
    home = os.path.expanduser("~")
    return f"~{path.removeprefix(home)}" if path.startswith(os.path.join(home, "")) else path


def token_remedy(path: Path | None, endpoint: str) -> str:
    """Return what to do when there is no token, as sentences.

    Parameters
    ----------
    path
        The token file that was looked for, `None` when the configuration names none.
    endpoint
        Address of the API, without slash at the end.
    """
    rest = f"put a token into {path}" if path else "add path_token to the configuration"
    page = f"{endpoint.removesuffix('/api')}/account/settings/applications/tokens/new/"
    return (
        f"Set {TOKEN}, or {rest}. "
        f"Make one with the scopes deposit:write and deposit:actions at {page}"
    )
