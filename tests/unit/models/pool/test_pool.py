"""The pool as a forecaster: what it hands on, leaves out, says and refuses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forecast.errors import GapError, InputError, NumericalError
from forecast.models.pool.mixture import BLOCK, drawn_together, mixture_values
from forecast.models.pool.past import past_of
from forecast.models.pool.pool import LEFT_OUT, POOLED, pool, raw_pool
from forecast.models.pool.recalibration import recalibrate
from forecast.models.pool.weights import pool_weights
from forecast.models.task import Ahead, Forecaster, Task
from forecast.models.univariate.members import MEMBERS
from forecast.series import Series

Make = Callable[..., Forecaster]


@pytest.fixture(scope="module")
def two(member: Make) -> dict[str, Forecaster]:
    return {"good": member(1.0, 0.03), "high": member(1.5, 0.03)}


def test_pool_of_one_member_is_that_member_recalibrated(record: Series, member: Make) -> None:
    task = Task(record, 6, 700)
    ahead = pool(task, {"only": member()})
    alone = member()(Task(record, 6, 2 * BLOCK)).paths
    blocks = [recalibrate(alone[first : first + BLOCK], 1, record.origin) for first in (0, BLOCK)]
    np.testing.assert_array_equal(ahead.paths, np.concatenate(blocks)[:700])
    np.testing.assert_array_equal(ahead.point, np.median(ahead.paths[:BLOCK], axis=0))
    assert ahead.said == "pool of only 100 %"


def test_margins_are_the_mixture_by_the_weights_of_the_past(record: Series, two: dict[str, Forecaster]) -> None:
    task = Task(record, 6, BLOCK)
    pooled = raw_pool(task, two)
    weights = pool_weights(past_of(task, two))
    np.testing.assert_array_equal(pooled.weights, weights)
    assert (weights[:, 0] > weights[:, 1]).all()
    for h in range(6):
        values = drawn_together(np.stack([ask(task).paths for ask in two.values()]), weights)[:, :, h]
        np.testing.assert_array_equal(np.sort(pooled.paths[:, h]), mixture_values(values, weights[h], BLOCK))


def test_a_member_that_fails_is_left_out(record: Series, two: dict[str, Forecaster], member: Make) -> None:
    def broken(_: Task) -> Ahead:
        raise NumericalError("broken")

    task = Task(record, 4, 300)
    ahead = pool(task, {"good": two["good"], "old": member(fewest=1000), "high": two["high"], "broken": broken})
    plain = pool(task, two)
    np.testing.assert_array_equal(ahead.paths, plain.paths)
    assert ahead.said == plain.said
    assert "old" not in ahead.said


def test_all_members_failing_says_why(record: Series, member: Make) -> None:
    with pytest.raises(GapError, match="at least 1000"):
        pool(Task(record, 4), {"old": member(fewest=1000), "older": member(fewest=1000)})
    with pytest.raises(GapError, match="none was given"):
        pool(Task(record, 4), {})


def test_bad_questions_are_not_swallowed(record: Series) -> None:
    with pytest.raises(InputError) as caught:
        pool(Task(record, 0), {"seasonal-naive": MEMBERS["seasonal-naive"], "theta": MEMBERS["theta"]})
    assert not isinstance(caught.value, GapError)


def test_too_short_for_earlier_origins_gives_equal_weights(record: Series, two: dict[str, Forecaster]) -> None:
    pooled = raw_pool(Task(record.cut(40), 4, 100), two)
    np.testing.assert_array_equal(pooled.weights, np.full((4, 2), 0.5))


def test_weights_do_not_know_what_came_after(record: Series, two: dict[str, Forecaster]) -> None:
    values = record.values.copy()
    values[84:] *= 3.0
    changed = Series(record.name, record.start, 1, values)
    a, b = (raw_pool(Task(s.until(record.start + 83), 6, 100), two) for s in (record, changed))
    np.testing.assert_array_equal(a.weights, b.weights)
    np.testing.assert_array_equal(a.paths, b.paths)


def test_same_seed_same_bits_and_more_paths_only_append(record: Series, two: dict[str, Forecaster]) -> None:
    few, again, more = (pool(Task(record, 5, paths), two).paths for paths in (60, 60, 1300))
    np.testing.assert_array_equal(few, again)
    np.testing.assert_array_equal(more[:60], few)
    assert more.shape == (1300, 5)
    assert not np.array_equal(pool(Task(record, 5, 60, seed=8), two).paths, few)


def test_the_real_members_on_a_record_with_gaps_and_a_short_one(record: Series) -> None:
    assert set(POOLED) == (set(MEMBERS) | {"local-level"}) - set(LEFT_OUT)
    values = record.values.copy()
    values[[20, 21, 60, 85]] = np.nan
    task = Task(Series(record.name, record.start, 1, values), 18, 400)
    ahead = pool(task)
    assert ahead.paths.shape == (400, 18)
    assert np.isfinite(ahead.paths).all()
    assert (ahead.paths >= 0.0).all()
    assert not ahead.paths.flags.writeable
    assert not ahead.point.flags.writeable
    for name in POOLED:
        assert name in ahead.said
    short = pool(Task(record.cut(8), 3, 50))
    assert "local-level" in short.said
    assert np.isfinite(short.paths).all()
