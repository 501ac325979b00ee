"""Adjoint gradients against central differences of the textbook's likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.ets.adjoint import ets_gradient, ets_value
from forecast.kernels.ets.forms import FORMS, NAMES
from forecast.kernels.ets.recursion import TRACE
from tests.twins.ets.cases import case
from tests.twins.ets.naive import differences, loglik


def unused(form: int, m: int) -> np.ndarray:
    """Which of alpha, beta, gamma, phi, level, growth, seasons the form lacks."""
    name = NAMES[form]
    none = np.zeros(6 + m, bool)
    none[[1, 5]] = name[1:-1] == "N"
    none[3] = "d" not in name
    none[2] = none[6:] = name[-1] == "N"
    return none


def expected(y, form, m, smoothing, states):
    x = np.r_[smoothing, states]
    gradient = differences(lambda z: loglik(y, NAMES[form], m, z[:4], z[4:]), x)
    gradient[unused(form, m)] = 0.0
    return gradient


@pytest.mark.parametrize("form", range(FORMS))
@pytest.mark.parametrize(("m", "n", "gaps"), [(4, 40, False), (5, 33, True)])
def test_ets_gradient_is_that_of_the_textbook(form: int, m: int, n: int, gaps: bool) -> None:
    y, smoothing, states = case(form, m, n, seed=2, gaps=gaps)
    gradient, status = ets_gradient(y, form, m, smoothing, states)
    assert status == 0
    twin = expected(y, form, m, smoothing, states)
    np.testing.assert_allclose(gradient, twin, rtol=1e-6, atol=1e-6 * np.abs(twin).max() / 100)


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_value_is_minus_the_loglik_and_its_gradient(form: int) -> None:
    y, smoothing, states = case(form, 4, 30, seed=4)
    moved, gradient = states.copy(), np.empty(10)
    value, status = ets_value(y, form, 4, smoothing, moved, np.empty((30, TRACE)), gradient)
    assert status == 0
    np.testing.assert_allclose(value, -loglik(y, NAMES[form], 4, smoothing, states), rtol=1e-12)
    np.testing.assert_allclose(gradient, -ets_gradient(y, form, 4, smoothing, states)[0], rtol=1e-13)
    assert moved[0] != states[0]
