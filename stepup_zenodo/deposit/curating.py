"""Look after a community: its members, and what waits for its decision."""

import attrs

from ..errors import Refused, Rejected
from ..record.observed import Record, parse_record
from ..record.review import Community
from ..release.people import (
    DECIDABLE,
    Member,
    Proposal,
    User,
    members_in,
    proposal_of,
    proposals_in,
    the_user,
    users_in,
)
from ..remote.client import Client
from ..remote.community_requests import (
    find_users,
    get_request,
    invite,
    list_invitations,
    list_members,
    list_open_requests,
    take_action,
)
from ..remote.protocol import explain, get_draft, get_record
from ..sync.latest import latest_version

__all__ = ("Curated", "Shown")


@attrs.frozen
class Shown:
    """A request and the record that it is about."""

    proposal: Proposal
    """The request."""

    record: Record
    """What is proposed: a draft, or a public record."""

    latest: Record | None
    """The version that is public so far, `None` for the first one and for public records."""


@attrs.frozen
class Curated:
    """A community and what its members can do there."""

    client: Client
    """Connection to the endpoint."""

    community: Community
    """The community."""

    def members(self) -> tuple[Member, ...]:
        """Return the members, and after them those who are invited, as far as one may see them.

        Raises
        ------
        Refused
            When the user is not a member.
        """
        answer = self.client.read(list_members(self.community.id), accept=(403,))
        if not answer.ok:
            raise Refused(
                f"The members of the community {self.community.name} are shown to its members "
                "only, and the owner of the token is none. Ask one of them for an invitation."
            )
        return members_in(answer.record) + self._invitations()

    def _invitations(self) -> tuple[Member, ...]:
        answer = self.client.read(list_invitations(self.community.id), accept=(403,))
        return members_in(answer.record) if answer.ok else ()

    def find(self, words: str) -> User:
        """Return the user whom the words name.

        Raises
        ------
        Refused
            When nobody or more than one is found.
        """
        found = users_in(self.client.read(find_users(words)).record)
        user = the_user(found, words)
        if user is not None:
            return user
        if not found:
            raise Refused(
                f"No user {words!r} is found. Only people whose profile is public on this server "
                "are: ask for the name of the account, and that the profile is made visible."
            )
        names = "; ".join(item.words for item in found[:10])
        raise Refused(f"{words!r} names more than one user. Be more exact: {names}.")

    def invite(self, user: User, role: str, message: str) -> None:
        """Invite somebody, who has to accept it.

        Raises
        ------
        Refused
            When the server does not do it.
        """

        def proof() -> bool | None:
            return any(item.id == user.id for item in self._invitations()) or None

        request = invite(self.community.id, user.id, role, message)
        done = "It was read back: there is no invitation."
        try:
            self.client.write_until(request, proof, unproved=done)
        except Rejected as exc:
            if exc.status not in (400, 403):
                raise
            raise Refused(self._why_not_invited(exc, user, role)) from None

    def _why_not_invited(self, exc: Rejected, user: User, role: str) -> str:
        start = f"{user.words} was not invited to the community {self.community.name}."
        if exc.status == 403:
            return (
                f"{start} The owner of the token may not invite anybody as {role} there: "
                "managers and owners of the community may."
            )
        said = exc.message.removesuffix(".")
        return f"{start} {said}. See `stepup-zenodo community members`."

    def proposals(self) -> tuple[Proposal, ...]:
        """Return the requests that wait for a decision, the newest first.

        Raises
        ------
        Refused
            When the user may not see them.
        """
        answer = self.client.read(list_open_requests(self.community.id), accept=(403,))
        if not answer.ok:
            raise Refused(self._not_a_curator())
        return proposals_in(answer.record)

    def _not_a_curator(self) -> str:
        return (
            f"The requests to the community {self.community.name} are shown to its curators, "
            "managers and owners only, and the owner of the token is none. "
            "Ask one of them for an invitation."
        )

    def shown(self, request_id: str) -> Shown:
        """Return a request, with the record that it is about.

        Raises
        ------
        Refused
            When there is no such request to this community, or it is not about a record.
        """
        answer = self.client.read(get_request(request_id), accept=(403, 404))
        proposal = proposal_of(answer.record) if answer.ok else None
        if proposal is None or proposal.community != self.community.id:
            raise Refused(
                f"There is no request {request_id!r} to the community {self.community.name}. "
                "See `stepup-zenodo requests list`."
            )
        if proposal.kind not in DECIDABLE or not proposal.record:
            raise Refused(
                f"Request {request_id} ({proposal.kind}) is not about a record. "
                f"Decide about it on the website: {proposal.html}"
            )
        record = self._record(proposal)
        latest = latest_version(self.client, record) if record.is_draft else None
        return Shown(proposal, record, latest)

    def _record(self, proposal: Proposal) -> Record:
        is_draft = proposal.kind == "community-submission" and proposal.status == "submitted"
        request = get_draft(proposal.record) if is_draft else get_record(proposal.record)
        answer = self.client.read(request, accept=(403, 404, 410))
        if not answer.ok:
            said = explain(answer).removesuffix(".")
            raise Refused(
                f"Record {proposal.record}, which request {proposal.id} is about, cannot be read. "
                f"The server said: {said}. See the request on the website: {proposal.html}"
            )
        return parse_record(answer.record)

    def decide(self, proposal: Proposal, action: str, comment: str) -> Proposal:
        """Accept or decline a request, and return it as it is then.

        Raises
        ------
        Refused
            When it does not wait for a decision, or the user may not decide.
        """
        if proposal.status != "submitted":
            raise Refused(f"Request {proposal.id} does not wait for a decision: {proposal.status}.")
        wanted = {"accept": "accepted", "decline": "declined"}[action]

        def proof() -> bool | None:
            now = proposal_of(self.client.read(get_request(proposal.id)).record)
            return now.status == wanted or None

        request = take_action(proposal.id, action, comment)
        try:
            done = "It was read back: nothing was decided."
            self.client.write_until(request, proof, unproved=done)
        except Rejected as exc:
            if exc.status != 403:
                raise
            raise Refused(self._not_a_curator()) from None
        return proposal_of(self.client.read(get_request(proposal.id)).record)
