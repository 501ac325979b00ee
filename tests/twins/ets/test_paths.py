"""Futures of exponential smoothing against the textbook, and moments against all outcomes of three-valued errors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from forecast.kernels._threads import threads
from forecast.kernels.ets.forms import FORMS, NAMES, ets_form
from forecast.kernels.ets.moments import ets_class, ets_forecast
from forecast.kernels.ets.paths import ets_extend, ets_paths, ets_ready, ets_shocks
from forecast.kernels.random import draw_normals, draw_uniforms
from tests.twins.ets.cases import case
from tests.twins.ets.naive import extend

NORMAL = np.empty(0)


def size(form: int) -> float:
    return 0.05 if NAMES[form][0] == "M" else 4.0


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_extend_is_the_textbook(form: int) -> None:
    _, smoothing, states = case(form, 3)
    shocks = size(form) * np.random.default_rng(form).normal(size=11)
    shocks[4] = -1.7 if NAMES[form][0] == "M" else shocks[4]
    moved, out = states.copy(), np.empty(11)
    ets_extend(form, 3, smoothing, moved, shocks, out)
    np.testing.assert_allclose(out, extend(NAMES[form], 3, smoothing, states, shocks), rtol=1e-9, atol=1e-9)
    assert moved[0] != states[0]


@pytest.mark.parametrize("form", [0, 4, 14, 20, 29])
def test_ets_paths_extend_shocks_of_their_key(form: int) -> None:
    _, smoothing, states = case(form, 3)
    pool = np.array([-0.05, 0.0, 0.02, 0.11])
    found = []
    for count in (1, 2):
        with threads(count):
            found.append(ets_paths(form, 3, smoothing, states, size(form), NORMAL, 77, 130, 5)[0])
    np.testing.assert_array_equal(*found)
    drawn, _ = ets_paths(form, 3, smoothing, states, size(form), pool, 77, 130, 5)
    normals, uniforms = draw_normals(77, 130, 5), draw_uniforms(77, 130, 5)
    for p in (0, 1, 64, 129):
        shocks = size(form) * normals[p]
        np.testing.assert_allclose(found[0][p], extend(NAMES[form], 3, smoothing, states, shocks), rtol=1e-9)
        shocks = pool[(uniforms[p] * 4).astype(int)]
        np.testing.assert_allclose(drawn[p], extend(NAMES[form], 3, smoothing, states, shocks), rtol=1e-9)


def test_ets_shocks_scale_normals_or_draw_from_the_pool() -> None:
    out, pool = np.empty(7), np.array([1.0, 5.0, 9.0])
    ets_shocks(0.3, NORMAL, 5, 2, out)
    np.testing.assert_array_equal(out, 0.3 * draw_normals(5, 3, 7)[2])
    ets_shocks(0.3, pool, 5, 2, out)
    np.testing.assert_array_equal(out, pool[(3 * draw_uniforms(5, 3, 7)[2]).astype(int)])


def test_ets_ready_refuses_what_cannot_run() -> None:
    for form in range(FORMS):
        _, smoothing, states = case(form, 3)
        assert ets_ready(form, 3, smoothing, states, 1.0) == 0
        assert ets_ready(form, 3, smoothing, states, np.nan) == 1
        assert ets_ready(form, 3, smoothing * np.nan, states, 1.0) == 1
        assert ets_ready(form, 3, smoothing, states, -1.0) == 6
        assert ets_ready(form, 4, smoothing, states, 1.0) == 6
        expected = 6 if NAMES[form][-1] == "M" or "M" in NAMES[form][1:-1] else 0
        assert ets_ready(form, 3, smoothing, -np.abs(states), 1.0) == expected
    assert ets_ready(30, 3, smoothing, states, 1.0) == ets_ready(-1, 3, smoothing, states, 1.0) == 6


def test_ets_class_is_that_of_the_book() -> None:
    """Hyndman et al. 2008, table 6.1."""
    classes = {1: "ANN AAN AAdN ANA AAA AAdA", 2: "MNN MAN MAdN MNA MAA MAdA", 3: "MNM MAM MAdM"}
    for name in NAMES:
        assert ets_class(ets_form(name)) == next((c for c, names in classes.items() if name in names.split()), 0)


@pytest.mark.parametrize("form", [form for form in range(FORMS) if ets_class(form)])
def test_ets_forecast_moments_by_all_outcomes(form: int) -> None:
    """Gauss-Hermite: 0 and +-sqrt(3) sigma, weights 2/3, 1/6, 1/6, give each error's moments up to the fifth."""
    m, h = 2, 5
    _, smoothing, states = case(form, m, seed=9)
    sigma = 5.0 if NAMES[form][0] == "A" else 0.2
    found = ets_forecast(form, m, smoothing, states, sigma**2, 1, 0, h)
    nodes, chances = np.array([0.0, 1.0, -1.0]) * np.sqrt(3.0) * sigma, np.array([4.0, 1.0, 1.0]) / 6.0
    mean, square = np.zeros(h), np.zeros(h)
    for outcome in itertools.product(range(3), repeat=h):
        path = extend(NAMES[form], m, smoothing, states, nodes[list(outcome)])
        chance = chances[list(outcome)].prod()
        mean += chance * path
        square += chance * path**2
    assert (found.status, found.simulated) == (0, False)
    np.testing.assert_allclose(found.point, extend(NAMES[form], m, smoothing, states, np.zeros(h)), rtol=1e-11)
    np.testing.assert_allclose(found.mean, mean, rtol=1e-10)
    np.testing.assert_allclose(found.variance, square - mean**2, rtol=1e-7)


@pytest.mark.parametrize("form", [form for form in range(FORMS) if not ets_class(form)])
def test_ets_forecast_moments_of_paths(form: int) -> None:
    _, smoothing, states = case(form, 3, seed=9)
    found = ets_forecast(form, 3, smoothing, states, size(form) ** 2, 4, 300, 6)
    paths, _ = ets_paths(form, 3, smoothing, states, size(form), NORMAL, 4, 300, 6)
    assert (found.status, found.simulated) == (0, True)
    np.testing.assert_allclose(found.mean, paths.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.variance, paths.var(axis=0, ddof=1), rtol=1e-10)
