"""Two routes to the flagship given pinned months: dense conditioning, and the same System with the pins observed.

The dense route conditions the covariance of `future_law`; the Kalman route appends the pins as figures without error
and runs filter and smoother. A variance given the pins is read off the likelihood of one further figure.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.sparse.future_law import future_law
from forecast.kernels.sparse.kalman import loglik, moments_of_draws
from forecast.kernels.sparse.smoother import smoothed_states
from forecast.kernels.sparse.system import System
from forecast.months import month
from forecast.scenarios.structural.stage import Stage, set_stage
from tests.exact.cases import flagship
from tests.twins.systems import FloatArray

PINS = {3: 0.15, 4: -0.1, 12: 0.2, 21: 0.1}  #: cell (month x 2 + flow): log points above its mean


@cache
def stage(reporter: str) -> Stage:
    return set_stage(flagship(), reporter=reporter, origin=month(2018, 9), through=month(2019, 9))


def with_oil(on: Stage, drivers: FloatArray) -> System:
    """The System whose months ahead have oil regressors of their own."""
    val = on.system.val.copy()
    ahead = val[-len(drivers) :]
    ahead[:] = np.where(on.driver_of < 0, ahead, drivers[:, on.driver_of])
    return on.system._replace(val=val)


def observing(s: System, stop: int, read: FloatArray, figures: dict[int, float]) -> System:
    """The System with reads of months ahead observed without error."""
    width, cells = s.z_col.shape[1], sorted(figures)
    z_col, z_val = np.zeros((len(cells), width), dtype=np.int64), np.zeros((len(cells), width))
    months = np.array([stop + cell // 2 for cell in cells])
    for i, cell in enumerate(cells):
        states = [state for state in read[cell % 2] if state >= 0]
        z_col[i, : len(states)], z_val[i, : len(states)] = states, 1.0
    more = np.searchsorted(months, np.arange(len(s.obs_ptr)), side="left")
    return s._replace(
        obs_ptr=gate_int(s.obs_ptr + more),
        z_col=gate_int(np.concatenate([s.z_col, z_col])),
        z_val=gate(np.concatenate([s.z_val, z_val])),
        H=gate(np.concatenate([s.H, np.zeros(len(cells))])),
        y=gate(np.concatenate([s.y, [figures[cell] for cell in cells]])),
    )


@pytest.mark.parametrize("reporter", ["CHN", "RUS"])
def test_future_law_given_pins_is_the_smoother_s_with_the_pins_observed(reporter: str) -> None:
    on, draw = stage(reporter), 3
    coef, var = on.fitted.coef[draw], on.fitted.var[draw]
    stop = on.fitted.layout.end - on.fitted.layout.start + 1
    h = len(on.system.val) - stop
    drivers = np.random.default_rng(0).normal(0.0, 0.3, (h, 3))
    s = with_oil(on, drivers)
    k = s.row.shape[1]
    a, P = moments_of_draws(s, coef[None], var[None], stop)
    ones, nobody, none = np.ones(k), np.zeros(k, dtype=np.int64), np.empty(0, dtype=np.int64)
    cells = np.arange(2 * h)
    mean, cov, _, _ = future_law(
        s, coef[None], var[None], stop, a, P, stop, on.driver_of, drivers, ones, nobody, on.read, cells, none
    )
    mean, cov = mean[0].ravel(), cov[0].sum(axis=0)
    at = np.array(sorted(PINS))
    figures = {cell: float(mean[cell] + PINS[cell]) for cell in PINS}
    gain = np.linalg.solve(cov[np.ix_(at, at)], cov[at]).T
    dense_mean = mean + gain @ np.array([PINS[cell] for cell in at])
    dense_cov = cov - gain @ cov[at]

    pinned = observing(s, stop, on.read, figures)
    states, _ = smoothed_states(pinned, coef, var)
    reads = [states[stop:, [one]] + (states[stop:, [two]] if two >= 0 else 0.0) for one, two in on.read]
    np.testing.assert_allclose(np.concatenate(reads, axis=1).ravel(), dense_mean, rtol=0, atol=1e-10)
    without = loglik(pinned, coef, var)[1]
    for cell in (0, 2, 11, 2 * h - 1):
        further = observing(s, stop, on.read, figures | {cell: float(dense_mean[cell])})
        variance = np.exp(-2.0 * (loglik(further, coef, var)[1] - without)) / (2.0 * np.pi)
        assert variance == pytest.approx(dense_cov[cell, cell], rel=0, abs=1e-10)
        assert variance > 1e-5
