"""Exactly what the record should hold, as it is sent."""

from collections.abc import Mapping
from datetime import date

import attrs

from ..config.configuration import Config
from ..config.fieldpaths import config_path
from ..config.fields import ACCESS, METADATA_ONLY, PUBLICATION_DATE, PUBLISHER, Normal
from ..errors import Place, Problem
from ..jsontypes import Json, mapping
from ..local.files import LocalFile
from .observed import NoRecord, Record
from .review import Community
from .showing import changed_paths

__all__ = ("CONFIGURATION", "Desired", "draft_defaults", "publisher_problems")

CONFIGURATION = "the configuration"
"""Where a value comes from that is not read from a file of its own."""


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

    quota: int | None = None
    """How many gigabytes the files may take in all, `None` for as many as the server gives."""

    lists_files: bool = True
    """Whether `files` are all that there should be; if not, there are none, and any may stay."""

    read_from: Mapping[str, str] = attrs.field(factory=dict)
    """The files from which values are read, by their keys, e.g. `metadata.description`."""

    merged: Mapping[str, Json] = attrs.field(factory=dict)
    """Fields as the server has them, whose lists can hold items of others as well."""

    unfinished: tuple[Problem, ...] = ()
    """What has to be written before it is published, and is left alone on the server until then."""

    def beside(self, observed: Record | NoRecord) -> "Desired":
        """Return the same with what the configuration leaves open and still has to be sent.

        Parameters
        ----------
        observed
            What the server holds.

        Returns
        -------
        desired
            The server wants to know who may see the record whenever it is told about the files:
            that stays as it is, so that nothing is opened that a person has closed.
            Version 13 of InvenioRDM and older ones give no date to the draft of a new version.
            A record without files is marked as such where that is possible,
            and no longer when it gets some.
        """
        fields = dict(self.fields)
        there = observed.fields if isinstance(observed, Record) else {}
        access = fields.get(ACCESS)
        if isinstance(access, dict) and "record" not in access:
            now = mapping(there.get(ACCESS)).get("record")
            fields[ACCESS] = {"record": now or "public", **access}
        is_next = isinstance(observed, Record) and observed.status.startswith("new_version_draft")
        if is_next and there.get(PUBLICATION_DATE) is None and PUBLICATION_DATE in self.defaults:
            fields.setdefault(PUBLICATION_DATE, self.defaults[PUBLICATION_DATE])
        if self.files and there.get(METADATA_ONLY):
            fields[METADATA_ONLY] = None
        elif self._is_without_files and not (isinstance(observed, Record) and observed.files):
            fields[METADATA_ONLY] = True
        return attrs.evolve(self, fields=Normal.of(fields))

    def source(self, field: str, theirs: Json) -> str:
        """Return where the value of a field that differs on the server comes from, in words."""
        ours = self.fields.get(field)
        paths = changed_paths(field, ours, theirs) if self.read_from else ()
        found = dict.fromkeys(self.read_from.get(path, CONFIGURATION) for path in paths)
        return " and ".join(found) or CONFIGURATION

    @property
    def _is_without_files(self) -> bool:
        """Whether the configuration says that there are no files, and the repository takes that."""
        takes = self.config is not None and self.config.repository.takes_no_files
        return takes and self.lists_files and not self.files

    def where(self, field: str) -> str:
        """Return the path of a field of the server in the words of the configuration."""
        path = config_path(self._ours(field), self.config)
        return path if self.config is None else self.config.written(path)

    def _ours(self, field: str) -> str:
        """Return the path of an item as the configuration counts, or of the list without it."""
        section, _, rest = field.partition(".")
        key, _, below = rest.partition(".")
        index, _, part = below.partition(".")
        name = f"{section}.{key}"
        if not {name} <= self.merged.keys() & self.fields.keys() or not index.isdecimal():
            return field
        held, wanted = _items(self.merged[name]), _items(self.fields.get(name))
        item = dict(enumerate(held)).get(int(index))
        places = [n for n, ours in enumerate(wanted) if ours == item]
        return ".".join(filter(None, (name, str(places[0]), part))) if places else name

    def place(self, where: str) -> Place | None:
        """Return the place of a path in the words of the configuration."""
        return None if self.config is None else self.config.place(where)


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


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
    if config.metadata.publisher is None and config.repository.publisher is not None:
        defaults[PUBLISHER] = config.repository.publisher
    return defaults


def publisher_problems(config: Config) -> tuple[Problem, ...]:
    """Return that the publisher has to be given, where the repository does not have a usual one.

    It becomes part of the metadata of the DOI, so that nothing may be guessed.
    """
    if config.metadata.publisher is not None or config.repository.publisher is not None:
        return ()
    where = "metadata.publisher"
    message = (
        f"the publisher is missing, and the usual one of {config.repository.name} is not known"
    )
    hint = "write who publishes the record there, e.g. publisher: Example University, and sync"
    return (Problem(message, where, config.place(where), hint),)
