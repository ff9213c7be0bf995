"""DOI registration without DataCite: what would be sent is written to a log."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from datacite import DataCiteRESTClient
from invenio_rdm_records.services.pids import providers
from invenio_rdm_records.services.pids.providers.base import PIDProvider

Json = dict[str, Any]


class LocalDataCiteAPI(DataCiteRESTClient):
    """Log DOI registrations instead of sending them to DataCite."""

    def _log(self, action: str, doi: str | None, **kwargs: object) -> str | None:
        path = Path(os.environ["RDM_RUN_DIR"]) / "datacite.jsonl"
        with path.open("a") as fh:
            fh.write(json.dumps({"action": action, "doi": doi, **kwargs}) + "\n")
        return doi

    def public_doi(self, metadata: Json, url: str, doi: str | None = None) -> str | None:
        return self._log("publish", doi, url=url, metadata=metadata)

    def update_doi(
        self, doi: str, metadata: Json | None = None, url: str | None = None
    ) -> str | None:
        return self._log("update", doi, url=url, metadata=metadata)

    def hide_doi(self, doi: str) -> str | None:
        return self._log("hide", doi)

    def show_doi(self, doi: str) -> str | None:
        return self._log("show", doi)

    def delete_doi(self, doi: str) -> str | None:
        return self._log("delete", doi)


class LocalDataCiteClient(providers.DataCiteClient):
    @property
    def api(self) -> LocalDataCiteAPI:
        args = [self.cfg(key) for key in ("username", "password", "prefix", "test_mode")]
        return LocalDataCiteAPI(*args)


def replace_client(available: Iterable[PIDProvider]) -> None:
    """Let the providers of InvenioRDM that register DOIs write to the log."""
    for provider in available:
        if isinstance(provider, providers.DataCitePIDProvider):
            provider.client = LocalDataCiteClient(provider.name)
