"""Polynomials and partial autocorrelations against numpy's roots, convolutions and exact complex-step derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.arima.partials import (
    coefficients_to_partials,
    largest_inverse_root,
    partials_adjoint,
    partials_to_coefficients,
)
from forecast.kernels.arima.polynomials import (
    arima_coefficients,
    arima_coefficients_adjoint,
    arima_inverse_roots,
    arima_lags,
    arima_polynomials,
    arima_polynomials_adjoint,
    arima_unknowns,
    check_order,
    differencing_lags,
)
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.kernels.status import OK, OUT_OF_RANGE
from tests.twins.arima import dense
from tests.twins.arima.dense import Array

CLOSE = {"rtol": 1e-10, "atol": 1e-10}


def levinson(partials: Array) -> Array:
    a = np.zeros(0, dtype=np.asarray(partials).dtype)
    for r in partials:
        a = np.r_[a - r * a[::-1], r]
    return a


def coefficients(x: Array, order: Array) -> Array:
    p, _, q, P, _, _, _, _ = (int(v) for v in order)
    phi, theta, Phi, Theta = np.split(x, np.cumsum([p, q, P]))
    parts = [levinson(phi / np.sqrt(1 + phi**2)), -levinson(np.sin(theta))]
    return np.concatenate([*parts, levinson(Phi / np.sqrt(1 + Phi**2)), -levinson(np.sin(Theta))])


def partials(seed: int) -> Array:
    return 2 * draw_uniforms(seed, 1, 1 + seed % 9)[0] - 1


@pytest.mark.parametrize("seed", range(40))
def test_partials_to_coefficients_and_coefficients_to_partials_are_levinson_s(seed: int) -> None:
    r = partials(seed)
    a = np.empty(len(r))
    partials_to_coefficients(r, a)
    np.testing.assert_allclose(a, levinson(r), **CLOSE)
    back, inside = coefficients_to_partials(a)
    assert inside
    np.testing.assert_allclose(back, r, rtol=1e-8, atol=1e-8)
    assert np.abs(np.roots(np.r_[1.0, -a])).max() < 1


@pytest.mark.parametrize("seed", range(20))
def test_coefficients_to_partials_says_when_a_root_is_outside(seed: int) -> None:
    a = 1.5 * draw_normals(seed, 1, 1 + seed % 4)[0]
    assert coefficients_to_partials(a)[1] == (np.abs(np.roots(np.r_[1.0, -a])).max() < 1)


@pytest.mark.parametrize("seed", range(20))
def test_partials_adjoint_is_the_complex_step(seed: int) -> None:
    r = partials(seed)
    bar = draw_normals(seed, 1, len(r))[0]
    expected = dense.gradient(levinson, r) @ bar
    partials_adjoint(r, bar)
    np.testing.assert_allclose(bar, expected, **CLOSE)


@pytest.mark.parametrize("seed", range(40))
def test_largest_inverse_root_is_that_of_numpy(seed: int) -> None:
    a = 3 * draw_normals(seed, 1, 2 + seed % 6)[0]
    assert largest_inverse_root(a) == pytest.approx(np.abs(np.roots(np.r_[1.0, -a])).max(), rel=1e-9)
    padded = np.r_[a, 0.0, 0.0]
    assert largest_inverse_root(padded) == pytest.approx(largest_inverse_root(a), rel=1e-12)


def test_check_order_takes_what_can_be_multiplied_out() -> None:
    def made(*order: int) -> int:
        return check_order(np.array(order, dtype=np.int64))

    assert [made(1, 1, 1, 0, 1, 1, 12, 0), made(0, 0, 0, 0, 0, 0, 0, 1), made(5, 2, 5, 2, 1, 2, 24, 0)] == [OK] * 3
    wrong = [(-1, 0, 0, 0, 0, 0, 1, 0), (0, 4, 0, 0, 0, 0, 1, 0), (0, 0, 0, 1, 0, 0, 1, 0), (0, 0, 0, 0, 0, 0, 1, 2)]
    wrong += [
        (0, 0, 61, 0, 0, 0, 1, 0),
        (0, 0, 0, 0, 0, 60, 12, 0),
        (0, 0, 0, 0, 0, 0, -1, 0),
        (1, 0, 0, 1, 0, 0, 600, 0),
    ]
    assert [made(*order) for order in wrong] == [OUT_OF_RANGE] * len(wrong)
    assert made(1, 0, 1) == OUT_OF_RANGE


@pytest.mark.parametrize("seed", range(30))
def test_arima_polynomials_and_arima_lags_are_convolutions(seed: int) -> None:
    _, _, order, x = dense.random_case(seed)
    phi, theta = arima_polynomials(x, order)
    ar, ma = dense.polynomials(x, order)
    np.testing.assert_allclose(phi, -np.pad(ar[1:], (0, len(phi) - len(ar) + 1)), **CLOSE)
    np.testing.assert_allclose(theta, np.pad(ma[1:], (0, len(theta) - len(ma) + 1)), **CLOSE)
    ar_lags, ma_lags = arima_lags(order)
    assert list(ar_lags) == list(np.flatnonzero(ar[1:]) + 1)
    assert list(ma_lags) == list(np.flatnonzero(ma[1:]) + 1)


@pytest.mark.parametrize("seed", range(20))
def test_arima_polynomials_adjoint_is_the_complex_step(seed: int) -> None:
    _, _, order, x = dense.random_case(seed)
    m = len(arima_polynomials(x, order)[0])
    bars = draw_normals(seed, 2, m)

    def total(coef: Array) -> Array:
        ar, ma = dense.polynomials(coef, order)
        return -ar[1:] @ bars[0, : len(ar) - 1] + ma[1:] @ bars[1, : len(ma) - 1]

    expected = dense.gradient(total, x)
    np.testing.assert_allclose(arima_polynomials_adjoint(x, order, bars[0], bars[1]), expected, **CLOSE)


@pytest.mark.parametrize("seed", range(20))
def test_differencing_lags_are_the_rows_of_the_matrix(seed: int) -> None:
    order = dense.random_case(seed)[2]
    delta = differencing_lags(order)
    np.testing.assert_array_equal(dense.differencing(60, order)[-1, ::-1][: len(delta)], delta)


@pytest.mark.parametrize("seed", range(20))
def test_arima_coefficients_and_arima_unknowns_go_both_ways(seed: int) -> None:
    _, _, order, x = dense.random_case(seed)
    coef = arima_coefficients(x, order)
    np.testing.assert_allclose(coef, coefficients(x, order), **CLOSE)
    np.testing.assert_allclose(arima_coefficients(arima_unknowns(coef, order, 1.0), order), coef, rtol=1e-8, atol=1e-8)
    drawn_in = arima_coefficients(arima_unknowns(coef, order, 0.5), order)
    assert max(arima_inverse_roots(drawn_in, order)) < 1


@pytest.mark.parametrize("seed", range(20))
def test_arima_coefficients_adjoint_is_the_complex_step(seed: int) -> None:
    _, _, order, x = dense.random_case(seed)
    bar = draw_normals(seed + 100, 1, max(len(x), 1))[0, : len(x)].copy()
    expected = dense.gradient(lambda at: coefficients(at, order) @ bar, x)
    np.testing.assert_allclose(arima_coefficients_adjoint(x, order, bar), expected, **CLOSE)


@pytest.mark.parametrize("seed", range(20))
def test_arima_inverse_roots_are_those_of_the_products(seed: int) -> None:
    _, _, order, x = dense.random_case(seed)
    for polynomial, found in zip(dense.polynomials(x, order), arima_inverse_roots(x, order), strict=True):
        expected = np.abs(np.roots(polynomial)).max() if len(polynomial) > 1 else 0.0
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)
