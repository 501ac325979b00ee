"""Unbounded unknowns of exponential smoothing against their definition."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.ets.forms import FORMS, NAMES, ets_unknowns
from forecast.kernels.ets.region import ets_jacobian, ets_natural, ets_pull_back, ets_unknown_vector
from tests.twins.ets.cases import case
from tests.twins.ets.naive import angles, differences

M = 5


def unknowns(form: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, form]).uniform(-3.0, 3.0, ets_unknowns(form, M))


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_natural_by_hand(form: int) -> None:
    for seed in range(5):
        x, smoothing, states = unknowns(form, seed), np.empty(4), np.empty(2 + M)
        ets_natural(form, M, x, smoothing, states)
        np.testing.assert_allclose(np.r_[smoothing, states], angles(NAMES[form], M, x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_unknown_vector_is_undone_by_ets_natural(form: int) -> None:
    _, smoothing, states = case(form, M)
    x = np.empty(ets_unknowns(form, M))
    ets_unknown_vector(form, M, smoothing, states, x)
    natural = angles(NAMES[form], M, x)
    kept = natural != 0.0
    kept[3] = "d" in NAMES[form]
    np.testing.assert_allclose(natural[kept], np.r_[smoothing, states][kept], rtol=1e-10)


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_jacobian_by_differences(form: int) -> None:
    x = unknowns(form, 1)
    jacobian = np.empty((6 + M, len(x)))
    ets_jacobian(form, M, x, jacobian)
    for row in range(6 + M):
        twin = differences(lambda z, row=row: angles(NAMES[form], M, z)[row], x)
        np.testing.assert_allclose(jacobian[row], twin, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_pull_back_is_the_transposed_jacobian(form: int) -> None:
    x = unknowns(form, 2)
    jacobian, natural, gradient = np.empty((6 + M, len(x))), np.arange(1.0, 7 + M), np.empty(len(x))
    ets_jacobian(form, M, x, jacobian)
    ets_pull_back(form, M, x, natural, gradient)
    np.testing.assert_allclose(gradient, jacobian.T @ natural, rtol=1e-12, atol=1e-12)
