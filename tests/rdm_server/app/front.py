"""What stands in front of InvenioRDM: an access log, faults, and settings that can be changed.

It is controlled by requests that are not logged themselves:

- `/_log`: `GET` returns the requests in the order of their arrival, `DELETE` forgets them.
- `/_faults`: `PUT` a list of rules, `GET` returns them with the number of times `left`
  that they can still be triggered, `DELETE` removes them.
- `/_settings`: `PUT` a mapping of settings of InvenioRDM, which replaces the previous mapping,
  `GET` returns it, `DELETE` goes back to the original settings.
  Only settings that InvenioRDM looks up while it handles a request have an effect.

Requests with a header `X-Observer` are neither logged nor disturbed.

A rule selects requests with these keys, all of them optional:

- `method`: an HTTP method
- `path`: a regular expression, searched in the percent-encoded path with the query
- `skip`: the number of matching requests to let through first (default 0)
- `times`: the number of matching requests to affect (default 1)

and tells what happens to them:

- `delay`: seconds to wait, before the request is handled or, with `after`, before it is answered
- `status`, `headers`, `body`: the answer to send instead of the real one;
  a body that is a text is sent as HTML, anything else as JSON
- `drop`: close the connection without an answer
- `drop_after_bytes`: close the connection when that many bytes of the body were received,
  which leaves InvenioRDM with an incomplete body
- `truncate`: send the first half of the body of the real answer, then close the connection
- `after`: let InvenioRDM process the request before its answer is delayed, replaced or dropped

The first rule that replaces or breaks the answer decides.
Before it, the delays of all other matching rules add up.
"""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import redis

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]

RULE_KEYS = frozenset(
    "method path skip times delay status headers body drop drop_after_bytes truncate after".split()
)


class Invalid(Exception):
    """A control request that is not understood."""


class CountingInput:
    """The body of a request, which is counted, and can end early.

    Parameters
    ----------
    stream
        The body as received by the web server.
    connection
        The socket that is closed after `limit` bytes.
    """

    def __init__(self, stream: Any, connection: socket.socket) -> None:
        self.stream = stream
        self.connection = connection
        self.limit: int | None = None
        self.received = 0

    def read(self, size: int = -1) -> bytes:
        return self._read(self.stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._read(self.stream.readline, size)

    def __iter__(self) -> Iterable[bytes]:
        return iter(self.readline, b"")

    def _read(self, read: Callable[..., bytes], size: int) -> bytes:
        if self.limit is not None:
            left = self.limit - self.received
            if left <= 0:
                shut(self.connection)
                return b""
            size = left if size is None or size < 0 else min(size, left)
        data = read(size) if size is not None and size >= 0 else read()
        self.received += len(data)
        return data


class AccessLog:
    """The requests that arrived, in Redis because several processes handle them."""

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
    """The rules, and how often each one matched a request."""

    def __init__(self, db: redis.Redis) -> None:
        self.db = db

    def replace(self, rules: Any) -> None:
        for rule in check_rules(rules):
            re.compile(rule.get("path", ""))
        with self.db.pipeline() as pipeline:
            pipeline.delete("seen")
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
            if {"status", "drop", "drop_after_bytes", "truncate", "after"} & rule.keys():
                return {**rule, "delay": delay}
        return {"delay": delay}


class Settings:
    """Settings of InvenioRDM that differ from the ones it was started with."""

    def __init__(self, db: redis.Redis, config: dict[str, Any]) -> None:
        self.db = db
        self.config = config
        self.lock = threading.Lock()
        self.applied = b"{}"
        self.original: dict[str, Any] = {}

    def replace(self, values: Any, forget_limits: Callable[[], object]) -> None:
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


class Front:
    """A WSGI application around the one of InvenioRDM.

    Parameters
    ----------
    app
        The application with the real answers.
    config
        Its configuration, which is modified.
    socket_path
        The socket of Redis.
    """

    def __init__(self, app: App, config: dict[str, Any], socket_path: str) -> None:
        db = redis.Redis(unix_socket_path=socket_path, db=5)
        self.limits = redis.Redis(unix_socket_path=socket_path, db=3)
        self.app = app
        self.log = AccessLog(db)
        self.faults = Faults(db)
        self.settings = Settings(db, config)

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/_"):
            return self.control(environ, start_response)
        self.settings.apply()
        if "HTTP_X_OBSERVER" in environ:
            return self.app(environ, start_response)
        return Exchange(self, environ, start_response).answer()

    def control(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Handle a request that is not for InvenioRDM."""
        body = environ["wsgi.input"].read()
        try:
            answer = self.command(environ["REQUEST_METHOD"], environ["PATH_INFO"], body)
            status = "200 OK"
        except (Invalid, ValueError, re.error) as exc:
            answer, status = {"message": str(exc)}, "400 Bad Request"
        data = json.dumps(answer).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
        start_response(status, headers)
        return [data]

    def command(self, method: str, path: str, body: bytes) -> Any:
        match (method, path):
            case ("GET", "/_log"):
                return self.log.entries()
            case ("DELETE", "/_log"):
                self.log.clear()
                return []
            case ("PUT" | "DELETE", "/_faults"):
                self.faults.replace(json.loads(body) if method == "PUT" else [])
                return self.faults.listing()
            case ("GET", "/_faults"):
                return self.faults.listing()
            case ("PUT" | "DELETE", "/_settings"):
                values = json.loads(body) if method == "PUT" else {}
                self.settings.replace(values, self.limits.flushdb)
                return self.settings.values()
            case ("GET", "/_settings"):
                return self.settings.values()
        raise Invalid(f"unknown control request: {method} {path}")


class Exchange:
    """One request, its answer, and what goes wrong in between."""

    def __init__(self, front: Front, environ: Environ, start_response: Start) -> None:
        self.front = front
        self.environ = environ
        self.start_response = start_response
        self.connection = environ["gunicorn.socket"]
        self.body = CountingInput(environ["wsgi.input"], self.connection)
        environ["wsgi.input"] = self.body
        self.entry = front.log.arrive(environ)
        self.started = time.monotonic()
        self.rule = front.faults.select(environ)

    def answer(self) -> Iterable[bytes]:
        rule = self.rule
        if not rule.get("after"):
            time.sleep(rule["delay"])
        if "drop_after_bytes" in rule:
            self.body.limit = rule["drop_after_bytes"]
            self.process()
            return self.drop(f"drop after {self.body.received} bytes")
        if rule.get("truncate"):
            return self.truncate()
        if rule.get("after"):
            return self.answer_late()
        if rule.get("drop"):
            return self.drop("drop")
        if "status" in rule:
            return self.replace(f"status {rule['status']}")
        return self.pass_on("delay" if rule["delay"] else None)

    def pass_on(self, fault: str | None) -> Iterable[bytes]:
        """Send the real answer."""
        answered: list[Any] = []

        def start(*args: Any) -> Any:
            answered[:] = args
            return self.start_response(*args)

        result = self.front.app(self.environ, start)
        # The client may look at the log as soon as it has the answer.
        self.entry["served"] = int(answered[0].split()[0])
        self.note(self.entry["served"], fault)
        return result

    def process(self) -> tuple[str, list[tuple[str, str]], bytes]:
        """Let InvenioRDM process the request, without sending anything."""
        answered: list[Any] = []
        result = self.front.app(self.environ, lambda *args: answered.extend(args))
        try:
            body = b"".join(result)
        finally:
            getattr(result, "close", lambda: None)()
        self.entry["served"] = int(answered[0].split()[0])
        return answered[0], answered[1], body

    def answer_late(self) -> Iterable[bytes]:
        """Answer something else, later or never, after the request was processed."""
        status, headers, body = self.process()
        time.sleep(self.rule["delay"])
        if self.rule.get("drop"):
            return self.drop("drop after processing")
        if "status" in self.rule:
            return self.replace(f"status {self.rule['status']} after processing")
        self.note(self.entry["served"], "delay after processing")
        self.start_response(status, headers)
        return [body]

    def truncate(self) -> Iterable[bytes]:
        """Promise the whole body, and send half of it."""
        status, headers, body = self.process()
        half = body[: len(body) // 2]
        self.note(self.entry["served"], f"truncate to {len(half)} bytes")
        kept = [item for item in headers if item[0].lower() != "content-length"]
        length = str(len(body))
        self.start_response(status, [*kept, ("Content-Length", length), ("Connection", "close")])
        yield half
        shut(self.connection)

    def drop(self, fault: str) -> Iterable[bytes]:
        """Close the connection without an answer."""
        self.note(None, fault)
        shut(self.connection)
        self.start_response("500 Never sent", [("Connection", "close"), ("Content-Length", "0")])
        return []

    def replace(self, fault: str) -> Iterable[bytes]:
        """Send the answer of the rule."""
        status = HTTPStatus(self.rule["status"])
        body = self.rule.get("body", {"status": status.value, "message": "Injected fault."})
        is_text = isinstance(body, str)
        data = body.encode() if is_text else json.dumps(body).encode()
        headers = {
            "Content-Type": "text/html" if is_text else "application/json",
            "Content-Length": str(len(data)),
            "Connection": "close",
            **self.rule.get("headers", {}),
        }
        self.note(status.value, fault)
        self.start_response(f"{status.value} {status.phrase}", list(headers.items()))
        return [data]

    def note(self, status: int | None, fault: str | None) -> None:
        """Complete the entry in the log, before anything is sent."""
        self.entry["status"] = status
        self.entry["fault"] = fault
        self.entry["received"] = self.body.received
        self.entry["seconds"] = time.monotonic() - self.started
        self.front.log.store(self.entry)


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


def check_rules(rules: Any) -> list[dict[str, Any]]:
    """Return the rules if they can be used."""
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise Invalid("faults must be a list of mappings")
    for rule in rules:
        unknown = sorted(rule.keys() - RULE_KEYS)
        if unknown:
            allowed = ", ".join(sorted(RULE_KEYS))
            raise Invalid(f"unknown key {unknown[0]}, allowed are: {allowed}")
    return rules


def shut(connection: socket.socket) -> None:
    """Close a connection in both directions. The client may have done so before."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
