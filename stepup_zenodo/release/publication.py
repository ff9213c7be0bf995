"""What speaks against publishing a draft, and what becomes public."""

import json
from collections.abc import Mapping

import attrs

from ..config.fieldpaths import config_path
from ..config.fields import (
    CREATORS,
    DESCRIPTION,
    LICENSE,
    METADATA_ONLY,
    PUBLICATION_DATE,
    PUBLISHER,
    REQUIRED,
    TITLE,
    VERSION,
)
from ..config.people import who_of
from ..errors import Problem, printable
from ..jsontypes import Json, mapping, string, texts_in
from ..record.changes import Kept, PrepareReview
from ..record.desired import Desired, publisher_problems
from ..record.foresee import Foreseen
from ..record.observed import Record
from ..record.ordering import order_problem
from ..record.showing import values_apart
from ..record.unfinished import unfinished_problems
from ..reporting.report import size_text
from ..reporting.values import value_lines
from .dois import KnownDois
from .spamfilter import counted_by_filter

__all__ = (
    "Draft",
    "doubts",
    "objections",
    "public_lines",
    "unlike_shown",
    "unlike_words",
    "word_to_type",
    "wrong_dois",
)


GIVE_IT = (
    "give it in the configuration, and sync; with `stepup-zenodo sync --ours` if somebody has "
    "emptied it on the server"
)
"""What to do about a missing field: an emptied one is kept as it is, as any change of others."""


@attrs.frozen
class Draft:
    """Everything that matters to the decision."""

    record: Record
    """The draft on the server."""

    desired: Desired
    """What it should hold."""

    foreseen: Foreseen
    """What a sync would change."""

    today: str
    """The day in UTC, ISO 8601."""

    versions: Mapping[str, str] = attrs.field(factory=dict)
    """Record ids of the published versions, by version text."""

    latest: str = ""
    """Version text of the latest published version, empty for the first one."""

    latest_date: Json = None
    """Publication date of that version."""

    dois: KnownDois = KnownDois()
    """What is known about DOIs."""

    printed: Mapping[str, frozenset[str]] = attrs.field(factory=dict)
    """DOIs in files, in lower case, by the name of the file."""

    placeholders: tuple[str, ...] = ()
    """Names of files that hold the placeholder for the DOI."""

    reviewed: bool = False
    """True when the draft goes to a community instead of being published here."""


def objections(draft: Draft, *, any_doi: bool = False) -> tuple[Problem, ...]:
    """Return every reason not to publish a draft.

    Parameters
    ----------
    draft
        Everything that matters.
    any_doi
        Whether files may print whatever DOIs they like.
    """
    return (
        *_differences(draft),
        *_missing(draft),
        *_version(draft),
        *_date(draft),
        *wrong_dois(draft, any_doi=any_doi),
        *unfinished_problems(draft.desired, draft.record.fields),
        *_review(draft),
    )


def _differences(draft: Draft) -> list[Problem]:
    foreseen = draft.foreseen
    problems = []
    # What is submitted gets its community at that moment.
    prepared = (PrepareReview,) if draft.reviewed else ()
    actions = [action for action in foreseen.actions if not isinstance(action, prepared)]
    if actions or foreseen.conflicts:
        message = "it is not equal to the configuration and the files"
        hint = "see `stepup-zenodo diff`, and run `stepup-zenodo sync`"
        problems.append(Problem(message, "the draft", hint=hint))
    for kept in foreseen.kept:
        if not (kept.field or kept.is_note):
            hint = "list it in paths, or delete it with `stepup-zenodo sync --prune`"
            problems.append(Problem(f"the file {kept.what} {kept.reason}", "paths", hint=hint))
        elif kept.field.startswith("paths."):
            problems.append(_kept_file(draft, kept))
    return problems


def _kept_file(draft: Draft, kept: Kept) -> Problem:
    """Return the problem of a listed file that somebody replaced or deleted on the server."""
    is_there = kept.what in map(repr, draft.record.files)
    other = "make yours equal to theirs" if is_there else "take it off the configuration"
    hint = f"send yours with `stepup-zenodo sync --ours`, or {other}"
    where = draft.desired.where(kept.field)
    message = f"the file {kept.what} is not the one on disk: {kept.reason}"
    return Problem(message, where, draft.desired.place(where), hint)


def _missing(draft: Draft) -> list[Problem]:
    fields, files = draft.record.fields, draft.record.files
    config = draft.desired.config
    problems = [
        Problem("is missing", config_path(name), hint=GIVE_IT)
        for name in REQUIRED
        if not fields.get(name)
    ]
    unknown = () if config is None else publisher_problems(config)
    if unknown and not fields.get(PUBLISHER):
        where = config_path(PUBLISHER)
        problems = [problem for problem in problems if problem.where != where] + [*unknown]
    if not (files or fields.get(METADATA_ONLY)):
        problems.append(Problem("there are no files", "paths", hint="list them, and sync"))
    problems += [
        _of_file(
            draft,
            key,
            f"the upload of {key!r} is not complete",
            "sync again; with `stepup-zenodo sync --ours` if somebody else has begun it",
        )
        for key, entry in sorted(files.items())
        if not entry.completed and key in draft.desired.files
    ]
    return problems


def _version(draft: Draft) -> list[Problem]:
    version = draft.record.version
    message = order_problem(version, draft.latest, draft.versions)
    if not message and draft.latest and not version:
        message = f"this version has no version text, but the latest one has {draft.latest}"
    hint = "raise metadata.version in the configuration, and sync"
    return [_at(draft, VERSION, message, hint)] if message else []


def _date(draft: Draft) -> list[Problem]:
    """Object to a date in the future, and to a past one that nobody has chosen."""
    field = PUBLICATION_DATE
    date = draft.record.fields.get(field)
    if not isinstance(date, str) or not date:
        return []
    start = date.partition("/")[0]
    if start > draft.today[: len(start)]:
        hint = f"today is {draft.today} in UTC; publish on that day, or change the date"
        return [_at(draft, field, f"{date} is in the future", hint)]
    if field not in draft.desired.fields and start < draft.today[: len(start)]:
        message = f"{date} is the day on which the draft was made, today is {draft.today} in UTC"
        return [_at(draft, field, message, "give the date in the configuration, and sync")]
    return []


def wrong_dois(draft: Draft, *, any_doi: bool = False) -> tuple[Problem, ...]:
    """Object to DOIs of another record where that of this one should be.

    Parameters
    ----------
    draft
        What the files print.
    any_doi
        Whether they may print whatever DOIs they like.
    """
    if any_doi:
        return ()
    problems = [
        _of_file(
            draft,
            key,
            f"{key} holds the placeholder for the DOI",
            "build it again with a token, and sync",
        )
        for key in draft.placeholders
    ]
    for key, found in sorted(draft.printed.items()):
        message, hint = _wrong_doi(draft, key, found)
        if message:
            problems.append(_of_file(draft, key, message, hint))
    for path, text in texts_in(dict(draft.record.fields)):
        for doi in sorted({doi.lower() for doi in draft.dois.pattern.findall(text)}):
            reason = draft.dois.mistaken(doi)
            if reason:
                hint = "correct it, and sync; or use --any-doi if it is meant to be so"
                problems.append(_at(draft, path, f"names the DOI {doi}, {reason}", hint))
    return tuple(problems)


def _wrong_doi(draft: Draft, key: str, found: frozenset[str]) -> tuple[str, str]:
    """Return which DOI of a file is wrong and what to do, two empty texts if none is."""
    dois, cited = draft.dois, json.dumps(dict(draft.record.fields)).lower()
    build = "build it with `stepup-zenodo doi`, and sync; or use --any-doi if it is meant to be so"
    for doi in sorted(found):
        if reason := dois.mistaken(doi):
            return f"{key} prints the DOI {doi}, {reason}", build
    others = sorted(doi for doi in found if dois.is_neighbour(doi) and doi not in cited)
    if not others or (dois.own and dois.own in found):
        return "", ""
    other = f"{others[0]}{dois.whose(others[0])}"
    if dois.own:
        return f"{key} prints the DOI {other}, but this version has {dois.own}", build
    hint = "reserve it and build the file with `stepup-zenodo doi`, and sync; "
    hint += "or use --any-doi if it is meant to be so"
    message = f"{key} prints the DOI {other}, but the DOI of this version is not reserved yet"
    return message, hint


def _of_file(draft: Draft, key: str, message: str, hint: str) -> Problem:
    """Return a problem with a file, at the place where it is listed."""
    config = draft.desired.config
    listed = None if config is None else config.listed(key)
    if listed is None:
        return Problem(message, "paths", hint=hint)
    return Problem(message, listed.where, listed.place, hint)


def _review(draft: Draft) -> list[Problem]:
    status = draft.record.status
    if status == "in_review":
        message = "it is being reviewed by a community, which publishes it by accepting it"
        hint = "wait for the decision, or take it back with `stepup-zenodo submit --withdraw`"
    elif "with_review" in status and not draft.reviewed:
        message = "it is prepared for a review by a community"
        hint = "use `stepup-zenodo submit`; or remove the community from the configuration "
        hint += "and use `stepup-zenodo submit --withdraw`"
    else:
        return []
    return [Problem(message, "the draft", hint=hint)]


def doubts(draft: Draft) -> tuple[Problem, ...]:
    """Return what a person should think about before publishing, although it may be right."""
    return (*_spam_doubts(draft), *_date_doubts(draft))


def _spam_doubts(draft: Draft) -> list[Problem]:
    """Warn of what the spam filter counts; only the first publications of an account matter."""
    config = draft.desired.config
    if draft.latest or config is None or not config.repository.filters_spam:
        return []
    counted = counted_by_filter(string(draft.record.fields.get(DESCRIPTION)))
    if not counted:
        return []
    message = (
        f"the description has {counted} in the spam filter of {config.repository.name}; "
        "an account that is not verified has 10, which is the limit"
    )
    hint = "if you have never published there, publish with a shorter description and correct it "
    hint += "when the account is verified"
    return [_at(draft, DESCRIPTION, message, hint)]


def _date_doubts(draft: Draft) -> tuple[Problem, ...]:
    date = draft.record.fields.get(PUBLICATION_DATE)
    if not date or date != draft.latest_date or date == draft.today:
        return ()
    before = f"version {draft.latest}" if draft.latest else "the version before"
    message = f"{date} is also the date of {before}, and today is {draft.today} in UTC"
    hint = "is it that of this version? If not, change it and sync before you publish"
    return (_at(draft, PUBLICATION_DATE, message, hint),)


def _at(draft: Draft, field: str, message: str, hint: str) -> Problem:
    where = draft.desired.where(field)
    return Problem(message, where, draft.desired.place(where), hint)


def unlike_shown(shown: Record, public: Record) -> tuple[Problem, ...]:
    """Return how a record that became public differs from the draft that was shown.

    Parameters
    ----------
    shown
        The draft as it was when it was shown.
    public
        The published version.
    """
    problems = []
    for name in sorted({*shown.fields, *public.fields}):
        before, now = shown.fields.get(name), public.fields.get(name)
        if before != now:
            one, other = values_apart(name, before, now)
            message = f"{one} was shown, and {other} is public"
            problems.append(Problem(message, config_path(name)))
    for key in sorted({*shown.files, *public.files}):
        if key not in shown.files:
            problems.append(Problem(f"the file {key!r} is public, and was not shown", "paths"))
        elif key not in public.files:
            problems.append(Problem(f"the file {key!r} was shown, and is not public", "paths"))
        elif shown.files[key] != public.files[key]:
            message = f"the file {key!r} is public with another content than the one shown"
            problems.append(Problem(message, "paths"))
    return tuple(problems)


def unlike_words(before: Record, now: Record) -> list[str]:
    """Return how a draft differs from the version that is public, a line for each difference."""
    lines = []
    for name in sorted({*before.fields, *now.fields}):
        old, new = before.fields.get(name), now.fields.get(name)
        if old != new:
            lines += value_lines(name, old, new)
    for key in sorted({*before.files, *now.files}):
        if before.files.get(key) != now.files.get(key):
            what = "new" if key not in before.files else "gone" if key not in now.files else "other"
            lines.append(f"{key}: {what}")
    return lines


def word_to_type(record: Record) -> str:
    """Return what a person has to type to confirm: the version, or the id if there is none."""
    return record.version or record.id


def public_lines(record: Record) -> list[str]:
    """Return what a draft will show to everybody."""
    total = sum(entry.size or 0 for entry in record.files.values())
    rows = {
        "title": string(record.fields.get(TITLE)),
        "version": record.version or "none",
        "date": string(record.fields.get(PUBLICATION_DATE)),
        "creators": "; ".join(_names(record.fields.get(CREATORS))),
        "licence": ", ".join(_licences(record.fields.get(LICENSE))) or "none",
        "DOI": record.doi or "given by the server when it is published",
        "files": f"{len(record.files)}, {size_text(total)}, {_files_access(record)}",
    }
    lines = [f"{name:9} {printable(text)}" for name, text in rows.items()]
    lines += [
        f"{'':9} {printable(key)} ({size_text(entry.size or 0)})"
        for key, entry in sorted(record.files.items())
    ]
    return lines


def _names(creators: Json) -> list[str]:
    names = []
    for creator in creators if isinstance(creators, list) else []:
        who = who_of(mapping(creator))
        if who:
            parts = (string(who.get("family_name")), string(who.get("given_name")))
            names.append(string(who.get("name")) or ", ".join(part for part in parts if part))
    return names


def _licences(rights: Json) -> list[str]:
    names = []
    for item in rights if isinstance(rights, list) else []:
        if isinstance(item, dict):
            title = item.get("title")
            own = string(title.get("en")) if isinstance(title, dict) else ""
            names.append(string(item.get("id")) or own)
    return names


def _files_access(record: Record) -> str:
    access = record.fields.get("access")
    if not isinstance(access, dict) or access.get("files") != "restricted":
        return "open to everybody"
    embargo = access.get("embargo")
    until = string(embargo.get("until")) if isinstance(embargo, dict) else ""
    return f"closed until {until}" if until else "closed"
