"""Earlier origins and the scores from them: a naive twin, and no look beyond what was known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forecast.models.pool.past import ORIGINS, earlier_origins, past_of
from forecast.models.task import Ahead, Forecaster, Task
from forecast.panel import Driver
from forecast.series import Series

Make = Callable[..., Forecaster]


def test_scores_are_the_crps_of_what_the_member_said_then(record: Series, member: Make) -> None:
    ask = member(1.1)
    past = past_of(Task(record, 9), {"high": ask})
    assert past.known == (90, 84, 78, 72)
    assert past.scores.shape == (4, 9, 1)
    for o, known in enumerate(past.known):
        came = record.values[known : known + 9]
        paths = ask(Task(record.cut(known), len(came), 300)).paths
        for h, outcome in enumerate(came):
            x = paths[:, h]
            expected = np.abs(x - outcome).mean() - 0.5 * np.abs(x[:, None] - x).mean()
            assert past.scores[o, h, 0] == pytest.approx(expected, rel=1e-10)
    assert np.isnan(past.scores[0, 6:, 0]).all()


@pytest.mark.parametrize(
    ("figures", "step", "known"),
    [
        (200, 1, (194, 188, 182, 176)),
        (96, 1, (90, 84, 78, 72)),
        (48, 1, (42, 36)),
        (41, 1, ()),
        (30, 3, (28, 26, 24, 22)),
        (10, 12, (9, 8, 7, 6)),
        (3, 12, ()),
        (1, 12, ()),
    ],
)
def test_earlier_origins(figures: int, step: int, known: tuple[int, ...]) -> None:
    assert earlier_origins(Series("r", 0, step, np.ones(figures))) == known
    assert len(known) <= ORIGINS


def test_origins_after_a_gap_are_left_out() -> None:
    values = np.ones(96)
    values[[83, 88]] = np.nan
    assert earlier_origins(Series("r", 0, 1, values)) == (90, 78, 72, 66)


def test_gaps_among_the_outcomes_are_not_scored(record: Series, member: Make) -> None:
    values = record.values.copy()
    values[91] = np.nan
    past = past_of(Task(Series("r", 0, 1, values), 4), {"m": member()})
    assert np.isnan(past.scores[0, :, 0]).tolist() == [False, True, False, False]


def test_members_see_nothing_after_the_earlier_origin(record: Series) -> None:
    seen = []

    def watch(task: Task) -> Ahead:
        seen.append((len(task.series), task.series.origin, task.known["oil"].end, "late" in task.known))
        return Ahead(np.ones((task.paths, task.horizon)), np.ones(task.horizon), "")

    oil = Driver("oil", record.start - 12, np.ones(12 + 96))
    late = Driver("late", record.start + 95, np.ones(1))
    past_of(Task(record, 3, known={"oil": oil, "late": late}), {"m": watch})
    assert seen == [(n, record.start + n - 1, record.start + n - 1, False) for n in (90, 84, 78, 72)]


def test_a_member_that_cannot_speak_has_no_score(record: Series, member: Make) -> None:
    past = past_of(Task(record, 3), {"old": member(fewest=80), "any": member()})
    assert np.isnan(past.scores[:, 0, 0]).tolist() == [False, False, True, True]
    assert not np.isnan(past.scores[:, :, 1]).any()
