"""Least squares, likelihood and forecasts of a vector autoregression against statsmodels on its macroeconomic data."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.tsa.api import VAR

from forecast.kernels.bvar.data import var_least_squares, var_moments
from forecast.kernels.conditioning.stack import var_recursion
from forecast.kernels.status import OK


def growth() -> np.ndarray:
    """Log differences of real GDP, consumption and investment, quarterly, 1959-2009."""
    table = sm.datasets.macrodata.load_pandas().data[["realgdp", "realcons", "realinv"]]
    return np.ascontiguousarray(np.diff(np.log(table.to_numpy()), axis=0))


@pytest.mark.parametrize("p", [1, 2, 5])
def test_statsmodels_var_on_macrodata(p: int) -> None:
    y = growth()
    ones = np.ones((len(y), 1))
    theirs = VAR(y).fit(p, trend="c")
    for own in (np.zeros(3), np.ones(3)):
        fit = var_least_squares(var_moments(y, ones, ones[:, 0].copy(), own, p))
        assert fit.status == OK
        np.testing.assert_allclose(fit.B, theirs.params, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(fit.S, theirs.sigma_u_mle, rtol=1e-9)
        assert fit.loglik == pytest.approx(theirs.llf, abs=1e-7)
    out = np.empty((12, 3))
    past = np.ascontiguousarray(y[::-1][:p])
    var_recursion(fit.B[1:].copy(), np.tile(fit.B[0], (12, 1)), past, np.zeros((12, 3)), out)
    np.testing.assert_allclose(out, theirs.forecast(y, 12), rtol=1e-9)


def test_statsmodels_var_2_on_macrodata_has_the_written_likelihood() -> None:
    y = growth()
    fit = var_least_squares(var_moments(y, np.ones((len(y), 1)), np.ones(len(y)), np.zeros(3), 2))
    assert fit.loglik == pytest.approx(1962.57082, abs=6e-6)
