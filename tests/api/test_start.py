"""The service as a process: it starts on loopback, answers, logs, and ends when told to."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_answers_and_ends(told):
    port = free_port()
    command = [sys.executable, "-c", f"from api.serve import serve; serve('127.0.0.1', {port})"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            base = f"http://127.0.0.1:{port}"
            assert base in process.stderr.readline()
            transport = httpx.HTTPTransport(retries=10)  # backs off, up to some minutes
            with httpx.Client(base_url=base, transport=transport, timeout=60) as client:
                assert client.get("/livez", headers={"x-request-id": "first"}).json() == {"status": "alive"}
                refused = client.post("/v1/forecasts", json={"pair": "nowhere"})
                assert refused.status_code == 422
                assert client.head("/docs").content == b""
            process.send_signal(told)
            logged = process.stderr.read()
            assert process.wait() == 0
        finally:
            process.kill()
    lines = [json.loads(line) for line in logged.splitlines()]
    assert [(line["path"], line["status"]) for line in lines] == [
        ("/livez", 200),
        ("/v1/forecasts", 422),
        ("/docs", 200),
    ]
    assert lines[0]["id"] == "first"
