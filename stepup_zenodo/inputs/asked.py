"""What somebody wants to fetch: of which record, from which server, into which folder."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import attrs

from ..config.endpoints import ZENODO, checked_endpoint
from ..errors import Invalid, Problem, Refused
from ..local.boundary import refuse_outside
from ..local.environment import OFFLINE, is_told_offline
from ..local.idfile import record_id_in
from ..local.pins import Pin, load_pin, pin_path
from ..local.plainfiles import read_plain
from ..local.token import LONGEST_FILE, Token, find_token, token_remedy
from ..remote.client import Client
from ..remote.published import found_record, pin_of
from ..reporting.output import Output
from ..reporting.report import size_text
from ..session.connection import connect
from ..takeover.adopt import endpoint_in

__all__ = ("Asked", "difference")


@attrs.frozen
class Asked:
    """What is wanted, and where it comes from."""

    text: str
    """The record as the user gave it, without the secret of a share link."""

    record_id: str
    """Its id, which can stand for all versions."""

    endpoint: str
    """Address of the API, without slash at the end."""

    folder: Path
    """Where the files go."""

    path_pin: Path
    """The pin, beside the folder."""

    path_token: Path | None
    """The file with the token or the share link, `None` for what everybody may read."""

    secret: str = attrs.field(default="", repr=False)
    """The secret of a share link that was given itself."""

    @classmethod
    def of(
        cls, record: str, folder: str, *, endpoint: str | None, path_token: Path | None
    ) -> "Asked":
        """Return what the user wants.

        Raises
        ------
        Invalid
            When that names no record or no folder that can be used.
        """
        text = re.split(r"[?#]", record.strip())[0]
        record_id = record_id_in(text)
        if record_id is None:
            message = f"{text!r} is not the id, the DOI or the address of a record"
            hint = "copy the address from the browser"
            raise Invalid((Problem(message, "RECORD", hint=hint),))
        server = checked_endpoint(endpoint or endpoint_in(text) or ZENODO)
        place = Path(os.path.normpath(folder))
        refuse_outside(str(place), "FOLDER")
        secret = _secret_in(record)
        return cls(text, record_id, server, place, pin_path(place), path_token, secret)

    def pin(self) -> Pin | None:
        """Return the pin, `None` if there is none.

        Raises
        ------
        Refused
            When it is damaged, or the pin of another record.
        """
        pin = load_pin(self.path_pin)
        if pin is None:
            return None
        if record_id_in(pin.asked) != self.record_id or pin.endpoint != self.endpoint:
            raise Refused(
                f"{self.path_pin} is the pin of {pin.asked} ({pin.endpoint}), not of {self.text}. "
                f"Choose another folder; or to replace one by the other, run {self.command} "
                "--update`, with --endpoint if you use it."
            )
        return pin

    @property
    def command(self) -> str:
        """The command that fetches, open at its end."""
        return f"`stepup-zenodo fetch {self.text} {self.folder}"

    def newest(self, client: Client) -> Pin:
        """Return the pin of what the record stands for today.

        Raises
        ------
        Refused
            When there is no such version, or its files cannot be verified.
        """
        return pin_of(found_record(client, self.record_id), self.text, self.endpoint)

    def client(self, output: Output) -> Client:
        """Return a connection to the server.

        Raises
        ------
        Refused
            When it is not to be asked, or the token file holds no token.
        """
        if is_told_offline(os.environ):
            raise Refused(
                f"{OFFLINE} is set, and not everything is here. Unset {OFFLINE} to ask the server."
            )
        return connect(self.endpoint, self._token(), output)

    def _token(self) -> Token:
        if self.secret:
            return Token(self.secret, "the share link")
        if self.path_token is None:
            return Token("", "nowhere")
        secret = _secret_in(_text_of(self.path_token))
        if secret:
            return Token(secret, f"the share link in {self.path_token}")
        token = find_token(self.path_token, {})
        if token is None:
            remedy = token_remedy(self.path_token, self.endpoint)
            raise Refused(f"There is no token, so the record cannot be read. {remedy}")
        return token


def _secret_in(address: str) -> str:
    """Return the secret of a share link, empty for any other address."""
    try:
        secrets = parse_qs(urlsplit(address.strip()).query).get("token", [])
    except ValueError:
        return ""
    return secrets[0] if secrets else ""


def _text_of(path: Path) -> str:
    """Return the content of a token file if it can be a share link."""
    try:
        text = read_plain(path, LONGEST_FILE).decode("ascii")
    except (OSError, UnicodeDecodeError):
        return ""
    return text if "://" in text else ""


def difference(old: Pin, new: Pin) -> list[str]:
    """Return in lines what another version changes."""
    lines = [] if old.record == new.record else [f"record {old.record} -> record {new.record}"]
    lines += [
        f"{name}: {before or '(none)'} -> {after or '(none)'}"
        for name in ("doi", "title", "version", "license")
        if (before := getattr(old, name)) != (after := getattr(new, name))
    ]
    for name in sorted({**old.files, **new.files}):
        before, after = old.files.get(name), new.files.get(name)
        if after is None:
            lines.append(f"- {name}")
        elif before is None:
            lines.append(f"+ {name} ({size_text(after.size)})")
        elif before != after:
            lines.append(f"~ {name} ({size_text(before.size)} -> {size_text(after.size)})")
    return lines
