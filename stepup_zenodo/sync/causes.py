"""Find out why the server refuses, where its answer does not say so."""

from ..errors import Failure, Refused, Rejected
from ..record.observed import Record
from ..remote.client import Client
from ..remote.protocol import user_drafts

__all__ = (
    "refuse_unknown_token",
    "why_no_correction",
    "why_no_draft",
    "why_no_quota",
    "why_no_version",
)


def refuse_unknown_token(client: Client) -> None:
    """Raise when the server does not know the token.

    To somebody whom it does not know, the server says that a draft does not exist.

    Raises
    ------
    Refused
        When there is no account for the token.
    """
    if client.read(user_drafts(1), accept=(401, 403)).ok:
        return
    raise Refused(
        "The server does not accept the token: it is not valid, has been revoked, or belongs to "
        "another server, for example to the sandbox. Make a new one on the page of the settings "
        "of your account there, and put it in the place of the old one."
    )


def why_no_draft(client: Client, refusal: Rejected) -> Failure:
    """Return what to tell when the server does not create a draft.

    Raises
    ------
    Refused
        When it does not know the token.
    """
    if refusal.status in (401, 403):
        refuse_unknown_token(client)
    return refusal


def why_no_version(record: Record, refusal: Rejected) -> Failure:
    """Return what to tell when the server does not start a new version of a record."""
    if refusal.status != 403 or not record.doi_is_foreign:
        return refusal
    return Refused(
        f"The DOI {record.doi} of record {record.id} was not given by this server, which starts "
        "no new versions of such records. Choose another path_record_id to make a new record "
        "for this version, and name the old one under related, as isNewVersionOf."
    )


def why_no_correction(record: Record, refusal: Rejected) -> Failure:
    """Return what to tell when the files of a published version cannot be changed."""
    if refusal.status not in (403, 404, 405):
        return refusal
    return Refused(
        f"The server does not let you change the files of version {record.version or record.id} "
        "any more, so nothing was changed. Zenodo lets the owner of a record do so within 30 days "
        "of its publication, other servers may not. Raise metadata.version in the configuration "
        "to publish them as a new version, or ask the operators of the server."
    )


def why_no_quota(gigabytes: int, refusal: Rejected) -> Failure:
    """Return what to tell when the server does not give the room that is asked for."""
    if refusal.status not in (400, 403, 404, 405):
        return refusal
    return Refused(
        f"The server does not give {gigabytes} GB for this record, so no file was sent. Zenodo "
        "gives the owner of a record up to 200 GB, as long as all records of an account together "
        "have not more than 150 GB beyond the usual 50 GB each; other servers may give nothing. "
        "Lower `quota` in the configuration, or take it out and ask the operators of the server."
    )
