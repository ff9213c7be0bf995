"""Tokens in the keyring of the desktop, one for each endpoint, for those who install the extra."""

from ..errors import Refused

__all__ = ("forget_token", "store_token", "stored_token")

SERVICE = "stepup-zenodo"
"""Name under which the keyring shows the tokens."""

MISSING = (
    "The package keyring is not installed, which is needed to store a token. "
    "Install it with `pip install 'stepup-zenodo[keyring]'`, "
    "or use a token file or the variable STEPUP_ZENODO_TOKEN."
)


def stored_token(endpoint: str) -> str | None:
    """Return the token stored for an endpoint, `None` when there is none or no keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, endpoint)
    except KeyringError:
        return None


def store_token(endpoint: str, secret: str) -> None:
    """Store the token for an endpoint, in place of an earlier one.

    Raises
    ------
    Refused
        When there is no keyring.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise Refused(MISSING) from None
    try:
        keyring.set_password(SERVICE, endpoint, secret)
    except KeyringError as exc:
        raise Refused(f"The keyring does not store the token: {_words(exc)}.") from None


def forget_token(endpoint: str) -> bool:
    """Remove the token for an endpoint, and return whether there was one.

    Raises
    ------
    Refused
        When there is no keyring.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise Refused(MISSING) from None
    try:
        if keyring.get_password(SERVICE, endpoint) is None:
            return False
        keyring.delete_password(SERVICE, endpoint)
    except KeyringError as exc:
        raise Refused(f"The keyring does not remove the token: {_words(exc)}.") from None
    return True


def _words(exc: Exception) -> str:
    """Return the first line of an error of the keyring, of which some have no text."""
    lines = str(exc).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(exc).__name__
