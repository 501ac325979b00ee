"""Edge cases, statuses and properties of the basic structural model's kernels."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.random import draw_normals
from forecast.kernels.status import NON_FINITE, NOT_CONVERGED, OK, OUT_OF_RANGE, SINGULAR, TOO_SHORT
from forecast.kernels.structural.draws import structural_draws
from forecast.kernels.structural.fit import structural_fit, structural_fits
from forecast.kernels.structural.gradient import structural_gradient
from forecast.kernels.structural.lanes import structural_lanes_loglik
from forecast.kernels.structural.reduced_form import structural_reduced_loglik
from forecast.kernels.structural.ring import structural_ring_loglik
from forecast.kernels.structural.smoother import structural_smooth

VARIANCES = np.array([0.5, 0.2, 0.01, 0.05])
FREE = np.ones(4, np.int64)


def walk(n: int, seed: int = 3) -> np.ndarray:
    z = draw_normals(seed, 2, n)
    return np.asarray(np.cumsum(z[0]) + np.resize([1.0, -0.5, 0.3, -0.8], n) + z[1])


def statuses(y: np.ndarray, period: int, slope: int, variances: np.ndarray) -> set[int]:
    """What every kernel says of the same question."""
    of = np.zeros(1, np.int64)
    answers = [
        structural_ring_loglik(y, period, slope, variances),
        structural_reduced_loglik(y, period, slope, variances),
        structural_gradient(y, period, slope, variances)[::2],
        structural_smooth(y, period, slope, variances),
        structural_draws(y, period, slope, variances, 1, 2),
    ]
    value, status = structural_lanes_loglik(y[None].copy(), of, period, slope, variances[None].copy())
    for answer in answers[:3]:
        assert np.isnan(answer[0]) == (answer[1] != OK)
    assert np.isnan(value[0]) == (status[0] != OK)
    return {answer[1] for answer in answers} | {int(status[0])}


def test_good_figures_are_ok() -> None:
    assert statuses(walk(24), 4, 1, VARIANCES) == {OK}


@pytest.mark.parametrize("bad", [np.inf, -np.inf])
def test_infinite_figures(bad: float) -> None:
    y = walk(24)
    y[10] = bad
    assert statuses(y, 4, 1, VARIANCES) == {NON_FINITE}
    assert structural_fit(y, 4, 1, FREE).counts[0] == NON_FINITE


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_infinite_variances(bad: float) -> None:
    assert statuses(walk(24), 4, 1, np.array([1.0, bad, 1.0, 1.0])) == {NON_FINITE}


@pytest.mark.parametrize(("period", "slope"), [(0, 1), (-3, 1), (4, 2), (4, -1), (1 << 40, 1)])
def test_sizes_out_of_range(period: int, slope: int) -> None:
    assert statuses(walk(24), period, slope, VARIANCES) == {OUT_OF_RANGE}
    assert structural_fit(walk(24), period, slope, FREE).counts[0] == OUT_OF_RANGE


def test_negative_variances_and_wrong_counts() -> None:
    assert statuses(walk(24), 4, 1, np.array([1.0, -1e-9, 1.0, 1.0])) == {OUT_OF_RANGE}
    assert statuses(walk(24), 4, 1, np.ones(3)) == {OUT_OF_RANGE}
    assert structural_fit(walk(24), 4, 1, np.ones(3, np.int64)).counts[0] == OUT_OF_RANGE
    assert structural_fit(walk(24), 4, 1, np.array([1, 1, 2, 1])).counts[0] == OUT_OF_RANGE
    assert structural_fit(walk(24), 4, 1, np.zeros(4, np.int64)).counts[0] == OUT_OF_RANGE


def test_no_variance_at_all() -> None:
    assert statuses(walk(24), 4, 1, np.zeros(4)) == {SINGULAR}
    assert statuses(walk(24), 4, 0, np.array([0.0, 0.0, 1.0, 0.0])) == {SINGULAR}


@pytest.mark.parametrize("n", [0, 1, 4, 5])
def test_too_short(n: int) -> None:
    assert statuses(walk(24)[:n].copy(), 4, 1, VARIANCES) == {TOO_SHORT}
    assert structural_fit(walk(24)[:n].copy(), 4, 1, FREE).counts[0] == TOO_SHORT


def test_shortest_that_says_something() -> None:
    assert statuses(walk(6), 4, 1, VARIANCES) == {OK}


def test_all_gaps_and_a_season_never_seen() -> None:
    assert statuses(np.full(24, np.nan), 4, 1, VARIANCES) == {TOO_SHORT}
    y = walk(24)
    y[2::4] = np.nan
    assert statuses(y, 4, 1, VARIANCES) == {TOO_SHORT}
    assert structural_fit(y, 4, 1, FREE).counts[0] == TOO_SHORT


def test_tiny_and_huge_variances_stay_finite() -> None:
    for scale in (1e-12, 1e12):
        y = np.sqrt(scale) * walk(24)
        assert statuses(y, 4, 1, scale * VARIANCES) == {OK}


@pytest.mark.parametrize("gap", [False, True])
def test_scale_and_shift(gap: bool) -> None:
    """A factor c on figures and c^2 on variances adds (d - N) log c; any trend and season added adds nothing."""
    y = walk(28)
    if gap:
        y[[2, 9]] = np.nan
    figures = int(np.isfinite(y).sum())
    value, _ = structural_ring_loglik(y, 4, 1, VARIANCES)
    scaled, _ = structural_ring_loglik(7.0 * y, 4, 1, 49.0 * VARIANCES)
    assert scaled == pytest.approx(value + (5 - figures) * np.log(7.0), abs=1e-9)
    shifted = y + 100.0 + 3.0 * np.arange(28) + np.resize([4.0, -2.0, -3.0, 1.0], 28)
    assert structural_ring_loglik(shifted, 4, 1, VARIANCES)[0] == pytest.approx(value, abs=1e-8)
    fit, other = structural_fit(y, 4, 1, FREE), structural_fit(1e3 * y, 4, 1, FREE)
    np.testing.assert_allclose(other.variances, 1e6 * fit.variances, rtol=1e-2, atol=1e3 * fit.variances.max())


def test_gaps_at_the_ends_say_nothing() -> None:
    y = walk(26)
    framed = np.concatenate([np.full(5, np.nan), y, np.full(3, np.nan)])
    for name in (structural_ring_loglik, structural_reduced_loglik):
        assert name(framed, 4, 1, VARIANCES)[0] == pytest.approx(name(y, 4, 1, VARIANCES)[0], abs=1e-10)
    np.testing.assert_allclose(
        structural_gradient(framed, 4, 1, VARIANCES)[1], structural_gradient(y, 4, 1, VARIANCES)[1], atol=1e-9
    )


def test_components_add_up_to_the_figures() -> None:
    y = walk(30)
    y[[0, 7, 8]] = np.nan
    smoothed, _ = structural_smooth(y, 4, 1, VARIANCES)
    total = smoothed.mean[:, 0] + smoothed.mean[:, 2] + smoothed.mean[:, 3]
    given = np.isfinite(y)
    np.testing.assert_allclose(total[given], y[given], atol=1e-10)
    assert (smoothed.mean[~given, 3] == 0.0).all()
    assert (smoothed.variance[:, :3] > 0.0).all()


@pytest.mark.parametrize("gap", [False, True])
def test_figures_that_need_no_shock_are_singular_for_a_fit(gap: bool) -> None:
    straight = 0.1 * np.arange(30) + np.resize([0.7, -0.2, 0.1, 1e3], 30)
    for y in (np.zeros(30), np.full(30, 2.0), straight):
        y[11] = np.nan if gap else y[11]
        assert structural_fit(y, 4, 1, FREE).counts[0] == SINGULAR


def test_variances_not_free_are_zero_and_cost_likelihood() -> None:
    y = walk(40)
    best = structural_fit(y, 4, 1, FREE)
    assert best.counts[0] == OK
    for p in range(4):
        free = FREE.copy()
        free[p] = 0
        fit = structural_fit(y, 4, 1, free)
        assert fit.counts[0] in (OK, NOT_CONVERGED)
        assert fit.variances[p] == 0.0
        assert fit.sums[0] <= best.sums[0] + 1e-7


def test_a_variance_that_piles_up_is_exactly_zero() -> None:
    """White noise about a line and a fixed season needs the irregular alone."""
    y = draw_normals(9, 1, 48)[0] + 0.1 * np.arange(48) + np.resize([1.0, 0.0, -2.0, 1.0], 48)
    fit = structural_fit(y, 4, 1, FREE)
    assert fit.counts[0] == OK
    assert (fit.variances == 0.0).sum() >= 2
    assert fit.variances[0] == pytest.approx(draw_normals(9, 1, 48)[0].var(), rel=0.3)


def test_draws_pin_figures_and_append() -> None:
    y = np.concatenate([walk(24), [np.nan, np.nan, 9.0, np.nan]])
    few, _ = structural_draws(y, 4, 1, VARIANCES, 5, 3)
    more, _ = structural_draws(y, 4, 1, VARIANCES, 5, 18)
    np.testing.assert_array_equal(few, more[:3])
    assert (more[:, 26, 3] == 9.0).all()
    np.testing.assert_allclose(more[:, 1:, 2].std(axis=0) > 0.0, True)
    other, _ = structural_draws(y, 4, 1, VARIANCES, 6, 3)
    assert not np.array_equal(few, other)
    shorter, _ = structural_draws(y[:24].copy(), 4, 1, VARIANCES, 5, 3)
    assert shorter.shape == (3, 24, 4)


def test_free_forecasts_go_on_from_the_shorter_draw() -> None:
    """Months appended free leave the draws of the sample as they were, to rounding."""
    y = walk(24)
    longer = np.append(y, np.full(6, np.nan))
    first, _ = structural_draws(y, 4, 1, VARIANCES, 5, 2)
    second, _ = structural_draws(longer, 4, 1, VARIANCES, 5, 2)
    np.testing.assert_allclose(first, second[:, :24], atol=1e-10)


def test_numbers_of_draws() -> None:
    for draws in (0, 1, 16, 17):
        drawn, status = structural_draws(walk(20), 4, 0, VARIANCES, 5, draws)
        assert status == OK
        assert drawn.shape == (draws, 20, 4)
        assert np.isfinite(drawn).all()
        assert (drawn[:, :, 1] == 0.0).all()
    assert structural_draws(walk(20), 4, 0, VARIANCES, 5, -1)[1] == OUT_OF_RANGE


def test_same_bits_on_one_and_two_threads() -> None:
    Y = np.array([walk(20, seed) for seed in range(17)])
    of = np.arange(17)
    variances = np.abs(draw_normals(4, 17, 4)) + 0.1
    answers = []
    for count in (1, 2):
        with threads(count):
            answers.append(
                (
                    structural_lanes_loglik(Y, of, 4, 1, variances)[0],
                    structural_draws(Y[0].copy(), 4, 1, VARIANCES, 5, 33)[0],
                    structural_fits(Y[:3].copy(), 2, 0, FREE)[0],
                )
            )
    for first, second in zip(*answers, strict=True):
        np.testing.assert_array_equal(first, second)
