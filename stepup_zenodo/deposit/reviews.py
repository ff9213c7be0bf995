"""Let a community review a draft, or take in a published record."""

from collections.abc import Callable

import attrs

from ..errors import Invalid, Problem, Refused, Unavailable, UnexpectedAnswer
from ..record.observed import Record
from ..release.reviews import Review, communities_in, last_comment, parse_review
from ..remote.client import Client
from ..remote.protocol import Request, explain, get_draft, get_record
from ..remote.release_requests import (
    add_to_communities,
    attach_review,
    cancel_request,
    detach_review,
    get_community,
    submit_review,
    timeline,
)
from ..remote.transport import Lost
from ..session.opening import Opened
from ..terms.forms import is_word

__all__ = ("Community", "Reviewed", "community_of", "name_of", "prepare_review", "said_last")


@attrs.frozen
class Community:
    """A community."""

    id: str
    """Its id."""

    name: str
    """Its name in addresses."""


def community_of(opened: Opened) -> Community:
    """Return the community that the configuration names.

    Raises
    ------
    Invalid
        When it names none, or one that the server does not have.
    """
    config = opened.project.config
    name, place = config.community, config.place("community")
    if not name:
        message = "the configuration names no community"
        hint = "add its name as in the address of its page, after /communities/"
        raise Invalid((Problem(message, "community", place, hint),))
    answer = opened.client.read(get_community(name), accept=(403, 404, 410))
    if not answer.ok:
        message = f"the server has no community {name!r}"
        hint = "copy its name from the address of its page, after /communities/"
        raise Invalid((Problem(message, "community", place, hint),))
    community_id = str(answer.record.get("id"))
    if not is_word(community_id):
        raise UnexpectedAnswer("The answer of the server is not understood: a community has no id.")
    return Community(community_id, name)


def name_of(client: Client, community_id: str) -> str:
    """Return the name of a community in addresses; its id if it cannot be read."""
    answer = client.read(get_community(community_id), accept=(403, 404, 410))
    return str(answer.record.get("slug") or community_id)


def said_last(client: Client, request_id: str) -> str:
    """Return the last comment on a request, empty when there is none."""
    answer = client.read(timeline(request_id), accept=(403, 404))
    return last_comment(answer.record) if answer.ok else ""


@attrs.frozen
class Reviewed:
    """A draft or a record, and what happens between it and communities."""

    client: Client
    """Connection to the endpoint."""

    record_id: str
    """Id of the record."""

    def attach(self, community: Community) -> bool:
        """Prepare the request for a review, and return whether that was necessary."""
        review = self.review()
        if review is not None and review.status == "submitted":
            return False
        if review is not None and review.status != "created":
            # What was declined cannot be submitted again (status 500, observed).
            self._until(detach_review(self.record_id), lambda now: now is None)
            review = None
        if review is not None and review.community == community.id:
            return False
        request = attach_review(self.record_id, community.id)
        self._until(request, lambda now: now is not None and now.community == community.id)
        return True

    def submit(self, message: str) -> None:
        """Submit the request for a review, which must be prepared."""
        request = submit_review(self.record_id, message)
        self._until(request, lambda now: now is None or now.status != "created")

    def withdraw(self) -> str:
        """Take back the request for a review; return what became of it, in words."""
        review = self.review()
        if review is None:
            return "there is no request for a review"
        if review.status == "submitted":
            self._until(
                cancel_request(review.id), lambda now: now is None or now.status != "submitted"
            )
            review = self.review()
        if review is not None:
            self._until(detach_review(self.record_id), lambda now: now is None)
        return "the request for a review was taken back"

    def add(self, community: Community, message: str) -> bool:
        """Ask a community to take in the published record.

        Returns
        -------
        taken
            Whether it is in the community now.

        Raises
        ------
        Refused
            When the server does not do it, e.g. because it was asked before.
        """
        if community.id in self.communities():
            return True
        request = add_to_communities(self.record_id, community.id, message)
        try:
            answer = self.client.write(request, accept=(400,))
        except Lost as exc:
            raise Unavailable(
                f"{exc.message} It is not known whether the community was asked: "
                "look at your requests on the website before you try again."
            ) from None
        if not answer.ok:
            said = explain(answer).removesuffix(".")
            raise Refused(
                f"The community {community.name} was not asked. The server said: {said}."
                " Was it asked before? The open requests are listed on the website."
            )
        return community.id in self.communities()

    def review(self) -> Review | None:
        """Return the review of the draft; `None` also when it is published by now."""
        answer = self.client.read(get_draft(self.record_id), accept=(404,))
        return parse_review(answer.record) if answer.ok else None

    def communities(self) -> tuple[str, ...]:
        """Return the ids of the communities that have taken in the published record."""
        return communities_in(self.client.read(get_record(self.record_id)).record)

    def _until(self, request: Request, done: Callable[[Review | None], bool]) -> None:
        """Send a request; when its answer is lost, read what it did and repeat it if need be."""

        def proof() -> bool | None:
            return done(self.review()) or None

        self.client.write_until(request, proof, unproved="It was read back: it was not done.")


def prepare_review(opened: Opened, record: Record | None) -> str:
    """Prepare the review that the configuration asks for, if that was not done before.

    The draft of a new version needs none, as it inherits the communities of the record.

    Returns
    -------
    done
        What was done, in words; empty when it was not necessary.
    """
    name = opened.project.config.community
    if not name or record is None or record.status != "draft":
        return ""
    try:
        community = community_of(opened)
    except Invalid:
        if not opened.project.rehearsal:
            raise
        return f"no review is prepared: there is no community {name} on this server"
    attached = Reviewed(opened.client, record.id).attach(community)
    return f"prepared the review by the community {community.name}" if attached else ""
