"""The edge before every route, found or not: request id, security headers, HEAD, and one line of log."""

from __future__ import annotations

import json
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from api.media import PROBLEM
from api.problems import Problem, encode, explain, log_defect, with_head

# ASGI's own shapes (asgiref), as any server and framework hand them over.
Scope = Any
Message = Any
Receive = Any
Send = Callable[[Message], Any]
App = Callable[[Scope, Receive, Send], Any]

SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_SECURITY = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def to_stderr(line: str) -> None:
    """Write one line of log."""
    print(line, file=sys.stderr, flush=True)


class Edge:
    """Wraps the application.

    Args:
        app: the ASGI application behind.
        log: takes one JSON line a request; never holds a body, a query string or a header's value but the id.
    """

    def __init__(self, app: App, log: Callable[[str], None] = to_stderr) -> None:
        self.app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        method: str = scope["method"]
        request_id = _request_id(scope["headers"])
        sent = {"status": 0, "bytes": 0}

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                message["headers"] = _headers(message.get("headers", ()), request_id)
            elif message["type"] == "http.response.body" and method == "HEAD":
                if message.get("more_body"):
                    return
                message = {"type": "http.response.body", "body": b""}
            sent["bytes"] += len(message.get("body", b""))
            await send(message)

        inner = {
            **scope,
            "method": "GET" if method == "HEAD" else method,
            "state": {**scope.get("state", {}), "request_id": request_id},
        }
        try:
            await self.app(inner, receive, send_on)
        except Exception as error:
            log_defect(request_id, error)
            if not sent["status"]:
                await _send_problem(explain(error), request_id, send_on)
        finally:
            entry = {
                "event": "request",
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "id": request_id,
                "method": method,
                "path": scope["path"][:200],
                "ms": round((time.perf_counter() - began) * 1000, 1),
                **sent,
            }
            self._log(json.dumps(entry))


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name.lower() == b"x-request-id" and _SANE_ID.fullmatch(value):
            return value.decode()
    return uuid.uuid4().hex


def _headers(given: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    kept = [(name, with_head(value.decode()).encode() if name == b"allow" else value) for name, value in given]
    return [*kept, (b"x-request-id", request_id.encode()), *_SECURITY]


async def _send_problem(problem: Problem, request_id: str, send: Send) -> None:
    body = encode(problem, request_id)
    headers = [(b"content-type", PROBLEM.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
