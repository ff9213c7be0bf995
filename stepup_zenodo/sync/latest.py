"""Find the latest published version of a record of which a draft is known."""

from ..errors import Unavailable
from ..jsontypes import mapping
from ..record.observed import Record, parse_id, parse_record
from ..remote.client import Client
from ..remote.protocol import get_latest, versions

__all__ = ("latest_version",)


def latest_version(client: Client, draft: Record) -> Record | None:
    """Return the latest published version, `None` when nothing was published yet.

    After the draft of a new version was discarded, the server answers that the record
    of all versions has been deleted (invenio-rdm-records issue 1281).
    Each of its published versions still knows the latest one.

    Parameters
    ----------
    client
        Connection to the endpoint.
    draft
        A draft of the first or the next version.

    Raises
    ------
    Unavailable
        When the server does not tell which versions are published.
    """
    answer = client.read(get_latest(draft.parent), accept=(404, 410))
    if answer.status == 410:
        answer = client.read(get_latest(_published(client, draft)))
    return parse_record(answer.record) if answer.ok else None


def _published(client: Client, draft: Record) -> str:
    """Return the id of any published version of a record."""
    hits = mapping(client.read(versions(draft.id)).record.get("hits")).get("hits")
    if not isinstance(hits, list) or not hits:
        raise Unavailable(
            f"The server lists no published version before the draft {draft.id}, although there "
            "must be one. Its search may be late: try again in a minute."
        )
    return parse_id(mapping(hits[0]))
