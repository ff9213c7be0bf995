"""Let a community review a draft, or take in a published record."""

from collections.abc import Callable

import attrs

from ..errors import Refused, Unavailable
from ..record.review import Community, Review, parse_review
from ..release.reviews import communities_in, last_comment
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

__all__ = ("Reviewed", "name_of", "said_last")


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
