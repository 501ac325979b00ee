"""Theta models against their definitions written out."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.random import draw_normals
from forecast.kernels.status import OK
from forecast.kernels.theta.ahead import forecast_thetas, theta_path, theta_paths
from forecast.kernels.theta.fit import AUTO, DSTM, OTM, ThetaRules, check_theta, fit_theta, search_theta
from forecast.kernels.theta.recursion import (
    LANES,
    best_weights,
    learn_line,
    theta_lines,
    theta_residuals,
    theta_sums,
    theta_walk,
)
from forecast.kernels.theta.season import ADDITIVE, MULTIPLICATIVE, NO_SEASON, is_seasonal, season_indices
from tests.twins.theta import naive

SERIES = [(seed, gaps) for seed in range(4) for gaps in (False, True)]


def drawn(seed: int, gaps: bool, n: int = 24) -> np.ndarray:
    rng = np.random.default_rng(seed)
    y = 10.0 + rng.normal() * np.arange(n) + rng.normal(size=n).cumsum() + rng.normal(size=n)
    if gaps:
        y[rng.choice(np.arange(1, n - 1), 5, replace=False)] = np.nan
    return y


@pytest.mark.parametrize(("seed", "gaps"), SERIES)
@pytest.mark.parametrize("dynamic", [False, True])
def test_theta_lines_and_learn_line_equal_least_squares(seed: int, gaps: bool, dynamic: bool) -> None:
    y = drawn(seed, gaps)
    lines, moments, known = np.empty((len(y), 2)), np.empty(5), np.zeros(5)
    theta_lines(y, dynamic, lines, moments)
    for t in range(len(y)):
        np.testing.assert_allclose(lines[t], naive.line(y[:t] if dynamic else y), rtol=1e-10, atol=1e-10)
        learn_line(t + 1.0, y[t], known)
    there = ~np.isnan(y)
    t, x = np.arange(1.0, len(y) + 1)[there], y[there]
    expected = [len(x), t.mean(), x.mean(), ((t - t.mean()) ** 2).sum(), ((t - t.mean()) * (x - x.mean())).sum()]
    np.testing.assert_allclose(moments, expected, rtol=1e-11)
    np.testing.assert_array_equal(moments, known)


@pytest.mark.parametrize(("seed", "gaps"), SERIES)
@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize(("alpha", "w"), [(0.1, 0.5), (0.4, 0.9), (0.99, 0.0)])
def test_theta_residuals_and_theta_walk_equal_the_definition(
    seed: int, gaps: bool, dynamic: bool, alpha: float, w: float
) -> None:
    y = drawn(seed, gaps)
    n = len(y)
    lines, moments, e, state = np.empty((n, 2)), np.empty(5), np.empty(n), np.empty(3)
    theta_lines(y, dynamic, lines, moments)
    theta_residuals(y, lines, alpha, w, 7.0, e, state)
    np.testing.assert_allclose(e, naive.errors(y, alpha, w, 7.0, dynamic), rtol=1e-9, atol=1e-10)
    shocks, out = np.random.default_rng(seed).normal(size=9), np.empty(9)
    theta_walk(n + 1.0, state, moments, lines[-1].copy(), dynamic, alpha, w, shocks, out)
    np.testing.assert_allclose(out, naive.onward(y, shocks, alpha, w, 7.0, dynamic), rtol=1e-9)


@pytest.mark.parametrize(("seed", "gaps"), SERIES)
@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("skipped", [0, 3])
def test_theta_sums_and_best_weights_equal_dense_least_squares(
    seed: int, gaps: bool, dynamic: bool, skipped: int
) -> None:
    y = drawn(seed, gaps)
    lines, moments, work, weights = np.empty((len(y), 2)), np.empty(5), np.empty(10 * LANES), np.empty(2)
    theta_lines(y, dynamic, lines, moments)
    alphas = np.linspace(0.05, 0.9, LANES)
    theta_sums(y, lines, alphas, skipped, work)
    for j in range(0, LANES, 3):
        base, level, w = (
            naive.errors(y, alphas[j], *at, dynamic) for at in ((0.0, y[0]), (0.0, y[0] + 1), (1.0, y[0]))
        )
        r, p, d = (naive.counted(x, skipped) for x in (base, base - level, base - w))
        sums = [r @ r, r @ p, r @ d, p @ p, p @ d, d @ d]
        np.testing.assert_allclose(work.reshape(10, LANES)[:6, j], sums, rtol=1e-9, atol=1e-9)
        for free in (False, True):
            sse, at = naive.least_squares(y, alphas[j], free, dynamic, skipped)
            assert best_weights(work, j, free, weights) == pytest.approx(sse, rel=1e-7, abs=1e-9)
            if alphas[j] < 0.6:
                np.testing.assert_allclose([weights[0] + y[0], weights[1]], at, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("seed", "gaps"), SERIES)
@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("free", [False, True])
def test_search_theta_is_no_worse_than_a_fine_grid(seed: int, gaps: bool, dynamic: bool, free: bool) -> None:
    y = drawn(seed, gaps, 16)
    lines, moments, out = np.empty((len(y), 2)), np.empty(5), np.empty(3)
    theta_lines(y, dynamic, lines, moments)
    least = search_theta(y, lines, free, 3, 0.1, 0.99, out)
    grid = min(naive.least_squares(y, alpha, free, dynamic, 3)[0] for alpha in np.linspace(0.1, 0.99, 90))
    assert least <= grid * (1 + 1e-9)
    e = naive.counted(naive.errors(y, out[0], out[2], out[1], dynamic), 3)
    assert least == pytest.approx(e @ e, rel=1e-6, abs=1e-9)
    assert 0.1 <= out[0] <= 0.99


@pytest.mark.parametrize("m", [2, 3, 4, 7, 12])
@pytest.mark.parametrize("seed", range(4))
def test_season_indices_and_is_seasonal_equal_moving_averages_written_out(m: int, seed: int) -> None:
    rng = np.random.default_rng([m, seed])
    n = 5 * m + seed
    y = 20.0 + 0.1 * np.arange(n) + (2.0 * seed) * np.tile(rng.normal(size=m), 8)[:n] / 3 + rng.normal(size=n)
    if seed == 3:
        y[n // 2] = np.nan
    r = naive.autocorrelations(y, m)
    seen = (~np.isnan(y)).sum()
    seasonal = abs(r[-1]) > 1.6448536269514722 * np.sqrt((1 + 2 * (r[:-1] ** 2).sum()) / seen)
    assert is_seasonal(y, m) == seasonal
    for kind in (ADDITIVE, MULTIPLICATIVE):
        index = np.empty(m)
        found = season_indices(y, m, kind, index)
        if seasonal:
            assert found == kind
            np.testing.assert_allclose(index, naive.indices(y, m, kind == MULTIPLICATIVE), rtol=1e-10, atol=1e-12)
        else:
            assert found == NO_SEASON
            assert (index == (1.0 if kind == MULTIPLICATIVE else 0.0)).all()


@pytest.mark.parametrize(("seed", "gaps"), SERIES)
@pytest.mark.parametrize("kind", [ADDITIVE, MULTIPLICATIVE])
def test_fit_theta_theta_path_and_theta_paths_equal_the_steps_by_hand(seed: int, gaps: bool, kind: int) -> None:
    y = drawn(seed, gaps, 40) + 60.0 + 9.0 * np.tile([3.0, -1.0, 0.0, -2.0], 10)
    if gaps:
        y[[0, 1, -1]] = np.nan
    fit = fit_theta(y, ThetaRules(AUTO, 4, kind, 3, 0.1, 0.99))
    assert fit.status == OK
    assert fit.kind == kind
    season = np.tile(fit.indices, 12)
    index = np.empty(4)
    assert season_indices(y, 4, kind, index) == kind
    np.testing.assert_allclose(fit.indices, index, rtol=1e-10)
    there = np.flatnonzero(~np.isnan(y))
    assert (fit.first, fit.last) == (there[0], there[-1] + 1)
    x = (y / season[:40] if kind == MULTIPLICATIVE else y - season[:40])[fit.first : fit.last]
    dynamic, w = fit.model >= DSTM, 1 - 1 / fit.theta
    e = naive.errors(x, fit.alpha, w, fit.level, dynamic)
    kept = naive.counted(e, 3)
    np.testing.assert_allclose(naive.counted(fit.e, 0), kept, rtol=1e-6, atol=1e-8)
    assert fit.mse == pytest.approx((kept**2).mean(), rel=1e-8)
    assert fit.mse == pytest.approx(fit.by_model.min(), rel=1e-6)
    assert fit.sigma2 == pytest.approx(kept @ kept / (len(kept) - (3 if fit.model % 2 else 2)), rel=1e-8)
    gap = 40 - fit.last
    shocks = draw_normals(11, 2, 8 + gap) * np.sqrt(fit.sigma2)
    ahead = [naive.onward(x, s, fit.alpha, w, fit.level, dynamic)[gap:] for s in (np.zeros(8 + gap), *shocks)]
    ahead = np.array([a * season[:8] if kind == MULTIPLICATIVE else a + season[:8] for a in ahead])
    out = np.empty(8)
    theta_path(fit, 40, np.zeros(8 + gap), np.empty(8 + gap), out)
    np.testing.assert_allclose(out, ahead[0], rtol=1e-8)
    np.testing.assert_allclose(theta_paths(fit, 40, 8, 2, 11), ahead[1:], rtol=1e-8)


@pytest.mark.parametrize("model", range(5))
def test_forecast_thetas_equals_one_series_after_another(model: int) -> None:
    series = [drawn(seed, gaps, 15 + seed) for seed, gaps in SERIES]
    series[2] = series[2][:4]
    rules = ThetaRules(model, 1, NO_SEASON, 2, 0.1, 0.99)
    batch = forecast_thetas(np.concatenate(series), np.cumsum([len(y) for y in series]), rules, 6)
    for i, y in enumerate(series):
        fit = fit_theta(y, rules)
        assert batch.statuses[i] == fit.status == check_theta(y, rules)
        if fit.status != OK:
            assert np.isnan(batch.forecasts[i]).all()
            continue
        assert batch.models[i] == fit.model
        np.testing.assert_array_equal(batch.figures[i, :5], [fit.alpha, fit.theta, fit.level, fit.mse, fit.sigma2])
        length = 6 + len(y) - fit.last
        out = np.empty(6)
        theta_path(fit, len(y), np.zeros(length), np.empty(length), out)
        np.testing.assert_array_equal(batch.forecasts[i], out)


def test_check_theta_names_what_fit_theta_refuses() -> None:
    y = drawn(0, False)
    rules = ThetaRules(OTM, 12, ADDITIVE, 3, 0.1, 0.99)
    assert check_theta(y, rules) == OK
    for broken in (
        rules._replace(model=5),
        rules._replace(model=-1),
        rules._replace(kind=3),
        rules._replace(season=0),
        rules._replace(skipped=-1),
        rules._replace(low=0.0),
        rules._replace(high=1.0),
        rules._replace(low=0.9, high=0.2),
        rules._replace(low=np.nan),
        rules._replace(skipped=21),
    ):
        assert check_theta(y, broken) == fit_theta(y, broken).status != OK
