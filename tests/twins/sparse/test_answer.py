"""Flows' answers to a moved oil price against the regressors of the model, before and after."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate_int
from forecast.kernels.sparse.answer import answer_to_oil, answered
from forecast.models.regressors import DEEPEST_OIL_LAG, OIL_LAGS, oil_regressors

LAGS = gate_int(OIL_LAGS)


@pytest.mark.parametrize("shift", [-3, 0, 4, 20])
def test_answer_to_oil_is_the_difference_that_the_regressors_make(shift: int) -> None:
    """shift: how many months of the price are known after, or unknown before, the first month of the flows."""
    rng = np.random.default_rng(shift + 5)
    p, k, months = 6, 2, 17
    h = months - shift if shift < months else 3
    T = h + shift
    moved, flows, response = rng.normal(size=(p, T)), rng.normal(size=(p, h, k)), rng.normal(size=(p, k, len(LAGS)))
    before = max(DEEPEST_OIL_LAG - shift, 0)
    whole = np.concatenate([np.zeros((p, before)), moved], axis=1)[:, max(shift - DEEPEST_OIL_LAG, 0) :]
    expected = flows + np.einsum("phg,pkg->phk", oil_regressors(whole), response)
    np.testing.assert_allclose(answered(flows, moved, LAGS, shift, response), expected, rtol=1e-12, atol=1e-12)
    here = flows.copy()
    answer_to_oil(2, 4, moved, LAGS, shift, response, here)
    np.testing.assert_allclose(here[2:4], expected[2:4], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(np.delete(here, [2, 3], axis=0), np.delete(flows, [2, 3], axis=0))


def test_a_price_that_stays_changes_no_bit() -> None:
    flows = np.random.default_rng(0).normal(size=(3, 5, 2))
    found = answered(flows, np.zeros((3, 5)), LAGS, 0, np.ones((3, 2, len(LAGS))))
    np.testing.assert_array_equal(found, flows)
    assert found is not flows
