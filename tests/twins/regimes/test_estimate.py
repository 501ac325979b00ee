"""The search over switching autoregressions against the likelihood of all sequences listed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from forecast.kernels.random import draw_uniforms, fill_normals
from forecast.kernels.regimes.estimate import (
    RegimeShape,
    climb_regimes,
    count_unknowns,
    regime_gradient,
    switching_from,
)
from forecast.kernels.regimes.hamilton import INTERCEPT, MEAN
from forecast.kernels.regimes.score import regime_score
from forecast.kernels.regimes.simulate import simulate_regimes
from forecast.kernels.status import OK
from tests.twins.regimes import naive

SHAPES = [
    RegimeShape(k, p, form, own_variance, own_ar)
    for k, p in ((1, 1), (2, 0), (2, 1), (2, 2), (3, 1))
    for form in (MEAN, INTERCEPT)
    for own_variance in (False, True)
    for own_ar in (False, True)
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_regime_gradient_and_switching_from_equal_complex_steps(shape: RegimeShape) -> None:
    rng = np.random.default_rng(7)
    y = 2.0 * rng.normal(size=5)
    x = rng.normal(size=count_unknowns(shape))
    g = np.empty_like(x)
    model = switching_from(x, shape, 0.05)
    score = regime_score(y, model)
    regime_gradient(model, score, shape, 0.05, g)
    assert -score.loglik == pytest.approx(-naive.loglik(y, naive.softmax_model(x, shape, 0.05)), rel=1e-11)
    expected = [
        naive.slope(lambda v: -naive.loglik(y, naive.softmax_model(v, shape, 0.05)), x, i) for i in range(len(x))
    ]
    np.testing.assert_allclose(g, expected, rtol=1e-9, atol=1e-10)
    for found, listed in zip(switching_from(x, shape, 0.05), naive.softmax_model(x, shape, 0.05), strict=True):
        np.testing.assert_allclose(found, listed, rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_count_unknowns_is_what_the_parts_add_up_to(shape: RegimeShape) -> None:
    model = switching_from(np.zeros(99), shape, 0.0)
    own = (len(model.sigma2) if shape.own_variance else 1) + model.phi.size // (1 if shape.own_ar else shape.regimes)
    assert count_unknowns(shape) == model.P.size - shape.regimes + len(model.mu) + own


@pytest.mark.parametrize("seed", range(3))
def test_climb_regimes_ends_where_scipy_does_on_the_listed_likelihood(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = RegimeShape(2, 1, MEAN, False, False)
    y = np.concatenate([rng.normal(-2, 0.7, 4), rng.normal(2, 0.7, 3)])
    x0 = np.array([-1.0, -1.0, -1.5, 1.5, -0.5, 0.1])
    floor = 0.05
    climb = climb_regimes(y, x0, shape, floor)

    def minus(x):
        return -naive.loglik(y, naive.softmax_model(x, shape, floor))

    assert climb.value == pytest.approx(minus(climb.x), rel=1e-11)
    gradient = np.array([naive.slope(minus, climb.x, i) for i in range(6)])
    np.testing.assert_allclose(climb.g, gradient, rtol=1e-8, atol=1e-9)
    assert climb.status == OK
    jacobian = lambda x: np.array([naive.slope(minus, x, i) for i in range(6)])  # noqa: E731
    theirs = optimize.minimize(minus, x0, jac=jacobian, method="BFGS", options={"gtol": 1e-6, "maxiter": 60})
    assert climb.value <= theirs.fun + 1e-4


@pytest.mark.parametrize(
    ("k", "p", "form"), [(1, 1, MEAN), (2, 0, MEAN), (2, 2, MEAN), (2, 2, INTERCEPT), (3, 1, MEAN)]
)
def test_simulate_regimes_equals_a_plain_walk_on_the_same_numbers(k: int, p: int, form: int) -> None:
    rng = np.random.default_rng([k, p, form])
    y, model = rng.normal(size=6), naive.random_model(rng, k, p, form)
    horizon, paths, key = 7, 40, 99
    found = simulate_regimes(y, model, horizon, paths, key)
    listed, logs, q = naive.sequences(y, model)
    recent = [tuple(s[::-1][:q]) for s in listed]
    histories = sorted(set(recent))
    weights = np.exp(logs - naive.loglik(y, model))
    law = np.cumsum([sum(w for w, r in zip(weights, recent, strict=True) if r == h) for h in histories])
    uniforms = draw_uniforms(key, 2 * paths, horizon + 1)[::2]
    for i in range(paths):
        shocks = np.empty(horizon)
        fill_normals(key, 2 * i + 1, shocks)
        s = list(histories[int((law <= uniforms[i, 0] * law[-1]).sum())])
        values = list(y[::-1])
        for t in range(horizon):
            s.insert(0, int((np.cumsum(model.P[0, s[0]])[:-1] <= uniforms[i, t + 1]).sum()))
            means = model.mu[s[1 : p + 1]] if form == MEAN else np.zeros(p)
            x = model.mu[s[0]] + model.phi[s[0]] @ (np.array(values[:p]) - means)
            values.insert(0, x + np.sqrt(model.sigma2[s[0]]) * shocks[t])
        np.testing.assert_allclose(found.values[i], values[:horizon][::-1], rtol=1e-9, atol=1e-10)
        assert list(found.regimes[i]) == s[:horizon][::-1]
