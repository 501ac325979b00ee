"""Work spread over threads: every turn once, errors come back, any count of threads."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from forecast.kernels import _threads
from forecast.kernels._threads import spread, thread_count, threads


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("turns", [0, 1, 2, 5, 64, 1001])
def test_every_turn_is_taken_once(count: int, turns: int) -> None:
    taken = np.zeros(turns, dtype=int)

    def kernel(first: int, last: int, step: int) -> None:
        taken[first:last] += step

    with threads(count):
        spread(kernel, turns, 1)
    assert (taken == 1).all()


def test_threads_work_side_by_side() -> None:
    together = threading.Barrier(2, timeout=20)

    def kernel(first: int, last: int) -> None:
        if first == 0 or last == 8:
            together.wait()

    with threads(2):
        spread(kernel, 8)


@pytest.mark.parametrize("where", [0, 7])
def test_an_error_in_a_part_comes_back_when_all_have_ended(where: int) -> None:
    def kernel(first: int, last: int) -> None:
        if first <= where < last:
            raise ValueError("a part broke")

    with threads(2), pytest.raises(ValueError, match="a part broke"):
        spread(kernel, 8)


def test_many_callers_at_once_and_callers_inside_callers() -> None:
    def inner(first: int, last: int, out: np.ndarray) -> None:
        out[first:last] += 1

    def call(_: int) -> bool:
        out = np.zeros(100)
        with threads(3):
            spread(inner, 100, out)
        return bool((out == 1).all())

    with ThreadPoolExecutor(8) as many:
        assert all(many.map(call, range(50)))


def test_the_count_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRADEWIND_THREADS", raising=False)
    assert thread_count() >= 1
    for named, expected in (("3", 3), ("0", None), ("many", None), ("", None)):
        monkeypatch.setenv("TRADEWIND_THREADS", named)
        assert thread_count() == (expected or len(os.sched_getaffinity(0)))
    with threads(5):
        assert thread_count() == 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_makes_threads_of_its_own() -> None:
    def kernel(first: int, last: int, out: np.ndarray) -> None:
        out[first:last] = 1

    with threads(2):
        spread(kernel, 8, np.zeros(8))
        assert _threads._pool is not None
        child = os.fork()
        if child == 0:
            out = np.zeros(8)
            spread(kernel, 8, out)
            os._exit(0 if out.all() else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
