"""Is the service alive, is it ready?"""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from api.contract import Operation
from api.media import JSON
from api.problems import Problem
from api.runner import RETRY_AFTER_S, Runner
from api.wire import Health

_LIVE = Operation(
    summary="Is the service alive?",
    description="Answers as soon as the process takes connections.",
    tag="Operations",
    content={JSON: Health},
)
_READY = Operation(
    summary="Is the service ready?",
    description="200 once the kernels are compiled; until then 503. Questions asked earlier wait, and are answered.",
    tag="Operations",
    content={JSON: Health},
    problems=("not-ready",),
)


@get("/livez", opt={"operation": _LIVE}, sync_to_thread=False)
def live() -> Health:
    """The process answers."""
    return Health("alive")


@get("/readyz", opt={"operation": _READY}, sync_to_thread=False)
def ready(runner: NamedDependency[Runner]) -> Health:
    """The kernels are warm."""
    match runner.state:
        case "ready":
            return Health("ready")
        case "warming":
            detail = "The kernels are still compiling."
        case "failed":
            detail = "The kernels failed to compile; the log has the reason under 'warm-up'."
    raise Problem("not-ready", detail, headers={"Retry-After": str(RETRY_AFTER_S)})
