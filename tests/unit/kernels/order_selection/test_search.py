"""Automatic choice of orders: arguments, broken and short series, limits, scale."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.order_selection.exhaustive import arima_exhaustive
from forecast.kernels.order_selection.plan import arima_plan
from forecast.kernels.order_selection.stepwise import arima_stepwise, arima_stepwise_many
from forecast.kernels.random import draw_normals
from forecast.kernels.status import NON_FINITE, NOT_CONVERGED, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT

NOISE = draw_normals(8, 1, 48)[0]
FEW = gate_int([1, 1, 1, 1, 2, 2, 1, -1, -1, 1, 6])


def limits(**changed: int) -> np.ndarray:
    """A small search with some limits changed."""
    names = ("p", "q", "P", "Q", "total", "most_d", "most_D", "d", "D", "constant", "models")
    out = FEW.copy()
    for name, value in changed.items():
        out[names.index(name)] = value
    return gate_int(out)


def bare(y: np.ndarray) -> np.ndarray:
    return gate(np.zeros((len(y), 0)))


@pytest.mark.parametrize(
    ("y", "s", "changed", "criterion", "status"),
    [
        ([], 1, {}, 0, TOO_SHORT),
        ([np.nan] * 20, 4, {}, 0, TOO_SHORT),
        ([1.0, 2.0], 1, {}, 0, OK),
        ([1.0, np.inf, 3.0, 2.0], 1, {}, 0, NON_FINITE),
        ([5.0], 1, {}, 0, SINGULAR),
        ([5.0] * 20, 4, {}, 0, SINGULAR),
        (NOISE[:20], -1, {}, 0, OUT_OF_RANGE),
        (NOISE[:20], 1, {"p": -1}, 0, OUT_OF_RANGE),
        (NOISE[:20], 1, {"p": 25}, 0, OUT_OF_RANGE),
        (NOISE[:20], 1, {"d": 9}, 0, OUT_OF_RANGE),
        (NOISE[:20], 600, {}, 0, OUT_OF_RANGE),
        (NOISE[:20], 1, {"constant": 2}, 0, OUT_OF_RANGE),
        (NOISE[:20], 1, {"models": 0}, 0, OUT_OF_RANGE),
        (NOISE[:20], 1, {}, 3, OUT_OF_RANGE),
        (NOISE[:20], 1, {}, -1, OUT_OF_RANGE),
        (NOISE[:20], 1, {}, 2, OK),
        (NOISE[:6], 0, {}, 1, OK),
    ],
)
def test_status(y: list[float], s: int, changed: dict[str, int], criterion: int, status: int) -> None:
    y = gate(y)
    for found in (
        arima_stepwise(y, bare(y), s, limits(**changed), criterion),
        arima_exhaustive(y, bare(y), s, limits(**changed), criterion),
    ):
        assert found.counts[0] == status
        assert not any(np.isnan(part).any() for part in found)
        assert len(found.coef) == found.order[[0, 2, 3, 5]].sum()
    many = arima_stepwise_many(gate(y[None, :]), s, limits(**changed), criterion)
    assert many.counts[0, 0] == status


def test_other_shapes_are_out_of_range() -> None:
    y = gate(NOISE)
    assert arima_stepwise(y, gate(np.zeros((47, 0))), 1, FEW, 0).counts[0] == OUT_OF_RANGE
    assert arima_stepwise(y, bare(y), 1, gate_int(FEW[:10]), 0).counts[0] == OUT_OF_RANGE
    assert arima_plan(y, bare(y), 1, gate_int(FEW[:3])).counts[0] == OUT_OF_RANGE
    assert arima_stepwise(y, gate(np.full((48, 1), np.nan)), 1, FEW, 0).counts[0] == NON_FINITE


@pytest.mark.parametrize(
    ("y", "s", "order", "beta"),
    [
        (np.full(20, 5.0), 1, [0, 0, 0, 0, 0, 0, 1, 1], [5.0]),
        (np.full(20, 5.0), 4, [0, 0, 0, 0, 0, 0, 4, 1], [5.0]),
        (2.0 + 0.25 * np.arange(30.0), 1, [0, 1, 0, 0, 0, 0, 1, 1], [0.25]),
        (np.arange(30.0) ** 2, 1, [0, 2, 0, 0, 0, 0, 1, 0], []),
        (np.tile([1.0, 4.0, 2.0, 9.0], 8), 4, [0, 0, 0, 0, 1, 0, 4, 1], [0.0]),
        (np.tile([1.0, 4.0, 2.0, 9.0], 8) + 0.5 * np.arange(32), 4, [0, 0, 0, 0, 1, 0, 4, 1], [0.5]),
    ],
)
def test_what_a_polynomial_and_a_season_explain_needs_no_search(
    y: np.ndarray, s: int, order: list[int], beta: list[float]
) -> None:
    found = arima_stepwise(gate(y), bare(y), s, FEW, 0)
    assert found.counts.tolist() == [SINGULAR, 0, 0, 0, 0, 0]
    assert found.order.tolist() == order
    np.testing.assert_allclose(found.beta, beta, atol=1e-12)
    assert not found.numbers.any()


def test_a_line_with_gaps_is_still_a_line() -> None:
    y = gate(2.0 + 0.25 * np.arange(30.0))
    y[[3, 9, 10, 29]] = np.nan
    found = arima_stepwise(y, bare(y), 1, FEW, 0)
    assert found.counts[0] == SINGULAR
    assert (found.order[1], found.order[7]) == (1, 1)
    np.testing.assert_allclose(found.beta, [0.25], rtol=1e-12)


@pytest.mark.parametrize(("d", "D"), [(0, 0), (1, 0), (0, 1), (2, 1)])
def test_given_differences_are_taken(d: int, D: int) -> None:
    y = gate(NOISE)
    found = arima_stepwise(y, bare(y), 4, limits(d=d, D=D, models=3), 0)
    assert found.order[[1, 4]].tolist() == [d, D]
    assert found.counts[0] == OK
    assert d + D < 2 or found.order[7] == 0


def test_limits_hold() -> None:
    y = gate(NOISE.cumsum())
    found = arima_stepwise(y, bare(y), 4, limits(models=4), 0)
    assert found.counts[4] <= 5
    without = arima_stepwise(y, bare(y), 4, limits(constant=0, d=0, models=3), 0)
    assert without.order[7] == 0
    nothing = arima_stepwise(y, bare(y), 4, limits(p=0, q=0, P=0, Q=0), 0)
    assert not nothing.order[[0, 2, 3, 5]].any()
    assert nothing.counts[4] == 2
    all_orders = arima_exhaustive(y, bare(y), 1, limits(total=1), 0)
    assert all_orders.order[[0, 2]].sum() <= 1
    assert all_orders.counts[4] == 6


@pytest.mark.parametrize("scale", [1e-30, -1e-3, 1e12])
def test_the_choice_knows_no_scale(scale: float) -> None:
    y = gate(5.0 + NOISE[:24].cumsum())
    plain, scaled = (arima_stepwise(gate(v), bare(y), 1, FEW, 0) for v in (y, scale * y))
    assert plain.order.tolist() == scaled.order.tolist()
    np.testing.assert_allclose(scaled.coef, plain.coef, atol=1e-5)
    np.testing.assert_allclose(scaled.numbers[1], scale**2 * plain.numbers[1], rtol=1e-6)
    shift = plain.counts[2] * np.log(abs(scale))
    np.testing.assert_allclose(scaled.numbers[0], plain.numbers[0] - shift, rtol=1e-8, atol=1e-6)


def test_regressors_are_fitted_with_the_model() -> None:
    X = gate(draw_normals(9, 48, 1))
    y = gate(3.0 * X[:, 0] + 0.1 * NOISE)
    found = arima_stepwise(y, X, 1, FEW, 0)
    assert found.counts[0] in (OK, NOT_CONVERGED)
    assert found.beta[-1] == pytest.approx(3.0, abs=0.1)
    assert len(found.beta) == 1 + found.order[7]


def test_no_series() -> None:
    found = arima_stepwise_many(gate(np.empty((0, 9))), 4, FEW, 0)
    assert [part.shape[0] for part in found] == [0] * 5
