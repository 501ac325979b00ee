"""Exponential smoothing against statsmodels, and against the figures of R's forecast::ets that its wheel carries.

The figures (fit_ets.R: austourists, oil) hold parameters, states, residuals, forecasts and simulations of R, and R's
log-likelihood without its constants. statsmodels divides the update of a multiplicative season by the level after the
month, R and the book by the one before; there the two meet at gamma = 0 only.
"""

from __future__ import annotations

import json
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
import statsmodels
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecast.kernels.ets.fit import ets_fit
from forecast.kernels.ets.forms import FORMS, NAMES, ets_form
from forecast.kernels.ets.moments import ets_forecast
from forecast.kernels.ets.paths import ets_extend
from forecast.kernels.ets.recursion import ets_filter

RESULTS = Path(statsmodels.__file__).parent / "tsa" / "tests" / "results"
INNOVATIONS = np.array([1.76405235, 0.40015721, 0.97873798, 2.2408932])
KINDS = {"N": None, "A": "add", "M": "mul"}


def fitted_by_r() -> dict[tuple[str, int], dict[str, np.ndarray]]:
    """R's fits by form and months in a season."""
    found = {}
    for file, m in (("fit_ets_results_seasonal.json", 4), ("fit_ets_results_nonseasonal.json", 1)):
        for damped, fits in json.loads((RESULTS / file).read_text(encoding="utf-8")).items():
            for name, fit in fits.items():
                if fit:
                    form = name[:2] + ("d" if damped == "TRUE" else "") + name[2]
                    found[form, m] = {key: np.array(value, float) for key, value in fit.items()}
    return found


R = fitted_by_r()


def in_our_order(name: str, m: int, fit: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The series, smoothing (4) and first states (2 + m) behind a fit of R, whose seasons begin with the latest."""
    errors = fit["residuals"]
    y = fit["fitted"] * (1.0 + errors) if name[0] == "M" else fit["fitted"] + errors
    smoothing = np.nan_to_num(np.array([fit[key][0] for key in ("alpha", "beta", "gamma", "phi")]))
    start = list(fit["initstate"])
    level, growth = start.pop(0), start.pop(0) if name[1] != "N" else 0.0
    return y, smoothing, np.r_[level, growth, start[::-1] if start else np.zeros(m)]


def constants(n: int) -> float:
    """What R leaves out of the log-likelihood."""
    return -0.5 * n * (math.log(2.0 * math.pi / n) + 1.0)


@pytest.mark.parametrize(("name", "m"), R)
def test_r_forecast_states_errors_and_loglik(name: str, m: int) -> None:
    fit = R[name, m]
    y, smoothing, states = in_our_order(name, m, fit)
    found = ets_filter(y, ets_form(name), m, smoothing, states)
    assert found.status == 0
    np.testing.assert_allclose(found.fitted, fit["fitted"], rtol=1e-6)
    np.testing.assert_allclose(found.errors, fit["residuals"], rtol=1e-5, atol=1e-6 * np.abs(fit["residuals"]).max())
    np.testing.assert_allclose(found.loglik, fit["loglik"][0] + constants(len(y)), atol=2e-5)
    last = fit["states"][-1] if fit["states"].ndim > 1 else fit["states"][-1:]
    np.testing.assert_allclose(found.states[0], last[0], rtol=1e-6)
    if name[-1] != "N":
        np.testing.assert_allclose(found.states[2:], last[-m:][::-1], rtol=1e-5, atol=1e-5)


def damped_as_in_r(name: str, m: int, phi: float, states: np.ndarray) -> np.ndarray:
    """Errata: R damps by phi + phi + phi^2 + ... where the trend is multiplicative, by 1 + phi + phi^2 + ... in MAdM.

    R's own fitted values and simulations, the book and statsmodels damp by phi + phi^2 + phi^3 + ...
    """
    powers = phi ** np.arange(4)
    damping = np.cumsum(powers) if name == "MAdM" else phi + np.cumsum(powers) - 1.0
    trend = states[0] * states[1] ** damping if name[1] == "M" else states[0] + damping * states[1]
    return trend * states[2 + np.arange(4) % m] if name[-1] == "M" else trend


@pytest.mark.parametrize(("name", "m"), R)
def test_r_forecast_point_forecasts_variance_and_simulation(name: str, m: int) -> None:
    fit = R[name, m]
    y, smoothing, states = in_our_order(name, m, fit)
    form = ets_form(name)
    at = ets_filter(y, form, m, smoothing, states)
    forecasts = ets_forecast(form, m, smoothing, at.states, fit["sigma2"][0], 1, 10, 4)
    if "d" in name and "M" in name[1:]:
        np.testing.assert_allclose(fit["forecast"], damped_as_in_r(name, m, smoothing[3], at.states), rtol=1e-6)
    else:
        np.testing.assert_allclose(forecasts.point, fit["forecast"], rtol=1e-6)
    out, moved = np.empty(4), at.states.copy()
    ets_extend(form, m, smoothing, moved, INNOVATIONS, out)
    np.testing.assert_allclose(out, fit["simulation"], rtol=1e-6)


@pytest.mark.parametrize(("name", "m"), R)
def test_r_forecast_is_never_likelier(name: str, m: int) -> None:
    fit = R[name, m]
    y, _, _ = in_our_order(name, m, fit)
    found = ets_fit(y, ets_form(name), m, 3)
    assert found.status == 0
    assert found.loglik > fit["loglik"][0] + constants(len(y)) - 1e-4
    unknowns = len(fit["initstate"]) + np.isfinite([fit[key][0] for key in ("alpha", "beta", "gamma", "phi")]).sum()
    assert found.unknowns == unknowns - (name[-1] != "N")  # R prints all m seasons
    np.testing.assert_allclose(fit["sigma2"][0] * (len(y) - found.unknowns), np.sum(fit["residuals"] ** 2), rtol=1e-5)


def statsmodels_model(y: np.ndarray, name: str, m: int) -> ETSModel:
    return ETSModel(
        y,
        error=KINDS[name[0]],
        trend=KINDS[name[1]],
        damped_trend="d" in name,
        seasonal=KINDS[name[-1]],
        seasonal_periods=m if name[-1] != "N" else None,
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("form", range(FORMS))
def test_statsmodels_loglik_at_given_parameters(form: int, seed: int) -> None:
    name, m, n, rng = NAMES[form], 4, 25 + 10 * seed, np.random.default_rng([seed, form])
    y = 100.0 * np.exp(rng.normal(0.0, 0.05, n) + 0.1 * np.sin(np.arange(n) * np.pi / 2.0))
    alpha, beta, gamma, phi = rng.uniform(0.05, 0.6), rng.uniform(0.001, 0.04), rng.uniform(0.01, 0.3), 0.9
    gamma = 1e-13 if name[-1] == "M" else gamma
    growth = 1.002 if name[1] == "M" else 0.3
    seasons = np.exp(rng.normal(0.0, 0.05, m)) if name[-1] == "M" else rng.normal(0.0, 4.0, m)
    parameters = [alpha, *[beta] * (name[1] != "N"), *[gamma] * (name[-1] != "N"), *[phi] * ("d" in name), 99.0]
    parameters += [*[growth] * (name[1] != "N"), *(seasons[::-1] if name[-1] != "N" else [])]
    twin = statsmodels_model(y, name, m).loglike(np.array(parameters))
    found = ets_filter(y, form, m, np.array([alpha, beta, gamma, phi]), np.r_[99.0, growth, seasons])
    assert found.status == 0
    np.testing.assert_allclose(found.loglik, twin, rtol=1e-8)


@pytest.mark.parametrize("name", ["ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA", "MNN", "MAN", "MNA", "MAA", "MMN"])
def test_statsmodels_fit_is_never_likelier(name: str) -> None:
    m = 4 if name[-1] != "N" else 1
    fit = R.get((name, m)) or R["AAA" if m == 4 else "AAN", m]
    y, _, _ = in_our_order("AAA" if (name, m) not in R else name, m, fit)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        twin = statsmodels_model(y, name, m).fit(disp=False)
    # statsmodels bounds beta / alpha where the book bounds beta, and may end a little below .0001.
    found, least = ets_fit(y, ets_form(name), m, 3), 1e-4
    given = dict(zip(twin.model.param_names, twin.params, strict=True))
    inside = given.get("smoothing_trend", least) >= least and given.get("smoothing_seasonal", least) >= least
    assert found.loglik > twin.llf - (1e-4 if inside else 0.01)
