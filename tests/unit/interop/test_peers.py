"""Models of statsmodels as forecasters: the contract of a Forecaster, given drivers, and clear refusals."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from forecast.errors import ConvergenceError, GapError, InputError
from forecast.interop.forecaster import as_forecaster
from forecast.interop.peers import PEERS
from forecast.models.task import Task
from forecast.panel import Driver
from forecast.series import Series
from tests.reference.test_box_jenkins_1976 import PASSENGERS

FIGURES = np.array(PASSENGERS.split(), dtype=float)
START = 12 * 2000
ALONE = [name for name in PEERS if name != "statsmodels-var"]


def oil(months: int, *, start: int = START - 24, seed: int = 6) -> Driver:
    """A price that walks at random."""
    walk = np.cumsum(0.08 * np.random.default_rng(seed).standard_normal(400))
    return Driver("oil", start, 50.0 * np.exp(walk[:months]))


def task(values: np.ndarray = FIGURES[:72], *, step: int = 1, horizon: int = 8, paths: int = 60) -> Task:
    series = Series("passengers", START, step, values)
    return Task(series, horizon, paths, known={"oil": oil(24 + step * len(values))})


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize(("step", "count"), [(1, 72), (3, 40), (12, 20)])
def test_peer_keeps_the_contract_of_a_forecaster(name: str, step: int, count: int) -> None:
    asked = task(FIGURES[:count], step=step)
    said = PEERS[name](asked)
    more = PEERS[name](replace(asked, paths=90))
    assert said.paths.shape == (60, 8)
    assert said.point.shape == (8,)
    assert (said.paths > 0.0).all()
    np.testing.assert_array_equal(said.paths, more.paths[:60])
    np.testing.assert_array_equal(said.point, more.point)
    assert said.said
    assert "logarithms" in said.said
    median = np.median(more.paths, axis=0)
    spread = np.log(more.paths).std(axis=0)
    assert (np.abs(np.log(median / said.point)) < 6.0 * spread / np.sqrt(90)).all()


def test_another_seed_draws_other_paths_about_the_same_point() -> None:
    for name in ("statsmodels-ets", "statsmodels-var"):
        one, two = PEERS[name](task()), PEERS[name](replace(task(), seed=8))
        assert not np.array_equal(one.paths, two.paths)
        np.testing.assert_array_equal(one.point, two.point)


@pytest.mark.parametrize("name", ["statsmodels-sarimax", "statsmodels-var"])
def test_given_oil_is_met(name: str) -> None:
    """A flow that follows oil: it rises with a given price that rises, and varies less than without."""
    months, price = 120, oil(24 + 120)
    rng = np.random.default_rng(9)
    lagged = np.log(price.values[24:])
    flow = np.exp(1.0 + 0.8 * (lagged - lagged.mean()) + 0.03 * rng.standard_normal(months))
    base = Task(Series("oily", START, 1, flow), 12, 400, known={"oil": price})
    up, flat = (
        Driver("oil", price.start, np.append(price.values, price.values[-1] * np.exp(rise * np.arange(1, 13))))
        for rise in (0.05, 0.0)
    )
    free = PEERS[name](base)
    rising, level = (PEERS[name](replace(base, given={"oil": given})) for given in (up, flat))
    assert np.log(rising.point[-1] / level.point[-1]) > 0.2
    assert np.log(level.paths[:, -1]).std() < np.log(free.paths[:, -1]).std()
    assert "oil" in rising.said


def test_gaps_are_taken_by_state_space_models_and_cut_by_the_others() -> None:
    values = FIGURES[:80].copy()
    values[40] = np.nan
    for name in ("statsmodels-unobserved-components", "statsmodels-ets", "statsmodels-theta", "statsmodels-var"):
        assert np.isfinite(PEERS[name](task(values)).paths).all()
    values[60] = np.nan
    assert np.isfinite(PEERS["statsmodels-sarimax"](replace(task(values), known={})).paths).all()
    for name in ("statsmodels-ets", "statsmodels-theta", "statsmodels-var"):
        with pytest.raises(GapError, match="2005-01"):
            PEERS[name](task(values))


def test_figures_of_zero_are_fitted_as_they_are() -> None:
    values = FIGURES[:60].copy()
    values[[5, 30]] = 0.0
    for name in PEERS:
        said = PEERS[name](task(values))
        assert (said.paths >= 0.0).all()
        assert "logarithms" not in said.said


@pytest.mark.parametrize("name", PEERS)
def test_short_record_is_refused_in_words(name: str) -> None:
    with pytest.raises(GapError, match="at least 36"):
        PEERS[name](task(FIGURES[:35]))
    with pytest.raises(GapError, match="at least 10"):
        PEERS[name](task(FIGURES[:9], step=12))


def test_var_needs_a_driver_that_covers_the_record() -> None:
    asked = task()
    for known in ({}, {"oil": oil(60)}, {"oil": oil(100, start=START + 80)}):
        with pytest.raises(GapError, match="driver"):
            PEERS["statsmodels-var"](replace(asked, known=known))
    held = PEERS["statsmodels-var"](replace(asked, known={"oil": oil(24 + 70)}))
    assert np.isfinite(held.paths).all()


def arima(y: np.ndarray) -> object:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    return SARIMAX(y, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))


def test_an_analyst_brings_a_model() -> None:
    from statsmodels.tsa.vector_ar.var_model import VAR

    asked = replace(task(), known={})
    own = as_forecaster(arima, name="mine")
    found = own(asked)
    np.testing.assert_allclose(found.point, PEERS["statsmodels-sarimax"](asked).point, rtol=1e-3)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(own))(asked).paths, found.paths)
    var = as_forecaster(lambda y: VAR(y).fit(2), name="var", drivers=("oil",), differenced=True)
    assert var(task()).paths.shape == (60, 8)
    with pytest.raises(GapError, match="no driver 'oil'"):
        var(asked)


def test_what_is_brought_wrongly_is_refused_in_words() -> None:
    def broken(y: np.ndarray) -> object:
        raise ValueError("no such order")

    with pytest.raises(ConvergenceError, match="no such order"):
        as_forecaster(broken, name="mine")(task())
    with pytest.raises(InputError, match="built int"):
        as_forecaster(lambda y: 7, name="mine")(task())
