"""Every refusal is a problem detail with the right status, place and words."""

import pytest

import forecast
from api.problems import KINDS, LONGEST_TEXT

FIELDS = {"type", "title", "status", "detail", "code", "request_id", "errors"}


def refusal(answer, status, code):
    """The problem of an answer, checked for what every problem must have."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == FIELDS
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"/problems/{code}"
    assert problem["title"] == KINDS[code].title
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["detail"]
    return problem


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({}, "/pair", "missing"),
        ({"pair": "CHN"}, "/pair", "CHN-RUS"),
        ({"pair": "CHN-RUS", "levls": [50]}, "/levls", "Did you mean 'levels'?"),
        ({"pair": "CHN-RUS", "as_of": "12.10.2018"}, "/as_of", "YYYY-MM-DD"),
        ({"pair": "CHN-RUS", "through": "2019-13"}, "/through", "YYYY-MM"),
        ({"pair": "CHN-RUS", "paths": 10**99}, "/paths", "between"),
        ({"pair": "CHN-RUS", "scenarios": [{"name": "x", "conditions": [{"kind": "storm"}]}]}, None, "storm"),
        ([], "", "one JSON object; found a list"),
        (7, "", "one JSON object"),
        (None, "", "one JSON object"),
    ],
)
def test_wrong_meaning_is_422_and_points_at_the_place(service, body, pointer, words):
    problem = refusal(service.ask(body), 422, "schema")
    (fault,) = problem["errors"]
    assert fault["code"] == "schema"
    assert words in fault["message"]
    if pointer is not None:
        assert fault["pointer"] == pointer
    assert service.recorder.asked == []


def test_an_unknown_unit_lists_the_known_ones(service):
    target = {"at_least": 100, "unit": "EUR bn of 1913", "span": "2018"}
    problem = refusal(service.ask({"pair": "CHN-RUS", "targets": [target]}), 422, "unit")
    assert problem["errors"][0]["pointer"] == "/targets/0/unit"
    assert problem["errors"][0]["allowed"]


def test_contradicting_conditions(service):
    crises = [{"kind": "crisis"}, {"kind": "crisis"}]
    answer = service.ask({"pair": "CHN-RUS", "scenarios": [{"name": "x", "conditions": crises}]})
    refusal(answer, 422, "scenario")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (forecast.NotFoundError("No pair 'CHN-ZZZ'.", pointer="/pair", allowed=("CHN-RUS",)), 404, "not-found"),
        (forecast.ModelError("The model is silent."), 409, "model"),
        (forecast.ScenarioError("Two oil paths.", pointer="/scenarios/0"), 422, "scenario"),
    ],
)
def test_refusals_of_the_library(service, error, status, code):
    service.recorder.error = error
    problem = refusal(service.ask({"pair": "CHN-RUS"}), status, code)
    assert problem["detail"] == error.message
    assert problem["errors"] == [
        {"pointer": error.pointer, "code": code, "message": error.message, "allowed": list(error.allowed)}
    ]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ZeroDivisionError("secret inside"), "internal"),
        (forecast.NumericalError("secret inside"), "numerical"),
        (TimeoutError("secret inside"), "internal"),
        (RecursionError("secret inside"), "internal"),
    ],
)
def test_a_defect_tells_nothing_of_our_inside_but_reaches_the_log(service, error, code, capsys):
    service.recorder.error = error
    answer = service.ask({"pair": "CHN-RUS"})
    problem = refusal(answer, 500, code)
    assert "secret" not in answer.text
    logged = capsys.readouterr().err
    assert "secret inside" in logged
    assert problem["request_id"] in logged


def test_every_error_of_the_library_has_its_kind():
    named = [getattr(forecast, name) for name in forecast.__all__]
    errors = [value for value in named if isinstance(value, type)]
    errors = [error for error in errors if issubclass(error, forecast.TradewindError)]
    assert errors
    for error in set(errors) - {forecast.TradewindError}:
        code = error("x").code
        assert KINDS[code].status == error.status


def test_a_younger_error_is_told_by_its_status(service):
    class TomorrowError(forecast.InputError):
        pass

    service.recorder.error = TomorrowError("Not yet.")
    refusal(service.ask({"pair": "CHN-RUS"}), 422, "input")


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/forecast", "/static/../app.py", "/static/%2e%2e/app.py"])
def test_unknown_addresses(service, path):
    refusal(service.client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/forecasts", "OPTIONS, POST"),
        ("HEAD", "/v1/forecasts", "OPTIONS, POST"),
        ("DELETE", "/v1/pairs", "GET, HEAD, OPTIONS"),
        ("BREW", "/livez", "GET, HEAD, OPTIONS"),
    ],
)
def test_other_methods_are_405_with_allow(service, method, path, allow):
    answer = service.client.request(method, path)
    assert answer.headers["allow"] == allow
    if method == "HEAD":
        assert answer.status_code == 405
        assert answer.content == b""
    else:
        assert allow in refusal(answer, 405, "method-not-allowed")["detail"]


def test_unknown_query_parameters_are_named_with_advice(service):
    answer = service.client.post("/v1/forecasts?as_off=2018-10-12&x=1&x=2", content=b"{}")
    problem = refusal(answer, 400, "unknown-parameter")
    assert [fault["pointer"] for fault in problem["errors"]] == ["as_off", "x"]
    assert "'as_of' is a field of the question" in problem["detail"]
    refusal(service.client.get("/v1/pairs?limit=3"), 400, "unknown-parameter")


def test_a_body_over_one_mebibyte(service):
    refusal(service.ask(b"{" + b" " * (1 << 20)), 413, "too-large")

    def chunks():
        for _ in range(17):
            yield b" " * (1 << 16)

    streamed = service.client.post("/v1/forecasts", content=chunks(), headers={"content-type": "application/json"})
    refusal(streamed, 413, "too-large")


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("", ""),
        ("text/plain", ""),
        ("application/x-www-form-urlencoded", ""),
        ("application/xml", ""),
        ("multipart/form-data", ""),
        ("application/json; charset=utf-16", ""),
        ("application/json", "gzip"),
        (";;;=", ""),
    ],
)
def test_foreign_media_types(service, content_type, encoding):
    headers = {"content-type": content_type, "content-encoding": encoding}
    answer = service.client.post("/v1/forecasts", content=b'{"pair": "CHN-RUS"}', headers=headers)
    problem = refusal(answer, 415, "unsupported-media-type")
    assert problem["errors"][0]["allowed"] == ["application/json"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json; charset="utf-8"']
)
def test_plain_json_in_every_spelling(service, content_type):
    assert service.ask({"pair": "CHN-RUS"}, content_type=content_type).status_code == 200


def test_what_a_client_sent_is_not_echoed_at_length(service):
    answer = service.ask({"pair": "X" * 1999, "Y" * 1999: 1})
    problem = refusal(answer, 422, "schema")
    assert len(problem["detail"]) <= LONGEST_TEXT
    assert all(len(fault["message"]) <= LONGEST_TEXT for fault in problem["errors"])
