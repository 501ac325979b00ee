"""The body: strict JSON, told by place, and never a defect whatever is sent."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forecast

PAIR = b'{"pair": "CHN-RUS"'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b'{"pair"', "line 1, column 8"),
        (b'{"pair": "CHN-RUS",\n "seed": }', "line 2, column 10"),
        (b"{'pair': 1}", "line 1, column 2"),
        (PAIR + b"} trailing", "column 21"),
        (PAIR + b', "seed": NaN}', "NaN"),
        (PAIR + b', "seed": -Infinity}', "-Infinity"),
        (PAIR + b', "seed": 1e999}', "1e999"),
        (PAIR + b', "seed": ' + b"9" * 5000 + b"}", "5000 digits"),
        (PAIR + b', "pair": "CHN-USA"}', "'pair' is given twice"),
        (PAIR + b', "scenarios": [{"name": "a", "name": "b"}]}', "'name' is given twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"pair": ' * 5_000 + b"1" + b"}" * 5_000, "nested too deeply"),
        (b"[" * 40 + b"]" * 40, "nested too deeply"),
        (b"\xef\xbb\xbf" + PAIR + b"}", "byte order mark"),
        ('{"pair": "CHN-RUS"}'.encode("utf-16"), "byte order mark"),
        (b'{"pair": "\xff"}', "Byte 10"),
        (b'{"pair": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'{"pair": "' + b"x" * 3000 + b'"}', "3000 characters"),
        (b'{"pair": "a\nb"}', "line 1"),
        (b"\x00", "line 1, column 1"),
    ],
)
def test_what_is_no_strict_json_is_400_with_its_place(service, body, words):
    answer = service.ask(body)
    assert answer.status_code == 400, answer.text
    problem = answer.json()
    assert problem["code"] == "malformed-json"
    assert words in problem["detail"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["2018", "path", "CHN-RUS"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
CONDITION_FIELDS = ("kind", "driver", "start", "values", "hold", "ramp_to", "percent", "replay", "realised", "episode")
CONDITIONS = st.dictionaries(st.sampled_from(CONDITION_FIELDS), JSON_VALUES) | st.builds(
    lambda kind, rest: {"kind": kind, **rest},
    st.sampled_from(["path", "crisis"]),
    st.dictionaries(st.sampled_from(CONDITION_FIELDS[2:]), JSON_VALUES, max_size=2),
)
SCENARIOS = st.fixed_dictionaries({"name": st.just("x"), "conditions": st.lists(CONDITIONS, max_size=2) | JSON_VALUES})
QUESTIONS = st.fixed_dictionaries(
    {"pair": st.just("CHN-RUS") | JSON_VALUES},
    optional={
        "scenarios": st.lists(SCENARIOS | JSON_VALUES, max_size=3),
        "targets": st.lists(JSON_VALUES, max_size=3) | JSON_VALUES,
        **{
            name: JSON_VALUES
            for name in forecast.Question.__dataclass_fields__
            if name not in ("pair", "scenarios", "targets")
        },
    },
)


@settings(max_examples=150, deadline=None)
@given(QUESTIONS | JSON_VALUES)
def test_no_json_is_a_defect(lasting_service, value):
    answer = lasting_service.ask(json.dumps(value).encode())
    assert answer.status_code in (200, 400, 422), answer.text
    json.loads(answer.content)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=64), st.integers(0, 18))
def test_no_bytes_are_a_defect(lasting_service, noise, place):
    body = PAIR + b"}"
    for sent in (noise, body[:place] + noise + body[place:]):
        assert lasting_service.ask(sent).status_code in (200, 400, 422)


HEADER_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@settings(max_examples=100, deadline=None)
@given(HEADER_VALUES, HEADER_VALUES, HEADER_VALUES)
def test_no_headers_are_a_defect(lasting_service, accept, content_type, request_id):
    headers = {"accept": accept, "content-type": content_type, "x-request-id": request_id}
    answer = lasting_service.client.post("/v1/forecasts", content=b'{"pair": "CHN-RUS"}', headers=headers)
    assert answer.status_code in (200, 406, 415)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_address_is_a_defect(lasting_service, path, query):
    answer = lasting_service.client.get("/v1/" + quote(path), params={query: path})
    assert answer.status_code in (200, 400, 404, 405)
