"""Choice by criterion against a loop over all fits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.ets.automatic import ets_choose, ets_choose_many
from forecast.kernels.ets.fit import AIC, AICC, BIC, ets_criterion, ets_fit
from forecast.kernels.ets.forms import FORMS, ets_admissible
from tests.twins.ets.cases import case

M = 4


def series(count: int) -> list[np.ndarray]:
    return [case(i, M, 20 + 7 * i, seed=i, gaps=i % 2 == 1)[0] - (120.0 if i == 2 else 0.0) for i in range(count)]


def test_ets_criterion_by_hand() -> None:
    k, n, ll = 5 + 1, 30, -12.5
    assert ets_criterion(ll, 5, n, AIC) == 25.0 + 2 * k
    np.testing.assert_allclose(ets_criterion(ll, 5, n, AICC), 25.0 + 2 * k + 2 * k * (k + 1) / (n - k - 1))
    np.testing.assert_allclose(ets_criterion(ll, 5, n, BIC), 25.0 + k * math.log(n))
    assert ets_criterion(ll, 5, 7, AICC) == np.inf


@pytest.mark.parametrize("criterion", [AICC, AIC, BIC])
@pytest.mark.parametrize("growth", [False, True])
def test_ets_choose_is_the_least_of_all_fits(criterion: int, growth: bool) -> None:
    for y in series(4):
        best, values = ets_choose(y, M, criterion, growth, 2)
        seen = y[np.isfinite(y)]
        twin = np.full(FORMS, np.inf)
        for form in range(FORMS):
            if ets_admissible(form, M, bool((seen > 0).all()), growth):
                fitted = ets_fit(y, form, M, 2)
                twin[form] = ets_criterion(fitted.loglik, fitted.unknowns, len(seen), criterion)
        np.testing.assert_allclose(values, twin, rtol=1e-12)
        assert best.form == np.argmin(twin)
        np.testing.assert_array_equal(best.last, ets_fit(y, best.form, M, 2).last)


def test_ets_choose_many_is_ets_choose_on_any_number_of_threads() -> None:
    several = series(5)
    ptr = np.cumsum([0] + [len(y) for y in several]).astype(np.int64)
    found = []
    for count in (1, 2):
        with threads(count):
            found.append(ets_choose_many(np.concatenate(several), ptr, M, AICC, False, 2))
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)
    for i, y in enumerate(several):
        best, values = ets_choose(y, M, AICC, False, 2)
        assert (found[0].form[i], found[0].status[i]) == (best.form, best.status)
        assert found[0].criterion[i] == values[best.form]
        np.testing.assert_array_equal(found[0].smoothing[i], best.smoothing)
        np.testing.assert_array_equal(found[0].first[i], best.first)
        np.testing.assert_array_equal(found[0].last[i], best.last)
        assert (found[0].loglik[i], found[0].sigma2[i]) == (best.loglik, best.sigma2)
