"""POST /v1/forecasts on a library of the test's own."""

import msgspec
import pytest

import forecast


def test_the_bytes_are_the_library_s(service):
    answer = service.ask({"pair": "CHN-RUS", "seed": 11})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    (question,) = service.recorder.asked
    assert answer.content == msgspec.json.encode(service.recorder.library.ask(question))


@pytest.mark.parametrize(
    ("accept", "media_type", "starts"),
    [
        ("*/*", "application/json", b"{"),
        ("application/json", "application/json", b"{"),
        ("text/csv", "text/csv; charset=utf-8", b"csv: CHN-RUS"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet", b"parquet: CHN-RUS"),
        ("text/html, text/csv;q=0.5, */*;q=0.1", "text/csv; charset=utf-8", b"csv"),
        ("text/*", "text/csv; charset=utf-8", b"csv"),
        ("application/json;q=0, */*", "text/csv; charset=utf-8", b"csv"),
    ],
)
def test_accept_chooses_the_form(service, accept, media_type, starts):
    answer = service.ask({"pair": "CHN-RUS"}, accept=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept"
    assert answer.content.startswith(starts)


def test_two_accept_headers_count_as_one(service):
    headers = [("content-type", "application/json"), ("accept", "text/html"), ("accept", "text/csv")]
    answer = service.client.post("/v1/forecasts", content=b'{"pair": "CHN-RUS"}', headers=headers)
    assert answer.content == b"csv: CHN-RUS"


def test_no_acceptable_form_is_said_before_any_work(service):
    answer = service.ask({"pair": "CHN-RUS"}, accept="image/png")
    assert answer.status_code == 406
    allowed = answer.json()["errors"][0]["allowed"]
    assert allowed == ["application/json", "text/csv", "application/vnd.apache.parquet"]
    assert service.recorder.asked == []


def test_the_day_is_resolved_once_and_by_the_service(service):
    without = service.ask({"pair": "CHN-RUS"})
    named = service.ask({"pair": "CHN-RUS", "as_of": "2018-10-12"})
    assert without.content == named.content
    assert [str(question.as_of) for question in service.recorder.asked] == ["2018-10-12"]


def test_the_same_question_is_computed_once(service):
    first = service.ask({"pair": "CHN-RUS", "levels": [80, 50]})
    second = service.ask(b'{ "levels": [50, 80], "pair": "CHN-RUS" }')
    assert first.content == second.content
    assert len(service.recorder.asked) == 1
    service.ask({"pair": "CHN-RUS", "levels": [80, 50], "seed": 8})
    assert len(service.recorder.asked) == 2


def test_another_form_is_not_served_from_the_first(service):
    assert service.ask({"pair": "CHN-RUS"}).content.startswith(b"{")
    assert service.ask({"pair": "CHN-RUS"}, accept="text/csv").content == b"csv: CHN-RUS"


def test_a_refusal_is_not_kept(service):
    service.recorder.error = forecast.TradewindError("Broken for a moment.")
    assert service.ask({"pair": "CHN-RUS"}).status_code == 500
    service.recorder.error = None
    assert service.ask({"pair": "CHN-RUS"}).status_code == 200


def test_a_long_body_within_the_limit_is_read(service):
    padded = b'{"pair": "CHN-RUS"' + b" " * ((1 << 20) - 19) + b"}"
    assert len(padded) == 1 << 20
    assert service.ask(padded).status_code == 200


def test_pairs(service):
    answer = service.client.get("/v1/pairs")
    assert answer.json() == {"pairs": ["CHN-RUS", "CHN-USA"]}
