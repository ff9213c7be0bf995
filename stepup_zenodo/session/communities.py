"""The community that the configuration names, as the server knows it."""

from ..errors import Invalid, Problem
from ..record.review import Community
from ..remote.client import Client
from ..remote.lookup import KnownCommunities
from ..reporting.output import Output
from .project import Project

__all__ = ("Communities",)


class Communities:
    """Find the community of a configuration, and ask the server for it at most once.

    Parameters
    ----------
    project
        The configuration.
    client
        Connection to the endpoint.
    output
        Is told when a rehearsal has to do without the community.
    """

    def __init__(self, project: Project, client: Client, output: Output) -> None:
        self._project = project
        self._client = client
        self._output = output
        self._known: KnownCommunities = project.known_communities()
        self._told = False

    def named(self) -> Community:
        """Return the community that the configuration names.

        Raises
        ------
        Invalid
            When it names none, or one that the server does not have or show.
        """
        name = self._project.config.community
        if not name:
            hint = "add its name as in the address of its page, after /communities/"
            raise self._wrong("the configuration names no community", hint)
        found = self._found(name, "")
        if found is None:
            hint = "copy its name from the address of its page, after /communities/; "
            hint += "one that is not public is shown to its members only"
            raise self._wrong(f"the server has no community {name!r}", hint)
        return found

    def wanted(self, likely: str) -> Community | None:
        """Return the community that is to review a draft.

        Parameters
        ----------
        likely
            Id of the community that is chosen so far, empty for none.

        Returns
        -------
        community
            With an empty id when there is to be none.
            `None` when the configuration does not say anything,
            and in a rehearsal on a server that does not have it.

        Raises
        ------
        Invalid
            When the configuration names one that the server does not have or show.
        """
        name = self._project.config.community
        if name is None:
            return None
        if not name:
            return Community("", "")
        found = self._found(name, likely)
        if found is not None or not self._project.rehearsal:
            return found or self.named()
        if not self._told:
            text = f"no review is prepared: there is no community {name} on this server"
            self._output.say([text], indent="  ")
            self._told = True
        return None

    def _found(self, name: str, likely: str) -> Community | None:
        found = self._known.id_of(self._client, name, likely)
        return Community(found, name) if found else None

    def _wrong(self, message: str, hint: str) -> Invalid:
        place = self._project.place("community")
        return Invalid((Problem(message, "community", place, hint),))
