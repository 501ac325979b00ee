"""The joint law of what follows a statsmodels fit, against statsmodels' own forecasts and variances."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents
from statsmodels.tsa.vector_ar.var_model import VAR

from forecast.interop.law import Law, add_up, condition, draw, state_space_law, theta_law, var_law
from tests.reference.test_box_jenkins_1976 import PASSENGERS

LOGS = np.log(np.array(PASSENGERS.split(), dtype=float))
H = 15


def columns(seed: int = 4, n: int = 200) -> np.ndarray:
    """Two series that lean on each other."""
    rng = np.random.default_rng(seed)
    y, step = np.zeros((n, 2)), np.array([[0.5, 0.2], [-0.1, 0.6]])
    for t in range(1, n):
        y[t] = step @ y[t - 1] + rng.standard_normal(2) @ np.array([[1.0, 0.4], [0.0, 0.8]])
    return y


def covariance(law: Law) -> np.ndarray:
    flat = law.root.reshape(law.mean.size, -1)
    return flat @ flat.T


def test_state_space_law_has_the_forecasts_and_variances_of_statsmodels() -> None:
    gapped = LOGS.copy()
    gapped[[60, 61, 100]] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits = [
            SARIMAX(gapped, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12)).fit(disp=False),
            SARIMAX(LOGS, order=(1, 0, 1), trend="c", concentrate_scale=True).fit(disp=False),
            UnobservedComponents(gapped, level="lltrend", seasonal=12).fit(disp=False),
        ]
    for fit in fits:
        law = state_space_law(fit, H)
        theirs = fit.get_forecast(H)
        np.testing.assert_allclose(law.mean[:, 0], theirs.predicted_mean, rtol=1e-8)
        np.testing.assert_allclose(np.sqrt(np.diag(covariance(law))), theirs.se_mean, rtol=1e-6)


def test_state_space_law_takes_regressors_to_come() -> None:
    x = np.sin(np.arange(len(LOGS) + H))[:, None]
    fit = SARIMAX(LOGS, exog=x[: len(LOGS)], order=(0, 1, 1)).fit(disp=False)
    law = state_space_law(fit, H, x[len(LOGS) :])
    np.testing.assert_allclose(law.mean[:, 0], fit.forecast(H, exog=x[len(LOGS) :]), rtol=1e-8)


def test_var_law_has_the_forecasts_and_errors_of_statsmodels() -> None:
    fit = VAR(columns()).fit(2)
    law = var_law(fit, H)
    np.testing.assert_allclose(law.mean, fit.forecast(columns()[-2:], H), atol=1e-10)
    whole = covariance(law).reshape(H, 2, H, 2)
    np.testing.assert_allclose(np.array([whole[t, :, t, :] for t in range(H)]), fit.mse(H), atol=1e-10)


def test_theta_law_has_the_forecasts_of_statsmodels_and_the_errors_of_the_record() -> None:
    for method in ("additive", "multiplicative"):
        fit = ThetaModel(LOGS, period=12, method=method).fit()
        law = theta_law(fit, 24)
        np.testing.assert_allclose(law.mean[:, 0], fit.forecast(24))
        sd = np.sqrt(np.diag(covariance(law)))
        assert 0.02 < sd[0] < 0.08
        assert sd[-1] > 2.0 * sd[0]


def test_differences_add_up_to_levels() -> None:
    law = var_law(VAR(np.diff(columns(), axis=0)).fit(1), H)
    last = columns()[-1]
    z = np.random.default_rng(1).standard_normal(law.root.shape[-1])
    steps = law.mean + law.root @ z
    levels = add_up(law, last)
    np.testing.assert_allclose(levels.mean + levels.root @ z, last + np.cumsum(steps, axis=0))


def test_conditioned_law_is_the_normal_law_given_the_pins() -> None:
    law = var_law(VAR(columns()).fit(1), 6)
    pinned = np.full((6, 2), np.nan)
    pinned[:4, 1] = [0.5, 1.0, -0.5, 0.2]
    found = condition(law, pinned)
    at = np.flatnonzero(~np.isnan(pinned.reshape(-1)))
    free = np.setdiff1d(np.arange(12), at)
    S, m = covariance(law), law.mean.reshape(-1)
    gain = S[np.ix_(free, at)] @ np.linalg.inv(S[np.ix_(at, at)])
    mean = m[free] + gain @ (pinned.reshape(-1)[at] - m[at])
    left = S[np.ix_(free, free)] - gain @ S[np.ix_(at, free)]
    np.testing.assert_allclose(found.mean.reshape(-1)[free], mean, atol=1e-8)
    np.testing.assert_allclose(found.mean.reshape(-1)[at], pinned.reshape(-1)[at], atol=1e-8)
    np.testing.assert_allclose(covariance(found)[np.ix_(free, free)], left, atol=1e-8)
    assert np.abs(covariance(found)[np.ix_(at, at)]).max() < 1e-8
    assert condition(law, np.full((6, 2), np.nan)) is law


def test_draws_have_the_law_and_more_of_them_only_append() -> None:
    law = var_law(VAR(columns()).fit(1), 4)
    paths = draw(law, 17, 20_000)
    np.testing.assert_array_equal(draw(law, 17, 50), paths[:50])
    sd = np.sqrt(np.diag(covariance(law)))[::2]
    np.testing.assert_allclose((paths.mean(axis=0) - law.mean[:, 0]) / sd, 0.0, atol=5 / np.sqrt(20_000))
    np.testing.assert_allclose(paths.std(axis=0) / sd, 1.0, atol=5 / np.sqrt(40_000))
    with pytest.raises(Exception, match="not finite"):
        draw(Law(np.full((2, 1), np.nan), np.ones((2, 1, 1))), 1, 5)
