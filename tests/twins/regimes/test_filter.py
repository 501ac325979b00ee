"""Filter, smoother and score of a switching autoregression against every sequence of regimes listed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecast.kernels.regimes.chain import ergodic_law, ergodic_pull
from forecast.kernels.regimes.hamilton import (
    INTERCEPT,
    MEAN,
    check_figures,
    check_switching,
    fill_moves,
    fill_pairs,
    fill_scales,
    hamilton_filter,
    history_length,
    log_prob,
    log_start,
    regime_offsets,
)
from forecast.kernels.regimes.kim import kim_smoother, kim_step
from forecast.kernels.regimes.scaled import scaled_back, scaled_forward
from forecast.kernels.regimes.score import regime_score
from forecast.kernels.status import OK
from tests.twins.regimes import naive

CASES = [
    (k, p, form, months, initial, seed)
    for k, p, n in ((1, 2, 6), (2, 0, 6), (2, 1, 6), (2, 2, 7), (2, 4, 9), (3, 0, 4), (3, 1, 5), (3, 2, 5), (4, 1, 4))
    for form in (MEAN, INTERCEPT)
    for months, initial in ((1, False), (1, True), (n, False), (n, True))
    for seed in range(2)
]


def drawn(k: int, p: int, form: int, months: int, initial: bool, seed: int):
    rng = np.random.default_rng([k, p, form, months, seed])
    n = {(1, 2): 6, (2, 0): 6, (2, 1): 6, (2, 2): 7, (2, 4): 9, (3, 0): 4, (3, 1): 5, (3, 2): 5, (4, 1): 4}[k, p]
    y = rng.normal(size=n) * (1.0 if seed else 4.0)
    if p == 0:
        y[2] = np.nan
    return y, naive.random_model(rng, k, p, form, months, initial)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hamilton_filter_equals_the_sum_over_all_sequences(case: tuple) -> None:
    y, model = drawn(*case)
    p = model.phi.shape[1]
    known = hamilton_filter(y, model)
    assert known.status == OK
    assert check_switching(len(y), model) == OK
    assert known.loglik == pytest.approx(naive.loglik(y, model), rel=1e-11)
    for i, t in enumerate(range(p, len(y))):
        if len(model.P) == 1:
            np.testing.assert_allclose(known.filtered[i], naive.smoothed(y[: t + 1], model)[-1], rtol=1e-9, atol=1e-13)
    before = model.P[p if len(model.P) > 1 else 0]
    law = np.bincount(
        np.repeat(np.arange(len(model.mu)), known.log_history.shape[1] // len(model.mu)), np.exp(known.log_history[0])
    )
    np.testing.assert_allclose(known.predicted[0], law @ before, rtol=1e-11)
    assert known.contributions.sum() == pytest.approx(known.loglik, rel=1e-12)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_kim_smoother_and_kim_step_equal_the_sum_over_all_sequences(case: tuple) -> None:
    y, model = drawn(*case)
    known = hamilton_filter(y, model)
    found = kim_smoother(known)
    np.testing.assert_allclose(found.smoothed, naive.smoothed(y, model), rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(found.joint.sum(axis=(1, 2)), 1.0, rtol=1e-11)
    np.testing.assert_allclose(found.smoothed[-1], known.filtered[-1], rtol=1e-11)
    k, H = found.joint.shape[1:]
    joint, behind = np.empty((k, H)), np.empty(H)
    kim_step(known.log_history[-2], known.log_pairs[-1], known.contributions[-1], np.zeros(H), joint, behind)
    weights = np.exp(known.log_history[-2] + known.log_pairs[-1] - known.contributions[-1])
    np.testing.assert_allclose(joint, weights, rtol=1e-10, atol=1e-300)
    np.testing.assert_allclose(
        np.exp(behind), np.exp(known.log_pairs[-1] - known.contributions[-1]).sum(axis=0), rtol=1e-10
    )


@pytest.mark.parametrize("case", [c for c in CASES if c[3] == 1], ids=str)
def test_regime_score_equals_complex_steps_through_all_sequences(case: tuple) -> None:
    y, model = drawn(*case)
    score = regime_score(y, model)
    assert score.loglik == pytest.approx(naive.loglik(y, model), rel=1e-11)
    k, p = model.phi.shape

    def at(x):
        P, rest = x[: k * k].reshape(k, k), x[k * k :]
        P = np.exp(P) / np.exp(P).sum(axis=1, keepdims=True)
        moved = model._replace(
            P=P.reshape(1, k, k), mu=rest[:k], sigma2=np.exp(rest[k : 2 * k]), phi=rest[2 * k :].reshape(k, p)
        )
        return naive.loglik(y, moved)

    if (model.P == 0.0).any():
        model = model._replace(P=np.maximum(model.P, 1e-3) / np.maximum(model.P, 1e-3).sum(axis=2, keepdims=True))
        score = regime_score(y, model)
    x = np.concatenate([np.log(model.P[0]).ravel(), model.mu, np.log(model.sigma2), model.phi.ravel()])
    odds = score.d_log_P - model.P[0] * score.d_log_P.sum(axis=1, keepdims=True)
    found = np.concatenate([odds.ravel(), score.d_mu, score.d_log_sigma2, score.d_phi.ravel()])
    expected = [naive.slope(at, x, i) for i in range(len(x))]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("k", [1, 2, 3, 6])
@pytest.mark.parametrize("seed", range(5))
def test_ergodic_law_and_ergodic_pull_equal_dense_solves(k: int, seed: int) -> None:
    rng = np.random.default_rng([k, seed])
    P = rng.dirichlet(np.full(k, 0.3), k) * (1 - 1e-6) + 1e-6 / k
    law, v, u = np.empty(k), np.empty(k), rng.normal(size=k)
    assert ergodic_law(P, law) == OK
    np.testing.assert_allclose(law, naive.ergodic(P), rtol=1e-8)
    assert ergodic_pull(P, law, u, v) == OK
    np.testing.assert_allclose(v, np.linalg.inv(np.eye(k) - P + law) @ u, rtol=1e-7, atol=1e-8)
    if k > 1:
        d = rng.normal(size=(k, k))
        d -= d.mean(axis=1, keepdims=True)
        moved = (u @ naive.ergodic(P + 1e-30j * d)).imag / 1e-30
        assert law @ d @ v == pytest.approx(moved, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("k", "p"), [(1, 3), (2, 0), (2, 3), (3, 2)])
@pytest.mark.parametrize("form", [MEAN, INTERCEPT])
def test_regime_offsets_log_start_and_history_length_by_digits(k: int, p: int, form: int) -> None:
    model = naive.random_model(np.random.default_rng(k + p), k, p, form)
    q = history_length(model)
    assert q == (max(p, 1) if form == MEAN else 1)
    law, start = np.empty(k), np.empty(k**q)
    assert log_start(model, law, start) == OK
    np.testing.assert_allclose(law, naive.ergodic(model.P[0]), rtol=1e-11)
    offsets = regime_offsets(model)
    for h in range(k**q):
        digits = [h // k ** (q - 1 - i) % k for i in range(q)]
        expected = np.log(law[digits[-1]]) + sum(np.log(model.P[0, digits[i + 1], digits[i]]) for i in range(q - 1))
        assert start[h] == pytest.approx(expected, rel=1e-12)
        lagged = model.phi @ model.mu[digits[:p]] if form == MEAN and p else 0.0
        np.testing.assert_allclose(offsets[:, h], lagged - model.mu, rtol=1e-12, atol=1e-14)


def test_check_switching_agrees_with_what_hamilton_filter_does() -> None:
    model = naive.random_model(np.random.default_rng(0), 2, 1, MEAN)
    for change in (
        {"sigma2": np.array([1.0, 0.0])},
        {"sigma2": np.array([1.0, np.nan])},
        {"mu": np.array([np.inf, 0.0])},
        {"P": np.array([[[0.5, 0.6], [0.5, 0.5]]])},
        {"P": np.array([[[-0.5, 1.5], [0.5, 0.5]]])},
        {"P": np.full((3, 2, 2), 0.5)},
        {"form": 7},
        {"phi": np.full((2, 30), 0.1)},
        {"phi": np.full((3, 1), 0.1)},
        {"initial": np.full(3, 1 / 3)},
    ):
        broken = model._replace(**change)
        assert check_switching(8, broken) != OK
        assert hamilton_filter(np.zeros(8), broken).status == check_switching(8, broken)


def test_log_prob_is_the_logarithm_with_zero_allowed() -> None:
    assert log_prob(0.0) == -math.inf
    for x in (1e-320, 0.3, 1.0):
        assert log_prob(x) == math.log(x)


@pytest.mark.parametrize("case", [c for c in CASES if c[3] == 1], ids=str)
def test_scaled_forward_and_scaled_back_equal_the_pass_in_logarithms(case: tuple) -> None:
    y, model = drawn(*case)
    k, p = model.phi.shape
    known = hamilton_filter(y, model)
    m, H = len(y) - p, known.log_history.shape[1]
    laws, weights, sums = np.empty((m + 1, H)), np.empty((m, k, H)), np.empty(m)
    loglik = scaled_forward(y, model, known.log_history[0], laws, weights, sums)
    if np.isnan(loglik):
        assert (model.P == 0.0).any()
        return
    assert loglik == pytest.approx(naive.loglik(y, model), rel=1e-11)
    np.testing.assert_allclose(laws, np.exp(known.log_history), rtol=1e-9)
    smoothed, ahead, behind, joint = naive.smoothed(y, model), np.ones(H), np.empty(H), np.empty((k, H))
    for i in range(m - 1, -1, -1):
        scaled_back(laws[i], weights[i], sums[i], ahead, joint, behind)
        np.testing.assert_allclose(joint.sum(axis=1), smoothed[i], rtol=1e-9, atol=1e-13)
        ahead[:] = behind
    np.testing.assert_allclose(ahead * laws[0], kim_smoother(known).first, rtol=1e-9)


@pytest.mark.parametrize("form", [MEAN, INTERCEPT])
@pytest.mark.parametrize("far", [30.0, 1e4])
def test_regime_score_and_scaled_forward_where_logarithms_are_needed(form: int, far: float) -> None:
    rng = np.random.default_rng(4)
    model = naive.random_model(rng, 2, 1, form)
    y = rng.normal(size=6)
    y[3] = far
    known = hamilton_filter(y, model)
    m, H = 5, known.log_history.shape[1]
    plain = scaled_forward(y, model, known.log_history[0], np.empty((m + 1, H)), np.empty((m, 2, H)), np.empty(m))
    assert np.isnan(plain) == (known.log_history.min() < np.log(1e-250))
    score = regime_score(y, model)
    assert score.loglik == pytest.approx(naive.loglik(y, model), rel=1e-11)
    slopes = [naive.slope(lambda mu: naive.loglik(y, model._replace(mu=mu)), model.mu, i) for i in range(2)]
    # Logarithms of size far^2 carry rounding of far^2 1e-16 into the probabilities, on both sides.
    np.testing.assert_allclose(score.d_mu, slopes, rtol=1e-9 + 1e-15 * far**2)


def test_fill_moves_fill_scales_and_fill_pairs_are_logarithms_of_moves_and_densities() -> None:
    rng = np.random.default_rng(2)
    model = naive.random_model(rng, 3, 2, MEAN, initial=True)
    y, moves, pairs = rng.normal(size=5), np.empty((3, 9)), np.empty((3, 9))
    fill_moves(model.P[0], moves)
    scales = np.empty((3, 2))
    fill_scales(model.sigma2, scales)
    np.testing.assert_allclose(scales[:, 0], np.log(1 / np.sqrt(2 * np.pi * model.sigma2)), rtol=1e-12)
    np.testing.assert_allclose(scales[:, 1], 1 / (2 * model.sigma2), rtol=1e-15)
    fill_pairs(y, 3, model.phi, regime_offsets(model), moves, scales, pairs)
    for s in range(3):
        for h in range(9):
            first, second = h // 3, h % 3
            assert moves[s, h] == naive.log(model.P[0, first, s])
            mean = model.mu[s] + model.phi[s] @ (y[[2, 1]] - model.mu[[first, second]])
            density = -0.5 * np.log(2 * np.pi * model.sigma2[s]) - 0.5 * (y[3] - mean) ** 2 / model.sigma2[s]
            assert pairs[s, h] == pytest.approx(moves[s, h] + density, rel=1e-12)


def test_check_figures_names_what_hamilton_filter_refuses() -> None:
    for p in (0, 1):
        model = naive.random_model(np.random.default_rng(1), 2, p, MEAN)
        for y in ([1.0, 2.0, 3.0], [1.0, np.nan, 3.0], [np.nan] * 3, [1.0, np.inf, 0.0], []):
            assert check_figures(np.array(y), model) == hamilton_filter(np.array(y), model).status
