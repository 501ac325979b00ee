"""The pairs of countries that can be asked about."""

from __future__ import annotations

import asyncio

from litestar import get
from litestar.di import NamedDependency

from api.contract import Operation
from api.media import JSON
from api.runner import Runner
from api.wire import Pairs

_LIST = Operation(
    summary="List the pairs",
    description="The names that `pair` of a question may have. Exports and imports are seen from the first country.",
    tag="Figures",
    content={JSON: Pairs},
    problems=("unknown-parameter",),
)


@get("/pairs", opt={"operation": _LIST})
async def list_pairs(runner: NamedDependency[Runner]) -> Pairs:
    """Every pair with observations."""
    return Pairs(tuple(await asyncio.to_thread(runner.library.pairs)))
