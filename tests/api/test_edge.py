"""What every answer carries, and what is logged of a request."""

import asyncio
import json
import re

import pytest

from api.edge import SECURITY_HEADERS, Edge

GETS = ["/", "/docs", "/openapi.json", "/livez", "/readyz", "/v1/pairs", "/static/site.css", "/static/mark.svg"]


@pytest.mark.parametrize("path", [*GETS, "/nothing"])
def test_head_is_get_without_the_body(service, path):
    got, head = service.client.get(path), service.client.head(path)
    assert got.status_code == head.status_code == (404 if path == "/nothing" else 200)
    assert got.content
    assert head.content == b""
    assert head.headers["content-length"] == str(len(got.content))
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("path", [*GETS, "/nothing", "/v1/forecasts", "/problems/schema"])
def test_every_answer_carries_an_id_and_the_security_headers(service, path):
    answer = service.client.get(path, follow_redirects=False)
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert SECURITY_HEADERS.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("sane", ["a", "7f-3.B_x", "x" * 64])
def test_a_sane_request_id_is_taken_over(service, sane):
    answer = service.client.get("/nothing", headers={"x-request-id": sane})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == sane
    assert json.loads(service.log[-1])["id"] == sane


@pytest.mark.parametrize("strange", ["", "a b", "x" * 65, '"}', "ä".encode().decode("latin-1")])
def test_a_strange_request_id_is_replaced(service, strange):
    answer = service.client.get("/livez", headers={"x-request-id": strange.encode("latin-1")})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_two_requests_have_two_ids(service):
    ids = {service.client.get("/livez").headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5


def test_one_line_of_log_a_request_without_secrets(service):
    service.client.post("/v1/forecasts?token=hush", content=b"hush", headers={"authorization": "Bearer hush"})
    (line,) = service.log
    entry = json.loads(line)
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/v1/forecasts", 400)
    assert entry["ms"] >= 0
    assert entry["bytes"] > 0
    assert "hush" not in line


def test_a_line_of_log_cannot_be_forged(service):
    service.client.get('/a%0A{"event":"request"}')
    (line,) = service.log
    assert "\n" not in line
    assert json.loads(line)["path"] == '/a\n{"event":"request"}'


def test_a_failure_outside_the_framework_is_a_problem_too(capsys):
    async def broken(scope, receive, send):
        raise OSError("secret inside")

    sent: list[dict[str, object]] = []
    log: list[str] = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    asyncio.run(Edge(broken, log.append)(scope, None, send))
    assert sent[0]["status"] == 500
    assert json.loads(sent[1]["body"])["code"] == "internal"
    assert b"secret" not in sent[1]["body"]
    assert "secret inside" in capsys.readouterr().err
    assert json.loads(log[0])["status"] == 500


def test_options_lists_the_methods(service):
    assert service.client.options("/livez").headers["allow"] == "GET, HEAD, OPTIONS"
    assert service.client.options("/v1/forecasts").headers["allow"] == "OPTIONS, POST"
