"""The documents of the stand-in for OpenSearch, in memory."""

import fnmatch
import json
import os
import pickle
from collections.abc import Iterable, Iterator
from typing import Any

from search_match import Json, match, sort_hits

Answer = tuple[int, Any]
"""An HTTP status and a JSON document."""


class HTTPError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, kind: str, reason: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.body = {"error": {"type": kind, "reason": reason}, "status": status}


class Store:
    """Indexes with their documents."""

    def __init__(self) -> None:
        self.indices: dict[str, dict[str, Json]] = {}
        self.settings: dict[str, Json] = {}
        self.aliases: dict[str, set[str]] = {}
        self.templates: Json = {}
        self.sequence = 0

    def dump(self, path: str) -> None:
        with open(path + ".tmp", "wb") as fh:
            pickle.dump(self.__dict__, fh)
        os.replace(path + ".tmp", path)

    def load(self, path: str) -> None:
        with open(path, "rb") as fh:
            self.__dict__ = pickle.load(fh)

    def resolve(self, names: str | None) -> list[str]:
        """Return the indexes for a comma-separated list of names, aliases and patterns."""
        result: set[str] = set()
        for item in (names or "*").split(","):
            pattern = "*" if item == "_all" else item
            if pattern in self.aliases:
                result |= self.aliases[pattern]
            elif "*" in pattern:
                result.update(fnmatch.filter(self.indices, pattern))
                for alias in fnmatch.filter(self.aliases, pattern):
                    result |= self.aliases[alias]
            elif pattern in self.indices:
                result.add(pattern)
        return sorted(result)

    def exists(self, names: str) -> bool:
        return all(self.resolve(name) for name in names.split(","))

    def create(self, name: str, body: Json) -> None:
        if name in self.indices:
            raise HTTPError(400, "resource_already_exists_exception", name)
        self.indices[name] = {}
        self.settings[name] = body or {}
        for alias in self.settings[name].get("aliases", {}):
            self.aliases.setdefault(alias, set()).add(name)

    def delete(self, names: str) -> None:
        for name in self.resolve(names):
            del self.indices[name]
            self.settings.pop(name, None)
            for members in self.aliases.values():
                members.discard(name)
        self.aliases = {alias: members for alias, members in self.aliases.items() if members}

    def put(self, name: str, doc_id: str | None, source: Json, params: Json, op: str) -> Answer:
        """Add or replace a document, unless its version is older."""
        if not self.resolve(name):
            self.create(name, {})
        name = self.resolve(name)[0]
        docs = self.indices[name]
        self.sequence += 1
        doc_id = doc_id or f"auto-{self.sequence}"
        old = docs.get(doc_id)
        if op == "create" and old:
            raise HTTPError(409, "version_conflict_engine_exception", doc_id)
        version = old["_version"] + 1 if old else 1
        if "version" in params:
            version = int(params["version"])
            least = version if params.get("version_type") != "external" else version - 1
            if old and old["_version"] > least:
                raise HTTPError(409, "version_conflict_engine_exception", doc_id)
        docs[doc_id] = {
            "_index": name,
            "_id": doc_id,
            "_version": version,
            "_seq_no": self.sequence,
            "_primary_term": 1,
            "_source": source,
        }
        return (200 if old else 201), receipt(docs[doc_id], "updated" if old else "created")

    def remove(self, name: str | None, doc_id: str) -> Answer:
        for index in self.resolve(name):
            hit = self.indices[index].pop(doc_id, None)
            if hit:
                return 200, receipt(hit, "deleted")
        return 404, {"_index": name, "_id": doc_id, "_version": 1, "result": "not_found"}

    def update(self, name: str, doc_id: str, body: Json) -> Answer:
        old = self.get(name, doc_id)
        if old is None and "upsert" not in body and not body.get("doc_as_upsert"):
            raise HTTPError(404, "document_missing_exception", doc_id)
        source = {**(old["_source"] if old else body.get("upsert", {})), **body.get("doc", {})}
        return self.put(name, doc_id, source, {}, "index")

    def get(self, name: str | None, doc_id: str) -> Json | None:
        for index in self.resolve(name):
            if doc_id in self.indices[index]:
                return self.indices[index][doc_id]
        return None

    def find(self, names: str | None, query: Json | None) -> Iterator[Json]:
        for name in self.resolve(names):
            for hit in list(self.indices[name].values()):
                if match(hit, query):
                    yield hit

    def search(self, names: str | None, body: Json, params: Json) -> Json:
        hits = [
            hit
            for hit in self.find(names, body.get("query"))
            if match(hit, body.get("post_filter"))
        ]
        if "q" in params:
            hits = [hit for hit in hits if match(hit, {"query_string": {"query": params["q"]}})]
        sort_hits(hits, body.get("sort", []))
        start = int(body.get("from", params.get("from", 0)))
        size = int(body.get("size", params.get("size", 10)))
        page = [
            {**hit, "_score": 1.0, "sort": [hit["_seq_no"]]} for hit in hits[start : start + size]
        ]
        result: Json = {
            "took": 1,
            "timed_out": False,
            "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {
                "total": {"value": len(hits), "relation": "eq"},
                "max_score": 1.0 if page else None,
                "hits": page,
            },
        }
        aggs = body.get("aggs", body.get("aggregations"))
        if aggs:
            result["aggregations"] = empty_aggregations(aggs)
        if "scroll" in params:
            # Everything fits in the first page of a scroll.
            result["_scroll_id"] = "done"
        return result

    def bulk(self, default_index: str | None, lines: Iterable[bytes]) -> Json:
        items = []
        iterator = iter(lines)
        for line in iterator:
            ((op, meta),) = json.loads(line).items()
            try:
                status, item = self._bulk_item(default_index, op, meta, iterator)
            except HTTPError as exc:
                status, item = exc.status, {"_id": meta.get("_id"), **exc.body}
            items.append({op: {**item, "status": status}})
        errors = any("error" in item for entry in items for item in entry.values())
        return {"took": 1, "errors": errors, "items": items}

    def _bulk_item(
        self, default_index: str | None, op: str, meta: Json, lines: Iterator[bytes]
    ) -> Answer:
        name = meta.get("_index", default_index)
        if op == "delete":
            return self.remove(name, meta["_id"])
        body = json.loads(next(lines))
        if op == "update":
            return self.update(name, meta["_id"], body)
        params = {key.lstrip("_"): value for key, value in meta.items()}
        return self.put(name, meta.get("_id"), body, params, op)


def receipt(hit: Json, result: str) -> Json:
    meta = {key: value for key, value in hit.items() if key != "_source"}
    return {**meta, "result": result, "_shards": {"total": 1, "successful": 1, "failed": 0}}


def empty_aggregations(aggs: Json) -> Json:
    """Return an empty result for each requested aggregation."""
    return {
        name: {
            "doc_count": 0,
            "value": 0,
            "buckets": [],
            "sum_other_doc_count": 0,
            "doc_count_error_upper_bound": 0,
            **empty_aggregations(agg.get("aggs", agg.get("aggregations", {}))),
        }
        for name, agg in aggs.items()
    }
