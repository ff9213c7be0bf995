"""What a repository allows and demands, as far as it is known before it is asked.

What a repository tells itself, in its vocabularies and answers, counts more than what stands here.
So of a repository that is not known, nothing is assumed that only others have.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

import attrs

__all__ = ("ZENODO_HOSTS", "Repository", "repository_of")


@attrs.frozen
class Repository:
    """The rules of a repository."""

    name: str
    """What it is called in messages."""

    publisher: str | None = None
    """Who publishes a record that says nothing about it, `None` when it has to say it."""

    most_files: int | None = None
    """How many files a record may have, `None` when that is not known."""

    largest_file: int | None = None
    """How many bytes a file may have, `None` when that is not known."""

    most_bytes: int | None = None
    """How many bytes the files may have in all, `None` when that is not known."""

    most_quota: int | None = None
    """How many gigabytes the files may have for those who ask for more, `None` when unknown."""

    takes_empty_files: bool = True
    """Whether a file may be empty."""

    takes_no_files: bool = True
    """Whether a record can have metadata alone."""

    notes_type: str = "other"
    """The type of the additional description that holds the notes of a release."""

    closes_records: bool = True
    """Whether a record can be closed, and not only its files."""

    filters_spam: bool = False
    """Whether what a new account publishes is judged by its links and headings."""

    concept_follows: bool = False
    """Whether the DOI of all versions is made of their id as that of a version is of its own."""

    knows_fields: bool = False
    """Whether the custom fields that are known here are all that it has."""

    def with_quota(self, gigabytes: int | None) -> "Repository":
        """Return the rules for a record for which more room is asked for, `None` for the usual.

        A single file may have as much as all together then.
        """
        if gigabytes is None:
            return self
        return attrs.evolve(self, largest_file=gigabytes * GB, most_bytes=gigabytes * GB)

    def more_than(self, size: int) -> str:
        """Return how to have room for a number of bytes, in words; empty if nobody can."""
        wanted = -(-size // GB)
        if self.most_quota is None or wanted > self.most_quota:
            return ""
        return f"write quota: {wanted} to ask for as many GB, at most {self.most_quota}"


GB = 10**9
"""Bytes in a gigabyte, as Zenodo counts."""


def _zenodo(name: str) -> Repository:
    """Return the rules of Zenodo: zenodo-rdm 25, as of November 2026."""
    return Repository(
        name,
        publisher="Zenodo",
        most_files=100,
        largest_file=50 * GB,
        most_bytes=50 * GB,
        most_quota=200,
        takes_empty_files=False,
        takes_no_files=False,
        notes_type="notes",
        closes_records=False,
        filters_spam=True,
        concept_follows=True,
        knows_fields=True,
    )


ZENODO_HOSTS = {"zenodo.org": "Zenodo", "sandbox.zenodo.org": "the sandbox of Zenodo"}
"""The hosts of Zenodo and what they are called."""


def repository_of(endpoint: str, like_zenodo: Collection[str] = ()) -> Repository:
    """Return the rules of the repository at an address.

    Parameters
    ----------
    endpoint
        Address of the API.
    like_zenodo
        Further hosts that have the rules of Zenodo, with or without port.
    """
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if host in ZENODO_HOSTS or host.endswith(".zenodo.org"):
        return _zenodo(ZENODO_HOSTS.get(host, host))
    if host in like_zenodo or parts.netloc in like_zenodo:
        return _zenodo("Zenodo")
    return Repository(parts.netloc or "the repository")
