"""/livez answers at once, /readyz when the kernels are warm."""

import threading

from litestar.testing import TestClient

from api.app import create_app
from api.library import Library
from api.settings import Settings


def poll(client, status):
    """Ask until the state has changed; the thread that changes it is another one."""
    for _ in range(10_000):
        answer = client.get("/readyz")
        if answer.status_code == status:
            return answer
    raise AssertionError(answer.text)


def test_ready_only_after_the_warm_up():
    warm = threading.Event()
    app = create_app(Library(warm_up=lambda: warm.wait(60) and None), Settings(), log=lambda line: None)
    with TestClient(app) as client:
        assert client.get("/livez").json() == {"status": "alive"}
        early = client.get("/readyz")
        assert early.status_code == 503
        assert early.json()["code"] == "not-ready"
        assert int(early.headers["retry-after"]) > 0
        warm.set()
        assert poll(client, 200).json() == {"status": "ready"}


def test_a_failed_warm_up_is_told_without_our_inside(capsys):
    def fail() -> None:
        raise OSError("secret inside")

    with TestClient(create_app(Library(warm_up=fail), Settings(), log=lambda line: None)) as client:
        assert client.get("/livez").status_code == 200
        for _ in range(10_000):
            answer = client.get("/readyz")
            if "failed" in answer.text:
                break
        assert answer.status_code == 503
        assert "failed" in answer.json()["detail"]
        assert "secret" not in answer.text
    assert "secret inside" in capsys.readouterr().err
