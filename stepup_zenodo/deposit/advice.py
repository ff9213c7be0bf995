"""Ask what the server, and communities, say about a draft."""

import attrs

from ..errors import Rejected
from ..events import silent
from ..record.changes import Changes, SaveMetadata
from ..record.desired import Desired
from ..record.observed import Record, parse_record
from ..remote.protocol import get_draft
from ..reporting.output import Output
from ..reporting.report import advice_lines
from ..session.opening import Opened
from ..sync.execute import execute
from ..sync.uploads import Uploads
from ..sync.verdicts import Said, complaint_problems, said_of

__all__ = ("advice_about", "tell_advice")


@attrs.frozen
class Advice:
    """A draft, and what is said about it."""

    record: Record
    """The draft as it is now."""

    said: tuple[Said, ...]
    """What communities say, the most important first."""

    def refuse_if_forbidden(self) -> None:
        """Raise when a community demands something before the draft may become public.

        Raises
        ------
        Rejected
            With all that it demands, at the places in the configuration.
        """
        problems = tuple(item.problem for item in self.said if item.severity == "error")
        if problems:
            raise Rejected("The server would not publish this.", problems=problems)


def advice_about(opened: Opened, record: Record, desired: Desired) -> Advice:
    """Save the metadata of a draft as they are: the server says what it thinks after a save only.

    Parameters
    ----------
    opened
        The configuration.
    record
        The draft.
    desired
        What it should hold, which knows the places of the configuration.

    Raises
    ------
    Rejected
        When the server finds something wrong, with the places in the configuration.
    """
    client, desired = opened.client, attrs.evolve(desired, merged=record.fields)
    same = Changes((SaveMetadata((), record.fields.sendable),))
    uploads = Uploads(client, 1, silent, opened.project.checksum_cache())
    try:
        carried = execute(client, same, record, opened.journal, uploads)
    except Rejected as exc:
        if exc.status is not None:
            raise
        problems = complaint_problems(exc.said, desired)
        raise Rejected("The server would not publish this.", problems=problems) from None
    now = parse_record(client.read(get_draft(record.id)).record)
    return Advice(now, said_of(carried.remarks or (), desired))


def tell_advice(output: Output, advice: Advice) -> None:
    """Show what communities say before a draft becomes public.

    Raises
    ------
    Rejected
        When one of them demands something first.
    """
    output.say(advice_lines(advice.said))
    advice.refuse_if_forbidden()
