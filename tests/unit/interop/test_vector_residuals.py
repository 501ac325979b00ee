"""Errors of the Bayesian vector autoregression: by hand from the posterior mean, gaps left out, crises scaled."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from forecast.errors import SchemaError
from forecast.interop.diagnosis import diagnose
from forecast.interop.results import results_of
from forecast.interop.vector import vector_residuals
from forecast.models.bvar.aligned import align
from forecast.models.bvar.fitted import FittedBvar, fit_bvar
from forecast.models.bvar.terms import terms_of
from forecast.panel import Driver
from forecast.series import Series

OIL_SD = 0.08


@cache
def fitted() -> FittedBvar:
    """A flow that follows oil and has a season, 160 months, one of them missing."""
    rng, months, start = np.random.default_rng(2), 160, 12 * 2005
    oil = 4.0 + np.cumsum(OIL_SD * rng.standard_normal(months))
    level = np.cumsum(0.03 * rng.standard_normal(months)) + 0.3 * (oil - 4.0)
    flow = np.exp(1.0 + level + 0.1 * np.sin(np.arange(months) * np.pi / 6.0) + 0.02 * rng.standard_normal(months))
    flow[60] = np.nan
    return fit_bvar(align((Series("made up", start, 1, flow),), {"oil": Driver("oil", start, np.exp(oil))}), seed=7)


def test_errors_are_those_of_the_posterior_mean_month_by_month() -> None:
    fit, found = fitted(), vector_residuals(fitted())
    B, p = fit.coefficients.mean(axis=0), fit.lags
    y = fit.aligned.values - fit.base
    terms = terms_of(fit.terms, fit.aligned.start, len(y))
    for t in (p, 50, len(found.errors) - 1):
        x = np.concatenate([terms[t], *(y[t - lag] for lag in range(1, p + 1))])
        assert found.errors[t] == pytest.approx(y[t, 0] - x @ B[:, 0], abs=1e-10)
    assert np.flatnonzero(np.isnan(found.errors)).tolist() == [*range(p), 60]
    np.testing.assert_allclose(np.nanstd(found.standardised), 1.0, atol=0.2)
    oil = vector_residuals(fit, "oil")
    assert np.nanstd(oil.errors) == pytest.approx(OIL_SD, rel=0.25)
    assert len(found.params) == len(found.names) == len(found.bse)


def test_results_and_diagnosis_take_the_fit() -> None:
    results = results_of(fitted(), variable="oil")
    assert results.model.endog_names == ["oil"]
    assert results.test_normality().shape == (1, 4)
    found = diagnose(fitted())
    assert (found.model, found.gaps, found.evenly) == ("bvar", 1, True)
    with pytest.raises(SchemaError, match="it has"):
        vector_residuals(fitted(), "gold")
