"""Units done one after the other here, or side by side in processes of their own; the results are the same."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for

from forecast.backtests.unit import Result, Unit, run_unit
from forecast.errors import NumericalError, SchemaError
from forecast.kernels._threads import thread_count

MOST_WORKERS = 64


def run_units(units: Sequence[Unit], workers: int) -> Iterator[tuple[int, Result]]:
    """Results with the positions of their units, in the order in which they are done.

    workers: processes; with 1 everything is done in this one. Each gets its share of the threads that kernels may use.
    When the reader stops early, the processes are ended with what they have under way.

    Raises:
        SchemaError: a caller's own forecaster cannot be sent to another process.
        NumericalError: a process died.
    """
    if workers == 1 or len(units) < 2:
        for i, unit in enumerate(units):
            yield i, run_unit(unit)
        return
    _refuse_unsendable(units)
    count = min(workers, len(units))
    pool = ProcessPoolExecutor(
        count,
        multiprocessing.get_context("spawn"),  # a fork would copy threads' locks
        initializer=_begin,
        initargs=(max(1, thread_count() // count),),
    )
    whole = False
    try:
        under_way: dict[Future[Result], int] = {pool.submit(run_unit, unit): i for i, unit in enumerate(units)}
        while under_way:
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                yield under_way.pop(future), future.result()
        whole = True
    except BrokenProcessPool:
        raise NumericalError(
            "A process of the backtest died, perhaps for want of memory; try fewer --workers. What is in the store "
            "is kept."
        ) from None
    finally:
        if not whole:
            _stop(pool)
        pool.shutdown(cancel_futures=True)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool; it has no method of its own for that before Python 3.14."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()


def _begin(threads: int) -> None:
    """Set up a process: its share of threads, deaf to the keyboard, gone when its parent is."""
    os.environ["TRADEWIND_THREADS"] = str(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _refuse_unsendable(units: Sequence[Unit]) -> None:
    for unit in units:
        if unit.own is not None:
            try:
                pickle.dumps(unit.own)
            except Exception as error:
                raise SchemaError(
                    f"The model {unit.model!r} cannot be sent to another process ({error}); define it at the top of a "
                    "module, or ask for workers=1.",
                    pointer="/workers",
                ) from None
