"""Names of the environment variables that the program reads.

StepUp imports this module at every call, so it imports nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = (
    "ATTEMPTS",
    "HOSTS",
    "OFFLINE",
    "REPREP_TOKEN",
    "REPREP_TOKEN_PATH",
    "RETRY_DELAY",
    "SETTLE",
    "TOKEN",
    "TOKEN_PRESENCE",
    "hosts_like_zenodo",
    "is_told_offline",
)

TOKEN = "STEPUP_ZENODO_TOKEN"  # noqa: S105 (its name)
"""The access token."""

REPREP_TOKEN = "REPREP_ZENODO_TOKEN"  # noqa: S105 (its name)
"""The access token in projects that come from StepUp RepRep 4."""

REPREP_TOKEN_PATH = "REPREP_PATH_ZENODO_TOKEN"  # noqa: S105 (a name)
"""The file with the access token in projects that come from StepUp RepRep 3.1."""

TOKEN_PRESENCE = "STEPUP_ZENODO_TOKEN_PRESENCE"  # noqa: S105 (a name)
"""Whether there is one in the variables above: `yes`, `no`, or `offline`.

It is set in `stepup_zenodo.tool`.
"""

HOSTS = "STEPUP_ZENODO_HOSTS"
"""Further hosts that may get a token, with or without port, separated by spaces."""

LIKE_ZENODO = "STEPUP_ZENODO_LIKE_ZENODO"
"""Hosts that have the rules of Zenodo besides its own, separated by spaces."""

OFFLINE = "STEPUP_ZENODO_OFFLINE"
"""Whether the server is not to be asked, although there is a token."""

ATTEMPTS = "STEPUP_ZENODO_ATTEMPTS"
"""How often one thing is tried in all."""

RETRY_DELAY = "STEPUP_ZENODO_RETRY_DELAY"
"""Seconds before the first repetition; later ones wait longer."""

SETTLE = "STEPUP_ZENODO_SETTLE"
"""Seconds during which a draft of an interrupted run is looked for."""


def hosts_like_zenodo(environ: "Mapping[str, str]") -> tuple[str, ...]:
    """Return the hosts that have the rules of Zenodo besides its own."""
    return tuple(environ.get(LIKE_ZENODO, "").lower().split())


def is_told_offline(environ: "Mapping[str, str]") -> bool:
    """Return whether the user wants the server to be left alone."""
    return environ.get(OFFLINE, "").strip() not in ("", "0")
