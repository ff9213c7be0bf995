"""Exactly what the record should hold, as it is sent."""

from collections.abc import Mapping
from datetime import date

import attrs

from ..config.configuration import Config
from ..config.fieldpaths import config_path
from ..config.fields import PUBLICATION_DATE, PUBLISHER, Normal
from ..errors import Place
from ..jsontypes import Json
from ..local.files import LocalFile
from .review import Community

__all__ = ("Desired", "draft_defaults")


@attrs.frozen
class Desired:
    """What the record should hold."""

    fields: Normal
    """Values of the managed fields as they are sent; `None` empties the field."""

    files: Mapping[str, LocalFile]
    """The files by their names on the server."""

    defaults: Mapping[str, Json] = attrs.field(factory=dict)
    """Values of fields for a new record only."""

    config: Config | None = attrs.field(default=None, repr=False)
    """The configuration from which this was made."""

    community: Community | None = None
    """The community that is to review a draft, with an empty id for none;

    `None` leaves the review as it is.
    """

    lists_files: bool = True
    """Whether `files` are all that there should be; if not, there are none, and any may stay."""

    def where(self, field: str) -> str:
        """Return the path of a field of the server in the words of the configuration."""
        path = config_path(field, self.config)
        return path if self.config is None else self.config.written(path)

    def place(self, where: str) -> Place | None:
        """Return the place of a path in the words of the configuration."""
        return None if self.config is None else self.config.place(where)


def draft_defaults(config: Config, today: date) -> dict[str, Json]:
    """Return values for a new record that Zenodo publishes only with these fields.

    The form on the website fills them in, the API does not.

    Parameters
    ----------
    config
        The configuration, whose own values are not repeated here.
    today
        The day on the clock of the server, which is UTC.
    """
    defaults: dict[str, Json] = {}
    if config.metadata.publication_date is None:
        defaults[PUBLICATION_DATE] = today.isoformat()
    if config.metadata.publisher is None:
        defaults[PUBLISHER] = "Zenodo"
    return defaults
