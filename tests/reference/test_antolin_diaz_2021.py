"""Structural scenarios of Antolin-Diaz, Petrella & Rubio-Ramirez 2021 against written-down numbers."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.conditioning.plausibility import coin_bias
from forecast.kernels.conditioning.shocks import conditional_moments, shock_law
from forecast.kernels.conditioning.stack import var_stack
from forecast.kernels.status import INFEASIBLE, OK
from tests.reference.golden_var import EVERY_SHOCK, LAGS, PAST, ROOT, STEPS, Y1

b, M = var_stack(LAGS, STEPS, PAST, ROOT)
D = np.ascontiguousarray(M[Y1])
r = 2.0 - b[Y1]
HARD = np.zeros((4, 4))
PRINTED = {"rtol": 0, "atol": 6e-7}
FIRST_SHOCK = np.tile([1, 0], 4)


def test_antolin_diaz_2021_distance_of_hard_pins() -> None:
    always, last = (
        shock_law(D, r, HARD, EVERY_SHOCK),
        shock_law(D[3:].copy(), r[3:].copy(), HARD[:1, :1].copy(), EVERY_SHOCK),
    )
    assert (always.status, always.rank) == (OK, 4)
    assert always.q == pytest.approx(4.483503, abs=6e-7)
    assert last.q == pytest.approx(2.088706, abs=6e-7)
    assert coin_bias(always.q, always.rank) == pytest.approx(0.5 * (1 + np.sqrt(1 - np.exp(-4.483503 / 4))), abs=1e-7)


def test_antolin_diaz_2021_only_the_first_shock_may_adjust() -> None:
    law = shock_law(D, r, HARD, FIRST_SHOCK)
    np.testing.assert_allclose(law.mean[::2], [1.475, 0.90575, 0.899728, 0.848081], **PRINTED)
    np.testing.assert_array_equal(law.mean[1::2], 0.0)
    path, _ = conditional_moments(b, M, law.mean, law.covariance)
    np.testing.assert_allclose(path[1::2], [0.9425, 1.531475, 1.753451, 1.775545], **PRINTED)
    np.testing.assert_allclose(law.covariance[1::2, 1::2], np.eye(4), atol=1e-12)


def test_antolin_diaz_2021_only_the_second_shock_cannot_do_it() -> None:
    """It reaches the first variable a month late: rank 3 of 4, and the first month is the one that is named."""
    law = shock_law(D, r, HARD, 1 - FIRST_SHOCK)
    assert np.linalg.matrix_rank(D[:, 1::2]) == 3
    assert (law.status, law.culprit) == (INFEASIBLE, 0)


def test_antolin_diaz_2021_variance_equal_to_the_models_own_leaves_the_width() -> None:
    law = shock_law(D, r, D @ D.T, EVERY_SHOCK)
    np.testing.assert_allclose(law.covariance, np.eye(8), atol=1e-12)
    np.testing.assert_allclose(law.mean, shock_law(D, r, HARD, EVERY_SHOCK).mean, atol=1e-12)


def test_antolin_diaz_2021_stated_law_of_the_restricted_values_is_met() -> None:
    omega = np.diag([0.1, 0.2, 0.3, 0.4]) + 0.05
    law = shock_law(D, r, omega, EVERY_SHOCK)
    np.testing.assert_allclose(D @ law.mean, r, atol=1e-12)
    np.testing.assert_allclose(D @ law.covariance @ D.T, omega, atol=1e-12)
