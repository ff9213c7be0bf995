"""The members of a community and what waits for its decision, as the server tells about them."""

from collections.abc import Iterable, Mapping

import attrs

from ..errors import UnexpectedAnswer, printable
from ..jsontypes import Json, mapping, mappings, string
from ..terms.forms import is_record_id, is_word

__all__ = (
    "DECIDABLE",
    "Member",
    "Proposal",
    "User",
    "member_line",
    "members_in",
    "proposal_line",
    "proposal_of",
    "proposals_in",
    "the_user",
    "users_in",
)

DECIDABLE = {
    "community-submission": "accepting it publishes the draft",
    "community-inclusion": "accepting it puts the public record into the community",
}
"""The requests about records that a community gets, and what accepting one means."""


@attrs.frozen
class Member:
    """Somebody who is in a community, or is invited."""

    id: str
    """Of the user."""

    name: str
    """As the profile says."""

    role: str
    """What the member may do, e.g. `curator`."""

    invited_until: str = ""
    """Until when an invitation can be accepted, empty for members."""


@attrs.frozen
class User:
    """Somebody with an account whose profile is public."""

    id: str
    """Its number."""

    username: str
    """Empty when there is none."""

    name: str
    """The full name, empty when there is none."""

    email: str
    """Empty when it is not shown."""

    @property
    def words(self) -> str:
        """The user in words."""
        names = [part for part in (self.name, self.username, self.email) if part]
        return " ".join([names[0], *(f"({part})" for part in names[1:])]) if names else self.id


@attrs.frozen
class Proposal:
    """A request that waits for a decision, or had one."""

    id: str
    """Its id."""

    kind: str
    """In the words of the server, e.g. `community-submission`."""

    status: str
    """`submitted` while it waits."""

    title: str
    """What it is called."""

    since: str
    """The day on which it was made."""

    until: str
    """The day on which it ends without a decision, empty for none."""

    record: str
    """Id of the record that it is about, empty for none."""

    community: str
    """Id of the community that decides, empty for none."""

    html: str
    """Address of its page, empty for none."""


def _hits(body: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    return mappings(mapping(body.get("hits")).get("hits"))


def members_in(body: Mapping[str, Json]) -> tuple[Member, ...]:
    """Return the members or invitations in a list of the server."""
    found = []
    for hit in _hits(body):
        who, request = mapping(hit.get("member")), mapping(hit.get("request"))
        if request and request.get("is_open") is not True:
            continue
        until = string(request.get("expires_at"))[:10]
        name = string(who.get("name")) or string(who.get("id"))
        found.append(Member(string(who.get("id")), name, string(hit.get("role")), until))
    return tuple(found)


def member_line(member: Member) -> str:
    """Return a member or an invitation in words."""
    words = f"{printable(member.name)}: {printable(member.role)}"
    until = f", invited until {printable(member.invited_until)}"
    return words + (until if member.invited_until else "")


def users_in(body: Mapping[str, Json]) -> tuple[User, ...]:
    """Return the users in a list of the server."""
    return tuple(
        User(
            string(hit.get("id")),
            string(hit.get("username")),
            string(mapping(hit.get("profile")).get("full_name")),
            string(hit.get("email")),
        )
        for hit in _hits(body)
    )


def the_user(users: Iterable[User], words: str) -> User | None:
    """Return the only one whom the words name, `None` when it is not certain who is meant."""
    wanted = words.casefold()
    exact = [
        user
        for user in users
        if wanted
        in (user.id, user.username.casefold(), user.name.casefold(), user.email.casefold())
    ]
    found = exact or [*users]
    return found[0] if len(found) == 1 else None


def proposals_in(body: Mapping[str, Json]) -> tuple[Proposal, ...]:
    """Return the requests in a list of the server."""
    return tuple(proposal_of(hit) for hit in _hits(body))


def proposal_of(body: Mapping[str, Json]) -> Proposal:
    """Return a request from its JSON.

    Raises
    ------
    UnexpectedAnswer
        When its ids are something else.
    """
    record = string(mapping(body.get("topic")).get("record"))
    ids = string(body.get("id")), string(mapping(body.get("receiver")).get("community"))
    if not all(map(is_word, (ids[0], ids[1] or "none"))) or (record and not is_record_id(record)):
        raise UnexpectedAnswer("The answer of the server is not understood: a request has no id.")
    return Proposal(
        id=ids[0],
        kind=string(body.get("type")),
        status=string(body.get("status")),
        title=string(body.get("title")),
        since=string(body.get("created"))[:10],
        until=string(body.get("expires_at"))[:10],
        record=record,
        community=ids[1],
        html=string(mapping(body.get("links")).get("self_html")),
    )


def proposal_line(proposal: Proposal) -> str:
    """Return a request in words."""
    about = f", record {proposal.record}" if proposal.record else ""
    until = f" to {proposal.until}" if proposal.until else ""
    words = f"{proposal.title} ({proposal.kind}{about}, {proposal.since}{until})"
    return f"{proposal.id}: {printable(words)}"
