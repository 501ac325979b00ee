"""The service on the real library: its numbers are the library's, to the last digit."""

from collections.abc import Iterator
from datetime import date

import msgspec
import pytest
from litestar.testing import TestClient

import forecast
from api.app import create_app
from api.settings import Settings
from api.wire import FLAGSHIP

QUESTION = {**FLAGSHIP, "paths": 500, "scenarios": ["baseline", "oil-slump"]}
TODAY = date(2019, 3, 1)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(settings=Settings(), today=lambda: TODAY, log=lambda line: None)) as client:
        yield client


@pytest.fixture(scope="module")
def answer() -> forecast.Answer:
    return forecast.ask(forecast.parse_question(QUESTION))


def test_the_json_is_the_library_s_to_the_last_digit(client, answer):
    response = client.post("/v1/forecasts", json=QUESTION)
    assert response.status_code == 200, response.text
    assert response.content == forecast.answer_json(answer)


def test_the_json_has_the_documented_shape(client):
    response = client.post("/v1/forecasts", json=QUESTION)
    read = msgspec.json.decode(response.content, type=forecast.Answer)
    assert [scenario.name for scenario in read.scenarios] == QUESTION["scenarios"]
    assert len(read.scenarios[0].targets) == 2


@pytest.mark.parametrize(
    ("accept", "form"),
    [("text/csv", "csv"), ("application/vnd.apache.parquet", "parquet"), ("application/json", "json")],
)
def test_the_tables_are_the_library_s(client, answer, accept, form):
    response = client.post("/v1/forecasts", json=QUESTION, headers={"accept": accept})
    assert response.status_code == 200
    assert response.content == forecast.write_answer(answer, form)


def test_the_first_country_and_the_named_day_are_the_defaults(client):
    least = {"pair": "CHN-RUS", "paths": 500}
    full = client.post("/v1/forecasts", json={**least, "reporter": "CHN", "as_of": str(TODAY)}).json()
    assert client.post("/v1/forecasts", json=least).json()["scenarios"] == full["scenarios"]
    assert full["provenance"]["vintage"] == str(TODAY)


def test_pairs_are_those_of_the_library(client):
    listed = client.get("/v1/pairs").json()["pairs"]
    assert listed == list(forecast.fixture_pairs())
    assert "CHN-RUS" in listed


@pytest.mark.parametrize(
    ("change", "statuses"),
    [
        ({"pair": "AAA-BBB"}, {404}),
        ({"scenarios": ["no-such-scenario"]}, {404, 422}),
        ({"as_of": "1955-01-01"}, {409, 422}),
        ({"through": "1990-01"}, {422}),
        ({"scenarios": [{"name": "x", "conditions": [{"kind": "crisis", "episode": "no-such"}]}]}, {404, 422}),
        ({"targets": [{"at_least": 100, "span": "1990"}]}, {200, 422}),
    ],
)
def test_what_the_library_refuses_is_a_problem_with_advice(client, change, statuses):
    body = {"pair": "CHN-RUS", "as_of": "2018-10-12", "paths": 500, **change}
    response = client.post("/v1/forecasts", json=body)
    assert response.status_code in statuses, response.text
    if response.status_code != 200:
        problem = response.json()
        assert problem["errors"][0]["message"] == problem["detail"]


def test_ready_when_the_kernels_are_warm(client):
    client.post("/v1/forecasts", json=QUESTION)  # waits behind the warm-up
    assert client.get("/readyz").json() == {"status": "ready"}
