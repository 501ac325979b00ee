"""The benchmark forecasters against least squares by statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from forecast.evaluation.benchmarks import drift, oil_regression
from tests.exact.cases import FloatArray

RNG = np.random.default_rng(4)
LOG_OIL = np.log(60) + np.cumsum(0.25 * RNG.standard_normal(15))
LOG_TOTALS = np.log(50) + np.cumsum(0.06 + 0.5 * np.diff(LOG_OIL, prepend=LOG_OIL[0]) + 0.08 * RNG.standard_normal(15))


def predicted(y: FloatArray, X: FloatArray, x: FloatArray, alpha: float) -> tuple[float, float, float]:
    frame = sm.OLS(y, X).fit().get_prediction(x).summary_frame(alpha=alpha)
    return tuple(float(frame[name].iloc[0]) for name in ("mean", "obs_ci_lower", "obs_ci_upper"))  # type: ignore[return-value]


@pytest.mark.parametrize("alpha", [0.5, 0.2, 0.05])
def test_drift_is_regression_on_a_constant(alpha: float) -> None:
    growth = np.diff(LOG_TOTALS)
    mean, low, high = predicted(growth, np.ones((14, 1)), np.ones((1, 1)), alpha)
    draws = drift(LOG_TOTALS) - LOG_TOTALS[-1]
    assert np.median(draws) == pytest.approx(mean, abs=1e-6)
    np.testing.assert_allclose(np.quantile(draws, [alpha / 2, 1 - alpha / 2]), [low, high], atol=2e-3 * (high - low))


@pytest.mark.parametrize("alpha", [0.5, 0.2, 0.05])
@pytest.mark.parametrize("ahead", [-0.5, 0.0, 0.3])
def test_oil_regression_given_the_price(alpha: float, ahead: float) -> None:
    growth, X = np.diff(LOG_TOTALS), sm.add_constant(np.diff(LOG_OIL))
    mean, low, high = predicted(growth, X, np.array([[1.0, ahead]]), alpha)
    draws = oil_regression(LOG_TOTALS, LOG_OIL, np.array([LOG_OIL[-1] + ahead])) - LOG_TOTALS[-1]
    assert np.median(draws) == pytest.approx(mean, abs=1e-6)
    np.testing.assert_allclose(np.quantile(draws, [alpha / 2, 1 - alpha / 2]), [low, high], atol=2e-3 * (high - low))


def test_oil_regression_over_the_price_s_own_density() -> None:
    """The mixture over many prices, against brute force with another generator."""
    ahead = LOG_OIL[-1] + 0.3 * stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    rng = np.random.default_rng(5)
    ahead = rng.permutation(ahead)
    draws = oil_regression(LOG_TOTALS, LOG_OIL, ahead) - LOG_TOTALS[-1]
    growth, X = np.diff(LOG_TOTALS), sm.add_constant(np.diff(LOG_OIL))
    fitted = sm.OLS(growth, X).fit()
    x = sm.add_constant(np.repeat(ahead, 200) - LOG_OIL[-1])
    sd = np.sqrt(fitted.scale * (1 + np.einsum("ij,jk,ik->i", x, fitted.normalized_cov_params, x)))
    brute = x @ fitted.params + sd * rng.standard_t(fitted.df_resid, len(x))
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    np.testing.assert_allclose(np.quantile(draws, levels), np.quantile(brute, levels), atol=0.03 * brute.std())
    assert draws.std() == pytest.approx(brute.std(), rel=0.05)
