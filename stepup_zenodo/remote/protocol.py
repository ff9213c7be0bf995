"""Requests of the InvenioRDM endpoints in use, and the meaning of answers, as data.

Nothing here touches the network.
Facts about the server were read in the sources of the packages that Zenodo pins
(invenio-rdm-records 35, invenio-drafts-resources 11, invenio-records-resources 11)
and observed on a local server with these packages.
"""

import email.utils
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import attrs

from ..errors import Remark
from ..jsontypes import Json

__all__ = (
    "ACCEPT",
    "FIRST_DELAY",
    "JSON",
    "MAX_ATTEMPTS",
    "Answer",
    "Request",
    "commit_file",
    "complaints",
    "create_draft",
    "declare_files",
    "delete_file",
    "discard_draft",
    "edit_record",
    "explain",
    "get_citation",
    "get_content",
    "get_draft",
    "get_file",
    "get_latest",
    "get_record",
    "import_files",
    "new_version",
    "publish",
    "remarks",
    "requested_delay",
    "retry_delay",
    "save_draft",
    "some_records",
    "upload_content",
    "user_drafts",
    "versions",
    "whole_number",
)

ACCEPT = "application/vnd.inveniordm.v1+json, application/json;q=0.5"
"""Zenodo answers in an older shape unless it sees the first; some endpoints know the second."""

JSON = "application/json"
"""JSON in its plainest form, which for records is the older shape on Zenodo."""

MAX_ATTEMPTS = 6
"""How often one thing is tried in all."""

FIRST_DELAY = 0.5
"""Seconds before the first repetition; the delay doubles each time, up to `LONGEST_DELAY`."""

LONGEST_DELAY = 60.0
"""Most seconds between two attempts, unless the server asks for more."""

LONGEST_OBEYED = 900.0
"""Most seconds that the server can ask for."""


@attrs.frozen
class Request:
    """One request, without host and credentials."""

    method: str
    """The HTTP method."""

    path: str
    """Percent-encoded path and query below the endpoint."""

    what: str
    """What it is for, to complete the sentence 'could not ...'."""

    body: Json = None
    """Sent as JSON, unless `None`."""

    revision: int | None = None
    """Refuse to act on any other revision of the draft (`If-Match`)."""

    accept: str = ""
    """Type of a text that is asked for, empty for JSON in its fullest form, or `JSON`."""


@attrs.frozen
class Answer:
    """What the server said."""

    status: int
    """The HTTP status."""

    headers: Mapping[str, str]
    """The HTTP headers, names in lower case."""

    body: Json
    """The decoded JSON, `None` when there was none."""

    text: str = ""
    """The text that was asked for, or the start of a body that should have been JSON."""

    @property
    def ok(self) -> bool:
        """True for a status that means success."""
        return 200 <= self.status < 300

    @property
    def record(self) -> dict[str, Json]:
        """The body as a mapping, empty when it is something else."""
        return self.body if isinstance(self.body, dict) else {}


def _draft(record_id: str, tail: str = "") -> str:
    return f"/records/{quote(record_id, safe='')}/draft{tail}"


def _file(record_id: str, key: str, tail: str = "") -> str:
    return _draft(record_id, f"/files/{quote(key, safe='')}{tail}")


def create_draft(body: Json) -> Request:
    """Make a new record. The only request whose effect cannot be found again by its address."""
    return Request("POST", "/records", "create the draft", body)


def get_draft(record_id: str) -> Request:
    """Read the draft, with its metadata and file entries, from the database."""
    return Request("GET", _draft(record_id), "read the draft")


def get_record(record_id: str) -> Request:
    """Read the published record from the database."""
    return Request("GET", f"/records/{quote(record_id, safe='')}", "read the published record")


def get_latest(record_id: str) -> Request:
    """Read the latest published version, through a redirection."""
    path = f"/records/{quote(record_id, safe='')}/versions/latest"
    return Request("GET", path, "read the latest version")


def versions(record_id: str) -> Request:
    """List the published versions; the search index may lack the newest for a while."""
    path = f"/records/{quote(record_id, safe='')}/versions?size=100"
    return Request("GET", path, "list the versions")


def get_citation(record_id: str, *, is_draft: bool) -> Request:
    """Let the server word a citation, which it cannot do for all drafts (status 500, observed)."""
    path = f"/records/{quote(record_id, safe='')}{'/draft' if is_draft else ''}"
    query = urlencode({"style": "apa", "locale": "en-US"})
    return Request("GET", f"{path}?{query}", "read the citation", accept="text/x-bibliography")


def user_drafts(size: int = 25) -> Request:
    """List the newest records of the user; the search index may lag."""
    query = urlencode({"sort": "newest", "size": size, "shared_with_me": "false"})
    return Request("GET", f"/user/records?{query}", "list your newest records")


def some_records() -> Request:
    """Read a few public records of anybody."""
    return Request("GET", "/records?size=5", "look at records of others")


def save_draft(record_id: str, body: Json, revision: int | None) -> Request:
    """Replace metadata and custom fields of a draft."""
    return Request("PUT", _draft(record_id), "save the metadata", body, revision)


def edit_record(record_id: str) -> Request:
    """Open an edit draft of a published record, or return the one that is open."""
    return Request("POST", _draft(record_id), "open the published record for editing")


def publish(record_id: str) -> Request:
    """Publish the draft."""
    return Request("POST", _draft(record_id, "/actions/publish"), "publish the draft")


def discard_draft(record_id: str, revision: int | None = None) -> Request:
    """Delete a draft, or discard the changes of an edit draft."""
    return Request("DELETE", _draft(record_id), "discard the draft", revision=revision)


def new_version(record_id: str) -> Request:
    """Start the draft of the next version; repeated one after the other it returns the same."""
    path = f"/records/{quote(record_id, safe='')}/versions"
    return Request("POST", path, "start a new version")


def import_files(record_id: str) -> Request:
    """Take over the files of the latest published version without sending them."""
    path = _draft(record_id, "/actions/files-import")
    return Request("POST", path, "import the files of the previous version")


def declare_files(record_id: str, keys: tuple[str, ...]) -> Request:
    """Announce files. All or none are accepted; an empty list is refused by the server."""
    body: list[Json] = [{"key": key} for key in keys]
    return Request("POST", _draft(record_id, "/files"), "declare the files", body)


def get_file(record_id: str, key: str) -> Request:
    """Read one file entry."""
    return Request("GET", _file(record_id, key), f"read the entry of {key}")


def get_content(record_id: str, key: str, *, is_draft: bool) -> Request:
    """Read the content of a file, of a draft or of a published version."""
    path = _file(record_id, key, "/content")
    return Request("GET", path if is_draft else path.replace("/draft/", "/", 1), f"fetch {key}")


def upload_content(record_id: str, key: str) -> Request:
    """Send the content of a declared file. On a completed file this would delete it."""
    return Request("PUT", _file(record_id, key, "/content"), f"send {key}")


def commit_file(record_id: str, key: str) -> Request:
    """Complete a file whose content was sent; repeating is harmless."""
    return Request("POST", _file(record_id, key, "/commit"), f"complete {key}")


def delete_file(record_id: str, key: str) -> Request:
    """Remove a file entry from a draft."""
    return Request("DELETE", _file(record_id, key), f"delete {key}")


def remarks(answer: Answer) -> tuple[Remark, ...]:
    """Return what a successful answer, or a refusal, lists under `errors`.

    The list can be a plain text after an upload.
    Translated messages can arrive as lists of single characters.
    Checks of communities give a severity, and explain themselves in HTML (invenio-checks 12).
    """
    errors = answer.record.get("errors")
    if isinstance(errors, str):
        return (Remark("", errors),)
    return tuple(map(_remark, errors)) if isinstance(errors, list) else ()


def _remark(error: Json) -> Remark:
    if not isinstance(error, dict):
        return Remark("", str(error))
    messages = error.get("messages", [])
    texts = [str(m) for m in messages] if isinstance(messages, list) else [str(messages)]
    glue = "" if texts and all(len(text) == 1 for text in texts) else " "
    severity, about = (str(error.get(key) or "") for key in ("severity", "description"))
    if about:
        from ..text.words import html_words

        about = html_words(about)
    return Remark(str(error.get("field", "")), glue.join(texts), severity, about)


def complaints(answer: Answer) -> tuple[Remark, ...]:
    """Return what a refusal complains about."""
    message = answer.record.get("message")
    return remarks(answer) or ((Remark("", str(message)),) if message else ())


def explain(answer: Answer) -> str:
    """Return the words of the server, or a description of an answer without words."""
    parts = []
    message = answer.record.get("message")
    if message:
        parts.append(str(message))
    parts += [": ".join(filter(None, (said.field, said.message))) for said in remarks(answer)]
    if not parts:
        start = " ".join(answer.text.split())[:200]
        kind = "a web page" if "<html" in answer.text.lower() else "no explanation"
        parts.append(f"{kind}: {start}" if start else kind)
    return f"HTTP {answer.status}: {'; '.join(parts)}"


def retry_delay(
    attempt: int,
    status: int | None,
    headers: Mapping[str, str],
    attempts: int = MAX_ATTEMPTS,
    first: float = FIRST_DELAY,
) -> float | None:
    """Return how many seconds to wait before attempt number `attempt` + 1, `None` to give up.

    Parameters
    ----------
    attempt
        How many attempts were made, at least 1.
    status
        The HTTP status, `None` when there was no usable answer.
    headers
        Of the answer, for `requested_delay`.
    attempts
        How often there may be an attempt in all.
    first
        Seconds before the first repetition.
    """
    if attempt >= attempts or not (status is None or status == 429 or status >= 500):
        return None
    backoff = min(first * 2.0 ** (attempt - 1), LONGEST_DELAY)
    asked = requested_delay(status, headers)
    return backoff if asked is None else asked


def requested_delay(status: int | None, headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds the server asks to send nothing, `None` when it does not.

    `Retry-After` counts only for 429 and 503, because the server sends it with every answer.
    """
    if status not in {429, 503}:
        return None
    after = headers.get("retry-after", "")
    if whole_number(after) is not None:
        return min(float(after), LONGEST_OBEYED)
    until, sent = _seconds(after), _seconds(headers.get("date", ""))
    if until is not None and sent is not None:
        return min(max(0.0, until - sent), LONGEST_OBEYED)
    return None


def _seconds(date: str) -> float | None:
    """Return an HTTP date in seconds since the epoch, `None` when it is not one."""
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None


def whole_number(text: str) -> int | None:
    """Return the number in a header, `None` when it is not one, or one that nobody means."""
    return int(text) if len(text) <= 15 and text.isascii() and text.isdecimal() else None
