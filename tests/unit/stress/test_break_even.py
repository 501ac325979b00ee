"""Break-even prices against laws whose break-even prices are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecast.evaluation.asked import Joint, Target
from forecast.scenarios.structural.oil_law import oil_covariance
from forecast.stress.break_even import break_even_of
from forecast.stress.chances import flat
from tests.unit.stress.linear import DENSITY, LAST, MONTHS, NOISE, PATHS, TODAY, last_month, trial_of, weights_of

SLOPE = 0.4
SD = float(np.sqrt(SLOPE**2 * oil_covariance(DENSITY, MONTHS)[-1, -1] + NOISE**2))  #: of a month's log flow


def price_for(mark: float, alpha: float, slope: float = SLOPE) -> float:
    """Flat price at which P(10 (price / today)^slope exp(SD z) >= mark) = alpha."""
    return float(TODAY * np.exp((np.log(mark / 10.0) - SD * stats.norm.isf(alpha)) / slope))


@pytest.mark.parametrize(("mark", "alpha"), [(9.0, 0.5), (12.0, 0.5), (10.0, 0.1), (8.0, 0.9)])
def test_the_price_is_that_of_the_closed_form(mark: float, alpha: float) -> None:
    found = break_even_of(trial_of(weights_of((SLOPE,)), last_month(mark)), alpha)
    (crossing,) = found.crossings
    error = np.sqrt(alpha * (1.0 - alpha) / PATHS) / stats.norm.pdf(stats.norm.isf(alpha)) * SD / SLOPE
    assert np.log(crossing.price_usd) == pytest.approx(np.log(price_for(mark, alpha)), abs=5.0 * error)
    assert crossing.rises
    assert crossing.low_usd is not None
    assert crossing.high_usd is not None
    width = np.log(crossing.high_usd / crossing.low_usd)
    assert width == pytest.approx(4.0 * error, rel=0.25)  # two errors to either side
    assert crossing.low_usd < crossing.price_usd < crossing.high_usd
    assert crossing.plausibility.dof == MONTHS


def test_the_chance_at_the_price_is_alpha_within_a_path_or_two() -> None:
    trial = trial_of(weights_of((SLOPE,)), last_month(9.0))
    (crossing,) = break_even_of(trial, 0.3).crossings
    assert trial.chance(flat(crossing.price_usd))[0] == pytest.approx(0.3, abs=3.0 / PATHS)


def test_at_most_crosses_at_the_same_price_falling() -> None:
    at_least = break_even_of(trial_of(weights_of((SLOPE,)), last_month(9.0)), 0.5).crossings
    at_most = break_even_of(trial_of(weights_of((SLOPE,)), Target("exports", None, LAST, at_most=9.0)), 0.5).crossings
    assert at_most[0].price_usd == pytest.approx(at_least[0].price_usd, rel=1e-3)
    assert not at_most[0].rises
    assert at_most[0].low_usd is not None
    assert at_most[0].high_usd is not None
    assert at_most[0].low_usd < at_most[0].price_usd < at_most[0].high_usd


def test_a_flow_that_does_not_answer_to_oil_has_no_price() -> None:
    found = break_even_of(trial_of(weights_of((0.0,)), last_month(9.0)), 0.5)
    assert found.crossings == ()
    assert found.chance_lowest == found.chance_today == found.chance_highest > 0.5


def test_dear_oil_lifts_exports_and_presses_imports() -> None:
    weights = weights_of((SLOPE,), (-SLOPE,))
    both = Joint("all", (last_month(9.0), last_month(9.0, "imports")))
    low, high = break_even_of(trial_of(weights, both), 0.5).crossings
    # Where one of the two is nearly certain the other decides alone.
    assert low.rises
    assert not high.rises
    assert low.price_usd < TODAY < high.price_usd
    assert np.log(low.price_usd / TODAY) == pytest.approx(-np.log(high.price_usd / TODAY), abs=0.05)  # by symmetry


def test_a_range_that_never_closes_is_left_open() -> None:
    # Even at 1000 USD the chance comes to little more than alpha, less than two errors.
    trial = trial_of(weights_of((SLOPE,)), last_month(31.0))
    highest, error = trial.chance(flat(1000.0))
    (crossing,) = break_even_of(trial, highest - error).crossings
    assert crossing.high_usd is None
    assert crossing.low_usd is not None
    assert crossing.low_usd < crossing.price_usd < 1000.0
