"""A service whose library answers at once with a small answer, and a client for it."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import date

import msgspec
import pytest
from litestar.testing import TestClient

import forecast
from api.app import create_app
from api.edge import Edge
from api.library import Library
from api.settings import Settings

TODAY = date(2018, 10, 12)


def small_answer(question: forecast.Question) -> forecast.Answer:
    """An answer of the right shape that repeats the question; its numbers mean nothing."""
    asked = {"pair": question.pair, "as_of": str(question.as_of), "seed": question.seed}
    provenance = {
        "version": forecast.__version__,
        "data_sha256": "0" * 64,
        "vintage": str(question.as_of),
        "seed": question.seed,
        "paths": question.paths,
        "model": "structural",
        "why_this_model": "It is the only one here.",
    }
    shape = {"id": "small", "question": asked, "origin": "2018-09", "provenance": provenance, "scenarios": []}
    return msgspec.convert(shape, forecast.Answer)


class Recorder:
    """A library of the test's own, which counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[forecast.Question] = []
        self.error: Exception | None = None
        self.library = Library(
            ask=self._ask,
            answer_json=lambda answer: msgspec.json.encode(answer),
            write_answer=lambda answer, form: f"{form}: {answer.question['pair']}".encode(),
            pairs=lambda: ["CHN-RUS", "CHN-USA"],
            warm_up=lambda: None,
        )

    def _ask(self, question: forecast.Question) -> forecast.Answer:
        self.asked.append(question)
        if self.error:
            raise self.error
        return small_answer(question)


@dataclasses.dataclass(repr=False)
class Service:
    """The application under test, what it logged and what its library was asked."""

    app: Edge
    client: TestClient[Edge]
    recorder: Recorder
    log: list[str]

    def ask(self, body: object, **headers: str):
        """POST a question."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.client.post("/v1/forecasts", content=content, headers=sent)


@pytest.fixture
def service() -> Iterator[Service]:
    recorder, log = Recorder(), []
    app = create_app(recorder.library, Settings(), today=lambda: TODAY, log=log.append)
    with TestClient(app) as client:
        yield Service(app, client, recorder, log)


@pytest.fixture(scope="module")
def lasting_service() -> Iterator[Service]:
    """One service for many examples of a property."""
    recorder, log = Recorder(), []
    app = create_app(recorder.library, Settings(), today=lambda: TODAY, log=log.append)
    with TestClient(app) as client:
        yield Service(app, client, recorder, log)
