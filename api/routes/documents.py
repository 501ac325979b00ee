"""Pages for people, and the OpenAPI document for programs."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from api.media import HTML, JSON
from api.pages import home
from api.problems import KINDS, Problem
from api.runner import Runner

_FRESH = {"Cache-Control": "no-cache"}


@get("/", sync_to_thread=False)
def front_page(request: Request[None, None, State], runner: NamedDependency[Runner]) -> Response[bytes]:
    """What this is, and how to ask."""
    return Response(home(runner.library.version, request.headers.get("host", "")), media_type=HTML, headers=_FRESH)


@get("/docs", sync_to_thread=False)
def documentation(request: Request[None, None, State]) -> Response[bytes]:
    """Operations, shapes and problems; written once, by create_app."""
    return Response(request.app.state["reference"], media_type=HTML, headers=_FRESH)


@get("/openapi.json", sync_to_thread=False)
def openapi(request: Request[None, None, State]) -> Response[bytes]:
    """The OpenAPI document; written once, by create_app."""
    return Response(request.app.state["openapi"], media_type=JSON, headers=_FRESH)


@get("/problems/{code:str}", status_code=303, sync_to_thread=False)
def problem(code: FromPath[str]) -> Redirect:
    """The address in ``type`` of a problem leads to its entry in the documentation."""
    if code not in KINDS:
        raise Problem("not-found", "There is no such kind of problem. /docs#problems lists them.")
    return Redirect(f"/docs#problem-{code}", status_code=303)
