"""The quasi-Newton search against scipy's, and its inverse Hessian against the update written with matrices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize

from forecast.kernels.quasi_newton import EVALUATE, advance, begin

FloatArray = NDArray[np.float64]
Objective = Callable[[FloatArray], tuple[float, FloatArray]]


def rosenbrock(x: FloatArray) -> tuple[float, FloatArray]:
    return float(optimize.rosen(x)), np.asarray(optimize.rosen_der(x))


def logistic(seed: int) -> Objective:
    """Minus the log-likelihood of a logistic regression with a little shrinkage."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 4)) * [1.0, 10.0, 0.1, 3.0]
    side = np.sign(rng.normal(size=60) + X @ [0.5, 0.1, 2.0, -0.3])

    def objective(x: FloatArray) -> tuple[float, FloatArray]:
        margin = side * (X @ x)
        weight = -side / (1.0 + np.exp(margin))
        return float(np.logaddexp(0.0, -margin).sum() + 0.01 * x @ x), X.T @ weight + 0.02 * x

    return objective


def updated(inverse: FloatArray, s: FloatArray, y: FloatArray) -> FloatArray:
    """Nocedal & Wright 2006, eq. 6.17."""
    rho = 1.0 / (y @ s)
    left = np.eye(len(s)) - rho * np.outer(s, y)
    return np.asarray(left @ inverse @ left.T + rho * np.outer(s, s))


@pytest.mark.parametrize("seed", range(5))
def test_begin_and_advance_reach_the_minimum_that_scipy_reaches(seed: int) -> None:
    objective = logistic(seed)
    search = begin(np.zeros(4), 1e-9, 500, 1.0)
    while True:
        f, search.g[:] = objective(search.x)
        if advance(search, f) != EVALUATE:
            break
    theirs = optimize.minimize(objective, np.zeros(4), jac=True, method="BFGS", options={"gtol": 1e-9})
    assert search.counts[2] == 0
    assert search.value[0] == pytest.approx(theirs.fun, rel=1e-12)
    np.testing.assert_allclose(search.best, theirs.x, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_advance_updates_the_inverse_hessian_as_the_matrix_formula_does(n: int) -> None:
    search = begin(np.full(n, -1.2), 1e-10, 500, 1.0)
    objective = rosenbrock if n > 1 else lambda x: (float((x[0] - 3.0) ** 4), 4.0 * (x - 3.0) ** 3)
    twin, lines = np.eye(n), 0
    while True:
        f, search.g[:] = objective(search.x)
        best, best_g, x, g = (part.copy() for part in (search.best, search.best_g, search.x, search.g))
        status = advance(search, f)
        if search.counts[0] == lines + 1:
            s, y = x - best, g - best_g
            if lines == 0:
                twin *= (s @ y) / (y @ y)
            twin, lines = updated(twin, s, y), lines + 1
            np.testing.assert_allclose(search.inverse, twin, rtol=1e-6, atol=1e-9 * np.abs(twin).max())
            search.inverse[:] = twin  # rounding does not add up over the lines
        if status != EVALUATE:
            break
    assert lines > 3
    assert search.value[0] < 1e-12
