"""The joint normal law of what follows a fitted statsmodels model, and futures drawn from it by key.

A linear Gaussian model's futures are mean + root z with independent N(0, 1) z. The columns of root are what the model's
own ``simulate`` (state space) or ``ma_rep`` (VAR) makes of one unit shock after the other, so that chance stays with
Tradewind's keys: the same key gives the same bits, more paths only append.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import NumericalError
from forecast.kernels.random import draw_normals

FloatArray = NDArray[np.float64]

_NEXT_TO_NOTHING = 1e-12
_MATRICES = ("design", "obs_cov", "transition", "selection", "state_cov")
_STARTING = 3  #: figures whose errors tell of the start of smoothing rather than of the model


@dataclass(frozen=True, slots=True)
class Law:
    """mean (h, k) and root (h, k, r) of the next h values of k series; the first is the flow."""

    mean: FloatArray
    root: FloatArray


def state_space_law(results: Any, horizon: int, exog: FloatArray | None = None) -> Law:
    """The law of a fitted state space model (SARIMAX, UnobservedComponents, VARMAX, ...) after its last figure.

    results: statsmodels' ``MLEResults``; its parameters count as known. exog (h, g): regressors to come.
    """
    model = results.model
    state, covariance = results.predicted_state[:, -1], results.predicted_state_cov[:, :, -1]
    series, shocks = int(model.k_endog), int(model.ssm.k_posdef)

    def run(initial: FloatArray, measurement: FloatArray, transition: FloatArray) -> FloatArray:
        given = {} if exog is None else {"exog": exog}
        found = results.simulate(
            horizon,
            anchor="end",
            initial_state=initial,
            measurement_shocks=measurement,
            state_shocks=transition,
            pretransformed_measurement_shocks=False,
            pretransformed_state_shocks=False,
            rng=0,  # nothing is left to it
            **given,
        )
        return np.asarray(found, dtype=np.float64).reshape(horizon, series)

    quiet, still = np.zeros((horizon, series)), np.zeros((horizon, shocks))
    mean = run(state, quiet, still)
    size, axes = np.linalg.eigh(0.5 * (covariance + covariance.T))
    columns = [
        run(state + np.sqrt(size[i]) * axes[:, i], quiet, still) - mean
        for i in range(len(size))
        if size[i] > _NEXT_TO_NOTHING * max(size[-1], 0.0)
    ]
    steady = all(getattr(results.filter_results, name).shape[-1] == 1 for name in _MATRICES)
    noisy = bool(np.any(results.filter_results.obs_cov))
    for base, width in ((quiet, series if noisy else 0), (still, shocks)):
        for j in range(width):
            for t in range(1 if steady else horizon):
                unit = np.zeros_like(base)
                unit[t, j] = 1.0
                answer = run(state, *((unit, still) if base is quiet else (quiet, unit))) - mean
                columns.append(answer)
            # The answer to a later shock is the same, later.
            columns += [np.roll(answer, t, axis=0) * later[:, None] for t, later in _delays(horizon) if steady]
    return Law(mean, np.stack(columns, axis=-1))


def _delays(horizon: int) -> list[tuple[int, FloatArray]]:
    """Delays 1 to h - 1, and which of the h steps come after them (1) or before (0)."""
    steps = np.arange(horizon)
    return [(t, (steps >= t).astype(np.float64)) for t in range(1, horizon)]


def var_law(results: Any, horizon: int, exog: FloatArray | None = None) -> Law:
    """The law of a fitted vector autoregression (``VARResults``) after its last row; coefficients count as known."""
    lags, series = int(results.k_ar), int(results.neqs)
    mean = np.asarray(results.forecast(np.asarray(results.endog)[-lags:], horizon, exog_future=exog))
    answers = np.asarray(results.ma_rep(horizon - 1))
    shock = np.linalg.cholesky(np.asarray(results.sigma_u))
    root = np.zeros((horizon, series, horizon, series))
    for t in range(horizon):
        for j in range(t + 1):
            root[t, :, j, :] = answers[t - j] @ shock
    return Law(mean, root.reshape(horizon, series, horizon * series))


def theta_law(results: Any, horizon: int) -> Law:
    """The law of a fitted ThetaModel: simple exponential smoothing with drift about its point forecasts.

    The variance is that of the one-step errors within the record; statsmodels' own is that of another model, an ARIMA
    of the figures with their season still in.

    Source: Hyndman & Billah 2003, International Journal of Forecasting 19 (the drift that the Theta method amounts to).
    """
    y = np.asarray(results.model.endog_orig, dtype=np.float64)
    alpha, trend = float(results.params["alpha"]), 0.5 * float(results.params["b0"])
    multiplied = str(results.model.method).startswith("mul")
    places = max(int(results.model.period or 1), 1)
    season = np.roll(np.asarray(results.forecast_components(places).seasonal, dtype=np.float64), len(y) % places)
    by_figure = season[np.arange(len(y) + horizon) % places]
    adjusted = y / by_figure[: len(y)] if multiplied else y - by_figure[: len(y)]
    level, squares = adjusted[0], 0.0
    for t in range(1, len(y)):
        error = adjusted[t] - level - trend * (1.0 - (1.0 - alpha) ** t) / alpha
        squares += error**2 if t >= _STARTING else 0.0
        level += alpha * (adjusted[t] - level)
    sigma = np.sqrt(squares / max(len(y) - _STARTING - 2, 1))
    root = sigma * (np.eye(horizon) + np.tril(np.full((horizon, horizon), alpha), -1))
    if multiplied:
        root = root * by_figure[len(y) :, None]
    return Law(np.asarray(results.forecast(horizon), dtype=np.float64)[:, None], root[:, None, :])


def add_up(law: Law, last: FloatArray) -> Law:
    """The law of the levels, from that of the differences and the last levels (k)."""
    return Law(last + np.cumsum(law.mean, axis=0), np.cumsum(law.root, axis=0))


def condition(law: Law, pinned: FloatArray) -> Law:
    """The law given some of its values: ``pinned`` (h, k), NaN where a value is free.

    z is drawn as before; each path is moved by what the pins say of it (Matheron's rule), so paths keep their numbers.
    """
    flat_mean, flat_root = law.mean.reshape(-1), law.root.reshape(law.mean.size, -1)
    at = np.flatnonzero(~np.isnan(pinned.reshape(-1)))
    if not len(at):
        return law
    seen = flat_root[at]
    within = seen @ seen.T
    ridge = 1e-12 * np.trace(within) / len(at) * np.eye(len(at))
    gain = np.linalg.solve(within + ridge, seen @ flat_root.T).T
    mean = flat_mean + gain @ (pinned.reshape(-1)[at] - flat_mean[at])
    return Law(mean.reshape(law.mean.shape), (flat_root - gain @ seen).reshape(law.root.shape))


def draw(law: Law, key: int, paths: int) -> FloatArray:
    """Futures (paths, h) of the first series.

    Raises:
        NumericalError: a number that is not finite.
    """
    root = law.root[:, 0, :]
    if not (np.isfinite(root).all() and np.isfinite(law.mean).all()):
        raise NumericalError("A model of statsmodels gave numbers that are not finite; try another for this record.")
    return law.mean[:, 0] + draw_normals(key, paths, root.shape[1]) @ root.T
