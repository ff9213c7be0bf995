"""Filling an empty database with the vocabularies of InvenioRDM, and with what a server changes.

InvenioRDM creates entries one by one, which takes five minutes for its 10000 entries.
Here, those of the generic vocabularies are checked with the same schema,
and then written to the database and the search index all at once.
"""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import invenio_rdm_records.fixtures
import yaml
from flask import current_app
from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_pidstore.models import PersistentIdentifier, PIDStatus
from invenio_rdm_records.fixtures.tasks import create_vocabulary_record
from invenio_rdm_records.fixtures.vocabularies import create_iterator
from invenio_search import current_search_client
from invenio_search.engine import search
from invenio_vocabularies.proxies import current_service
from invenio_vocabularies.records.api import Vocabulary
from invenio_vocabularies.records.models import VocabularyMetadata, VocabularyType
from sqlalchemy import insert

Entry = dict[str, Any]
Document = Any
"""What a data file holds: a mapping or a list."""

PACKAGE = Path(invenio_rdm_records.fixtures.__file__).parent / "data"
CUSTOM = "affiliations", "awards", "funders", "names"
"""Vocabularies that are not generic: each one has a service of its own."""


def load_vocabularies() -> None:
    """Load all vocabularies, except for the names of persons."""
    files = current_app.config["SEED_VOCABULARIES"]
    changes = [_read(Path(__file__).with_name(name)) for name in files]
    for name, source in _read(PACKAGE / "vocabularies.yaml").items():
        current_service.create_type(system_identity, name, source["pid-type"])
        if name == "names":
            continue
        removed = [id_ for change in changes for id_ in change.get("removed", {}).get(name, [])]
        entries = [
            entry for entry in _read(PACKAGE / source["data-file"]) if entry["id"] not in removed
        ]
        entries += [entry for change in changes for entry in change["added"].get(name, [])]
        if name in CUSTOM:
            for entry in entries:
                create_vocabulary_record(name, entry)
        else:
            create_entries(name, entries)
    current_service.create_type(system_identity, "subjects", "sub")


def create_entries(name: str, entries: Iterable[Entry]) -> None:
    """Create entries of a generic vocabulary."""
    kind = db.session.get(VocabularyType, name)
    documents = [_document(kind, entry) for entry in entries]
    ids = [uuid.uuid4() for _ in documents]
    pids = [
        {
            "pid_type": kind.pid_type,
            "pid_value": document["id"],
            "object_type": "rec",
            "object_uuid": id_,
            "status": PIDStatus.REGISTERED,
        }
        for id_, document in zip(ids, documents, strict=True)
    ]
    query = insert(PersistentIdentifier).returning(
        PersistentIdentifier.id, sort_by_parameter_order=True
    )
    for document, pk in zip(documents, db.session.scalars(query, pids), strict=True):
        document["pid"]["pk"] = pk
    rows = [{"id": id_, "json": doc} for id_, doc in zip(ids, documents, strict=True)]
    query = insert(VocabularyMetadata).returning(VocabularyMetadata)
    # Everything has to be known before the commit, after which each row is read again.
    actions = [_index_action(model) for model in db.session.scalars(query, rows)]
    db.session.commit()
    search.helpers.bulk(current_search_client, actions)


def _read(path: Path) -> Document:
    """Read a data file. The parser written in C is ten times faster."""
    if path.suffix == ".yaml":
        with path.open("rb") as fh:
            return yaml.load(fh, yaml.CSafeLoader) or []
    return list(create_iterator(path))


def _document(kind: VocabularyType, entry: Entry) -> Entry:
    """Return what InvenioRDM stores for an entry, without the number of its identifier."""
    context = {"identity": system_identity}
    document, _ = current_service.schema.load({**entry, "type": kind.id}, context=context)
    pid = {"status": "R", "obj_type": "rec", "pid_type": kind.pid_type}
    return {
        **document,
        "$schema": Vocabulary.schema.value,
        "type": {"id": kind.id, "pid_type": kind.pid_type},
        "pid": pid,
    }


def _index_action(model: VocabularyMetadata) -> Entry:
    record = Vocabulary(model.data, model=model)
    index = current_service.indexer.record_to_index(record)
    return {
        "_index": current_service.indexer._prepare_index(index),
        "_id": str(record.id),
        "_version": record.revision_id,
        "_version_type": "external_gte",
        "_source": record.dumps(),
    }
