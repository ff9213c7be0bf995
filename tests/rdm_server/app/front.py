"""What stands in front of InvenioRDM: an access log, faults, and settings that can be changed.

It is controlled by requests that are not logged themselves:

- `/_log`: `GET` returns the requests in the order of their arrival, `DELETE` forgets them.
- `/_faults`: `PUT` a list of rules, see `control.Faults`, `DELETE` removes them,
  `GET` returns them with the number of times `left` that they can still be triggered.
- `/_checks`: `PUT` a list of checks of communities, which replaces the previous list,
  see `checks.replace_checks`.
- `/_settings`: `PUT` a mapping of settings of InvenioRDM, which replaces the previous mapping,
  `GET` returns it, `DELETE` goes back to the original settings.
  Only settings that InvenioRDM looks up while it handles a request have an effect.

Requests with a header `X-Observer` are neither logged nor disturbed.
"""

import contextlib
import json
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any, BinaryIO

import redis
from checks import replace_checks
from control import AccessLog, Environ, Faults, Invalid, Json, Settings
from flask import Flask

Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]


class CountingInput:
    """The body of a request, which is counted, and can end early.

    Parameters
    ----------
    stream
        The body as received by the web server.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.limit: int | None = None
        self.received = 0

    def read(self, size: int = -1) -> bytes:
        return self._read(self.stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._read(self.stream.readline, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _read(self, read: Callable[..., bytes], size: int) -> bytes:
        if self.limit is not None:
            left = self.limit - self.received
            if left <= 0:
                return b""
            size = left if size is None or size < 0 else min(size, left)
        data = read(size) if size is not None and size >= 0 else read()
        self.received += len(data)
        return data


class Front:
    """A WSGI application around the one of InvenioRDM.

    Parameters
    ----------
    app
        The application with the real answers.
    api
        The part of it that is InvenioRDM, whose configuration is modified.
    socket_path
        The socket of Redis.
    """

    def __init__(self, app: App, api: Flask, socket_path: str) -> None:
        db = redis.Redis(unix_socket_path=socket_path, db=5)
        self.limits = redis.Redis(unix_socket_path=socket_path, db=3)
        self.app = app
        self.api = api
        self.log = AccessLog(db)
        self.faults = Faults(db)
        self.settings = Settings(db, api.config)

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

    def command(self, method: str, path: str, body: bytes) -> Json:
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
            case ("PUT", "/_checks"):
                return replace_checks(self.api, json.loads(body))
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
        self.body = CountingInput(environ["wsgi.input"])
        environ["wsgi.input"] = self.body
        self.entry = front.log.arrive(environ)
        self.started = time.monotonic()
        self.rule = front.faults.select(environ)

    def answer(self) -> Iterable[bytes]:
        rule = self.rule
        if not rule.get("after"):
            self.front.faults.wait(rule)
        if "drop_after_bytes" in rule:
            self.body.limit = rule["drop_after_bytes"]
            # The client notices only after the consequences, so that tests find them.
            self.process()
            return self.drop(f"drop after {self.body.received} bytes")
        if "truncate" in rule:
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

        def start(*args: object) -> object:
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
        self.front.log.store(self.entry)
        self.front.faults.wait(self.rule)
        if self.rule.get("drop"):
            return self.drop("drop after processing")
        if "status" in self.rule:
            return self.replace(f"status {self.rule['status']} after processing")
        self.note(self.entry["served"], "delay after processing")
        self.start_response(status, headers)
        return [body]

    def truncate(self) -> Iterable[bytes]:
        """Promise the whole body, and send a part of it."""
        status, headers, body = self.process()
        wanted = self.rule["truncate"]
        part = body[: len(body) // 2 if wanted is True else wanted]
        self.note(self.entry["served"], f"truncate to {len(part)} bytes")
        kept = [item for item in headers if item[0].lower() != "content-length"]
        length = str(len(body))
        self.start_response(status, [*kept, ("Content-Length", length), ("Connection", "close")])
        yield part
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


def shut(connection: socket.socket) -> None:
    """Close a connection in both directions. The client may have done so before."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
