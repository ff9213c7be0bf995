"""What tests can see and change of the server: the access log, faults and settings.

All of it is kept in Redis, because several processes handle the requests.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import redis

Json = Any
"""A JSON document."""

Environ = dict[str, Any]
"""The environment of a WSGI request."""

SELECTING = frozenset(("method", "path", "skip", "times"))
BREAKING = frozenset(("status", "drop", "drop_after_bytes", "truncate", "after"))
RULE_KEYS = SELECTING | BREAKING | {"delay", "headers", "body"}


class Invalid(Exception):
    """A control request that is not understood."""


class AccessLog:
    """The requests that arrived."""

    def __init__(self, db: redis.Redis) -> None:
        self.db = db

    def arrive(self, environ: Environ) -> dict[str, Any]:
        """Note a request on its arrival and return its entry."""
        entry = {
            "number": self.db.incr("log:number"),
            "epoch": int(self.db.get("log:epoch") or 0),
            "method": environ["REQUEST_METHOD"],
            "path": environ["RAW_URI"],
            "status": None,
            "served": None,
            "received": 0,
            "time": time.time(),
            "seconds": None,
            "port": int(environ["REMOTE_PORT"]),
            "headers": logged_headers(environ),
            "fault": None,
        }
        self.store(entry)
        return entry

    def store(self, entry: dict[str, Any]) -> None:
        """Write an entry again, unless it was forgotten in the meantime."""
        if int(self.db.get("log:epoch") or 0) == entry["epoch"]:
            self.db.hset("log", entry["number"], json.dumps(entry))

    def entries(self) -> list[dict[str, Any]]:
        found = [json.loads(value) for value in self.db.hvals("log")]
        for entry in found:
            del entry["epoch"]
        return sorted(found, key=lambda entry: entry["number"])

    def clear(self) -> None:
        with self.db.pipeline() as pipeline:
            pipeline.incr("log:epoch")
            pipeline.delete("log", "log:number")
            pipeline.execute()


class Faults:
    """The rules, and how often each one matched a request.

    A rule selects requests with these keys, all of them optional:

    - `method`: an HTTP method
    - `path`: a regular expression, searched in the percent-encoded path with the query
    - `skip`: the number of matching requests to let through first (default 0)
    - `times`: the number of matching requests to affect (default 1)

    and tells what happens to them:

    - `delay`: seconds to wait before the request is handled or, with `after`, answered;
      it ends when the rules are replaced, so that a test decides about the order of events
    - `status`, `headers`, `body`: the answer to send instead of the real one;
      a body that is a text is sent as HTML, anything else as JSON
    - `drop`: close the connection without an answer
    - `drop_after_bytes`: close the connection when that many bytes of the body were received,
      which leaves InvenioRDM with an incomplete body.
      A shorter body is processed before the connection is closed.
    - `truncate`: send so many bytes of the body of the real answer, then close the connection;
      `true` is the first half
    - `after`: let InvenioRDM process the request before its answer is delayed, replaced or dropped

    The first rule that replaces or breaks the answer decides.
    Before it, the delays of all other matching rules add up.
    """

    def __init__(self, db: redis.Redis) -> None:
        self.db = db

    def replace(self, rules: Json) -> None:
        for rule in check_rules(rules):
            re.compile(rule.get("path", ""))
        with self.db.pipeline() as pipeline:
            pipeline.delete("seen")
            pipeline.incr("rules:number")
            pipeline.set("rules", json.dumps(rules))
            pipeline.execute()

    def rules(self) -> list[dict[str, Any]]:
        return json.loads(self.db.get("rules") or "[]")

    def listing(self) -> list[dict[str, Any]]:
        """Return the rules with the number of times that they can still be triggered."""
        rules = self.rules()
        for i, rule in enumerate(rules):
            seen = int(self.db.hget("seen", i) or 0)
            times = rule.get("times", 1)
            rule["left"] = max(0, min(times, rule.get("skip", 0) + times - seen))
        return rules

    def select(self, environ: Environ) -> dict[str, Any]:
        """Return what has to happen to a request, as one rule."""
        delay = 0.0
        number = self.db.get("rules:number")
        for i, rule in enumerate(self.rules()):
            if rule.get("method", environ["REQUEST_METHOD"]) != environ["REQUEST_METHOD"]:
                continue
            if not re.search(rule.get("path", ""), environ["RAW_URI"]):
                continue
            seen = self.db.hincrby("seen", i, 1)
            skip = rule.get("skip", 0)
            if not skip < seen <= skip + rule.get("times", 1):
                continue
            delay += rule.get("delay", 0)
            if BREAKING & rule.keys():
                return {**rule, "delay": delay, "number": number}
        return {"delay": delay, "number": number}

    def wait(self, rule: Mapping[str, Any]) -> None:
        """Wait as long as a rule says, or until it is replaced."""
        end = time.monotonic() + rule["delay"]
        while (left := end - time.monotonic()) > 0:
            if self.db.get("rules:number") != rule["number"]:
                return
            time.sleep(min(left, 0.02))


class Settings:
    """Settings of InvenioRDM that differ from the ones it was started with."""

    def __init__(self, db: redis.Redis, config: dict[str, Any]) -> None:
        self.db = db
        self.config = config
        self.lock = threading.Lock()
        self.applied = b"{}"
        self.original: dict[str, Any] = {}

    def replace(self, values: Json, forget_limits: Callable[[], object]) -> None:
        if not isinstance(values, dict):
            raise Invalid("settings must be a mapping")
        unknown = sorted(values.keys() - self.config.keys())
        if unknown:
            raise Invalid(f"unknown settings: {', '.join(unknown)}")
        self.db.set("settings", json.dumps(values))
        # Requests of before count for a limit that is the same.
        forget_limits()

    def values(self) -> dict[str, Any]:
        return json.loads(self.db.get("settings") or "{}")

    def apply(self) -> None:
        """Change the configuration of this process if it is not up to date."""
        wanted = self.db.get("settings") or b"{}"
        if wanted == self.applied:
            return
        with self.lock:
            self.config.update(self.original)
            values = json.loads(wanted)
            self.original = {name: self.config[name] for name in values}
            self.config.update(values)
            self.applied = wanted


def logged_headers(environ: Environ) -> dict[str, str]:
    """Return the headers of a request, with nothing secret."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    if "authorization" in headers:
        headers["authorization"] = headers["authorization"].split()[0]
    return headers


def check_rules(rules: Json) -> list[dict[str, Any]]:
    """Return the rules if they can be used."""
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise Invalid("faults must be a list of mappings")
    for rule in rules:
        unknown = sorted(rule.keys() - RULE_KEYS)
        if unknown:
            allowed = ", ".join(sorted(RULE_KEYS))
            raise Invalid(f"unknown key {unknown[0]}, allowed are: {allowed}")
    return rules
