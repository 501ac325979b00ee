"""Fits against scipy's optimiser on the textbook's likelihood."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize

from forecast.kernels.ets.descent import ets_descend
from forecast.kernels.ets.fit import ets_fit, ets_scale
from forecast.kernels.ets.forms import FORMS, NAMES, ets_unknowns
from forecast.kernels.ets.starts import ets_start
from tests.twins.ets.cases import case
from tests.twins.ets.naive import angles, loglik, smooth

M, N = 4, 40


def objective(y, form):
    def f(x):
        natural = angles(NAMES[form], M, x)
        with np.errstate(all="ignore"):
            try:
                value = -loglik(y, NAMES[form], M, natural[:4], natural[4:])
            except (TypeError, OverflowError, ZeroDivisionError):
                return 1e10
        return value if math.isfinite(value) else 1e10

    return f


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_descend_ends_where_scipy_finds_nothing_better(form: int) -> None:
    y, _, _ = case(form, M, N, seed=6, gaps=form % 2 == 0)
    y /= np.nanmean(y)
    x, known = np.empty(ets_unknowns(form, M)), np.zeros(ets_unknowns(form, M))
    assert ets_start(y, form, M, x) == 0
    f = objective(y, form)
    before = f(x)
    value, evaluations, status = ets_descend(y, form, M, x, known, np.inf, 1e-6, 300)
    assert status == 0
    assert evaluations > 1
    np.testing.assert_allclose(value, f(x), rtol=1e-10)
    assert value < before
    polished = optimize.minimize(f, x, method="BFGS", options={"maxiter": 15})
    assert polished.fun > value - 1e-4


def test_ets_descend_gives_up_beside_a_known_optimum() -> None:
    y, _, _ = case(0, M, N, seed=6)
    y /= y.mean()
    x, known = np.empty(2), np.zeros(2)
    ets_start(y, 0, M, x)
    least, _, _ = ets_descend(y, 0, M, x, known, np.inf, 1e-6, 300)
    again = x + 0.01
    assert ets_descend(y, 0, M, again, x, least, 1e-6, 300)[::2] == (np.inf, 0)


def test_ets_scale_by_numpy() -> None:
    y = np.array([np.nan, 2.0, -4.0, 6.0])
    assert ets_scale(y) == (4.0, 3, False, 0)
    assert ets_scale(np.abs(y)) == (4.0, 3, True, 0)
    assert ets_scale(np.full(3, np.nan))[3] == 5
    assert ets_scale(np.array([1.0, np.inf]))[3] == 1
    assert ets_scale(np.zeros(3)) == (1.0, 3, False, 0)


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_fit_is_in_the_units_of_the_series(form: int) -> None:
    name = NAMES[form]
    y, _, _ = case(form, M, N + 3, seed=7)
    found = ets_fit(y, form, M, 1)
    _, errors, last = smooth(y, name, M, found.smoothing, found.first)
    last[1] *= name[1] != "N"
    np.testing.assert_allclose(found.last, last, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.loglik, loglik(y, name, M, found.smoothing, found.first), rtol=1e-10)
    np.testing.assert_allclose(found.squares, np.sum(errors**2), rtol=1e-8)
    np.testing.assert_allclose(found.sigma2, np.sum(errors**2) / (len(y) - ets_unknowns(form, M)), rtol=1e-8)
    assert (found.form, found.unknowns, found.observed, found.status) == (form, ets_unknowns(form, M), len(y), 0)
    assert found.evaluations > 1


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_fit_is_as_likely_as_what_scipy_finds(form: int) -> None:
    """From the start of the fit and from two others; a textbook likelihood, its gradient by differences."""
    y, _, _ = case(form, M, N, seed=8)
    scale = y.mean()
    found = ets_fit(y, form, M, 3)
    assert found.status == 0
    np.testing.assert_allclose(found.loglik, loglik(y, NAMES[form], M, found.smoothing, found.first), rtol=1e-10)
    f, x = objective(y / scale, form), np.empty(ets_unknowns(form, M))
    ets_start(y / scale, form, M, x)
    for alpha in (x[0], 0.15, 1.2):
        x[0] = alpha
        best = optimize.minimize(f, x, method="L-BFGS-B", options={"maxiter": 40})
        assert found.loglik > -best.fun - N * math.log(scale) - 1e-4
