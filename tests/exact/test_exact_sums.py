"""The linearised posterior against exact sampling, at the mode of the flagship's hyperparameters (METHODS s0).

Figures of the last seven years are exact logs of sums; earlier ones enter by their tangents, as in the model.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from forecast.months import month
from tests.exact.cases import ANNUAL_DAY, FLAGSHIP_DAY, FloatArray, flagship, one_flow_fit
from tests.exact.pcn import Posterior, linearised, minus_log_ratio, posterior, sample, turnover

MONTHS, DRAWS = 84, 6000


class Compared(NamedTuple):
    """Draws by the exact sampler and by the linearised posterior: (draws, shocks) of two years, (draws) of the rest."""

    posterior: Posterior
    taken: float
    exact: dict[str, FloatArray]
    linear: dict[str, FloatArray]


@cache
def compared(day: date) -> Compared:
    fitted = flagship(day)
    p, ahead = posterior(fitted, month(day.year + 1, 12), months=MONTHS, seed=1)
    x, taken = sample(p, DRAWS, seed=2, angle=0.3, turns=5)
    rest_of_year = 11 - fitted.layout.end % 12

    def sums(draws: FloatArray) -> dict[str, FloatArray]:
        known, coming = turnover(p, ahead, draws, len(fitted.layout.flows))
        known_of_year = known[:, MONTHS - (12 - rest_of_year) :] if rest_of_year else np.zeros((len(draws), 0))
        first = rest_of_year or 12
        return {
            "this year": known_of_year.sum(axis=1)[:, None] + coming[:, :, :first].sum(axis=2),
            "next year": coming[:, :, first : first + 12].sum(axis=2),
            "last twelve months": known[:, -12:].sum(axis=1),
            "last month": known[:, -1],
        }

    return Compared(p, taken, sums(x), sums(linearised(p, DRAWS, seed=3)))


def error_of_median(draws: FloatArray) -> float:
    """Relative Monte Carlo error of the median of a chain, by means over fifty stretches of it."""
    by_state = np.median(draws, axis=1) if draws.ndim == 2 else draws
    stretches = by_state[: len(by_state) // 50 * 50].reshape(50, -1).mean(axis=1)
    return float(1.25 * stretches.std(ddof=1) / np.sqrt(50) / by_state.mean())


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["this year", "next year", "last twelve months", "last month"])
@pytest.mark.parametrize("day", [FLAGSHIP_DAY, ANNUAL_DAY], ids=["monthly", "annual"])
def test_medians_agree_with_exact_sampling_within_half_a_per_cent(day: date, quantity: str) -> None:
    found = compared(day)
    exact, linear = found.exact[quantity], found.linear[quantity]
    noise = error_of_median(exact)
    assert noise < 0.005
    assert abs(np.log(np.median(linear) / np.median(exact))) < 0.005 + 2 * noise


@pytest.mark.slow
@pytest.mark.parametrize("day", [FLAGSHIP_DAY, ANNUAL_DAY], ids=["monthly", "annual"])
def test_the_exact_sampler_moves(day: date) -> None:
    assert 0.55 < compared(day).taken < 0.999


@pytest.mark.parametrize("day", [FLAGSHIP_DAY, ANNUAL_DAY], ids=["monthly", "annual"])
def test_whole_path_weights_collapse(day: date) -> None:
    """Importance weights over the whole record are worth a draw or two of a thousand: why a sampler is needed."""
    fitted = flagship(day)
    whole = fitted.layout.end - fitted.layout.start + 1
    p, _ = posterior(fitted, month(day.year + 1, 12), months=whole, seed=1, shocks=1)
    p = replace(p, curvature=p.shipped)
    log_weight = np.array([-minus_log_ratio(p, x)[0] for x in linearised(p, 1000, seed=4)])
    weight = np.exp(log_weight - log_weight.max())
    assert log_weight.std() > 20
    assert weight.sum() ** 2 / (weight @ weight) < 5


def test_gradient_of_the_ratio() -> None:
    p, _ = posterior(flagship(), month(2018, 12), months=30, seed=1)
    rng = np.random.default_rng(0)
    x, step = p.centre + p.root @ rng.standard_normal(p.root.shape[1]), 1e-6 * rng.standard_normal(len(p.centre))
    rise = minus_log_ratio(p, x + step)[0] - minus_log_ratio(p, x - step)[0]
    assert rise / 2 == pytest.approx(minus_log_ratio(p, x)[1] @ step, rel=1e-5)


def test_sampler_agrees_with_weights_where_weights_still_work() -> None:
    """A few yearly sums of one flow: importance weights of the whole stretch are fine there, and say the same."""
    p, _ = posterior(one_flow_fit(), month(2018, 12), months=48, seed=1)
    p = replace(p, variance=p.variance + 0.02**2)  # some room, or even a few sums make weights uneven
    x, taken = sample(p, 4000, seed=2, angle=0.4, turns=4)
    draws = p.centre + np.random.default_rng(3).standard_normal((20_000, p.root.shape[1])) @ p.root.T
    log_weight = np.array([-minus_log_ratio(p, each)[0] for each in draws])
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    assert 1 / (weight @ weight) > 2000
    assert taken > 0.5
    mean = weight @ draws
    sd = np.sqrt(weight @ (draws - mean) ** 2)
    error = sd * np.sqrt(weight @ weight + 1 / 1000)
    assert (np.abs(x.mean(axis=0) - mean) < 5 * error).all()
    np.testing.assert_allclose(x.std(axis=0), sd, rtol=0.12)
