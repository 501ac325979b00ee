"""First guesses of states and unknowns against numpy's regressions and a search through the grid by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from forecast.kernels.ets.forms import FORMS, NAMES, ets_form, ets_parts, ets_unknowns
from forecast.kernels.ets.region import ets_unknown_vector
from forecast.kernels.ets.start import ets_first_states
from forecast.kernels.ets.starts import ets_next_start, ets_start
from tests.twins.ets.cases import case
from tests.twins.ets.naive import first_states, loglik


@pytest.mark.parametrize("form", range(15))
@pytest.mark.parametrize(
    ("m", "n", "gaps", "years"), [(4, 60, False, 5), (12, 50, True, 3), (3, 9, False, 5), (4, 40, True, 40)]
)
def test_ets_first_states_are_those_of_least_squares(form: int, m: int, n: int, gaps: bool, years: int) -> None:
    y, _, _ = case(form, m, n, gaps=gaps)
    _, trend, season = ets_parts(form)
    states = np.empty(2 + m)
    ets_first_states(y, trend, season, m, years, states)
    np.testing.assert_allclose(states, first_states(y, trend, season, m, years), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_start_is_the_likeliest_of_the_grid(form: int) -> None:
    m, name = 4, NAMES[form]
    y, _, _ = case(form, m, 40, seed=5)
    y /= y.mean()
    _, trend, season = ets_parts(form)
    states = first_states(y, trend, season, m, 5)
    grid = itertools.product((0.1, 0.3, 0.8), (0.03, 0.3), (0.05, 0.3))
    trials = [np.array([a, b * a, g * (1.0 - a), 0.97]) for a, b, g in grid]
    trials = [t * np.array([1.0, trend > 0, season > 0, 1.0]) for t in trials]
    best = max(trials, key=lambda smoothing: loglik(y, name, m, smoothing, states))
    x, twin = np.empty(ets_unknowns(form, m)), np.empty(ets_unknowns(form, m))
    assert ets_start(y, form, m, x) == 0
    ets_unknown_vector(form, m, best, states, twin)
    np.testing.assert_allclose(x, twin, rtol=1e-7, atol=1e-8)


def test_ets_next_start_switches_one_part() -> None:
    m, form = 4, ets_form("AAdA")
    y, _, _ = case(form, m, 40, seed=5)
    y /= y.mean()
    whole = first_states(y, 2, 1, m, 40)
    optimum = np.r_[0.5, 0.5, 0.5, 0.9, 1.0, 0.01, 0.1, -0.1, 0.05]
    x = np.empty(9)
    expected = [
        np.r_[0.5, 0.5, 0.06, 0.9, 1.0, 0.01, whole[2:5]],
        np.r_[0.5, 0.06, 0.5, 0.9, 1.0, whole[1], 0.1, -0.1, 0.05],
        np.r_[0.06, 0.06, 0.06, 1.4, whole[0], whole[1], whole[2:5]],
    ]
    for which, twin in enumerate(expected):
        assert ets_next_start(y, form, m, optimum, which, x)
        np.testing.assert_allclose(x, twin, rtol=1e-9, atol=1e-9)
    assert not ets_next_start(y, form, m, optimum, len(expected), x)
    still = np.r_[1.0, 0.01, 0.01, 0.9, optimum[4:]]
    assert ets_next_start(y, form, m, still, 0, x)
    np.testing.assert_allclose(x, np.r_[1.0, 0.6, 0.01, 0.6, optimum[4:]])
    assert ets_next_start(y, form, m, still, 1, x)
    np.testing.assert_allclose(x, np.r_[1.0, 0.01, 0.6, 0.9, optimum[4:]])
    assert not ets_next_start(y, form, m, still, 2, x)
