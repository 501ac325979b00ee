"""Our residuals behind statsmodels' names: its own tests must say the same of them as of its own fits."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.errors import GapError, InputError, SchemaError
from forecast.interop.box_jenkins import fit_order
from forecast.interop.results import Results, as_results, results_of
from forecast.interop.univariate import MODELS, residuals_of
from forecast.kernels.ets.fit import ets_fit
from forecast.kernels.ets.forms import ets_form
from forecast.kernels.ets.recursion import ets_filter
from forecast.series import Series
from tests.reference.test_box_jenkins_1976 import PASSENGERS

FIGURES = np.array(PASSENGERS.split(), dtype=float)
AIRLINE = (0, 1, 1, 0, 1, 1, 12)


def series(values: np.ndarray, start: int = 12 * 1949, step: int = 1) -> Series:
    return Series("passengers", start, step, values)


def airline(values: np.ndarray) -> Results:
    return as_results(fit_order(series(values), AIRLINE))


def test_airline_model_says_what_sarimax_says_at_the_same_parameters() -> None:
    ours = airline(FIGURES)
    model = SARIMAX(np.log(FIGURES), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), simple_differencing=True)
    theirs = model.smooth(ours.params)
    assert ours.param_names == model.param_names
    assert ours.llf == pytest.approx(theirs.llf, abs=1e-8)
    assert (ours.nobs_effective, ours.df_model) == (theirs.nobs_effective, theirs.df_model)
    for name in ("aic", "aicc", "bic", "hqic"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-8)
    np.testing.assert_allclose(
        ours.standardized_forecasts_error[:, 13:], theirs.standardized_forecasts_error, atol=1e-10
    )
    np.testing.assert_allclose(ours.resid[13:], theirs.resid, atol=1e-10)
    np.testing.assert_allclose(ours.test_normality("jarquebera"), theirs.test_normality("jarquebera"), atol=1e-10)
    for alternative in ("two-sided", "increasing"):
        np.testing.assert_allclose(
            ours.test_heteroskedasticity("breakvar", alternative=alternative),
            theirs.test_heteroskedasticity("breakvar", alternative=alternative),
            atol=1e-10,
        )
    for adjust in (False, True):
        np.testing.assert_allclose(
            ours.test_serial_correlation("ljungbox", df_adjust=adjust, lags=24),
            theirs.test_serial_correlation("ljungbox", df_adjust=adjust, lags=24),
            atol=1e-8,
        )


def test_fitted_by_either_the_airline_model_passes_the_same_tests() -> None:
    """Both searched for their maximum; statsmodels in levels with an approximately diffuse start."""
    ours = airline(FIGURES)
    theirs = SARIMAX(np.log(FIGURES), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12)).fit(disp=False)
    assert ours.llf == pytest.approx(theirs.llf, abs=1e-4)
    np.testing.assert_allclose(ours.test_normality(), theirs.test_normality("jarquebera"), rtol=2e-3, atol=3e-4)
    np.testing.assert_allclose(ours.test_heteroskedasticity(), theirs.test_heteroskedasticity("breakvar"), rtol=2e-3)
    lags = theirs.test_serial_correlation("ljungbox", lags=24)
    np.testing.assert_allclose(ours.test_serial_correlation(lags=24), lags, rtol=5e-3, atol=2e-3)


def test_standard_errors_are_those_of_the_observed_information() -> None:
    ours = airline(FIGURES)
    model = SARIMAX(np.log(FIGURES), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), simple_differencing=True)
    theirs = model.smooth(ours.params, cov_type="approx")
    np.testing.assert_allclose(ours.bse, theirs.bse, rtol=0.01)
    np.testing.assert_allclose(ours.pvalues[:2], theirs.pvalues[:2], rtol=0.2)
    np.testing.assert_allclose(ours.conf_int()[:2], theirs.conf_int()[:2], rtol=0.01)


def test_residuals_about_gaps_are_those_of_statsmodels() -> None:
    """Statsmodels writes 0 in a gap, where there is no residual; we leave it empty."""
    broken = FIGURES.copy()
    broken[[30, 31, 50]] = np.nan
    ours = airline(broken)
    theirs = SARIMAX(np.log(broken), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12)).smooth(ours.params)
    assert ours.llf == pytest.approx(theirs.llf, abs=1e-5)
    e = ours.standardized_forecasts_error[0]
    assert np.flatnonzero(np.isnan(e)).tolist() == [*range(13), 30, 31, 50]
    seen = ~np.isnan(e)
    np.testing.assert_allclose(e[seen], theirs.standardized_forecasts_error[0][seen], atol=1e-6)
    assert np.isnan(ours.test_serial_correlation()).all()
    assert np.isfinite(ours.test_normality()).all()


@pytest.mark.parametrize("form", ["AAdN", "MAN", "AAA"])
def test_smoothing_errors_are_those_of_etsmodel(form: str) -> None:
    """At our parameters; its first seasons run backwards from the last."""
    fit = ets_fit(FIGURES, ets_form(form), 12)
    error, trend, seasonal = form[0], form[1:-1], form[-1]
    words = {"A": "add", "M": "mul", "N": None}
    theirs = ETSModel(
        FIGURES,
        error=words[error],
        trend="add",
        damped_trend=trend == "Ad",
        seasonal=words[seasonal],
        seasonal_periods=12 if seasonal != "N" else None,
    )
    alpha, beta, gamma, phi = fit.smoothing
    level, growth, *seasons = fit.first
    smoothing = [alpha, beta, *([gamma] if seasonal != "N" else []), *([phi] if trend == "Ad" else [])]
    start = [level, growth, *(seasons[::-1] if seasonal != "N" else [])]
    results = theirs.smooth(np.array([*smoothing, *start]))
    passed = ets_filter(FIGURES, fit.form, 12, fit.smoothing, fit.first)
    np.testing.assert_allclose(passed.errors, results.resid, atol=1e-8 * np.abs(results.resid).max())
    assert fit.loglik == pytest.approx(results.llf, abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("step", "count"), [(1, 96), (3, 40), (12, 20)])
def test_residuals_of_every_member_add_up(model: str, step: int, count: int) -> None:
    found = residuals_of(model, series(FIGURES[:count], step=step))
    scale = {"logarithms": np.log(FIGURES[:count]), "figures": FIGURES[:count]}.get(found.scale, FIGURES[:count])
    np.testing.assert_allclose(found.endog, scale)
    assert len(found.spans) == len(found.errors) == count
    assert len(found.params) == len(found.names) == len(found.bse)
    seen = ~np.isnan(found.standardised)
    assert not seen[: found.start].any()
    assert seen[found.start :].all()
    left = found.endog - found.fitted
    if found.scale == "relative errors":
        left = left / found.fitted
    if model != "theta" or found.scale == "logarithms":  # additive shocks of theta are those of the adjusted figures
        np.testing.assert_allclose(found.errors[seen], left[seen], atol=1e-9 * np.abs(found.endog).max())
    assert 0.2 < np.std(found.standardised[seen]) < 1.2
    results = as_results(found)
    assert results.test_normality().shape == (1, 4)
    assert results.test_heteroskedasticity().shape == (1, 2)
    assert results.test_serial_correlation(lags=3).shape == (1, 2, 3)


@pytest.mark.parametrize("model", ["ets", "arima", "airline", "theta"])
def test_residuals_are_those_of_the_model_that_forecasts(model: str) -> None:
    """The first forecast of a member after n figures is its fitted value of figure n + 1 when nothing is refitted."""
    found = residuals_of(model, series(FIGURES))
    assert found.said.lower().startswith((model, "arima", "ets"))
    ratio = np.exp(1.5 * np.nanstd(found.errors)) if found.scale != "figures" else None
    if ratio is not None:
        fitted = np.exp(found.fitted) if found.scale == "logarithms" else found.fitted
        inside = np.abs(np.log(FIGURES / fitted))[found.start :] < np.log(ratio)
        assert inside.mean() > 0.75


def test_airline_residuals_take_in_the_regressors_that_the_member_chose() -> None:
    """A record moved by working days: the member takes them in, and so do its residuals."""
    from forecast.models.calendar import trading_days

    start, months = 12 * 1990, 180
    rng = np.random.default_rng(3)
    level = np.cumsum(0.01 * rng.standard_normal(months))
    moved = np.exp(3.0 + level + trading_days(start, start + months - 1) @ np.array([0.02, 0.03]))
    found = residuals_of("airline", Series("moved", start, 1, moved))
    assert "trading days" in found.said
    at = found.names.index("trading days.1")
    assert found.params[at] == pytest.approx(0.02, abs=0.003)
    assert np.nanstd(found.errors) < 0.02


def test_summary_prints_tables_of_statsmodels() -> None:
    text = str(airline(FIGURES).summary())
    for word in ("ma.S.L12", "Jarque-Bera", "Ljung-Box", "AIC", "logarithms", "1949-01"):
        assert word in text


@pytest.mark.skipif(find_spec("matplotlib") is not None, reason="matplotlib is here, and draws")
def test_plot_names_what_to_install() -> None:
    with pytest.raises(InputError, match="pip install matplotlib"):
        airline(FIGURES).plot_diagnostics()


def test_what_cannot_be_fitted_is_refused_in_words() -> None:
    with pytest.raises(SchemaError, match="Did you mean 'ets'"):
        residuals_of("etz", series(FIGURES))
    with pytest.raises(GapError, match="no figures"):
        residuals_of("ets", series(FIGURES[:0]))
    with pytest.raises(GapError, match="needs"):
        residuals_of("airline", series(FIGURES[:13]))
    with pytest.raises(GapError, match="no logarithm"):
        fit_order(series(np.array([0.0, *FIGURES])), AIRLINE)
    with pytest.raises(InputError, match="Series"):
        results_of("ets")
