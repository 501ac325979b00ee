"""A question comes in, its answer goes out."""

from __future__ import annotations

import asyncio

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.di import NamedDependency

import forecast
from api.body import read_object, refuse_foreign
from api.contract import Operation
from api.media import CSV, FORMS, JSON, PARQUET, negotiate
from api.problems import Problem
from api.runner import Runner
from api.wire import FLAGSHIP, Fault, Question

_LONG_BODY_BYTES = 1 << 16  #: a question longer than this is read off the event loop

_ASK = Operation(
    summary="Ask a question",
    description=(
        "Bands of every month and year, probabilities of targets and the month in which they are first reached, for "
        "each scenario, from one set of simulated paths. Only figures published by `as_of` are used.\n\n"
        "The numbers are those of the library and the command line, to the last digit; the same question gives the "
        "same bytes. The Accept header chooses JSON (default), or the same as tidy rows in CSV or Parquet.\n\n"
        "Unknown fields are refused with a suggestion. The first question about a pair and day takes longer than "
        "the next ones, since the model is fitted first."
    ),
    tag="Forecasts",
    content={JSON: forecast.Answer, CSV: None, PARQUET: None},
    request=Question,
    examples={
        "flagship": ("Will China and Russia trade 100 bn dollars in 2018, and in 2019?", FLAGSHIP),
        "short": ("The least that can be asked", {"pair": "CHN-RUS"}),
        "own-scenario": (
            "A scenario of your own",
            {
                "pair": "CHN-RUS",
                "as_of": "2018-10-12",
                "scenarios": [
                    "baseline",
                    {
                        "name": "slump-and-crisis",
                        "conditions": [
                            {"kind": "path", "driver": "oil", "ramp_to": 45, "over_months": 6},
                            {"kind": "crisis", "episode": "2008-09", "start": "2019-01"},
                        ],
                    },
                ],
                "targets": ["turnover >= 100 in 2019"],
            },
        ),
    },
    problems=(
        "malformed-json",
        "unknown-parameter",
        "not-found",
        "not-acceptable",
        "model",
        "not-identified",
        "convergence",
        "too-large",
        "unsupported-media-type",
        "input",
        "schema",
        "gap",
        "unit",
        "scenario",
        "numerical",
        "busy",
        "timeout",
    ),
)


@post("/forecasts", opt={"operation": _ASK}, status_code=200)
async def ask(request: Request[None, None, State], runner: NamedDependency[Runner]) -> Response[bytes]:
    """Answer one question."""
    media_type = _choose_form(",".join(request.headers.getall("accept", [])))
    refuse_foreign(*request.content_type, request.headers.get("content-encoding", ""))
    body = await request.body()
    question = await asyncio.to_thread(_read, body, runner) if len(body) > _LONG_BODY_BYTES else _read(body, runner)
    written = await runner.write(question, FORMS[media_type])
    return Response(written, media_type=media_type, headers={"Vary": "Accept"})


def _choose_form(accept: str) -> str:
    media_type = negotiate(accept, tuple(FORMS))
    if media_type is None:
        allowed = tuple(FORMS)
        fault = Fault("", "not-acceptable", f"Accept is {accept[:100]!r}.", allowed)
        raise Problem("not-acceptable", f"An answer can be written as {', '.join(allowed)}.", faults=(fault,))
    return media_type


def _read(body: bytes, runner: Runner) -> forecast.Question:
    return runner.library.parse_question(read_object(body))
