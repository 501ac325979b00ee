"""The compute lane: one at a time, a bounded queue, equal questions once, answers kept within their room."""

import asyncio
import dataclasses
import threading
from datetime import date

import pytest

import forecast
from api.library import Library
from api.problems import KINDS, Problem
from api.runner import Kept, Runner
from api.settings import Settings

QUESTION = forecast.parse_question({"pair": "CHN-RUS", "as_of": "2018-10-12"})


def numbered(seed: int) -> forecast.Question:
    """A question that differs from others by its seed."""
    return dataclasses.replace(QUESTION, seed=seed)


class Gate:
    """A library whose questions wait until the test lets them through."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.asked: list[int] = []
        self.inside = 0
        self.most_inside = 0
        self.library = Library(ask=self._ask, answer_json=lambda seed: str(seed).encode(), warm_up=lambda: None)

    def _ask(self, question):
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        assert self.opened.wait(60)
        self.asked.append(question.seed)
        self.inside -= 1
        return question.seed


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_full_queue_refuses_and_says_when_to_come_back():
    gate = Gate()

    async def play():
        runner = Runner(gate.library, Settings(queue=2))
        waiting = [asyncio.create_task(runner.write(numbered(seed), "json")) for seed in range(3)]
        await settle()
        with pytest.raises(Problem) as refused:
            await runner.write(numbered(99), "json")
        joined = asyncio.create_task(runner.write(numbered(2), "json"))  # an equal question needs no place
        await settle()
        gate.opened.set()
        bodies = await asyncio.gather(*waiting, joined)
        later = await runner.write(numbered(99), "json")
        await runner.stop()
        return refused.value, bodies, later

    problem, bodies, later = asyncio.run(play())
    assert problem.code == "busy"
    assert KINDS["busy"].status == 503
    assert int(problem.headers["Retry-After"]) > 0
    assert bodies == [b"0", b"1", b"2", b"2"]
    assert later == b"99"
    assert gate.asked == [0, 1, 2, 99]
    assert gate.most_inside == 1


def test_two_applications_in_one_process_share_the_lane():
    gate = Gate()

    async def play():
        runners = [Runner(gate.library, Settings()) for _ in range(2)]
        waiting = [asyncio.create_task(runner.write(QUESTION, "json")) for runner in runners]
        while not gate.inside:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)  # without the lock the second thread is inside by now
        gate.opened.set()
        await asyncio.gather(*waiting)
        for runner in runners:
            await runner.stop()

    asyncio.run(play())
    assert gate.most_inside == 1
    assert gate.asked == [7, 7]


def test_impatience_sends_the_client_away_but_keeps_the_work():
    gate = Gate()

    async def play():
        runner = Runner(gate.library, Settings(time_limit_s=0))
        with pytest.raises(Problem) as refused:
            await runner.write(QUESTION, "json")
        gate.opened.set()
        await runner.stop()
        await settle()
        return refused.value, await runner.write(QUESTION, "json")

    problem, body = asyncio.run(play())
    assert problem.code == "timeout"
    assert "Retry-After" in problem.headers
    assert body == b"7"
    assert gate.asked == [7]


def test_one_client_that_leaves_does_not_end_the_work_of_another():
    gate = Gate()

    async def play():
        runner = Runner(gate.library, Settings())
        first, second = (asyncio.create_task(runner.write(QUESTION, "json")) for _ in range(2))
        await settle()
        first.cancel()
        await settle()
        gate.opened.set()
        body = await second
        await runner.stop()
        return body, first.cancelled()

    assert asyncio.run(play()) == (b"7", True)
    assert gate.asked == [7]


def test_today_is_read_for_each_question_that_names_no_day():
    days = iter([date(2018, 1, 1), date(2018, 1, 2)])
    seen = []
    library = Library(ask=lambda q: seen.append(q.as_of), answer_json=lambda _: b"x", warm_up=lambda: None)

    async def play():
        runner = Runner(library, Settings(), today=lambda: next(days))
        undated = dataclasses.replace(QUESTION, as_of=None)
        for question in (undated, QUESTION, undated):
            await runner.write(question, "json")
        await runner.stop()

    asyncio.run(play())
    assert seen == [date(2018, 1, 1), date(2018, 10, 12), date(2018, 1, 2)]


@pytest.mark.parametrize(("fails", "state"), [(False, "ready"), (True, "failed")])
def test_warm_up_runs_on_the_lane_and_its_end_is_known(fails, state, capsys):
    names = []

    def warm_up():
        names.append(threading.current_thread().name)
        if fails:
            raise RuntimeError("no compiler")

    async def play():
        runner = Runner(Library(warm_up=warm_up), Settings())
        before = runner.state
        runner.start()
        await asyncio.to_thread(runner._thread.shutdown)
        return before, runner.state

    assert asyncio.run(play()) == ("warming", state)
    assert names[0].startswith("compute")
    assert ("no compiler" in capsys.readouterr().err) == fails


def test_kept_answers_stay_within_their_room_and_drop_the_oldest():
    kept = Kept(10)
    kept.put("a", b"1234")
    kept.put("b", b"1234")
    assert kept.get("a") == b"1234"
    kept.put("c", b"1234")
    assert kept.get("b") is None
    assert kept.get("a") == kept.get("c") == b"1234"
    kept.put("d", b"x" * 11)
    assert kept.get("d") is None
    assert kept.get("a") == b"1234"
