"""One compute lane off the event loop; answers kept by their question."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Literal

from api.library import Library
from api.problems import Problem, log_defect
from api.settings import Settings
from forecast import Question

_LANE = threading.Lock()  # the kernels' threads are entered by one caller a process, whatever the number of apps
RETRY_AFTER_S = 5

State = Literal["warming", "ready", "failed"]


def today_utc() -> date:
    """The day of knowledge of a question that names none."""
    return datetime.now(UTC).date()


class Runner:
    """Computes one question after the other and remembers what it wrote.

    Args:
        library: the verbs of forecast.
        settings: length of the queue, patience, memory.
        today: the clock, read once for each question without ``as_of``.
    """

    def __init__(self, library: Library, settings: Settings, today: Callable[[], date] = today_utc) -> None:
        self.library = library
        self.state: State = "warming"
        self._settings = settings
        self._today = today
        self._kept = Kept(settings.kept_bytes)
        self._running: dict[tuple[Question, str], asyncio.Future[bytes]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compute")

    def start(self) -> None:
        """Send the warm-up ahead of every question."""
        self._thread.submit(self._warm_up)

    async def stop(self) -> None:
        """Drop what waits and let the running computation end."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)

    async def write(self, question: Question, form: str) -> bytes:
        """The answer as "json", "csv" or "parquet"; the same question twice gives the same bytes.

        Equal questions that arrive together are computed once.

        Raises:
            Problem: 503, too many questions wait ("busy") or this one takes too long ("timeout").
            TradewindError: the question cannot be answered.
        """
        if question.as_of is None:
            question = dataclasses.replace(question, as_of=self._today())
        key = (question, form)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        job = self._running.get(key) or self._submit(key)
        done, _ = await asyncio.wait({job}, timeout=self._settings.time_limit_s)
        if not done:
            raise _later("timeout", f"No answer within {self._settings.time_limit_s} s.")
        return job.result()

    def _submit(self, key: tuple[Question, str]) -> asyncio.Future[bytes]:
        if len(self._running) > self._settings.queue:
            raise _later("busy", f"{self._settings.queue} questions wait already.")
        job = asyncio.wrap_future(self._thread.submit(self._compute, *key))
        self._running[key] = job
        job.add_done_callback(lambda _: self._finish(key))
        return job

    def _finish(self, key: tuple[Question, str]) -> None:
        job = self._running.pop(key)
        if not job.cancelled() and job.exception() is None:
            self._kept.put(key, job.result())

    def _compute(self, question: Question, form: str) -> bytes:
        with _LANE:
            answer = self.library.ask(question)
            return self.library.answer_json(answer) if form == "json" else self.library.write_answer(answer, form)

    def _warm_up(self) -> None:
        try:
            with _LANE:
                self.library.warm_up()
        except Exception as error:
            self.state = "failed"
            log_defect("warm-up", error)
        else:
            self.state = "ready"


class Kept:
    """The answers asked for last, up to ``room`` bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._bodies: OrderedDict[object, bytes] = OrderedDict()

    def get(self, key: object) -> bytes | None:
        """The body kept under ``key``, which becomes the youngest."""
        if key not in self._bodies:
            return None
        self._bodies.move_to_end(key)
        return self._bodies[key]

    def put(self, key: object, body: bytes) -> None:
        """Keep a body, dropping the oldest; one that is larger than the room is not kept."""
        if len(body) > self._room or key in self._bodies:
            return
        self._bodies[key] = body
        self._used += len(body)
        while self._used > self._room:
            self._used -= len(self._bodies.popitem(last=False)[1])


def _later(code: str, detail: str) -> Problem:
    return Problem(code, f"{detail} Ask again in {RETRY_AFTER_S} s.", headers={"Retry-After": str(RETRY_AFTER_S)})
