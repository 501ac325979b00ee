"""create_app(): the whole service, read from top to bottom."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import msgspec
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

from api.contract import document
from api.edge import Edge, to_stderr
from api.library import Library
from api.parameters import refuse_unknown
from api.problems import respond
from api.reference import reference
from api.routes import documents, forecasts, health, pairs
from api.runner import Runner, today_utc
from api.settings import BODY_LIMIT_BYTES, Settings, read_settings

_STATIC = Path(__file__).parent / "static"


def create_app(
    library: Library | None = None,
    settings: Settings | None = None,
    *,
    today: Callable[[], date] = today_utc,
    log: Callable[[str], None] = to_stderr,
) -> Edge:
    """Build the service, an ASGI application.

    Args:
        library: the verbs of forecast; a test hands in its own.
        settings: by default those of the environment.
        today: the clock, for questions that name no day.
        log: takes one JSON line a request.
    """
    runner = Runner(library or Library(), settings or read_settings(os.environ), today)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        runner.start()
        try:
            yield
        finally:
            await runner.stop()

    def provide_runner() -> Runner:
        return runner

    version_1 = Router("/v1", route_handlers=[forecasts.ask, pairs.list_pairs], guards=[refuse_unknown])
    app = Litestar(
        route_handlers=[
            documents.front_page,
            documents.documentation,
            documents.openapi,
            documents.problem,
            health.live,
            health.ready,
            version_1,
            create_static_files_router("/static", directories=[_STATIC]),
        ],
        dependencies={"runner": Provide(provide_runner, sync_to_thread=False)},
        exception_handlers={Exception: respond, HTTPException: respond},
        lifespan=[lifespan],
        request_max_body_size=BODY_LIMIT_BYTES,
        openapi_config=None,  # api.contract writes the document: three media types a body, problems a status
        logging_config=None,  # api.edge writes one line a request
        debug=False,
        pdb_on_exception=False,
    )
    contract = document(app.routes, runner.library.version)
    app.state["openapi"] = msgspec.json.encode(contract)
    app.state["reference"] = reference(contract)
    return Edge(app, log)
