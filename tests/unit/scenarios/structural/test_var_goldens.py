"""The written-down conditional forecasts of a VAR(2) (methods, section 3) through the rule that moves our paths."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.conditioning.stack import var_stack
from forecast.kernels.sparse.met import meet_pins
from forecast.kernels.status import OK, SINGULAR
from forecast.scenarios.structural.distances import squared_distance
from tests.reference.golden_var import LAGS, PAST, ROOT, STEPS

FloatArray = np.ndarray
PRINTED = {"rtol": 0, "atol": 6e-7}
b, M = var_stack(LAGS, STEPS, PAST, ROOT)


def met(*horizons: int, shocks: slice = slice(None)) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean (4, 2) and standard deviations (4, 2) given y1 = 2 at some horizons, and what was found.

    The rule is affine in the path, so the paths of single shocks give its covariance without chance.
    """
    cell = np.array([2 * (h - 1) for h in horizons])
    q = len(cell)
    allowed = np.ascontiguousarray((M[:, shocks] @ M[:, shocks].T)[:, cell])
    x = np.vstack([b, b + M.T])
    found = meet_pins(
        x,
        np.zeros((1, 8)),
        np.full((1, q), 2.0),
        allowed[None],
        np.ascontiguousarray(np.diag(M @ M.T)[cell])[None],
        cell,
        np.arange(q + 1),
        np.arange(q),
        0,
        1,
    )
    return x[0].reshape(4, 2), np.sqrt(((x[1:] - x[0]) ** 2).sum(axis=0)).reshape(4, 2), found


def distance(*horizons: int) -> tuple[float, int]:
    cell = [2 * (h - 1) for h in horizons]
    q, rank = squared_distance((2.0 - b[cell])[None], (M @ M.T)[np.ix_(cell, cell)])
    return float(q[0]), rank


def test_without_pins_the_paths_are_the_golden_ones() -> None:
    np.testing.assert_allclose(b[0::2], [0.525, 0.3125, 0.29425, 0.310725], **PRINTED)
    np.testing.assert_allclose(b[1::2], [0.5, 0.655, 0.621, 0.56255], **PRINTED)


def test_four_months_pinned() -> None:
    mean, sd, found = met(1, 2, 3, 4)
    np.testing.assert_allclose(mean[:, 0], 2.0, rtol=1e-12)
    np.testing.assert_allclose(mean[:, 1], [1.040841, 1.673294, 1.861364, 1.817356], **PRINTED)
    np.testing.assert_allclose(sd[:, 1], [0.636826, 0.764260, 0.780287, 0.784184], **PRINTED)
    np.testing.assert_allclose(sd[:, 0], 0.0, atol=1e-12)
    assert found.tolist() == [[OK, 4, -1]] * 9
    assert distance(1, 2, 3, 4) == (pytest.approx(4.483503, abs=6e-7), 4)


def test_the_last_month_pinned_moves_those_before() -> None:
    mean, _, _ = met(4)
    np.testing.assert_allclose(mean[:, 0], [0.662617, 0.665841, 1.145577, 2.0], **PRINTED)
    np.testing.assert_allclose(mean[:, 1], [0.612764, 0.929616, 1.108636, 1.390173], **PRINTED)
    assert distance(4) == (pytest.approx(2.088706, abs=6e-7), 1)


def test_only_the_first_shock_may_adjust() -> None:
    mean, _, _ = met(1, 2, 3, 4, shocks=slice(0, None, 2))
    np.testing.assert_allclose(mean[:, 0], 2.0, rtol=1e-12)
    np.testing.assert_allclose(mean[:, 1], [0.9425, 1.531475, 1.753451, 1.775545], **PRINTED)
    shocks = np.linalg.solve(M, mean.ravel() - b).reshape(4, 2)
    np.testing.assert_allclose(shocks[:, 0], [1.475, 0.90575, 0.899728, 0.848081], **PRINTED)
    np.testing.assert_allclose(shocks[:, 1], 0.0, atol=1e-12)


def test_only_the_second_shock_cannot_do_it() -> None:
    _, _, found = met(1, 2, 3, 4, shocks=slice(1, None, 2))
    assert found[0].tolist() == [SINGULAR, 3, 0], "rank 3 of 4, and the first month is named"
