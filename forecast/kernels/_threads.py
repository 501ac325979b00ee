"""Work spread over threads: kernels let the interpreter lock go, so plain threads run them side by side.

Not numba's ``prange``: that compiles several times longer, and its threading layers abort or kill a process in which
two threads or a fork meet them. Here many threads may compute at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

_PARTS_A_THREAD = 4
"""Parts differ in length, so each thread gets several short ones."""

Item = TypeVar("Item")
Result = TypeVar("Result")

_chosen: ContextVar[int] = ContextVar("threads", default=0)
_pool: ThreadPoolExecutor | None = None


def thread_count() -> int:
    """Threads that kernels may use: those of ``threads``, else TRADEWIND_THREADS, else the processors we may run on."""
    if chosen := _chosen.get():
        return chosen
    if (named := os.environ.get("TRADEWIND_THREADS", "")).isdecimal() and int(named) > 0:
        return int(named)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Kernels called inside use ``count`` threads; their answers do not depend on it."""
    token = _chosen.set(count)
    try:
        yield
    finally:
        _chosen.reset(token)


def spread(kernel: Callable[..., None], turns: int, *arguments: object) -> None:
    """Call ``kernel(first, last, *arguments)`` for parts that cover the turns 0 to ``turns`` - 1, side by side.

    Each turn may write only its own cells, so the answer has the same bits on any number of threads.
    """
    count = min(thread_count(), turns)
    if count <= 1:
        kernel(0, turns, *arguments)
        return
    parts = min(turns, count * _PARTS_A_THREAD)
    cuts = [turns * part // parts for part in range(parts + 1)]
    ahead = iter(range(parts))

    def work() -> None:
        for part in ahead:
            kernel(cuts[part], cuts[part + 1], *arguments)

    helpers = [_threads_of_this_process(count - 1).submit(work) for _ in range(count - 1)]
    try:
        work()
    finally:
        wait(helpers)
    for helper in helpers:
        helper.result()


def side_by_side(call: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """``call`` of each item, in their order, as many at once as there are threads; kernels inside take one each.

    The first item whose call fails, in their order, raises; calls may not depend on each other.
    """
    count = min(thread_count(), len(items))
    if count <= 1:
        return [call(item) for item in items]

    def alone(item: Item) -> Result:
        with threads(1):
            return call(item)

    with ThreadPoolExecutor(count, thread_name_prefix="tradewind-side") as pool:
        return [found.result() for found in [pool.submit(alone, item) for item in items]]


def _threads_of_this_process(count: int) -> ThreadPoolExecutor:
    global _pool
    if _pool is None or _pool._max_workers < count:
        _pool = ThreadPoolExecutor(max(count, 1), thread_name_prefix="tradewind")
    return _pool


def _forget_threads() -> None:
    """A fork has no threads but the one that forked."""
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
