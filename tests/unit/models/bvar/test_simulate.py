"""Paths of a fitted autoregression: written numbers, dense conditioning with months of crisis, ragged ends, bits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from forecast.errors import ScenarioError
from forecast.models.bvar.aligned import Aligned
from forecast.models.bvar.fitted import FittedBvar
from forecast.models.bvar.simulate import simulate_bvar, simulate_from_settled
from tests.reference.golden_var import A1, A2, LAGS, PAST, S, pin_y1
from tests.twins.conditioning.dense import Model, read_with_noise, stack
from tests.unit.models.bvar.cases import START, fitted_by_hand, no_scales

PATHS = 20_000
CRISIS = np.array([[np.log(2.0), np.log(1.0), np.log(1.0), special.logit(0.5)]])


def golden(scales: np.ndarray, starts: tuple[int, ...] = ()) -> FittedBvar:
    assert np.array_equal(LAGS, np.vstack([A1.T, A2.T]))
    return fitted_by_hand(LAGS, np.array([0.1, 0.2]), S, PAST[::-1].copy(), scales, starts)


def test_unconditional_means_are_the_written_ones() -> None:
    got = simulate_bvar(golden(no_scales()), 4, PATHS, 1)
    expected = np.array([(0.525, 0.5), (0.3125, 0.655), (0.29425, 0.621), (0.310725, 0.56255)])
    assert (np.abs(got.mean(axis=0) - expected) < 5 * got.std(axis=0) / np.sqrt(PATHS)).all()


def test_waggoner_zha_pins_are_met_to_the_bit_with_the_written_moments() -> None:
    got = simulate_bvar(golden(no_scales()), 4, PATHS, 1, pin_y1(1, 2, 3, 4))
    assert (got[:, :, 0] == 2.0).all()
    sd = np.array([0.636826, 0.764260, 0.780287, 0.784184])
    mean = np.array([1.040841, 1.673294, 1.861364, 1.817356])
    assert (np.abs(got[:, :, 1].mean(axis=0) - mean) < 5 * sd / np.sqrt(PATHS)).all()
    np.testing.assert_allclose(got[:, :, 1].std(axis=0), sd, rtol=5 / np.sqrt(2 * PATHS))


def test_a_late_pin_moves_the_months_before_it() -> None:
    """Conditioning month by month would leave them where they were."""
    got = simulate_bvar(golden(no_scales()), 4, PATHS, 2, pin_y1(4))
    expected = np.array([[0.662617, 0.612764], [0.665841, 0.929616], [1.145577, 1.108636]])
    assert (np.abs(got.mean(axis=0)[:3] - expected) < 5 * got.std(axis=0)[:3] / np.sqrt(PATHS)).all()


def test_months_of_a_crisis_under_way_are_wider_and_then_ordinary_again() -> None:
    """An episode that began in the last month: 1 + 2 then, 2, 2 and 1.5, 1.25 in the months ahead."""
    fitted = golden(CRISIS, (START - 1,))
    scale = np.array([2.0, 2.0, 1.5, 1.25])
    np.testing.assert_allclose(fitted.scale(START, 4), scale)
    pins = pin_y1(2, 4)
    model = Model(LAGS, np.tile([0.1, 0.2], (4, 1)), PAST, scale[:, None, None] * np.linalg.cholesky(S))
    mean, cov = read_with_noise(model, pins, np.zeros((4, 2)))
    got = simulate_bvar(fitted, 4, PATHS, 3, pins).reshape(PATHS, 8)
    sd = np.sqrt(np.maximum(np.diag(cov), 0.0))
    assert (np.abs(got.mean(axis=0) - mean) <= 5 * sd / np.sqrt(PATHS) + 1e-9).all()
    free = [i for i in range(8) if i not in (2, 6)]
    np.testing.assert_allclose(np.cov(got.T)[np.ix_(free, free)], cov[np.ix_(free, free)], atol=0.12)
    assert (got[:, [2, 6]] == 2.0).all()
    free_sd = simulate_bvar(fitted, 60, 4_000, 3)[:, -1].std(axis=0)
    _, M = stack(Model(LAGS, np.tile([0.1, 0.2], (60, 1)), PAST, np.tile(np.linalg.cholesky(S), (60, 1, 1))))
    np.testing.assert_allclose(free_sd, np.sqrt((M**2).sum(axis=1))[-2:], rtol=0.06)


def test_what_is_known_beyond_the_settled_month_is_met_before_the_paths_begin() -> None:
    """y1 is known a month longer than y2: the first month of y2 follows from y1's, and no path begins before it."""
    whole = golden(no_scales())
    values = np.vstack([whole.aligned.values, [2.0, np.nan]])
    aligned = Aligned(("y1", "y2"), 1, START - 2, values, ~np.isnan(values), ())
    ragged = replace(whole, aligned=aligned)
    got = simulate_bvar(ragged, 3, PATHS, 1)
    pinned = simulate_bvar(whole, 4, PATHS, 1, pin_y1(1))[:, 1:]
    np.testing.assert_array_equal(got, pinned)


def test_the_same_seed_gives_the_same_bits_and_more_paths_only_append() -> None:
    fitted = golden(CRISIS, (START - 1,))
    few, many = (simulate_bvar(fitted, 6, paths, 5, None) for paths in (40, 90))
    np.testing.assert_array_equal(few, many[:40])
    assert (simulate_bvar(fitted, 6, 40, 6) != few).all()


def test_pins_of_another_shape_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"\(3, 2\)"):
        simulate_bvar(golden(no_scales()), 4, 10, 1, np.full((3, 2), np.nan))


def test_each_path_may_meet_values_of_its_own() -> None:
    """As if every path were asked for alone with its values: the free shocks stay."""
    fitted = golden(no_scales())
    given = np.full((30, 4, 2), np.nan)
    given[:, 3, 0] = np.linspace(-1.0, 2.0, 30)
    got = simulate_from_settled(fitted, 30, 1, given)
    assert (got[:, 3, 0] == given[:, 3, 0]).all()
    np.testing.assert_array_equal(got[29:], simulate_bvar(fitted, 4, 30, 1, pin_y1(4))[29:])
    free = simulate_from_settled(fitted, 30, 1, np.full((1, 4, 2), np.nan))
    np.testing.assert_array_equal(free, simulate_bvar(fitted, 4, 30, 1))
    with pytest.raises(ScenarioError, match="1 or 30 sets of 2 columns"):
        simulate_from_settled(fitted, 30, 1, given[:7])
