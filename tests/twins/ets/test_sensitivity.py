"""The Gauss-Newton Hessian against finite differences of the errors."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.ets.forms import FORMS, NAMES
from forecast.kernels.ets.recursion import TRACE, ets_pass
from forecast.kernels.ets.sensitivity import ets_information
from tests.twins.ets.cases import case
from tests.twins.ets.naive import differences, smooth


@pytest.mark.parametrize("form", range(FORMS))
@pytest.mark.parametrize("gaps", [False, True])
def test_ets_information_is_made_of_slopes_of_the_errors(form: int, gaps: bool) -> None:
    m, n, name = 4, 24, NAMES[form]
    y, smoothing, states = case(form, m, n, seed=3, gaps=gaps)
    seeds = np.random.default_rng(form).normal(size=(6 + m, 5))
    seeds[1:2] *= name[1:-1] != "N"
    seeds[2:3] *= name[-1] != "N"
    trace, information, origin = np.empty((n, TRACE)), np.empty((5, 5)), np.r_[smoothing, states]
    squares, _, observed, _ = ets_pass(y, form, m, smoothing, states.copy(), trace)
    ets_information(y, form, m, smoothing, squares, observed, trace, seeds, information)

    def errors(d):
        z = origin + seeds @ d
        z[5] *= name[1:-1] != "N"
        z[6:] *= name[-1] != "N"
        return smooth(y, name, m, z[:4], z[4:])[1]

    slopes = np.array([differences(lambda d, t=t: errors(d)[t], np.zeros(5)) for t in np.flatnonzero(np.isfinite(y))])
    twin = slopes.T @ slopes * observed / squares
    np.testing.assert_allclose(information, twin, rtol=1e-6, atol=1e-7 * np.abs(twin).max())
