"""What persons do on the web: with requests of their own, as the web form makes them."""

from collections.abc import Callable
from typing import Any

import attrs
import requests

from ..rdm_server.fixture import Rdm
from .items import Json

__all__ = ("Person",)


@attrs.frozen
class Person:
    """Somebody who may edit the record."""

    name: str
    """The name of the account: alice or bob."""

    rdm: Rdm
    """The server."""

    say: Callable[[str], None]
    """Is told what the person does."""

    def request(self, method: str, path: str, **more: Any) -> requests.Response:  # noqa: ANN401
        response = self.rdm.request(method, path, token=self.name, **more)
        if response.status_code >= 400:
            text = f"{method} {path}: {response.status_code} {response.text[:300]}"
            raise AssertionError(f"{self.name} cannot do on the web what they want: {text}")
        return response

    def draft(self, record: str) -> Json:
        return self.request("GET", f"/records/{record}/draft").json()

    def save(self, record: str, field: str, value: Json) -> None:
        """Save a field as the web form does: everything that was read, with one change."""
        section, key = field.split(".")
        draft = self.draft(record)
        draft[section][key] = value
        self.say(f"{self.name} saves {field} = {value!r} in the draft {record}")
        self.request("PUT", f"/records/{record}/draft", json=draft)

    def append(self, record: str, field: str, item: Json) -> None:
        """Add an item to a list of the metadata."""
        items = self.draft(record)["metadata"].get(field.partition(".")[2], [])
        self.save(record, field, [*items, item])

    def upload(self, record: str, key: str, content: bytes) -> None:
        """Upload a file, in place of one with the same name."""
        self.say(f"{self.name} uploads {key} = {content!r} to the draft {record}")
        files = f"/records/{record}/draft/files"
        if key in self.draft(record)["files"]["entries"]:
            self.request("DELETE", f"{files}/{key}")
        self.request("POST", files, json=[{"key": key}])
        self.request("PUT", f"{files}/{key}/content", data=content)
        self.request("POST", f"{files}/{key}/commit")

    def begin_upload(self, record: str, key: str) -> None:
        """Begin to upload a file, in place of one with the same name."""
        self.say(f"{self.name} begins to upload {key} to the draft {record}")
        files = f"/records/{record}/draft/files"
        if key in self.draft(record)["files"]["entries"]:
            self.request("DELETE", f"{files}/{key}")
        self.request("POST", files, json=[{"key": key}])

    def delete(self, record: str, key: str) -> None:
        self.say(f"{self.name} deletes {key} from the draft {record}")
        self.request("DELETE", f"/records/{record}/draft/files/{key}")

    def publish(self, record: str) -> None:
        self.say(f"{self.name} publishes the draft {record}")
        self.request("POST", f"/records/{record}/draft/actions/publish")

    def discard(self, record: str) -> None:
        self.say(f"{self.name} discards the draft {record}")
        self.request("DELETE", f"/records/{record}/draft")

    def edit(self, record: str) -> None:
        """Open a published version for a correction."""
        self.say(f"{self.name} opens the published record {record} for an edit")
        self.request("POST", f"/records/{record}/draft")

    def new_version(self, record: str, version: str, date: str) -> str:
        """Start a new version with the files of the last one; return its id."""
        draft = self.request("POST", f"/records/{record}/versions").json()
        number = str(draft["id"])
        self.say(f"{self.name} starts version {version} of {record} as draft {number}")
        path = f"/records/{number}/draft"
        if not draft["files"].get("entries"):
            self.request("POST", f"{path}/actions/files-import")
        draft["metadata"] |= {"version": version, "publication_date": date}
        self.request("PUT", path, json=draft)
        return number

    def invite(self, record: str, user: str) -> None:
        """Let another user edit the record."""
        self.say(f"{self.name} lets user {user} manage the record {record}")
        grant = {"subject": {"type": "user", "id": user}, "permission": "manage"}
        self.request("POST", f"/records/{record}/access/grants", json={"grants": [grant]})
