"""Errors become problem details (RFC 9457): one table of kinds, one way out."""

from __future__ import annotations

import json
import sys
import traceback
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from api.media import PROBLEM
from api.wire import Fault, ProblemDetails
from forecast import TradewindError

LONGEST_TEXT = 400  #: characters of a detail or message; what a client sent is never echoed at length


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, its title, and what it means for whoever meets it."""

    status: int
    title: str
    meaning: str


KINDS: dict[str, Kind] = {
    "malformed-json": Kind(400, "The body is no JSON", "Correct the body at the line and column given."),
    "bad-request": Kind(400, "The request cannot be read", "Correct the request as the detail says."),
    "unknown-parameter": Kind(400, "Unknown query parameter", "Remove or correct the parameter named in `errors`."),
    "not-found": Kind(404, "Not found", "Correct the address, or ask for a pair or scenario that is here."),
    "method-not-allowed": Kind(405, "Method not allowed", "Use one of the methods in the Allow header."),
    "not-acceptable": Kind(406, "No form of the answer is acceptable", "Accept one of the media types in `allowed`."),
    "model": Kind(409, "The model cannot speak about these data", "Ask about another pair, span or day."),
    "not-identified": Kind(409, "Too few observations", "Ask with a later `as_of`, or about another pair."),
    "convergence": Kind(409, "The estimate did not settle", "Ask with another `as_of` or another `model`."),
    "too-large": Kind(413, "The body is too large", "Send at most 1 MiB."),
    "unsupported-media-type": Kind(415, "Unsupported media type", "Send the body as plain UTF-8 application/json."),
    "input": Kind(422, "The question cannot be answered as it stands", "Correct what `errors` points at."),
    "schema": Kind(422, "A field is wrong", "Correct the field that `errors` points at; `allowed` lists choices."),
    "gap": Kind(422, "Too little history", "Ask for another day or span, or bring more observations."),
    "unit": Kind(422, "A unit cannot be read or converted", "Use one of the units in `allowed`."),
    "scenario": Kind(422, "The scenario cannot hold", "Remove the contradiction that `errors` points at."),
    "numerical": Kind(500, "A number broke", "Our fault: report it with the `request_id`."),
    "internal": Kind(500, "Something broke", "Our fault: report it with the `request_id`."),
    "busy": Kind(503, "Too many questions are waiting", "Ask again after the seconds in Retry-After."),
    "timeout": Kind(503, "The answer takes too long", "Ask the same again after Retry-After: the work goes on."),
    "not-ready": Kind(503, "Not ready", "The kernels are still compiling, or failed to; see the detail."),
}

_BY_STATUS = {404: "not-found", 409: "model", 422: "input"}  #: for errors younger than the table


class Problem(Exception):
    """A refusal by the service itself.

    Args:
        code: a key of KINDS.
        detail: what was found, what was expected, what to do.
        faults: where in the request, when that can be said.
        headers: headers that belong to the refusal, for example Retry-After.
    """

    def __init__(
        self, code: str, detail: str, *, faults: tuple[Fault, ...] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.faults = faults
        self.headers = headers or {}


def explain(error: Exception) -> Problem:
    """Any exception as a Problem; those nobody foresaw say nothing about our inside."""
    match error:
        case Problem():
            return error
        case TradewindError() if error.status in _BY_STATUS:
            code = error.code if error.code in KINDS else _BY_STATUS[error.status]
            fault = Fault(_short(error.pointer), code, _short(error.message), error.allowed)
            return Problem(code, error.message, faults=(fault,))
        case HTTPException(status_code=405):
            allow = with_head((error.headers or {}).get("allow", ""))
            return Problem("method-not-allowed", f"This address allows {allow}.", headers={"Allow": allow})
        case HTTPException(status_code=413):
            return Problem("too-large", "The body is larger than 1 MiB. Send a shorter question.")
        case HTTPException(status_code=404):
            return Problem("not-found", "Nothing is at this address. /docs lists what there is.")
        case HTTPException(status_code=400):
            return Problem("bad-request", error.detail)
    code = "numerical" if isinstance(error, TradewindError) else "internal"
    return Problem(code, f"{KINDS[code].title}. {KINDS[code].meaning}")


def encode(problem: Problem, request_id: str) -> bytes:
    """The body of a problem."""
    kind = KINDS[problem.code]
    details = ProblemDetails(
        type=f"/problems/{problem.code}",
        title=kind.title,
        status=kind.status,
        detail=_short(problem.detail),
        code=problem.code,
        request_id=request_id,
        errors=problem.faults,
    )
    return msgspec.json.encode(details)


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The exception handler of the whole application."""
    problem = explain(error)
    request_id = str(request.scope["state"].get("request_id", ""))
    if KINDS[problem.code].status == 500:
        log_defect(request_id, error)
    return Response(
        encode(problem, request_id),
        status_code=KINDS[problem.code].status,
        media_type=PROBLEM,
        headers=problem.headers,
    )


def with_head(allow: str) -> str:
    """The methods of an Allow header in order, with HEAD wherever GET works: api.edge answers it."""
    methods = {method.strip() for method in allow.split(",") if method.strip()}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def log_defect(request_id: str, error: BaseException) -> None:
    """One line on stderr with the traceback, for whoever operates the service."""
    lines = traceback.format_exception(error)
    print(json.dumps({"event": "defect", "id": request_id, "traceback": "".join(lines)}), file=sys.stderr, flush=True)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
