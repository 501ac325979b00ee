"""Query parameters that nobody reads are refused, with a suggestion."""

from __future__ import annotations

import difflib
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.problems import Problem
from api.wire import Fault, Question

_FIELDS = Question.__struct_fields__


def refuse_unknown(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of /v1; a route names the parameters it reads under ``opt["parameters"]``.

    Raises:
        Problem: 400, naming every parameter that the route does not read.
    """
    allowed: tuple[str, ...] = tuple(sorted(handler.opt.get("parameters", ())))
    unknown = [name for name in connection.query_params if name not in allowed]
    if not unknown:
        return
    faults = tuple(
        Fault(
            name[:100],
            "unknown-parameter",
            f"Unknown query parameter {name[:100]!r}. {_advise(name, allowed)}",
            allowed,
        )
        for name in unknown[:10]
    )
    raise Problem("unknown-parameter", faults[0].message, faults=faults)


def _advise(name: str, allowed: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name[:100].lower(), allowed, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    field = difflib.get_close_matches(name[:100].lower(), _FIELDS, n=1)
    if field:
        return f"{field[0]!r} is a field of the question: send it in the body of POST /v1/forecasts."
    return f"Expected one of: {', '.join(allowed)}." if allowed else "This address takes none."
