"""The gradient of the likelihood against differences of a dense likelihood, and against the filter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.kernels.sparse.kalman import loglik
from forecast.kernels.sparse.score import score
from tests.twins.dense import log_density, write_out
from tests.twins.systems import random_case

FloatArray = NDArray[np.float64]


def differences(f: Callable[[FloatArray], float], x: FloatArray, step: float = 2e-3) -> FloatArray:
    """Central differences of order eight, all entries but the first, which is a constant."""
    weights = {1: 4 / 5, 2: -1 / 5, 3: 4 / 105, 4: -1 / 280}
    slope = np.zeros(len(x))
    for i in range(1, len(x)):
        h = step * max(abs(x[i]), 1e-3) * np.eye(len(x))[i]
        slope[i] = sum(w * (f(x + k * h) - f(x - k * h)) for k, w in weights.items()) / h[i]
    return slope


@pytest.mark.parametrize("seed", range(30))
def test_score_is_the_slope_of_the_dense_likelihood(seed: int) -> None:
    s, coef, var = random_case(seed)
    status, total, d_coef, d_var = score(s, coef, var)
    assert (status, total) == loglik(s, coef, var)
    by_coef = differences(lambda c: log_density(s, write_out(s, c, var)), coef)
    by_var = differences(lambda v: log_density(s, write_out(s, coef, v)), var)
    scale = max(np.abs(by_coef).max(), np.abs(by_var).max(), 1.0)
    np.testing.assert_allclose(d_coef, by_coef, rtol=1e-7, atol=1e-8 * scale)
    np.testing.assert_allclose(d_var, by_var, rtol=1e-7, atol=1e-8 * scale)


def test_random_cases_have_slopes_in_every_parameter() -> None:
    found = [score(*random_case(seed)) for seed in range(30)]
    assert sum((np.abs(d_coef[1:]) > 1e-3).all() for _, _, d_coef, _ in found) > 10
    assert sum((np.abs(d_var[1:]) > 1e-3).any() for _, _, _, d_var in found) > 20
