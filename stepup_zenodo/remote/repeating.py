"""Repeat a request that changes something, until it is certain that it was carried out."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from ..errors import Unavailable
from .client import Client
from .protocol import Answer, Request
from .transport import Lost

__all__ = ("write_until",)

Proof = TypeVar("Proof")


def write_until(
    client: Client,
    request: Request,
    proof: Callable[[], Proof | None],
    *,
    unproved: str,
    accept: Iterable[int] = (),
) -> Answer | Proof:
    """Send a request; when its answer is lost, look whether it was carried out before repeating it.

    Parameters
    ----------
    client
        Connection to the endpoint.
    request
        The request. Carrying it out twice must do no harm where `proof` cannot tell.
    proof
        Reads back what a carried out request has left behind, `None` when it is not there.
    unproved
        What to tell when it is given up, in sentences.
    accept
        Statuses that are returned although they mean no success.

    Returns
    -------
    answer
        The answer, or what `proof` found when there was none.

    Raises
    ------
    Rejected
        For a status of the 400s that is not accepted.
    Unavailable
        When all answers were lost and there is no proof.
    """
    attempt = 0
    while True:
        attempt += 1
        try:
            return client.write(request, accept)
        except Lost as exc:
            found = proof()
            if found is not None:
                return found
            delay = client.delay(attempt)
            if delay is None:
                raise Unavailable(f"{exc.message} {unproved}") from None
            client.wait(delay, f"before trying again to {request.what}")
