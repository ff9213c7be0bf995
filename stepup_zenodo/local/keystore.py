"""Tokens in the keyring of the desktop, one for each endpoint, for those who install the extra."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from ..errors import Refused

__all__ = ("forget_token", "store_token", "stored_token")

SERVICE = "stepup-zenodo"
"""Name under which the keyring shows the tokens."""

MISSING = (
    "The package keyring is not installed, which is needed to store a token. "
    "Install it with `pip install 'stepup-zenodo[keyring]'`, "
    "or use a token file or the variable STEPUP_ZENODO_TOKEN."
)


@contextmanager
def _keyring(act: str) -> Iterator[ModuleType]:
    """Give the keyring, and explain its errors.

    Parameters
    ----------
    act
        What it does with the token, as a verb.

    Raises
    ------
    Refused
        When it is not installed, or does not do it.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise Refused(MISSING) from None
    try:
        yield keyring
    except KeyringError as exc:
        raise Refused(f"The keyring does not {act} the token: {_words(exc)}.") from None


def stored_token(endpoint: str) -> str | None:
    """Return the token stored for an endpoint, `None` when there is none or no keyring."""
    try:
        with _keyring("give") as keyring:
            secret: str | None = keyring.get_password(SERVICE, endpoint)
    except Refused:
        # On computers without desktop this is normal, and a token is looked for there as well.
        return None
    return secret


def store_token(endpoint: str, secret: str) -> None:
    """Store the token for an endpoint, in place of an earlier one.

    Raises
    ------
    Refused
        When there is no keyring.
    """
    with _keyring("store") as keyring:
        keyring.set_password(SERVICE, endpoint, secret)


def forget_token(endpoint: str) -> bool:
    """Remove the token for an endpoint, and return whether there was one.

    Raises
    ------
    Refused
        When there is no keyring.
    """
    with _keyring("remove") as keyring:
        there = keyring.get_password(SERVICE, endpoint) is not None
        if there:
            keyring.delete_password(SERVICE, endpoint)
    return there


def _words(exc: Exception) -> str:
    """Return the first line of an error of the keyring, of which some have no text."""
    lines = str(exc).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(exc).__name__
