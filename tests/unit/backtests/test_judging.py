"""Scores of one forecast against closed forms and integrals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from forecast.backtests.judging import judge, judge_targets, yearly_scale
from forecast.backtests.marks import NO_FALL, parse_mark
from forecast.backtests.situation import Situation
from forecast.errors import GapError
from forecast.evaluation.score_card import Case
from forecast.models.task import Ahead
from forecast.series import Series
from tests.unit.backtests.makers import START, normal_grid, record

LAW = stats.norm(10, 2)


def situation(values: list[float], step: int = 12) -> Situation:
    return Situation(Series("made up", START, step, np.array(values)), "2004-01-20")


def judged(outcome: float, past: tuple[float, ...] = (8.0, 11.0, 9.5)) -> Case:
    """One year ahead by N(10, 4), from years that change by 3 and 1.5: a scale of 2.25."""
    here = situation(list(past))
    ahead = normal_grid(here.task(1, 100, 7, given=False))
    (case,) = judge(ahead, "grid", here, np.array([outcome]), (12,))
    return case


def test_crps_of_a_normal_law_at_its_middle() -> None:
    case = judged(10.0)
    assert case.scale == 2.25
    assert case.crps * case.scale == pytest.approx(2 * 0.2336949773, rel=1e-4)
    assert (case.mase, case.smape) == (0.0, 0.0)
    assert case.pit_low < 0.5 < case.pit_high
    assert case.origin == "2002-12"
    assert case.horizon == 12
    for level in (50, 80, 95):
        low, high = LAW.interval(level / 100)
        assert (case.lower[str(level)], case.upper[str(level)]) == pytest.approx((low, high), abs=1e-3)
        assert case.covers(level)


@pytest.mark.parametrize("outcome", [6.0, 9.0, 13.5])
def test_scores_by_integrals(outcome: float) -> None:
    case = judged(outcome)
    square = lambda x: (LAW.cdf(x) - (x >= outcome)) ** 2  # noqa: E731
    whole = sum(integrate.quad(square, *ends)[0] for ends in ((-10, outcome), (outcome, 30)))
    assert case.crps * 2.25 == pytest.approx(whole, rel=1e-3)
    ends = sorted((-10.0, min(outcome, 9.5), 9.5))
    falls = sum(integrate.quad(square, a, b)[0] for a, b in pairwise(ends))
    assert case.crps_falls == pytest.approx(falls / 2.25, rel=1e-3, abs=1e-6), "below last year's 9.5"
    assert case.mase == pytest.approx(abs(outcome - 10) / 2.25)
    assert case.smape == pytest.approx(200 * abs(outcome - 10) / (outcome + 10))
    assert case.log_score == pytest.approx(-LAW.logpdf(outcome) - np.log(2.25), rel=0.03), "of outcome / scale"
    assert case.covers(80) == (LAW.ppf(0.1) <= outcome <= LAW.ppf(0.9))


def test_crps_of_the_logarithms() -> None:
    case = judged(9.0)
    x = np.log(normal_grid(situation([1.0, 2.0]).task(1, 100, 7, given=False)).paths[::20, 0])
    expected = np.abs(x - np.log(9.0)).mean() - np.abs(x[:, None] - x[None, :]).mean() / 2
    assert case.crps_log == pytest.approx(expected, rel=2e-3)


def test_zeros_have_no_logarithm_but_a_score() -> None:
    here = situation([1.0, 0.0, 2.0, 1.0])
    rng = np.random.default_rng(1)
    paths = np.maximum(rng.normal(1, 1, (500, 1)), 0.0)
    (case,) = judge(Ahead(paths, np.ones(1), ""), "zeros", here, np.array([0.5]), (12,))
    assert case.crps_log is None
    assert case.log_score is not None
    (same,) = judge(Ahead(np.zeros((500, 1)), np.zeros(1), ""), "zero", here, np.array([0.0]), (12,))
    assert same.log_score is None
    assert (same.crps, same.mase, same.smape) == (0.0, 0.0, 0.0)


def test_scale_is_that_of_the_season_and_skips_gaps() -> None:
    series = record(36)
    values = series.values.copy()
    expected = np.abs(values[12:] - values[:-12])
    assert yearly_scale(series) == pytest.approx(expected.mean())
    values[15] = np.nan
    left = np.delete(expected, [3, 15])
    assert yearly_scale(Series("gap", START, 1, values)) == pytest.approx(left.mean())
    for flat in (np.ones(40), np.arange(1.0, 11.0)):
        with pytest.raises(GapError, match="to measure by"):
            yearly_scale(Series("flat", START, 1, flat))


def test_last_year_of_a_month_with_a_gap_is_the_year_before() -> None:
    """Falls at 1 and 13 months ahead are held against last January, at 2 against the February before the gap."""
    values = record(48).values.copy()
    values[37] = np.nan
    here = Situation(Series("gap", START, 1, values), "2004-01-20")
    ahead = Ahead(np.full((10, 13), 1.0) * np.linspace(0.5, 1.5, 10)[:, None], np.ones(13), "")
    found = judge(ahead, "m", here, np.full(13, 40.0), (1, 2, 13))
    scale = yearly_scale(here.series)
    for case, before in zip(found, (values[36], values[25], values[36]), strict=True):
        x, y = np.minimum(ahead.paths[:, 0], before), min(40.0, before)
        expected = np.abs(x - y).mean() - np.abs(x[:, None] - x[None, :]).mean() / 2
        assert case.crps_falls == pytest.approx(expected / scale)


def test_horizons_without_outcome_are_left_out() -> None:
    here = situation([1.0, 2.0, 1.5])
    ahead = Ahead(np.ones((5, 3)), np.ones(3), "")
    assert [c.horizon for c in judge(ahead, "m", here, np.array([1.0, np.nan, 2.0]), (12, 24, 36))] == [12, 36]
    assert judge(ahead, "m", here, np.full(3, np.nan), (12, 24, 36)) == ()


# ---- targets ---------------------------------------------------------------------------------------


def test_targets_add_known_months_to_those_ahead() -> None:
    series = record(36)
    here = Situation(series, "2003-01-20")
    rng = np.random.default_rng(3)
    paths = rng.uniform(15, 30, (400, 15))
    realised = rng.uniform(15, 30, 15)
    marks = (parse_mark(">= 260"), NO_FALL)
    found = {
        (t.horizon, t.target): t for t in judge_targets(Ahead(paths, paths[0], ""), "m", here, realised, (3, 15), marks)
    }
    last = series.values[-12:].sum()
    for horizon, known in ((3, series.values[-9:].sum()), (15, 0.0)):
        sums = known + paths[:, max(horizon - 12, 0) : horizon].sum(axis=1)
        came = known + realised[max(horizon - 12, 0) : horizon].sum()
        for text, mark in ((">= 260", 260.0), (">= 100%", last)):
            case = found[horizon, text]
            assert case.mark == pytest.approx(mark)
            assert case.prob == (sums >= mark).mean()
            assert case.outcome == pytest.approx(came)
            assert case.hit == (came >= mark)
            x, y = np.maximum(sums, mark), max(came, mark)
            tail = np.abs(x - y).mean() - np.abs(x[:, None] - x[None, :]).mean() / 2
            assert case.tail_crps == pytest.approx(tail / (12 * yearly_scale(series)))


def test_a_gap_in_the_twelve_months_leaves_the_target_out() -> None:
    values = record(36).values.copy()
    values[30] = np.nan
    here = Situation(Series("gap", START, 1, values), "2003-01-20")
    ahead = Ahead(np.ones((5, 12)), np.ones(12), "")
    marks = (parse_mark(">= 10"), NO_FALL)
    found = judge_targets(ahead, "m", here, np.ones(12), (3, 7, 12), marks)
    assert [(t.horizon, t.target) for t in found] == [(7, ">= 10"), (12, ">= 10")]
    realised = np.ones(12)
    realised[5] = np.nan
    assert [t.horizon for t in judge_targets(ahead, "m", here, realised, (3, 12), marks[:1])] == []
