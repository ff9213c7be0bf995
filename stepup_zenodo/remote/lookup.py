"""Ask the server whether ids exist, before they are sent.

A wrong id of an organisation or an award is the worst mistake that one can send:
when an item without id precedes it, the server saves a draft that it cannot read any more
(observed on InvenioRDM 15, and reported as invenio-app-rdm issue 1859).
Terms of vocabularies that are missing in the lists of this package are asked for as well,
as servers get new ones.
The endpoints need no special right, and answers are remembered per machine.
"""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from ..config.reading import Mention
from ..errors import UnexpectedAnswer
from ..jsontypes import mapping
from ..local.storage import read_cache, write_cache
from ..terms.forms import is_word
from .client import Client
from .protocol import Request
from .release_requests import get_community

__all__ = ("KnownCommunities", "KnownIds", "term_reference")

_ENDPOINTS = {
    "resource_types": "vocabularies/resourcetypes",
    "related_resource_types": "vocabularies/resourcetypes",
    "relation_types": "vocabularies/relationtypes",
    "licenses": "vocabularies/licenses",
    "languages": "vocabularies/languages",
    "creator_roles": "vocabularies/creatorsroles",
    "contributor_roles": "vocabularies/contributorsroles",
    "date_types": "vocabularies/datetypes",
    "title_types": "vocabularies/titletypes",
    "description_types": "vocabularies/descriptiontypes",
    "programming_languages": "vocabularies/code:programmingLanguages",
    "development_statuses": "vocabularies/code:developmentStatus",
}


def term_reference(vocabulary: str, term: str) -> Mention:
    """Return the reference to a term, by the name of its vocabulary in this package."""
    return Mention(_ENDPOINTS[vocabulary], term)


class KnownIds:
    """Ids that an endpoint is known to have.

    Only the existence of an id is remembered: what is missing may be added any time.

    Parameters
    ----------
    path
        A file that only this machine uses. Damage to it is repaired by forgetting it.
    endpoint
        Address of the API.
    """

    def __init__(self, path: Path, endpoint: str) -> None:
        self._path = path
        self._endpoint = endpoint
        self._known = self._written()

    def missing(self, client: Client, wanted: Iterable[Mention]) -> tuple[Mention, ...]:
        """Return the references that the endpoint does not have.

        Raises
        ------
        Unavailable
            When the server does not answer.
        """
        found = set()
        missing = []
        for reference in wanted:
            name = f"{reference.collection}/{reference.id}"
            if name in self._known or name in found:
                continue
            path = f"/{reference.collection}/{quote(reference.id, safe='')}"
            request = Request("GET", path, f"look up {reference.id}")
            if client.read(request, accept=(403, 404)).ok:
                found.add(name)
            else:
                missing.append(reference)
        if found:
            self._remember(found)
        return tuple(missing)

    def _remember(self, found: set[str]) -> None:
        # Another run may have written to the same file meanwhile.
        self._known |= found | self._written()
        write_cache(self._path, {**read_cache(self._path), self._endpoint: [*sorted(self._known)]})

    def _written(self) -> set[str]:
        """Return what the file says about the endpoint, as far as it is understood."""
        ids = read_cache(self._path).get(self._endpoint)
        return {item for item in ids if isinstance(item, str)} if isinstance(ids, list) else set()


class KnownCommunities:
    """Which id belongs to the name of a community, which drafts tell by its id alone.

    A name that was given to another community since is found when a review is prepared,
    because the endpoint is asked then.

    Parameters
    ----------
    path
        A file that only this machine uses. Damage to it is repaired by forgetting it.
    endpoint
        Address of the API.
    """

    def __init__(self, path: Path, endpoint: str) -> None:
        self._path = path
        self._endpoint = endpoint
        self._asked: dict[str, str] = {}

    def id_of(self, client: Client, name: str, likely: str = "") -> str:
        """Return the id of a community, empty when there is none that one may see.

        Parameters
        ----------
        client
            Connection to the endpoint.
        name
            The name in addresses.
        likely
            An id that is believed without a request if the name was found to belong to it before.

        Raises
        ------
        Unavailable
            When the server does not answer.
        UnexpectedAnswer
            When it answers with something else.
        """
        if name not in self._asked:
            if likely and mapping(read_cache(self._path).get(self._endpoint)).get(name) == likely:
                return likely
            self._asked[name] = _community_id(client, name)
            if self._asked[name]:
                self._remember(name, self._asked[name])
        return self._asked[name]

    def _remember(self, name: str, community: str) -> None:
        content = read_cache(self._path)
        known = {**mapping(content.get(self._endpoint)), name: community}
        write_cache(self._path, {**content, self._endpoint: known})


def _community_id(client: Client, name: str) -> str:
    answer = client.read(get_community(name), accept=(403, 404, 410))
    if not answer.ok:
        return ""
    found = str(answer.record.get("id"))
    if not is_word(found):
        raise UnexpectedAnswer("The answer of the server is not understood: a community has no id.")
    return found
