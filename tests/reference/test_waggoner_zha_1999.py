"""Conditional forecasts of Waggoner & Zha 1999 (hard pins) against written-down numbers, by three routes."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.conditioning.pinned import pinned_path
from forecast.kernels.conditioning.shocks import conditional_moments, shock_law
from forecast.kernels.conditioning.smoother import draw_pinned, pinned_moments
from forecast.kernels.conditioning.stack import var_stack
from forecast.kernels.status import OK
from tests.reference.golden_var import EVERY_SHOCK, LAGS, PAST, ROOT, STEPS, Y1, S, pin_y1

PRINTED = {"rtol": 0, "atol": 6e-7}
NO_NOISE = np.zeros((4, 2))
ALWAYS_2_MEAN = [1.040841, 1.673294, 1.861364, 1.817356]
ALWAYS_2_SD = [0.636826, 0.764260, 0.780287, 0.784184]


def test_unconditional_path_of_the_written_var() -> None:
    expected = [(0.525, 0.5), (0.3125, 0.655), (0.29425, 0.621), (0.310725, 0.56255)]
    b, _ = var_stack(LAGS, STEPS, PAST, ROOT)
    np.testing.assert_allclose(b.reshape(4, 2), expected, **PRINTED)
    mean, _, status, _ = pinned_moments(LAGS, STEPS, PAST, S, pin_y1(), NO_NOISE)
    assert status == OK
    np.testing.assert_allclose(mean, expected, **PRINTED)


def test_waggoner_zha_1999_first_variable_pinned_throughout() -> None:
    b, M = var_stack(LAGS, STEPS, PAST, ROOT)
    law = shock_law(np.ascontiguousarray(M[Y1]), 2.0 - b[Y1], np.zeros((4, 4)), EVERY_SHOCK)
    dense = conditional_moments(b, M, law.mean, law.covariance)
    kalman = pinned_moments(LAGS, STEPS, PAST, S, pin_y1(1, 2, 3, 4), NO_NOISE)
    for mean, sd in (dense, kalman[:2]):
        np.testing.assert_allclose(mean.reshape(4, 2)[:, 1], ALWAYS_2_MEAN, **PRINTED)
        np.testing.assert_allclose(mean.reshape(4, 2)[:, 0], 2.0, rtol=1e-12)
        np.testing.assert_allclose(sd.reshape(4, 2)[:, 1], ALWAYS_2_SD, **PRINTED)
        np.testing.assert_allclose(sd.reshape(4, 2)[:, 0], 0.0, atol=1e-7)


def test_waggoner_zha_1999_last_month_pinned_alone_moves_the_months_before() -> None:
    """A conditioner that goes month by month would leave the first three months as they were."""
    mean, _, _, _ = pinned_moments(LAGS, STEPS, PAST, S, pin_y1(4), NO_NOISE)
    np.testing.assert_allclose(mean[:, 0], [0.662617, 0.665841, 1.145577, 2.0], **PRINTED)
    np.testing.assert_allclose(mean[:, 1], [0.612764, 0.929616, 1.108636, 1.390173], **PRINTED)


def test_waggoner_zha_1999_path_without_shocks_is_the_conditional_mean() -> None:
    out = np.empty((4, 2))
    assert pinned_path(LAGS, STEPS, PAST, ROOT, pin_y1(1, 2, 3, 4), np.zeros((4, 2)), out) == (OK, -1)
    np.testing.assert_allclose(out[:, 1], ALWAYS_2_MEAN, **PRINTED)


def test_waggoner_zha_1999_draws_have_the_written_moments() -> None:
    paths, status, _ = draw_pinned(1, 20_000, LAGS, STEPS, PAST, S, pin_y1(1, 2, 3, 4), NO_NOISE)
    assert status == OK
    np.testing.assert_allclose(paths[:, :, 0], 2.0, rtol=1e-12)
    sd = np.array(ALWAYS_2_SD)
    assert (np.abs(paths[:, :, 1].mean(axis=0) - ALWAYS_2_MEAN) < 5 * sd / np.sqrt(20_000)).all()
    assert paths[:, :, 1].std(axis=0) == pytest.approx(sd, rel=5 / np.sqrt(40_000))
