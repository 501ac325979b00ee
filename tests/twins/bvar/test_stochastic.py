"""Stochastic volatility: one draw against dense matrices, and the whole sampler against its own prior (Geweke 2004)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecast.kernels._threads import threads
from forecast.kernels.bvar.stochastic import (
    VolatilityPrior,
    VolatilityRows,
    VolatilityState,
    _draw_coefficients,
    volatility_chain,
    volatility_future,
    volatility_gibbs,
    volatility_sweep,
)
from forecast.kernels.bvar.volatility import _MEAN, _VARIANCE, _WEIGHT, draw_log_volatility
from forecast.kernels.random import fill_normals
from forecast.kernels.status import OK
from tests.twins.bvar.naive import Array
from tests.twins.conditioning.dense import Model, follow, stack


@pytest.mark.parametrize("T", [1, 2, 3, 20, 75])
def test_draw_log_volatility_is_the_dense_precision_with_the_same_chance(T: int) -> None:
    rng = np.random.default_rng(T)
    h, e, u, z = rng.normal(size=T), rng.normal(size=T), rng.uniform(size=T), rng.normal(size=T)
    phi, m0, v0 = 0.3, -1.0, 2.0
    y = np.log(e**2)
    density = _WEIGHT * stats.norm.pdf(y[:, None], h[:, None] + _MEAN, np.sqrt(_VARIANCE))
    chosen = (np.cumsum(density / density.sum(axis=1, keepdims=True), axis=1) < u[:, None]).sum(axis=1)
    walk = np.eye(T) - np.eye(T, k=-1)
    step = np.diag([1 / v0] + [1 / phi] * (T - 1))
    P = walk.T @ step @ walk + np.diag(1 / _VARIANCE[chosen])
    L = np.linalg.cholesky(P)
    right = (y - _MEAN[chosen]) / _VARIANCE[chosen] + (np.arange(T) == 0) * m0 / v0
    draw_log_volatility(e, phi, m0, v0, u, z, h)
    np.testing.assert_allclose(h, np.linalg.solve(L.T, np.linalg.solve(L, right) + z), rtol=1e-9, atol=1e-10)


def test_the_ten_components_of_omori_2007_match_the_log_of_a_chi_square() -> None:
    mean = _WEIGHT @ _MEAN
    assert _WEIGHT.sum() == pytest.approx(1.0)
    assert mean == pytest.approx(-1.2704, abs=2e-4)
    assert _WEIGHT @ (_VARIANCE + _MEAN**2) - mean**2 == pytest.approx(np.pi**2 / 2, abs=2e-3)


def prior_of(n: int, k: int) -> VolatilityPrior:
    b, V = np.zeros((k, n)), np.full((k, n), 0.09)
    b[-1] = 0.2
    return VolatilityPrior(b, V, 0.5, np.linspace(-0.5, 0.5, n), 0.4, 6.0, 1.0)


def simulate_rows(rng: np.random.Generator, state: VolatilityState, T: int) -> VolatilityRows:
    """Data of one lag and a constant from a zero start, given all unknowns."""
    n = state.B.shape[1]
    X, Y, y = np.empty((T, 1 + n)), np.empty((T, n)), np.zeros(n)
    inverse = np.linalg.inv(state.A)
    for t in range(T):
        X[t] = np.append(1.0, y)
        y = X[t] @ state.B + inverse @ (np.exp(0.5 * state.log_volatility[:, t]) * rng.normal(size=n))
        Y[t] = y
    return VolatilityRows(X, np.ascontiguousarray(X.T), np.ascontiguousarray(Y.T))


def from_prior(rng: np.random.Generator, prior: VolatilityPrior, T: int) -> VolatilityState:
    k, n = prior.b.shape
    phi = prior.rate / rng.gamma(prior.shape, size=n)
    first = prior.m0 + np.sqrt(prior.v0) * rng.normal(size=n)
    steps = np.sqrt(phi)[:, None] * rng.normal(size=(n, T - 1))
    A = np.eye(n) + np.tril(rng.normal(size=(n, n)) * np.sqrt(prior.a), -1)
    h = np.column_stack([first, first[:, None] + np.cumsum(steps, axis=1)])
    return VolatilityState(prior.b + np.sqrt(prior.V) * rng.normal(size=(k, n)), A, np.ascontiguousarray(h), phi)


def features(state: VolatilityState) -> Array:
    h, low = state.log_volatility, np.tril_indices(len(state.A), -1)
    parts = [state.B.ravel(), state.B.ravel() ** 2, state.A[low], state.A[low] ** 2, np.log(state.phi), h[:, 0]]
    parts += [
        h[:, -1],
        h[:, 0] ** 2,
        h[:, -1] ** 2,
        h[:, 0] * h[:, -1],
        state.B[0] * state.A[1, 0],
        state.B[1] * h[:, 0],
    ]
    return np.concatenate(parts)


def test_volatility_sweep_leaves_prior_times_likelihood_alone() -> None:
    """Geweke 2004: unknowns and data drawn in turn have the prior as their law if every block is right, else not."""
    rng, n, T, rounds = np.random.default_rng(1), 2, 5, 30_000
    prior = prior_of(n, 1 + n)
    state = from_prior(rng, prior, T)
    seen = []
    for turn in range(rounds):
        rows = simulate_rows(rng, state, T)
        assert volatility_sweep(5, turn, rows, prior, state) == OK
        seen.append(features(state))
    chain = np.array(seen)
    exact = np.array([features(from_prior(rng, prior, T)) for _ in range(30_000)])
    batches = chain.reshape(60, -1, chain.shape[1]).mean(axis=1)
    error = np.sqrt(batches.var(axis=0, ddof=1) / 60 + exact.var(axis=0) / len(exact))
    z = (chain.mean(axis=0) - exact.mean(axis=0)) / error
    assert np.abs(z).max() < 4.5, z.round(1)
    assert (error < 0.05 * exact.std(axis=0) + 0.02).all(), "the test would notice"


def test_coefficients_of_a_volatility_sweep_have_the_precision_of_all_equations() -> None:
    """The uncorrected algorithm takes that of its own equation alone, which Geweke's test is too blunt to see."""
    rng, n, T = np.random.default_rng(6), 3, 40
    prior = prior_of(n, 1 + n)
    state = from_prior(rng, prior, T)
    rows = simulate_rows(rng, state, T)
    B, weight, z = state.B.copy(), np.exp(-state.log_volatility), rng.normal(size=(n, 1 + n))
    R = np.ascontiguousarray(rows.YT - (rows.X @ B).T)
    assert _draw_coefficients(rows, prior, state, weight, R, state.A @ R, z.ravel()) == OK
    for j in range(n):
        others = rows.YT.T - rows.X @ B + np.outer(rows.X @ B[:, j], np.eye(n)[j])
        omega = np.einsum("ij,it,ik->tjk", state.A, weight, state.A)[:, j]
        P = (rows.X.T * omega[:, j]) @ rows.X + np.diag(1 / prior.V[:, j])
        right = rows.X.T @ (omega * others).sum(axis=1) + prior.b[:, j] / prior.V[:, j]
        B[:, j] = np.linalg.solve(P, right) + np.linalg.solve(np.linalg.cholesky(P).T, z[j])
    np.testing.assert_allclose(state.B, B, rtol=1e-9, atol=1e-9)


def test_volatility_sweep_with_three_variables_leaves_prior_times_likelihood_alone() -> None:
    rng, n, T = np.random.default_rng(2), 3, 3
    prior = prior_of(n, 1 + n)
    state = from_prior(rng, prior, T)
    seen = []
    for turn in range(15_000):
        rows = simulate_rows(rng, state, T)
        assert volatility_sweep(6, turn, rows, prior, state) == OK
        seen.append(features(state))
    chain = np.array(seen)
    exact = np.array([features(from_prior(rng, prior, T)) for _ in range(20_000)])
    batches = chain.reshape(50, -1, chain.shape[1]).mean(axis=1)
    z = (chain.mean(axis=0) - exact.mean(axis=0)) / np.sqrt(
        batches.var(axis=0, ddof=1) / 50 + exact.var(axis=0) / len(exact)
    )
    assert np.abs(z).max() < 4.5, z.round(1)


@pytest.mark.parametrize("seed", range(4))
def test_volatility_future_walks_on_and_meets_the_pins(seed: int) -> None:
    rng, n, h = np.random.default_rng(seed), 3, 4
    state = from_prior(rng, prior_of(n, 1 + n), 6)
    terms, past = np.ones((h, 1)), rng.normal(size=(1, n))
    pins = np.where(rng.uniform(size=(h, n)) < 0.3 * (seed > 0), 1.0, np.nan)
    out, z = np.empty((h, n)), np.empty(2 * h * n)
    assert volatility_future(3, seed, state, terms, past, pins, out) == OK
    fill_normals(3, seed, z)
    steps, e = z.reshape(2, h, n)
    levels = state.log_volatility[:, -1] + np.cumsum(np.sqrt(state.phi) * steps, axis=0)
    root = np.linalg.inv(state.A) * np.exp(0.5 * levels)[:, None, :]
    model = Model(state.B[1:], terms @ state.B[:1], past, root)
    y, (_, M) = follow(model, np.einsum("tij,tj->ti", root, e)).ravel(), stack(model)
    at = np.flatnonzero(~np.isnan(pins.ravel()))
    y += M @ (np.linalg.pinv(M[at]) @ (pins.ravel()[at] - y[at])) if len(at) else 0.0
    np.testing.assert_allclose(out.ravel(), y, rtol=1e-8, atol=1e-8)


def test_volatility_chain_is_sweep_after_sweep_on_any_number_of_threads() -> None:
    rng, n, T, h = np.random.default_rng(3), 2, 30, 3
    prior = prior_of(n, 1 + n)
    start = from_prior(rng, prior, T)
    rows = simulate_rows(rng, start, T)
    Y, terms, past, pins = (
        np.ascontiguousarray(rows.YT.T),
        np.ones((h, 1)),
        rng.normal(size=(1, n)),
        np.full((h, n), np.nan),
    )
    results = []
    for count in (1, 2):
        with threads(count):
            results.append(volatility_gibbs(9, 3, 4, 2, rows.X, Y, prior, start, terms, past, pins))
    (kept, paths, status), (again, paths_again, _) = results
    assert (status == OK).all()
    np.testing.assert_array_equal(paths, paths_again)
    for one, two in zip(kept, again, strict=True):
        np.testing.assert_array_equal(one, two)
    single = [np.zeros_like(part) for part in kept]
    volatility_chain(
        1,
        2,
        9,
        2,
        rows,
        prior,
        start,
        terms,
        past,
        pins,
        VolatilityState(*single),
        np.zeros_like(paths),
        np.zeros(3, dtype=np.int64),
    )
    state = VolatilityState(*(part.copy() for part in start))
    for turn in range(6):
        volatility_sweep(9, (1 << 31) + turn, rows, prior, state)
    for one, got, made in zip(state, kept, single, strict=True):
        np.testing.assert_array_equal(got[1, -1], one)
        np.testing.assert_array_equal(made[1], got[1])
