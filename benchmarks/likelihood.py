"""One likelihood of the flagship: our filter, statsmodels' filter on the same matrices, a dense Gaussian density."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

import forecast
from forecast.kernels.sparse.kalman import loglik
from forecast.kernels.sparse.system import System
from forecast.models.structural.hyperparameters import system_parameters
from forecast.models.structural.linearise import observe
from forecast.models.structural.model import operations

Array = NDArray[np.float64]


def flagship_system(as_of: date) -> tuple[System, Array, Array]:
    """The flagship's System at the posterior mode, with its coefficients and variances."""
    panel, background = forecast.load_panel("CHN-RUS", as_of=as_of), forecast.load_background()
    fitted = forecast.fit(panel, background, seed=7)
    ops = operations(panel, background, fitted.layout, fitted.layout.end)
    system = observe(fitted.layout, fitted.reading, ops, fitted.a0, fitted.P0, fitted.path)
    return system, *system_parameters(fitted.layout, fitted.mode)


def dense_months(s: System, coef: Array, var: Array) -> list[tuple[Array, Array]]:
    """Transition and noise covariance (m, m) of every month, multiplied out."""
    m = len(s.a0)
    months = []
    for t in range(len(s.val)):
        T, Q = np.eye(m), np.zeros((m, m))
        for k in range(s.row.shape[1]):
            step = np.eye(m)
            step[s.row[t, k]] = 0.0
            for j in range(s.ptr[k], s.ptr[k + 1]):
                step[s.row[t, k], s.col[t, j]] += s.val[t, j] * coef[s.coef_of[j]]
            T, Q = step @ T, step @ Q @ step.T
            Q[s.row[t, k], s.row[t, k]] += s.scale[t, k] * var[s.var_of[t, k]]
        months.append((T, Q))
    return months


def design(s: System) -> Array:
    """Rows (N, m) of the observations."""
    Z = np.zeros((len(s.y), len(s.a0)))
    for i in range(len(s.y)):
        for c, z in zip(s.z_col[i], s.z_val[i], strict=True):
            Z[i, c] += z
    return Z


def statsmodels_twin(s: System, coef: Array, var: Array) -> KalmanFilter:
    """The same state space for statsmodels, months without a figure left as gaps."""
    n, m = len(s.val), len(s.a0)
    months, Z = dense_months(s, coef, var), design(s)
    width = int(np.diff(s.obs_ptr).max())
    y = np.full((n, width), np.nan)
    Zt, Ht = np.zeros((width, m, n)), np.zeros((width, width, n))
    for t in range(n):
        for at, i in enumerate(range(s.obs_ptr[t], s.obs_ptr[t + 1])):
            y[t, at], Zt[at, :, t], Ht[at, at, t] = s.y[i], Z[i], s.H[i]
    twin = KalmanFilter(k_endog=width, k_states=m, selection=np.eye(m), tolerance=0.0)
    twin.bind(y)
    twin["design"], twin["obs_cov"] = Zt, Ht
    # statsmodels' state of month t is ours after its operations; its transition of month t leads to month t + 1.
    twin["transition"] = np.stack([T for T, _ in months[1:]] + [np.eye(m)], axis=-1)
    twin["state_cov"] = np.stack([Q for _, Q in months[1:]] + [np.zeros((m, m))], axis=-1)
    T, Q = months[0]
    twin.initialize_known(T @ s.a0, T @ s.P0 @ T.T + Q)
    return twin


def dense_loglik(s: System, coef: Array, var: Array) -> float:
    """The joint normal density of all figures, from their full covariance."""
    months, Z = dense_months(s, coef, var), design(s)
    n, m = len(s.val), len(s.a0)
    mean, P = s.a0, s.P0
    means, carried = np.empty(len(s.y)), np.zeros((len(s.y), m))
    covariance = np.diag(s.H)
    seen = 0
    for t in range(n):
        T, Q = months[t]
        mean, P = T @ mean, T @ P @ T.T + Q
        carried[:seen] = carried[:seen] @ T.T
        for i in range(s.obs_ptr[t], s.obs_ptr[t + 1]):
            means[i] = Z[i] @ mean
            covariance[i, :seen] += carried[:seen] @ Z[i]
            covariance[:seen, i] += carried[:seen] @ Z[i]
            covariance[i, i] += Z[i] @ P @ Z[i]
            carried[seen] = P @ Z[i]
            seen += 1
    return float(stats.multivariate_normal.logpdf(s.y, means, covariance))


def contestants(s: System, coef: Array, var: Array) -> dict[str, Callable[[], float]]:
    """Ours and the peers, checked to agree.

    Raises:
        AssertionError: a peer's likelihood differs.
    """
    twin = statsmodels_twin(s, coef, var)
    found = {
        "tradewind": lambda: loglik(s, coef, var)[1],
        "statsmodels": lambda: float(twin.loglike()),
        "dense density": lambda: dense_loglik(s, coef, var),
    }
    values = {name: contestant() for name, contestant in found.items()}
    assert np.allclose(list(values.values()), values["tradewind"], rtol=1e-9, atol=1e-7), values
    return found
