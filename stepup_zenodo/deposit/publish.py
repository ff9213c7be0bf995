"""Prepare a draft for the public: find what speaks against it, and publish it."""

import re
from collections.abc import Iterable
from pathlib import Path

import attrs

from ..config.fields import PUBLICATION_DATE
from ..errors import Problem, Refused, Unavailable
from ..events import Listener
from ..jsontypes import mapping, mappings, string
from ..local.state import load
from ..record.observed import NoRecord, Record, parse_record, parse_versions
from ..record.threeway import Choice
from ..release.dois import KnownDois, elsewhere
from ..release.publication import Draft, objections, unlike_shown, wrong_dois
from ..remote.client import Client
from ..remote.protocol import explain, get_draft, get_record, publish, some_records, versions
from ..remote.transport import Lost
from ..session.comparing import Comparison, compared
from ..session.opening import Opened
from ..sync.journal import utc_now
from ..sync.latest import latest_version
from ..terms.forms import is_doi
from .printed import printed_in

__all__ = (
    "approved_draft",
    "printed_problems",
    "publish_draft",
    "refuse_if_changed",
    "refuse_if_unlike",
    "refuse_if_unlike_checked",
)


def approved_draft(
    opened: Opened, listener: Listener, *, any_doi: bool, reviewed: bool = False
) -> Draft:
    """Collect everything that matters to the decision to make a draft public, and decide.

    Parameters
    ----------
    opened
        The record, which has a draft that was never public.
    listener
        Is told which files are read.
    any_doi
        Whether files may print whatever DOIs they like.
    reviewed
        Whether the draft is for a community.

    Raises
    ------
    Refused
        When there is no such draft, or with everything that speaks against it.
    """
    draft = _draft_of(opened, listener, reviewed=reviewed)
    problems = objections(draft, any_doi=any_doi)
    if problems:
        done = "submitted" if reviewed else "published"
        raise Refused(f"The draft cannot be {done} as it is:", problems)
    return draft


def _draft_of(opened: Opened, listener: Listener, *, reviewed: bool) -> Draft:
    found = compared(opened, listener, Choice())
    record = found.observed
    if isinstance(record, NoRecord):
        raise opened.no_record()
    if not record.is_draft or record.is_published:
        raise Refused(
            "There is no draft to publish: the last version is public already. "
            "Raise metadata.version in the configuration and run `stepup-zenodo sync` "
            "to start the next one."
        )
    today = utc_now().date().isoformat()
    draft = Draft(record, found.desired, found.foreseen, today, reviewed=reviewed)
    draft = _with_dois(opened, _with_versions(opened.client, draft))
    return _with_printed(draft, opened.project.config.doi_placeholder)


def printed_problems(
    opened: Opened, comparison: Comparison, *, any_doi: bool = False
) -> tuple[Problem, ...]:
    """Return which files of a version print DOIs that are not its own.

    Parameters
    ----------
    opened
        The record.
    comparison
        What it should hold and what it holds.
    any_doi
        Whether files may print whatever DOIs they like.
    """
    record = comparison.observed
    assert isinstance(record, Record)
    today = utc_now().date().isoformat()
    draft = Draft(record, comparison.desired, comparison.foreseen, today)
    draft = _with_printed(_with_dois(opened, draft), opened.project.config.doi_placeholder)
    return wrong_dois(draft, any_doi=any_doi)


def _with_versions(client: Client, draft: Draft) -> Draft:
    """Add what is published already."""
    latest = latest_version(client, draft.record)
    if latest is None:
        return draft
    known = parse_versions(client.read(versions(latest.id)).record)
    if latest.version:
        known[latest.version] = latest.id
    date = latest.fields.get(PUBLICATION_DATE)
    dois = KnownDois(start=_start(latest))
    return attrs.evolve(draft, versions=known, latest=latest.version, latest_date=date, dois=dois)


def _with_dois(opened: Opened, draft: Draft) -> Draft:
    """Add what is known about DOIs here and elsewhere."""
    project, record = opened.project, draft.record
    start = _start(record) or draft.dois.start or _start_of_others(opened.client)
    dois = KnownDois(
        own=record.doi.lower(),
        concept=record.concept_doi.lower(),
        start=start,
        elsewhere=elsewhere(load(project.path_record_id).endpoints, project.endpoint),
        versions={f"{start}{record}": version for version, record in draft.versions.items()},
    )
    return attrs.evolve(draft, dois=dois)


def _start(record: Record) -> str:
    """Return what the DOIs of the repository of a record begin with, empty if it has none."""
    is_given_here = bool(record.doi) and record.doi.lower().endswith(record.id.lower())
    return record.doi.lower().removesuffix(record.id.lower()) if is_given_here else ""


def _start_of_others(client: Client) -> str:
    """Return what the DOIs of records of anybody begin with, empty if there is none."""
    answer = client.read(some_records(), accept=(400, 403, 404))
    for body in mappings(mapping(answer.record.get("hits")).get("hits")) if answer.ok else []:
        pid = mapping(mapping(body.get("pids")).get("doi"))
        doi, record_id = string(pid.get("identifier")).lower(), string(body.get("id")).lower()
        if is_doi(doi) and record_id and doi.endswith(record_id):
            return doi.removesuffix(record_id)
    return ""


def _with_printed(draft: Draft, placeholder: str | None) -> Draft:
    """Add the DOIs that the files print."""
    files = {key: Path(file.path) for key, file in draft.desired.files.items()}
    own = {(placeholder or "").lower()}
    printed = {key: printed_in(path, draft.dois.pattern) - own for key, path in files.items()}
    held = _holding(files.items(), placeholder) if placeholder else ()
    return attrs.evolve(draft, printed=printed, placeholders=held)


def _holding(files: Iterable[tuple[str, Path]], placeholder: str) -> tuple[str, ...]:
    pattern = re.compile(re.escape(placeholder), re.IGNORECASE)
    return tuple(key for key, path in files if printed_in(path, pattern))


def refuse_if_changed(client: Client, record: Record, done: str = "published") -> None:
    """Raise when somebody has saved a draft, or sent a file for it, since it was read.

    Files have to be compared as well, because sending one does not change the revision.

    Raises
    ------
    Refused
        When it is not what was shown, or is not there any more.
    """
    answer = client.read(get_draft(record.id), accept=(404,))
    if not answer.ok:
        raise Refused(
            f"The draft has been deleted in the meantime, so nothing was {done}. "
            "See `stepup-zenodo status`."
        )
    now = parse_record(answer.record)
    if (now.revision, now.files) != (record.revision, record.files):
        raise _changed(done)


def _changed(done: str) -> Refused:
    return Refused(
        f"Somebody else has changed the draft in the meantime, so nothing was {done}. "
        "Look at it with `stepup-zenodo diff`, then try again."
    )


def refuse_if_unlike_checked(checked: Record, now: Record, done: str = "published") -> None:
    """Raise when a draft is not what was checked any more: what came since was not compared.

    Raises
    ------
    Refused
        When something differs.
    """
    if unlike_shown(checked, now):
        raise _changed(done)


def refuse_if_unlike(shown: Record, public: Record) -> None:
    """Raise when what became public is not what was shown.

    The server publishes whatever the draft holds at that moment:
    it takes no condition, so that a change in the last second can only be told.

    Raises
    ------
    Refused
        With everything that differs.
    """
    problems = unlike_shown(shown, public)
    if problems:
        raise Refused(
            f"Record {public.id} is public, but it is not what was shown: somebody else changed "
            "the draft in the moment before. Metadata can still be corrected, with "
            "`stepup-zenodo sync`; files only in another version, or by the operators of the "
            "server. This differs:",
            problems,
        )


def publish_draft(client: Client, record_id: str) -> Record:
    """Publish a draft, and return when it is certain that it is public.

    Publishing takes long at times, and the answer is often lost although it was done
    (zenodo-rdm issue 1456), so that what is true is read back.

    Raises
    ------
    Rejected
        When the server refuses; then nothing became public.
    Unavailable
        When it stays unknown, or was not done.
    """
    reasons: list[str] = []

    def once() -> Record:
        try:
            answer = client.write(publish(record_id), accept=(404,))
            reasons.append(f"The server said: {explain(answer).removesuffix('.')}.")
        except Lost as exc:
            reasons.append(exc.message)
        found = _published(client, record_id, reasons[-1])
        if found is None:
            raise Lost(reasons[-1])
        return found

    return client.until_answered(
        "publish the draft", once, unproved="It was read back: the draft is not published."
    )


def _published(client: Client, record_id: str, reason: str) -> Record | None:
    """Return the published record, `None` when it is not published."""
    try:
        answer = client.read(get_record(record_id), accept=(404,))
    except Unavailable:
        raise Unavailable(
            f"{reason} It is not known whether the draft was published, "
            "because the server cannot be reached. Ask later with `stepup-zenodo status`."
        ) from None
    if not answer.ok:
        return None
    record = parse_record(answer.record)
    return record if record.is_published else None
