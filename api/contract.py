"""The OpenAPI document, assembled from what each route says about itself.

A route carries an Operation under ``opt["operation"]``; a test holds that every route under /v1 has one.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec
from litestar.routes import BaseRoute, HTTPRoute

import forecast
from api.media import JSON, PROBLEM
from api.problems import KINDS
from api.scenario_shapes import scenario_schemas
from api.wire import ProblemDetails

Json = dict[str, object]

_ABOUT = (
    "Questions about the trade between two countries, answered with odds. A question names a pair, the day up to "
    "which figures may be used, scenarios, and marks to put odds on.\n\n"
    "Amounts are in US dollars (`USD bn`), months are written `2018-10`, days `2018-10-12`. Flows are seen from the "
    "first country of the pair. Every answer carries an `X-Request-Id`, and GET addresses answer HEAD as well."
)
_REQUEST_ID = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
_RETRY_AFTER = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
_ALWAYS = ("internal",)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route says about itself.

    Args:
        summary: one line.
        description: paragraphs; `code` in backticks.
        tag: the group in the documentation.
        content: media type -> shape of the 200 answer, None where the form has no JSON schema.
        request: shape of the body, None without one.
        examples: name -> (summary, body) of requests.
        problems: the kinds of problem this route can answer with, beside the one of every route.
    """

    summary: str
    description: str
    tag: str
    content: Mapping[str, type | None]
    request: type | None = None
    examples: Mapping[str, tuple[str, object]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def document(routes: Iterable[BaseRoute], version: str) -> Json:
    """The OpenAPI 3.1 document of all routes that carry an Operation."""
    operations = _operations(routes)
    shapes = {shape for _, _, _, op in operations for shape in (op.request, *op.content.values()) if shape}
    paths: dict[str, Json] = {}
    for path, method, name, operation in operations:
        paths.setdefault(path, {})[method.lower()] = _describe(operation, name)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tradewind",
            "version": version,
            "summary": "How likely is it that two countries trade this much by then?",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas({*shapes, ProblemDetails}),
            "headers": {
                "X-Request-Id": {
                    "description": "Names this request in the log; yours is taken over when you send a sane one.",
                    "schema": {"type": "string"},
                },
                "Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}},
            },
        },
    }


def _operations(routes: Iterable[BaseRoute]) -> list[tuple[str, str, str, Operation]]:
    return sorted(
        (
            (route.path_format, method, handler.handler_name, handler.opt["operation"])
            for route in routes
            if isinstance(route, HTTPRoute)
            for handler in route.route_handlers
            if "operation" in handler.opt
            for method in handler.http_methods
        ),
        key=lambda row: (_ORDER.get(row[3].tag, len(_ORDER)), row[0], row[1]),
    )


_ORDER = {tag: place for place, tag in enumerate(("Forecasts", "Figures", "Operations"))}


def _describe(operation: Operation, name: str) -> Json:
    described: Json = {
        "operationId": name,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag],
    }
    if operation.request:
        described["requestBody"] = {
            "required": True,
            "content": {
                JSON: {
                    "schema": _ref(operation.request),
                    "examples": {
                        key: {"summary": summary, "value": body} for key, (summary, body) in operation.examples.items()
                    },
                }
            },
        }
    described["responses"] = {"200": _success(operation), **_refusals((*operation.problems, *_ALWAYS))}
    return described


def _success(operation: Operation) -> Json:
    content = {
        media_type: {"schema": _ref(shape)}
        if shape
        else ({"schema": {"type": "string"}} if "text" in media_type else {})
        for media_type, shape in operation.content.items()
    }
    return {"description": "The answer.", "headers": _REQUEST_ID, "content": content}


def _refusals(codes: Iterable[str]) -> dict[str, Json]:
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(KINDS[code].status, []).append(code)
    return {
        str(status): {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(f'`{code}`' for code in listed)}.",
            "headers": _REQUEST_ID | (_RETRY_AFTER if status == 503 else {}),
            "content": {
                PROBLEM: {
                    "schema": _ref(ProblemDetails),
                    "examples": {code: {"summary": KINDS[code].title, "value": _example(code)} for code in listed},
                }
            },
        }
        for status, listed in sorted(by_status.items())
    }


def _example(code: str) -> Json:
    kind = KINDS[code]
    return {
        "type": f"/problems/{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "code": code,
        "request_id": "0f8fad5bd9cb469fa165708674289cf0",
        "errors": [],
    }


def _schemas(shapes: set[type]) -> dict[str, Json]:
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    _, schemas = msgspec.json.schema_components(ordered, schema_hook=_any, ref_template="#/components/schemas/{name}")
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"]).replace("``", "`")
    return dict(sorted((schemas | scenario_schemas(forecast.document_schema())).items()))


def _any(shape: type) -> Json:
    if shape is object:
        return {"description": "Any JSON value."}
    raise TypeError(shape)


def _ref(shape: type) -> Json:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}
