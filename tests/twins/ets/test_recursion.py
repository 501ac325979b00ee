"""One pass of exponential smoothing against the equations of the textbook in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.ets.forms import FORMS, NAMES
from forecast.kernels.ets.recursion import TRACE, ets_density, ets_filter, ets_pass
from tests.twins.ets.cases import case
from tests.twins.ets.naive import loglik, smooth


@pytest.mark.parametrize("form", range(FORMS))
@pytest.mark.parametrize(("m", "n", "gaps"), [(4, 40, False), (12, 61, True), (2, 5, False), (7, 30, True)])
def test_ets_filter_is_the_textbook(form: int, m: int, n: int, gaps: bool) -> None:
    y, smoothing, states = case(form, m, n, gaps=gaps)
    found = ets_filter(y, form, m, smoothing, states)
    fitted, errors, last = smooth(y, NAMES[form], m, smoothing, states)
    assert found.status == 0
    np.testing.assert_allclose(found.fitted, fitted, rtol=1e-11)
    np.testing.assert_allclose(found.errors, errors, rtol=1e-9, atol=1e-11)
    last[1] = 0.0 if NAMES[form][1:-1] == "N" else last[1]
    np.testing.assert_allclose(found.states, last, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found.loglik, loglik(y, NAMES[form], m, smoothing, states), rtol=1e-11)
    assert found.observed == np.isfinite(y).sum()
    np.testing.assert_allclose(found.sum_squares, np.nansum(errors**2), rtol=1e-10)


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_pass_leaves_sums_states_and_trace(form: int) -> None:
    m, scale = 4, 1e40  # so large that the product of forecasts has to be taken in pieces
    y, smoothing, states = case(form, m, 40, seed=1, gaps=True)
    y, name = y * scale, NAMES[form]
    states[0] *= scale
    states[1] *= 1.0 if name[1] == "M" else scale
    states[2:] *= 1.0 if name[-1] == "M" else scale
    fitted, errors, last = smooth(y, name, m, smoothing, states)
    trace = np.empty((40, TRACE))
    squares, logs, observed, status = ets_pass(y, form, m, smoothing, states, trace)
    seen = np.isfinite(y)
    assert (status, observed) == (0, seen.sum())
    np.testing.assert_allclose(squares, np.nansum(errors**2), rtol=1e-10)
    if name[0] == "M":
        np.testing.assert_allclose(logs, np.log(fitted[seen]).sum(), rtol=1e-12)
    joined = trace[:, 3] * trace[:, 2] if name[-1] == "M" else trace[:, 3] + trace[:, 2]
    np.testing.assert_allclose(joined, fitted, rtol=1e-11)
    np.testing.assert_allclose(trace[seen, 4], errors[seen], rtol=1e-8, atol=1e-10 * (1.0 if name[0] == "M" else scale))
    np.testing.assert_allclose(states[0], last[0], rtol=1e-10)


@pytest.mark.parametrize("error", [0, 1])
def test_ets_density_is_normal_with_its_own_variance(error: int) -> None:
    errors, logs = np.random.default_rng(3).normal(size=17), 4.2
    s2 = np.mean(errors**2)
    expected = -0.5 * np.sum(np.log(2.0 * np.pi * s2) + errors**2 / s2) - (logs if error else 0.0)
    np.testing.assert_allclose(ets_density(error, np.sum(errors**2), logs, 17), expected, rtol=1e-13)
