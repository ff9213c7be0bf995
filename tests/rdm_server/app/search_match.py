"""Deciding whether a document matches a query of OpenSearch, by looking at the document.

There are no analyzers and no relevance scores.
`nested` queries are evaluated on the whole document, percolators never match.
"""

import fnmatch
import re
from collections.abc import Iterator
from typing import Any

from luqum import tree as lucene
from luqum.exceptions import ParseError
from luqum.parser import parser as parse_lucene

Json = dict[str, Any]

SUFFIXES = "keyword", "text", "exact", "original"
"""Names of sub-fields, which hold the same values in another form."""


def values(doc: object, path: str) -> Iterator[Any]:
    """Yield all scalar values found at a dotted path, where keys may contain dots themselves."""
    if isinstance(doc, list):
        for item in doc:
            yield from values(item, path)
    elif path == "":
        if not isinstance(doc, dict):
            yield doc
    elif isinstance(doc, dict):
        for key, value in doc.items():
            if path == key:
                yield from values(value, "")
            elif path.startswith(key + "."):
                yield from values(value, path[len(key) + 1 :])


def field_values(hit: Json, field: str) -> list[Any]:
    """Return the values of a field, ignoring boosts and the names of sub-fields."""
    field = field.split("^", maxsplit=1)[0]
    if field == "_id":
        return [hit["_id"]]
    found = list(values(hit["_source"], field))
    if not found and "." in field:
        stem, _, suffix = field.rpartition(".")
        if suffix in SUFFIXES:
            found = list(values(hit["_source"], stem))
    return [value for value in found if value is not None]


def leaves(doc: object) -> Iterator[Any]:
    """Yield all scalar values in a document."""
    if isinstance(doc, dict):
        for value in doc.values():
            yield from leaves(value)
    elif isinstance(doc, list):
        for value in doc:
            yield from leaves(value)
    elif doc is not None:
        yield doc


def norm(value: object) -> str:
    return str(value).lower()


def words_of(text: object) -> list[str]:
    return re.findall(r"\w+", norm(text))


def candidates(hit: Json, fields: list[str] | None) -> list[Any]:
    """Return the values of some fields, or all values if there are only wildcards."""
    fields = [field for field in fields or [] if "*" not in field]
    if not fields:
        return list(leaves(hit["_source"]))
    return [value for field in fields for value in field_values(hit, field)]


def match_text(
    hit: Json, fields: list[str] | None, text: str, operator: str = "or", phrase: bool = False
) -> bool:
    words = words_of(text)
    found = [words_of(value) for value in candidates(hit, fields)]
    if phrase:
        return any(" ".join(words) in " ".join(value) for value in found)
    known = {word for value in found for word in value}
    test = all if operator.lower() == "and" else any
    return bool(words) and test(word in known for word in words)


def in_range(value: object, spec: Json) -> bool:
    def key(x: object) -> tuple[int, Any]:
        return (0, x) if isinstance(x, (int, float)) else (1, str(x))

    tests = {
        "gt": lambda a, b: a > b,
        "gte": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "lte": lambda a, b: a <= b,
    }
    return all(
        tests[op](key(value), key(bound))
        for op, bound in spec.items()
        if op in tests and bound is not None and not str(bound).startswith("now")
    )


def match_pattern(hit: Json, fields: list[str] | None, text: str) -> bool:
    found = candidates(hit, fields)
    if text == "*":
        return not fields or bool(found)
    if "*" in text or "?" in text:
        return any(fnmatch.fnmatch(norm(value), norm(text)) for value in found)
    same = any(norm(value) == norm(text) for value in found)
    return same or match_text(hit, fields, text, "and")


def match_lucene(
    hit: Json, node: lucene.Item, fields: list[str] | None = None, operator: str = "and"
) -> bool:
    """Evaluate a parsed query string."""

    def recurse(child: lucene.Item) -> bool:
        return match_lucene(hit, child, fields, operator)

    match node:
        case lucene.SearchField(name="_exists_"):
            return bool(field_values(hit, str(node.expr)))
        case lucene.SearchField():
            name = node.name.replace("\\", "")
            return match_lucene(hit, node.expr, None if name == "*" else [name], operator)
        case lucene.AndOperation():
            return all(recurse(child) for child in node.children)
        case lucene.OrOperation():
            return any(recurse(child) for child in node.children)
        case lucene.UnknownOperation():
            test = all if operator.lower() == "and" else any
            return test(recurse(child) for child in node.children)
        case lucene.Not() | lucene.Prohibit():
            return not recurse(node.children[0])
        case lucene.Range():
            low = {"gte" if node.include_low else "gt": str(node.low)}
            high = {"lte" if node.include_high else "lt": str(node.high)}
            spec = {op: bound for op, bound in {**low, **high}.items() if bound != "*"}
            return any(in_range(str(value), spec) for value in candidates(hit, fields))
        case lucene.Phrase():
            return match_text(hit, fields, node.value[1:-1], phrase=True)
        case lucene.Word():
            return match_pattern(hit, fields, node.value.replace("\\", ""))
    return recurse(node.children[0]) if node.children else True


def match_bool(hit: Json, body: Json) -> bool:
    def clauses(name: str) -> list[Json]:
        clause = body.get(name, [])
        return clause if isinstance(clause, list) else [clause]

    required = clauses("must") + clauses("filter")
    should = clauses("should")
    minimum = str(body.get("minimum_should_match", 0 if required else 1))
    if "<" in minimum:
        # Up to so many clauses all must match, with more of them that number of clauses.
        bound, minimum = minimum.split("<")
        minimum = str(len(should)) if len(should) <= int(bound) else minimum
    return (
        all(match(hit, query) for query in required)
        and not any(match(hit, query) for query in clauses("must_not"))
        and (not should or sum(match(hit, query) for query in should) >= int(minimum))
    )


def match_query_string(hit: Json, body: Json) -> bool:
    text = body["query"].strip() or "*"
    operator = body.get("default_operator", "or")
    try:
        node = parse_lucene.parse(text)
    except ParseError:
        return match_text(hit, body.get("fields"), text, operator)
    return match_lucene(hit, node, body.get("fields"), operator)


def match(hit: Json, query: Json | None) -> bool:
    """Return True if the document matches."""
    if not query:
        return True
    ((kind, body),) = query.items()
    match kind:
        case "match_all":
            return True
        case "match_none" | "percolate":
            return False
        case "bool":
            return match_bool(hit, body)
        case "nested" | "function_score" | "has_child":
            return match(hit, body.get("query"))
        case "constant_score":
            return match(hit, body["filter"])
        case "boosting":
            return match(hit, body["positive"])
        case "dis_max":
            return any(match(hit, query) for query in body["queries"])
        case "ids":
            return hit["_id"] in body["values"]
        case "exists":
            return match_exists(hit, body["field"])
        case "query_string" | "simple_query_string":
            return match_query_string(hit, body)
        case "multi_match":
            operator = body.get("operator", "or")
            return match_text(hit, body.get("fields"), body["query"], operator)
    return match_field(hit, kind, body)


def match_exists(hit: Json, field: str) -> bool:
    doc: Any = hit["_source"]
    for key in field.split("."):
        doc = doc.get(key) if isinstance(doc, dict) else None
    return bool(field_values(hit, field)) or any(True for _ in leaves(doc))


def match_field(hit: Json, kind: str, body: Json) -> bool:
    """Evaluate a query about a single field."""
    ((field, spec),) = ((name, spec) for name, spec in body.items() if name != "boost")
    found = field_values(hit, field)
    if kind == "terms":
        return any(norm(value) in map(norm, spec) for value in found)
    if kind == "range":
        return any(in_range(value, spec) for value in found)
    operator = "or"
    if isinstance(spec, dict):
        operator = spec.get("operator", "or")
        spec = spec.get("query", spec.get("value", spec.get("wildcard")))
    match kind:
        case "term":
            return any(norm(value) == norm(spec) for value in found)
        case "prefix":
            return any(norm(value).startswith(norm(spec)) for value in found)
        case "wildcard":
            return any(fnmatch.fnmatch(norm(value), norm(spec)) for value in found)
        case "match" | "match_phrase" | "match_phrase_prefix" | "match_bool_prefix" | "fuzzy":
            return match_text(hit, [field], spec, operator, phrase="phrase" in kind)
    raise ValueError(f"query type not supported by the stub: {kind}")


def sort_hits(hits: list[Json], sort: list[str | Json] | str | Json) -> None:
    """Sort documents in place by the specification of a search request."""

    def key(hit: Json, field: str) -> list[tuple[int, float, str]]:
        return [
            (0, value, "") if isinstance(value, (int, float)) else (1, 0, str(value))
            for value in field_values(hit, field)
        ]

    for item in reversed(sort if isinstance(sort, list) else [sort]):
        ((field, order),) = ({item: "asc"} if isinstance(item, str) else item).items()
        if field in ("_score", "_doc"):
            continue
        if isinstance(order, dict):
            order = order.get("order", "asc")
        present = [hit for hit in hits if field_values(hit, field)]
        missing = [hit for hit in hits if not field_values(hit, field)]
        present.sort(key=lambda hit, field=field: key(hit, field), reverse=order == "desc")
        hits[:] = present + missing
