"""Unrest: the factor of a single shock in closed form, years of war found, and what the years ahead may be."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from forecast.kernels.sparse.system import System
from forecast.models.structural import priors
from forecast.models.structural.hyperparameters import (
    COMMON_LEVEL,
    CYCLE_START,
    IRREGULAR,
    N_COEF,
    UNREST_AHEAD,
    ahead_of,
    is_shock,
    with_unrest_ahead,
)
from forecast.models.structural.operations import Builder, prior_system
from forecast.models.structural.unrest import unrest_ahead, unrest_of
from forecast.months import month
from tests.exact.cases import FloatArray, fit_of, flagship, frame, monthly_flows, paths_of, spans_of

YEARS = 8
STEP_SD = 0.03
SHOCKS = np.array([0.4, -0.2, 1.0, 5.0, 0.0, -12.0, 0.3])


def walk(y: FloatArray, months: list[int]) -> System:
    """A random walk in months, seen without error in some of them."""
    builder = Builder(12 * YEARS)
    builder.add(0, [(0, 1.0)], COMMON_LEVEL, 1.0)
    system = prior_system(builder.finish(0, {}, ()), np.zeros(1), np.array([[100.0]]))
    n = len(months)
    return system._replace(
        obs_ptr=np.searchsorted(months, np.arange(12 * YEARS + 1), side="left").astype(np.int64),
        z_col=np.zeros((n, 1), dtype=np.int64),
        z_val=np.ones((n, 1)),
        H=np.full(n, 1e-12),
        y=y,
    )


def found(system: System, months: list[int]) -> FloatArray:
    """Unrest by year of such a walk."""
    layout, reading = SimpleNamespace(start=0), SimpleNamespace(last=np.array(months))
    var = np.zeros(IRREGULAR + 1)
    var[COMMON_LEVEL] = STEP_SD**2
    unrest = np.ones(12 * YEARS)
    for _ in range(4):
        scaled = system._replace(scale=unrest[:, None].copy())
        unrest = unrest_of(layout, reading, scaled, np.ones(N_COEF), var, unrest)  # type: ignore[arg-type]
    assert (unrest.reshape(YEARS, 12) == unrest[::12, None]).all()
    return unrest[::12]


def test_one_figure_a_year_gives_the_weight_of_a_single_shock() -> None:
    months = [12 * y + 11 for y in range(YEARS)]
    levels = np.concatenate([[0.0], np.cumsum(SHOCKS * STEP_SD * np.sqrt(12.0))])
    df = priors.UNREST_DF
    np.testing.assert_allclose(found(walk(levels, months), months)[1:], (df + SHOCKS**2) / (df + 1.0), rtol=5e-3)


def test_twelve_figures_a_year_give_the_weight_of_twelve_shocks() -> None:
    months = list(range(12 * YEARS))
    steps = np.random.default_rng(5).standard_normal(12 * YEARS) * np.repeat([1, 1, 6, 1, 1, 0.2, 1, 1], 12)
    by_year = (steps.reshape(YEARS, 12) ** 2).sum(axis=1)
    df = priors.UNREST_DF
    w = found(walk(np.cumsum(steps * STEP_SD), months), months)
    np.testing.assert_allclose(w[1:], ((df + by_year) / (df + 12.0))[1:], rtol=5e-3)


def test_unrest_ahead_follows_its_law_in_every_span() -> None:
    w = unrest_ahead(512, seed=7)
    assert w.shape == (512, UNREST_AHEAD)
    df = priors.UNREST_DF
    for span in w.T:
        assert stats.kstest(df / span, stats.chi2(df).cdf).statistic < 2e-3
    assert np.abs(np.corrcoef(np.log(w).T) - np.eye(UNREST_AHEAD)).max() < 5.0 / np.sqrt(512)
    assert (unrest_ahead(512, seed=8) != w).any()


def test_shocks_ahead_are_those_of_the_record_times_their_unrest() -> None:
    layout = flagship().layout
    kinds = np.arange(IRREGULAR + len(layout.flows))
    var = np.zeros((2, IRREGULAR + len(layout.flows) + UNREST_AHEAD * (CYCLE_START - COMMON_LEVEL)))
    var[:, kinds] = kinds + 1.0
    unrest = np.arange(1.0, 1.0 + 2 * UNREST_AHEAD).reshape(2, UNREST_AHEAD)
    moved = with_unrest_ahead(layout, var, unrest)
    for span in range(UNREST_AHEAD + 2):
        read = moved[:, ahead_of(layout, kinds, np.full(len(kinds), span))]
        factor = np.where(is_shock(kinds), unrest[:, [min(span, UNREST_AHEAD - 1)]], 1.0)
        np.testing.assert_allclose(read, factor * (kinds + 1.0))


def test_a_year_of_war_is_found_and_does_not_widen_the_years_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    flows = monthly_flows().copy()
    flows[36:48] /= 4.0

    def band_and_unrest() -> tuple[float, FloatArray]:
        fitted = fit_of(frame(spans_of(flows, 12)))
        ensemble, _ = paths_of(fitted, through=month(2018, 12))
        low, high = np.quantile(np.log(ensemble.flow("turnover")[:, -12:].sum(axis=1)), [0.1, 0.9])
        return float(high - low), fitted.path.unrest[::12]

    band, unrest = band_and_unrest()
    assert unrest[3] > 20.0
    assert np.delete(unrest, 3).max() < 2.0
    monkeypatch.setattr(priors, "UNREST_DF", 1e6)
    normal_band, no_unrest = band_and_unrest()
    np.testing.assert_allclose(no_unrest, 1.0, atol=1e-3)
    assert 0.2 < band < 0.6 * normal_band
