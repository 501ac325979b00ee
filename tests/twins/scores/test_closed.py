"""Closed forms against numerical integration of their definition with scipy's distribution functions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from forecast.kernels.scores.closed import crps_lognormal, crps_normal, crps_student, log_score_normal, student_tail
from forecast.kernels.status import OK
from tests.twins.scores.naive import crps_of_cdf

RNG = np.random.default_rng(7)
CASES = [(float(RNG.normal()), float(RNG.lognormal(0, 0.5)), float(RNG.normal(0, 2))) for _ in range(15)]
CASES += [(0.0, 1.0, 0.0), (0.0, 1.0, 8.0), (0.0, 1.0, -8.0), (3.0, 0.01, 3.0)]


def one(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


@pytest.mark.parametrize(("mu", "sigma", "y"), CASES)
def test_crps_normal_is_the_integral(mu: float, sigma: float, y: float) -> None:
    (score,), (status,) = crps_normal(*one(mu, sigma, y))
    assert status == OK
    reach = 40.0 * sigma + abs(y - mu)
    twin = crps_of_cdf(stats.norm(mu, sigma).cdf, y, mu - reach, mu + reach)
    assert score == pytest.approx(twin, rel=1e-9, abs=1e-10)


@pytest.mark.parametrize(("mu", "sigma", "y"), CASES[:12])
@pytest.mark.parametrize("nu", [1.5, 2.0, 5.0, 30.0, 400.0])
def test_crps_student_is_the_integral(mu: float, sigma: float, y: float, nu: float) -> None:
    (score,), (status,) = crps_student(*one(mu, sigma, nu, y))
    assert status == OK
    twin = crps_of_cdf(stats.t(nu, mu, sigma).cdf, y, -math.inf, math.inf)
    assert score == pytest.approx(twin, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(("mu", "sigma", "y"), [(m, s, math.exp(y)) for m, s, y in CASES[:12]] + [(0.0, 0.5, -2.0)])
def test_crps_lognormal_is_the_integral(mu: float, sigma: float, y: float) -> None:
    (score,), (status,) = crps_lognormal(*one(mu, sigma, y))
    assert status == OK
    twin = crps_of_cdf(stats.lognorm(sigma, scale=math.exp(mu)).cdf, y, min(0.0, y), math.inf)
    assert score == pytest.approx(twin, rel=1e-8, abs=1e-9)


def test_student_tail_is_scipy_s() -> None:
    for nu in (0.3, 1.0, 1.7, 2.0, 5.0, 29.0, 300.0, 1e5):
        for z in (-40.0, -3.0, -1.0, -1e-3, 0.0, 0.4, 1.0, 1.5, 4.0, 25.0):
            assert student_tail(z, nu) == pytest.approx(float(stats.t(nu).sf(z)), rel=1e-10)
        # So near zero scipy gives 1/2 for some nu; the tangent is exact to 1e-18.
        assert student_tail(1e-9, nu) == pytest.approx(0.5 - 1e-9 * float(stats.t(nu).pdf(0.0)), abs=1e-14)


@pytest.mark.parametrize(("mu", "sigma", "y"), CASES)
def test_log_score_normal_is_scipy_s(mu: float, sigma: float, y: float) -> None:
    (score,), (status,) = log_score_normal(*one(mu, sigma, y))
    assert status == OK
    assert score == pytest.approx(-float(stats.norm.logpdf(y, mu, sigma)), rel=1e-12, abs=1e-12)
